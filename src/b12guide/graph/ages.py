"""The ages of facts: what asks how long something has been so, or how long ago it happened.

`numbness for more than 4 weeks` becomes a fact, `numbness.for_more_than_4_weeks`, that is true or
false as other facts are: no author can write its name, and no engine has to know of days.
What ties such facts together, and to the fact whose age they are, stands among the implications, so
that a proof knows that what has lasted for more than 8 weeks has lasted for more than 4. Their
values follow from the days in a record (M83 to M86), where it is stated for a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import permutations

from attrs import evolve

from b12guide.graph.condition import AllOf, Condition, Has, Not
from b12guide.graph.model import Age, Fact, Implication, RuleGraph
from b12guide.values.calendar import add, add_days, add_months
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.term import Kind, Operator

_REACHED = (Operator.MORE, Operator.AT_LEAST)
"""What becomes true with time; the other two become false."""

_BOUNDS = {
    Operator.MORE: "more than",
    Operator.AT_LEAST: "at least",
    Operator.LESS: "less than",
    Operator.AT_MOST: "at most",
}


def age(
    fact: str, operator: Operator, length: Duration, *, is_ago: bool = False
) -> Age:
    """The age of a fact, its length in the largest unit: 28 days are 4 weeks."""
    whole = DurationRange(length.value, length.value, length.unit).canonical
    return Age(
        fact=fact,
        operator=operator,
        length=Duration(whole.low, whole.unit),
        is_ago=is_ago,
    )


def age_text(age: Age) -> str:
    """The age in words of the language: `numbness for more than 4 weeks`."""
    return f"{age.fact} {_words(age)}"


def name_of(age: Age) -> str:
    """The name of the fact that stands for an age, which no author can write."""
    return f"{age.fact}.{_words(age).replace(' ', '_')}"


def _words(age: Age) -> str:
    bound = f"{_BOUNDS[age.operator]} {_length(age)}"
    if age.operator is Operator.AT_MOST:
        return f"within {_length(age)}"
    return f"{bound} ago" if age.is_ago else f"for {bound}"


def _length(age: Age) -> str:
    count, unit = age.length.value, age.length.unit.value
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


# -------------------------------------------------------------------------- on a day


def turning(age: Age, since: dt.date) -> dt.date | None:
    """The first day on which the answer is another than on the day `since`.

    None where the calendar ends before.
    """
    last = add(since, age.length)
    is_next = age.operator in {Operator.MORE, Operator.AT_MOST}
    return add_days(last, 1) if last is not None and is_next else last


def becomes_so(age: Age) -> bool:
    """Whether time makes it so; else it is so at first, and no longer in the end."""
    return age.operator in _REACHED


# --------------------------------------------------------- the facts and what ties them


def fact_of(age: Age, of: Fact) -> Fact:
    """The fact that stands for an age of the fact `of`."""
    label = of.label.partition(" (")[0].partition(",")[0]
    words = _words(age).replace("within", "within the last")
    asks = f"Since which day: {label}? Is it {words}?"
    if age.is_ago:
        asks = f"On which day was this: {label}? Was it {words}?"
    other = age_text(evolve(age, is_ago=not age.is_ago))
    return Fact(
        # An event stays, and that it happened within 6 months does not.
        kind=Kind.FINDING,
        name=name_of(age),
        label=f"{label} {words}",
        asks=asks,
        synonyms=tuple(dict.fromkeys((age_text(age), other))),
        place=of.place,
    )


def is_of_event(graph: RuleGraph, fact: str) -> bool:
    """Whether the label of a fact is a sentence: that of an event, or of what follows from days."""
    if fact in graph.series:
        return True
    if fact in graph.ages:
        return graph.ages[fact].is_ago
    known = graph.vocabulary.facts.get(fact)
    return known is not None and known.kind is Kind.EVENT


def ties(ages: Iterable[Age]) -> Iterator[Implication]:
    """What follows from what among the ages of a fact, and from them to the fact itself."""
    listed = tuple(ages)
    for one in listed:
        yield _implication(one, Has(one.fact))
    for one, other in permutations(listed, 2):
        if one.fact != other.fact or not _not_before(one, other):
            continue
        # Whenever `one` turns, `other` has turned, or does on the same day.
        is_late, is_so_late = one.operator in _REACHED, other.operator in _REACHED
        if is_late and is_so_late:
            yield _implication(one, _has(other))
        elif is_late:
            yield _implication(one, Not(_has(other)))
        elif is_so_late:
            yield _either(one, other)
        else:
            yield _implication(other, _has(one))


def _has(age: Age) -> Has:
    return Has(name_of(age))


def _implication(age: Age, conclusion: Condition) -> Implication:
    words = "_not_" if isinstance(conclusion, Not) else "_"
    of = conclusion.operand if isinstance(conclusion, Not) else conclusion
    named = of.fact if isinstance(of, Has) else ""
    return Implication(
        name=f"{name_of(age)}_implies{words}{named}",
        premise=_has(age),
        conclusion=conclusion,
    )


def _either(before: Age, after: Age) -> Implication:
    """Something is still younger than the one length, or has reached the other."""
    return Implication(
        name=f"{name_of(before)}_or_{name_of(after)}",
        premise=AllOf((Has(before.fact), Not(_has(before)))),
        conclusion=_has(after),
    )


def _not_before(one: Age, other: Age) -> bool:
    """Whether `one` never turns earlier than `other`, whatever day both are counted from."""
    extra, others = _extra(one), _extra(other)
    mine, theirs = _whole(one.length), _whole(other.length)
    if one.length.unit.is_calendar is other.length.unit.is_calendar:
        if one.length.unit.is_calendar:
            return (mine, extra) >= (theirs, others)
        return mine + extra >= theirs + others
    if one.length.unit.is_calendar:
        return days_of_months(mine)[0] + extra >= theirs + others
    return mine + extra >= days_of_months(theirs)[1] + others


def _extra(age: Age) -> int:
    """The days after the length has passed until the age turns."""
    return 1 if age.operator in {Operator.MORE, Operator.AT_MOST} else 0


def _whole(length: Duration) -> int:
    """A length in days, or in months where its unit is of the calendar."""
    per = (
        length.unit.in_smallest
        if length.unit.is_calendar
        else length.unit.in_smallest // 86_400
    )
    return int(length.value * per)


@lru_cache(maxsize=256)
def days_of_months(months: int) -> tuple[int, int]:
    """The fewest and the most days that so many months last, over all days of the calendar.

    The calendar repeats after 400 years. Within a month it is the first day that has most days
    before it, and the last one that has fewest, as days that a month lacks are cut off.
    """
    lengths: list[int] = []
    for month in range(400 * 12):
        first = dt.date(1600 + month // 12, month % 12 + 1, 1)
        following = add_months(first, 1) or first
        for start in (first, following - dt.timedelta(days=1)):
            end = add_months(start, months)
            if end is not None:
                lengths.append((end - start).days)
    return (min(lengths), max(lengths)) if lengths else (0, 0)


def sorted_ages(ages: Iterable[Age], facts: Sequence[str]) -> tuple[Age, ...]:
    """The ages each once, in the order of their facts and then of their lengths."""
    place = {name: number for number, name in enumerate(facts)}

    def key(one: Age) -> tuple[int, bool, Fraction, str]:
        calendar = one.length.unit.is_calendar
        return (
            place.get(one.fact, len(place)),
            calendar,
            one.length.value * one.length.unit.in_smallest,
            one.operator.value,
        )

    return tuple(sorted(dict.fromkeys(ages), key=key))
