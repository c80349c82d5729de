"""The states of the intervals of a patient's follow-up, read off the findings of one audit."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen

from b12guide.arguments import names
from b12guide.audit.departure import Weight
from b12guide.audit.event import History
from b12guide.audit.finding import USUAL, Family, FindingRow, Gravity, Tolerance, What
from b12guide.audit.judged import judged_rules, record_days
from b12guide.audit.knowledge import OPEN
from b12guide.audit.monitoring import first_anchor, start_of
from b12guide.audit.periods import (
    AdherencePeriod,
    AdherencePeriods,
    FollowUp,
    Grid,
    PeriodState,
)
from b12guide.audit.replay import Replay
from b12guide.audit.run import audit_with_replay
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.memory import Work
from b12guide.graph.model import Monitoring, Rule
from b12guide.patient.model import Patient, Units
from b12guide.truth import Truth

_DAY = dt.timedelta(days=1)


def adherence(  # noqa: PLR0913 -- an audit, cut into intervals
    evaluator: Evaluator,
    patient: Patient,
    history: History,
    on: dt.date,
    grid: Grid,
    *,
    rules: Iterable[str] | str | None = None,
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
        rules: Which rules; all that a history can depart from, if left out.
        families: What to look at.
        tolerance: How late is late.
        work: What the answers of all days may cost together.
        units: Whether numbers may lack their unit.

    Raises:
        PatientError: The patient's record cannot be used, or it takes more work than it may.
        ArgumentError: `rules` are no names, or follow-up begins after the day of the audit.
        UnknownNameError: There is no such rule to depart from.
    """
    asked = None if rules is None else names(rules, "rules")
    judged = judged_rules(evaluator.graph, families, asked)
    grid = grid.begun_by(on)
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
    rows = (row for finding in found.findings for row in finding.rows)
    return AdherencePeriods(
        audit=found,
        grid=grid,
        asked=asked or (),
        periods=tuple(
            period
            for one in rule_periods(replay, rows, grid, judged)
            for period in one.each()
        ),
    )


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
        found, now = [], Truth.FALSE
        for state in self.states:
            if now is not Truth.TRUE and state.departed is not Truth.FALSE:
                now = state.departed
            found.append(now)
        return found

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


def rule_periods(
    replay: Replay, said: Iterable[FindingRow], grid: Grid, rules: Sequence[Rule]
) -> Iterator[RulePeriods]:
    """How each rule was kept over the follow-up.

    Rules that applied on no day of it, and that never may have, are left out. So is everything
    outside the guideline's scope, where nothing is judged, and of a patient without a first day.

    Args:
        replay: The history beside the guideline.
        said: What was found in it, rule by rule.
        grid: How follow-up is cut.
        rules: Which rules.

    Raises:
        ArgumentError: There would be too many intervals.
    """
    if replay.knowledge.on(replay.on).answer.scope is Truth.FALSE:
        return
    rows: dict[str, list[FindingRow]] = {}
    for row in said:
        if may_decide(row):
            rows.setdefault(row.rule.name, []).append(row)
    pieces = tuple(_pieces(replay))
    common = _first_day(replay, grid.start)
    starts = () if common is None else grid.intervals(common, replay.on)
    for rule in rules:
        lie = [
            (first, last, scope, verdicts[rule.name].verdict)
            for first, last, scope, verdicts in pieces
        ]
        if rule.name not in rows and not any(each in OPEN for *_, each in lie):
            continue
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


def may_decide(said: FindingRow | Weight) -> bool:
    """Whether something bears on a state; what is reported for information only does not."""
    return said.gravity is not Gravity.INFO or any(
        missing.what is What.CONFLICT for missing in said.missing
    )


def state_of(row: FindingRow) -> PeriodState:
    """What a row that may decide makes of an interval."""
    is_weighty = row.gravity in {Gravity.VIOLATION, Gravity.WARNING}
    return PeriodState.DEPARTS if is_weighty else PeriodState.UNDECIDABLE


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
        if number in said:
            is_sure = any(state is PeriodState.DEPARTS for state, _ in said[number])
            state = PeriodState.DEPARTS if is_sure else PeriodState.UNDECIDABLE
        elif number in applies:
            is_silent = recorded >= stop
            state = PeriodState.NO_RECORD if is_silent else PeriodState.ADHERES
        elif number in is_open:
            state = PeriodState.UNDECIDABLE
        else:
            state = PeriodState.NOT_APPLICABLE
        states.append(state)
    return RulePeriods(
        rule=rule,
        starts=starts,
        until=replay.on,
        states=states,
        eligible=_eligible(pieces, starts),
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
    says = state_of(row)
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


def _eligible(pieces: Sequence[_Piece], starts: Sequence[dt.date]) -> list[Truth]:
    """Whether a rule applied on each day, with what was known then, to a patient in scope."""
    found: list[Truth] = []
    for _, last, scope, verdict in pieces:
        applied = Truth.UNKNOWN
        if verdict is Verdict.APPLIES:
            applied = Truth.TRUE
        elif verdict not in OPEN:
            applied = Truth.FALSE
        count = bisect_right(starts, last) - len(found)
        found += [applied & scope] * count
    return found
