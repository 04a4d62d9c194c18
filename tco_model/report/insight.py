"""Turns what moves the answer into sentences: what it is worth to find out, and which inputs the gap between the best options hangs on."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from tco_model.analysis.compare import preferred
from tco_model.analysis.indices import first_order
from tco_model.analysis.information import MONEY, Information, InputWorth, information, input_label
from tco_model.analysis.spread import Estimate, direction
from tco_model.engine.futures import Futures
from tco_model.engine.result import Result
from tco_model.report.format import of_hundred, percent, short_number

CLEAR = 2.0
"""Standard errors from 0 at which a worth counts as more than chance."""
DRAWS = 10_000
"""Futures that the sentences of a comparison are judged by, or as many as it has."""
NAMED = 3
LEAST_SHARE = 0.02
"""An input that explains less of the gap's variance is not named."""


def what_would_change(result: Result) -> tuple[str, ...]:
    """Say in short what would change a comparison, from at most `DRAWS` of its futures."""
    figure = result.model.scenario.decision.decide_by
    if len(result.options) < 2 or figure not in (*MONEY, "cost_per_outcome"):
        return ()
    futures = Futures(result.model, draws=min(result.draws, DRAWS), seed=result.seed, design=result.design)
    if not futures.inputs:
        return ()
    return (*_movers(futures, figure), *information_sentences(information(futures, figure=figure, groups={})))


def _movers(futures: Futures, figure: str) -> Iterator[str]:
    """Name the inputs that explain most of the variance of the gap between the two best options."""
    options, sign = futures.base.options, direction(figure)
    values = futures.samples(figure)
    best = options.index(preferred(futures.base, figure))
    means = sign * values.mean(axis=1)
    rival = min((place for place in range(len(options)) if place != best), key=lambda place: means[place])
    names = list(futures.inputs)
    inputs = np.array([futures.inputs[name] for name in names])
    shares = first_order(inputs, (values[rival] - values[best])[None, :], even=futures.design == "sobol").values[:, 0]
    order = [place for place in sorted(range(len(names)), key=lambda one: -float(shares[one]))[:NAMED] if shares[place] >= LEAST_SHARE]
    if order:
        named = ", ".join(f"{input_label(futures.model, names[place])} ({percent(float(shares[place]), 0)})" for place in order)
        labels = {graph.name: graph.label for graph in futures.model.options}
        yield f"What decides between {labels[options[best]]} and {labels[options[rival]]}, by share of the variance of the gap: {named}."


def information_sentences(found: Information) -> tuple[str, ...]:
    """Say what is worth finding out before deciding, most important first."""
    if len(found.options) == 1:
        return ("There is one option: nothing that could be found out would change the choice.",)
    if found.evpi.value == 0.0:
        return (f"{found.options[found.preferred]} is best in every future: nothing that could be found out would change the choice.",)
    return (_advice(found), *_together(found), _ceiling(found))


def is_clear(worth: Estimate) -> bool:
    """Say whether a worth is more than Monte Carlo chance."""
    return worth.value > CLEAR * worth.error


def _advice(found: Information) -> str:
    best = found.inputs[0] if found.inputs else None
    if best is None or not is_clear(best.evppi):
        return (
            "No single input is worth measuring before you sign: "
            f"none alone is seen to turn the choice away from {found.options[found.preferred]}."
        )
    return (
        f"Measure {_named(best)} before you sign: worth up to {_amount(found, best.evppi.value)}{_error(found, best.evppi)}; "
        f"knowing it turns the choice to {found.options[best.instead]} in {of_hundred(best.changes.value)} futures."
    )


def _together(found: Information) -> Iterator[str]:
    """Name the first group that is worth more than any single input."""
    best = found.groups[0] if found.groups else None
    if best is not None and is_clear(best.evppi) and best.evppi.value > found.inputs[0].evppi.value:
        yield f"All of {best.label} together is worth up to {_amount(found, best.evppi.value)}{_error(found, best.evppi)}."


def _ceiling(found: Information) -> str:
    best = found.options[found.preferred]
    text = (
        f"Nothing can be worth more than {_amount(found, found.evpi.value)}{_error(found, found.evpi)}: "
        f"what {best} loses on average against the best option of each future."
    )
    luck = 1.0 - found.knowable.value / found.evpi.value
    if luck > 0.005 and is_clear(found.evpi) and math.isfinite(found.knowable.error):
        text += f" At most {percent(luck, 0)} of that is luck, such as when events strike, which nobody can find out beforehand."
    return text


def _named(one: InputWorth) -> str:
    return one.label if one.label.startswith("growth of ") else f"the {one.label}"


def _amount(found: Information, value: float) -> str:
    return f"{short_number(value)} {found.unit.replace('/', ' per ')}"


def _error(found: Information, worth: Estimate) -> str:
    return f" (± {short_number(worth.error, 2)})" if worth.error else ""
