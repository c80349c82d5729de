"""Finds the words of a text, however broken the text is.

This is not the parser's lexer: it knows no grammar and never fails. Limits, recovery and the table
of mistakes look at a text through it.
"""

# ruff: noqa: SIM905 - words read best as words

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from attrs import field, frozen

HEADERS = frozenset("language guideline part vocabulary examples".split())
DECLARATIONS = frozenset(
    "finding measure choice event conclusion drug test route site service "
    "implication derive".split()
)
GUIDELINE_ITEMS = frozenset(
    "source assumption challenge regard define rule silent invariant example conflict".split()
)
CLAUSES = frozenset(
    "version revised status scope uses statements author reviewed licence contact intended "
    "effective retired supersedes superseded asks lay synonyms also code unit plausible usual "
    "molar absent current values implies by kind printed missing link exception outside strength "
    "certainty grade states cites because patient section assumes challenged when may load "
    "maintain give form avoid contraindicated route withhold check do inject target continue "
    "stop change refer conclude note given asked expect".split()
)

ACTIONS = frozenset(
    "may load maintain give form avoid contraindicated route withhold check do inject target "
    "continue stop change refer conclude note".split()
)

HEADER_CLAUSES = frozenset(
    "version revised status scope uses statements author reviewed licence contact intended "
    "effective retired supersedes superseded".split()
)

ITEM_WORDS = HEADERS | DECLARATIONS | GUIDELINE_ITEMS
STARTERS = CLAUSES | HEADERS | DECLARATIONS | GUIDELINE_ITEMS

_WORDS = re.compile(
    r"""
    (?P<string>"(?:[^"\\\r\n]|\\[^\r\n])*"? | [“„][^“”„"\r\n]*["”“]?)
    | (?P<comment>\#[^\r\n]*)
    | (?P<digest>sha256:[0-9A-Za-z]*)
    | (?P<word>[^\W\d]\w*)
    | (?P<number>[0-9][0-9.]*)
    | (?P<mark>[^\s])
    """,
    re.VERBOSE,
)
_QUIET = re.compile(r"[^\r\n]")
_FIRST_WORD = re.compile(r"^[ \t\f]*(?:([^\W\d]\w*)|[^\s#])", re.MULTILINE)


def words(characters: str) -> Iterator[tuple[str, int, int]]:
    """The words with their kind, start and end: string, comment, word, number, mark."""
    for found in _WORDS.finditer(characters):
        yield found.lastgroup or "", found.start(), found.end()


def masked(characters: str) -> str:
    """The text with blanks in place of comments and of what strings say; same offsets."""
    pieces = list(characters)
    for kind, start, end in words(characters):
        if kind == "comment":
            pieces[start:end] = " " * (end - start)
        elif kind == "string" and end - start > 2:
            pieces[start + 1 : end - 1] = "_" * (end - start - 2)
    return "".join(pieces)


def is_start(line: str) -> bool:
    """Whether a line begins with the word of a clause or item."""
    word = re.match(r"\w+", line)
    return word is not None and word.group() in STARTERS


def blanked(characters: str, start: int, end: int) -> str:
    """The text with blanks from `start` to `end`; line ends stay."""
    blank = _QUIET.sub(" ", characters[start:end])
    return characters[:start] + blank + characters[end:]


def first_word(characters: str) -> int:
    """Where the first line begins that is neither empty nor a comment; or else the end."""
    found = _FIRST_WORD.search(characters)
    return len(characters) if found is None else found.end() - len(found[1] or " ")


@frozen(kw_only=True)
class Line:
    """A line that begins with a word: where the word stands, and the word."""

    start: int
    word: str


@frozen(slots=False)
class Outline:
    """The first words of the lines of a text, between two offsets."""

    characters: str = field(repr=False)
    begin: int
    end: int

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The lines that are not empty; `word` is empty where a line begins otherwise."""
        return tuple(
            Line(start=found.end() - len(found[1] or " "), word=found[1] or "")
            for found in _FIRST_WORD.finditer(self.characters, self.begin, self.end)
        )
