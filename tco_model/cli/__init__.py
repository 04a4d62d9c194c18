"""The command line ``tco``: what a person types becomes calls of the library.

Exit codes: 0 done, 1 a check failed, 2 bad input or a file that cannot be read or written, 130 interrupted, 143 asked to end.
Everything heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import click

from tco_model import __version__
from tco_model.cli import (
    actuals,
    analysis,
    app,
    assistant,
    budget,
    calibrate,
    catalogue,
    changes,
    chargeback,
    data,
    decision,
    finops,
    forecast,
    move,
    paper,
    portfolio,
    review,
    turning,
    unit_metrics,
)
from tco_model.cli.groups import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="tco")
def main() -> None:
    """Compare what options cost over their whole life: one YAML file per decision in, a traceable answer out.

    \b
    tco demo                      compare the options of a shipped decision
    tco new decision.yaml         write a commented starter file
    tco check decision.yaml       find every error at once
    tco compare decision.yaml     see the options side by side
    tco report decision.yaml -o paper.pdf   the decision paper; .docx, .html and .md too
    tco app                       the same in a browser, with sliders
    tco sensitivity decision.yaml what matters; then breakeven, voi, levers, timing
    """


COMMANDS = (
    decision.compare, decision.check, decision.explain, decision.new, decision.demo, decision.sweep, decision.scenarios, app.app,
    analysis.risk, analysis.sensitivity, analysis.voi, changes.levers, changes.variants, changes.diff, analysis.timing,
    turning.breakeven, turning.seek, catalogue.docs,
    catalogue.prices, catalogue.list_lines, catalogue.schema, catalogue.load_shape, assistant.mcp, data.export, paper.report,
    portfolio.portfolio,
    actuals.actuals, finops.allocate, finops.tags, finops.showback, chargeback.chargeback, unit_metrics.unit_metrics,
    forecast.forecast, budget.budget, review.anomalies, review.review, review.decide, review.decisions, calibrate.calibrate,
    move.move,
)  # fmt: skip
"""Every verb, in one place."""
for _command in COMMANDS:
    main.add_command(_command)
