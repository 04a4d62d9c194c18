"""Turns a scenario into where its answer turns and what value of an input meets a goal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.analysis import futures_of, seed_option
from tco_model.cli.options import echo_json, json_option, set_option

if TYPE_CHECKING:
    from tco_model.engine.futures import Futures

SWITCHING_DRAWS = 2_000
"""Futures where nothing else is asked for: the model is computed again and again."""


@click.command(short_help="Say where the answer turns.")
@click.argument("file", type=click.Path(path_type=Path))
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
@click.argument("file", type=click.Path(path_type=Path))
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
