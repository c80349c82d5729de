"""The values of facts with their days, from the patient's record and from the history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from b12guide.audit.event import Event, Noted, Tested
from b12guide.graph.model import RuleGraph
from b12guide.patient.dated import Entries, latest_on, read_entries
from b12guide.patient.model import Datum, FactValue, Patient
from b12guide.patient.name import Names
from b12guide.patient.places import places_of

__all__ = ["DatedValue", "all_dated", "entries_of", "recorded_in"]

DatedValue: TypeAlias = tuple[dt.date, FactValue | None]


def entries_of(patient: Patient, graph: RuleGraph) -> Mapping[str, Entries]:
    """Every value that the patient's record has of a fact."""
    names, written = Names(graph), places_of(patient)
    found = {}
    for key, raw in patient.facts.items():
        subject = names.find(key)
        if subject is not None:
            found[subject.name] = read_entries(subject, raw, written, key)
    return found


def recorded_in(
    events: Iterable[Event], graph: RuleGraph
) -> dict[str, list[DatedValue]]:
    """The facts that a history records: what was noted, and the values of tests."""
    found: dict[str, list[DatedValue]] = {}
    for event in events:
        match event:
            case Noted(fact=fact, value=value, on=on):
                found.setdefault(fact, []).append((on, value))
            case Tested(test=test, value=value, on=on) if value is not None:
                if test in graph.vocabulary.facts:
                    found.setdefault(test, []).append((on, value))
            case _:
                pass
    return found


def all_dated(
    entries: Mapping[str, Entries], recorded: Mapping[str, Sequence[DatedValue]]
) -> dict[str, list[DatedValue]]:
    """The value that counts from each day on; on one day, that of the history."""
    found: dict[str, list[DatedValue]] = {}
    for name, one in entries.items():
        own = list(_day_by_day(one))
        if own:
            found[name] = own
    for name, more in recorded.items():
        found.setdefault(name, []).extend(more)
    return found


def _day_by_day(entries: Entries) -> Iterator[DatedValue]:
    """What the record says from each of its days on: of the values of one day, the latest."""
    dated = sorted(
        ((entry.on, entry) for entry in entries.entries if entry.on is not None),
        key=itemgetter(0),
    )
    latest: list[Datum] = []
    for day, group in groupby(dated, key=itemgetter(0)):
        found = latest_on((*latest, *(entry for _, entry in group)), day)
        if found is not None:
            latest = [found]
            yield day, found.value
