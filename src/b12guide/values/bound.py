"""A number of which only the ends are known, such as `<150` or an age of 58 to 59 years."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from attrs import frozen

from b12guide.frozen import Record
from b12guide.values.term import Operator

__all__ = ["Bound", "ends_of"]


@frozen(kw_only=True, repr=False)
class Bound(Record):
    """All numbers between two ends, of which one may be missing.

    Attributes:
        low: The least; None where there is no least.
        high: The greatest; None where there is no greatest.
        has_low: Whether `low` itself is among them.
        has_high: Whether `high` itself is among them.
    """

    low: Fraction | None = None
    high: Fraction | None = None
    has_low: bool = True
    has_high: bool = True

    def __contains__(self, number: Fraction) -> bool:
        below = self.low is not None and (
            number < self.low or (number == self.low and not self.has_low)
        )
        above = self.high is not None and (
            number > self.high or (number == self.high and not self.has_high)
        )
        return not below and not above

    @property
    def is_empty(self) -> bool:
        """Whether there is no such number."""
        if self.low is None or self.high is None:
            return False
        is_both = self.has_low and self.has_high
        return self.low > self.high or (self.low == self.high and not is_both)

    @property
    def ends(self) -> tuple[Fraction, ...]:
        """The ends that there are."""
        return tuple(end for end in (self.low, self.high) if end is not None)

    def with_ends(self, ends: Sequence[Fraction]) -> Bound:
        """The same with other numbers for the ends that there are, such as in another unit."""
        left = iter(ends)
        low, high = (None if e is None else next(left) for e in (self.low, self.high))
        return Bound(low=low, high=high, has_low=self.has_low, has_high=self.has_high)

    def stands(self, operator: Operator, other: Fraction) -> bool | None:
        """Whether all these numbers stand so to `other`; None where some do and some do not.

        >>> Bound(high=Fraction(150), has_high=False).stands(Operator.LESS, Fraction(150))
        True
        """
        low, high = self.low, self.high
        all_above = low is not None and (
            low > other or (low == other and not self.has_low)
        )
        all_below = high is not None and (
            high < other or (high == other and not self.has_high)
        )
        none_below = low is not None and low >= other
        none_above = high is not None and high <= other
        match operator:
            case Operator.LESS:
                so, not_so = all_below, none_below
            case Operator.AT_MOST:
                so, not_so = none_above, all_above
            case Operator.MORE:
                so, not_so = all_above, none_above
            case Operator.AT_LEAST:
                so, not_so = none_below, all_below
            case Operator.EQUAL:
                so, not_so = none_below and none_above, all_above or all_below
        return True if so else False if not_so else None


_NUMBER = r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?"
_ONE_ENDED = re.compile(rf"(?P<sign><=|>=|<|>)\s*(?P<number>{_NUMBER})")
_TWO_ENDED = re.compile(rf"(?P<low>{_NUMBER})\s+to\s+(?P<high>{_NUMBER})")


def ends_of(written: str) -> Bound | None:
    """What a bound such as `<150` or `58 to 59` means; None for what is none.

    >>> ends_of(">= 60").low
    Fraction(60, 1)
    >>> ends_of("60") is None
    True
    """
    one = _ONE_ENDED.fullmatch(written.strip())
    if one is not None:
        end, with_end = Fraction(one["number"]), one["sign"].endswith("=")
        if one["sign"].startswith("<"):
            return Bound(high=end, has_high=with_end)
        return Bound(low=end, has_low=with_end)
    two = _TWO_ENDED.fullmatch(written.strip())
    return (
        None
        if two is None
        else Bound(low=Fraction(two["low"]), high=Fraction(two["high"]))
    )
