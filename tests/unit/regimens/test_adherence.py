"""Missed and late doses: small plans worked out by hand, and laws of simulated people."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.regimen.burden import CountRange
from b12guide.regimens import Adherence, compare
from b12guide.regimens.adherence import AdherenceFound, _people, _Plan


def came(english: str, people: int = 0, seed: int = 0, **model: Any) -> AdherenceFound:
    found = compare(
        [english], adherence=model, people=people, seed=seed, years=1, cost=False
    ).regimens[0]
    assert found.adherence is not None
    return found.adherence


def point(number: float) -> CountRange:
    return CountRange(Fraction(str(number)), Fraction(str(number)))


def test_who_misses_nothing_gets_everything() -> None:
    found = came("1 mg IM every 2 months", people=3)

    assert found.planned == found.given == point(6)
    assert found.doses is not None
    assert found.uncovered_days is not None
    assert found.doses.mean == point(6)
    assert found.uncovered_days.mean == point(0)


def test_a_fifth_missed_is_a_fifth_fewer() -> None:
    found = came("1 mg IM every 2 months", missed=(0, 0.2))

    assert found.given == CountRange(Fraction("4.8"), Fraction(6))


@pytest.mark.parametrize(
    ("english", "planned", "given"),
    [
        ("1 mg IM", (1, None), ("0.8", None)),
        ("1 mg IM as needed", (0, None), ("0", None)),
        ("1 mg IM for 6 doses", (6, 6), ("4.8", "4.8")),
    ],
)
def test_doses_without_days_are_missed_as_others_are_and_nobody_is_simulated(
    english: str, planned: tuple[int, int | None], given: tuple[str, str | None]
) -> None:
    found = came(english, people=3, missed=0.2, late_days=5)

    def span(low: str | int, high: str | int | None) -> CountRange:
        return CountRange(Fraction(low), None if high is None else Fraction(high))

    assert found.planned == span(*planned)
    assert found.given == span(*given)
    assert (found.people, found.doses) == (0, None)


def test_delays_add_up_where_they_are_counted_from_the_day_given() -> None:
    # Every 56 days, 7 doses; each 14 days late: 14, 84, 154, 224, 294 and 364, of 365 days.
    late: dict[str, Any] = {"late_days": 14}

    assert came("1 mg IM every 8 weeks", **late).given == point(6)
    assert came("1 mg IM every 8 weeks", **late, from_given=False).given == point(7)


def test_tablets_are_not_late() -> None:
    assert came("1 mg orally daily", late_days=21).given == point(365)


PLAN = _Plan(
    days=(0, 10, 20, 30),
    injected=(True,) * 4,
    phases=(0,) * 4,
    horizon=40,
    following=40,
)


def people(missed: list[bool], late: list[int], **model: Any) -> dict[str, int]:
    found = _people(PLAN, Adherence(**model), np.array([missed]), np.array([late]), np)
    return {name: int(numbers[0]) for name, numbers in found.items()}


def test_a_missed_dose_leaves_its_interval_uncovered() -> None:
    found = people([False, True, False, False], [0, 0, 0, 0])

    assert found == {
        "doses": 3,
        "injections": 3,
        "uncovered_days": 10,
        "longest_gap": 20,
    }


def test_a_delay_is_uncovered_and_moves_what_follows() -> None:
    # Given on days 0, 13, 23 and 33: uncovered from day 10 to day 13.
    found = people([False] * 4, [0, 3, 0, 0])

    assert (found["uncovered_days"], found["longest_gap"]) == (3, 13)


def test_a_delay_moves_nothing_where_the_plan_stands() -> None:
    # Given on days 0, 13, 20 and 30: the third covers until day 30, the second until day 23.
    found = people([False] * 4, [0, 3, 0, 0], from_given=False)

    assert (found["uncovered_days"], found["longest_gap"]) == (3, 13)


def test_tolerance_covers_longer() -> None:
    assert people([False] * 4, [0, 3, 0, 0], tolerance_days=2)["uncovered_days"] == 1


def test_those_who_get_nothing_are_never_covered() -> None:
    found = people([True] * 4, [0] * 4)

    assert found == {
        "doses": 0,
        "injections": 0,
        "uncovered_days": 40,
        "longest_gap": 40,
    }


def test_a_delay_ends_where_the_next_dose_is_due() -> None:
    # The first dose on day 10 instead of day 0, the rest 10 days later each; the last falls away.
    found = people([False] * 4, [25, 0, 0, 0])

    assert (found["doses"], found["uncovered_days"]) == (3, 10)


def test_after_the_last_dose_of_a_course_nothing_is_uncovered() -> None:
    found = came("1 mg IM weekly for 4 doses", people=5)

    assert found.uncovered_days is not None
    assert found.uncovered_days.mean == point(0)


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    how: dict[str, Any] = {"missed": (0.05, 0.2), "late_days": (0, 21)}
    english = "1 mg IM every 2 months"
    found = came(english, people=200, seed=1, **how)

    assert found == came(english, people=200, seed=1, **how)
    assert found != came(english, people=200, seed=2, **how)


def one_by_one(plan: _Plan, people: int, seed: int) -> list[tuple[int, int, int]]:
    """The same people, one after the other, with the generator of NumPy itself."""
    draws = np.random.Generator(np.random.PCG64(seed))
    habits = 0.05 + 0.15 * draws.random(people)
    missed = draws.random((people, len(plan.days))) < habits[:, None]
    late = (draws.random((people, len(plan.days))) * 22).astype(int)
    found = []
    for person in range(people):
        shift, last, until, doses, uncovered, longest = 0, 0, 0, 0, 0, 0
        for n, day in enumerate(plan.days):
            following = [*plan.days[1:], plan.following][n]
            assert following is not None
            gap = following - day
            if missed[person, n]:
                continue
            shift += min(int(late[person, n]), gap)
            if day + shift >= plan.horizon:
                continue
            doses += 1
            uncovered += max(0, day + shift - until)
            longest = max(longest, day + shift - last)
            last, until = day + shift, day + shift + gap
        uncovered += max(0, plan.horizon - until)
        longest = max(longest, plan.horizon - last)
        found.append((doses, uncovered, longest))
    return found


def test_people_are_those_of_a_loop_over_them() -> None:
    found = came(
        "1 mg IM every 8 weeks",
        people=300,
        seed=7,
        missed=(0.05, 0.2),
        late_days=(0, 21),
    )
    plan = _Plan(
        days=tuple(range(0, 365, 56)),
        injected=(True,) * 7,
        phases=(0,) * 7,
        horizon=365,
        following=7 * 56,
    )
    doses, uncovered, longest = zip(*one_by_one(plan, 300, 7), strict=True)

    for spread, numbers in (
        (found.doses, doses),
        (found.uncovered_days, uncovered),
        (found.longest_gap, longest),
    ):
        assert spread is not None
        mean = Fraction(sum(numbers), 300)
        assert spread.mean == CountRange(mean, mean)
        assert dict(spread.percentiles)[50] == point(sorted(numbers)[149])


def test_the_mean_of_many_people_is_what_is_expected() -> None:
    found = came("1 mg IM weekly", people=4000, seed=3, missed=0.25)

    assert found.doses is not None
    # 53 doses, a quarter missed: 39.75, with a standard error of 0.05.
    assert float(found.doses.mean.low) == pytest.approx(39.75, abs=0.2)


def test_a_range_in_the_regimen_is_a_range_in_people() -> None:
    found = came("1 mg IM every 2 to 3 months", people=50, missed=0.1)

    assert found.planned == CountRange(Fraction(4), Fraction(6))
    assert found.doses is not None
    assert found.doses.mean.low < found.doses.mean.high  # type: ignore[operator]


@pytest.mark.parametrize(
    "model",
    [
        {"missed": 1.2},
        {"missed": (0.3, 0.2)},
        {"missed": True},
        {"late_days": 1.5},
        {"late_days": -1},
        {"late_days": "two"},
        {"from_given": 1},
        {"tolerance_days": -1},
    ],
)
def test_models_that_make_no_sense_are_refused(model: dict[str, Any]) -> None:
    (name,) = model

    with pytest.raises(ArgumentError, match=name):
        Adherence(**model)


def test_a_part_that_the_model_lacks_is_named() -> None:
    with pytest.raises(UnknownNameError, match="did you mean `missed`"):
        compare(["1 mg IM monthly"], adherence={"mised": 0.1})
