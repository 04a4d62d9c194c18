"""Turns result files of ``vllm bench serve`` and SGLang's ``bench_serving`` into measured runs of our own."""

from __future__ import annotations

import datetime as dt
import errno
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tco_model.inputs.files import MOST_BYTES, read_bounded
from tco_model.inputs.provenance import Provenance
from tco_model.serving.hardware import CapacityError
from tco_model.serving.roofline import Operation
from tco_model.serving.throughput import Row, Throughput

NEEDED = (
    "duration", "completed", "total_input_tokens", "total_output_tokens", "request_throughput", "output_throughput",
    "mean_ttft_ms", "mean_tpot_ms",
)  # fmt: skip
"""Fields that both tools write and that a run is read from."""
OWN = "own measurement"
MOST_FAILED = 0.05
"""Share of failed requests beyond which a run says nothing: what failed was no load."""
NEARLY_FULL = 0.9
"""A run whose mean concurrency is at least this share of its limit ran at the limit but for its start and end."""
LARGEST_NUMBER = 1e15
BLANK = re.compile(r"\s*")
MEND = "give the JSON that `vllm bench serve --save-result` or SGLang's `bench_serving --output-file` writes"


class BenchmarkError(CapacityError):
    """A benchmark file that cannot be used: what is wrong and the move that mends it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a benchmark file."""

    where: str
    """The file, and which of its runs."""
    row: Row
    """As the measured rows, so that runs at several shapes can be interpolated like them."""
    throughput: Throughput
    """What the run itself reached over its whole length, start and end included."""
    failed: int
    """Requests that failed."""
    cautions: tuple[str, ...]
    """What a reader must know before sizing by this run."""


def read_benchmark(path: Path | str, *, chip: str, precision: str, gpus: int, model: str | None = None) -> tuple[Run, ...]:
    """Read the runs of a result file: one JSON object, or several after one another.

    Args:
        path: the file.
        chip, precision, gpus: what the server ran on; the files do not say. `gpus` are those of one replica.
        model: name to go by; that of the file where not given.

    Raises:
        BenchmarkError: no such file, another format, no request completed, or too many failed.
    """
    path = Path(path)
    if gpus < 1:
        raise BenchmarkError(f"a replica cannot span {gpus} GPUs", "give the GPUs the server ran on")
    documents = _documents(path)
    return tuple(_run(one, f"{path.name}, run {place}", chip, precision, gpus, model) for place, one in enumerate(documents, 1))


def own_throughput(runs: Iterable[Run], *, first_token: float = float("inf"), per_token: float = float("inf")) -> Run:
    """Return the fastest run that keeps the promised mean times [second].

    Raises:
        BenchmarkError: no run keeps them.
    """
    found = list(runs)
    within = [run for run in found if run.row.first_token <= first_token and run.row.per_token <= per_token]
    if within:
        return max(within, key=lambda run: run.throughput.operation.output_rate)
    quickest = min(found, key=lambda run: run.row.per_token, default=None)
    told = (
        f": the quickest, {quickest.where}, took {quickest.row.first_token:.3g} s and {1000 * quickest.row.per_token:.3g} ms a token"
        if quickest
        else ""
    )
    raise BenchmarkError(f"no run keeps the promised times{told}", "promise more time, or add a run at a lower concurrency")


def _documents(path: Path) -> list[Mapping[str, Any]]:
    """Return the JSON objects of a file."""
    try:
        found = _decode(read_bounded(path, MOST_BYTES).decode("utf-8-sig"))
    except OSError as error:
        if error.errno == errno.EFBIG:
            message = f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB"
            raise BenchmarkError(message, "save it without the details of each request") from error
        raise BenchmarkError(f"{path.name} cannot be read: {error.strerror}", "give a file that exists and may be read") from error
    except (ValueError, RecursionError) as error:
        raise BenchmarkError(f"{path.name} is not JSON", MEND) from error
    if not found or not all(isinstance(one, dict) for one in found):
        raise BenchmarkError(f"{path.name} does not hold the result of a run", MEND)
    return cast("list[Mapping[str, Any]]", found)


def _decode(text: str) -> list[object]:
    decoder, found, place = json.JSONDecoder(), list[object](), 0
    while (start := BLANK.match(text, place)) and start.end() < len(text):
        value, place = decoder.raw_decode(text, start.end())
        found.append(value)
    return found


