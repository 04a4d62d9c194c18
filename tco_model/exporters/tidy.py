"""Turns a report into tidy tables, one row an observation, as CSV and Parquet; into JSON with its schema; and its pictures for print."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from tco_model.analysis.waterfall import between_options
from tco_model.charts.render import to_png, to_svg
from tco_model.charts.theme import PAPER
from tco_model.engine.result import Result
from tco_model.exporters.files import write_all
from tco_model.exporters.json_text import json_text
from tco_model.report import pictures
from tco_model.report.headline import Range, headline
from tco_model.report.pictures import Picture
from tco_model.report.report import OptionReport, Report

Row = dict[str, str | float | int | None]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so is taken for a formula by spreadsheets."""
PRINT_SCALE = 4.0
"""Dots to the pixel of a picture for print: 720 pixels on 17 cm are 430 dots an inch."""


def tables(report: Report) -> dict[str, list[Row]]:
    """Return every figure of a report as tidy tables, by name: figures, lines, months, curves, fleets, inputs.

    Money out is positive. Each table names draws and seed in no row; they stand in ``report.json`` beside it.
    """
    return {
        "figures": [row for option in report.options for row in _figures(report, option)],
        "lines": [row for option in report.options for row in _lines(report, option)],
        "months": [
            {"option": option.name, "month": month, "statistic": statistic, "value": values[place], "unit": f"{report.currency}/month"}
            for option in report.options
            for statistic, values in option.monthly.items()
            for place, month in enumerate(report.month_labels)
        ],
        "curves": [row for option in report.options for row in _curve(report, option)],
        "fleets": [row for option in report.options for row in _fleets(report, option)],
        "inputs": [
            {
                "name": row.name, "text": row.text, "unit": row.unit, "mean": row.mean, "p5": row.low, "p95": row.high,
                "uncertain": int(row.uncertain), "assumption": int(row.is_assumption), "source": row.source, "url": row.url,
                "as_of": row.as_of, "owner": row.owner, "note": row.note, "origin": row.origin, "line": row.line,
            }
            for row in report.inputs
        ],
    }  # fmt: skip


def _curve(report: Report, option: OptionReport) -> Iterable[Row]:
    unit = option.figures[report.decide_by].unit
    for percent, value in enumerate(option.curve, 1):
        yield {"option": option.name, "figure": report.decide_by, "probability": percent / 100.0, "value": value, "unit": unit}


def _statistics(found: Range) -> Iterable[tuple[str, float]]:
    kept = (
        ("mean", found.mean), ("p10", found.p10), ("p50", found.p50), ("p90", found.p90),
        ("mean_error", found.mean_error), ("central", found.central),
    )  # fmt: skip
    return ((name, value) for name, value in kept if value is not None)


def _figures(report: Report, option: OptionReport) -> Iterable[Row]:
    ranges = dict(option.figures) | ({} if option.success_share is None else {"success_share": option.success_share})
    if option.difference is not None:
        ranges |= {f"{report.decide_by}_less_baseline": option.difference}
    for figure, found in ranges.items():
        for statistic, value in _statistics(found):
            yield {"option": option.name, "figure": figure, "statistic": statistic, "value": value, "unit": found.unit}
    chances = {"chance_best": option.chance_best, "chance_below_baseline": option.chance_below_baseline}
    for figure, chance in chances.items():
        if chance is not None:
            yield {"option": option.name, "figure": figure, "statistic": "probability", "value": chance.value, "unit": "ratio"}
            yield {"option": option.name, "figure": figure, "statistic": "standard_error", "value": chance.error, "unit": "ratio"}
    promised = (("latency", option.latency_seconds, "second"), ("availability", option.availability, "ratio"))
    for figure, value, unit in promised:
        if value is not None:
            yield {"option": option.name, "figure": figure, "statistic": "promised", "value": value, "unit": unit}


