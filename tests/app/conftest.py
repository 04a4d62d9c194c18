"""A year of invented bills for the pages that show them, written and imported once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tco_model.actuals.demo import write_demo
from tco_model.actuals.load import import_files


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the sample year, with its counts and without an allocation file."""
    place = tmp_path_factory.mktemp("year")
    import_files(write_demo(place), place)
    return place
