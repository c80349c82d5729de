"""What a FHIR dosage instruction says in structure, topic by topic."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from fractions import Fraction

from b12guide.interop.dosage import (
    Amount,
    AmountRange,
    Dosage,
    DoseAndRate,
    Period,
    Ratio,
    Timing,
)
from b12guide.interop.event_timing import DAYS, WHEN
from b12guide.interop.gist import Gist, Saying, Topic
from b12guide.interop.saying import ROUTES, amount, frequency, length
from b12guide.regimen.model import ForTime
from b12guide.regimen.phrase import (
    exact_text,
    frequency_text,
    length_text,
    plural,
    span_text,
)
from b12guide.values.duration import DurationRange, TimeUnit
from b12guide.values.unit import time_unit

__all__ = ["gist_of_dosage"]


def gist_of_dosage(dosage: Dosage) -> Gist:
    """The sayings of the instruction."""
    return Gist(tuple(_sayings(dosage)))


def _sayings(dosage: Dosage) -> Iterator[Saying]:
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


def _dose(dose: DoseAndRate) -> Iterator[Saying]:
    if dose.dose is not None:
        yield _amount(Topic.DOSE, dose.dose)
    match dose.rate:
        case None:
            return
        case Ratio(numerator=above, denominator=below):
            unit = time_unit(below.unit.text or "")
            if above == dose.dose and unit is not None:
                over = DurationRange(below.value, below.value, unit)
                yield length(Topic.LENGTH, over, f"over {length_text(over)}")
            if below.value:
                value = above.value / below.value
                name = f"{above.unit.text}/{below.unit.text}"
                words = f"{exact_text(value)} {name}"
                yield amount(Topic.RATE, value, value, name, words)
        case Amount() | AmountRange():
            yield _rate(dose.rate)


def _rate(rate: Amount | AmountRange) -> Saying:
    """A rate; one that is told in minutes says how long the dose takes."""
    unit = time_unit(rate.unit.text or "")
    low, high = _ends(rate)
    if unit is None or low is None or high is None:
        return _amount(Topic.RATE, rate)
    over = DurationRange(low, high, unit)
    return length(Topic.LENGTH, over, f"over {length_text(over)}")


def _ends(quantity: Amount | AmountRange) -> tuple[Fraction | None, Fraction | None]:
    if isinstance(quantity, Amount):
        return quantity.value, quantity.value
    return quantity.low, quantity.high


def _amount(topic: Topic, quantity: Amount | AmountRange) -> Saying:
    low, high = _ends(quantity)
    unit = quantity.unit.text or ""
    if low is not None and high is not None:
        ends = span_text(low, high)
    elif low is not None:
        ends = f"at least {exact_text(low)}"
    else:
        ends = f"up to {exact_text(high or Fraction(0))}"
    return amount(topic, low, high, unit, f"{ends} {unit}".rstrip())


def _timing(timing: Timing) -> Iterator[Saying]:
    if timing.frequency is not None:
        yield frequency(timing.frequency, frequency_text(timing.frequency))
    match timing.bounds:
        case ForTime(length=bound):
            yield length(Topic.BOUND, bound, f"for {length_text(bound)}")
        case Period():
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


def _period(period: Period) -> Iterator[Saying]:
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


def _most(dosage: Dosage) -> Iterator[Saying]:
    for name, most in (
        ("at a time", dosage.per_administration),
        ("in a lifetime", dosage.per_lifetime),
    ):
        if most is not None:
            yield _limit(most, name)
    if dosage.per_period is not None:
        per = dosage.per_period.denominator
        unit = time_unit(per.unit.text or "")
        name = plural(exact_text(per.value), per.unit.text or "")
        if unit is not None:
            name = length_text(DurationRange(per.value, per.value, unit))
        yield _limit(dosage.per_period.numerator, f"per {name.removeprefix('1 ')}")


def _limit(most: Amount, per: str) -> Saying:
    said = _amount(Topic.MOST, most)
    words = f"at most {said.words} {per}"
    return Saying(Topic.MOST, said.terms, (said.value, per), words)
