"""Whether something has the shape of a patient, and where its facts are written."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, pointer_to
from b12guide.frozen import FrozenMap, frozen_map
from b12guide.patient import notation
from b12guide.patient.from_json import read_json
from b12guide.patient.model import Otherwise, Patient
from b12guide.text import Span, Text
from b12guide.values.quantity import MOST_DIGITS

_DEEPEST_RENDERED = 16
_OF_FACTS = pointer_to("facts")


@frozen(slots=False, eq=False)
class PatientPlaces(Mapping[str, Label]):
    """The places of a patient's facts in a JSON rendering that is made on demand."""

    facts: Mapping[str, Any] = field(repr=False)
    name: str = field(repr=False)
    given: Mapping[str, Label] = field(factory=FrozenMap, repr=False)
    renamed: Mapping[str, str] = field(factory=dict, converter=frozen_map, repr=False)

    def __reduce__(self) -> tuple[type[PatientPlaces], tuple[Any, ...]]:
        # Without the rendering, which can be made again.
        return type(self), (self.facts, self.name, self.given, self.renamed)

    @cached_property
    def _labels(self) -> Mapping[str, Label]:
        labels = self.given or _rendered(self.facts, self.name)
        return FrozenMap(
            {**labels, **{n: labels[o] for n, o in self.renamed.items() if o in labels}}
        )

    def at(self, *paths: str) -> Label:
        """The place of the first of `paths` that has one, else the start of the record."""
        for path in paths:
            if path in self._labels:
                return self._labels[path]
        text = Text(self.name, "", is_private=True, is_rendered=True)
        return Label(text=text, span=Span(0, 0), pointer=_OF_FACTS)

    def __getitem__(self, path: str) -> Label:
        return self._labels[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


def places_of(
    patient: Patient, renamed: Mapping[str, str] | None = None
) -> PatientPlaces:
    """The places of `patient`'s facts.

    Args:
        patient: The patient.
        renamed: Further names for facts: the name of the fact by the key that was written.
    """
    return PatientPlaces(patient.facts, patient.name, patient.places, renamed or {})


def places_in(facts: notation.LocatedTable, text: Text) -> Mapping[str, Label]:
    """The places of `facts` as they stand in `text`, by path; `egfr:` is where the name stands."""
    labels = {}
    for entry in facts.entries:
        at = _OF_FACTS + pointer_to(entry.key)
        labels[f"{entry.key}:"] = Label(text=text, span=entry.key_span, pointer=at)
        for path, pointer, span in notation.parts(entry.key, at, entry.value):
            labels[path] = Label(text=text, span=span, pointer=pointer)
    return labels


def _rendered(facts: Mapping[str, Any], name: str) -> Mapping[str, Label]:
    shown = {notation.as_text(key): _jsonable(value) for key, value in facts.items()}
    characters = json.dumps(shown, indent=2, ensure_ascii=False)
    text = Text(name, characters, is_private=True, is_rendered=True)
    written = read_json(text)
    return (
        places_in(written, text) if isinstance(written, notation.LocatedTable) else {}
    )


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
                notation.as_text(key): _jsonable(item, depth + 1)
                for key, item in value.items()
            }
        case list() | tuple():
            return [_jsonable(item, depth + 1) for item in value]
        case dt.date():
            return value.isoformat()
        case str():
            return value.encode(errors="replace").decode()
        case _:
            return notation.as_text(value).encode(errors="replace").decode()


KEYS = ("facts", "otherwise", "id", "name", "note", "comment", "$schema")
"""All but the first two describe the file; nothing is read from them."""

_OTHERWISE: Mapping[object, Otherwise] = {choice.value: choice for choice in Otherwise}


def facts_of(written: notation.Located) -> notation.LocatedTable | None:
    """The facts of a patient file; None when it has none, or in the wrong shape."""
    entry = written.get("facts") if isinstance(written, notation.LocatedTable) else None
    return (
        entry.value
        if entry and isinstance(entry.value, notation.LocatedTable)
        else None
    )


def otherwise_of(written: notation.Located) -> Otherwise | None:
    """What a patient file says of everything not mentioned; None when it does not say."""
    entry = (
        written.get("otherwise") if isinstance(written, notation.LocatedTable) else None
    )
    value = entry.value if entry else None
    return (
        _OTHERWISE.get(value.value)
        if isinstance(value, notation.LocatedScalar)
        else None
    )


