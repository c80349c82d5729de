"""Where the facts of a patient stand, for patients that were never written down too.

A patient who came from a mapping is rendered as JSON, so that every diagnostic can show a place.
That takes time, and is only done when somebody asks for a place.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Label, pointer_to
from b12guide.frozen import FrozenMap, frozen_map
from b12guide.patient.from_json import read_json
from b12guide.patient.model import Patient
from b12guide.patient.shown import as_text
from b12guide.patient.written import Table, parts
from b12guide.text import Span, Text
from b12guide.values.quantity import MOST_DIGITS

__all__ = ["Places", "places_in", "places_of"]

_DEEPEST_RENDERED = 16
_OF_FACTS = pointer_to("facts")


@frozen(slots=False, eq=False)
class Places(Mapping[str, Label]):
    """The places of a patient's facts in a JSON rendering that is made on demand."""

    patient: Patient = field(repr=False)
    renamed: Mapping[str, str] = field(factory=dict, converter=frozen_map, repr=False)

    def __reduce__(self) -> tuple[type[Places], tuple[Patient, Mapping[str, str]]]:
        # Without the rendering, which can be made again.
        return type(self), (self.patient, self.renamed)

    @cached_property
    def _labels(self) -> Mapping[str, Label]:
        labels = self.patient.places or _rendered(self.patient)
        return FrozenMap(
            {
                **labels,
                **{n: labels[o] for n, o in self.renamed.items() if o in labels},
            }
        )

    def at(self, *paths: str) -> Label:
        """The place of the first of `paths` that has one, else the start of the record."""
        for path in paths:
            if path in self._labels:
                return self._labels[path]
        text = Text(self.patient.name, "", is_private=True, is_rendered=True)
        return Label(text=text, span=Span(0, 0), pointer=_OF_FACTS)

    def __getitem__(self, path: str) -> Label:
        return self._labels[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


def places_of(patient: Patient, renamed: Mapping[str, str] | None = None) -> Places:
    """The places of `patient`'s facts.

    Args:
        patient: The patient.
        renamed: Further names for facts: the name of the fact by the key that was written.
    """
    return Places(patient, renamed or {})


def places_in(facts: Table, text: Text) -> Mapping[str, Label]:
    """The places of `facts` as they stand in `text`, by path; `egfr:` is where the name stands."""
    labels = {}
    for entry in facts.entries:
        at = _OF_FACTS + pointer_to(entry.key)
        labels[f"{entry.key}:"] = Label(text=text, span=entry.key_span, pointer=at)
        for path, pointer, span in parts(entry.key, at, entry.value):
            labels[path] = Label(text=text, span=span, pointer=pointer)
    return labels


def _rendered(patient: Patient) -> Mapping[str, Label]:
    facts = {as_text(key): _jsonable(value) for key, value in patient.facts.items()}
    characters = json.dumps(facts, indent=2, ensure_ascii=False)
    text = Text(patient.name, characters, is_private=True, is_rendered=True)
    written = read_json(text)
    return places_in(written, text) if isinstance(written, Table) else {}


def _jsonable(value: Any, depth: int = 1) -> Any:
    """`value`, or where JSON cannot carry it the text that a person would read."""
    if depth > _DEEPEST_RENDERED:
        return "..."
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 10**MOST_DIGITS:
            return value
        case float() if math.isfinite(value):
            return value
        case Mapping():
            return {
                as_text(key): _jsonable(item, depth + 1) for key, item in value.items()
            }
        case list() | tuple():
            return [_jsonable(item, depth + 1) for item in value]
        case dt.date():
            return value.isoformat()
        case str():
            return value.encode(errors="replace").decode()
        case _:
            return as_text(value).encode(errors="replace").decode()