def _run(entry: Mapping[str, Any], where: str, chip: str, precision: str, gpus: int, model: str | None) -> Run:
    tool = _tool(entry, where)
    completed, failed = _completed(entry, where)
    values = {name: _positive(entry, name, where) for name in NEEDED}
    read, written = values["total_input_tokens"] / completed, values["total_output_tokens"] / completed
    first_token, per_token = values["mean_ttft_ms"] / 1000.0, values["mean_tpot_ms"] / 1000.0
    in_flight = values["request_throughput"] * _request_time(entry, first_token + (written - 1.0) * per_token)
    limit = entry.get("max_concurrency")
    full = isinstance(limit, int) and limit >= 1 and NEARLY_FULL * limit <= in_flight
    concurrency = cast("int", limit) if full else max(round(in_flight), 1)
    date = _date(entry)
    row = Row(
        model=model or _model(entry, where),
        chip=chip,
        precision=precision,
        input_tokens=round(read),
        output_tokens=max(round(written), 1),
        gpus=gpus,
        concurrency=concurrency,
        first_token=first_token,
        per_token=per_token,
        backend=tool,
        version=_version(entry),
        measured=date.isoformat() if date else "",
    )
    cautions = _cautions(full, in_flight, limit, entry.get("request_rate"), failed)
    operation = Operation(gpus, concurrency, first_token, per_token, values["output_throughput"])
    note = "; ".join((f"{completed:,} requests in {values['duration']:,.0f} s on {gpus} {chip} in {precision}", *cautions))
    provenance = Provenance(source=f"own measurement with {tool}: {where}", as_of=date, note=note)
    return Run(where, row, Throughput(operation, OWN, provenance), failed, cautions)


def _tool(entry: Mapping[str, Any], where: str) -> str:
    missing = [name for name in NEEDED if name not in entry]
    if not missing:
        return "SGLang bench_serving" if "mean_e2e_latency_ms" in entry else "vLLM bench serve"
    if missing in (["mean_tpot_ms"], ["mean_ttft_ms"], ["mean_ttft_ms", "mean_tpot_ms"]):
        raise BenchmarkError(f"{where} has no {' and no '.join(missing)}", "run it again with --percentile-metrics ttft,tpot")
    raise BenchmarkError(f"{where} is of another format: it has no {', no '.join(missing)}", MEND)


def _completed(entry: Mapping[str, Any], where: str) -> tuple[int, int]:
    """Return how many requests completed and failed; older files do not count the failed, but those asked for."""
    completed = _count(entry.get("completed"))
    errors = entry.get("errors")
    listed = sum(bool(one) for one in cast("list[object]", errors)) if isinstance(errors, list) else 0
    failed = max(_count(entry.get("failed")), listed, _count(entry.get("num_prompts")) - completed, 0)
    if completed < 1:
        raise BenchmarkError(f"no request of {where} completed", "see the server's log, and run it again")
    if failed > MOST_FAILED * (completed + failed):
        raise BenchmarkError(
            f"{failed:,} of {completed + failed:,} requests of {where} failed, and what failed was no load",
            "see the server's log, and run it again at a load it bears",
        )
    return completed, failed


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _positive(entry: Mapping[str, Any], name: str, where: str) -> float:
    value = entry[name]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0.0 < value < LARGEST_NUMBER:
        return float(value)
    hint = "stream the answers and let them have more than one token" if name in ("mean_tpot_ms", "mean_ttft_ms") else MEND
    raise BenchmarkError(f"{name} of {where} is {str(value)[:40]!r} and must be a number above 0", hint)


def _request_time(entry: Mapping[str, Any], otherwise: float) -> float:
    """Return the mean time of a request as measured, or as its parts add up [second]."""
    found = entry.get("mean_e2el_ms", entry.get("mean_e2e_latency_ms"))
    return found / 1000.0 if isinstance(found, float) and 0.0 < found < LARGEST_NUMBER else otherwise


def _model(entry: Mapping[str, Any], where: str) -> str:
    server = entry.get("server_info")
    served = cast("dict[str, Any]", server).get("model_path") if isinstance(server, dict) else None
    found = entry.get("model_id", served)
    if isinstance(found, str) and found:
        return found
    raise BenchmarkError(f"{where} does not name its model", "name the model yourself")


def _version(entry: Mapping[str, Any]) -> str:
    server = entry.get("server_info")
    found = cast("dict[str, Any]", server).get("version") if isinstance(server, dict) else entry.get("version")
    return found if isinstance(found, str) else ""


def _date(entry: Mapping[str, Any]) -> dt.date | None:
    """Return the day of a run; vLLM writes 20260722-041843, SGLang nothing."""
    try:
        return dt.datetime.strptime(str(entry.get("date")), "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return None


def _cautions(full: bool, in_flight: float, limit: object, rate: object, failed: int) -> tuple[str, ...]:
    found: list[str] = []
    if isinstance(rate, int | float) and not isinstance(rate, bool) and rate < LARGEST_NUMBER and not full:
        found.append(f"requests were sent at {rate:g} a second, so this is what was asked for and not what the server can do")
    elif not full and isinstance(limit, int):
        found.append(f"{in_flight:.1f} requests were in flight on average, under the limit of {limit}: start and end take much of the run")
    elif not full:
        found.append(f"no limit on the concurrency: {in_flight:.1f} requests in flight are a mean over a queue that filled and emptied")
    if failed:
        found.append(f"{failed:,} requests failed")
    return tuple(found)
