"""Turns a month of actuals into its review, and what the review decides into decisions that the next one checks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tco_model.cli.finops import month_option, rules_option, say_rates, workspace_argument
from tco_model.cli.options import echo_json, json_option
from tco_model.cli.paper import paper_targets, writer

if TYPE_CHECKING:
    from tco_model.finops.books import Books
    from tco_model.finops.decisions import Status
    from tco_model.finops.move import Move

LEVER_DRAWS, MOVE_MONTHS = 2_000, 3
"""Futures that levers are weighed in, and months that moving is looked at in; `tco levers` and `tco move` do more."""


@click.command(short_help="Record a decision of a review.")
@workspace_argument
@rules_option
@month_option
@click.option("--title", default="", help="What is done.")
@click.option("--owner", default="", help="Who does it.")
@click.option("--due", default="", metavar="YYYY-MM", help="The first month in which it must show.")
@click.option("--expected", default="", metavar="AMOUNT", help="What it saves a month; negative where it spends more.")
@click.option("--why", default="", help="Why; also of spending more.")
@click.option(
    "--on", "about", multiple=True, metavar="KEY=VALUE",
    help="What it is about: owner=…, metric=…, or conditions on charges, such as SubAccountName=support-eval; repeatable.",
)  # fmt: skip
@click.option("--close", "closes", metavar="ID", help="Instead: close a decision, with --as and --note.")
@click.option("--as", "status", type=click.Choice(["done", "dropped", "open"]), default="done", show_default=True, help="How it ends.")
@click.option("--note", default="", help="What became of it.")
@json_option
def decide(
    workspace: Path, rules: Path, month: str, about: Sequence[str], closes: str | None, status: Status, note: str, as_json: bool,
    **said: str,
) -> None:  # fmt: skip
    """Record what a review decides, with the cost that it is held against; or close a decision.

    \b
    tco decide bills --title "Evaluate once a week" --owner support-eng --due 2026-11 --expected 1500 \\
        --on SubAccountName=support-eval --why "nobody reads the daily runs"
    tco decide bills --title "A second region" --owner shop-eng --due 2026-12 --expected -900 --on owner=shop-eng --why "for latency"
    tco decide bills --close 2026-09-01 --as done --note "weekly since 3 November"
    """
    from tco_model.exporters.decision_file import close, record
    from tco_model.finops.books import open_books

    if closes:
        click.echo(f"{close(workspace, closes, status, note).id} is {status}.")
        return
    file = record(open_books(workspace, rules), month, said, about)
    if as_json:
        echo_json({"id": file.stem, "file": str(file)})
    else:
        click.echo(f"{file}\n\n{file.read_text(encoding='utf-8')}")


@click.command(short_help="List the decisions and what they really saved.")
@workspace_argument
@rules_option
@month_option
@json_option
def decisions(workspace: Path, rules: Path, month: str, as_json: bool) -> None:
    """List the decisions of the reviews, and what each saved in the months since it was due against what was expected of it.

    \b
    tco decisions bills
    tco decisions bills --month 2026-11 --json
    """
    from tco_model.exporters.decision_table import decision_rows, print_decisions
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.books import open_books
    from tco_model.finops.decisions import read_decisions
    from tco_model.finops.review import outcomes_of
    from tco_model.finops.statements import month_in

    books, decided = open_books(workspace, rules), read_decisions(workspace)
    month = month_in(books.found, month)
    found = outcomes_of(books, month, decided)
    if as_json:
        echo_json(decision_rows(found))
    else:
        print_decisions(found, month, make_console())
        say_rates(books)


@click.command(short_help="Review a month, and record what is decided.")
@workspace_argument
@rules_option
@month_option
@click.option(
    "--scenario",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The scenario that the workload was decided by: its levers are weighed, and whether to move.",
)
@click.option(
    "-o", "--output", "papers", type=click.Path(path_type=Path), multiple=True, metavar="PAPER", callback=paper_targets,
    help="Also write a paper, .docx, .pdf, .html or .md; repeatable.",
)  # fmt: skip
@click.option("--no-input", is_flag=True, help="Do not ask for decisions.")
@json_option
def review(
    workspace: Path, rules: Path, month: str, scenario: Path | None, papers: tuple[Path, ...], no_input: bool, as_json: bool
) -> None:  # fmt: skip
    """Review a month: spend against budget and forecast, why it changed, unit costs, what decisions saved; then ask what is decided.

    The review is kept as a readable file in DIR/reviews. Decisions are asked for where a person sits at the terminal.

    \b
    tco review bills --month 2026-09
    tco review bills -o review.docx
    tco review bills --scenario scenarios/support_assistant.yaml --no-input
    """
    from tco_model import __version__
    from tco_model.api import levers
    from tco_model.exporters.files import write_text
    from tco_model.exporters.markdown import markdown_text
    from tco_model.exporters.paper_text import print_paper
    from tco_model.exporters.review_data import review_data
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.books import open_books
    from tco_model.finops.review import FOLDER
    from tco_model.finops.review import review as make_review
    from tco_model.report.paper.review import make_review_paper

    books = open_books(workspace, rules)
    found = make_review(books, month)
    moving = _moving(books, scenario, found.month) if scenario else None
    weighed = levers(scenario, draws=LEVER_DRAWS) if scenario else None
    paper = make_review_paper(found, __version__, weighed, moving)
    kept = workspace / FOLDER / f"{found.month}.md"
    kept.parent.mkdir(exist_ok=True)
    write_text(kept, markdown_text(paper, found.month))
    for target in papers:
        writer(target)(paper, target)
    if as_json:
        echo_json(review_data(found, books, weighed, moving))
        return
    print_paper(paper, make_console())
    for written in (kept, *papers):
        click.echo(f"Written: {written}")
    if not no_input and sys.stdin.isatty() and sys.stdout.isatty():
        _ask(books, found.month)


def _moving(books: Books, scenario: Path, month: str) -> Move | None:
    """Return what moving the workload of the workspace comes to, in the months up to that of the review; None where it names none."""
    from tco_model.finops.evidence import FILE, read_evidence_file
    from tco_model.finops.move import move

    file = books.workspace / FILE
    held = read_evidence_file(file) if file.is_file() else None
    return move(books, held, scenario, month=month, last=MOVE_MONTHS) if held is not None and held.workload is not None else None


def _ask(books: Books, month: str) -> None:
    """Ask for decisions until there is none more; what is wrong with one is said, and it is asked for again."""
    from tco_model.errors import ScenarioError
    from tco_model.exporters.decision_file import record
    from tco_model.finops.recording import QUESTIONS

    while click.confirm("Record a decision?", default=False):
        said = {name: click.prompt(words) for name, words in QUESTIONS.items()}
        about = said.pop("about").split(",")
        try:
            click.echo(f"Recorded: {record(books, month, said, about)}")
        except ScenarioError as error:
            click.echo(str(error), err=True)


@click.command(short_help="Find days that cost something else than they should have.")
@workspace_argument
@rules_option
@click.option("--since", default="", metavar="YYYY-MM[-DD]", help="Tell those from this day on; the days before are history.")
@json_option
def anomalies(workspace: Path, rules: Path, since: str, as_json: bool) -> None:
    """Find days on which a service of an account cost something else than it should have: how much, since when, and which resources.

    \b
    tco anomalies bills
    tco anomalies bills --since 2026-09 --json
    """
    from tco_model.exporters.anomaly_table import anomaly_rows, print_anomalies
    from tco_model.exporters.terminal import make_console
    from tco_model.finops.anomalies import anomalies as find_anomalies
    from tco_model.finops.books import open_books

    books = open_books(workspace, rules)
    found = find_anomalies(books.charges, books.rules, since)
    if as_json:
        echo_json({"anomalies": [] if found is None else anomaly_rows(found)} | books.converted_data)
    else:
        print_anomalies(found, make_console())
        say_rates(books)
