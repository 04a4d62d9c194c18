"""Turns an allocated bill and counts into what one unit of value cost."""

from __future__ import annotations

from pathlib import Path

import click

from tco_model.cli.finops import csv_option, rules_option, say_rates, workspace_argument
from tco_model.cli.options import echo_json, json_option


@click.command("unit-metrics", short_help="What one case, request, token or GPU-hour cost.")
@workspace_argument
@rules_option
@click.option(
    "--outcomes", type=click.Path(path_type=Path, dir_okay=False), metavar="COUNTS.csv",
    help="Counts by month: month, product, count.  [default: outcomes.csv of the workspace]",
)  # fmt: skip
@csv_option("Also write every month as a row.")
@click.option("--scenario", type=click.Path(path_type=Path, dir_okay=False), help="Hold the cost per outcome against this scenario's.")
@click.option("--option", default="", metavar="NAME", help="The option of the scenario that runs.")
@click.option("--metric", default="", metavar="NAME", help="Which metric; those per outcome in the scenario's unit where left out.")
@click.option(
    "--category", "categories", multiple=True, metavar="NAME", help="Count only this category of the model's cost; repeatable."
)  # fmt: skip
@json_option
def unit_metrics(
    workspace: Path, rules: Path, outcomes: Path | None, target: Path | None, scenario: Path | None, option: str, metric: str,
    categories: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Say what one unit of value cost each month: the metrics of the allocation file, their formula, their trend, what they cover.

    A metric may be held against the scenario that foresaw it: by against: in the allocation file, or by --scenario.

    \b
    tco unit-metrics bills
    tco unit-metrics bills --outcomes cases.csv --csv units.csv
    tco unit-metrics bills --scenario scenarios/support_assistant.yaml --option managed_large --category token --category compute
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.tidy import csv_text
    from tco_model.exporters.unit_table import metric_rows, print_metrics
    from tco_model.finops.against import chosen_metrics, modelled
    from tco_model.finops.books import open_books
    from tco_model.finops.outcomes import OUTCOMES, read_outcomes
    from tco_model.finops.unit_metrics import measure

    if scenario is None and (option or metric or categories):
        raise click.UsageError("--option, --metric and --category say how to hold against a scenario: add --scenario FILE")
    books = open_books(workspace, rules)
    chosen = chosen_metrics(scenario, option, categories, metric, books.rules) if scenario else {}
    file = outcomes or workspace / OUTCOMES
    counts = read_outcomes(file) if outcomes or file.is_file() else {}
    found = measure(books.charges, books.rules, books.usage, counts)
    models = modelled(found, books.rules, rules.parent, chosen)
    if target is not None:
        write_text(target, csv_text(metric_rows(found, models)))
    if as_json:
        echo_json({"metrics": metric_rows(found, models)} | books.converted_data)
        return
    print_metrics(found, models, make_console())
    say_rates(books)
    if target is not None:
        click.echo(f"Every month as a row: {target}")
