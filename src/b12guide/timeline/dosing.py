"""The doses of a timeline: loading, what follows it, and other drugs.

Loading and maintenance are one schedule, so what follows begins when what precedes it is over.
Where a schedule has no end, or ends with an event of unknown day, the next doses are listed and a
last entry says how it goes on: nobody is to read a year of injections where no end is printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, frozen

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Instruction, Prohibition
from b12guide.regimen.interval import CountedDose, counted, earliest, latest
from b12guide.regimen.model import ForLife, Phase, Regimen, Until
from b12guide.regimen.schedule import DoseDay, Pending, Stretch, Window, doses_due
from b12guide.say.schedules import apart_text
from b12guide.timeline.model import Entry, EntryKind


@frozen(kw_only=True)
class NextDose:
    """The window of the next dose, and the rules that make it."""

    earliest: dt.date
    latest: dt.date
    rules: tuple[str, ...]


def next_dose(
    recommendation: Recommendation,
    events: Mapping[str, dt.date],
    grace: dt.timedelta = dt.timedelta(0),
) -> NextDose | None:
    """When the next dose is due; None when none is, or an event is still awaited.

    Args:
        recommendation: What the guideline says with what is known.
        events: The days of the events from which doses are counted.
        grace: How long after its latest day a dose is not yet overdue.
    """
    series: list[CountedDose] = []
    rules: list[str] = []
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        for option in recommendation.decisions[decision].options:
            if option.alternative or not option.certain:
                continue
            if isinstance(option.advice, Regimen):
                found = [counted(phase) for phase in option.advice.phases]
                series += (one for one in found if one is not None)
                rules += option.rules
    first = earliest(tuple(series), events)
    last = latest(tuple(series), events)
    if first is None or last is None:
        return None
    return NextDose(
        earliest=first,
        latest=max(first, last + grace),
        rules=tuple(dict.fromkeys(rules)),
    )


_DAY = dt.timedelta(days=1)
_NEXT = 4
"""How many doses of a phase without an end are listed where their number is of no use."""
_MOST_LISTED = 24
"""A phase without an end is listed dose by dose where no more than these are shown."""


@frozen(kw_only=True)
class Dosing:
    """Dose entries and the decisions beside them.

    Attributes:
        days: All days of doses of the treatment that are settled, also those that are not listed.
        is_open: Whether a dose of the treatment waits for something of unknown day.
        loading_ends: When loading is over, or was not needed; None where that is not known.
    """

    entries: tuple[Entry, ...]
    days: tuple[Window, ...] = ()
    is_open: bool
    loading_ends: dt.date | None = None


def dosing(
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> Dosing:
    """The doses from `start` to `until`; `events` came, or are expected, on their days."""
    series = _series(recommendation)
    if series is not None:
        return Dosing(entries=(_counted(recommendation, series, events),), is_open=True)
    chosen: list[tuple[Option, Decision]] = []
    undecided: list[Decided] = []
    beside: list[Entry] = []
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        decided = recommendation.decisions[decision]
        option = _chosen(decided)
        if option is not None:
            chosen.append((option, decision))
        elif decided.outcome in {Outcome.DEPENDS, Outcome.CONFLICT}:
            undecided.append(decided)
        beside += (
            *_sides(decided, recommendation),
            *_beside(decided, option, recommendation),
        )
    waits = any(decided.decision is Decision.LOADING for decided in undecided)
    parts = list(_parts(chosen, recommendation, start, until, events, waits=waits))
    entries = [
        entry for part in parts for entry in _entries(part, recommendation, until)
    ]
    days = [dose.window for part in parts for dose in part.stretch.doses]
    for decided in undecided:
        is_first = not parts and decided is undecided[0]
        window = Window(start, start) if is_first or not days else days[-1]
        is_waiting = waits and decided.decision is not Decision.LOADING
        entries.append(_undecided(decided, None if is_waiting else window))
    entries += beside
    entries += _adjuncts(recommendation, start, until, events)
    is_open = bool(undecided) or any(
        part.stretch.pending is Pending.EVENT or part.stretch.open_end for part in parts
    )
    loading = [part for part in parts if part.decision is Decision.LOADING]
    ends = loading[-1].stretch.ends if loading else Window(start, start)
    return Dosing(
        entries=tuple(entries),
        days=tuple(days),
        is_open=is_open,
        loading_ends=None if waits or ends is None else ends.latest,
    )


def _chosen(decided: Decided) -> Option | None:
    """The regimen that is followed: the first default that holds for certain."""
    if decided.outcome is Outcome.CONFLICT:
        return None
    for option in decided.options:
        is_settled = option.certain or decided.outcome is Outcome.DETERMINED
        if isinstance(option.advice, Regimen) and is_settled and not option.alternative:
            return option
    return None


def _regimen(option: Option) -> Regimen:
    assert isinstance(option.advice, Regimen)  # noqa: S101 -- chosen as one
    return option.advice


def _undecided(decided: Decided, window: Window | None) -> Entry:
    """The decision that has to be made before doses have days."""
    text = (
        f"the rules on {decided.decision.value} contradict each other; choose one side"
        if decided.outcome is Outcome.CONFLICT
        else f"{decided.decision.value} depends on what is not known yet"
    )
    return Entry(
        kind=EntryKind.DECISION,
        decision=decided.decision,
        window=window,
        text=text,
        rules=decided.rules,
    )


# ---------------------------------------------------------------------- a series


def _series(recommendation: Recommendation) -> Option | None:
    """The first default that counts its dose from an event, if one does."""
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        option = _chosen(recommendation.decisions[decision])
        if option is None or _regimen(option).has_several_phases:
            continue
        if all(map(counted, _regimen(option).phases)):
            return option
    return None


def _counted(
    recommendation: Recommendation, option: Option, events: Mapping[str, dt.date]
) -> Entry:
    """The next dose of a series, without a day while an event is awaited."""
    (phase,) = _regimen(option).phases
    # An event on an unknown day has come, but nothing can be counted from it.
    dated = {name: day for name, day in events.items() if day > dt.date.min}
    due = next_dose(recommendation, dated)
    return Entry(
        kind=EntryKind.DOSE,
        decision=Decision.LOADING,
        window=None if due is None else Window(due.earliest, due.latest),
        is_open=due is None,
        after=phase.after,
        drugs=phase.drugs,
        dose=phase.dose.given,
        route=phase.route,
        text="counted from",
        rules=option.rules if due is None else due.rules,
    )


# ------------------------------------------------------------------------ treatment


@frozen
class _PhaseOnCalendar:
    """One phase of the treatment on the calendar, and where it comes from.

    Attributes:
        stage: Which phase of its own regimen, from 1.
        barred: Why it has no day although no event is awaited: its drug is withheld.
    """

    option: Option
    decision: Decision
    stage: int
    stretch: Stretch
    barred: str = ""


def _parts(  # noqa: PLR0913 -- one argument for each thing that bears on a day
    chosen: Iterable[tuple[Option, Decision]],
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
    *,
    waits: bool = False,
) -> Iterator[_PhaseOnCalendar]:
    """Regimens that follow each other, as one schedule; without days while the first `waits`."""
    of = [
        (option, decision, stage, phase)
        for option, decision in chosen
        for stage, phase in enumerate(_regimen(option).phases, start=1)
    ]
    free: list[Phase] = []
    for *_, phase in of:
        gates = _withheld_until(phase, recommendation)
        if waits or gates is None:
            break
        free.append(evolve(phase, after=(*phase.after, *gates)))
    stretches = doses_due(free, start, events=events, until=until).stretches
    for number, (option, decision, stage, phase) in enumerate(of):
        if number < len(free):
            yield _PhaseOnCalendar(option, decision, stage, stretches[number])
        else:
            stretch = Stretch(phase=phase, stage=number + 1, pending=Pending.UNSTATED)
            barred = "" if waits or number > len(free) else "withheld"
            yield _PhaseOnCalendar(option, decision, stage, stretch, barred)


def _withheld_until(
    phase: Phase, recommendation: Recommendation
) -> tuple[str, ...] | None:
    """What a dose waits for because its drug is withheld; None where nothing ends that (M47).

    Where there is a choice of drugs, one that is not withheld can be given.
    """
    against: dict[str, list[Prohibition]] = {}
    for option in recommendation.decisions[Decision.PERMISSION].options:
        is_in_force = option.certain and not option.alternative
        if is_in_force and isinstance(option.advice, Prohibition):
            for drug in option.advice.drugs:
                against.setdefault(drug, []).append(option.advice)
    if not phase.drugs or not all(drug in against for drug in phase.drugs):
        return ()
    preferred = next(iter(phase.drugs))
    ends = [one.until for one in against[preferred]]
    found = tuple(end for end in ends if end is not None)
    return found if len(found) == len(ends) else None


def _entries(
    part: _PhaseOnCalendar, recommendation: Recommendation, until: dt.date
) -> Iterator[Entry]:
    """The doses of a phase, the review that ends it, or that it has no day."""
    stretch = part.stretch
    if stretch.doses and isinstance(stretch.phase.bound, Until):
        yield _review(part, stretch.phase.bound.event, until)
    if _is_as_needed(stretch):
        yield _when_needed(part)
        return
    if not stretch.doses:
        if not _is_past(stretch, until):
            yield _without_day(part)
        return
    doses = stretch.doses
    listed = _listed(stretch)
    plain = Entry(
        kind=EntryKind.DOSE,
        decision=part.decision,
        window=None,
        stage=part.stage,
        phase=stretch.phase,
        drugs=stretch.phase.drugs,
        dose=stretch.phase.dose.given,
        route=stretch.phase.route,
        avoided=part.option.avoided,
        drugs_open=part.option.drugs_open,
        instructions=_instructions(recommendation, stretch.phase),
        rules=part.option.rules,
    )
    for dose in doses[:listed]:
        yield _given(plain, dose)
    if listed < len(doses):
        further = tuple(dose.window for dose in doses[listed:])
        yield evolve(_given(plain, doses[listed]), further=further)
    if stretch.unspaced:
        text = "further doses have no date: the interval is not stated"
        if stretch.phase.apart is not None:
            text = f"further doses have no date: {apart_text(stretch.phase.apart)}"
        yield evolve(_without_day(part), text=text, number=None, after=())


def _is_as_needed(stretch: Stretch) -> bool:
    """Whether from a known day on doses may be taken, and none is due (M77)."""
    return stretch.phase.as_needed and stretch.pending is None


def _when_needed(part: _PhaseOnCalendar) -> Entry:
    return evolve(
        _without_day(part),
        kind=EntryKind.DECISION,
        window=part.stretch.begins,
        number=None,
        after=part.stretch.phase.after,
        text="no dose is due",
    )


def _is_past(stretch: Stretch, until: dt.date) -> bool:
    """Whether a phase is over before it begins, because its event has come."""
    return stretch.begins is not None and stretch.begins.earliest <= until


def _listed(stretch: Stretch) -> int:
    """How many doses are listed one by one: all, where the phase has an end that is printed."""
    count = len(stretch.doses)
    if stretch.open_end is not None:
        return min(count, _NEXT)
    if isinstance(stretch.phase.bound, ForLife | None) and count > _MOST_LISTED:
        return _NEXT
    return count


def _given(plain: Entry, dose: DoseDay) -> Entry:
    return evolve(
        plain,
        number=dose.number,
        window=dose.window,
        spread=dose.spread,
        is_open=dose.is_open,
        is_optional=dose.is_optional,
    )


def _instructions(
    recommendation: Recommendation, phase: Phase
) -> tuple[Instruction, ...]:
    """What is certain about technique and holds of every injection, whatever its site."""
    if phase.route is None:
        return ()
    decided = recommendation.decisions[Decision.TECHNIQUE]
    return tuple(
        option.advice
        for option in decided.options
        if option.certain
        and isinstance(option.advice, Instruction)
        and (option.advice.gauge is not None or option.advice.pressure is not None)
    )


def _review(part: _PhaseOnCalendar, event: str, until: dt.date) -> Entry:
    """What has to be looked at while a phase waits for the event that ends it."""
    doses, ends = part.stretch.doses, part.stretch.ends
    is_open = part.stretch.open_end is not None
    # Where nobody knows the day, the review has no last day either.
    last = doses[_listed(part.stretch) - 1].window.latest if is_open else until
    if ends is not None:
        last = min(until, ends.latest - _DAY)
    first = doses[0].window.earliest
    return Entry(
        kind=EntryKind.DECISION,
        decision=part.decision,
        window=Window(first, max(first, last)),
        stage=part.stage,
        is_open=is_open,
        after=(event,),
        text="at each dose, check whether this has happened",
        rules=part.option.rules,
    )


def _without_day(part: _PhaseOnCalendar) -> Entry:
    """A phase that has no day on the timeline, and why."""
    stretch = part.stretch
    text = ""
    match stretch.pending:
        case _ if part.barred:
            text = f"not now: {part.barred}"
        case None if stretch.begins is not None:
            text = f"begins after the last day shown, on {stretch.begins.earliest}"
        case Pending.LATER:
            text = "begins after the last day shown"
        case Pending.NEVER:
            text = "has no date: the phase before it has no end"
        case Pending.UNSTATED:
            text = "has no date: the end of what comes before it is not stated"
        case _:
            pass
    return Entry(
        kind=EntryKind.DOSE,
        decision=part.decision,
        window=None,
        is_open=True,
        stage=part.stage,
        number=1,
        after=stretch.waits_for,
        phase=stretch.phase,
        drugs=stretch.phase.drugs,
        dose=stretch.phase.dose.given,
        route=stretch.phase.route,
        avoided=part.option.avoided,
        drugs_open=part.option.drugs_open,
        regimen=Regimen((stretch.phase,)),
        text=text,
        rules=part.option.rules,
    )


def _beside(
    decided: Decided, chosen: Option | None, recommendation: Recommendation
) -> Iterator[Entry]:
    """The other regimens among which there is a choice, and those that are contraindicated."""
    for option in decided.options:
        if option is chosen or not isinstance(option.advice, Regimen):
            continue
        text = "alternative" if option.alternative else "another choice"
        if chosen is None and not option.alternative:
            text = "one possible regimen"
        yield evolve(
            _of_regimen(decided, option.advice, text, option.rules),
            is_open=not option.certain,
            avoided=option.avoided,
            drugs_open=option.drugs_open,
        )
    for one in decided.not_offered:
        if isinstance(one.advice, Regimen):
            titles = [recommendation.graph.rules[name].title for name in one.rules]
            before = "not offered" if one.certain else "perhaps not offered"
            text = f"{before}: contraindicated ({'; '.join(titles)})"
            entry = _of_regimen(
                decided, one.advice, text, (*one.offered_by, *one.rules)
            )
            yield evolve(entry, is_open=not one.certain, contraindicated=one.drugs)


def _sides(decided: Decided, recommendation: Recommendation) -> Iterator[Entry]:
    """What the rules say that contradict each other, side by side."""
    for conflict in recommendation.conflicts:
        if conflict.decision is decided.decision and conflict.certain:
            for side in conflict.sides:
                if isinstance(side.advice, Regimen):
                    text = "one side of the contradiction"
                    yield _of_regimen(decided, side.advice, text, side.rules)


def _of_regimen(
    decided: Decided, regimen: Regimen, text: str, rules: tuple[str, ...]
) -> Entry:
    return Entry(
        kind=EntryKind.DECISION,
        decision=decided.decision,
        window=None,
        after=regimen.begins_after,
        drugs=regimen.drugs,
        dose=regimen.only_dose,
        route=regimen.only_route,
        regimen=regimen,
        text=text,
        rules=rules,
    )


# --------------------------------------------------------------------- other drugs


def _adjuncts(
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> Iterator[Entry]:
    """Each phase of another drug as a course: when it begins, or what it waits for."""
    decided = recommendation.decisions[Decision.ADJUNCT]
    taken = []
    for option in decided.options:
        if isinstance(option.advice, Regimen) and option.certain:
            taken.append(option)
            given = [(option, Decision.ADJUNCT)]
            for part in _parts(given, recommendation, start, until, events):
                yield _course(part)
    for entry in _beside(decided, None, recommendation):
        if not any(entry.regimen == option.advice for option in taken):
            yield entry


def _course(part: _PhaseOnCalendar) -> Entry:
    stretch, option = part.stretch, part.option
    if _is_as_needed(stretch):
        return _when_needed(part)
    entry = _without_day(part)
    if stretch.doses:
        return evolve(
            entry,
            window=stretch.begins,
            is_open=stretch.open_end is not None,
            after=stretch.phase.after,
            text="",
        )
    return evolve(
        entry,
        kind=EntryKind.DECISION,
        number=None,
        after=stretch.waits_for or stretch.phase.after,
        text="withheld until then" if option.withheld else entry.text or "to be begun",
    )
