"""The histories of a cohort audited against a guideline."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from attrs import asdict, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import choice, ends, instance, names, whole_number
from b12guide.audit import finding
from b12guide.audit.judged import JUDGED_BY
from b12guide.audit.periods import FollowUp
from b12guide.cohort import frames
from b12guide.cohort.adherence_periods import CohortPeriods, PeriodCount, cut_patients
from b12guide.cohort.adherence_periods import schema_of as periods_schema
from b12guide.cohort.assumed import WrittenValues, written_values
from b12guide.cohort.audit_chunks import AuditedChunk, AuditRequest, audit_chunks
from b12guide.cohort.finding_columns import schema_of
from b12guide.cohort.interval_counts import IntervalCount, RuleSpacing, interval_counts
from b12guide.cohort.options import OnBadRow, Progress, no_progress
from b12guide.cohort.processes import cores
from b12guide.cohort.trial_emulation import OnUnknown, trial_emulation
from b12guide.cohort.two_tables import read_tables
from b12guide.errors import ArgumentError, CohortError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.patient.from_mapping import day_of
from b12guide.patient.model import Otherwise
from b12guide.truth import Truth
from b12guide.values.duration import Duration

_TEXT = pa.string()
_TYPES = {
    "rule": _TEXT,
    "title": _TEXT,
    "decision": _TEXT,
    "strength": _TEXT,
    "statements": pa.list_(_TEXT),
    "loading": pa.bool_(),
}
"""The Arrow types of columns that hold no number."""
_INTERVAL_TYPES = {"rule": _TEXT, "place": _TEXT, "share": pa.float64()}


@frozen(kw_only=True)
class Adherence:
    """How one rule was kept: numbers of patients, and of findings.

    `violation`, `warning`, `unresolved`, `info` and `none` add up to `applied`: each patient
    counts where the gravest finding of this rule puts them.

    Attributes:
        rule: Its name.
        applied: Patients to whom it applied at some time up to the day of the audit.
        none: Of these, those about whom it has no finding.
        no_record: Of those without a finding, the ones whose history says nothing by which the
            rule could be judged, such as no test of the kind that it asks for.
        open: Patients to whom it was never known to apply, and never known not to.
        findings: All findings in which it speaks, over all patients.
    """

    rule: str
    title: str
    decision: str
    strength: str | None
    statements: tuple[str, ...]
    applied: int
    violation: int
    warning: int
    unresolved: int
    info: int
    none: int
    open: int
    findings: int
    no_record: int = 0


@frozen(kw_only=True)
class Spacing:
    """How many times two doses that follow each other lay so many days apart.

    Attributes:
        loading: Whether both belong to one loading course.
    """

    loading: bool
    days: int
    count: int


def _said(table: frames.Table) -> list[Any]:
    return [_plain(row) for row in table.to_pylist()]


@frozen(kw_only=True, repr=False)
class CohortAudit(Answer, Record):
    """The audits of many patients.

    Attributes:
        patients: How many were audited.
        without_events: How many of them have no event up to the day of the audit.
        events: How many events were audited; `later` lie after the day of the audit.
        scope: How many patients are inside the guideline's scope, outside, or not known to be
            either; outside it nothing is held against anybody.
        counts: Findings of each gravity.
        spacing_by_rule: The days between doses once more, for each rule on their distance that
            applied when the later one was given, or may have; a gap to which several applied is
            in each.
        skipped: Rows for the sake of which patients, or events of nobody, were left out.
        table: The findings as an Arrow table, in the order of the patients, then of the days.
        row_table: What each rule says to them, day by day, in the same order.
        kind: The package whose frames came in.
        assumed: What was assumed of patients for whom it is not known.
        periods: How the rules were kept interval by interval, where that was asked for.
    """

    graph: RuleGraph = field(repr=False)
    on: dt.date
    tolerance: finding.Tolerance
    families: tuple[finding.Family, ...]
    patients: int
    without_events: int
    events: int
    later: int
    scope: Mapping[Truth, int] = field(converter=frozen_map)
    counts: Mapping[finding.Gravity, int] = field(converter=frozen_map)
    adherence: tuple[Adherence, ...] = field(repr=False)
    spacing: tuple[Spacing, ...] = field(repr=False)
    spacing_by_rule: tuple[RuleSpacing, ...] = field(default=(), repr=False)
    skipped: tuple[frames.RowProblem, ...] = field(repr=False)
    table: frames.Table = field(eq=_said, hash=False, repr=False)
    kind: frames.FrameKind = field(eq=False, repr=False)
    row_table: frames.Table = field(default=None, eq=False, repr=False)
    assumed: WrittenValues = field(factory=dict, converter=frozen_map, repr=False)
    periods: CohortPeriods | None = field(default=None, repr=False)

    @property
    def findings(self) -> Any:
        """The findings as a frame of the kind that came in."""
        return frames.native(self.table, self.kind)

    def rows_frame(self) -> Any:
        """What each rule says to each finding, day by day; `finding` is its number.

        Raises:
            CohortError: The audit was read back from its record, which does not hold them.
        """
        if self.row_table is None:
            message = "this audit was read back; its record does not hold these rows"
            raise CohortError(message)
        return frames.native(self.row_table, self.kind)

    def to_frame(self) -> Any:
        """The same as `findings`."""
        return self.findings

    def has(self, gravity: finding.Gravity) -> bool:
        """Whether there is a finding of this gravity or of a graver one."""
        order = list(finding.Gravity)
        return any(self.counts[g] for g in order[: order.index(gravity) + 1])

    def adherence_frame(self) -> Any:
        """Adherence by rule as a frame of the kind that came in."""
        return frames.frame_of(self.adherence, Adherence, _TYPES, self.kind)

    def spacing_frame(self) -> Any:
        """The days between doses as a frame of the kind that came in."""
        return frames.frame_of(self.spacing, Spacing, _TYPES, self.kind)

    def periods_frame(self) -> Any:
        """How the rules were kept, a row for each patient, rule and interval: the long form.

        Its columns: the id, `rule`, `period` (from 0), `tstart` and `tstop` (days from the first
        day of follow-up), `start` and `stop` (the first day, and the first after it), `state`
        (`b12guide.audit.periods.PeriodState`), `adheres` (1, 0, or null where that is not known or
        the rule did not apply), `eligible` (whether the rule applied on the first day) and
        `censored` (1 from the first departure on).

        Raises:
            CohortError: The audit was made without intervals, or was read back.
        """
        return frames.native(self._cut().table, self.kind)

    def period_counts_frame(self) -> Any:
        """How many patients had each state, a row for each rule and interval.

        Raises:
            CohortError: The audit was made without intervals.
        """
        counts = self._cut(is_counted=True).counts
        return frames.frame_of(counts, PeriodCount, _TYPES, self.kind)

    def to_trial_emulation(
        self,
        rule: str,
        *,
        outcome: Any = None,
        unknown: OnUnknown | str = OnUnknown.KEEP,
    ) -> Any:
        """The intervals of one rule with the columns that the R package TrialEmulation reads.

        Args:
            rule: A rule that has intervals. `treatment` is 1 where it was kept, 0 where not.
            outcome: A frame with the ids and a column `on`, the day of each patient's outcome.
            unknown: Whether intervals in which that is not known stay, as nulls (`keep`), or end
                a patient's follow-up (`end`), which the package needs.

        Raises:
            CohortError: The audit was made without intervals, or was read back.
            PatientError: `outcome` lacks a column, or has a patient twice.
            UnknownNameError: There is no such rule or choice.
        """
        found = trial_emulation(
            self._cut(),
            self.table.column_names[0],
            rule,
            outcome=outcome,
            unknown=unknown,
        )
        return frames.native(found, self.kind)

    def _cut(self, *, is_counted: bool = False) -> CohortPeriods:
        """The intervals.

        Raises:
            CohortError: There are none, or only how many there were.
        """
        if self.periods is None:
            message = (
                "this audit was made without intervals; "
                'say how long they are, as in `audit_cohort(..., periods="1 month")`'
            )
            raise CohortError(message)
        if self.periods.table is None and not is_counted:
            message = "this audit was read back; its record does not hold these rows"
            raise CohortError(message)
        return self.periods

    def interval_counts(
        self, rule: str, *, loading: bool | None = None
    ) -> tuple[IntervalCount, ...]:
        """How many gaps between doses lie within, before and after the interval of a rule.

        Args:
            rule: The name of a rule that says how often, such as `maintenance_standard`.
            loading: Whether only gaps inside loading courses are meant, or only others; both if
                None.

        Raises:
            UnknownNameError: No rule of that name advises an interval.
        """
        spacing = self.spacing_by_rule
        return tuple(interval_counts(self.graph, spacing, rule, loading=loading))

    def intervals_frame(self, rule: str, *, loading: bool | None = None) -> Any:
        """The same as a frame of the kind that came in, a row for each place.

        Raises:
            UnknownNameError: No rule of that name advises an interval.
        """
        counts = self.interval_counts(rule, loading=loading)
        return frames.frame_of(counts, IntervalCount, _INTERVAL_TYPES, self.kind)

    def days_between(self, share: float, *, loading: bool = False) -> int | None:
        """The days that `share` of all gaps between doses do not exceed; None without a gap.

        Args:
            share: From 0 to 1; 0.5 is the median, the lower one of two.
            loading: Whether gaps inside loading courses are meant, or all others.

        Raises:
            ArgumentError: `share` is no number from 0 to 1, or `loading` neither true nor false.
        """
        expected = "a share of the gaps from 0 to 1, such as 0.5 for the median"
        instance(loading, bool, "loading", "true or false")
        share = float(ends(share, "share", expected, most=1)[0])
        gaps = [one for one in self.spacing if one.loading is loading]
        wanted, seen = share * sum(one.count for one in gaps), 0
        for one in gaps:
            seen += one.count
            if seen >= wanted:
                return one.days
        return None

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` adds who counted it."""
        return {
            "on": self.on.isoformat(),
            "tolerance": self.tolerance.to_dict(),
            "families": [family.value for family in self.families],
            "assumed": dict(self.assumed),
            "patient": self.table.column_names[0],
            "summary": {
                "patients": self.patients,
                "without_events": self.without_events,
                "events": self.events,
                "later": self.later,
                "scope": {_SCOPE[truth]: count for truth, count in self.scope.items()},
                **{gravity.value: count for gravity, count in self.counts.items()},
            },
            "adherence": [
                {**asdict(one), "statements": list(one.statements)}
                for one in self.adherence
            ],
            "spacing": [asdict(one) for one in self.spacing],
            "spacing_by_rule": [asdict(one) for one in self.spacing_by_rule],
            "periods": None if self.periods is None else self.periods.plain(),
            "findings": _said(self.table),
            "skipped": [problem.to_dict() for problem in self.skipped],
        }


