"""A move of an input is what the file says with that value: headline, report and simulation agree to the last bit."""

from __future__ import annotations

from pathlib import Path

import pytest

import tco_model.api as tco
from tco_model.errors import ScenarioError
from tco_model.report.report import make_report
from tco_model.report.what_if import Move, WhatIf

SMALL = Path(__file__).parents[1] / "data" / "small.yaml"
PLATFORM = Path(__file__).parents[2] / "scenarios" / "ml_platform.yaml"


@pytest.fixture(scope="module", params=[SMALL, PLATFORM], ids=lambda path: path.stem)
def opened(request: pytest.FixtureRequest) -> tuple[Path, WhatIf]:
    return request.param, WhatIf(tco.load(request.param), draws=1000)


def test_nothing_moved_is_the_comparison(opened: tuple[Path, WhatIf]) -> None:
    path, what_if = opened
    assert what_if.report(Move()) == make_report(tco.simulate(tco.load(path), draws=1000))


def test_a_held_input_is_the_same_as_that_value_in_the_file(opened: tuple[Path, WhatIf]) -> None:
    path, what_if = opened
    sliders = what_if.sliders(Move())
    futures = what_if.futures(Move())
    alone = [name for name in sliders.offered() if len(futures.linked(name)) == 1][:5]  # of linked inputs the others are drawn anew
    assert alone
    for slider in sliders.of(alone):
        value = slider.positions[-1]
        move = Move({slider.name: value})
        literal = slider.literal(value)
        assert literal is not None
        wanted = make_report(tco.simulate(tco.load(path, {slider.name: literal}), draws=1000))
        found = what_if.report(move)
        assert found.answer == wanted.answer
        for mine, other in zip(found.options, wanted.options, strict=True):
            assert mine.curve == pytest.approx(other.curve, rel=1e-12)
            for figure, held in mine.figures.items():
                assert held.mean == pytest.approx(other.figures[figure].mean, rel=1e-12)
                assert held.central == pytest.approx(other.figures[figure].central, rel=1e-12), "the central case follows the move"


def test_the_headline_says_what_the_report_says(opened: tuple[Path, WhatIf]) -> None:
    _, what_if = opened
    name = what_if.sliders(Move()).offered()[0]
    (slider,) = what_if.sliders(Move()).of([name])
    move = Move({name: slider.positions[0]})
    headline, report = what_if.headline(move), what_if.report(move)
    assert headline.sentences == report.answer[: len(headline.sentences)]
    for standing, option in zip(headline.options, report.options, strict=True):
        assert standing.curve == option.curve
        assert standing.chance_best == option.chance_best
        assert standing.figure.mean == option.figures[report.decide_by].mean


def test_a_held_input_is_correlated_with_nothing() -> None:
    what_if = WhatIf(tco.load(PLATFORM), draws=200)
    for name in {name for entry in what_if.scenario.correlations for name in entry.between}:
        held = name if name in what_if.futures(Move()).inputs else f"inputs.{name}"
        (slider,) = what_if.sliders(Move()).of([held])
        literal = slider.literal(slider.range.now)
        assert literal is not None
        found = tco.simulate(tco.load(PLATFORM, {held: literal}), draws=50)
        assert found.model.leaves[held].central({}).item() == pytest.approx(slider.range.now, rel=1e-9)


def test_moved_traffic_sizes_its_fleet_anew() -> None:
    what_if = WhatIf(tco.load(PLATFORM), draws=200)
    (slider,) = what_if.sliders(Move()).of(["inputs.shape_factor"])
    changes = what_if.changes(Move({"inputs.shape_factor": slider.positions[-1]}))
    pool = "options.rented.fleets.serving.target_utilisation"
    assert changes[pool] != what_if.futures(Move()).model.leaves[pool].content


def test_another_horizon_is_that_of_the_file_with_it() -> None:
    path, what_if = SMALL, WhatIf(tco.load(SMALL), draws=1000)
    months = what_if.scenario.timeline.months + 12
    wanted = make_report(tco.simulate(tco.load(path, {"timeline.months": months}), draws=1000))
    assert what_if.report(Move(months=months)).answer == wanted.answer


def test_a_value_out_of_range_is_refused(opened: tuple[Path, WhatIf]) -> None:
    _, what_if = opened
    name = what_if.sliders(Move()).offered()[0]
    with pytest.raises(ScenarioError, match=r"give a value from|cannot be"):
        what_if.headline(Move({name: 1e30}))
    with pytest.raises(ScenarioError):
        what_if.headline(Move({"inputs.nonsense": 1.0}))


def test_positions_rise_hold_the_current_value_and_stay_in_the_range(opened: tuple[Path, WhatIf]) -> None:
    sliders = opened[1].sliders(Move())
    for slider in sliders.of(sliders.offered()):
        assert list(slider.positions) == sorted(set(slider.positions))
        assert slider.range.now in slider.positions
        assert len({slider.spell(value) for value in slider.positions}) == len(slider.positions)
        assert slider.range.low <= slider.positions[0] and slider.positions[-1] <= slider.range.high


@pytest.mark.parametrize("path", sorted((PLATFORM.parent).glob("*.yaml")), ids=lambda path: path.stem)
def test_the_horizon_of_every_shipped_decision_can_be_moved(path: Path) -> None:
    what_if = WhatIf(tco.load(path), draws=50)
    for months in (24, 60):
        moved = what_if.report(Move(months=months))
        assert moved.months == months and len(moved.month_labels) == months
