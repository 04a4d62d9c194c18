"""Turns what goes wrong below a command into a few lines and an exit code, never a traceback."""

from __future__ import annotations

import sys
from typing import Any

import click

from tco_model.errors import ScenarioError

BAD_INPUT, INTERRUPTED = 2, 130


class Commands(click.Group):
    """A group whose errors are told in a few lines and never as a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and leave with its exit code."""
        _harden_streams()
        try:
            code = super().main(*args, **extra | {"standalone_mode": False})
        except click.exceptions.Exit as error:
            code = error.exit_code
        except click.Abort:
            click.echo("interrupted", err=True)
            code = INTERRUPTED
        except click.ClickException as error:
            error.show()
            code = BAD_INPUT
        except ScenarioError as error:
            from tco_model.exporters.problem_text import problem_lines

            click.echo("\n".join(problem_lines(error.problems)), err=True)
            code = BAD_INPUT
        except SystemExit:
            code = 0  # click and rich leave in this way when the reader of a pipe has gone, with the stream already silenced
        except MemoryError:
            click.echo("the memory does not suffice; lower --draws", err=True)
            code = BAD_INPUT
        except OSError as error:
            click.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
            code = BAD_INPUT
        sys.exit(code or 0)


def _harden_streams() -> None:
    """Write what a narrow encoding cannot spell as question marks, and never fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
