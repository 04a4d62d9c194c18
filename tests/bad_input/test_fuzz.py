"""Spoils a good scenario at random: it is read and compiled, or refused with problems that have a mend; nothing else ever escapes."""

# ruff: noqa: E501 - tables
from __future__ import annotations

import datetime as dt
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import tco_model as tco

SMALL = """\
schema: 1
decision: {title: Small, question: Which one?}
timeline: {start: 2027-01, months: 12, discount_rate: 8%/year, currency: USD}
exchange_rates: {EUR: 1.1 USD/EUR}
inputs:
  cases: {start: 50k to 80k cases/month, growth: 10%/year, source: help desk, as_of: 2026-11-01}
  hit: 30% to 50%
  fee: {steps: {2027-01: 10 USD/month, 2027-07: 12 USD/month}}
  plan: {monthly: [1, 2, 3], unit: USD/month}
correlations: [{between: [cases, hit], rank: 0.3}]
demand:
  live:
    kind: requests
    requests: = cases * quantity("3 request/case")
    input_tokens: pert(1, 2, 3) tokens/request
    output_tokens: 100 tokens/request
    cached_share: = hit
outcome: {name: solved, unit: case, volume: = cases}
options:
  one:
    baseline: true
    success_share: 60% to 70%
    phases: {pilot: 3, run: rest}
    fleets:
      main:
        {kind: serving, classes: [live], phases: run, output_tokens_per_second: 2000 token/second/replica, peak_to_mean: 2,
         target_utilisation: 70%, spare_replicas: 1 replica/region, gpus_per_replica: 1 GPU/replica}
    token: {none: nothing is bought here}
    compute: {rent: {line: gpu_rental, fleet: main, gpu_price: $2/GPU/hour}}
    storage: {none: nothing is stored here}
    observability: {none: nothing is watched}
    labour: {team: {line: staff, fte: 1 FTE, salary: 100k EUR/FTE/year, on_cost_share: 40%}}
    migration: {work: {line: one_off, phases: pilot, amount: 5k USD}}
    risk: {outage: {line: incident_loss, frequency: 1 event/year, severity: 5k to 9k USD/event}}
    fees: {own: {formula: "= fee + plan"}}
"""
NASTY = (
    "", " ", "~", "true", "no", "0", "-1", "1e400", "-1e308", "1e308", "1e-320", ".nan", "-.inf", "nan", "9" * 400, "0x1F", "012", "1:30", "1_000",
    "1,5", "--1", "−5", "5k–20k", "2026-99-99", "0000-00-00", "2026-11-01", "9999-12-31", "[]", "{}", "[[[]]]", "[1, 2]", "{a: b}", "{value: }",
    "{start: 1, growth: 99%/year}", "{steps: {2027-01: 1}}", "{monthly: []}", "{monthly: [1]}", "{none: }", "&a x", "*a", "<<: {a: b}", "!!int x",
    "!!python/name:os.system x", "'", '"', "\t", "\r\n", "\x00", "\x07", "\u2028", "\ufeff", "\ud7ff", "💸", "\\", "%", "@", "`", "|", ">", "---", "...", ":", "- ", "? ",
    "#", "{", "[", "}", "]", ",", "=", "= ", "= cases", "= hit", "= x.y.z", "= options.one.total", "= 1/0", "= 0**-1", "= (-1)**0.5", "= 9**9**9",
    "= lag(cases, 99999)", "= lag(cases, 10**15)", "= window_sum(cases, 0)", "= total(cases)", "= where(cases > 1, 1, 2)", "= max(1)", "= -cases",
    "= exp(1e9)", "= log(-1)", "= log(0)", "= quantity('')", "= quantity('1e400 USD')", "= ''.join", "= 1" + "0" * 999, "= __builtins__", "= " + "(" * 99, "= not 1",
    "5 to 5", "9 to 1", "0 to 1", "-5 to 5", "1e-300 to 1e300", "1 to 1e30", "100% to 200%", "5% to 6", "pert(1, 1, 1)", "pert(3, 2, 1)", "pert(,,)", "normal(0, 0)",
    "normal(0, 1)", "lognormal(1, 1e30)", "lognormal(0, 1)", "uniform(1, 0)", "beta(1e-9, 1e-9)", "beta(1e30, 1e30)", "poisson(1e30)", "poisson(0)", "bernoulli(0.5)",
    "discrete(1: 1)", "discrete(:)", "triangular(0, 0, 0)", "5 USD", "5 EUR/month", "5 GBP/month", "5 cases/month", "5 %", "5%/year", "-200%/year", "1e9/year",
    "5 GB^99/month", "5 GB^99/byte^99", "5 GB^4/byte^4", "5 GB^9999999999/month", "5 GB^-1", "5 /", "5 per", "5 //", "$", "$5", "€5", "5$", "request", "live", "main", "one", "cases", "run", "rest", "none",
)  # fmt: skip
"""Values that have bitten somebody."""
CASES = 50_000 if settings().max_examples >= 50_000 else 300
"""Cases of each test; with those of foreign data they make the two thousand and more of a default run."""


