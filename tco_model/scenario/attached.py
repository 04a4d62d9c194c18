"""Turns a scenario's data into the files it reads beside itself: own benchmarks and load shapes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

NAMING = ("benchmark", "load_shape")
"""Keys whose value may name a file; last part of a dotted path where a change puts one in place."""


def attached_files(file: str, data: Mapping[str, Any]) -> list[tuple[str, Path]]:
    """Return the name and path of every file that the data of a scenario `file` names and that is there, each once, by name."""
    folder = Path(file).parent
    return [(name, folder / name) for name in sorted(set(_named(data))) if (folder / name).is_file()]


def _named(data: Any) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in cast("Mapping[str, Any]", data).items():
            if key.rpartition(".")[2] in NAMING and isinstance(value, str):
                yield value
            yield from _named(value)
    elif isinstance(data, list):
        for value in cast("list[Any]", data):
            yield from _named(value)
