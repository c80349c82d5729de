"""FHIR R4: what resources say of a patient, and what answers and guidelines are as resources.

Resources are plain dicts, as a JSON parser makes them; no library of models is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from b12guide.fhir.dosages import schedule_from_fhir
    from b12guide.fhir.orders import medication_request
    from b12guide.fhir.reading import Reading, Unread, read

__all__ = ["Reading", "Unread", "medication_request", "read", "schedule_from_fhir"]

_HOMES = {
    "Reading": "reading",
    "Unread": "reading",
    "medication_request": "orders",
    "read": "reading",
    "schedule_from_fhir": "dosages",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
