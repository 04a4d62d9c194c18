"""Turns a result into the one report that terminal, app and papers show: every figure and sentence, computed here and nowhere else.

Money out is positive. ``npv_cost`` is the present value of all costs, ``total_cost`` their undiscounted sum, both over the
whole horizon; ``cost_per_outcome`` is total cost over outcomes, future by future.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import tco_model
from tco_model.engine.model import OptionGraph
from tco_model.engine.result import Result
from tco_model.lines.constants import HOURS_PER_MONTH as HOURS
from tco_model.lines.constants import SECONDS_PER_MONTH as SECONDS
from tco_model.lines.registry import CATEGORIES, Kind
from tco_model.report.format import month_name, percent
from tco_model.report.ground import Ground
from tco_model.report.headline import Headline, Probability, Range, Standing, figure_range, figure_unit, headline
from tco_model.report.risk import RiskReport, risk_reports
from tco_model.report.sentences import per_outcome_sentences
from tco_model.report.sources import InputRow
from tco_model.scenario.schema import Component, Option

OUTCOME_FIGURES = ("outcomes", "cost_per_outcome", "net_value")


@dataclass(frozen=True, slots=True)
class LineReport:
    """One cost line over the horizon."""

    name: str
    label: str
    line: str
    total: Range


@dataclass(frozen=True, slots=True)
class CategoryReport:
    """One category over the horizon; where nothing is spent, the reason."""

    category: str
    total: Range | None
    npv: Range | None
    lines: tuple[LineReport, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FleetReport:
    """A fleet over the months it runs, means of the futures. Its cost is that of the compute lines that name it."""

    name: str
    label: str
    peak_gpus: float
    """GPUs in its largest month, or units of provisioned throughput: see `unit`."""
    peak_replicas: float | None
    """None for provisioned throughput."""
    unit: str
    """GPU or PTU."""
    gpus: tuple[float, ...]
    """Of each month, mean of the futures, in `unit`."""
    utilisation: tuple[float | None, ...]
    """Of each month; None while it does not run."""
    mean_utilisation: float
    """Share of the paid GPU time that the load uses: a result, never an input."""
    output_rate: float
    """Output tokens a second over the months it runs [token/second]."""
    cost_per_gpu_hour: float | None
    """[USD/GPU/hour]; None where it is never used or costs nothing here."""
    cost_per_mtoken: float | None
    """Cost of a million output tokens at the load it serves [USD/Mtoken]."""
    cost_per_mtoken_full: float | None
    """The same if every paid second were used: what a price list of tokens per second would promise [USD/Mtoken]."""


@dataclass(frozen=True, slots=True)
class OptionReport:
    """One option beside the others."""

    name: str
    label: str
    summary: str
    is_baseline: bool
    figures: dict[str, Range]
    chance_best: Probability
    difference: Range | None
    """The deciding figure less the baseline's; negative is cheaper. None for the baseline itself."""
    chance_below_baseline: Probability | None
    curve: tuple[float, ...]
    """The S-curve of the deciding figure: the amounts at P1, P2, … P99."""
    risk: RiskReport
    categories: tuple[CategoryReport, ...]
    fleets: tuple[FleetReport, ...]
    success_share: Range | None
    latency_seconds: float | None
    availability: float | None
    monthly: dict[str, list[float]]
    """Cost per month: mean, p10, p50, p90."""
    memo: dict[str, float]
    """Book view, not part of any sum: mean over the horizon."""


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer."""

    title: str
    question: str
    file: str
    answer: tuple[str, ...]
    """The answer in plain sentences, the first one alone enough."""
    decide_by: str
    preferred: str
    baseline: str
    currency: str
    basis: str
    discounting: str
    start: str
    months: int
    month_labels: tuple[str, ...]
    outcome: str
    outcome_unit: str
    draws: int
    seed: int
    design: str
    version: str
    as_of: str
    options: tuple[OptionReport, ...]
    inputs: tuple[InputRow, ...]
    notes: tuple[str, ...]
    what_would_change: tuple[str, ...]
    """What moves the answer and what is worth finding out first, in short; empty where that was not asked for or nothing is uncertain."""

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data; the same scenario, seed and draws give the same data."""
        return asdict(self)


def make_report(result: Result, *, insight: bool = False, ground: Ground | None = None, found: Headline | None = None) -> Report:
    """Compute the report of a result.

    Args:
        result: a simulation of the options.
        insight: also say what would change it, which takes about as long as the simulation.
        ground: that of the result's model, where more than one report of it is made.
        found: how the options stand in this result, where that is known already.
    """
    scenario = result.model.scenario
    timeline, decision = scenario.timeline, scenario.decision
    ground = ground or Ground(result.model)
    central = ground.central(result.changes)
    risks, converged = risk_reports(result, central)
    found = found or headline(result)
    options = tuple(
        _option(result, graph, scenario.option(graph.name), standing, central, risks[graph.name])
        for graph, standing in zip(result.model.options, found.options, strict=True)
    )
    months = tuple(month_name(timeline.start + month) for month in range(timeline.months))
    rate = percent(timeline.discount_rate.central or 0.0, 2)
    discounting = f"{rate} a year, compounded monthly, money taken at the {_TIMING[timeline.discount_timing]} of each month"
    return Report(
        title=decision.title,
        question=decision.question,
        file=scenario.file,
        answer=(*found.sentences, *per_outcome_sentences(options, found.preferred, scenario)),
        decide_by=decision.decide_by,
        preferred=found.preferred,
        baseline=scenario.baseline,
        currency=timeline.currency,
        basis=timeline.basis,
        discounting=discounting,
        start=months[0],
        months=timeline.months,
        month_labels=months,
        outcome=scenario.outcome.name if scenario.outcome else "",
        outcome_unit=scenario.outcome.unit if scenario.outcome else "",
        draws=result.draws,
        seed=result.seed,
        design=result.design,
        version=tco_model.__version__,
        as_of=decision.as_of.isoformat() if decision.as_of else "",
        options=options,
        inputs=ground.inputs,
        notes=(*ground.notes, converged),
        what_would_change=_insight(result) if insight else (),
    )


