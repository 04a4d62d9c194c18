"""What is imported equals the file to the last decimal, once, and by issuer, account and period."""

from __future__ import annotations

import csv
import random
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tco_model.actuals.columns import CHARGES, USAGE
from tco_model.actuals.load import import_files
from tco_model.actuals.overlap import Choice
from tco_model.actuals.store import Workspace
from tco_model.errors import ScenarioError
from tests.actuals.bills import BASE, EXAMPLES, SAMPLE, charge, held, month, text, tree, write

needs_sample = pytest.mark.skipif(not SAMPLE.exists(), reason="the FOCUS sample is not at hand")


def totals(rows: list[dict[str, object]], name: str = "BilledCost") -> Decimal:
    return sum((row[name] for row in rows if row[name] is not None), Decimal(0))  # type: ignore[misc]


@needs_sample
class TestRealExports:
    def test_the_sample_reads_to_its_known_totals(self, tmp_path: Path) -> None:
        """Totals and rows a provider as published with the sample, and a second sum in Python's decimals over the raw text."""
        outcome = import_files([SAMPLE], tmp_path / "w")[0]
        rows = held(tmp_path / "w")
        assert totals(rows) == Decimal("20.52022672899")
        assert totals(rows, "EffectiveCost") == Decimal("14.97651418586")
        assert Counter(row["ServiceProviderName"] for row in rows) == {"AWS": 942, "Microsoft": 51, "Oracle": 7}
        with SAMPLE.open(encoding="utf-8-sig", newline="") as stream:
            assert totals(rows) == sum(Decimal(row["BilledCost"]) for row in csv.DictReader(stream))
        assert outcome.held is not None and (outcome.held.rows, outcome.held.kept, outcome.held.set_aside) == (1000, 1000, 0)
        assert outcome.held.version == "1.0" and len({row["x_ChargeKey"] for row in rows}) == 1000

    @pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.csv")), ids=lambda path: path.stem[:60])
    def test_the_examples_of_the_specification_read(self, path: Path, tmp_path: Path) -> None:
        """Every row is kept or set aside, and amounts equal those of the text once currency sign and commas are gone."""
        outcome = import_files([path], tmp_path / "w", currency="USD")[0]
        with path.open(encoding="utf-8-sig", newline="") as stream:
            raw = list(csv.DictReader(stream))
        aside = {row.line for row in outcome.set_aside}
        kept = [row for line, row in enumerate(raw, 2) if line not in aside]
        rows = held(tmp_path / "w")
        assert len(rows) == len(kept) == len(raw) - len(aside)
        for name in ("BilledCost", "EffectiveCost"):
            assert totals(rows, name) == sum(Decimal(row[name].strip().replace("$", "").replace(",", "") or 0) for row in kept)
        assert {row["BillingCurrency"] for row in rows} == {"USD"}

    def test_virtual_currency_keeps_money_in_the_billing_currency_and_tokens_apart(self, tmp_path: Path) -> None:
        import_files([EXAMPLES / "virtual_currency_pricing_model_a2.csv"], tmp_path / "w")
        rows = held(tmp_path / "w")
        assert {row["BillingCurrency"] for row in rows} == {"USD"}
        assert totals(rows, "EffectiveCost") == Decimal(1230) and totals(rows) == 0
        assert all(row["PricingQuantity"] is not None for row in rows)


