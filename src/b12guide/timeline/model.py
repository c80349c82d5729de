"""A timeline: what is to be done, from when to when, and on what ground."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any

from attrs import field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Recommendation
from b12guide.frozen import Record
from b12guide.graph.model import Assumption, Decision, Instruction, Monitoring
from b12guide.makers import maker
from b12guide.regimen.model import Dose, Phase, Regimen
from b12guide.regimen.schedule import Window

__all__ = ["Entry", "EntryKind", "Timeline", "Unplaced"]


class EntryKind(Enum):
    """What an entry asks for."""

    DOSE = "dose"
    TEST = "test"
    DECISION = "decision"


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """One thing to do.

    Attributes:
        decision: The decision of the guideline from which it comes.
        stage: Of a dose: which phase of its regimen, from 1.
        number: Of a dose: which of its phase, from 1. Of a test: which of its schedule.
        window: From when to when; None where no day can be given yet.
        spread: Of a dose that may lie anywhere in a period: the day when all are spread evenly.
        target: Of a test: the day that the guideline names, where another is taken instead.
        is_open: Whether an event of unknown day may make it unnecessary, or move it.
        is_optional: Of a dose: whether the lower end of a range does without it.
        further: Of the last entry of a phase or test without an end: the days from here to the
            last that is shown. They are not listed, because the source prints no end.
        after: The events that come first.
        phase: Of a dose: the phase that it belongs to.
        avoided: The rules that advise against one of its drugs.
        contraindicated: Of a regimen that is not offered: the drugs on whose account.
        drugs_open: Whether its drugs are those that the form may come to, none being certain.
        regimen: The regimen that a decision, or doses without days, are about.
        monitoring: Of a test: the advice that it comes from.
        before_dose: Whether a test belongs just before the dose of that day.
        awaits_dose: Of such a test: whether the doses have no days yet, so that it keeps its own.
        text: What is to be decided, or why there is no day.
    """

    kind: EntryKind
    decision: Decision
    window: Window | None
    stage: int = 1
    number: int | None = None
    spread: dt.date | None = None
    target: dt.date | None = None
    is_open: bool = False
    is_optional: bool = False
    further: tuple[Window, ...] = ()
    after: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    dose: Dose | None = None
    route: str | None = None
    phase: Phase | None = None
    avoided: tuple[str, ...] = ()
    contraindicated: tuple[str, ...] = ()
    drugs_open: bool = False
    tests: tuple[str, ...] = ()
    monitoring: Monitoring | None = None
    before_dose: bool = False
    awaits_dose: bool = False
    instructions: tuple[Instruction, ...] = ()
    regimen: Regimen | None = None
    text: str = ""
    rules: tuple[str, ...] = ()

    @property
    def goes_on(self) -> bool:
        """Whether it stands for all that follow it."""
        return bool(self.further)


@frozen(kw_only=True, repr=False)
class Unplaced(Record):
    """Something that the guideline asks for and that has no day yet, and why."""

    text: str
    rules: tuple[str, ...]


@frozen(kw_only=True, repr=False)
class Timeline(Answer, Record):
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

    def simulate(self, **known: Any) -> Any:
        """What comes of the dated doses in serum and store, in people made up by published ranges.

        Serum is not store: a level says little about what the body has in store. Doses that an
        event of unknown day may move are left out, and the notes of the answer, a
        `b12guide.course.Course`, say so.

        Args:
            known: `drug`, `intrinsic_factor`, `serum`, `store`, `people`, `seed`, `parameters`, as
                `b12guide.course.simulate` takes them; the preferred form where `drug` is left out.

        Raises:
            DosageError: No dose has a day that is settled; the message says what would settle it.
            ArgumentError: An argument is of a kind that is not taken.
            MissingExtraError: The extra `cohort` is not installed.
        """
        return maker("course").course_of_timeline(self, **known)

    def statements(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        """The statements of the source behind some rules."""
        found = self.recommendation.graph.rules
        return tuple(
            dict.fromkeys(s for name in rules for s in found[name].grounds.statements)
        )
