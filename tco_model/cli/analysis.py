"""Turns a scenario file into what would change its answer: what matters, where it flips, what to find out, what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.options import echo_json, file_argument, json_option, pool_of, pool_options, set_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tco_model.analysis.waterfall import Waterfall
    from tco_model.engine.futures import Futures

ANALYSIS_DRAWS, SWITCHING_DRAWS, VERSION_DRAWS = 10_000, 2_000, 2_000
"""Futures of an analysis where nothing else is asked for; fewer where the model is computed again and again."""


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


@click.command(short_help="Say what each lever does, alone and together.")
@analysis_options
@pool_options
def levers(file: Path, overrides: Mapping[str, Any], draws: int | None, seed: int | None, as_json: bool, **pool: Any) -> None:
    """What the levers of the file do: each alone, one after the other, all together, ranked by what they gain for their effort.

    \b
    tco levers decision.yaml
    """
    from tco_model.api import levers as lever_effects
    from tco_model.exporters.levers_table import levers_data, print_levers
    from tco_model.exporters.terminal import make_console

    with pool_of(pool) as executor:
        found = lever_effects(file, overrides, draws=draws or ANALYSIS_DRAWS, seed=seed, executor=executor)
    if as_json:
        echo_json(levers_data(found))
    else:
        print_levers(found, make_console())


@click.command(short_help="Compare the variants and stress cases of the file.")
@analysis_options
@pool_options
def variants(file: Path, overrides: Mapping[str, Any], draws: int | None, seed: int | None, as_json: bool, **pool: Any) -> None:
    """How the options stand in each variant and stress case of the file, side by side.

    \b
    tco variants decision.yaml
    """
    from tco_model.api import variants as variant_outcomes
    from tco_model.exporters.levers_table import print_variants, variants_data
    from tco_model.exporters.terminal import make_console

    with pool_of(pool) as executor:
        found = variant_outcomes(file, overrides, draws=draws or ANALYSIS_DRAWS, seed=seed, executor=executor)
    if as_json:
        echo_json(variants_data(found))
    else:
        print_variants(found, make_console())


@click.command(short_help="Say what differs between two options or two versions of a file.")
@click.argument("first")
@click.argument("last")
@click.option("--in", "file", type=click.Path(path_type=FilePath), metavar="FILE", help="FIRST and LAST are options of this file.")
@click.option("--option", metavar="NAME", help="Of two files: the option to look at; the best of FIRST if left out.")
@click.option("-o", "--output", "target", type=click.Path(path_type=FilePath), metavar="PAPER", help="Of two files: write the paper of it.")
@draws_option
@pool_options
@json_option
def diff(
    first: str, last: str, file: FilePath | None, option: str | None, target: FilePath | None, draws: int | None, as_json: bool, **pool: Any
) -> None:
    """What differs: between two options of a file by category, or between two versions of a file by changed field.

    \b
    tco diff rented host --in decision.yaml
    tco diff decision-2026.yaml decision-2027.yaml --option rented
    tco diff decision-2026.yaml decision-2027.yaml -o changes.docx
    """
    if target is not None:
        from tco_model.cli.paper import check_target

        check_target(target)
        if file is not None:
            raise click.UsageError("a paper is of two files: leave out --in, or leave out -o")
    from tco_model.api import diff as between_files
    from tco_model.api import load, simulate
    from tco_model.exporters.levers_table import print_waterfall, waterfall_data
    from tco_model.exporters.progress import progress_bar
    from tco_model.exporters.terminal import make_console

    with pool_of(pool) as executor:
        if file is not None:
            from tco_model.analysis.waterfall import between_options

            found = between_options(simulate(load(file), draws=draws or ANALYSIS_DRAWS, executor=executor), first, last)
        else:
            with progress_bar(1, "Comparing versions", 0) as progress:
                many = {"draws": draws or VERSION_DRAWS, "executor": executor}
                found = between_files(FilePath(first), FilePath(last), option, progress=progress, **many)
    if as_json:
        echo_json(waterfall_data(found))
    else:
        print_waterfall(found, make_console())
    if target is not None:
        _write_versions(FilePath(first), FilePath(last), found, target, draws or VERSION_DRAWS)


def _write_versions(first: FilePath, last: FilePath, found: Waterfall, target: FilePath, draws: int) -> None:
    """Write the paper of what has changed between two files."""
    from tco_model.api import simulate
    from tco_model.cli.paper import writer
    from tco_model.report.paper.versions import make_versions_paper
    from tco_model.report.report import make_report
    from tco_model.scenario.load import load
    from tco_model.scenario.versions import Versions

    before, after = (make_report(simulate(load(path), draws=draws)) for path in (first, last))
    command = f"tco diff {first} {last} -o {target.name} --draws {draws}"
    writer(target)(make_versions_paper(before, after, Versions.read(first, last), found, command=command), target)
    click.echo(f"Paper of what has changed: {target}", err=True)


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


@click.command(short_help="Say where the answer turns.")
@click.argument("file", type=click.Path(path_type=FilePath))
@click.argument("inputs", nargs=-1)
@set_option
@click.option("--draws", type=click.IntRange(100, 131_072), metavar="N", help=f"Number of futures; {SWITCHING_DRAWS:,} if left out.")
@seed_option
@click.option("--map", "on_map", is_flag=True, help="A map over two INPUTS: who is preferred where.")
@click.option("--points", type=click.IntRange(3, 101), default=11, show_default=True, help="Values of each input of the map.")
@click.option("--between", nargs=2, metavar="A B", help="Two options: from which month, and from which INPUTS, one costs less.")
@json_option
def breakeven(
    file: Path,
    inputs: Sequence[str],
    overrides: Mapping[str, Any],
    draws: int | None,
    seed: int | None,
    on_map: bool,
    points: int,
    between: tuple[str, str] | None,
    as_json: bool,
) -> None:
    """Where the answer turns: the switching value of every input of the file, or of INPUTS; a map; month and volume between options.

    \b
    tco breakeven decision.yaml
    tco breakeven decision.yaml tasks h200_price --map
    tco breakeven decision.yaml tasks --between rented host
    """
    from tco_model.exporters.breakeven_table import map_data, print_map, print_switching, switching_data
    from tco_model.exporters.progress import progress_bar
    from tco_model.exporters.terminal import make_console

    futures = futures_of(file, overrides, draws or SWITCHING_DRAWS, seed)
    if between:
        _between(futures, inputs, between, as_json=as_json)
        return
    if on_map and len(inputs) != 2:
        raise click.BadParameter("a map needs two inputs, such as tasks h200_price", param_hint="INPUTS")
    from tco_model.analysis.breakeven_map import breakeven_map
    from tco_model.analysis.switching import switching_values

    if on_map:
        with progress_bar(points * points, "Drawing the map", 0) as progress:
            chart = breakeven_map(futures, *inputs, points=points, progress=progress)
        echo_json(map_data(chart)) if as_json else print_map(chart, make_console())
        return
    names = inputs or [name for name, leaf in futures.model.leaves.items() if leaf.origin in ("scenario", "table")]
    with progress_bar(len(names), "Looking for turns", 0) as progress:
        found = switching_values(futures, names, progress=progress)
    echo_json(switching_data(found)) if as_json else print_switching(found, make_console())


def _between(futures: Futures, inputs: Sequence[str], options: tuple[str, str], *, as_json: bool) -> None:
    """Say from which month, and from which value of the inputs, one option costs less than another."""
    from tco_model.analysis.breakeven import breakeven_month, breakeven_volumes
    from tco_model.exporters.breakeven_table import month_data, month_sentence, volumes_data, volumes_sentences

    labels = {graph.name: graph.label for graph in futures.model.options}
    month = breakeven_month(futures, *options)
    volumes = [breakeven_volumes(futures, name, *options) for name in inputs]
    if as_json:
        echo_json({"month": month_data(month), "volumes": [volumes_data(one) for one in volumes]})
        return
    click.echo(month_sentence(month, labels))
    for one in volumes:
        click.echo("\n".join(volumes_sentences(one, labels)))


@click.command(short_help="Find the value of an input that meets a goal.")
@click.argument("file", type=click.Path(path_type=FilePath))
@click.argument("name", metavar="INPUT")
@click.argument("figure")
@click.argument("target", type=float)
@set_option
@click.option("--draws", type=click.IntRange(100, 131_072), metavar="N", help=f"Number of futures; {SWITCHING_DRAWS:,} if left out.")
@seed_option
@click.option("--confidence", type=click.FloatRange(0, 1), help="Share of the futures that must meet it, 0 to 1; the mean if left out.")
@click.option("--option", metavar="NAME", help="Whose figure; that of the best option if left out.")
@json_option
def seek(
    file: Path,
    name: str,
    figure: str,
    target: float,
    overrides: Mapping[str, Any],
    draws: int | None,
    seed: int | None,
    confidence: float | None,
    option: str | None,
    as_json: bool,
) -> None:
    """Goal seek: the value of INPUT at which FIGURE just meets TARGET.

    FIGURE is npv_cost, total_cost, cost_per_outcome, net_value, outcomes, success_share, or chance_best: how often the option is best.

    \b
    tco seek decision.yaml tasks total_cost 5e6 --option rented --confidence 0.8
    tco seek decision.yaml h200_price chance_best 0.9 --option rented
    """
    from tco_model.analysis.goal_seek import goal_seek
    from tco_model.exporters.breakeven_table import goal_data, goal_sentence

    futures = futures_of(file, overrides, draws or SWITCHING_DRAWS, seed)
    found = goal_seek(futures, name, figure, target, confidence=confidence, option=option)
    labels = {graph.name: graph.label for graph in futures.model.options}
    if as_json:
        echo_json(goal_data(found))
    else:
        click.echo(goal_sentence(found, labels))


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
