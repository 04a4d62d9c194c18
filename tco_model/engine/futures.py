"""Turns a model into a fixed set of futures: inputs drawn once, figures computed again only where they depend on what is changed."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tco_model.engine.change import Change, expected, linked, sorted_by_kind
from tco_model.engine.derived import rederived
from tco_model.engine.held import Depends, HeldDraws
from tco_model.engine.job import (
    BLOCK,
    SCALARS,
    Job,
    Pause,
    Planned,
    fixed_leaves,
    label_result,
    make_job,
    plan_job,
    reduce_whole,
    run_whole,
)
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.engine.recent import Recent
from tco_model.engine.reduce import Partial, sorted_quantiles
from tco_model.engine.result import Result
from tco_model.engine.run import check_simulation, sampler_of
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.expr.evaluate import BlockEvaluator, evaluate, evaluate_fixed, make_plan, specialised
from tco_model.expr.term import DRAWN_PATH, Term, leaf, walk
from tco_model.units import PLAIN

Array = NDArray[np.float64]
MOST_DRAWS = 131_072
"""Futures that are held at once; more are a matter of `run`, which holds none."""
MOST_HELD = 100_000_000
"""Bytes of monthly draws that are held; where they need more they are drawn again for each change."""
MOST_MONTHLY = 200_000_000
"""Bytes of monthly costs that the last change left as they were, held for the next change of the same inputs."""
MOST_PLANS = 32
"""Sets of changed inputs whose plan is held for the next change of the same."""
KNOWN = "known/"


class Futures:
    """A fixed set of futures: the figures of a model for its drawn inputs, and for any of them changed.

    Every change is seen against the same futures (common random numbers), so a difference is the change's own. Money out is
    positive; arrays are ``(draws,)`` unless said otherwise. What reading the file derives from its central case, the tier of a list
    price and the utilisation a waiting promise allows, stays as it was read unless `rederived` is changed along.

    Attributes:
        model: the compiled scenario.
        draws, seed, design: how the futures were drawn.
        inputs: draws of every uncertain input, by the name of its leaf, ``(draws,)`` each.
        base: nothing changed, what `run` returns for the same draws, seed and design, to the byte.
    """

    def __init__(self, model: Model, *, draws: int | None = None, seed: int | None = None, design: str | None = None) -> None:
        """Draw the futures and compute every figure once.

        Args:
            model: the compiled scenario.
            draws: number of futures; the scenario's own where None, likewise `seed` and `design`.
            seed: seed of every stream.
            design: ``random``, ``latin_hypercube`` or ``sobol``.

        Raises:
            ScenarioError: as in `run`, or more futures than are held at once.
        """
        simulation = model.scenario.simulation
        self.model = model
        self.draws = simulation.draws if draws is None else draws
        self.seed = simulation.seed if seed is None else seed
        self.design = design or simulation.design
        check_simulation(self.draws, self.seed, self.design)
        if self.draws > MOST_DRAWS:
            raise ScenarioError(
                Problem(f"{self.draws:,} futures are too many to hold", f"take at most {MOST_DRAWS:,}", "simulation.draws", str(self.draws))
            )
        self._outputs = all_outputs(model)
        self._sampler = sampler_of(model, self.draws, self.seed, self.design)
        self._depends = Depends(model, self._outputs.values())
        self._known: dict[int, str] = {}
        """Names of figures with one value a future that are kept, by the identity of their term."""
        self._monthly: dict[str, Array] = {}
        """Monthly costs of categories, ``(draws, months)`` each, for as long as they serve the inputs that are being changed."""
        self._most_monthly = MOST_MONTHLY
        self._plans: Recent[tuple[frozenset[str], str], _Ready] = Recent(MOST_PLANS)
        with np.errstate(all="ignore"):
            self._values = self._sampler.inputs(0, self.draws)
            self.inputs: dict[str, Array] = {name: values[:, 0] for name, values in self._values.items()}
            self.base: Result = self._first()
            needed = (2 * len(self._sampler.incidents) + len(self._sampler.shocks)) * self.draws * model.months * 8
            self._paths: dict[str, Array] = {}
            if needed <= MOST_HELD:
                self._paths = self._processes(0, self.draws, model.leaves.keys())

    def _first(self) -> Result:
        """Compute everything, and keep what later changes can build on."""
        held = HeldDraws(self._sampler, dict(self._values), {}, self._sampler.incidents, self._sampler.shocks, self.draws)
        job, fixed = self._whole = make_job(plan_job(self.model, self._outputs, held), held, fixed_leaves(self.model))
        part = run_whole(job)
        for name, column in job.scalars.items():
            self._remember(name, part.series[SCALARS][:, column])
        for name in (name for name in part.kept if name.endswith("/outcomes")):
            self._remember(name, part.kept[name])
        return label_result(self.model, job, fixed, reduce_whole(job, part))

    def another(self) -> Futures:
        """Return the same futures for another reader, who may change inputs at the same time.

        What was drawn and how changes are planned is shared; what a change comes to is held by neither.
        """
        found = copy.copy(self)
        found._most_monthly, found._monthly = 0, {}
        return found

    def first(self, draws: int) -> Futures:
        """Return the first of these futures, as a view: draw i is the same future in both, whatever the design."""
        found = self.another()
        found._plans = Recent(MOST_PLANS)
        found.__dict__.pop("events", None)
        found.draws = min(draws, self.draws)
        found._values = {name: values[: found.draws] for name, values in self._values.items()}
        found._paths = {name: values[: found.draws] for name, values in self._paths.items()}
        found.inputs = {name: values[: found.draws] for name, values in self.inputs.items()}
        job, fixed = self._whole
        held = HeldDraws(self._sampler, found._values, {}, self._sampler.incidents, self._sampler.shocks, found.draws)
        job = replace(job, sampler=held)
        found._whole = job, fixed
        with np.errstate(all="ignore"):
            found.base = label_result(self.model, job, fixed, reduce_whole(job, run_whole(job)))
        return found

    def _remember(self, name: str, values: Array) -> None:
        self._known[id(self._outputs[name])] = name
        self._values[KNOWN + name] = np.ascontiguousarray(values).reshape(-1, 1)

    def _processes(self, start: int, count: int, names: Container[str]) -> dict[str, Array]:
        """Return what varies by month and is asked for by name, ``(count, months)`` each."""
        if self._paths:
            return {name: values[start : start + count] for name, values in self._paths.items() if name in names}
        incidents = {name: entry for name, entry in self._sampler.incidents.items() if name in names or entry[1] in names}
        wanted = {name: self.model.figures[name] for name, _, _ in incidents.values()}
        leaves = {name: values[start : start + count] for name, values in self._values.items()}
        frequencies = evaluate(wanted, fixed_leaves(self.model) | leaves, self.model.months) if wanted else {}
        shocks = tuple(name for name in self._sampler.shocks if name in names)
        return replace(self._sampler, incidents=incidents, shocks=shocks).processes(start, count, frequencies)

    @cached_property
    def events(self) -> dict[str, Array]:
        """Cost of each risk event summed over all months, by the name of the leaf that counts it, ``(draws,)`` [USD]."""
        paths = self._processes(0, self.draws, self.model.leaves.keys())
        return {name: (paths[name] * paths[cost]).sum(axis=1) for name, (_, cost, _) in self._sampler.incidents.items()}

    def at(self, changes: Mapping[str, Change], pause: Pause | None = None) -> Result:
        """Return all figures with some inputs changed.

        Args:
            changes: by the name of the leaf. A number or a path replaces a fixed input; a number, ``(draws,)`` values or a law
                replaces an uncertain one, a law at the quantiles drawn before; a number or a law replaces a cost per event.
            pause: called now and then, to wait or to give the work up.

        Raises:
            ScenarioError: an unknown input, a change that does not fit it, or a figure that is then no finite number.
        """
        if not changes:
            return self.base
        job, fixed, part = self._computed(changes, "", pause)
        found, base = label_result(self.model, job, fixed, reduce_whole(job, part)), self.base
        return replace(
            base,
            kept=base.kept | found.kept,
            means=base.means | found.means,
            quantiles=base.quantiles | found.quantiles,
            changes=expected(self.model, changes),
        )

    def rederived(self, changes: Mapping[str, Change]) -> dict[str, Change]:
        """Return what reading the file derived from its central case, where the changes make it differ: `changes` to go with them.

        Raises:
            CapacityError, PriceError: nothing fits the changed case.
        """
        timeline = self.model.scenario.timeline
        return dict(rederived(self.model.derived, self.model.leaves, expected(self.model, changes), timeline.start, timeline.months))

    def at_figure(self, figure: str, changes: Mapping[str, Change]) -> Result:
        """Return a result of one figure of each option and nothing else; arguments and errors as in `samples`."""
        rows = self.samples(figure, changes)
        names = [f"draw/{option}/{figure}" for option in self.base.options]
        return replace(
            self.base,
            kept=dict(zip(names, rows, strict=True)),
            means={name: np.array([row.mean()]) for name, row in zip(names, rows, strict=True)},
            quantiles={name: sorted_quantiles(np.sort(row))[:, None] for name, row in zip(names, rows, strict=True)},
            changes=expected(self.model, changes),
        )

    def samples(self, figure: str, changes: Mapping[str, Change] | None = None) -> Array:
        """Return the draws of one figure, ``(options, draws)`` in the order of the options; changes and errors as in `at`.

        The quick way: nothing but the figure is computed, and of it only what depends on the changes.
        """
        names = [f"draw/{option}/{figure}" for option in self.base.options]
        if any(name not in self.base.kept for name in names):
            known = {name.rpartition("/")[2] for name in self.base.kept}
            raise ScenarioError(Problem(f"not every option has the figure '{figure}'", nearest(figure, known), "figure", figure))
        found = dict[str, Array]()
        if changes:
            _, fixed, part = self._computed(changes, figure)
            found = {name: np.full(self.draws, values[0, 0]) for name, values in fixed.items()} | part.kept
        values = np.array([found.get(name, self.base.kept[name]) for name in names])
        if not np.isfinite(values).all():
            said = f"{figure} is no finite number in every future"
            raise ScenarioError(Problem(said, "move the input less far", ", ".join(changes or ()), figure))
        return values

    def moves(self, name: str, figure: str) -> tuple[bool, ...]:
        """Say of each option whether its figure depends on an input, or on one that is correlated with it."""
        touched = self._depends.mask(self.linked(name))
        return tuple(self._depends.on(self._outputs[f"draw/{option}/{figure}"], touched) for option in self.base.options)

    def enters(self, name: str, figure: str) -> bool:
        """Say whether an input enters a figure: one of `Model.figures`, or a category of any option."""
        terms = [
            self.model.figures[key]
            for key in (figure, *(f"options.{option}.{figure}.total" for option in self.base.options))
            if key in self.model.figures
        ]
        return any(self._depends.on(term, self._depends.mask([name])) for term in terms)

    def monthly(self, option: str, categories: Sequence[str] = ("",)) -> Array:
        """Return the cost of each month of an option, ``(draws, months)`` [USD/month]; large, so take what is needed and let go.

        Args:
            option: its name.
            categories: those to add up; everything where left out.
        """
        found = np.empty((self.draws, self.model.months))
        terms = [
            self.model.figures[f"options.{option}.{category}.total" if category else f"options.{option}.total"] for category in categories
        ]
        term = terms[0]
        for other in terms[1:]:
            term = term + other
        names = _leaves_below([term])
        fixed = fixed_leaves(self.model)
        for start in range(0, self.draws, BLOCK):
            rows = slice(start, min(start + BLOCK, self.draws))
            leaves = fixed | {name: values[rows] for name, values in self._values.items()}
            leaves |= self._processes(start, rows.stop - start, names)
            found[rows] = evaluate({"": term}, leaves, self.model.months)[""]
        return found

    def discount(self) -> Array:
        """Return the factors that turn money of a month into present value, ``(draws, months)``."""
        found = evaluate({"": self.model.discount}, fixed_leaves(self.model) | self._values, self.model.months)[""]
        return np.broadcast_to(found, (self.draws, self.model.months))

    def linked(self, name: str) -> tuple[str, ...]:
        """Return the inputs that an input is correlated with, itself among them."""
        return linked(self._sampler, name)

    def _computed(self, changes: Mapping[str, Change], figure: str, pause: Pause | None = None) -> tuple[Job, dict[str, Array], Partial]:
        """Run what depends on the changes; the plan is kept for the next change of the same inputs."""
        change, changed = sorted_by_kind(self.model, self._sampler, self.draws, changes), frozenset(changes)
        with np.errstate(all="ignore"):
            ready = self._plans.get((changed, figure), lambda: self._ready(changed, figure, bool(change.fixed)))
            leaves = fixed_leaves(self.model) | change.fixed
            job, fixed = ready.job or make_job(ready.planned, ready.held, leaves, shorten=False)
            assert isinstance(job.sampler, HeldDraws)
            incidents = {name: (*entry[:2], change.severities.get(entry[1], entry[2])) for name, entry in job.sampler.incidents.items()}
            changed_draws = replace(job.sampler, values={**job.sampler.values, **change.drawn}, incidents=incidents)
            job = replace(job, sampler=changed_draws)
            return job, fixed, run_whole(job, pause)

    def _ready(self, changed: frozenset[str], figure: str, fixed: bool) -> _Ready:
        """Plan a change of some inputs; where none of them is fixed, its work differs by what is drawn alone."""
        if not figure and self._most_monthly:
            self._hold_monthly(changed)
        planned, held = self._plan(changed, figure)
        return _Ready(planned, held, None if fixed else make_job(planned, held, fixed_leaves(self.model)))

    def _plan(self, changed: frozenset[str], figure: str) -> tuple[Planned, HeldDraws]:
        """Plan what depends on the changed inputs; what does not is taken as it was."""
        touched = self._depends.mask(changed)
        wanted = self._cut(
            {name: term for name, term in self._outputs.items() if _asked(name, figure) and self._depends.on(term, touched)}, touched
        )
        needed = _leaves_below(wanted.values())
        again = {
            name: entry
            for name, entry in self._sampler.incidents.items()
            if {name, entry[1]} & needed and self._anew(name, entry[1], touched)
        }
        for frequency, _, _ in again.values():
            needed |= _leaves_below([self.model.figures[frequency]])
        held = HeldDraws(
            self._sampler,
            {name: values for name, values in self._values.items() if name in needed},
            {name: values for name, values in (self._paths | self._monthly).items() if name in needed},
            again,
            () if self._paths else tuple(name for name in self._sampler.shocks if name in needed),
            self.draws,
        )
        return plan_job(self.model, wanted, held, fans=not figure), held

    def _hold_monthly(self, changed: frozenset[str]) -> None:
        """Compute the monthly costs of the categories that stay as they were beside ones that change, as many as may be held.

        A slider is moved again and again: its second move then leaves out all that the first has shown to stay.
        """
        touched, months = self._depends.mask(changed), self.model.months
        self._plans.keep(lambda key: bool(key[1]))
        self._monthly = {}
        names = [
            f"month/{graph.name}/{category}"
            for graph in self.model.options
            if self._depends.on(self._outputs[f"month/{graph.name}/total"], touched)
            for category in ("risk", *(one for one in graph.categories if one != "risk"))
            if category in graph.categories
        ]
        terms = {name: self._outputs[name] for name in names}
        kept = [name for name, term in terms.items() if term.shape == DRAWN_PATH and not self._depends.on(term, touched)]
        kept = kept[: self._most_monthly // (8 * self.draws * months)]
        plan = make_plan({name: terms[name] for name in kept}, months)
        fixed = evaluate_fixed(plan, fixed_leaves(self.model))
        for start in range(0, self.draws if kept else 0, BLOCK):
            count = min(BLOCK, self.draws - start)
            leaves = {name: values[start : start + count] for name, values in self._values.items() if name in plan.leaves}
            leaves |= self._processes(start, count, plan.leaves.keys())
            for name in kept:
                self._monthly.setdefault(KNOWN + name, np.empty((self.draws, months), order="F"))

            def keep(name: str, values: Array, rows: slice = slice(start, start + count)) -> None:
                self._monthly[KNOWN + name][rows] = values

            BlockEvaluator(specialised(plan, fixed), fixed).run(leaves, count, keep)

    def _anew(self, counts: str, cost: str, touched: int) -> bool:
        """Say whether events must be drawn again: their frequency or cost has changed, or their draws are not held."""
        return not self._paths or bool((self._depends.leaf(counts) | self._depends.leaf(cost)) & touched)

    def _cut(self, wanted: Mapping[str, Term], touched: int) -> dict[str, Term]:
        """Put what is known from before in place of the terms that do not depend on what is touched."""
        known = {key: KNOWN + name for key, name in self._known.items()}
        known |= {id(self._outputs[name.removeprefix(KNOWN)]): name for name in self._monthly}
        instead: dict[int, Term] = {}
        for node in walk(*wanted.values()):
            name = known.get(id(node))
            if name is not None and not self._depends.on(node, touched):
                instead[id(node)] = leaf(name, node.unit or PLAIN, node.shape)
            elif any(id(arg) in instead for arg in node.args):
                args = tuple(instead.get(id(arg), arg) for arg in node.args)
                instead[id(node)] = Term(node.op, args, unit=node.unit, shape=node.shape, name=node.name, setting=node.setting)
        return {name: instead.get(id(term), term) for name, term in wanted.items()}


@dataclass(frozen=True, slots=True)
class _Ready:
    """The plan of a change, and its work where that is the same whatever the inputs are changed to."""

    planned: Planned
    held: HeldDraws
    job: tuple[Job, dict[str, Array]] | None


def _asked(name: str, figure: str) -> bool:
    return not figure or (name.startswith("draw/") and name.endswith(f"/{figure}"))


def _leaves_below(terms: Iterable[Term]) -> set[str]:
    return {node.name for node in walk(*terms) if node.op == "leaf"}