def refused_or_read(text: str | bytes) -> None:
    """Check a scenario; whatever is wrong with it must come as problems that a person can act on."""
    try:
        tco.check(tco.loads(text))
    except tco.ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.message
            assert problem.mend
            assert len(str(problem)) < 6_000


def test_the_good_one_is_read() -> None:
    tco.check(tco.loads(SMALL))


nasty = st.sampled_from(NASTY) | st.text(max_size=12)
places = st.floats(0.0, 1.0, exclude_max=True)


@st.composite
def spoiled_text(draw: st.DrawFn) -> str:
    """The good scenario with a few cuts, repeats, swaps and insertions."""
    text = SMALL
    for _ in range(draw(st.integers(1, 3))):
        lines = text.splitlines(keepends=True) or [""]
        one, other = (int(draw(places) * len(lines)) for _ in range(2))
        at = int(draw(places) * max(len(text), 1))
        match draw(st.sampled_from(["cut", "insert", "insert", "repeat", "swap", "drop", "indent"])):
            case "cut":
                text = text[:at] + text[at + draw(st.integers(1, 12)) :]
            case "insert":
                text = text[:at] + draw(nasty) + text[at:]
            case "repeat":
                text = "".join([*lines[: one + 1], lines[one], *lines[one + 1 :]])
            case "swap":
                lines[one], lines[other] = lines[other], lines[one]
                text = "".join(lines)
            case "drop":
                text = "".join([*lines[:one], *lines[one + 1 :]])
            case _:
                text = "".join([*lines[:one], " " * draw(st.integers(0, 9)) + lines[one].lstrip(), *lines[one + 1 :]])
    return text


@settings(max_examples=CASES)
@given(spoiled_text())
def test_spoiled_text(text: str) -> None:
    refused_or_read(text)


VALUE_PLACES = [position + 2 for position in range(len(SMALL)) if SMALL.startswith(": ", position)]


@settings(max_examples=CASES)
@given(st.lists(st.tuples(st.sampled_from(VALUE_PLACES), nasty), min_size=1, max_size=3, unique_by=lambda edit: edit[0]))
def test_spoiled_values(edits: list[tuple[int, str]]) -> None:
    text = SMALL
    for start, value in sorted(edits, reverse=True):
        stop = min(text.find(end, start) % (len(text) + 1) for end in (",", "}", "]", "\n"))
        text = text[:start] + value + text[stop:]
    refused_or_read(text)


def read(text: str) -> dict[str, Any]:
    """The good scenario as plain data."""
    from ruamel.yaml import YAML

    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=dt.date.isoformat))


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every part of plain data."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [found for key, value in items for found in paths(value, (*path, key))]


PATHS = paths(read(SMALL))
plain_values = (
    st.sampled_from(NASTY)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(
        st.sampled_from(["value", "start", "growth", "steps", "monthly", "none", "line", "kind", "x"]), st.sampled_from(NASTY), max_size=2
    )
)


@settings(max_examples=CASES)
@given(
    st.lists(
        st.tuples(st.sampled_from(PATHS), st.sampled_from(["drop", "put", "put", "copy", "rename"]), st.sampled_from(PATHS), plain_values),
        min_size=1,
        max_size=3,
    )
)
def test_spoiled_data(edits: list[tuple[tuple[Any, ...], str, tuple[Any, ...], Any]]) -> None:
    data = read_once()
    for path, move, other, value in edits:
        parent, source = at(data, path[:-1]), at(data, other)
        if not isinstance(parent, (dict, list)) or (
            isinstance(parent, list) and not (isinstance(path[-1], int) and path[-1] < len(parent))
        ):
            continue
        match move:
            case "drop" if isinstance(parent, dict):
                parent.pop(path[-1], None)
            case "rename" if isinstance(parent, dict) and path[-1] in parent:
                parent[other[-1]] = parent.pop(path[-1])
            case "copy":
                parent[path[-1]] = json.loads(json.dumps(source))
            case _:
                parent[path[-1]] = value
    refused_or_read(json.dumps(data, ensure_ascii=False))


GOOD_DATA = json.dumps(read(SMALL))


def read_once() -> dict[str, Any]:
    """A fresh copy of the good data."""
    return json.loads(GOOD_DATA)


def at(node: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path, or None where an earlier edit took it away."""
    for key in path:
        if isinstance(node, dict):
            node = node.get(key)
        elif isinstance(node, list) and isinstance(key, int) and key < len(node):
            node = node[key]
        else:
            return None
    return node
