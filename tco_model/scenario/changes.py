"""Turns levers and variants, named changes that a scenario file holds, into what they put in place, scale, add and cost.

A lever is something one could do: trim prompts, cache, move calls to a batch tier or a smaller model, right-size, switch off at night,
commit, keep less. A variant is something that could be otherwise: another market, a stress case. Both change fields by their dotted
path: `set` puts a value in place, `times` multiplies, `plus` adds; what they multiply by or add may itself be a range. The field's own
range stays, drawn as before, so a difference is the change's own.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.provenance import Provenance
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.scenario.notes import Notes, as_mapping, nearest
from tco_model.scenario.overrides import overridden
from tco_model.scenario.schema import fit
from tco_model.scenario.source import BY_HAND, Path, Source, dotted
from tco_model.units import MONEY

Section = Literal["levers", "variants"]
SECTIONS: tuple[Section, ...] = ("levers", "variants")
COMMON = ("label", "set", "times", "plus", "note", "source", "url", "as_of", "owner")
KEYS: dict[Section, tuple[str, ...]] = {"levers": (*COMMON, "one_off", "effort", "risk"), "variants": (*COMMON, "stress")}
NOTED = ("note", "source", "url", "as_of", "owner")
NO_CHANGE = "set: {inputs.gpu_price: 2 USD/GPU/hour}, times: {demand.live.input_tokens: 70% to 90%} or plus: {…}"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One field that is multiplied by a quantity, or to which it is added."""

    field: str
    kind: Literal["times", "plus"]
    quantity: Quantity
    place: str
    """Where the quantity stands in the file; the name of its leaf."""


@dataclass(frozen=True, slots=True)
class Change:
    """One lever or variant."""

    name: str
    section: Section
    label: str
    put: tuple[tuple[str, Any], ...]
    """Values to put in place, by dotted path."""
    adjustments: tuple[Adjustment, ...]
    one_off: tuple[tuple[str, Any], ...]
    """What it costs once, by option, as it is written: paid in the first month."""
    effort: Quantity | None
    """Work it takes [FTE*month]."""
    risk: str
    stress: bool
    provenance: Provenance

    @property
    def title(self) -> str:
        """The label, or the name made readable."""
        return self.label or self.name.replace("_", " ")

    @property
    def path(self) -> str:
        """Where it stands in the file."""
        return f"{self.section}.{self.name}"


def read_changes(source: Source, notes: Notes) -> tuple[Change, ...]:
    """Read the levers and variants of a file; whether they fit what they change is seen when they are applied."""
    found: list[Change] = []
    for section in SECTIONS:
        raw = source.data.get(section)
        entries = {} if raw is None else notes.mapping(raw, (section,), f"write {section}: {{shorter_prompts: {{{NO_CHANGE}}}}}")
        for name, entry in entries.items():
            notes.name(name, (section, name))
            if name in {one.name for one in found}:
                notes.add((section, name), f"'{name}' is the name of a lever and of a variant", "give one of them another name", name)
            change = _read(name, section, entry, notes)
            if change is not None:
                found.append(change)
    return tuple(found)


def _read(name: str, section: Section, entry: Any, notes: Notes) -> Change | None:
    path: Path = (section, name)
    raw = notes.mapping(entry, path, f"write {NO_CHANGE} below it")
    if not raw:
        return None
    notes.known_keys(raw, KEYS[section], path)
    put = _fields(raw, "set", path, notes)
    adjustments = [
        adjusted
        for kind in ("times", "plus")
        for field, value in _fields(raw, kind, path, notes).items()
        if (adjusted := _adjustment(kind, field, value, (*path, kind, field), notes))
    ]
    if not put and not adjustments and not any(key in raw for key in ("set", "times", "plus")):
        notes.add(path, f"'{name}' changes nothing", f"write {NO_CHANGE}")
    return Change(
        name=name,
        section=section,
        label=notes.text(raw, "label", path),
        put=tuple(put.items()),
        adjustments=tuple(adjustments),
        one_off=tuple(_fields(raw, "one_off", path, notes).items()),
        effort=_effort(raw, path, notes),
        risk=notes.text(raw, "risk", path),
        stress=notes.flag(raw, "stress", path, default=False),
        provenance=_provenance(raw, path, notes),
    )


