"""Strong Kleene truth values: true, false and unknown.

Unknown is a value of its own. It is never taken for false, and Python may not guess either:
a `Truth` in an `if` raises.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn

__all__ = ["Truth", "all_of", "any_of", "at_least"]


class Truth(Enum):
    """One of three truth values, with `&`, `|` and `~` after Kleene.

    >>> Truth.FALSE & Truth.UNKNOWN
    <Truth.FALSE: 'false'>
    >>> Truth.TRUE & Truth.UNKNOWN
    <Truth.UNKNOWN: 'unknown'>
    """

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Truth:
        """The truth value of a Boolean, where `None` stands for unknown."""
        return _TRUTHS[value]

    def __and__(self, other: Truth) -> Truth:
        if self is Truth.FALSE or other is Truth.FALSE:
            return Truth.FALSE
        if self is Truth.TRUE and other is Truth.TRUE:
            return Truth.TRUE
        return Truth.UNKNOWN

    def __or__(self, other: Truth) -> Truth:
        return ~(~self & ~other)

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE

    def __bool__(self) -> NoReturn:
        """Refuse to be a Boolean: say `is Truth.TRUE`."""
        message = "a Truth is not a bool; compare it with `is Truth.TRUE`"
        raise TypeError(message)


# To find a member of a class by its name takes longer than all that is done with it here.
_TRUTHS = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}


def all_of(truths: Iterable[Truth]) -> Truth:
    """The conjunction of `truths`; true when there are none."""
    total = Truth.TRUE
    for truth in truths:
        total = total & truth
    return total


def any_of(truths: Iterable[Truth]) -> Truth:
    """The disjunction of `truths`; false when there are none."""
    total = Truth.FALSE
    for truth in truths:
        total = total | truth
    return total


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """Whether `count` of `truths` are true; unknown where the unknown ones decide.

    >>> at_least(2, [Truth.TRUE, Truth.FALSE, Truth.UNKNOWN])
    <Truth.UNKNOWN: 'unknown'>
    """
    found = [truth for truth in truths if truth is not Truth.FALSE]
    if sum(truth is Truth.TRUE for truth in found) >= count:
        return Truth.TRUE
    return Truth.FALSE if len(found) < count else Truth.UNKNOWN
