"""Turns a price that depends on the length of the prompt into the price of one length, or of lengths that vary."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TieredPrice:
    """A price per token that a longer prompt changes for all tokens of that request, not only for those beyond the tier's start."""

    base: float
    """[USD/Mtoken]"""
    tiers: tuple[tuple[int, float], ...] = ()
    """Ascending: a prompt of more tokens than the first number pays the second [token, USD/Mtoken]."""

    def at(self, input_tokens: float) -> float:
        """Return the price a request with a prompt of this length pays [USD/Mtoken]."""
        return next((price for start, price in reversed(self.tiers) if input_tokens > start), self.base)

    def per_input_token(self, mean: float, variation: float) -> float:
        """Return the expected price of a prompt token where lengths are lognormal [USD/Mtoken].

        Long prompts weigh by their tokens: of all prompt tokens, the share ``Phi((ln(mean / start) + s^2 / 2) / s)`` sits in
        prompts longer than `start`, with ``s^2 = ln(1 + variation^2)``.
        """
        return self._expected(mean, variation, 0.5)

    def per_request(self, mean: float, variation: float) -> float:
        """Return the expected price where every request weighs alike, as for output whose length does not go by the prompt's [USD/Mtoken].

        The share of prompts longer than `start` is ``Phi((ln(mean / start) - s^2 / 2) / s)``.
        """
        return self._expected(mean, variation, -0.5)

    def _expected(self, mean: float, variation: float, half: float) -> float:
        spread = math.sqrt(math.log1p(variation**2))
        if spread == 0.0 or mean == 0.0:
            return self.at(mean)
        price, before = self.base, self.base
        for start, after in self.tiers:
            share = 1.0 if start == 0 else normal_share((math.log(mean) - math.log(start)) / spread + half * spread)
            price += share * (after - before)
            before = after
        return price


def normal_share(deviate: float) -> float:
    """Return the share of a standard normal below `deviate`."""
    return 0.5 * math.erfc(-deviate / math.sqrt(2.0))
