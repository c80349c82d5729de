"""Takes the arguments of the library: what is no such thing is refused in its own words.

Each function gives the argument back as it is used inside, so that it can convert a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from inspect import Parameter, signature
from numbers import Rational, Real
from types import UnionType
from typing import Any, TypeVar

from attrs import fields

from b12guide.errors import ArgumentError, UnknownNameError

Choice = TypeVar("Choice", bound=Enum)
T = TypeVar("T")


def choice(kind: type[Choice], value: Any, argument: str) -> Choice:
    """The member of `kind` that `value` is, or names.

    Raises:
        UnknownNameError: There is no such choice; what is no text is named by its type.
    """
    if isinstance(value, kind):
        return value
    known = {str(member.value): member for member in kind}
    name = value if isinstance(value, str) else type(value).__name__
    if not isinstance(value, str) or name not in known:
        what = f"choice for `{argument}`"
        raise UnknownNameError(what, name, known)
    return known[name]


def names(value: Any, argument: str) -> tuple[str, ...]:
    """The names that `value` has, each once; text is one name.

    Raises:
        ArgumentError: It is neither a name nor several.
    """
    if isinstance(value, str):
        return (value,)
    given = tuple(value) if isinstance(value, Iterable) else (value,)
    if not isinstance(value, Iterable) or not all(isinstance(n, str) for n in given):
        expected = "a name or several"
        raise ArgumentError(argument, expected, value)
    return tuple(dict.fromkeys(given))


def keywords(given: Iterable[str], call: str, known: Iterable[str]) -> None:
    """Refuse arguments that a call passes on and nobody takes.

    Raises:
        UnknownNameError: There is one; the message names what may be meant.
    """
    there = tuple(known)
    for name in given:
        if name not in there:
            kind = f"argument of `{call}`"
            raise UnknownNameError(kind, name, there)


def keywords_of(call: Callable[..., Any]) -> tuple[str, ...]:
    """The arguments that a call takes by name alone."""
    several = signature(call).parameters.values()
    return tuple(one.name for one in several if one.kind is Parameter.KEYWORD_ONLY)


def mapping(
    value: Any, argument: str, expected: str = "a mapping"
) -> Mapping[Any, Any]:
    """The mapping that `value` is; None is an empty one.

    Raises:
        ArgumentError: It is none.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ArgumentError(argument, expected, value)
    return value


def instance(value: Any, kind: type[T] | UnionType, argument: str, expected: str) -> T:
    """`value`, which is an instance of `kind`.

    Raises:
        ArgumentError: It is none.
    """
    if not isinstance(value, kind):
        raise ArgumentError(argument, expected, value)
    return value


def called(value: Any, argument: str) -> None:
    """Refuse what cannot be called.

    Raises:
        ArgumentError: It cannot.
    """
    if not callable(value):
        expected = "something that can be called"
        raise ArgumentError(argument, expected, value)


def ends(  # noqa: PLR0913 -- a value, its name, and what it may be
    value: Any,
    argument: str,
    expected: str,
    least: int = 0,
    most: int | None = None,
    *,
    whole: bool = False,
) -> tuple[Fraction, Fraction]:
    """The two ends of a range of numbers, none below `least` or above `most`; one number is both.

    Raises:
        ArgumentError: It is neither a number nor a pair of them, the lower one first.
    """
    given = tuple(value) if isinstance(value, tuple | list) else (value, value)
    numbers = [found for one in given if (found := number(one)) is not None]
    if len(given) != 2 or len(numbers) != 2 or not least <= numbers[0] <= numbers[1]:
        raise ArgumentError(argument, expected, value, is_told=True)
    low, high = numbers
    is_whole = low.denominator == high.denominator == 1
    if (most is not None and high > most) or (whole and not is_whole):
        raise ArgumentError(argument, expected, value, is_told=True)
    return low, high


def number(value: Any) -> Fraction | None:
    """A finite number as it was written; None for anything else, True and False among it."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return None
    if isinstance(value, Rational):  # may be too long for a text
        return Fraction(value)
    try:
        return Fraction(str(value))
    except ValueError:  # it is infinite, or NaN
        return None


def from_fields(kind: type[T], given: Mapping[str, Any], what: str) -> T:
    """An instance of a class of attrs, from its fields by name.

    Args:
        kind: The class.
        given: The fields.
        what: What a field is, for the message.

    Raises:
        UnknownNameError: It has no such field.
    """
    known = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    for name in given:
        if name not in known:
            raise UnknownNameError(what, str(name), known)
    return kind(**given)


def whole_number(value: Any, argument: str, least: int, most: int | None = None) -> int:
    """A whole number of at least `least`, and at most `most` if there is such a bound.

    Raises:
        ArgumentError: It is none.
    """
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole or value < least or (most is not None and value > most):
        bounds = f"from {least} on" if most is None else f"from {least} to {most:,}"
        expected = f"a whole number {bounds}"
        raise ArgumentError(argument, expected, value, is_told=True)
    found: int = value
    return found
