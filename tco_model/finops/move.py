"""Turns a workload's months of actuals into the break-even of moving it to another option of its scenario, month by month.

In every month the scenario is held at what was measured in it (volume, tokens a request, cached share, prices paid) for the rest of its
horizon; all else stays as uncertain as the file says. What is spent is spent: of the option that runs, the months after the measured one
count; the other option begins with the first of them. The break-even is the volume at which both come to the same present value on average,
everything else as measured. A bill that ends before the scenario begins is held against its whole horizon.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tco_model.actuals.periods import months_between
from tco_model.analysis.breakeven import breakeven_volumes
from tco_model.analysis.compare import Chance, chance
from tco_model.analysis.input_range import find_option
from tco_model.analysis.switching import Crossing
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.engine.model import Model
from tco_model.errors import Problem, ScenarioError
from tco_model.finops.allocate import ZERO
from tco_model.finops.books import Books
from tco_model.finops.calibrate import factor_to
from tco_model.finops.charge_rules import currency_of, in_one_currency
from tco_model.finops.evidence import Evidence, EvidenceFile, Workload, by_month, charged_by_month
from tco_model.finops.series import covered_until, whole_months
from tco_model.scenario.delay import delayed, to_come
from tco_model.scenario.load import load
from tco_model.scenario.schema import Scenario

FIGURE = "npv_cost"
REACH = 10_000.0
"""The break-even is looked for from a ten-thousandth to ten thousand times the volume of the month."""
POINTS = 12
LAST, DRAWS = 6, 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How moving stands by the actuals of a month; money out is positive, in the currency of the scenario."""

    month: str
    actual: Decimal
    """The bill of the workload [currency/month]."""
    modelled: float
    """What the model says of the same categories of the option it runs on, at the measured demand [currency/month]."""
    rest: int
    """Months of the horizon after it."""
    stays: float
    """Mean cost of a month of the rest where it stays: all categories, not discounted [currency/month]."""
    moves: float
    """Likewise where it moves, the work of moving included."""
    saving: float
    """Present value that moving saves over the rest, on average; negative costs more [currency]."""
    pays: Chance
    """How often moving saves anything."""
    volume: float
    breakeven: Crossing | None
    """The nearest volume at which both come to the same; None where one is better at every volume that was looked at."""
    better: str
    """The option that is better on average at the volume of the month."""

    @property
    def distance(self) -> float | None:
        """The volume over its break-even."""
        return None if self.breakeven is None else self.volume / self.breakeven.value


@dataclass(frozen=True, slots=True)
class Move:
    """What moving a workload comes to, by month."""

    workload: str
    scenario: str
    source: str
    """The option that it runs on."""
    target: str
    labels: Mapping[str, str]
    currency: str
    volume: str
    """The field that is its volume."""
    unit: str
    covers: tuple[str, ...]
    held: tuple[str, ...]
    """Fields that are held at what was measured."""
    draws: int
    months: tuple[Standing, ...]
    """The oldest first."""
    left_out: tuple[tuple[str, str], ...]
    """Months that could not be looked at, and why."""

    @property
    def growth(self) -> float | None:
        """Mean growth of the volume [1/month]; None of fewer than three months."""
        if len(self.months) < 3 or not self.months[0].volume:
            return None
        count = len(months_between(self.months[0].month, self.months[-1].month)) - 1
        return (self.months[-1].volume / self.months[0].volume) ** (1 / count) - 1

    @property
    def reached(self) -> float | None:
        """Months from the last one until its volume is at its break-even at that growth; None where it does not go there."""
        last, growth = self.months[-1].distance, self.growth
        if last is None or growth is None or not growth:
            return None
        months = -math.log(last) / math.log1p(growth)
        return months if months > 0 else None


