"""Turns what comes with the package into lists: prices, cost lines, and the schema of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.options import as_json_text, echo_json, file_argument, json_option

if TYPE_CHECKING:
    from datetime import datetime


@click.command(short_help="List and compare the list prices of managed models.")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--input", "input_tokens", type=click.FloatRange(0), help="Tokens of a prompt; compares the models NAMES instead of searching."
)
@click.option("--output", "output_tokens", type=click.FloatRange(0), default=0.0, help="Tokens of an answer.")
@click.option("--cached", type=click.FloatRange(0, 1), default=0.0, help="Share of the prompt read from the cache, 0 to 1.")
@click.option("--spread", type=click.FloatRange(0), default=0.0, help="Coefficient of variation of the prompt length.")
@click.option("--mode", default="standard", show_default=True, help="standard, batch, flex or priority, where the provider lists it.")
@click.option("--gpus", is_flag=True, help="Search the dated prices of GPUs and of provisioned throughput instead.")
@click.option("--as-of", "as_of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the prices; today where not said.")
@json_option
def prices(names: Sequence[str], input_tokens: float | None, gpus: bool, as_of: datetime | None, as_json: bool, **shape: Any) -> None:
    """List the models whose names hold every word of NAMES, or compare the models NAMES for one shape of request.

    \b
    tco prices llama 3.3 70b
    tco prices gpt-5.4-mini claude-haiku-5-5 groq/llama-3.3-70b-versatile --input 2000 --output 300 --cached 0.4
    tco prices --gpus h200
    """
    from datetime import date

    from tco_model.exporters import price_table
    from tco_model.exporters.terminal import make_console

    day = as_of.date() if as_of else date.today()
    found = price_table.gpus_listed(names, day) if gpus else price_table.looked_up(names, day, input_tokens, **shape)
    if as_json:
        echo_json(found.data())
    else:
        found.show(make_console())


@click.command(short_help="Print the JSON Schema for your editor.")
@click.option("--report", is_flag=True, help="That of the report instead, as --json prints it.")
def schema(report: bool) -> None:
    """Print the JSON Schema of a scenario file, for completion and checks in an editor.

    \b
    tco schema > scenario.schema.json
    tco schema --report > report.schema.json

    Then write as the first line of a scenario: # yaml-language-server: $schema=scenario.schema.json
    """
    from tco_model.scenario.json_schema import scenario_schema

    if report:
        from tco_model.exporters.tidy import report_schema

        echo_json(report_schema())
    else:
        echo_json(scenario_schema())


@click.command("lines", short_help="List the cost lines and their parameters.")
@click.argument("name", required=False)
@json_option
def list_lines(name: str | None, as_json: bool) -> None:
    """List the cost lines, or the parameters of the one called NAME with their units and defaults.

    \b
    tco lines
    tco lines managed_tokens
    """
    from tco_model.exporters.catalogue_text import catalogue, catalogue_text

    click.echo(as_json_text(catalogue(name)) if as_json else catalogue_text(name))


@click.command("load-shape", short_help="Read a request log: sizes, peaks, hour-of-week shape.")
@file_argument
@json_option
def load_shape(file: Path, as_json: bool) -> None:
    """Read a request log and say what a scenario needs of it: tokens a request, busiest hour over the mean, burstiness.

    FILE is a CSV with a header, one row a request or one an interval; the columns are found by their usual names.

    \b
    tco load-shape requests.csv
    tco load-shape requests.csv --json > shape.json
    """
    from tco_model.exporters.traffic_text import traffic_data, traffic_text

    found = traffic_data(file)
    click.echo(as_json_text(found) if as_json else traffic_text(found))


@click.command(short_help="Print the model reference.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.md", help="Write it into a file.")
def docs(output: Path | None) -> None:
    """Print the model reference in Markdown: the formula, units, inputs and source of every cost line, demand class and fleet.

    It is made from the code, so that it says what this version computes.

    \b
    tco docs
    tco docs -o reference.md
    """
    from tco_model.exporters.files import write_text
    from tco_model.exporters.reference import reference

    if output is None:
        click.echo(reference(), nl=False)
    else:
        click.echo(f"Written: {write_text(output, reference())}")
