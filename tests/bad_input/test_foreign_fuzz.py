"""Spoils foreign data at random: it is read, set aside with a reason or refused with what mends it; no row is lost, nothing else escapes.

Many more cases: ``HYPOTHESIS_PROFILE=thorough pytest tests/bad_input -k fuzz``.
"""

from __future__ import annotations

import gzip
import itertools
import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tco_model.actuals.export_file import inspect
from tco_model.actuals.load import import_files
from tco_model.actuals.sources import reader_of
from tco_model.actuals.staged import Job, Staged
from tco_model.errors import ScenarioError, TableError
from tco_model.finops.budget_rules import read_budgets
from tco_model.finops.decisions import read_decisions
from tco_model.finops.evidence import read_evidence
from tco_model.finops.forecast_plan import read_plan
from tco_model.finops.outcomes import read_outcomes
from tco_model.finops.rules import read_rules, rules_of
from tco_model.scenario.source import read_source
from tco_model.serving.benchmark_files import read_benchmark
from tco_model.serving.load_shape import read_shape
from tco_model.serving.request_log import read_request_log
from tests.actuals.bills import charge, held, text
from tests.bad_input import bad_logs as logs
from tests.bad_input import bad_measurements as measurements
from tests.bad_input import bad_plans as plans

NUMBER = itertools.count()
THOROUGH = settings().max_examples >= 50_000
THINGS = (
    None, True, False, 0, -1, 1, 10**400, -(10**30), 0.1, 1e308, -0.0, float("nan"), float("inf"), "", " ", "NULL", "nan", "1e999999999",
    "²", "١٢", "0x1", "1_0", "−5", "=1+1", "9999-99-99", "2026-05-03", "2026-05-03T10:00:00Z", "0", "9" * 40, "9" * 400, "\ud800", "\x00",
    "\u2028", "\ufeff", "💸", "a\nb", 'a"b', "a,b", "{}", "[]", "[[[", '{"a": 1}', [], {}, [[]], [None], {"a": None}, {"key": 1}, ["x"],
    [1, 2], {"value": {}}, {"stringValue": 1}, {"": ""},
)  # fmt: skip
"""Values that have bitten somebody, as JSON may hold them."""
things = st.sampled_from(THINGS) | st.text(max_size=8) | st.integers() | st.floats()
words = st.sampled_from([thing for thing in THINGS if isinstance(thing, str)]) | st.text(max_size=8)
places = st.floats(0.0, 1.0, exclude_max=True)


