from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from attrs import evolve

from b12guide import course
from b12guide.course import Level
from b12guide.errors import ArgumentError, UnknownNameError

FOUND = course.simulate(
    "1000 µg mecobalamin IM every 3 months", years=0.5, people=20, seed=3
)


@pytest.mark.parametrize(
    ("day", "number"),
    [(60, 60), ("60 d", 60), ("8 weeks", 56), ("2 months", 61), (0, 0)],
)
def test_a_day_is_named_as_a_person_would(day: Any, number: int) -> None:
    found = FOUND.at(day)

    assert found.day == number
    assert found.serum.median == FOUND.serum.median[number]
    assert found.notice == course.SERUM_IS_NOT_STORE


@pytest.mark.parametrize(
    ("years", "day"), [(0.5, "6 months"), (2, "2 years"), (3, "36 months")]
)
def test_the_end_of_a_course_is_a_day_of_it(years: float, day: str) -> None:
    found = course.simulate(
        "1 mg hydroxocobalamin IM every 2 months", years=years, people=2
    )

    assert found.at(day).day == found.days[-1]


def test_a_day_may_be_a_number_of_numpy() -> None:
    assert FOUND.at(np.int64(5)).day == 5  # type: ignore[arg-type]


def test_a_course_with_a_start_knows_dates() -> None:
    dated = evolve(FOUND, start=dt.date(2026, 1, 1))

    assert dated.at(dt.date(2026, 1, 31)).day == 30
    with pytest.raises(ArgumentError, match="has no start"):
        FOUND.at(dt.date(2026, 1, 31))


@pytest.mark.parametrize(
    "day",
    [-1, 1000, 1.5, float("nan"), float("inf"), "2 years", "soon", "3 mg", None, True],
)
def test_a_day_that_the_course_does_not_have_is_refused(day: Any) -> None:
    with pytest.raises(ArgumentError, match="day"):
        FOUND.at(day)


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_the_frame_has_a_row_for_each_day_and_quantity(kind: str) -> None:
    pytest.importorskip(kind)
    frame = FOUND.to_frame(kind)

    assert len(frame) == len(FOUND.days) * 4
    assert type(frame).__module__.partition(".")[0] == kind


def test_a_kind_of_frame_that_there_is_not_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="kind of frame"):
        FOUND.to_frame("excel")


@pytest.mark.parametrize(
    ("low", "middle", "high", "said"),
    [
        (2.04, 4, 60, "half have less than 4 mg; nine of ten 2.04 to 60 mg"),
        (1234, 1300, 1411, "half have less than 1300 mg; nine of ten 1230 to 1410 mg"),
        (
            10.98,
            11.01,
            11.04,
            "half have less than 11.01 mg; nine of ten 10.98 to 11.04 mg",
        ),
        (11, 11, 11.4, "half have less than 11 mg; nine of ten 11 to 11.4 mg"),
        (11, 11, 11, "nine of ten have 11 mg"),
    ],
)
def test_a_level_is_told_with_digits_that_tell_it_apart(
    low: float, middle: float, high: float, said: str
) -> None:
    level = Level(
        unit="mg",
        lowest=low,
        p5=low,
        p25=low,
        median=middle,
        p75=high,
        p95=high,
        highest=high,
    )

    assert level.said == said
