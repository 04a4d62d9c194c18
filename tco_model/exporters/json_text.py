"""Turns plain data into JSON text a program can rely on: sorted keys, finite numbers, the same bytes for the same data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast


def json_text(data: Any) -> str:
    """Spell data as JSON; a number that is not finite becomes null, for JSON knows none."""
    return json.dumps(_plain(data), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)


def _plain(data: Any) -> Any:
    match data:
        case float():
            return data if math.isfinite(data) else None
        case Mapping():
            return {str(key): _plain(value) for key, value in cast("Mapping[Any, Any]", data).items()}
        case list() | tuple():
            return [_plain(value) for value in cast("Sequence[Any]", data)]
        case _:
            return data
