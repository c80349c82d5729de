"""What a dosing instruction says about each thing, so that two instructions can be compared.

A contradiction is found only where both speak of the same thing in comparable terms and share
nothing. What one of them leaves out, and what cannot be compared (tablets with milligrams), is
told apart from it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from enum import Enum

from attrs import frozen

from b12guide.record import Record

__all__ = ["Comparison", "Disagreement", "Gist", "Saying", "Topic", "compare"]


class Topic(Enum):
    """What an instruction can speak of."""

    DOSE = "dose"
    FREQUENCY = "frequency"
    ROUTE = "route"
    RATE = "rate"
    LENGTH = "length of each dose"
    BOUND = "duration of treatment"
    START = "first day"
    COUNT = "number of doses"
    WHEN = "time of the day"
    DAYS = "days of the week"
    NEEDED = "as needed"
    MOST = "greatest dose"


@frozen(repr=False)
class Saying(Record):
    """Something said.

    Attributes:
        terms: In what terms; sayings in different terms cannot be compared.
        value: What is said in these terms.
        words: The same, for people.
    """

    topic: Topic
    terms: Hashable
    value: Hashable
    words: str


@frozen(repr=False)
class Gist(Record):
    """All that an instruction says, and the words of it that were not understood."""

    sayings: tuple[Saying, ...] = ()
    unread: tuple[str, ...] = ()

    def about(self, topic: Topic) -> tuple[Saying, ...]:
        """What is said about one topic."""
        return tuple(saying for saying in self.sayings if saying.topic is topic)


@frozen(repr=False)
class Disagreement(Record):
    """One topic of which a text and a structure say different things."""

    topic: Topic
    text: str
    structure: str


@frozen(kw_only=True, repr=False)
class Comparison(Record):
    """How the text of an instruction stands to its structure.

    Attributes:
        contradictions: What both say, and differently.
        only_text: What the structure leaves out.
        only_structure: What the text leaves out.
        incomparable: What both say in terms that cannot be compared.
        unread: The words of the text that were not understood.
    """

    contradictions: tuple[Disagreement, ...] = ()
    only_text: tuple[Saying, ...] = ()
    only_structure: tuple[Saying, ...] = ()
    incomparable: tuple[Disagreement, ...] = ()
    unread: tuple[str, ...] = ()


def compare(text: Gist, structure: Gist) -> Comparison:
    """The text held against the structure, topic by topic."""
    return Comparison(
        contradictions=tuple(_contradictions(text, structure)),
        only_text=tuple(_only(text, structure)),
        only_structure=tuple(_only(structure, text)),
        incomparable=tuple(
            Disagreement(topic, _words(mine), _words(theirs))
            for topic, mine, theirs in _both(text, structure)
            if not {s.terms for s in mine} & {s.terms for s in theirs}
        ),
        unread=text.unread,
    )


def _both(
    text: Gist, structure: Gist
) -> Iterator[tuple[Topic, tuple[Saying, ...], tuple[Saying, ...]]]:
    for topic in Topic:
        mine, theirs = text.about(topic), structure.about(topic)
        if mine and theirs:
            yield topic, mine, theirs


def _contradictions(text: Gist, structure: Gist) -> Iterator[Disagreement]:
    for topic, mine, theirs in _both(text, structure):
        terms = {s.terms for s in mine} & {s.terms for s in theirs}
        said = {(s.terms, s.value) for s in mine}
        if terms and not said & {(s.terms, s.value) for s in theirs}:
            yield Disagreement(topic, _words(mine), _words(theirs))
    once = [s for s in text.about(Topic.COUNT) if s.value == (1, 1)]
    often = structure.about(Topic.FREQUENCY)
    is_open = not (structure.about(Topic.COUNT) or text.about(Topic.FREQUENCY))
    if once and often and is_open:
        yield Disagreement(Topic.FREQUENCY, _words(tuple(once)), _words(often))


def _only(one: Gist, other: Gist) -> Iterator[Saying]:
    for topic in Topic:
        if not other.about(topic):
            yield from one.about(topic)


def _words(sayings: tuple[Saying, ...]) -> str:
    return ", ".join(dict.fromkeys(saying.words for saying in sayings))
