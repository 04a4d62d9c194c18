"""Many sessions at once: how soon each is answered, that each is told the answer to its own move, and what the server holds afterwards.

The few that run with every test hold the last of these; the figures of a crowd are measured by `pytest -m load -s`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import tco_model.api as tco
from tco_model.report.what_if import PREVIEW, Move, WhatIf
from tests.browser.conftest import ROOT, started
from tests.load.crowd import check, crowd, late, resident, server_of, worked
from tests.load.reader import Reader

PAUSE = 5.0
"""Seconds that a reader looks at an answer before the next move, on average."""
CONNECTS, BEFORE, AT_ONCE = 1_000, 200, 4
"""Readers that come and go while memory is watched; those before, who fill what the server keeps of the last ones; how many at a time."""


@dataclass(frozen=True)
class Served:
    """A running front end with one decision, and the same decision as the library has it."""

    address: str
    process: int
    decision: str
    what_if: WhatIf


def serve(place: Path, file: Path) -> Iterator[Served]:
    (place / file.name).write_bytes(file.read_bytes())
    with started([sys.executable, "-m", "tco_model", "app", str(place), "--no-browser", "--port"]) as (address, process):
        yield Served(address, server_of(process), file.stem, WhatIf(tco.load(place / file.name)))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(tmp_path_factory.mktemp("decisions"), ROOT / "tests" / "data" / "small.yaml")


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    yield from serve(tmp_path_factory.mktemp("decisions"), ROOT / "scenarios" / "support_assistant.yaml")


def test_each_reader_is_told_the_answer_to_their_own_move(small: Served) -> None:
    seen = asyncio.run(crowd(small.address, small.decision, small.what_if, readers=4, moves=3, pause=0.1))
    check(seen, small.what_if, every=True)
    told = {answer.pictures[-1] for one in seen for _, answer in one.moves}
    assert len(told) > len(seen), "the moves of the readers differ in what they come to"


def test_a_move_is_answered_from_the_first_futures_and_then_from_all(small: Served) -> None:
    async def moved() -> None:
        async with Reader(small.address, small.decision) as reader:
            opened = await reader.open()
            assert len(opened.heads) == len(set(opened.heads)) == 1 or opened.heads[0] == opened.heads[-1], "at rest there is no preview"
            name, slider = next(iter(reader.sliders().items()))
            option = next(one for one in slider.options if one not in slider.raw_value)
            answer = await reader.move(name, option)
            (known,) = small.what_if.sliders(Move()).of([name])
            move = Move({name: next(value for value in known.positions if known.spell(value) == option)})
            first = small.what_if.preview(move)
            assert first is not None
            assert answer.heads == [first.sentences[0], small.what_if.headline(move).sentences[0]]
            preview, whole = answer.said("Preview from"), answer.said("From all")
            assert f"{PREVIEW:,} of {small.what_if.base.draws:,} futures" in preview and f"{small.what_if.base.draws:,} futures" in whole
            assert answer.head < answer.settled

    asyncio.run(moved())


def test_a_later_move_ends_the_work_on_the_one_before(shipped: Served) -> None:
    async def hurried() -> None:
        async with Reader(shipped.address, shipped.decision) as reader:
            await reader.open()
            name = "inputs.cases_at_full_scale.start"
            options = [one for one in reader.sliders()[name].options if one not in reader.sliders()[name].raw_value][:8]
            found = await reader.jump(name, *options)
            (known,) = shipped.what_if.sliders(Move()).of([name])
            move = Move({name: next(value for value in known.positions if known.spell(value) == options[-1])})
            assert found[-1].heads[-1] == shipped.what_if.headline(move).sentences[0]
            assert any(not one.whole for one in found) and sum(one.whole for one in found) < len(options)

    asyncio.run(hurried())


def test_who_ends_the_command_ends_what_it_serves(tmp_path: Path) -> None:
    with started([sys.executable, "-m", "tco_model", "app", str(tmp_path), "--no-browser", "--port"]) as (_, process):
        server = server_of(process)
        assert server != process
    for _ in range(100):
        if not Path(f"/proc/{server}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the server outlives the command that started it")


@pytest.mark.load
@pytest.mark.parametrize(("readers", "moves", "promised"), [(20, 6, 1.0), (50, 4, 4.0), (100, 3, None)])
@pytest.mark.parametrize("pause", [PAUSE, 0.0], ids=["paced", "all at once"])
def test_readers_at_the_same_time(shipped: Served, readers: int, moves: int, promised: float | None, pause: float) -> None:
    before, began = worked(shipped.process), time.perf_counter()
    seen = asyncio.run(crowd(shipped.address, shipped.decision, shipped.what_if, readers, moves, pause))
    spent, lasted, loaded = worked(shipped.process) - before, time.perf_counter() - began, os.getloadavg()[0]
    check(seen, shipped.what_if, every=readers <= 20)
    assert len(seen) == readers and all(len(one.moves) == moves for one in seen)
    answers = [answer for one in seen for _, answer in one.moves]
    head, picture, settled = (late(one) for one in zip(*((answer.head, answer.picture, answer.settled) for answer in answers), strict=True))
    print(
        f"\n| {readers} readers, {'a move every ' + format(pause, 'g') + ' s' if pause else 'all at once'} | {len(answers)} moves"
        f" | first answer {head[0]:.2f} / {head[1]:.2f} s | picture {picture[0]:.2f} / {picture[1]:.2f} s"
        f" | every figure {settled[0]:.2f} / {settled[1]:.2f} s | {spent / len(answers):.2f} s of processor a move, opening included"
        f" | {lasted:.0f} s, load {loaded:.1f} on {os.cpu_count()} cores | promised p95 {promised or '-'} s |"
    )


@pytest.mark.load
def test_memory_after_a_thousand_readers(shipped: Served) -> None:
    async def come_and_go(count: int) -> None:
        async def some() -> None:
            for _ in range(count // AT_ONCE):
                async with Reader(shipped.address, shipped.decision) as reader:
                    await reader.open()

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))

    asyncio.run(come_and_go(BEFORE))
    before = resident(shipped.process)
    asyncio.run(come_and_go(CONNECTS))
    after = resident(shipped.process)
    print(f"\n| {CONNECTS:,} readers came and went | {before:.0f} MB before, {after:.0f} MB after | load {os.getloadavg()[0]:.1f} |")
    assert after - before < 50.0
