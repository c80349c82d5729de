"""The names of facts as people write them, and what is meant by one that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.graph.coded import Coded, Pair, denies, facts_by_code
from b12guide.graph.conclusions import written
from b12guide.graph.model import Conclusion, Definition, Fact, RuleGraph, Word
from b12guide.patient.notation import Notation, as_text, shown
from b12guide.patient.shape import KEYS, PatientPlaces
from b12guide.values.code_system import SYSTEMS, split_code, system_of
from b12guide.values.term import Kind

T = TypeVar("T")

_LEAST_SLIP = 4
"""Letters of a name below which another letter makes another word of it: `age`, `sex`."""


def folded(name: str) -> str:
    """`name` without its capitals, its words joined by single blanks."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


@frozen(slots=False, eq=False)
class FactNames:
    """The names that a patient's record may use when `graph` is asked."""

    graph: RuleGraph = field(repr=False)

    def find(self, name: Any) -> Fact | Definition | None:
        """The fact or definition that `name` means; None for no one, or for more than one."""
        if not isinstance(name, str):
            return None
        exact = self._exactly(name)
        if exact is not None:
            return exact
        meant = self._by_synonym.get(folded(name), ())
        if len(meant) == 1:
            return self._exactly(meant[0])
        coded = self.coded(name)
        return coded.fact if coded is not None and coded.value is None else None

    def coded(self, name: str) -> Coded | None:
        """The one fact, or value of a choice, for which a code such as `loinc|2132-9` stands."""
        pair = split_code(name)
        found = () if pair is None else self.by_code.get(pair, ())
        # That a substance is "true" does not say that somebody is allergic to it.
        is_one = len(found) == 1 and found[0].of != "allergy"
        return found[0] if is_one else None

    def is_one_kind(self, name: str) -> bool:
        """Whether a code stands for one kind of a finding, so that "no" leaves others open."""
        if self._exactly(name) is not None:
            return False
        coded, pair = self.coded(name), split_code(name)
        return (
            coded is not None
            and pair is not None
            and coded.fact.kind in {Kind.FINDING, Kind.EVENT}
            and not denies((pair,), coded)
        )

    @cached_property
    def by_code(self) -> Mapping[Pair, tuple[Coded, ...]]:
        """The facts by the codes of the vocabulary."""
        return facts_by_code(self.graph)

    def find_folded(self, name: str) -> Fact | Definition | None:
        """The one fact or definition whose own name is `name`, whatever its capitals."""
        meant = self._by_own_name.get(folded(name), ())
        return self._exactly(meant[0]) if len(meant) == 1 else None

    def slips(self, name: str) -> tuple[str, ...]:
        """The facts whose name or synonym `name` becomes by one letter more, less or else.

        Quick enough for thousands of names: two words are a letter apart only if they become the
        same without one letter each, or without one of either.
        """
        wanted = folded(name)
        if len(wanted) < _LEAST_SLIP:
            return ()
        found = (self._by_slip.get(one, ()) for one in _with_one_less(wanted))
        return tuple(dict.fromkeys(fact for facts in found for fact in facts))

    def _exactly(self, name: str) -> Fact | Definition | None:
        fact = self.graph.vocabulary.facts.get(name)
        return self._defined.get(name) if fact is None else fact

    @cached_property
    def _defined(self) -> Mapping[str, Definition]:
        return written(self.graph.definitions)

    def suggestions(self, name: str) -> tuple[str, ...]:
        """The facts that `name` was probably meant to be.

        A slip of the pen comes first, then meaning, and only then a likeness: `neuropathy` is
        like `nephropathy`, but it means a neurological symptom.
        """
        wanted = folded(name)
        meant = self.means(wanted)
        if not meant:
            slips = get_close_matches(wanted, self._by_phrase, n=3, cutoff=0.9)
            meant = self._of_phrases(slips)
        if not meant:
            meant = self._of_phrases(_related_phrases(wanted, self._by_phrase))
        if not meant:
            likes = get_close_matches(wanted, self._by_phrase, n=3, cutoff=0.7)
            meant = self._of_phrases(likes)
        return meant[:3]

    def means(self, name: str) -> tuple[str, ...]:
        """The facts of which `name` is a name, synonym or label, capitals aside."""
        return self._by_phrase.get(folded(name), ())

    def _of_phrases(self, phrases: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f for p in phrases for f in self._by_phrase[p]))

    def choices_with(self, value: str) -> tuple[tuple[str, str], ...]:
        """The choices that have a value of about that name, each with the value's name."""
        wanted = folded(value)
        if wanted in self._by_value:
            return self._by_value[wanted]
        words = set(wanted.split())
        holding = (p for p in self._by_value if words and words < set(p.split()))
        return tuple(dict.fromkeys(c for p in holding for c in self._by_value[p]))

    def other_word(self, name: str) -> Word | Conclusion | None:
        """The drug, test, route, site, service or conclusion of that name."""
        return self._others.get(folded(name))

    @cached_property
    def _by_synonym(self) -> Mapping[str, tuple[str, ...]]:
        facts = self.graph.vocabulary.facts.values()
        return _gathered(
            (phrase, f.name) for f in facts for phrase in (*f.synonyms, *f.lay)
        )

    @cached_property
    def _by_own_name(self) -> Mapping[str, tuple[str, ...]]:
        names = (*self.graph.vocabulary.facts, *self._defined)
        return _gathered((name, name) for name in names)

    @cached_property
    def _by_slip(self) -> Mapping[str, Iterable[str]]:
        found: dict[str, dict[str, None]] = {}
        for names in (self._by_own_name, self._by_synonym):
            for name, meant in names.items():
                for one in _with_one_less(name) if len(name) >= _LEAST_SLIP else ():
                    found.setdefault(one, {}).update(dict.fromkeys(meant))
        return found

    @cached_property
    def _by_phrase(self) -> Mapping[str, tuple[str, ...]]:
        facts = self.graph.vocabulary.facts.values()
        subjects: list[tuple[str, ...]] = [
            *((one.name, one.label) for one in self._defined.values()),
            *((one.name, one.label, *one.synonyms, *one.lay) for one in facts),
        ]
        return _gathered((phrase, names[0]) for names in subjects for phrase in names)

    @cached_property
    def _by_value(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        return _gathered(
            (phrase, (fact.name, value))
            for fact in self.graph.vocabulary.facts.values()
            for value, label in zip(
                fact.values, fact.value_labels or fact.values, strict=True
            )
            for phrase in (value, label)
        )

    @cached_property
    def _others(self) -> Mapping[str, Word | Conclusion]:
        all_ = self.graph.vocabulary
        # Drugs come last, so that of two words of one name the drug is reported.
        words: list[Word | Conclusion] = [*all_.conclusions.values()]
        for some in (
            *(all_.services, all_.sites, all_.routes),
            *(all_.tests, all_.drugs),
        ):
            words += some.values()
        return {
            folded(phrase): word
            for word in words
            for phrase in (word.name, word.label, *word.synonyms, *word.lay)
        }


def _with_one_less(name: str) -> Iterator[str]:
    """`name`, and what remains of it without each of its letters."""
    yield name
    for place in range(len(name)):
        yield name[:place] + name[place + 1 :]


def _related_phrases(wanted: str, phrases: Iterable[str]) -> list[str]:
    """The phrases in which each word of `wanted` has a relative, the shortest first."""

    def is_related(word: str, other: str) -> bool:
        """Whether the words have a stem in common, as far as their letters show."""
        is_begun = len(word) >= 4 and other.startswith(word)
        return word == other or is_begun or (len(word) >= 5 and other[:5] == word[:5])

    words = wanted.split()
    related = [
        phrase
        for phrase in phrases
        if words and all(any(is_related(w, p) for p in phrase.split()) for w in words)
    ]
    return sorted(related, key=lambda phrase: len(phrase.split()))


def _gathered(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    gathered: dict[str, dict[T, None]] = {}
    for phrase, meant in pairs:
        gathered.setdefault(folded(phrase), {})[meant] = None
    return {phrase: tuple(meant) for phrase, meant in gathered.items()}


_INSTEAD = {
    Kind.DRUG: "doses that were given stand in the history, not among the facts",
    Kind.TEST: "only a test that is also declared as a measure has a value here",
    Kind.ROUTE: "the routes of doses that were given stand in the history",
    Kind.SITE: "the sites of doses that were given stand in the history",
    Kind.SERVICE: "where a patient was sent is no fact that a rule reads",
    Kind.CONCLUSION: "it is worked out by the rules from the facts, and not told",
}


def unknown_name(
    names: FactNames, key: Any, raw: Any, written: PatientPlaces
) -> Diagnostic:
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
        # Facts about a drug or test have its name in theirs.
        kind = word.kind if isinstance(word, Word) else Kind.CONCLUSION
        words = set(folded(key).split())
        facts = (
            ()
            if kind is Kind.CONCLUSION
            else (n for n in names.suggestions(key) if words < set(folded(n).split()))
        )
        near = " or ".join(f"`{fact}`" for fact in facts)
        return Diagnostic(
            code="GDL708",
            message=f"`{shown(key)}` is a {kind.value}, not a fact",
            labels=(place,),
            notes=(_INSTEAD[kind],),
            help=(Help(message=f"did you mean {near}?"),) if near else (),
        )
    helps = tuple(_meant(names, key, raw, place))
    return Diagnostic(
        code="GDL707",
        message=f"there is no fact `{shown(key)}`",
        labels=(place,),
        help=helps or (Help(message="`b12guide facts` lists them"),),
    )


def _meant(names: FactNames, key: str, raw: Any, place: Label) -> Iterator[Help]:
    pair = split_code(key)
    if pair is not None:
        yield from _code_meant(names, key, pair, place)
        return
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


def _code_meant(names: FactNames, key: str, pair: Pair, place: Label) -> Iterator[Help]:
    """What a code was probably meant to be, for which no fact has been declared."""
    system, code = pair
    several = names.by_code.get(pair, ())
    if several:
        listed = " or ".join(f"`{one.fact.name}`" for one in several)
        yield Help(message=f"the code stands for several facts: write {listed}")
        return
    known = [other for terminology, other in names.by_code if terminology == system]
    for near in get_close_matches(code, known, n=2, cutoff=0.8):
        told = f"{system}|{near}"
        facts = " or ".join(f"`{c.fact.name}`" for c in names.by_code[system, near])
        edits = tuple(_renaming(place, key, told))
        yield Help(message=f"did you mean `{told}`, which is {facts}?", edits=edits)
    if system_of(system) is None and not known:
        listed = ", ".join(f"`{one.name}`" for one in SYSTEMS)
        yield Help(message=f"terminologies are {listed}, or their URIs or OIDs")
    elif not known:
        yield Help(message=f"no fact has a code of `{system}`")
    yield Help(message="`b12guide facts` lists the codes of each fact")


def _renaming(place: Label, key: str, name: str) -> Iterator[Edit]:
    """An edit of the name at `place`, where just the name stands there, quoted or not."""
    written = place.text.slice(place.span)
    quote = '"' if written[:1] == '"' else ""
    if written == f"{quote}{key}{quote}":
        yield Edit(
            text=place.text, span=place.span, replacement=f"{quote}{name}{quote}"
        )


def stated_twice(
    subject: Fact | Definition, first: str, second: str, written: PatientPlaces
) -> Diagnostic:
    """GDL709: two names of the same fact."""
    return Diagnostic(
        code="GDL709",
        message=f"`{shown(first)}` and `{shown(second)}` are the same fact",
        labels=(written.at(f"{second}:", second), written.at(f"{first}:", first)),
        help=(
            Help(message=f"keep one of them; the name of the fact is `{subject.name}`"),
        ),
    )
