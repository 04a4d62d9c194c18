"""Turns a comparison into files that others calculate on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tco_model.cli.options import file_argument, pool_of, simulation_options, with_option


@click.command(short_help="Write tidy tables, JSON and pictures into a folder.")
@file_argument
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@simulation_options
@with_option
def export(file: Path, folder: Path, overrides: Mapping[str, Any], changes: Sequence[str], **simulation: Any) -> None:
    """Write the comparison into FOLDER: tidy CSV and Parquet, the report as JSON with its schema, pictures as SVG and PNG for print.

    \b
    tco export decision.yaml figures/
    """
    from tco_model.api import load, simulate
    from tco_model.exporters.progress import progress_bar
    from tco_model.exporters.tidy import write_data
    from tco_model.report.report import make_report

    scenario = load(file, overrides, changes)
    with (
        pool_of(simulation) as executor,
        progress_bar(simulation.get("draws") or scenario.simulation.draws) as progress,
    ):
        result = simulate(scenario, executor=executor, progress=progress, **simulation)
    written = write_data(result, make_report(result, insight=True), folder)
    click.echo(f"{len(written)} files in {folder}: tables as .csv and .parquet, report.json with report.schema.json, charts/")
