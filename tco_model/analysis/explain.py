"""Turns a figure into the tree it comes from: formula in words, values in the central case, sources, down to the leaves."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from tco_model.engine.central import central_case
from tco_model.engine.inputs import Leaf
from tco_model.engine.model import Model
from tco_model.engine.outputs import all_outputs
from tco_model.errors import Problem, ScenarioError
from tco_model.expr.render import named_arguments, words
from tco_model.expr.term import Term
from tco_model.lines.nomenclature import BY_NAME


@dataclass(frozen=True, slots=True)
class Trace:
    """One figure of the tree. `values` is its central case, one number or one a month, in `unit`.

    A leaf has no formula; it has a source, or the word that it is assumed, and its line in the file.
    """

    name: str
    label: str
    unit: str
    values: tuple[float, ...]
    line: int
    formula: str = ""
    source: str = ""
    url: str = ""
    as_of: str = ""
    note: str = ""
    text: str = ""
    """The value as it is written in the file."""
    children: tuple[Trace, ...] = ()
    repeated: bool = False
    """The figure was opened further up; its parts are not listed again."""


def explain_figure(model: Model, figure: str) -> Trace:
    """Return the tree of a figure, given its name in full or without ``options.`` / ``inputs.``.

    Raises:
        ScenarioError: no such figure; the nearest names are offered.
    """
    return _Explainer(model).explain(figure)


def figure_names(model: Model) -> list[str]:
    """Return every name that can be explained, as people would type it."""
    return sorted({_short(name) for name in (*_terms(model), *(leaf for leaf in model.leaves))})


def _terms(model: Model) -> dict[str, Term]:
    """Return every figure of the graph and every figure of the answer, by its dotted name."""
    found = dict(model.figures)
    for name, term in all_outputs(model).items():
        kind, option, rest = name.split("/", 2)
        if kind == "draw":
            found[f"options.{option}.{rest}"] = term
        elif kind in ("total", "npv"):
            found[f"options.{option}.{rest}.{'total_cost' if kind == 'total' else 'npv_cost'}"] = term
        elif kind == "line":
            found[f"options.{option}.{rest}.total_cost"] = term
    return found


def _short(name: str) -> str:
    return name.removeprefix("options.").removeprefix("inputs.")


class _Explainer:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.terms = _terms(model)
        self.names: dict[int, str] = {}
        for name, term in self.terms.items():
            if term.op not in ("leaf", "constant"):
                self.names.setdefault(id(term), name)
        leaves = {id(term): name for name, term in model.leaf_terms.items()}
        self.shown = {key: _short(name) for key, name in (self.names | leaves).items()}
        self.central = central_case(model, self.terms | model.leaf_terms)
        self.opened: set[str] = set()

    def explain(self, figure: str) -> Trace:
        for candidate in (figure, f"options.{figure}", f"inputs.{figure}"):
            if candidate in self.terms:
                return self._figure(candidate, self.terms[candidate])
            if candidate in self.model.leaves:
                return self._leaf(self.model.leaves[candidate])
        near = difflib.get_close_matches(figure, [*(_short(name) for name in self.terms), *self.model.leaves], n=3, cutoff=0.5)
        raise ScenarioError(
            Problem(
                f"there is no figure '{figure}'",
                f"did you mean {' or '.join(near)}?" if near else "`tco explain FILE` lists the figures",
                figure,
                file=self.model.scenario.file,
            )
        )

    def _figure(self, name: str, term: Term) -> Trace:
        if term.op == "leaf":
            return self._leaf(self.model.leaves[term.name])
        again = name in self.opened
        self.opened.add(name)
        children = () if again else tuple(self._child(child) for child in named_arguments(term, self.names))
        return Trace(
            name=_short(name),
            label=self._label(name),
            unit=term.unit.shown if term.unit else "ratio",
            values=self._values(name),
            line=self.model.scenario.place(name)[0],
            formula=words(term, self.shown),
            children=children,
            repeated=again and bool(term.args),
        )

    def _child(self, term: Term) -> Trace:
        if term.op == "leaf":
            return self._leaf(self.model.leaves[term.name])
        return self._figure(self.names[id(term)], term)

    def _leaf(self, leaf: Leaf) -> Trace:
        found = leaf.provenance
        return Trace(
            name=_short(leaf.name),
            label=leaf.label or self._label(leaf.name),
            unit=leaf.shown_unit,
            values=self._values(leaf.name),
            line=self.model.scenario.place(leaf.name)[0],
            source=found.source,
            url=found.url,
            as_of=found.as_of.isoformat() if found.as_of else "",
            note=found.note,
            text=leaf.quantity.text if leaf.quantity else "",
        )

    def _values(self, name: str) -> tuple[float, ...]:
        return tuple(float(value) for value in np.asarray(self.central[name])[0]) if name in self.central else ()

    def _label(self, name: str) -> str:
        last = name.rsplit(".", 1)[-1]
        return self.model.labels.get(name) or (BY_NAME[last].meaning if last in BY_NAME else last.replace("_", " "))
