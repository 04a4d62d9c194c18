"""What starting costs: importing the package and a help page beside bare Python and click; ``pytest -m benchmark -s`` shows it."""

from __future__ import annotations

import pytest

from tests.benchmarks.test_speed import ratio, seconds_of

pytestmark = pytest.mark.benchmark
HELP = """
import sys
sys.argv = ["tco", "--help"]
from tco_model.cli import main
main()
"""


def test_import_and_help_are_light() -> None:
    bare, click_alone = seconds_of("pass"), seconds_of("import click")
    package, helped = seconds_of("import tco_model"), seconds_of(HELP)
    print(f"\nbare Python {bare:.3f} s, import click {click_alone:.3f} s, import tco_model {package:.3f} s, tco --help {helped:.3f} s")
    assert ratio("import tco_model over bare Python", package / bare, "2", "1.3") <= 2.0
    assert ratio("tco --help over importing click alone", helped / click_alone, "2.5", "1.5") <= 2.5
