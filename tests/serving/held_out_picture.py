"""Draws how far table and roofline lie from measured runs they were not shown: ``python -m tests.serving.held_out_picture``."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from tco_model.serving.throughput import Row, measured_rows, operations
from tests.serving.held_out import refit, table

PICTURE = Path(__file__).with_name("held_out.svg")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito, told apart with any colour vision."""
LOW, HIGH = 50.0, 100_000.0
SIZE, LEFT, TOP, GAP = 300, 62, 44, 66
TICKS = (100, 1_000, 10_000)
Points = dict[str, list[tuple[float, float]]]


def by_shape() -> Points:
    """Measured output rate of a replica, and what the table says without that shape, by chip [token/second]."""
    settings: dict[tuple[str, str, str, int, int], list[Row]] = defaultdict(list)
    for row in measured_rows():
        settings[row.model, row.chip, row.precision, row.gpus, row.concurrency].append(row)
    found: Points = defaultdict(list)
    for members in settings.values():
        for row in members:
            told = operations([other for other in members if other is not row], row.input_tokens, row.output_tokens)
            if told:
                found[row.chip].append((row.output_rate, told[0].output_rate))
    return found


def by_chip() -> Points:
    """Measured output rate, and what the roofline says that was fitted without this chip [token/second]."""
    every = table()
    found: Points = {}
    for chip in sorted(set(every.columns["chip"].tolist())):
        held = every.where(every.columns["chip"] == chip)
        told = held.told(refit(every.where(every.columns["chip"] != chip)))
        found[chip] = list(zip(held.columns["rate"].tolist(), told.tolist(), strict=True))
    return found


def picture() -> str:
    """The whole SVG."""
    panels = (("Table, this shape held out", by_shape()), ("Roofline, this chip held out", by_chip()))
    chips = sorted({chip for _, points in panels for chip in points})
    colours = {chip: COLOURS[place % len(COLOURS)] for place, chip in enumerate(chips)}
    width, height = LEFT + 2 * SIZE + GAP + 20, TOP + SIZE + 92
    parts = [panel(title, points, colours, LEFT + place * (SIZE + GAP)) for place, (title, points) in enumerate(panels)]
    said = "; ".join(f"{title}: {summary(points)}" for title, points in panels)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"',
            ' font-family="Arial, Helvetica, sans-serif" font-size="12">',
            f"<title>Throughput told against throughput measured</title><desc>{escape(said)}</desc>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *parts,
            *legend(colours, height - 16),
            "</svg>\n",
        ]
    )


def summary(points: Points) -> str:
    """Number of runs, median error and the share within 30 percent."""
    errors = np.array([abs(told / measured - 1.0) for rows in points.values() for measured, told in rows])
    return f"{errors.size:,} runs, median error {np.median(errors):.1%}, {np.mean(errors <= 0.30):.0%} within 30%"


def panel(title: str, points: Points, colours: dict[str, str], left: float) -> str:
    """One scatter on logarithmic axes with the line of no error and its bands."""
    bottom = TOP + SIZE

    def at(value: float) -> float:
        return SIZE * math.log(min(max(value, LOW), HIGH) / LOW) / math.log(HIGH / LOW)

    def band(share: float, fill: str) -> str:
        low, high = math.log1p(share), math.log(1.0 - share)
        step = SIZE / math.log(HIGH / LOW)
        up, down = step * low, step * high
        corners = [
            (left, bottom - up),
            (left + SIZE - up, TOP),
            (left + SIZE, TOP),
            (left + SIZE, TOP - down),
            (left - down, bottom),
            (left, bottom),
        ]
        return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}" fill="{fill}"/>'

    marks = [
        f'<circle cx="{left + at(measured):.1f}" cy="{bottom - at(told):.1f}" r="1.8" fill="{colours[chip]}" fill-opacity="0.55"/>'
        for chip, rows in sorted(points.items())
        for measured, told in rows
    ]
    ticks: list[str] = []
    for tick in TICKS:
        x, y = left + at(tick), bottom - at(tick)
        ticks.append(f'<path d="M{x:.1f} {bottom}v5M{left - 5} {y:.1f}h5" stroke="#444"/>')
        ticks.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,}</text>')
        ticks.append(f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,}</text>')
    return "\n".join(
        [
            f'<text x="{left}" y="18" font-weight="bold">{escape(title)}</text>',
            f'<text x="{left}" y="34" fill="#444">{escape(summary(points))}</text>',
            band(0.30, "#eeeeee"),
            band(0.15, "#dddddd"),
            f'<path d="M{left} {bottom}L{left + SIZE} {TOP}" stroke="#444" stroke-dasharray="4 3"/>',
            *marks,
            f'<rect x="{left}" y="{TOP}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#444"/>',
            *ticks,
            f'<text x="{left + SIZE / 2}" y="{bottom + 38}" text-anchor="middle">measured [output token/second/replica]</text>',
            f'<text transform="translate({left - 48} {TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">told</text>',
        ]
    )


def legend(colours: dict[str, str], y: float) -> list[str]:
    """The chips, and what the grey bands are."""
    parts: list[str] = []
    x = float(LEFT)
    for chip, colour in colours.items():
        parts.append(
            f'<circle cx="{x:.0f}" cy="{y - 4}" r="4" fill="{colour}"/><text x="{x + 8:.0f}" y="{y}">{escape(chip.upper())}</text>'
        )
        x += 24 + 8.2 * len(chip)
    parts.append(f'<text x="{x + 12:.0f}" y="{y}" fill="#444">grey: within 15 and 30 percent; dashed: no error</text>')
    return parts


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
