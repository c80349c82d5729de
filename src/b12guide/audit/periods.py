"""How each rule was kept, interval by interval, over the follow-up of a patient.

Follow-up is cut into intervals of one length, counted from its first day. Of each rule and each
interval it is said whether the patient kept the rule (`PeriodState`). The states are those of the
findings of one audit, laid on the calendar: a late dose departs from the day after the tolerance
to the day before it came, in every interval that has one of these days.

What is not known is a state of its own, and never "kept": so is a rule of which the history says
nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import Enum
from itertools import islice, takewhile
from typing import Any

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.audit.finding import Audit, FindingRow
from b12guide.audit.judged import judged_rules
from b12guide.errors import ArgumentError, PatientError, UnknownNameError
from b12guide.frozen import Record
from b12guide.graph.model import Rule, RuleGraph
from b12guide.patient.from_mapping import day_of
from b12guide.truth import Truth
from b12guide.values.calendar import add, steps
from b12guide.values.duration import Duration
from b12guide.values.quantity import Quantity, parse_quantity
from b12guide.values.unit import time_unit

__all__ = ["AdherencePeriod", "AdherencePeriods", "FollowUp", "Grid", "PeriodState"]


_ADHERES = {"adheres": True, "departs": False}
_DEPARTED = {
    "adheres": Truth.FALSE,
    "departs": Truth.TRUE,
    "not applicable": Truth.FALSE,
}


class PeriodState(Enum):
    """How a rule was kept in one interval; the first that fits.

    `DEPARTS`: a violation or a warning by the rule lies in it. `UNDECIDABLE`: a finding that could
    not be settled does, or it was not known on any day of it whether the rule applies.
    `NOT_APPLICABLE`: the rule applied on no day of it. `NO_RECORD`: the rule applied, and nothing
    that was recorded by its last day says anything of what the rule is about. `ADHERES`: on the
    days on which the rule applied, nothing departed from it.

    Attributes:
        departed: Whether the rule was departed from; where it did not apply, it was not.
        adheres: Whether the rule was kept; None where that is not known, or it did not apply.
    """

    departed: Truth
    adheres: bool | None

    def __init__(self, name: str) -> None:
        self.departed = _DEPARTED.get(name, Truth.UNKNOWN)
        self.adheres = _ADHERES.get(name)

    ADHERES = "adheres"
    DEPARTS = "departs"
    UNDECIDABLE = "undecidable"
    NOT_APPLICABLE = "not applicable"
    NO_RECORD = "no record"


class FollowUp(Enum):
    """Where follow-up begins, unless on a given day.

    `FIRST_EVENT`: on the day of the first event of the history, for all rules alike. `RULE`: for
    each rule on the first day on which it applied; where it applied before anything was dated, on
    the day of the first event.
    """

    FIRST_EVENT = "first event"
    RULE = "rule applies"


@frozen(repr=False)
class Grid(Record):
    """How follow-up is cut.

    Attributes:
        every: The length of an interval, whole days or months.
        start: Where it begins.
    """

    every: Duration
    start: FollowUp | dt.date = FollowUp.FIRST_EVENT

    @classmethod
    def of(cls, every: Any, start: Any = FollowUp.FIRST_EVENT) -> Grid:
        """The grid that a caller describes: `"30 days"` or `"1 month"`, and a start.

        Raises:
            ArgumentError: The one is no length of whole days or months, or the other no start.
        """
        return cls(_length(every), _start(start))

    def begun_by(self, last: dt.date) -> Grid:
        """The grid, which has an interval on the day `last` or before it.

        Raises:
            ArgumentError: Follow-up begins on a later day.
        """
        if isinstance(self.start, dt.date) and self.start > last:
            argument, given = "start", self.start.isoformat()
            expected = f"no later than the day of the audit, {last.isoformat()}"
            raise ArgumentError(argument, expected, given, is_told=True)
        return self

    def intervals(self, first: dt.date, last: dt.date) -> Sequence[dt.date]:
        """The first day of each interval up to the day `last`; none where `first` is later.

        Raises:
            ArgumentError: There would be more than 10,000.
        """
        if first > last:
            return ()
        days = takewhile(lambda day: day <= last, steps(first, self.every))
        found = (first, *islice(days, MOST_INTERVALS))
        if len(found) > MOST_INTERVALS:
            argument = "every"
            raise ArgumentError(argument, _NOT_SO_MANY, self.every)
        return found


MOST_INTERVALS = 10_000
_NOT_SO_MANY = f"so long that follow-up has at most {MOST_INTERVALS:,} intervals"
_LENGTH = (
    "a length of whole days, weeks, months or years, such as `30 days` or `1 month`"
)
_STARTS = "`first event`, `rule applies`, or a day such as `2025-01-31`"


def _length(every: Any) -> Duration:
    found: Any = every
    if isinstance(every, str):
        read = parse_quantity(every)
        unit = None
        if isinstance(read, Quantity) and read.unit is not None:
            unit = time_unit(read.unit)
        found = (
            Duration(read.value, unit) if isinstance(read, Quantity) and unit else None
        )
    somewhere = dt.date(2000, 1, 1)
    after = add(somewhere, found) if isinstance(found, Duration) else None
    if after is None or after <= somewhere:
        argument = "every"
        raise ArgumentError(argument, _LENGTH, every, is_told=True)
    length: Duration = found
    return length


def _start(start: Any) -> FollowUp | dt.date:
    if isinstance(start, FollowUp):
        return start
    if isinstance(start, str):
        named = next((one for one in FollowUp if one.value == start), None)
        if named is not None:
            return named
    elif not isinstance(start, dt.date):
        argument = "start"
        raise ArgumentError(argument, _STARTS, start, is_told=True)
    try:
        return day_of(start, "start")
    except PatientError as error:
        kind, told = "start of follow-up", [one.value for one in FollowUp]
        slip = UnknownNameError(kind, str(start), told)
        raise (slip if slip.suggestions else error) from None


# ------------------------------------------------------------------------ one interval


@frozen(kw_only=True, repr=False)
class AdherencePeriod(Record):
    """How one rule was kept in one interval of follow-up.

    Attributes:
        period: The number of the interval, from 0.
        tstart: Days from the first day of follow-up to the first day of the interval.
        tstop: The same to the first day after it.
        start: The first day.
        stop: The first day after it; of the last interval, the day after the audit.
        eligible: Whether the rule applied on the first day, inside the guideline's scope.
        departed: Whether the rule was departed from in this interval or an earlier one of
            this follow-up: where it turns true, a patient who is to keep the rule is censored.
        rows: What the rule says to the findings that decided the state.
    """

    rule: Rule
    period: int
    tstart: int
    tstop: int
    start: dt.date
    stop: dt.date
    state: PeriodState
    eligible: Truth
    departed: Truth
    rows: tuple[FindingRow, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of the source behind the rule."""
        return self.rule.grounds.statements

    def cells(self) -> dict[str, Any]:
        """The interval as a row of a table in the long form; None stands for what is unknown."""
        return {
            "rule": self.rule.name,
            "period": self.period,
            "tstart": self.tstart,
            "tstop": self.tstop,
            "start": self.start,
            "stop": self.stop,
            "state": self.state.value,
            "adheres": number_of(self.state.adheres),
            "eligible": number_of(known(self.eligible)),
            "censored": number_of(known(self.departed)),
        }


