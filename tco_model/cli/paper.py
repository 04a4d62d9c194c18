"""Turns a scenario file into its decision paper."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tco_model.cli.options import file_argument, pool_of, simulation_options, with_option

if TYPE_CHECKING:
    from tco_model.report.paper.document import Paper

FORMATS = (".docx", ".html", ".md", ".pdf")


def paper_targets(_: click.Context, __: click.Parameter, paths: Sequence[Path]) -> tuple[Path, ...]:
    """Refuse before the simulation what could not be written after it."""
    for path in paths:
        check_target(path)
    return tuple(paths)


def check_target(path: Path) -> None:
    """Refuse a name that no paper can be written to."""
    if path.suffix.lower() not in FORMATS:
        raise click.BadParameter(f"'{path}' is no paper; write a name that ends in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder '{path.parent}'; make it first, or choose another")
    if path.is_dir():
        raise click.BadParameter(f"'{path}' is a folder; name a file in it")


@click.command(short_help="Write the decision paper.")
@file_argument
@click.option(
    "-o", "--output", "targets", type=click.Path(path_type=Path), multiple=True, required=True, metavar="PAPER",
    callback=paper_targets, help="File to write, .docx, .pdf, .html or .md; repeatable.",
)  # fmt: skip
@simulation_options
@with_option
def report(file: Path, targets: tuple[Path, ...], overrides: Mapping[str, Any], changes: Sequence[str], **simulation: Any) -> None:
    """Write the decision paper: two pages to decide by, and an appendix to check them by.

    \b
    tco report decision.yaml -o paper.pdf
    tco report decision.yaml -o paper.docx -o paper.html --draws 100000 --workers 2
    """
    from tco_model.exporters.progress import progress_bar
    from tco_model.report.paper.findings import STEPS, find
    from tco_model.report.paper.paper import make_paper
    from tco_model.scenario.load import load

    command = command_line(file, targets, overrides, changes, simulation)
    with pool_of(simulation) as executor, progress_bar(STEPS, "Analysing", 0) as progress:
        found = find(load(file, overrides), changes, command=command, executor=executor, progress=progress, **simulation)
    paper = make_paper(found)
    for target in targets:
        writer(target)(paper, target)
        click.echo(f"Decision paper: {target}")


def writer(target: Path) -> Callable[[Paper, Path], Path]:
    """Return what writes the format a name ends in."""
    match target.suffix.lower():
        case ".docx":
            from tco_model.exporters.word import write_word as write
        case ".pdf":
            from tco_model.exporters.pdf import write_pdf as write
        case ".html":
            from tco_model.exporters.html import write_html as write
        case _:
            from tco_model.exporters.markdown import write_markdown as write
    return write


def command_line(
    file: Path, targets: Sequence[Path], overrides: Mapping[str, Any], changes: Sequence[str], simulation: Mapping[str, Any]
) -> str:
    """Return what a person types to make the same paper again: the first file's name, and whatever moves a figure."""
    said = ["tco", "report", str(file), "-o", targets[0].name]
    for name, value in overrides.items():
        said += ["--set", f"{name}={value}"]
    for name in changes:
        said += ["--with", name]
    for name in ("draws", "seed", "design"):
        if simulation.get(name) is not None:
            said += [f"--{name}", str(simulation[name])]
    return shlex.join(said)
