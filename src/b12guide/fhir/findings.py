"""What Conditions, Procedures and allergies tell: findings, events and choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from b12guide.fhir.codes import Coded, Codes, codings, said
from b12guide.fhir.moments import When, by
from b12guide.fhir.resources import Entry
from b12guide.fhir.told import Statement, Told, codes_in, first_moment, unread
from b12guide.graph.coded import denies
from b12guide.values.term import Kind

__all__ = ["from_allergy", "from_condition", "from_procedure"]

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
    states = [
        c for c in found if c.of in {None, "procedure"} and c.fact.kind in _STATES
    ]
    if not states:
        yield unread(entry, _nothing(resource.get("code"), found), "code")
        return
    clinical = codes_in(resource.get("clinicalStatus"))
    since, _ = first_moment(resource, "onsetDateTime", "onsetPeriod")
    for one in states:
        value, reason = _whether(one, verified, clinical, resource)
        yield Statement(
            fact=one.fact.name,
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
    one: Coded,
    verified: frozenset[str],
    clinical: frozenset[str],
    resource: Mapping[str, Any],
) -> tuple[bool | None, str | None]:
    """Whether the fact is so; and where that is open, why."""
    if "refuted" in verified:
        return _refuted(resource.get("code"), one)
    if verified and "confirmed" not in verified:
        return None, f"it is {_either(verified)}, and not confirmed"
    is_for_good = one.of == "procedure" or one.fact.kind is Kind.EVENT
    if is_for_good and clinical <= _NOW | _PAST:
        return True, None  # what has happened has happened
    if clinical and clinical <= _NOW and not _has_ended(resource):
        return True, None
    if clinical & _PAST or _has_ended(resource):
        what = _either(clinical & _PAST) if clinical & _PAST else "over"
        return None, f"it is {what}, which does not say whether it is so now"
    return None, "it does not say whether it is still so (`clinicalStatus`)"


def _refuted(concept: Any, one: Coded) -> tuple[bool | None, str | None]:
    """What comes of a fact where that which a concept stands for is refuted."""
    if denies([*codings(concept)], one):
        return False, None
    name = one.fact.name
    return None, f"that {said(concept)} is refuted leaves other kinds of `{name}` open"


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
    status, concept = resource.get("status"), resource.get("code")
    if status not in {"completed", "in-progress"}:
        yield unread(entry, _why_not(status), "status")
        return
    found = codes.facts_of(concept)
    stated = [(one, _made_so(one, status)) for one in found]
    if all(value is None for _, value in stated):
        yield unread(entry, _nothing(concept, found), "code")
        return
    since, _ = first_moment(resource, "performedDateTime", "performedPeriod")
    for one, value in stated:
        if value is None:
            continue
        is_open = value == _ONCE
        yield Statement(
            fact=one.fact.name,
            value=None if is_open else value,
            since=since,
            reference=entry.reference,
            pointer=f"{entry.pointer}/code",
            is_open=is_open,
            reason="it was done then, which does not say whether it is so now"
            if is_open
            else None,
        )


_ONCE = "once"


def _made_so(one: Coded, status: str) -> Any:
    """What a procedure makes of a fact that has its code; `once` where it was so then."""
    if one.fact.kind is Kind.CHOICE:
        return one.value if status == "completed" else None
    if one.of == "procedure" or (one.of is None and one.fact.kind is Kind.EVENT):
        return True if status == "completed" else None
    if one.of is None and one.fact.kind is Kind.FINDING:
        return True if status == "in-progress" else _ONCE
    return None


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


# -------------------------------------------------------------------------- allergies

_NO_ALLERGY = frozenset({"716186003", "no-known-allergies"})
_NO_DRUG_ALLERGY = frozenset({"409137002", "no-known-medication-allergies"})
"""The codes by which SNOMED CT and the International Patient Summary deny allergies, to drugs."""


def from_allergy(entry: Entry, codes: Codes) -> Iterator[Told]:
    """That somebody is allergic to a substance, or to none."""
    resource = entry.resource
    verified = codes_in(resource.get("verificationStatus"))
    if "entered-in-error" in verified:
        yield unread(entry, "it was entered in error", "verificationStatus")
        return
    concept = resource.get("code")
    clinical = codes_in(resource.get("clinicalStatus"))
    is_denied = bool(codes_in(concept) & (_NO_ALLERGY | _NO_DRUG_ALLERGY))
    if is_denied:
        found = codes.having("allergy")
    else:
        concepts = (
            concept,
            *(r.get("substance") for r in resource.get("reaction") or ()),
        )
        found = tuple(
            {
                c.fact.name: c.fact
                for each in concepts
                for c in codes.facts_of(each)
                if c.of == "allergy"
            }.values()
        )
    if not found:
        told = said(concept)
        yield unread(
            entry, f"the guideline knows no allergy with its code ({told})", "code"
        )
        return
    value, reason = _allergic(verified, clinical)
    since, _ = first_moment(resource, "onsetDateTime")
    recorded, _ = first_moment(resource, "recordedDate")
    if is_denied:
        value = False if value is True else None
    is_refuted = value is False and not is_denied
    for fact in found:
        if is_refuted:
            value, reason = _refuted(concept, Coded(fact, of="allergy"))
        yield Statement(
            fact=fact.name,
            value=value,
            since=(since or by(recorded)) if value is True else recorded,
            reference=entry.reference,
            pointer=f"{entry.pointer}/code",
            is_open=value is None,
            reason=reason,
        )


def _allergic(
    verified: frozenset[str], clinical: frozenset[str]
) -> tuple[bool | None, str | None]:
    if "refuted" in verified:
        return False, None
    if verified and "confirmed" not in verified:
        return None, f"it is {_either(verified)}, and not confirmed"
    if clinical and clinical <= {"active"}:
        return True, None
    if clinical:
        return (
            None,
            f"it is {_either(clinical)}, which does not say whether it is so now",
        )
    return None, "it does not say whether it is still so (`clinicalStatus`)"
