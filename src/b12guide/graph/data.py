"""A checked guideline as plain data and back: lists, strings, numbers, nothing that acts.

Only the classes named here come back, so that reading data can build a guideline and do nothing
else. Texts are not part of the data: places name them by number.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from types import ModuleType
from typing import Any

import attrs

from b12guide import diagnostics, text
from b12guide.graph import condition, model
from b12guide.graph.loaded import Loaded
from b12guide.regimen import model as regimen
from b12guide.regimen import phase
from b12guide.text import Text
from b12guide.values import duration, term

__all__ = ["from_data", "to_data"]

_MODULES: tuple[ModuleType, ...] = (
    condition,
    diagnostics,
    duration,
    sys.modules[Loaded.__module__],
    model,
    phase,
    regimen,
    term,
    text,
)


@cache
def _classes() -> Mapping[str, type[Any]]:
    """Every class that data may name."""
    return {
        f"{module.__name__}.{name}": each
        for module in _MODULES
        for name, each in vars(module).items()
        if isinstance(each, type)
        and each.__module__ == module.__name__
        and (attrs.has(each) or issubclass(each, Enum))
    }


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


# ------------------------------------------------------------------------- writing


def to_data(value: Loaded) -> list[Any]:
    """The names of the classes, then the guideline in terms of them."""
    names: dict[str, int] = {}
    texts = {id(each): number for number, each in enumerate(value.texts)}
    body = _written(attrs.evolve(value, texts=()), names, texts)
    return [list(names), body]


def _written(value: object, names: dict[str, int], texts: dict[int, int]) -> Any:
    """A builtin value as it is; a list for any other: what it is, then its parts."""
    match value:
        case None | bool() | int() | str():
            return value
        case Fraction():
            return ["/", value.numerator, value.denominator]
        case tuple():
            return ["()", *(_written(each, names, texts) for each in value)]
        case Mapping():
            return ["{}", *value, *(_written(v, names, texts) for v in value.values())]
        case Text():
            return ["text", texts[id(value)]]
        case _:
            kind: type[Any] = type(value)
            name = f"{kind.__module__}.{kind.__qualname__}"
            if name not in _classes():
                message = f"`{name}` cannot be kept"
                raise TypeError(message)
            number = names.setdefault(name, len(names))
            if isinstance(value, Enum):
                return [number, value.value]
            parts = (getattr(value, field) for field in _fields(kind))
            return [number, *(_written(part, names, texts) for part in parts)]


# ------------------------------------------------------------------------- reading


def from_data(data: Any, texts: tuple[Text, ...]) -> Loaded:
    """The guideline that `to_data` wrote, with its texts put back.

    Raises:
        KeyError, IndexError, TypeError, ValueError: The data is not such a guideline.
    """
    names, body = data
    kinds = [_classes()[name] for name in names]
    shapes = [() if issubclass(k, Enum) else _fields(k) for k in kinds]
    value = _Reader(kinds, shapes, texts).read(body)
    if not isinstance(value, Loaded):
        message = "the data is not a guideline"
        raise TypeError(message)
    return attrs.evolve(value, texts=texts)


class _Reader:
    """Builds values from data; a class only to hold what all of them need."""

    def __init__(
        self,
        kinds: list[type[Any]],
        shapes: list[tuple[str, ...]],
        texts: tuple[Text, ...],
    ) -> None:
        self._kinds = kinds
        self._shapes = shapes
        self._texts = texts

    def read(self, data: Any) -> Any:
        if type(data) is not list:
            return data
        mark = data[0]
        if type(mark) is int:
            kind = self._kinds[mark]
            shape = self._shapes[mark]
            if not shape:
                return kind(data[1]) if len(data) > 1 else kind()
            parts = [
                self.read(part) if type(part) is list else part for part in data[1:]
            ]
            return kind(**dict(zip(shape, parts, strict=True)))
        if mark == "()":
            return tuple(
                [self.read(part) if type(part) is list else part for part in data[1:]]
            )
        if mark == "/":
            return Fraction(data[1], data[2])
        if mark == "text":
            return self._texts[data[1]]
        if mark == "{}":
            half = len(data) // 2 + 1
            return {
                key: self.read(value)
                for key, value in zip(data[1:half], data[half:], strict=True)
            }
        message = f"`{mark}` is unknown in this data"
        raise ValueError(message)
