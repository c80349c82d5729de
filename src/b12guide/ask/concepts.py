"""The things that a guideline has words for, and the phrases by which people call them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from attrs import field, frozen

from b12guide.ask.wording import Spoken, spoken, wordbook
from b12guide.frozen import Record, frozen_map
from b12guide.graph.conclusions import written
from b12guide.graph.model import Decision, RuleGraph
from b12guide.say.names import decision_text
from b12guide.values.term import Kind

_BRACKETED = re.compile(r"\(([^()]*)\)")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")


@frozen(kw_only=True, repr=False)
class Concept(Record):
    """A thing that questions may speak of.

    Attributes:
        key: Its kind and name, such as `fact:numbness` or `value:sex=female`.
        kind: `finding`, `event`, `measure`, `choice`, `value`, `definition`, `conclusion`, `drug`,
            `test`, `route`, `site` or `service`; or `decision`, `shape` or `against`, which is not
            a thing but what is asked about one.
        name: Its name; of a value, that of its choice.
        value: The value of a choice.
        label: What it is called.
    """

    key: str
    kind: str
    name: str
    label: str
    value: str | None = None


@frozen(kw_only=True, repr=False)
class Phrase(Record):
    """The stems by which some concepts are called, in the order of the words.

    Attributes:
        is_whole: Whether the words stand side by side as they are written, words that only join
            others among them: "by mouth", where "mouth" alone would be something else.
    """

    stems: tuple[str, ...]
    concepts: tuple[str, ...]
    is_whole: bool = False


@frozen(kw_only=True, repr=False)
class Mention(Record):
    """Where a text speaks of one or several concepts by the same words.

    Attributes:
        concepts: Their keys.
        places: The numbers of the words.
    """

    concepts: tuple[str, ...]
    places: tuple[int, ...]


@frozen(kw_only=True, repr=False, slots=False)
class Dictionary:
    """The concepts of a guideline, and their phrases.

    Attributes:
        phrases: The phrases for things, whose words may stand apart and in another order.
        ways: The phrases for what is asked about things, which stand as they are written.
        sayings: The `lay` words of rules and silences, each of which leads to one of them.
    """

    concepts: Mapping[str, Concept] = field(converter=frozen_map)
    phrases: tuple[Phrase, ...]
    ways: tuple[Phrase, ...]
    sayings: tuple[Phrase, ...] = ()

    @cached_property
    def by_first(self) -> Mapping[str, tuple[Phrase, ...]]:
        """The phrases for things by their first stem."""
        return _by_first(self.phrases)

    @cached_property
    def sayings_by_first(self) -> Mapping[str, tuple[Phrase, ...]]:
        """The same of sayings."""
        return _by_first(self.sayings)

    def mentions(self, words: Sequence[Spoken]) -> tuple[Mention, ...]:
        """What a text speaks of: the longest phrases first, and no word twice."""
        found = sorted(
            _met(words, self.by_first),
            key=lambda m: (-len(m.places), _width(m), m.places),
        )
        taken: set[int] = set()
        kept: list[Mention] = []
        for mention in found:
            if taken.isdisjoint(mention.places):
                taken.update(mention.places)
                kept.append(mention)
        return tuple(sorted(kept, key=lambda m: m.places))

    def ways_in(self, words: Sequence[Spoken]) -> tuple[Mention, ...]:
        """What a text asks about things: how often, how much, what speaks against them."""
        found = []
        for phrase in self.ways:
            for start in range(len(words)):
                places = _side_by_side(phrase.stems, start, words)
                if places:
                    found.append(Mention(concepts=phrase.concepts, places=places))
        return tuple(sorted(found, key=lambda m: (m.places, m.concepts)))

    def sayings_in(self, words: Sequence[Spoken]) -> tuple[str, ...]:
        """The keys of the sayings that a text has, each once."""
        found = _met(words, self.sayings_by_first)
        return tuple(sorted({key for mention in found for key in mention.concepts}))


def _by_first(phrases: Iterable[Phrase]) -> Mapping[str, tuple[Phrase, ...]]:
    found: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        found.setdefault(phrase.stems[0], []).append(phrase)
    return {first: tuple(some) for first, some in found.items()}


def _met(
    words: Sequence[Spoken], by_first: Mapping[str, tuple[Phrase, ...]]
) -> Iterator[Mention]:
    """Everywhere that a phrase stands, those inside longer ones included."""
    content = [n for n, word in enumerate(words) if not word.is_function]
    at = {number: place for place, number in enumerate(content)}
    for number, word in enumerate(words):
        for phrase in by_first.get(word.stem, ()):
            places: tuple[int, ...] = ()
            if phrase.is_whole:
                places = _side_by_side(phrase.stems, number, words)
            elif number in at:
                places = _around(phrase.stems, at[number], content, words)
            if places:
                yield Mention(concepts=phrase.concepts, places=places)


def _width(mention: Mention) -> int:
    return mention.places[-1] - mention.places[0]


def _side_by_side(
    stems: tuple[str, ...], start: int, words: Sequence[Spoken]
) -> tuple[int, ...]:
    """The places of the stems from `start` on; nothing if others stand there."""
    some = words[start : start + len(stems)]
    if tuple(word.stem for word in some) != stems or some[0].clause != some[-1].clause:
        return ()
    return tuple(range(start, start + len(stems)))


def _around(
    stems: tuple[str, ...], at: int, content: list[int], words: Sequence[Spoken]
) -> tuple[int, ...]:
    """The places of all stems about one of them in the same clause; nothing if one is missing."""
    if len(stems) == 1:
        return (content[at],)
    reach = len(stems) + 1
    near = content[max(0, at - reach) : at + reach + 1]
    clause = words[content[at]].clause
    places = [content[at]]
    for stem in stems[1:]:
        fitting = [
            n
            for n in near
            if words[n].stem == stem and words[n].clause == clause and n not in places
        ]
        if not fitting:
            return ()
        # The nearest one; of two as near, the one behind.
        places.append(min(fitting, key=lambda n: (abs(n - content[at]), -n)))
    return tuple(sorted(places))


# ------------------------------------------------------------------------------ making


def dictionary_of(graph: RuleGraph) -> Dictionary:
    """The concepts of a guideline with every phrase for them."""
    concepts: dict[str, Concept] = {}
    phrases: dict[tuple[tuple[str, ...], bool], dict[str, None]] = {}
    for concept, calls, declared in _called(graph):
        concepts[concept.key] = concept
        for call in calls:
            phrase = _phrase(call, is_declared=call in declared)
            if phrase is not None:
                phrases.setdefault(phrase, {})[concept.key] = None
    ways: dict[tuple[tuple[str, ...], bool], dict[str, None]] = {}
    for concept, calls in _of_the_language():
        concepts[concept.key] = concept
        for call in calls:
            stems = tuple(word.stem for word in spoken(call))
            ways.setdefault((stems, True), {})[concept.key] = None
    sayings: dict[tuple[tuple[str, ...], bool], dict[str, None]] = {}
    for key, calls in _said_of(graph):
        for call in calls:
            phrase = _phrase(call, is_declared=True)
            if phrase is not None:
                sayings.setdefault(phrase, {})[key] = None
    return Dictionary(
        concepts=concepts,
        phrases=_phrases(phrases),
        ways=_phrases(ways),
        sayings=_phrases(sayings),
    )


def _said_of(graph: RuleGraph) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The `lay` words of rules and silences; those of a definition are words for it."""
    for rule in graph.rules.values():
        yield f"saying:rule:{rule.name}", rule.grounds.lay
    for number, silence in enumerate(graph.silences):
        yield f"saying:silence:{number}", silence.grounds.lay


