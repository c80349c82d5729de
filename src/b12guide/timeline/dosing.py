"""The doses of a timeline: loading, what follows it, and other drugs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import Decision, Instruction
from b12guide.regimen.model import Every, Phase, Regimen, Until
from b12guide.regimen.series import counted
from b12guide.regimen.timeline import DoseDay, Window, after, dose_days
from b12guide.timeline.model import Entry, Kind
from b12guide.timeline.series import next_dose

__all__ = ["Dosing", "dosing"]

_DAY = dt.timedelta(days=1)


@frozen(kw_only=True)
class Dosing:
    """Dose entries, the decisions beside them, and whether the doses' days are settled.

    Attributes:
        is_open: Whether loading lasts until an event of which nobody knows the day.
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
    series = _series(recommendation)
    if series is not None:
        return Dosing(entries=(_counted(recommendation, series, events),), is_open=True)
    loading = recommendation.decisions[Decision.LOADING]
    first = Window(start, start)
    entries: list[Entry] = []
    is_open = False
    begins: Window | None = first
    loads = True
    chosen = _chosen(loading)
    if chosen is not None:
        days, last, is_open = _loading(chosen, recommendation, first, until, events)
        entries += days
        begins = None if is_open else last
    elif loading.outcome in {Outcome.DEPENDS, Outcome.CONFLICT}:
        entries.append(_undecided(loading, first))
        begins, is_open = None, True
    else:
        loads = False
    entries += _maintenance(recommendation, begins, until, is_after_loading=loads)
    entries += _adjuncts(recommendation, start, until, events)
    return Dosing(entries=tuple(entries), is_open=is_open)


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
        if isinstance(advice, Regimen) and counted(advice.phases[0]) is not None:
            return option
    return None


def _counted(
    recommendation: Recommendation, option: Option, events: Mapping[str, dt.date]
) -> Entry:
    """The next dose of a series, without a day while an event is awaited."""
    assert isinstance(option.advice, Regimen)  # noqa: S101 -- chosen as one
    phase = option.advice.phases[0]
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
    phase: Phase,
    day: DoseDay,
    recommendation: Recommendation,
    of: Decision,
) -> Entry:
    return Entry(
        kind=Kind.DOSE,
        decision=of,
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


# -------------------------------------------------------------------------- loading


def _loading(
    option: Option,
    recommendation: Recommendation,
    begin: Window,
    until: dt.date,
    events: Mapping[str, dt.date],
) -> tuple[list[Entry], Window, bool]:
    """The loading doses, the days of the last, and whether its end is open."""
    assert isinstance(option.advice, Regimen)  # noqa: S101 -- chosen as one
    entries: list[Entry] = []
    last, is_open = begin, False
    for phase in option.advice.phases:
        window = begin if not entries else (_following(phase, last) or last)
        end = until
        if isinstance(phase.bound, Until):
            expected = events.get(phase.bound.event)
            is_open = expected is None
            end = until if expected is None else min(until, expected)
            entries.append(_review(option, phase.bound.event, window, end, is_open))
        days = dose_days(phase, window, end)
        entries += (
            _dose(
                option,
                phase,
                evolve(day, is_open=is_open),
                recommendation,
                Decision.LOADING,
            )
            for day in days
        )
        if days:
            last = days[-1].window
    return entries, last, is_open


def _following(phase: Phase, last: Window) -> Window | None:
    if isinstance(phase.frequency, Every):
        return after(last, phase.frequency.interval)
    return Window(last.earliest + _DAY, last.latest + _DAY)


def _review(
    option: Option, event: str, window: Window, end: dt.date, is_open: bool
) -> Entry:
    """What has to be looked at while a phase waits for an event."""
    return Entry(
        kind=Kind.DECISION,
        decision=Decision.LOADING,
        window=Window(window.earliest, end),
        is_open=is_open,
        after=event,
        text="at each dose, ask whether it has come to this",
        rules=option.rules,
    )


# ---------------------------------------------------------------------- maintenance


def _maintenance(
    recommendation: Recommendation,
    begins: Window | None,
    until: dt.date,
    *,
    is_after_loading: bool,
) -> Iterator[Entry]:
    decided = recommendation.decisions[Decision.MAINTENANCE]
    option = _chosen(decided)
    if option is None:
        if decided.outcome in {Outcome.DEPENDS, Outcome.CONFLICT}:
            yield _undecided(decided, begins)
        return
    assert isinstance(option.advice, Regimen)  # noqa: S101 -- chosen as one
    phase = option.advice.phases[0]
    if begins is None:
        yield Entry(
            kind=Kind.DOSE,
            decision=Decision.MAINTENANCE,
            window=None,
            is_open=True,
            number=1,
            drugs=phase.drugs,
            dose=phase.dose,
            route=phase.route,
            regimen=option.advice,
            rules=option.rules,
        )
    else:
        window = begins
        if is_after_loading and isinstance(phase.frequency, Every):
            window = after(begins, phase.frequency.interval) or begins
        for day in dose_days(phase, window, until):
            yield _dose(option, phase, day, recommendation, Decision.MAINTENANCE)
    yield from _beside(decided, option)


def _beside(decided: Decided, chosen: Option) -> Iterator[Entry]:
    """The other regimens among which there is a choice."""
    for option in decided.options:
        if option is chosen or not isinstance(option.advice, Regimen):
            continue
        phase = option.advice.phases[0]
        yield Entry(
            kind=Kind.DECISION,
            decision=decided.decision,
            window=None,
            after=phase.after,
            drugs=phase.drugs,
            dose=phase.dose,
            route=phase.route,
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
        phase = option.advice.phases[0]
        happened = recommendation.stated.values.get(phase.after or "") is True
        is_free = (phase.after is None or happened) and not option.withheld
        day = start if is_free else events.get(phase.after or "")
        if day is not None and day <= until:
            yield Entry(
                kind=Kind.DOSE,
                decision=Decision.ADJUNCT,
                regimen=option.advice,
                number=1,
                window=Window(day, day),
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
                after=phase.after,
                drugs=phase.drugs,
                dose=phase.dose,
                route=phase.route,
                regimen=option.advice,
                text="withheld until then" if option.withheld else "to be begun",
                rules=option.rules,
            )
