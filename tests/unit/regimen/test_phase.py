"""Where two phases meet, counted out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve

from b12guide.frozen import spelled
from b12guide.regimen.model import (
    Bound,
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Regimen,
    Times,
    Until,
)
from b12guide.values.duration import Duration, DurationRange, TimeUnit

DAY, WEEK, MONTH, YEAR = TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR
HOUR = TimeUnit.HOUR


def length(low: int, unit: TimeUnit, high: int | None = None) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high or low), unit)


def dose(low: str, unit: str, high: str | None = None) -> Dose:
    return Dose(Fraction(low), Fraction(high or low), unit)


PHASE = Phase(dose=dose("1000", "µg"))


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        (Every(length(1, DAY)), Times(1, 1, length(1, DAY)), Every(length(1, DAY))),
        (Every(length(7, DAY)), Every(length(1, WEEK)), Every(length(1, WEEK))),
        (
            Every(length(2, MONTH, 3)),
            Every(length(3, MONTH, 4)),
            Every(length(3, MONTH)),
        ),
        (Every(length(12, MONTH)), Every(length(1, YEAR)), Every(length(1, YEAR))),
        (
            Times(2, 3, length(1, WEEK)),
            Times(3, 4, length(1, WEEK)),
            Times(3, 3, length(1, WEEK)),
        ),
        (
            Every(length(2, DAY, 3)),
            Times(3, 3, length(1, WEEK)),
            Times(3, 3, length(1, WEEK)),
        ),
        (Every(length(1, WEEK)), Times(1, 2, length(1, WEEK)), Every(length(1, WEEK))),
        (
            Times(3, 3, length(1, WEEK)),
            Times(6, 6, length(2, WEEK)),
            Times(3, 3, length(1, WEEK)),
        ),
        (Times(7, 7, length(1, WEEK)), Every(length(1, DAY)), Every(length(1, DAY))),
        (
            Every(length(12, HOUR)),
            Times(2, 2, length(1, DAY)),
            Times(2, 2, length(1, DAY)),
        ),
        (Every(length(2, DAY)), Times(3, 3, length(1, WEEK)), None),
        (Every(length(1, MONTH)), Every(length(4, WEEK)), None),
        (Every(length(1, DAY)), Every(length(1, WEEK)), None),
        (None, Every(length(1, WEEK)), Every(length(1, WEEK))),
    ],
)
def test_frequencies_meet_where_their_spacings_overlap(
    one: Frequency | None, two: Frequency | None, met: Frequency | None
) -> None:
    for first, second in ((one, two), (two, one)):
        found = evolve(PHASE, frequency=first).intersection(
            evolve(PHASE, frequency=second)
        )

        assert (found and found.frequency) == met
        assert (found is None) is (met is None)


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        (
            ForTime(length(2, WEEK)),
            ForTime(length(1, WEEK, 3)),
            ForTime(length(2, WEEK)),
        ),
        (ForTime(length(14, DAY)), ForTime(length(2, WEEK)), ForTime(length(2, WEEK))),
        (ForTime(length(1, MONTH)), ForTime(length(4, WEEK)), None),
        (ForDoses(7), ForTime(length(1, WEEK)), ForDoses(7)),
        (ForDoses(10), ForTime(length(1, WEEK, 2)), ForDoses(10)),
        (ForDoses(8), ForTime(length(1, WEEK)), None),
        (ForDoses(7), ForDoses(8), None),
        (ForLife(), ForLife(indefinitely=True), ForLife()),
        (
            ForLife(indefinitely=True),
            ForLife(indefinitely=True),
            ForLife(indefinitely=True),
        ),
        (ForLife(), ForTime(length(1, YEAR)), None),
        (Until("a"), Until("a"), Until("a")),
        (Until("a"), Until("b"), None),
        (Until("a"), ForTime(length(1, WEEK)), None),
        (None, Until("a"), Until("a")),
    ],
)
def test_bounds_of_daily_doses_meet_where_they_come_to_the_same(
    one: Bound | None, two: Bound | None, met: Bound | None
) -> None:
    daily = evolve(PHASE, frequency=Every(length(1, DAY)))
    for first, second in ((one, two), (two, one)):
        found = evolve(daily, bound=first).intersection(evolve(daily, bound=second))

        assert spelled(found and found.bound) == spelled(met)
        assert (found is None) is (met is None)


def test_a_number_of_doses_and_a_length_both_stay_where_neither_settles_the_other() -> (
    None
):
    often = evolve(PHASE, frequency=Every(length(1, DAY, 2)))
    found = evolve(often, bound=ForDoses(10)).intersection(
        evolve(often, bound=ForTime(length(2, WEEK)))
    )

    assert found is not None
    assert found.bound == ForDoses(10, length(2, WEEK))
    daily = found.intersection(evolve(PHASE, frequency=Every(length(1, DAY))))
    assert daily is None  # ten daily doses are ten days, and not two weeks


@pytest.mark.parametrize(
    ("one", "two", "met", "unit"),
    [
        (dose("1000", "µg"), dose("1", "mg"), dose("1", "mg"), "mg"),
        (dose("500", "µg"), dose("0.5", "mg"), dose("500", "µg"), "µg"),
        (dose("500", "µg", "2000"), dose("1", "mg", "5"), dose("1", "mg", "2"), "mg"),
        (dose("1000", "µg"), dose("1000", "µg"), dose("1000", "µg"), "µg"),
        (dose("1", "g"), dose("1000", "mg"), dose("1000", "mg"), "mg"),
        (dose("720", "IU"), dose("720", "IU", "1440"), dose("720", "IU"), "IU"),
        (dose("1", "mg"), dose("1", "IU"), None, ""),
        (dose("1", "mg"), dose("2", "mg"), None, ""),
    ],
)
def test_doses_meet_by_amount_and_keep_the_unit_that_was_written(
    one: Dose, two: Dose, met: Dose | None, unit: str
) -> None:
    for first, second in ((one, two), (two, one)):
        found = first.intersection(second)

        assert found == met
        assert found is None or found.unit == unit


def test_equal_doses_are_one_key() -> None:
    assert len({dose("1000", "µg"), dose("1", "mg"), dose("0.001", "g")}) == 1
    assert dose("1", "IU") != dose("1", "mg")


def test_gates_add_up_and_an_unstated_route_meets_any() -> None:
    one = evolve(PHASE, after=("b",), route="oral")
    two = evolve(PHASE, after=("a",))
    found = one.intersection(two)

    assert found is not None
    assert (found.after, found.route) == (("a", "b"), "oral")
    assert one.intersection(evolve(two, route="intramuscular")) is None


def test_drugs_meet_in_those_of_both() -> None:
    one, two = evolve(PHASE, drugs=("b", "a")), evolve(PHASE, drugs=("a", "b", "c"))

    for first, second in ((one, two), (two, one)):
        found = first.intersection(second)
        assert found is not None
        assert found.drugs == ("a", "b")
    assert one.intersection(evolve(PHASE, drugs=("c",))) is None


def test_regimens_meet_phase_by_phase() -> None:
    one = Regimen((PHASE, evolve(PHASE, route="oral")))
    two = Regimen((evolve(PHASE, route="nasal"), PHASE))

    found = one.intersection(two)
    assert found is not None
    assert found.routes == ("nasal", "oral")
    assert found in one
    assert one.intersection(Regimen((PHASE,))) is None


def test_what_a_cache_remembers_keeps_its_own_unit() -> None:
    micrograms = Regimen((PHASE,))
    milligrams = Regimen((evolve(PHASE, dose=dose("1", "mg")),))

    assert micrograms == milligrams
    for regimen in (micrograms, milligrams):
        assert spelled(regimen.intersection(regimen)) == spelled(regimen)


LEAST, MOST = Dose(Fraction(1), None, "mg"), Dose(None, Fraction(2000), "µg")


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        (LEAST, MOST, dose("1", "mg", "2")),
        (LEAST, dose("500", "µg", "3000"), dose("1", "mg", "3")),
        (LEAST, Dose(Fraction(1000), None, "µg"), LEAST),
        (LEAST, Dose(None, Fraction(1), "mg"), dose("1", "mg")),
        (MOST, Dose(None, Fraction(1), "mg"), Dose(None, Fraction(1), "mg")),
        (LEAST, Dose(None, Fraction(999), "µg"), None),
        (LEAST, Dose(None, Fraction(4), "IU"), None),
    ],
)
def test_doses_with_an_open_end_meet(one: Dose, two: Dose, met: Dose | None) -> None:
    assert one.intersection(two) == met
    assert two.intersection(one) == met


def test_an_open_end_is_another_dose() -> None:
    (exact,) = {dose("1", "mg"), dose("1000", "µg")}

    assert len({LEAST, exact, Dose(None, Fraction(1), "mg")}) == 3
    assert evolve(PHASE, dose=exact) in evolve(PHASE, dose=LEAST)
    assert evolve(PHASE, dose=LEAST) not in evolve(PHASE, dose=exact)


def test_where_open_doses_in_two_units_meet_the_unit_is_chosen() -> None:
    met = Dose(None, Fraction(1), "mg").intersection(MOST)
    small = Dose(None, Fraction(1, 2), "mg").intersection(MOST)

    assert met is not None
    assert met.unit == "mg"
    assert small is not None
    assert (small.high, small.unit) == (Fraction(500), "µg")


def apart(number: int, unit: TimeUnit) -> Duration:
    return Duration(Fraction(number), unit)


@pytest.mark.parametrize(
    ("one", "two", "met"),
    [
        (apart(3, DAY), apart(2, DAY), apart(3, DAY)),
        (apart(3, DAY), None, apart(3, DAY)),
        (apart(7, DAY), apart(1, WEEK), apart(7, DAY)),
        (apart(1, YEAR), apart(6, MONTH), apart(1, YEAR)),
    ],
)
def test_the_larger_spacing_is_kept(
    one: Duration, two: Duration | None, met: Duration
) -> None:
    here, there = (evolve(PHASE, bound=ForDoses(9), apart=each) for each in (one, two))
    found = evolve(PHASE, bound=ForDoses(9), apart=met)

    assert here.intersection(there) == found
    assert there.intersection(here) == found
    assert found in here


@pytest.mark.parametrize(
    ("spacing", "beside"),
    [
        (apart(3, DAY), {"apart": apart(1, MONTH)}),
        (apart(3, DAY), {"frequency": Every(length(2, DAY))}),
        (apart(3, DAY), {"frequency": Times(3, 3, length(1, WEEK))}),
        (apart(32, DAY), {"frequency": Every(length(1, MONTH))}),
        (apart(1, MONTH), {"frequency": Every(length(3, WEEK))}),
        (apart(3, DAY), {"bound": ForTime(length(3, WEEK)), "frequency": None}),
    ],
)
def test_a_spacing_that_cannot_be_kept_meets_nothing(
    spacing: Duration, beside: dict[str, object]
) -> None:
    here = evolve(PHASE, bound=ForDoses(10), apart=spacing)
    there = evolve(PHASE, **beside)  # type: ignore[arg-type]

    assert here.intersection(there) is None
    assert there.intersection(here) is None


def test_a_spacing_is_as_long_in_any_unit() -> None:
    in_days, in_weeks = (
        evolve(PHASE, apart=each) for each in (apart(7, DAY), apart(1, WEEK))
    )

    assert in_days == in_weeks
    assert in_days != PHASE
    assert in_days.canonical.apart == apart(1, WEEK)
