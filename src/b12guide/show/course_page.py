"""The course of a regimen as a page, as JSON and as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from attrs import fields, has

from b12guide.course.model import Course, Level, Moment, UsedRange, rows_of
from b12guide.course.parameters import FORMS, Grade
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.numbers import number_json, number_text, range_text
from b12guide.say.validity import validity_text
from b12guide.say.words import listing, plural
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.terminal import to_csv
from b12guide.show.to_json import guideline_json

__all__ = ["course_json", "course_page", "course_to_csv", "made_up_text"]

_BANDS = tuple(one.name for one in fields(Level) if one.name != "unit")
COLUMNS = ("day", "quantity", "unit", *_BANDS, "notice")
"""The columns of the table; the notice stands in each row, so that it is not left behind."""

_SHOWN = (0, 1, 7, 28, 91, 182)
_YEAR = 365.25


# ---------------------------------------------------------------------------------- data


def course_json(course: Course) -> dict[str, Any]:
    """The course as a value that `json.dumps` takes."""
    return {
        "schema": "b12guide.course/1",
        "guideline": None if course.graph is None else guideline_json(course.graph),
        "engine": engine_json(course),
        "education": EDUCATION_NOTICE,
        **course_plain(course),
    }


def course_plain(course: Course) -> dict[str, Any]:
    """The course as plain data, without the guideline and the engine."""
    return {
        one.name: _plain(getattr(course, one.name))
        for one in fields(Course)
        if one.name not in {"engine", "graph"}
    }


def _plain(value: Any) -> Any:
    match value:
        case Fraction():
            return number_json(value)
        case dt.date():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _ if has(type(value)):
            kind: Any = type(value)
            return {one.name: _plain(getattr(value, one.name)) for one in fields(kind)}
        case _:
            return value


def course_to_csv(course: Course) -> str:
    """A table with a row for each day and quantity."""
    return to_csv(COLUMNS, (_row(course, *row) for row in rows_of(course)))


def _row(course: Course, day: int, name: str, level: Level) -> dict[str, Any]:
    numbers = {band: getattr(level, band) for band in _BANDS}
    return {
        "day": day,
        "quantity": name,
        "unit": level.unit,
        **numbers,
        "notice": course.notice,
    }


# ---------------------------------------------------------------------------------- page


def course_page(course: Course) -> Page:
    """What serum and store come to on some days, what it rests on, and what it cannot tell."""
    sections = (
        Section(title="Serum", items=tuple(_items(course, "serum"))),
        Section(title="Store", items=tuple(_items(course, "store"))),
        Section(
            title="Came in, and went out with the urine",
            items=tuple(_items(course, "absorbed", "urine", last=True)),
        ),
        *what_it_rests_on(
            limits=course.limits, notes=course.notes, ranges=ranges_of(course)
        ),
    )
    return Page(
        title="The course of vitamin B12",
        warning="" if course.graph is None else validity_text(course.graph),
        particulars=tuple(_particulars(course)),
        notice=f"{course.notice} {EDUCATION_NOTICE}",
        sections=tuple(section for section in sections if section.items),
    )


def what_it_rests_on(
    *, limits: Iterable[str], notes: Iterable[str], ranges: Iterable[UsedRange]
) -> Iterator[Section]:
    """What courses cannot tell, and what they were made from, each said once."""
    yield Section(
        title="What it cannot tell",
        items=tuple(Item(text=one, tone=Tone.CAUTION) for one in limits),
    )
    yield Section(
        title="What was taken for granted",
        items=tuple(Item(text=one) for one in dict.fromkeys(notes)),
    )
    used = dict.fromkeys(ranges)
    open_ = [one for one in used if one.grade == Grade.UNKNOWN.value and not one.is_own]
    yield Section(title="What nobody has published", items=tuple(map(_range, open_)))
    yield Section(
        title="The ranges that people were made up from",
        items=tuple(_range(one) for one in used if one not in open_),
        is_behind=True,
    )


def ranges_of(course: Course) -> Iterator[UsedRange]:
    """The ranges that bear on the forms that are given."""
    others = [form for form in FORMS if form not in course.drugs]
    for one in course.ranges:
        if not one.name.startswith(tuple(others)):
            yield one


def _particulars(course: Course) -> Iterator[tuple[str, str]]:
    if course.graph is not None:
        yield from guideline_particulars(course.graph)
    yield "Regimen", course.regimen
    yield "Form", listing(course.drugs)
    yield "How long", plural_years(course.years)
    if course.start is not None:
        yield "First dose", course.start.isoformat()
    yield "People", made_up_text(course)


def plural_years(years: Fraction) -> str:
    """So many years."""
    return "1 year" if years == 1 else f"{number_text(years)} years"


def made_up_text(course: Course) -> str:
    """Of how many people it is the course, and of which."""
    factor = {
        True: "with intrinsic factor",
        False: "without intrinsic factor",
        None: "half of them with intrinsic factor",
    }[course.intrinsic_factor]
    people = "1 person" if course.people == 1 else f"{course.people} people"
    return f"{people} made up from published ranges, {factor}; seed {course.seed}"


def _items(course: Course, *names: str, last: bool = False) -> Iterator[Item]:
    days = set(course.days)
    years = (int(_YEAR * year) for year in range(1, int(course.years) + 1))
    shown = [day for day in (*_SHOWN, *years) if day in days]
    for day in shown[-1:] if last else shown:
        moment = course.at(day)
        for name in names:
            label = day_text(day)
            text = getattr(moment, name).said
            yield Item(label=label if len(names) == 1 else _LABELS[name], text=text)


_LABELS = {"absorbed": "Came in", "urine": "Urine"}


def day_text(day: int) -> str:
    """When a day is, counted from the first dose."""
    if day == 0:
        return "Before the first dose"
    if day >= _YEAR - 1:
        return f"After {plural(round(day / _YEAR), 'year')}"
    return f"Day {day}"


def _range(one: UsedRange) -> Item:
    numbers = range_text(one.low, one.high) if one.low != one.high else None
    text = f"{numbers or number_text(one.low)} {one.unit}: {one.about}"
    details = [f"Source: {one.source}"]
    if one.derived:
        details.append(f"Worked out: {one.derived}")
    tone = Tone.CAUTION if one.grade == Grade.UNKNOWN.value else Tone.PLAIN
    label = one.name.replace("_", " ")
    return Item(label=label, text=text, details=tuple(details), tone=tone)


def moment_text(moment: Moment) -> str:
    """One day in words, with the notice."""
    serum, store = moment.serum.said, moment.store.said
    return f"Day {moment.day}. Serum: {serum}. Store: {store}. {moment.notice}"
