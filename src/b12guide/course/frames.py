"""The bands of a course as a frame."""

from __future__ import annotations

from typing import Any, get_args

import pyarrow as pa
from attrs import fields, frozen

from b12guide.cohort.frames import FrameKind, frame_of, native
from b12guide.course.model import Course, Level, rows_of
from b12guide.errors import ArgumentError, UnknownNameError

__all__ = ["course_frame"]

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


_TYPES = {
    **dict.fromkeys(("quantity", "unit"), pa.string()),
    **dict.fromkeys(_BANDS, pa.float64()),
}


def course_frame(course: Course, kind: str) -> Any:
    """One row for each day and quantity.

    Raises:
        UnknownNameError: There is no such kind of frame.
        ArgumentError: Its package is not installed.
    """
    rows = [
        CourseRow(
            day=day,
            quantity=name,
            unit=level.unit,
            **{band: getattr(level, band) for band in _BANDS},
        )
        for day, name, level in rows_of(course)
    ]
    return frame_of(rows, CourseRow, _TYPES, _kind_named(kind))


def _kind_named(kind: str) -> FrameKind:
    kinds = get_args(FrameKind)
    if kind not in kinds:
        what = "kind of frame"
        raise UnknownNameError(what, str(kind), kinds)
    named: FrameKind = kind  # type: ignore[assignment]
    try:
        native(pa.table({}), named)
    except ImportError as error:
        expected = f"the name of a package that is installed; `{kind}` is not"
        argument = "kind"
        raise ArgumentError(argument, expected, kind) from error
    return named
