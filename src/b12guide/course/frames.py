"""The bands of a course as a frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from attrs import fields, frozen

from b12guide.cohort.frames import frame_of, kind_named
from b12guide.course.model import Course, Level, rows_of

__all__ = ["TYPES", "CourseRow", "course_frame", "rows_for"]

_BANDS = tuple(one.name for one in fields(Level) if one.name != "unit")


@frozen(kw_only=True)
class CourseRow:
    """One row of a course as a frame."""

    day: int
    quantity: str
    unit: str
    lowest: float
    p5: float
    p25: float
    median: float
    p75: float
    p95: float
    highest: float


TYPES = {
    **dict.fromkeys(("quantity", "unit"), pa.string()),
    **dict.fromkeys(_BANDS, pa.float64()),
}


def course_frame(course: Course, kind: str) -> Any:
    """One row for each day and quantity.

    Raises:
        UnknownNameError: There is no such kind of frame.
        ArgumentError: Its package is not installed.
    """
    rows = [CourseRow(**row) for row in rows_for(course)]
    return frame_of(rows, CourseRow, TYPES, kind_named(kind))


def rows_for(course: Course) -> Iterator[dict[str, Any]]:
    """The fields of each row."""
    for day, name, level in rows_of(course):
        bands = {band: getattr(level, band) for band in _BANDS}
        yield {"day": day, "quantity": name, "unit": level.unit, **bands}
