"""What frozen classes share: how they show themselves, and mappings that nobody can change."""

from __future__ import annotations

from collections.abc import (
    Collection,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    ValuesView,
)
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from attrs import fields, has
from attrs.exceptions import FrozenInstanceError

from b12guide.makers import maker

__all__ = ["DEEPEST", "FrozenMap", "as_recorded", "freeze", "frozen_map"]


_WIDEST = 200
"""The characters of a whole `repr`, more or less."""

_WIDEST_PART = 60
"""The characters of a value inside another."""


class Record:
    """An attrs class, declared with `repr=False`, that shows itself in one short line.

    Fields that are as they would be anyway are left out, and so is the end of what is long:
    `spelled` has everything. What it keeps beside its fields, it worked out from them, and does
    not pickle.
    """

    __slots__ = ()

    def __getstate__(self) -> dict[str, Any]:
        # A class with slots has its own, made by attrs; this is for those with a `__dict__`.
        kind: Any = type(self)
        return {field.name: getattr(self, field.name) for field in fields(kind)}

    def __repr__(self) -> str:
        told = tuple(_fields(self))
        return f"{type(self).__qualname__}({joined(told, len(told), _WIDEST, ', ...')})"


def _fields(value: object) -> Iterator[str]:
    """What the fields hold, in short, but for those that hold what they hold by default."""
    kind: Any = type(value)
    for field in fields(kind):
        if field.repr:
            held = getattr(value, field.name)
            is_made = hasattr(field.default, "factory")  # empty, as a rule
            if held if is_made else held != field.default:
                yield f"{field.name}={brief(held)}"


def joined(parts: Iterable[str], count: int, most: int, more: str) -> str:
    """The `count` parts with commas between them; `more` instead of those beyond `most`.

    A part that is left out is not even asked for: it might take long to tell.
    """
    told = ""
    for number, part in enumerate(parts, 1):
        told += f", {part}" if told else part
        if len(told) >= most and number < count:
            return told + more
    return told


def _all(parts: Iterable[str], count: int) -> str:
    return joined(parts, count, _WIDEST_PART, f", ... {count} in all")


def as_recorded(value: Any) -> Any:
    """A number, or several, as a record holds them: a third has no end there.

    Two that are written the same are equal, and what is read back equals what was written.
    """
    if isinstance(value, tuple):
        return tuple(map(as_recorded, value))
    return None if value is None else float(value)


def brief(value: object) -> str:
    """A value in a few words: its class and name, where more would not fit into a line."""
    match value:
        case str():
            cut = value if len(value) <= _WIDEST_PART else value[:_WIDEST_PART] + "..."
            return repr(cut)
        case Enum():
            return f"{type(value).__name__}.{value.name}"
        case tuple():
            held = _all(map(brief, value), len(value))
            return f"({held},)" if len(value) == 1 else f"({held})"
        case frozenset():
            held = _all(sorted(map(brief, value)), len(value))
            return f"{{{held}}}"
        case Mapping():
            items = (f"{brief(key)}: {brief(each)}" for key, each in value.items())
            return f"{{{_all(items, len(value))}}}"
        case _:
            pass
    shown = repr(value)
    if len(shown) <= _WIDEST_PART:
        return shown
    name = getattr(value, "name", None)
    return (
        f"{type(value).__qualname__}({repr(name) if isinstance(name, str) else '...'})"
    )


def spelled(value: object) -> str:
    """All that a value holds, in one text: where two say the same, they are the same."""
    kind: Any = type(value)
    if kind is str:
        return repr(value)
    names = _shown_fields(kind)
    if names is not None:
        shown = [f"{name}={spelled(getattr(value, name))}" for name in names]
        return f"{kind.__qualname__}({', '.join(shown)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(spelled, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        items = (f"{spelled(key)}: {spelled(each)}" for key, each in value.items())
        return f"{{{', '.join(items)}}}"
    return repr(value)


@cache
def _shown_fields(kind: Any) -> tuple[str, ...] | None:
    """The fields of a class of records that are part of what an instance says."""
    if not has(kind):
        return None
    return tuple(field.name for field in fields(kind) if field.repr)


class Shown:
    """A class whose instances a notebook shows as a page, and as a picture where one serves."""

    __slots__ = ()

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> dict[str, Any]:
        """The page as text, Markdown and HTML, for Jupyter, VS Code, marimo and their like."""
        bundle: dict[str, str] = maker("notebook").bundle(self)
        return {
            kind: content
            for kind, content in bundle.items()
            if (not include or kind in include) and kind not in (exclude or ())
        }


_K = TypeVar("_K")
_V_co = TypeVar("_V_co", covariant=True)
_D = TypeVar("_D")

DEEPEST = 64
"""Deeper than any record that is read, and far from where Python's stack ends."""

_PLAIN = frozenset({bool, float, int, str, type(None)})
_HOLDERS = (dict, list, tuple, set, frozenset, bytearray, Mapping)


