"""Turns the model a cost line names into its list prices over the timeline, each with its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tco_model.expr.evaluate import evaluate
from tco_model.expr.term import Term
from tco_model.inputs.quantity import Quantity, Steps
from tco_model.prices.path import PricePath, schedule
from tco_model.scenario.schema import Component, Timeline
from tco_model.serving.load_shape import shape_named
from tco_model.units import PLAIN, parse_unit

Array = NDArray[np.float64]
PER_MTOKEN = parse_unit("USD/Mtoken")


def priced(component: Component, length: Term, expected: Mapping[str, Array], timeline: Timeline, file: str = "") -> dict[str, Quantity]:
    """Return the prices a line pays, in USD; a price that the catalogue says will change is a path.

    Args:
        component: a line with its price request.
        length: tokens of a prompt [token/request]; its mean over the central case decides the tier of each request.
        expected: the central case of the inputs of the model, ``(1, 1)`` or ``(1, months)``.
        timeline: the months to price.
        file: the scenario's, beside which an own load shape lies.

    Raises:
        PriceError: an unknown model or mode; the nearest names are offered.
        CapacityError: an unknown load shape.
    """
    assert component.prices is not None
    request = component.prices
    tokens = float(evaluate({"length": length}, dict(expected), timeline.months)["length"].mean())
    variation = 0.0 if request.size_variation is None else float(request.size_variation.central or 0.0)
    first = dt.date(timeline.start // 12, timeline.start % 12 + 1, 1)
    found = schedule(
        request.model,
        first,
        timeline.months,
        provider=request.provider,
        mode=request.mode,
        input_tokens=tokens,
        size_variation=variation,
        hours=None if request.load_shape is None else shape_named(request.load_shape, file).by_hour_of_day(),
    )
    read = found.of("input_price")
    cached = [price if own is None else own for own, price in zip(found.of("cached_price"), read, strict=True)]
    written = [price if own is None else own for own, price in zip(found.of("cache_write_price"), read, strict=True)]
    output = [price or 0.0 for price in found.of("output_price")]
    prices: dict[str, Sequence[float | None]] = {"input_price": read, "cached_price": cached, "output_price": output}
    text = f"list price of {request.model}" + (f", {request.mode}" if request.mode != "standard" else "")
    quantities = {name: _quantity(found, values, timeline.start, text) for name, values in prices.items()}
    premium = [float(write or 0.0) / float(price) - 1.0 if price else 0.0 for write, price in zip(written, read, strict=True)]
    return quantities | {"cache_write_premium": replace(_quantity(found, premium, timeline.start, text), unit=PLAIN)}


def _quantity(found: PricePath, values: Sequence[float | None], start: int, text: str) -> Quantity:
    """Hold values by month: one number where they never change, else a step for each change."""
    numbers = [float(value or 0.0) for value in values]
    points = tuple((start + month, value) for month, value in enumerate(numbers) if month == 0 or value != numbers[month - 1])
    source = found.provenance
    if found.warnings:
        source = replace(source, note="; ".join(part for part in (source.note, *found.warnings) if part))
    return Quantity(points[0][1] if len(points) == 1 else Steps(points), PER_MTOKEN, source, text)