def _phrase(call: str, *, is_declared: bool) -> tuple[tuple[str, ...], bool] | None:
    """The stems of a phrase, and whether they stand side by side; None for what is no phrase.

    A word that leads nowhere is one only where an author declared it as a word for something.
    """
    words = spoken(_INITIALS.sub(lambda m: m.group(0).replace(".", ""), call))
    content = [word for word in words if not word.is_function]
    if not content or (len(content[0].text) < 2 and len(content) == 1):
        return None
    joins = [w for w in words if w.is_function and w.text not in {"a", "an", "the"}]
    if joins and len(content) == 1:
        return tuple(word.stem for word in words), True
    stems = tuple(dict.fromkeys(word.stem for word in content))
    leads = is_declared or any(not (w.is_light or w.is_number) for w in content)
    return (stems, False) if leads or len(stems) > 1 else None


def _phrases(
    found: Mapping[tuple[tuple[str, ...], bool], Iterable[str]],
) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(stems=stems, concepts=tuple(keys), is_whole=is_whole)
        for (stems, is_whole), keys in found.items()
    )


def _called(
    graph: RuleGraph,
) -> Iterator[tuple[Concept, tuple[str, ...], tuple[str, ...]]]:
    """Each concept with everything that it is called, and what of it an author declared."""
    known = graph.vocabulary
    for fact in known.facts.values():
        if "." in fact.name:  # what a series stands for
            continue
        kind = fact.kind.value
        concept = Concept(
            key=f"fact:{fact.name}", kind=kind, name=fact.name, label=fact.label
        )
        words = (*fact.synonyms, *fact.lay)
        yield concept, _calls(fact.name, fact.label, words), words
        if fact.kind is Kind.CHOICE:
            lay: dict[str, tuple[str, ...]] = {}
            for value, called in fact.lay_for:
                lay[value] = (*lay.get(value, ()), *called)
            for value, label in zip(fact.values, fact.value_labels, strict=True):
                if value in {"none", "other"}:
                    continue
                one = Concept(
                    key=f"value:{fact.name}={value}",
                    kind="value",
                    name=fact.name,
                    value=value,
                    label=label,
                )
                words = lay.get(value, ())
                yield one, _calls(value, label, words), words
    for definition in written(graph.definitions).values():
        concept = Concept(
            key=f"definition:{definition.name}",
            kind="definition",
            name=definition.name,
            label=definition.label,
        )
        words = definition.grounds.lay
        yield concept, _calls(definition.name, definition.label, words), words
    for group in (known.drugs, known.tests, known.routes, known.sites, known.services):
        for word in group.values():
            kind = word.kind.value
            concept = Concept(
                key=f"{kind}:{word.name}", kind=kind, name=word.name, label=word.label
            )
            words = (*word.synonyms, *word.lay)
            yield concept, _calls(word.name, word.label, words), words
    for conclusion in known.conclusions.values():
        concept = Concept(
            key=f"conclusion:{conclusion.name}",
            kind="conclusion",
            name=conclusion.name,
            label=conclusion.label,
        )
        words = (*conclusion.synonyms, *conclusion.lay)
        yield concept, _calls(conclusion.name, conclusion.label, words), words


def _of_the_language() -> Iterator[tuple[Concept, tuple[str, ...]]]:
    """The decisions, the kinds of answers, and what is said against something."""
    words = wordbook()
    for name, calls in words.decisions.items():
        label = decision_text(Decision(name)).lower()
        yield (
            Concept(key=f"decision:{name}", kind="decision", name=name, label=label),
            calls,
        )
    for name, calls in words.shapes.items():
        yield (
            Concept(key=f"shape:{name}", kind="shape", name=name, label=calls[0]),
            calls,
        )
    yield (
        Concept(key="against", kind="against", name="against", label="against"),
        words.against,
    )


def _calls(name: str, label: str, words: Iterable[str]) -> tuple[str, ...]:
    """The name, the label with what can be left out of it, and further words."""
    return tuple(dict.fromkeys((name.replace("_", " "), *_shortened(label), *words)))


def _shortened(label: str) -> Iterator[str]:
    """A label, and the same without what explains it."""
    yield label
    yield from _BRACKETED.findall(label)
    head = _BRACKETED.sub(" ", label).partition(",")[0]
    yield head
    for opening in wordbook().openings:
        if head.lower().startswith(f"{opening} "):
            yield head[len(opening) + 1 :]
