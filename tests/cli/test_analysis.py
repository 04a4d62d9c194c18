"""The verbs that say what would change an answer, as a person or a program would call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tco_model.cli import main
from tests.analysis.test_levers import TEXT


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "decision.yaml").write_text(TEXT)
    return str(tmp_path / "decision.yaml")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


def test_switching_values_of_the_inputs_of_the_file(path: str) -> None:
    """a costs need x price, b 150 a unit and 50 once: they cost the same where the price is 150 + 5 / need."""
    near = ("--set", "inputs.price=130 to 165 USD/unit/month")
    code, text = run("breakeven", path, "inputs.price", "--json", "--draws", "2000", *near)
    assert code == 0
    (price,) = json.loads(text)["inputs"]
    assert price["above"]["to"] == "b"
    assert 150 < price["above"]["value"] < 151
    code, text = run("breakeven", path, "--draws", "200")
    assert code == 0
    assert "inputs.price" in text
    assert "discount_share" not in text, "what was left at a default is not searched unless it is named"


def test_a_map_a_month_and_a_volume(path: str) -> None:
    code, text = run("breakeven", path, "price", "need", "--map", "--points", "3", "--draws", "200")
    assert code == 0
    assert "best mean total cost" in text
    code, text = run("breakeven", path, "price", "--between", "a", "b", "--draws", "500", "--json")
    assert code == 0
    found = json.loads(text)
    assert found["month"]["month"] == 1
    assert len(found["volumes"]) == 1
    code, text = run("breakeven", path, "need", "--map")
    assert code == 2
    assert "a map needs two inputs" in text


def test_goal_seek(path: str) -> None:
    code, text = run("seek", path, "price", "total_cost", "15000", "--option", "a", "--json", "--draws", "4000")
    assert code == 0
    found = json.loads(text)
    assert found["option"] == "a"
    mean_need = found["value"] and 15_000 / found["value"] / 10
    assert 17 < mean_need < 20, "the mean of 10 to 30 is about 18"
    code, text = run("seek", path, "price", "total_cost", "25000", "--option", "a", "--confidence", "0.9", "--draws", "2000")
    assert code == 0
    assert "90% confidence" in text
    code, text = run("seek", path, "prise", "total_cost", "1")
    assert code == 2
    assert "did you mean" in text


def test_value_of_information(path: str) -> None:
    code, text = run("voi", path, "--draws", "2000", "--json")
    assert code == 0
    assert {one["name"] for one in json.loads(text)["inputs"]} == {"inputs.price", "inputs.need"}


def test_compare_says_in_short_what_would_change_it(path: str) -> None:
    code, text = run("compare", path, "--json")
    assert code == 0
    said = json.loads(text)["what_would_change"]
    assert said
    assert any("Measure" in one or "worth" in one or "best in every future" in one for one in said)
    again = json.loads(run("compare", path, "--json", "--workers", "2")[1])["what_would_change"]
    assert again == said


@pytest.mark.parametrize("verb", ["sensitivity", "breakeven", "voi", "levers", "variants", "timing"])
def test_a_bad_file_is_told_in_a_few_lines(verb: str, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("schema: 1\noptions: []\n")
    code, text = run(verb, str(tmp_path / "bad.yaml"))
    assert code == 2
    assert "mend:" in text
    assert "Traceback" not in text


def test_check_applies_every_lever_and_variant_and_tells_all_that_do_not_fit(path: str) -> None:
    code, text = run("check", path)
    assert code == 0
    assert "5 levers and variants" in text
    broken = Path(path).read_text().replace("inputs.need: 50%", "inputs.nead: 50%").replace("{inputs.price: 300", "{inputs.prise: 300")
    Path(path).write_text(broken)
    code, text = run("check", path)
    assert code == 2
    assert "levers.use_less" in text
    assert "variants.dear" in text


def test_compare_with_a_variant_says_so(path: str) -> None:
    code, text = run("compare", path, "--with", "dear", "--json")
    assert code == 0
    data = json.loads(text)
    assert data["preferred"] == "b"
    assert "With Dear" in data["notes"][0]
    code, text = run("compare", path, "--with", "deer")
    assert code == 2
    assert "did you mean 'dear'" in text
    code, text = run("explain", path, "options.a.token.use", "--with", "dear")
    assert code == 0


def test_risk_shows_quantiles_tails_and_payback(path: str) -> None:
    code, text = run("risk", path, "--budget", "20000", "--saving", "100", "--json")
    assert code == 0
    found = json.loads(text)
    (a, b) = found["options"]
    assert a["curve"]["levels"][49] == 0.5
    assert a["tail_95"]["value"] > a["tail_90"]["value"] > a["mean"]["value"]
    assert 0 < a["over_budget"]["value"] < b["over_budget"]["value"]
    assert found["paybacks"][0]["option"] == "b"
    code, text = run("risk", path, "--budget", "20000")
    assert code == 0
    assert "P95" in text
    assert "chance of exceeding 20.0 k" in text
    assert "a is no worse than b" in text


def test_a_pilot_by_its_size_and_the_best_one(path: str) -> None:
    near = ("--set", "inputs.price=130 to 165 USD/unit/month", "--draws", "4000")
    code, text = run("voi", path, "--pilot", "price", "--price", "0.5", "--scatter", "40", "--json", *near)
    assert code == 0
    found = json.loads(text)
    worths = [one["evsi"]["value"] for one in found["sizes"]]
    assert worths == sorted(worths)
    assert worths[-1] <= found["evppi"]["value"]
    nets = [one["net"]["value"] for one in found["sizes"]]
    assert found["best"]["net"]["value"] >= max(nets)
    code, text = run("voi", path, "--pilot", "price", "--price", "1e9", "--scatter", "40", *near)
    assert code == 0
    assert "No study of inputs.price pays" in text
    for wrong, says in ((("--pilot", "price"), "what one sample costs"), (("--pilot", "price", "--price", "1"), "--scatter")):
        code, text = run("voi", path, *wrong)
        assert code == 2
        assert says in text
