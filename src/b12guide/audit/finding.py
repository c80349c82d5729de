"""What an audit finds: where, how grave, on what ground, and what would clear it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Assumption, Rule, RuleGraph
from b12guide.record import Shown
from b12guide.truth import Truth
from b12guide.values.term import Strength

__all__ = [
    "Audit",
    "Family",
    "Finding",
    "Gravity",
    "Tolerance",
    "gravity_of",
]


class Gravity(Enum):
    """How grave a finding is, gravest first."""

    VIOLATION = "violation"
    WARNING = "warning"
    UNRESOLVED = "unresolved"
    INFO = "info"


class Family(Enum):
    """What a finding is about; an audit can be limited to some families."""

    FORM = "form"
    INTERVAL = "interval"
    FOLATE = "folate"
    TECHNIQUE = "technique"
    MONITORING = "monitoring"
    CONTINUATION = "continuation"


@frozen(kw_only=True)
class Tolerance:
    """How late is late: a named profile, because no guideline prints one.

    Intervals in days or weeks have no tolerance in any profile.

    Attributes:
        doses: Days by which a dose of a schedule in months may be early or late.
        tests: Days by which a test may be early or late.
        early: Days by which a dose that is counted from an event may be early.
        in_a_row: How many times in a row make a site routine.
        share: The share of all injections above which a site is routine.
    """

    name: str
    doses: int
    tests: int
    early: int = 0
    in_a_row: int = 2
    share: tuple[int, int] = (1, 2)


_GRAVITY = {
    Strength.REQUIRED: Gravity.VIOLATION,
    Strength.DO_NOT: Gravity.VIOLATION,
    Strength.SHOULD: Gravity.VIOLATION,
    Strength.AVOID: Gravity.WARNING,
    Strength.SHOULD_CONSIDER: Gravity.WARNING,
}


def gravity_of(verdict: RuleVerdict) -> Gravity:
    """How grave it is to depart from a rule: by its strength, or open where its verdict is."""
    match verdict.verdict:
        case Verdict.APPLIES | Verdict.OVERRIDDEN:
            strength = verdict.rule.grounds.strength
            return (
                Gravity.INFO
                if strength is None
                else _GRAVITY.get(strength, Gravity.INFO)
            )
        case _:
            return Gravity.UNRESOLVED


@frozen(kw_only=True)
class Finding:
    """One departure from a guideline, or one thing that cannot be judged.

    Attributes:
        on: The day; for a gap or something missing, the day on which it became due.
        rule: The rule that speaks.
        text: What is the matter.
        limit: What the rule allows.
        compared: The days that were compared, the event's own day last.
        needs: Facts that would settle an unresolved finding.
        assumptions: Readings on which the finding rests.
        clears: What would have made, or would make, the finding go away.
    """

    on: dt.date
    gravity: Gravity
    family: Family
    rule: Rule
    text: str
    limit: str = ""
    compared: tuple[dt.date, ...] = ()
    needs: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    clears: str = ""

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of the source behind the rule."""
        return self.rule.grounds.statements


@frozen(kw_only=True)
class Audit(Shown):
    """What was found in a history.

    Attributes:
        on: The day of the audit: what became due later is not missing yet.
        later: How many events lie after that day, and were left aside.
        scope: Whether the guideline is written for this patient, on that day.
        notices: What is to be said besides.
        warnings: What is to be said of the record itself.
    """

    graph: RuleGraph = field(repr=False)
    on: dt.date
    tolerance: Tolerance
    families: tuple[Family, ...]
    findings: tuple[Finding, ...]
    events: int
    later: int = 0
    scope: Truth = Truth.TRUE
    notices: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def counts(self) -> Mapping[Gravity, int]:
        """How many findings there are of each gravity."""
        return {g: sum(f.gravity is g for f in self.findings) for g in Gravity}

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions behind any finding."""
        names = {name for finding in self.findings for name in finding.assumptions}
        known = sorted(self.graph.assumptions.items())
        return tuple(a for name, a in known if name in names)
