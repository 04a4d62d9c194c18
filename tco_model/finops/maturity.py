"""Turns a measured share into where the field would place it: before crawl, crawl, walk or run, with the source of the marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

TABLE = Path(__file__).with_name("maturity.yaml")


@dataclass(frozen=True, slots=True)
class Marks:
    """The least shares of crawl, walk and run for one measure, and where they come from."""

    measure: str
    what: str
    crawl: float
    walk: float
    run: float
    source: str
    url: str
    as_of: str
    note: str

    def level(self, share: float) -> str:
        """Say where a share stands."""
        found = [name for name, least in (("crawl", self.crawl), ("walk", self.walk), ("run", self.run)) if share >= least]
        return found[-1] if found else "before crawl"


@cache
def marks(measure: str) -> Marks:
    """Return the newest marks of a measure.

    Raises:
        KeyError: no such measure.
    """
    rows = cast("list[dict[str, Any]]", YAML(typ="safe").load(TABLE))  # pyright: ignore[reportUnknownMemberType]
    held = [row for row in rows if row["measure"] == measure]
    if not held:
        raise KeyError(measure)
    newest = max(held, key=lambda row: str(row["as_of"]))
    crawl, walk, run = (float(newest[name]) for name in ("crawl", "walk", "run"))
    words = {name: str(newest[name]) for name in ("measure", "what", "source", "url", "as_of", "note")}
    return Marks(crawl=crawl, walk=walk, run=run, **words)
