"""The front end as its readers meet it: started by its own command on a folder of decisions, opened in Chromium."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

ROOT = Path(__file__).parents[2]
INSTALL = "apt-get install chromium, or: python -m uv run playwright install --with-deps chromium"
WAIT = 60_000
"""Milliseconds that a page may take; most of them go to a machine that has other work to do as well."""


@dataclass
class Front:
    """A running front end and the folder it was started on."""

    address: str
    folder: Path
    asked: list[str] = field(default_factory=list)
    """Every address that any page has asked for."""
    complaints: list[str] = field(default_factory=list)
    """What pages wrote to the console as errors."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; the tests fail, and say what installs it, where there is none."""
    system = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=system, args=["--no-sandbox"])
        except PlaywrightError as error:
            pytest.fail(f"no Chromium to open the front end with ({error.message.splitlines()[0]}); {INSTALL}", pytrace=False)
        yield opened
        opened.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    """The front end on a folder with the small scenario and a shipped one."""
    (tmp_path / "small.yaml").write_bytes((ROOT / "tests" / "data" / "small.yaml").read_bytes())
    shipped = (ROOT / "scenarios" / "support_assistant.yaml").read_text(encoding="utf-8")
    (tmp_path / "support_assistant.yaml").write_text(re.sub(r"draws: \d+", "draws: 2000", shipped), encoding="utf-8")
    command = [sys.executable, "-m", "tco_model", "app", str(tmp_path), "--no-browser", "--port"]
    with running(command) as address:
        yield Front(address, tmp_path)


@contextmanager
def running(command: list[str]) -> Iterator[str]:
    """Run a server that takes its port as the last word, and give its address once it answers."""
    with started(command) as (address, _):
        yield address


@contextmanager
def started(command: list[str]) -> Iterator[tuple[str, int]]:
    """Run a server as `running` does, and give its address and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*command, str(port)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        assert server.poll() is None, "the front end ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the front end did not answer")


@pytest.fixture
def page(browser: Browser, front: Front) -> Iterator[Page]:
    """A page of a reader of their own, on a desk screen."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened = context.new_page()
    opened.set_default_timeout(WAIT)
    opened.on("request", lambda request: front.asked.append(request.url))
    opened.on("console", lambda told: front.complaints.append(told.text) if told.type == "error" else None)
    yield opened
    context.close()


def answer(page: Page) -> Locator:
    """The first sentence of the answer."""
    return page.locator("h3").filter(has_text="of 100 futures").first


def opened(page: Page, front: Front, decision: str = "small", more: str = "") -> Page:
    """Open the comparison of a decision and wait until it stands."""
    page.goto(f"{front.address}/?decision={decision}{more}")
    expect(page.locator(".tco").first).to_be_visible(timeout=WAIT)
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until the page has stopped working."""
    page.wait_for_timeout(150)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=WAIT)
    page.wait_for_timeout(150)
