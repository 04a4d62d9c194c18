"""Result files of the two usual benchmark tools: read as they are written, refused where they say nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tco_model.serving.benchmark_files import BenchmarkError, Run, own_throughput, read_benchmark
from tco_model.serving.throughput import throughput

VLLM: dict[str, Any] = {
    "date": "20260722-041843", "endpoint_type": "openai", "backend": "openai", "label": None, "model_id": "Qwen/Qwen3-32B",
    "tokenizer_id": "Qwen/Qwen3-32B", "num_prompts": 640, "request_rate": "inf", "burstiness": 1.0, "max_concurrency": 64,
    "duration": 320.0, "completed": 640, "failed": 0, "total_input_tokens": 655_360, "total_output_tokens": 655_360,
    "request_throughput": 2.0, "request_goodput": None, "output_throughput": 2048.0, "total_token_throughput": 4096.0,
    "max_output_tokens_per_s": 2500.0, "max_concurrent_requests": 70, "mean_ttft_ms": 540.0, "median_ttft_ms": 500.0, "std_ttft_ms": 90.0,
    "p99_ttft_ms": 900.0, "mean_tpot_ms": 30.0, "median_tpot_ms": 30.0, "std_tpot_ms": 1.0, "p99_tpot_ms": 33.0, "mean_itl_ms": 30.0,
    "median_itl_ms": 30.0, "std_itl_ms": 1.0, "p99_itl_ms": 40.0,
}  # fmt: skip
"""Fields as `vllm bench serve --save-result` writes them; 64 requests of 31.2 s each are in flight for all but start and end."""

SGLANG: dict[str, Any] = {
    "tag": None, "backend": "sglang", "dataset_name": "random", "request_rate": float("inf"), "max_concurrency": 64,
    "random_input_len": 1024, "random_output_len": 1024, "random_range_ratio": 1.0,
    "server_info": {"model_path": "Qwen/Qwen3-32B", "version": "0.5.6", "tp_size": 2},
    "duration": 320.0, "completed": 640, "total_input_tokens": 655_360, "total_output_tokens": 655_360,
    "total_output_tokens_retokenized": 655_000, "sharegpt_output_len": None,
    "request_throughput": 2.0, "input_throughput": 2048.0, "output_throughput": 2048.0,
    "total_throughput": 4096.0,
    "mean_e2e_latency_ms": 31_230.0, "median_e2e_latency_ms": 31_000.0, "mean_ttft_ms": 540.0, "mean_tpot_ms": 30.0, "mean_itl_ms": 30.0,
    "concurrency": 62.5, "accept_length": None,
}  # fmt: skip
"""Fields as SGLang's `bench_serving` appends them; an endless request rate is written as Infinity."""


def read(folder: Path, *entries: object, model: str | None = "qwen3-32b") -> tuple[Run, ...]:
    path = folder / "result.json"
    path.write_text("\n".join(json.dumps(entry) for entry in entries), encoding="utf-8")
    return read_benchmark(path, chip="h200", precision="fp8", gpus=2, model=model)


@pytest.mark.parametrize(("entry", "tool"), [(VLLM, "vLLM bench serve"), (SGLANG, "SGLang bench_serving")])
def test_a_run_is_read_as_it_was_measured(tmp_path: Path, entry: dict[str, Any], tool: str) -> None:
    (run,) = read(tmp_path, entry)
    assert (run.row.model, run.row.chip, run.row.precision, run.row.gpus, run.row.backend) == ("qwen3-32b", "h200", "fp8", 2, tool)
    assert (run.row.input_tokens, run.row.output_tokens, run.row.concurrency) == (1024, 1024, 64)
    assert (run.row.first_token, run.row.per_token) == (0.54, 0.03)
    assert run.throughput.method == "own measurement"
    assert run.throughput.operation.output_rate == 2048.0
    assert run.row.output_rate == pytest.approx(2048.0, rel=0.05)
    assert run.cautions == () and run.failed == 0
    assert tool in run.throughput.provenance.source and "640 requests" in run.throughput.provenance.note


def test_the_date_version_and_model_of_the_file(tmp_path: Path) -> None:
    (vllm,), (sglang,) = read(tmp_path, VLLM, model=None), read(tmp_path, SGLANG, model=None)
    assert (vllm.row.model, vllm.row.measured, vllm.row.version) == ("Qwen/Qwen3-32B", "2026-07-22", "")
    assert (sglang.row.model, sglang.row.measured, sglang.row.version) == ("Qwen/Qwen3-32B", "", "0.5.6")


