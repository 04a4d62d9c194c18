"""Turns nothing into scenario parts: Hypothesis strategies shared by the tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tco_model.inputs import distributions as laws

positive = st.floats(1e-3, 1e6)
probabilities = st.just(0.0) | st.just(1.0) | st.floats(1e-9, 1.0 - 1e-9)


@st.composite
def _ordered(draw: st.DrawFn, count: int, low: float = -1e6, high: float = 1e6) -> tuple[float, ...]:
    """Ascending numbers whose ends differ by enough to be a range."""
    start = draw(st.floats(low, high))
    width = draw(st.floats(1e-3 * max(1.0, abs(start)), high - low))
    inner = sorted(draw(st.lists(st.floats(0.0, 1.0), min_size=count - 2, max_size=count - 2)))
    return (start, *(min(start + share * width, start + width) for share in inner), start + width)


@st.composite
def _intervals(draw: st.DrawFn) -> laws.Distribution:
    low, high = draw(_ordered(2).filter(lambda ends: ends[0] <= 0 or ends[0] >= 1e-3))
    return laws.interval(low, high)


@st.composite
def _shares(draw: st.DrawFn) -> laws.Distribution:
    low = draw(st.floats(1e-4, 0.99))
    return laws.interval(low, low + (1.0 - low) * draw(st.floats(0.01, 0.99)), share=True)


@st.composite
def _discrete(draw: st.DrawFn) -> laws.Distribution:
    values = [round(value, 3) for value in draw(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))]
    parts = draw(st.lists(st.integers(1, 100), min_size=len(values), max_size=len(values)))
    return laws.Discrete(tuple(values), tuple(part / sum(parts) for part in parts))


continuous_laws: st.SearchStrategy[laws.Distribution] = st.one_of(
    st.builds(laws.Normal, st.floats(-1e6, 1e6), positive),
    st.builds(lambda mean, ratio: laws.LogNormal.from_mean_sd(mean, mean * ratio), positive, st.floats(0.01, 10.0)),
    _intervals(),
    _shares(),
    st.builds(lambda ends: laws.Uniform(*ends), _ordered(2)),
    st.builds(lambda points: laws.Triangular(*points), _ordered(3)),
    st.builds(lambda points: laws.Pert(*points), _ordered(3)),
    st.builds(laws.Beta, st.floats(0.5, 200.0), st.floats(0.5, 200.0)),
)

stepped_laws: st.SearchStrategy[laws.Distribution] = st.one_of(
    st.builds(laws.Poisson, st.floats(0.01, 1e4)),
    st.builds(laws.Bernoulli, probabilities),
    _discrete(),
)

any_law = st.one_of(continuous_laws, stepped_laws)

Recipe = tuple[Any, ...]
"""An expression before it is a graph: ``("leaf", name)``, ``("constant", value)``, or an operation, its recipes, its setting."""

LEAVES = ("number", "drawn", "path", "drawn_path")
TWO_SIDED = ("add", "subtract", "multiply", "divide", "maximum", "minimum")
COMPARISONS = ("less", "less_equal", "greater", "greater_equal")

_leaf_recipes = st.sampled_from(LEAVES).map(lambda name: ("leaf", name))
_constants = st.sampled_from([0.0, 1.0, -1.0, 0.1, 2.5, 730.0, -3.75]).map(lambda value: ("constant", value))


def recipes(*, time: bool = True, conditions: bool = True, leaves: int = 25) -> st.SearchStrategy[Recipe]:
    """Expressions without units; `time` adds the operations along the months, `conditions` comparisons, rounding and extremes."""

    def grow(inner: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
        two_sided = TWO_SIDED if conditions else TWO_SIDED[:4]
        grown = [st.tuples(st.sampled_from(two_sided), inner, inner), st.tuples(st.just("negate"), inner)]
        if conditions:
            grown.append(st.tuples(st.sampled_from(["ceil", "floor"]), inner))
            compared = st.tuples(st.sampled_from(COMPARISONS), inner, inner)
            grown.append(st.tuples(st.just("where"), compared, inner, inner))
        if time:
            grown.append(st.tuples(st.sampled_from(["cumulative", "running_maximum", "total"]), inner))
            grown.append(st.tuples(st.just("lag"), inner, st.integers(0, 9)))
            grown.append(st.tuples(st.just("window_sum"), inner, st.integers(1, 9)))
        return st.one_of(grown)

    return st.recursive(_leaf_recipes | _constants, grow, max_leaves=leaves)
