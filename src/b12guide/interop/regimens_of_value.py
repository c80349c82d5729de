"""The schedules of a text that says several: what a column of advice holds, and lists of options.

`loading.value` and `maintenance.value` of a cohort say what a decision advises in one text: parts
that hold together are joined by `;`, schedules to choose from by `or`, those of which only one
comes out by `|`. Each is a whole schedule, so that "1 mg or 2 mg daily" is one dose of 1 mg, or
2 mg a day. All else is read, and refused, as `b12guide.interop.regimen_from_english` has it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Any, TypeAlias

from attrs import frozen

from b12guide.arguments import instance
from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.frozen import Record
from b12guide.interop import pattern as p
from b12guide.interop import regimen_from_english as english
from b12guide.regimen.model import Regimen
from b12guide.say.words import spaced
from b12guide.text import Span, Text

__all__ = ["ValuePart", "ValueRegimens", "regimens_of_value"]


@frozen(repr=False)
class ValuePart(Record):
    """Schedules of which one is followed.

    Attributes:
        regimens: The schedules, in the order in which they are written.
        is_choice: Whether one may choose (`or`). If not (`|`), what is not known of the patient
            decides, or the sides of a conflict stand beside each other; the column of outcomes
            says which. One schedule by itself is a choice.
        not_needed: Whether "not needed" stands among them.
    """

    regimens: tuple[Regimen, ...]
    is_choice: bool = True
    not_needed: bool = False


@frozen(repr=False)
class ValueRegimens(Record):
    """The schedules that a text says.

    Attributes:
        parts: What is divided by `;`. Of a conflict, the second part has its sides.
    """

    parts: tuple[ValuePart, ...]

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """Every schedule, in the order in which they are written."""
        return tuple(one for part in self.parts for one in part.regimens)

    @property
    def only(self) -> Regimen | None:
        """The schedule, where the text says one and nothing else."""
        match self.parts:
            case (ValuePart(regimens=(regimen,), not_needed=False),):
                return regimen
            case _:
                return None


@frozen(repr=False)
class _Joint(Record):
    """What stands between two schedules."""

    sign: str


@frozen(repr=False)
class _NotNeeded(Record):
    """Nothing is needed."""


_Said: TypeAlias = "english.Said | _Joint | _NotNeeded"
_BETWEEN = re.compile(r"[\s,.]+")
"""Unlike within one schedule, a `;` says something here."""
_JOINTS: tuple[p.Phrase[_Joint | _NotNeeded], ...] = (
    p.phrase_of(r"or\b|[;|]", lambda m: _Joint(m[0].casefold())),
    p.phrase_of(r"not needed\b", lambda _: _NotNeeded()),
)


def regimens_of_value(text: str, names: english.Wording = None) -> ValueRegimens:
    """The schedules that a text of a column says, such as `maintenance.value`.

    >>> said = regimens_of_value("1000 µg oral every day or 1000 µg intramuscular every month")
    >>> [regimen.only_route for regimen in said.regimens]
    ['oral', 'intramuscular']

    Args:
        text: The text.
        names: The words that may stand in it; `guideline.graph` for those of one guideline. The
            words of every shipped guideline if left out.

    Raises:
        ArgumentError: `text` is no text, or `names` are no words.
        DosageError: It cannot be read; the diagnostics say where and why.
    """
    instance(text, str, "text", "a text such as a cell of `maintenance.value`")
    words = english.words_of(names)
    written = Text("value", spaced(text))
    known = (*english.clauses(words, by_name=True), *_JOINTS)
    said: list[p.FoundPhrase[_Said]]
    said = list(p.phrases_in(written.characters, known, _BETWEEN))
    diagnostics = [*english.not_understood(said, written, words)]
    parts = []
    end = Span(len(written.characters), len(written.characters))
    for part, stop in _divided(said, ";", end):
        read, wrong = _part(part, stop, written)
        parts.append(read)
        diagnostics += wrong
    if diagnostics:
        raise english.unreadable(diagnostics)
    return ValueRegimens(tuple(parts))


_Found: TypeAlias = "p.FoundPhrase[_Said]"


def _divided(
    said: Iterable[_Found], signs: Container[str], end: Span
) -> Iterator[tuple[list[_Found], Span]]:
    """What stands between joints of some signs, each with where it ends."""
    group: list[_Found] = []
    for found in said:
        if isinstance(found.value, _Joint) and found.value.sign in signs:
            yield group, found.span
            group = []
        else:
            group.append(found)
    yield group, end


def _part(
    said: list[_Found], end: Span, text: Text
) -> tuple[ValuePart, tuple[Diagnostic, ...]]:
    """The schedules of a part as far as they can be read, and what is wrong with it."""
    regimens: list[Regimen] = []
    diagnostics: list[Diagnostic] = []
    joints = {f.value.sign: f for f in said if isinstance(f.value, _Joint)}
    if len(joints) > 1:
        message = (
            "`or` and `|` stand in one part: which of them divides first is not said"
        )
        diagnostics.append(_mixed(message, text, joints["|"].span))
    not_needed = False
    for group, stop in _divided(said, joints, end):
        schedule: Any = [f for f in group if not isinstance(f.value, _NotNeeded)]
        nothing = [f for f in group if isinstance(f.value, _NotNeeded)]
        not_needed = not_needed or bool(nothing)
        if nothing and schedule:
            message = "`not needed` stands within a schedule"
            diagnostics.append(_mixed(message, text, nothing[0].span))
        if schedule or not nothing:
            regimen, wrong = english.regimen_said(schedule, stop, text)
            regimens += [] if regimen is None else [regimen]
            diagnostics += wrong
    part = ValuePart(tuple(regimens), "|" not in joints, not_needed)
    return part, tuple(diagnostics)


def _mixed(message: str, text: Text, span: Span) -> Diagnostic:
    label = Label(text=text, span=span)
    remedy = "divide whole schedules by `or`, by `|`, or by `;`"
    return Diagnostic(
        code="DOS106", message=message, labels=(label,), help=(Help(message=remedy),)
    )
