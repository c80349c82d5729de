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
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import accumulate, islice, takewhile
from operator import or_
from typing import Any

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.arguments import names
from b12guide.audit.event import History
from b12guide.audit.finding import (
    USUAL,
    Audit,
    Family,
    FindingRow,
    Gravity,
    Tolerance,
    What,
)
from b12guide.audit.judged import JUDGED_BY, can_be_departed_from, record_days
from b12guide.audit.knowledge import OPEN
from b12guide.audit.monitoring import first_anchor, start_of
from b12guide.audit.replay import Replay
from b12guide.audit.run import audit_with_replay
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.frozen import Record
from b12guide.graph.model import Monitoring, Rule, RuleGraph
from b12guide.patient.from_mapping import day_of
from b12guide.patient.model import Patient, Units
from b12guide.truth import Truth
from b12guide.values.calendar import add, steps
from b12guide.values.duration import Duration
from b12guide.values.quantity import Quantity, parse_quantity
from b12guide.values.unit import time_unit

__all__ = ["AdherencePeriod", "AdherencePeriods", "FollowUp", "Grid", "PeriodState"]

_DAY = dt.timedelta(days=1)


class PeriodState(Enum):
    """How a rule was kept in one interval; the first that fits.

    `DEPARTS`: a violation or a warning by the rule lies in it. `UNDECIDABLE`: a finding that could
    not be settled does, or it was not known on any day of it whether the rule applies.
    `NOT_APPLICABLE`: the rule applied on no day of it. `NO_RECORD`: the rule applied, and nothing
    that was recorded by its last day says anything of what the rule is about. `ADHERES`: on the
    days on which the rule applied, nothing departed from it.
    """

    ADHERES = "adheres"
    DEPARTS = "departs"
    UNDECIDABLE = "undecidable"
    NOT_APPLICABLE = "not applicable"
    NO_RECORD = "no record"

    @property
    def departed(self) -> Truth:
        """Whether the rule was departed from; where it did not apply, it was not."""
        return _DEPARTED[self]

    @property
    def adheres(self) -> bool | None:
        """Whether the rule was kept; None where that is not known, or it did not apply."""
        return _ADHERES.get(self)


_DEPARTED: Mapping[PeriodState, Truth] = {
    PeriodState.ADHERES: Truth.FALSE,
    PeriodState.DEPARTS: Truth.TRUE,
    PeriodState.UNDECIDABLE: Truth.UNKNOWN,
    PeriodState.NOT_APPLICABLE: Truth.FALSE,
    PeriodState.NO_RECORD: Truth.UNKNOWN,
}
_ADHERES: Mapping[PeriodState, bool] = {
    PeriodState.ADHERES: True,
    PeriodState.DEPARTS: False,
}


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
        raise ArgumentError(argument, _LENGTH, every)
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
        raise ArgumentError(argument, _STARTS, start)
    return day_of(start, "start")


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


def adherence(  # noqa: PLR0913 -- an audit, cut into intervals
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    grid: Grid,
    *,
    rules: Iterable[str] | str = (),
    families: Iterable[Family] = tuple(Family),
    tolerance: Tolerance = USUAL,
    work: Work | None = None,
    units: Units | None = None,
) -> AdherencePeriods:
    """How `patient` kept each rule, interval by interval, up to the day of the audit.

    Args:
        evaluator: The guideline.
        patient: Who it is about.
        history: What was done.
        on: The last day of follow-up.
        grid: How follow-up is cut.
        rules: Which rules; all that a history can depart from, if none are named.
        families: What to look at.
        tolerance: How late is late.
        work: What the answers of all days may cost together.
        units: Whether numbers may lack their unit.

    Raises:
        PatientError: The patient's record cannot be used, or it takes more work than it may.
        ArgumentError: `rules` are no names.
        UnknownNameError: There is no such rule to depart from.
    """
    asked = names(rules, "rules")
    judged = judged_rules(evaluator.graph, families, asked)
    found, replay = audit_with_replay(
        evaluator,
        patient,
        history,
        on,
        families=families,
        tolerance=tolerance,
        work=work,
        units=units,
    )
    return AdherencePeriods(
        audit=found,
        grid=grid,
        asked=asked,
        periods=tuple(
            period
            for one in rule_periods(replay, found, grid, judged)
            for period in one.each()
        ),
    )


# ------------------------------------------------------------------------- of a replay


