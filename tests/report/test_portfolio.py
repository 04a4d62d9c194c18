"""A portfolio says of every task what a comparison of that file says, and its order of work changes no row."""

from __future__ import annotations

import pickle
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import tco_model as tco
from tco_model.engine.compile import compile_scenario
from tco_model.engine.run import run
from tco_model.errors import Problem
from tco_model.exporters.portfolio_table import Portfolio, portfolio_parquet, table_rows
from tco_model.report.portfolio import Simulated, Surveyed, plan, run_task, run_tasks, survey, survey_all

SMALL = "tests/data/small.yaml"
ML = "scenarios/ml_platform.yaml"
FEW = Simulated(draws=300, seed=5)


def surveyed(file: str = SMALL, **changed: bytes) -> Surveyed:
    content = Path(file).read_bytes()
    for old, new in changed.items():
        content = content.replace(old.encode(), new)
    return survey(file, content)


def test_each_row_is_what_a_comparison_says() -> None:
    (task,) = plan([surveyed()], simulated=FEW)
    report = tco.compare(SMALL, draws=300, seed=5)
    rows = run_task(task).rows
    assert [row["option"] for row in rows] == [option.name for option in report.options]
    for row, option in zip(rows, report.options, strict=True):
        figure = option.figures[report.decide_by]
        said = (figure.mean, figure.mean_error, figure.p10, figure.p50, figure.p90, option.chance_best.value, option.chance_best.error)
        assert tuple(row[name] for name in ("mean", "mean_error", "p10", "p50", "p90", "chance_best", "chance_best_error")) == said
        assert (row["preferred"], row["baseline"]) == (option.name == report.preferred, option.is_baseline)
        assert (row["figure"], row["unit"], row["currency"], row["draws"], row["seed"]) == ("npv_cost", "USD", "USD", 300, 5)


@pytest.mark.parametrize("draws", [300, 40_000])
def test_one_figure_alone_has_the_bytes_it_has_among_all(draws: int) -> None:
    model = compile_scenario(tco.load(SMALL))
    whole, alone = run(model, draws=draws), run(model, draws=draws, figure="npv_cost")
    assert set(alone.kept) == {f"draw/{option}/npv_cost" for option in whole.options}
    for name, sample in alone.kept.items():
        assert sample.tobytes() == whole.kept[name].tobytes()
        assert alone.quantiles[name].tobytes() == whole.quantiles[name].tobytes()
        assert alone.means[name] == whole.means[name]


def test_the_plan_crosses_variants_horizons_and_values() -> None:
    one = surveyed(ML)
    tasks = plan([one], all_variants=True, months=(24, 48), put={"a": ["1", "2"], "b": ["3"]})
    assert len(tasks) == (1 + len(one.variants)) * 2 * 2
    assert len({task.key for task in tasks}) == len(tasks)
    assert {task.values for task in tasks} == {"a=1; b=3", "a=2; b=3"}
    assert [dict(task.put).get("timeline.months") for task in tasks if task.months == 48] == [None] * (len(tasks) // 2)


def test_a_variant_and_a_horizon_are_those_of_a_comparison() -> None:
    tasks = plan([surveyed(ML)], variants=["tokens_rise"], months=(24,), simulated=FEW)
    assert [(task.variant, task.months) for task in tasks] == [("", 24), ("tokens_rise", 24)]
    for task in tasks:
        scenario = tco.load(ML, {"timeline.months": 24}, [task.variant] if task.variant else [])
        result = tco.simulate(scenario, draws=300, seed=5)
        assert {row["option"]: row["mean"] for row in run_task(task).rows} == {
            option: result.summary(option, "npv_cost").mean for option in result.options
        }


def test_the_key_follows_all_that_a_figure_depends_on_and_nothing_else(tmp_path: Path) -> None:
    def key(one: Surveyed, **options: Any) -> str:
        return plan([one], **{"simulated": FEW, **options})[0].key

    one = surveyed()
    moved = survey(str(tmp_path / "elsewhere.yaml"), one.content)
    assert key(one) == key(moved)
    others = [
        key(surveyed(discount_rate=b"discount_rate ")),
        key(one, months=(7,)),
        key(one, simulated=Simulated(draws=301, seed=5)),
        key(one, simulated=Simulated(draws=300, seed=6)),
        key(one, simulated=Simulated(draws=300, seed=5, design="sobol")),
        key(one, put={"inputs.tickets": ["1"]}),
    ]
    assert len({key(one), *others}) == 7


def test_a_file_beside_the_scenario_is_part_of_the_key(tmp_path: Path) -> None:
    text = Path(ML).read_text(encoding="utf-8")
    file = tmp_path / "decision.yaml"
    file.write_text(text.replace("load_shape: around_the_clock", "load_shape: own.json"), encoding="utf-8")
    shape = tmp_path / "own.json"
    keys: set[str] = set()
    for content in ("{}", "{ }"):
        shape.write_text(content)
        one = survey(str(file), file.read_bytes())
        assert [name for name, _ in one.attached] == ["own.json"]
        keys.add(plan([one])[0].key)
        named = {"options.rented.fleets.serving.capacity.load_shape": ["own.json"]}
        keys.add(plan([survey(str(tmp_path / "small.yaml"), Path(SMALL).read_bytes())], put=named)[0].key)
    assert len(keys) == 4


def test_what_is_wrong_with_one_holds_up_no_other() -> None:
    scenarios = list(survey_all([SMALL, "no_such.yaml", "README.md", ML]))
    assert [bool(one.problems) for one in scenarios] == [False, True, True, False]
    tasks = plan(scenarios, put={"inputs.fee_no_such": ["1"]}, simulated=FEW)
    tasks += plan(scenarios, simulated=FEW)
    outcomes = list(run_tasks(tasks))
    assert [bool(outcome.problems) for outcome in outcomes] == [True, True, False, False]
    assert {problem.file for outcome in outcomes[:2] for problem in outcome.problems} == {SMALL, ML}


def test_a_model_that_breaks_is_told_as_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("tco_model.report.portfolio.compile_scenario", broken)
    (task,) = plan([surveyed()], simulated=FEW)
    (problem,) = run_task(task).problems
    assert (problem.file, problem.message) == (SMALL, "the model fails on it: ZeroDivisionError: by nothing")


class _Backwards(ThreadPoolExecutor):
    """Computes at once and lets no more than a few run: enough to see that order and batches change nothing."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_the_order_of_work_changes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tco_model.report.portfolio.IN_FLIGHT", 2)
    scenarios = tuple(survey_all([SMALL]))
    tasks = tuple(plan(scenarios, months=(6, 12), put={"simulation.seed": ["1", "2", "3"]}, simulated=Simulated(draws=50)))

    def spelled(outcomes: list[Any]) -> bytes:
        return portfolio_parquet(list(table_rows(Portfolio(scenarios, tasks, {one.key: one for one in outcomes}, len(tasks)))))

    with _Backwards(1) as pool:
        assert spelled(list(run_tasks(tasks, pool))) == spelled(list(reversed(list(run_tasks(tasks)))))


def test_an_error_comes_whole_out_of_another_process() -> None:
    error = tco.ScenarioError([Problem("said", "mend", "field", "7", "a.yaml", 3, 4), Problem("other")])
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, str(again)) == (error.problems, str(error))
