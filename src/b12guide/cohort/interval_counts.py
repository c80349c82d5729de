"""The days between doses beside the interval that a rule advises: early, within it, or late."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from attrs import frozen

from b12guide.errors import UnknownNameError
from b12guide.graph.model import Regimens, Rule, RuleGraph
from b12guide.regimen.interval import longest, shortest
from b12guide.regimen.model import Every
from b12guide.values.calendar import add
from b12guide.values.duration import Duration, DurationRange


@frozen(kw_only=True)
class RuleSpacing:
    """How many times so many days lay between two doses while a rule on them applied.

    Attributes:
        open: Whether it was not known if the rule applied.
    """

    rule: str
    loading: bool
    days: int
    count: int
    open: bool = False


@frozen(kw_only=True)
class IntervalCount:
    """How many gaps between doses have one place beside the interval of a rule.

    Attributes:
        place: `within` the interval, whatever the months; `early` or `late`, by any day;
            `between` two intervals that the rule offers; `undecidable` where it was not known
            whether the rule applied.
        low, high: The fewest and the most days of them; None where there are none.
        share: Of all gaps, those that are undecidable among them; None without a gap.
    """

    rule: str
    place: str
    count: int
    low: int | None
    high: int | None
    share: float | None


PLACES = ("early", "within", "between", "late", "undecidable")


def rule_with_interval(graph: RuleGraph, name: str) -> Rule:
    """The rule of this name, if it says how often.

    Raises:
        UnknownNameError: There is no such rule.
    """
    able = [rule.name for rule in graph.rules.values() if any(advised(rule))]
    if name not in able:
        kind = "rule with an interval"
        raise UnknownNameError(kind, name, able)
    return graph.rules[name]


def advised(rule: Rule) -> Iterator[DurationRange]:
    """The intervals that a rule advises between doses."""
    if isinstance(rule.value, Regimens):
        for regimen in rule.value.regimens:
            for phase in regimen.phases:
                if isinstance(phase.frequency, Every):
                    yield phase.frequency.interval


@lru_cache(maxsize=256)
def days_of(interval: DurationRange) -> tuple[int, int]:
    """The fewest and the most days that an interval has, whatever the months."""
    return min(_lengths(shortest(interval))), max(_lengths(longest(interval)))


def _lengths(length: Duration) -> Iterator[int]:
    """How many days a length of time has from each day of four years on, a leap year among them."""
    for ordinal in range(
        dt.date(2023, 1, 1).toordinal(), dt.date(2027, 1, 1).toordinal()
    ):
        day = dt.date.fromordinal(ordinal)
        later = add(day, length)
        if later is not None:
            yield (later - day).days


def place_of(days: int, bands: Sequence[tuple[int, int]]) -> str:
    """Where a gap of so many days lies beside the intervals."""
    if any(low <= days <= high for low, high in bands):
        return "within"
    if days < min(low for low, _ in bands):
        return "early"
    return "late" if days > max(high for _, high in bands) else "between"


def interval_counts(
    graph: RuleGraph, spacing: Iterable[RuleSpacing], rule: str, *, loading: bool | None
) -> Iterator[IntervalCount]:
    """How many gaps have each place beside the interval of a rule.

    Args:
        graph: The guideline.
        spacing: The gaps of a cohort.
        rule: The name of the rule.
        loading: Whether only gaps inside loading courses are meant, or only others; both if None.

    Raises:
        UnknownNameError: No rule of that name advises an interval.
    """
    bands = [days_of(every) for every in advised(rule_with_interval(graph, rule))]
    counts: Counter[str] = Counter()
    days: dict[str, set[int]] = {}
    for one in spacing:
        if one.rule == rule and loading in {None, one.loading}:
            place = "undecidable" if one.open else place_of(one.days, bands)
            counts[place] += one.count
            days.setdefault(place, set()).add(one.days)
    for place in PLACES:
        seen = days.get(place, set())
        yield IntervalCount(
            rule=rule,
            place=place,
            count=counts[place],
            low=min(seen, default=None),
            high=max(seen, default=None),
            share=counts[place] / counts.total() if counts.total() else None,
        )
