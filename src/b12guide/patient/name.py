"""Finds the fact that a name in a patient's record stands for, or what was probably meant.

A name is taken exactly as the vocabulary has it. A declared synonym is taken too, whatever its
capitals and however its words are joined, if it means one fact only. Everything else, labels
included, only leads to a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

from attrs import field, frozen

from b12guide.graph.model import Definition, Fact, RuleGraph, Word

T = TypeVar("T")

__all__ = ["Names", "folded", "names_of"]


def folded(name: str) -> str:
    """`name` without its capitals, its words joined by single blanks."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


@frozen(kw_only=True)
class Names:
    """The names that a patient's record may use.

    Attributes:
        by_name: The facts and definitions by their own names.
        by_synonym: The names of facts by a folded synonym that is taken for them.
        by_phrase: The names of facts and definitions by any folded phrase that hints at them.
        by_value: Choices with the value that a folded phrase may mean.
        others: The drugs, tests, routes and sites by a folded name of theirs.
    """

    by_name: Mapping[str, Fact | Definition]
    by_synonym: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_phrase: Mapping[str, tuple[str, ...]] = field(repr=False)
    by_value: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    others: Mapping[str, Word] = field(repr=False)

    def find(self, name: Any) -> Fact | Definition | None:
        """The fact or definition that `name` means; None for no one, or for more than one."""
        if not isinstance(name, str):
            return None
        exact = self.by_name.get(name)
        if exact is not None:
            return exact
        meant = self.by_synonym.get(folded(name), ())
        return self.by_name[meant[0]] if len(meant) == 1 else None

    def suggestions(self, name: str) -> tuple[str, ...]:
        """The facts that `name` was probably meant to be, by meaning before spelling."""
        wanted = folded(name)
        if wanted in self.by_phrase:
            return self.by_phrase[wanted][:3]
        spelled = get_close_matches(wanted, self.by_phrase, n=3, cutoff=0.7)
        words = set(wanted.split())
        sharing = [phrase for phrase in self.by_phrase if words < set(phrase.split())]
        near = [fact for p in (*spelled, *sharing) for fact in self.by_phrase[p]]
        return tuple(dict.fromkeys(near))[:3]


def names_of(graph: RuleGraph) -> Names:
    """The names that a record may use when `graph` is asked."""
    by_name: dict[str, Fact | Definition] = {
        **graph.vocabulary.facts,
        **graph.definitions,
    }
    facts = graph.vocabulary.facts.values()
    return Names(
        by_name=by_name,
        by_synonym=_gathered(
            (synonym, fact.name) for fact in facts for synonym in fact.synonyms
        ),
        by_phrase=_gathered(_phrases(by_name)),
        by_value=_gathered(
            (phrase, (fact.name, value))
            for fact in facts
            for value, label in _labelled_values(fact)
            for phrase in (value, label)
        ),
        others=dict(_other_words(graph)),
    )


def _labelled_values(fact: Fact) -> Iterable[tuple[str, str]]:
    labels = fact.value_labels or fact.values
    return zip(fact.values, labels, strict=True)


def _phrases(by_name: Mapping[str, Fact | Definition]) -> Iterator[tuple[str, str]]:
    for name, subject in by_name.items():
        synonyms = subject.synonyms if isinstance(subject, Fact) else ()
        yield from ((phrase, name) for phrase in (name, subject.label, *synonyms))


def _gathered(pairs: Iterable[tuple[str, T]]) -> Mapping[str, tuple[T, ...]]:
    gathered: dict[str, dict[T, None]] = {}
    for phrase, meant in pairs:
        gathered.setdefault(folded(phrase), {})[meant] = None
    return {phrase: tuple(meant) for phrase, meant in gathered.items()}


def _other_words(graph: RuleGraph) -> Iterator[tuple[str, Word]]:
    """Drugs come last, so that of two words of one name the drug is told."""
    vocabulary = graph.vocabulary
    kinds = (vocabulary.sites, vocabulary.routes, vocabulary.tests, vocabulary.drugs)
    for words in kinds:
        for word in words.values():
            for phrase in (word.name, word.label, *word.synonyms):
                yield folded(phrase), word
