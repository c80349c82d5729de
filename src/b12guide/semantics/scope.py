"""The names that a guideline declares, and what a written word means.

Facts and definitions share one namespace; drugs, tests, routes, sites, sources, assumptions,
challenges and rules have one each. A word that is no name may be a synonym (`IM`,
`methylcobalamin`), in any case of letters; a name always wins over a synonym.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from attrs import field, frozen

from b12guide.semantics.draft import Draft
from b12guide.syntax.ast import (
    Assumption,
    Challenge,
    Declaration,
    Definition,
    Item,
    Kind,
    Rule,
    Source,
)
from b12guide.text import Text

__all__ = ["Entry", "Meaning", "Namespace", "Scope", "folded", "scope_of"]


class Namespace(Enum):
    """Where a name is looked up; the value is what a person calls it."""

    FACT = "fact"
    DRUG = "drug"
    TEST = "test"
    ROUTE = "route"
    SITE = "site"
    SOURCE = "source"
    ASSUMPTION = "assumption"
    CHALLENGE = "challenge"
    RULE = "rule"


Meaning: TypeAlias = Declaration | Definition | Source | Assumption | Challenge | Rule


@frozen(kw_only=True)
class Entry:
    """A declared name and where it was declared."""

    namespace: Namespace
    item: Meaning
    text: Text = field(repr=False)

    @property
    def name(self) -> str:
        """The name declared."""
        return self.item.name.text

    @property
    def noun(self) -> str:
        """What a person calls the thing, with its article."""
        match self.item:
            case Declaration(kind=Kind.EVENT):
                return "an event"
            case Declaration(kind=kind):
                return f"a {kind.value}"
            case Assumption():
                return "an assumption"
            case _:
                return f"a {type(self.item).__name__.lower()}"


_NAMESPACES: Mapping[Kind, Namespace] = {
    Kind.FINDING: Namespace.FACT,
    Kind.MEASURE: Namespace.FACT,
    Kind.CHOICE: Namespace.FACT,
    Kind.EVENT: Namespace.FACT,
    Kind.DRUG: Namespace.DRUG,
    Kind.TEST: Namespace.TEST,
    Kind.ROUTE: Namespace.ROUTE,
    Kind.SITE: Namespace.SITE,
}


@lru_cache(maxsize=1 << 16)
def folded(word: str) -> str:
    """The word without regard to case, spaces and hyphens."""
    return "_".join(word.casefold().replace("-", " ").replace("_", " ").split())


@frozen(kw_only=True)
class Scope:
    """What every name means.

    Attributes:
        entries: By namespace and name; the first declaration where there are several.
        spellings: By namespace and folded synonym, the names that it may stand for.
        declared: Every declaration, repeated ones too, in the order of the draft.
    """

    entries: Mapping[Namespace, Mapping[str, Entry]]
    spellings: Mapping[Namespace, Mapping[str, tuple[str, ...]]]
    declared: tuple[Entry, ...]

    def find(self, namespace: Namespace, word: str) -> Entry | None:
        """What `word` means, as a name or else as a synonym."""
        entries = self.entries[namespace]
        if word in entries:
            return entries[word]
        names = self.spellings[namespace].get(folded(word), ())
        return entries[names[0]] if len(names) == 1 else None

    def name(self, namespace: Namespace, word: str) -> str:
        """The declared name that `word` stands for; `word` itself when there is none."""
        entry = self.find(namespace, word)
        return word if entry is None else entry.name

    def fact(self, word: str) -> Declaration | Definition | None:
        """The fact or definition that `word` stands for."""
        entry = self.find(Namespace.FACT, word)
        if entry is not None and isinstance(entry.item, Declaration | Definition):
            return entry.item
        return None

    def elsewhere(self, namespace: Namespace, word: str) -> Entry | None:
        """What `word` means in another namespace, if it means something there only."""
        for other in Namespace:
            if other is not namespace:
                entry = self.find(other, word)
                if entry is not None:
                    return entry
        return None

    def nearest(self, namespace: Namespace, word: str) -> tuple[str, ...]:
        """Names that the author may have meant: by meaning first, then by spelling."""
        entries = self.entries[namespace]
        if len(entries) > _MOST_COMPARED:
            return ()
        wanted = _words(word)
        shared = {
            name: max(_shared(wanted, _words(phrase)) for phrase in _phrases(entry))
            for name, entry in entries.items()
        }
        by_meaning = [n for n, share in shared.items() if wanted and share >= _ENOUGH]
        by_spelling = get_close_matches(word, sorted(entries), n=3, cutoff=0.7)
        known = sorted(self.spellings[namespace])
        by_synonym = [
            name
            for near in get_close_matches(folded(word), known, n=2, cutoff=0.75)
            for name in self.spellings[namespace][near]
        ]
        by_meaning.sort(key=lambda name: (-shared[name], len(name)))
        found = (*by_meaning, *by_spelling, *by_synonym)
        return tuple(dict.fromkeys(found))[:3]


_MOST_COMPARED = 2000
"""Comparing takes time; no vocabulary in use has as many words of one kind."""

_ENOUGH = 0.5
_SHORTEST = 3
"""Shorter words, such as `of`, mean nothing alone."""


def _words(phrase: str) -> frozenset[str]:
    return frozenset(w for w in folded(phrase).split("_") if len(w) >= _SHORTEST)


def _shared(wanted: frozenset[str], words: frozenset[str]) -> float:
    """How much of what is wanted, and of what is there, both have in common."""
    if not wanted or not words:
        return 0
    common = sum(1 for w in wanted if get_close_matches(w, words, n=1, cutoff=0.85))
    return common / len(wanted) * (0.5 + 0.5 * min(1, common / len(words)))


def _phrases(entry: Entry) -> Iterator[str]:
    yield folded(entry.name)
    match entry.item:
        case Declaration(label=label, synonyms=synonyms):
            if label is not None:
                yield folded(label.text)
            yield from map(folded, synonyms)
        case Definition(title=title) if title is not None:
            yield folded(title.text)
        case _:
            return


def namespace_of(item: Item) -> Namespace | None:
    """Where the name of `item` is looked up; None for an item that nobody refers to."""
    match item:
        case Declaration(kind=kind):
            return _NAMESPACES[kind]
        case Definition():
            return Namespace.FACT
        case Source():
            return Namespace.SOURCE
        case Assumption():
            return Namespace.ASSUMPTION
        case Challenge():
            return Namespace.CHALLENGE
        case Rule():
            return Namespace.RULE
        case _:
            return None


def scope_of(draft: Draft) -> Scope:
    """The names that the files of `draft` declare."""
    declared = []
    for text, item in draft.each_item():
        namespace = namespace_of(item)
        if namespace is not None and isinstance(item, Meaning):
            declared.append(Entry(namespace=namespace, item=item, text=text))
    entries: dict[Namespace, dict[str, Entry]] = {n: {} for n in Namespace}
    spellings: dict[Namespace, dict[str, tuple[str, ...]]] = {n: {} for n in Namespace}
    for entry in declared:
        entries[entry.namespace].setdefault(entry.name, entry)
    for entry in declared:
        words = spellings[entry.namespace]
        synonyms = entry.item.synonyms if isinstance(entry.item, Declaration) else ()
        for word in (entry.name, *synonyms):
            names = words.get(folded(word), ())
            if entry.name not in names:
                words[folded(word)] = (*names, entry.name)
    return Scope(entries=entries, spellings=spellings, declared=tuple(declared))
