"""Facts with a date: which of several values counts on a day.

The latest value on or before the day asked for counts. If all are later, the fact was not known on
that day, and is stated to be unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import frozen

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.graph.model import Definition, Fact
from b12guide.patient.model import FactValue
from b12guide.patient.places import Places
from b12guide.patient.reading import Reading, read_value
from b12guide.patient.shown import shown
from b12guide.record import Record
from b12guide.text import Span, Text
from b12guide.values.calendar import parse_date

__all__ = ["Dated", "Entries", "read_entries", "value_on"]


@frozen(repr=False)
class Dated(Record):
    """A value of a fact, with the day on which it was found; None for no particular day."""

    value: FactValue | None
    on: dt.date | None
    path: str


@frozen(repr=False)
class Entries(Record):
    """All values that a record has of one fact, and what is wrong with them."""

    entries: tuple[Dated, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


def value_on(entries: Entries, day: dt.date | None) -> FactValue | None:
    """The value that counts on `day`, or the latest of all without a day."""
    counting = [e for e in entries.entries if _counts(e, day)]
    latest = max(counting, key=lambda e: e.on or dt.date.min, default=None)
    return None if latest is None else latest.value


def _counts(entry: Dated, day: dt.date | None) -> bool:
    return entry.on is None or day is None or entry.on <= day


def read_entries(
    subject: Fact | Definition, raw: Any, written: Places, key: str
) -> Entries:
    """The values that `raw`, written under `key`, has of `subject`."""
    if not isinstance(raw, list | tuple):
        return _read_one(subject, raw, written, key, key)
    if not raw:
        nothing = Diagnostic(
            code="GDL717",
            message=f"the list of values of `{subject.name}` is empty",
            labels=(written.at(key),),
            help=(Help(message="write `null` for what is not known"),),
        )
        return Entries((), (nothing,))
    read = []
    for number, item in enumerate(raw):
        path = f"{key}[{number}]"
        if not isinstance(item, Mapping) or (len(raw) > 1 and "on" not in item):
            read.append(Entries((), (_undated(subject, item, written, path, key),)))
        else:
            read.append(_read_one(subject, item, written, path, key))
    entries = tuple(entry for one in read for entry in one.entries)
    diagnostics = (d for one in read for d in one.diagnostics)
    disagreements = _disagreements(subject, entries, written, key)
    return Entries(entries, (*diagnostics, *disagreements))


def _read_one(
    subject: Fact | Definition, raw: Any, written: Places, path: str, key: str
) -> Entries:
    if not isinstance(raw, Mapping):
        reading = _read_at(subject, raw, written, path, key)
        if reading.diagnostics:
            return Entries((), reading.diagnostics)
        return Entries((Dated(reading.value, None, path),))
    diagnostics = list(_misshapen(subject, raw, written, path, key))
    value: FactValue | None = None
    if "value" in raw:
        reading = _read_at(subject, raw["value"], written, f"{path}.value", path, key)
        diagnostics += reading.diagnostics
        value = reading.value
    on = None
    if "on" in raw:
        found = _date(subject, raw["on"], written, path, key)
        if isinstance(found, Diagnostic):
            diagnostics.append(found)
        else:
            on = found
    if diagnostics:
        return Entries((), tuple(diagnostics))
    return Entries((Dated(value, on, path),))


_NOWHERE = Label(text=Text("", ""), span=Span(0, 0))


def _read_at(
    subject: Fact | Definition, raw: Any, written: Places, *paths: str
) -> Reading:
    """The reading of a value; its place, which takes time to find, only if it is needed."""
    reading = read_value(subject, raw, _NOWHERE)
    if reading.diagnostics:
        return read_value(subject, raw, written.at(*paths))
    return reading


# ---------------------------------------------------------------------- diagnostics


def _undated(
    subject: Fact | Definition, item: Any, written: Places, path: str, key: str
) -> Diagnostic:
    """GDL717: one of several values without its date."""
    value = item.get("value") if isinstance(item, Mapping) else item
    return Diagnostic(
        code="GDL717",
        message=f"a value in the list of `{subject.name}` has no date",
        labels=(written.at(path, key),),
        notes=("of several values, the latest on or before the day asked for counts",),
        help=(
            Help(
                message=f'write `{{"value": {shown_value(value)}, "on": "YYYY-MM-DD"}}`'
            ),
        ),
    )


def shown_value(value: Any) -> str:
    """`value` as it would stand in a JSON file, in short."""
    return f'"{shown(value)}"' if isinstance(value, str) else shown(value)


def _misshapen(
    subject: Fact | Definition,
    raw: Mapping[Any, Any],
    written: Places,
    path: str,
    key: str,
) -> Iterator[Diagnostic]:
    """GDL717: other keys than `value` and `on`, or no value."""
    for other in raw:
        if other in {"value", "on"}:
            continue
        helps = [Help(message="a dated value has the keys `value` and `on`")]
        near = get_close_matches(str(other), ("value", "on"), n=1)
        if other == "unit" and "value" in raw:
            together = f"{shown(raw['value'])} {shown(raw['unit'])}"
            helps.insert(0, Help(message=f'write `"value": "{together}"`'))
        elif other in {"date", "when", "at", "day"}:
            helps.insert(0, Help(message="did you mean `on`?"))
        elif near:
            helps.insert(0, Help(message=f"did you mean `{near[0]}`?"))
        yield Diagnostic(
            code="GDL717",
            message=f"a value of `{subject.name}` has the unknown key `{shown(other)}`",
            labels=(written.at(f"{path}.{other}:", path, key),),
            help=tuple(helps),
        )
    if "value" not in raw:
        yield Diagnostic(
            code="GDL717",
            message=f"a dated value of `{subject.name}` lacks its `value`",
            labels=(written.at(path, key),),
            help=(Help(message='write `{"value": ..., "on": "YYYY-MM-DD"}`'),),
        )


def _date(
    subject: Fact | Definition, raw: Any, written: Places, path: str, key: str
) -> dt.date | Diagnostic:
    """The date that `raw` writes, or GDL716."""
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    found = parse_date(raw) if isinstance(raw, str) else None
    if found is not None:
        return found
    meant = _date_meant(raw) if isinstance(raw, str) else None
    remedy = (
        Help(message=f"did you mean `{meant.isoformat()}`?")
        if meant is not None
        else Help(message="write year-month-day, such as `2025-03-05`")
    )
    return Diagnostic(
        code="GDL716",
        message=f"`{shown(raw)}`, the day of a value of `{subject.name}`, is not a date",
        labels=(written.at(f"{path}.on", path, key),),
        help=(remedy,),
    )


def _date_meant(written: str) -> dt.date | None:
    """The date that `written` can only mean: year first, or with a time of day."""
    pieces = written.strip().replace("/", "-").replace(".", "-").partition("T")[0]
    numbers = pieces.partition(" ")[0].split("-")
    if len(numbers) == 1 and len(pieces) == 8:
        numbers = [pieces[:4], pieces[4:6], pieces[6:]]
    if len(numbers) != 3 or len(numbers[0]) != 4:
        return None
    return parse_date("-".join([numbers[0], *(n.zfill(2) for n in numbers[1:])]))


def _disagreements(
    subject: Fact | Definition, entries: tuple[Dated, ...], written: Places, key: str
) -> Iterator[Diagnostic]:
    """GDL718: two values on one day."""
    first: dict[dt.date | None, Dated] = {}
    for entry in entries:
        other = first.setdefault(entry.on, entry)
        if other.value != entry.value:
            yield Diagnostic(
                code="GDL718",
                message=f"`{subject.name}` has two values on {entry.on}",
                labels=(written.at(entry.path, key), written.at(other.path, key)),
                help=(Help(message="keep the value that counts"),),
            )
