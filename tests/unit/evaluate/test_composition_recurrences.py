"""Visits whose interval changes with time: which makes way, and what is never lost (M98)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from b12guide.evaluate.composition import compose
from b12guide.graph import model as m
from b12guide.values.duration import DurationRange, TimeUnit


def length(number: int, unit: TimeUnit) -> DurationRange:
    return DurationRange(Fraction(number), Fraction(number), unit)


def months(number: int) -> DurationRange:
    return length(number, TimeUnit.MONTH)


def every(number: int, lasts: int | None = None) -> m.Recurrence:
    return m.Recurrence(
        every=months(number), lasts=None if lasts is None else months(lasts)
    )


def visit(*intervals: m.Recurrence, **how: object) -> m.Monitoring:
    first, *then = intervals
    return m.Monitoring(
        tests=("ferritin",),
        every=first.every,
        lasts=first.lasts,
        then=tuple(then),
        **how,  # type: ignore[arg-type]
    )


def said(*visits: m.Monitoring) -> set[object]:
    rules = [
        m.Rule(name=f"r{n}", title="", decision=m.Decision.MONITORING, value=value)
        for n, value in enumerate(visits)
    ]
    return {one.advice for one in compose(m.Decision.MONITORING, rules).default}


@pytest.mark.parametrize(
    ("kept", "needless"),
    [
        (visit(every(3, 12), every(12)), visit(every(12))),
        (visit(every(3, 12), every(12)), visit(every(24))),
        (visit(every(3, 12), every(12)), visit(every(6, 12), every(12))),
        (visit(every(3)), visit(every(3, 12), every(12))),
        (visit(every(3)), visit(every(3, 12))),
        (visit(every(3, 12), every(6)), visit(every(6, 6), every(12))),
        (visit(every(3), companions=("folate",)), visit(every(6, 12))),
    ],
)
def test_what_is_at_no_time_the_sooner_makes_way(
    kept: m.Monitoring, needless: m.Monitoring
) -> None:
    assert said(kept, needless) == {kept}
    assert said(needless, kept) == {kept}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (visit(every(3, 12), every(12)), visit(every(6))),  # sooner at first, and later
        (visit(every(3, 12)), visit(every(12))),  # the second goes on
        (visit(every(3, 12), every(12)), visit(every(6), companions=("folate",))),
        (visit(every(3, 12), every(12)), visit(every(12), after="plateau")),
        (visit(every(3, 12), every(12)), visit(every(12), during=m.Decision.LOADING)),
        (
            visit(every(3, 12), every(12)),
            visit(m.Recurrence(every=months(6), lasts=length(60, TimeUnit.WEEK))),
        ),
        (visit(every(3, 6), companions=("folate",)), visit(every(6))),
    ],
)
def test_no_phase_is_lost(one: m.Monitoring, two: m.Monitoring) -> None:
    assert said(one, two) == {one, two}
    assert said(two, one) == {one, two}


def test_a_year_is_twelve_months() -> None:
    year = m.Recurrence(every=months(3), lasts=length(1, TimeUnit.YEAR))

    assert said(visit(every(3, 12), every(12)), visit(year, every(12))) == {
        visit(year, every(12))
    }