@frozen(kw_only=True)
class RulePeriods:
    """How one rule was kept over all intervals.

    Attributes:
        starts: The first day of each interval.
        until: The day of the audit, with which the last one ends.
        rows: The rows that decided a state, by the number of the interval.
    """

    rule: Rule
    starts: Sequence[dt.date]
    until: dt.date
    states: Sequence[PeriodState]
    eligible: Sequence[Truth]
    rows: Mapping[int, Sequence[FindingRow]]

    @property
    def stops(self) -> Sequence[dt.date]:
        """The first day after each interval."""
        return (*self.starts[1:], self.until + _DAY)

    @property
    def departed(self) -> Sequence[Truth]:
        """Whether the rule was departed from by the end of each interval."""
        return tuple(accumulate((state.departed for state in self.states), or_))

    def each(self) -> Iterator[AdherencePeriod]:
        """The intervals one by one."""
        first = self.starts[0]
        told = zip(
            self.starts,
            self.stops,
            self.states,
            self.eligible,
            self.departed,
            strict=True,
        )
        for number, (start, stop, state, eligible, departed) in enumerate(told):
            yield AdherencePeriod(
                rule=self.rule,
                period=number,
                tstart=(start - first).days,
                tstop=(stop - first).days,
                start=start,
                stop=stop,
                state=state,
                eligible=eligible,
                departed=departed,
                rows=tuple(self.rows.get(number, ())),
            )


def judged_rules(
    graph: RuleGraph, families: Iterable[Family], asked: Any = None
) -> tuple[Rule, ...]:
    """The rules that a history can depart from; those of these names, where some are asked for.

    Raises:
        ArgumentError: These are no names.
        UnknownNameError: There is no such rule.
    """
    wanted = set(families)
    able = {
        rule.name: rule
        for rule in graph.rules.values()
        if JUDGED_BY.get(rule.decision, frozenset()) & wanted
        and can_be_departed_from(rule)
    }
    named = () if asked is None else names(asked, "rules")
    for name in named:
        if name not in able:
            kind = "rule that a history can depart from"
            raise UnknownNameError(kind, name, able)
    return tuple(able[n] for n in able if n in named) if named else tuple(able.values())


def rule_periods(
    replay: Replay, found: Audit, grid: Grid, rules: Sequence[Rule]
) -> Iterator[RulePeriods]:
    """How each rule was kept over the follow-up.

    Rules that applied on no day of it, and that never may have, are left out. So is everything
    outside the guideline's scope, where nothing is judged, and of a patient without a first day.

    Args:
        replay: The history beside the guideline.
        found: What was found in it.
        grid: How follow-up is cut.
        rules: Which rules.
    """
    if found.scope is Truth.FALSE:
        return
    rows: dict[str, list[FindingRow]] = {}
    for finding in found.findings:
        for row in finding.rows:
            if _says(row) is not None:
                rows.setdefault(row.rule.name, []).append(row)
    pieces = tuple(_pieces(replay))
    common = _first_day(replay, grid.start)
    starts = () if common is None else grid.intervals(common, replay.on)
    for rule in rules:
        verdicts = [verdicts[rule.name] for _, _, _, verdicts in pieces]
        if not any(each.verdict in OPEN for each in verdicts) and rule.name not in rows:
            continue
        lie = [
            (first, last, scope, each.verdict)
            for (first, last, scope, _), each in zip(pieces, verdicts, strict=True)
        ]
        if grid.start is FollowUp.RULE:
            begun = _onset(lie, replay)
            starts = () if begun is None else grid.intervals(begun, replay.on)
        if starts:
            periods = _judged(replay, rule, starts, lie, rows.get(rule.name, ()))
            if any(state is not PeriodState.NOT_APPLICABLE for state in periods.states):
                yield periods


_Piece = tuple[dt.date, dt.date, Truth, Verdict]
"""Days in a row on which the same is known, with the scope and what is true of a rule."""


def _pieces(
    replay: Replay,
) -> Iterator[tuple[dt.date, dt.date, Truth, Mapping[str, Any]]]:
    """The stretches of days on which the same was known, up to the day of the audit."""
    for one in replay.knowledge.over(dt.date.min, replay.on):
        first = dt.date.min if one.since is None else one.since
        last = replay.on if one.until is None else min(one.until - _DAY, replay.on)
        yield first, last, one.answer.scope, one.verdicts


def _first_day(replay: Replay, start: FollowUp | dt.date) -> dt.date | None:
    """The first day of follow-up; that of the history where each rule has its own."""
    if isinstance(start, FollowUp):
        return replay.events[0].on if replay.events else None
    return start


def _onset(pieces: Sequence[_Piece], replay: Replay) -> dt.date | None:
    """The first day on which a rule applied; the first event where it did so all along."""
    for first, _, scope, verdict in pieces:
        if verdict is Verdict.APPLIES and scope is not Truth.FALSE:
            known_all_along = first == dt.date.min
            return _first_day(replay, FollowUp.RULE) if known_all_along else first
    return None


