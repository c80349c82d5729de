"""A checked guideline as plain data and back, and the digest of what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from hashlib import sha256
from json.encoder import encode_basestring_ascii as _string
from types import ModuleType
from typing import Any, TypeAlias, cast

from attrs import evolve, fields, has

from b12guide import diagnostics, text
from b12guide.frozen import FrozenMap
from b12guide.graph import condition, model
from b12guide.graph.conclusions import written
from b12guide.graph.condition import AllOf, AnyOf, AtLeast, Condition, Not
from b12guide.graph.model import Loaded, Place, RuleGraph
from b12guide.graph.query import used_vocabulary
from b12guide.regimen import model as regimen
from b12guide.regimen import phase
from b12guide.regimen.phase import Dose
from b12guide.text import Span, Text
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


_AS_THEY_ARE = (str, int)
_TUPLE, _MAPPING, _FRACTION, _TEXT, _PLACE = -1, -2, -3, -4, -5
"""What a row begins with that names no class: the last three hold numbers, and no rows."""

_LARGEST = 64 << 20
"""The values of a guideline at most, counting one as often as it is said."""

# ------------------------------------------------------------------------- writing


def to_data(value: Loaded) -> list[Any]:
    """The names of the classes, then the guideline in rows.

    A row is a builtin value, or a list: what it is, and in which rows above its parts stand. What
    is said twice stands in one row. So it is read back in one go, from the first row to the last,
    which is the guideline; and what was one value is one value again.
    """
    writer = _DataWriter({id(each): number for number, each in enumerate(value.texts)})
    writer.place_of(evolve(value, texts=()))
    return [list(writer.names), writer.rows]


class _DataWriter:
    """Writes rows; a class only to hold what all of them need."""

    def __init__(self, texts: Mapping[int, int]) -> None:
        self.names: dict[str, int] = {}
        self.rows: list[Any] = []
        self._numbers: dict[Any, int] = {}  # by what makes two of them the same
        self._texts = texts
        self._places: dict[int, tuple[object, int]] = {}

    def place_of(self, value: object) -> int:
        """The row in which a value stands."""
        if value is None or isinstance(value, _AS_THEY_ARE):
            return self._row((type(value), value), value)
        # The value is kept beside its place, so that no other gets its id.
        known = self._places.get(id(value))
        if known is None:
            row = self._written(value)
            known = self._places[id(value)] = value, self._row(tuple(row), row)
        return known[1]

    def _row(self, key: Any, row: Any) -> int:
        number = self._numbers.setdefault(key, len(self.rows))
        if number == len(self.rows):
            self.rows.append(row)
        return number

    def _written(self, value: object) -> list[int]:
        match value:
            case Fraction():
                return [_FRACTION, value.numerator, value.denominator]
            case tuple():
                return [_TUPLE, *map(self.place_of, value)]
            case Mapping():
                keys = map(self.place_of, value)
                return [_MAPPING, *keys, *map(self.place_of, value.values())]
            case Text():
                return [_TEXT, self._texts[id(value)]]
            case Place(text=text, span=span):
                return [_PLACE, self._texts[id(text)], span.start, span.end]
            case _:
                kind: type[Any] = type(value)
                name = f"{kind.__module__}.{kind.__qualname__}"
                if name not in _classes():
                    message = f"`{name}` cannot be kept"
                    raise TypeError(message)
                number = self.names.setdefault(name, len(self.names))
                if isinstance(value, Enum):
                    return [number, self.place_of(value.value)]
                parts = (getattr(value, field) for field in _fields(kind))
                return [number, *map(self.place_of, parts)]


# ------------------------------------------------------------------------- reading


def from_data(data: Any, texts: tuple[Text, ...]) -> Loaded:
    """The guideline that `to_data` wrote, with its texts put back.

    Raises:
        KeyError, IndexError, TypeError, ValueError: The data is not such a guideline.
    """
    names, rows = data
    kinds = [_classes()[name] for name in names]
    shapes = [() if issubclass(k, Enum) else _fields(k) for k in kinds]
    made: list[Any] = []
    sizes: list[int] = []
    made_at, size_at = made.__getitem__, sizes.__getitem__
    for row in rows:
        if type(row) is not list:
            made.append(row)
            sizes.append(1)
            continue
        mark, *places = row
        if mark <= _FRACTION:
            made.append(_of_numbers(mark, places, texts))
            sizes.append(1)
            continue
        size = sum(map(size_at, places), 1)
        if size > _LARGEST:
            message = "the data spells out to more than any guideline holds"
            raise ValueError(message)
        sizes.append(size)
        parts = map(made_at, places)
        if mark >= 0:
            kind, shape = kinds[mark], shapes[mark]
            if shape:
                made.append(kind(**dict(zip(shape, parts, strict=True))))
            else:
                made.append(kind(*parts))
        elif mark == _TUPLE:
            made.append(tuple(parts))
        else:
            half = len(places) // 2
            values = map(made_at, places[half:])
            made.append(dict(zip(map(made_at, places[:half]), values, strict=True)))
    value = made[-1]
    if not isinstance(value, Loaded):
        message = "the data is not a guideline"
        raise TypeError(message)
    return evolve(value, texts=texts)


def _of_numbers(mark: int, numbers: list[int], texts: tuple[Text, ...]) -> object:
    if mark == _PLACE:
        text, start, end = numbers
        return Place(text=texts[text], span=Span(start, end))
    if mark == _FRACTION:
        return Fraction(*numbers)
    if mark == _TEXT:
        return texts[numbers[0]]
    message = f"`{mark}` is unknown in this data"
    raise ValueError(message)


# ---------------------------------------------------------------------- the digest

_NOT_CONTENT = frozenset(
    {"digest", "status", "approved_by", "approved_on", "imprint"}
    | {"vocabulary", "implications", "currencies", "ages", "series"}
    | {"derivations", "definitions"}
)
_WITHOUT_ORDER = frozenset(
    {"statements", "sources", "assumptions", "challenges", "exception_to", "topics"}
    | {"silences", "conflicts", "noted_as", "synonyms", "codes", "also_written"}
    | {"tests", "companions", "instructions", "excluded", "at", "windows"}
)
_LATER = frozenset(
    {
        "asks",
        "current",
        "windows",
        "lasts",
        "then",
        "during",
        "certainty",
        "grade",
        "lay",
        "lay_for",
    }
    | {"apart", "as_needed", "with_food", "services", "conclusions", "concluded"}
)
"""What came later than the first approvals: without it, a guideline has the digest that it had."""


def digest_of(graph: RuleGraph) -> str:
    """`sha256:` and the digest of the content of `graph`."""
    speller = _Speller()
    content = {
        field.name: speller.field(field.name, getattr(graph, field.name))
        for field in fields(RuleGraph)
        if field.name not in _NOT_CONTENT
    }
    # What stands for a conclusion says what the rules that conclude it say already.
    content["definitions"] = speller.spelled(FrozenMap(written(graph.definitions)))
    vocabulary, implications = used_vocabulary(graph)
    content["vocabulary"] = speller.spelled(vocabulary)
    content["implications"] = _list(sorted(map(speller.spelled, implications)))
    read = vocabulary.facts
    used = FrozenMap({n: c for n, c in graph.currencies.items() if n in read})
    if used:
        content["currencies"] = speller.spelled(used)
    derived = FrozenMap({n: d for n, d in graph.derivations.items() if n in read})
    if derived:
        content["derivations"] = speller.spelled(derived)
    return "sha256:" + sha256(_object(content).encode()).hexdigest()


# A digest is that of a JSON text, with the keys of each object in order and without spaces. The
# text is put together here: from lists and dicts, a large guideline would take twice as long.


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _object(texts: Mapping[str, str]) -> str:
    return f"{{{','.join([f'{_string(key)}:{texts[key]}' for key in sorted(texts)])}}}"


_PLAIN: Mapping[type, Callable[[Any], str]] = {
    str: _string,
    int: str,
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
}
"""How values without parts are spelled."""


class _Speller:
    """Spells values as JSON texts, the same for all that mean the same.

    A class only to hold what was spelled: much of a guideline is one value in many places.
    """

    def __init__(self) -> None:
        # The value is kept beside its text, so that no other gets its id.
        self._texts: dict[int, tuple[object, str]] = {}

    def spelled(self, value: object) -> str:
        """`value` as a JSON text."""
        kind: Any = type(value)
        plain = _PLAIN.get(kind)
        if plain is not None:
            return plain(value)
        if kind is tuple:
            return _list(map(self.spelled, cast("tuple[object, ...]", value)))
        known = self._texts.get(id(value))
        if known is None:
            shape = _shape(kind)
            text = (
                self._by_meaning(value) if shape is None else self._node(value, shape)
            )
            known = self._texts[id(value)] = value, text
        return known[1]

    def field(self, name: str, value: object) -> str:
        """The value of a field, in order where its own order says nothing."""
        if name in _WITHOUT_ORDER and isinstance(value, tuple):
            return _list(sorted(map(self.spelled, value)))
        return self.spelled(value)

    def _by_meaning(self, value: object) -> str:
        match value:
            case Fraction():
                return f'"{value.numerator}/{value.denominator}"'
            case Enum():
                return self.spelled(value.value)
            case Duration(value=length, unit=unit):
                return self.spelled(DurationRange(length, length, unit).smallest)
            case Dose(amount=(low, high, _), limit=limit):
                more = () if limit is None else (limit,)
                return self.spelled(("dose", low, high, value.measures, *more))
            case DurationRange(unit=unit):
                counted = "calendar" if unit.is_calendar else "fixed"
                return self.spelled((counted, *value.smallest))
            case AllOf() | AnyOf():
                joined = _flat(type(value), value.operands)
                if len(joined) == 1:
                    return self.spelled(joined[0])
                name = '"all"' if isinstance(value, AllOf) else '"any"'
                return _list([name, *sorted(map(self.spelled, joined))])
            case AtLeast(count=count, operands=operands):
                said = sorted(map(self.spelled, operands))
                return _list(['"at least"', str(count), *said])
            case Not(operand=Not(operand=operand)):
                return self.spelled(operand)
            case Not(operand=operand):
                return _object({"": '"Not"', "operand": self.spelled(operand)})
            case FrozenMap():
                return _object(
                    {str(k): self.spelled(each) for k, each in value.items()}
                )
            case _:
                message = f"`{type(value).__name__}` is no part of a guideline"
                raise TypeError(message)

    def _node(self, value: object, shape: _Shape) -> str:
        """An attrs value by its fields, after the name of its class."""
        head, keys = shape
        parts = [head]
        for name, key, is_in_order in keys:
            held = getattr(value, name)
            if type(held) is str:
                parts.append(key + _string(held))
            elif held is False:
                parts += [] if name in _LATER else [key + "false"]
            elif type(held) is tuple and not held:
                if name not in _LATER:
                    parts.append(key + "[]")
            elif type(held) is FrozenMap and not held and name in _LATER:
                continue
            elif held is not None:
                told = self.spelled(held) if is_in_order else self.field(name, held)
                parts.append(key + told)
            elif name not in _LATER:
                parts.append(key + "null")
        return f"{{{','.join(parts)}}}"


_BY_MEANING = frozenset({AllOf, AnyOf, AtLeast, Not, Dose, Duration, DurationRange})
"""The classes whose instances may mean the same although their fields differ."""

_Shape: TypeAlias = tuple[str, tuple[tuple[str, str, bool], ...]]
"""The name of a class as JSON; of each field its name, its JSON key, and whether order counts."""


@cache
def _shape(kind: Any) -> _Shape | None:
    """The fields of a class, but those that say only where it was written.

    None where an instance means something else than its fields say one by one.
    """
    if not has(kind) or kind in _BY_MEANING:
        return None
    names = sorted(field.name for field in fields(kind) if field.eq)
    keys = [(name, f"{_string(name)}:", name not in _WITHOUT_ORDER) for name in names]
    return f'"":{_string(kind.__name__)}', tuple(keys)


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
