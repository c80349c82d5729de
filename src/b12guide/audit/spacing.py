"""Doses that came nearer to each other than a rule allows (M76).

A schedule that says how often has doses that come early, which is no harm where no least interval
is printed. Here one is printed, and there are no days to spare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given
from b12guide.audit.finding import Family
from b12guide.audit.replay import Replay
from b12guide.audit.targets import scheduled
from b12guide.graph.model import Decision, Rule
from b12guide.regimen.interval import falls_short
from b12guide.regimen.model import Regimen
from b12guide.regimen.schedule import Stage
from b12guide.say.schedules import apart_text
from b12guide.say.words import plural
from b12guide.values.calendar import add


def spacing_findings(replay: Replay) -> Iterator[Departure]:
    """Each dose that came too near to the one before it in the same phase."""
    for course in replay.loading:
        stages = [step.stage for step in course.steps]
        if any(stage is not None and stage.phase.apart for stage in stages):
            yield from _too_near(replay, course.rule, course.doses, stages)
    for rule in replay.targets.spaced:
        # Which of several regimens was chosen, nobody recorded: the one that is best kept.
        tried = [tuple(_in_regimen(replay, rule, one)) for one in scheduled(rule)]
        yield from min(tried, key=len)


def _in_regimen(replay: Replay, rule: Rule, regimen: Regimen) -> Iterator[Departure]:
    """The doses that were too near, had all that may be of a regimen been of it."""
    among = replay.doses
    if rule.decision is Decision.ADJUNCT:
        among = tuple(event for event in replay.events if isinstance(event, Given))
    doses = [
        dose
        for dose in among
        if dose.row not in replay.loading_rows
        and any(dose.may_be_of(phase) for phase in regimen.phases)
    ]
    stages = regimen.stages([dose.on for dose in doses], replay.happened)
    yield from _too_near(replay, rule, doses, stages)


def _too_near(
    replay: Replay, rule: Rule, doses: Sequence[Given], stages: Sequence[Stage | None]
) -> Iterator[Departure]:
    placed = zip(doses, stages, strict=True)
    for (before, earlier), (dose, stage) in pairwise(placed):
        if earlier is None or stage is None or earlier.stage != stage.stage:
            continue
        apart = stage.phase.apart
        verdict = replay.open_verdict(rule, dose.on)
        if (
            apart is None
            or verdict is None
            or not falls_short(before.on, dose.on, apart)
        ):
            continue
        limit = apart_text(apart)
        days = plural((dose.on - before.on).days, "day")
        yield Departure(
            on=dose.on,
            family=Family.INTERVAL,
            verdict=verdict,
            matter=("too near", dose.on, dose.row),
            like=("too near", limit),
            text=f"the dose came {days} after that of {before.on}",
            limit=limit,
            compared=(before.on, dose.on),
            clears=f"a dose on {add(before.on, apart)} or later",
            about={dose.drug, dose.route},
            why=tuple(replay.contradiction(rule, dose.on)),
        )
