"""Turns named changes of a scenario, levers, variants and versions, into what each does to its answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.analysis import ANALYSIS_DRAWS, analysis_options, draws_option
from tco_model.cli.options import echo_json, json_option, pool_of, pool_options

if TYPE_CHECKING:
    from tco_model.analysis.waterfall import Waterfall

VERSION_DRAWS = 2_000
"""Futures where nothing else is asked for: the model is computed again and again."""


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
@click.option("--in", "file", type=click.Path(path_type=Path), metavar="FILE", help="FIRST and LAST are options of this file.")
@click.option("--option", metavar="NAME", help="Of two files: the option to look at; the best of FIRST if left out.")
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), metavar="PAPER", help="Of two files: write the paper of it.")
@draws_option
@pool_options
@json_option
def diff(
    first: str, last: str, file: Path | None, option: str | None, target: Path | None, draws: int | None, as_json: bool, **pool: Any
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
                found = between_files(Path(first), Path(last), option, progress=progress, **many)
    if as_json:
        echo_json(waterfall_data(found))
    else:
        print_waterfall(found, make_console())
    if target is not None:
        _write_versions(Path(first), Path(last), found, target, draws or VERSION_DRAWS)


def _write_versions(first: Path, last: Path, found: Waterfall, target: Path, draws: int) -> None:
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
