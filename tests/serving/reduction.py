"""Reduces the published measurements to the shipped table once more: the fastest run of each setting that is no saturated queue."""

from __future__ import annotations

import csv
import re
from pathlib import Path

NAMES = {
    "meta-llama/Llama-3.1-70B": "llama-3.1-70b",
    "meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "llama-3.1-8b",
    "Qwen/Qwen3-32B": "qwen3-32b",
    "nvidia/Qwen3-32B-NVFP4": "qwen3-32b",
    "Qwen/Qwen3-235B-A22B-FP8": "qwen3-235b-a22b",
    "Qwen/Qwen3.5-397B-A17B": "qwen3.5-397b-a17b",
    "deepseek-ai/DeepSeek-R1": "deepseek-v3",
    "deepseek-ai/DeepSeek-V3": "deepseek-v3",
    "nvidia/DeepSeek-R1-NVFP4": "deepseek-v3",
    "nvidia/DeepSeek-V3.1-NVFP4": "deepseek-v3",
    "openai/gpt-oss-120b": "gpt-oss-120b",
    "MiniMaxAI/MiniMax-M2.5": "minimax-m2.5",
    "moonshotai/Kimi-K2.5": "kimi-k2.5",
    "zhipuai/GLM-5": "glm-5",
}
LONGEST_FIRST_TOKEN = 60_000.0
"""[ms]"""
Setting = tuple[str, str, str, int, int, int, int]


def reduced(path: Path) -> dict[Setting, tuple[str, ...]]:
    """Backend, version, day and times of the fastest run by model, chip, precision, input, output, GPUs and concurrency."""
    best: dict[Setting, tuple[float, tuple[str, ...]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for entry in csv.DictReader(file):
            if not _aggregated(entry):
                continue
            gpus, batch = int(entry["tp_size"]) * int(entry["pp_size"] or 1), int(entry["batch_size"])
            first, per_token = float(entry["silicon_ttft_ms"]), float(entry["silicon_tpot_ms"])
            if gpus not in (1, 2, 4, 8) or first > LONGEST_FIRST_TOKEN or per_token <= 0:
                continue
            read, written = int(entry["isl"]), int(entry["osl"])
            rate = batch * written / (first + (written - 1) * per_token) / gpus
            setting = (NAMES[entry["model_path"]], entry["system"].removesuffix("_sxm"), entry["precision"], read, written, gpus, batch)
            row = (f"{first:.4g}", f"{per_token:.4g}", entry["backend"], entry["backend_version"], _day(entry["silicon_data_source"]))
            if setting not in best or best[setting][0] < rate:
                best[setting] = rate, row
    return {setting: row for setting, (_, row) in best.items()}


def _aggregated(entry: dict[str, str]) -> bool:
    """Prompt and answer on the same GPUs, without attention data parallelism."""
    told = entry["batch_size"] and entry["precision"]
    return bool(told) and entry["mode"] == "agg" and entry["attention_dp_size"] in ("", "0", "1") and _one_batch(entry)


def _one_batch(entry: dict[str, str]) -> bool:
    """Say that all requests in flight share one batch: 16 rows of several ranks or replicas state a batch of their part alone."""
    found = re.search(r"silicon_concurrency=(\d+)", entry["silicon_data_source"])
    return found is None or found[1] == entry["batch_size"]


def _day(text: str) -> str:
    found = re.search(r"measured=(\d{4}-\d\d-\d\d)", text) or re.search(r"source_file=.*?(\d{4}-\d\d-\d\d)", text)
    return found[1] if found else ""
