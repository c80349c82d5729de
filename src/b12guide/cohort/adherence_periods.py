"""How the rules were kept by the patients of a cohort, interval by interval, as columns.

There is a row for each patient, rule and interval of `b12guide.audit.period_states`; the columns
are those of its long form, with the id of the patient before them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from attrs import asdict, define, evolve, field, frozen

from b12guide.audit.departure import row_of
from b12guide.audit.finding import Family
from b12guide.audit.judged import judged_rules
from b12guide.audit.period_states import RulePeriods, may_decide, rule_periods
from b12guide.audit.periods import FollowUp, Grid, PeriodState, known, number_of
from b12guide.audit.replay import Replay
from b12guide.audit.telling import Telling
from b12guide.cohort.frames import Table, arrow_of, unusable
from b12guide.errors import ArgumentError, PatientError, UnknownNameError
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.say.schedules import length_text
from b12guide.say.words import listing
from b12guide.text import shortened

_STATES = tuple(PeriodState)
_NUMBERS = {state: number for number, state in enumerate(_STATES)}
_EPOCH = dt.date(1970, 1, 1).toordinal()


@frozen(kw_only=True)
class PeriodRequest:
    """How the follow-up of every patient is cut; it can be sent to another process.

    Attributes:
        grid: The intervals; where `column` names one, they begin on the day in that column.
        rules: The names of the rules, in the order of the guideline.
        column: The column of `patients` with the first day of each.
    """

    grid: Grid
    rules: tuple[str, ...]
    column: str | None = None

    @property
    def start_text(self) -> str:
        """From when follow-up is counted, as it was asked for."""
        if self.column is not None:
            return self.column
        start = self.grid.start
        return start.value if isinstance(start, FollowUp) else start.isoformat()


def period_request(  # noqa: PLR0913 -- what was asked, and of what
    graph: RuleGraph,
    families: Iterable[Family],
    columns: Sequence[str],
    *,
    on: dt.date,
    every: Any,
    start: Any,
    rules: Any,
) -> PeriodRequest:
    """What was asked for.

    Args:
        graph: The guideline.
        families: What is looked at.
        columns: The names of the columns of `patients`.
        on: The day of the audit.
        every: The length of an interval.
        start: The first day, or a column of `patients` that has it.
        rules: Which rules; all that a history can depart from, if None.

    Raises:
        ArgumentError: One of them is no such thing, or `start` is after the day of the audit.
        PatientError: `start` is text that is neither a day nor a column.
        UnknownNameError: There is no such rule to depart from.
    """
    told = {one.value for one in FollowUp}
    is_column = isinstance(start, str) and start in columns and start not in told
    judged = judged_rules(graph, families, rules)
    try:
        grid = Grid.of(every) if is_column else Grid.of(every, start)
    except ArgumentError as error:
        argument = "periods" if error.argument == "every" else error.argument
        given = every if error.argument == "every" else start
        raise ArgumentError(argument, error.expected, given, is_told=True) from error
    except (PatientError, UnknownNameError) as error:
        raise _no_start(str(start), columns) from error
    return PeriodRequest(
        grid=grid.begun_by(on),
        rules=tuple(rule.name for rule in judged),
        column=start if is_column else None,
    )


def _no_start(start: str, columns: Sequence[str]) -> PatientError:
    """What is wrong with a `start` that is neither a day nor a column of `patients`."""
    told = [one.value for one in FollowUp]
    near = UnknownNameError("start", start, (*told, *columns)).suggestions
    message = f"`{shortened(start)}`, given as `start`, is neither a day nor a column of patients"
    remedy = (
        f"did you mean {listing((f'`{one}`' for one in near), 'or')}?"
        if near
        else (
            "give `first event`, `rule applies`, a day such as `2025-01-31`, or a column"
        )
    )
    return unusable([(message, remedy)])


def cut_patients(
    graph: RuleGraph, patients: Any, families: Iterable[Family], **how: Any
) -> tuple[Any, PeriodRequest]:
    """The patients, with the days of a column as days, and how their follow-up is cut.

    Args:
        graph: The guideline.
        patients: A frame.
        families: What is looked at.
        how: `on`, `every`, `start` and `rules`, as for `period_request`.

    Raises:
        CohortError: `patients` is no frame.
        PatientError: The column of days holds something else.
    """
    table = arrow_of(patients, "patients")
    cut = period_request(graph, families, table.column_names, **how)
    return (
        (patients, cut) if cut.column is None else (with_days(table, cut.column), cut)
    )


def with_days(table: Table, column: str) -> Table:
    """The table of patients with the days of a column as days; a null has none.

    Raises:
        PatientError: The column holds something else.
    """
    place = table.column_names.index(column)
    cells = table.column(place)
    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    try:
        if not (pa.types.is_temporal(cells.type) or pa.types.is_null(cells.type)):
            cells = pc.cast(cells.cast(pa.string()), pa.date32())
        days = cells.cast(pa.date32(), safe=False)
    except pa.ArrowException as error:
        message = f"the column `{column}` of days holds something else"
        raise unusable(
            [(message, "write days as 2025-01-31, or leave them empty")]
        ) from error
    return table.set_column(place, column, days)


@define(eq=False)
class PeriodColumns:
    """The rows of one chunk, column by column, while they are gathered.

    Attributes:
        asked: How follow-up is cut.
        graph: The guideline.
        counts: Patients by rule, interval and state.
        followed: How many patients have an interval of any rule.
    """

    asked: PeriodRequest
    graph: RuleGraph
    counts: Counter[tuple[str, int, PeriodState]] = field(factory=Counter)
    followed: int = 0
    _whose: list[int] = field(factory=list)
    _rules: list[int] = field(factory=list)
    _periods: list[int] = field(factory=list)
    _first: list[int] = field(factory=list)
    _starts: list[int] = field(factory=list)
    _stops: list[int] = field(factory=list)
    _states: list[int] = field(factory=list)
    _eligible: list[int | None] = field(factory=list)
    _censored: list[int | None] = field(factory=list)

    def add(
        self,
        number: int,
        replay: Replay,
        said: Iterable[Telling],
        start: dt.date | None,
    ) -> None:
        """Take in the intervals of a patient.

        Args:
            number: Which patient, among those whose ids `table` is given.
            replay: The patient's history beside the guideline.
            said: What was found in it.
            start: The patient's own first day, where there is a column of them.
        """
        grid = self.asked.grid
        if self.asked.column is not None:
            if start is None:
                return
            grid = evolve(grid, start=start)
        rules = [self.graph.rules[name] for name in self.asked.rules]
        rows = [
            row_of(told.departure, told.weight, told.on)
            for telling in said
            for told in telling.rows
            if may_decide(told.weight)
        ]
        before = len(self._whose)
        for one in rule_periods(replay, rows, grid, rules):
            self._add(number, one)
        self.followed += len(self._whose) > before

    def _add(self, number: int, one: RulePeriods) -> None:
        count, name = len(one.starts), one.rule.name
        self._whose += [number] * count
        self._rules += [self.asked.rules.index(name)] * count
        self._periods += range(count)
        self._first += [one.starts[0].toordinal()] * count
        self._starts += [day.toordinal() for day in one.starts]
        self._stops += [day.toordinal() for day in one.stops]
        self._states += [_NUMBERS[state] for state in one.states]
        self._eligible += [number_of(known(truth)) for truth in one.eligible]
        self._censored += [number_of(known(truth)) for truth in one.departed]
        self.counts.update((name, n, state) for n, state in enumerate(one.states))

    def table(self, ids: Any, patient: str) -> Table:
        """The rows as an Arrow table, in the order of the patients, rules and intervals.

        Args:
            ids: The ids of the patients.
            patient: The name of their column.
        """
        first, starts, stops = (
            np.array(days, dtype=np.int64)
            for days in (self._first, self._starts, self._stops)
        )
        adheres = pa.array([number_of(state.adheres) for state in _STATES], pa.int8())
        states = pa.array(self._states, pa.int8())
        columns = {
            "rule": _named(self.asked.rules, self._rules),
            "period": pa.array(self._periods, pa.int32()),
            "tstart": pa.array(starts - first, pa.int32()),
            "tstop": pa.array(stops - first, pa.int32()),
            "start": _days(starts),
            "stop": _days(stops),
            "state": _named([state.value for state in _STATES], self._states),
            "adheres": adheres.take(states),
            "eligible": pa.array(self._eligible, pa.int8()),
            "censored": pa.array(self._censored, pa.int8()),
        }
        whose = ids.take(pa.array(self._whose, pa.int64()))
        return pa.Table.from_arrays(
            [whose, *columns.values()], schema=schema_of(ids.type, patient)
        )


def _named(known_names: Sequence[str], numbers: Sequence[int]) -> Any:
    """Names by their numbers."""
    return pa.array(known_names, pa.string()).take(pa.array(numbers, pa.int32()))


def _days(ordinals: Any) -> Any:
    return pa.array((ordinals - _EPOCH).astype(np.int32), pa.date32())


def schema_of(ids: Any, patient: str) -> Any:
    """The columns of the table of intervals.

    Args:
        ids: The type of the ids.
        patient: The name of their column.
    """
    return pa.schema(
        [
            (patient, ids),
            ("rule", pa.string()),
            ("period", pa.int32()),
            ("tstart", pa.int32()),
            ("tstop", pa.int32()),
            ("start", pa.date32()),
            ("stop", pa.date32()),
            ("state", pa.string()),
            ("adheres", pa.int8()),
            ("eligible", pa.int8()),
            ("censored", pa.int8()),
        ]
    )


# ---------------------------------------------------------------------- of a whole cohort


@frozen(kw_only=True)
class PeriodCount:
    """How many patients kept a rule in one interval of their follow-up; they add up to those in it.

    Attributes:
        period: The number of the interval, from 0.
    """

    rule: str
    period: int
    adheres: int
    departs: int
    undecidable: int
    no_record: int
    not_applicable: int

    @property
    def total(self) -> int:
        """All patients who have this interval."""
        return self.applied + self.not_applicable

    @property
    def applied(self) -> int:
        """Those to whom the rule applied in it, or may have."""
        return self.adheres + self.departs + self.undecidable + self.no_record


@frozen(kw_only=True, repr=False)
class CohortPeriods(Record):
    """How the rules were kept by a cohort, interval by interval.

    Attributes:
        every: The length of an interval, in words that are read back.
        start: From when follow-up is counted: `first event`, `rule applies`, a day, or the name
            of the column that has it.
        rules: The rules that were looked at.
        followed: How many patients have any interval.
        counts: By rule in the order of the guideline, then by interval.
        table: A row for each patient, rule and interval; None where it was read back.
    """

    every: str
    start: str
    rules: tuple[str, ...]
    followed: int
    counts: tuple[PeriodCount, ...] = field(repr=False)
    table: Table = field(default=None, eq=False, repr=False)

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data."""
        return {
            "every": self.every,
            "start": self.start,
            "rules": list(self.rules),
            "followed": self.followed,
            "counts": [asdict(one) for one in self.counts],
        }

    @classmethod
    def of(
        cls,
        asked: PeriodRequest,
        counts: Mapping[tuple[str, int, PeriodState], int],
        followed: int,
        table: Table,
    ) -> CohortPeriods:
        """What the chunks of a cohort came to together."""
        return cls(
            every=length_text(asked.grid.every),
            start=asked.start_text,
            rules=asked.rules,
            followed=followed,
            counts=tuple(_counts(asked.rules, counts)),
            table=table,
        )


def _counts(
    rules: Sequence[str], counts: Mapping[tuple[str, int, PeriodState], int]
) -> Iterator[PeriodCount]:
    there = {(rule, period) for rule, period, _ in counts}
    for rule, period in sorted(there, key=lambda one: (rules.index(one[0]), one[1])):
        yield PeriodCount(
            rule=rule,
            period=period,
            **{
                state.value.replace(" ", "_"): counts.get((rule, period, state), 0)
                for state in _STATES
            },
        )
