"""The words that rules may use: of a guideline with its vocabularies, or of a vocabulary alone.

An author looks a word up by what it is called anywhere: its name, its label, a synonym, what
patients call it, a value of a choice. Words are found although they are misspelt, the likeliest
first.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches

from attrs import field, frozen

from b12guide.arguments import instance
from b12guide.diagnostics import has_errors
from b12guide.errors import GuidelineError, UnknownNameError
from b12guide.frozen import Record
from b12guide.library import Library, PathLike, locate
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import folded, scope_of
from b12guide.syntax.ast import Declaration, Definition
from b12guide.values.term import Kind
from b12guide.written import read_files

__all__ = ["VocabularyWord", "WordList", "word_list", "words"]

DEFINITION = "definition"
KINDS = (*(kind.value for kind in Kind), DEFINITION)
"""What a word may be: the kinds of a vocabulary, and what a guideline defines by others."""


@frozen(kw_only=True, repr=False)
class VocabularyWord(Record):
    """A word that the rules of a guideline may use.

    Attributes:
        kind: `finding`, `measure`, `choice`, `event`, `drug`, `test`, `route`, `site`, `service` or
            `definition`.
        label: What a clinician calls it.
        asks: The question to put to a person about it, where there is one.
        unit: The unit in which a measure is held; None for a plain number or another kind.
        values: The values of a choice, each with what it is called.
        synonyms: Other words that are taken for it.
        lay: What patients call it.
        declared_in: The name of the file that declares it.
    """

    name: str
    kind: str
    label: str
    asks: str | None = None
    unit: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    synonyms: tuple[str, ...] = ()
    lay: tuple[str, ...] = ()
    declared_in: str = ""

    def phrases(self) -> Iterator[str]:
        """All that it is called."""
        yield self.name
        yield self.label
        yield from self.synonyms
        yield from self.lay
        for name, label in self.values:
            yield name
            yield label


@frozen(kw_only=True, repr=False)
class WordList(Record):
    """The words of a file and of those that it uses.

    Attributes:
        name: What the head of the file calls it.
        kind: `guideline`, `part`, `vocabulary` or `examples`; `file` where there is no head.
        words: In the order declared, the file's own first.
    """

    name: str
    kind: str
    title: str
    words: tuple[VocabularyWord, ...] = field(repr=False)

    def like(self, text: str) -> tuple[VocabularyWord, ...]:
        """The words that may be meant by `text`, the likeliest first."""
        wanted = folded(text)
        if not wanted:
            return self.words
        ranked = [(_distance(wanted, word), word) for word in self.words]
        found = [(far, word) for far, word in ranked if far is not None]
        found.sort(key=lambda pair: pair[0])
        return tuple(word for _, word in found)

    def of_kind(self, kind: str) -> WordList:
        """Only the words of one kind.

        Raises:
            UnknownNameError: There is no such kind.
        """
        if kind not in KINDS:
            what = "kind of words"
            raise UnknownNameError(what, kind, KINDS)
        words = tuple(word for word in self.words if word.kind == kind)
        return WordList(name=self.name, kind=self.kind, title=self.title, words=words)


def word_list(name_or_path: PathLike | Library) -> WordList:
    """The words of a guideline, part or vocabulary and of all that it uses.

    Raises:
        GuidelineError: There is no such file, or it cannot be read.
    """
    library = (
        name_or_path if isinstance(name_or_path, Library) else locate(name_or_path)
    )
    reading = read_files(library)
    if has_errors(reading.diagnostics):
        message = f"`{library.main.name}` has errors, and its words cannot be listed"
        raise GuidelineError(message, reading.diagnostics)
    main = reading.draft.main
    head = reading.draft.header or next(iter(main.headers), None)
    name = main.text.name if head is None else head.name.text
    title = None if head is None else head.title
    return WordList(
        name=name,
        kind="file" if head is None else head.kind,
        title=_spaced(name) if title is None else title.text,
        words=tuple(_words(reading.draft)),
    )


def words(
    name_or_path: PathLike, text: str = "", *, kind: str | None = None
) -> tuple[VocabularyWord, ...]:
    """The words of a guideline or vocabulary that may be meant by `text`; all of them without one.

    Args:
        name_or_path: The name of a shipped guideline or vocabulary, or a path to a `.gdl` file.
        text: What is looked for among names, labels, synonyms, the words of patients and values; it
            may be misspelt.
        kind: Only words of this kind, such as `drug`.

    Raises:
        GuidelineError: There is no such file, or it cannot be read.
        UnknownNameError: There is no such kind.

    >>> words("b12", "pins and needles")[0].name
    'paresthesia'
    >>> [word.name for word in words("b12", kind="route")]
    ['intramuscular', 'oral', 'subcutaneous', 'intravenous', 'nasal']
    """
    asked = instance(text, str, "text", "a text")
    found = word_list(name_or_path)
    return (found if kind is None else found.of_kind(kind)).like(asked)


def _words(draft: Draft) -> Iterator[VocabularyWord]:
    for entry in scope_of(draft).declared:
        item, name = entry.item, entry.name
        match item:
            case Declaration(label=label):
                yield VocabularyWord(
                    name=name,
                    kind=item.kind.value,
                    label=label.text if label else _spaced(name),
                    asks=item.asks.text if item.asks else None,
                    unit=item.unit,
                    values=tuple(
                        (
                            value.name.text,
                            value.label.text
                            if value.label
                            else _spaced(value.name.text),
                        )
                        for value in item.values
                    ),
                    synonyms=item.synonyms,
                    lay=item.lay,
                    declared_in=entry.text.name,
                )
            case Definition(title=title):
                yield VocabularyWord(
                    name=name,
                    kind=DEFINITION,
                    label=title.text if title else _spaced(name),
                    asks=item.asks.text if item.asks else None,
                    declared_in=entry.text.name,
                )
            case _:
                pass


def _spaced(name: str) -> str:
    return name.replace("_", " ")


# --------------------------------------------------------------------------- likeness

_MISSPELT = 0.8
"""How alike two words are that may be the same: one letter in five may differ."""


_SHORTEST_MISSPELT = 4
"""Of shorter words, such as `B12` and `B1`, too many are alike."""


def _distance(wanted: str, word: VocabularyWord) -> tuple[int, float] | None:
    """How far a word is from what is looked for: by class, then by likeness; None: too far."""
    found = [
        distance
        for phrase in word.phrases()
        if (distance := _apart(wanted, folded(phrase))) is not None
    ]
    return min(found, default=None)


def _apart(wanted: str, phrase: str) -> tuple[int, float] | None:
    if phrase == wanted:
        return 0, 0
    share = 1 - len(wanted) / max(len(phrase), 1)
    if phrase.startswith(wanted):
        return 1, share
    if f"_{wanted}" in phrase:
        return 2, share
    if wanted in phrase:
        return 3, share
    parts = phrase.replace("(", "").replace(")", "").replace(",", "").split("_")
    if all(_is_near(part, parts) for part in wanted.split("_")):
        return 4, share
    alike = SequenceMatcher(None, wanted, phrase).ratio()
    return (5, 1 - alike) if alike >= _MISSPELT else None


def _is_near(part: str, parts: list[str]) -> bool:
    """Whether a part of what is looked for begins a word of a phrase, or is one, misspelt."""
    if any(word.startswith(part) for word in parts):
        return True
    is_long = len(part) >= _SHORTEST_MISSPELT
    return is_long and bool(get_close_matches(part, parts, n=1, cutoff=_MISSPELT))
