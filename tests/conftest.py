"""Sets the Hypothesis profiles: `default` for every run, `thorough` on demand (`HYPOTHESIS_PROFILE=thorough pytest tests/bad_input`).

The default tries the same cases each time, so that a change alone can turn a test red; new cases are sought by the thorough one.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("default"), derandomize=False, max_examples=50_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