def _fields(raw: Mapping[str, Any], key: str, path: Path, notes: Notes) -> dict[str, Any]:
    """Return a mapping of dotted paths, or of options, to values."""
    if key not in raw:
        return {}
    example = "one_off: {managed: 40k USD}, by option" if key == "one_off" else f"{key}: {{inputs.gpu_price: …}}, by dotted path"
    return notes.mapping(raw[key], (*path, key), f"write {example}")


def _adjustment(kind: Any, field: str, raw: Any, path: Path, notes: Notes) -> Adjustment | None:
    try:
        quantity = read_quantity(raw)
        if isinstance(quantity.content, Formula):
            raise QuantityError("a change is a number, a range or a path, not a formula", "name the range under inputs: and change that")
        if kind == "times":
            quantity = fit(quantity, "1", 0.0, float("inf"))
    except QuantityError as error:
        notes.add((*path, *error.path), error.message, error.mend, raw if not isinstance(raw, dict) else "")
        return None
    return Adjustment(field, kind, quantity, dotted(path))


def _effort(raw: Mapping[str, Any], path: Path, notes: Notes) -> Quantity | None:
    return notes.quantity(raw, "effort", "FTE*month", path, MONEY) if "effort" in raw else None


def _provenance(raw: Mapping[str, Any], path: Path, notes: Notes) -> Provenance:
    held = {key: raw[key] for key in NOTED if key in raw}
    try:
        return read_quantity({"value": 1, **held}).provenance if held else Provenance()
    except QuantityError as error:
        notes.add((*path, *error.path), error.message, error.mend)
        return Provenance()


def with_changes(source: Source, names: Sequence[str]) -> tuple[Source, tuple[Adjustment, ...]]:
    """Return the source with what the named levers and variants put in place, and what they multiply and add.

    Raises:
        ScenarioError: no lever or variant of that name, or one that changes what is not there, each at its place in the file.
    """
    notes = Notes(source)
    known = {one.name: one for one in read_changes(source, notes)}
    unknown = [name for name in names if name not in known]
    if unknown:
        said = [(f"there is no lever or variant '{name}'", nearest(name, known, "names"), name) for name in unknown]
        raise ScenarioError(Problem(message, mend, "levers", name, source.file) for message, mend, name in said)
    adjustments: list[Adjustment] = []
    for name in dict.fromkeys(names):
        change = known[name]
        source = _applied(source, change)
        adjustments += change.adjustments
    return source, tuple(adjustments)


def _applied(source: Source, change: Change) -> Source:
    line, column = source.places.get((change.section, change.name), (1, 1))
    try:
        changed = overridden(source, dict(change.put)) if change.put else source
    except ScenarioError as error:
        raise ScenarioError(
            replace(problem, field=f"{change.path}.set.{problem.field}", file=source.file, line=line, column=column)
            for problem in error.problems
        ) from None
    if not change.one_off:
        return changed
    data = copy.deepcopy(changed.data)
    options = as_mapping(data.get("options"))
    for option, amount in change.one_off:
        held = as_mapping(options.get(option))
        if not held:
            said, mend = f"there is no option '{option}'", nearest(option, options, "options")
            raise ScenarioError(Problem(said, mend, f"{change.path}.one_off.{option}", option, source.file, line, column))
        lines = {name: one for name, one in as_mapping(held.get("migration")).items() if name != "none"}
        lines[f"lever_{change.name}"] = {"line": "one_off", "label": change.title[:200], "amount": amount}
        cast("dict[str, Any]", options[option])["migration"] = lines
    return replace(changed, data=data)


def told_at_the_change(error: ScenarioError, source: Source, names: Sequence[str]) -> ScenarioError:
    """Return an error of a changed scenario with the change named: what was set by hand was set by it."""
    said = " and ".join(names)
    section = next((one for one in SECTIONS if names and names[0] in as_mapping(source.data.get(one))), "levers")
    line, column = source.places.get((section, names[0]), (1, 1)) if names else (1, 1)
    return ScenarioError(
        replace(problem, message=f"with {said}: {problem.message}", file=source.file, line=line, column=column)
        if problem.file == BY_HAND
        else replace(problem, message=f"with {said}: {problem.message}")
        for problem in error.problems
    )
