"""Turns a folder of decisions into the front end in a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(name="app", short_help="Open the front end in a browser.")
@click.argument("place", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--bills", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR", help="Workspace of imported bills.")
@click.option("--port", type=click.IntRange(1024, 65535), default=8501, show_default=True, help="Port on this machine.")
@click.option("--no-browser", is_flag=True, help="Only serve; open no window.")
def app(place: Path | None, bills: Path | None, port: int, no_browser: bool) -> None:
    """Open the front end on the shipped decisions, on a folder of your own, or on one file.

    It listens on this machine only, asks nobody outside, and stops with Ctrl-C.

    \b
    tco app
    tco app decisions/ --bills bills/
    tco app decision.yaml --port 8600
    """
    import signal
    import subprocess

    from tco_model.scenario.shipped import app_folder

    command = [sys.executable, "-m", "streamlit", "run", str(app_folder() / "main.py"), "--server.port", str(port)]
    command += ["--server.headless", "true" if no_browser else "false"]
    command += ["--", str(place.resolve()) if place is not None else "", str(bills.resolve()) if bills is not None else ""]
    with subprocess.Popen(command) as server:

        def end(_: int, __: object) -> None:
            server.terminate()

        signal.signal(signal.SIGTERM, end)  # who ends this command ends what it serves
        try:
            code = server.wait()
        except KeyboardInterrupt:
            code = 0
    raise click.exceptions.Exit(code)
