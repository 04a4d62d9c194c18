"""Turns what several commands have in common, their options and the JSON they print, into one spelling."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager


def _overrides(_: click.Context, __: click.Parameter, pairs: Sequence[str]) -> dict[str, Any]:
    return overrides_of(pairs)


def overrides_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Return values by dotted path from texts such as ``inputs.cases=80k cases/month``; of the same path the last one."""
    found: dict[str, Any] = {}
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise click.BadParameter(f"'{pair}' is not path=value; write --set inputs.cases='80k cases/month'")
        found[path.strip()] = value.strip()
    return found


Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def _workbook_path(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse before the simulation what could not be written after it, the scenario file itself included."""
    if path is not None and path.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"'{path}' is not the name of a workbook; write one that ends in .xlsx")
    if path is not None and not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder '{path.parent}'; make it first, or choose another")
    return path


set_option = click.option(
    "--set", "overrides", multiple=True, metavar="PATH=VALUE", callback=_overrides, help="Put a value in place of the file's; repeatable."
)
with_option = click.option(
    "--with", "changes", multiple=True, metavar="NAME", help="Apply a lever or a variant of the file; repeatable, in this order."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Plain data for a program.")
workbook_option = click.option(
    "--workbook",
    type=click.Path(path_type=Path),
    metavar="OUT.xlsx",
    callback=_workbook_path,
    help="Also write an Excel workbook with live formulas.",
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", default=1, help="Processes of this machine; no figure depends on it."
)
cluster_option = click.option(
    "--cluster", metavar="ADDRESS", help="Dask scheduler to compute on, such as tcp://10.0.0.1:8786; no figure depends on it."
)
file_argument = click.argument("file", type=click.Path(path_type=Path))


def simulation_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that decide how the futures are drawn."""
    options: Sequence[Decorator] = (
        set_option,
        click.option("--draws", type=click.IntRange(1, 10_000_000), metavar="N", help="Number of futures; the file's own if left out."),
        click.option("--seed", type=click.IntRange(0, 2**63 - 1), metavar="N", help="Seed of the futures."),
        click.option("--design", type=click.Choice(["random", "latin_hypercube", "sobol"]), help="How the futures are drawn."),
    )  # fmt: skip
    function = pool_options(function)
    for option in reversed(options):
        function = option(function)
    return function


def pool_options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that decide where the futures are computed."""
    for option in (cluster_option, workers_option):
        function = option(function)
    return function


def pool_of(options: dict[str, Any]) -> AbstractContextManager[Executor | None]:
    """Take the options of `pool_options` out of those of a simulation, and give the executor they ask for."""
    from tco_model.engine.workers import worker_pool

    return worker_pool(options.pop("workers", 1), options.pop("cluster", None), lambda note: click.echo(note, err=True))


def as_json_text(data: Any) -> str:
    """Return plain data as JSON."""
    from tco_model.exporters.json_text import json_text

    return json_text(data)


def echo_json(data: Any) -> None:
    """Print plain data as JSON."""
    click.echo(as_json_text(data))


def relative(path: Path) -> Path:
    """Return a path as a person would type it from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@contextmanager
def changing(workspace: Path) -> Generator[None]:
    """Hold a workspace while a command reads, changes and writes one of its files; say who is waited for on the stream of messages.

    Raises:
        ScenarioError: another process still holds it when the patience is over.
    """
    from tco_model.actuals.lock import PATIENCE, locked

    with locked(workspace, patience=PATIENCE, waits=lambda said: click.echo(said, err=True)):
        yield
