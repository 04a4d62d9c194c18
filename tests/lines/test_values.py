"""Every cost line and driver against numbers worked out by hand, its ordinary case and its limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.lines.graph import figures

FIGURES = figures()
NEUTRAL = {
    "active": 1.0, "on_share": 1.0, "traffic_share": 1.0, "retry_share": 0.0, "cached_share": 0.0, "cache_write_share": 0.0,
    "cache_write_premium": 0.0, "batch_share": 0.0, "batch_discount": 0.0, "discount_share": 0.0, "mitigation_effect": 0.0,
    "copies": 1.0, "price_index": 1.0, "throughput_ratio": 1.0, "prefix_cache_share": 0.0, "context_volume": 0.0, "context_time": 0.0,
    "subagents": 0.0, "subagent_turns": 1.0, "minimum_fee": 0.0, "regions": 1.0, "minimum_replicas": 1.0,
}  # fmt: skip
"""What a case leaves out changes nothing."""


def call(name: str, **given: Any) -> Any:
    """Call a figure; a list holds one value a month."""
    filled = {parameter: given.get(parameter, NEUTRAL.get(parameter)) for parameter in FIGURES[name].parameters}
    assert given.keys() <= filled.keys(), f"{name} does not ask for {given.keys() - filled.keys()}"
    return FIGURES[name](**{key: np.array([value], dtype=float) if isinstance(value, list) else value for key, value in filled.items()})


Case = tuple[str, dict[str, Any], float | Sequence[float]]

CODING_AGENT = {"input_tokens": 178_000, "output_tokens": 18_000, "input_price": 3, "cached_price": 0.30, "output_price": 15}
SMALL_MODEL = {
    "requests": 40_000, "input_tokens": 3_000, "output_tokens": 1_000, "input_price": 0.25, "cached_price": 0.025, "output_price": 2,
}  # fmt: skip
TOKENS: list[Case] = [
    # Published: 178,000 tokens read, 126,000 of them cached, 18,000 written, 6,000 tasks a month.
    ("managed_tokens", {**CODING_AGENT, "requests": 1, "cached_share": 126 / 178}, 0.4638),
    ("managed_tokens", {**CODING_AGENT, "requests": 1}, 0.804),
    ("managed_tokens", {**CODING_AGENT, "requests": 6_000, "cached_share": 126 / 178}, 2_782.80),
    # Published (induwara.lk): 120M tokens read and 40M written at $0.25 and $2.
    ("managed_tokens", SMALL_MODEL, 110.00),
    ("managed_tokens", {**SMALL_MODEL, "batch_share": 0.5, "batch_discount": 0.5}, 82.50),
    ("managed_tokens", {**SMALL_MODEL, "discount_share": 0.1}, 99.00),
    ("managed_tokens", {**SMALL_MODEL, "retry_share": 0.02}, 112.20),
    ("managed_tokens", {**SMALL_MODEL, "price_index": [1, 0.9]}, [110, 99]),
    ("managed_tokens", {**SMALL_MODEL, "traffic_share": 0.25}, 27.50),
    ("managed_tokens", {**SMALL_MODEL, "cache_write_share": 1, "cache_write_premium": 0.25}, 117.50),
    ("managed_tokens", {**SMALL_MODEL, "cached_share": 1, "cache_write_share": 1, "cache_write_premium": 0.25}, 83.00),
    ("managed_tokens", {**SMALL_MODEL, "requests": 0}, 0),
    ("managed_tokens", {**SMALL_MODEL, "input_price": 0, "output_price": 0}, 0),
    ("managed_tokens", {**SMALL_MODEL, "discount_share": 1}, 0),
    ("managed_tokens", {**SMALL_MODEL, "active": [0, 1, 1, 0]}, [0, 110, 110, 0]),
    ("embedding_tokens", {"requests": 1e6, "input_tokens": 500, "input_price": 0.02}, 10.00),
    ("embedding_tokens", {"requests": 1e6, "input_tokens": 500, "input_price": 0.02, "retry_share": 0.1, "discount_share": 0.2}, 8.80),
    (
        "check_tokens",
        {"tasks": 10_000, "checks_per_task": 2, "check_input_tokens": 1_500, "check_output_tokens": 20,
         "input_price": 0.15, "output_price": 0.60},
        4.74,
    ),
    ("tool_fees", {"tool_calls": 30_000, "tool_price": 0.005, "retry_share": 0.1}, 165.00),
    ("provisioned_throughput", {"provisioned_units": 50, "provisioned_price": 260}, 13_000),
    ("fine_tuning", {"training_runs": 2, "training_tokens": 40, "training_price": 3}, 240),
]  # fmt: skip

COMMITTED = {"committed_gpus": 6, "committed_price": 1.50, "gpu_price": 2.50}
BOUGHT = {"purchased_gpus": [8, 0, 0, 2, 0, 0], "hardware_price": 30_000, "residual_share": 0.1}
ENDING = {**BOUGHT, "months_to_end": [6, 5, 4, 3, 2, 1], "at_end": [0, 0, 0, 0, 0, 1]}
PLAN = {"committed_machines": 3, "committed_machine_price": 0.25, "machine_price": 0.40, "on_share": 0.5}
COMPUTE: list[Case] = [
    ("gpu_rental", {"gpus": 8, "gpu_price": 2.50}, 14_600),
    ("gpu_rental", {"gpus": 8, "gpu_price": 2.50, "on_share": 0.25}, 3_650),
    ("gpu_rental", {"gpus": 0, "gpu_price": 2.50}, 0),
    # Published (induwara.lk): $1.19 an hour, 729.6 hours, 15% on top.
    ("gpu_rental", {"gpus": 1.15, "gpu_price": 1.19, "on_share": 729.6 / 730}, 998.4576),
    ("gpu_commitment", {**COMMITTED, "gpus": 10}, 13_870),
    ("gpu_commitment", {**COMMITTED, "gpus": 10, "on_share": 0.5}, 10_220),
    ("gpu_commitment", {**COMMITTED, "gpus": 4}, 6_570),
    ("gpu_commitment", {**COMMITTED, "gpus": 0}, 6_570),
    ("gpu_commitment", {**COMMITTED, "gpus": [10, 10, 10], "active": [0, 1, 0]}, [0, 13_870, 0]),
    ("hardware_purchase", {"purchased_gpus": 16, "hardware_price": 30_000}, 480_000),
    ("hardware_residual", {**ENDING, "hardware_life": 12}, [0, 0, 0, 0, 0, -178_500]),
    ("hardware_residual", {**ENDING, "hardware_life": 6}, [0, 0, 0, 0, 0, -57_000]),
    ("hardware_residual", {**ENDING, "hardware_life": 4}, [0, 0, 0, 0, 0, -43_500]),
    ("hardware_residual", {**ENDING, "hardware_life": 12, "residual_share": 1}, [0, 0, 0, 0, 0, -300_000]),
    ("hardware_residual", {**ENDING, "hardware_life": 6, "residual_share": 0}, [0, 0, 0, 0, 0, -30_000]),
    ("hardware_residual", {**ENDING, "hardware_life": 6, "hardware_price": 0}, [0, 0, 0, 0, 0, 0]),
    ("hardware_depreciation", {**BOUGHT, "hardware_life": 3}, [72_000, 72_000, 72_000, 18_000, 18_000, 18_000]),
    ("hardware_depreciation", {**BOUGHT, "hardware_life": 12}, [18_000, 18_000, 18_000, 22_500, 22_500, 22_500]),
    (
        "hardware_depreciation",
        {"purchased_gpus": [1, 1, 0, 0], "hardware_price": [30_000, 15_000, 99, 99], "residual_share": 0.1, "hardware_life": 3},
        [9_000, 13_500, 13_500, 4_500],
    ),
    ("hardware_maintenance", {"gpus": 8, "hardware_price": 30_000, "maintenance_share": 0.05}, 1_000),
    ("electricity", {"gpus": 8, "power_per_gpu": 1.0, "power_usage_effectiveness": 1.25, "electricity_price": 0.10}, 730),
    ("colocation", {"gpus": 8, "power_per_gpu": 1.5, "colocation_price": 120}, 1_440),
    ("machine_hours", {"machines": 3, "machine_price": 0.40, "on_share": 0.3}, 262.80),
    ("machine_commitment", {**PLAN, "machines": 5}, 839.50),
    ("machine_commitment", {**PLAN, "machines": 2}, 547.50),
    ("machine_commitment", {**PLAN, "machines": 5, "on_share": 0}, 547.50),
    ("service_units", {"units": 2, "unit_hour_price": 0.05}, 73),
    ("data_transfer", {"transferred_data": 5_000, "transfer_price": 0.09, "traffic_share": 0.5}, 225),
]

HELD = {"initial_data": 100, "added_data": [10, 10, 10, 10, 10], "copies": 2, "storage_price": 0.02}
LOGS = {"requests": [1e6] * 5, "log_size": 6, "copies": 2, "storage_price": 0.023, "retention_months": 3}
DATA: list[Case] = [
    ("stored_data", {**HELD, "retention_months": 3}, [4.4, 4.8, 5.2, 5.2, 5.2]),
    ("stored_data", {**HELD, "retention_months": 1}, [4.4, 4.4, 4.4, 4.4, 4.4]),
    ("stored_data", {**HELD, "retention_months": 600}, [4.4, 4.8, 5.2, 5.6, 6.0]),
    ("stored_data", {**HELD, "retention_months": 2, "active": [0, 1, 1, 1, 0]}, [0, 4.4, 4.8, 4.8, 0]),
    (
        "vector_index",
        {"vectors": 1e7, "dimensions": 1_024, "bytes_per_value": 4, "index_overhead": 1.5, "copies": 2, "storage_price": 0.25},
        30.72,
    ),
    ("stored_logs", LOGS, [0.276, 0.552, 0.828, 0.828, 0.828]),
    ("stored_logs", {**LOGS, "active": [1, 1, 0, 0, 0]}, [0.276, 0.552, 0.552, 0.276, 0]),
    ("stored_logs", {**LOGS, "retry_share": 0.5, "traffic_share": 0.5, "retention_months": 1}, [0.207] * 5),
    ("trace_ingest", {"requests": 1e6, "spans_per_request": 6, "sampling_share": 0.1, "span_price": 1.7}, 1.02),
    ("log_ingest", {"requests": 1e6, "log_size": 6, "ingest_price": 0.5, "retry_share": 0.1}, 3.30),
    ("gpu_host_monitoring", {"gpus": 16, "gpus_per_host": 8, "host_price": 18}, 36),
    ("host_monitoring", {"machines": 5, "host_price": 18}, 90),
]

HOUR_OF_100 = {"salary": 86_000, "on_cost_share": 1.0, "productive_hours": 1_720}
TEAM = {"fte": [2, 2, 2, 2], "salary": 120_000, "on_cost_share": 0.5, "contractor_cost": 240_000, "active": [1, 1, 1, 1]}
PEOPLE: list[Case] = [
    ("staff", {"fte": 2.5, "salary": 120_000, "on_cost_share": 0.4}, 35_000),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 0}, [30_000] * 4),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 2}, [40_000, 40_000, 30_000, 30_000]),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 4}, [40_000] * 4),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 24}, [40_000] * 4),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 1, "fte": [1, 2, 2, 3]}, [20_000, 35_000, 30_000, 50_000]),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 1, "fte": [2, 2, 2, 1]}, [40_000, 30_000, 30_000, 15_000]),
    ("staff_with_hiring", {**TEAM, "hiring_lag": 1, "active": [0, 1, 1, 0]}, [0, 40_000, 30_000, 0]),
    ("on_call", {"on_call_people": 6, "on_call_allowance": 500}, 3_000),
    ("fleet_toil", {**HOUR_OF_100, "replicas": 8, "toil_per_replica": 3}, 2_400),
    ("incident_response", {**HOUR_OF_100, "frequency": 6, "incident_hours": 20}, 1_000),
    ("unsolved_cases", {**HOUR_OF_100, "cases": 10_000, "success_share": 0.7, "handling_minutes": 12}, 60_000),
    ("unsolved_cases", {**HOUR_OF_100, "cases": 10_000, "success_share": 1, "handling_minutes": 12}, 0),
    ("human_review", {**HOUR_OF_100, "cases": 10_000, "review_share": 0.05, "handling_minutes": 6}, 5_000),
    ("recruiting", {"fte": 3, "recruiting_cost": 25_000}, 75_000),
    ("training", {"trainees": 40, "training_cost": 500}, 20_000),
    ("project_work", {"effort": 9, "salary": 120_000, "on_cost_share": 0.4}, 126_000),
    ("prompt_rework", {**HOUR_OF_100, "prompts": 80, "hours_per_prompt": 6}, 48_000),
    ("dual_running", {"replaced_cost": [7_000, 7_000], "active": [1, 0]}, [7_000, 0]),
    ("data_move", {"moved_data": 20_000, "transfer_price": 0.09, "copies": 2}, 3_600),
]

RISK_AND_FEES: list[Case] = [
    ("incident_loss", {"incidents": 3, "incident_cost": 20_000, "mitigation_effect": 0.25}, 45_000),
    ("incident_loss", {"incidents": 0, "incident_cost": 20_000}, 0),
    ("incident_loss", {"incidents": 3, "incident_cost": 20_000, "mitigation_effect": 1}, 0),
    ("downtime_loss", {"unavailable_share": 0.001, "downtime_cost": 5_000}, 3_650),
    ("schedule_delay", {"delay": 2.5, "delay_cost": 40_000}, 100_000),
    ("monthly_fee", {"monthly_amount": [500, 500, 500], "active": [0, 1, 1]}, [0, 500, 500]),
    ("one_off", {"amount": 9_000}, 9_000),
    ("seat_licences", {"seats": 40, "seat_price": 30}, 1_200),
    ("support_plan", {"spend": 12_000, "fee_share": 0.1, "minimum_fee": 100}, 1_200),
    ("support_plan", {"spend": [500, 500], "fee_share": 0.1, "minimum_fee": 100, "active": [1, 0]}, [100, 0]),
    ("commitment_shortfall", {"spend": [7_000, 10_000, 12_000], "committed_spend": 10_000}, [3_000, 0, 0]),
]

TASK = {"turns": 3, "system_tokens": 1_000, "new_tokens": 200, "written_tokens": 50}
AGENTS = {"subagents": 2, "subagent_turns": 3}
HELPERS = {**{key: value for key, value in TASK.items() if key != "turns"}, **AGENTS}
CALLS = {"requests": 1_000, "input_tokens": 2_000, "output_tokens": 100}
DEMAND: list[Case] = [
    ("input_volume", {"requests": 1_000, "input_tokens": 2_000, "retry_share": 0.02}, 2_040_000),
    ("output_volume", {"requests": 1_000, "output_tokens": 100, "retry_share": 0.5}, 150_000),
    ("context_volume", CALLS, 205_000_000),
    ("requests", {"tasks": 100, "turns": 6, "subagents": 2, "subagent_turns": 4}, 1_400),
    ("context_tokens", TASK, 1_700),
    ("main_input_tokens", TASK, 1_200 + 1_450 + 1_700),
    ("main_input_tokens", {**TASK, "turns": 1}, 1_200),
    ("subagent_input_tokens", HELPERS, 8_700),
    ("subagent_input_tokens", {**HELPERS, "subagents": 0}, 0),
    ("subagent_context_tokens", HELPERS, 3_400),
    ("input_tokens", {"main_input_tokens": 4_350, "subagent_input_tokens": 8_700, "turns": 3, **AGENTS}, 1_450),
    ("output_tokens", {"written_tokens": 50}, 50),
    (
        "cached_share",
        {"main_input_tokens": 4_350, "subagent_input_tokens": 0, "context_tokens": 1_700, "subagent_context_tokens": 0,
         "cache_hit_share": 0.87},
        0.53,
    ),
    (
        "cached_share",
        {"main_input_tokens": 1_200, "subagent_input_tokens": 0, "context_tokens": 1_200, "subagent_context_tokens": 0,
         "cache_hit_share": 1},
        0,
    ),
    ("tool_calls", {"tasks": 100, "turns": 6, "subagents": 2, "subagent_turns": 4, "tool_calls_per_turn": 1.5}, 2_100),
    ("requests.evaluation_requests", {"cycles": 4, "requests_per_cycle": 500}, 2_000),
]  # fmt: skip

SIZED = {"peak_output_rate": 2_100, "output_tokens_per_second": 1_000, "target_utilisation": 0.7, "spare_replicas": 1}
BY_TIME = {"peak_gpu_load": 10, "gpus_per_replica": 4, "target_utilisation": 0.5, "spare_replicas": 1}
WORK = {
    "input_volume": 2.628e9, "output_volume": 2.628e8, "prefix_cache_share": 0.5, "input_time": 1e-4, "output_time": 1e-2,
}  # fmt: skip
GROWING = {"gpus": [4, 4, 8, 8, 8, 8, 8], "horizon": 7}
FLEETS: list[Case] = [
    ("mean_output_rate", {"output_volume": 2.628e9, "traffic_share": 0.5}, 500),
    ("peak_output_rate", {"mean_output_rate": 1_000, "peak_to_mean": 3}, 3_000),
    ("replicas", SIZED, 4),
    ("replicas", {**SIZED, "peak_output_rate": 2_100.001}, 5),
    ("replicas", {**SIZED, "peak_output_rate": 0}, 2),
    ("replicas", {**SIZED, "peak_output_rate": 0, "minimum_replicas": 0, "spare_replicas": 0}, 0),
    ("replicas", {**SIZED, "regions": 2}, 6),
    ("replicas", {**SIZED, "minimum_replicas": 8}, 9),
    ("replicas", {**SIZED, "active": [0, 1]}, [0, 4]),
    ("gpus", {"replicas": 4, "gpus_per_replica": 8}, 32),
    ("utilisation", {"mean_output_rate": 1_000, "replicas": 4, "output_tokens_per_second": 1_000}, 0.25),
    ("utilisation", {"mean_output_rate": 1_000, "replicas": 4, "output_tokens_per_second": 1_000, "on_share": 0.5}, 0.5),
    ("utilisation", {"mean_output_rate": 0, "replicas": 0, "output_tokens_per_second": 1_000}, 0),
    ("gpu_load", WORK, 1.05),
    ("gpu_load", {**WORK, "throughput_ratio": 0.5}, 2.10),
    ("gpu_load", {**WORK, "context_volume": 2.628e12, "context_time": 1e-6}, 2.05),
    ("peak_gpu_load", {"gpu_load": 1.05, "peak_to_mean": 2}, 2.10),
    ("replicas.measured_replicas", BY_TIME, 6),
    ("replicas.measured_replicas", {**BY_TIME, "regions": 2}, 8),
    ("replicas.measured_replicas", {**BY_TIME, "peak_gpu_load": 0}, 2),
    ("utilisation.measured_utilisation", {"gpu_load": 2, "gpus": 8, "on_share": 0.5}, 0.5),
    ("utilisation.measured_utilisation", {"gpu_load": 0, "gpus": 0}, 0),
    ("replicas.base_replicas_held", {"base_replicas": 3, "regions": 2}, 6),
    ("capacity_ratio", {"gpus": 8, "target_utilisation": 0.5, "gpu_load": 4}, 1),
    # With a peak of twice the mean the load falls in a straight line, so that a triangle lies above the capacity.
    ("overflow_share", {"capacity_ratio": 0, "peak_to_mean": 2}, 1),
    ("overflow_share", {"capacity_ratio": 1, "peak_to_mean": 2}, 0.25),
    ("overflow_share", {"capacity_ratio": 1.5, "peak_to_mean": 2}, 0.0625),
    ("overflow_share", {"capacity_ratio": 2, "peak_to_mean": 2}, 0),
    ("overflow_share", {"capacity_ratio": 9, "peak_to_mean": 2}, 0),
    ("utilisation.base_utilisation", {"gpu_load": 4, "overflow_share": 0.25, "gpus": 8}, 0.375),
    ("utilisation.base_utilisation", {"gpu_load": 0, "overflow_share": 1, "gpus": 0}, 0),
    ("mean_output_rate.base_output_rate", {"output_volume": 2.628e9, "overflow_share": 0.25}, 750),
    # 43.8 G tokens a month are a million a minute; 300k of them cached for nothing and 50k written at four times the weight.
    ("unit_load", {"input_volume": 4.38e10, "output_volume": 2.19e9, "cached_share": 0.3, "cached_weight": 0, "output_weight": 4,
                   "unit_rate": 3_000}, 300),
    ("unit_load", {"input_volume": 4.38e10, "output_volume": 0, "cached_share": 0.3, "cached_weight": 1, "output_weight": 4,
                   "unit_rate": 3_000, "traffic_share": 0.5}, 1e6 / 3_000 / 2),
    ("units_held", {"provisioned_units": 25, "active": [0, 1]}, [0, 25]),
    ("capacity_ratio.unit_capacity_ratio", {"units_held": 450, "unit_load": 300}, 1.5),
    ("utilisation.unit_utilisation", {"unit_load": 300, "overflow_share": 0.25, "units_held": 300}, 0.75),
    ("utilisation.unit_utilisation", {"unit_load": 300, "overflow_share": 1, "units_held": 0}, 0),
    ("purchased_gpus", {**GROWING, "hardware_life": 3}, [4, 0, 4, 4, 0, 4, 4]),
    ("purchased_gpus", {**GROWING, "hardware_life": 6}, [4, 0, 4, 0, 0, 0, 4]),
    ("purchased_gpus", {**GROWING, "hardware_life": 7}, [4, 0, 4, 0, 0, 0, 0]),
    ("purchased_gpus", {**GROWING, "hardware_life": 60}, [4, 0, 4, 0, 0, 0, 0]),
    ("purchased_gpus", {"gpus": [0, 8, 4, 8, 9], "horizon": 5, "hardware_life": 60}, [0, 8, 0, 0, 1]),
]  # fmt: skip

CASES = [*TOKENS, *COMPUTE, *DATA, *PEOPLE, *RISK_AND_FEES, *DEMAND, *FLEETS]


@pytest.mark.parametrize(("name", "given", "expected"), CASES, ids=[f"{number}-{case[0]}" for number, case in enumerate(CASES)])
def test_a_case_worked_out_by_hand(name: str, given: dict[str, Any], expected: float | Sequence[float]) -> None:
    found = np.asarray(call(name, **given), dtype=float)
    wanted = np.array([expected], dtype=float) if isinstance(expected, list) else float(expected)
    np.testing.assert_allclose(np.broadcast_to(found, np.shape(wanted)), wanted, rtol=1e-12, atol=1e-12)


def test_every_line_and_driver_has_a_case() -> None:
    assert {name for name, _, _ in CASES} == set(FIGURES)


def test_cost_per_accepted_task_of_the_coding_agent() -> None:
    """Published: 0.4638 a task of which nine in ten are accepted is 0.5153 per accepted task."""
    assert call("managed_tokens", **CODING_AGENT, requests=1, cached_share=126 / 178) / 0.9 == pytest.approx(0.5153, abs=5e-5)


@pytest.mark.parametrize(("on_share", "cheaper"), [(0.59, "gpu_rental"), (0.61, "gpu_commitment")])
def test_a_commitment_pays_from_sixty_percent_of_the_hours(on_share: float, cheaper: str) -> None:
    """At 1.50 committed and 2.50 on demand the two meet at 1.50 / 2.50 = 60% of the hours."""

    def costs(hours: float) -> dict[str, float]:
        rental = call("gpu_rental", gpus=1, gpu_price=2.50, on_share=hours)
        return {"gpu_rental": rental, "gpu_commitment": call("gpu_commitment", **COMMITTED | {"committed_gpus": 1}, gpus=1, on_share=hours)}

    assert costs(0.6)["gpu_rental"] == pytest.approx(costs(0.6)["gpu_commitment"], rel=1e-12)
    assert min(costs(on_share), key=costs(on_share).__getitem__) == cheaper


def test_an_upfront_payment_is_earned_back_after_2500_hours() -> None:
    """1,000 paid once saves 0.40 an hour (0.60 in place of 1.00): 1,000 / 0.40 = 2,500 hours."""
    months = 2_500 / 730
    reserved = call("one_off", amount=1_000) + months * call("machine_hours", machines=1, machine_price=0.60)
    assert reserved == pytest.approx(months * call("machine_hours", machines=1, machine_price=1.00), rel=1e-12)


shape = st.fixed_dictionaries(
    {"turns": st.integers(1, 60), "subagents": st.integers(0, 5), "subagent_turns": st.integers(1, 30)}
    | dict.fromkeys(("system_tokens", "new_tokens", "written_tokens"), st.integers(1, 20_000))
)


@given(shape)
def test_tokens_of_a_task_are_those_of_a_conversation_played_turn_by_turn(task: dict[str, int]) -> None:
    """Every run starts with the system prompt; each turn adds new tokens, is read whole, and leaves what was written."""

    def play(turns: int) -> tuple[int, int]:
        context, read, cached = task["system_tokens"], 0, 0
        for turn in range(turns):
            before, context = context, context + task["new_tokens"]
            read += context
            cached += before - task["written_tokens"] if turn else 0
            context += task["written_tokens"]
        return read, cached

    read, cached = play(task["turns"])
    helper_read, helper_cached = play(task["subagent_turns"])
    calls = task["turns"] + task["subagents"] * task["subagent_turns"]
    words = {key: task[key] for key in ("system_tokens", "new_tokens", "written_tokens")}
    helpers = words | {key: task[key] for key in ("subagents", "subagent_turns")}
    found = {
        "main_input_tokens": call("main_input_tokens", **words, turns=task["turns"]),
        "subagent_input_tokens": call("subagent_input_tokens", **helpers),
    }
    assert found == {"main_input_tokens": read, "subagent_input_tokens": task["subagents"] * helper_read}
    counts = {key: task[key] for key in ("turns", "subagents", "subagent_turns")}
    total = read + task["subagents"] * helper_read
    assert call("input_tokens", **found, **counts) == pytest.approx(total / calls, rel=1e-14)
    share = call(
        "cached_share",
        **found,
        context_tokens=call("context_tokens", **words, turns=task["turns"]),
        subagent_context_tokens=call("subagent_context_tokens", **helpers),
        cache_hit_share=1.0,
    )
    assert share == pytest.approx((cached + task["subagents"] * helper_cached) / total, rel=1e-12)


@given(st.floats(1.05, 20.0), st.floats(0.0, 1.0))
def test_overflow_is_the_area_of_the_load_curve_above_the_capacity(peak: float, place: float) -> None:
    """The load ``p (1 - t)^(p - 1)`` over a fine grid of hours, against the closed form."""
    capacity, hours = place * peak, 200_000
    load = peak * ((np.arange(hours) + 0.5) / hours) ** (peak - 1.0)
    above = np.maximum(load - capacity, 0.0).mean()
    assert call("overflow_share", capacity_ratio=capacity, peak_to_mean=peak) == pytest.approx(above, abs=2e-5)


@given(st.integers(1, 60), st.integers(50, 95), st.integers(1, 50), st.integers(1, 3))
def test_a_load_that_fits_exactly_needs_no_further_replica(count: int, percent: int, hundreds: int, regions: int) -> None:
    """490 tokens a second fill 70% of one replica of 700; in binary 700 x 0.7 falls just below."""
    rate, target = 100 * hundreds, percent / 100
    peak = count * rate * percent * regions / 100
    sized = {"target_utilisation": target, "regions": regions, "minimum_replicas": 0, "spare_replicas": 0}
    assert call("replicas", **sized, peak_output_rate=peak, output_tokens_per_second=rate) == count * regions
    assert call("replicas", **sized, peak_output_rate=peak * (1 + 1e-6), output_tokens_per_second=rate) == (count + 1) * regions
    busy = count * hundreds * percent * regions / 100
    assert call("replicas.measured_replicas", **sized, peak_gpu_load=busy, gpus_per_replica=hundreds) == count * regions


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(1, 40))
def test_every_gpu_held_was_bought_within_its_life(gpus: list[int], life: int) -> None:
    """What was bought in the last `life` months is the largest fleet so far: nothing is skipped, nothing is bought twice."""
    bought = call("purchased_gpus", gpus=[float(count) for count in gpus], hardware_life=life, horizon=len(gpus))[0]
    for month in range(len(gpus)):
        assert bought[max(0, month - life + 1) : month + 1].sum() == max(gpus[: month + 1])


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20), st.integers(0, 24))
def test_people_and_contractors_fill_the_need(fte: list[int], lag: int) -> None:
    """Where a contractor costs what an employee costs, the time that hiring takes changes nothing."""
    team = {"fte": [float(count) for count in fte], "salary": 120_000, "on_cost_share": 0.5, "hiring_lag": lag}
    same = call("staff_with_hiring", **team, contractor_cost=180_000)[0]
    assert same == pytest.approx([15_000 * count for count in fte])
    assert np.all(call("staff_with_hiring", **team, contractor_cost=240_000)[0] >= same - 1e-9)