def test_appended_runs_are_all_read_and_the_fastest_within_the_promise_taken(tmp_path: Path) -> None:
    slow = VLLM | {"max_concurrency": 8, "output_throughput": 600.0, "request_throughput": 0.6, "mean_ttft_ms": 100.0, "mean_tpot_ms": 13.0}
    runs = read(tmp_path, slow, VLLM)
    assert [run.row.concurrency for run in runs] == [8, 64]
    assert own_throughput(runs).throughput.operation.output_rate == 2048.0
    assert own_throughput(runs, per_token=0.02).throughput.operation.output_rate == 600.0
    with pytest.raises(
        BenchmarkError, match=r"no run keeps the promised times: the quickest, result.json, run 1, took 0.1 s and 13 ms a token"
    ):
        own_throughput(runs, per_token=0.001)


def test_own_rows_are_used_like_the_shipped_ones(tmp_path: Path) -> None:
    runs = read(tmp_path, VLLM)
    found = throughput("qwen3-32b", "h200", "fp8", 2, 1024, 1024, rows=[run.row for run in runs])
    assert found.method == "measured"
    assert found.operation.output_rate == pytest.approx(2048.0, rel=0.05)


def test_a_run_at_a_set_rate_is_not_a_capacity(tmp_path: Path) -> None:
    """At one request a second the output rate is what was asked for: the trap of sizing a fleet by a light load."""
    light = VLLM | {
        "request_rate": 1.0,
        "max_concurrency": None,
        "request_throughput": 0.98,
        "output_throughput": 1004.0,
        "mean_tpot_ms": 12.0,
    }
    (run,) = read(tmp_path, light)
    assert "what was asked for and not what the server can do" in run.cautions[0]
    assert run.cautions[0] in run.throughput.provenance.note
    assert run.row.concurrency == 13
    assert run.row.output_rate == pytest.approx(1004.0, rel=0.05)


def test_a_limit_hardly_reached_is_not_taken_for_the_concurrency(tmp_path: Path) -> None:
    (run,) = read(tmp_path, VLLM | {"max_concurrency": 256})
    assert run.row.concurrency == 62
    assert "62.5 requests were in flight on average, under the limit of 256" in run.cautions[0]


def test_some_failures_are_told_and_many_are_refused(tmp_path: Path) -> None:
    (run,) = read(tmp_path, VLLM | {"completed": 639, "failed": 1})
    assert run.failed == 1 and "1 requests failed" in run.cautions
    for many in ({"failed": 100}, {"num_prompts": 740}, {"errors": ["timeout"] * 100 + [""] * 540}):
        with pytest.raises(BenchmarkError, match=r"100 of 740 requests of result.json, run 1 failed"):
            read(tmp_path, VLLM | many)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"completed": 0}, "no request of result.json, run 1 completed; see the server's log"),
        ({"completed": "640"}, "no request"),
        ({"mean_tpot_ms": 0.0}, "mean_tpot_ms of result.json, run 1 is '0.0' and must be a number above 0; stream the answers"),
        ({"output_throughput": float("nan")}, "output_throughput of result.json, run 1 is 'nan'"),
        ({"output_throughput": 10**400}, "must be a number above 0"),
        ({"duration": True}, "must be a number above 0"),
        ({"duration": None}, "must be a number above 0"),
    ],
)
def test_runs_that_say_nothing_are_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    with pytest.raises(BenchmarkError, match=message):
        read(tmp_path, VLLM | change)


def test_files_of_another_format_are_refused(tmp_path: Path) -> None:
    without = {name: value for name, value in VLLM.items() if "tpot" not in name}
    with pytest.raises(BenchmarkError, match="has no mean_tpot_ms; run it again with --percentile-metrics ttft,tpot"):
        read(tmp_path, without)
    with pytest.raises(BenchmarkError, match=r"is of another format: it has no duration, .*; give the JSON that `vllm bench serve"):
        read(tmp_path, {"elapsed_time": 12.3, "num_requests": 1000, "tokens_per_second": 5000.0})
    for other in ([VLLM], "text", 3):
        with pytest.raises(BenchmarkError, match="does not hold the result of a run"):
            read(tmp_path, other)
    with pytest.raises(BenchmarkError, match="does not name its model; name the model yourself"):
        read(tmp_path, SGLANG | {"server_info": None}, model=None)


@pytest.mark.parametrize("text", ["============ Serving Benchmark Result ============", "[" * 100_000, '{"a": ', "\xff\xfe{", "1" * 5000])
def test_what_is_not_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BenchmarkError, match="is not JSON"):
        read_benchmark(path, chip="h200", precision="fp8", gpus=2)


def test_empty_and_missing_files_and_no_gpus_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="does not hold the result of a run"):
        read(tmp_path)
    with pytest.raises(BenchmarkError, match=r"none.json cannot be read: No such file"):
        read_benchmark(tmp_path / "none.json", chip="h200", precision="fp8", gpus=2)
    with pytest.raises(BenchmarkError, match="cannot span 0 GPUs"):
        read_benchmark(tmp_path / "none.json", chip="h200", precision="fp8", gpus=0)
