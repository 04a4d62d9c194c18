"""Turns a compiled model into the figures that are reduced: cost lines, categories, totals and outcomes, per draw and per month."""

from __future__ import annotations

from tco_model.engine.model import Model, OptionGraph
from tco_model.expr.ops import total
from tco_model.expr.term import Term


def option_outputs(graph: OptionGraph, model: Model) -> dict[str, Term]:
    """Return the reduced figures of an option: ``line/…``, ``total/…``, ``npv/…`` per draw and ``month/…`` per draw and month.

    Money out is positive. A total is the sum of its categories, a category the sum of its lines, draw by draw.
    """
    found: dict[str, Term] = {}
    totals: list[Term] = []
    values: list[Term] = []
    for category, members in graph.categories.items():
        lines = [total(graph.lines[name]) for name in members]
        found |= {f"line/{graph.name}/{name}": line for name, line in zip(members, lines, strict=True)}
        monthly = model.figures[f"options.{graph.name}.{category}.total"]
        found[f"month/{graph.name}/{category}"] = monthly
        totals.append(_added(lines) if lines else total(monthly))
        values.append(total(monthly * model.discount))
        found[f"total/{graph.name}/{category}"], found[f"npv/{graph.name}/{category}"] = totals[-1], values[-1]
    found[f"month/{graph.name}/total"] = model.figures[f"options.{graph.name}.total"]
    total_cost, npv_cost = _added(totals), _added(values)
    found[f"draw/{graph.name}/total_cost"], found[f"draw/{graph.name}/npv_cost"] = total_cost, npv_cost
    if graph.outcomes is not None:
        outcomes = total(graph.outcomes)
        found[f"draw/{graph.name}/outcomes"] = outcomes
        found[f"draw/{graph.name}/cost_per_outcome"] = total_cost / outcomes
        found[f"draw/{graph.name}/success_share"] = outcomes / total(model.figures["outcome.volume"])
        if model.outcome_value is not None:
            found[f"draw/{graph.name}/net_value"] = total(graph.outcomes * model.outcome_value * model.discount) - npv_cost
    found |= {f"driver/{graph.name}/{name}": term for name, term in graph.drivers.items()}
    found |= {f"memo/{graph.name}/{name}": total(term) for name, term in graph.memo.items()}
    return found


def _added(terms: list[Term]) -> Term:
    added = terms[0]
    for term in terms[1:]:
        added = added + term
    return added


def all_outputs(model: Model) -> dict[str, Term]:
    """Return the reduced figures of every option."""
    return {name: term for graph in model.options for name, term in option_outputs(graph, model).items()}
