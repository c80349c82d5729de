"""Checks the outermost keys of a patient file: `facts`, `otherwise`, and remarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, pointer_to
from b12guide.patient.model import Otherwise
from b12guide.patient.shown import Notation, shown
from b12guide.patient.written import Entry, Scalar, Table, Written, plain
from b12guide.text import Span, Text

__all__ = [
    "KEYS",
    "OF_A_RESOURCE",
    "a_resource",
    "facts_of",
    "misshapen",
    "otherwise_of",
]

KEYS = ("facts", "otherwise", "id", "name", "note", "comment", "$schema")
"""All but the first two describe the file; nothing is read from them."""

_OTHERWISE: Mapping[object, Otherwise] = {choice.value: choice for choice in Otherwise}


def facts_of(written: Written) -> Table | None:
    """The facts of a patient file; None when it has none, or in the wrong shape."""
    entry = written.get("facts") if isinstance(written, Table) else None
    return entry.value if entry and isinstance(entry.value, Table) else None


def otherwise_of(written: Written) -> Otherwise | None:
    """What a patient file says of everything not mentioned; None when it does not say."""
    entry = written.get("otherwise") if isinstance(written, Table) else None
    value = entry.value if entry else None
    return _OTHERWISE.get(value.value) if isinstance(value, Scalar) else None


def misshapen(written: Written, text: Text) -> Iterator[Diagnostic]:
    """What is wrong with the outermost keys."""
    if not isinstance(written, Table):
        yield Diagnostic(
            code="GDL703",
            message="a patient is an object with the key `facts`",
            labels=(Label(text=text, span=_start(written), pointer=""),),
            help=(Help(message=f"write `{Notation.of(text).facts()}`"),),
        )
        return
    facts = written.get("facts")
    if facts is None:
        yield _without_facts(written, text)
        return
    if not isinstance(facts.value, Table):
        yield Diagnostic(
            code="GDL703",
            message="`facts` is not an object of names with their values",
            labels=(
                Label(text=text, span=facts.value.span, pointer=pointer_to("facts")),
            ),
            help=(
                Help(
                    message=f"write `{Notation.of(text).facts('b12_deficiency', 'true')}`"
                ),
            ),
        )
    for entry in written.entries:
        if entry.key not in KEYS:
            yield _unknown_key(entry, text)
        elif entry.key == "otherwise":
            yield from _otherwise(entry.value, text)


def _start(written: Written) -> Span:
    return Span(written.span.start, min(written.span.start + 1, written.span.end))


_RESOURCE = "resourceType"
OF_A_RESOURCE = "state what it says of the patient by the names of facts: `{}`"


def a_resource(kind: object) -> str:
    """GDL703: a resource of FHIR, which is not what a patient file is."""
    return f"this is a FHIR resource (`{shown(kind)}`), and not a patient's facts"


def _without_facts(written: Table, text: Text) -> Diagnostic:
    """GDL703: nothing says which of the keys are facts."""
    resource = written.get(_RESOURCE)
    if resource is not None:
        kind = resource.value.value if isinstance(resource.value, Scalar) else None
        return Diagnostic(
            code="GDL703",
            message=a_resource(kind),
            labels=(
                Label(text=text, span=resource.key_span, pointer=pointer_to(_RESOURCE)),
            ),
            help=(Help(message=OF_A_RESOURCE.format(Notation.of(text).facts())),),
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
            f"`{Notation.of(text).facts(shown(others[0].key))}`"
        )
    else:
        place = _start(written)
        remedy = Help(
            message=f"write `{Notation.of(text).facts()}`, with the facts one by one"
        )
    return Diagnostic(
        code="GDL703",
        message="the key `facts` is missing",
        labels=(Label(text=text, span=place, pointer=""),),
        help=(remedy,),
    )


def _unknown_key(entry: Entry, text: Text) -> Diagnostic:
    near = get_close_matches(entry.key.lower(), KEYS, n=1)
    if near:
        remedy = Help(
            message=f"did you mean `{near[0]}`?", edits=_renamed(entry, near[0], text)
        )
    elif entry.key in {"history", "events", "doses"}:
        remedy = Help(message="a history is a file of its own")
    else:
        remedy = Help(
            message="facts stand under `facts`; remarks stand under `note` or `comment`"
        )
    return Diagnostic(
        code="GDL704",
        message=f"a patient has no key `{shown(entry.key)}`",
        labels=(Label(text=text, span=entry.key_span, pointer=pointer_to(entry.key)),),
        help=(remedy,),
    )


def _renamed(entry: Entry, name: str, text: Text) -> tuple[Edit, ...]:
    quote = text.slice(entry.key_span)[:1]
    quote = quote if quote in {'"', "'"} else ""
    return (Edit(text=text, span=entry.key_span, replacement=f"{quote}{name}{quote}"),)


def _otherwise(value: Written, text: Text) -> Iterator[Diagnostic]:
    """GDL706: `otherwise` has two values."""
    if isinstance(value, Scalar) and value.value in _OTHERWISE:
        return
    meant = shown(plain(value)).strip().lower()
    near = get_close_matches(meant, tuple(choice.value for choice in Otherwise), n=1)
    if meant in {"none", "no", "false", "negative"}:
        near = ["absent"]
    yield Diagnostic(
        code="GDL706",
        message=f"`otherwise` is not `{shown(plain(value))}`",
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
