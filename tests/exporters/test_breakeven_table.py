"""Switching values, maps, months and volumes as they are printed, said and given to programs."""

from __future__ import annotations

import json

import pytest

from tco_model.analysis.breakeven import breakeven_month, breakeven_volumes
from tco_model.analysis.breakeven_map import breakeven_map
from tco_model.analysis.switching import SwitchingValues, switching_values
from tco_model.exporters.breakeven_table import (
    map_data,
    month_data,
    month_sentence,
    print_map,
    print_switching,
    switching_data,
    volumes_data,
    volumes_sentences,
)
from tco_model.exporters.json_text import json_text
from tests.analysis.decisions import buy_or_host, flows, printed, stepped


def test_the_table_lists_the_nearest_first_and_what_never_switches_last() -> None:
    found: SwitchingValues = switching_values(buy_or_host())
    text = printed(print_switching, found)
    first_words = [line.split()[0] for line in text.splitlines() if line.startswith("inputs.")]
    assert first_words == [one.input.name for one in found.inputs if one.nearest is not None]
    assert "Never within its range, by the mean: inputs.desk" in text
    assert "USD/unit" in text and "host" in text
    data = json.loads(json_text(switching_data(found)))
    row = next(one for one in data["inputs"] if one["name"] == "inputs.volume")
    assert row["above"]["value"] == pytest.approx(1250.0)
    assert row["below"] is None
    steps = printed(print_switching, switching_values(stepped()))
    assert "| at the edge of a step" in steps
    assert steps.index("−7.4%") < steps.index("+8.0%") < steps.index("+11%")


def test_a_map_can_be_read_without_colour() -> None:
    found = breakeven_map(buy_or_host(20), "price", "volume", first_values=[0.2, 0.4, 0.9], second_values=[300.0, 1100.0, 2000.0])
    lines = printed(print_map, found).splitlines()
    assert [line.rstrip() for line in lines[1:4]] == ["2000 A█ B  B", "1100 A█ A█<B", " 300 A█ A█ A█"]
    assert lines[4].split() == ["0.2", "0.4", "0.9"]
    assert "A buy, B host" in " ".join(lines)
    data = json.loads(json_text(map_data(found)))
    assert len(data["rows"]) == 9 and data["contour_50"]


def test_months_and_volumes_are_said_in_a_sentence() -> None:
    futures = flows(36, rent=[100.0] * 36, buy=[1020.0, *[20.0] * 35])
    labels = {graph.name: graph.label for graph in futures.model.options}
    found = breakeven_month(futures, "o_buy", "o_rent")
    assert "from month 13 of 36 on, discounted from month 14" in month_sentence(found, labels)
    assert "never below" in month_sentence(breakeven_month(futures, "o_rent", "o_buy"), labels)
    assert json.loads(json_text(month_data(found)))["month"] == 13
    crossed = breakeven_volumes(stepped(), "volume", "option_0", "option_1", low=100.0, high=1200.0)
    first, second = volumes_sentences(crossed, {"option_0": "Buy", "option_1": "Host"})
    assert first.startswith("Buy is better below inputs.volume = 833.3 unit/month, Host above")
    assert "at a step" in second
    assert len(json.loads(json_text(volumes_data(crossed)))["crossings"]) == 2
    (never,) = volumes_sentences(
        breakeven_volumes(stepped(), "volume", "option_0", "option_1", low=100.0, high=800.0), {"option_0": "Buy", "option_1": "Host"}
    )
    assert never.startswith("Buy has the better")
