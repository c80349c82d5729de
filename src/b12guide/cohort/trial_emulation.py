"""Adherence over time in the form that packages for the emulation of trials read.

`TrialEmulation` for R wants one row for each patient and period, with the columns `id`, `period`,
`treatment`, `outcome` and `eligible`, and knows no missing treatment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import pyarrow as pa

from b12guide.arguments import choice
from b12guide.cohort.adherence_periods import CohortPeriods, with_days
from b12guide.cohort.frames import Table, arrow_of, unusable
from b12guide.errors import UnknownNameError


class OnUnknown(Enum):
    """What becomes of intervals in which it is not known whether a rule was kept.

    `KEEP` leaves them in, with a null for the treatment. `END` begins a patient's follow-up with
    the first interval in which it is known, and ends it before the next in which it is not.
    """

    KEEP = "keep"
    END = "end"


def trial_emulation(
    periods: CohortPeriods,
    patient: str,
    rule: str,
    *,
    outcome: Any = None,
    unknown: OnUnknown | str = OnUnknown.KEEP,
) -> Table:
    """The intervals of one rule with the columns that TrialEmulation for R reads.

    `treatment` is 1 where the rule was kept and 0 where it was departed from; `eligible` is 1 where
    it applied on the first day of the interval. `outcome` is 1 in the interval in which it came;
    the intervals after it are left out. `censored` is 1 in the last interval of a patient whose
    follow-up ended because it was not known how it went on.

    Args:
        periods: The intervals of a cohort.
        patient: The name of the column of ids.
        rule: The name of a rule that has intervals.
        outcome: A frame with the column of ids and a column `on`, the day of the outcome; who is
            not in it, or has a null there, had none. Without it the outcome is null.
        unknown: What becomes of intervals in which the treatment is not known.

    Raises:
        CohortError: `outcome` is no frame.
        PatientError: It lacks a column, or has a patient twice.
        UnknownNameError: There is no such rule or choice.
    """
    ends = choice(OnUnknown, unknown, "unknown") is OnUnknown.END
    if rule not in periods.rules:
        kind = "rule with intervals"
        raise UnknownNameError(kind, rule, periods.rules)
    table = periods.table
    table = table.filter(pa.compute.equal(table.column("rule"), rule))
    days = None if outcome is None else _outcomes(outcome, patient)
    ids = table.column(patient).to_pylist()
    starts, stops = (
        table.column(name).cast(pa.int32()).to_pylist() for name in ("start", "stop")
    )
    treatment = table.column("adheres").to_pylist()
    kept: list[int] = []
    happened: list[int | None] = []
    lost: list[int] = []
    for begin, end in _patients(ids):
        day = None if days is None else days.get(ids[begin])
        last = end
        if day is not None:  # what comes after the outcome is no follow-up any more
            last = begin + sum(start <= day for start in starts[begin:end])
        first, last, is_lost = _known(treatment, begin, last, ends=ends)
        rows = range(first, last)
        kept += rows
        happened += (
            None
            if days is None
            else int(day is not None and starts[n] <= day < stops[n])
            for n in rows
        )
        lost += (int(is_lost and n == last - 1) for n in rows)
    found = table.take(pa.array(kept, pa.int64()))
    return pa.table(
        {
            "id": found.column(patient),
            "period": found.column("period"),
            "treatment": found.column("adheres"),
            "outcome": pa.array(happened, pa.int8()),
            "eligible": found.column("eligible"),
            "censored": pa.array(lost, pa.int8()),
        }
    )


def _patients(ids: list[Any]) -> Iterator[tuple[int, int]]:
    """The first row of each patient, and the first after it; the rows of one stand together."""
    begin = 0
    for number in range(1, len(ids) + 1):
        if number == len(ids) or ids[number] != ids[begin]:
            yield begin, number
            begin = number


def _known(
    treatment: list[int | None], begin: int, end: int, *, ends: bool
) -> tuple[int, int, bool]:
    """The rows that are kept of a patient, and whether follow-up ended with the last of them."""
    if not ends:
        return begin, end, False
    first = next((n for n in range(begin, end) if treatment[n] is not None), end)
    last = next((n for n in range(first, end) if treatment[n] is None), end)
    return first, last, last < end


def _outcomes(outcome: Any, patient: str) -> Mapping[Any, int | None]:
    """The day of the outcome of each patient who has one, in days since 1970."""
    table = arrow_of(outcome, "outcome")
    for name in (patient, "on"):
        if name not in table.column_names:
            message = f"`outcome` has no column `{name}`"
            remedy = f"give a frame with the columns `{patient}` and `on`"
            raise unusable([(message, remedy)])
    table = with_days(table.select([patient, "on"]), "on")
    ids = table.column(patient).to_pylist()
    twice = len(ids) - len(set(ids))
    if twice:
        message = f"`outcome` has {twice} rows too many: a patient is there twice"
        raise unusable([(message, "give the first outcome of each patient")])
    days = table.column("on").cast(pa.int32()).to_pylist()
    return dict(zip(ids, days, strict=True))
