"""A timeline: what is to be done, from when to when, and on what ground."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from attrs import field, frozen

from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Assumption, Decision, Instruction
from b12guide.record import Shown
from b12guide.regimen.model import Dose, Regimen
from b12guide.regimen.schedule import Window

__all__ = ["Entry", "Kind", "Timeline", "Unplaced"]


class Kind(Enum):
    """What an entry asks for."""

    DOSE = "dose"
    TEST = "test"
    DECISION = "decision"


@frozen(kw_only=True)
class Entry:
    """One thing to do.

    Attributes:
        decision: The decision of the guideline from which it comes.
        number: Of a dose: which of its phase, from 1. Of a test: which of its schedule.
        window: From when to when; None where no day can be given yet.
        spread: Of a dose that may lie anywhere in a period: the day when all are spread evenly.
        target: Of a test: the day that the guideline names, where another is taken instead.
        is_open: Whether an event may make it unnecessary, or move it.
        after: The events that come first.
        stage: Of a dose: which phase of its regimen, from 1.
        regimen: The regimen that a decision, or doses without days, are about.
        before_dose: Whether a test belongs just before the dose of that day.
        text: Of a decision: what is to be decided.
    """

    kind: Kind
    decision: Decision
    window: Window | None
    number: int | None = None
    spread: dt.date | None = None
    target: dt.date | None = None
    is_open: bool = False
    after: tuple[str, ...] = ()
    stage: int = 1
    drugs: tuple[str, ...] = ()
    dose: Dose | None = None
    route: str | None = None
    tests: tuple[str, ...] = ()
    before_dose: bool = False
    instructions: tuple[Instruction, ...] = ()
    regimen: Regimen | None = None
    text: str = ""
    rules: tuple[str, ...] = ()


@frozen(kw_only=True)
class Unplaced:
    """Something that the guideline asks for and that has no day yet, and why."""

    text: str
    rules: tuple[str, ...]


@frozen(kw_only=True)
class Timeline(Shown):
    """Everything from the first day to the last, in the order of the days.

    Attributes:
        start: The day of the first dose.
        until: The last day that is shown; what goes on, goes on after it.
        entries: Dated ones in the order of their days, then those without a day.
        events: Events that are expected, with their days.
    """

    recommendation: Recommendation = field(repr=False)
    start: dt.date
    until: dt.date
    entries: tuple[Entry, ...]
    unplaced: tuple[Unplaced, ...] = ()
    events: tuple[tuple[str, dt.date], ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    def statements(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        """The statements of the source behind some rules."""
        found = self.recommendation.graph.rules
        return tuple(
            dict.fromkeys(s for name in rules for s in found[name].grounds.statements)
        )
