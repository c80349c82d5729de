"""The course of a regimen as a picture: serum by powers of ten, doses, and the store below it.

Half of the people lie in the darker band, nine of ten in the lighter. Where several days share a
column, the band goes from the lowest to the highest of them, so that no peak is lost.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from b12guide.course.model import Bands, Course
from b12guide.course.model_misfit import misfit
from b12guide.extras import load
from b12guide.say.words import listing
from b12guide.show.course_page import made_up_text, plural_years
from b12guide.show.drawing import (
    WIDE,
    Axis,
    Box,
    Drawing,
    Fill,
    Part,
    Picture,
    Segment,
    Strokes,
    Words,
    fitted,
    legend,
    picture,
    to_svg,
)
from b12guide.show.patient_header import guideline_particulars

__all__ = ["course_drawing", "course_picture", "course_to_png", "course_to_svg"]

_LEFT, _RIGHT = 64.0, 14.0
_SERUM, _STORE, _TICKS, _GAP = 230.0, 140.0, 14.0, 34.0
_COLUMN = 2
_SOME_DAY = dt.date(2001, 1, 1)
_COLOURS = {"serum": "blue", "store": "green"}
_NICE = (1, 2, 5, 10)

Height = Callable[[float], float]


def course_to_svg(course: Course) -> str:
    """The picture as the text of an `.svg` file; the same course gives the same text."""
    return to_svg(course_drawing(course))


def course_to_png(course: Course) -> bytes:
    """The picture as the content of a `.png` file.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    converter: Any = load("vl_convert", extra="plot")
    content: bytes = converter.svg_to_png(course_to_svg(course), scale=2)
    return content


def course_picture(course: Course) -> Picture:
    """The picture for a page."""
    return picture(partial(course_drawing, course))


def course_drawing(course: Course, width: float = WIDE) -> Drawing:
    """The drawing of a course."""
    first = course.start or _SOME_DAY
    last = first + dt.timedelta(course.days[-1])
    is_dated = course.start is not None
    axis = Axis(first, last, _LEFT, width - _RIGHT, is_dated=is_dated)
    parts: list[Part] = []
    y = 16.0
    parts += _title(f"Level in serum, {course.serum.unit}", y)
    parts += _panel(course, "serum", axis, y + 10, _SERUM)
    y += 10 + _SERUM + 6
    parts += _doses(course, axis, y)
    y += _TICKS + 16
    parts += axis.names(y)
    y += _GAP
    parts += _title(f"Store in tissues, {course.store.unit}", y)
    parts += _panel(course, "store", axis, y + 10, _STORE)
    y += 10 + _STORE + 16
    parts += axis.names(y)
    shown, end = legend(_samples(), width, y + 28)
    parts += shown
    for line in fitted(course.notice, width):
        end += 16
        parts.append(Words(0, end, line, is_bold=True))
    for line in fitted(misfit().short, width):
        end += 16
        parts.append(Words(0, end, line))
    return Drawing(
        title="The course of vitamin B12 in serum and store",
        about=tuple(_about(course)),
        words=_description(course),
        width=width,
        height=end + 6,
        parts=tuple(parts),
    )


def _about(course: Course) -> Iterator[str]:
    yield course.regimen
    yield f"{listing(course.drugs)}; {made_up_text(course)}"
    yield from course.notes
    if course.graph is not None:
        about = dict(guideline_particulars(course.graph))
        yield f"{about['Guideline']}: {about['Status']}"


def _description(course: Course) -> str:
    end = course.at(course.days[-1])
    start = course.at(0)
    return (
        f"Over {plural_years(course.years)}. "
        f"Serum before the first dose: {start.serum.said}. "
        f"At the end: {end.serum.said}. "
        f"Store before the first dose: {start.store.said}. "
        f"At the end: {end.store.said}. {course.notice} "
        f"{misfit().short}"
    )


def _title(text: str, y: float) -> Iterator[Part]:
    yield Words(0, y, text, is_bold=True)


def _samples() -> list[tuple[Part, str]]:
    wide = Box(0, -6, 16, 12, "blue", Fill.FAINT)
    inner = Box(0, -3, 16, 6, "blue", Fill.FAINT)
    return [
        (wide, "nine of ten people"),
        (inner, "half of the people (darker)"),
        (Strokes(((0, 0, 16, 0),), "blue", 1.5), "the middle"),
        (Strokes(((8, -5, 8, 5),), "orange", 1.5), "a day with doses"),
    ]


# -------------------------------------------------------------------------------- panels


