"""What Conditions, Procedures and allergies tell: findings, events and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from b12guide.fhir.codes import Coded, Codes, said
from b12guide.fhir.moments import When, by
from b12guide.fhir.resources import Entry
from b12guide.fhir.told import Statement, Told, codes_in, first_moment, unread
from b12guide.graph.model import Fact
from b12guide.values.term import Kind

__all__ = ["from_condition", "from_procedure"]

_NOW = frozenset({"active", "recurrence", "relapse"})
_PAST = frozenset({"inactive", "remission", "resolved"})
_OPEN = frozenset({"unconfirmed", "provisional", "differential"})


def from_condition(entry: Entry, codes: Codes) -> Iterator[Told]:
    """The findings and events that a Condition states, denies or leaves open."""
    resource = entry.resource
    verified = codes_in(resource.get("verificationStatus"))
    if "entered-in-error" in verified:
        yield unread(entry, "it was entered in error", "verificationStatus")
        return
    found = codes.facts_of(resource.get("code"))
    facts = [c.fact for c in found if c.value is None and c.fact.kind in _STATES]
    if not facts:
        yield unread(entry, _nothing(resource.get("code"), found), "code")
        return
    clinical = codes_in(resource.get("clinicalStatus"))
    since, _ = first_moment(resource, "onsetDateTime", "onsetPeriod")
    for fact in dict.fromkeys(facts):
        value, reason = _whether(fact, verified, clinical, resource)
        yield Statement(
            fact=fact.name,
            value=value,
            since=_since(since, resource, value),
            reference=entry.reference,
            pointer=f"{entry.pointer}/code",
            is_open=value is None,
            reason=reason,
        )


_STATES = frozenset({Kind.FINDING, Kind.EVENT})


def _nothing(concept: Any, found: tuple[Coded, ...]) -> str:
    """Why a CodeableConcept states no finding."""
    if found:
        names = ", ".join(f"`{c.fact.name}`" for c in found)
        return f"its code ({said(concept)}) stands for {names}, which it cannot state"
    return f"the guideline knows no fact with its code ({said(concept)})"


def _whether(
    fact: Fact,
    verified: frozenset[str],
    clinical: frozenset[str],
    resource: Mapping[str, Any],
) -> tuple[bool | None, str | None]:
    """Whether the fact is so; and where that is open, why."""
    if "refuted" in verified:
        return False, None
    if verified and "confirmed" not in verified:
        return None, f"it is {_either(verified)}, and not confirmed"
    if fact.kind is Kind.EVENT and clinical <= _NOW | _PAST:
        return True, None  # what has happened has happened
    if clinical and clinical <= _NOW and not _has_ended(resource):
        return True, None
    if clinical & _PAST or _has_ended(resource):
        what = _either(clinical & _PAST) if clinical & _PAST else "over"
        return None, f"it is {what}, which does not say whether it is so now"
    return None, "it does not say whether it is still so (`clinicalStatus`)"


def _either(words: frozenset[str]) -> str:
    return " or ".join(sorted(words))


def _has_ended(resource: Mapping[str, Any]) -> bool:
    return any(name.startswith("abatement") for name in resource)


def _since(
    onset: When | None, resource: Mapping[str, Any], value: bool | None
) -> When | None:
    """Since when it is so, or by which day; or on which day it was found not to be."""
    if value is True and onset is not None:
        return onset
    recorded, _ = first_moment(resource, "recordedDate")
    return by(recorded) if value is True else recorded


# ------------------------------------------------------------------------- procedures


def from_procedure(entry: Entry, codes: Codes) -> Iterator[Told]:
    """The events, findings and choices that a Procedure makes so."""
    resource = entry.resource
    status = resource.get("status")
    if status != "completed":
        yield unread(entry, _why_not(status), "status")
        return
    concept = resource.get("code")
    found = codes.facts_of(concept)
    if not found:
        yield unread(entry, _nothing(concept, found), "code")
        return
    since, _ = first_moment(resource, "performedDateTime", "performedPeriod")
    for one in found:
        value: Any = True
        if one.fact.kind is Kind.CHOICE:
            value = one.value
        if one.fact.kind is Kind.MEASURE or value is None:
            yield unread(entry, _nothing(concept, (one,)), "code")
            continue
        yield Statement(
            fact=one.fact.name,
            value=value,
            since=since,
            reference=entry.reference,
            pointer=f"{entry.pointer}/code",
        )


def _why_not(status: Any) -> str:
    match status:
        case "entered-in-error":
            return "it was entered in error"
        case "not-done":
            return (
                "it was not done on that occasion, which does not say that it never was"
            )
        case str():
            return f"its status is `{status}`, and not `completed`"
        case _:
            return "it has no status"
