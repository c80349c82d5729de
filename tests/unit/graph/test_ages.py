"""Ages of facts: their names, when they turn, and what ties them (M83, M85)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import product

import pytest

from b12guide import written
from b12guide.evaluate.reference import View, truth
from b12guide.graph import ages
from b12guide.graph.ages import age, age_text, name_of, sorted_ages, ties, turning
from b12guide.graph.condition import AllOf, AnyOf, Not
from b12guide.graph.data import from_data, to_data
from b12guide.graph.model import Age, Fact, Loaded, RuleGraph, Vocabulary
from b12guide.library import Library, SourceFile
from b12guide.truth import Truth
from b12guide.values.duration import Duration, TimeUnit
from b12guide.values.term import Kind, Operator

OPERATORS = (Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST)


def of(operator: Operator, count: int, unit: TimeUnit) -> Age:
    return age("numbness", operator, Duration(Fraction(count), unit))


@pytest.mark.parametrize(
    ("one", "text", "name"),
    [
        (
            of(Operator.MORE, 28, TimeUnit.DAY),
            "numbness for more than 4 weeks",
            "numbness.for_more_than_4_weeks",
        ),
        (
            of(Operator.AT_MOST, 12, TimeUnit.MONTH),
            "numbness within 1 year",
            "numbness.within_1_year",
        ),
        (
            of(Operator.AT_LEAST, 18, TimeUnit.MONTH),
            "numbness for at least 18 months",
            "numbness.for_at_least_18_months",
        ),
    ],
)
def test_an_age_is_named_by_its_largest_unit(one: Age, text: str, name: str) -> None:
    assert age_text(one) == text
    assert name_of(one) == name


@pytest.mark.parametrize(
    ("operator", "count", "unit", "since", "turns"),
    [
        (Operator.MORE, 4, TimeUnit.WEEK, "2026-01-01", "2026-01-30"),
        (Operator.AT_MOST, 4, TimeUnit.WEEK, "2026-01-01", "2026-01-30"),
        (Operator.AT_LEAST, 4, TimeUnit.WEEK, "2026-01-01", "2026-01-29"),
        (Operator.LESS, 4, TimeUnit.WEEK, "2026-01-01", "2026-01-29"),
        (Operator.AT_LEAST, 1, TimeUnit.MONTH, "2026-01-31", "2026-02-28"),
        (Operator.MORE, 1, TimeUnit.MONTH, "2026-01-31", "2026-03-01"),
        (Operator.AT_LEAST, 1, TimeUnit.YEAR, "2024-02-29", "2025-02-28"),
        (Operator.AT_LEAST, 1, TimeUnit.YEAR, "9999-02-28", None),
        (Operator.MORE, 1, TimeUnit.DAY, "9999-12-30", None),
    ],
)
def test_the_day_on_which_an_age_turns(
    operator: Operator, count: int, unit: TimeUnit, since: str, turns: str | None
) -> None:
    found = turning(of(operator, count, unit), dt.date.fromisoformat(since))

    assert found == (None if turns is None else dt.date.fromisoformat(turns))


LENGTHS = [
    (27, TimeUnit.DAY),
    (4, TimeUnit.WEEK),
    (30, TimeUnit.DAY),
    (31, TimeUnit.DAY),
    (32, TimeUnit.DAY),
    (1, TimeUnit.MONTH),
    (2, TimeUnit.MONTH),
    (59, TimeUnit.DAY),
    (62, TimeUnit.DAY),
    (1, TimeUnit.YEAR),
    (365, TimeUnit.DAY),
    (366, TimeUnit.DAY),
]
ALL = [of(how, *length) for how in OPERATORS for length in LENGTHS]
# Each end of each month, before, in and after leap years, and where a century is none.
DAYS = [
    dt.date(year, month, 1) + dt.timedelta(days=by)
    for year in (2023, 2024, 2100)
    for month in range(1, 13)
    for by in (-1, 0, 27)
]
GRAPH = RuleGraph(
    name="g",
    title="G",
    version="1.0.0",
    vocabulary=Vocabulary(
        facts={
            name: Fact(kind=Kind.FINDING, name=name, label=name)
            for name in ("numbness", *map(name_of, ALL))
        }
    ),
)


def so(one: Age, since: dt.date, day: dt.date) -> bool:
    """Whether it has that age, by the words of M83 alone."""
    turns = turning(one, since)
    assert turns is not None
    return (day >= turns) is (one.operator in {Operator.MORE, Operator.AT_LEAST})


def test_ties_allow_what_happens_on_the_calendar_and_nothing_else() -> None:
    for one, other in product(ALL, ALL):
        if one == other:
            continue
        kept = AllOf(
            tuple(
                AnyOf((Not(tie.premise), tie.conclusion)) for tie in ties((one, other))
            )
        )
        happens = {
            (True, so(one, since, day), so(other, since, day))
            for since in DAYS
            for turns in (turning(one, since), turning(other, since))
            if turns is not None
            for day in (turns - dt.timedelta(days=1), turns)
        }
        happens.add((False, False, False))
        names = ("numbness", name_of(one), name_of(other))
        allowed = {
            values
            for values in product((False, True), repeat=3)
            if truth(
                kept,
                View(
                    graph=GRAPH,
                    possible={
                        name: frozenset([(value, False)])
                        for name, value in zip(names, values, strict=True)
                    },
                ),
            )
            is Truth.TRUE
        }

        assert allowed == happens, (age_text(one), age_text(other))


def test_months_last_as_long_as_the_calendar_says() -> None:
    assert ages.days_of_months(1) == (28, 31)
    assert ages.days_of_months(2) == (59, 62)
    assert ages.days_of_months(12) == (365, 366)
    assert ages.days_of_months(48) == (1460, 1461)


def test_ages_stand_in_an_order_of_their_own() -> None:
    first = sorted_ages(ALL, ("numbness",))

    assert first == sorted_ages(reversed(ALL), ("numbness",))
    assert len(first) == len(ALL)


WRITTEN = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    status  submitted
finding numbness "numbness"
drug mecobalamin "mecobalamin"
rule form
    when     numbness for more than 4 weeks
    form     mecobalamin
    strength should
    cites    s
source s "S" by "A", 2024
"""


def loaded(text: str) -> Loaded:
    library = Library(SourceFile("ages.gdl", text.encode()))
    return written.compiled(written.check(library))


def graph_of(text: str) -> RuleGraph:
    return loaded(text).graph


def test_how_a_length_is_spelled_is_no_content() -> None:
    graph = graph_of(WRITTEN)

    assert graph_of(WRITTEN.replace("4 weeks", "28 days")).digest == graph.digest
    assert graph_of(WRITTEN.replace("4 weeks", "29 days")).digest != graph.digest
    assert graph_of(WRITTEN.replace("more than", "at least")).digest != graph.digest


def test_what_a_claim_alone_asks_is_no_content() -> None:
    claim = "invariant i never mecobalamin unless numbness for at least 3 weeks\n"

    found = loaded(WRITTEN + claim)

    assert len(found.graph.ages) == 2
    assert found.graph.digest == graph_of(WRITTEN).digest
    assert from_data(to_data(found), found.texts) == found
