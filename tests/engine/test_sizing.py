"""Fleets sized by GPU time: the figures come from the tables with their source, and the load, not a wish, sets the utilisation."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import ClassVar

import pytest

import tco_model as tco
from tco_model.engine.central import central_case
from tco_model.engine.compile import compile_scenario
from tco_model.engine.model import Model
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


class TestLoadShape:
    """The hours of a week decide the peak, and with scaling the replica hours that are paid."""

    SHAPED = TEXT.replace("        peak_to_mean: 2\n", "").replace("50 ms}", "50 ms, load_shape: around_the_clock}")

    def test_the_peak_is_that_of_the_shape_with_its_source(self) -> None:
        assert central(self.SHAPED)["peak_to_mean"] == pytest.approx(1.66, rel=1e-6)
        rows = {row.name.rpartition(".")[2]: row for row in input_rows(compile_scenario(tco.loads(self.SHAPED)))}
        assert rows["peak_to_mean"].url.startswith("https://")
        assert central(self.SHAPED.replace("spare_replicas", "peak_to_mean: 3\n        spare_replicas"))["peak_to_mean"] == 3.0

    def scaled(self, scaling: str, calls: str = "200M") -> dict[str, float]:
        text = self.SHAPED.replace("load_shape: around_the_clock}", f"load_shape: office_hours, scaling: {scaling}}}")
        return central(text.replace("calls: 20M", f"calls: {calls}"))

    def test_a_large_fleet_that_follows_at_once_pays_little_more_than_its_mean(self) -> None:
        found = self.scaled("{floor: 0}", "20000M")
        assert found["on_share"] == pytest.approx(1 / 4.2, rel=0.02)
        assert found["utilisation"] == pytest.approx(found["target_utilisation"], rel=0.03)

    def test_delays_floors_and_holding_cost_hours(self) -> None:
        quick = self.scaled("{floor: 0}")["on_share"]
        assert quick < self.scaled("{floor: 0, hold: 1800 second}")["on_share"]
        assert quick < self.scaled("{floor: 0, cold_start: 600 second, hold: 600 second}")["on_share"]
        assert quick < self.scaled("{floor: 3}")["on_share"] < 1

    def test_a_timetable_pays_its_fifty_hours(self) -> None:
        assert self.scaled("{timetable: working_hours}")["on_share"] == pytest.approx(50 / 168)
        assert self.scaled("{timetable: working_hours, cold_start: 3600 second}")["on_share"] == pytest.approx(55 / 168)

    def test_what_finds_no_replica_ready_is_said(self) -> None:
        text = self.SHAPED.replace("load_shape: around_the_clock}", "load_shape: around_the_clock, scaling: {timetable: working_hours}}")
        rows = {row.name.rpartition(".")[2]: row for row in input_rows(compile_scenario(tco.loads(text)))}
        assert "of the load finds no replica ready" in rows["on_share"].note
        assert rows["on_share"].is_assumption

    def test_paid_hours_reach_the_cost(self) -> None:
        whole = tco.simulate(tco.loads(self.SHAPED.replace("around_the_clock", "office_hours")), draws=50)
        half = self.SHAPED.replace("around_the_clock}", "office_hours, scaling: {timetable: working_hours}}")
        paid = tco.simulate(tco.loads(half), draws=50).sample("hosted", "total_cost")
        assert paid == pytest.approx(whole.sample("hosted", "total_cost") * 50 / 168)

    def test_own_shape_from_a_request_log(self, tmp_path: Path) -> None:
        counts = [1.0] * 24 * 5 + [0.5] * 48
        (tmp_path / "week.json").write_text(json.dumps({"week": {"shares": counts}, "last": "2026-11-20T10:00:00+00:00"}))
        path = tmp_path / "decision.yaml"
        path.write_text(self.SHAPED.replace("around_the_clock", "week.json"))
        (row,) = [row for row in input_rows(compile_scenario(tco.load(path))) if row.name.endswith("peak_to_mean")]
        assert row.mean == pytest.approx(7 / 6)
        assert (row.source, row.as_of) == ("own request log, week.json", "2026-11-20")

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (("around_the_clock", "round_the_clock"), "around_the_clock"),
            (("around_the_clock", "../week.json"), "does not lie beside the scenario"),
            (("around_the_clock", "none.json"), "cannot be read"),
            (("load_shape: around_the_clock", "scaling: {floor: 1}"), "scaling follows a load shape"),
            (("around_the_clock", "around_the_clock, scaling: {floor: -1}"), "floor"),
        ],
    )
    def test_shapes_that_make_no_sense(self, tmp_path: Path, change: tuple[str, str], says: str) -> None:
        path = tmp_path / "decision.yaml"
        path.write_text(self.SHAPED.replace(*change))
        with pytest.raises(tco.ScenarioError, match=says):
            compile_scenario(tco.load(path))


class TestOwnBenchmark:
    """Own runs come before any table."""

    RUN: ClassVar[dict[str, object]] = {
        "date": "20261001-120000", "model_id": "llama", "max_concurrency": 64, "request_rate": "inf", "duration": 320.0, "completed": 640,
        "failed": 0, "total_input_tokens": 655_360, "total_output_tokens": 655_360, "request_throughput": 2.0,
        "output_throughput": 2048.0, "mean_ttft_ms": 540.0, "mean_tpot_ms": 30.0,
    }  # fmt: skip
    ASKED = TEXT.replace("50 ms}", "50 ms, benchmark: run.json}")

    def model(self, folder: Path, text: str, run: dict[str, object]) -> Model:
        (folder / "run.json").write_text(json.dumps(run))
        (folder / "decision.yaml").write_text(text)
        return compile_scenario(tco.load(folder / "decision.yaml"))

    def test_the_gpu_time_is_that_of_the_run(self, tmp_path: Path) -> None:
        model = self.model(tmp_path, self.ASKED, self.RUN)
        values = central_case(model)
        found = float(values["options.hosted.fleets.main.gpu_load"][0, 0])
        ratio = float(values["options.hosted.fleets.main.throughput_ratio"][0, 0])
        assert found * ratio == pytest.approx(20e6 * 1024 * 2 / 2048 / (730 * 3600))
        (row,) = [row for row in input_rows(model) if row.name.endswith(".output_time")]
        assert "own measurement with vLLM bench serve" in row.source
        assert row.as_of == "2026-10-01"

    def test_a_model_that_no_table_knows_can_be_measured(self, tmp_path: Path) -> None:
        values = central_case(self.model(tmp_path, self.ASKED.replace("llama-3.1-70b", "our-own-model"), self.RUN))
        assert float(values["options.hosted.fleets.main.input_time"][0, 0]) == 0.0
        assert float(values["options.hosted.fleets.main.output_time"][0, 0]) == pytest.approx(2 / 2048)

    def test_runs_that_cannot_be_used(self, tmp_path: Path) -> None:
        with pytest.raises(tco.ScenarioError, match="no run keeps the promised times"):
            self.model(tmp_path, self.ASKED, self.RUN | {"mean_tpot_ms": 80.0})
        with pytest.raises(tco.ScenarioError, match="another format"):
            self.model(tmp_path, self.ASKED, {"results": []})
        with pytest.raises(tco.ScenarioError, match="does not lie beside"):
            self.model(tmp_path, self.ASKED.replace("run.json", "/etc/passwd"), self.RUN)
