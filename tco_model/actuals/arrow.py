"""Turns the untyped libraries of Arrow into names that are loaded when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def arrow() -> Any:
    """Return ``pyarrow``, which carries no types."""
    return import_module("pyarrow")


def parquet() -> Any:
    """Return ``pyarrow.parquet``, which carries no types."""
    return import_module("pyarrow.parquet")
