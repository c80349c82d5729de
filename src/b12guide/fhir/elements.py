"""How the elements that are read are built: the one table of their types.

Only what is read stands here; a resource may have any other element. A list in the table is a
list of such; a set is one of several choices of a type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from b12guide.patient.notation import shown

__all__ = ["READ", "SHAPES", "misshapen"]

_NUMBER = (int, float, Decimal)
_CODING = {"system": str, "code": str}
_CONCEPT = {"coding": [_CODING], "text": str}
_QUANTITY = {
    "value": _NUMBER,
    "comparator": str,
    "unit": str,
    "system": str,
    "code": str,
}
_PERIOD = {"start": str, "end": str}
_REFERENCE = {"reference": str}
_RATIO = {"numerator": _QUANTITY, "denominator": _QUANTITY}
_ANYTHING = object()
_EXTENSION = {"url": str, "valueCode": str}
_RESOURCE = {"modifierExtension": [_EXTENSION], "implicitRules": str}
_DOSE_AND_RATE = {"doseQuantity": _QUANTITY, "doseRange": _ANYTHING}
_REPEAT = {
    "frequency": _NUMBER,
    "frequencyMax": _NUMBER,
    "period": _NUMBER,
    "periodMax": _NUMBER,
    "periodUnit": str,
}
_DOSAGE = {
    "timing": {"repeat": _REPEAT},
    "route": _CONCEPT,
    "site": _CONCEPT,
    "doseAndRate": [_DOSE_AND_RATE],
}
_MEDICATION = {
    "medicationCodeableConcept": _CONCEPT,
    "medicationReference": _REFERENCE,
    "subject": _REFERENCE,
    "status": str,
}
_VALUE = {
    "code": _CONCEPT,
    "valueQuantity": _QUANTITY,
    "valueCodeableConcept": _CONCEPT,
    "valueBoolean": bool,
    "valueInteger": _NUMBER,
    "dataAbsentReason": _CONCEPT,
}

SHAPES: Mapping[str, Mapping[str, Any]] = {
    "Patient": {
        **_RESOURCE,
        "birthDate": str,
        "deceasedBoolean": bool,
        "deceasedDateTime": str,
        "extension": [_EXTENSION],
    },
    "Condition": {
        **_RESOURCE,
        "code": _CONCEPT,
        "clinicalStatus": _CONCEPT,
        "verificationStatus": _CONCEPT,
        "subject": _REFERENCE,
        "onsetDateTime": str,
        "onsetPeriod": _PERIOD,
        "recordedDate": str,
    },
    "Observation": {
        **_RESOURCE,
        **_VALUE,
        "status": str,
        "subject": _REFERENCE,
        "effectiveDateTime": str,
        "effectiveInstant": str,
        "effectivePeriod": _PERIOD,
        "component": [_VALUE],
    },
    "Procedure": {
        **_RESOURCE,
        "status": str,
        "code": _CONCEPT,
        "subject": _REFERENCE,
        "performedDateTime": str,
        "performedPeriod": _PERIOD,
    },
    "AllergyIntolerance": {
        **_RESOURCE,
        "clinicalStatus": _CONCEPT,
        "verificationStatus": _CONCEPT,
        "code": _CONCEPT,
        "patient": _REFERENCE,
        "onsetDateTime": str,
        "recordedDate": str,
        "reaction": [{"substance": _CONCEPT}],
    },
    "Medication": {
        **_RESOURCE,
        "code": _CONCEPT,
        "ingredient": [{"itemCodeableConcept": _CONCEPT}],
    },
    "MedicationStatement": {
        **_RESOURCE,
        **_MEDICATION,
        "effectiveDateTime": str,
        "effectivePeriod": _PERIOD,
        "dateAsserted": str,
        "dosage": [_DOSAGE],
    },
    "MedicationRequest": {
        **_RESOURCE,
        **_MEDICATION,
        "intent": str,
        "doNotPerform": bool,
        "authoredOn": str,
        "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": _PERIOD}}}],
    },
    "MedicationAdministration": {
        **_RESOURCE,
        **_MEDICATION,
        "effectiveDateTime": str,
        "effectivePeriod": _PERIOD,
        "dosage": {"route": _CONCEPT, "site": _CONCEPT, "dose": _QUANTITY},
    },
    "Immunization": {
        **_RESOURCE,
        "status": str,
        "vaccineCode": _CONCEPT,
        "patient": _REFERENCE,
        "occurrenceDateTime": str,
        "route": _CONCEPT,
        "site": _CONCEPT,
        "doseQuantity": _QUANTITY,
    },
    "List": {
        **_RESOURCE,
        "status": str,
        "code": _CONCEPT,
        "subject": _REFERENCE,
        "emptyReason": _CONCEPT,
        "date": str,
    },
    "Composition": {
        **_RESOURCE,
        "date": str,
        "subject": _REFERENCE,
        "section": [{"code": _CONCEPT, "emptyReason": _CONCEPT}],
    },
}
"""By resource type, the elements that are looked at, with their types."""

READ = frozenset(SHAPES)
"""The types of resource that are read."""


def misshapen(given: Any, shape: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Each part of `given` that is not built as `shape` says: its place, and what is wrong."""
    if given is None or shape is _ANYTHING:
        return
    if isinstance(shape, Mapping):
        if not isinstance(given, Mapping):
            yield (
                pointer,
                f"{_last(pointer)} is an object, and `{shown(given)}` is none",
            )
            return
        for name, inner in shape.items():
            if name in given:
                yield from misshapen(given[name], inner, f"{pointer}/{name}")
    elif isinstance(shape, list):
        if not isinstance(given, list | tuple):
            yield pointer, f"{_last(pointer)} is a list, and `{shown(given)}` is none"
            return
        for number, each in enumerate(given):
            if each is None and isinstance(shape[0], Mapping):
                yield f"{pointer}/{number}", f"{_last(pointer)} has null in its list"
            yield from misshapen(each, shape[0], f"{pointer}/{number}")
    elif shape is _NUMBER:
        if isinstance(given, bool) or not isinstance(given, _NUMBER):
            yield pointer, f"{_last(pointer)} is a number, and `{shown(given)}` is none"
    elif not isinstance(given, shape):
        what = "text" if shape is str else "true or false"
        yield pointer, f"{_last(pointer)} is {what}, and `{shown(given)}` is not"


def _last(pointer: str) -> str:
    """The name of the element at a place, without the numbers of lists."""
    names = [part for part in pointer.split("/") if part and not part.isdigit()]
    return f"`{names[-1]}`" if names else "a resource"
