"""Turns a few lines and inputs into a whole scenario, so that a test shows only what it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tco_model as tco

CATEGORIES = ("token", "compute", "storage", "observability", "labour", "migration", "risk", "fees")
SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
"""A scenario that uses most features: two options, two demand classes, a fleet, incidents, prices in two currencies."""


def make(options: Mapping[str, Mapping[str, Any]], *, timeline: Mapping[str, Any] | None = None, **sections: Any) -> tco.Scenario:
    """Read a scenario of these options; categories they leave out cost nothing. Twelve months without discount unless said."""
    filled = {
        name: {**option, **{category: {"none": "not part of this test"} for category in CATEGORIES if category not in option}}
        for name, option in options.items()
    }
    data = {
        "schema": 1,
        "decision": {"title": "Test", "question": "Which one?"} | sections.pop("decision", {}),
        "timeline": {"start": "2027-01", "months": 12, "discount_rate": "0%/year"} | dict(timeline or {}),
        **sections,
        "options": filled,
    }
    return tco.loads(json.dumps(data))


def write_scenario(folder: Path, options: Mapping[str, Mapping[str, Any]], **sections: Any) -> Path:
    """Write a scenario of the year from July 2026 on, without discount; categories its options leave out cost nothing."""
    filled = {
        name: {**option, **{category: {"none": "not part of this test"} for category in CATEGORIES if category not in option}}
        for name, option in options.items()
    }
    data = {
        "schema": 1,
        "decision": {"title": "Test", "question": "Which one?"},
        "timeline": {"start": "2026-07", "months": 12, "discount_rate": "0%/year"},
        **sections,
        "options": filled,
    }
    file = folder / "decision.yaml"
    file.write_text(json.dumps(data))
    return file


def formulas(lines: Mapping[str, str], **option: Any) -> dict[str, Any]:
    """Return an option whose fees are these formulas, written without the leading ``=``."""
    return {**option, "fees": {name: {"formula": f"= {text}"} for name, text in lines.items()}}


def alone(formula: str, **sections: Any) -> tco.Scenario:
    """Read a scenario of one option with one line, a formula."""
    return make({"only": formulas({"line": formula})}, **sections)


def compared(terms: Iterable[str], **sections: Any) -> tco.Scenario:
    """Read a scenario with one option a formula: ``option_0``, ``option_1``, ..."""
    return make({f"option_{position}": formulas({"line": text}) for position, text in enumerate(terms)}, **sections)


def monthly(values: Iterable[float], unit: str = "USD/month") -> dict[str, Any]:
    """Return an input with one value a month."""
    return {"monthly": list(values), "unit": unit}


def at_year_ends(flows: Iterable[float]) -> list[float]:
    """Put yearly flows into the last month of each year."""
    return [value for flow in flows for value in (*[0.0] * 11, flow)]


def at_year_starts(flows: Iterable[float]) -> list[float]:
    """Put yearly flows into the first month of each year, the first one today."""
    return [value for flow in flows for value in (flow, *[0.0] * 11)]


def everything(result: tco.Result) -> dict[str, bytes]:
    """Return every byte a result holds, by name, for comparison."""
    parts = {"kept": result.kept, "means": result.means, "quantiles": result.quantiles}
    return {f"{part}/{name}": np.asarray(values).tobytes() for part, found in parts.items() for name, values in found.items()}


def sampling_error(sample: NDArray[np.float64]) -> tuple[float, float]:
    """Return the standard errors of the mean and of the variance of a plain random sample."""
    spread = sample - sample.mean()
    variance = float(np.mean(spread**2))
    return float(np.sqrt(variance / sample.size)), float(np.sqrt((np.mean(spread**4) - variance**2) / sample.size))
