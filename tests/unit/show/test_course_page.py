from __future__ import annotations

import pytest

from b12guide import course
from b12guide.course.notice import LIMITS, SERUM_IS_NOT_STORE
from b12guide.show.course_page import course_page, moment_text
from b12guide.show.page import Page

FOUND = course.simulate("1000 µg hydroxocobalamin IM every 2 months", people=20)
MECOBALAMIN = course.simulate("1 mg mecobalamin IM monthly", years=1, people=20)


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections]


def test_the_page_begins_with_what_a_level_does_not_say() -> None:
    assert course_page(FOUND).notice.startswith(SERUM_IS_NOT_STORE)
    assert SERUM_IS_NOT_STORE in " ".join(FOUND.to_text().split())


def test_it_says_what_the_model_cannot_tell() -> None:
    text = " ".join(FOUND.to_text().split())

    for limit in LIMITS:
        assert limit in text
    assert "every licensed schedule ample" in text


def test_each_range_stands_with_its_source() -> None:
    text = " ".join(FOUND.to_text().split())

    assert "Glass 1961" in text
    assert "IOM 1998" in text


@pytest.mark.parametrize(("found", "is_there"), [(FOUND, False), (MECOBALAMIN, True)])
def test_what_nobody_published_of_mecobalamin_is_said_where_it_is_given(
    found: course.Course, *, is_there: bool
) -> None:
    assert ("mecobalamin kept" in found.to_text()) is is_there


def test_years_and_days_are_named() -> None:
    serum = course_page(FOUND).sections[0]

    assert [item.label for item in serum.items][-1] == "After 5 years"
    assert [item.label for item in serum.items][:2] == [
        "Before the first dose",
        "Day 1",
    ]
    assert "What was taken for granted" not in titles(course_page(FOUND))


def test_a_day_in_words_has_the_notice() -> None:
    assert moment_text(FOUND.at(30)).endswith(SERUM_IS_NOT_STORE)
