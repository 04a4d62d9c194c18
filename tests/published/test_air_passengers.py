"""Seasonal naive on the airline passengers of Box and Jenkins (Time Series Analysis, series G, thousands a month, 1949 to 1960)."""

from __future__ import annotations

import numpy as np
import pytest

from tco_model.finops.backtest import missed
from tco_model.finops.forecast_methods import fit
from tco_model.finops.predict import predict

PASSENGERS = np.array(
    """
    112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
    145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
    196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
    242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
    315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
    360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
    """.split(),  # noqa: SIM905 - as the table is printed
    dtype=float,
)


def test_the_last_year_held_out() -> None:
    """Mean absolute error 47.8333 and mean absolute percentage error 9.98753%."""
    said = fit("seasonal_naive", PASSENGERS[:-12], 12).central
    found = missed([said], [PASSENGERS[-12:]], 1.0)
    assert found.mae == pytest.approx(47.8333, abs=5e-5) and found.mape == pytest.approx(0.0998753, abs=5e-8)


def test_the_backtest_picks_the_season_with_its_growth() -> None:
    """Seasonal naive lags a growing series; with the mean change over a season the miss halves. A year errs together: seven months hold."""
    found = predict(PASSENGERS[:-12], 12)
    assert found.method == "seasonal_drift" and found.backtest.beats_naive
    assert np.mean(np.abs(found.central - PASSENGERS[-12:])) < 0.5 * 47.8333
    assert np.mean((PASSENGERS[-12:] >= found.low) & (PASSENGERS[-12:] <= found.high)) >= 0.5
