"""Finds the published samples that stand beside a working copy but are not shipped; a test without them is skipped and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"
THROUGHPUT = DATA / "throughput" / "silicon_sample.csv"
CONVERSATION = DATA / "traces" / "AzureLLMInferenceTrace_conv.csv"


def needs(path: Path) -> pytest.MarkDecorator:
    """Skip where a sample is absent."""
    return pytest.mark.skipif(not path.exists(), reason=f"{path.name} is not at hand: it is published by others and not shipped here")
