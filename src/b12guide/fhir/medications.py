"""What resources say of drugs: that a patient takes one, and the doses of a history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from b12guide.fhir.codes import Coded, Codes, said
from b12guide.fhir.moments import When, by, when
from b12guide.fhir.resources import Entry, Resources
from b12guide.fhir.told import Event, Statement, Told, first_moment, unread
from b12guide.graph.model import Word
from b12guide.values.code_system import canonical
from b12guide.values.term import Kind

__all__ = [
    "concepts_of",
    "from_administration",
    "from_immunization",
    "from_request",
    "from_statement",
]

_ORDERED = frozenset(
    {"order", "original-order", "reflex-order", "filler-order", "instance-order"}
)
"""The intents of a request that somebody may act on; a proposal and a plan are not."""

Concepts = tuple[Mapping[str, Any], ...]


def concepts_of(entry: Entry, resources: Resources) -> Concepts | None:
    """The CodeableConcepts that say which drug it is; None where the drug did not come.

    A drug may be coded here, or be a Medication: contained, in the same Bundle, or named by type
    and id. Of a Medication, its ingredients count as well.
    """
    coded = entry.resource.get("medicationCodeableConcept")
    if coded is not None:
        return (coded,)
    reference = entry.resource.get("medicationReference")
    if reference is None:
        return ()
    medication = resources.resolve(reference, entry)
    if medication is None or medication.kind != "Medication":
        return None
    return tuple(
        concept
        for concept in (
            medication.resource.get("code"),
            *(
                one.get("itemCodeableConcept")
                for one in medication.resource.get("ingredient") or ()
            ),
        )
        if concept is not None
    )


def _drug(concepts: Concepts, codes: Codes) -> Word | None:
    """The one drug that the concepts name; None for none, and for a combination of several."""
    found = {
        drug.name: drug for c in concepts if (drug := codes.drug_of(c)) is not None
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _treatments(concepts: Concepts, codes: Codes) -> tuple[Coded, ...]:
    """The findings that say that the drug is taken."""
    found = (one for concept in concepts for one in codes.facts_of(concept))
    return tuple(
        one
        for one in dict.fromkeys(found)
        if one.of == "medication" and one.fact.kind is Kind.FINDING
    )


def _unknown(entry: Entry, concepts: Concepts | None) -> Told:
    """That a drug is none that the guideline knows."""
    if concepts is None:
        reason = "the Medication that it refers to was not handed over"
        return unread(entry, reason, "medicationReference")
    told = "; ".join(map(said, concepts[:3])) or "no code"
    return unread(entry, f"the guideline knows no drug with its code ({told})")


# --------------------------------------------------------------- what is being taken


def from_statement(entry: Entry, codes: Codes, resources: Resources) -> Iterator[Told]:
    """That a drug is taken, if it is; and its course, where the days are stated."""
    status = entry.resource.get("status")
    if status not in {"active", "completed", "stopped"}:
        yield _not_so(entry, status, "`active`")
        return
    concepts = concepts_of(entry, resources)
    treatments = _treatments(concepts or (), codes)
    drug = _drug(concepts or (), codes)
    if not treatments and drug is None:
        yield _unknown(entry, concepts)
        return
    period = entry.resource.get("effectivePeriod") or {}
    end = when(period.get("end"))
    if status == "active":
        asserted, _ = first_moment(entry.resource, "effectiveDateTime", "dateAsserted")
        since = when(period.get("start")) or by(asserted)
        yield from _taken(entry, treatments, since, end)
    elif treatments:
        named = ", ".join(f"`{one.fact.name}`" for one in treatments)
        reason = f"it is `{status}`, which does not say whether {named} is so now"
        yield unread(entry, reason, "status")
    if drug is not None:
        yield from _course(entry, drug, when(period.get("start")), end, codes)


def _taken(
    entry: Entry, treatments: tuple[Coded, ...], since: When | None, end: When | None
) -> Iterator[Told]:
    for one in treatments:
        yield Statement(
            fact=one.fact.name,
            value=True,
            since=since,
            reference=entry.reference,
            pointer=entry.pointer,
        )
        if end is not None:
            yield Statement(
                fact=one.fact.name,
                value=None,
                since=end,
                reference=entry.reference,
                pointer=f"{entry.pointer}/effectivePeriod/end",
                reason=f"it is taken until {end.written or end.last} as far as is known",
            )


def from_request(entry: Entry, codes: Codes, resources: Resources) -> Iterator[Told]:
    """That a drug is taken, where a request for it is active and an order."""
    resource = entry.resource
    status, intent = resource.get("status"), resource.get("intent")
    if status != "active":
        yield _not_so(entry, status, "`active`")
        return
    if resource.get("doNotPerform"):
        yield unread(entry, "it asks that the drug be not taken", "doNotPerform")
        return
    if intent not in _ORDERED:
        told = (
            f"its intent is `{intent}`, and no order" if intent else "it has no intent"
        )
        yield unread(entry, told, "intent")
        return
    concepts = concepts_of(entry, resources)
    treatments = _treatments(concepts or (), codes)
    if not treatments:
        yield _unknown(entry, concepts)
        return
    since, _ = first_moment(resource, "authoredOn")
    yield from _taken(entry, treatments, by(since), _last_of_order(resource))


def _last_of_order(resource: Mapping[str, Any]) -> When | None:
    """The last day of an order whose dosages all have one."""
    ends = []
    for dosage in resource.get("dosageInstruction") or ():
        repeat = (dosage.get("timing") or {}).get("repeat") or {}
        ends.append(when((repeat.get("boundsPeriod") or {}).get("end")))
    known = [end for end in ends if end is not None]
    if not known or len(known) < len(ends):
        return None
    return max(known, key=lambda end: (end.last, end.written or ""))


def _not_so(entry: Entry, status: Any, wanted: str) -> Told:
    if status == "entered-in-error":
        return unread(entry, "it was entered in error", "status")
    told = (
        f"its status is `{status}`, and not {wanted}" if status else "it has no status"
    )
    return unread(entry, told, "status")


# ------------------------------------------------------------------------ the history


def _course(
    entry: Entry, drug: Word, start: When | None, end: When | None, codes: Codes
) -> Iterator[Told]:
    """The rows that say from when until when a drug is taken."""
    if start is None or start.written is None:
        reason = f"the day on which {drug.label} was begun is not known"
        yield unread(entry, reason, "effectivePeriod")
        return
    dosages: Any = entry.resource.get("dosage") or ()
    row: dict[str, Any] = {"on": start.written, "start": drug.name}
    if len(dosages) == 1:
        row |= _route(dosages[0], codes)
        rates: Any = dosages[0].get("doseAndRate") or ()
        if len(rates) == 1:
            row |= amount_of(rates[0].get("doseQuantity"))
    yield _event(entry, row)
    if end is None:
        return
    if end.written is None:
        reason = f"the day on which {drug.label} was stopped is not known"
        yield unread(entry, reason, "effectivePeriod", "end")
        return
    yield _event(entry, {"on": end.written, "stop": drug.name})


def from_administration(
    entry: Entry, codes: Codes, resources: Resources
) -> Iterator[Told]:
    """The dose that was given."""
    status = entry.resource.get("status")
    if status != "completed":
        yield _not_so(entry, status, "`completed`")
        return
    concepts = concepts_of(entry, resources)
    drug = _drug(concepts or (), codes)
    if drug is None:
        yield _unknown(entry, concepts)
        return
    given, _ = first_moment(entry.resource, "effectiveDateTime", "effectivePeriod")
    yield from _dose(entry, drug, given, entry.resource.get("dosage") or {}, codes)


def from_immunization(entry: Entry, codes: Codes) -> Iterator[Told]:
    """The dose of a vaccine that was given."""
    resource = entry.resource
    if resource.get("status") != "completed":
        yield _not_so(entry, resource.get("status"), "`completed`")
        return
    drug = codes.drug_of(resource.get("vaccineCode"))
    if drug is None:
        yield _unknown(entry, (resource.get("vaccineCode") or {},))
        return
    given, _ = first_moment(resource, "occurrenceDateTime")
    yield from _dose(entry, drug, given, resource, codes)


def _dose(
    entry: Entry,
    drug: Word,
    given: When | None,
    manner: Mapping[str, Any],
    codes: Codes,
) -> Iterator[Told]:
    """The row of one dose, and what of it could not be read.

    Args:
        entry: The resource.
        drug: The drug.
        given: When it was given.
        manner: What has its amount (`dose` or `doseQuantity`), `route` and `site`.
        codes: What codes mean.
    """
    quantity = manner.get("dose") or manner.get("doseQuantity")
    if given is None or given.written is None:
        yield unread(entry, f"the day of this dose of {drug.label} is not known")
        return
    row: dict[str, Any] = {"on": given.written, "dose": drug.name}
    amount = amount_of(quantity)
    row |= amount
    row |= _route(manner, codes)
    site = manner.get("site")
    if site is not None:
        word = codes.site_of(site)
        if word is not None:
            row["site"] = word.name
        else:
            yield unread(
                entry, f"the guideline knows no site with its code ({said(site)})"
            )
    if quantity and not amount:
        yield unread(entry, "the amount has no number, or no unit of UCUM")
    if manner.get("route") is not None and "route" not in row:
        route = said(manner["route"])
        yield unread(entry, f"the guideline knows no route with its code ({route})")
    yield _event(entry, row)


def _event(entry: Entry, row: Mapping[str, Any]) -> Event:
    told = {**row, "id": entry.reference}
    return Event(row=told, reference=entry.reference, pointer=entry.pointer)


def _route(manner: Mapping[str, Any], codes: Codes) -> dict[str, Any]:
    word = codes.route_of(manner.get("route"))
    return {} if word is None else {"route": word.name}


def amount_of(quantity: Any) -> dict[str, Any]:
    """The amount of a dose as a row of a history has it; nothing where it has no unit."""
    if not isinstance(quantity, Mapping) or quantity.get("comparator"):
        return {}
    number, unit, system = (quantity.get(k) for k in ("value", "code", "system"))
    if unit is None or (system is not None and canonical(system) != "ucum"):
        unit = quantity.get("unit")
    if number is None or not unit:
        return {}
    return {"amount": f"{Decimal(str(number)):f} {unit}"}
