"""What is asked beside the patient: a day, and whether numbers have to state their unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from b12guide.arguments import choice
from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.patient.dated import read_moment
from b12guide.patient.model import Units
from b12guide.patient.shown import shown

__all__ = ["day_of", "day_or_none", "units_of"]


def day_of(value: Any, name: str = "on") -> dt.date:
    """The day that `value` is, for the argument `name`.

    A moment stands for its day, as it was written: answers are for days. Text is taken as in a
    patient's record.

    Raises:
        PatientError: It is no day (GDL716).

    >>> day_of(dt.datetime(2026, 1, 1, 23, 30))
    datetime.date(2026, 1, 1)
    >>> day_of("2026-01-01")
    datetime.date(2026, 1, 1)
    """
    found = read_moment(value)
    if found is None:
        diagnostic = Diagnostic(
            code="GDL716",
            message=f"`{shown(value)}`, the day `{name}`, is not a date",
            help=(
                Help(message="give a `datetime.date`, or text such as `2025-03-05`"),
            ),
        )
        message = "the question cannot be answered"
        raise PatientError(message, (diagnostic,))
    return found.date() if isinstance(found, dt.datetime) else found


def day_or_none(value: Any, name: str = "on") -> dt.date | None:
    """The same, where no day need be given.

    Raises:
        PatientError: It is no day (GDL716).
    """
    return None if value is None else day_of(value, name)


def units_of(value: Any) -> Units | None:
    """Whether numbers have to state their unit; None where that is left to the patient.

    Raises:
        UnknownNameError: It is neither `assume` nor `required`.
    """
    return None if value is None else choice(Units, value, "units")