def move(
    books: Books,
    evidence: EvidenceFile,
    file: Path,
    *,
    overrides: Mapping[str, Any] | None = None,
    source: str = "",
    target: str = "",
    month: str = "",
    last: int = LAST,
    draws: int = DRAWS,
    seed: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Move:
    """Return how moving a workload stands, month by month.

    Args:
        books: the workspace and its rules.
        evidence: from `read_evidence_file`; its workload and what is measured of it and of the inputs.
        file: the scenario.
        overrides: values in place of the file's and of what was measured, by field.
        source, target: options in place of those of the workload.
        month: the last month that is looked at; the last whole one of the bill where left out.
        last: how many months.
        draws: futures of each month.
        seed: of the futures.
        progress: called with months done and months in all.

    Raises:
        ScenarioError: no workload, nothing measured in any month, a field or option that the scenario does not have.
    """
    if evidence.workload is None:
        mend = "add workload: with from, to, bill, volume and measured; tco calibrate --starter shows one"
        raise ScenarioError(Problem("the evidence names no workload in production", mend, "workload"))
    workload, by_hand = evidence.workload, dict(overrides or {})
    values = _values(evidence.inputs | workload.measured, books, by_hand)
    months, left_out = _months(values, books, month, last)
    said = {field: f"{found[months[-1]]!r} {unit}".strip() for field, (found, unit) in values.items()}
    scenario = load(file, said | workload.set_ | by_hand)
    _same_currency(scenario, books, file)
    held = _Held(scenario, source or workload.from_, target or workload.to, workload, values, draws, seed)
    billed = charged_by_month(workload.bill, books)
    standings: list[Standing] = []
    for done, one in enumerate(months, start=1):
        try:
            standings.append(held.standing(one, billed.get(one, ZERO)))
        except ScenarioError as error:
            left_out.append((one, error.problems[0].message))
        if progress is not None:
            progress(done, len(months))
    if not standings:
        raise ScenarioError(Problem(f"moving can be looked at in no month: {left_out[-1][1]}", "see timeline and phases", "workload"))
    return Move(
        workload=workload.name, scenario=scenario.decision.title, source=held.source, target=held.target,
        labels={graph.name: graph.label for graph in held.model.options}, currency=scenario.timeline.currency, volume=workload.volume,
        unit=held.model.leaves[held.volume].unit.shown, covers=workload.covers, held=tuple(held.factors), draws=draws,
        months=tuple(standings), left_out=tuple(sorted(left_out)),
    )  # fmt: skip


def _same_currency(scenario: Scenario, books: Books, file: Path) -> None:
    """Refuse a scenario in another currency than the bill: neither its model nor what moving saves could be held against it."""
    billed = currency_of(in_one_currency(books.charges, books.rules), books.rules)
    counted = scenario.timeline.currency
    if billed and billed != counted:
        mend = f"tell the bill in {counted}, with currency: in the allocation file or rates into it, or set timeline.currency to {billed}"
        raise ScenarioError(Problem(f"the scenario counts in {counted}, the bill in {billed}", mend, "timeline.currency", file=str(file)))


_Values = Mapping[str, tuple[Mapping[str, float], str]]


def _values(measured: Mapping[str, Evidence], books: Books, by_hand: Mapping[str, Any]) -> _Values:
    """Return what was measured of each field by month, and its unit; what is counted in trials has no months and stays uncertain."""
    found: dict[str, tuple[Mapping[str, float], str]] = {}
    problems: list[Problem] = []
    for field, one in measured.items():
        if one.trials or field in by_hand:
            continue
        try:
            found[field] = (by_month(field, one, books), one.unit)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return found


def _months(values: _Values, books: Books, until: str, last: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the months to look at, and those that something was not measured in."""
    whole: Sequence[str] = whole_months(books.found.months, covered_until(books.charges))
    wanted = [one for one in whole if not until or one <= until][-last:]
    missing = {one: next((field for field, (found, _) in values.items() if not found.get(one)), "") for one in wanted}
    months = [one for one in wanted if not missing[one]]
    if not months:
        mend = "measure it, or give it by hand: --set FIELD=VALUE"
        said = f"'{missing[wanted[-1]]}' was measured in no month" if wanted else "the bill has no whole month"
        raise ScenarioError(Problem(said, mend, "workload.measured"))
    return months, [(one, f"{field} was not measured") for one, field in missing.items() if field]


class _Held:
    """A scenario whose measured fields are numbers, compiled once for all months that lie before it and once for each within."""

    def __init__(
        self, scenario: Scenario, source: str, target: str, workload: Workload, values: _Values, draws: int, seed: int | None
    ) -> None:  # fmt: skip
        self.scenario, self.source, self.target, self.workload, self.values = scenario, source, target, workload, values
        self.draws, self.seed = draws, seed
        self.model = compile_scenario(scenario)
        for name in (source, target):
            find_option(self.model, name)
        self.whole = Futures(self.model, draws=draws, seed=seed)
        self.factors = dict(_factors(self.model, values))
        if workload.volume not in self.factors:
            said = f"no cost hangs on '{workload.volume}'"
            raise ScenarioError(Problem(said, "name a volume that the options are computed from", "workload.volume", workload.volume))
        self.volume = workload.volume

    def standing(self, month: str, actual: Decimal) -> Standing:
        """Return how moving stands by the actuals of a month.

        Raises:
            ScenarioError: the horizon is over, or the other option has no room left in it.
        """
        place = int(month[:4]) * 12 + int(month[5:7]) - 1 - self.scenario.timeline.start
        gone = max(place + 1, 0)
        changes = {field: self.values[field][0][month] * factor for field, factor in self.factors.items()}
        futures = self._from(gone)
        changes |= futures.rederived(changes)
        rows = [find_option(futures.model, name) for name in (self.source, self.target)]
        value, total = (futures.samples(figure, changes)[rows] for figure in (FIGURE, "total_cost"))
        rest = self.scenario.timeline.months - gone
        volume = float(self.values[self.volume][0][month] * self.factors[self.volume])
        saving = value[0] - value[1]
        return Standing(
            month, actual, self._billed(changes, max(place, 0)), rest, float(total[0].mean()) / rest, float(total[1].mean()) / rest,
            float(saving.mean()), chance(saving > 0), volume, self._breakeven(futures, changes, volume),
            self.target if saving.mean() > 0 else self.source,
        )  # fmt: skip

    def _from(self, gone: int) -> Futures:
        """Return the futures of the months after `gone`."""
        if not gone:
            return self.whole
        rest = delayed(to_come(self.scenario, self.source, gone), self.target, gone)
        return Futures(compile_scenario(rest), draws=self.draws, seed=self.seed)

    def _billed(self, changes: Mapping[str, Any], place: int) -> float:
        """Return what the model says of the categories that the bill covers, in a month of the horizon."""
        result = self.whole.at(dict(changes))
        graph = next(one for one in self.model.options if one.name == self.source)
        return sum(
            float(result.monthly_mean(self.source, category)[place])
            for category in graph.categories
            if category in self.workload.covers and graph.categories[category]
        )

    def _breakeven(self, futures: Futures, changes: Mapping[str, Any], volume: float) -> Crossing | None:
        found = breakeven_volumes(
            futures,
            self.volume,
            self.source,
            self.target,
            figure=FIGURE,
            low=volume / REACH,
            high=volume * REACH,
            points=POINTS,
            held=changes,
        )
        return min(found.crossings, key=lambda one: abs(math.log(one.value / volume)), default=None)


def _factors(model: Model, values: _Values) -> Iterator[tuple[str, float]]:
    """Yield the measured fields that some figure is computed from, and what turns their values into the units of the model."""
    for field, (_, unit) in values.items():
        if field in model.leaves:
            yield field, factor_to(unit, model.leaves[field].unit, field)
