"""Where a share stands among the field's marks, at and beside each of them."""

from __future__ import annotations

import pytest

from tco_model.finops.maturity import marks


@pytest.mark.parametrize(
    ("share", "level"),
    [(0.0, "before crawl"), (0.6999, "before crawl"), (0.70, "crawl"), (0.8499, "crawl"), (0.85, "walk"), (0.8999, "walk"), (0.95, "run")],
)
def test_published_marks_of_allocation(share: float, level: str) -> None:
    assert marks("allocation").level(share) == level


def test_marks_are_dated_and_sourced() -> None:
    held = marks("allocation")
    assert held.as_of and held.source and held.url.startswith("https://")
    with pytest.raises(KeyError):
        marks("nonsense")
