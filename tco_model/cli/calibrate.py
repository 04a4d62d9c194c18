"""Turns what was measured into a scenario's inputs, and says whether the decision changes."""

from __future__ import annotations

from pathlib import Path

import click

from tco_model.cli.finops import rules_option
from tco_model.cli.options import echo_json, file_argument, json_option


@click.command(short_help="Tighten a scenario's inputs by what was measured.")
@file_argument
@click.option("--actuals", "workspace", type=click.Path(path_type=Path), is_eager=True, help="The workspace that ratios are measured in.")
@rules_option
@click.option("--evidence", type=click.Path(path_type=Path), help="What was measured.  [default: calibration.yaml of the workspace]")
@click.option("--starter", is_flag=True, help="Write a commented evidence file into the workspace, and stop.")
@click.option(
    "-o", "--output", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="NEW.yaml", help="Write the calibrated file."
)
@click.option("--apply", "applies", is_flag=True, help="Write it in place of the file.")
@click.option("--draws", type=click.IntRange(1, 10_000_000), metavar="N", help="Number of futures; the file's own if left out.")
@json_option
def calibrate(
    file: Path, workspace: Path | None, rules: Path, evidence: Path | None, starter: bool, target: Path | None, applies: bool,
    draws: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Tighten a scenario's inputs by what was measured, show the difference, and say whether the decision changes.

    Nothing is written unasked.

    \b
    tco calibrate decision.yaml --actuals bills --starter
    tco calibrate decision.yaml --actuals bills
    tco calibrate decision.yaml --actuals bills -o calibrated.yaml
    """
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.calibration_table import calibration_data, print_calibration
    from tco_model.exporters.files import write_bytes
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.books import open_books
    from tco_model.finops.evidence import FILE, read_evidence
    from tco_model.report.calibration import calibration
    from tco_model.scenario.edit import difference, read_text, save

    said = evidence or (workspace or Path()) / FILE
    if starter:
        _write_starter(said)
        return
    text = read_text(file)
    held = read_evidence(said)
    books = open_books(workspace, rules) if workspace is not None else None
    found = calibration(text, held, books, file=str(file), draws=draws)
    proposals, after, first, later = found.proposals, found.after_text, found.before, found.after
    if target is not None:
        if target.exists() and target.samefile(file):
            raise ScenarioError(Problem("that is the file itself", "say --apply to write in its place", "output", str(target)))
        write_bytes(target, after.encode("utf-8"))
    if applies:
        save(file, after, text, write_bytes)
    if as_json:
        echo_json(calibration_data(proposals, first, later))
        return
    print_calibration(proposals, first, later, make_console())
    if target is None and not applies:
        click.echo(difference(text, after, file.name), nl=False)
        click.echo("Nothing is written: say -o NEW.yaml, or --apply.")
    for written in (*([target] if target else []), *([file] if applies else [])):
        click.echo(f"Written: {written}")


def _write_starter(path: Path) -> None:
    from tco_model.errors import Problem, ScenarioError
    from tco_model.exporters.files import write_text
    from tco_model.finops.evidence import STARTER

    if path.exists():
        raise ScenarioError(Problem(f"'{path}' is there already", "edit it, or name another with --evidence", file=str(path)))
    write_text(path, STARTER)
    click.echo(f"{path} written; it fits the sample year and scenarios/support_assistant.yaml")
