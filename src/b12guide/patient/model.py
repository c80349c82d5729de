"""A patient: what is recorded of one person, and what is to be thought of the rest.

`Patient` holds what the caller wrote. `Stated` is the same after the vocabulary was consulted:
every name resolved, every value in the unit of its measure, one value per fact for the day asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import field, frozen

from b12guide.diagnostics import Label
from b12guide.record import Record

__all__ = ["FactValue", "Otherwise", "Patient", "Stated"]

FactValue: TypeAlias = bool | int | Fraction | str
"""A finding or event, a measure in its own unit, or the name of a choice's value."""


class Otherwise(Enum):
    """What holds of the facts that nobody mentioned."""

    UNKNOWN = "unknown"
    ABSENT = "absent"


@frozen(kw_only=True, repr=False)
class Patient(Record):
    """One person, as recorded.

    Attributes:
        facts: By fact name: a Boolean, a number or text with a unit, the value of a choice, None
            for unknown, `{"value": ..., "on": "2025-03-05"}`, or a list of such.
        otherwise: What holds of everything not mentioned: unknown, or absent.
        name: What diagnostics call this patient, such as the file's name.
        places: Where each fact was written, if it was read from a text.
    """

    facts: Mapping[str, Any] = field(factory=dict)
    otherwise: Otherwise = field(default=Otherwise.UNKNOWN, converter=Otherwise)
    name: str = "patient"
    places: Mapping[str, Label] = field(factory=dict, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class Stated(Record):
    """The facts stated of a patient on one day; a value of None is stated to be unknown.

    A definition of the guideline may be stated like a finding.
    """

    values: Mapping[str, FactValue | None]
    otherwise: Otherwise
    on: dt.date | None = None
    places: Mapping[str, Label] = field(factory=dict, eq=False, repr=False)
