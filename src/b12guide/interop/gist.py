"""What a dosing instruction says about each thing, so that prose can be compared with structure.

A contradiction is found only where both speak of the same thing in comparable terms and share
nothing. What one of them leaves out, and what cannot be compared (tablets with milligrams), is
kept apart from it. Words of free text that are not understood are listed, never guessed at.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from attrs import frozen

from b12guide.frozen import Record
from b12guide.interop import dosage as d
from b12guide.interop.dosage import DAYS, WHEN
from b12guide.interop.pattern import (
    NUMBER,
    TIME,
    Phrase,
    UnreadWords,
    frequencies,
    length_of,
    number_of,
    numbers_of,
    phrase_of,
    phrases_in,
    span,
)
from b12guide.regimen.model import Every, ForTime, Frequency
from b12guide.say.numbers import number_text, range_text
from b12guide.say.schedules import frequency_text, length_text
from b12guide.say.words import plural, spaced
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.unit import parse_unit, time_unit

__all__ = [
    "Disagreement",
    "Gist",
    "GistComparison",
    "Saying",
    "Topic",
    "compare",
    "gist_of_dosage",
    "gist_of_text",
]


class Topic(Enum):
    """What an instruction can speak of."""

    DOSE = "dose"
    FREQUENCY = "frequency"
    ROUTE = "route"
    RATE = "rate"
    LENGTH = "length of each dose"
    BOUND = "duration of treatment"
    START = "first day"
    COUNT = "number of doses"
    WHEN = "time of the day"
    DAYS = "days of the week"
    NEEDED = "as needed"
    MOST = "greatest dose"


@frozen(repr=False)
class Saying(Record):
    """Something said.

    Attributes:
        terms: In what terms; sayings in different terms cannot be compared.
        value: What is said in these terms.
        words: The same, for people.
    """

    topic: Topic
    terms: Hashable
    value: Hashable
    words: str


@frozen(repr=False)
class Gist(Record):
    """All that an instruction says, and the words of it that were not understood."""

    sayings: tuple[Saying, ...] = ()
    unread: tuple[str, ...] = ()

    def about(self, topic: Topic) -> tuple[Saying, ...]:
        """What is said about one topic."""
        return tuple(saying for saying in self.sayings if saying.topic is topic)


@frozen(repr=False)
class Disagreement(Record):
    """One topic of which a text and a structure say different things."""

    topic: Topic
    text: str
    structure: str


@frozen(kw_only=True, repr=False)
class GistComparison(Record):
    """How the text of an instruction stands to its structure.

    Attributes:
        contradictions: What both say, and differently.
        only_text: What the structure leaves out.
        only_structure: What the text leaves out.
        incomparable: What both say in terms that cannot be compared.
        unread: The words of the text that were not understood.
    """

    contradictions: tuple[Disagreement, ...] = ()
    only_text: tuple[Saying, ...] = ()
    only_structure: tuple[Saying, ...] = ()
    incomparable: tuple[Disagreement, ...] = ()
    unread: tuple[str, ...] = ()


def compare(text: Gist, structure: Gist) -> GistComparison:
    """The text held against the structure, topic by topic."""
    return GistComparison(
        contradictions=tuple(_contradictions(text, structure)),
        only_text=tuple(_only(text, structure)),
        only_structure=tuple(_only(structure, text)),
        incomparable=tuple(
            Disagreement(topic, _words(mine), _words(theirs))
            for topic, mine, theirs in _both(text, structure)
            if not {s.terms for s in mine} & {s.terms for s in theirs}
        ),
        unread=text.unread,
    )


def _both(
    text: Gist, structure: Gist
) -> Iterator[tuple[Topic, tuple[Saying, ...], tuple[Saying, ...]]]:
    for topic in Topic:
        mine, theirs = text.about(topic), structure.about(topic)
        if mine and theirs:
            yield topic, mine, theirs


def _contradictions(text: Gist, structure: Gist) -> Iterator[Disagreement]:
    for topic, mine, theirs in _both(text, structure):
        terms = {s.terms for s in mine} & {s.terms for s in theirs}
        said = {(s.terms, s.value) for s in mine}
        if terms and not said & {(s.terms, s.value) for s in theirs}:
            yield Disagreement(topic, _words(mine), _words(theirs))
    once = [s for s in text.about(Topic.COUNT) if s.value == (1, 1)]
    often = structure.about(Topic.FREQUENCY)
    is_open = not (structure.about(Topic.COUNT) or text.about(Topic.FREQUENCY))
    if once and often and is_open:
        yield Disagreement(Topic.FREQUENCY, _words(tuple(once)), _words(often))


def _only(one: Gist, other: Gist) -> Iterator[Saying]:
    for topic in Topic:
        if not other.about(topic):
            yield from one.about(topic)


def _words(sayings: tuple[Saying, ...]) -> str:
    return ", ".join(dict.fromkeys(saying.words for saying in sayings))


_NOUNS: Mapping[str, str] = {
    "tab": "tablet",
    "{tbl}": "tablet",
    "patches": "patch",
    "suppositories": "suppository",
    "drop": "drop",
    "opdrop": "drop",
    "eye drop": "drop",
    "vagtab": "vaginal tablet",
    "u": "unit",
    "ea": "each",
}
ROUTES: Mapping[str, str] = {
    "intramuscular": r"IM|i\.m|intramuscular(?:ly)?",
    "intravenous": r"IV|i\.v|intravenous(?:ly)?",
    "subcutaneous": r"SC|s\.c|subcut|subcutaneous(?:ly)?",
    "oral": r"PO|p\.o|oral(?:ly)?|by mouth",
    "rectal": r"rectal(?:ly)?",
    "vaginal": r"vaginal(?:ly)?|into the vagina",
    "topical": r"topical(?:ly)?",
    "ophthalmic": r"ophthalmic",
}
"""How a route is recognised, by its name."""


def unit_of(text: str) -> str:
    """One name for all spellings of a unit."""
    word = text.strip().rstrip(".")
    known = parse_unit(word)
    if known is not None:
        return known.text
    folded = word.lower()
    return (
        _NOUNS.get(folded)
        or _NOUNS.get(folded.removesuffix("s"))
        or (folded.removesuffix("s") if len(folded) > 2 else folded)
    )


def amount(
    topic: Topic, low: Fraction | None, high: Fraction | None, unit: str, words: str
) -> Saying:
    """An amount from `low` to `high`, in one unit for each kind of quantity."""
    name = unit_of(unit)
    known = parse_unit(name)
    if known is None:
        return Saying(topic, name, (low, high), words)
    ends = tuple(None if end is None else end * known.factor for end in (low, high))
    return Saying(topic, known.dimensions, ends, words)


def length(topic: Topic, time: DurationRange, words: str) -> Saying:
    """A length of time."""
    return Saying(topic, time.unit.is_calendar, time.smallest, words)


def frequency(often: Frequency, words: str) -> Saying:
    """How often: so many times in a length of time, so that daily is once in 24 hours."""
    low, high = (1, 1) if isinstance(often, Every) else (often.low, often.high)
    per = often.interval if isinstance(often, Every) else often.per
    value: Hashable = (low, high, per.smallest)
    if low == high and per.low == per.high:
        value = per.smallest[0] / low
    return Saying(Topic.FREQUENCY, per.unit.is_calendar, value, words)


def gist_of_dosage(dosage: d.Dosage) -> Gist:
    """The sayings of the instruction."""
    return Gist(tuple(_sayings(dosage)))


def _sayings(dosage: d.Dosage) -> Iterator[Saying]:
    for dose in dosage.doses:
        yield from _dose(dose)
    yield from _timing(dosage.timing)
    if dosage.route is not None:
        words = dosage.route.words
        for name, pattern in ROUTES.items():
            if re.search(rf"\b(?:{pattern})\b", words, re.IGNORECASE):
                yield Saying(Topic.ROUTE, None, name, words)
    if dosage.as_needed is not None:
        is_needed = dosage.as_needed is not False
        words = "as needed" if is_needed else "not only as needed"
        yield Saying(Topic.NEEDED, None, is_needed, words)
    yield from _most(dosage)


def _dose(dose: d.DoseAndRate) -> Iterator[Saying]:
    if dose.dose is not None:
        yield _amount(Topic.DOSE, dose.dose)
    match dose.rate:
        case None:
            return
        case d.Ratio(numerator=above, denominator=below):
            unit = time_unit(below.unit.text or "")
            if above == dose.dose and unit is not None:
                over = DurationRange(below.value, below.value, unit)
                yield length(Topic.LENGTH, over, f"over {length_text(over)}")
            if below.value:
                value = above.value / below.value
                name = f"{above.unit.text}/{below.unit.text}"
                words = f"{number_text(value)} {name}"
                yield amount(Topic.RATE, value, value, name, words)
        case d.FhirQuantity() | d.FhirRange():
            yield _rate(dose.rate)


def _rate(rate: d.FhirQuantity | d.FhirRange) -> Saying:
    """A rate; one that is given in minutes says how long the dose takes."""
    unit = time_unit(rate.unit.text or "")
    low, high = _ends(rate)
    if unit is None or low is None or high is None:
        return _amount(Topic.RATE, rate)
    over = DurationRange(low, high, unit)
    return length(Topic.LENGTH, over, f"over {length_text(over)}")


def _ends(
    quantity: d.FhirQuantity | d.FhirRange,
) -> tuple[Fraction | None, Fraction | None]:
    if isinstance(quantity, d.FhirQuantity):
        return quantity.value, quantity.value
    return quantity.low, quantity.high


def _amount(topic: Topic, quantity: d.FhirQuantity | d.FhirRange) -> Saying:
    low, high = _ends(quantity)
    unit = quantity.unit.text or ""
    if low is not None and high is not None:
        ends = range_text(low, high)
    elif low is not None:
        ends = f"at least {number_text(low)}"
    else:
        ends = f"up to {number_text(high or Fraction(0))}"
    return amount(topic, low, high, unit, f"{ends} {unit}".rstrip())


def _timing(timing: d.Timing) -> Iterator[Saying]:
    if timing.frequency is not None:
        yield frequency(timing.frequency, frequency_text(timing.frequency))
    match timing.bounds:
        case ForTime(length=bound):
            yield length(Topic.BOUND, bound, f"for {length_text(bound)}")
        case d.FhirPeriod():
            yield from _period(timing.bounds)
        case None:
            pass
    if timing.count is not None:
        words = plural(" to ".join(map(str, dict.fromkeys(timing.count))), "dose")
        yield Saying(Topic.COUNT, None, timing.count, words)
    if timing.duration is not None:
        words = f"each lasting {length_text(timing.duration)}"
        yield length(Topic.LENGTH, timing.duration, words)
    for code in timing.when:
        yield Saying(Topic.WHEN, None, WHEN[code], WHEN[code])
    for time in timing.times:
        yield Saying(Topic.WHEN, "clock", time[:5], f"at {time[:5]}")
    for day in timing.days:
        yield Saying(Topic.DAYS, None, day, DAYS[day])


def _period(period: d.FhirPeriod) -> Iterator[Saying]:
    """The first day and the length of a period, both ends included."""
    first, last = _day(period.start), _day(period.end)
    if first is not None:
        yield Saying(Topic.START, None, first, f"from {first}")
    if first is not None and last is not None and first <= last:
        count = Fraction((last - first).days + 1)
        bound = DurationRange(count, count, TimeUnit.DAY)
        words = f"from {first} to {last}, which is {plural(str(count), 'day')}"
        yield length(Topic.BOUND, bound, words)


def _day(date: str | None) -> dt.date | None:
    """The day of a date that has one and that there is."""
    try:
        return dt.date.fromisoformat((date or "")[:10])
    except ValueError:
        return None


def _most(dosage: d.Dosage) -> Iterator[Saying]:
    for name, most in (
        ("at a time", dosage.per_administration),
        ("in a lifetime", dosage.per_lifetime),
    ):
        if most is not None:
            yield _limit(most, name)
    if dosage.per_period is not None:
        per = dosage.per_period.denominator
        unit = time_unit(per.unit.text or "")
        name = plural(number_text(per.value), per.unit.text or "")
        if unit is not None:
            name = length_text(DurationRange(per.value, per.value, unit))
        yield _limit(dosage.per_period.numerator, f"per {name.removeprefix('1 ')}")


def _limit(most: d.FhirQuantity, per: str) -> Saying:
    said = _amount(Topic.MOST, most)
    words = f"at most {said.words} {per}"
    return Saying(Topic.MOST, said.terms, (said.value, per), words)


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
    for found in phrases_in(written, _clauses()):
        if isinstance(found.value, UnreadWords):
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


def _say(pattern: str, say: Callable[[re.Match[str]], Saying | Said]) -> Phrase[Said]:
    def said(match: re.Match[str]) -> Said:
        found = say(match)
        return (found,) if isinstance(found, Saying) else found

    return phrase_of(pattern, said)


def _read_amount(topic: Topic) -> Callable[[re.Match[str]], Saying]:
    def said(match: re.Match[str]) -> Saying:
        low, high = numbers_of(match, "n")
        return amount(topic, low, high, match["unit"], match[0])

    return said


@cache
def _clauses() -> tuple[Phrase[Said], ...]:
    return (
        _say(rf"{span('n')}\s*(?P<unit>{_UNIT})", _read_amount(Topic.DOSE)),
        _say(rf"(?:at\s+)?{span('n')}\s*(?P<unit>{_RATE_UNIT})", _read_rate),
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
            _read_most,
        ),
    )


def _read_rate(match: re.Match[str]) -> Said:
    """A rate; so much per day is a dose as well."""
    low, high = numbers_of(match, "n")
    unit, _, per = match["unit"].rpartition("/")
    rate = amount(Topic.RATE, low, high, match["unit"], match[0])
    if per.lower() not in {"d", "day"}:
        return (rate,)
    return (amount(Topic.DOSE, low, high, unit, match[0]),)


def _fixed(pattern: str, topic: Topic, value: str) -> Phrase[Said]:
    """The clause that says one thing."""
    return _say(pattern, lambda m: Saying(topic, None, value, m[0]))


def _often(pattern: str, meaning: Callable[[re.Match[str]], Frequency]) -> Phrase[Said]:
    return _say(pattern, lambda m: frequency(meaning(m), m[0]))


def _read_most(match: re.Match[str]) -> Saying:
    low, high = numbers_of(match, "n")
    said = amount(Topic.MOST, low, high, match["unit"] or "", match[0])
    return Saying(Topic.MOST, said.terms, (said.value, f"per {match['per']}"), match[0])


def _lengths() -> Iterator[Phrase[Said]]:
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


def _times() -> Iterator[Phrase[Said]]:
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
