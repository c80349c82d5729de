"""A checked guideline as plain data and back, and the digest of what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii as _string
from types import ModuleType
from typing import Any

from attrs import evolve, fields, has

from b12guide import diagnostics, text
from b12guide.frozen import FrozenMap
from b12guide.graph import condition, model
from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.model import Loaded, RuleGraph
from b12guide.graph.query import used_vocabulary
from b12guide.regimen import model as regimen
from b12guide.regimen import phase
from b12guide.regimen.phase import Dose
from b12guide.text import Text
from b12guide.values import duration, term
from b12guide.values.duration import Duration, DurationRange

_MODULES: tuple[ModuleType, ...] = (
    condition,
    diagnostics,
    duration,
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
        and (has(each) or issubclass(each, Enum))
    }


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


# ------------------------------------------------------------------------- writing


def to_data(value: Loaded) -> list[Any]:
    """The names of the classes, then the guideline in terms of them."""
    names: dict[str, int] = {}
    texts = {id(each): number for number, each in enumerate(value.texts)}
    body = _written(evolve(value, texts=()), names, texts)
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
    value = _DataReader(kinds, shapes, texts).read(body)
    if not isinstance(value, Loaded):
        message = "the data is not a guideline"
        raise TypeError(message)
    return evolve(value, texts=texts)


class _DataReader:
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


_NOT_CONTENT = frozenset(
    {"digest", "status", "approved_by", "approved_on", "vocabulary", "implications"}
)
_WITHOUT_ORDER = frozenset(
    {"statements", "sources", "assumptions", "challenges", "exception_to", "topics"}
    | {"silences", "conflicts", "noted_as", "synonyms", "codes", "also_written"}
    | {"tests", "companions", "instructions", "excluded", "at"}
)
_LATER = frozenset({"asks"})
"""What came later than the first approvals: without it, a guideline has the digest that it had."""


def digest_of(graph: RuleGraph) -> str:
    """`sha256:` and the digest of the content of `graph`."""
    content = {
        field.name: _field(field.name, getattr(graph, field.name))
        for field in fields(RuleGraph)
        if field.name not in _NOT_CONTENT
    }
    vocabulary, implications = used_vocabulary(graph)
    content["vocabulary"] = _spelled(vocabulary)
    content["implications"] = _list(sorted(map(_spelled, implications)))
    return "sha256:" + sha256(_object(content).encode()).hexdigest()


# A digest is that of a JSON text, with the keys of each object in order and without spaces. The
# text is put together here: from lists and dicts, a large guideline would take twice as long.


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _object(texts: Mapping[str, str]) -> str:
    return f"{{{','.join([f'{_string(key)}:{texts[key]}' for key in sorted(texts)])}}}"


def _field(name: str, value: object) -> str:
    if name in _WITHOUT_ORDER and isinstance(value, tuple):
        return _list(sorted(map(_spelled, value)))
    return _spelled(value)


def _spelled(value: object) -> str:
    """`value` as a JSON text, the same for all values that mean the same."""
    kind: Any = type(value)
    names = _said(kind)
    if names is not None:
        return _node(value, names)
    match value:
        case str():
            return _string(value)
        case tuple():
            return _list(map(_spelled, value))
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Fraction():
            return f'"{value.numerator}/{value.denominator}"'
        case Enum():
            return _spelled(value.value)
        case Duration(value=length, unit=unit):
            return _spelled(DurationRange(length, length, unit).smallest)
        case Dose(amount=(low, high, _)):
            return _spelled(("dose", low, high, value.measures))
        case DurationRange(unit=unit):
            counted = "calendar" if unit.is_calendar else "fixed"
            return _spelled((counted, *value.smallest))
        case AllOf() | AnyOf():
            joined = _flat(type(value), value.operands)
            if len(joined) == 1:
                return _spelled(joined[0])
            name = '"all"' if isinstance(value, AllOf) else '"any"'
            return _list([name, *sorted(map(_spelled, joined))])
        case Not(operand=Not(operand=operand)):
            return _spelled(operand)
        case Not(operand=operand):
            return _object({"": '"Not"', "operand": _spelled(operand)})
        case FrozenMap():
            return _object({str(key): _spelled(each) for key, each in value.items()})
        case _:
            message = f"`{kind.__name__}` is no part of a guideline"
            raise TypeError(message)


_BY_MEANING = frozenset({AllOf, AnyOf, Not, Dose, Duration, DurationRange})
"""The classes whose instances may mean the same although their fields differ."""


@cache
def _said(kind: Any) -> tuple[tuple[str, str], ...] | None:
    """The fields of a class, but those that say only where it was written; and as JSON keys.

    None where an instance means something else than its fields say one by one.
    """
    if not has(kind) or kind in _BY_MEANING:
        return None
    names = sorted(field.name for field in fields(kind) if field.eq)
    return tuple((name, f"{_string(name)}:") for name in names)


def _node(value: object, names: tuple[tuple[str, str], ...]) -> str:
    """An attrs value by its fields, after the name of its class."""
    parts = [f'"":{_string(type(value).__name__)}']
    for name, key in names:
        held = getattr(value, name)
        if held is None:
            if name not in _LATER:
                parts.append(f"{key}null")
        elif type(held) is str:
            parts.append(key + _string(held))
        else:
            parts.append(key + _field(name, held))
    return f"{{{','.join(parts)}}}"


def _flat(
    kind: type[AllOf | AnyOf], operands: tuple[Condition, ...]
) -> list[Condition]:
    """The operands, those of the same kind of node replaced by theirs."""
    found: list[Condition] = []
    for operand in operands:
        if isinstance(operand, kind):
            found += _flat(kind, operand.operands)
        else:
            found.append(operand)
    return found
