"""Whatever is wrong with a file is said with its place, its rule and its mend, and the workspace stays as it was."""

from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tco_model.actuals import focus_bill, values
from tco_model.actuals.load import import_files
from tco_model.errors import ScenarioError
from tests.actuals.bills import charge, held, month, text, tree, write

GOOD = text(month(range(1, 5)))


def refused(path: Path, folder: Path) -> str:
    """Import a good bill, then the bad file; return the message and hold that nothing changed."""
    import_files([write(path.parent / "good.csv", month(range(1, 3), BillingAccountId="other"))], folder)
    before = tree(folder)
    with pytest.raises(ScenarioError) as error:
        import_files([path], folder)
    assert tree(folder) == before
    problem = error.value.problems[0]
    assert problem.mend and problem.file == str(path)
    return str(problem)


FILES: dict[str, tuple[str, bytes, str]] = {
    "truncated gzip": ("a.csv.gz", gzip.compress(GOOD.encode())[:-30], "breaks off"),
    "damaged gzip": ("a.csv.gz", gzip.compress(GOOD.encode())[:40] + b"\xff" * 60 + gzip.compress(GOOD.encode())[100:], "gzip file"),
    "gzip of nothing": ("a.csv.gz", gzip.compress(b""), "is empty once unpacked"),
    "unknown delimiter": ("a.csv", GOOD.replace(",", "#").encode(), "no delimiter"),
    "empty": ("a.csv", b"", "is empty"),
    "white space": ("a.csv", b" \n \n", "white space"),
    "header only": ("a.csv", GOOD.splitlines()[0].encode() + b"\n", "a header and no rows"),
    "UTF-16": ("a.csv", GOOD.encode("utf-16"), "is UTF-16"),
    "Latin-1": ("a.csv", GOOD.replace("compute", "caf\xe9", 1).encode("latin-1"), "a.csv:2: is not UTF-8: byte 0xe9"),
    "NUL bytes": ("a.csv", GOOD.encode() + b"\0\0", "a.csv:6: holds NUL"),
    "cut within a character": ("a.csv", (GOOD + "é").encode()[:-1], "middle of a character"),
    "a long line": ("a.csv", GOOD.encode() + b"x" * (18 << 20), "a.csv:6: a line is longer"),
    "a workbook": ("a.csv", b"PK\x03\x04" + b"0" * 99, "a ZIP archive or a workbook"),
    "a PDF": ("a.csv", b"%PDF-1.7" + b"0" * 99, "a PDF"),
    "another CSV": ("a.csv", b"name,age\nx,1\n", "no export of a known source"),
    "another JSON": ("a.json", b'{"name": 1}', "no export of a known source"),
    "no Parquet": ("a.parquet", b"PAR1" + b"0" * 99, "no whole Parquet"),
    "a column twice": ("a.csv", GOOD.replace("ResourceId", "BilledCost", 1).encode(), "names the column BilledCost twice"),
    "mostly unreadable": ("a.csv", GOOD.replace("1.25", "a lot").encode(), "4 of 4 rows cannot be read"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused(name: str, tmp_path: Path) -> None:
    called, content, said = FILES[name]
    (tmp_path / called).write_bytes(content)
    assert said in refused(tmp_path / called, tmp_path / "w")


def test_a_folder_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path, tmp_path / "w")
    assert "No such file" in refused(tmp_path / "absent.csv", tmp_path / "w")


def test_a_parquet_bomb_is_refused_from_its_footer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run-length encoding packs millions of equal cells into some kilobytes; the footer says how many."""
    rows = 2_000_000
    table = pa.table({name: pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), [value]) for name, value in charge().items()})
    pq.write_table(table, tmp_path / "a.parquet")
    assert (tmp_path / "a.parquet").stat().st_size < 2_000_000
    monkeypatch.setattr(focus_bill, "MOST_CELLS", 40_000_000)
    assert "2,000,000 rows of 23 columns" in refused(tmp_path / "a.parquet", tmp_path / "w")


AMOUNTS = {
    "NaN": "not a finite number",
    "-inf": "not a finite number",
    "1e400": "not believed",
    "1e999999999": "not believed",
    "99999999999999999999": "not believed",
    "1e15": "not believed",
    "1,5": "not a number",
    "1.000,50": "not a number",
    "0x10": "not a number",
    "1_000": "not a number",
    "١٢": "not a number",
    "--1": "not a number",
    "": "a charge has an amount",
}


@pytest.mark.parametrize("word", AMOUNTS)
def test_an_amount_that_is_none_is_set_aside(word: str, tmp_path: Path) -> None:
    """The row is told by line, column, value and rule, and the others are kept."""
    path = write(tmp_path / "a.csv", [*month(range(1, 5)), charge(BilledCost=word), charge(ResourceId="last")])
    outcome = import_files([path], tmp_path / "w")[0]
    (row,) = outcome.set_aside
    assert (row.line, row.column, row.value) == (6, "BilledCost", word) and AMOUNTS[word] in row.reason
    assert outcome.held is not None and (outcome.held.rows, outcome.held.kept) == (6, 5) and len(held(tmp_path / "w")) == 5
    kept = pq.read_table(tmp_path / "w" / "set_aside" / f"{outcome.held.id}.parquet").to_pylist()
    assert kept[0]["raw"].startswith(f"{word},1.00") or "," in word


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("ChargePeriodStart", "2026-02-30"),
        ("BillingPeriodStart", "yesterday"),
        ("ChargePeriodEnd", "0001-01-01"),
        ("ListCost", "free"),
        ("PricingQuantity", "2 h"),
    ],
)
def test_a_cell_that_cannot_be_read_names_its_column(column: str, word: str, tmp_path: Path) -> None:
    outcome = import_files([write(tmp_path / "a.csv", [*month(range(1, 5)), charge(**{column: word})])], tmp_path / "w")[0]
    assert [(row.line, row.column, row.value) for row in outcome.set_aside] == [(6, column, word)]


def test_lines_that_are_no_rows_are_counted_and_said(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*lines[:3], "a,b,c", *lines[3:], lines[1] + ",more"]) + "\n")
    outcome = import_files([path], tmp_path / "w")[0]
    assert [(row.line, row.reason[:5]) for row in outcome.set_aside] == [(4, "fewer"), (7, "more ")]
    assert outcome.held is not None and outcome.held.rows == 6 and len(held(tmp_path / "w")) == 4


def test_two_files_with_bad_lines_do_not_share_them(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(GOOD.replace("A1", name) + f"x,{name}\n")
    outcomes = import_files([tmp_path / "a.csv", tmp_path / "b.csv"], tmp_path / "w")
    assert [[row.raw for row in outcome.set_aside] for outcome in outcomes] == [["x,a"], ["x,b"]]


class TestQuirks:
    """What exporters do in the field."""

    def row(self, folder: Path, **cells: str) -> dict[str, object]:
        import_files([write(folder / "a.csv", [charge(**cells)])], folder / "w")
        return held(folder / "w")[0]

    @pytest.mark.parametrize("word", ["NULL", "null", "", "  "])
    def test_null_in_letters_is_no_value(self, word: str, tmp_path: Path) -> None:
        row = self.row(tmp_path, ResourceId=word, ListCost=word, Tags=word)
        assert (row["ResourceId"], row["ListCost"], row["Tags"]) == (None, None, None)

    @pytest.mark.parametrize(
        ("word", "amount"),
        [
            ("0.00 ", "0"),
            ("-12.5", "-12.5"),
            ("1e-5", "0.00001"),
            ("$10,000.00 ", "10000"),
            ("+3", "3"),
            (".5", "0.5"),
            ("1,234,567.80", "1234567.8"),
            ("-$1.50", "-1.5"),
        ],
    )
    def test_spellings_of_amounts(self, word: str, amount: str, tmp_path: Path) -> None:
        assert self.row(tmp_path, BilledCost=word)["BilledCost"] == Decimal(amount) == values.decimal(word.strip())

    @pytest.mark.parametrize(
        "word",
        [
            "2026-05-03",
            "2026-05-03 00:00:00",
            "2026-05-03T00:00:00Z",
            "2026-05-03T02:00:00+02:00",
            "2026-05-03 00:00:00.000 UTC",
            "5/3/26",
            "5/3/2026 0:00",
        ],
    )
    def test_spellings_of_times(self, word: str, tmp_path: Path) -> None:
        assert self.row(tmp_path, ChargePeriodStart=word, BillingPeriodStart="5/1/26")["ChargePeriodStart"] == datetime(2026, 5, 3)

    def test_days_first_are_known_by_a_day_above_twelve(self, tmp_path: Path) -> None:
        row = self.row(
            tmp_path,
            BillingPeriodStart="01/05/2026",
            BillingPeriodEnd="01/06/2026",
            ChargePeriodStart="13/05/2026",
            ChargePeriodEnd="14/05/2026",
        )
        assert row["BillingPeriodStart"] == datetime(2026, 5, 1)

    def test_days_first_are_known_by_billing_periods_that_begin_on_a_first(self, tmp_path: Path) -> None:
        row = self.row(
            tmp_path,
            BillingPeriodStart="01/05/2026",
            BillingPeriodEnd="01/06/2026",
            ChargePeriodStart="03/05/2026",
            ChargePeriodEnd="04/05/2026",
        )
        assert row["ChargePeriodStart"] == datetime(2026, 5, 3)

    @pytest.mark.parametrize(
        ("cell", "tags"),
        [
            ('{" org": "old", "org": "new"}', {"org": "new"}),
            ('{"org": "new", " org": "old"}', {"org": "new"}),
            ('{"env": "prod", "environment": "dev"}', {"env": "prod", "environment": "dev"}),
            ('"a": "1", "b": "2"', {"a": "1", "b": "2"}),
            ('[{"key": "a", "value": "1"}]', {"a": "1"}),
            ("a:1;b:2", {"a": "1", "b": "2"}),
            ("{}", {}),
            ('{"n": 1.50, "t": true, "z": null}', {"n": "1.50", "t": "true", "z": ""}),
        ],
    )
    def test_spellings_of_tags(self, cell: str, tags: dict[str, str], tmp_path: Path) -> None:
        found = self.row(tmp_path, Tags=cell)["Tags"]
        assert dict(found) == tags  # type: ignore[call-overload]

    def test_tags_that_cannot_be_read_cost_no_money(self, tmp_path: Path) -> None:
        outcome = import_files([write(tmp_path / "a.csv", [charge(Tags="{broken")])], tmp_path / "w")[0]
        assert outcome.held is not None and outcome.held.notes["tags_unreadable"] == 1
        assert held(tmp_path / "w")[0]["BilledCost"] == Decimal("1.25")

    def test_names_before_version_1_3_are_taken_and_the_new_ones_hold(self, tmp_path: Path) -> None:
        rows = [charge(ProviderName="Old", ServiceProviderName="", PublisherName="Host", HostProviderName=""), charge(ProviderName="Old")]
        import_files([write(tmp_path / "a.csv", rows)], tmp_path / "w")
        assert {(row["ServiceProviderName"], row["HostProviderName"]) for row in held(tmp_path / "w")} == {
            ("Old", "Host"),
            ("Cloud", "Cloud"),
        }

    def test_a_byte_order_mark_strange_columns_and_carriage_returns(self, tmp_path: Path) -> None:
        rows = [charge(Id="7", AvailabilityZone="3")]
        (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + text(rows, end="\r\n").encode())
        import_files([tmp_path / "a.csv"], tmp_path / "w")
        assert held(tmp_path / "w")[0]["BilledCost"] == Decimal("1.25")

    def test_quoted_line_ends_keep_the_count_of_lines(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", [charge(ChargeDescription="two\nlines"), charge(ResourceId="r2"), charge(BilledCost="x")])
        outcome = import_files([path], tmp_path / "w")[0]
        assert [row.line for row in outcome.set_aside] == [5]


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=12, allow_nan=False))
def test_every_amount_of_twelve_decimals_reads_exactly(number: Decimal) -> None:
    assert values.decimal(f"{number:f}") == number


@given(st.text(max_size=30))
def test_no_text_makes_reading_fail_otherwise_than_by_saying_so(word: str) -> None:
    for read in (values.decimal, values.moment, values.tags, values.count):
        try:
            read(word)
        except values.UnreadableError as error:
            assert str(error)
