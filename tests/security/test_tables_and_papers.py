"""Names out of bills that bite spreadsheets, browsers and word processors arrive as the text they are, and figures as figures."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import html5lib
import pytest
from click.testing import CliRunner

from tco_model.actuals.load import import_files
from tco_model.cli import main
from tco_model.exporters.tidy import FORMULA_STARTS, PLAIN_NUMBER, csv_text
from tests.actuals.bills import charge, write

PACKAGE = Path(__file__).parents[2] / "tco_model"
BITES = (
    "=cmd|' /C calc'!A0", "+1+cmd", "-1+cmd", "@SUM(A1)", "\\tx", "=HYPERLINK(\"http://evil.example\")", "{=1+1}", "internal:Sheet1!A1",
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "file:///etc/passwd", "javascript:alert(1)", "a\\u0007b\\ud800c",
    "[x](javascript:alert(1))", "# x", "$x$ #import", "'+alert(1)+'",
)  # fmt: skip
"""As a tag of JSON holds them."""
AMOUNTS = ("7.5", "-3.25")
RULES = """\
schema: 1
dimensions: {owner: {tags: [owner], required: true}}
rules: [{name: "=tagged", owner_from: owner}]
metrics: [{name: "=per hour", unit: "@hour", when: {ServiceName: "*"}, per: quantity, consumed_unit: Hours}]
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose owners, accounts and services bite, and where somebody was paid back."""
    folder = tmp_path_factory.mktemp("bites")
    rows = [
        charge(
            Tags=f'{{"owner": "{bite.replace(chr(34), chr(92) + chr(34))}"}}', ServiceName=f"=service {number}",
            SubAccountName=f"@account {number}", ResourceId=str(number), BilledCost=AMOUNTS[number % 2], EffectiveCost=AMOUNTS[number % 2],
            ConsumedQuantity="2", ConsumedUnit="Hours", ChargePeriodStart=day, ChargePeriodEnd=day, BillingPeriodStart=f"{day[:7]}-01",
            BillingPeriodEnd=f"{day[:5]}{int(day[5:7]) + 1:02d}-01",
        )
        for day in ("2026-02-01", "2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01", "2026-05-31")
        for number, bite in enumerate(BITES)
    ]  # fmt: skip
    import_files([write(folder / "a.csv", rows)], folder / "bills")
    (folder / "allocation.yaml").write_text(RULES)
    return folder


def ran(place: Path, verb: str, *words: object) -> None:
    found = CliRunner().invoke(main, [verb, str(place / "bills"), "--rules", str(place / "allocation.yaml"), *map(str, words)])
    assert found.exit_code == 0, found.output


@pytest.mark.parametrize("verb", ["allocate", "tags", "showback", "chargeback", "unit-metrics", "forecast"])
def test_no_cell_of_a_table_is_a_formula_and_credits_stay_numbers(verb: str, place: Path, tmp_path: Path) -> None:
    ran(place, verb, "--csv", tmp_path / "out.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text(encoding="utf-8"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    assert not [cell for cell in cells if cell.startswith(FORMULA_STARTS) and not PLAIN_NUMBER.fullmatch(cell)]
    if verb != "unit-metrics":
        assert any(cell.startswith("'=") for cell in cells), "nothing bit"
    if verb in ("allocate", "showback", "chargeback"):
        amounts = [Decimal(row[rows[0].index("amount")]) for row in rows[1:]]
        assert min(amounts) < 0 < max(amounts)


def test_every_table_goes_the_one_way() -> None:
    """Whoever writes CSV does it through `csv_text`; the invented exports hold no text of a user."""
    writes = re.compile(r"csv\.(writer|DictWriter)|to_csv|write_csv")
    writers = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if writes.search(path.read_text())}
    assert writers == {"exporters/tidy.py", "actuals/demo.py"}
    cells = {"a": "=1", "b": "-1.5", "c": -1.5, "d": "-1+1", "e": "\t-1", "f": "-1E+3", "g": "x=1"}
    assert csv_text([cells]).splitlines()[1] == "'=1,-1.5,-1.5,'-1+1,'\t-1,-1E+3,x=1"


def test_a_page_runs_nothing_and_loads_nothing(place: Path, tmp_path: Path) -> None:
    ran(place, "showback", "-o", tmp_path / "paper.html")
    text = (tmp_path / "paper.html").read_text(encoding="utf-8")
    page = html5lib.parse(text, namespaceHTMLElements=False)
    assert not list(page.iter("script")) and not list(page.iter("iframe")) and not list(page.iter("object"))
    for node in page.iter():
        for name, value in node.attrib.items():
            assert not name.startswith("on"), (node.tag, name)
            if name in ("src", "href", "xlink:href", "action", "data"):
                assert value.startswith(("#", "data:image/", "https://")), value
                assert name == "href" or not value.startswith("https:"), value
    assert "alert(1)</script>" in "".join(page.itertext()), "a name reads as it was written"


def test_a_document_opens_with_every_name_in_it(place: Path, tmp_path: Path) -> None:
    import docx

    ran(place, "showback", "-o", tmp_path / "paper.docx")
    document = docx.Document(str(tmp_path / "paper.docx"))
    text = "\n".join(
        [
            *(paragraph.text for paragraph in document.paragraphs),
            *(cell.text for table in document.tables for row in table.rows for cell in row.cells),
        ]
    )
    assert "cmd|' /C calc'!A0" in text and "\x07" not in text
    with zipfile.ZipFile(tmp_path / "paper.docx") as parts:
        links = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))
    assert not re.search(r'Target="(javascript|file|internal)', links)


@pytest.mark.parametrize("end", ["pdf", "md"])
def test_other_papers_are_written(end: str, place: Path, tmp_path: Path) -> None:
    ran(place, "showback", "-o", tmp_path / f"paper.{end}")
    assert (tmp_path / f"paper.{end}").stat().st_size > 500


def test_a_terminal_obeys_no_name(place: Path, tmp_path: Path) -> None:
    """A message quotes what stands in a file, and what a terminal would obey is taken out of it."""
    (tmp_path / "a.csv").write_bytes(b"name\x1b]0;owned\x07,age\n1,2\n")
    found = CliRunner().invoke(main, ["actuals", "import", str(tmp_path / "a.csv"), "-w", str(tmp_path / "w"), "--as", "\x1b[2Jx"])
    assert found.exit_code == 2 and "\x1b" not in found.output and "\x07" not in found.output
