"""Holds every bad scenario to the same promise: one clear refusal, at the right field and line, with a mend that mends."""

from __future__ import annotations

import re
import time
from functools import cache

import pytest

import tco_model as tco
from tco_model.errors import Problem
from tests.bad_input import bad_structure, bad_values
from tests.bad_input.case import GOOD, Case

CASES = [*bad_values.CASES, *bad_structure.CASES]
LONGEST = 2.0
"""Seconds of work within which bad input is refused."""


@cache
def problems(text: str | bytes) -> tuple[Problem, ...]:
    """Load and check a scenario that must be refused, quickly."""
    started = time.process_time()
    with pytest.raises(tco.ScenarioError) as caught:
        tco.check(tco.loads(text, "bad.yaml"))
    assert time.process_time() - started < LONGEST
    return caught.value.problems


def test_the_good_scenario_is_good() -> None:
    tco.check(tco.loads(GOOD))


def test_there_are_enough_and_none_twice() -> None:
    assert len(CASES) >= 300
    assert len({case.text for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.field}={case.put.strip()[:40]!r}")
def test_is_refused_at_its_field_and_line(case: Case) -> None:
    found = problems(case.text)
    said = [problem for problem in found if problem.field == case.field and case.says in problem.message]
    assert said, "\n".join(map(str, found))
    problem = said[0]
    assert problem.line == case.line, f"line {problem.line} in place of {case.line}: {problem}"
    assert problem.file == "bad.yaml"
    assert problem.mend
    assert case.mend in problem.mend
    assert len(found) == 1, "one slip, one problem:\n" + "\n".join(map(str, found))


SUGGESTED = re.compile(r"did you mean '([^']+)'\?$")


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.better or "did you mean" in case.mend],
    ids=lambda case: f"{case.field}={case.put.strip()[:40]!r}",
)
def test_the_mend_mends(case: Case) -> None:
    suggestion = SUGGESTED.search(problems(case.text)[0].mend)
    tco.check(tco.loads(case.mended("" if case.better or not suggestion else suggestion[1])))
