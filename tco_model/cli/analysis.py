"""Turns a scenario file into what its answer hangs on: what matters, what to find out, when to decide, what is risked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.options import echo_json, file_argument, json_option, pool_of, pool_options, set_option

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
@click.option("--pilot", metavar="INPUT", help="What a study of this input is worth, by its number of samples; needs --price.")
@click.option("--price", type=click.FloatRange(0, min_open=True), metavar="AMOUNT", help="Price of one sample of the pilot.")
@click.option("--fixed", type=click.FloatRange(0), default=0.0, metavar="AMOUNT", help="What the pilot costs beside its samples.")
@click.option("--scatter", type=click.FloatRange(0, min_open=True), help="Standard deviation of one sample, where the input is no share.")
def voi(
    file: Path,
    overrides: Mapping[str, Any],
    draws: int | None,
    seed: int | None,
    as_json: bool,
    pilot: str | None,
    price: float | None,
    fixed: float,
    scatter: float | None,
) -> None:
    """Value of information: what knowing an input before deciding is worth, in money, at most; or what a pilot is worth.

    \b
    tco voi decision.yaml
    tco voi decision.yaml --draws 100000 --json
    tco voi decision.yaml --pilot inputs.resolution_rate --price 5 --fixed 10000
    """
    if pilot is not None:
        if price is None:
            raise click.BadParameter("say what one sample costs: --price 5", param_hint="--pilot")
        _pilot(futures_of(file, overrides, draws, seed), pilot, price, fixed, scatter, as_json=as_json)
        return
    from tco_model.analysis.information import information
    from tco_model.exporters.information_table import information_data, print_information
    from tco_model.exporters.terminal import make_console

    found = information(futures_of(file, overrides, draws, seed))
    if as_json:
        echo_json(information_data(found))
    else:
        print_information(found, make_console())


def _pilot(futures: Futures, name: str, price: float, fixed: float, scatter: float | None, *, as_json: bool) -> None:
    """Say what studies of an input are worth: of a share by cases that come out yes or no, of anything else by readings."""
    from tco_model.analysis.information import pilot
    from tco_model.analysis.input_range import find_input
    from tco_model.analysis.study import Reading, YesOrNo
    from tco_model.exporters.information_table import pilot_data, print_pilot
    from tco_model.exporters.terminal import make_console

    leaf = find_input(futures.model, name)
    drawn = futures.inputs.get(leaf)
    if scatter is None and drawn is not None and not 0.0 <= float(drawn.min()) <= float(drawn.max()) <= 1.0:
        raise click.BadParameter(f"{leaf} is no share: say how far one sample scatters with --scatter", param_hint="--pilot")
    found = pilot(futures, leaf, YesOrNo() if scatter is None else Reading(scatter))
    currency = futures.model.scenario.timeline.currency
    if as_json:
        echo_json(pilot_data(found, leaf, price, fixed, currency))
    else:
        print_pilot(found, leaf, price, fixed, currency, make_console())


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


@click.command(short_help="Say whether to decide now or to wait.")
@analysis_options
@click.option(
    "--months", type=click.IntRange(1, 240), multiple=True, metavar="N", help="A wait to look at, repeatable; 3, 6 and 12 if left out."
)
@click.option(
    "--learn", multiple=True, metavar="INPUT", help="What the wait shows, repeatable; growth and start of every path if left out."
)
def timing(
    file: Path,
    overrides: Mapping[str, Any],
    draws: int | None,
    seed: int | None,
    as_json: bool,
    months: Sequence[int],
    learn: Sequence[str],
) -> None:
    """Decide now or wait: what is learnt meanwhile, what the wait costs, and what binds one to each option.

    \b
    tco timing decision.yaml
    tco timing decision.yaml --months 6 --learn inputs.token_price_index.growth
    """
    from tco_model.analysis.timing import WAITS
    from tco_model.analysis.timing import timing as analyse
    from tco_model.exporters.progress import progress_bar
    from tco_model.exporters.terminal import make_console
    from tco_model.exporters.timing_table import print_timing, timing_data

    futures = futures_of(file, overrides, draws, seed)
    waits = months or WAITS
    with progress_bar(len(waits) * max(len(futures.base.options) - 1, 1), "Waiting", 0) as progress:
        found = analyse(futures, months=waits, learnt=learn or None, progress=progress)
    if as_json:
        echo_json(timing_data(found))
    else:
        print_timing(found, make_console())


@click.command(short_help="Say how far the options spread, and what they risk.")
@analysis_options
@click.option("--budget", type=float, metavar="AMOUNT", help="Also the chance of exceeding it.")
@click.option("--saving", type=click.FloatRange(0), default=0.0, metavar="AMOUNT", help="The chance of saving at least so much.")
@pool_options
def risk(
    file: Path,
    overrides: Mapping[str, Any],
    draws: int | None,
    seed: int | None,
    as_json: bool,
    budget: float | None,
    saving: float,
    **pool: Any,
) -> None:
    """How far the options spread: points of the S-curve, tails, regret, contingency, dominance, and when each pays back.

    \b
    tco risk decision.yaml --budget 6e6 --saving 250000
    """
    from tco_model.analysis.payback import paybacks
    from tco_model.analysis.spread import spread
    from tco_model.api import load, simulate
    from tco_model.exporters.spread_table import print_spread, spread_data
    from tco_model.exporters.terminal import make_console

    with pool_of(pool) as executor:
        result = simulate(load(file, overrides), draws=draws or ANALYSIS_DRAWS, seed=seed, executor=executor)
    found, back = spread(result, budget=budget, least_saving=saving), paybacks(result)
    if as_json:
        echo_json(spread_data(found, back))
    else:
        print_spread(found, back, {graph.name: graph.label for graph in result.model.options}, make_console())
