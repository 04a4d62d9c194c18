"""Turns a request log into what a scenario needs of it: size of requests, peak over mean, burstiness, and lines to paste."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tco_model.errors import Problem, ScenarioError
from tco_model.serving.load_shape import LoadShapeError
from tco_model.serving.request_log import RequestLog, Sizes, read_request_log

WINDOWS = {"minute": 60.0, "hour": 3600.0}


def traffic_data(path: Path) -> dict[str, Any]:
    """Return what a log says, as plain data.

    Raises:
        ScenarioError: the file cannot be read as a log; every row left out is counted in ``set_aside``.
    """
    try:
        log = read_request_log(path)
    except LoadShapeError as error:
        raise ScenarioError(Problem(error.message, error.mend, file=str(path))) from None
    first, last = (dt.datetime.fromtimestamp(float(log.times[place]), dt.UTC) for place in (0, -1))
    return {
        "file": str(path),
        "rows": log.rows,
        "set_aside": dict(log.set_aside),
        "requests": log.requests,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "input_tokens": _sizes(log.input_sizes),
        "output_tokens": _sizes(log.output_sizes),
        "peak_to_mean": {name: _peak(log, seconds) for name, seconds in WINDOWS.items()},
        "arrival_variation": log.arrival_variation,
        "week": _week(log),
    }


def traffic_text(found: dict[str, Any]) -> str:
    """Spell what a log says, with lines to paste into a scenario."""
    aside = "; ".join(f"{count:,} {reason}" for reason, count in found["set_aside"].items()) or "none"
    lines = [f"{found['requests']:,.0f} requests from {found['first'][:16]} to {found['last'][:16]} UTC; rows set aside: {aside}"]
    for name in ("input_tokens", "output_tokens"):
        if found[name]:
            sizes = found[name]
            lines.append(f"  {name:<16}mean {sizes['mean']:,.0f}, median {sizes['median']:,.0f}, P95 {sizes['p95']:,.0f} token/request")
    for name, value in found["peak_to_mean"].items():
        lines.append(f"  busiest {name} over the mean {name}: " + (f"{value:.2f}" if value else "the log is too short"))
    if found["arrival_variation"] is not None:
        lines.append(f"  burstiness within the hours: {found['arrival_variation']:.2f} (1 is a Poisson stream)")
    week = found["week"]
    lines.append(
        f"  busiest hour of the week over the mean: {week['peak_to_mean']:.2f}"
        if "shares" in week
        else f"  no week's shape: {week['missing']}"
    )
    return "\n".join([*lines, "", "For a scenario:", *_paste(found)])


def _paste(found: dict[str, Any]) -> list[str]:
    source = f"source: request log {Path(found['file']).name}, as_of: {found['last'][:10]}"
    lines = [
        f"  {name}: {{value: {found[name]['mean']:.6g} token/request, {source}}}"
        for name in ("input_tokens", "output_tokens")
        if found[name]
    ]
    peak = found["week"].get("peak_to_mean") or found["peak_to_mean"]["minute"]
    if peak:
        lines.append(f"  peak_to_mean: {{value: {peak:.3g}, {source}}}")
    return lines


def _sizes(sizes: Sizes | None) -> dict[str, float] | None:
    return None if sizes is None else {"mean": sizes.mean, "median": sizes.median, "p95": sizes.p95, "variation": sizes.variation}


def _peak(log: RequestLog, seconds: float) -> float | None:
    try:
        return log.peak_to_mean(seconds)
    except LoadShapeError:
        return None


def _week(log: RequestLog) -> dict[str, Any]:
    try:
        shape = log.shape()
    except LoadShapeError as error:
        return {"missing": error.message}
    return {"shares": [float(value) for value in shape.shares], "peak_to_mean": shape.peak_to_mean}
