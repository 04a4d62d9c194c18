"""Maps of the best option over two inputs against the file run anew at each pair, and their contours against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tco_model.analysis.breakeven_map import BreakevenMap, breakeven_map
from tco_model.analysis.compare import chance_best, preferred
from tco_model.scenario.load import load
from tests.analysis.decisions import buy_or_host, futures_of
from tests.engine.scenarios import SMALL


def test_a_map_is_what_the_futures_say_at_each_pair() -> None:
    futures = futures_of(load(SMALL), 300)
    figure = futures.model.scenario.decision.decide_by
    pairs = [
        ("engineer_pay", "cases"),
        ("cases", "engineer_pay"),
        ("engineer_pay", "options.hosted.labour.people.fte"),
        ("cases", "cases.growth"),
    ]
    for first, second in pairs:
        found = breakeven_map(futures, first, second, points=4)
        assert found.option == preferred(futures.base, figure)
        for row, column in ((0, 0), (1, 2), (3, 1), (3, 3)):
            changes = {found.first.name: float(found.first_values[row]), found.second.name: float(found.second_values[column])}
            result = futures.at(changes)
            assert found.chance[row, column] == pytest.approx(chance_best(result, figure)[found.option].value)
            assert found.options[found.best[row, column]] == preferred(result, figure)
            means = [result.sample(option, figure).mean() for option in found.options]
            assert found.means[:, row, column] == pytest.approx(means, rel=1e-9)


def test_a_map_of_price_and_volume_splits_along_their_product() -> None:
    found = breakeven_map(
        buy_or_host(20), "price", "volume", first_values=np.linspace(0.2, 0.9, 8), second_values=np.linspace(300, 2000, 9)
    )  # type: ignore[arg-type]
    product = np.outer(found.first_values, found.second_values)
    assert np.array_equal(found.best, (product > 500.0).astype(int))
    assert np.array_equal(found.chance, (product < 500.0).astype(float))
    assert (found.error == 0.0).all()
    rows = found.rows()
    assert len(rows) == 72
    assert {row["best"] for row in rows if row["first"] * row["second"] > 500.0} == {"host"}


def with_chance(values: list[list[float]]) -> BreakevenMap:
    found = breakeven_map(buy_or_host(5), "price", "volume", points=len(values))
    size = np.arange(float(len(values)))
    return replace(found, first_values=size, second_values=2.0 * size, chance=np.array(values))


def test_the_contour_of_a_plane_is_its_line() -> None:
    plane = with_chance([[0.1 * row + 0.07 * column for column in range(6)] for row in range(6)])
    segments = plane.contour(0.5)
    for segment in segments:
        for first, second in zip(segment.first, segment.second, strict=True):
            assert 0.1 * first + 0.07 * second / 2.0 == pytest.approx(0.5)
    ends = sorted(round(first, 9) for segment in segments for first in segment.first)
    assert all(ends.count(end) == 2 for end in ends if 1.5 + 1e-9 < end < 5.0)
    assert (min(ends), max(ends)) == (pytest.approx(1.5), pytest.approx(5.0))
    assert plane.contour(0.99) == ()


@pytest.mark.parametrize("corner", [0.6, 1.0])
def test_the_contour_of_a_saddle_follows_the_mean_of_its_corners(corner: float) -> None:
    low = 0.45 if corner == 1.0 else 0.0
    segments = with_chance([[corner, low], [low, corner]]).contour(0.5)
    assert len(segments) == 2
    joined = (2 * corner + 2 * low) / 4 >= 0.5
    sides = {(sum(segment.first) / 2 < 0.5) == (sum(segment.second) / 2 < 1.0) for segment in segments}
    assert sides == {not joined}
