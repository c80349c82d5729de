"""The words that rules may use, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.words import listing
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.wordlist import VocabularyWord, WordList

_KINDS = {
    "finding": "Findings: so, or not",
    "measure": "Measures: a number with its unit",
    "choice": "Choices: one of the values",
    "event": "Events: once they have happened",
    "definition": "Definitions: what the guideline makes of other words",
    "drug": "Drugs",
    "test": "Tests",
    "route": "Routes",
    "site": "Sites",
    "service": "Services",
}


def words_page(words: WordList, text: str = "") -> Page:
    """All words by kind; or, with a text, those that it may mean, the likeliest first."""
    return Page(
        title=f"Words: {words.title}",
        particulars=((words.kind.capitalize(), words.name),),
        notice=EDUCATION_NOTICE,
        sections=tuple(_found(words, text) if text.strip() else _by_kind(words)),
    )


def _found(words: WordList, text: str) -> Iterator[Section]:
    found = words.like(text)
    if not found:
        nothing = (
            f"No word is called like this. `b12guide words -g {words.name}` lists all."
        )
        items: tuple[Item, ...] = (Item(text=nothing, tone=Tone.QUIET),)
    else:
        items = tuple(_item(word, word.kind) for word in found)
    yield Section(title=f"Words like \u201c{text.strip()}\u201d", items=items)


def _by_kind(words: WordList) -> Iterator[Section]:
    for kind, title in _KINDS.items():
        of_kind = [word for word in words.words if word.kind == kind]
        if of_kind:
            yield Section(title=title, items=tuple(map(_item, of_kind)))


def _item(word: VocabularyWord, *before: str) -> Item:
    values = [name for name, _ in word.values]
    details = (
        *before,
        *((f"in {word.unit}",) if word.unit else ()),
        *((f"one of {listing(values)}",) if values else ()),
        *((f"also {', '.join(word.synonyms)}",) if word.synonyms else ()),
        *((f"patients say {', '.join(word.lay)}",) if word.lay else ()),
    )
    return Item(label=word.name, text=word.label, details=details)


def words_to_json(words: WordList, text: str = "") -> dict[str, Any]:
    """The same for programs, made of builtin values only; see `schema/words.schema.json`."""
    return {
        "schema": "b12guide.words/1",
        "file": {"name": words.name, "kind": words.kind, "title": words.title},
        "notice": EDUCATION_NOTICE,
        "asked": text.strip() or None,
        "words": [_word_json(word) for word in words.like(text)],
    }


def _word_json(word: VocabularyWord) -> dict[str, Any]:
    return {
        "name": word.name,
        "kind": word.kind,
        "label": word.label,
        "asks": word.asks,
        "unit": word.unit,
        "values": [{"name": name, "label": label} for name, label in word.values],
        "synonyms": list(word.synonyms),
        "lay": list(word.lay),
        "declared_in": word.declared_in,
    }
