"""Turns what is wrong with an entry into a problem at its place: the questions that every section reader asks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tco_model.errors import Problem
from tco_model.expr.ops import FUNCTIONS
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.schema import fit
from tco_model.scenario.source import Path, Source, dotted
from tco_model.units import parse_unit

M = TypeVar("M", bound=BaseModel)
Raw = Mapping[str, Any]
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}$")
RESERVED = ("quantity", "inputs", "demand", "options", "fleets", "total", "success_share", "availability", "latency", *CATEGORIES)


class Notes:
    """The source and every problem found in it so far; a question notes what is wrong and reading goes on."""

    def __init__(self, source: Source) -> None:
        """Start with no problem."""
        self.source = source
        self.problems: list[Problem] = []

    def add(self, path: Path, message: str, mend: str, value: Any = "") -> None:
        """Note a problem and go on."""
        self.problems.append(self.source.problem(path, message, mend, value))

    def known_keys(self, raw: Raw, known: Iterable[str], path: Path) -> None:
        """Note every key that is not known, with the nearest one that is."""
        known = tuple(dict.fromkeys(known))
        for key in raw:
            if key in known:
                continue
            mend = nearest(key, known, "keys")
            if not key[:1].isalnum():
                mend = 'inside { } quote a value that holds commas: {line: incident_loss, frequency: "pert(1, 3, 8) event/year"}'
            self.add((*path, key), f"unknown key '{shown(key)}'", mend, key)

    def mapping(self, raw: Any, path: Path, mend: str) -> dict[str, Any]:
        """Return a mapping that must hold something; empty, with a problem noted, where it is none."""
        found = as_mapping(raw)
        if not found:
            said = "is missing" if raw is None else "is empty" if raw in ({}, [], "") else f"is '{shown(raw)}', not a mapping of keys"
            self.add(path, f"'{path[-1]}' {said}", mend, "" if raw is None else raw)
        return found

    def text(self, raw: Raw, key: str, path: Path, default: str = "") -> str:
        """Return a text of at most 200 characters."""
        value = raw.get(key, default)
        if isinstance(value, str) and len(value) <= 200:
            return value.strip()
        said = f"'{shown(value)}' is not a text" if not isinstance(value, str) else f"{key} has {len(value):,} characters"
        mend = f'put it in quotes: {key}: "{shown(value)}"' if not isinstance(value, (str, dict, list)) else "write a few words"
        self.add((*path, key), said, mend, value)
        return default

    def flag(self, raw: Raw, key: str, path: Path, default: bool) -> bool:
        """Return true or false."""
        value = raw.get(key, default)
        if isinstance(value, bool):
            return value
        self.add((*path, key), f"{key} is true or false, not '{shown(value)}'", f"write {key}: true", value)
        return default

    def names(self, raw: Any, path: Path) -> tuple[str, ...]:
        """Return a name, or a list of names, each once."""
        if raw is None:
            return ()
        found = as_list(raw) if isinstance(raw, list) else [raw]
        if found and all(isinstance(name, str) for name in found) and len(set(found)) == len(found):
            return tuple(found)
        self.add(path, f"'{shown(raw)}' is not a name or a list of names, each once", f"write {path[-1]}: [one, two]", raw)
        return ()

    def name(self, name: str, path: Path) -> None:
        """Check a name that formulas may use."""
        if not NAME.match(name):
            mend = f"write {_as_name(name)}: small letters, digits and _, a letter first"
            self.add(path, f"'{shown(name)}' cannot be a name", mend, name)
        elif name == "total" or (path[0] == "inputs" and (name in FUNCTIONS or name in RESERVED)):
            self.add(path, f"'{name}' has a meaning of its own in formulas", f"choose another name, such as {name}_1", name)

    def quantity(self, raw: Raw, key: str, unit: str, path: Path, currency: str, high: float = float("inf")) -> Quantity | None:
        """Return a quantity of at least zero in `unit`; None, with a problem noted, where it cannot be read."""
        try:
            quantity = read_quantity(raw[key], bounds=(0.0, high), unit=parse_unit(unit).in_currency(currency))
            return quantity if isinstance(quantity.content, Formula) else fit(quantity, unit, 0.0, high, currency)
        except QuantityError as error:
            self.add((*path, key, *error.path), error.message, error.mend, raw[key])
            return None

    def model(self, model: type[M], raw: Raw, path: Path) -> M | None:
        """Validate a section whose keys are fixed; every problem found is noted at its place."""
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                self._invalid(found, path, model)
            return None

    def _invalid(self, found: ErrorDetails, path: Path, model: type[BaseModel]) -> None:
        context = found.get("ctx", {})
        place = tuple(step for step in found["loc"] if step != "[key]")
        where = (*path, *place, *context.get("path", ()))
        key = str(place[-1]) if place and isinstance(place[-1], str) and place == found["loc"] else ""
        match found["type"]:
            case "quantity":
                self.add(where, context["message"], context["mend"], found["input"])
            case "extra_forbidden":
                self.add(where, f"unknown key '{shown(key)}'", nearest(key, _known(model, place), "keys"), key)
            case "missing":
                above = dotted((*path, *place[:-1]))
                self.add(where, f"'{key}' is missing", f"add {key}: below {above}:" if above else f"add {key}:")
            case "too_short":
                self.add(where, f"'{key}' is empty", f"write {key}: [first, second]")
            case kind:
                mend = _mend(kind, key, context) if key else _mend(kind, key, context).replace(": ", "", 1)
                self.add(where, f"'{shown(found['input'])}' {_rule(kind, context)}", mend, found["input"])


def _known(model: type[BaseModel], place: Path) -> tuple[str, ...]:
    """Return the keys that may stand beside the last of a place: those of the innermost section that it lies in."""
    for step in place[:-1]:
        field = next((field for name, field in model.model_fields.items() if step in (name, field.alias)), None)
        inner = _section(field.annotation) if field is not None else None
        model = inner or model
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _section(one))), None)


_WANTED = {
    "bool_type": ("is not true or false", "write {key}: true"),
    "bool_parsing": ("is not true or false", "write {key}: true"),
    "dict_type": ("is not a mapping", "write {key}: {{name: value}}"),
    "model_type": ("is not a mapping", "write its keys, each with its value"),
    "finite_number": ("is not a finite number", "write a finite number, such as {key}: 0.5"),
    "string_type": ("is not a text", 'put it in quotes: {key}: "…"'),
    "int_type": ("is not a whole number", "write a plain whole number, such as {key}: 36"),
    "int_from_float": ("is not a whole number", "write a plain whole number, such as {key}: 36"),
    "float_type": ("is not a number", "write a plain number, such as {key}: 0.5"),
    "date_type": ("is not a date", "write {key}: 2026-11-01"),
    "tuple_type": ("is not a list", "write {key}: [first, second]"),
    "too_long": ("holds too many entries", "write {key}: [first, second]"),
    "string_too_short": ("is empty", "write a few words"),
    "string_pattern_mismatch": ("is not a currency code", "write {key}: USD"),
}


def _rule(kind: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"is below {context['ge']:,g}, the least allowed"
        case "less_than_equal":
            return f"is above {context['le']:,g}, the most allowed"
        case "greater_than":
            return f"is not above {context['gt']:,g}"
        case "literal_error":
            return "is not one of the choices"
        case "string_too_long":
            return f"is longer than {context['max_length']:,} characters"
        case "value_error":  # a check of ours: "its rule; the move that mends"
            return str(context["error"]).partition("; ")[0]
        case _:
            return _WANTED.get(kind, ("cannot be read", ""))[0]


def _mend(kind: str, key: str, context: Mapping[str, Any]) -> str:
    match kind:
        case "greater_than_equal":
            return f"write {key}: {context['ge']:g} or more"
        case "less_than_equal":
            return f"write {key}: {context['le']:g} or less"
        case "greater_than":
            return f"write {key}: more than {context['gt']:g}"
        case "literal_error":
            return f"write {key}: {str(context['expected']).replace(chr(39), '')}"
        case "string_too_long":
            return f"shorten it to {context['max_length']:,} characters"
        case "value_error":
            return str(context["error"]).partition("; ")[2].format(key=key)
        case _:
            return _WANTED.get(kind, ("", "see `tco schema` for what {key} may hold"))[1].format(key=key)


def as_mapping(raw: Any) -> dict[str, Any]:
    """Return a mapping as it is, and an empty one for anything else."""
    return cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}


def as_list(raw: Any) -> list[Any]:
    """Return a list as it is, and an empty one for anything else."""
    return cast("list[Any]", raw) if isinstance(raw, list) else []


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """Suggest the known name that is nearest, or list those there are."""
    known = tuple(known)
    near = difflib.get_close_matches(name[:100], known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known {what}: {', '.join(known)}" if known else f"there are no {what} yet: describe one first"


def shown(value: Any) -> str:
    """Spell a value in at most 60 characters."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _as_name(name: str) -> str:
    """Return the name that a text comes nearest to."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return plain if plain[:1].isalpha() else f"x_{plain}".rstrip("_")