_SCOPE = {
    Truth.TRUE: "applies",
    Truth.FALSE: "does not apply",
    Truth.UNKNOWN: "unknown",
}


def _plain(value: Any) -> Any:
    match value:
        case dt.date():
            return value.isoformat()
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


_CHUNK = 100
_WORTH_A_PROCESS = 200
"""Patients for whose sake one more process is worth its start."""


def audit_cohort(  # noqa: PLR0913 -- two tables, a day, and what an audit can be told
    evaluator: Evaluator,
    patients: Any,
    events: Any,
    *,
    on: dt.date,
    patient: str = "patient",
    families: Iterable[finding.Family | str] = tuple(finding.Family),
    tolerance: finding.Tolerance | str = finding.USUAL,
    units: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    otherwise: Otherwise | str = Otherwise.UNKNOWN,
    assume: Mapping[str, Any] | None = None,
    truths: Mapping[Any, bool] | None = None,
    decimal: str = ".",
    on_bad: OnBadRow | str = OnBadRow.ERROR,
    periods: Duration | str | None = None,
    start: FollowUp | dt.date | str = FollowUp.FIRST_EVENT,
    rules: Iterable[str] | str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CohortAudit:
    """Where the histories of `patients` departed from the guideline.

    Args:
        evaluator: The guideline.
        patients: A frame with one row for each patient: an id, and columns named as facts are.
        events: A frame with one row for each event: the id of its patient, and the fields of a
            history file. A patient without events is audited too.
        on: The day of the audit.
        patient: The column of both frames that holds the id.
        families: What to look at.
        tolerance: How late is late.
        units: The unit of a column of numbers, where it is not the measure's own.
        ignore: Columns of `patients` and of `events` to be left out, or patterns such as `LBX*`,
            which leave out only what is no fact and no field of an event.
        otherwise: What holds of facts for which `patients` has no column.
        assume: Values of facts, as in a patient file, that are assumed of every patient about whom
            they are not known, nulls and facts without a column alike.
        truths: What words or numbers mean in columns of truths, in addition to `true` and `false`.
        decimal: What stands in text of `patients` before the fraction of a number: `.` or `,`.
        on_bad: What becomes of rows that cannot be read.
        periods: The length of the intervals, such as `1 month` or `30 days`, for which is said how
            each rule was kept; none without it.
        start: The first day of follow-up: the `first event`, for each rule the first day on which
            it applied (`rule applies`), a day, or a column of `patients` with the day of each. A
            patient who has none is not followed.
        rules: Which rules have intervals; all that a history can depart from, if left out.
        workers: How many processes; as many as there are cores, and patients enough, if None.
        progress: Told from time to time how far it is.

    Raises:
        ArgumentError: `periods` is no length of whole days or months, or is missing where there
            is `start` or `rules`; or `start` is after the day of the audit.
        CohortError: They are no frames.
        PatientError: The frames, or some rows of them, cannot be used.
        UnknownNameError: A family, a tolerance, a rule or a choice has no such name.
        WorkerError: A process failed.
    """
    wanted = finding.families_of(families)
    kept = finding.tolerance_of(tolerance)
    skips = choice(OnBadRow, on_bad, "on_bad") is OnBadRow.SKIP
    if workers is not None:
        whole_number(workers, "workers", least=1)
    on = day_of(on)
    cut, kind = None, frames.kind_of(patients)
    if periods is None:
        _refuse_without_periods(start, rules)
    else:
        patients, cut = cut_patients(
            evaluator.graph,
            patients,
            wanted,
            on=on,
            every=periods,
            start=start,
            rules=rules,
        )
        if cut.column is not None:
            ignore = (*names(ignore, "ignore"), cut.column)
    read = read_tables(
        evaluator,
        patients,
        events,
        patient,
        units=units,
        ignore=ignore,
        otherwise=otherwise,
        assume=assume,
        truths=truths,
        decimal=decimal,
    )
    table, found = read.patients, read.histories
    asked = AuditRequest(
        graph=evaluator.graph,
        patient=patient,
        on=on,
        families=tuple(f for f in finding.Family if f in wanted),
        tolerance=kept,
        columns=read.columns,
        otherwise=read.otherwise,
        assumed=read.assumed,
        periods=cut,
    )
    tell = progress or no_progress
    count = found.patients.num_rows
    most = max(1, count)  # a process has one patient at least
    processes = min(workers or max(1, min(cores(), count // _WORTH_A_PROCESS)), most)
    size = max(1, min(_CHUNK, -(-count // processes)))
    total, done = AuditedChunk(), 0
    tell(0, count)
    for part in audit_chunks(asked, evaluator, found.chunks(size), processes):
        total.add(part)
        done = min(done + size, count)
        tell(done, count)
    problems = frames.in_order((*found.problems, *total.problems))
    if problems and not skips:
        raise frames.refused(problems)
    ids = table.schema.field(patient).type
    empty = schema_of(ids, patient).empty_table()
    no_rows = schema_of(ids, patient, by_rule=True).empty_table()
    return CohortAudit(
        graph=evaluator.graph,
        on=on,
        tolerance=kept,
        families=asked.families,
        patients=total.audited,
        without_events=total.without_events,
        events=total.events,
        later=total.later,
        scope={truth: total.scope[truth] for truth in Truth},
        counts={gravity: total.gravities[gravity] for gravity in finding.Gravity},
        adherence=tuple(_adherence(asked, total)),
        spacing=tuple(
            Spacing(loading=loading, days=days, count=count)
            for (loading, days), count in sorted(total.gaps.items())
        ),
        spacing_by_rule=tuple(
            RuleSpacing(
                rule=rule, loading=loading, days=days, count=count, open=is_open
            )
            for (rule, loading, days, is_open), count in sorted(total.rule_gaps.items())
        ),
        skipped=problems,
        table=pa.concat_tables([empty, *total.findings]),
        row_table=pa.concat_tables([no_rows, *total.rows]),
        kind=kind,
        assumed=written_values(asked.assumed, evaluator.graph),
        periods=None
        if cut is None
        else CohortPeriods.of(
            cut,
            total.period_counts,
            total.followed,
            pa.concat_tables(
                [periods_schema(ids, patient).empty_table(), *total.periods]
            ),
        ),
    )


def _refuse_without_periods(start: Any, rules: Any) -> None:
    """Refuse what says how follow-up is cut where nobody asks for intervals.

    Raises:
        ArgumentError: There is such a thing.
    """
    first = FollowUp.FIRST_EVENT
    is_usual = start is first or (isinstance(start, str) and start == first.value)
    if is_usual and rules is None:
        return
    argument = "periods"
    expected = (
        f"the length of an interval, such as `1 month`, where there is "
        f"`{'rules' if is_usual else 'start'}`"
    )
    raise ArgumentError(argument, expected, None, is_told=True)


def _adherence(asked: AuditRequest, total: AuditedChunk) -> Iterable[Adherence]:
    """How the rules that spoke to anybody were kept, in the order of the guideline."""
    for rule in asked.graph.rules.values():
        if not JUDGED_BY.get(rule.decision, frozenset()) & set(asked.families):
            continue
        counts = Counter(
            {g: total.applied[rule.name, g] for g in (*finding.Gravity, None)}
        )
        if counts.total() or total.open[rule.name] or total.told[rule.name]:
            strength = rule.grounds.strength
            yield Adherence(
                rule=rule.name,
                title=rule.title,
                decision=rule.decision.value,
                strength=None if strength is None else strength.value,
                statements=rule.grounds.statements,
                applied=counts.total(),
                violation=counts[finding.Gravity.VIOLATION],
                warning=counts[finding.Gravity.WARNING],
                unresolved=counts[finding.Gravity.UNRESOLVED],
                info=counts[finding.Gravity.INFO],
                none=counts[None],
                open=total.open[rule.name],
                findings=total.told[rule.name],
                no_record=total.unrecorded[rule.name],
            )
