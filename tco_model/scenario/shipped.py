"""Finds the worked decisions that come with the package, in a checkout or in an installation."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DEMO = "support_assistant"


def shipped_folder() -> Path:
    """Return the folder of shipped scenarios: beside the package in a checkout, inside it once installed."""
    checkout = PACKAGE.parent / "scenarios"
    return checkout if (PACKAGE.parent / "pyproject.toml").exists() and checkout.is_dir() else PACKAGE / "_shipped" / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """Return the shipped scenarios by name."""
    return {path.stem: path for path in sorted(shipped_folder().glob("*.yaml"))}


def starter_text() -> str:
    """Return the commented starter file that ``tco new`` writes."""
    return (PACKAGE / "scenario" / "starter.yaml").read_text(encoding="utf-8")
