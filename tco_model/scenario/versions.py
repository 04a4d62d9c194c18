"""Turns two versions of a scenario file into what they say otherwise, and into every version between them."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any, cast

from tco_model.errors import Problem, ScenarioError, nearest
from tco_model.scenario.load import read_file, scenario_of
from tco_model.scenario.notes import as_mapping
from tco_model.scenario.schema import Scenario
from tco_model.scenario.source import Source

DEPTH, DEPTHS = 4, {"inputs": 2, "demand": 3, "exchange_rates": 2, "correlations": 1}
"""How deep a changed field is told: ``options.managed.token.api`` is one change whatever changes in it, and so is ``inputs.cases``."""
SAYS_NOTHING = (
    "simulation", "decision.title", "decision.notes", "decision.as_of", "decision.owner", "decision.question", "levers", "variants",
)  # fmt: skip
"""Fields that change no figure of the futures, or how many are drawn, which is the caller's."""
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Versions:
    """Two versions of one file."""

    first: Source
    last: Source
    fields: dict[str, Any]
    """What the second says otherwise, by dotted path; `ABSENT` where it says nothing."""

    @classmethod
    def read(cls, first: FilePath, last: FilePath) -> Versions:
        """Read and compare two files.

        Raises:
            ScenarioError: a file that cannot be read, each with its problems.
        """
        one, other = read_file(first), read_file(last)
        for source in (one, other):
            scenario_of(source)
        found: dict[str, Any] = {}
        _compare(one.data, other.data, "", 0, found)
        return cls(one, other, {path: value for path, value in found.items() if not path.startswith(SAYS_NOTHING)})

    def common(self, option: str) -> str:
        """Return an option that both versions have.

        Raises:
            ScenarioError: one of them has not.
        """
        for source in (self.first, self.last):
            known = as_mapping(source.data.get("options"))
            if option not in known:
                raise ScenarioError(Problem(f"there is no option '{option}'", nearest(option, known), "options", option, source.file))
        return option

    def scenario(self, changed: Collection[str]) -> Scenario:
        """Return the first version with some of the fields as in the second.

        Raises:
            ScenarioError: a version in between that does not hold together: the changes belong to one another.
        """
        data = copy.deepcopy(self.first.data)
        for path in changed:
            _put(data, path.split("."), self.fields[path])
        try:
            return scenario_of(replace(self.first, data=data))
        except ScenarioError as error:
            said = ", ".join(sorted(changed))
            problems = [replace(one, message=f"with {said} as in {self.last.file}: {one.message}") for one in error.problems]
            raise ScenarioError(problems) from None


def _compare(first: Any, last: Any, path: str, depth: int, found: dict[str, Any]) -> None:
    if isinstance(first, Mapping) and isinstance(last, Mapping) and depth < DEPTHS.get(path.split(".")[0], DEPTH):
        one, other = cast("Mapping[str, Any]", first), cast("Mapping[str, Any]", last)
        for key in dict.fromkeys((*one, *other)):
            _compare(one.get(key, ABSENT), other.get(key, ABSENT), f"{path}.{key}" if path else key, depth + 1, found)
    elif first != last:
        found[path] = last


def _put(data: dict[str, Any], parts: list[str], value: Any) -> None:
    place: Any = data
    for part in parts[:-1]:
        place = place.setdefault(part, {})
    if value is ABSENT:
        place.pop(parts[-1], None)
    else:
        place[parts[-1]] = copy.deepcopy(value)
