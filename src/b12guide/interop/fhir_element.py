"""An object of FHIR's JSON read key by key, so that nothing in it is dropped in silence.

A reader notes what cannot be taken and, at its end, what nobody asked for. `id` names an element
and says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

__all__ = [
    "ElementReader",
    "flag",
    "items",
    "like",
    "not_negative",
    "offset",
    "one_of",
    "positive",
    "whole",
    "words",
]

T = TypeVar("T")


class ElementReader:
    """An object of the JSON; it notes what nobody asked for and what cannot be taken.

    Attributes:
        problems: Shared by all readers of one instruction.
    """

    def __init__(self, path: str, value: Any, problems: list[str]) -> None:
        self.path = path
        self.problems = problems
        self.rest: dict[str, Any] = {}
        if isinstance(value, Mapping):
            self.rest = {str(key): each for key, each in value.items()}
        else:
            self.problem(f"`{path}` is not an object")

    def problem(self, text: str) -> None:
        """Note what is wrong."""
        self.problems.append(text)

    def take(self, key: str, read: Callable[[Any], T]) -> T | None:
        """What stands under `key`, read; None where nothing does."""
        value = self.rest.pop(key, None)
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            shown = error.args[0] if error.args else value
            self.problem(f"`{self.path}.{key}` cannot be {shown!r}")
            return None

    def object(self, key: str, read: Callable[[ElementReader], T]) -> T | None:
        """The object under `key`, read to its end."""
        if self.rest.get(key) is None:
            self.rest.pop(key, None)
            return None
        return self._inner(f"{self.path}.{key}", self.rest.pop(key), read)

    def each(self, key: str, read: Callable[[ElementReader], T]) -> tuple[T, ...]:
        """The objects of the list under `key`."""
        values = self.take(key, items) or []
        paths = (f"{self.path}.{key}[{index}]" for index in range(len(values)))
        return tuple(
            self._inner(path, value, read)
            for path, value in zip(paths, values, strict=True)
        )

    def all(self, key: str, read: Callable[[Any], T]) -> tuple[T, ...]:
        """The plain values of the list under `key`."""
        return self.take(key, lambda v: tuple(read(each) for each in items(v))) or ()

    def _inner(self, path: str, value: Any, read: Callable[[ElementReader], T]) -> T:
        reader = ElementReader(path, value, self.problems)
        found = read(reader)
        reader.finish()
        return found

    def finish(self) -> None:
        """Note what nobody asked for; `id` names an element and says nothing."""
        for key in sorted(self.rest.keys() - {"id"}):
            self.problem(f"`{self.path}.{key}` is not understood")


# ---------------------------------------------------------------------- plain values
# Each gives the value, or raises `ValueError`, which the reader notes with its place.


def items(value: Any) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    return value


def words(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    return value


_MOST_DIGITS = 30


def not_negative(value: Any) -> Fraction:
    """A number from zero up."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    decimal = Decimal(str(value))
    if not decimal.is_finite() or abs(decimal.adjusted()) > _MOST_DIGITS:
        raise ValueError(value)
    if decimal < 0:
        raise ValueError(value)
    return Fraction(decimal)


def positive(value: Any) -> Fraction:
    """A number above zero."""
    found = not_negative(value)
    if not found:
        raise ValueError(value)
    return found


def offset(value: Any) -> int:
    """A whole number from zero up."""
    found = not_negative(value)
    if found.denominator != 1:
        raise ValueError(value)
    return int(found)


def whole(value: Any) -> int:
    """A whole number from one up."""
    found = offset(value)
    if not found:
        raise ValueError(value)
    return found


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 -- the reader reports it as a bad value
    return value


def like(pattern: str) -> Callable[[Any], str]:
    """A text of this pattern."""

    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(value)
        return value

    return read


def one_of(known: Iterable[str]) -> Callable[[Any], str]:
    """One of these codes."""
    codes = frozenset(known)

    def read(value: Any) -> str:
        if not isinstance(value, str) or value not in codes:
            raise ValueError(value)
        return value

    return read
