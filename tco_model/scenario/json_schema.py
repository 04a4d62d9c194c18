"""Turns the catalogue, the nomenclature and the typed sections into a JSON Schema, so that an editor completes and checks a scenario.

Written in draft-07, which YAML language servers read. It checks shape and names; units, bounds and formulas are checked by `load`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tco_model.inputs.quantity import Quantity
from tco_model.lines.catalogue import KINDS, LINES
from tco_model.lines.nomenclature import BY_NAME, SETTING_BY_NAME
from tco_model.lines.registry import CATEGORIES, Category, CostLine, Kind
from tco_model.scenario.bias import LEVELS, classes
from tco_model.scenario.changes import KEYS, Section
from tco_model.scenario.components import PROCESS_INPUTS
from tco_model.scenario.notes import NAME as NAME_PATTERN
from tco_model.scenario.options import SHORTEST_REASON
from tco_model.scenario.schema import CapacityRequest, Decision, PriceRequest, Promises, Simulation, Timeline
from tco_model.units import CURRENCIES

Schema = dict[str, Any]
NAME: Schema = {"pattern": f"^{NAME_PATTERN.pattern}"}
QUANTITY: Schema = {"$ref": "#/definitions/quantity"}
MONTH: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}


def scenario_schema() -> Schema:
    """Return the JSON Schema of a scenario file."""
    sections: Schema = {
        "schema": {"const": 1, "description": "Version of the file format."},
        "decision": _section(Decision),
        "timeline": _section(Timeline),
        "simulation": _section(Simulation),
        "exchange_rates": _named(QUANTITY, "Value of one unit of a foreign currency, such as 1.10 USD/EUR.", {"enum": list(CURRENCIES)}),
        "inputs": _named(QUANTITY, "Figures that formulas refer to by name."),
        "correlations": {"type": "array", "items": _correlation(), "description": "Inputs that move together."},
        "demand": _named(_chosen("kind", _kinds("demand")), "Classes of demand, each with its own request shape."),
        "outcome": _outcome(),
        "options": _named(_option(), "The ways to go; each answers all eight categories."),
        "optimism_bias": {
            "type": "object",
            "additionalProperties": _bias(),
            "description": "Uplifts of point estimates, by line.",
        },
        "levers": _named(_change("levers"), "What one could do: shorter prompts, a cache, a batch tier, right-sizing, switching off."),
        "variants": _named(_change("variants"), "What could be otherwise: another market, a stress case."),
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "TCO scenario",
        "type": "object",
        "additionalProperties": False,
        "required": ["schema", "decision", "timeline", "options"],
        "properties": sections,
        "definitions": {
            "quantity": _quantity(),
            "own_formula": _own_formula(),
            **{line.name: _entry("line", line) for line in LINES},
            **{kind.name: _entry("kind", kind) for kind in KINDS},
        },
    }


def _quantity() -> Schema:
    texts = {key: {"type": "string"} for key in ("source", "url", "note", "owner")}
    parts: Schema = {
        "list": {"type": "string", "description": "Name of a GPU price in the dated table, such as nebius-h200."},
        "value": {"type": ["string", "number"], "description": "A number, a range such as 5k to 20k, a law such as pert(2, 3, 6)."},
        "unit": {"type": "string", "description": "The unit, where the value is written without one."},
        "start": {"type": ["string", "number"], "description": "Value in the first month of a growing path."},
        "growth": {"type": ["string", "number"], "description": "Growth a year, compounded monthly."},
        "volatility": {"type": ["string", "number"], "description": "Yearly volatility of a path that wanders."},
        "steps": {"type": "object", "description": "Values from a month on: {2027-04: 20k}."},
        "monthly": {"type": "array", "description": "One value a month."},
        "as_of": {"type": "string", "description": "Day the source was read: 2026-11-01."},
    }
    mapping = {"type": "object", "properties": parts | texts, "additionalProperties": False}
    return {"anyOf": [{"type": ["string", "number"]}, mapping], "description": "A value with its unit; a mapping adds its source and date."}


def _section(model: type[BaseModel]) -> Schema:
    fields = model.model_fields
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.is_required()],
        "properties": {name: _described(_field(field), field.description or "") for name, field in fields.items()},
    }


def _field(field: FieldInfo) -> Schema:
    """Describe a field by its annotation: a choice, a quantity, a whole number, else text."""
    annotation = field.annotation
    kinds = (annotation, *get_args(annotation))
    if Quantity in kinds:
        return QUANTITY
    if int in kinds:
        return {"type": "integer"} | _limits(field) if _limits(field) else MONTH
    choices = [choice for choice in get_args(annotation) if isinstance(choice, str)]
    return {"enum": choices} if choices else {"type": "string"}


def _limits(field: FieldInfo) -> Schema:
    found: Schema = {}
    for rule in field.metadata:
        if getattr(rule, "ge", None) is not None:
            found["minimum"] = rule.ge
        if getattr(rule, "le", None) is not None:
            found["maximum"] = rule.le
    return found


def _named(entry: Schema, description: str, names: Schema = NAME) -> Schema:
    return {"type": "object", "description": description, "propertyNames": names, "additionalProperties": entry}


def _bias() -> Schema:
    text: Schema = {"type": "string"}
    known: Schema = {
        "class": {"enum": list(classes()), "description": "Class of project with published overruns."},
        "level": {"enum": list(LEVELS), "description": "upper, or lower where the risks are managed."},
        "uplift": {"type": ["string", "number"], "description": "One's own, such as 20%, with a note that says why."},
        "note": {"type": ["string", "number"]},
        "source": text,
        "url": text,
        "as_of": {},
        "owner": text,
    }
    return {"type": "object", "additionalProperties": False, "properties": known}


def _change(section: Section) -> Schema:
    fields: Schema = {"type": "object", "minProperties": 1}
    amounts = fields | {"additionalProperties": QUANTITY}
    text: Schema = {"type": "string"}
    known: Schema = {
        "label": text | {"description": "How it is called in tables."},
        "set": fields | {"description": "Values to put in place, by dotted path: {inputs.gpu_price: 2 USD/GPU/hour}."},
        "times": fields
        | {"additionalProperties": QUANTITY, "description": "Factors, by dotted path: {demand.live.input_tokens: 70% to 90%}."},
        "plus": fields
        | {"additionalProperties": QUANTITY, "description": "Amounts to add, by dotted path: {options.managed.success_share: -1%}."},
        "one_off": amounts | {"description": "What it costs once, by option: {managed: 40k USD}."},
        "effort": _described(QUANTITY, "Work it takes, such as 2 FTE*month."),
        "risk": text | {"description": "What may go wrong with it."},
        "stress": {"type": "boolean", "description": "A case that is not expected but must be borne."},
        "note": {"type": ["string", "number"]},
        "source": text,
        "url": text,
        "as_of": {},
        "owner": text,
    }
    return {"type": "object", "additionalProperties": False, "properties": {key: known[key] for key in KEYS[section]}}


def _correlation() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["between", "rank"],
        "properties": {
            "between": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2},
            "rank": {"type": "number", "minimum": -1, "maximum": 1},
        },
    }


def _outcome() -> Schema:
    text = {"type": "string"}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "unit", "volume"],
        "properties": {
            "name": text,
            "unit": text,
            "volume": _described(QUANTITY, "Cases that come in a month."),
            "value": _described(QUANTITY, "What one case that ends well is worth."),
        },
        "description": "What the spend buys: its volume a month and, where known, the value of one.",
    }


def _option() -> Schema:
    length: Schema = {"anyOf": [{"type": "integer", "minimum": 1}, {"const": "rest"}]}
    own: Schema = {
        "label": {"type": "string"},
        "summary": {"type": "string"},
        "baseline": {"type": "boolean", "description": "The option the others are compared with; one of them."},
        "phases": _named(length, "Stretches of the timeline in months: {migrate: 4, run: rest}."),
        "promises": _section(Promises),
        "success_share": _described(QUANTITY, "Share of the cases that end well without a person."),
        "fleets": _named(_chosen("kind", _kinds("fleets")), "GPU fleets, sized from demand."),
    }
    categories = {category: _category(category) for category in CATEGORIES}
    return {"type": "object", "additionalProperties": False, "required": list(CATEGORIES), "properties": own | categories}


def _category(category: Category) -> Schema:
    none: Schema = {"type": "string", "minLength": SHORTEST_REASON, "description": f"Why this option has no {category} cost."}
    line = _chosen("line", [line for line in LINES if line.category in (category, None)])
    entry = {"type": "object", "if": {"required": ["formula"]}, "then": {"$ref": "#/definitions/own_formula"}, "else": line}
    return {
        "type": "object",
        "minProperties": 1,
        "description": f"Lines of {category} cost, or {{none: why there are none}}.",
        "if": {"required": ["none"]},
        "then": {"properties": {"none": none}, "additionalProperties": False},
        "else": {"propertyNames": NAME, "additionalProperties": entry},
    }


def _own_formula() -> Schema:
    formula = {"type": "string", "pattern": "^\\s*=", "description": "A formula of your own in USD/month or USD."}
    return {"type": "object", "required": ["formula"], "additionalProperties": False, "properties": {"formula": formula} | _common()}


def _kinds(section: str) -> list[Kind]:
    return [kind for kind in KINDS if kind.section == section]


def _chosen(key: str, figures: Sequence[CostLine | Kind]) -> Schema:
    """Describe an entry whose keys depend on the name that stands under `key`; an editor then complains about that one alone."""
    choices = [
        {"if": {"required": [key], "properties": {key: {"const": one.name}}}, "then": {"$ref": f"#/definitions/{one.name}"}}
        for one in figures
    ]
    known = {"enum": [one.name for one in figures], "description": "`tco lines` says what each is."}
    return {"type": "object", "required": [key], "properties": {key: known}, "allOf": choices}


def _entry(key: str, figure: CostLine | Kind) -> Schema:
    named: Schema = {key: {"const": figure.name, "description": figure.summary}}
    return {
        "type": "object",
        "required": [key],
        "additionalProperties": False,
        "properties": named | _common() | _capacity(figure) | _parameters(figure.parameters),
    }


def _capacity(figure: CostLine | Kind) -> Schema:
    if isinstance(figure, Kind):
        return {"capacity": _section(CapacityRequest)} if "gpu_load" in figure.driver_names else {}
    return {"prices": _section(PriceRequest)} if "input_price" in figure.parameters else {}


def _parameters(names: Iterable[str]) -> Schema:
    """Describe what a person may write; drivers and what the timeline supplies are computed and left out."""
    found: Schema = {}
    for name in names:
        written = PROCESS_INPUTS.get(name, name)
        if written in SETTING_BY_NAME:
            setting = SETTING_BY_NAME[written]
            found[written] = {"type": "integer", "minimum": setting.low, "maximum": setting.high, "description": setting.meaning}
        elif written in BY_NAME:
            row = BY_NAME[written]
            default = f" (default {row.default})" if row.default else ""
            found[written] = _described(QUANTITY, f"{row.meaning} [{row.unit_text}]{default}")
    return found


def _described(schema: Schema, description: str) -> Schema:
    """Add a description; beside a reference draft-07 would ignore it."""
    return {"allOf": [schema], "description": description} if "$ref" in schema else schema | {"description": description}


def _common() -> Schema:
    names: Schema = {"type": ["string", "array"], "items": {"type": "string"}}
    return {
        "label": {"type": "string", "description": "How it is called in tables."},
        "note": {"type": ["string", "number"]},
        "class": names | {"description": "The demand class it reads."},
        "classes": names | {"description": "Demand classes; the line stands once for each."},
        "fleet": {"type": "string", "description": "The fleet it reads."},
        "phases": names | {"description": "Phases in which it runs."},
        "escalates": {"type": "boolean", "description": "It follows general inflation in a nominal scenario."},
    }
