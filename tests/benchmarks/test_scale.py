"""Two workers against one on a portfolio, beside what the machine gives plain work, and what ten thousand scenarios would take."""

from __future__ import annotations

import pytest

from tests.benchmarks.scale import MACHINE_CORES, Measured, efficiency, machine_price, measure, paragraph

LEAST_EFFICIENCY = 0.7
"""Share of what plain work gains from a second process that a portfolio gains at least."""


@pytest.mark.benchmark
def test_two_workers_against_one_and_what_a_large_portfolio_takes() -> None:
    print("\nportfolio over workers")
    ours, plain = efficiency()
    print(f"  two workers reach {ours:.0%} of even shares, plain work {plain:.0%}")
    print(paragraph(measure(), min(ours / plain, 1.0)))
    assert ours / plain >= LEAST_EFFICIENCY


def test_the_reckoning_is_plain_arithmetic_at_a_dated_price() -> None:
    found = Measured(task_seconds=0.5, draw_seconds=20e-6, megabytes=200.0)
    assert found.core_hours(10_000, 1_000_000) == pytest.approx(10_000 * 20.5 / 3600)
    price, machine = machine_price()
    assert price * MACHINE_CORES == pytest.approx(0.192) and machine.provenance.as_of is not None
    said = paragraph(found, 0.9)
    assert "57 core-hours" in said and f"{10_000 * 20.5 / 3600 * price / 0.9:,.0f} USD" in said
    assert "0.5 hours on 128 cores" in said
