"""Turns a file into the reader of its source, recognised from what it holds or named by the user."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tco_model.actuals import bedrock, focus, litellm, openai, otel
from tco_model.actuals.export_file import Export, refuse
from tco_model.actuals.focus_columns import looks_like_focus
from tco_model.actuals.staged import Job, Staged
from tco_model.errors import Problem, ScenarioError, nearest

Reader = Callable[[Export, Job], Staged]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of export: its name for ``--as``, what it is, how it is recognised and how it is read."""

    name: str
    words: str
    recognises: Callable[[Export], bool]
    read: Reader


SOURCES = (
    Source("focus", "FOCUS 1.0 to 1.4 bills: CSV, gzipped CSV, Parquet", lambda export: looks_like_focus(export.header), focus.read),
    Source(litellm.SOURCE, "LiteLLM spend logs: CSV, JSON, JSON lines", litellm.recognises, litellm.read),
    Source(openai.COSTS, "OpenAI costs: pages of JSON, CSV", openai.recognises_costs, openai.read_costs),
    Source(openai.USAGE, "OpenAI completions usage: pages of JSON, CSV", openai.recognises_usage, openai.read_usage),
    Source(bedrock.SOURCE, "Amazon Bedrock model invocation logs: JSON lines", bedrock.recognises, bedrock.read),
    Source(otel.SOURCE, "OpenTelemetry spans of generative AI: OTLP JSON, JSON lines", otel.recognises, otel.read),
)
"""Every source, in the order in which a file is tried."""


def reader_of(export: Export, name: str | None = None) -> Reader:  # noqa: RET503
    """Return the reader of a file.

    Raises:
        ScenarioError: an unknown name, or a file that no source recognises.
    """
    if name is not None:
        found = {source.name: source for source in SOURCES}
        if name not in found:
            raise ScenarioError(Problem(f"no reader is called '{name}'", nearest(name, found), field="--as"))
        return found[name].read
    for source in SOURCES:
        if source.recognises(export):
            return source.read
    if "BilledCost" in export.head.split("\n", 1)[0]:
        refuse(
            export.path,
            "names FOCUS columns in its first line, but no delimiter that is known stands between them",
            "separate columns by comma, semicolon, tab or |",
            line=1,
        )
    first = export.head.splitlines()[0][:80] if export.head else ", ".join(export.header[:6])
    refuse(
        export.path,
        "is no export of a known source",
        f"name the source with --as: {', '.join(source.name for source in SOURCES)}",
        line=1,
        value=first,
    )
