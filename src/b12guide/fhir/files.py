"""Reads FHIR from the text of a file or of a request: JSON, exactly as it was written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from b12guide.fhir.resources import WIDEST, diagnosed, is_fhir, refused
from b12guide.patient.notation import shown

__all__ = ["LARGEST", "resources_from_json"]

LARGEST = WIDEST.bytes
"""The bytes of the largest file that is read."""

_SIGN = b'"resourceType"'


def resources_from_json(content: bytes) -> Any | None:
    """The resources that JSON has; None where it is something else than resources of FHIR.

    Numbers are exact: 0.1 is a tenth.

    Raises:
        PatientError: It is FHIR, and has a key twice in one object, or is nested too deeply
            (GDL760).

    >>> resources_from_json(b'{"resourceType": "Patient", "id": "7"}')
    {'resourceType': 'Patient', 'id': '7'}
    >>> resources_from_json(b'{"facts": {}}') is None
    True
    """
    if _SIGN not in content:
        return None
    twice: list[str] = []

    def once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(key for key in found if sum(k == key for k, _ in pairs) > 1)
        return found

    try:
        given = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=once,
            parse_float=Decimal,
            parse_constant=_no_number,
        )
    except RecursionError as error:
        told = "the JSON is nested too deeply"
        wrong = diagnosed("GDL760", "", told, "hand over less at a time")
        raise refused(wrong) from error
    except ValueError:  # no JSON, or no text, which the reader of patients says better
        return None
    if not is_fhir(given):
        return None
    if twice:
        told = f"the key `{shown(twice[0])}` stands twice in one object"
        remedy = "keep one of them: which of two values counts cannot be known"
        raise refused(diagnosed("GDL760", "", told, remedy))
    return given


def _no_number(name: str) -> Any:
    message = f"`{name}` is no number of JSON"
    raise ValueError(message)
