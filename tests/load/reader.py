"""One reader of the front end without a browser: the messages a browser would send and get, over the same websocket."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import pyarrow as pa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

LONGEST = 180.0
"""Seconds after which an answer that has not come counts as missing."""
BETWEEN_JUMPS = 0.05
"""Seconds from one hasty move to the next."""
SLIDE = "slide:"
ENDED_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Answer:
    """What one run of the page sent: when each part of it came, in seconds from what was asked, and what it said."""

    heads: list[str] = field(default_factory=list)
    """The first sentence of the answer, each time it was sent."""
    texts: list[str] = field(default_factory=list)
    """Every text, without the marks of Markdown."""
    picture: float = 0.0
    """When the first picture came."""
    head: float = 0.0
    """When the first sentence came."""
    settled: float = 0.0
    """When the run was over."""
    pictures: list[tuple[float, ...]] = field(default_factory=list)
    """The amounts that each picture shows, each time it was sent."""
    whole: bool = False
    """Whether the run went to its end; one that a later move has made idle does not."""
    received: int = 0
    """Bytes."""

    def said(self, start: str) -> str:
        """Return the text that begins so; empty where there is none."""
        return next((text for text in self.texts if text.startswith(start)), "")


class Reader:
    """A session of its own, from `async with` on; every answer is waited for before the next move."""

    def __init__(self, address: str, decision: str) -> None:
        """Take the address of a running front end, http://host:port, and the name of a decision."""
        self._address = address.replace("http://", "ws://") + "/_stcore/stream"
        self._query = f"decision={decision}"
        self._page, self._fragment = "", ""
        self.elements: dict[tuple[int, ...], Element] = {}
        """What is on the page, by its place."""

    async def __aenter__(self) -> Self:
        self._socket: ClientConnection = await connect(
            self._address, subprotocols=["streamlit"], max_size=None, open_timeout=LONGEST, ping_interval=None
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._socket.close()

    async def open(self) -> Answer:
        """Open the page, as a browser does first."""
        return await self._ask({}, whole=True)

    async def move(self, name: str, option: str) -> Answer:
        """Move the slider of an input to one of its positions, by how that is spelled."""
        slider = self.sliders()[name]
        return await self._ask({slider.id: option})

    async def press(self, label: str) -> Answer:
        """Press a button of the side."""
        button = next(one.button for one in self.elements.values() if one.WhichOneof("type") == "button" and one.button.label == label)
        return await self._ask({button.id: True})

    async def jump(self, name: str, *options: str) -> list[Answer]:
        """Move a slider several times without waiting; return what was sent until the last move was answered in full."""
        slider, found = self.sliders()[name], list[Answer]()
        began = time.perf_counter()
        for option in options:
            await self._send({slider.id: option})
            await asyncio.sleep(BETWEEN_JUMPS)
        while not (found and found[-1].whole and f"held at {options[-1]}" in found[-1].said("**What if:**")):
            found.append(await asyncio.wait_for(self._answer(began), LONGEST))
        return found

    def sliders(self) -> dict[str, Slider]:
        """Return the sliders of the page by the name of their input."""
        sliders = [one.slider for one in self.elements.values() if one.WhichOneof("type") == "slider" and SLIDE in one.slider.id]
        return {one.id.split(SLIDE)[1]: one for one in sliders}

    async def _ask(self, states: Mapping[str, str | bool], *, whole: bool = False) -> Answer:
        began = time.perf_counter()
        await self._send(states, whole=whole)
        return await asyncio.wait_for(self._answer(began), LONGEST)

    async def _send(self, states: Mapping[str, str | bool], *, whole: bool = False) -> None:
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self._query, self._page
        asked.fragment_id = "" if whole else self._fragment
        for slider in self.sliders().values():
            if slider.id not in states:
                asked.widget_states.widgets.append(WidgetState(id=slider.id, string_array_value={"data": slider.raw_value}))
        for name, state in states.items():
            one = asked.widget_states.widgets.add(id=name)
            if isinstance(state, bool):
                one.trigger_value = state
            else:
                one.string_array_value.data.append(state)
        await self._socket.send(message.SerializeToString())

    async def _answer(self, began: float) -> Answer:
        """Read on until a run is over."""
        found = Answer()
        while True:
            data = await self._socket.recv()
            assert isinstance(data, bytes)
            now, message = time.perf_counter() - began, ForwardMsg()
            found.received += len(data)
            message.ParseFromString(data)
            match message.WhichOneof("type"):
                case "new_session":
                    self._page = message.new_session.page_script_hash
                case "delta" if message.delta.WhichOneof("type") == "new_element":
                    self._take(tuple(message.metadata.delta_path), message.delta.new_element, found, now)
                    self._fragment = message.delta.fragment_id or self._fragment
                case "script_finished":
                    assert message.script_finished in (*ENDED_WELL, ForwardMsg.FINISHED_EARLY_FOR_RERUN), message
                    found.settled, found.whole = now, message.script_finished in ENDED_WELL
                    return found
                case _:
                    pass

    def _take(self, place: tuple[int, ...], element: Element, found: Answer, now: float) -> None:
        self.elements[place] = element
        match element.WhichOneof("type"):
            case "markdown":
                text = re.sub(r"\\(.)", r"\1", element.markdown.body)
                found.texts.append(text)
                if text.startswith("### ") and "futures" in text:
                    found.heads.append(text.removeprefix("### "))
                    found.head = found.head or now
            case "vega_lite_chart":
                found.picture = found.picture or now
                found.pictures.append(_amounts(element))
            case "exception":
                raise AssertionError(f"the page broke: {element.exception.message}")
            case _:
                pass


def _amounts(element: Element) -> tuple[float, ...]:
    """Return the amounts that a picture of curves shows, row by row."""
    (data,) = element.vega_lite_chart.datasets
    table = pa.ipc.open_stream(data.data.data).read_all()
    return tuple(one for one in table.column("x").to_pylist() if one is not None and not math.isnan(one))
