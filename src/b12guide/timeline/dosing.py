"""The doses of a timeline: loading, what follows it, and other drugs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Instruction
from b12guide.regimen.model import Phase, Regimen, Until
from b12guide.regimen.schedule import DoseDay, Pending, Stretch, Window, doses_due
from b12guide.regimen.series import counted
from b12guide.timeline.model import Entry, Kind
from b12guide.timeline.series import next_dose

__all__ = ["Dosing", "dosing"]


@frozen(kw_only=True)
class Dosing:
    """Dose entries, the decisions beside them, and whether the doses' days are settled.

    Attributes:
        is_open: Whether a dose of the treatment waits for an event of unknown day.
    """

    entries: tuple[Entry, ...]
    is_open: bool


def dosing(
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> Dosing:
    """The doses from `start` to `until`; `events` are expected on their days."""
    days = {**_happened(recommendation), **events}
    series = _series(recommendation)
    if series is not None:
        return Dosing(entries=(_counted(recommendation, series, events),), is_open=True)
    entries: list[Entry] = []
    treatment: list[tuple[Option, Decision]] = []
    is_open = False
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        decided = recommendation.decisions[decision]
        option = _chosen(decided)
        if option is not None:
            treatment.append((option, decision))
            entries += _beside(decided, option)
        elif decided.outcome in {Outcome.DEPENDS, Outcome.CONFLICT}:
            # What loading is, nobody knows yet, so what follows it has no day either.
            is_open = is_open or decision is Decision.LOADING
            window = None if is_open and treatment == [] and entries else _first(start)
            entries.append(_undecided(decided, window))
    if is_open:
        for option, decision in treatment:
            entries += _waiting(option, decision)
    else:
        given, is_open = _treatment(treatment, recommendation, start, until, days)
        entries += given
    entries += _adjuncts(recommendation, start, until, days)
    return Dosing(entries=tuple(entries), is_open=is_open)


def _first(day: dt.date) -> Window:
    return Window(day, day)


def _happened(recommendation: Recommendation) -> dict[str, dt.date]:
    """The events that are on record: they came before the first day, whenever that was."""
    return {
        name: dt.date.min
        for name, value in recommendation.stated.values.items()
        if value is True
    }


def _chosen(decided: Decided) -> Option | None:
    """The regimen that is followed: the first default that holds for certain."""
    if decided.outcome is Outcome.CONFLICT:
        return None
    for option in decided.options:
        is_settled = option.certain or decided.outcome is Outcome.DETERMINED
        if isinstance(option.advice, Regimen) and is_settled and not option.alternative:
            return option
    return None


def _series(recommendation: Recommendation) -> Option | None:
    """The first default that counts its dose from an event, if one does."""
    for decision in (Decision.LOADING, Decision.MAINTENANCE):
        option = _chosen(recommendation.decisions[decision])
        advice = None if option is None else option.advice
        if isinstance(advice, Regimen) and all(map(counted, advice.phases)):
            return option
    return None


def _counted(
    recommendation: Recommendation, option: Option, events: Mapping[str, dt.date]
) -> Entry:
    """The next dose of a series, without a day while an event is awaited."""
    phase = next(iter(_regimen(option).phases))
    due = next_dose(recommendation, events)
    return Entry(
        kind=Kind.DOSE,
        decision=Decision.LOADING,
        window=None if due is None else Window(due.earliest, due.latest),
        is_open=due is None,
        after=phase.after,
        drugs=phase.drugs,
        dose=phase.dose,
        route=phase.route,
        rules=option.rules if due is None else due.rules,
    )


def _undecided(decided: Decided, window: Window | None) -> Entry:
    """The decision that has to be made before doses have days."""
    text = (
        f"the rules on {decided.decision.value} contradict each other; choose one side"
        if decided.outcome is Outcome.CONFLICT
        else f"{decided.decision.value} depends on what is not known yet"
    )
    return Entry(
        kind=Kind.DECISION,
        decision=decided.decision,
        window=window,
        text=text,
        rules=decided.rules,
    )


def _dose(
    option: Option,
    day: DoseDay,
    stage: int,
    recommendation: Recommendation,
    of: Decision,
) -> Entry:
    phase = day.phase
    return Entry(
        kind=Kind.DOSE,
        decision=of,
        stage=stage,
        number=day.number,
        window=day.window,
        spread=day.spread,
        is_open=day.is_open,
        drugs=phase.drugs,
        dose=phase.dose,
        route=phase.route,
        instructions=_instructions(recommendation, phase),
        rules=option.rules,
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


# ------------------------------------------------------------------------ treatment


def _treatment(
    chosen: Sequence[tuple[Option, Decision]],
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> tuple[list[Entry], bool]:
    """The doses of loading and of what follows it, as one schedule."""
    of: list[tuple[Option, Decision, int]] = []
    phases: list[Phase] = []
    for option, decision in chosen:
        regimen = _regimen(option)
        phases += regimen.phases
        of += ((option, decision, n) for n, _ in enumerate(regimen.phases, start=1))
    schedule = doses_due(phases, start, events=events, until=until)
    entries: list[Entry] = []
    for stretch, (option, decision, stage) in zip(schedule.stretches, of, strict=True):
        if stretch.begins is not None and isinstance(stretch.phase.bound, Until):
            entries.append(_review(option, decision, stretch, schedule.until))
        if not stretch.doses:
            entries.append(_without_doses(option, decision, stretch))
        entries += (
            _dose(option, day, stage, recommendation, decision) for day in stretch.doses
        )
    return entries, any(
        s.pending is Pending.EVENT or s.open_end for s in schedule.stretches
    )


def _regimen(option: Option) -> Regimen:
    assert isinstance(option.advice, Regimen)  # noqa: S101 -- chosen as one
    return option.advice


def _review(
    option: Option, decision: Decision, stretch: Stretch, until: dt.date
) -> Entry:
    """What has to be looked at while a phase waits for an event."""
    assert isinstance(stretch.phase.bound, Until)  # noqa: S101 -- asked for before
    begin = stretch.begins or Window(until, until)
    end = until if stretch.ends is None else stretch.ends.latest - _DAY
    return Entry(
        kind=Kind.DECISION,
        decision=decision,
        window=Window(begin.earliest, max(begin.earliest, min(until, end))),
        is_open=stretch.open_end is not None,
        after=(stretch.phase.bound.event,),
        text="at each dose, ask whether it has come to this",
        rules=option.rules,
    )


_DAY = dt.timedelta(days=1)


def _without_doses(option: Option, decision: Decision, stretch: Stretch) -> Entry:
    """A phase without a day on the timeline, which says why."""
    phase = stretch.phase
    return Entry(
        kind=Kind.DOSE,
        decision=decision,
        window=None,
        is_open=True,
        number=1,
        after=stretch.waits_for,
        drugs=phase.drugs,
        dose=phase.dose,
        route=phase.route,
        regimen=Regimen((phase,)),
        rules=option.rules,
    )


def _waiting(option: Option, decision: Decision) -> Iterator[Entry]:
    """Doses that have no day because what comes before them is not decided."""
    for phase in _regimen(option).phases:
        yield _without_doses(option, decision, Stretch(phase=phase, stage=1))


def _beside(decided: Decided, chosen: Option) -> Iterator[Entry]:
    """The other regimens among which there is a choice."""
    for option in decided.options:
        if option is chosen or not isinstance(option.advice, Regimen):
            continue
        yield Entry(
            kind=Kind.DECISION,
            decision=decided.decision,
            window=None,
            drugs=option.advice.drugs,
            route=next(iter(option.advice.routes), None),
            is_open=not option.certain,
            regimen=option.advice,
            text="an option beside it" if option.alternative else "to choose instead",
            rules=option.rules,
        )


# --------------------------------------------------------------------- other drugs


def _adjuncts(
    recommendation: Recommendation,
    start: dt.date,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> Iterator[Entry]:
    decided = recommendation.decisions[Decision.ADJUNCT]
    for option in decided.options:
        if not isinstance(option.advice, Regimen) or not option.certain:
            continue
        schedule = option.advice.doses_due(start, events=events, until=until)
        for stretch in schedule.stretches:
            phase = stretch.phase
            waits = stretch.waits_for
            begins = stretch.begins
            is_free = not option.withheld or bool(phase.after)
            if begins is not None and begins.earliest <= until and is_free:
                yield Entry(
                    kind=Kind.DOSE,
                    decision=Decision.ADJUNCT,
                    regimen=Regimen((phase,)),
                    number=stretch.stage,
                    window=begins,
                    after=phase.after,
                    drugs=phase.drugs,
                    dose=phase.dose,
                    route=phase.route,
                    rules=option.rules,
                )
            else:
                yield Entry(
                    kind=Kind.DECISION,
                    decision=Decision.ADJUNCT,
                    window=None,
                    is_open=True,
                    after=waits or phase.after,
                    drugs=phase.drugs,
                    dose=phase.dose,
                    route=phase.route,
                    regimen=Regimen((phase,)),
                    text="withheld until then" if option.withheld else "to be begun",
                    rules=option.rules,
                )
