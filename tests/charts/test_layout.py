"""Labels keep apart and move no farther than they must; amounts are spelled alike on axes, in labels and in the rest of the product."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.charts.layout import Window, apart, month_marks, peaks, round_amounts
from tco_model.charts.numbers import AXIS_LABEL, PERCENT_LABEL, chance, joined, plain, short, signed
from tco_model.report import format as spelled

PLACES = st.lists(st.floats(0, 100), min_size=1, max_size=7)


@given(wanted=PLACES, gap=st.floats(0.1, 30))
def test_labels_keep_apart_within_the_plot_and_in_order(wanted: list[float], gap: float) -> None:
    placed = apart(wanted, gap, 0.0, 100.0)
    held = min(gap, 100.0 / max(len(wanted) - 1, 1))
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    assert all(placed[later] - placed[earlier] >= held - 1e-9 for earlier, later in pairwise(order))
    assert min(placed) >= -1e-9 and max(placed) <= 100 + 1e-9


@given(wanted=PLACES)
def test_labels_with_room_stay_where_they_are(wanted: list[float]) -> None:
    tidy = sorted(wanted)
    if all(later - earlier >= 1.0 for earlier, later in pairwise(tidy)):
        assert apart(wanted, 1.0, 0.0, 100.0) == pytest.approx(wanted)


def test_no_other_places_are_nearer() -> None:
    """Against all places of a grid."""
    wanted, gap, grid = [4.0, 4.5, 9.0], 2.0, [step / 4 for step in range(49)]

    def moved(placed: tuple[float, ...]) -> float:
        return sum((one - other) ** 2 for one, other in zip(placed, wanted, strict=True))

    allowed = [each for each in product(grid, repeat=3) if each[1] - each[0] >= gap and each[2] - each[1] >= gap]
    assert moved(tuple(apart(wanted, gap, 0.0, 12.0))) <= min(map(moved, allowed)) + 1e-12
    assert apart(wanted, gap, 0.0, 12.0) == pytest.approx([3.25, 5.25, 9.0])


def test_months_roll_over_years_and_are_midnights_in_utc() -> None:
    marks = month_marks("2027-12", 3)
    assert [mark["month"] for mark in marks] == ["2027-12", "2028-01", "2028-02"]
    assert marks[1]["at"] == 1_830_297_600_000, "2028-01-01T00:00Z"


def test_a_window_starts_at_nothing_and_holds_all_but_spikes() -> None:
    assert Window.of([[5.0, 9.0], [7.0, 8.0]]) == Window(0.0, 9.0)
    assert Window.of([[-4.0] * 10, [3.0] * 10]) == Window(-4.0, 3.0), "what is often below 0 is no spike"
    spiky = Window.of([[10.0] * 39 + [500.0]])
    assert 10.0 < spiky.high < 15.0 and spiky.cuts(500.0) and spiky.hold(500.0) == spiky.high
    resale = Window.of([[10.0] * 39 + [-20.0]])
    assert -5.0 < resale.low < 0.0 and resale.cuts(-20.0)
    assert Window.of([[0.0, 0.0]]) == Window(0.0, 0.0) and Window.of([]) == Window(0.0, 0.0)


def test_of_a_run_beyond_the_edge_the_farthest_is_told() -> None:
    assert peaks([1.0, 20.0, 30.0, 25.0, 1.0, -9.0, 40.0], Window(0.0, 10.0)) == [2, 5, 6]


@given(share=st.floats(0, 1), size=st.floats(1e-3, 1e9))
def test_a_grid_has_few_round_lines_within_the_window(share: float, size: float) -> None:
    window = Window(-share * size, (1 - share) * size)
    lines = round_amounts(window)
    assert 2 <= len(lines) <= 6 and any(abs(line) < 1e-9 * size for line in lines)
    assert all(window.low - 1e-6 * size <= line <= window.high + 1e-6 * size for line in lines)
    assert all(f"{step:.6e}"[0] in "125" for step in {later - earlier for earlier, later in pairwise(lines)} if step > 0)


@pytest.mark.parametrize(
    "value, text",
    [(0, "0"), (1_599_834.12, "1.60 M"), (12_500, "12.5 k"), (9_999, "9,999"), (0.4137, "0.414"), (-2.5e9, "−2.50 B"), (999_999, "1.00 M")],
)
def test_amounts_are_written_as_people_do(value: float, text: str) -> None:
    assert short(value) == text


@given(st.floats(0, 1))
def test_no_chance_is_called_certain_that_is_not(value: float) -> None:
    text = chance(value)
    assert (text == "0%") == (value == 0) and (text == "100%") == (value == 1)
    assert text == spelled.chance(value), "as in the sentences"


def test_signs_and_lists_are_spelled_out() -> None:
    assert (signed(2e5), signed(-2e5), signed(0)) == ("+200 k", "−200 k", "0")
    assert (joined([]), joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])) == ("", "a", "a and b", "a, b and c")


def test_round_amounts_lose_their_idle_digits_only() -> None:
    assert [plain(value) for value in (6e6, 1.5e6, 5e5, 0.0, 200.0, -2e4)] == ["6 M", "1.5 M", "500 k", "0", "200", "−20 k"]


def test_axis_labels_read_the_number_of_the_tick_and_nothing_else() -> None:
    for text in (AXIS_LABEL, PERCENT_LABEL):
        assert "datum.label" not in text
        assert text.replace("datum.value", "").count("datum") == 0


@pytest.mark.parametrize(
    "ticks, wanted", [((2_500_000, -500_000), ("2.5 M", "−500 k")), ((9_000, 0), ("9,000", "0")), ((0.25, 0.5), ("0.25", "0.5"))]
)
def test_axis_labels_are_drawn_as_labels_are(ticks: tuple[float, ...], wanted: tuple[str, ...]) -> None:
    vl_convert = pytest.importorskip("vl_convert")
    from tco_model.charts.base import amount

    x = amount("x", "Amount")
    x["axis"] = x["axis"] | {"values": list(ticks), "labelOverlap": False}
    spec = {"data": {"values": [{"x": tick} for tick in ticks]}, "mark": "point", "encoding": {"x": x}, "config": {"font": "sans-serif"}}
    svg = vl_convert.vegalite_to_svg(spec)
    for text in wanted:
        assert f">{text}</text>" in svg