_TIMING = {"start": "start", "mid": "middle", "end": "end"}


def _insight(result: Result) -> tuple[str, ...]:
    """Import what is needed for it only here: a report without it must not wait for that."""
    from tco_model.report.insight import what_would_change

    return what_would_change(result)


def _option(
    result: Result, graph: OptionGraph, option: Option, standing: Standing, central: dict[str, Any], risk: RiskReport
) -> OptionReport:
    name = graph.name
    figures = {
        figure: figure_range(result, name, figure, figure_unit(result, figure), central)
        for figure in ("npv_cost", "total_cost", *OUTCOME_FIGURES)
        if result.has(name, figure)
    }
    quantiles = result.monthly_quantiles(name)
    monthly = {"mean": result.monthly_mean(name)} | {f"p{level}": quantiles[row] for row, level in enumerate((10, 50, 90))}
    return OptionReport(
        name=name,
        label=graph.label,
        summary=option.summary,
        is_baseline=standing.is_baseline,
        figures=figures,
        chance_best=standing.chance_best,
        difference=standing.difference,
        chance_below_baseline=standing.chance_below_baseline,
        curve=standing.curve,
        risk=risk,
        categories=tuple(_category(result, graph, option, category, central) for category in CATEGORIES),
        fleets=tuple(_fleet(result, graph, option, fleet) for fleet in option.fleets),
        success_share=figure_range(result, name, "success_share", "share", central) if result.has(name, "success_share") else None,
        latency_seconds=None if option.promises.latency is None else option.promises.latency.central,
        availability=_availability(central, name),
        monthly={key: [float(value) for value in values] for key, values in monthly.items()},
        memo={memo: result.memo_mean(name, memo) for memo in graph.memo},
    )


def _category(result: Result, graph: OptionGraph, option: Option, category: Any, central: dict[str, Any]) -> CategoryReport:
    if category not in graph.categories:
        return CategoryReport(category, None, None, (), dict(option.empty).get(category, ""))
    currency = result.model.scenario.timeline.currency
    components = {component.path.removeprefix(f"options.{graph.name}."): component for _, lines in option.lines for component in lines}

    def line(name: str) -> LineReport:
        kind = components[name].kind
        found = figure_range(result, graph.name, f"line/{name}", currency, central)
        return LineReport(name, components[name].title, kind.name if kind else "formula", found)

    lines = tuple(line(name) for name in graph.categories[category])
    both = [figure_range(result, graph.name, f"{kind}/{category}", currency, central) for kind in ("total", "npv")]
    return CategoryReport(category, both[0], both[1], lines)


def _fleet(result: Result, graph: OptionGraph, option: Option, fleet: Component) -> FleetReport:
    def driver(name: str) -> Any:
        return result.driver_mean(graph.name, f"fleets.{fleet.name}.{name}")

    assert isinstance(fleet.kind, Kind)
    on_gpus = "gpus" in fleet.kind.driver_names
    gpus, rate = driver("gpus" if on_gpus else "units_held"), driver("mean_output_rate")
    held, written = float(gpus.sum()), float(rate.sum())
    shares = driver("utilisation")
    used = float((shares * gpus).sum()) / held if held else 0.0
    paid = dict(option.lines).get("compute" if on_gpus else "token", ())
    members = [component.path.removeprefix(f"options.{graph.name}.") for component in paid if component.fleet == fleet.name]
    cost = sum(result.summary(graph.name, f"line/{name}").mean for name in members if name in graph.lines)
    per_mtoken = cost / (written * SECONDS / 1e6) if written and cost else None
    return FleetReport(
        name=fleet.name,
        label=fleet.title,
        peak_gpus=float(gpus.max()),
        peak_replicas=float(driver("replicas").max()) if on_gpus else None,
        unit="GPU" if on_gpus else "PTU",
        gpus=tuple(float(count) for count in gpus),
        utilisation=tuple(float(share) if count > 0.0 else None for count, share in zip(gpus, shares, strict=True)),
        mean_utilisation=used,
        output_rate=float(rate[gpus > 0].mean()) if held else 0.0,
        cost_per_gpu_hour=cost / (held * HOURS) if held and cost else None,
        cost_per_mtoken=per_mtoken,
        cost_per_mtoken_full=None if per_mtoken is None else per_mtoken * used,
    )


def _availability(central: dict[str, Any], option: str) -> float | None:
    found = central.get(f"options.{option}.availability")
    return None if found is None else float(found[0, 0])
