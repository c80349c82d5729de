"""The patterns by which a dosing instruction in English is read, and what they mean.

An instruction is a row of clauses (a dose, a frequency, an end), each of which stands on its own;
`phrases_in` finds them. At each place the longest clause wins, so that "3 times per day" is no
dose of 3 times. What no pattern knows comes back as `UnreadWords`: it is never skipped in silence.

The patterns know what `b12guide.say.numbers` writes, and the shorthand of prescriptions:
"q6h", "tid", "x 3 days", "every 4-6 hours", "one to two".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache, lru_cache
from typing import Generic, TypeVar

from attrs import frozen

from b12guide.frozen import Record
from b12guide.regimen.model import Every, ForDoses, ForTime, Times
from b12guide.text import Span
from b12guide.values.duration import Duration, DurationRange, TimeUnit

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# --------------------------------------------------------------------------- numbers

_WORDS = (
    "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
NUMBER = rf"(?:\d+/\d+|\d+(?:\.\d+)?|\.\d+|(?:{'|'.join(_WORDS)})\b)"
"""A number in digits, as a fraction, or as a word up to twelve."""


def number_of(text: str) -> Fraction:
    """The number that `NUMBER` matched; a fraction over zero is none.

    Raises:
        ValueError: It divides by zero.
    """
    word = text.lower()
    if word in _WORDS:
        return Fraction(_WORDS.index(word) + 1)
    try:
        return Fraction(word)
    except ZeroDivisionError as error:
        raise ValueError(text) from error


def span(name: str) -> str:
    """The pattern of a number or a range, its ends in groups that begin with `name`."""
    return (
        rf"(?P<{name}_low>{NUMBER})(?:\s*(?:to|-|\u2013)\s*(?P<{name}_high>{NUMBER}))?"
    )


def numbers_of(match: re.Match[str], name: str) -> tuple[Fraction, Fraction]:
    """Both ends of what `span` matched.

    Raises:
        ValueError: The range runs backwards.
    """
    low = number_of(match[f"{name}_low"])
    high = low if match[f"{name}_high"] is None else number_of(match[f"{name}_high"])
    if low > high:
        raise ValueError(match[0])
    return low, high


# ------------------------------------------------------------------------------ time

_TIMES = {
    TimeUnit.SECOND: "seconds? secs? s",
    TimeUnit.MINUTE: "minutes? mins? min",
    TimeUnit.HOUR: "hours? hourly hrs? hr h",
    TimeUnit.DAY: "days? d",
    TimeUnit.WEEK: "weeks? wks? wk w",
    TimeUnit.MONTH: "months? mos? mo",
    TimeUnit.YEAR: "years? yrs? yr",
}
TIME = "(?:" + "|".join(w for ws in _TIMES.values() for w in ws.split()) + r")\b"
"""A unit of time, spelled out or short."""

_ADVERBS = {
    "hourly": TimeUnit.HOUR,
    "daily": TimeUnit.DAY,
    "weekly": TimeUnit.WEEK,
    "monthly": TimeUnit.MONTH,
    "yearly": TimeUnit.YEAR,
}
_ADVERB = "(?:" + "|".join(_ADVERBS) + r")\b"


@lru_cache(maxsize=256)
def _unit(text: str) -> TimeUnit:
    word = text.lower()
    return next(
        unit
        for unit, words in _TIMES.items()
        if any(re.fullmatch(pattern, word) for pattern in words.split())
    )


def length_of(match: re.Match[str], name: str) -> DurationRange:
    """The length of time in the groups `name_low`, `name_high` and `name_unit`."""
    low, high = numbers_of(match, name)
    return DurationRange(low, high, _unit(match[f"{name}_unit"]))


def _length(name: str) -> str:
    return rf"{span(name)}[\s-]*(?P<{name}_unit>{TIME})"


# --------------------------------------------------------------------------- clauses


@frozen
class Phrase(Generic[T_co]):
    """A pattern and what it means; a match whose numbers make no sense raises `ValueError`."""

    pattern: re.Pattern[str]
    meaning: Callable[[re.Match[str]], T_co]


def phrase_of(pattern: str, meaning: Callable[[re.Match[str]], T]) -> Phrase[T]:
    """The clause of this pattern, in capital or small letters."""
    return Phrase(re.compile(pattern, re.IGNORECASE), meaning)


@frozen(repr=False)
class UnreadWords(Record):
    """A stretch of text that no pattern knows."""

    text: str


@frozen(repr=False)
class FoundPhrase(Record, Generic[T_co]):
    """What a clause says, and where."""

    value: T_co | UnreadWords
    span: Span


BETWEEN = re.compile(r"[\s,;.]+")
"""What stands between clauses and says nothing."""
_WORD = re.compile(r'"[^"]*"|[^\s,;]+')


def phrases_in(
    text: str, clauses: Iterable[Phrase[T]], between: re.Pattern[str] = BETWEEN
) -> Iterator[FoundPhrase[T]]:
    """The clauses of `text` in order, with the words between them that none knows.

    Args:
        text: The instruction.
        clauses: The clauses that it may have.
        between: What may stand between them and says nothing.
    """
    known = tuple(clauses)
    at, unread_from = 0, -1
    while True:
        gap = between.match(text, at)
        at = gap.end() if gap else at
        found = _longest(text, at, known) if at < len(text) else None
        if unread_from >= 0 and (found is not None or at >= len(text)):
            end = len(text[:at].rstrip(" \t\n\r,;."))
            words = text[unread_from:end]
            yield FoundPhrase(UnreadWords(words), Span(unread_from, end))
            unread_from = -1
        if at >= len(text):
            return
        if found is not None:
            yield found
            at = found.span.end
            continue
        unread_from = at if unread_from < 0 else unread_from
        word = _WORD.match(text, at)
        at = word.end() if word else at + 1


def _longest(
    text: str, at: int, clauses: tuple[Phrase[T], ...]
) -> FoundPhrase[T] | None:
    """The clause that begins here and reaches furthest, the first of those that tie."""
    best: FoundPhrase[T] | None = None
    for clause in clauses:
        match = clause.pattern.match(text, at)
        if match is None or _cuts_a_word(text, match.end()):
            continue
        if match.end() <= at or (best is not None and match.end() <= best.span.end):
            continue
        try:
            best = FoundPhrase(clause.meaning(match), Span(at, match.end()))
        except ValueError:
            continue
    return best


def _cuts_a_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at].isalnum() and text[at - 1].isalnum()


# ------------------------------------------------------------------------- how often

COUNT = rf"(?:(?P<once>once|twice|thrice)\b|{span('count')}\s*(?:times?|x)\b)"
"""How many times."""

_ONCE = {"once": 1, "twice": 2, "thrice": 3}


def numbers(match: re.Match[str]) -> tuple[int, int]:
    """How many times what `COUNT` matched says, from and to.

    Raises:
        ValueError: It is not a whole number, or none at all.
    """
    if match["once"]:
        count = _ONCE[match["once"].lower()]
        return count, count
    low, high = numbers_of(match, "count")
    if low.denominator != 1 or high.denominator != 1 or low < 1:
        raise ValueError(match[0])
    return int(low), int(high)


def _one(unit: TimeUnit) -> DurationRange:
    return DurationRange(Fraction(1), Fraction(1), unit)


def _every(match: re.Match[str]) -> Every:
    return Every(_positive(length_of(match, "every")))


def _positive(length: DurationRange) -> DurationRange:
    if length.low <= 0:
        raise ValueError(length)
    return length


def _times_in(match: re.Match[str]) -> Times:
    low, high = numbers(match)
    if match["adverb"]:
        return Times(low, high, _one(_ADVERBS[match["adverb"].lower()]))
    if match["one_unit"]:
        return Times(low, high, _one(_unit(match["one_unit"])))
    return Times(low, high, _positive(length_of(match, "per")))


_LATIN = {"bid": 2, "tid": 3, "qid": 4}


@cache
def frequencies() -> tuple[Phrase[Every | Times], ...]:
    """The clauses that say how often."""
    return (
        phrase_of(
            rf"(?P<adverb>{_ADVERB})",
            lambda m: Every(_one(_ADVERBS[m["adverb"].lower()])),
        ),
        phrase_of(
            r"(?:on\s+alternate|every\s+other|every\s+second)\s+days?\b|q\.?o\.?d\b",
            lambda _: Every(DurationRange(Fraction(2), Fraction(2), TimeUnit.DAY)),
        ),
        phrase_of(
            rf"(?:every|each|per)\s+(?P<unit>{TIME})",
            lambda m: Every(_one(_unit(m["unit"]))),
        ),
        phrase_of(rf"(?:every|q)\s*{_length('every')}", _every),
        phrase_of(
            rf"{COUNT}\s*(?:(?P<adverb>{_ADVERB})"
            # "once as needed" is not once a second.
            rf"|(?:(?:a|an|per|each|every)\s+|/\s*)(?P<one_unit>{TIME})"
            rf"|(?:per|every)\s+{_length('per')})",
            _times_in,
        ),
        phrase_of(
            r"(?P<latin>b\.?i\.?d|t\.?i\.?d|q\.?i\.?d)\b",
            lambda m: Times(
                _LATIN[m["latin"].replace(".", "").lower()],
                _LATIN[m["latin"].replace(".", "").lower()],
                _one(TimeUnit.DAY),
            ),
        ),
        phrase_of(r"q\.?d\b", lambda _: Every(_one(TimeUnit.DAY))),
    )


# -------------------------------------------------------------------------- how long


@cache
def for_time() -> Phrase[ForTime]:
    """The clause that bounds by a length of time: "for 2 weeks", "x 3 days"."""
    return phrase_of(
        rf"(?:for|x)\s*{_length('bound')}", lambda m: ForTime(length_of(m, "bound"))
    )


@cache
def for_doses() -> Phrase[ForDoses]:
    """The clause that bounds by doses: "for 10 doses", "for 10 doses within 2 weeks"."""
    return phrase_of(
        rf"for\s+(?P<count>{NUMBER})\s+(?:doses?|cycles?)\b"
        rf"(?:\s+within\s+{_length('within')})?",
        lambda m: ForDoses(
            _whole(number_of(m["count"])),
            None if m["within_low"] is None else length_of(m, "within"),
        ),
    )


@cache
def apart() -> Phrase[Duration]:
    """The clause that says how far apart doses lie at least: "at least 3 days apart"."""
    return phrase_of(
        rf"at\s+least\s+{_length('apart')}\s+apart\b",
        lambda m: _one_length(length_of(m, "apart")),
    )


def _one_length(length: DurationRange) -> Duration:
    if length.low != length.high:
        raise ValueError(length)
    return Duration(length.low, length.unit)


def _whole(number: Fraction) -> int:
    if number.denominator != 1:
        raise ValueError(number)
    return int(number)
