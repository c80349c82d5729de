"""Dates, days and events of the day, as FHIR R4 writes them and as English says them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CLOCK", "DATE", "DAYS", "WHEN"]

CLOCK = r"[0-2]\d:[0-5]\d(?::[0-6]\d(?:\.\d+)?)?"
"""A time of the day."""
DATE = rf"\d{{4}}(?:-[01]\d(?:-[0-3]\d(?:T{CLOCK}(?:Z|[+-]{CLOCK})?)?)?)?"
"""A date, or a date with a time; parts may be left out from the right."""


DAYS: Mapping[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
WHEN: Mapping[str, str] = {
    "MORN": "in the morning",
    "MORN.early": "early in the morning",
    "MORN.late": "late in the morning",
    "NOON": "at noon",
    "AFT": "in the afternoon",
    "AFT.early": "early in the afternoon",
    "AFT.late": "late in the afternoon",
    "EVE": "in the evening",
    "EVE.early": "early in the evening",
    "EVE.late": "late in the evening",
    "NIGHT": "at night",
    "PHS": "after falling asleep",
    "HS": "at bedtime",
    "WAKE": "on waking",
    "C": "with a meal",
    "CM": "with breakfast",
    "CD": "with lunch",
    "CV": "with dinner",
    "AC": "before a meal",
    "ACM": "before breakfast",
    "ACD": "before lunch",
    "ACV": "before dinner",
    "PC": "after a meal",
    "PCM": "after breakfast",
    "PCD": "after lunch",
    "PCV": "after dinner",
}
"""Each phrase stands for one code, so that it can be read back."""
