"""Turns the name of a parameter that an entry lacks into what is missing and where it could come from."""

from __future__ import annotations

from collections.abc import Iterable

from tco_model.lines.catalogue import KIND_BY_NAME
from tco_model.lines.nomenclature import BY_NAME, SETTING_BY_NAME, Name


def missing(name: str, currency: str, classes: Iterable[str], fleets: Iterable[str], *, names_a_class: bool) -> tuple[str, str]:
    """Return the message and the mend for a parameter that comes from nowhere.

    Args:
        name: the parameter.
        currency: the scenario's, for the example.
        classes: the names of the demand classes.
        fleets: the names of the fleets of the option.
        names_a_class: the entry is bound to a demand class that does not supply it.
    """
    if name in ("input_time", "output_time", "context_time"):
        mend = "add capacity: {model: llama-3.1-70b, chip: h200, precision: fp8, gpus: 2}, or your own measured figure"
        return f"'{name}' is missing: {BY_NAME[name].meaning}", mend
    if name in BY_NAME:
        mend = f"add {name}: with its value, such as {_example(BY_NAME[name], currency)}"
        return f"'{name}' is missing: {BY_NAME[name].meaning}", mend + (
            "" if names_a_class else ", or name the demand class it belongs to with class:"
        )
    if name in SETTING_BY_NAME:
        return f"'{name}' is missing: {SETTING_BY_NAME[name].meaning}", f"add {name}: 12, a whole number of months"
    if any(name in kind.driver_names for kind in KIND_BY_NAME.values() if kind.section == "fleets"):
        mend = f"name it with fleet: {' or '.join(fleets) or 'main'}, and describe it under the option's fleets:"
        return f"'{name}' comes from a fleet", mend
    kinds = [kind.name for kind in KIND_BY_NAME.values() if kind.section == "demand" and name in (*kind.driver_names, *kind.parameters)]
    return (
        f"'{name}' comes from a demand class of kind {' or '.join(kinds)}",
        f"name the class with class: {' or '.join(classes) or 'live'}",
    )


def _example(row: Name, currency: str) -> str:
    unit = row.unit.in_currency(currency)
    return "25%" if row.is_share else f"{max(row.low, 1.0):g}" + ("" if unit.is_plain else f" {unit}")
