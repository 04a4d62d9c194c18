"""The doctor finds what was planted and nothing in a sound bill; the demonstration is seeded, consistent and imports whole."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tco_model.actuals.demo import write_demo
from tco_model.actuals.demo_ai import PRICES
from tco_model.actuals.demo_catalogue import CATALOGUE
from tco_model.actuals.demo_rows import COMMITTED_A_DAY, DECIDED_FROM, DRIFT_FROM, MONTHS, level
from tco_model.actuals.doctor import examine
from tco_model.actuals.load import import_files
from tco_model.cli.actuals import actuals
from tco_model.prices.book import quote
from tests.actuals.bills import BASE, SAMPLE, charge, held, month, write


def mended(path: Path) -> dict[str, str]:
    """What needs mending, by what it is about."""
    return {finding.about: finding.message for finding in examine(path) if finding.mend}


def test_a_sound_bill_needs_nothing(tmp_path: Path) -> None:
    assert mended(write(tmp_path / "a.csv", month(range(1, 9)))) == {}


JUNE = {
    "BillingPeriodStart": "2026-06-01",
    "BillingPeriodEnd": "2026-07-01",
    "ChargePeriodStart": "2026-06-02",
    "ChargePeriodEnd": "2026-06-03",
}
PLANTED: dict[str, tuple[list[dict[str, str]], str, str]] = {
    "untagged": ([charge(Tags=""), charge()], "tags", "50.0% of rows and 50.0% of positive billed cost"),
    "twins": ([charge(), charge()], "duplicates", "1 charges are equal"),
    "currencies": ([charge(), charge(BillingCurrency="EUR")], "currencies", "2 currencies"),
    "negative": ([charge(), charge(BilledCost="-3")], "amounts", "1 usage or purchase charges are negative (-3.00)"),
    "huge": ([charge(BilledCost="2000000000")], "amounts", "1 charges are of 1,000,000,000 and more"),
    "no effective cost": ([charge(EffectiveCost="")], "amounts", "1 charges have no EffectiveCost"),
    "counted twice": ([charge(ChargeCategory="Purchase", CommitmentDiscountId="c", EffectiveCost="9")], "commitments", "(9.00)"),
    "whole effective costs": (month(range(1, 20), EffectiveCost="3"), "effective cost", "all 19 rows"),
    "a gap": (
        [charge(), charge(**{key: value.replace("-07-", "-08-").replace("-06-", "-07-") for key, value in JUNE.items()})],
        "periods",
        "2026-06-01 to 2026-07-01",
    ),
    "an overlap": ([charge(), charge(**JUNE | {"BillingPeriodStart": "2026-05-20"})], "periods", "overlaps"),
    "set aside": ([*month(range(1, 5)), charge(BilledCost="x")], "set aside", "1 of 5 rows"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    rows, about, said = PLANTED[name]
    found = mended(write(tmp_path / "a.csv", rows, columns=[*BASE, "CommitmentDiscountId"]))
    assert set(found) == {about} and said in found[about]


def test_a_correction_a_credit_and_a_refund_may_be_negative(tmp_path: Path) -> None:
    rows = [
        charge(BilledCost="-1", ChargeClass="Correction"),
        charge(BilledCost="-1", ChargeCategory="Credit"),
        charge(BilledCost="-1", ChargeCategory="Adjustment"),
    ]
    assert mended(write(tmp_path / "a.csv", rows)) == {}


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [charge()], columns=[name for name in BASE if name != "ListCost"])
    assert "ListCost" in mended(path)["columns"]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the FOCUS sample is not at hand")
def test_the_published_sample() -> None:
    """28.9% of rows and 3.9% of positive cost untagged, and AWS with rounded effective costs, as counted by hand from the file."""
    found = {finding.about: finding.message for finding in examine(SAMPLE)}
    assert found["tags"].startswith("28.9% of rows and 3.9% of positive billed cost") and found["effective cost"].startswith("AWS")


@pytest.fixture(scope="module")
def demo(sample_year: Path) -> Path:
    return sample_year


def by_month(rows: list[dict[str, Any]], column: str = "BilledCost") -> list[Decimal]:
    sums: dict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["BillingPeriodStart"].date()] += row[column]
    return [sums[one] for one in MONTHS]


class TestDemo:
    def test_a_seed_gives_the_same_bytes(self, demo: Path, tmp_path: Path) -> None:
        again = write_demo(tmp_path)
        assert all(path.read_bytes() == (demo / path.relative_to(tmp_path)).read_bytes() for path in again)
        other = write_demo(tmp_path / "other", seed=8)
        assert again[0].read_bytes() != other[0].read_bytes()

    def test_it_is_of_the_size_promised(self, demo: Path) -> None:
        rows = held(demo)
        assert 20_000 < len(rows) < 40_000
        assert {row["ServiceProviderName"] for row in rows} == {"Nimbus Cloud", "Terrane", "OpenAI"}
        assert {row["ChargeCategory"] for row in rows} == {"Usage", "Purchase", "Tax", "Credit", "Adjustment"}

    def test_the_commitment_is_paid_once_and_amortised_over_its_year(self, demo: Path) -> None:
        rows = [row for row in held(demo) if row["CommitmentDiscountId"]]
        assert sum(row["BilledCost"] for row in rows) == sum(row["EffectiveCost"] for row in rows) == COMMITTED_A_DAY * 365
        unused = sum(row["EffectiveCost"] for row in rows if row["CommitmentDiscountStatus"] == "Unused")
        assert Decimal("0.05") < unused / (COMMITTED_A_DAY * 365) < Decimal("0.2")

    def test_the_logs_priced_from_tokens_are_the_bill_of_the_ai_service(self, demo: Path) -> None:
        """Each project and month: tokens of the usage pages at list price equal its costs; the gateway's log holds the same tokens."""
        billed: dict[Any, Decimal] = defaultdict(Decimal)
        for row in held(demo):
            if row["x_Source"] == "openai_costs":
                billed[row["SubAccountId"], row["BillingPeriodStart"].month] += row["BilledCost"]
        priced: dict[Any, Decimal] = defaultdict(Decimal)
        tokens: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in held(demo, "usage"):
            fresh, cached, output = PRICES[row["Model"]]
            key = (row["Project"], row["StartTime"].month)
            if row["x_Source"] == "openai_usage":
                cost = (
                    (row["InputTokens"] - row["CachedInputTokens"]) * fresh
                    + row["CachedInputTokens"] * cached
                    + row["OutputTokens"] * output
                )
                priced[key] += cost / Decimal(1_000_000)
            tokens[key][row["x_Source"]] += row["InputTokens"] + row["OutputTokens"]
        assert set(priced) == set(billed) and len(billed) == 36
        assert all(abs(priced[key] - billed[key]) < Decimal("1e-6") for key in billed)
        assert all(tokens[key]["litellm"] == tokens[key]["openai_usage"] for key in billed if key[0] != "proj_support_live")

    @pytest.mark.parametrize("model", PRICES)
    def test_its_prices_are_those_of_the_price_book(self, model: str) -> None:
        for day in (MONTHS[0], MONTHS[-1]):
            rates = quote(model, day, provider="openai", input_tokens=5_000)
            assert [float(price) for price in PRICES[model]] == [rates.input_price, rates.cached_price, rates.output_price]

    def test_cost_grows_from_the_eighth_month_through_evaluation_and_retrieval_while_cases_do_not(self, demo: Path) -> None:
        rows = [row for row in held(demo) if row["ChargeCategory"] == "Usage"]
        for workload in ("evaluation", "retrieval"):
            cost = by_month([row for row in rows if dict(row["Tags"] or {}).get("workload") == workload])
            assert max(cost[:DRIFT_FROM]) < Decimal("1.2") * cost[0] and cost[-1] > Decimal("1.5") * cost[DRIFT_FROM - 1]
        live = by_month([row for row in rows if dict(row["Tags"] or {}).get("workload") == "live"], "EffectiveCost")
        assert live[-1] < Decimal("1.2") * live[DRIFT_FROM - 1]
        with (demo / "outcomes.csv").open() as stream:
            cases = [int(row["cases_resolved"]) for row in csv.DictReader(stream) if row["product"] == "support-assistant"]
        assert len(cases) == 12 and cases[-1] < 1.05 * cases[DRIFT_FROM - 1]

    def test_three_months_more_leave_the_year_as_it_was_and_show_the_decision(self, demo: Path, tmp_path: Path) -> None:
        written = {path.relative_to(tmp_path): path.read_bytes() for path in write_demo(tmp_path, months=15)}
        year = {path.relative_to(demo): path.read_bytes() for path in demo.glob("exports/*/*")}
        assert len(year) == 60 and len(written) == 75 and year.items() <= written.items()
        evaluation = [level(one, place) for one in CATALOGUE if one.name == "eval-tone" for place in range(15)]
        kept, grown = evaluation[DECIDED_FROM], evaluation[12]
        assert grown > evaluation[11] > 1.7 * kept and kept == evaluation[14] > evaluation[0]
        counted = (tmp_path / "outcomes.csv").read_text().splitlines()
        assert counted[:37] == (demo / "outcomes.csv").read_text().splitlines() and len(counted) == 46

    def test_the_doctor_finds_the_spend_that_was_not_logged(self, demo: Path) -> None:
        assert "repriced" in mended(demo)["logged spend"]

    def test_importing_its_exports_again_changes_nothing(self, demo: Path) -> None:
        exports = sorted((demo / "exports").rglob("*.*"))
        assert len(exports) == 60 and all(outcome.unchanged for outcome in import_files(exports, demo))


