"""What is due: which phase a patient is in, which doses count, and when what comes next is due.

Days come in two kinds. Those that the guideline prints: the earliest, the recommended, the latest.
And those that an audit with the same tolerance accepts, which may reach a little further.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.audit.event import Amount, Event
from b12guide.audit.finding import Missing, Tolerance
from b12guide.diagnostics import Diagnostic
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Assumption, Decision, Monitoring, RuleGraph, Silence
from b12guide.patient.model import FactValue, Stated
from b12guide.regimen.model import Phase
from b12guide.truth import Truth, any_of

__all__ = [
    "CountRemark",
    "Counting",
    "CurrentPhase",
    "Due",
    "DueDays",
    "DueDose",
    "DueTest",
    "HeldBack",
    "JudgedDose",
    "Timing",
    "Unsettled",
]


class Counting(Enum):
    """Whether a dose counts towards the schedule.

    `IN_DOUBT`: the schedule goes on from it, yet it departs from the guideline, which does not say
    whether such a dose counts.
    """

    COUNTS = "counts"
    IN_DOUBT = "in doubt"
    DOES_NOT_COUNT = "does not count"


class Timing(Enum):
    """Where the day asked for stands to what is due."""

    OVERDUE = "overdue"
    PERHAPS_OVERDUE = "perhaps overdue"
    NOW = "due now"
    LATER = "later"
    NO_DAY = "no day"
    HELD_BACK = "held back"


@frozen(kw_only=True, repr=False)
class CountRemark(Record):
    """Why a dose does not count, is in doubt, or is remarked upon all the same.

    Attributes:
        text: In words.
        rules: The rules that say so.
    """

    text: str
    rules: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class JudgedDose(Record):
    """One dose that was given, and whether it counts.

    Attributes:
        on: The day.
        row: The row of the history, from 1.
        drug, amount, route: As recorded; None for what was not.
        counting: Whether it counts.
        decision: Loading or maintenance; None where it belongs to neither.
        stage: Which phase of its regimen, from 1.
        number: Which dose of the phase, from 1.
        rules: The rule whose schedule it belongs to.
        remarks: Why it does not count, is in doubt, or came late.
    """

    on: dt.date
    row: int
    drug: str
    amount: Amount | None = None
    route: str | None = None
    counting: Counting
    decision: Decision | None = None
    stage: int | None = None
    number: int | None = None
    rules: tuple[str, ...] = ()
    remarks: tuple[CountRemark, ...] = ()


@frozen(kw_only=True, repr=False)
class DueDays(Record):
    """When something is due.

    Attributes:
        earliest: The first day by the guideline; None where it names none.
        recommended: The day that it asks for first.
        latest: The last day by the guideline; None where it names none.
        accepted_from: The first day on which an audit with this tolerance finds it in time.
        accepted_until: The last such day; the day after it is what an audit calls late.
    """

    earliest: dt.date | None = None
    recommended: dt.date | None = None
    latest: dt.date | None = None
    accepted_from: dt.date | None = None
    accepted_until: dt.date | None = None

    @property
    def is_open(self) -> bool:
        """Whether no day is named at all."""
        return self.earliest is None and self.latest is None


NO_DAYS = DueDays()


@frozen(kw_only=True, repr=False)
class _Item(Record):
    """What a dose and a test that are due have alike.

    Attributes:
        days: When.
        overdue: Whether it is overdue on the day asked for; unknown where it may be.
        certain: Whether it is asked for whatever the unknown facts turn out to be.
        waits_for: The events that have to come first.
        held_back: Why it is not to be done now, though the schedule names it.
        why_open: Why it is not certain.
        needs: The unknown facts that would settle it.
        text: What else is to be said.
        rules: The rules that ask for it.
    """

    days: DueDays = NO_DAYS
    overdue: Truth = Truth.FALSE
    certain: bool = True
    waits_for: tuple[str, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    why_open: tuple[Missing, ...] = ()
    needs: tuple[str, ...] = ()
    text: str = ""
    rules: tuple[str, ...] = ()

    def timing(self, on: dt.date) -> Timing:
        """Where a day stands to it."""
        if self.held_back:
            return Timing.HELD_BACK
        if self.overdue is Truth.TRUE:
            return Timing.OVERDUE
        first = self.days.accepted_from
        if self.overdue is Truth.UNKNOWN:
            return Timing.PERHAPS_OVERDUE if self.days.latest else Timing.NO_DAY
        if first is None:
            return Timing.NO_DAY
        return Timing.LATER if on < first else Timing.NOW


@frozen(kw_only=True, repr=False)
class DueDose(_Item):
    """The dose that is due next by a rule, or by several that agree on it.

    Attributes:
        decision: Loading or maintenance.
        stage: Which phase of its regimen, from 1.
        number: Which dose of the phase, from 1.
        phase: The phase, with the amount, the route and how often.
        drugs: The drugs to choose from, preferred first.
        is_optional: Whether the lower end of a range does without it, or it stands beside the
            default as an option.
        as_needed: Whether it is taken when it is needed, so that none is due.
    """

    decision: Decision
    stage: int
    number: int
    phase: Phase
    drugs: tuple[str, ...] = ()
    is_optional: bool = False
    as_needed: bool = False


@frozen(kw_only=True, repr=False)
class DueTest(_Item):
    """Tests that are due next together.

    Attributes:
        tests: By name, with those that belong to the same visit.
        monitoring: The advice that they come from.
        before_dose: Whether they belong just before the next dose.
        last: The day of the last of these tests; None where there was none.
    """

    tests: tuple[str, ...]
    monitoring: Monitoring
    before_dose: bool = False
    last: dt.date | None = None


@frozen(kw_only=True, repr=False)
class CurrentPhase(Record):
    """The phase of a regimen in which a patient is.

    Attributes:
        decision: Loading or maintenance.
        rule: The rule whose regimen it is.
        phase: The phase.
        stage: Which phase of the regimen, from 1, of so many `stages`.
        doses: How many doses of the phase were given.
        since: The day of the first of them; None before it.
        until: The last day before which it is over, where a day is known.
        ends_with: The event with which it ends, where that is not on record.
        is_complete: Whether the regimen has had all its doses.
        certain: Whether its rule holds whatever the unknown facts turn out to be.
    """

    decision: Decision
    rule: str
    phase: Phase
    stage: int
    stages: int
    doses: int
    since: dt.date | None = None
    until: dt.date | None = None
    ends_with: str | None = None
    is_complete: bool = False
    certain: bool = True


@frozen(kw_only=True, repr=False)
class HeldBack(Record):
    """Something that speaks against going on with the schedule today, and the rules behind it."""

    text: str
    rules: tuple[str, ...]


@frozen(kw_only=True, repr=False)
class Unsettled(Record):
    """Something that cannot be known from what is on record, and what would tell.

    Attributes:
        text: In words.
        facts: The facts that would settle it.
        rules: The rules that wait for it.
    """

    text: str
    facts: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Due(Answer, Record):
    """What is due for a patient on a day.

    Attributes:
        on: The day; later events are left aside.
        scope: Whether the guideline is written for this patient.
        tolerance: How late is late, as for an audit.
        marks: What each dose brings about: events with the doses that bring them.
        phases: Where the patient is in each regimen that holds.
        given: Every dose of the treatment, and whether it counts.
        doses: The doses that are due next; several where rules differ, or are not certain.
        tests: The tests that are due next.
        beside: What holds today beside the schedule: drugs withheld, treatment stopped or changed.
        unsettled: What cannot be known.
        notices: Further remarks, as sentences without a full stop.
        silences: What the guideline does not address and this patient brings up.
        warnings: What is to be said of the record itself.
        unread: Rows of the history that could not be read; then nothing is certain.
        later: How many events lie after the day, and were left aside.
        stated, assumed_absent, history, record: As of an audit.
    """

    graph: RuleGraph = field(repr=False)
    on: dt.date
    scope: Truth = Truth.TRUE
    tolerance: Tolerance
    marks: Mapping[str, int | str] = field(factory=dict, converter=frozen_map)
    phases: tuple[CurrentPhase, ...] = ()
    given: tuple[JudgedDose, ...] = ()
    doses: tuple[DueDose, ...] = ()
    tests: tuple[DueTest, ...] = ()
    beside: tuple[HeldBack, ...] = ()
    unsettled: tuple[Unsettled, ...] = ()
    notices: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    unread: tuple[Diagnostic, ...] = ()
    later: int = 0
    stated: Stated | None = field(default=None, eq=False, repr=False)
    assumed_absent: Mapping[str, FactValue] = field(factory=dict, eq=False, repr=False)
    history: tuple[tuple[tuple[str, Any], ...], ...] = field(
        default=(), eq=False, repr=False
    )
    record: tuple[Event, ...] = field(default=(), eq=False, repr=False)

    @property
    def next_dose(self) -> DueDose | None:
        """The dose to look at first; None where there is none.

        One that is overdue for certain comes first, then one that is perhaps overdue because an
        event may or may not have come, then the earliest of those that are certain.
        """
        return next(iter(self.next_doses), None)

    @property
    def next_doses(self) -> tuple[DueDose, ...]:
        """The dose to look at first, and one that may be due in its place.

        The second is there where one of the two is perhaps overdue, and what is not recorded
        decides which of them comes next, such as one more loading dose or the first after it.
        """
        asked = [d for d in self.doses if not (d.is_optional or d.as_needed)]
        first, *others = sorted(asked or self.doses, key=_place) or (None,)
        if first is None:
            return ()
        for other in others:
            if _may_take_turns(first, other):
                return (first, other)
        return (first,)

    @property
    def phase(self) -> CurrentPhase | None:
        """The phase to which the next dose belongs; any other where that has none."""
        dose = self.next_dose
        own = [p for p in self.phases if dose is not None and p.rule in dose.rules]
        return min(own or self.phases, key=lambda phase: phase.rule, default=None)

    @property
    def overdue(self) -> Truth:
        """Whether any dose or test is overdue; unknown where one may be."""
        read = Truth.UNKNOWN if self.unread else Truth.FALSE
        return any_of([read, *(i.overdue for i in (*self.doses, *self.tests))])

    @property
    def counted(self) -> int:
        """How many doses count without a doubt."""
        return sum(dose.counting is Counting.COUNTS for dose in self.given)

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """The assumptions behind any rule that speaks here."""
        rules = {name for one in self._grounded for name in one.rules}
        rules |= {phase.rule for phase in self.phases}
        names = {n for rule in rules for n in self.graph.rules[rule].assumptions}
        known = sorted(self.graph.assumptions.items())
        return tuple(a for name, a in known if name in names)

    @property
    def _grounded(self) -> Iterable[Any]:
        """All parts that rest on rules."""
        yield from (*self.doses, *self.tests, *self.beside, *self.unsettled)
        for dose in self.given:
            yield from (dose, *dose.remarks)

    def statements(self, rules: Iterable[str]) -> tuple[str, ...]:
        """The statements of the source behind some rules."""
        known = self.graph.rules
        said = (s for name in rules for s in known[name].grounds.statements)
        return tuple(dict.fromkeys(said))


def _place(dose: DueDose) -> tuple[bool, int, bool, dt.date, str]:
    """What is overdue comes first, then what is certain and has a day, then the earliest."""
    day = dose.days.recommended or dose.days.earliest
    return (
        bool(dose.held_back),
        _rank(dose),
        day is None,
        day or dt.date.max,
        " ".join(dose.rules),
    )


def _rank(dose: DueDose) -> int:
    if dose.certain:
        return 0 if dose.overdue is Truth.TRUE else 2
    return 1 if _is_perhaps_overdue(dose) and not dose.needs else 3


def _is_perhaps_overdue(dose: DueDose) -> bool:
    return dose.overdue is Truth.UNKNOWN and dose.days.latest is not None


def _may_take_turns(first: DueDose, other: DueDose) -> bool:
    """Whether `other` may be due in the place of `first`, of which one is perhaps overdue."""
    if first.held_back or other.held_back:
        return False
    if (first.decision, first.days) == (other.decision, other.days):
        return False
    return _is_perhaps_overdue(other) or (_is_perhaps_overdue(first) and other.certain)
