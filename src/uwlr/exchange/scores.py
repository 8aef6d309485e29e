"""What happens to a score that the standard has no room for: it takes whole numbers from 0 up."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.errors import ConfigurationError

GivenScore: TypeAlias = Decimal | float | str | None

_DIGITS: Final = 18
"""Digits of a score: what each program and database can hold, and far more than any test gives."""

_ABSENT = frozenset({"", "x", "-", "nvt", "n.v.t."})


class ScorePolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How scores become whole numbers.

    Attributes:
        decimals: refuse a score with decimals, round it half up, or cut them off.
        absent: skip a result without a score (None, empty, X), or refuse it.
        factor: what each score is multiplied by first; 10 keeps one decimal.
    """

    decimals: Literal["refuse", "round", "truncate"] = "refuse"
    absent: Literal["skip", "refuse"] = "skip"
    factor: int = 1

    def apply(self, given: GivenScore) -> int | None:
        """Give the score to send, or None if the result is to be skipped.

        Raises:
            ConfigurationError: a score that the policy refuses, that is negative, or that is no number.
        """
        if given is None or (isinstance(given, str) and given.strip().lower() in _ABSENT):
            if self.absent == "refuse":
                raise ConfigurationError("a result without a score")
            return None
        try:
            exact = Decimal(str(given).strip().replace(",", "."))
        except (InvalidOperation, ValueError):  # ValueError: more digits than Python writes
            raise ConfigurationError("a score that is no number") from None
        if not exact.is_finite() or exact < 0:
            raise ConfigurationError("a score that is negative or no number")
        if exact.adjusted() >= _DIGITS or len(exact.as_tuple().digits) > _DIGITS:
            raise ConfigurationError(f"a score of more than {_DIGITS} digits")
        exact *= self.factor
        if exact == exact.to_integral_value():
            return int(exact)
        if self.decimals == "refuse":
            raise ConfigurationError("a score with decimals: choose how to round it in the ScorePolicy")
        rounding = ROUND_HALF_UP if self.decimals == "round" else ROUND_DOWN
        return int(exact.to_integral_value(rounding))
