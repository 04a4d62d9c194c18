"""Turns list prices into a table or plain data: what a search finds, or models side by side for one shape of request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tco_model.errors import Problem, ScenarioError
from tco_model.inputs.provenance import Provenance
from tco_model.prices.book import Rates
from tco_model.prices.gpus import GpuPrice, search_gpus
from tco_model.prices.listing import Compared, Listed, Shape, compare, search
from tco_model.prices.problem import PriceError
from tco_model.prices.provisioned import UnitPrice, unit_prices
from tco_model.prices.rows import rows_on
from tco_model.report.format import percent

PRICES = ("input_price", "cached_price", "cache_write_price", "output_price")
HEADS = ("input", "cached", "cache write", "output")


@dataclass(frozen=True, slots=True)
class Listing:
    """What a search found on a day."""

    found: tuple[Listed, ...]
    day: dt.date

    def data(self) -> list[dict[str, Any]]:
        """Return it as plain data, prices in USD/Mtoken."""
        return [
            {"model": f"{one.provider}/{one.model}", "name": one.name, "as_of": self.day.isoformat(), "modes": list(one.modes)}
            | {"since": one.started.isoformat() if one.started else None, "context_window": one.context_window, "unit": "USD/Mtoken"}
            | {price: getattr(one.rates, price) for price in PRICES}
            for one in self.found
        ]

    def show(self, console: Console) -> None:
        """Print it."""
        table = _table("model", *HEADS, "since", "modes")
        for one in self.found:
            since = one.started.isoformat() if one.started else "-"
            table.add_row(f"{one.provider}/{one.model}", *_prices(one.rates), since, " ".join(one.modes))
        console.print(table)
        console.print(Text(f"{len(self.found)} models; USD per Mtoken on {self.day.isoformat()}, for a short prompt.", style="dim"))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models side by side for one shape of request, cheapest first."""

    found: tuple[Compared, ...]
    shape: Shape

    def data(self) -> list[dict[str, Any]]:
        """Return it as plain data, prices in USD/Mtoken."""
        shape = self.shape
        return [
            {"model": one.quote.id, "mode": one.quote.mode, "usd_per_thousand_requests": one.cost_per_thousand}
            | {price: getattr(one.quote, price) for price in PRICES}
            | {"input_tokens": shape.input_tokens, "output_tokens": shape.output_tokens, "cached_tokens": shape.cached_tokens}
            | {"source": one.quote.provenance.source, "url": one.quote.provenance.url, "warnings": list(one.quote.warnings)}
            | {"as_of": _day(one.quote.provenance.as_of), "note": one.quote.provenance.note}
            for one in self.found
        ]

    def show(self, console: Console) -> None:
        """Print it, with the page each price stands on."""
        shape = self.shape
        cached = percent(shape.cached_tokens / shape.input_tokens, 0) if shape.input_tokens else "0%"
        said = f"A request of {shape.input_tokens:,.0f} tokens in, {cached} of them cached, and {shape.output_tokens:,.0f} out"
        console.print(Text(said, style="bold"))
        table = _table("model", "USD per 1,000", *HEADS, "as of")
        for one in self.found:
            table.add_row(one.quote.id, f"{one.cost_per_thousand:,.4g}", *_prices(one.quote), _day(one.quote.provenance.as_of) or "-")
        console.print(table)
        console.print(Text("USD per 1,000 requests; prices in USD per Mtoken, for this length of prompt.", style="dim"))
        for url in dict.fromkeys(one.quote.provenance.url for one in self.found):
            console.print(Text(url, style="dim"))
        for warning in dict.fromkeys(warning for one in self.found for warning in one.quote.warnings):
            console.print(Text(f"Note: {warning}", style="dim"))


@dataclass(frozen=True, slots=True)
class GpuListing:
    """GPU rents and prices of provisioned throughput that hold on a day, cheapest first."""

    gpus: tuple[GpuPrice, ...]
    units: tuple[UnitPrice, ...]
    day: dt.date

    def data(self) -> list[dict[str, Any]]:
        """Return it as plain data."""
        gpus = [
            {"name": one.name, "price": one.price, "unit": "USD/GPU/hour", "gpu": one.gpu, "provider": one.provider}
            | {"region": one.region, "term": one.term, "instance": one.instance, "gpus": one.gpus}
            | _source(one.provenance)
            for one in self.gpus
        ]
        units = [
            {"name": one.name, "price": one.price, "unit": "USD/PTU/month", "term": one.term} | _source(one.provenance)
            for one in self.units
        ]
        return gpus + units

    def show(self, console: Console) -> None:
        """Print it: the names are those that ``{list: name}`` takes in a scenario."""
        table = _table("name", "USD", "per", "least", "term", "as of")
        for gpu in self.gpus:
            table.add_row(gpu.name, f"{gpu.price:,.4g}", "GPU-hour", f"{gpu.gpus} GPU", gpu.term, _day(gpu.provenance.as_of) or "-")
        for unit in self.units:
            table.add_row(unit.name, f"{unit.price:,.4g}", f"{unit.unit}-month", "", unit.term, _day(unit.provenance.as_of) or "-")
        console.print(table)
        console.print(Text(f"Prices that hold on {self.day.isoformat()}; in a scenario write gpu_price: {{list: name}}.", style="dim"))
        for url in dict.fromkeys(one.provenance.url for one in (*self.gpus, *self.units)):
            console.print(Text(url, style="dim"))


def gpus_listed(words: Sequence[str], day: dt.date) -> GpuListing:
    """Return the GPU rents and unit prices of a day that hold every word.

    Raises:
        ScenarioError: none does.
    """
    units = tuple(
        one for one in rows_on(unit_prices(), day) if all(word.lower() in f"{one.name} {one.unit} {one.term}".lower() for word in words)
    )
    found = GpuListing(search_gpus(" ".join(words), day), units, day)
    if not (found.gpus or found.units):
        raise ScenarioError(Problem(f"no GPU price holds '{' '.join(words)}' on {day}", "search by one word, such as h200 or aws"))
    return found


def _source(provenance: Provenance) -> dict[str, Any]:
    return {"as_of": _day(provenance.as_of), "source": provenance.source, "url": provenance.url, "note": provenance.note}


def looked_up(
    names: Sequence[str], day: dt.date, input_tokens: float | None, output_tokens: float, cached: float, spread: float, mode: str
) -> Listing | Comparison:
    """Search the price book, or with `input_tokens` compare the models named for one shape of request.

    Args:
        names: words of a search, or models to compare.
        day: the day of the prices.
        input_tokens, output_tokens: the shape [token/request].
        cached: share of the prompt read from the cache.
        spread: coefficient of variation of the prompt's length.
        mode: ``standard``, or one that every model has.

    Raises:
        ScenarioError: an unknown model or mode; the nearest names are offered.
    """
    try:
        if input_tokens is None:
            return Listing(search(" ".join(names), day), day)
        shape = Shape(input_tokens, output_tokens, cached * input_tokens, size_variation=spread)
        return Comparison(compare(names, shape, day, mode=mode), shape)
    except PriceError as error:
        raise ScenarioError(Problem(error.message, error.mend)) from None


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(first, overflow="fold")
    for head in others:
        table.add_column(head, justify="left" if head in ("since", "modes", "as of") else "right")
    return table


def _prices(rates: Rates) -> list[str]:
    values = [getattr(rates, price) for price in PRICES]
    return ["-" if value is None else f"{value:,.6g}" for value in values]
