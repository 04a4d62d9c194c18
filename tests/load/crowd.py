"""Many readers of one running front end: what each does, what each is told, and whether that is the answer to their own move."""

from __future__ import annotations

import asyncio
import os
import random
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tco_model.report.pictures import s_curve
from tco_model.report.what_if import Move, WhatIf
from tests.load.reader import Answer, Reader


@dataclass
class Seen:
    """What one reader did and was told."""

    opened: Answer
    pinned: Move = field(default_factory=Move)
    moves: list[tuple[Move, Answer]] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """What one reader will do: their own slider, their own positions."""

    slider: str
    positions: tuple[int, ...]


def plans(what_if: WhatIf, readers: int, moves: int) -> list[Plan]:
    """Give every reader moves that no other one makes."""
    sliders = what_if.sliders(Move())
    free = [
        (one.name, place) for one in sliders.of(sliders.offered()) for place, value in enumerate(one.positions) if value != one.range.now
    ]
    of = {name: [place for other, place in free if other == name] for name, _ in free}
    found: list[Plan] = []
    while len(found) < readers:
        name = max(of, key=lambda one: len(of[one]))
        if len(of[name]) < moves:
            raise ValueError(f"{readers} readers with {moves} moves each need more positions than the decision has")
        found.append(Plan(name, tuple(of[name][:moves])))
        of[name] = of[name][moves:]
    return found


async def read(address: str, decision: str, plan: Plan, what_if: WhatIf, *, pause: float, ready: asyncio.Barrier, seed: int) -> Seen:
    """Open the page, wait for the others, pin the first move, and make the rest, each some time after the last was answered.

    Args:
        address: of the front end.
        decision: its name.
        plan: the moves.
        what_if: the decision as the library has it, for the names of moves.
        pause: seconds between an answer and the next move, on average; 0 makes every reader move at once.
        ready: where the readers wait for each other.
        seed: of the pauses.
    """
    (slider,) = what_if.sliders(Move()).of([plan.slider])
    waits = random.Random(seed)
    async with Reader(address, decision) as reader:
        seen = Seen(await reader.open())
        await ready.wait()
        for number, place in enumerate(plan.positions):
            await asyncio.sleep(waits.uniform(0.0, 2.0 * pause))
            value = slider.positions[place]
            answer = await reader.move(plan.slider, slider.spell(value))
            seen.moves.append((Move({plan.slider: value}), answer))
            if number == 0:
                await reader.press("Pin")
                seen.pinned = seen.moves[0][0]
        return seen


async def crowd(address: str, decision: str, what_if: WhatIf, readers: int, moves: int, pause: float) -> list[Seen]:
    """Let readers move at the same time, each in a session of their own; an error of any of them is raised."""
    ready = asyncio.Barrier(readers)
    tasks = [
        read(address, decision, plan, what_if, pause=pause, ready=ready, seed=number)
        for number, plan in enumerate(plans(what_if, readers, moves))
    ]
    return list(await asyncio.gather(*tasks))


def check(seen: Sequence[Seen], what_if: WhatIf, *, every: bool) -> None:
    """Hold what every reader was told to what the library says of their own move and their own pinned one, to the last bit.

    With `every` of each move, else of the last one of each reader and the names in all.
    """
    for one in seen:
        said = what_if.headline(one.pinned).sentences[0]
        for move, answer in one.moves if every else one.moves[-1:]:
            wanted = what_if.headline(move)
            assert answer.heads[-1] == wanted.sentences[0]
            assert answer.pictures[-1] == tuple(row["x"] for row in s_curve(wanted).rows if "x" in row)
        for number, (move, answer) in enumerate(one.moves):
            told = answer.said("**What if:**")
            assert all(f"{phrase}." in told for phrase in what_if.said(move)) and len(move.values) == 1
            assert number == 0 or f"**Pinned:** {said}" in told, "the baseline is the reader's own"


def late(values: Iterable[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    held = sorted(values)
    return statistics.median(held), statistics.quantiles(held, n=20, method="inclusive")[18]


def resident(process: int) -> float:
    """Return the memory a process holds [MB]."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1000.0


def worked(process: int) -> float:
    """Return the processor time a process has taken so far [second]."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def server_of(process: int) -> int:
    """Return the process that serves: the one a command has started, or the command itself."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    return server_of(int(children[0])) if children else process
