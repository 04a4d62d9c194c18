"""Turns a scenario's text into a page that can be edited, and a new text into one that is accepted, or into what is wrong with it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.text import PATH_KEYS, PROVENANCE_KEYS, VALUE_KEYS
from tco_model.scenario.layout import Node, line_number, line_start
from tco_model.scenario.load import loads
from tco_model.scenario.notes import as_mapping, shown
from tco_model.scenario.scalars import ScalarError, read_scalar
from tco_model.scenario.schema import Scenario
from tco_model.scenario.source import Path, read_source
from tco_model.scenario.splice import layout_with_step
from tco_model.scenario.written import QUOTES, chosen_quotes, quoted, written_text

Accept = Callable[[Scenario], object]
"""A further check of the scenario that an edit leads to, such as `engine.compile.compile_scenario`; it raises `ScenarioError`."""
Attempt = tuple[str, dict[str, Any]]
"""A new text, and what it must say."""
WHAT_IT_IS = (*VALUE_KEYS, *PATH_KEYS, "list")
"""Keys of a quantity that say its value; the others say where it comes from."""
UNREADABLE = object()
"""What a text says that cannot be read: equal to nothing, so that no edit with it is accepted."""


@dataclass(frozen=True, slots=True)
class Page:
    """A text that is edited: what it says and where, and what is being set, for the messages."""

    text: str
    data: dict[str, Any]
    root: Node
    step: int
    file: str
    field: str
    said: str
    accept: Accept | None

    @classmethod
    def read(cls, text: str, file: str, field: str, said: str, accept: Accept | None) -> Page:
        """Read a text; errors as in `source.read_source`."""
        source = read_source(text, file)
        root, step = layout_with_step(text)
        return cls(text, source.data, root, step, file, field, said, accept)

    def refuse(self, message: str, mend: str, node: Node | None = None) -> ScenarioError:
        """Return an error at a value, or at the first line."""
        place = node.start if node is not None else 0
        line, column = line_number(self.text, place), place - line_start(self.text, place) + 1
        return ScenarioError(Problem(message, mend, self.field, shown(self.said), self.file, line, column))

    def checked_by(self, accept: Accept) -> Page:
        """Return the page with another further check."""
        return replace(self, accept=accept)

    def followed_by(self, text: str, data: dict[str, Any]) -> Page:
        """Return the page after one of several edits; errors as in `source.read_source`."""
        read_source(text, self.file)
        root, step = layout_with_step(text)
        return replace(self, text=text, data=data, root=root, step=step)

    @property
    def quote(self) -> str:
        """The quotes that the file uses most."""
        styles = [node.style for node in self.root.walk() if node.kind == "scalar"]
        return "'" if styles.count("'") > styles.count('"') else '"'


def is_quantity(node: Node) -> bool:
    """Say whether a mapping is one value with what is known about it."""
    names = {entry.name for entry in node.entries}
    return node.kind == "mapping" and not names.isdisjoint(WHAT_IT_IS) and names <= {*WHAT_IT_IS, *PROVENANCE_KEYS}


def first_accepted(page: Page, attempts: list[Attempt]) -> str:
    """Return the first text that is accepted; where none is, raise what is wrong with the first."""
    problems: ScenarioError | None = None
    for text, data in attempts:
        try:
            return accepted(page, text, data)
        except ScenarioError as error:
            problems = problems or error
    raise problems or page.refuse("there is nothing to write", "write a value")


def accepted(page: Page, text: str, data: dict[str, Any]) -> str:
    """Return a text that reads well and says what it should.

    Raises:
        ScenarioError: the problems, at the edited line.
    """
    try:
        scenario = loads(text, page.file)
        if page.accept is not None:
            page.accept(scenario)
    except ScenarioError as error:
        raise _at_the_edit(page, text, error) from None
    if scenario.source.data != data:
        mend = "edit this place in the file itself; please tell us how it is written"
        raise _at_the_edit(page, text, ScenarioError(Problem(f"'{page.field}' cannot be set without changing more than that", mend)))
    return text


def _at_the_edit(page: Page, text: str, error: ScenarioError) -> ScenarioError:
    """Return an error with its problems at the edited line; one that arises elsewhere tells where."""
    place = _first_difference(page.text, text)
    line, column = line_number(text, place), place - line_start(text, place) + 1

    def told(problem: Problem) -> Problem:
        inside = f"{problem.field}.".startswith(f"{page.field}.") or not problem.field
        if inside and problem.line == line:
            return replace(problem, field=problem.field or page.field)
        message = problem.message if inside else f"with this, {problem.field}: {problem.message}"
        field = problem.field if inside and problem.field else page.field
        return replace(problem, message=message, field=field, file=page.file, line=line, column=column)

    return ScenarioError([told(problem) for problem in error.problems])


def with_value(data: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    """Return a copy of plain data with one value put in place."""
    changed = copy.deepcopy(data)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def at(data: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return the mapping at a path of plain data, the one it holds and no copy; an empty one where there is no mapping."""
    place: Any = data
    for key in path:
        place = place[key]
    return as_mapping(place)


def words(page: Page, literal: str, node: Node) -> list[tuple[str, Any]]:
    """Return the ways to write a value in place of a scalar, the likeliest first, each with what it is read as."""
    plain = literal.strip()
    keep = chosen_quotes(node)
    usual = node.style if node.style in QUOTES else page.quote
    if plain.startswith(("{", "[")):
        return [in_brackets(page, plain), (quoted(plain, usual), plain)]
    try:
        value = read_scalar(plain)
    except ScalarError as error:
        raise page.refuse(error.message, error.mend, node) from None
    if isinstance(value, str):
        return [(written_text(plain, quote=keep, bracketed=node.bracketed, usual=usual), plain)]
    ways: list[tuple[str, Any]] = [(plain, value), (quoted(plain, usual), plain)]
    return ways[::-1] if keep else ways


def in_brackets(page: Page, literal: str) -> tuple[str, Any]:
    """Return a mapping or a list in brackets on one line, and what it is read as; `UNREADABLE` leaves the reader to say why not."""
    line = re.sub(r"\s*\n\s*", " ", literal)
    try:
        return line, read_source(f"value: {line}", page.file).data["value"]
    except ScenarioError:
        return line, UNREADABLE


def _first_difference(one: str, other: str) -> int:
    """Return the place of the first character that differs."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
