"""From a text to its words: spelled one way, stemmed, with the place of each.

The same is done to the texts of a guideline and to a question, so that they meet. It is done again
in TypeScript (`src/web/engine/ask/wording.ts`), which has to come to the same.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from attrs import field, frozen

from b12guide.extras import load
from b12guide.frozen import Record, frozen_map
from b12guide.resources import package

_TOKEN = re.compile(
    r"[0-9]+(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?|[a-z][a-z0-9]*|[.?!;,]"
)
_ENDS = frozenset(".?!;,")
"""Signs that end a clause."""
_NOT = (
    *(("can't", "can not"), ("cannot", "can not"), ("won't", "will not")),
    *(("n't", " not"), ("'m ", " am "), ("'re ", " are "), ("'ve ", " have ")),
    *(("'ll ", " will "), ("'d ", " would ")),
)
"""Contractions, and what stands in full for them."""
_LETTER_AND_NUMBER = re.compile(r"\b([b-hj-z])[ -]([0-9]+)\b", re.ASCII)
_HYPHENS = re.compile("[\u2010-\u2014\u2212-]")
_APOSTROPHES = re.compile("[\u2018\u2019`\u00b4]")
_OWNER = re.compile(r"'s?(?![a-z])|'")
_LONG = 5
"""Letters from which on a word is spelled one way: `anaemia` and `anemia` are, `does` is not."""


@frozen(kw_only=True, repr=False)
class Wordbook(Record):
    """The English words that questions are made of, see `words.toml`.

    Attributes:
        function: Words that join others.
        light: Words that are known and lead nowhere.
        same: The word that stands for each of those with the same meaning.
        together: What is one word, though written as several.
        decisions: The words for each decision.
        shapes: The words for the kinds of things that an answer may be.
        against: The words with which it is asked what speaks against something.
        reading: The words that tell facts, deny them, leave them open or ask about them.
        units: The units that may stand behind a number, longest first.
        openings: The openings of labels that add nothing, such as `documented`.
    """

    function: frozenset[str]
    light: frozenset[str]
    same: Mapping[str, str] = field(converter=frozen_map)
    together: Mapping[str, str] = field(converter=frozen_map)
    decisions: Mapping[str, tuple[str, ...]] = field(converter=frozen_map)
    shapes: Mapping[str, tuple[str, ...]] = field(converter=frozen_map)
    against: tuple[str, ...]
    reading: Mapping[str, frozenset[str]] = field(converter=frozen_map)
    units: tuple[str, ...]
    openings: tuple[str, ...]


@cache
def wordbook() -> Wordbook:
    """The words that b12guide ships."""
    data = words_data()
    return Wordbook(
        function=frozenset(data["function"]),
        light=frozenset(data["light"]),
        same=data["same"],
        together=data["together"],
        decisions={name: tuple(words) for name, words in data["decisions"].items()},
        shapes={name: tuple(words) for name, words in data["shapes"].items()},
        against=tuple(data["against"]),
        reading={name: frozenset(words) for name, words in data["reading"].items()},
        units=tuple(data["units"]),
        openings=tuple(data["openings"]),
    )


@cache
def words_data() -> dict[str, Any]:
    """`words.toml` as plain data, each word of `same` with the one that stands for it."""
    text = (package() / "ask" / "words.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    return {
        "function": data["function"].split(),
        "light": data["light"].split(),
        "same": {word: group[0] for group in data["same"] for word in group},
        "together": data["together"],
        "decisions": data["decisions"],
        "shapes": data["shapes"],
        "against": data["against"]["words"],
        "reading": data["reading"],
        "units": sorted(data["units"], key=lambda unit: (-len(unit), unit)),
        "openings": data["openings"]["labels"],
    }


@frozen(kw_only=True, repr=False)
class Spoken(Record):
    """One word of a text.

    Attributes:
        text: As it was spelled, but for its capitals and accents.
        stem: What is left of it, by which it meets others.
        clause: The number of the clause that it stands in, from 0.
        is_function: Whether it only joins others.
        is_light: Whether it leads nowhere.
        is_number: Whether it is a number.
        unit: The unit behind a number.
    """

    text: str
    stem: str
    clause: int = 0
    is_function: bool = False
    is_light: bool = False
    is_number: bool = False
    unit: str | None = None


def plain(text: str) -> str:
    """The text without capitals, accents, apostrophes and hyphens."""
    decomposed = unicodedata.normalize("NFKD", _HYPHENS.sub("-", text))
    letters = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    found = _APOSTROPHES.sub("'", letters).lower().replace("\u03bc", "u")
    for written, meant in _NOT:
        found = found.replace(written, meant)
    found = _LETTER_AND_NUMBER.sub(r"\1\2", _OWNER.sub("", found))
    return found.replace("-", " ")


def spoken(text: str) -> tuple[Spoken, ...]:
    """The words of a text, in order."""
    words = wordbook()
    written = _joined(plain(text))
    found: list[Spoken] = []
    clause, at = 0, 0
    while token := _TOKEN.search(written, at):
        at, said = token.end(), token.group(0)
        if said in _ENDS:
            clause += 1
            continue
        if said[0].isdigit():
            number = said.replace(",", "")
            unit = _units().match(written, at)
            # "45 years old", "3 injections": what is a word as well stays one.
            if unit and not _is_word(unit.group(1)):
                at = unit.end()
            found.append(
                Spoken(
                    text=number,
                    stem=number,
                    clause=clause,
                    is_number=True,
                    unit=unit.group(1) if unit else None,
                )
            )
            continue
        stands_for_itself = said not in words.same
        found.append(
            Spoken(
                text=said,
                stem=stem(said),
                clause=clause,
                is_function=said in words.function and stands_for_itself,
                is_light=words.same.get(said, said) in words.light,
            )
        )
    return tuple(found)


def _is_word(unit: str) -> bool:
    words = wordbook()
    return unit in words.light or unit in words.same


@cache
def _units() -> re.Pattern[str]:
    """A unit right behind a number, and nothing that only begins like one."""
    listed = "|".join(map(re.escape, wordbook().units))
    return re.compile(rf" *({listed})(?![a-z0-9/^])")


def _joined(text: str) -> str:
    """The text with what is one word written as one."""
    pattern, meant = _together()
    return pattern.sub(lambda match: meant[match.group(0)], text)


@cache
def _together() -> tuple[re.Pattern[str], Mapping[str, str]]:
    meant = wordbook().together
    longest = sorted(meant, key=lambda written: (-len(written), written))
    listed = "|".join(map(re.escape, longest))
    return re.compile(rf"\b(?:{listed})\b", re.ASCII), meant


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of the word that stands for all of this meaning, in one spelling.

    Raises:
        MissingExtraError: The extra `ask` is not installed.
    """
    meant = wordbook().same.get(word, word)
    return _stemmer()(one_spelling(meant))


@cache
def _stemmer() -> Callable[[str], str]:
    made: Callable[[str], str] = (
        load("snowballstemmer", extra="ask").stemmer("english").stemWord
    )
    return made


def one_spelling(word: str) -> str:
    """The word as both sides of the Atlantic have it: `anaemia` and `anemia` are one."""
    if len(word) < _LONG:
        return word
    found = word.replace("ae", "e").replace("oe", "e").replace("isation", "ization")
    for british, american in _ENDINGS:
        if found.endswith(british):
            return found[: -len(british)] + american
    return found


_ENDINGS = (
    *(("ise", "ize"), ("ised", "ized"), ("ises", "izes"), ("ising", "izing")),
    *(("our", "or"), ("ours", "ors"), ("tre", "ter"), ("tres", "ters")),
)


def stems_of(text: str) -> tuple[str, ...]:
    """The stems of the words of a text that do not only join others."""
    return tuple(one.stem for one in spoken(text) if not one.is_function)


def content_of(words: Iterable[Spoken]) -> tuple[Spoken, ...]:
    """The words that say what a text is about."""
    return tuple(
        one for one in words if not (one.is_function or one.is_light or one.is_number)
    )
