"""Turns what was measured into proposed values of a scenario's inputs, as an edit of its text that nobody has to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tco_model.engine.inputs import Leaf
from tco_model.engine.model import Model
from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.finops.books import Books
from tco_model.finops.evidence import Evidence, Measured, measured
from tco_model.finops.posterior import Posterior, from_trials, from_values
from tco_model.inputs.distributions import Distribution
from tco_model.scenario.edit import set_note, set_notes, set_value
from tco_model.units import Unit, UnitError, parse_unit

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """What holds of one input now; values in its unit."""

    field: str
    unit: Unit
    said: str
    """As the file says it."""
    proposed: str
    """As the file would say it: P5 to P95, or a beta law."""
    posterior: Posterior
    evidence: Measured

    @property
    def narrowed(self) -> float:
        """Width from P5 to P95 after over before."""
        before, after = self.posterior.before, self.posterior.after
        return (after[2] - after[0]) / (before[2] - before[0])


def propose(model: Model, evidence: Mapping[str, Evidence], books: Books | None) -> tuple[Proposal, ...]:
    """Return what measured inputs should say.

    Args:
        model: the compiled scenario.
        evidence: from `read_evidence`.
        books: the workspace; needed for ratios.

    Raises:
        ScenarioError: a field that is no uncertain input, a unit that does not lead to its own, or evidence that is not there; all at once.
    """
    found: list[Proposal] = []
    problems: list[Problem] = []
    for field, one in evidence.items():
        try:
            found.append(_proposal(model, field, one, books))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return tuple(found)


def calibrated_text(text: str, proposals: tuple[Proposal, ...], file: str) -> str:
    """Return the scenario's text with every proposal taken: value, source and date; comments and order stay.

    Raises:
        ScenarioError: an edit that the file cannot take.
    """
    for one in proposals:
        text = set_value(text, one.field, one.proposed, file=file)
        place = one.field.removesuffix(".start") if one.field.endswith(".start") else one.field
        origin = {"source": one.evidence.source, "as_of": one.evidence.as_of}
        if place == one.field:
            text = set_notes(text, place, {**origin, "url": "", "note": f"calibrated: {one.evidence.words}; before: {one.said}"}, file=file)
        else:  # of a path the source is that of all its parts
            text = set_note(
                text, place, "note", f"start calibrated: {one.evidence.words}, {one.evidence.source}; before: {one.said}", file=file
            )
    return text


def _proposal(model: Model, field: str, evidence: Evidence, books: Books | None) -> Proposal:
    leaf = _leaf(model, field)
    law = leaf.content
    if not isinstance(law, Distribution):
        mend = "write a range there first, or leave it out: a number that is certain learns nothing"
        raise ScenarioError(Problem(f"'{field}' is one number in the file", mend, f"inputs.{field}"))
    held = measured(field, evidence, books)
    if held.trials:
        posterior = from_trials(law, held.successes, held.trials)
    else:
        factor = factor_to(held.unit, leaf.unit, field)
        posterior = from_values(law, [value * factor for value in held.values])
    said = leaf.quantity.text if leaf.quantity is not None else law.text()
    return Proposal(field, leaf.unit, said, _written(posterior, leaf.unit, is_share=_is_share(law, leaf)), posterior, held)


def _leaf(model: Model, field: str) -> Leaf:
    known = [name for name, leaf in model.leaves.items() if isinstance(leaf.content, Distribution)]
    if field not in model.leaves:
        raise ScenarioError(Problem(f"the scenario draws no input '{field}'", nearest(field, known), f"inputs.{field}", field))
    return model.leaves[field]


def factor_to(said: str, wanted: Unit, field: str) -> float:
    """Return what turns values of a unit that evidence says into that of its input.

    Raises:
        ScenarioError: the one does not lead to the other.
    """
    try:
        unit = parse_unit(said or "1")
        return float(unit.factor_to(wanted))
    except UnitError as error:
        message = f"{said or 'no unit'} is not {wanted.shown}: {error}"
        raise ScenarioError(Problem(message, f"write unit: {wanted.shown}", f"inputs.{field}.unit", said)) from None


def _is_share(law: Distribution, leaf: Leaf) -> bool:
    low, high = law.support
    return leaf.unit.is_plain and low >= 0 and high <= 1


def _written(posterior: Posterior, unit: Unit, *, is_share: bool) -> str:
    """Return a law as people write it."""
    if posterior.beta is not None:
        alpha, beta = posterior.beta
        return f"beta({alpha:.6g}, {beta:.6g})"
    low, _, high = posterior.after
    if is_share:
        return f"{_number(100 * low)}% to {_number(100 * high)}%"
    return f"{_number(low)} to {_number(high)} {unit.shown if not unit.is_plain else ''}".strip()


def _number(value: float) -> str:
    return f"{value:.{DIGITS}g}" if abs(value) < 10**DIGITS else f"{value:.0f}"
