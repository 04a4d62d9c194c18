"""Turns a scenario file into what would change its answer: what matters, where it flips, what to find out, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.options import echo_json, file_argument, json_option, set_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tco_model.engine.futures import Futures

ANALYSIS_DRAWS = 10_000
"""Futures of an analysis where nothing else is asked for."""


def analysis_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add what every analysis takes: the file, values in place of its own, how many futures, and JSON."""
    for option in (json_option, seed_option, draws_option, set_option, file_argument):
        function = option(function)
    return function


draws_option = click.option(
    "--draws", type=click.IntRange(100, 131_072), metavar="N", help=f"Number of futures; {ANALYSIS_DRAWS:,} if left out."
)
seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Seed of the futures; the file's own if left out."
)


def futures_of(file: Path, overrides: Mapping[str, Any], draws: int | None, seed: int | None) -> Futures:
    """Read a scenario and hold its futures."""
    from tco_model.engine.compile import compile_scenario
    from tco_model.engine.futures import Futures
    from tco_model.scenario.load import load

    return Futures(compile_scenario(load(file, overrides)), draws=draws or ANALYSIS_DRAWS, seed=seed)


@click.command(short_help="Say what it is worth to find out before deciding.")
@analysis_options
def voi(file: Path, overrides: Mapping[str, Any], draws: int | None, seed: int | None, as_json: bool) -> None:
    """Value of information: what knowing an input before deciding is worth, in money, at most.

    \b
    tco voi decision.yaml
    tco voi decision.yaml --draws 100000 --json
    """
    from tco_model.analysis.information import information
    from tco_model.exporters.information_table import information_data, print_information
    from tco_model.exporters.terminal import make_console

    found = information(futures_of(file, overrides, draws, seed))
    if as_json:
        echo_json(information_data(found))
    else:
        print_information(found, make_console())


@click.command(short_help="Say which inputs matter, and how much.")
@analysis_options
@click.option("--option", metavar="NAME", help="The option to look at; the best on average if left out.")
@click.option("--quick", is_flag=True, help="Leave out total indices, which take one run an input.")
def sensitivity(
    file: Path, overrides: Mapping[str, Any], draws: int | None, seed: int | None, as_json: bool, option: str | None, quick: bool
) -> None:
    """Which inputs move the decision: a tornado of the gap between the two best options, and shares of the variance.

    \b
    tco sensitivity decision.yaml
    tco sensitivity decision.yaml --option self_hosted --json
    """
    from tco_model.analysis.sensitivity import sensitivity as analyse
    from tco_model.exporters.progress import progress_bar
    from tco_model.exporters.sensitivity_table import print_sensitivity, sensitivity_data
    from tco_model.exporters.terminal import make_console

    futures = futures_of(file, overrides, draws, seed)
    with progress_bar(3 * len(futures.inputs), "Changing inputs", 0) as progress:
        found = analyse(futures, option=option, totals=not quick, progress=progress)
    if as_json:
        echo_json(sensitivity_data(found))
    else:
        print_sensitivity(found, make_console())
