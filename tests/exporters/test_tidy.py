"""Tidy tables hold the report and nothing else: read back, they give its figures; text stays text; the schema fits every shipped report."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import tco_model.api as tco
from tco_model.cli import main
from tco_model.exporters.json_text import json_text
from tco_model.exporters.tidy import FORMULA_STARTS, PLAIN_NUMBER, csv_text, report_schema, tables
from tco_model.report.report import Report, make_report

ROOT = Path(__file__).parents[2]
SCENARIOS = [ROOT / "tests" / "data" / "small.yaml", *sorted((ROOT / "scenarios").glob("*.yaml"))]


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def report(request: pytest.FixtureRequest) -> Report:
    return make_report(tco.simulate(tco.load(request.param), draws=300))


def test_the_published_schema_fits(report: Report) -> None:
    data = json.loads(json_text(report.as_dict()))
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)
    data["options"][0]["figures"]["npv_cost"]["mean"] = "much"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema, cls=jsonschema.Draft202012Validator)


def test_lines_sum_to_their_category_and_categories_to_the_option(report: Report) -> None:
    found = tables(report)
    for option in report.options:
        of = [
            row for row in found["lines"] if row["option"] == option.name and row["statistic"] == "mean" and row["figure"] == "total_cost"
        ]
        for category in {row["category"] for row in of}:
            parts = [float(row["value"] or 0.0) for row in of if row["category"] == category and row["line"]]
            whole = next(float(row["value"] or 0.0) for row in of if row["category"] == category and not row["line"])
            assert sum(parts) == pytest.approx(whole, rel=1e-9, abs=1e-6)
        whole = option.figures["total_cost"].mean
        assert sum(float(row["value"] or 0.0) for row in of if not row["line"]) == pytest.approx(whole, rel=1e-9)
        months = [float(row["value"] or 0.0) for row in found["months"] if row["option"] == option.name and row["statistic"] == "mean"]
        assert len(months) == report.months
        assert sum(months) == pytest.approx(whole, rel=1e-9)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"text": st.text(st.characters(codec="utf-8", exclude_characters="\x00")), "value": st.floats(allow_nan=False)}
        ),
        min_size=1,
    )
)
def test_csv_gives_figures_back_to_the_last_bit_and_no_text_is_a_formula(rows: list[dict[str, object]]) -> None:
    read = list(csv.DictReader(io.StringIO(csv_text(rows), newline="")))
    assert [float(row["value"]) for row in read] == [row["value"] for row in rows]
    for mine, row in zip(read, rows, strict=True):
        assert not mine["text"].startswith(FORMULA_STARTS) or PLAIN_NUMBER.fullmatch(mine["text"])
        assert mine["text"].removeprefix("'") == str(row["text"]).removeprefix("'")


def test_the_command_writes_what_the_report_says(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["export", str(SCENARIOS[0]), str(tmp_path / "out"), "--draws", "300"])
    assert done.exit_code == 0, done.output
    report = make_report(tco.simulate(tco.load(SCENARIOS[0]), draws=300), insight=True)
    folder = tmp_path / "out"
    assert json.loads((folder / "report.json").read_text()) == json.loads(json_text(report.as_dict()))
    held = parquet.read_table(folder / "figures.parquet").to_pylist()
    (mean,) = [row["value"] for row in held if (row["option"], row["figure"], row["statistic"]) == ("managed", "npv_cost", "mean")]
    assert mean == report.options[0].figures["npv_cost"].mean
    assert len(held) == len(list(csv.DictReader(io.StringIO((folder / "figures.csv").read_text(), newline=""))))
    for drawn in ("s_curve", "cost_by_category", "what_differs", "monthly_range_hosted"):
        text = (folder / "charts" / f"{drawn}.svg").read_text()
        assert "<text" in text and "aria-label" in text
        assert (folder / "charts" / f"{drawn}.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = CliRunner().invoke(main, ["export", str(SCENARIOS[0]), str(tmp_path / "file" / "out"), "--draws", "50"])
    assert done.exit_code == 2
    assert "Traceback" not in done.output
