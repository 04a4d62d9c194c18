"""Turns answers and rows of the tables into the inputs of a scenario file, each with its source or as an assumption to replace."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from tco_model.inputs.provenance import Provenance
from tco_model.prices.gpus import assumed
from tco_model.scenario.guide_answers import Answers, day_of, owned_rows, with_unit
from tco_model.scenario.guide_options import Said, entry
from tco_model.scenario.scalars import ScalarError, read_scalar
from tco_model.scenario.written import quoted, written_text

OWNED_RANGES = ("h200-server", "residual", "maintenance", "colocation-retail")
"""What nobody publishes about GPUs one owns, and the tables hold as a range."""
_DEFAULTS = Answers("", "")


@dataclass(frozen=True, slots=True)
class _Input:
    """An input the options may refer to: its value as a scenario writes it, under a heading."""

    name: str
    heading: str
    value: Said


def inputs_lines(answers: Answers, text: str) -> list[str]:
    """Return the inputs that the rest of the file, or one of them, refers to, under their headings."""
    known, kept = _known(answers), set[str]()
    reached = text
    while found := {one.name for one in known if one.name not in kept and re.search(rf"\b{one.name}\b", reached)}:
        kept |= found
        reached = "\n".join(part for one in known if one.name in found for part in one.value)
    lines, heading = ["inputs:"], ""
    for one in known:
        if one.name in kept:
            lines += [f"  # {one.heading}"] if one.heading != heading else []
            lines += entry(2, one.name, one.value)
            heading = one.heading
    return [*lines, ""]


def _known(answers: Answers) -> list[_Input]:
    """Return every input the guide knows, in the order of the file."""
    per, pay = answers.outcome_unit, f"{answers.currency}/FTE/year"
    day = day_of(answers)
    measured = [
        _Input(f"success_{name}", "How often an option does well enough", assumed_value(share, "your answer; say how it was measured"))
        for name, share in answers.success_by_option.items()
    ]
    return [
        _Input("volume", "What comes in", _volume(answers)),
        _asked(answers, "requests_per_outcome", "What comes in", f"request/{per}", "model calls, second opinions among them"),
        _Input(
            "log_size", "What comes in", assumed_value("4 to 8 KB/request", "replace with yours: request and answer as they are logged")
        ),
        _Input("spans_per_request", "What comes in", assumed_value("4 to 8 span/request", "replace with yours: spans of a trace")),
        _asked(answers, "peak_to_mean", "What comes in", "", "busiest minutes over the mean"),
        _asked(answers, "success", "How often an option does well enough", "", "measure it on some hundred of your own cases"),
        *_tied(),
        *measured,
        *_prices(answers, day),
        _asked(answers, "engineer_pay", "People", pay, "gross pay of an engineer"),
        _asked(answers, "on_cost_share", "People", "", "employer's cost on top of gross pay"),
        _asked(answers, "api_engineers", "People", "FTE", "prompts, keys, limits, evaluations of new versions"),
        _asked(answers, "serving_engineers", "People", "FTE", "serving, capacity, upgrades, security"),
        *_work(),
        _asked(answers, "handling_minutes", "People", f"minute/{per}", "a person's time on what the model did not solve"),
        _asked(answers, "agent_pay", "People", pay, "gross pay of the people who take these cases"),
        _Input(
            "provider_outages", "Risk", assumed_value("1 to 6 event/year", "replace with yours: outages of a provider that users notice")
        ),
        _Input("own_outages", "Risk", assumed_value("2 to 8 event/year", "replace with yours: outages of a platform of one's own")),
    ]


def _tied() -> list[_Input]:
    """Return what ties the success of the other options to that of the managed model."""
    heading = "How often an option does well enough"
    return [
        _Input(
            "open_ratio",
            heading,
            assumed_value("pert(0.9, 0.97, 1.02)", "replace with yours: the open model's success over the managed one's"),
        ),
        _Input(
            "cascade_ratio", heading, assumed_value("pert(0.92, 0.98, 1)", "replace with yours: what is left after the judge's mistakes")
        ),
        _Input(
            "escalated", heading, assumed_value("pert(10%, 25%, 45%)", "replace with yours: share of the calls sent on to the large model")
        ),
    ]


def _work() -> list[_Input]:
    rows = (
        ("cascade_engineers", "pert(0.2, 0.5, 1) FTE", "router and judge, beside the work on the API"),
        ("hardware_engineers", "pert(0.5, 1, 2) FTE", "racks, network, spares, vendors"),
        ("toil_per_replica", "pert(1, 3, 8) hour/replica/month", "upgrades, driver faults, restarts"),
        ("rework_effort", "pert(0.5, 1, 3) FTE*month", "prompts and tests reworked for another model"),
        ("cascade_effort", "pert(2, 4, 9) FTE*month", "build and tune router and judge"),
        ("platform_effort", "pert(4, 8, 20) FTE*month", "build and prove a serving platform"),
        ("hardware_effort", "pert(2, 4, 10) FTE*month", "buy, rack, cable and burn in"),
    )
    return [_Input(name, "People", assumed_value(value, f"replace with yours: {why}")) for name, value, why in rows]


def _prices(answers: Answers, day: dt.date) -> list[_Input]:
    """Return prices by name of a row of the dated tables, what may become of them, and what nobody publishes as a range."""
    heading = "Prices: rows of the dated tables (`tco prices`), and what may become of them"
    note = "replace with your view: price level against the day above"
    index = ("start: 1", "growth: -40% to 15%/year", "source: assumption", f"note: {words(note)}")
    sourced = owned_rows(day) if "owned" in answers.templates else ()
    ranges = [assumed(name) for name in OWNED_RANGES]
    return [
        _Input("token_price_index", heading, index),
        _Input("gpu_price", heading, (f"list: {literal(answers.gpu)}",)),
        _Input("gpu_price_index", heading, (index[0], "growth: -30% to 20%/year", *index[2:])),
        _Input(
            "base_replicas",
            heading,
            assumed_value("1 replica/region", "replicas held whatever the load; `tco sweep` finds the best number"),
        ),
        *(_Input(row.parameter, heading, sourced_value(f"{row.value:g} {row.unit}", row.provenance)) for row in sourced),
        *(_Input(row.parameter, heading, sourced_value(row.text, row.provenance)) for row in ranges),
        _Input("storage_price", heading, assumed_value("0.02 to 0.03 USD/GB/month", "replace with a dated list price")),
        _Input("span_price", heading, assumed_value("1 to 3 USD/Mspan", "replace with a dated list price")),
        _Input("host_price", heading, assumed_value("15 to 40 USD/machine/month", "replace with a dated list price")),
    ]


def _volume(answers: Answers) -> Said:
    start = literal(with_unit(answers.volume, f"{answers.outcome_unit}/month"))
    note = words(_note(answers, "volume", "what comes in at the start, and how it grows"))
    return f"start: {start}", f"growth: {literal(answers.growth)}", "source: assumption", f"note: {note}"


def _asked(answers: Answers, name: str, heading: str, unit: str, why: str) -> _Input:
    return _Input(name, heading, answered(answers, name, unit, why))


def answered(answers: Answers, name: str, unit: str, why: str) -> Said:
    """Write an answer as a quantity that says whether somebody gave it."""
    return assumed_value(with_unit(getattr(answers, name), unit), _note(answers, name, why))


def _note(answers: Answers, name: str, why: str) -> str:
    own = getattr(answers, name) != getattr(_DEFAULTS, name)
    return f"your answer: {why}; add its source, url and as_of" if own else f"replace with yours: {why}"


def assumed_value(value: str, note: str) -> Said:
    """Write a value nobody vouches for yet."""
    return f"value: {literal(value)}", "source: assumption", f"note: {words(note)}"


def sourced_value(value: str, where: Provenance) -> Said:
    """Write a figure of the tables with its source."""
    parts = [f"value: {literal(value)}", f"source: {words(where.source)}"]
    parts += [f"as_of: {where.as_of.isoformat()}"] if where.as_of else []
    parts += [f"url: {quoted(where.url)}"] if where.url else []
    parts += [f"note: {words(where.note)}"] if where.note else []
    return tuple(parts)


def literal(text: str) -> str:
    """Write a value: a number or a date as it is, a text in quotes where it needs some."""
    text = text.strip()
    try:
        return written_text(text, bracketed=True) if isinstance(read_scalar(text), str) else text
    except ScalarError:
        return quoted(text)


def words(text: str) -> str:
    """Write a text, in quotes where it needs some."""
    return written_text(text.strip(), bracketed=True)