def _lines(report: Report, option: OptionReport) -> Iterable[Row]:
    for category in option.categories:
        both = (("", category.total, "total_cost"), ("", category.npv, "npv_cost"))
        single = ((line.name, line.total, "total_cost") for line in category.lines)
        for line, found, figure in (*both, *single):
            for statistic, value in _statistics(found) if found is not None else ():
                yield {
                    "option": option.name, "category": category.category, "line": line, "figure": figure, "statistic": statistic,
                    "value": value, "unit": report.currency,
                }  # fmt: skip


def _fleets(report: Report, option: OptionReport) -> Iterable[Row]:
    for fleet in option.fleets:
        for place, month in enumerate(report.month_labels):
            yield {
                "option": option.name, "fleet": fleet.name, "month": month, "held": fleet.gpus[place], "unit": fleet.unit,
                "utilisation": fleet.utilisation[place],
            }  # fmt: skip


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Spell rows as CSV (RFC 4180): figures in full precision, text that a spreadsheet would take for a formula behind an apostrophe."""
    written = io.StringIO(newline="")
    if rows:
        writer = csv.DictWriter(written, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({key: _safe(value) for key, value in row.items()} for row in rows)
    return written.getvalue()


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        shown = value.replace("\x00", "")
        return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown
    return repr(value) if isinstance(value, float) else value


def parquet_bytes(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Spell rows as Parquet."""
    import pyarrow as arrow
    from pyarrow import parquet

    written = io.BytesIO()
    columns = {key: [row[key] for row in rows] for key in rows[0]} if rows else {}
    parquet.write_table(arrow.table(columns), written)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return written.getvalue()


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of the report, as ``--json`` prints it; a figure that is not finite is null."""
    from pydantic import TypeAdapter

    found = TypeAdapter(Report).json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_or_null(found)}


def _or_null(found: Any) -> Any:
    """Let every number be null, for JSON knows no infinity."""
    if isinstance(found, dict):
        held = {key: _or_null(value) for key, value in cast("dict[str, Any]", found).items()}
        return held | {"type": ["number", "null"]} if held.get("type") == "number" else held
    return [_or_null(one) for one in cast("list[Any]", found)] if isinstance(found, list) else found


def print_pictures(result: Result, report: Report) -> dict[str, Picture]:
    """Return the pictures of a comparison, by the name of their file."""
    found = headline(result)
    drawn = {
        "s_curve": pictures.s_curve(found),
        "chance_best": pictures.chance_best(found),
        "cost_by_category": pictures.cost_by_category(report),
        "cost_by_category_undiscounted": pictures.cost_by_category(report, figure="total"),
        "monthly_cost": pictures.monthly_cost(report),
    }
    drawn |= {f"monthly_range_{option.name}": pictures.fan(report, [option.name]) for option in report.options}
    busy = pictures.utilisation(report)
    if busy is not None:
        drawn["utilisation"] = busy
    if report.preferred != report.baseline:
        drawn["what_differs"] = pictures.waterfall(between_options(result, report.baseline, report.preferred))
    return drawn


def write_data(result: Result, report: Report, folder: Path) -> list[Path]:
    """Write everything into a folder, nothing before all of it is complete, and return what was written.

    Raises:
        OSError: the folder cannot be made, or a file cannot be written; the folder is then as it was.
    """
    pictures = folder / "charts"
    files: list[tuple[Path, bytes | str]] = [
        (folder / "report.json", json_text(report.as_dict())),
        (folder / "report.schema.json", json_text(report_schema())),
    ]
    for name, rows in tables(report).items():
        if rows:
            files += [(folder / f"{name}.csv", csv_text(rows)), (folder / f"{name}.parquet", parquet_bytes(rows))]
    for name, picture in print_pictures(result, report).items():
        spec = picture.spec(PAPER)
        files.append((pictures / f"{name}.svg", to_svg(spec, picture.rows, alt=picture.alt)))
        files.append((pictures / f"{name}.png", to_png(spec, picture.rows, scale=PRINT_SCALE)))
    made = [place for place in (folder, pictures) if not place.exists()]
    try:
        pictures.mkdir(parents=True, exist_ok=True)
        return write_all(files)
    except BaseException:
        for place in reversed(made):
            with suppress(OSError):
                place.rmdir()
        raise
