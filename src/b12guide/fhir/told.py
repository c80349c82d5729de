"""What one resource tells of a patient: a value of a fact, an event of the history, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

from b12guide.fhir.moments import When, when
from b12guide.fhir.resources import Entry
from b12guide.frozen import FrozenMap, Record, frozen_map

__all__ = ["Event", "Statement", "Told", "Unread", "codes_in", "unread"]


@frozen(kw_only=True, repr=False)
class Unread(Record):
    """Something that was handed over and says nothing to the guideline, with the reason.

    Attributes:
        reference: The resource: `Observation/1`, its full URL, or its place.
        pointer: The place of the part that was not read, as a JSON Pointer.
        reason: Why it was not read, in a sentence.
        fact: The fact that stays unknown because of it; None where it is about none.
    """

    reference: str
    pointer: str
    reason: str
    fact: str | None = None


@frozen(kw_only=True, repr=False)
class Statement(Record):
    """One value of a fact, as one resource states it.

    Attributes:
        fact: The name of the fact.
        value: The value: true or false, the number of a measure, the value of a choice; None where
            it is stated to be unknown, or cannot be read.
        quantity: The unit, code and comparator of a measure, with the keys of a FHIR Quantity.
        since: When it was found, or since when it is so; None where that is not stated.
        reference: The resource.
        pointer: The place of the value.
        is_open: Whether it leaves the fact open and gives way to any statement that does not.
        reason: Why there is no value.
    """

    fact: str
    value: Any
    quantity: Mapping[str, Any] = field(factory=FrozenMap, converter=frozen_map)
    since: When | None = None
    reference: str
    pointer: str
    is_open: bool = False
    reason: str | None = None


@frozen(kw_only=True, repr=False)
class Event(Record):
    """One row of a history, with the resource that tells it."""

    row: Mapping[str, Any] = field(converter=frozen_map)
    reference: str
    pointer: str


Told: TypeAlias = Statement | Event | Unread


def unread(entry: Entry, reason: str, *path: str, fact: str | None = None) -> Unread:
    """That a resource, or the element at `path`, was not read."""
    return Unread(
        reference=entry.reference,
        pointer="/".join((entry.pointer, *path)),
        reason=reason,
        fact=fact,
    )


def codes_in(concept: Any) -> frozenset[str]:
    """The codes of a CodeableConcept that says a status, whatever the spelling of its system."""
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    return frozenset(
        coding["code"].strip()
        for coding in codings or ()
        if isinstance(coding.get("code"), str)
    )


def first_moment(
    resource: Mapping[str, Any], *names: str
) -> tuple[When | None, str | None]:
    """The first of these elements that says when, and its name; of a Period, its start.

    Args:
        resource: The resource.
        names: Elements, the one that counts first.
    """
    for name in names:
        value = resource.get(name)
        found = _of_period(value) if isinstance(value, Mapping) else when(value)
        if found is not None:
            return found, name
    return None, None


def _of_period(period: Mapping[str, Any]) -> When | None:
    """The day of a Period that is within one day, else some day of it."""
    start, end = when(period.get("start")), when(period.get("end"))
    if start is None or end is None:
        return start or end
    if start.day is not None and start.day == end.day:
        return end  # the sample was taken, or the procedure done, by then
    return When(first=start.first, last=max(start.last, end.last), written=None)
