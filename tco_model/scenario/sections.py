"""Reads the sections of a scenario that have fixed keys or plain values, noting every problem with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from tco_model.errors import Problem
from tco_model.expr.ops import FUNCTIONS
from tco_model.inputs.quantity import Formula, Quantity
from tco_model.inputs.text import QuantityError, read_quantity
from tco_model.lines.registry import CATEGORIES
from tco_model.scenario.schema import fit
from tco_model.scenario.source import Path, Source
from tco_model.units import parse_unit

M = TypeVar("M", bound=BaseModel)
RESERVED = ("quantity", "inputs", "demand", "options", "fleets", "total", "success_share", "availability", "latency", *CATEGORIES)
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}$")


class SectionReader:
    """Reads parts of the plain data; a problem is noted and reading goes on."""

    def __init__(self, source: Source, problems: list[Problem]) -> None:
        """Read from `source`, noting into `problems`."""
        self.source, self.problems = source, problems

    def problem(self, path: Path, message: str, mend: str, value: Any = "") -> None:
        """Note a problem at a path."""
        self.problems.append(self.source.problem(path, message, mend, value))

    def known_keys(self, data: Mapping[str, Any], known: Iterable[str], path: Path) -> None:
        """Note every key that is not known, with the nearest one that is."""
        known = tuple(known)
        for key in data:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                self.problem(
                    (*path, key), f"unknown key '{key}'", f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
                )

    def mapping(self, path: Path, *, optional: bool = False) -> dict[str, Any]:
        """Return a mapping with keys, or note that it is missing and return an empty one."""
        found: Any = self.source.data
        for part in path:
            found = as_mapping(found).get(str(part))
        if found is None and optional:
            return {}
        if not isinstance(found, dict) or not found:
            self.problem(
                path,
                f"'{path[-1]}' is {'missing' if found is None else 'not a mapping' if not isinstance(found, dict) else 'empty'}",
                f"write {path[-1]}: with its keys indented below; `tco new` shows each",
            )
            return {}
        return as_mapping(found)

    def model(self, model: type[M], section: str, *, optional: bool = False, path: Path = ()) -> M | None:
        """Validate a section whose keys are fixed; every problem pydantic finds is noted with its line."""
        path = path or (section,)
        raw = self.mapping(path, optional=optional)
        if not raw and not optional:
            return None
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                self.pydantic_problem(found, path, tuple(model.model_fields))
            return None

    def pydantic_problem(self, found: Any, path: Path, known: tuple[str, ...]) -> None:
        """Note what pydantic found wrong."""
        where = (*path, *found["loc"], *found.get("ctx", {}).get("path", ()))
        key = str(found["loc"][-1]) if found["loc"] else ""
        context = found.get("ctx", {})
        match found["type"]:
            case "quantity":
                self.problem(where, context["message"], context["mend"], found["input"])
            case "extra_forbidden":
                near = difflib.get_close_matches(key, known, n=1)
                self.problem(where, f"unknown key '{key}'", f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}")
            case "missing":
                self.problem(where, f"'{key}' is missing", f"add {key}: below {'.'.join(map(str, path))}:")
            case _:
                said = str(found["msg"]).removeprefix("Input ")
                self.problem(where, f"'{str(found['input'])[:60]}' {said}", f"write a value of {key} that {said}", found["input"])

    def fitted(
        self, raw: Mapping[str, Any], key: str, unit: str, path: Path, currency: str, *, optional: bool = False, share: bool = False
    ) -> Quantity | None:
        """Read a quantity in the unit it must have; a formula is checked when it is compiled."""
        if key not in raw:
            if not optional:
                self.problem(path, f"'{key}' is missing", f"add {key}: in {unit}")
            return None
        try:
            bounds = (0.0, 1.0 if share else float("inf"))
            quantity = read_quantity(raw[key], bounds=bounds, unit=parse_unit(unit))
            return quantity if isinstance(quantity.content, Formula) else fit(quantity, unit, *bounds, currency)
        except QuantityError as error:
            self.problem((*path, key, *error.path), error.message, error.mend, raw[key])
            return None

    def check_name(self, name: str, path: Path) -> None:
        """Note a name that formulas could not use."""
        if not NAME.match(name):
            self.problem(path, f"'{name}' cannot be a name", "use small letters, digits and _, starting with a letter")
        elif name == "total" or (path[0] == "inputs" and (name in FUNCTIONS or name in RESERVED)):
            self.problem(path, f"'{name}' has a meaning of its own in formulas", "choose another name")


def as_mapping(raw: Any) -> dict[str, Any]:
    """Return a mapping as it is and anything else as an empty one."""
    return cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
