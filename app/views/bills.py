"""The real bill: what is held and whether it adds up, what each part costs a month, what nobody has put a name to."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

import streamlit as st

from app.show import picked, picture, problems, table
from app.state import bills_folder
from app.text import source_text
from tco_model.actuals.spend import COST_WORDS, COSTS, DIMENSIONS, TAG, Spend, currencies, spend, tag_keys
from tco_model.actuals.store import Import, Workspace
from tco_model.errors import ScenarioError
from tco_model.finops.allocate import allocate
from tco_model.finops.books import bill_of
from tco_model.finops.maturity import marks
from tco_model.finops.rates import in_words, rates_told
from tco_model.finops.rules import read_rules, rules_of
from tco_model.finops.starter import STARTER
from tco_model.report import pictures
from tco_model.report.format import percent, short_number
from tco_model.scenario.source import read_source

SAMPLE = "sample-bills"
RULES = "allocation.yaml"
MOST_LINES, MOST_ROWS, MOST_TAGS = 6, 20, 12


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
    if st.button("Show a year of invented bills", type="primary", help="An invented company; takes some seconds"):
        with st.spinner("Writing and importing a year of bills …"):
            st.session_state[SAMPLE] = str(_sample())
        st.rerun()


def _sample() -> Path:
    """Write the sample into a folder of this session's own."""
    from tco_model.actuals.demo import write_demo
    from tco_model.actuals.load import import_files

    place = Path(tempfile.mkdtemp(prefix="tco-sample-bills-"))
    import_files(write_demo(place), place)
    return place


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


def spend_of(found: Spend) -> None:
    """Show the lines and the table of a breakdown."""
    few = found.first(MOST_LINES)
    what = f"{found.cost} by {_words(found.dimension)}"
    labels = {name: name for name in few.amounts}
    amounts = {name: [float(value) for value in values] for name, values in few.amounts.items()}
    picture(pictures.spend(labels, found.months[0], amounts, unit=f"{found.currency}/month", what=what))
    more = found.first(MOST_ROWS)
    last, before = found.months[-1], found.months[-2] if len(found.months) > 1 else ""
    head = [_words(found.dimension).capitalize(), f"All {len(found.months)} months", "Share", last, f"Change on {before}" if before else ""]
    rows = [
        [
            name,
            short_number(float(sum(values))),
            percent(float(sum(values) / found.total)) if found.total else "–",
            short_number(float(values[-1])),
            _change(float(values[-1]), float(values[-2])) if before else "",
        ]
        for name, values in more.amounts.items()
    ]
    table(
        head, rows, caption=f"{COST_WORDS[found.cost]} [{found.currency}]; the total, {found.total:,} {found.currency}, is that of the bill"
    )


def owners_of(workspace: Workspace, *, is_sample: bool) -> None:
    """Show who bears what, by the allocation file beside the bills; without one say how to begin."""
    st.markdown("### Who bears it")
    file = workspace.path / RULES
    if file.is_file():
        rules = read_rules(file)
    elif is_sample:
        rules = rules_of(read_source(STARTER, "the starter file"))
    else:
        st.info("No allocation file lies beside the bills. This writes a commented one to begin with:")
        st.code(f"tco allocate --starter --rules {file}", language=None)
        return
    found = allocate(bill_of(workspace, rules.currency)[0], rules, workspace.usage())
    held = marks("allocation")
    placed = f"crawl {percent(held.crawl, 0)}, walk {percent(held.walk, 0)}, run {percent(held.run, 0)}"
    source = source_text(held.source, held.url, held.as_of)
    st.markdown(f"**{percent(found.coverage)}** of the cost is allocated: **{held.level(found.coverage)}** ({placed}; {source}).")
    rows = [_owner(owner, own, pools, found.bill) for owner, (own, pools) in found.owners().items()]
    rows += [_owner(f"left out: {pool}", amount, Decimal(0), found.bill) for pool, amount in found.left_out.items()]
    rows.append(_owner("nobody", found.unallocated, Decimal(0), found.bill))
    caption = f"{found.cost} of all months [{found.currency}]; direct, shares of pools, and together. The parts sum to the bill."
    table(("Owner", "Direct", "Of pools", "Together", "Share"), rows, caption=caption)
    if found.items:
        items = [(item.account, item.service, short_number(float(item.amount)), f"{item.rows:,}") for item in found.items]
        table(("Account", "Service", "Amount", "Charges"), items, caption="Largest charges nobody owns", words=(1,))


def _owner(name: str, own: Decimal, pools: Decimal, bill: Decimal) -> list[str]:
    share = percent(float((own + pools) / bill)) if bill else "–"
    return [name, short_number(float(own)), short_number(float(pools)), short_number(float(own + pools)), share]


def _words(dimension: str) -> str:
    if dimension.startswith(TAG):
        return f"tag {dimension.removeprefix(TAG)}"
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in dimension).strip()


def _change(now: float, before: float) -> str:
    if not before:
        return "new" if now else "–"
    return f"{(now - before) / abs(before):+.0%}".replace("-", "−")


def board(place: Path, *, is_sample: bool) -> None:
    """Show the workspace."""
    workspace = Workspace(place)
    try:
        imports = workspace.imports()
        if not imports:
            empty()
            return
        if is_sample:
            st.warning("These bills are invented: the company Northlight, October 2025 to September 2026.")
        held_imports(imports)
        charges = workspace.charges()
        tags = {f"{TAG}{key}": f"tag {key}" for key in tag_keys(charges)[:MOST_TAGS]}
        left, middle, right = st.columns((2, 2, 1))
        with left:
            dimension = picked("Broken down by", {name: _words(name) for name in DIMENSIONS} | tags, "bills-by")
        with middle:
            cost = picked("Amount", {name: COST_WORDS[name] for name in COSTS}, "bills-cost")
        with right:
            converted, rates = bill_of(workspace)
            every = {"": f"{rates.into}, all converted"} if rates else {}
            currency = picked("Currency", every | {code: code for code in currencies(charges)}, "bills-currency")
        told = charges if currency else converted
        spend_of(spend(told, dimension, "BilledCost" if cost == "BilledCost" else "EffectiveCost", currency))
        if rates and not currency:
            st.caption(" ".join(f"{line}." for line in in_words(rates_told(converted, rates), rates.into)))
        owners_of(workspace, is_sample=is_sample)
    except ScenarioError as error:
        problems(error.problems, "The bills cannot be shown:")
    finally:
        workspace.close()


st.markdown("## Bills")
named = bills_folder()
sample = st.session_state.get(SAMPLE)
if named is not None:
    board(named, is_sample=False)
elif sample:
    board(Path(sample), is_sample=True)
else:
    empty()
