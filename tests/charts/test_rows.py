"""Rows hold the figures they were given, in the places where they are read, and words tell the same figures."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.charts import breakeven_map as maps
from tco_model.charts import (
    chance_best,
    cost_by_category,
    fan,
    forecast_actual,
    forecast_fan,
    held_out,
    hybrid_fleet,
    indices,
    monthly_cost,
)
from tco_model.charts import s_curve as curves
from tco_model.charts import share_over_time as over_time
from tco_model.charts import tornado as tornados
from tco_model.charts import unit_trend as trends
from tco_model.charts import value_of_information as worths
from tco_model.charts import waterfall as falls
from tco_model.charts.numbers import short
from tests.charts.gallery import CHARTS, LEVELS, band, gallery, months, quantiles, sizes, swings

LABELS = {"a": "Alpha", "b": "Beta", "c": "Gamma"}
AMOUNTS = st.floats(-1e9, 1e9).filter(lambda value: abs(value) > 1e-3)
Rows = list[dict[str, Any]]


def of(rows: Rows, kind: str, **wanted: Any) -> Rows:
    return [row for row in rows if row["kind"] == kind and all(row.get(key) == value for key, value in wanted.items())]


# --- Waterfall ------------------------------------------------------------------------------------------------------------


@given(start=AMOUNTS, parts=st.lists(AMOUNTS, min_size=1, max_size=9))
def test_bars_of_a_waterfall_join_and_add_up_to_the_difference(start: float, parts: list[float]) -> None:
    end = start + sum(parts)
    rows = falls.waterfall_rows(("from", start), ("to", end), [(f"part {number}", value) for number, value in enumerate(parts)])
    *bars, whole = of(rows, "bar")
    rounding = 1e-15 * len(parts) * (abs(start) + abs(end) + sum(map(abs, parts)))
    assert [bar["x2"] - bar["x"] for bar in bars] == pytest.approx(parts, rel=1e-9, abs=rounding)
    assert all(earlier["x2"] == later["x"] for earlier, later in pairwise(bars))
    assert bars[0]["x"] == 0.0
    assert bars[-1]["x2"] == pytest.approx(whole["x2"], rel=1e-9, abs=rounding)
    assert whole["x2"] == end - start
    assert all((bar["way"] == falls.MORE) == (part > 0) for bar, part in zip(bars, parts, strict=True))


def test_a_waterfall_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="leave 1 of 3"):
        falls.waterfall_rows(("from", 10.0), ("to", 13.0), [("a part", 2.0)])


def test_parts_of_nothing_take_no_row_and_costs_fall_to_the_better_colour() -> None:
    rows = falls.waterfall_rows(("from", 10.0), ("to", 7.0), [("a", -3.0), ("b", 0.0)])
    assert [row["name"] for row in of(rows, "name")] == ["from", "a", "to"]
    fill = next(layer["encoding"]["color"]["scale"] for layer in spec_of("waterfall")["layer"] if layer["mark"]["type"] == "bar")
    from tco_model.charts.theme import LIGHT

    assert dict(zip(fill["domain"], fill["range"], strict=True))[falls.LESS] == LIGHT.better


def spec_of(name: str) -> dict[str, Any]:
    from tco_model.charts.theme import LIGHT

    return gallery()[name].spec(LIGHT)


# --- Shares and unit costs over months -------------------------------------------------------------------------------------


def test_shares_stand_in_their_months_over_an_axis_that_begins_below_the_least_of_lines_and_marks() -> None:
    shares = {"a": [0.95, None, 0.9], "b": [0.97, 0.98, 0.99]}
    assert over_time.floor_of(shares) == pytest.approx(0.8)
    assert over_time.floor_of(shares, (("crawl", 0.7), ("run", 0.9))) == pytest.approx(0.6)
    assert over_time.floor_of({"a": [0.04]}) == over_time.floor_of({"a": [None]}) == 0.0
    rows = over_time.share_over_time_rows(LABELS, "2027-01", shares, marks=(("crawl", 0.7),))
    assert [(row["month"], row["value"]) for row in of(rows, "month", option="Alpha")] == [("2027-01", 0.95), ("2027-03", 0.9)]
    assert [(row["value"], row["text"]) for row in of(rows, "mark")] == [(0.7, "crawl, 70%")]
    alt = over_time.share_over_time_alt(LABELS, "2027-01", {**shares, "c": [None]}, what="Share", marks=(("crawl", 0.7),))
    assert (
        "Alpha: 95% in 2027-01, 90% in 2027-03, least in 2027-03 with 90%" in alt and "Gamma: in no month" in alt and "crawl at 70%" in alt
    )


def test_a_unit_cost_leaves_out_months_without_a_count_and_lies_over_what_was_foreseen() -> None:
    rows = trends.unit_trend_rows("2027-01", [1.5, None, 2.0], foreseen=(1.0, 1.2, 1.6))
    assert [(row["month"], row["value"]) for row in of(rows, "month")] == [("2027-01", 1.5), ("2027-03", 2.0)]
    assert [row["text"] for row in of(rows, "end")] == ["2.00"]
    assert {(row["low"], row["value"], row["high"]) for row in of(rows, "band")} == {(1.0, 1.2, 1.6)} and len(of(rows, "band")) == 3
    assert not of(trends.unit_trend_rows("2027-01", [1.5]), "band")
    alt = trends.unit_trend_alt("2027-01", [1.5, None, 2.0], unit="USD/case", what="A case", foreseen=(1.0, 1.2, 1.6))
    assert "1.50 in 2027-01" in alt and "highest in 2027-03 with 2.00" in alt and "1.00 to 1.60, median 1.20" in alt
    assert "nothing was counted" in trends.unit_trend_alt("2027-01", [None], unit="USD/case", what="A case")


# --- Tornado --------------------------------------------------------------------------------------------------------------


@st.composite
def any_swings(draw: st.DrawFn) -> list[tornados.Swing]:
    ends = draw(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.sampled_from(["demand", "price", "labour"])), min_size=1, max_size=20))
    return [
        {"label": f"input {number}", "group": group, "unit": "", "low_value": 1.0, "high_value": 2.0, "low": low, "high": high}
        for number, (low, high, group) in enumerate(ends)
    ]


@given(inputs=any_swings(), base=AMOUNTS)
def test_a_tornado_is_sorted_by_swing_and_starts_at_the_base(inputs: list[tornados.Swing], base: float) -> None:
    rows = tornados.tornado_rows(inputs, base)
    reach: list[float] = []
    for row in of(rows, "name"):
        ends = {bar["end"]: bar["x2"] for bar in of(rows, "bar", row=row["row"])}
        own = next(one for one in inputs if one["label"] == row["name"])
        assert ends == {tornados.LOW: own["low"], tornados.HIGH: own["high"]}
        assert len(of(rows, "left", row=row["row"])) + len(of(rows, "right", row=row["row"])) in (1, 2)
        reach.append(abs(own["high"] - own["low"]))
    assert reach == sorted(reach, reverse=True)
    left_out = sorted(abs(one["high"] - one["low"]) for one in inputs)[: len(inputs) - len(reach)]
    assert not left_out or not reach or max(left_out) <= reach[-1]
    assert all(bar["x"] == base for bar in of(rows, "bar"))


@given(inputs=any_swings())
def test_a_grouped_tornado_keeps_drivers_together(inputs: list[tornados.Swing]) -> None:
    groups = [row["group"] for row in of(tornados.tornado_rows(inputs, 0.0, grouped=True), "name")]
    changes = sum(one != other for one, other in pairwise(groups))
    assert changes == max(len(set(groups)) - 1, 0)


def test_ends_of_a_tornado_carry_the_value_of_the_input_on_their_own_side() -> None:
    rows = tornados.tornado_rows(swings(["a", "b", "c"]), 107.0)
    assert [row["name"] for row in of(rows, "name")] == ["a", "b", "c"]
    first, second, third = ({kind: of(rows, kind, row=row) for kind in ("left", "right")} for row in range(3))
    assert first["left"][0]["text"] == "1.00 M task/month", "its P10 makes the figure less"
    assert first["right"][0]["text"] == "3.00 M task/month"
    assert (second["left"][0]["text"], second["right"][0]["text"]) == ("3.00 M task/month", "1.00 M task/month")
    assert (third["left"][0]["x"], third["right"][0]["x"]) == (105.0, 109.0)


def test_both_ends_on_one_side_are_told_after_the_farther_one() -> None:
    one: tornados.Swing = {"label": "a", "group": "", "unit": "%", "low_value": 0.1, "high_value": 0.255, "low": 12.0, "high": 15.0}
    rows = tornados.tornado_rows([one], 10.0)
    assert not of(rows, "left")
    assert [(row["x"], row["text"]) for row in of(rows, "right")] == [(15.0, "10% · 25.5%")]


# --- S-curve --------------------------------------------------------------------------------------------------------------


def test_an_s_curve_rises_and_marks_the_quantiles_it_was_given() -> None:
    values = {"a": quantiles(4e6, 0.2), "b": quantiles(-5e6, -0.1)}
    values["b"].sort()
    rows = curves.s_curve_rows(LABELS, LEVELS, values, budget=4.5e6, over={"a": 0.4, "b": 0.0})
    for name, option in (("a", "Alpha"), ("b", "Beta")):
        curve = of(rows, "curve", option=option)
        assert [row["x"] for row in curve] == values[name]
        assert all(one["x"] <= other["x"] and one["y"] < other["y"] for one, other in pairwise(curve))
        marks = {row["y"]: row["x"] for row in of(rows, "curve_mark", option=option)}
        assert marks == {level: values[name][round(100 * level) - 1] for level in (0.1, 0.5, 0.9)}
        (reach,) = of(rows, "range", option=option)
        assert (reach["x"], reach["x2"]) == (marks[0.1], marks[0.9])
    assert marks[0.1] == pytest.approx(-5e6 * 9**0.1, rel=1e-12), "closed form of the logistic law"
    assert of(rows, "figures")[0]["figures"] == "4.00 M (2.58 M to 6.21 M), 40% above"
    assert of(rows, "figures")[1]["figures"].endswith(", 0% above")
    assert {row["x"] for row in rows if row["kind"].startswith("budget")} == {4.5e6}


def test_rows_below_an_s_curve_stand_below_the_curves_within_the_plot_and_apart() -> None:
    held = gallery()["s_curve"]
    axis = next(layer["encoding"]["y"]["scale"]["domain"] for layer in spec_of("s_curve")["layer"] if "y" in layer["encoding"])
    at = [row["y"] for row in held.rows if row["kind"] in ("name", "figures", "range")]
    assert all(axis[0] < y < 0 for y in at)
    pixels = sorted(y * curves.CURVES for y in at)
    assert min(later - earlier for earlier, later in pairwise(pixels)) >= 12


def test_a_value_is_wanted_to_be_at_least_something() -> None:
    rows = curves.s_curve_rows(LABELS, LEVELS, {"a": quantiles(4e6, 0.2)}, budget=1e6, over={"a": 0.02}, most_is_best=True)
    assert of(rows, "figures")[0]["figures"].endswith("2% below")
    assert of(rows, "budget_right")[0]["text"].startswith("Least wanted 1.00 M")


def test_a_budget_has_its_words_where_there_is_room() -> None:
    low, high = (curves.s_curve_rows(LABELS, LEVELS, {"a": quantiles(4e6, 0.2)}, budget=budget) for budget in (2e6, 9e6))
    assert of(low, "budget_right") and not of(low, "budget_left")
    assert of(high, "budget_left") and not of(high, "budget_right")


def test_two_options_of_one_label_are_told_apart_and_keep_their_colours() -> None:
    labels = {"a": "Same", "b": "Other", "c": "Same"}
    rows = chance_best.chance_best_rows(labels, {"a": (0.5, 0.01), "c": (0.5, 0.01)})
    assert [(row["row"], row["name"], row["place"]) for row in rows] == [(0, "Same", 0), (1, "Same (2)", 2)]


# --- Fan and lines over months --------------------------------------------------------------------------------------------


def test_the_edges_of_a_band_are_the_quantiles_given() -> None:
    fans = {"a": band(90e3, 0.01), "b": band(50e3, 0.0)}
    rows = fan.fan_rows(LABELS, "2027-11", fans)
    for name, option in (("a", "Alpha"), ("b", "Beta")):
        drawn = of(rows, "month", option=option)
        assert [(row["drawn_p10"], row["drawn_p50"], row["drawn_p90"]) for row in drawn] == list(zip(*fans[name].values(), strict=True))
        assert [row["month"] for row in drawn][:3] == ["2027-11", "2027-12", "2028-01"]


def test_several_plots_share_one_scale_and_lie_below_each_other() -> None:
    fans = {"a": band(90e3, 0.0), "b": band(45e3, 0.0), "c": band(180e3, 0.0)}
    rows = fan.fan_rows(LABELS, "2027-01", fans)
    tall: dict[str, float] = {}
    for rank, option in enumerate(LABELS.values()):
        top, bottom = fan.PANEL_STEP * rank, fan.PANEL_STEP * rank + fan.PANEL
        (first, *_) = of(rows, "month", option=option)
        assert top <= first["drawn_p90"] < first["drawn_p50"] < first["drawn_p10"] < bottom, "pixels downwards"
        tall[option] = bottom - first["drawn_p50"]
        assert all(top - 1e-9 <= row["y"] <= bottom + 1e-9 for row in of(rows, "tick", option=option))
        labels = sorted(row["label_at"] for row in of(rows, "end", option=option))
        assert all(later - earlier >= fan.LABEL - 1e-9 for earlier, later in pairwise(labels))
    assert tall["Alpha"] == pytest.approx(2 * tall["Beta"]) and tall["Gamma"] == pytest.approx(2 * tall["Alpha"])


def test_one_month_of_buying_does_not_flatten_the_others_and_is_told() -> None:
    monthly = {"a": months(90e3, 0.0), "b": [2e6, *months(60e3, 0.0, 22), -1e6]}
    rows = monthly_cost.monthly_cost_rows(LABELS, "2027-01", monthly)
    drawn = [row["drawn"] for row in of(rows, "month")]
    assert 90e3 < max(drawn) < 120e3 and -30e3 < min(drawn) < 0
    assert [row["value"] for row in of(rows, "month", option="Beta")] == monthly["b"], "exact on hover"
    told = {row["text"] for row in rows if row["kind"].startswith("cut")}
    assert told == {"▲ Beta 2.00 M in 2027-01", "▼ Beta −1.00 M in 2028-12"}


def test_ends_of_lines_are_ranked_from_the_top() -> None:
    monthly = {"a": months(1.0, 0.0), "b": months(3.0, 0.0), "c": months(2.0, 0.0)}
    rows = of(monthly_cost.monthly_cost_rows(LABELS, "2027-01", monthly), "end")
    assert {row["text"]: row["rank"] for row in rows} == {"Beta": 0, "Gamma": 1, "Alpha": 2}


def test_actual_spend_outside_the_band_is_hollow_and_a_month_without_a_figure_is_left_out() -> None:
    forecast = band(100.0, 0.0)
    rows = forecast_actual.forecast_actual_rows("2027-01", forecast, [60.0, None, 59.9, 180.0, 180.1])
    assert [row["month"] for row in of(rows, "within")] == ["2027-01", "2027-04"], "the edges belong to the band"
    assert [row["month"] for row in of(rows, "outside")] == ["2027-03", "2027-05"]
    words = forecast_actual.forecast_actual_alt("2027-01", forecast, [60.0, None, 59.9, 180.0, 180.1])
    assert "4 months" in words and "480 in all" in words and "20.0% against" in words and "2027-03 (59.9 against 60.0 to 180)" in words


def test_a_fan_opens_where_the_actual_spend_ends_and_plans_outside_of_it_are_left_out() -> None:
    steps = [("2027-05", "launch"), ("2027-02", "long gone"), ("2031-01", "far off")]
    rows = forecast_fan.forecast_fan_rows("2027-01", [90.0, 100.0, 110.0], band(120.0, 0.0), steps=steps, limits=[("budget", 130.0)])
    assert [(row["month"], row["actual"]) for row in of(rows, "actual")] == [("2027-01", 90.0), ("2027-02", 100.0), ("2027-03", 110.0)]
    first, second, *_ = of(rows, "future")
    assert [first[key] for key in ("month", "p10", "p50", "p90")] == ["2027-03", 110.0, 110.0, 110.0]
    assert [second[key] for key in ("month", "p10", "p50", "p90")] == ["2027-04", 72.0, 120.0, 216.0]
    assert [(row["month"], row["text"]) for row in of(rows, "step")] == [("2027-05", "launch")]
    assert [row["text"] for row in of(rows, "limit")] == ["budget 130"]
    assert [row["text"] for row in of(rows, "end")] == ["P10 72.0", "median 120", "P90 216"]
    words = forecast_fan.forecast_fan_alt("Everything", "2027-01", [90.0, 100.0, 110.0], band(120.0, 0.0))
    assert "3 months of actual spend" in words and "110 in 2027-03" in words and "in 2029-03 a median of 120, P10 72.0, P90 216" in words


# --- Bars -----------------------------------------------------------------------------------------------------------------


@given(values=st.dictionaries(st.sampled_from(["token", "compute", "labour", "risk"]), AMOUNTS, min_size=1))
def test_stacks_have_no_gaps_and_their_total_is_the_sum(values: dict[str, float]) -> None:
    rows = cost_by_category.cost_by_category_rows(LABELS, {"a": values}, categories=["token", "compute", "labour", "risk"])
    parts = of(rows, "part")
    assert {row["category"]: row["value"] for row in parts} == values
    assert all(row["x2"] - row["x"] == pytest.approx(row["value"], rel=1e-6, abs=1e-6) for row in parts)
    for sign in (1, -1):
        side = [row for row in parts if row["value"] * sign > 0]
        assert not side or side[0]["x"] == 0.0
        assert all(earlier["x2"] == later["x"] for earlier, later in pairwise(side))
    (total,) = of(rows, "total")
    assert total["value"] == pytest.approx(math.fsum(values.values()), rel=1e-9, abs=1e-6)


def test_errors_of_chances_stay_within_none_and_all() -> None:
    rows = chance_best.chance_best_rows(LABELS, {"a": (0.995, 0.01), "b": (0.005, 0.01), "c": (0.0, 0.0)})
    assert [(row["low"], row["high"]) for row in rows] == [(0.985, 1.0), (0.0, pytest.approx(0.015)), (0.0, 0.0)]
    assert [row["text"] for row in rows] == ["over 99% ± 1.0%", "under 1% ± 1.0%", "0% ± under 0.1%"]


def test_perfect_information_comes_first_then_inputs_by_worth() -> None:
    inputs: list[worths.Worth] = [
        {"label": name, "value": value, "error": 1.0, "changes": 0.2} for name, value in (("a", 5.0), ("b", 9.0), ("c", 0.0))
    ]
    rows = worths.value_of_information_rows(inputs, (12.0, 2.0))
    assert [(row["name"], row["value"]) for row in rows] == [("Perfect information", 12.0), ("b", 9.0), ("a", 5.0)]
    assert (rows[0]["low"], rows[0]["high"]) == (10.0, 14.0)


def test_indices_are_sorted_by_the_larger_one_and_none_is_drawn_below_nothing() -> None:
    held = gallery()["indices"]
    assert [row["name"] for row in of(held.rows, "name")] == ["Managed API", "Rented GPUs", "Owned GPUs"]
    alone = of(held.rows, "bar", name="Rented GPUs", what=indices.ALONE)[0]
    assert (alone["drawn"], alone["low"], alone["value"]) == (0.0, 0.0, -0.004), "exact on hover"
    assert alone["text"] == "0% ± 2.0%"
    in_all = of(held.rows, "bar", name="Managed API", what=indices.IN_ALL)[0]
    assert (in_all["low"], in_all["high"]) == (pytest.approx(0.57), pytest.approx(0.63))


def test_indices_without_totals_have_one_bar_an_input_and_what_explains_nothing_is_counted() -> None:
    inputs: list[indices.Shares] = [
        {"label": name, "group": "g", "first_order": (value, 0.01), "total": None} for name, value in (("a", 0.001), ("b", 0.7))
    ]
    rows = indices.indices_rows(inputs)
    assert [row["name"] for row in of(rows, "bar")] == ["b"]
    assert indices.indices_alt(inputs).endswith("b 70% ± 1.0% alone. Less or nothing is explained by 1 more input.")


# --- Maps and curves ------------------------------------------------------------------------------------------------------


@given(values=st.lists(st.floats(0.01, 1e6), min_size=2, max_size=9, unique=True).map(sorted), ratio=st.booleans())
def test_cells_of_a_map_touch_and_hold_their_values(values: list[float], ratio: bool) -> None:
    borders = maps.edges(values, ratio)
    assert len(borders) == len(values) + 1
    assert (borders[0], borders[-1]) == (pytest.approx(values[0]), pytest.approx(values[-1]))
    slack = 1e-9
    for low, value, high in zip(borders[:-1], values, borders[1:], strict=True):
        assert low * (1 - slack) <= value <= high * (1 + slack)


def test_borders_lie_halfway_by_difference_or_by_ratio() -> None:
    assert maps.edges([1.0, 3.0, 9.0], False) == [1.0, 2.0, 6.0, 9.0]
    assert maps.edges([1.0, 4.0, 16.0], True) == pytest.approx([1.0, 2.0, 8.0, 16.0])


def test_a_map_says_what_it_does_not_know_and_where_things_stand() -> None:
    rows = gallery()["breakeven_map"].rows
    assert len(of(rows, "cell")) == 8
    (unknown,) = of(rows, "unknown")
    assert (unknown["first"], unknown["second"]) == (4.0, 30.0) and "chance" not in unknown
    assert of(rows, "cell", first=2.0, second=30.0)[0]["chance"] == 0.9
    assert [(row["x"], row["y"]) for row in of(rows, "now")] == [(1.5, 18.0)]
    nan_free = [value for row in rows for value in row.values() if isinstance(value, float)]
    assert all(math.isfinite(value) for value in nan_free), "JSON has no other numbers"


def test_the_lowest_point_of_a_fleet_curve_is_marked_where_calculus_puts_it() -> None:
    """Of ``1900 n + 90e3 exp(-n / 6)`` the least is at ``n = 6 ln(90e3 / (6 * 1900))``, 12.4."""
    rows = hybrid_fleet.hybrid_fleet_rows(sizes())
    (best,) = of(rows, "best")
    assert best["replicas"] == round(6 * math.log(90e3 / (6 * 1900))) == 12
    assert best["cost"] == min(row["cost"] for row in of(rows, "size"))
    for row in of(rows, "size"):
        own, api = (of(rows, "side", replicas=row["replicas"], side=side)[0] for side in (hybrid_fleet.OWN, hybrid_fleet.API))
        assert own["low"] == 0 and own["high"] == api["low"] and api["high"] == row["cost"]


def test_held_out_errors_are_those_of_the_pairs_and_the_bands_are_relative() -> None:
    pairs = {"chip": [(100.0, 110.0), (100.0, 75.0), (200.0, 100.0), (10.0, 10.0)]}
    assert held_out.summary(pairs) == "4 runs, median error 17.5%, 75% within 30%"
    rows = held_out.held_out_rows({"way": pairs})
    for place, width in enumerate((0.30, 0.15)):
        for row in of(rows, f"band_{place}"):
            assert (row["y"] / row["x"], row["y2"] / row["x"]) == (pytest.approx(1 - width), pytest.approx(1 + width))
    assert {row["x"] for row in of(rows, "none")} == {10.0, 1000.0}


# --- Words ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHARTS)
def test_words_are_sentences_that_hold_names_and_figures(name: str) -> None:
    held = gallery()[name]
    assert all(each in held.alt for each in held.names if name != "held_out")
    assert len(re.findall(r"\d", held.alt)) >= 6
    assert held.alt.endswith(".") and ".." not in held.alt and "nan" not in held.alt


def test_words_tell_the_figures_of_the_rows() -> None:
    drawn = gallery()
    for row in of(drawn["chance_best"].rows, "chance"):
        assert f"{row['name']} in {row['text'].split(' ±')[0]}" in drawn["chance_best"].alt
    for row in of(drawn["cost_by_category"].rows, "total"):
        assert f"{row['name']}: {row['text']} USD" in drawn["cost_by_category"].alt
    for row in of(drawn["s_curve"].rows, "range"):
        assert f"P10 {short(row['x'])}, P90 {short(row['x2'])}" in drawn["s_curve"].alt
    for row in of(drawn["waterfall"].rows, "bar")[:-1]:
        assert f"{row['name']} {'+' if row['value'] > 0 else '−'}{short(abs(row['value']))}" in drawn["waterfall"].alt
    for row in of(drawn["value_of_information"].rows, "bar"):
        assert short(row["value"]) in drawn["value_of_information"].alt
