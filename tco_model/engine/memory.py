"""Turns the plan of a run into the memory that it takes at most, so that what does not fit is refused before anything is drawn.

Counted are the draws that are kept, the pilot that brackets the quantiles, what later falls inside the brackets, one block of the
evaluation with its buffers, and the strata of a Latin hypercube: that is draws x kept figures, draws x months x options, and
block x months x lines. Each worker process holds a block and a chunk of its own beside that.
"""

from __future__ import annotations

import math

from tco_model.engine.draws import Sampler
from tco_model.engine.job import CHUNK, Planned
from tco_model.engine.reduce import GRAIN, LEVELS
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.evaluate import columns_held

MEMORY_BUDGET = 2_000_000_000
"""Bytes that the arrays of one run may take."""
LEAST_PILOT, PILOT = 8 * GRAIN, 32 * GRAIN
FIRST_WIDTH = 5.0
"""Half the width of the first bracket of a quantile [standard error of the pilot]."""
NUMBER = 8
"""Bytes of a number."""


def pilot_size(draws: int) -> int:
    """Return how many draws bracket the quantiles: all of them where they are few."""
    return draws if draws <= PILOT else min(PILOT, max(LEAST_PILOT, draws // 16 // GRAIN * GRAIN))


def within_memory(planned: Planned, sampler: Sampler, draws: int, block: int) -> None:
    """Refuse a run that needs more than `MEMORY_BUDGET`.

    Raises:
        ScenarioError: says what is needed, and how many draws fit; where not even a few do, to shorten the timeline.
    """
    needed = needed_bytes(planned, sampler, draws, block)
    if needed <= MEMORY_BUDGET:
        return
    fitting = _most_draws(planned, sampler, draws, block)
    lines = sum(name.startswith("line/") for name in planned.scalars)
    raise ScenarioError(
        Problem(
            f"{draws:,} draws of {sampler.months} months and {lines} lines need {needed / 1e9:.1f} GB; "
            f"at most {MEMORY_BUDGET / 1e9:.0f} GB are used",
            f"lower the draws to {fitting:,}" if fitting else "lower timeline.months, or compare fewer options at once",
            "simulation.draws" if fitting else "timeline.months",
            str(draws if fitting else sampler.months),
        )
    )


def needed_bytes(planned: Planned, sampler: Sampler, draws: int, block: int) -> int:
    """Return what the arrays of a run take at most, all but a few small ones [byte]."""
    columns, widest = sum(planned.counted.values()), max(planned.counted.values(), default=0)
    pilot, chunk = pilot_size(draws), min(CHUNK, draws)
    kept = (len(planned.kept) + 2) * draws
    block = min(block, draws) * (columns_held(planned.drawn) + 3 * sampler.months) + chunk * (columns + 2 * len(sampler.laws))
    first = pilot * columns + max(block + (pilot * widest if pilot > chunk else 0), 2 * pilot * widest)
    later = 0.0 if pilot == draws else block + draws * columns * min(_inside(pilot), len(LEVELS))
    sums = 2 * -(-draws // GRAIN) * _widths(planned)
    strata = 2 * draws * (len(sampler.laws) + 1) // 4 if sampler.design == "latin_hypercube" else 0
    return math.ceil(NUMBER * (kept + max(first, later) + sums + strata))


def _inside(pilot: int) -> float:
    """Return the share of draws that fall inside the brackets of a column."""
    return sum(2.0 * FIRST_WIDTH * math.sqrt(level * (1.0 - level) / pilot) + 4.0 / pilot for level in LEVELS)


def _widths(planned: Planned) -> int:
    """Return the columns that are summed over grains of draws."""
    months = planned.drawn.months
    return sum(months for names in planned.drawn.results.values() for name in names if name.startswith(("month/", "driver/"))) + len(
        planned.scalars
    )


def _most_draws(planned: Planned, sampler: Sampler, draws: int, block: int) -> int:
    """Return the most draws that fit, 0 where none do, by halving."""
    low, high = 0, draws
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if needed_bytes(planned, sampler, middle, block) <= MEMORY_BUDGET else (low, middle)
    return low