def tries(count: int) -> Any:
    """Try so many cases in a default run, twenty-five times as many in a thorough one."""
    return settings(max_examples=count * (25 if THOROUGH else 1), suppress_health_check=list(HealthCheck))


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every part of plain data."""
    parts = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [found for key, value in parts for found in paths(value, (*path, key))]


def spoil(document: Any, path: tuple[Any, ...], move: str, thing: Any) -> Any:
    """Put a thing in a place, take the place away, or give it another name; a later move must not change the thing itself."""
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if move == "drop" and isinstance(parent, dict):
        del parent[path[-1]]
    elif move == "rename" and isinstance(parent, dict):
        parent[str(thing)] = parent.pop(path[-1])
    else:
        parent[path[-1]] = deepcopy(thing)
    return document


@st.composite
def spoiled_document(draw: st.DrawFn, good: str) -> Any:
    document = json.loads(good)
    for _ in range(draw(st.integers(1, 3))):
        held = paths(document)
        if held:
            path = held[int(draw(places) * len(held))]
            document = spoil(document, path, draw(st.sampled_from(["put", "put", "drop", "rename"])), draw(things))
    return document


@st.composite
def spoiled_bytes(draw: st.DrawFn, good: bytes) -> bytes:
    """Good bytes with cuts, repeats and insertions."""
    found = good
    for _ in range(draw(st.integers(1, 3))):
        at = int(draw(places) * (len(found) + 1))
        match draw(st.sampled_from(["cut", "end", "insert", "insert", "repeat", "flip"])):
            case "cut":
                found = found[:at] + found[at + draw(st.integers(1, 20)) :]
            case "end":
                found = found[:at]
            case "insert":
                found = found[:at] + (draw(st.binary(max_size=4)) or str(draw(things)).encode("utf-8", "surrogatepass")) + found[at:]
            case "repeat":
                found = found[:at] + found[max(at - 40, 0) : at] * draw(st.integers(1, 3)) + found[at:]
            case _:
                found = found[:at] + bytes([draw(st.integers(0, 255))]) + found[at + 1 :]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def refused_or(read: Callable[[], Any]) -> Any:
    """Read; what is refused must come with what is wrong and what mends it."""
    try:
        return read()
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.message and problem.mend and len(str(problem)) < 6_000
    except TableError as error:
        assert error.message and error.mend
    return None


def staged(folder: Path, source: str | None, content: bytes, name: str = "a.json") -> Staged | None:
    """Read a usage log as an import does, up to what is staged; hold that no row is lost."""
    place = folder / f"{next(NUMBER)}"
    place.mkdir()
    (place / name).write_bytes(content)

    def read() -> Staged:
        export = inspect(place / name, place)
        return reader_of(export, source)(export, Job(None, place, "USD"))  # type: ignore[arg-type]

    found = refused_or(read)
    if found is not None:
        kept = sum(pq.read_metadata(file).num_rows for file in found.files)
        assert found.rows == kept + len(found.set_aside)
        assert all(row.reason for row in found.set_aside)
    shutil.rmtree(place)
    return found


@pytest.mark.parametrize("source", logs.SOURCES)
@tries(100)
@given(data=st.data())
def test_fuzz_documents_of_usage(source: str, folder: Path, data: st.DataObject) -> None:
    document = data.draw(spoiled_document(logs.document(source)))
    staged(folder, source, json.dumps(document).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("source", logs.SOURCES)
@tries(60)
@given(data=st.data())
def test_fuzz_bytes_of_usage(source: str, folder: Path, data: st.DataObject) -> None:
    content = data.draw(spoiled_bytes(logs.document(source).encode()))
    staged(folder, data.draw(st.sampled_from([source, None])), gzip.compress(content, 1) if data.draw(st.booleans()) else content)


@pytest.mark.parametrize("source", ["litellm", "bedrock"])
@tries(60)
@given(data=st.data())
def test_fuzz_every_line_is_a_row_or_set_aside(source: str, folder: Path, data: st.DataObject) -> None:
    good = logs.document(source)
    spoilt = [json.dumps(document) for document in data.draw(st.lists(spoiled_document(good), max_size=4))]
    lines = data.draw(st.permutations([good, good, good, good, *spoilt]))
    found = staged(folder, source, "\n".join(lines).encode("utf-8", "surrogatepass"), "a.jsonl")
    if found is not None and not any('"Records"' in line or '"records"' in line or '"data"' in line for line in spoilt):
        assert found.rows == len(lines)


COLUMNS = list(charge())


@tries(60)
@given(st.lists(st.tuples(st.sampled_from(COLUMNS), words), min_size=1, max_size=4))
def test_fuzz_cells_of_a_bill(edits: list[tuple[str, str]]) -> None:
    """Three good rows and one spoilt: rows in are rows kept and rows set aside, and what is kept sums to the last decimal."""
    import tempfile

    cells = {column: word.encode("utf-8", "replace").decode() for column, word in edits}
    rows = [charge(ResourceId="a"), charge(ResourceId="b"), charge(ResourceId="c"), charge(**cells)]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "a.csv")
        path.write_bytes(text(rows).encode())
        outcome = refused_or(lambda: import_files([path], Path(place, "w"))[0])
        if outcome is None:
            assert not Path(place, "w").exists()
            return
        stands = held(Path(place, "w"))
        assert outcome.held.rows == outcome.held.kept + outcome.held.set_aside
        assert len(stands) == outcome.held.kept >= 3
        assert outcome.held.set_aside == len(outcome.set_aside) and all(row.reason for row in outcome.set_aside)
        for currency, sums in outcome.workspace_totals.items():
            assert sums["BilledCost"] == sum(row["BilledCost"] for row in stands if row["BillingCurrency"] == currency)


RULES = rules_of(read_source(plans.ALLOCATION, "allocation.yaml"))
READERS: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "allocation": (plans.ALLOCATION, "allocation.yaml", read_rules),
    "budgets": (plans.BUDGET, "budgets.yaml", lambda file: read_budgets(file, RULES)),
    "plan": (
        plans.PLAN,
        "forecast.yaml",
        lambda file: read_plan(file, RULES, lambda: ["search", "ml"]),
    ),
    "evidence": (plans.EVIDENCE, "calibration.yaml", read_evidence),
    "decision": (plans.DECISION, "decisions/2026-09-01.yaml", lambda file: read_decisions(file.parents[1])),
    "outcomes": (measurements.COUNTS, "outcomes.csv", read_outcomes),
    "request log": (measurements.HEAD + measurements.ROWS, "requests.csv", lambda file: requests(file)),
    "benchmark": (json.dumps(measurements.RUN), "run.json", lambda file: read_benchmark(file, chip="h200", precision="fp8", gpus=2)),
    "load shape": (json.dumps(measurements.WEEK), "week.json", read_shape),
}
"""A good file of each kind, its name, and what reads it."""


def requests(file: Path) -> None:
    log = read_request_log(file)
    assert log.rows == len(log.times) + sum(log.set_aside.values())


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("kind", READERS)
def test_the_good_ones_are_read(kind: str, tmp_path: Path) -> None:
    good, name, read = READERS[kind]
    read(written(tmp_path, name, good.encode()))


@pytest.mark.parametrize("kind", READERS)
@tries(40)
@given(data=st.data())
def test_fuzz_bytes_of_other_files(kind: str, folder: Path, data: st.DataObject) -> None:
    good, name, read = READERS[kind]
    file = written(folder, name, data.draw(spoiled_bytes(good.encode())))
    refused_or(lambda: read(file))


@pytest.mark.parametrize("kind", ["allocation", "budgets", "plan", "evidence", "decision"])
@tries(40)
@given(data=st.data())
def test_fuzz_values_of_rules(kind: str, folder: Path, data: st.DataObject) -> None:
    good, name, read = READERS[kind]
    document = data.draw(spoiled_document(json.dumps(read_source(good, name).data, default=str)))
    file = written(folder, name, json.dumps(document).encode("utf-8", "surrogatepass"))
    refused_or(lambda: read(file))


@pytest.mark.parametrize("kind", ["benchmark", "load shape"])
@tries(60)
@given(data=st.data())
def test_fuzz_values_of_measurements(kind: str, folder: Path, data: st.DataObject) -> None:
    good, name, read = READERS[kind]
    file = written(folder, name, json.dumps(data.draw(spoiled_document(good))).encode())
    refused_or(lambda: read(file))
