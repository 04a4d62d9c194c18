"""Fleets sized by GPU time: the figures come from the tables with their source, and the load, not a wish, sets the utilisation."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.report.sources import input_rows
from tco_model.serving.queueing import erlang_c

TEXT = """
schema: 1
decision: {title: Sizing, question: How many GPUs?, as_of: 2026-11-01}
timeline: {start: 2027-01, months: 3, discount_rate: 0%/year}
inputs:
  calls: 20M requests/month
demand:
  live: {kind: requests, requests: = calls, input_tokens: 1024 token/request, output_tokens: 1024 token/request}
options:
  hosted:
    fleets:
      main:
        kind: measured_serving
        classes: [live]
        capacity: {model: llama-3.1-70b, chip: h200, precision: fp8, gpus: 2, first_token: 3 second, per_token: 50 ms}
        peak_to_mean: 2
        spare_replicas: 1 replica/region
    token: {none: every call is served here}
    compute: {rent: {line: gpu_rental, fleet: main, gpu_price: 2 USD/GPU/hour}}
    storage: {none: nothing is kept here}
    observability: {none: nothing is watched here}
    labour: {none: nobody is counted here}
    migration: {none: nothing moves here}
    risk: {none: nothing is at risk here}
    fees: {none: nothing is charged here}
"""


def central(text: str = TEXT) -> dict[str, float]:
    """First month of every figure of the fleet, every input at its expected value."""
    model = compile_scenario(tco.loads(text))
    prefix = "options.hosted.fleets.main."
    return {name.removeprefix(prefix): float(values[0, 0]) for name, values in central_case(model).items() if name.startswith(prefix)}


def test_load_replicas_and_utilisation_by_hand_from_the_measured_row() -> None:
    """Two H200 put out 2,277 tokens a second each at 1024/1024 with 128 in flight: a request takes 1024 / 2277 GPU seconds."""
    found = central()
    requests_a_second = 20e6 / (730 * 3600)
    load = requests_a_second * 1024 / 2277.0
    ratio = found.get("throughput_ratio", 1.0)
    assert found["gpu_load"] * ratio == pytest.approx(load, rel=0.002)
    assert found["peak_gpu_load"] == pytest.approx(2 * found["gpu_load"])
    replicas = math.ceil(found["peak_gpu_load"] / (2 * found["target_utilisation"])) + 1
    assert found["replicas"] == replicas
    assert found["utilisation"] == pytest.approx(found["gpu_load"] / (2 * replicas))
    assert found["utilisation"] < 0.5, "with peaks and a spare no fleet is busy"


def test_the_waiting_promise_sets_the_planned_utilisation() -> None:
    loose, strict = (
        central(TEXT.replace("50 ms}", "50 ms, waiting_share: 20%}")),
        central(TEXT.replace("50 ms}", "50 ms, waiting_share: 1%}")),
    )
    assert strict["target_utilisation"] < central()["target_utilisation"] < loose["target_utilisation"]
    slots = 3 * 128
    for found, share in ((strict, 0.01), (loose, 0.20)):
        pools = [erlang_c(count * 128, found["target_utilisation"] * count * 128) for count in range(1, 8)]
        assert any(wait == pytest.approx(share, rel=1e-3) for wait in pools) or found["target_utilisation"] == 0.95, slots


def test_every_figure_of_the_tables_names_its_source_and_its_method() -> None:
    rows = {row.name.rpartition(".")[2]: row for row in input_rows(compile_scenario(tco.loads(TEXT))) if "fleets" in row.name}
    for name in ("input_time", "output_time", "context_time"):
        assert "aiconfigurator" in rows[name].source
        assert rows[name].url.startswith("https://")
        assert rows[name].as_of
        assert "llama-3.1-70b in fp8 on 2 h200, measured" in rows[name].text
    assert rows["target_utilisation"].is_assumption
    assert "Erlang C" in rows["target_utilisation"].source
    assert rows["throughput_ratio"].uncertain


def test_longer_prompts_cost_gpu_time_by_themselves() -> None:
    longer = central(TEXT.replace("input_tokens: 1024", "input_tokens: 4096"))
    assert longer["gpu_load"] > 1.3 * central()["gpu_load"]


def test_ones_own_gpu_times_need_no_table() -> None:
    own = TEXT.replace(
        "        capacity: {model: llama-3.1-70b, chip: h200, precision: fp8, gpus: 2, first_token: 3 second, per_token: 50 ms}\n",
        "        input_time: 0.0001 GPU*second/token\n        output_time: 0.0004 GPU*second/token\n"
        "        context_time: 0 GPU*second*request/token^2\n        gpus_per_replica: 2 GPU/replica\n        target_utilisation: 70%\n",
    )
    assert central(own)["gpu_load"] == pytest.approx(20e6 * (1024 * 0.0001 + 1024 * 0.0004) / (730 * 3600))


@pytest.mark.parametrize(
    ("change", "message", "mend"),
    [
        (("chip: h200", "chip: h20"), "the chip 'h20' is not in the table", "h200"),
        (("llama-3.1-70b", "llama-70b"), "'llama-70b'", "llama-3.1-70b"),
        (("per_token: 50 ms", "per_token: 1 ms"), "ms a token", "promise more time"),
        (("model: llama-3.1-70b", "model: llama-3.1-405b"), "needs 405 GB", "GPUs a replica"),
        (("gpus: 2", "gpus: 0"), "is below 1", "gpus"),
        (("precision: fp8", "precision: fp7"), "'fp7' is not one of the choices", "bf16"),
    ],
)
def test_what_cannot_be_served_is_refused_at_its_line(change: tuple[str, str], message: str, mend: str) -> None:
    with pytest.raises(tco.ScenarioError) as caught:
        compile_scenario(tco.loads(TEXT.replace(*change)))
    (problem, *_) = caught.value.problems
    assert message in problem.message
    assert mend in problem.mend
    assert problem.line == TEXT[: TEXT.index("capacity:")].count("\n") + 1


def test_the_shipped_platform_decision_uses_measured_rows() -> None:
    rows = input_rows(compile_scenario(tco.load(Path(__file__).parents[2] / "scenarios/ml_platform.yaml")))
    told = {row.text for row in rows if row.name.endswith("input_time")}
    assert len(told) == 2
    assert all("interpolated" in text for text in told)
