"""What refusing the heaviest bad files takes, in seconds of work and in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_input.bad_families import Place
from tests.bad_input.test_foreign_files import CHOSEN, MOST_MEMORY, alone, place, put, words  # noqa: F401 - the place is a fixture

LONGEST = 2.0
"""Seconds within which a file is refused, on a machine that does nothing else."""
BUSY = 3.0
"""How much slower a machine may be that does other things beside."""


@pytest.mark.benchmark
def test_bad_files_are_refused_quickly_and_small(place: Place, tmp_path: Path) -> None:  # noqa: F811
    """The heaviest of each family in a process of its own; the time is work, not waiting."""
    longest, largest = 0.0, 0
    _, _, start, _ = alone(["--version"], tmp_path / "told.json")
    for family, case in CHOSEN:
        file = put(family, case, place, tmp_path)
        code, _, seconds, memory = alone(words(family, case, place, file), tmp_path / "told.json")
        file.unlink()
        assert code == 2
        print(f"{family}: {case.title}: {seconds:.2f} s, {memory >> 20} MB")
        longest, largest = max(longest, seconds), max(largest, memory)
    print(f"longest {longest:.2f} s, of which {start:.2f} s start Python; largest {largest >> 20} MB")
    assert largest < MOST_MEMORY
    assert longest < LONGEST * BUSY
