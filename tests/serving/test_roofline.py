"""The roofline: its published facts, what fits in memory, and how far it lies from measured rows it never saw."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest

from tco_model.serving.hardware import CapacityError, chips, known, largest_batch, models
from tco_model.serving.roofline import Reached, best_operation, operate, step_time
from tco_model.serving.throughput import throughput
from tests.serving.held_out import known_rows, refit, roofline_without, summary, table, worst

PERFECT = Reached(bandwidth=1.0, arithmetic=1.0, layer_overhead=0.0)


@pytest.mark.parametrize(("chip", "milliseconds"), [("h200", 14.7), ("h100", 21.1)])
def test_a_dense_70b_in_8_bits_decodes_at_the_speed_of_memory(chip: str, milliseconds: float) -> None:
    """Parameter bytes over bandwidth (jax-ml/scaling-book, inference)."""
    found = step_time(models()["llama-3.1-70b"], chips()[chip], "fp8", 1, 1, 0.0, PERFECT)
    assert 1000 * found == pytest.approx(milliseconds, abs=0.05)


@pytest.mark.parametrize(
    ("model", "layers", "heads", "head_size", "size"),
    [
        ("llama-3.1-8b", 32, 8, 128, 131_072),
        ("llama-3.1-70b", 80, 8, 128, 327_680),
        ("llama-3.1-405b", 126, 8, 128, 516_096),
        ("qwen3-32b", 64, 8, 128, 262_144),
        ("deepseek-v3", 61, 0.5, 512 + 64, 70_272),
    ],
)
def test_cache_of_a_token(model: str, layers: int, heads: float, head_size: int, size: int) -> None:
    """Keys and values of two bytes each; the latent form of DeepSeek-V3 keeps one vector in place of two."""
    assert models()[model].cache_per_token == size == 2 * layers * heads * head_size * 2
    assert models()[model].layers == layers


def test_decoding_turns_from_memory_to_arithmetic_as_the_batch_grows() -> None:
    """The batch where both take as long is bytes a weight x FLOP/s over 2 x bandwidth: 206 on an H200 in 8 bits, without a cache."""
    model, chip = models()["llama-3.1-70b"], chips()["h200"]
    critical = chip.rates["fp8"] / chip.bandwidth / 2.0
    assert critical == pytest.approx(206, abs=1)
    below, above = (step_time(model, chip, "fp8", 1, critical * factor, 0.0, PERFECT) for factor in (0.5, 2.0))
    assert below == pytest.approx(model.parameters / chip.bandwidth)
    assert above == pytest.approx(2 * below)


def test_a_mixture_reads_its_active_part_for_one_and_all_for_many() -> None:
    model = models()["deepseek-v3"]
    assert model.weights_read(1) == pytest.approx(model.active)
    assert model.weights_read(10_000) == pytest.approx(model.parameters)
    assert models()["qwen3-32b"].weights_read(1) == models()["qwen3-32b"].parameters


def test_twice_the_gpus_halve_what_is_not_overhead() -> None:
    model, chip, reached = models()["llama-3.1-70b"], chips()["h100"], Reached(layer_overhead=0.0)
    one, two = (operate(model, chip, "fp8", gpus, 32, 1024, 1024, reached) for gpus in (2, 4))
    assert two.output_rate == pytest.approx(2 * one.output_rate)
    assert two.first_token == pytest.approx(one.first_token / 2)


def test_the_best_operation_keeps_its_promise_and_the_next_batch_breaks_it_or_is_slower() -> None:
    model, chip = models()["llama-3.1-70b"], chips()["h200"]
    found = best_operation(model, chip, "fp8", 2, 1024, 1024, per_token=0.03)
    assert found.per_token <= 0.03
    after = operate(model, chip, "fp8", 2, 2 * found.concurrency, 1024, 1024, Reached())
    assert after.per_token > 0.03 or after.output_rate < found.output_rate


def test_what_does_not_fit_in_memory_is_refused_with_the_gpus_it_takes() -> None:
    with pytest.raises(CapacityError, match=r"llama-3.1-405b in bf16 needs 810 GB and 8 h100 hold 576 GB; use at least 12 GPUs"):
        throughput("llama-3.1-405b", "h100", "bf16", 8, 1000, 200)
    assert largest_batch(models()["llama-3.1-405b"], chips()["h100"], "bf16", 12, 1000) > 0


def test_a_context_that_leaves_no_room_is_refused() -> None:
    """70.6 GB of weights leave 1.4 GB on one H100, 4,272 tokens of cache."""
    model, chip = models()["llama-3.1-70b"], chips()["h100"]
    assert largest_batch(model, chip, "fp8", 1, 1000) == 4
    with pytest.raises(CapacityError, match=r"no request of 5,000 tokens fits beside llama-3.1-70b; use more GPUs"):
        best_operation(model, chip, "fp8", 1, 4000, 1000)


def test_a_promise_no_fleet_can_keep_is_refused_with_the_best_there_is() -> None:
    with pytest.raises(CapacityError, match=r"cannot serve llama-3.1-405b within the promised times: .* ms a token; promise more time"):
        throughput("llama-3.1-405b", "h100", "fp8", 8, 1000, 200, per_token=0.001)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("lama-3.1-405b", "h100"), "llama-3.1-405b"),
        (("llama-3.1-405b", "h1000"), "'h1000' is not in the table; did you mean h100"),
        (("llama-3.1-405b", "zzz"), "known: a100, b200, h100, h200"),
    ],
)
def test_unknown_names_are_refused_and_the_nearest_offered(names: tuple[str, str], message: str) -> None:
    with pytest.raises(CapacityError, match=message):
        throughput(*names, "fp8", 8, 1000, 200)


def test_known_returns_the_row() -> None:
    assert known(chips(), "a100", "chip").memory == 80e9


def test_the_roofline_written_down_again_tells_the_same() -> None:
    told = [
        operate(
            models()[row.model], chips()[row.chip], row.precision, row.gpus, row.concurrency, row.input_tokens, row.output_tokens, Reached()
        ).output_rate
        for row in known_rows()
    ]
    assert np.allclose(table().told(Reached()), told, rtol=1e-12)


def test_the_shipped_shares_are_those_the_fit_finds() -> None:
    for shipped, fitted in zip(astuple(Reached()), astuple(refit(table())), strict=True):
        assert fitted == pytest.approx(shipped, rel=0.05)


@pytest.mark.parametrize("column", ["chip", "model"])
def test_rows_of_a_chip_or_model_never_seen_are_told_within_thirty_percent(column: str) -> None:
    errors = roofline_without(column)
    count, median, _ = summary(errors)
    assert count > 1000
    assert median <= 0.30
    assert {name for name, _, error in worst(errors) if error > 0.30} <= {"kimi-k2.5", "llama-3.1-8b"}
    assert all(math.isfinite(error) for part in errors.values() for error in part)
