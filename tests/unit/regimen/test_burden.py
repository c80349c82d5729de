"""What schedules ask in a year, counted by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from attrs import evolve

from b12guide.regimen.burden import Burden, CountRange, burden, either, over_years
from b12guide.regimen.model import (
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
from b12guide.values.duration import DurationRange, TimeUnit


def length(low: int, unit: TimeUnit, high: int | None = None) -> DurationRange:
    return DurationRange(Fraction(low), Fraction(high or low), unit)


def one(
    frequency: Frequency | None,
    bound: ForTime | ForDoses | ForLife | Until | None = None,
    route: str = "intramuscular",
    dose: Dose | None = None,
) -> Regimen:
    amount = dose or Dose(Fraction(1000), Fraction(1000), "µg")
    phase = Phase(dose=amount, route=route, frequency=frequency, bound=bound)
    return Regimen((phase,))


def span(count: CountRange) -> tuple[int, int]:
    assert count.high is not None
    return (int(count.low), int(count.high))


MONTH, DAY, WEEK, YEAR = TimeUnit.MONTH, TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.YEAR


@pytest.mark.parametrize(
    ("frequency", "first", "later"),
    [
        (Every(length(1, MONTH)), (12, 12), (12, 12)),
        (Every(length(2, MONTH)), (6, 6), (6, 6)),
        (Every(length(2, MONTH, 3)), (4, 6), (4, 6)),
        (Every(length(5, MONTH)), (3, 3), (2, 3)),
        (Every(length(1, YEAR)), (1, 1), (1, 1)),
        (Every(length(1, DAY)), (365, 365), (365, 366)),
        (Every(length(2, DAY)), (183, 183), (182, 183)),
        (Every(length(1, WEEK)), (53, 53), (52, 53)),
        (Times(3, 3, length(1, MONTH)), (34, 36), (36, 36)),
        (Times(1, 2, length(1, MONTH)), (11, 24), (12, 24)),
    ],
)
def test_maintenance_alone(
    frequency: Frequency, first: tuple[int, int], later: tuple[int, int]
) -> None:
    found = burden(None, one(frequency, ForLife()))

    assert span(found.later.injections) == later
    assert span(found.first.injections)[1] == first[1]
    assert span(found.first.injections)[0] <= first[1]
    assert found.until == ()


def test_loading_of_a_fixed_length_comes_first() -> None:
    loading = one(Times(3, 3, length(1, WEEK)), ForTime(length(2, WEEK)))
    found = burden(loading, one(Every(length(2, MONTH, 3)), ForLife()))

    # six, then from mid-January: March ... November, or April, July, October
    assert span(found.first.injections) == (9, 11)
    assert span(found.later.injections) == (4, 6)
    assert [(unit, span(c)) for unit, c in found.first.amounts] == [
        ("µg", (9000, 11_000))
    ]


def test_loading_until_an_event_may_end_at_once_or_not_at_all() -> None:
    loading = one(Every(length(2, DAY)), Until("plateau"))
    found = burden(loading, one(Every(length(2, MONTH)), ForLife()))

    assert span(found.first.injections) == (6, 183)
    assert found.until == ("plateau",)


def test_tablets_are_no_injections() -> None:
    found = burden(None, one(Every(length(1, DAY)), route="oral"))

    assert span(found.first.doses) == (365, 365)
    assert span(found.first.injections) == span(found.first.visits) == (0, 0)


def test_a_day_with_two_injections_is_one_visit() -> None:
    found = burden(None, one(Times(2, 2, length(1, DAY))))

    assert span(found.later.injections) == (730, 732)
    assert span(found.later.visits) == (366, 366)


def test_a_range_of_doses_is_a_range_of_amounts() -> None:
    dose = Dose(Fraction(500), Fraction(1000), "µg")
    found = burden(None, one(Every(length(2, MONTH, 3)), dose=dose))

    assert [(unit, span(c)) for unit, c in found.later.amounts] == [
        ("µg", (2000, 6000))
    ]


def test_a_number_of_doses_is_given_once() -> None:
    loading = one(Every(length(1, WEEK)), ForDoses(4))
    found = burden(loading, None)

    assert span(found.first.injections) == (4, 4)
    assert span(found.later.injections) == (0, 0)


def low_and_high(count: CountRange) -> tuple[int, int | None]:
    return (int(count.low), None if count.high is None else int(count.high))


@pytest.mark.parametrize(
    ("bound", "first", "later"),
    [
        (None, (1, None), (0, None)),
        (ForLife(), (1, None), (0, None)),
        (ForTime(length(3, WEEK)), (1, None), (0, 0)),
        (ForDoses(6), (6, 6), (0, 0)),
    ],
)
def test_a_phase_that_does_not_say_how_often_has_no_most(
    bound: ForTime | ForDoses | ForLife | None,
    first: tuple[int, int | None],
    later: tuple[int, int | None],
) -> None:
    regimen = one(None, bound)
    found = burden(None, regimen)
    asked = over_years(None, regimen, 2)

    assert found.unstated
    assert low_and_high(found.first.injections) == first
    assert low_and_high(found.later.injections) == later
    assert [low_and_high(y.injections) for y in asked.years] == [first, later]
    assert low_and_high(asked.total.injections) == first


@pytest.mark.parametrize(
    ("frequency", "bound", "most"),
    [
        (None, None, None),
        (None, ForTime(length(3, WEEK)), None),
        (None, ForDoses(6), 6),
        (Every(length(1, MONTH)), None, 24),
    ],
)
def test_what_is_taken_as_needed_may_be_taken_never_over_some_years(
    frequency: Frequency | None, bound: ForTime | ForDoses | None, most: int | None
) -> None:
    (phase,) = one(frequency, bound).phases
    regimen = Regimen((evolve(phase, as_needed=True),))

    assert low_and_high(over_years(None, regimen, 2).total.injections) == (0, most)


def test_a_single_dose_is_one() -> None:
    found = burden(None, one(None, ForDoses(1)))

    assert not found.unstated
    assert span(found.first.injections) == (1, 1)
    assert span(found.later.injections) == (0, 0)


def test_a_phase_without_an_end_that_another_follows_may_end_at_once_or_never() -> None:
    monthly, rarely = (one(Every(length(n, MONTH)), route="oral") for n in (1, 3))
    found = burden(monthly, rarely)
    asked = over_years(monthly, rarely, 2)

    # 1 January, then April, July and October; or each month.
    assert span(found.first.doses) == (4, 12)
    assert span(asked.total.doses) == (8, 24)
    assert found.until == asked.until == ("the next phase",)
    assert over_years(None, rarely, 2).until == ()


def test_what_follows_doses_without_days_may_come_at_once_or_never() -> None:
    asked = over_years(one(None, ForDoses(3)), one(Every(length(1, MONTH))), 1)

    # On 1, 2 and 3 January, then each month from February on; or nothing more.
    assert span(asked.total.doses) == (3, 14)


def test_either_of_two_is_the_range_of_both() -> None:
    monthly, rarely = (burden(None, one(Every(length(n, MONTH)))) for n in (1, 3))
    found = either([monthly, rarely])

    assert isinstance(found, Burden)
    assert span(found.later.injections) == (4, 12)


def test_every_phase_of_maintenance_is_counted() -> None:
    monthly = Phase(
        dose=Dose(Fraction(1000), Fraction(1000), "µg"),
        route="intramuscular",
        frequency=Every(length(1, MONTH)),
        bound=ForTime(length(6, MONTH)),
    )
    rarely = evolve(monthly, frequency=Every(length(3, MONTH)), bound=ForLife())
    found = burden(None, Regimen((monthly, rarely)))

    # January to June, then August and November; then every third month.
    assert span(found.first.injections) == (8, 8)
    assert span(found.later.injections) == (4, 4)
    assert span(found.year(2).injections) == span(found.year(9).injections) == (4, 4)


def test_a_phase_that_ends_in_the_second_year_has_a_year_of_its_own() -> None:
    monthly = Phase(
        dose=Dose(Fraction(1), Fraction(1), "mg"),
        route="intramuscular",
        frequency=Every(length(1, MONTH)),
        bound=ForTime(length(18, MONTH)),
    )
    yearly = evolve(monthly, frequency=Every(length(1, YEAR)), bound=ForLife())
    found = burden(None, Regimen((monthly, yearly)))

    # Eighteen doses; the first yearly one is due a year after the last of them.
    assert [span(y.injections) for y in found.years] == [(12, 12), (6, 6), (1, 1)]
    assert span(found.later.injections) == (1, 1)


def test_treatment_that_ends_asks_nothing_later() -> None:
    found = burden(None, one(Every(length(1, MONTH)), ForTime(length(6, MONTH))))

    assert span(found.first.injections) == (6, 6)
    assert span(found.later.injections) == (0, 0)


def test_amounts_in_two_units_are_one_sum() -> None:
    loading = one(Every(length(1, WEEK)), ForDoses(4))
    going_on = one(
        Every(length(1, YEAR)), ForLife(), dose=Dose(Fraction(2), Fraction(2), "mg")
    )
    found = burden(loading, going_on)

    assert [(unit, span(c)) for unit, c in found.first.amounts] == [
        ("µg", (4000, 4000))
    ]
    assert [(unit, span(c)) for unit, c in found.later.amounts] == [("mg", (2, 2))]


def test_a_length_that_is_a_range_is_a_range_of_doses() -> None:
    found = burden(
        one(Every(length(1, DAY)), ForTime(length(1, WEEK, 2))),
        one(Every(length(1, YEAR)), ForLife()),
    )

    # the first yearly dose comes in the next year
    assert span(found.first.injections) == (7, 14)


def test_what_an_open_dose_comes_to_has_no_upper_end() -> None:
    least = one(Every(length(1, WEEK)), ForDoses(4), dose=Dose(Fraction(1), None, "mg"))
    most = one(Every(length(1, WEEK)), ForDoses(4), dose=Dose(None, Fraction(2), "mg"))
    nothing, four, eight = Fraction(0), Fraction(4), Fraction(8)

    assert burden(least, None).first.amounts == (("mg", CountRange(four, None)),)
    assert burden(most, None).first.amounts == (("mg", CountRange(nothing, eight)),)
    # In later years there is no dose, however large it might be.
    assert burden(least, None).later.amounts == ()


def test_counts_without_an_upper_end_stay_without_one() -> None:
    nothing, two, three = Fraction(0), Fraction(2), Fraction(3)
    open_, closed = CountRange(two, None), CountRange(three, three)

    assert open_ + closed == CountRange(Fraction(5), None)
    assert open_.or_(closed) == CountRange(two, None)
    assert open_.times(closed) == CountRange(Fraction(6), None)
    assert open_.times(CountRange(nothing, nothing)) == CountRange(nothing, nothing)


def test_what_is_taken_as_needed_may_be_taken_never() -> None:
    (phase,) = one(Every(length(1, DAY)), ForLife(), route="oral").phases
    found = burden(None, Regimen((evolve(phase, as_needed=True),)))

    assert span(found.first.doses) == (0, 365)
    assert span(found.later.doses) == (0, 366)
