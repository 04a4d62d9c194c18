"""A sweep is the same as asking one value after the other, and says where an option stands best."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import tco_model as tco

SMALL = "tests/data/small.yaml"
FIELD = "options.hosted.labour.people.fte"


def test_each_point_is_the_comparison_at_that_value() -> None:
    found = tco.sweep(SMALL, FIELD, ["1 FTE", "2 FTE", "3 FTE"], draws=400)
    assert [point.value for point in found.points] == ["1 FTE", "2 FTE", "3 FTE"]
    for point in found.points:
        report = tco.compare(SMALL, {FIELD: point.value}, draws=400)
        for option in report.options:
            figure = option.figures["npv_cost"]
            assert (point.mean[option.name], point.p10[option.name], point.p90[option.name]) == (figure.mean, figure.p10, figure.p90)
            assert point.chance_best[option.name] == option.chance_best.value
        assert point.preferred == report.preferred


def test_a_field_of_one_option_moves_only_that_option_and_by_equal_steps() -> None:
    found = tco.sweep(SMALL, FIELD, ["1 FTE", "2 FTE", "3 FTE"], draws=400)
    assert len({point.mean["managed"] for point in found.points}) == 1
    first, second, third = (point.mean["hosted"] for point in found.points)
    assert third - second == pytest.approx(second - first, rel=1e-9)
    assert found.best_point("hosted") is found.points[0]


def test_an_unknown_field_is_refused_with_the_nearest() -> None:
    with pytest.raises(tco.ScenarioError, match="people"):
        tco.sweep(SMALL, "options.hosted.labour.peple.fte", ["1 FTE"], draws=50)


def test_overrides_hold_at_every_point_and_an_executor_changes_no_byte() -> None:
    pay = {"inputs.engineer_pay": "200k USD/FTE/year"}
    alone = tco.sweep(SMALL, FIELD, ["2 FTE"], pay, draws=34_000)
    with ThreadPoolExecutor(2) as pool:
        assert tco.sweep(SMALL, FIELD, ["2 FTE"], pay, draws=34_000, executor=pool) == alone
    report = tco.compare(SMALL, pay | {FIELD: "2 FTE"}, draws=34_000)
    assert alone.points[0].mean == {option.name: option.figures["npv_cost"].mean for option in report.options}
