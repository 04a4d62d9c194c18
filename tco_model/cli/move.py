"""Turns a workload's months of actuals into the break-even of moving it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from tco_model.cli.finops import month_option, rules_option, workspace_argument
from tco_model.cli.options import echo_json, json_option, set_option


@click.command(short_help="Say month by month whether moving a live workload pays.")
@workspace_argument
@click.option("--scenario", "file", type=click.Path(path_type=Path), required=True, help="The scenario that the workload was decided by.")
@rules_option
@click.option("--evidence", type=click.Path(path_type=Path), help="What is measured of it.  [default: calibration.yaml of the workspace]")
@click.option("--from", "source", default="", metavar="OPTION", help="The option it runs on, in place of that of the evidence.")
@click.option("--to", "target", default="", metavar="OPTION", help="The option it could move to, likewise.")
@month_option
@click.option("--last", type=click.IntRange(1, 60), default=6, show_default=True, metavar="N", help="Months up to that one.")
@set_option
@click.option("--draws", type=click.IntRange(100, 131_072), default=1_000, show_default=True, metavar="N", help="Futures of each month.")
@json_option
def move(
    workspace: Path, file: Path, rules: Path, evidence: Path | None, source: str, target: str, month: str, last: int,
    overrides: Mapping[str, Any], draws: int, as_json: bool,
) -> None:  # fmt: skip
    """Say month by month what staying and moving cost at the measured demand, the break-even volume, and how often moving pays.

    What is measured of the workload stands in calibration.yaml; `tco calibrate --starter` shows it.

    \b
    tco move bills --scenario scenarios/support_assistant.yaml
    tco move bills --scenario decision.yaml --from managed --to hosted --last 12
    tco move bills --scenario decision.yaml --set inputs.gpu_price="1.20 USD/GPU/hour"
    """
    from tco_model.exporters.move_table import move_data, print_move
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.books import open_books
    from tco_model.finops.evidence import FILE, read_evidence_file
    from tco_model.finops.move import move as stand

    held = read_evidence_file(evidence or workspace / FILE)
    books = open_books(workspace, rules)
    found = stand(
        books, held, file, overrides=overrides, source=source, target=target, month=month, last=last, draws=draws
    )  # fmt: skip
    if as_json:
        echo_json(move_data(found))
    else:
        print_move(found, make_console())
