"""The measured table: published figures, the trap of saturated queues, the interpolation held to shapes it never saw."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.optimize import nnls

from tco_model.serving.hardware import TABLES, CapacityError
from tco_model.serving.hybrid import cost_per_million
from tco_model.serving.throughput import Throughput, fitted_weights, measured_rows, throughput
from tests.serving.held_out import summary, table_without_shape
from tests.serving.reduction import reduced
from tests.serving.shared_data import THROUGHPUT, needs


def best_per_gpu(chip: str, tokens_per_user: float) -> Throughput:
    """Fastest replica of Llama 70B in 8 bits by GPU, at a speed promised to each user [token/second]."""
    found: list[Throughput] = []
    for gpus in (1, 2, 4, 8):
        try:
            found.append(throughput("llama-3.1-70b", chip, "fp8", gpus, 1024, 1024, per_token=1 / tokens_per_user))
        except CapacityError:
            continue
    return max(found, key=lambda one: one.operation.output_rate / one.operation.gpus)


@pytest.mark.parametrize(("chip", "speed", "rate"), [("h200", 20, 2740), ("h200", 50, 1619), ("h100", 20, 1098), ("h100", 50, 810)])
def test_llama_70b_in_8_bits_by_gpu(chip: str, speed: float, rate: float) -> None:
    """Output tokens a second and GPU at 1024/1024, from the rows of aiconfigurator-core."""
    found = best_per_gpu(chip, speed)
    assert found.method == "measured"
    assert found.operation.output_rate / found.operation.gpus == pytest.approx(rate, rel=0.001)
    assert found.provenance.url and found.provenance.as_of and "rows" in found.provenance.note


def test_a_saturated_queue_is_not_a_way_to_serve() -> None:
    """gpt-oss-120b on H100 has a row of 8,877 output tokens a second and GPU, after 23.8 s without any."""
    wanted = ("gpt-oss-120b", "h100", "fp4", 2, 1024, 1024)
    trap = throughput(*wanted, first_token=30.0)
    assert trap.operation.output_rate / 2 == pytest.approx(8877, rel=0.001)
    assert trap.operation.first_token == pytest.approx(23.8, abs=0.05)
    found = throughput(*wanted)
    assert found.operation.first_token <= 10.0
    assert found.operation.output_rate < trap.operation.output_rate


def test_shapes_never_seen_are_interpolated_within_fifteen_percent() -> None:
    count, median, ninth = summary(table_without_shape())
    assert count > 400
    assert median <= 0.15
    assert ninth <= 0.30


def test_an_interpolated_shape_says_so_and_lies_between_its_neighbours() -> None:
    found = {read: throughput("llama-3.1-70b", "h200", "fp8", 4, read, 1024) for read in (1024, 3000, 8192)}
    assert [one.method for one in found.values()] == ["measured", "interpolated", "measured"]
    rates = [one.operation.output_rate for one in found.values()]
    assert rates[0] > rates[1] > rates[2]


def test_a_shape_beyond_the_measured_ratios_is_left_to_the_roofline() -> None:
    assert throughput("llama-3.1-70b", "h200", "fp8", 4, 60_000, 100).method == "roofline"


def test_a_promise_the_measured_rows_cannot_keep_is_refused_with_the_best_measured() -> None:
    with pytest.raises(CapacityError, match=r"2 h200 serve llama-3.1-70b in fp8 at best with .* as measured; promise more time"):
        throughput("llama-3.1-70b", "h200", "fp8", 2, 1024, 1024, per_token=0.001)


@pytest.mark.parametrize(
    ("load", "rate", "cost"), [("1 rps", 255.14653, 7.599119), ("10 rps", 2464.44523, 0.786745), ("200 rps", 6237.59254, 0.310839)]
)
def test_cost_of_a_million_tokens_by_the_load_served(load: str, rate: float, cost: float) -> None:
    """Llama-3.1-8B on one H100 at $6.98 an hour (arXiv 2606.11690): twenty-four times as dear at one request a second."""
    assert cost_per_million(6.98, rate) == pytest.approx(cost, rel=1e-6)


def test_no_cost_of_tokens_where_none_are_served() -> None:
    with pytest.raises(CapacityError, match="0 tokens a second"):
        cost_per_million(6.98, 0.0)


def test_the_table_names_what_is_measured_once() -> None:
    settings = [
        (row.model, row.chip, row.precision, row.input_tokens, row.output_tokens, row.gpus, row.concurrency) for row in measured_rows()
    ]
    assert len(settings) == len(set(settings)) > 1000
    assert all(row.first_token > 0 and row.per_token > 0 and row.backend for row in measured_rows())


@needs(THROUGHPUT)
def test_the_shipped_table_is_the_reduction_of_the_published_measurements() -> None:
    with (TABLES / "measured.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))[1:]
    shipped = {(line[0], line[1], line[2], *map(int, line[3:7])): tuple(line[7:]) for line in lines}
    assert shipped == reduced(THROUGHPUT)


def test_the_weights_of_a_fit_are_those_of_scipy() -> None:
    rng = np.random.default_rng(3)
    zeros = 0
    for _ in range(300):
        rows = int(rng.integers(1, 9))
        terms, values = 10 ** rng.uniform(-1, 1, (rows, 3)), 10 ** rng.uniform(-1, 1, rows)
        found, used = fitted_weights(terms, values), min(3, rows)
        expected, norm = nnls(terms[:, :used] / values[:, None], np.ones(rows))
        assert np.linalg.norm(terms @ found / values - 1.0) == pytest.approx(norm, abs=1e-12)
        if rows >= 3:
            np.testing.assert_allclose(found, expected, atol=1e-12)
            zeros += int((expected == 0.0).any())
    assert zeros > 100, "the fits that least squares alone would get wrong are among them"
