"""The front end as its own command serves it: to this machine alone, to no other site, with no detail of an error and no telemetry."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "app/.streamlit/config.toml").read_text())
HOSTILE = """\
[server]
address = "0.0.0.0"
maxUploadSize = 5000
allowedHosts = []
[browser]
gatherUsageStats = true
[client]
showErrorDetails = "full"
"""
"""Settings of a folder in which somebody happens to stand."""
PATIENCE = 120.0
"""Seconds until a busy machine must have started it."""


def test_defaults_are_safe() -> None:
    server, browser, client = CONFIG["server"], CONFIG["browser"], CONFIG["client"]
    assert server["address"] == "127.0.0.1" and set(server["allowedHosts"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert server["maxUploadSize"] <= 50 and server["enableXsrfProtection"] is True and server["enableCORS"] is True
    assert browser["gatherUsageStats"] is False
    assert client["showErrorDetails"] == "none" and client["toolbarMode"] == "viewer"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The front end, started in a folder and with surroundings that would open it to everybody."""
    folder = tmp_path_factory.mktemp("stands")
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit/config.toml").write_text(HOSTILE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    surroundings = os.environ | {
        "STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "STREAMLIT_SERVER_ALLOWED_HOSTS": "*", "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [sys.executable, "-m", "tco_model", "app", str(ROOT / "scenarios"), "--no-browser", "--port", str(number)]
    with Path(os.devnull).open("wb") as nothing:
        server = subprocess.Popen(command, cwd=folder, env=surroundings, stdout=nothing, stderr=nothing, start_new_session=True)
    try:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", number), 1.0).close()
                break
            except OSError:
                assert time.monotonic() < until and server.poll() is None, "it did not start"
                time.sleep(0.2)
        yield number
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def answer(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Ask the running server; its status and the whole of what it says."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    with socket.create_connection(("127.0.0.1", port), 30.0) as stream:
        stream.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        said = stream.recv(65_536).decode("latin-1")
    return int(said.split(" ", 2)[1]), said


SOCKET = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec_WebSocket_Version": "13"}


def test_a_page_of_another_site_gets_no_session(port: int) -> None:
    """A browser says where a page is from; a name that was bent to this machine comes as Host and Origin alike."""
    here = f"127.0.0.1:{port}"
    assert answer(port, "/_stcore/stream", Host=here, Origin=f"http://{here}", **SOCKET)[0] == 101
    assert answer(port, "/_stcore/stream", Host=here, Origin="http://evil.example", **SOCKET)[0] == 403
    evil = f"evil.example:{port}"
    assert answer(port, "/_stcore/stream", Host=evil, Origin=f"http://{evil}", **SOCKET)[0] == 403
    assert answer(port, "/_stcore/stream", Host=evil, **SOCKET)[0] == 403


def test_no_other_site_is_told_that_it_may_read(port: int) -> None:
    _, said = answer(port, "/_stcore/health", Host=f"127.0.0.1:{port}", Origin="http://evil.example", Connection="close")
    allowed = re.search(r"(?im)^access-control-allow-origin: *(\S+)", said)
    assert allowed is None or ("evil" not in allowed[1] and allowed[1] != "*")


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="this system does not tell where a port listens")
def test_it_listens_on_this_machine_only(port: int) -> None:
    tables = [table for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if table.exists()]
    rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    listens = {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
    assert listens == {"0100007F"}, "127.0.0.1, as the kernel spells it"


UPLOADS = {
    "../../x.yaml": b"\x00\x01",
    "a.yaml": b"{",
    "..\\..\\b.yml": b"a: &a [x]\nb: *a\n",
    "c.yaml": "schema: 1\n".encode("utf-16"),
    "d.yaml": b"[" * 100_000,
    "e.yaml": b"schema: 1\n<script>alert(1)</script>: 5\n",
    "f.yaml": b"# " + b"x" * 1_000_000,
    "g.yaml": b"",
    "/etc/passwd.yaml": b"schema: 7\n",
}


@pytest.mark.parametrize("name", UPLOADS)
def test_a_bad_upload_is_told_and_writes_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit.testing.v1 import AppTest

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["main.py", str(tmp_path)])
    front = AppTest.from_file(str(ROOT / "app/views/decisions.py"), default_timeout=PATIENCE).run()
    front.file_uploader[0].set_value((name, UPLOADS[name], "application/yaml")).run()
    next(button for button in front.button if button.label == "Open the file").click().run()
    assert not front.exception
    said = " ".join(part.value for part in (*front.error, *front.markdown, *front.warning))
    assert "cannot be opened" in said
    assert not list(tmp_path.iterdir())
