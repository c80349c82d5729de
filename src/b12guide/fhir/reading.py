"""What resources of FHIR say of a patient, in the words of a guideline.

Nothing is taken for granted. A fact comes out only where a resource states it; what nobody states
stays unknown, and everything that was handed over and says nothing to the guideline comes back with
the reason. Of several values of a fact the latest counts, so a later one that cannot be read makes
the fact unknown from its day on, and does not leave an older value standing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from attrs import evolve, field, frozen

from b12guide.arguments import instance
from b12guide.fhir.absences import Vouched, absent, from_empty
from b12guide.fhir.codes import Codes
from b12guide.fhir.findings import from_allergy, from_condition, from_procedure
from b12guide.fhir.medications import (
    from_administration,
    from_immunization,
    from_request,
    from_statement,
)
from b12guide.fhir.merging import Merged, merged
from b12guide.fhir.moments import when
from b12guide.fhir.observations import from_observation
from b12guide.fhir.person import from_patient, person_among
from b12guide.fhir.resources import WIDEST, Entry, Resources, latest_of_each
from b12guide.fhir.rows import readable
from b12guide.fhir.told import Event, Statement, Told, Unread, unread
from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.limits import Limits
from b12guide.patient.from_mapping import day_or_none
from b12guide.patient.model import Patient, Units

__all__ = ["HasGraph", "Reading", "Unread", "read"]


class HasGraph(Protocol):
    """A guideline, as far as reading needs it."""

    @property
    def graph(self) -> RuleGraph:
        """The rule graph."""
        ...


@frozen(kw_only=True, repr=False)
class Reading(Record):
    """What resources say of a patient.

    Attributes:
        patient: The facts, as `Guideline.recommend` takes them; numbers have to have their units.
        history: The doses, tests and courses, as `Guideline.audit` takes them.
        unread: What was not read, each with its reason.
        provenance: By fact, the resources that state it.
        subject: The reference of the Patient; None where no Patient was among the resources.
    """

    patient: Patient
    history: tuple[Mapping[str, Any], ...] = ()
    unread: tuple[Unread, ...] = ()
    provenance: Mapping[str, tuple[str, ...]] = field(
        factory=FrozenMap, converter=frozen_map
    )
    subject: str | None = None


def read(  # noqa: PLR0913 -- resources, and how they are to be read
    resources: Any,
    guideline: HasGraph,
    *,
    on: dt.date | str | None = None,
    complete: Iterable[str] = (),
    unrelated: Iterable[str] = (),
    patient: str | None = None,
    limits: Limits = WIDEST,
) -> Reading:
    """What `resources` say of a patient, in the words of `guideline`.

    Args:
        resources: A Bundle of any type, a resource, a list of resources, or the prefetch of a CDS
            Hooks request (a mapping of keys to resources, Bundles or None); as a JSON parser
            makes them.
        guideline: The guideline to be asked, whose vocabulary has the codes.
        on: The day for which the age is worked out; without it the age stays unknown.
        complete: The types of resource of which every one of the patient was handed over, under
            codes that the guideline knows: `Condition`, `Procedure`, `AllergyIntolerance`,
            `MedicationStatement` or `MedicationRequest`. A finding of which all codes would stand
            there, and none does, is absent. Without it nothing is absent that no resource denies,
            and neither where a Bundle has further pages, a query failed (an OperationOutcome), or
            an entry has a code that the guideline does not know, which may be of a kind of it.
        unrelated: Such codes (`snomed|38341003`) that the caller knows to be of nothing that the
            guideline asks about; they keep nothing from being absent.
        patient: The reference of the patient who is meant, such as `Patient/1`, where there are
            resources of several.
        limits: How large the resources may be.

    Raises:
        ArgumentError: `guideline` is none.
        PatientError: They are not built like resources of FHIR (GDL760), are about several patients
            (GDL761), or too large (GDL719). Or `on` is no day.
        UnknownNameError: Resources of a type in `complete` have no list that could be complete.

    >>> from b12guide import load
    >>> condition = {
    ...     "resourceType": "Condition",
    ...     "id": "1",
    ...     "subject": {"reference": "Patient/7"},
    ...     "clinicalStatus": {"coding": [{"code": "active"}]},
    ...     "code": {"coding": [{"system": "http://snomed.info/sct", "code": "190634004"}]},
    ... }
    >>> found = read([condition], load("mecobalamin_im"))
    >>> found.patient.facts["b12_deficiency"], found.provenance["b12_deficiency"]
    (True, ('Condition/1',))
    """
    day, vouched = day_or_none(on), Vouched.by(complete, unrelated)
    given = Resources.of(resources, limits)
    graph = instance(
        getattr(guideline, "graph", None),
        RuleGraph,
        "guideline",
        "a guideline, as `b12guide.load` gives it",
    )
    codes = Codes.of(graph)
    kept, left = latest_of_each(given.entries)
    person = person_among(kept, given, patient)
    told: list[Told] = [
        unread(
            entry, "there is a later version of it, or none is known to be the latest"
        )
        for entry in left
    ]
    told += (
        Unread(reference=pointer.removeprefix("/"), pointer=pointer, reason=reason)
        for pointer, reason in given.unanswered.items()
    )
    for entry in kept:
        refusal = person.refusal(entry, given)
        told += _of_entry(entry, codes, given) if refusal is None else (refusal,)
    if person.entry is not None and person.refusal(person.entry, given) is None:
        told += from_patient(person.entry, codes, day, _first_day(told))
    found = _reading(told, graph, day, person.reference)
    if not vouched.lists or given.is_partial:
        return found
    own = [entry for entry in (*kept, *left) if person.may_have(entry, given)]
    stated = found.patient.facts
    denied = absent(vouched, stated, own, codes, given)
    facts = {**stated, **dict.fromkeys(denied, False)}
    return evolve(
        found,
        patient=evolve(found.patient, facts=facts),
        provenance={**found.provenance, **denied},
    )


def _first_day(told: Iterable[Told]) -> dt.date | None:
    """The day of the first event of the history."""
    days = (when(one.row["on"]) for one in told if isinstance(one, Event))
    return min((one.first for one in days if one is not None), default=None)


def _of_entry(entry: Entry, codes: Codes, given: Resources) -> Iterator[Told]:
    """What one resource tells."""
    match entry.kind:
        case "Patient" | "Medication":
            return  # read where something refers to it
        case "Condition":
            yield from from_condition(entry, codes)
        case "Observation":
            yield from from_observation(entry, codes)
        case "Procedure":
            yield from from_procedure(entry, codes)
        case "AllergyIntolerance":
            yield from from_allergy(entry, codes)
        case "MedicationStatement":
            yield from from_statement(entry, codes, given)
        case "MedicationRequest":
            yield from from_request(entry, codes, given)
        case "MedicationAdministration":
            yield from from_administration(entry, codes, given)
        case "Immunization":
            yield from from_immunization(entry, codes)
        case _:
            yield from from_empty(entry, codes)


def _reading(
    told: Iterable[Told], graph: RuleGraph, day: dt.date | None, subject: str | None
) -> Reading:
    """Everything that was told, put together; the order in which it came plays no part."""
    by_fact: dict[str, list[Statement]] = {}
    events: list[Event] = []
    left: list[Unread] = []
    for one in told:
        match one:
            case Statement():
                by_fact.setdefault(one.fact, []).append(one)
            case Event():
                events.append(one)
            case _:
                left.append(one)
    found: dict[str, Merged] = {
        name: merged(fact, by_fact[name], graph, day)
        for name, fact in graph.vocabulary.facts.items()
        if name in by_fact
    }
    history, unreadable = readable(events, graph)
    left += (one for fact in found.values() for one in fact.unread)
    left += unreadable
    return Reading(
        patient=Patient(
            facts={name: one.value for name, one in found.items()},
            name="FHIR resources",
            units=Units.REQUIRED,
        ),
        history=history,
        unread=tuple(sorted(dict.fromkeys(left), key=_in_order)),
        provenance={name: one.references for name, one in found.items()},
        subject=subject,
    )


def _in_order(one: Unread) -> tuple[str, str, str]:
    return one.reference, one.reason, one.pointer
