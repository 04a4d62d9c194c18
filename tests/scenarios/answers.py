"""Writes what the shipped decisions say and what would change it: ``python -m tests.scenarios.answers`` after a scenario has changed."""

from __future__ import annotations

from pathlib import Path

import tco_model as tco
from tco_model.analysis.sensitivity import sensitivity
from tco_model.analysis.switching import switching_values
from tco_model.analysis.timing import timing
from tco_model.engine.compile import compile_scenario
from tco_model.engine.futures import Futures
from tco_model.exporters.sensitivity_table import sensitivity_sentences
from tco_model.exporters.timing_table import timing_sentences
from tco_model.report.format import short_number
from tco_model.report.report import make_report
from tco_model.scenario.shipped import shipped_scenarios

PAGE = Path(__file__).parents[2] / "scenarios" / "answers.md"
LOOKED_AT = 5
DRAWS = 2_000
"""Futures of what takes many runs."""


def page() -> str:
    """The whole page, one chapter a scenario."""
    chapters = [chapter(path) for path in shipped_scenarios().values()]
    head = (
        "# What the shipped decisions say, and what would change it\n\n"
        "Made by the program from the files beside this page; `python -m tests.scenarios.answers` makes it again. Each chapter is what "
        "`tco compare`, `sensitivity`, `breakeven`, `voi` and `timing` say in short; `tco explain` says where any figure comes from.\n"
    )
    return "\n".join([head, *chapters])


def chapter(path: Path) -> str:
    """What one decision says."""
    scenario = tco.load(path)
    report = make_report(tco.simulate(scenario), insight=True)
    held = Futures(compile_scenario(scenario), draws=DRAWS)
    matters = sensitivity(held, totals=False)
    lines = [f"## {report.title}", "", f"*{report.question}* ([`{path.name}`]({path.name}))", "", *bullets(report.answer)]
    lines += ["", "What would change it:", "", *bullets((*report.what_would_change, *sensitivity_sentences(matters)))]
    lines += bullets(turns(held, [one.name for one in matters.inputs[:LOOKED_AT]], report))
    lines += bullets(timing_sentences(timing(held, months=(6,))))
    return "\n".join([*lines, ""])


def turns(held: Futures, names: list[str], report: tco.Report) -> list[str]:
    """Where the inputs that move the gap most turn the choice."""
    said: list[str] = []
    for one in switching_values(held, names).inputs:
        switch = one.nearest
        if switch is None:
            low, high = short_number(one.input.low), short_number(one.input.high)
            said.append(f"`{one.input.name}` never turns the choice between {low} and {high} {one.input.unit}.")
            continue
        label = next(option.label for option in report.options if option.name == switch.to)
        now, value = short_number(one.input.now), short_number(switch.value)
        said.append(f"`{one.input.name}` turns it to {label} at {value} {one.input.unit}; expected now: {now}.")
    return said


def bullets(sentences: tuple[str, ...] | list[str]) -> list[str]:
    """One sentence a bullet."""
    return [f"- {sentence}" for sentence in sentences]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