class FrozenMap(Mapping[_K, _V_co]):
    """A mapping that stays as it is, in the order in which it was made.

    It equals every mapping with the same items, and can be hashed where its values can.

    >>> FrozenMap({"egfr": 35}) == {"egfr": 35}
    True
    """

    # A view of a dict that nobody else has: as quick to read as the dict, and not to be changed
    # by those who look inside. `Mapping` has most of the methods below, in a slower way.
    # `get` is that of the dict itself: it is asked for every fact of every patient.
    __slots__ = ("_hash", "_items", "get")

    _items: Mapping[_K, _V_co]
    _hash: int | None

    if TYPE_CHECKING:

        @overload
        def get(self, key: _K, /) -> _V_co | None: ...
        @overload
        def get(self, key: _K, /, default: _V_co | _D) -> _V_co | _D: ...
        def get(self, key: _K, /, default: Any = None) -> Any:
            """The value of `key`, or `default`."""

    def __init__(
        self, items: Mapping[_K, _V_co] | Iterable[tuple[_K, _V_co]] = (), /
    ) -> None:
        own = dict(items)
        object.__setattr__(self, "_items", MappingProxyType(own))
        object.__setattr__(self, "_hash", None)
        object.__setattr__(self, "get", own.get)

    def __getitem__(self, key: _K) -> _V_co:
        return self._items[key]

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[_K]:
        return iter(self._items)

    def __reversed__(self) -> Iterator[_K]:
        return reversed(tuple(self._items))

    def __len__(self) -> int:
        return len(self._items)

    def keys(self) -> KeysView[_K]:
        """The keys, in order."""
        return self._items.keys()

    def values(self) -> ValuesView[_V_co]:
        """The values, in order."""
        return self._items.values()

    def items(self) -> ItemsView[_K, _V_co]:
        """The keys with their values, in order."""
        return self._items.items()

    def __or__(self, other: Mapping[Any, Any]) -> FrozenMap[Any, Any]:
        return FrozenMap({**self, **other})

    def __ror__(self, other: Mapping[Any, Any]) -> FrozenMap[Any, Any]:
        return FrozenMap({**other, **self})

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, FrozenMap):
            return bool(self._items == other._items)
        return bool(self._items == dict(other)) if isinstance(other, Mapping) else False

    def __hash__(self) -> int:
        found = self._hash
        if found is None:
            found = hash(frozenset(self._items.items()))
            object.__setattr__(self, "_hash", found)
        return found

    def __reduce__(self) -> tuple[type[FrozenMap[_K, _V_co]], tuple[dict[_K, _V_co]]]:
        return type(self), (dict(self._items),)

    def __repr__(self) -> str:
        items = (f"{brief(key)}: {brief(each)}" for key, each in self.items())
        told = joined(items, len(self), 200, f", ... {len(self)} in all")
        return f"{type(self).__name__}({{{told}}})"

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError


def frozen_map(items: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """`items` as they are now, whatever becomes of them: the converter of a field.

    It is not generic, since mypy does not work out the types of a field from a generic converter.
    """
    if type(items) is FrozenMap:
        return items
    return FrozenMap(items) if items else _NOTHING


# attrs copies the annotation of a converter to `__init__`, where as a text it would be looked up
# among the names of another module.
frozen_map.__annotations__.update(items=Mapping[Any, Any])

_NOTHING: FrozenMap[Any, Any] = FrozenMap()


def freeze(value: Any) -> Any:
    """`value` with every list, set and mapping in it made one that cannot change.

    What stands in it twice is looked at once, so that a small value that spells out to a huge one
    costs what it takes to hold.

    Raises:
        RecursionError: It contains itself, or is nested beyond all that is read.

    >>> freeze({"egfr": [35, {"value": 40}]})
    FrozenMap({'egfr': (35, {'value': 40})})
    """
    return _frozen(value, 1, {})


freeze.__annotations__.update(value=Any)


def _frozen(value: Any, depth: int, done: dict[int, tuple[Any, Any]]) -> Any:
    if type(value) in _PLAIN or not isinstance(value, _HOLDERS):
        return value
    if id(value) in done:
        return done[id(value)][1]
    if depth > DEEPEST:
        message = f"nested more than {DEEPEST} deep"
        raise RecursionError(message)
    made: Any
    if isinstance(value, bytearray):
        made = bytes(value)
    elif isinstance(value, Mapping):
        items = {
            key: each if type(each) in _PLAIN else _frozen(each, depth + 1, done)
            for key, each in value.items()
        }
        is_frozen = type(value) is FrozenMap and all(
            map(_is, items.values(), value.values())
        )
        made = value if is_frozen else FrozenMap(items)
    else:
        parts = [_frozen(part, depth + 1, done) for part in value]
        if isinstance(value, set | frozenset):
            made = frozenset(parts)
        elif type(value) is not list and all(map(_is, parts, value)):
            made = value  # a tuple of what cannot change, perhaps one with names
        else:
            made = tuple(parts)
    done[id(value)] = (value, made)  # the value too, so that its id stays its own
    return made


def _is(one: object, other: object) -> bool:
    return one is other
