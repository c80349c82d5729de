"""What is to be said of a name that is no fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.graph.model import Definition, Fact
from b12guide.patient.name import Names, folded
from b12guide.patient.places import Places
from b12guide.patient.shape import KEYS
from b12guide.patient.shown import Notation, as_text, shown
from b12guide.values.term import Kind

__all__ = ["stated_twice", "unknown_name"]

_INSTEAD = {
    Kind.DRUG: "doses that were given stand in the history, not among the facts",
    Kind.TEST: "only a test that is also declared as a measure has a value here",
    Kind.ROUTE: "the routes of doses that were given stand in the history",
    Kind.SITE: "the sites of doses that were given stand in the history",
}


def unknown_name(names: Names, key: Any, raw: Any, written: Places) -> Diagnostic:
    """GDL707 for a name that means no fact, GDL708 for the name of something else."""
    name = as_text(key)
    place = written.at(f"{name}:", name)
    if not isinstance(key, str):
        return Diagnostic(
            code="GDL707",
            message=f"the name of a fact is text, and `{shown(key)}` is not",
            labels=(place,),
        )
    word = names.other_word(key)
    if word is not None and not names.means(key):
        return Diagnostic(
            code="GDL708",
            message=f"`{shown(key)}` is a {word.kind.value}, not a fact",
            labels=(place,),
            notes=(_INSTEAD[word.kind],),
            help=tuple(_nearby(names, key)),
        )
    helps = tuple(_meant(names, key, raw, place))
    return Diagnostic(
        code="GDL707",
        message=f"there is no fact `{shown(key)}`",
        labels=(place,),
        help=helps or (Help(message="`b12guide facts` lists them"),),
    )


def _meant(names: Names, key: str, raw: Any, place: Label) -> Iterator[Help]:
    if key in KEYS:
        yield Help(message=f"`{key}` stands beside `facts`, not among them")
        return
    meant = names.suggestions(key)
    if len(meant) == 1:
        edits = tuple(_renaming(place, key, meant[0]))
        yield Help(message=f"did you mean `{meant[0]}`?", edits=edits)
    elif meant:
        listed = " or ".join(f"`{name}`" for name in meant)
        yield Help(message=f"did you mean {listed}?")
    for fact, value in names.choices_with(key)[:2]:
        if raw is True and value not in {"none", "other"}:
            yield Help(message=f"write `{Notation.of(place.text).pair(fact, value)}`")


def _nearby(names: Names, key: str) -> Iterator[Help]:
    """Facts about a drug or test: those that have its name in theirs."""
    words = set(folded(key).split())
    near = [f for f in names.suggestions(key) if words < set(folded(f).split())]
    if near:
        yield Help(message=f"did you mean {' or '.join(f'`{name}`' for name in near)}?")


def _renaming(place: Label, key: str, name: str) -> Iterator[Edit]:
    """An edit of the name at `place`, where just the name stands there, quoted or not."""
    written = place.text.slice(place.span)
    quote = '"' if written[:1] == '"' else ""
    if written == f"{quote}{key}{quote}":
        yield Edit(
            text=place.text, span=place.span, replacement=f"{quote}{name}{quote}"
        )


def stated_twice(
    subject: Fact | Definition, first: str, second: str, written: Places
) -> Diagnostic:
    """GDL709: two names of the same fact."""
    return Diagnostic(
        code="GDL709",
        message=f"`{shown(first)}` and `{shown(second)}` are the same fact",
        labels=(
            written.at(f"{second}:", second),
            written.at(f"{first}:", first),
        ),
        help=(
            Help(message=f"keep one of them; the name of the fact is `{subject.name}`"),
        ),
    )
