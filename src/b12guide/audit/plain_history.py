"""Histories of plain rows, read at once: what a row says is worked out when it is first met.

Most rows are a day and a few texts and numbers, and beside its day a row says what it said for an
earlier day or another patient. That follows from its cells, so it is kept, and the next row that
has them is read by looking it up. Whatever is otherwise (a list, a class of the caller's own) and
whatever is wrong or told twice is left to `b12guide.audit.history`, which reads rows as a file has
them; what is kept here was read in the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import Any, TypeAlias

from attrs import evolve, fields, frozen

from b12guide.audit.event import Event, Noted, Tested, by_day, moment_of, saying
from b12guide.audit.fields import YEARS, Moment
from b12guide.audit.row_event import moment_of_row, read_row
from b12guide.audit.rows import row_of_record
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.graph.model import RuleGraph
from b12guide.limits import Limits
from b12guide.patient.model import Datum
from b12guide.patient.stated import NEITHER_LATER, disagreeing
from b12guide.values.calendar import parse_date

WrittenRow: TypeAlias = tuple[tuple[str, Any], ...]

_MOMENT = frozenset({"on", "time"})
_MOST = 1 << 13
"""The rows that are kept; what is full starts anew."""

_LARGEST = 300
"""The size of the largest row that is kept, as `Limits` counts it."""


@frozen(eq=False, repr=False)
class KnownRow:
    """What a row says beside its moment.

    Attributes:
        kind: What sort of event it is, and `said` its fields.
        written: Its names with their values; those of the moment are put in their `places`.
        size: Its size without its moment, as `Limits` counts it.
        text: What puts it in order among others of one moment.
        rank: Where its sort of event stands on one day.
        names: The fact or test that it gives a value, with its sort; None where it gives none.
    """

    kind: type[Event]
    said: Mapping[str, Any]
    written: WrittenRow
    places: tuple[tuple[int, str], ...]
    size: int
    text: str
    rank: int
    names: tuple[str, str] | None

    def at(self, on: dt.date, time: dt.time | None, number: int) -> Event:
        """The event of such a row."""
        return self.kind(on=on, time=time, row=number, **self.said)


KnownRows: TypeAlias = dict[tuple[Any, ...], KnownRow]
"""The rows that were read so far, by the names, classes and values of their cells."""


@frozen(eq=False, repr=False)
class PlainHistory:
    """Events in their order, and the rows as they were written."""

    events: tuple[Event, ...]
    rows: tuple[WrittenRow, ...]


def plainly_read(
    records: Sequence[Any],
    graph: RuleGraph,
    known: KnownRows,
    limits: Limits | None = None,
) -> PlainHistory | None:
    """The history of plain records; None where anything is otherwise, or to be said of it.

    Args:
        records: The rows.
        graph: The guideline whose words they use.
        known: The rows that it was told so far; more are added.
        limits: How large the history may be.
    """
    read: list[tuple[Event, str]] = []
    rows: list[WrittenRow] = []
    size = 2 + len(records)
    for number, record in enumerate(records, start=1):
        if type(record) is not dict:
            return None
        row = known_row(record, graph, known)
        moment = None if row is None else _moment(record)
        if row is None or moment is None:
            return None
        read.append((row.at(*moment, number), row.text))
        written = list(row.written)
        size += row.size
        for place, name in row.places:
            cell = record[name]
            size += _size(cell)
            written[place] = (name, cell.isoformat() if type(cell) is dt.date else cell)
        rows.append(tuple(written))
    events = _in_order(read)
    is_too_large = limits is not None and size > limits.bytes
    if is_too_large or events is None:
        return None
    return PlainHistory(events, tuple(rows))


def _named(event: Event) -> tuple[str, str] | None:
    match event:
        case Tested(test=name) | Noted(fact=name):
            return (type(event).__name__, name)
        case _:
            return None


def plainly_joined(
    read: Iterable[tuple[dt.date, KnownRow, int]],
) -> tuple[Event, ...] | None:
    """The events of rows that have a day and no time, in their order.

    None where two say the same, or two give a value of one name on one day, which may disagree.

    Args:
        read: The day, the row and its number.
    """
    ordered = sorted([(day, row.rank, row.text, n, row) for day, row, n in read])
    events, named = [], set()
    before = None
    for day, rank, text, number, row in ordered:
        now = (day, rank, text)
        one = None if row.names is None else (day, row.names)
        if now == before or one in named:
            return None
        before = now
        if one is not None:
            named.add(one)
        events.append(row.at(day, None, number))
    return tuple(events)


def day_alone(cell: Any) -> dt.date | None:
    """The day that a cell of the column `on` writes; None where it writes a time or no day."""
    moment = _moment({"on": cell})
    return None if moment is None or moment[1] is not None else moment[0]


def known_row(
    record: dict[Any, Any], graph: RuleGraph, known: KnownRows
) -> KnownRow | None:
    """What a record says beside its moment; None where it is not plain, or wrong."""
    key = tuple([n if n in _MOMENT else (n, type(v), v) for n, v in record.items()])
    try:
        found = known.get(key)
    except TypeError:  # a value that cannot be looked up, such as a list
        return None
    if found is None:
        found = _read(record, graph)
        if found is not None and found.size <= _LARGEST:
            if len(known) >= _MOST:
                known.clear()
            known[key] = found
    return found


def _read(record: dict[Any, Any], graph: RuleGraph) -> KnownRow | None:
    row = row_of_record(0, record)
    read = () if row is None else tuple(read_row(row, graph))
    if row is None or len(read) != 1 or isinstance(read[0], Diagnostic):
        return None
    event, kind = read[0], type(read[0])
    names = [one.name for one in fields(kind) if one.name not in {*_MOMENT, "row"}]
    return KnownRow(
        kind=kind,
        said={name: getattr(event, name) for name in names},
        written=tuple([(name, cell.value) for name, cell in row.cells.items()]),
        places=tuple([(i, n) for i, n in enumerate(record) if n in _MOMENT]),
        size=2
        + sum(
            len(n) + 4 + (0 if n in _MOMENT else _size(v)) for n, v in record.items()
        ),
        text=saying(evolve(event, on=dt.date.min, time=None)),
        rank=by_day(event)[1],
        names=_named(event),
    )


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + 2
    return value.bit_length() // 3 + 1 if isinstance(value, int) else 4


def _moment(record: dict[Any, Any]) -> Moment | None:
    """The moment of a record; None where it has none, or a wrong one."""
    on = record.get("on")
    if "time" not in record:
        day = parse_date(on) if type(on) is str else on
        if type(day) is dt.date and day.year in YEARS:
            return (day, None)
    row = row_of_record(0, {n: v for n, v in record.items() if n in _MOMENT})
    found = None if row is None else moment_of_row(row)
    return None if isinstance(found, Diagnostic) else found


def _in_order(read: Iterable[tuple[Event, str]]) -> tuple[Event, ...] | None:
    """The events in their order; None where two say the same, or disagree."""
    by_moment: dict[tuple[dt.date, int, dt.timedelta], list[tuple[Event, str]]] = {}
    for event, text in read:
        by_moment.setdefault(moment_of(event), []).append((event, text))
    events: list[Event] = []
    for moment in sorted(by_moment):
        alike = by_moment[moment]
        if len(alike) > 1:
            if any(event.time is not None for event, _ in alike):
                alike = [(event, saying(event)) for event, _ in alike]
            alike.sort(key=itemgetter(1))
            if any(one[1] == other[1] for one, other in pairwise(alike)):
                return None
        events += [event for event, _ in alike]
    if _may_disagree(events) and any(disagreements(events, {})):
        return None
    return tuple(events)


# ------------------------------------------------------------------- disagreements


def _may_disagree(events: Iterable[Event]) -> bool:
    """Whether a day has two values of one name, or one has a time, which takes a closer look."""
    seen = set()
    for event in events:
        match event:
            case Tested(test=name) | Noted(fact=name):
                one = (type(event), name, event.on)
                if event.time is not None or one in seen:
                    return True
                seen.add(one)
            case _:
                pass
    return False


def disagreements(
    events: Iterable[Event], places: Mapping[int, Label]
) -> Iterator[Diagnostic]:
    """GDL718: two rows that give a fact two values, of which neither is known to be the later."""
    found: dict[tuple[type, str], list[Datum]] = {}
    for event in events:
        match event:
            case Tested(test=name, value=value) if value is not None:
                pass
            case Noted(fact=name, value=value):
                pass
            case _:
                continue
        at = None
        if event.time is not None:
            at = dt.datetime.combine(event.on, event.time)
        datum = Datum(
            fact=name,
            key=name,
            index=event.row,
            stated=None,
            value=value,
            on=event.on,
            at=at,
            path="",
        )
        found.setdefault((type(event), name), []).append(datum)
    for (_, name), data in found.items():
        for one, other, told in disagreeing(data):
            rows = [d.index for d in (one, other) if d.index is not None]
            yield Diagnostic(
                code="GDL718",
                message=f"rows {rows[0]} and {rows[-1]}: `{name}` has two values {told}",
                labels=tuple(places[row] for row in rows if row in places),
                notes=(NEITHER_LATER,),
                help=(
                    Help(message="keep the one that counts, or give both their times"),
                ),
            )
