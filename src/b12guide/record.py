"""What frozen classes have in common: how they show themselves.

One function for all of them, because a function generated for each class would make a good part
of the time that b12guide needs to start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, cast

import attrs

from b12guide.makers import maker

__all__ = ["Record", "Shown", "brief", "joined", "spelled"]

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
        kind = cast("type[attrs.AttrsInstance]", type(self))
        return {field.name: getattr(self, field.name) for field in attrs.fields(kind)}

    def __repr__(self) -> str:
        told = tuple(_fields(self))
        return f"{type(self).__qualname__}({joined(told, len(told), _WIDEST, ', ...')})"


def _fields(value: object) -> Iterator[str]:
    """What the fields hold, in short, but for those that hold what they hold by default."""
    kind: Any = type(value)
    for field in attrs.fields(kind):
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
    if attrs.has(kind):
        shown = (
            f"{field.name}={spelled(getattr(value, field.name))}"
            for field in attrs.fields(kind)
            if field.repr
        )
        return f"{kind.__qualname__}({', '.join(shown)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(spelled, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        items = (f"{spelled(key)}: {spelled(each)}" for key, each in value.items())
        return f"{{{', '.join(items)}}}"
    return repr(value)


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
