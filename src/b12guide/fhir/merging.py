"""All that is stated of one fact, as a patient's record has it: one value, or values with days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from attrs import evolve, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.fhir.moments import When
from b12guide.fhir.told import Statement, Unread
from b12guide.frozen import Record
from b12guide.graph.model import Fact, RuleGraph
from b12guide.patient.model import Units
from b12guide.patient.shape import PatientPlaces
from b12guide.patient.stated import read_entries
from b12guide.values.term import Kind

__all__ = ["Merged", "merged"]


@frozen(kw_only=True, repr=False)
class Merged(Record):
    """What comes of the statements about one fact.

    Attributes:
        value: The value, or the list of values with their days, as a patient's record has it.
        references: The resources that state it.
        unread: What could not be read of them.
    """

    value: Any
    references: tuple[str, ...]
    unread: tuple[Unread, ...] = ()


def merged(
    fact: Fact, statements: Sequence[Statement], graph: RuleGraph, day: dt.date | None
) -> Merged:
    """The value of `fact` that all statements together come to.

    What cannot be known is unknown: values of which neither is known to be the later, and a value
    that cannot be read from its day on.
    """
    firm = [one for one in statements if not one.is_open]
    left = [_unread(one, one.reason) for one in statements if one.reason is not None]
    references = tuple(sorted({one.reference for one in firm or statements}))
    if not firm:
        return Merged(value=None, references=references, unread=tuple(left))
    found, blurred = _known_to_the_day(firm, graph, day)
    left += blurred
    undated = [one for one in found if one.since is None]
    if undated:
        if len({_said(one) for one in found}) > 1:
            reason = "other values are recorded, and which is the latest is not known"
            left += (_unread(one, reason) for one in undated)
            return Merged(value=None, references=references, unread=tuple(left))
        if len(undated) < len(found):
            found = [one for one in found if one.since is not None]
    distinct = {_key(one): one for one in sorted(found, key=_order)}
    found = list(distinct.values())
    values, unreadable = _readable(fact, found)
    left += unreadable
    value = values[0] if len(values) == 1 else values
    if isinstance(value, dict) and set(value) == {"value"}:
        value = value["value"]
    return Merged(value=value, references=references, unread=tuple(left))


def _unread(statement: Statement, reason: str | None) -> Unread:
    return Unread(
        reference=statement.reference,
        pointer=statement.pointer,
        reason=reason or "",
        fact=statement.fact,
    )


def _said(statement: Statement) -> tuple[Any, ...]:
    return (
        type(statement.value) is bool,
        statement.value,
        tuple(sorted(statement.quantity.items())),
    )


def _key(statement: Statement) -> tuple[Any, ...]:
    since = statement.since
    return (*_said(statement), None if since is None else since.written)


def _order(statement: Statement) -> tuple[str, ...]:
    since = statement.since
    written = "" if since is None or since.written is None else since.written
    return (
        written,
        *map(str, _said(statement)),
        statement.reference,
        statement.pointer,
    )


# ------------------------------------------------------------------------------- days


def _known_to_the_day(
    found: Sequence[Statement], graph: RuleGraph, day: dt.date | None
) -> tuple[list[Statement], list[Unread]]:
    """The statements, each with its day.

    Of some only the month or year is known. Where nothing else was stated in that time, the order
    of the values is known all the same. Else all values of that time become unknown, for neither is
    known to be the latest.
    """
    spans: list[When] = []
    left: list[Unread] = []
    known: list[Statement] = []
    for one in found:
        since = one.since
        if since is None or since.written is not None:
            known.append(one)
        elif not any(_may_be_earlier_or_later(one, other) for other in found):
            known.append(evolve(one, since=_taken_day(one, graph, day)))
        else:
            spans.append(since)
            if one.value is not None:
                reason = "its day is not known, so neither is which value is the latest"
                left.append(_unread(one, reason))
            known += (_blank(one, _on(edge)) for edge in (since.first, since.last))
    return [
        _blank(one, one.since)
        if one.since and any(s.first <= one.since.first <= s.last for s in spans)
        else one
        for one in known
    ], left


def _may_be_earlier_or_later(one: Statement, other: Statement) -> bool:
    """Whether `other` says something else, of about the same time."""
    if one.since is None or other.since is None or _said(one) == _said(other):
        return False
    return one.since.first <= other.since.last and other.since.first <= one.since.last


def _taken_day(one: Statement, graph: RuleGraph, day: dt.date | None) -> When | None:
    """The day from which on a statement is taken to hold, of which the month or year is known.

    It holds by the last day that is meant. Where a rule asks how long something has been so, it has
    no day at all. A value that becomes too old has the first.
    """
    since = one.since
    if since is None or any(age.fact == one.fact for age in graph.ages.values()):
        return None
    if one.fact in graph.currencies:
        return _on(since.first)
    last = since.last if day is None else max(since.first, min(since.last, day))
    return _on(last)


def _on(day: dt.date) -> When:
    return When(first=day, last=day, written=day.isoformat())


def _blank(one: Statement, since: When | None) -> Statement:
    """That the fact is not known from a day on."""
    return evolve(one, value=None, quantity={}, since=since)


# ------------------------------------------------------------------------------ values

_PLACE = re.compile(r"/facts/[^/]+(?:/([0-9]+))?(?:/.*)?")


def _readable(fact: Fact, found: Sequence[Statement]) -> tuple[list[Any], list[Unread]]:
    """The values, those that the guideline cannot read made unknown, and why."""
    values = [_value(fact, one) for one in found]
    left: list[Unread] = []
    for _ in range(len(found) + 1):
        wrong = _wrong(fact, values)
        if not wrong:
            break
        for number, message in wrong.items():
            left.append(_unread(found[number], message))
            since = found[number].since
            values[number] = {"value": None}
            if since is not None:
                values[number]["on"] = since.written
    return values, left


def _wrong(fact: Fact, values: Sequence[Any]) -> dict[int, str]:
    """By its number, each value that cannot be read, with the reason."""
    raw: Any = values[0] if len(values) == 1 else list(values)
    places = PatientPlaces({fact.name: raw}, "FHIR resources")
    entries = read_entries(fact, raw, places, fact.name, Units.REQUIRED)
    found: dict[int, str] = {}
    for diagnostic in entries.diagnostics:
        for number in _numbers(diagnostic):
            found.setdefault(number, diagnostic.message)
    return found


def _numbers(diagnostic: Diagnostic) -> Iterable[int]:
    for label in diagnostic.labels:
        place = _PLACE.fullmatch(label.pointer or "")
        yield int(place[1]) if place is not None and place[1] else 0


def _value(fact: Fact, statement: Statement) -> dict[str, Any]:
    """One value as a patient's record has it."""
    found: dict[str, Any] = {"value": statement.value}
    if fact.kind is Kind.MEASURE and statement.value is not None:
        found |= statement.quantity
    if statement.since is not None:
        found["on"] = statement.since.written
    return found
