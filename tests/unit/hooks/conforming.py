"""What CDS Hooks asks of cards and of feedback, as FHIRPath and as our JSON Schemas.

The conditions are those that HL7 publishes as invariants of the specification (cds-resp-1 to -7,
cds-fb-1 to -3), written anew; each is asked of every element that it is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import fhirpathpy
from jsonschema import Draft202012Validator

from b12guide.resources import read

CARDS = {
    "cds-resp-1": (
        "cards",
        "selectionBehavior != 'at-most-one' or suggestions.where(isRecommended = true).count() < 2",
    ),
    "cds-resp-2": (
        "cards.suggestions.actions",
        "type != 'delete' or (resourceId.exists() and resource.exists().not())",
    ),
    "cds-resp-3": ("cards.links", "type = 'smart' or appContext.exists().not()"),
    "cds-resp-4": ("cards.overrideReasons", "display.exists() and display != ''"),
    "cds-resp-5": (
        "cards.suggestions",
        "actions.where(description.exists().not()).empty()",
    ),
    "cds-resp-6": ("cards", "suggestions.empty() or selectionBehavior.exists()"),
    "cds-resp-6b": ("cards", "selectionBehavior.empty() or suggestions.exists()"),
    "cds-resp-7": (
        "cards.suggestions",
        "(actionSelectionBehavior in ('all' | 'any' | 'at-most-one')) != false",
    ),
    "summary": ("cards", "summary.exists() and summary.length() < 140"),
    "indicator": ("cards", "indicator in ('info' | 'warning' | 'critical')"),
    "source": ("cards", "source.label.exists() and source.label != ''"),
}
FEEDBACK = {
    "cds-fb-1": ("feedback", "outcome in ('accepted' | 'overridden')"),
    "cds-fb-2": ("feedback", "outcome != 'accepted' or acceptedSuggestions.exists()"),
    "cds-fb-3": ("feedback.overrideReason", "reason.exists() or userComment.exists()"),
}


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(read("schema", f"{name}.schema.json")))


@cache
def compiled(expression: str) -> Any:
    return fhirpathpy.compile(expression)


def elements(data: Any, path: str) -> Iterator[Any]:
    """The elements at a path of names; each item of a list is one."""
    name, _, rest = path.partition(".")
    if not name:
        yield data
        return
    found = data.get(name, []) if isinstance(data, dict) else []
    for one in found if isinstance(found, list) else [found]:
        yield from elements(one, rest)


def broken(data: Any, invariants: dict[str, tuple[str, str]]) -> list[str]:
    """The invariants that the data breaks."""
    return [
        name
        for name, (path, expression) in invariants.items()
        for element in elements(data, path)
        if compiled(expression)(element) == [False]
    ]


def empty_members(data: Any, path: str = "") -> Iterator[str]:
    """The members that are null or empty, where the specification wants them left out."""
    pairs = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in pairs:
        at = f"{path}/{key}"
        if value is None or (value in ("", [], {}) and at != "/cards"):
            yield at
        if isinstance(value, dict | list):
            yield from empty_members(value, at)


def problems(answer: Any) -> list[str]:
    """All that is wrong with an answer of cards."""
    found = [
        f"{e.json_path}: {e.message}"
        for e in validator("cds-cards").iter_errors(answer)
    ]
    found += broken(answer, CARDS)
    return [*found, *(f"{place} is empty" for place in empty_members(answer))]
