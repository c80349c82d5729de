"""The parts of a record of an answer, each with its place, and what they have to be.

Nothing in a record is trusted: what has the wrong shape is reported with its JSON Pointer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar

from attrs import field, frozen

from b12guide.audit.fields import YEARS
from b12guide.audit.finding import Tolerance
from b12guide.diagnostics import Diagnostic, Help, Label, pointer_to
from b12guide.errors import RecordError
from b12guide.text import Span, Text
from b12guide.values.calendar import parse_date

E = TypeVar("E", bound=Enum)
_LARGEST = 100_000
"""Days, or times, of a tolerance."""
_MOST = 10**15
"""Patients, or whatever else is counted."""

_OBJECT = "an object of names with their values"


@frozen
class RecordPart:
    """A part of a record, which may be anything, and where it stands."""

    data: Any = field(repr=False)
    pointer: str

    def value(self, key: str) -> Any:
        """What stands under `key`, whatever it is.

        Raises:
            RecordError: Nothing, or this is no object.
        """
        self.must(isinstance(self.data, Mapping), _OBJECT)
        if key not in self.data:
            message = f"`{key}` is missing"
            raise refused(message, at=self._under(key))
        return self.data[key]

    def _under(self, key: str) -> str:
        return self.pointer + pointer_to(key)

    def must(self, is_so: bool, what: str) -> None:
        """Refuse this unless it is `what`.

        Raises:
            RecordError: It is not.
        """
        if not is_so:
            message = f"this is not {what}"
            raise refused(message, at=self.pointer)

    def part(self, key: str) -> RecordPart:
        """The part under `key`."""
        return RecordPart(self.value(key), self._under(key))

    def table(self, key: str) -> RecordPart:
        """The object under `key`."""
        part = self.part(key)
        part.must(isinstance(part.data, Mapping), _OBJECT)
        return part

    def items(self, key: str) -> tuple[RecordPart, ...]:
        """The list under `key`."""
        return self.part(key).as_items()

    def as_items(self) -> tuple[RecordPart, ...]:
        """This, as a list."""
        self.must(is_list(self.data), "a list")
        return tuple(
            RecordPart(one, f"{self.pointer}/{number}")
            for number, one in enumerate(self.data)
        )

    def tables(self, key: str) -> tuple[RecordPart, ...]:
        """The list of objects under `key`."""
        items = self.items(key)
        for one in items:
            one.must(isinstance(one.data, Mapping), _OBJECT)
        return items

    def text(self, key: str) -> str:
        """The text under `key`."""
        return self.part(key).as_text()

    def as_text(self) -> str:
        """This, as text."""
        self.must(isinstance(self.data, str), "text")
        return str(self.data)

    def whole(self, key: str, least: int = 0, most: int = _MOST) -> int:
        """The whole number under `key`."""
        return self.part(key).as_whole(least, most)

    def as_whole(self, least: int = 0, most: int = _MOST) -> int:
        """This, as a whole number."""
        is_whole = isinstance(self.data, int) and not isinstance(self.data, bool)
        is_usable = is_whole and least <= self.data <= most
        self.must(is_usable, f"a whole number from {least} to {most}")
        return int(self.data)

    def as_table(self) -> RecordPart:
        """This, as an object."""
        self.must(isinstance(self.data, Mapping), _OBJECT)
        return self

    def day(self, key: str) -> dt.date:
        """The day under `key`, of which a calendar is made: not so far off that it never ends."""
        found = self.day_or_none(key)
        self.part(key).must(
            found is not None and found.year in YEARS,
            f"a day from {YEARS.start} to {YEARS.stop - 1}, such as 2025-03-05",
        )
        return found or dt.date.min

    def day_or_none(self, key: str) -> dt.date | None:
        """The day under `key`, which may be null."""
        if self.value(key) is None:
            return None
        found = parse_date(self.text(key))
        self.part(key).must(found is not None, "a day such as 2025-03-05")
        return found

    def choice(self, key: str, kind: type[E]) -> E:
        """The choice under `key`."""
        return self.part(key).as_choice(kind)

    def as_choice(self, kind: type[E]) -> E:
        """This, as a choice."""
        known = {one.value: one for one in kind}
        is_known = isinstance(self.data, str) and self.data in known
        self.must(is_known, f"one of {', '.join(f'`{value}`' for value in known)}")
        return known[self.data]


def refused(
    message: str, remedy: str = "", *, at: str = "", code: str = "GDL740"
) -> RecordError:
    """The error of a record that cannot be read, with the place in it."""
    diagnostic = Diagnostic(
        code=code,
        message=message,
        labels=(place_in(at),),
        help=(Help(message=remedy),) if remedy else (),
    )
    return RecordError("the record of an answer cannot be read", (diagnostic,))


def place_in(pointer: str) -> Label:
    """The place in the record that a JSON Pointer names."""
    text = Text("record", "", is_private=True, is_rendered=True)
    return Label(text=text, span=Span(0, 0), pointer=pointer)


def tolerance_in(numbers: RecordPart) -> Tolerance:
    """How late is late."""
    share = numbers.items("share")
    numbers.part("share").must(len(share) == 2, "a share: two whole numbers")
    names = ("doses", "tests", "loading", "early", "undated")
    return Tolerance(
        name=numbers.text("name"),
        share=(share[0].as_whole(0, _LARGEST), share[1].as_whole(1, _LARGEST)),
        in_a_row=numbers.whole("in_a_row", 1, _LARGEST),
        **{name: numbers.whole(name, 0, _LARGEST) for name in names},
    )


def is_list(value: Any) -> bool:
    """Whether a value is what JSON writes in brackets."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