def number_of(said: bool | None) -> int | None:
    """1 or 0, as other packages want it."""
    return None if said is None else int(said)


def known(truth: Truth) -> bool | None:
    """A truth as a Boolean; None where it is unknown."""
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


@frozen(kw_only=True, repr=False)
class AdherencePeriods(Answer, Record):
    """How each rule was kept, interval by interval, over one patient's follow-up.

    Attributes:
        audit: The audit whose findings the states are of.
        grid: How follow-up is cut.
        asked: The rules that were asked for; empty for all that a history can depart from.
        periods: Rule by rule in the order of the guideline, then in the order of the days. Of a
            rule that applied on no day of it, and that never may have, there are none.
    """

    audit: Audit
    grid: Grid
    asked: tuple[str, ...] = ()
    periods: tuple[AdherencePeriod, ...] = field(repr=False)

    @property
    def graph(self) -> RuleGraph:
        """The guideline."""
        return self.audit.graph

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the rules that have intervals."""
        return tuple(dict.fromkeys(one.rule.name for one in self.periods))

    def of(self, rule: str) -> tuple[AdherencePeriod, ...]:
        """The intervals of one rule.

        Raises:
            UnknownNameError: The guideline has no rule of that name to depart from.
        """
        judged_rules(self.graph, self.audit.families, (rule,))
        return tuple(one for one in self.periods if one.rule.name == rule)

    def rows(self) -> list[dict[str, Any]]:
        """The long form, a row for each rule and interval, for the frame of any package."""
        return [one.cells() for one in self.periods]
