"""Which patient is meant, and what their Patient resource states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from b12guide.fhir.codes import Codes
from b12guide.fhir.elements import READ
from b12guide.fhir.moments import When, when
from b12guide.fhir.resources import Entry, Resources, diagnosed, refused
from b12guide.fhir.told import Statement, Told, Unread, unread
from b12guide.frozen import Record
from b12guide.graph.model import Fact
from b12guide.values.calendar import add_months
from b12guide.values.term import Kind

__all__ = ["Person", "from_patient", "person_among"]

_AGE = ("loinc", "30525-0")
_SUBJECTS = ("subject", "patient")
_ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"
_IN_MONTHS = 36
"""Below this age in months, an age is stated in months, since years are too coarse for a child."""


@frozen(repr=False)
class Person(Record):
    """The patient who is meant.

    Attributes:
        reference: What the patient is called; None where nothing refers to anybody.
        entry: The Patient resource, where it is there.
    """

    reference: str | None
    entry: Entry | None = None

    def refusal(self, entry: Entry, given: Resources) -> Unread | None:
        """Why a resource is not read as one of this patient; None where it is."""
        if entry.kind == "OperationOutcome":
            return unread(
                entry, "it says what became of a request, and nothing of a patient"
            )
        if entry.resource.get("modifierExtension"):
            reason = "it has a modifier extension, which may turn its meaning around"
            return unread(entry, reason, "modifierExtension")
        if entry.resource.get("implicitRules"):
            reason = "it is to be read by rules of its own (`implicitRules`)"
            return unread(entry, reason, "implicitRules")
        if entry.kind == "Patient":
            if self.entry is not None and entry.pointer != self.entry.pointer:
                return unread(
                    entry, f"it is not the patient who is meant, {self.reference}"
                )
            return None
        if entry.kind == "Medication":
            return None
        if entry.kind not in READ:
            return unread(entry, f"resources of the type `{entry.kind}` are not read")
        named = subject_of(entry)
        if named is None:
            return unread(entry, "it does not say whose it is")
        if self.reference is None:
            return unread(entry, "it is not about a patient")
        if who(named, entry, given) != self.reference:
            return unread(entry, f"it is about another patient than {self.reference}")
        return None

    def may_have(self, entry: Entry, given: Resources) -> bool:
        """Whether a resource may be about this patient, even if it cannot be read."""
        named = subject_of(entry)
        return named is None or who(named, entry, given) in {None, self.reference}


def subject_of(entry: Entry) -> Any:
    """The Reference to the one whom a resource is about; None where it has none."""
    for name in _SUBJECTS:
        reference = entry.resource.get(name)
        if isinstance(reference, dict) or hasattr(reference, "get"):
            return reference
    return None


def who(reference: Any, of: Entry, given: Resources) -> str | None:
    """What the one is called to whom a Reference refers."""
    found = given.resolve(reference, of)
    if found is not None:
        return found.reference if found.pointer.find("/contained/") < 0 else None
    named = reference.get("reference")
    return named.partition("/_history/")[0] if isinstance(named, str) else None


def person_among(
    entries: Sequence[Entry], given: Resources, chosen: str | None
) -> Person:
    """The patient who is meant.

    Raises:
        PatientError: There are several and none is chosen, or the one who is chosen is not among
            them (GDL761).
    """
    patients = {e.reference: e for e in entries if e.kind == "Patient"}
    named: dict[str, Entry] = {}
    for entry in entries:
        reference = subject_of(entry)
        name = None if reference is None else who(reference, entry, given)
        if name is not None:
            named.setdefault(name, entry)
    if chosen is not None:
        return _chosen(chosen, patients, named)
    if len(patients) > 1:
        second = list(patients.values())[1]
        raise _several(sorted(patients), second.pointer)
    if patients:
        reference, only = next(iter(patients.items()))
        return Person(reference, only)
    about = {
        n: e
        for n, e in named.items()
        if n.rpartition("/")[0].endswith("Patient") or "/" not in n
    }
    if len(about) > 1:
        second = list(about.values())[1]
        raise _several(sorted(about), second.pointer)
    return Person(next(iter(about), None))


def _chosen(chosen: str, patients: dict[str, Entry], named: dict[str, Entry]) -> Person:
    for reference, entry in patients.items():
        if chosen in {reference, entry.url}:
            return Person(reference, entry)
    if chosen in named:
        return Person(chosen)
    known = ", ".join(f"`{name}`" for name in sorted({*patients, *named})[:5])
    raise refused(
        diagnosed(
            "GDL761",
            "",
            f"nothing is about `{chosen}`",
            f"they are about {known}" if known else "they are about nobody",
        )
    )


def _several(names: Sequence[str], pointer: str) -> Exception:
    listed = ", ".join(f"`{name}`" for name in names[:5])
    return refused(
        diagnosed(
            "GDL761",
            pointer,
            f"the resources are about {len(names)} patients: {listed}",
            f'say who is meant: `patient="{names[0]}"`',
        )
    )


# --------------------------------------------------------------------- what it states


def from_patient(
    entry: Entry, codes: Codes, day: dt.date | None, back: dt.date | None = None
) -> Iterator[Told]:
    """The age of a patient on a day, and what else their resource says.

    Args:
        entry: The Patient.
        codes: What codes mean.
        day: The day asked for.
        back: The day of the first event of a history, on and after which the age is asked for too.
    """
    resource = entry.resource
    ages = [c.fact for c in codes.facts.get(_AGE, ()) if c.fact.kind is Kind.MEASURE]
    if any(each.get("url") == _ANIMAL for each in resource.get("extension") or ()):
        yield unread(entry, "the patient is an animal", "extension")
        return
    born = resource.get("birthDate")
    if born is not None:
        found = when(born)
        if found is None:
            yield unread(entry, "its date of birth is not a date", "birthDate")
        elif day is None and ages:
            reason = "an age is the age on a day, and no day was asked for (`on`)"
            yield unread(entry, reason, "birthDate")
        elif day is not None:
            for fact in ages:
                yield from _ages(entry, fact, found, day, min(back or day, day))
    if resource.get("deceasedBoolean") or resource.get("deceasedDateTime"):
        named = (
            "deceasedBoolean" if resource.get("deceasedBoolean") else "deceasedDateTime"
        )
        yield unread(entry, "the patient is recorded as having died", named)


def _ages(
    entry: Entry, fact: Fact, born: When, day: dt.date, back: dt.date
) -> Iterator[Told]:
    """The age on each day from `back` to `day`, from the day on since which it has been so."""
    place = f"{entry.pointer}/birthDate"
    if born.first > day:
        reason = f"the date of birth is after {day}"
        yield unread(entry, reason, "birthDate", fact=fact.name)
        return
    if born.day is None:
        youngest, oldest = (
            months_between(d, day) // 12 for d in (born.last, born.first)
        )
        yield Statement(
            fact=fact.name,
            value=f"{max(youngest, 0)} to {oldest}",
            quantity={"unit": "years"},
            since=When(first=day, last=day, written=day.isoformat()),
            reference=entry.reference,
            pointer=place,
        )
        return
    asked = day
    while True:
        months = months_between(born.day, asked)
        length = 1 if months < _IN_MONTHS else 12
        since = add_months(born.day, months // length * length) or asked
        yield Statement(
            fact=fact.name,
            value=months // length,
            quantity={"unit": "months" if length == 1 else "years"},
            since=When(first=since, last=since, written=since.isoformat()),
            reference=entry.reference,
            pointer=place,
        )
        if since <= max(back, born.day):
            return
        asked = since - dt.timedelta(days=1)


def months_between(born: dt.date, day: dt.date) -> int:
    """The completed months of somebody's life on a day.

    >>> months_between(dt.date(2000, 1, 31), dt.date(2000, 2, 29))
    1
    """
    months = (day.year - born.year) * 12 + day.month - born.month
    reached = add_months(born, months)
    return months if reached is not None and reached <= day else months - 1
