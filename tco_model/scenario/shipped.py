"""Finds the worked decisions and the front end that come with the package, in a checkout or in an installation."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DEMO = "support_assistant"


def shipped_folder() -> Path:
    """Return the folder of shipped scenarios: beside the package in a checkout, inside it once installed."""
    return _shipped("scenarios")


def app_folder() -> Path:
    """Return the folder of the front end, which stands beside the package or inside it in the same way."""
    return _shipped("app")


def _shipped(name: str) -> Path:
    checkout = PACKAGE.parent / name
    return checkout if (PACKAGE.parent / "pyproject.toml").exists() and checkout.is_dir() else PACKAGE / "_shipped" / name


def shipped_scenarios() -> dict[str, Path]:
    """Return the shipped scenarios by name."""
    return {path.stem: path for path in sorted(shipped_folder().glob("*.yaml"))}


def starter_text() -> str:
    """Return the commented starter file that ``tco new`` writes."""
    return (PACKAGE / "scenario" / "starter.yaml").read_text(encoding="utf-8")
