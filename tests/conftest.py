"""Holds the sample year, imported once, and the Hypothesis profiles.

`default` is for every run, `thorough` on demand (`HYPOTHESIS_PROFILE=thorough pytest tests/bad_input`). The default tries the same cases
each time, so that a change alone can turn a test red; new cases are sought by the thorough one.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tco_model.locks import folder_locked

LONGEST = 300.0
"""How long a process waits for the sample year of another [second]."""

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("default"), derandomize=False, max_examples=50_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def sample_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of ``tco actuals demo``, twelve months, made once for all processes of a run; who writes into it copies it first."""
    from tco_model.actuals.demo import write_demo
    from tco_model.actuals.load import import_files

    place = tmp_path_factory.getbasetemp()
    shared = (place.parent if "PYTEST_XDIST_WORKER" in os.environ else place) / "sample"
    shared.mkdir(exist_ok=True)
    folder, done = shared / "bills", shared / "done"
    with folder_locked(shared, patience=LONGEST) as held:
        assert held
        if not done.exists():
            outcomes = import_files(write_demo(folder), folder)
            assert all(outcome.held is not None and not outcome.set_aside for outcome in outcomes)
            done.touch()
    return folder