class TestCommands:
    def run(self, *words: str, code: int = 0) -> str:
        done = CliRunner().invoke(actuals, list(words))
        assert done.exit_code == code, done.output
        return done.output

    def test_import_says_that_the_totals_are_equal(self, tmp_path: Path) -> None:
        path, folder = str(write(tmp_path / "a.csv", month(range(1, 9)))), str(tmp_path / "w")
        said = self.run("import", path, "-w", folder)
        assert "8 read = 8 kept + 0 set aside" in said and said.count(": equal") == 2 and "10.00 USD in the file" in said
        assert "nothing changed" in self.run("import", path, "-w", folder)
        assert "8 read" in self.run("list", folder)
        assert json.loads(self.run("list", folder, "--json"))[0]["kept"] == 8

    def test_the_doctor_leaves_with_one_where_something_needs_mending(self, tmp_path: Path) -> None:
        assert "nothing to mend" not in self.run("doctor", str(write(tmp_path / "a.csv", [charge(), charge()])), code=1)
        found = json.loads(self.run("doctor", str(write(tmp_path / "b.csv", month(range(1, 9)))), "--json"))
        assert not any(finding["mend"] for finding in found)

    def test_json_of_an_import_spells_amounts_as_text(self, tmp_path: Path) -> None:
        (found,) = json.loads(
            self.run("import", str(write(tmp_path / "a.csv", [charge(BilledCost="0.1")])), "-w", str(tmp_path / "w"), "--json")
        )
        assert Decimal(found["workspace_totals"]["USD"]["BilledCost"]) == Decimal("0.1")

    def test_the_sample_brings_the_files_it_is_read_by_and_leaves_those_that_are_there(self, tmp_path: Path) -> None:
        said, names = self.run("demo", str(tmp_path), "--months", "1"), ("allocation", "budgets", "forecast", "calibration")
        files = {name: tmp_path / f"{name}.yaml" for name in names}
        assert all(file.exists() and str(file) in said for file in files.values())
        files["budgets"].write_text("mine")
        files["forecast"].unlink()
        again = self.run("demo", str(tmp_path), "--months", "1")
        assert files["budgets"].read_text() == "mine" and files["forecast"].exists() and "budgets.yaml" not in again
