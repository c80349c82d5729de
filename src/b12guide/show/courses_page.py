"""The courses of a cohort as a page, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import asdict, fields

from b12guide.cohort.shares import plain_drawn
from b12guide.course.model import Course
from b12guide.course.of_cohort import CohortCourses, GroupCourse, GroupRow, rows_of
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.validity import validity_text
from b12guide.say.words import plural
from b12guide.show.course_page import (
    course_plain,
    day_text,
    made_up_text,
    plural_years,
    ranges_of,
    what_it_rests_on,
)
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone, shortened
from b12guide.show.patient_header import assumed_particulars, guideline_particulars
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import guideline_json

__all__ = ["courses_json", "courses_page", "courses_to_csv"]


def courses_json(found: CohortCourses) -> dict[str, Any]:
    """The courses as a value that `json.dumps` takes."""
    return {
        "schema": "b12guide.cohort-courses/1",
        "guideline": guideline_json(found.graph),
        "engine": engine_json(found),
        "education": EDUCATION_NOTICE,
        "frames": found.kind,
        "patients": found.patients,
        **plain_drawn(found.sampling),
        "simulated": found.simulated,
        "left_out": found.left_out,
        "assumed": dict(found.assumed),
        "groups": [
            {
                "patients": one.patients,
                "advice": one.advice,
                "why": one.why,
                "course": None if one.course is None else course_plain(one.course),
            }
            for one in found.groups
        ],
        "notice": found.notice,
        "limits": list(found.limits),
    }


def courses_to_csv(found: CohortCourses) -> str:
    """A table with a row for each group, day and quantity; the notice stands in each row."""
    columns = (*(one.name for one in fields(GroupRow)), "notice")
    rows = ({**asdict(row), "notice": found.notice} for row in rows_of(found))
    return to_csv(columns, rows)


def courses_page(found: CohortCourses) -> Page:
    """What comes of the advice to each group, who has no course and why, and what it rests on."""
    with_course = [one for one in found.groups if one.course is not None]
    without = [one for one in found.groups if one.course is None]
    courses = [one.course for one in with_course if one.course is not None]
    sections = (
        Section(
            title="What comes of what is advised, the largest group first",
            items=shortened([_group(one) for one in with_course]),
        ),
        Section(
            title="Without a course",
            items=shortened([_left_out(one) for one in without]),
        ),
        *what_it_rests_on(
            limits=found.limits,
            notes=[note for one in courses for note in one.notes],
            ranges=[used for one in courses for used in ranges_of(one)],
        ),
    )
    return Page(
        title="The course of vitamin B12 in the patients of a cohort",
        warning=validity_text(found.graph),
        particulars=tuple(_particulars(found, courses)),
        notice=f"{found.notice} {EDUCATION_NOTICE}",
        sections=tuple(section for section in sections if section.items),
    )


def _particulars(
    found: CohortCourses, courses: list[Course]
) -> Iterator[tuple[str, str]]:
    yield from guideline_particulars(found.graph)
    yield "Patients", f"{found.patients:,}"
    if found.sampling is not None:
        yield "Counted", found.sampling.rows_text
    yield "With a course", f"{found.simulated:,}"
    yield "Left out", f"{found.left_out:,}"
    for one in courses[:1]:  # all are made up in the same way
        yield "How long", plural_years(one.years)
        yield "People", f"for each group {made_up_text(one)}"
    yield from assumed_particulars(found.assumed, found.graph)


def _group(one: GroupCourse) -> Item:
    items: tuple[Item, ...] = ()
    if one.course is not None:
        end = one.course.at(one.course.days[-1])
        items = tuple(
            Item(label=f"{name}, {day_text(end.day).lower()}", text=level.said)
            for name, level in (("Serum", end.serum), ("Store", end.store))
        )
    return Item(label=_people(one), text=_advice(one), items=items)


def _left_out(one: GroupCourse) -> Item:
    details = (f"Advised: {_advice(one)}",) if one.advice else ()
    why = f"not simulated: {one.why}"
    return Item(label=_people(one), text=why, details=details, tone=Tone.CAUTION)


def _people(one: GroupCourse) -> str:
    return plural(f"{one.patients:,}", "patient")


def _advice(one: GroupCourse) -> str:
    return one.advice or "no regimen"
