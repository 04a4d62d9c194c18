"""Turns the library into tools of the Model Context Protocol, so that an assistant asks the engine instead of making figures up.

Every answer carries units, dates, sources and the seed it was drawn with. What a scenario lacks is named and never filled in. Tools only
read: scenarios of one folder by name, or a scenario given as text, which may name no file of this machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tco_model import __version__
from tco_model.errors import Problem, ScenarioError, nearest

MOST_DRAWS = 100_000
MOST_INPUTS = 12
"""Inputs of a sensitivity that are told, the weightiest first."""
ASK = "Ask the person for what is missing or wrong; do not fill it in with a guess. A guess they agree to is written as an assumption."
INSTRUCTIONS = f"""Total cost of ownership and build-versus-buy comparisons for AI and cloud spend.
Start with list_scenarios. Quote a figure with its unit, its range and the number of futures; name sources and dates from input_register.
{ASK}"""
_LACKING = re.compile(r"\b(missing|is needed|needs|required|say |describe|there is no)\b")


def server(folder: Path | None = None) -> Any:
    """Return the server on a folder of scenarios, or on the shipped ones; `run()` serves it on standard input and output.

    Raises:
        ScenarioError: the SDK is not installed, with the command that adds it.
    """
    try:
        from mcp.server.mcpserver import MCPServer
    except ImportError as error:
        mend = "install it: pip install 'tco-model[mcp]'"
        raise ScenarioError(Problem("the Model Context Protocol SDK is not installed", mend)) from error
    made = MCPServer("tco_model", title="TCO model", version=__version__, instructions=INSTRUCTIONS, log_level="WARNING")
    tools = _Tools(folder)
    for tool in tools.all():
        made.add_tool(tool, structured_output=True)
    return made


def _plain(data: Any) -> Any:
    from tco_model.exporters.json_text import json_text

    return json.loads(json_text(data))


def _refused(error: ScenarioError) -> dict[str, Any]:
    """Return what is wrong as data: every problem with its line, rule and mend, and which inputs are missing."""
    problems = [problem.as_dict() for problem in error.problems]
    missing = [problem.field for problem in error.problems if problem.field and _LACKING.search(f"{problem.message} {problem.mend}")]
    return {"ok": False, "problems": problems, "missing": missing, "what_to_do": ASK}


class _Tools:
    """The tools, each a method whose docstring an assistant reads."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def all(self) -> tuple[Callable[..., dict[str, Any]], ...]:
        """Return every tool, in one place."""
        return (
            self.list_scenarios, self.read_scenario, self.check_scenario, self.compare, self.what_if, self.explain,
            self.sensitivity, self.input_register,
        )  # fmt: skip

    def _files(self) -> dict[str, Path]:
        from tco_model.scenario.shipped import shipped_scenarios

        if self.folder is None:
            return shipped_scenarios()
        return {path.stem: path for end in ("*.yaml", "*.yml") for path in sorted(self.folder.glob(end))}

    def _scenario(self, name: str, text: str, settings: Mapping[str, str] | None = None, changes: list[str] | None = None) -> Any:
        from tco_model.scenario.load import load, loads

        if text:
            return loads(text, "", settings or None, changes or ())
        files = self._files()
        if name not in files:
            raise ScenarioError(Problem(f"no scenario '{name}'", nearest(name, files), "name", name))
        return load(files[name], settings or None, changes or ())

    def _answered(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return {"ok": True, **_plain(work())}
        except ScenarioError as error:
            return _plain(_refused(error))

    def list_scenarios(self) -> dict[str, Any]:
        """List the scenarios that can be asked about: name, title, the decision asked for, the options, levers and variants."""

        def told(name: str) -> dict[str, Any]:
            try:
                held = self._scenario(name, "")
            except ScenarioError as error:
                return {"name": name, **_refused(error)}
            return {
                "name": name,
                "title": held.decision.title,
                "question": held.decision.question,
                "as_of": str(held.decision.as_of or ""),
                "options": {option.name: option.label for option in held.options},
                "levers": {one.name: one.title for one in held.changes if one.section == "levers"},
                "variants": {one.name: one.title for one in held.changes if one.section == "variants"},
            }

        return self._answered(lambda: {"scenarios": [told(name) for name in self._files()]})

    def read_scenario(self, name: str) -> dict[str, Any]:
        """Return the YAML of a scenario, with its comments.

        Args:
            name: from list_scenarios.
        """
        from tco_model.scenario.edit import read_text

        def work() -> dict[str, Any]:
            self._scenario(name, "")
            return {"name": name, "text": read_text(self._files()[name])}

        return self._answered(work)

    def check_scenario(self, name: str = "", text: str = "") -> dict[str, Any]:
        """Check a scenario: every error at once with its line and what mends it, and which inputs are missing. Nothing is filled in.

        Args:
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
        """
        from tco_model.api import check

        def work() -> dict[str, Any]:
            counts, hints = check(self._scenario(name, text))
            return {"counts": counts, "look_at": hints}

        return self._answered(work)

    def compare(
        self,
        name: str = "",
        text: str = "",
        settings: dict[str, str] | None = None,
        changes: list[str] | None = None,
        draws: int | None = None,
    ) -> dict[str, Any]:
        """Compare the options of a scenario by Monte Carlo: the answer in sentences, ranges, chances with their errors, categories, months.

        Args:
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
            settings: values in place of the file's, by dotted path, as people write them: {"inputs.cases": "80k cases/month"}.
            changes: names of levers and variants to apply.
            draws: number of futures; the scenario's own if left out.
        """
        return self._answered(lambda: self._report(name, text, settings, changes, draws).as_dict())

    def _report(self, name: str, text: str, settings: Mapping[str, str] | None, changes: list[str] | None, draws: int | None) -> Any:
        from tco_model.api import simulate
        from tco_model.report.report import make_report

        if draws is not None and draws > MOST_DRAWS:
            raise ScenarioError(Problem(f"{draws:,} futures are too many here", f"take at most {MOST_DRAWS:,}", "draws", str(draws)))
        return make_report(simulate(self._scenario(name, text, settings, changes), draws=draws))

    def what_if(
        self, settings: dict[str, str], name: str = "", text: str = "", changes: list[str] | None = None, draws: int | None = None
    ) -> dict[str, Any]:
        """Say what becomes of the answer when fields are set to other values, in the same futures as before.

        Args:
            settings: values by dotted path, as people write them: {"inputs.cases": "80k cases/month"}.
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
            changes: names of levers and variants to apply to the changed case.
            draws: number of futures; the scenario's own if left out.
        """

        def work() -> dict[str, Any]:
            before = self._report(name, text, None, None, draws)
            after = self._report(name, text, settings, changes, draws)
            figure, now = before.decide_by, {option.name: option for option in after.options}
            moved = {
                option.name: {
                    "label": option.label,
                    "unit": option.figures[figure].unit,
                    "before": option.figures[figure].mean,
                    "after": now[option.name].figures[figure].mean,
                    "change": now[option.name].figures[figure].mean - option.figures[figure].mean,
                    "chance_best_before": option.chance_best.value,
                    "chance_best_after": now[option.name].chance_best.value,
                }
                for option in before.options
                if option.name in now
            }
            return {
                "decide_by": figure,
                "draws": after.draws,
                "seed": after.seed,
                "before": before.answer,
                "after": after.answer,
                "preferred_before": before.preferred,
                "preferred_after": after.preferred,
                "options": moved,
            }

        return self._answered(work)

    def explain(self, figure: str = "", name: str = "", text: str = "") -> dict[str, Any]:
        """Say where a figure comes from: its formula in words, its inputs with unit, source and date, down to the leaves.

        Args:
            figure: dotted name, such as options.managed.npv_cost; left out, the names of all figures are listed.
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
        """
        from dataclasses import asdict

        from tco_model.api import explain, figures

        def work() -> dict[str, Any]:
            scenario = self._scenario(name, text)
            return {"trace": asdict(explain(scenario, figure))} if figure else {"figures": figures(scenario)}

        return self._answered(work)

    def sensitivity(self, name: str = "", text: str = "", draws: int | None = None) -> dict[str, Any]:
        """Say what matters: inputs by the share of the gap's variance they explain, each with the value at which another option wins.

        Args:
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
            draws: number of futures; the scenario's own if left out.
        """
        from dataclasses import asdict

        def work() -> dict[str, Any]:
            from tco_model.analysis.switching import switching_values
            from tco_model.engine.compile import compile_scenario
            from tco_model.engine.futures import Futures
            from tco_model.report.sliders import Sliders

            futures = Futures(compile_scenario(self._scenario(name, text)), draws=draws)
            sliders = Sliders(futures)
            names = [one for one in sliders.ranked if one in futures.inputs][:MOST_INPUTS]
            shares = [
                {
                    "input": slider.name,
                    "label": slider.label,
                    "unit": slider.unit,
                    "share_of_variance": slider.weight,
                    "in_the_file": slider.row.text,
                    "source": slider.row.source or "assumption",
                    "as_of": slider.row.as_of,
                }
                for slider in sliders.of(names)
            ]
            return {"inputs": shares, "switching": asdict(switching_values(futures, names)), "draws": futures.draws, "seed": futures.seed}

        return self._answered(work)

    def input_register(self, name: str = "", text: str = "") -> dict[str, Any]:
        """List every input with its value as written, range, unit, source, url, date and owner; an unsourced one says assumption.

        Args:
            name: from list_scenarios.
            text: YAML of a scenario instead of a name.
        """
        from dataclasses import asdict

        from tco_model.engine.compile import compile_scenario
        from tco_model.report.sources import input_rows

        def work() -> dict[str, Any]:
            rows = input_rows(compile_scenario(self._scenario(name, text)))
            return {"inputs": [asdict(row) | {"is_assumption": row.is_assumption} for row in rows]}

        return self._answered(work)
