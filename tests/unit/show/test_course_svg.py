from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

from b12guide import course
from b12guide.course.notice import SERUM_IS_NOT_STORE
from b12guide.show.course_svg import course_drawing, course_to_png, course_to_svg
from b12guide.show.drawing import NARROW, WIDE, Box, Fill, Strokes, Words

FOUND = course.simulate("1000 µg mecobalamin IM every 2 months", years=2, people=30)
DAILY = course.simulate(
    "1000 µg mecobalamin orally daily", years=2, people=30, intrinsic_factor=True
)


def words(found: course.Course, width: float = WIDE) -> list[str]:
    parts = course_drawing(found, width).parts
    return [part.text for part in parts if isinstance(part, Words)]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_nothing_lies_outside_the_picture(width: float) -> None:
    drawing = course_drawing(FOUND, width)
    for part in drawing.parts:
        if isinstance(part, Box):
            assert -1 <= part.x <= part.x + part.width <= width + 1
            assert 0 <= part.y <= part.y + part.height <= drawing.height
        if isinstance(part, Strokes):
            for segment in part.segments:
                assert all(-1 <= x <= width + 14 for x in segment[::2])
                assert all(0 <= y <= drawing.height for y in segment[1::2])


def test_serum_is_not_store_stands_in_the_picture() -> None:
    assert SERUM_IS_NOT_STORE in " ".join(words(FOUND))
    assert SERUM_IS_NOT_STORE in course_drawing(FOUND).words


def test_serum_goes_by_powers_of_ten_and_the_store_from_nothing() -> None:
    found = words(FOUND)

    assert {"100", "1 000", "2 000"} <= set(found)
    assert "0" in found


def test_a_course_with_a_start_has_dates() -> None:
    dated = evolve(FOUND, start=dt.date(2026, 1, 1))

    assert "2026-07" in words(dated)
    assert "first dose" in words(FOUND)


def test_a_dose_on_every_day_is_one_bar() -> None:
    bars = [
        part
        for part in course_drawing(DAILY).parts
        if isinstance(part, Box) and part.fill is Fill.HATCHED
    ]

    assert [bar.said for bar in bars] == ["731 days with doses"]


def test_the_same_course_gives_the_same_picture() -> None:
    assert course_to_svg(FOUND) == course_to_svg(FOUND)
    assert course_to_svg(FOUND) != course_to_svg(DAILY)


def test_the_picture_is_there_in_points_too() -> None:
    pytest.importorskip("vl_convert")

    assert course_to_png(FOUND).startswith(b"\x89PNG")