def _says(row: FindingRow) -> PeriodState | None:
    """What a row makes of an interval; None for what is reported for information only."""
    if row.gravity in {Gravity.VIOLATION, Gravity.WARNING}:
        return PeriodState.DEPARTS
    is_contradicted = any(missing.what is What.CONFLICT for missing in row.missing)
    if row.gravity is Gravity.UNRESOLVED or is_contradicted:
        return PeriodState.UNDECIDABLE
    return None


def _judged(
    replay: Replay,
    rule: Rule,
    starts: Sequence[dt.date],
    pieces: Sequence[_Piece],
    rows: Sequence[FindingRow],
) -> RulePeriods:
    """The states of one rule."""
    stops = (*starts[1:], replay.on + _DAY)
    applies: set[int] = set()
    is_open: set[int] = set()
    for first, last, scope, verdict in pieces:
        if verdict in OPEN and scope is not Truth.FALSE:
            found = applies if verdict is Verdict.APPLIES else is_open
            found.update(_numbers(starts, first, last))
    said: dict[int, list[tuple[PeriodState, FindingRow]]] = {}
    for row in rows:
        for number, state in _of_row(starts, row, pieces).items():
            said.setdefault(number, []).append((state, row))
    recorded = _recorded_from(replay, rule) or dt.date.max
    states = []
    for number, stop in enumerate(stops):
        told = {state for state, _ in said.get(number, ())}
        if PeriodState.DEPARTS in told:
            states.append(PeriodState.DEPARTS)
        elif told or (number in is_open and number not in applies):
            states.append(PeriodState.UNDECIDABLE)
        elif number not in applies:
            states.append(PeriodState.NOT_APPLICABLE)
        elif recorded >= stop:
            states.append(PeriodState.NO_RECORD)
        else:
            states.append(PeriodState.ADHERES)
    return RulePeriods(
        rule=rule,
        starts=starts,
        until=replay.on,
        states=states,
        eligible=[_eligible(pieces, day) for day in starts],
        rows={
            number: [row for state, row in found if state is states[number]]
            for number, found in said.items()
        },
    )


def _numbers(starts: Sequence[dt.date], first: dt.date, last: dt.date) -> range:
    """The intervals that have one of these days."""
    begin = max(bisect_right(starts, first) - 1, 0)
    return range(begin, bisect_right(starts, last))


def _of_row(
    starts: Sequence[dt.date], row: FindingRow, pieces: Sequence[_Piece]
) -> dict[int, PeriodState]:
    """The intervals in which something departs, or is open, and what that makes of each.

    Its first day counts; the days after it as long as the rule binds, or may bind. A departure
    from a rule that only may bind is open, though it departs from another if not from this.
    """
    says = _says(row) or PeriodState.UNDECIDABLE
    found: dict[int, PeriodState] = {}

    def note(first: dt.date, last: dt.date, verdict: Verdict) -> None:
        is_open = verdict in OPEN and verdict is not Verdict.APPLIES
        state = PeriodState.UNDECIDABLE if is_open else says
        for number in _numbers(starts, first, last):
            if found.get(number) is not PeriodState.DEPARTS:
                found[number] = state

    on_its_day = next(verdict for _, last, _, verdict in pieces if row.on <= last)
    for first, last in row.lasts or ((row.on, row.on),):
        if first >= starts[0]:
            note(first, first, on_its_day)
        for begun, ended, scope, verdict in pieces:
            low, high = max(first, begun), min(last, ended)
            if low <= high and verdict in OPEN and scope is not Truth.FALSE:
                note(low, high, verdict)
    return found


def _recorded_from(replay: Replay, rule: Rule) -> dt.date | None:
    """The day from which on there is something by which a rule can be judged.

    So it is where nothing was due yet: from the day from which what is due is counted.
    """
    days = list(record_days(replay, rule))
    days += [gap.first for gap in replay.gaps if rule.name in gap.dues]
    if isinstance(rule.value, Monitoring):
        counted = [first_anchor(replay, rule.value)] if rule.value.times else []
        if rule.value.recurring:
            counted.append(start_of(replay, rule, rule.value))
        days += [day for day in counted if day is not None]
    return min(days, default=None)


def _eligible(pieces: Sequence[_Piece], day: dt.date) -> Truth:
    """Whether a rule applied on a day, with what was known then, to a patient in scope."""
    for first, last, scope, verdict in pieces:
        if first <= day <= last:
            applied = Truth.UNKNOWN
            if verdict is Verdict.APPLIES:
                applied = Truth.TRUE
            elif verdict not in OPEN:
                applied = Truth.FALSE
            return applied & scope
    return Truth.UNKNOWN
