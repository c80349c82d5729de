"""What a prescriber's free text says, as far as it can be read: "500mg IV q6h x 3 days".

Free text is not an instruction in the English of `dosage_to_english`: words are left over, and
they are told as unread rather than guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeAlias

from b12guide.interop.event_timing import DAYS, WHEN
from b12guide.interop.gist import Gist, Saying, Topic
from b12guide.interop.saying import ROUTES, amount, frequency, length
from b12guide.regimen.model import Frequency
from b12guide.regimen.names import spaced
from b12guide.regimen.pattern import (
    NUMBER,
    TIME,
    Clause,
    Unread,
    clause,
    clauses_in,
    frequencies,
    length_of,
    number_of,
    numbers_of,
    span,
)

__all__ = ["gist_of_text"]

Said: TypeAlias = tuple[Saying, ...]

_IDLE = re.compile(
    r"(?:take|apply|use|insert|inject|instill?|administer|infused?|and|of|of each week|hung|hang"
    r"|-|=|plus|infusion|then|[(]|[)])$",
    re.IGNORECASE,
)
"""Words that say what a hand does, which the comparison does not look at."""


def gist_of_text(text: str) -> Gist:
    """The sayings of the text, and the words in it that were not understood."""
    written = spaced(re.sub(r"[()=]", " ", text))
    sayings: list[Saying] = []
    unread: list[str] = []
    for found in clauses_in(written, _clauses()):
        if isinstance(found.value, Unread):
            words = [w for w in found.value.text.split() if not _IDLE.match(w)]
            unread += [" ".join(words)] if words else []
        else:
            sayings += found.value
    return Gist(tuple(sayings), tuple(unread))


_NOUN = (
    r"tablets?|tabs?|capsules?|drops?|sprays?|patch(?:es)?|suppositor(?:y|ies)|units?"
    r"|puffs?|grams?"
)
_MEASURE = r"(?:mg|mcg|[µu\u03bc]g|g|kg|mL|ml|L|mEq|IU|U)"
_UNIT = rf"(?:(?:{_NOUN}|{_MEASURE})\b(?:/(?:kg|m2|m²)\b)?)(?!/)"
_RATE_UNIT = rf"{_MEASURE}(?:/kg)?/(?:min|hr|hour|h|d|day)\b"


def _say(pattern: str, say: Callable[[re.Match[str]], Saying | Said]) -> Clause[Said]:
    def said(match: re.Match[str]) -> Said:
        found = say(match)
        return (found,) if isinstance(found, Saying) else found

    return clause(pattern, said)


def _amount(topic: Topic) -> Callable[[re.Match[str]], Saying]:
    def said(match: re.Match[str]) -> Saying:
        low, high = numbers_of(match, "n")
        return amount(topic, low, high, match["unit"], match[0])

    return said


@cache
def _clauses() -> tuple[Clause[Said], ...]:
    return (
        _say(rf"{span('n')}\s*(?P<unit>{_UNIT})", _amount(Topic.DOSE)),
        _say(
            rf"(?:at\s+)?{span('n')}\s*(?P<unit>{_RATE_UNIT})",
            _rate,
        ),
        *(_often(f.pattern.pattern, f.meaning) for f in frequencies()),
        *_lengths(),
        *(_fixed(rf"(?:{p})\b", Topic.ROUTE, name) for name, p in ROUTES.items()),
        *_times(),
        _say(
            r"as\s+needed(?:\s+for\s+[a-z]+(?:\s+(?:pain|legs))?)?|prn\b",
            lambda m: Saying(Topic.NEEDED, None, True, m[0]),
        ),
        _say(
            r"at\s+once\b|as\s+a\s+single\s+dose\b",
            lambda m: Saying(Topic.COUNT, None, (1, 1), m[0]),
        ),
        _say(
            rf"for\s+(?P<n>{NUMBER})\s+(?:doses?|cycles?)\b",
            lambda m: Saying(
                Topic.COUNT, None, (number_of(m["n"]), number_of(m["n"])), m[0]
            ),
        ),
        _say(
            rf"(?:do\s+not\s+exceed(?:\s+more\s+than)?|(?:to\s+)?a\s+maxim[iu]m\s+of)\s+"
            rf"{span('n')}\s*(?P<unit>{_UNIT})?\s*per\s+(?P<per>day|week|month)\b",
            _most,
        ),
    )


def _rate(match: re.Match[str]) -> Said:
    """A rate; so much per day is a dose as well."""
    low, high = numbers_of(match, "n")
    unit, _, per = match["unit"].rpartition("/")
    rate = amount(Topic.RATE, low, high, match["unit"], match[0])
    if per.lower() not in {"d", "day"}:
        return (rate,)
    return (amount(Topic.DOSE, low, high, unit, match[0]),)


def _fixed(pattern: str, topic: Topic, value: str) -> Clause[Said]:
    """The clause that says one thing."""
    return _say(pattern, lambda m: Saying(topic, None, value, m[0]))


def _often(pattern: str, meaning: Callable[[re.Match[str]], Frequency]) -> Clause[Said]:
    return _say(pattern, lambda m: frequency(meaning(m), m[0]))


def _most(match: re.Match[str]) -> Saying:
    low, high = numbers_of(match, "n")
    said = amount(Topic.MOST, low, high, match["unit"] or "", match[0])
    return Saying(Topic.MOST, said.terms, (said.value, f"per {match['per']}"), match[0])


def _lengths() -> Iterator[Clause[Said]]:
    time = rf"{span('t')}\s*(?P<t_unit>{TIME})"
    yield _say(
        rf"(?:for|x)\s+(?:up\s+to\s+)?{time}",
        lambda m: length(Topic.BOUND, length_of(m, "t"), m[0]),
    )
    yield _say(
        rf"over\s+{time}", lambda m: length(Topic.LENGTH, length_of(m, "t"), m[0])
    )


_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def _times() -> Iterator[Clause[Said]]:
    for phrase in WHEN.values():
        words = phrase.replace(" ", r"\s+")
        yield _fixed(rf"(?:\d+\s+minutes\s+)?{words}\b", Topic.WHEN, phrase)
    for code, day in DAYS.items():
        yield _fixed(rf"on\s+{day}s?\b", Topic.DAYS, code)
    yield _say(
        r"at\s+(?P<hour>\d{1,2})\s*(?P<half>[ap])m\b",
        lambda m: _clock(
            int(m["hour"]) % 12 + 12 * (m["half"].lower() == "p"), 0, m[0]
        ),
    )
    yield _say(
        r"at\s+(?P<hour>\d\d)(?P<minute>\d\d)\s+hours\b",
        lambda m: _clock(int(m["hour"]), int(m["minute"]), m[0]),
    )
    yield _say(
        rf"starting\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<day>\d+),\s*(?P<year>\d{{4}})",
        _start,
    )


def _clock(hour: int, minute: int, words: str) -> Saying:
    return Saying(Topic.WHEN, "clock", f"{hour:02}:{minute:02}", words)


def _start(match: re.Match[str]) -> Saying:
    month = _MONTHS.index(match["month"].lower()) + 1
    day = dt.date(int(match["year"]), month, int(match["day"]))
    return Saying(Topic.START, None, day, match[0])
