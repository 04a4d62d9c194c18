"""Request logs: the published trace read back to its published figures, every row accounted for, gaps told from quiet nights."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from tco_model.serving.load_shape import LoadShapeError, load_shape
from tco_model.serving.request_log import RequestLog, read_request_log
from tests.serving.shared_data import CONVERSATION, needs

MONDAY = dt.datetime(2026, 11, 2)


def log(folder: Path, text: str, **options: object) -> RequestLog:
    path = folder / "log.csv"
    path.write_text(text, encoding="utf-8")
    return read_request_log(path, **options)  # type: ignore[arg-type]


def hourly(shape: np.ndarray, weeks: int, *, without: range = range(0)) -> str:
    """A log of counts by hour from a Monday on, some hours left out."""
    rows = [f"{MONDAY + dt.timedelta(hours=hour)},{float(shape[hour % 168])}" for hour in range(168 * weeks) if hour not in without]
    return "\n".join(["hour_start,requests", *rows])


@needs(CONVERSATION)
def test_the_published_conversation_trace() -> None:
    """Azure LLM inference trace 2023, conversation (CC-BY 4.0): 58 minutes."""
    found = read_request_log(CONVERSATION)
    assert (found.rows, found.requests, dict(found.set_aside)) == (19_366, 19_366, {})
    read, written = found.input_sizes, found.output_sizes
    assert read and written
    assert (round(read.mean), read.median, read.p95) == (1155, 1020, 4083)
    assert (round(written.mean), written.median, written.p95) == (211, 129, 451)
    assert found.peak_to_mean(60) == pytest.approx(1.52, abs=0.005)
    assert found.times[-1] - found.times[0] == pytest.approx(58 * 60, abs=60)
    with pytest.raises(LoadShapeError, match="a week has 168; give a log of at least one week"):
        found.shape()


def test_a_poisson_stream_has_a_variation_of_one_although_its_days_rise_and_fall(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(load_shape("developer_week").load(60.0))
    starts = np.repeat(np.arange(168), counts) * 3600.0
    moments = np.sort(starts + 3600.0 * rng.random(len(starts))) + 1_730_000_000 // 3600 * 3600
    found = log(tmp_path, "ts\n" + "\n".join(f"{moment:.3f}" for moment in moments))
    gaps = np.diff(moments)
    assert gaps.var() / gaps.mean() ** 2 > 1.5
    assert found.arrival_variation == pytest.approx(1.0, abs=0.06)


def test_a_steady_and_a_bursty_stream(tmp_path: Path) -> None:
    steady = log(tmp_path, "ts\n" + "\n".join(str(1_730_001_600 + second) for second in range(0, 3600, 10)))
    assert steady.arrival_variation == pytest.approx(0.0, abs=1e-12)
    pairs = log(tmp_path, "ts\n" + "\n".join(f"{1_730_001_600 + second}\n{1_730_001_600 + second}" for second in range(0, 3600, 20)))
    assert pairs.arrival_variation == pytest.approx(1.0, abs=0.02)


def test_counts_by_hour_give_back_their_shape(tmp_path: Path) -> None:
    shape = load_shape("developer_week").load(100.0)
    found = log(tmp_path, hourly(shape, 2), columns={"time": "hour_start"})
    assert found.aggregated and found.arrival_variation is None
    assert np.allclose(found.shape().shares, shape / 100.0)
    assert found.requests == pytest.approx(2 * shape.sum())


def test_hours_without_a_row_are_gaps_and_not_zeros(tmp_path: Path) -> None:
    shape = load_shape("developer_week").load(100.0)
    found = log(tmp_path, hourly(shape, 2, without=range(30, 60)), columns={"time": "hour_start"})
    assert np.allclose(found.shape().shares, shape / 100.0)
    assert "30 hours in gaps left out" in found.shape().provenance.note


def test_an_hour_of_the_week_never_logged_is_refused_by_name(tmp_path: Path) -> None:
    found = log(tmp_path, hourly(np.ones(168), 1, without=range(30, 31)), columns={"time": "hour_start"})
    with pytest.raises(LoadShapeError, match="Tuesday 06:00 of the week has no count"):
        found.shape()


def test_a_quiet_night_is_quiet_and_a_silent_day_is_a_gap(tmp_path: Path) -> None:
    """Three weeks of requests every ten minutes from 8 to 20 each day; the second Wednesday is missing."""
    hours = [hour for hour in range(3 * 168) if 8 <= hour % 24 < 20 and hour // 24 != 9]
    moments = [MONDAY + dt.timedelta(hours=hour, minutes=minute) for hour in [*hours, 3 * 168] for minute in range(0, 60, 10)]
    shape = log(tmp_path, "timestamp\n" + "\n".join(map(str, [MONDAY - dt.timedelta(hours=1), *moments]))).shape()
    assert shape.load(1.0)[8:20] == pytest.approx(2.0)
    assert shape.load(1.0)[2 * 24 + 8 : 2 * 24 + 20] == pytest.approx(2.0)
    assert shape.load(1.0)[:8] == pytest.approx(0.0)
    assert "36 hours in gaps" in shape.provenance.note


def test_every_row_is_kept_or_set_aside_with_its_reason(tmp_path: Path) -> None:
    found = log(
        tmp_path,
        "Start Time,prompt_tokens,completion_tokens\n"
        "2026-11-02T10:00:00Z,100,10\n"
        "2026-11-02 10:00:01,NULL,\n"
        "2026-11-02T12:00:02+02:00,300,30\n"
        "yesterday,1,1\n"
        "9999-99-99,1,1\n"
        "2026-11-02T10:00:03Z,-5,1\n"
        "2026-11-02T10:00:03Z,many,1\n"
        "2026-11-02T10:00:03Z,inf,1\n"
        "2026-11-02T10:00:03Z\n"
        "\n"
        "1762077604,500,50\n",
    )
    assert dict(found.set_aside) == {
        "an unreadable moment": 2,
        "a negative number": 1,
        "an unreadable number": 2,
        "too few columns": 1,
    }
    assert found.rows == 10 and len(found.times) == 4
    assert found.input_sizes and found.input_sizes.requests == 3 and found.input_sizes.mean == 300.0
    assert found.times[2] - found.times[1] == 1.0


@pytest.mark.parametrize("factor", [1, 1_000, 1_000_000, 1_000_000_000])
def test_epochs_from_seconds_to_nanoseconds(tmp_path: Path, factor: int) -> None:
    found = log(tmp_path, f"time\n{1_762_077_600 * factor}\n{1_762_077_660 * factor}\n")
    assert found.times.tolist() == [1_762_077_600, 1_762_077_660]


def test_the_users_clock_is_reached_by_an_offset(tmp_path: Path) -> None:
    found = log(tmp_path, "time\n2026-11-02T23:00:00Z\n", utc_offset=2.0)
    assert dt.datetime.fromtimestamp(found.times[0], dt.UTC) == dt.datetime(2026, 11, 3, 1, tzinfo=dt.UTC)


def test_semicolons_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    found = log(tmp_path, "\ufefftimestamp;Input Tokens\n2026-11-02T10:00:00Z;7\n")
    assert found.input_sizes and found.input_sizes.mean == 7.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column of moments; its columns are none"),
        ("when,tokens\n1,2\n", "no column of moments; its columns are 'when', 'tokens'; name one 'timestamp'"),
        ("timestamp\n", "no row that can be used: it has no rows"),
        ("timestamp\nnever\nago\n", "no row that can be used: 2 with an unreadable moment"),
        ("timestamp,count\n2026-11-02,\n", "no row that can be used: 1 with no count"),
    ],
)
def test_a_file_that_is_no_log_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LoadShapeError, match=message):
        log(tmp_path, text)


def test_a_missing_file_and_a_missing_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadShapeError, match=r"none.csv cannot be read: No such file"):
        read_request_log(tmp_path / "none.csv")
    with pytest.raises(LoadShapeError, match="no column 'at'; its columns are 'timestamp'"):
        log(tmp_path, "timestamp\n2026-11-02\n", columns={"time": "at"})


def test_too_short_a_log_for_the_windows_asked(tmp_path: Path) -> None:
    found = log(tmp_path, "timestamp\n2026-11-02T10:00:00\n2026-11-02T10:01:30\n")
    with pytest.raises(LoadShapeError, match="less than two windows"):
        found.peak_to_mean(60)
    assert found.peak_to_mean(30) == pytest.approx(3.0)
