"""Draft orders in the words of a guideline: which drug or test, and which dose how often.

What a draft does not say is not known, and what cannot be read is named: neither is taken for what
the guideline advises, and neither is held against the draft.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from attrs import frozen

from b12guide.errors import DosageError
from b12guide.fhir.canonical import BASE, own_code
from b12guide.fhir.codes import Codes
from b12guide.fhir.dosages import schedule_from_fhir
from b12guide.fhir.resources import Entry, Resources
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph, Word
from b12guide.interop.dosage import Concept, Dosage, FhirPeriod, FhirQuantity, FhirRange
from b12guide.interop.fhir import dosage_from_fhir
from b12guide.patient.fact_names import folded
from b12guide.regimen.model import (
    Dose,
    Every,
    ForDoses,
    ForTime,
    Frequency,
    Phase,
    Times,
)
from b12guide.say.schedules import dose_text, frequency_text, length_text
from b12guide.values.calendar import days_within
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.unit import parse_unit

__all__ = ["Draft", "DraftDose", "read_draft"]

MEDICATION, SERVICE = "MedicationRequest", "ServiceRequest"
_OVER = frozenset({"cancelled", "completed", "entered-in-error", "revoked", "stopped"})
"""The states in which an order asks for nothing, or for nothing more."""


@frozen(kw_only=True, repr=False)
class DraftDose(Record):
    """One dosage instruction of a draft; None stands for what it does not say.

    Attributes:
        route: The route in the words of the guideline.
        count: How many doses there are in all, at least and at most.
        length: For how long.
        starts: The first day that it names.
        text: The instruction in words.
    """

    dose: Dose | None = None
    route: str | None = None
    frequency: Frequency | None = None
    count: tuple[int, int] | None = None
    length: DurationRange | None = None
    as_needed: bool = False
    starts: dt.date | None = None
    text: str = ""


@frozen(kw_only=True, repr=False)
class Draft(Record):
    """A draft order.

    Attributes:
        reference: What it is called, such as `MedicationRequest/1`.
        called: What it orders, in the words of the client.
        drugs: The drugs of the guideline that it orders.
        tests: The tests of the guideline that it orders.
        doses: Its dosage instructions, those that could be read.
        unread: What could not be read of it, and why.
        resource: The order as it came.
    """

    reference: str
    called: str
    drugs: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    doses: tuple[DraftDose, ...] = ()
    unread: tuple[str, ...] = ()
    resource: Mapping[str, Any]


def read_draft(
    reference: str, resource: Mapping[str, Any], graph: RuleGraph, beside: Resources
) -> Draft:
    """A draft order in the words of a guideline.

    Args:
        reference: What it is called.
        resource: The order.
        graph: The guideline.
        beside: The resources that came with the request, to which it may refer.
    """
    kind = resource.get("resourceType")
    entry = Entry(resource=resource, pointer="")
    codes = Codes.of(graph)
    status = resource.get("status")
    is_over = isinstance(status, str) and status in _OVER
    if resource.get("doNotPerform") is True or is_over:
        return Draft(reference=reference, called=reference, resource=resource)
    if kind == MEDICATION:
        return _medication(reference, entry, graph, codes, beside)
    if kind == SERVICE:
        concept = _concept(resource.get("code"))
        words = graph.vocabulary.tests
        tests = _words_of(concept, codes.test_of(concept), words.values())
        called = _called([concept]) or reference
        return Draft(reference=reference, called=called, tests=tests, resource=resource)
    return Draft(reference=reference, called=reference, resource=resource)


def _medication(
    reference: str, entry: Entry, graph: RuleGraph, codes: Codes, beside: Resources
) -> Draft:
    resource = entry.resource
    concepts = [*_concepts(entry, beside)]
    known = graph.vocabulary.drugs
    drugs = dict.fromkeys(
        name
        for concept in concepts
        for name in _words_of(concept, codes.drug_of(concept), known.values())
    )
    doses: list[DraftDose] = []
    unread: list[str] = []
    given = resource.get("dosageInstruction")
    for number, element in enumerate(
        given if isinstance(given, list | tuple) else (), 1
    ):
        try:
            if _is_ours(element):
                (phase,) = schedule_from_fhir([element], graph).phases
                doses.append(_of_phase(phase, graph))
            else:
                found = _dose(dosage_from_fhir(_plainly(element)), codes, graph)
                doses.append(found)
                if not found.text:
                    why = "it says nothing but words, and these are not compared"
                    unread.append(f"dosage instruction {number}: {why}")
        except (DosageError, _UnreadableError) as error:
            unread.append(f"dosage instruction {number}: {_why(error)}")
    return Draft(
        reference=reference,
        called=_called(concepts) or reference,
        drugs=tuple(drugs),
        doses=tuple(doses),
        unread=tuple(unread),
        resource=resource,
    )


def _concepts(entry: Entry, beside: Resources) -> Iterator[Any]:
    """All that says which medication it is."""
    resource = entry.resource
    yield resource.get("medicationCodeableConcept")
    named = resource.get("medicationReference")
    medication = beside.resolve(named, entry)
    if medication is not None and medication.kind == "Medication":
        yield medication.resource.get("code")
        for one in medication.resource.get("ingredient") or ():
            if isinstance(one, Mapping):
                yield one.get("itemCodeableConcept")
    if isinstance(named, Mapping) and isinstance(named.get("display"), str):
        yield {"text": named["display"]}


def _concept(given: Any) -> dict[str, Any]:
    """What of a CodeableConcept is built like one, so that the rest can be looked at."""
    if not isinstance(given, Mapping):
        return {}
    codings = given.get("coding")
    each = codings if isinstance(codings, list | tuple) else ()
    found = [coding for coding in each if isinstance(coding, Mapping)]
    return {**given, "coding": found}


def _called(concepts: Iterable[Any]) -> str:
    """What the client calls it: its text, or what it displays of a code."""
    for concept in concepts:
        if isinstance(concept, Mapping):
            texts = [concept.get("text")]
            texts += [
                coding.get("display")
                for coding in concept.get("coding") or ()
                if isinstance(coding, Mapping)
            ]
            for text in texts:
                if isinstance(text, str) and text.strip():
                    return " ".join(text.split())
    return ""


def _words_of(
    concept: Any, coded: Word | None, known: Iterable[Word]
) -> tuple[str, ...]:
    """The words that a concept means: by its code, else by a name that stands in its text."""
    own = own_code(concept)
    if own is not None:
        return tuple(word.name for word in known if word.name == own)
    if coded is not None:
        return (coded.name,)
    text = _as_words(_called([concept]))
    return tuple(
        word.name
        for word in known
        if any(
            _as_words(name) in text
            for name in (word.name, word.label, *word.synonyms)
            if len(name) >= _LEAST_NAME
        )
    )


def _as_words(text: str) -> str:
    """A text as words with a blank on either side, so that only whole words are found in it."""
    return f" {re.sub(r'[^0-9a-z]+', ' ', folded(text)).strip()} "


_LEAST_NAME = 5
"""Shorter names, such as `B12`, stand in the names of other things too."""

# ------------------------------------------------------------------ dosage instructions


class _UnreadableError(ValueError):
    """A dosage instruction that says more than is understood."""


def _why(error: Exception) -> str:
    if isinstance(error, DosageError):
        return "; ".join(one.message for one in error.diagnostics) or error.message
    return str(error)


def _is_ours(element: Any) -> bool:
    """Whether an instruction has extensions of ours, as one that a card suggested."""
    return any(
        isinstance(one, Mapping) and str(one.get("url", "")).startswith(BASE)
        for key in ("extension", "modifierExtension")
        for one in (element.get(key) or () if isinstance(element, Mapping) else ())
    )


def _of_phase(phase: Phase, graph: RuleGraph) -> DraftDose:
    """One phase of a schedule that a card suggested, as it comes back in an order."""
    bound = phase.bound
    count = (bound.count, bound.count) if isinstance(bound, ForDoses) else None
    length = bound.length if isinstance(bound, ForTime) else None
    return DraftDose(
        dose=phase.dose,
        route=phase.route,
        frequency=phase.frequency,
        count=count,
        length=length,
        as_needed=phase.as_needed,
        text=_text(phase.dose, phase.route, phase.frequency, length, graph),
    )


def _plainly(element: Any) -> Any:
    """An instruction without names and extensions, which add nothing that changes its meaning."""
    if isinstance(element, Mapping):
        if element.get("modifierExtension"):
            message = "it has an extension that changes its meaning"
            raise _UnreadableError(message)
        return {
            key: _plainly(value)
            for key, value in element.items()
            if isinstance(key, str)
            and key not in {"id", "extension"}
            and not key.startswith("_")
        }
    if isinstance(element, list | tuple):
        return [_plainly(one) for one in element]
    return element


def _dose(dosage: Dosage, codes: Codes, graph: RuleGraph) -> DraftDose:
    timing = dosage.timing
    limits = (dosage.per_period, dosage.per_administration, dosage.per_lifetime)
    if any(limits):
        message = "it limits what is given, and the limit is not compared"
        raise _UnreadableError(message)
    dose = _amount(dosage)
    frequency = timing.frequency or _by_code(timing.code) or _by_days(timing.days)
    length = timing.bounds.length if isinstance(timing.bounds, ForTime) else None
    needed = dosage.as_needed not in {None, False}
    route = _route(dosage.route, codes, graph)
    return DraftDose(
        dose=dose,
        route=route,
        frequency=frequency,
        count=timing.count or (len(timing.events), len(timing.events))
        if timing.count or timing.events
        else None,
        length=length,
        as_needed=needed,
        starts=_start(dosage),
        text=_text(dose, route, frequency, length, graph),
    )


def _amount(dosage: Dosage) -> Dose | None:
    """The dose, where there is one and its unit is known."""
    if len(dosage.doses) != 1:
        return None
    given = dosage.doses[0].dose
    unit = None if given is None else given.unit.code or given.unit.text
    if given is None or unit is None or parse_unit(unit) is None:
        return None
    low, high = _ends(given)
    parsed = parse_unit(unit)
    return Dose(low, high, unit if parsed is None else parsed.text)


def _ends(given: FhirQuantity | FhirRange) -> tuple[Fraction | None, Fraction | None]:
    if isinstance(given, FhirQuantity):
        return given.value, given.value
    return given.low, given.high


def _route(concept: Concept | None, codes: Codes, graph: RuleGraph) -> str | None:
    if concept is None:
        return None
    element = {
        "coding": [{"system": c.system, "code": c.code} for c in concept.codings],
        "text": concept.words,
    }
    words = graph.vocabulary.routes.values()
    found = _words_of(element, codes.route_of(element), words)
    return found[0] if len(found) == 1 else None


def _once(low: int, unit: TimeUnit, times: int = 1) -> Frequency:
    return Times(times, times, DurationRange(Fraction(low), Fraction(low), unit))


_CODED: Mapping[str, Frequency] = {
    "QD": _once(1, TimeUnit.DAY),
    "AM": _once(1, TimeUnit.DAY),
    "PM": _once(1, TimeUnit.DAY),
    "BED": _once(1, TimeUnit.DAY),
    "BID": _once(1, TimeUnit.DAY, 2),
    "TID": _once(1, TimeUnit.DAY, 3),
    "QID": _once(1, TimeUnit.DAY, 4),
    "QOD": _once(2, TimeUnit.DAY),
    "WK": _once(1, TimeUnit.WEEK),
    "MO": _once(1, TimeUnit.MONTH),
}
"""What the codes of HL7 for a timing mean (GTSAbbreviation)."""


def _by_code(concept: Concept | None) -> Frequency | None:
    codes = () if concept is None else concept.codings
    found = [_CODED[c.code] for c in codes if c.code is not None and c.code in _CODED]
    return found[0] if found else None


def _by_days(days: tuple[str, ...]) -> Frequency | None:
    return _once(1, TimeUnit.WEEK, len(days)) if days else None


def _start(dosage: Dosage) -> dt.date | None:
    """The first day that an instruction names in full."""
    timing = dosage.timing
    told = [*timing.events]
    if isinstance(timing.bounds, FhirPeriod) and timing.bounds.start:
        told.append(timing.bounds.start)
    found = [days_within(one.partition("T")[0]) for one in told]
    return min((d[0] for d in found if d and d[0] == d[1]), default=None)


def _text(
    dose: Dose | None,
    route: str | None,
    frequency: Frequency | None,
    length: DurationRange | None,
    graph: RuleGraph,
) -> str:
    parts = [
        None if dose is None else dose_text(dose),
        None if route is None else _label(route, graph),
        None
        if frequency is None
        else frequency_text(
            Every(frequency.per)
            if isinstance(frequency, Times) and frequency.low == frequency.high == 1
            else frequency
        ),
        None if length is None else f"for {length_text(length)}",
    ]
    return " ".join(part for part in parts if part)


def _label(route: str, graph: RuleGraph) -> str:
    """What a route is called."""
    word = graph.vocabulary.routes.get(route)
    return route if word is None else word.label
