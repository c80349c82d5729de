"""The course of a timeline: its dated doses, and what of them could not be counted.

A dose that may lie on any day of a window lies for each person on a day of their own, at the same
part of each window. A dose that an event of unknown day may make unnecessary is left out, and so is
one without a day: the notes say how many, and what would settle it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from attrs import evolve

from b12guide.arguments import whole_number
from b12guide.course.engine import Given
from b12guide.course.equations import Floats
from b12guide.course.model import Course
from b12guide.course.parameters import parameters as shipped
from b12guide.course.plan import ROUTES, Plan, form_chosen, micrograms, preferred_note
from b12guide.course.simulation import course_of
from b12guide.errors import DosageError
from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.query import fact_text
from b12guide.regimen.model import Regimen
from b12guide.regimen.schedule import Window
from b12guide.say.schedules import names_of, regimen_to_english
from b12guide.say.words import listing, plural
from b12guide.timeline.model import Entry, EntryKind, Timeline

__all__ = ["course_of_timeline"]

_DAYS_OF_YEAR = Fraction(36525, 100)
_OF_B12 = (Decision.LOADING, Decision.MAINTENANCE)


def course_of_timeline(  # noqa: PLR0913 -- one argument for each thing that may be known
    timeline: Timeline,
    *,
    drug: str | None = None,
    intrinsic_factor: bool | None = None,
    serum: Any = None,
    store: Any = None,
    people: int = 1000,
    seed: int = 0,
    parameters: Mapping[str, Any] | None = None,
) -> Course:
    """The course of the dated doses of a timeline, from its first day to its last.

    Args:
        timeline: The timeline.
        drug: As for `b12guide.course.simulate`; the preferred form if left out.
        intrinsic_factor: Likewise, and so the others.
        serum: The level at the start.
        store: The store at the start.
        people: How many people are made up.
        seed: For the same people each time.
        parameters: Further ranges that are replaced.

    Raises:
        DosageError: No dose of it can be counted; the message says what would settle it.
        ArgumentError: As for `b12guide.course.simulate`.
        UnknownNameError: As for `b12guide.course.simulate`.
    """
    count = whole_number(people, "people", 1)
    whole_number(seed, "seed", 0)
    graph = timeline.recommendation.graph
    ranges = shipped().replaced(parameters, serum=serum, store=store)
    doses = [e for e in timeline.entries if e.kind is EntryKind.DOSE]
    counted = [e for e in doses if not _left_out(e)]
    notes = tuple(_notes(timeline, doses))
    if not counted:
        message = "no dose of this timeline has a day that is settled"
        raise DosageError("; ".join((message, *notes)))
    plan = _plan(timeline, counted, count, drug, seed)
    last = (timeline.until - timeline.start).days
    found = course_of(
        plan,
        regimen=_english(counted, graph),
        last=last,
        people=count,
        seed=seed,
        intrinsic_factor=intrinsic_factor,
        ranges=ranges,
        years=Fraction(last) / _DAYS_OF_YEAR,
        start=timeline.start,
    )
    return evolve(found, graph=graph, notes=(*notes, *found.notes))


def _english(entries: Sequence[Entry], graph: RuleGraph) -> str:
    """The regimens that the doses are of."""
    words = names_of(graph)
    phases = [entry.phase for entry in entries if entry.phase is not None]
    found = [regimen_to_english(Regimen((phase,)), words) for phase in phases]
    return ", then ".join(dict.fromkeys(found))


def _left_out(entry: Entry) -> bool:
    return (
        entry.window is None
        or entry.is_open
        or entry.decision not in _OF_B12
        or bool(entry.contraindicated)
    )


def _notes(timeline: Timeline, doses: Sequence[Entry]) -> Iterator[str]:
    """What was left out, and what would settle it."""
    graph = timeline.recommendation.graph
    of_b12 = [e for e in doses if e.decision in _OF_B12 and not e.contraindicated]
    waits = [e for e in of_b12 if e.window is None or e.is_open]
    number = sum(1 + len(entry.further) for entry in waits if entry.window is not None)
    without = sum(entry.window is None for entry in waits)
    events = [
        event
        for e in waits
        for event in (*(e.after), *(() if e.phase is None else _ends_with(e)))
        if event not in dict(timeline.events)
    ]
    settles = ""
    if events:
        names = [fact_text(graph, name) for name in dict.fromkeys(events)]
        settles = f": say when to expect {listing(names)} (`events=` of the timeline)"
    if number:
        said = "may be moved by an event of unknown day, and is left out"
        many = "may be moved by an event of unknown day, and are left out"
        yield f"{plural(number, 'dose')} {said if number == 1 else many}{settles}"
    if without:
        yield f"doses that have no day yet are left out{'' if number else settles}"
    if not any(e.decision is Decision.MAINTENANCE for e in of_b12):
        yield "no dose of maintenance has a day: nothing is given after loading"
    others = {e.decision.value for e in doses if e.decision not in _OF_B12}
    if others:
        yield "doses beside those of vitamin B12 are not counted"
    if any(e.contraindicated for e in doses):
        yield "doses of drugs that are contraindicated are left out"


def _ends_with(entry: Entry) -> tuple[str, ...]:
    bound = None if entry.phase is None else entry.phase.bound
    event = getattr(bound, "event", None)
    return () if event is None else (event,)


# --------------------------------------------------------------------------- the doses


def _plan(
    timeline: Timeline,
    entries: Sequence[Entry],
    people: int,
    drug: str | None,
    seed: int,
) -> Plan:
    random = np.random.Generator(np.random.PCG64([seed, 2]))
    place, takes = random.random(people), random.random(people) < _HALF
    preferred = timeline.recommendation.form.preferred
    given: list[Given] = []
    notes: list[str] = []
    for entry in entries:
        assert entry.phase is not None  # noqa: S101 -- every dose with a day has one
        if entry.route not in ROUTES:
            named = entry.route or "by a route that is not named"
            message = f"doses are {named}: numbers are published of {listing(ROUTES)}"
            raise DosageError(message)
        form = form_chosen(entry.drugs, "the timeline", drug, preferred)
        if drug is None and len(entry.drugs) != 1:
            notes.append(preferred_note(form))
        low, high = micrograms(entry.phase, "the timeline")
        amount = low + (high - low) * place
        if entry.is_optional:
            amount = np.where(takes, amount, 0.0)
            notes.append(
                "doses that the lower end of a range does without: half have them"
            )
        windows = [w for w in (entry.window, *entry.further) if w is not None]
        for window in windows:
            for day, share in _days(window, place, amount, timeline):
                dose = Given(day=day, amount=share, drug=form, route=entry.route)
                given.append(dose)
    given.sort(key=lambda dose: dose.day)
    drugs = tuple(dict.fromkeys(dose.drug for dose in given))
    return Plan(doses=tuple(given), drugs=drugs, notes=tuple(dict.fromkeys(notes)))


_HALF = 0.5


def _days(
    window: Window, place: Floats, amount: Floats, timeline: Timeline
) -> Iterator[tuple[float, Floats]]:
    """The days of a window on which anybody gets the dose, and who."""
    first = (window.earliest - timeline.start).days
    length = (window.latest - window.earliest).days + 1
    days = first + np.minimum((place * length).astype(int), length - 1)
    for day in np.unique(days).tolist():
        yield float(day), np.where(days == day, amount, 0.0)
