"""What the audits of many histories come to: findings, adherence by rule, intervals of doses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
from attrs import asdict, field, frozen

from b12guide.answers import Answer
from b12guide.audit.finding import Family, Gravity, Tolerance
from b12guide.cohort.assumed import Written
from b12guide.cohort.problem import Problem
from b12guide.cohort.tables import Kind, Table, frame_of, native
from b12guide.errors import CohortError
from b12guide.frozen import frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.record import Record
from b12guide.truth import Truth

__all__ = ["Adherence", "CohortAudit", "Spacing"]

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


@frozen(kw_only=True)
class Adherence:
    """How one rule was kept: numbers of patients, and of findings.

    `violation`, `warning`, `unresolved`, `info` and `none` add up to `applied`: each patient
    counts where the gravest finding of this rule puts them.

    Attributes:
        rule: Its name.
        applied: Patients to whom it applied at some time up to the day of the audit.
        none: Of these, those of whom it has no finding; without a record to judge by, that says
            little.
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


@frozen(kw_only=True)
class Spacing:
    """How many times two doses that follow each other lay so many days apart.

    Attributes:
        loading: Whether both belong to one loading course.
    """

    loading: bool
    days: int
    count: int


@frozen(kw_only=True, eq=False, repr=False)
class CohortAudit(Answer, Record):
    """The audits of many patients.

    Attributes:
        patients: How many were audited.
        without_events: How many of them have no event up to the day of the audit.
        events: How many events were audited; `later` lie after the day of the audit.
        scope: How many patients are inside the guideline's scope, outside, or not known to be
            either; outside it nothing is held against anybody.
        counts: Findings of each gravity.
        skipped: Rows for the sake of which patients, or events of nobody, were left out.
        table: The findings as an Arrow table, in the order of the patients, then of the days.
        row_table: What each rule says to them, day by day, in the same order.
        kind: The package whose frames came in.
        assumed: What was assumed of patients of whom it is not known.
    """

    graph: RuleGraph = field(repr=False)
    on: dt.date
    tolerance: Tolerance
    families: tuple[Family, ...]
    patients: int
    without_events: int
    events: int
    later: int
    scope: Mapping[Truth, int] = field(converter=frozen_map)
    counts: Mapping[Gravity, int] = field(converter=frozen_map)
    adherence: tuple[Adherence, ...] = field(repr=False)
    spacing: tuple[Spacing, ...] = field(repr=False)
    skipped: tuple[Problem, ...] = field(repr=False)
    table: Table = field(repr=False)
    kind: Kind = field(repr=False)
    row_table: Table = field(default=None, repr=False)
    assumed: Written = field(factory=dict, converter=frozen_map, repr=False)

    @property
    def findings(self) -> Any:
        """The findings as a frame of the kind that came in."""
        return native(self.table, self.kind)

    def rows_frame(self) -> Any:
        """What each rule says to each finding, day by day; `finding` is its number.

        Raises:
            CohortError: The audit was read back from its record, which does not hold them.
        """
        if self.row_table is None:
            message = "this audit was read back; its record does not hold these rows"
            raise CohortError(message)
        return native(self.row_table, self.kind)

    def to_frame(self) -> Any:
        """The same as `findings`."""
        return self.findings

    def has(self, gravity: Gravity) -> bool:
        """Whether there is a finding of this gravity or of a graver one."""
        order = list(Gravity)
        return any(self.counts[g] for g in order[: order.index(gravity) + 1])

    def adherence_frame(self) -> Any:
        """Adherence by rule as a frame of the kind that came in."""
        return frame_of(self.adherence, Adherence, _TYPES, self.kind)

    def spacing_frame(self) -> Any:
        """The days between doses as a frame of the kind that came in."""
        return frame_of(self.spacing, Spacing, _TYPES, self.kind)

    def days_between(self, share: float, *, loading: bool = False) -> int | None:
        """The days that `share` of all gaps between doses do not exceed; None without a gap.

        Args:
            share: From 0 to 1; 0.5 is the median, the lower one of two.
            loading: Whether gaps inside loading courses are meant, or all others.
        """
        gaps = [one for one in self.spacing if one.loading is loading]
        wanted, seen = share * sum(one.count for one in gaps), 0
        for one in gaps:
            seen += one.count
            if seen >= wanted:
                return one.days
        return None

    def plain(self) -> dict[str, Any]:
        """What was counted, as plain data; `to_dict` says besides who counted it."""
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
            "findings": [_plain(row) for row in self.table.to_pylist()],
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
