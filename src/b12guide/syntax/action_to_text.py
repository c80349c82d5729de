"""Prints actions and regimens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from b12guide.syntax.ast import (
    Action,
    AtSite,
    Bound,
    Check,
    Continue,
    Every,
    Exclude,
    ForDoses,
    ForLife,
    Form,
    ForTime,
    Frequency,
    Give,
    Inject,
    Instruction,
    Load,
    Maintain,
    Needle,
    NotAtSite,
    Note,
    NotNeeded,
    Phase,
    Plan,
    Pressure,
    Quantity,
    Route,
    Target,
    Times,
    Until,
    Withhold,
)
from b12guide.syntax.text_pieces import listed, number, quantity, quoted

__all__ = ["action_to_text", "keyword_and_rest", "plan_to_text"]

_PER_WORD = {"day": "daily", "week": "weekly", "month": "monthly", "year": "yearly"}


def action_to_text(action: Action) -> str:
    """The action on one line."""
    return " ".join(keyword_and_rest(action))


def plan_to_text(plan: Plan) -> str:
    """Regimens on one line."""
    return _plan(plan)


def keyword_and_rest(action: Action) -> tuple[str, str]:
    """The first keyword of the action, and what follows it."""
    match action:
        case Load(plan=plan, optional=optional):
            return _optional(optional, "load", _plan(plan))
        case Maintain(plan=plan, optional=optional):
            return _optional(optional, "maintain", _plan(plan))
        case Give(plan=plan, optional=optional):
            return _optional(optional, "give", _plan(plan))
        case NotNeeded(verb=verb):
            return verb, "not needed"
        case Form(drugs=drugs, excluded=excluded, optional=optional):
            exclusion = f", not {listed(excluded, ' or ')}" if excluded else ""
            return _optional(optional, "form", listed(drugs, " or ") + exclusion)
        case Exclude(drugs=drugs, outright=outright):
            return "contraindicated" if outright else "avoid", listed(drugs)
        case Route(routes=routes, optional=optional):
            return _optional(optional, "route", listed(routes, " or "))
        case Withhold(drugs=drugs, until=until, unless=unless):
            event = f" until {until.text}" if until else ""
            exception = f" unless {unless.text}" if unless else ""
            return "withhold", listed(drugs) + event + exception
        case Check():
            return "check", _check(action)
        case Inject(instructions=instructions):
            return "inject", " and ".join(map(_instruction, instructions))
        case Target(measure=measure, operator=operator, bound=bound):
            return "target", f"{measure.text} {operator.value} {quantity(bound)}"
        case Continue(treatment=treatment, for_life=for_life):
            return "continue", treatment.text + (" for life" if for_life else "")
        case Note(text=text):
            return "note", quoted(text.text)
        case _:
            assert_never(action)


def _optional(optional: bool, verb: str, rest: str) -> tuple[str, str]:
    return ("may", f"{verb} {rest}") if optional else (verb, rest)


def _plan(plan: Plan) -> str:
    return " or ".join(
        " then ".join(" ".join(_phase(phase)) for phase in regimen.phases)
        for regimen in plan.regimens
    )


def _phase(phase: Phase) -> Iterator[str]:
    if phase.drug:
        yield phase.drug.text
    yield quantity(phase.dose)
    if phase.route:
        yield phase.route.text
    if phase.frequency:
        yield _frequency(phase.frequency)
    if phase.bound:
        yield _bound(phase.bound)
    if phase.after:
        yield f"after {listed(phase.after, ' and ')}"


def _frequency(frequency: Frequency) -> str:
    match frequency:
        case Every(interval=Quantity(low=2, high=2, unit="day")):
            return "on alternate days"
        case Every(interval=interval):
            return _every(interval)
        case Times(count=count, per=per):
            unit = _PER_WORD["day"] if per.unit == "day" else f"per {per.unit}"
            return f"{_times(count)} {unit}"
        case _:
            assert_never(frequency)


def _every(interval: Quantity) -> str:
    if interval.low != 1 or interval.high != 1:
        return f"every {quantity(interval)}"
    return _PER_WORD.get(str(interval.unit), f"every {interval.unit}")


def _times(count: Quantity) -> str:
    if count.low == count.high and count.low in {1, 2}:
        return "once" if count.low == 1 else "twice"
    return f"{number(count)} times"


def _bound(bound: Bound) -> str:
    match bound:
        case ForTime(length=length):
            return f"for {quantity(length)}"
        case ForDoses(count=count):
            return f"for {count} dose" if count == 1 else f"for {count} doses"
        case ForLife(indefinitely=indefinitely):
            return "indefinitely" if indefinitely else "for life"
        case Until(event=event):
            return f"until {event.text}"
        case _:
            assert_never(bound)


def _check(check: Check) -> str:
    timing = ", ".join(_timing(check))
    return listed(check.tests) + (f" {timing}" if timing else "")


def _timing(check: Check) -> Iterator[str]:
    if check.at:
        *earlier, last = check.at
        before = ", ".join(map(number, earlier))
        yield "at " + (f"{before} and " if before else "") + quantity(last)
    if check.every and check.at_least:
        once = check.every.low == check.every.high == 1
        yield f"at least every {check.every.unit if once else quantity(check.every)}"
    elif check.every:
        yield _every(check.every)
    if check.once:
        yield "once"
    if check.before_next_dose:
        yield "before the next dose"
    if check.companions:
        yield f"with {listed(check.companions, ' and ')}"
    if check.never_alone:
        yield "never alone"
    if check.after:
        yield f"after {check.after.text}"
    if check.until:
        yield f"until {check.until.text}"


def _instruction(instruction: Instruction) -> str:
    match instruction:
        case Needle(gauge=gauge):
            return f"with needle {quantity(gauge)}"
        case Pressure(length=length):
            return f"with pressure for {quantity(length)}"
        case AtSite(site=site, quadrant=quadrant, direction=direction):
            where = f" in the {quadrant.text} quadrant" if quadrant else ""
            towards = f" directed {direction.text}" if direction else ""
            return f"at {site.text}{where}{towards}"
        case NotAtSite(site=site, routinely=routinely):
            return f"not at {site.text}" + (" routinely" if routinely else "")
        case _:
            assert_never(instruction)
