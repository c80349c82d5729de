"""From the arguments of a command to a patient and a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from b12guide.library import file_like
from b12guide.patient.file_text import unreadable
from b12guide.patient.from_file import read_patient
from b12guide.patient.model import Patient

__all__ = ["day_or_today", "patient_in"]

_SUFFIXES = {".json", ".toml", ".yaml", ".yml"}


def day_or_today(day: dt.date | None) -> dt.date:
    """The day asked for, or today where the user is."""
    return day or dt.date.today()  # noqa: DTZ011 -- the user's own day is meant


def patient_in(source: str | None) -> Patient:
    """The patient in the file `source`, or nobody in particular.

    Raises:
        PatientError: The file cannot be used.
    """
    if source is None:
        return Patient()
    path = Path(source)
    if source == "-" or path.suffix.lower() in _SUFFIXES or path.exists():
        return read_patient(source)
    near = file_like(path, _SUFFIXES)
    remedy = f"did you mean `{near}`?" if near else None
    raise unreadable(source, "there is no such file", remedy)
