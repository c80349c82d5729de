"""What an audit finds: where, how grave, on what ground, and what would clear it.

A finding is what a nurse counts: one event, one run of like events, or one thing that is missing.
Several rules may speak to it; `rows` says it rule by rule and day by day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.arguments import choice, instance, names
from b12guide.audit.event import Event
from b12guide.diagnostics import Diagnostic
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.frozen import Record
from b12guide.graph.model import Assumption, Challenge, Rule, RuleGraph, Silence
from b12guide.patient.model import FactValue, Stated
from b12guide.regimen.schedule import Window
from b12guide.truth import Truth

__all__ = [
    "Audit",
    "DoseDue",
    "Family",
    "Finding",
    "FindingRow",
    "Gravity",
    "Missing",
    "Tolerance",
    "What",
]


Stretch: TypeAlias = tuple[dt.date, dt.date]
"""Days in a row: the first and the last."""


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


class What(Enum):
    """What is missing where a finding is no violation (M60)."""

    CONDITION = "condition"
    SILENCE = "silence"
    READING = "reading"
    RECORD = "record"
    CONFLICT = "conflict"
    LIMIT = "limit"


@frozen(repr=False)
class Missing(Record):
    """One reason for which a finding is no violation, in words.

    Attributes:
        what: Whether the rule's condition is not certain, the guideline is silent, the finding
            rests on a reading that is ours, the record leaves it open, the source contradicts
            itself, or it prints no limit.
        quote: The silence or the assumption, word for word.
    """

    what: What
    text: str
    quote: str = ""


@frozen(kw_only=True, repr=False)
class Tolerance(Record):
    """How late is late: a named profile, because no guideline prints one.

    Attributes:
        doses: Days by which a dose of a schedule in months may be early or late.
        tests: Days by which a test may be early or late.
        loading: Days by which a dose of a schedule in days or weeks may be late. Up to there it
            is reported for information, beyond it departs.
        early: Days by which a dose that is counted from an event may be early.
        in_a_row: How many times in a row make a site routine.
        share: The share of all injections above which a site is routine.
        undated: Days before the first dose for which a fact without a date is taken to have been
            so already. What lies further back is not judged by it.
    """

    name: str
    doses: int
    tests: int
    loading: int = 1
    early: int = 0
    in_a_row: int = 2
    share: tuple[int, int] = (1, 2)
    undated: int = 60

    def to_dict(self) -> dict[str, Any]:
        """The profile as JSON has it."""
        return {
            "name": self.name,
            "doses": self.doses,
            "tests": self.tests,
            "loading": self.loading,
            "early": self.early,
            "in_a_row": self.in_a_row,
            "share": list(self.share),
            "undated": self.undated,
        }


@frozen(kw_only=True, repr=False)
class FindingRow(Record):
    """What one rule says to a finding, on one day.

    Attributes:
        on: The day; for a gap or something missing, the day on which it became due.
        text: What is the matter.
        limit: What the rule allows.
        compared: The days that were compared, the event's own day last.
        needs: Facts that would settle what is unresolved.
        assumptions: Readings on which it rests.
        clears: What would have made, or would make, it go away.
        missing: Why it is no violation, where it is none.
        silences: What the guideline does not address here.
        undated: Facts without a date on which the rule rests.
        lasts: The days on which it is so, from the first to the last of each stretch: a dose is
            late from the day after the tolerance to the day before it comes. Empty: on `on` alone.
    """

    on: dt.date
    gravity: Gravity
    rule: Rule
    text: str
    limit: str = ""
    compared: tuple[dt.date, ...] = ()
    needs: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    clears: str = ""
    missing: tuple[Missing, ...] = ()
    silences: tuple[Silence, ...] = ()
    undated: tuple[str, ...] = ()
    lasts: tuple[Stretch, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of the source behind the rule."""
        return self.rule.grounds.statements

    @property
    def challenges(self) -> tuple[str, ...]:
        """The ids of the outside evidence against the rule."""
        return self.rule.grounds.challenges


@frozen(kw_only=True, repr=False)
class Finding(Record):
    """One departure from a guideline, or one thing that cannot be judged.

    Attributes:
        on: The first day of what is gravest in it.
        text: What is the matter, all rows together.
        rows: Rule by rule and day by day, the gravest first.
    """

    on: dt.date
    gravity: Gravity
    family: Family
    text: str
    rows: tuple[FindingRow, ...]

    @property
    def rule(self) -> Rule:
        """The rule that speaks first, which is the strongest of the gravest."""
        return self.rows[0].rule

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of all rules that speak."""
        return tuple(dict.fromkeys(row.rule.name for row in self.rows))

    @property
    def statements(self) -> tuple[str, ...]:
        """The statements of the source behind all of them."""
        return statements_in_order(s for row in self.rows for s in row.statements)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The days that it is about, each once."""
        return tuple(sorted({row.on for row in self.rows}))

    @property
    def limit(self) -> str:
        """What the rules allow."""
        return told_together(row.limit for row in self.rows)

    @property
    def compared(self) -> tuple[dt.date, ...]:
        """The days that were compared."""
        return tuple(dict.fromkeys(day for row in self.rows for day in row.compared))

    @property
    def needs(self) -> tuple[str, ...]:
        """Facts that would settle what is unresolved."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.needs))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Readings on which it rests."""
        return tuple(dict.fromkeys(n for row in self.rows for n in row.assumptions))

    @property
    def challenges(self) -> tuple[str, ...]:
        """The ids of the outside evidence against the rules."""
        return tuple(dict.fromkeys(n for row in self.rows for n in row.challenges))

    @property
    def clears(self) -> str:
        """What would have made, or would make, the finding go away."""
        return told_together(row.clears for row in self.rows)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Why it, or a row of it, is no violation."""
        return tuple(dict.fromkeys(m for row in self.rows for m in row.missing))

    @property
    def silences(self) -> tuple[Silence, ...]:
        """What the guideline does not address here."""
        return tuple(dict.fromkeys(s for row in self.rows for s in row.silences))

    @property
    def undated(self) -> tuple[str, ...]:
        """Facts without a date on which the rules rest."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.undated))


