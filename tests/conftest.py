"""Holds the sample year, imported once, and the Hypothesis profiles.

`default` is for every run, `thorough` on demand (`HYPOTHESIS_PROFILE=thorough pytest tests/bad_input`). The default tries the same cases
each time, so that a change alone can turn a test red; new cases are sought by the thorough one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("default"), derandomize=False, max_examples=50_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def sample_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of ``tco actuals demo``, twelve months; to be read, and copied by whoever writes into it."""
    from tco_model.actuals.demo import write_demo
    from tco_model.actuals.load import import_files

    folder = tmp_path_factory.mktemp("sample") / "bills"
    outcomes = import_files(write_demo(folder), folder)
    assert all(outcome.held is not None and not outcome.set_aside for outcome in outcomes)
    return folder