class TestOnceAndOnceOnly:
    def test_the_same_file_twice_changes_nothing(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", month(range(1, 9)))
        import_files([path], tmp_path / "w")
        before = tree(tmp_path / "w")
        assert import_files([path], tmp_path / "w")[0].unchanged
        assert tree(tmp_path / "w") == before

    def test_the_same_content_under_other_bytes_adds_no_row(self, tmp_path: Path) -> None:
        rows = month(range(1, 9))
        import_files([write(tmp_path / "a.csv", rows)], tmp_path / "w")
        before = held(tmp_path / "w")
        outcome = import_files([write(tmp_path / "b.csv", rows, end="\r\n")], tmp_path / "w")[0]
        assert outcome.unchanged and held(tmp_path / "w") == before

    def test_rows_alike_in_one_file_are_all_charges(self, tmp_path: Path) -> None:
        rows = [charge(), charge(), charge(), charge(ResourceId="r2")]
        outcome = import_files([write(tmp_path / "a.csv", rows)], tmp_path / "w")[0]
        found = held(tmp_path / "w")
        assert totals(found) == Decimal("5.00") and len({row["x_ChargeKey"] for row in found}) == 4
        assert outcome.held is not None and outcome.held.notes["keys_repeated"] == 2

    def test_keys_do_not_depend_on_the_order_of_rows_or_on_their_neighbours(self, tmp_path: Path) -> None:
        rows = [*month(range(1, 9)), charge(), charge()]
        shuffled = random.Random(1).sample(rows, len(rows))
        for name, chosen in (("a", rows), ("b", shuffled), ("c", rows[:4])):
            import_files([write(tmp_path / f"{name}.csv", chosen)], tmp_path / name)
        first, second, third = ({row["x_ChargeKey"] for row in held(tmp_path / name)} for name in "abc")
        assert first == second and third < first


class TestLaterExports:
    def test_a_month_that_goes_on_replaces_its_beginning(self, tmp_path: Path) -> None:
        import_files([write(tmp_path / "a.csv", month(range(1, 9)))], tmp_path / "w")
        outcome = import_files([write(tmp_path / "b.csv", month(range(1, 15)))], tmp_path / "w")[0]
        assert len(held(tmp_path / "w")) == 14
        assert outcome.held is not None
        (replaced,) = outcome.held.replaced
        assert (replaced["rows_before"], replaced["rows_after"]) == (8, 14)
        assert Decimal(replaced["before"]["USD"]["BilledCost"]) == 10 and Decimal(replaced["after"]["USD"]["BilledCost"]) == Decimal("17.5")

    def test_the_same_name_restated_from_end_to_end_replaces(self, tmp_path: Path) -> None:
        path = tmp_path / "may.csv"
        import_files([write(path, month(range(1, 9)))], tmp_path / "w")
        import_files([write(path, month(range(1, 9), BilledCost="9"))], tmp_path / "w")
        assert totals(held(tmp_path / "w")) == 72

    def test_other_accounts_and_months_stand_as_they_were(self, tmp_path: Path) -> None:
        june = charge(
            BillingPeriodStart="2026-06-01", BillingPeriodEnd="2026-07-01", ChargePeriodStart="2026-06-02", ChargePeriodEnd="2026-06-03"
        )
        import_files([write(tmp_path / "a.csv", [*month(range(1, 9)), charge(BillingAccountId="A2"), june])], tmp_path / "w")
        import_files([write(tmp_path / "b.csv", month(range(1, 12)))], tmp_path / "w")
        rows = held(tmp_path / "w")
        assert Counter((row["BillingAccountId"], row["BillingPeriodStart"].month) for row in rows) == {
            ("A1", 5): 11,
            ("A2", 5): 1,
            ("A1", 6): 1,
        }

    def test_a_partial_overlap_is_refused_until_the_user_says_which(self, tmp_path: Path) -> None:
        import_files([write(tmp_path / "a.csv", month(range(1, 9)))], tmp_path / "w")
        before = tree(tmp_path / "w")
        piece = write(tmp_path / "b.csv", month(range(7, 12)))
        with pytest.raises(ScenarioError, match="8 rows of this account and month, the export 5, and 2 of them are the same") as error:
            import_files([piece], tmp_path / "w")
        assert "--replace" in error.value.problems[0].mend and tree(tmp_path / "w") == before
        added = import_files([piece], tmp_path / "w", choice=Choice.ADD)[0]
        assert len(held(tmp_path / "w")) == 11 and added.held is not None and added.held.skipped == 2

    def test_replace_puts_the_piece_in_place_of_the_month(self, tmp_path: Path) -> None:
        import_files([write(tmp_path / "a.csv", month(range(1, 9)))], tmp_path / "w")
        import_files([write(tmp_path / "b.csv", month(range(7, 12)))], tmp_path / "w", choice=Choice.REPLACE)
        assert len(held(tmp_path / "w")) == 5

    def test_pieces_of_one_export_are_imported_together(self, tmp_path: Path) -> None:
        pieces = [write(tmp_path / f"part-{n}.csv", month(range(1, 9), ResourceId=f"r{n}")) for n in range(3)]
        import_files(pieces, tmp_path / "w")
        assert len(held(tmp_path / "w")) == 24

    def test_the_totals_of_the_log_are_those_of_the_table(self, tmp_path: Path) -> None:
        import_files([write(tmp_path / "a.csv", month(range(1, 9)))], tmp_path / "w")
        import_files([write(tmp_path / "b.csv", month(range(5, 20), BilledCost="0.1"))], tmp_path / "w", choice=Choice.ADD)
        parts = Workspace(tmp_path / "w").parts("charges")
        assert sum(Decimal(part.totals["USD"]["BilledCost"]) for part in parts) == totals(held(tmp_path / "w")) == Decimal("11.5")


class TestFormats:
    def test_csv_and_parquet_of_one_bill_are_one_bill(self, tmp_path: Path) -> None:
        """Typed Parquet, tags as a map and times with a zone, gives the rows of the text it came from."""
        import_files([write(tmp_path / "a.csv", month(range(1, 5)))], tmp_path / "csv")
        rows = held(tmp_path / "csv")
        columns = {
            "BilledCost": pa.array([row["BilledCost"] for row in rows], pa.decimal128(38, 12)),
            "EffectiveCost": pa.array([float(row["EffectiveCost"]) for row in rows]),
            "Tags": pa.array([list(row["Tags"]) for row in rows], pa.map_(pa.string(), pa.string())),
            **{
                name: pa.array([row[name] for row in rows], pa.timestamp("us", "UTC"))
                for name in ("BillingPeriodStart", "ChargePeriodStart")
            },
        }
        rest = {name: [row[name] for row in rows] for name in BASE if name not in columns}
        pq.write_table(pa.table(columns | rest), tmp_path / "a.parquet")
        import_files([tmp_path / "a.parquet"], tmp_path / "parquet")
        ours = ("x_File",)
        assert [{k: v for k, v in row.items() if k not in ours} for row in held(tmp_path / "parquet")] == [
            {k: v for k, v in row.items() if k not in ours} for row in rows
        ]

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found(self, delimiter: str, tmp_path: Path) -> None:
        import_files([write(tmp_path / "a.csv", month(range(1, 5)), delimiter=delimiter)], tmp_path / "w")
        assert totals(held(tmp_path / "w")) == 5

    def test_an_empty_workspace_has_every_column(self, tmp_path: Path) -> None:
        space = Workspace(tmp_path / "w")
        assert tuple(space.charges().columns) == tuple(CHARGES) and tuple(space.usage().columns) == tuple(USAGE)
        assert space.charges().count().to_pyarrow().as_py() == 0

    def test_the_connection_reads_nothing_outside_its_folder(self, tmp_path: Path) -> None:
        import duckdb

        secret = tmp_path / "secret.csv"
        secret.write_text("a\n1\n")
        with pytest.raises(duckdb.PermissionException):
            Workspace(tmp_path / "w").connection.raw_sql(f"SELECT * FROM read_csv('{secret}')")


def test_amounts_finer_than_twelve_decimals_are_rounded_and_said(tmp_path: Path) -> None:
    fine = ["0.1234567890125", "0.0000000000005", "1e-13"]
    outcome = import_files([write(tmp_path / "a.csv", [charge(BilledCost=cost) for cost in fine])], tmp_path / "w")[0]
    assert outcome.held is not None and outcome.held.notes["rounded_to_12_decimals"] == 3
    assert Decimal(outcome.held.totals["USD"]["BilledCost"]) == sum(map(Decimal, fine))
    assert abs(totals(held(tmp_path / "w")) - sum(map(Decimal, fine))) <= Decimal("1.5e-12")


def test_sums_are_exact_where_floats_are_not(tmp_path: Path) -> None:
    """Ten thousand times 0.1 beside 1e14: binary floats lose the cents, decimals do not."""
    rows = [charge(BilledCost="100000000000000.01"), *[charge(BilledCost="0.1", ResourceId=f"r{n}") for n in range(1000)]]
    import_files([write(tmp_path / "a.csv", rows)], tmp_path / "w")
    assert totals(held(tmp_path / "w")) == Decimal("100000000000100.01")


def test_currencies_are_never_added(tmp_path: Path) -> None:
    outcome = import_files([write(tmp_path / "a.csv", [charge(), charge(BillingCurrency="EUR", BilledCost="7")])], tmp_path / "w")[0]
    assert outcome.workspace_totals is not None
    assert {currency: sums["BilledCost"] for currency, sums in outcome.workspace_totals.items()} == {
        "USD": Decimal("1.25"),
        "EUR": Decimal(7),
    }


def test_a_file_without_currency_asks_for_one(tmp_path: Path) -> None:
    columns = [name for name in BASE if name != "BillingCurrency"]
    path = write(tmp_path / "a.csv", [charge()], columns=columns)
    with pytest.raises(ScenarioError, match="BillingCurrency"):
        import_files([path], tmp_path / "w")
    import_files([path], tmp_path / "w", currency="EUR")
    assert held(tmp_path / "w")[0]["BillingCurrency"] == "EUR"
    assert "BillingCurrency" not in text([charge()], columns)
