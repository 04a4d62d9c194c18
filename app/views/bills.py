"""The real bill: what is held and whether it adds up, what it costs, who bears it, how well it is tagged, what one unit cost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from app.bills import currencies, owners, spend, statements, tags, units
from app.bills.held import Bills, NotMadeError
from app.ledger import ledger
from app.samples import SAMPLE, SAMPLE_TOLD, show_sample
from app.show import problems
from app.state import bills_folder
from tco_model.actuals.store import Import, Workspace
from tco_model.errors import ScenarioError
from tco_model.finops.rules import Allocation

Shown = Callable[[Bills, Allocation], None]
BY_RULES: dict[str, Shown] = {
    "Who bears it": owners.show,
    "Statements": statements.show,
    "Tags": tags.show,
    "Unit costs": units.show,
}
"""Tabs that need the allocation file."""


def empty() -> None:
    """Say what belongs here, with one command and one button."""
    st.info("There are no bills here yet.")
    st.markdown(
        """
What belongs here: the exports you have already, as they are. FOCUS 1.0 to 1.4 (CSV, gzip or Parquet) from any provider, LiteLLM, OpenAI,
OpenTelemetry and Bedrock logs. Each row is kept or set aside with its reason, and the sums are held against the file's to the last decimal.
"""
    )
    st.code("tco actuals import exports/*.csv.gz --workspace bills\ntco app --bills bills", language=None)
    if st.button("Show a year of invented bills", type="primary", help="An invented company, fifteen months; takes some seconds"):
        show_sample()


def held_imports(imports: tuple[Import, ...]) -> None:
    """Say what is held, and that it adds up."""
    read, kept, aside = (sum(values) for values in zip(*((one.rows, one.kept, one.set_aside) for one in imports), strict=True))
    skipped = read - kept - aside
    words = f"{len(imports)} files: {read:,} rows read = {kept:,} kept + {aside:,} set aside" + (
        f" + {skipped:,} held already" if skipped else ""
    )
    st.caption(f"{words}. The last import was on {imports[-1].when[:10]}.")
    if aside:
        st.warning("Rows that could not be read are set aside with their reason: `tco actuals list` and `tco actuals doctor` name them.")


def by_rules(bills: Bills, show: Shown) -> None:
    """Show a tab by the allocation file beside the bills; without one say how to begin."""
    rules = bills.rules
    if rules is None:
        st.info("No allocation file lies beside the bills. This writes a commented one to begin with:")
        st.code(f"tco allocate --starter --rules {bills.rules_file}", language=None)
        return
    show(bills, rules)


def opened_tab(bills: Bills) -> None:
    """Show the tab that is open; the others compute nothing."""
    spending, *others = st.tabs(("Spend", *BY_RULES), key="bills-tab", on_change="rerun")
    if spending.open:
        with spending:
            spend.show(bills)
    for tab, show in zip(others, BY_RULES.values(), strict=True):
        if tab.open:
            with tab:
                _guarded(bills, show)


def _guarded(bills: Bills, show: Shown) -> None:
    try:
        by_rules(bills, show)
    except ScenarioError as error:
        problems(error.problems, "This cannot be shown:")


def board(place: Path, *, is_sample: bool) -> None:
    """Show the workspace."""
    workspace = Workspace(place)
    try:
        imports = workspace.imports()
        if not imports:
            empty()
            return
        if is_sample:
            st.warning(SAMPLE_TOLD)
        held_imports(imports)
        bills = Bills(workspace, ledger(place, is_sample=is_sample))
        currencies.show(bills)
        opened_tab(bills)
    except NotMadeError:
        pass  # the page says why where it was to be made
    except ScenarioError as error:
        problems(error.problems, "The bills cannot be shown:")
    finally:
        workspace.close()


st.markdown("## Bills")
named = bills_folder()
if named is not None:
    board(named, is_sample=False)
elif st.session_state.get(SAMPLE):
    board(Path(st.session_state[SAMPLE]), is_sample=True)
else:
    empty()
