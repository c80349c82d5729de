"""A patient who comes as resources of FHIR, and what was read of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from attrs import frozen

from b12guide.fhir import Reading, read
from b12guide.frozen import Record
from b12guide.guideline import Guideline
from b12guide.limits import Limits
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.show.to_json import guideline_json


def is_resource(sent: Any) -> bool:
    """Whether this is a resource of FHIR, such as a Bundle, and not a patient file."""
    return isinstance(sent, dict) and "resourceType" in sent


def reading_of(
    sent: Any, guideline: Guideline, on: dt.date | None, limits: Limits
) -> Reading:
    """What resources say of the patient.

    Raises:
        PatientError: They are not built like resources of FHIR.
    """
    return read(_plain(sent), guideline, on=on, limits=limits)


@frozen(kw_only=True, repr=False)
class ReadRecord(Record):
    """What was read of resources, as an answer of the service.

    Attributes:
        reading: What was read.
        guideline: The guideline in whose words.
        on: The day for which the age was worked out.
    """

    reading: Reading
    guideline: Guideline
    on: dt.date

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data; schema `b12guide.reading/1`."""
        found = self.reading
        return {
            "schema": "b12guide.reading/1",
            "guideline": guideline_json(self.guideline.graph),
            "engine": {"name": "b12guide", "version": VERSION},
            "education": EDUCATION_NOTICE,
            "on": self.on.isoformat(),
            "subject": found.subject,
            "patient": {
                "facts": _plain(found.patient.facts),
                "otherwise": found.patient.otherwise.value,
            },
            "history": _plain(found.history),
            "unread": [
                {
                    "reference": one.reference,
                    "pointer": one.pointer,
                    "reason": one.reason,
                }
                for one in found.unread
            ],
            "provenance": _plain(found.provenance),
        }


def _plain(value: Any) -> Any:
    """The value in what JSON has, numbers with all their digits."""
    match value:
        case Mapping():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case Decimal():
            return _number(value)
        case dt.date():
            return value.isoformat()
        case _:
            return value


def _number(value: Decimal) -> float | int | str:
    """A number of JSON, or text where that would lose digits."""
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else str(value)
