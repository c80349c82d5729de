"""The tolerances that can be asked for, by name or number by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from b12guide.arguments import choice, instance, names
from b12guide.audit.finding import Family, Tolerance
from b12guide.errors import UnknownNameError

__all__ = ["STRICT", "TOLERANCES", "USUAL", "families_of", "tolerance_of"]

STRICT = Tolerance(name="strict", doses=0, tests=0, loading=0)
USUAL = Tolerance(name="usual", doses=7, tests=14, loading=1)

TOLERANCES: Mapping[str, Tolerance] = {t.name: t for t in (USUAL, STRICT)}

_NUMBERS = ("doses", "tests", "loading", "early", "in_a_row", "undated")


def tolerance_of(asked: Tolerance | str) -> Tolerance:
    """The tolerance of that name, or the usual one with some of its numbers changed.

    Raises:
        UnknownNameError: There is no such tolerance.

    >>> tolerance_of("strict").doses
    0
    >>> tolerance_of("doses=3, loading=2")
    Tolerance(name='doses=3, loading=2', doses=3, tests=14, loading=2)
    """
    if isinstance(asked, Tolerance):
        return asked
    instance(asked, str, "tolerance", "a Tolerance, or text such as `usual`")
    if asked in TOLERANCES:
        return TOLERANCES[asked]
    changed: dict[str, Any] = {}
    for part in asked.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in _NUMBERS or not number.isdecimal():
            kind = "tolerance"
            raise UnknownNameError(kind, asked, TOLERANCES)
        changed[name] = int(number)
    return evolve(USUAL, name=asked, **changed)


def families_of(asked: Iterable[Family | str] | str | None) -> tuple[Family, ...]:
    """The families that are named, in their order; all of them for None.

    Raises:
        ArgumentError: These are no names.
        UnknownNameError: There is no such family.
    """
    if asked is None:
        return tuple(Family)
    named: Any = asked
    if not isinstance(asked, str) and isinstance(named, Iterable):
        named = [one.value if isinstance(one, Family) else one for one in named]
    wanted = {choice(Family, name, "families") for name in names(named, "families")}
    return tuple(family for family in Family if family in wanted)
