"""Turns the library into tools for an assistant, over the Model Context Protocol."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="mcp", short_help="Serve the engine to an assistant over MCP.")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def mcp(folder: Path | None) -> None:
    """Serve list, read, check, compare, what-if, explain and sensitivity over the Model Context Protocol, on standard input and output.

    The tools only read: the shipped scenarios, or those of FOLDER, by name. What a scenario lacks is named and never made up.

    \b
    tco mcp
    tco mcp decisions/
    """
    from tco_model.assistant import server

    server(folder).run()
