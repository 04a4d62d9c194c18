"""What sessions share and what they do not: turns know how many are at work, the shelf what files say, and neither what a reader does."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.shelf import MOST, Shelf, reads_files
from app.turns import Turns
from tco_model.errors import ScenarioError
from tco_model.report.report import Report
from tco_model.report.what_if import MOST_ANSWERS, Move, WhatIf
from tco_model.scenario.load import loads

SMALL = (Path(__file__).parents[1] / "data" / "small.yaml").read_text(encoding="utf-8").replace("draws: 10000", "draws: 500")


def moves(what_if: WhatIf, count: int) -> list[Move]:
    sliders = what_if.sliders(Move())
    return [Move({one.name: value}) for one in sliders.of(sliders.offered()) for value in one.positions][:count]


def test_a_decision_is_opened_once_and_moved_by_each_reader_alone(tmp_path: Path) -> None:
    shelf, path = Shelf(), tmp_path / "small.yaml"
    with ThreadPoolExecutor(4) as pool:
        readers = list(pool.map(lambda _: shelf.open(path, SMALL), range(4)))
    assert len({id(one) for one in readers}) == len({id(one._found) for one in readers}) == len({id(one._reports) for one in readers}) == 4
    assert len({id(one.base) for one in readers}) == 1
    alone, wanted = WhatIf(loads(SMALL)), moves(readers[0], 4)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda work: work[0].report(work[1]), zip(readers, wanted, strict=True)))
    for place, (reader, move, report) in enumerate(zip(readers, wanted, found, strict=True)):
        assert answers(report) == answers(alone.report(move))
        assert [one.key in reader._reports for one in wanted] == [other == place for other in range(4)], "no other reader's move is held"


def answers(report: Report) -> tuple[object, ...]:
    return report.answer, tuple(option.curve for option in report.options)


def test_another_text_is_another_decision(tmp_path: Path) -> None:
    shelf, path = Shelf(), tmp_path / "small.yaml"
    first, second = shelf.open(path, SMALL), shelf.open(path, SMALL.replace("seed: 7", "seed: 8"))
    assert first.base.seed == 7 and second.base.seed == 8


def test_few_are_held_and_none_that_cannot_be_read(tmp_path: Path) -> None:
    shelf = Shelf()
    for seed in range(MOST + 2):
        shelf.open(tmp_path / "small.yaml", SMALL.replace("seed: 7", f"seed: {seed}").replace("draws: 500", "draws: 20"))
    assert len(shelf._held) == len(shelf._opening) == MOST
    with pytest.raises(ScenarioError):
        shelf.open(tmp_path / "bad.yaml", "decision: [")
    assert len(shelf._held) == len(shelf._opening) == MOST


@pytest.mark.parametrize(
    ("data", "reads"),
    [
        ({"options": [{"capacity": {"benchmark": "run.json"}}]}, True),
        ({"capacity": {"load_shape": "ours.json"}}, True),
        ({"variants": {"a": {"set": {"options.own.fleets.a.capacity.benchmark": "run.txt"}}}}, True),
        ({"capacity": {"load_shape": "office_hours"}}, False),
        ({"source": "a benchmark: run.json", "url": "https://example.com/a.json"}, False),
    ],
)
def test_a_decision_that_reads_files_beside_it_is_opened_anew(data: object, reads: bool) -> None:
    assert reads_files(data) is reads


def test_what_a_reader_is_told_is_bounded_and_goes_with_the_session(tmp_path: Path) -> None:
    reader = Shelf().open(tmp_path / "small.yaml", SMALL)
    wanted = moves(reader, MOST_ANSWERS + 3)
    for move in wanted:
        reader.headline(move)
    assert [move.key in reader._found for move in wanted] == [False] * 3 + [True] * MOST_ANSWERS
    ended = weakref.ref(reader)
    del reader
    gc.collect()
    assert ended() is None


def test_quick_work_goes_before_long_work_that_was_there_first() -> None:
    turns, order, begun, go_on = Turns(1), list[str](), threading.Event(), threading.Event()

    def long() -> None:
        with turns.long(lambda: None) as pause:
            begun.set()
            go_on.wait(5.0)
            pause()
            order.append("long")

    def quick() -> None:
        with turns.quick():
            go_on.set()
            time.sleep(0.2)
            order.append("quick")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(long)
        begun.wait(5.0)
        pool.submit(quick).result(5.0)
        first.result(5.0)
    assert order == ["quick", "long"]


def test_no_more_long_work_at_once_than_there_are_cores() -> None:
    turns, lock, at_work, most = Turns(2), threading.Lock(), [0], [0]

    def long() -> None:
        with turns.long(lambda: None) as pause:
            with lock:
                at_work[0] += 1
                most[0] = max(most[0], at_work[0])
            time.sleep(0.02)
            pause()
            with lock:
                at_work[0] -= 1

    with ThreadPoolExecutor(6) as pool:
        for one in [pool.submit(long) for _ in range(6)]:
            one.result(10.0)
    assert most[0] == 2


def test_long_work_that_is_no_longer_wanted_leaves_its_turn() -> None:
    turns = Turns(1)

    def moved_on() -> None:
        raise KeyboardInterrupt

    for wanted_first in (True, False):
        calls = iter([None] if wanted_first else [])
        with pytest.raises(KeyboardInterrupt), turns.long(lambda calls=calls: next(calls, "gone") and moved_on()) as pause:
            pause()
    with turns.long(lambda: None), turns.quick():
        pass