@lru_cache(maxsize=4096)
def _numbered(statement: str) -> tuple[tuple[bool, int, str], ...]:
    """S9 before S10: what orders ids by the numbers in them."""
    pieces = re.findall(r"[0-9]+|[^0-9]+", statement)
    return tuple((p.isdigit(), int(p) if p.isdigit() else 0, p) for p in pieces)


def statements_in_order(statements: Iterable[str]) -> tuple[str, ...]:
    """Each statement once, S9 before S10."""
    return tuple(sorted(set(statements), key=_numbered))


def told_together(texts: Iterable[str]) -> str:
    """Each text once, one after the other."""
    return "; ".join(dict.fromkeys(filter(None, texts)))


@frozen(repr=False)
class DoseDue(Record):
    """When a rule asked for a dose, after the doses that were given before it."""

    rule: str
    window: Window


@frozen(kw_only=True, repr=False)
class Audit(Answer, Record):
    """What was found in a history.

    Attributes:
        on: The day of the audit: what became due later is not missing yet.
        later: How many events lie after that day, and were not assessed.
        scope: Whether the guideline is written for this patient, on that day.
        notices: Further remarks, as sentences without a full stop.
        silences: What the guideline does not address and this patient brings up.
        warnings: What is to be said of the record itself.
        stated: What was stated of the patient by the day of the audit; None for an audit of
            many, which keeps no records.
        assumed_absent: The measures that had a value because nobody mentioned them.
        history: The rows of the history as they were written: names with values.
        record: The events up to the day of the audit, as they were read.
        due: The doses that were due by then, as far as a day can be given.
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
    silences: tuple[Silence, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    stated: Stated | None = field(default=None, eq=False, repr=False)
    assumed_absent: Mapping[str, FactValue] = field(factory=dict, eq=False, repr=False)
    history: tuple[tuple[tuple[str, Any], ...], ...] = field(
        default=(), eq=False, repr=False
    )
    record: tuple[Event, ...] = field(default=(), eq=False, repr=False)
    due: tuple[DoseDue, ...] = field(default=(), eq=False, repr=False)

    @property
    def counts(self) -> Mapping[Gravity, int]:
        """How many findings there are of each gravity."""
        return {g: sum(f.gravity is g for f in self.findings) for g in Gravity}

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions behind any finding or silence."""
        names = {name for finding in self.findings for name in finding.assumptions}
        names.update(name for silence in self.silences for name in silence.noted_as)
        known = sorted(self.graph.assumptions.items())
        return tuple(a for name, a in known if name in names)

    @property
    def challenges(self) -> tuple[Challenge, ...]:
        """The outside evidence against a rule that speaks in any finding."""
        names = {name for finding in self.findings for name in finding.challenges}
        known = sorted(self.graph.challenges.items())
        return tuple(c for name, c in known if name in names)

    @property
    def undated(self) -> tuple[str, ...]:
        """The facts without a date on which any finding rests, in order of their names."""
        return tuple(sorted({n for f in self.findings for n in f.undated}))

    def has(self, gravity: Gravity) -> bool:
        """Whether there is a finding of this gravity or of a graver one."""
        order = list(Gravity)
        return any(
            order.index(f.gravity) <= order.index(gravity) for f in self.findings
        )


STRICT = Tolerance(name="strict", doses=0, tests=0, loading=0)
USUAL = Tolerance(name="usual", doses=7, tests=14, loading=1)

TOLERANCES: Mapping[str, Tolerance] = {t.name: t for t in (USUAL, STRICT)}

_NUMBERS = ("doses", "tests", "loading", "early", "in_a_row", "undated")


def tolerance_of(asked: Tolerance | str) -> Tolerance:
    """The tolerance of that name, or the usual one with some of its numbers changed.

    Raises:
        UnknownNameError: There is no such tolerance.

    >>> tolerance_of("strict").doses
    0
    >>> tolerance_of("doses=3, loading=2")
    Tolerance(name='doses=3, loading=2', doses=3, tests=14, loading=2)
    """
    if isinstance(asked, Tolerance):
        return asked
    instance(asked, str, "tolerance", "a Tolerance, or text such as `usual`")
    if asked in TOLERANCES:
        return TOLERANCES[asked]
    changed: dict[str, Any] = {}
    for part in asked.split(","):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in _NUMBERS or not number.isdecimal():
            kind = "tolerance"
            raise UnknownNameError(kind, asked, TOLERANCES)
        changed[name] = int(number)
    return evolve(USUAL, name=asked, **changed)


def families_of(asked: Iterable[Family | str] | str | None) -> tuple[Family, ...]:
    """The families that are named, in their order; all of them for None.

    Raises:
        ArgumentError: These are no names, or none at all.
        UnknownNameError: There is no such family.
    """
    if asked is None:
        return tuple(Family)
    named: Any = asked
    if not isinstance(asked, str) and isinstance(named, Iterable):
        named = [one.value if isinstance(one, Family) else one for one in named]
    wanted = {choice(Family, name, "families") for name in names(named, "families")}
    if not wanted:
        argument, expected = "families", "names of families; leave it out for all"
        raise ArgumentError(argument, expected, asked)
    return tuple(family for family in Family if family in wanted)