def misshapen(written: notation.Located, text: Text) -> Iterator[Diagnostic]:
    """What is wrong with the outermost keys."""
    if not isinstance(written, notation.LocatedTable):
        yield Diagnostic(
            code="GDL703",
            message="a patient is an object with the key `facts`",
            labels=(Label(text=text, span=_start(written), pointer=""),),
            help=(Help(message=f"write `{notation.Notation.of(text).facts()}`"),),
        )
        return
    facts = written.get("facts")
    if facts is None:
        yield _without_facts(written, text)
        return
    if not isinstance(facts.value, notation.LocatedTable):
        yield Diagnostic(
            code="GDL703",
            message="`facts` is not an object of names with their values",
            labels=(
                Label(text=text, span=facts.value.span, pointer=pointer_to("facts")),
            ),
            help=(
                Help(
                    message=f"write `{notation.Notation.of(text).facts('b12_deficiency', 'true')}`"
                ),
            ),
        )
    for entry in written.entries:
        if entry.key not in KEYS:
            near = get_close_matches(entry.key.lower(), KEYS, n=1)
            if near:
                remedy = Help(
                    message=f"did you mean `{near[0]}`?",
                    edits=_renamed(entry, near[0], text),
                )
            elif entry.key in {"history", "events", "doses"}:
                remedy = Help(message="a history is a file of its own")
            else:
                remedy = Help(
                    message="facts stand under `facts`; remarks stand under `note` or `comment`"
                )
            unknown_key = Diagnostic(
                code="GDL704",
                message=f"a patient has no key `{notation.shown(entry.key)}`",
                labels=(
                    Label(
                        text=text, span=entry.key_span, pointer=pointer_to(entry.key)
                    ),
                ),
                help=(remedy,),
            )
            yield unknown_key
        elif entry.key == "otherwise":
            yield from _otherwise(entry.value, text)


def _start(written: notation.Located) -> Span:
    return Span(written.span.start, min(written.span.start + 1, written.span.end))


_RESOURCE = "resourceType"
OF_A_RESOURCE = "state what it says of the patient by the names of facts: `{}`"


def a_resource(kind: object) -> str:
    """GDL703: a resource of FHIR, which is not what a patient file is."""
    return (
        f"this is a FHIR resource (`{notation.shown(kind)}`), and not a patient's facts"
    )


def _without_facts(written: notation.LocatedTable, text: Text) -> Diagnostic:
    """GDL703: nothing says which of the keys are facts."""
    resource = written.get(_RESOURCE)
    if resource is not None:
        kind = (
            resource.value.value
            if isinstance(resource.value, notation.LocatedScalar)
            else None
        )
        return Diagnostic(
            code="GDL703",
            message=a_resource(kind),
            labels=(
                Label(text=text, span=resource.key_span, pointer=pointer_to(_RESOURCE)),
            ),
            help=(
                Help(message=OF_A_RESOURCE.format(notation.Notation.of(text).facts())),
            ),
        )
    others = [entry for entry in written.entries if entry.key not in KEYS]
    near = [
        e for e in others if get_close_matches(e.key.lower(), ("facts",), cutoff=0.7)
    ]
    if near:
        place = near[0].key_span
        remedy = Help(
            message="did you mean `facts`?", edits=_renamed(near[0], "facts", text)
        )
    elif others:
        place = others[0].key_span
        remedy = Help(
            message="put the facts under the key `facts`: "
            f"`{notation.Notation.of(text).facts(notation.shown(others[0].key))}`"
        )
    else:
        place = _start(written)
        remedy = Help(
            message=f"write `{notation.Notation.of(text).facts()}`, with the facts one by one"
        )
    return Diagnostic(
        code="GDL703",
        message="the key `facts` is missing",
        labels=(Label(text=text, span=place, pointer=""),),
        help=(remedy,),
    )


def _renamed(entry: notation.LocatedEntry, name: str, text: Text) -> tuple[Edit, ...]:
    quote = text.slice(entry.key_span)[:1]
    quote = quote if quote in {'"', "'"} else ""
    return (Edit(text=text, span=entry.key_span, replacement=f"{quote}{name}{quote}"),)


def _otherwise(value: notation.Located, text: Text) -> Iterator[Diagnostic]:
    """GDL706: `otherwise` has two values."""
    if isinstance(value, notation.LocatedScalar) and value.value in _OTHERWISE:
        return
    meant = notation.shown(notation.plain(value)).strip().lower()
    near = get_close_matches(meant, tuple(choice.value for choice in Otherwise), n=1)
    if meant in {"none", "no", "false", "negative"}:
        near = ["absent"]
    yield Diagnostic(
        code="GDL706",
        message=f"`otherwise` is not `{notation.shown(notation.plain(value))}`",
        labels=(Label(text=text, span=value.span, pointer=pointer_to("otherwise")),),
        notes=(
            "`unknown` leaves open what is not mentioned",
            "`absent` makes findings and events that are not mentioned false",
        ),
        help=(
            Help(
                message=f"did you mean `{near[0]}`?"
                if near
                else "write `unknown` or `absent`"
            ),
        ),
    )
