"""Turns what a result depends on beside its scenario, the code, its tables and its libraries, into a few words that can be compared."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

import tco_model

LIBRARIES = ("numpy", "genai-prices")
"""Libraries whose release may move a figure: arithmetic, random numbers, list prices."""
SUFFIXES = (".py", ".yaml", ".csv")
ARITHMETIC = "arithmetic"
POINTS = 4_099
"""Points at which functions are compared: not a multiple of any vector width, so that the ends of an array are seen too."""


@cache
def model_version() -> str:
    """Return the release and the first digits of the SHA-256 of its code and tables: ``0.1.0+3f2a9c1b7d04``."""
    root = Path(tco_model.__file__).parent
    found = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in SUFFIXES):
        found.update(f"{path.relative_to(root).as_posix()}\0".encode())
        found.update(path.read_bytes())
    return f"{tco_model.__version__}+{found.hexdigest()[:12]}"


@cache
def build() -> Mapping[str, str]:
    """Return what has to be the same for the same bytes, by name: this code, Python, the libraries, and how the processor rounds."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"tco_model": model_version(), "python": python} | {name: _version(name) for name in LIBRARIES} | {ARITHMETIC: _arithmetic()}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _arithmetic() -> str:
    """Return the digits of a few functions as a hash: processors with other vector instructions may round the last bit otherwise."""
    points = np.linspace(0.001, 3.0, POINTS)
    values = (np.exp(points), np.log(points), np.power(points, 1.7), np.sqrt(points), np.sin(points))
    return hashlib.sha256(b"".join(value.tobytes() for value in values)).hexdigest()[:12]
