"""What a record says from day to day: which value counts, until when, and since when it is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import TypeAlias

from attrs import evolve, frozen

from b12guide.frozen import Record
from b12guide.graph.ages import becomes_so, turning
from b12guide.graph.model import Age, Currency
from b12guide.patient.model import Datum, FactValue, Standing
from b12guide.values.calendar import add, add_days

DatedValue: TypeAlias = tuple[dt.date, FactValue | None]

# -------------------------------------------------------------------- which counts


def latest_on(entries: Iterable[Datum], day: dt.date | None) -> Datum | None:
    """The value that counts on `day`, or the latest of all without a day."""
    counting = [e for e in entries if e.on is None or day is None or e.on <= day]
    if len(counting) < 2:
        return counting[0] if counting else None
    last = max(e.on or dt.date.min for e in counting)
    instants = [(i, e) for e in counting if (i := instant_of(e)) is not None]
    if instants:
        _, latest = max(instants, key=lambda pair: pair[0])
        others = (e.on or dt.date.min for e in counting if instant_of(e) is None)
        if max(others, default=dt.date.min) <= (latest.on or dt.date.min):
            return latest
    return latest_of_day([e for e in counting if e.on == last])[0]


def with_ends(entries: Iterable[Datum], currency: Currency | None) -> tuple[Datum, ...]:
    """The values, each dated one with the last day on which it counts, if it has one (M71)."""
    if currency is None:
        return tuple(entries)
    return tuple(
        e if e.on is None else evolve(e, until=add(e.on, currency.length))
        for e in entries
    )


def standing_on(
    entries: Iterable[Datum], day: dt.date | None
) -> tuple[tuple[Datum, ...], Datum | None]:
    """The values with what becomes of them on `day`, and the one that counts."""
    found = tuple(entries)
    latest = latest_on(found, day)
    too_old = latest is not None and is_outdated(latest, day)
    if latest is not None and len(found) == 1 and not too_old:
        return found, latest

    def standing(entry: Datum) -> Standing:
        if entry is latest:
            return Standing.OUTDATED if too_old else Standing.COUNTS
        later = day is not None and entry.on is not None and entry.on > day
        return Standing.LATER if later else Standing.SUPERSEDED

    told = tuple(evolve(e, standing=standing(e)) for e in found)
    return told, None if too_old else latest


def is_outdated(entry: Datum, day: dt.date | None) -> bool:
    """Whether a value is too old to count on `day`."""
    return entry.until is not None and day is not None and entry.until < day


def instant_of(entry: Datum) -> dt.timedelta | None:
    """The moment on one scale for every offset; None where no offset was stated."""
    offset = None if entry.at is None else entry.at.utcoffset()
    if entry.at is None or offset is None:
        return None
    return entry.at.replace(tzinfo=None) - dt.datetime.min - offset  # noqa: DTZ901 -- the origin of a scale


def latest_of_day(entries: Iterable[Datum]) -> list[Datum]:
    """The latest of those values of one day that can be compared with each other.

    Up to three: the latest with an offset, the latest with a time only, one without a time.
    """
    untimed, local, absolute = [], [], []
    for entry in entries:
        instant = instant_of(entry)
        if entry.at is None:
            untimed.append(entry)
        elif instant is None:
            local.append((entry.at, entry))
        else:
            absolute.append((instant, entry))
    found = [max(absolute, key=lambda pair: pair[0])[1]] if absolute else []
    found += [max(local, key=lambda pair: pair[0])[1]] if local else []
    return found + untimed[:1]


# ------------------------------------------------------------------------ day by day


def changes_of(entries: Iterable[Datum]) -> list[DatedValue]:
    """What the record says from each of its days on: of the values of one day, the latest."""
    dated = sorted(
        ((entry.on, entry) for entry in entries if entry.on is not None),
        key=itemgetter(0),
    )
    latest: list[Datum] = []
    changes: list[DatedValue] = []
    for day, group in groupby(dated, key=itemgetter(0)):
        found = latest_on((*latest, *(entry for _, entry in group)), day)
        if found is not None:
            latest = [found]
            changes.append((day, found.value))
    return changes


def ended(found: list[DatedValue], currency: Currency | None) -> list[DatedValue]:
    """The values, and where each has become too old before the next, that none is known (M71)."""
    if currency is None:
        return found
    ended: list[DatedValue] = []
    in_order = sorted(found, key=itemgetter(0))
    days = [on for on, _ in in_order[1:]]
    for (on, value), following in zip_longest(in_order, days):
        ended.append((on, value))
        last = add(on, currency.length)
        over = None if last is None else add_days(last, 1)
        if over is not None and (following is None or over < following):
            ended.append((over, None))
    return ended


# ----------------------------------------------------------------------- since when


@frozen(repr=False)
class Since(Record):
    """Since when something is so.

    Attributes:
        is_first: Whether it was not so before, as far as the record says; else it has been so
            since that day at the latest.
    """

    day: dt.date
    is_first: bool


def since_when(
    changes: Sequence[DatedValue], *, is_event: bool, before: FactValue | None = None
) -> Since | None:
    """Since when something is so after all `changes`; None where it is not so, or not known to be.

    A finding has been so since the first of the days on which the record says, without a break,
    that it is. An event happened on the latest of its days (M84).

    Args:
        changes: What the record says from each day on, in order.
        is_event: Whether it is an event.
        before: What is recorded without a day.
    """
    found: Since | None = None
    may_have_been = before is True
    for day, value in changes:
        if value is True:
            if found is None or is_event:
                found = Since(day, is_event or not may_have_been)
        else:
            may_have_been = value is None and (may_have_been or found is not None)
            found = None
    return found


def age_on(age: Age, since: Since, day: dt.date) -> bool | None:
    """Whether something has an age on a day; None where it may have been so for longer."""
    turns = turning(age, since.day)
    if turns is not None and turns <= day:
        return becomes_so(age)
    return None if not since.is_first else not becomes_so(age)


def turns_after(age: Age, since: Since, day: dt.date) -> dt.date | None:
    """The day after `day` on which the answer is another, if nothing else is recorded."""
    turns = turning(age, since.day)
    return turns if turns is not None and turns > day else None


def ages_over_time(
    age: Age,
    found: Iterable[DatedValue],
    *,
    is_event: bool,
    before: FactValue | None = None,
) -> list[DatedValue]:
    """Whether a fact has an age, from each day on which that changes.

    Args:
        age: The age.
        found: What is recorded of the fact; of one day, the last counts.
        is_event: Whether it is an event.
        before: What is recorded of it without a day.
    """
    changes = list(dict(sorted(found, key=itemgetter(0))).items())
    told: list[DatedValue] = []
    for number, (day, _) in enumerate(changes, start=1):
        since = since_when(changes[:number], is_event=is_event, before=before)
        if since is None:
            told.append((day, None))
            continue
        told.append((day, age_on(age, since, day)))
        turns = turns_after(age, since, day)
        until = changes[number][0] if number < len(changes) else None
        if turns is not None and (until is None or turns < until):
            told.append((turns, becomes_so(age)))
    return told