def _panel(
    course: Course, name: str, axis: Axis, top: float, height: float
) -> Iterator[Part]:
    bands, colour = course.quantities[name], _COLOURS[name]
    low, high = min(bands.p5), max(bands.p95)
    ticks, place = (
        _by_tens(low, high, top, height)
        if name == "serum"
        else _evenly(high, top, height)
    )
    yield axis.lines(top, top + height)
    lines = tuple((axis.left, place(one), axis.right, place(one)) for one in ticks)
    yield Strokes(lines, "line")
    for one in ticks:
        text = f"{one:,.0f}".replace(",", " ") if one >= 1 else f"{one:g}"
        if name == "store":
            text = f"{one:g}"
        yield Words(
            axis.left - 6, place(one) + 4, text, 11, colour="quiet", anchor="end"
        )
    yield from _band(course, (bands.p5, bands.p95), axis, place, colour)
    yield from _band(course, (bands.p25, bands.p75), axis, place, colour)
    yield Strokes(tuple(_middle(course, bands, axis, place)), colour, 1.5)


def _by_tens(
    low: float, high: float, top: float, height: float
) -> tuple[list[float], Height]:
    """Ticks at 1, 2 and 5 times powers of ten around what there is."""
    low = max(low, 1e-3)
    steps = [
        factor * 10.0**power
        for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        for factor in (1, 2, 5)
    ]
    first = max((one for one in steps if one <= low), default=low)
    last = min((one for one in steps if one >= high), default=high)
    span = max(math.log(last / first), 1e-9)
    ticks = [one for one in steps if first <= one <= last]
    if len(ticks) > height / 18:
        ticks = [one for one in ticks if math.log10(one) % 1 == 0]

    def place(value: float) -> float:
        share = math.log(max(value, first) / first) / span
        return round(top + height * (1 - min(share, 1)), 1)

    return ticks, place


def _evenly(high: float, top: float, height: float) -> tuple[list[float], Height]:
    """Ticks from nothing to a round number above what there is."""
    size = 10.0 ** math.floor(math.log10(high / 4))
    step = next(n * size for n in _NICE if high / (n * size) <= 5)
    count = math.ceil(high / step)

    def place(value: float) -> float:
        return round(top + height * (1 - value / (count * step)), 1)

    return [float(f"{step * number:.6g}") for number in range(count + 1)], place


def _columns(course: Course, axis: Axis) -> Iterator[tuple[float, float, range]]:
    """From left to right: where a column begins, how wide it is, and the places of its days."""
    count = len(course.days)
    columns = min(count, max(int((axis.right - axis.left) / _COLUMN), 1))
    step = (axis.right - axis.left) / columns
    for number in range(columns):
        first, last = number * count // columns, (number + 1) * count // columns
        left = round(axis.left + number * step, 1)
        right = round(axis.left + (number + 1) * step, 1)
        yield left, right - left, range(first, max(last, first + 1))


def _band(
    course: Course,
    ends: tuple[Sequence[float], Sequence[float]],
    axis: Axis,
    place: Height,
    colour: str,
) -> Iterator[Part]:
    for left, width, days in _columns(course, axis):
        low = place(min(ends[0][day] for day in days))
        high = place(max(ends[1][day] for day in days))
        yield Box(left, high, width, max(low - high, 0.5), colour, Fill.FAINT)


def _middle(
    course: Course, bands: Bands, axis: Axis, place: Height
) -> Iterator[Segment]:
    """The line of the median; in a column of several days, from the lowest to the highest."""
    before: tuple[float, float] | None = None
    for left, width, days in _columns(course, axis):
        heights = [place(bands.median[day]) for day in days]
        x = round(left + width / 2, 1)
        if before is not None:
            yield (*before, x, heights[0])
        if min(heights) != max(heights):
            yield (x, min(heights), x, max(heights))
        before = (x, heights[-1])


def _doses(course: Course, axis: Axis, y: float) -> Iterator[Part]:
    """A tick for each day on which anybody gets a dose; every day is a bar."""
    first, end = axis.first, len(course.doses)
    days = [one.day for one in course.doses if one.day <= course.days[-1]]
    if end > (axis.right - axis.left) / 3:
        low, high = axis.x(first + dt.timedelta(days[0])), axis.right
        share = f"{len(days)} days with doses"
        yield Box(low, y, high - low, _TICKS, "orange", Fill.HATCHED, share)
        return
    places = [axis.x(first + dt.timedelta(day)) for day in days]
    yield Strokes(tuple((x, y, x, y + _TICKS) for x in places), "orange", 1.5)
