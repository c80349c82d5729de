"""From what a rule or an answer advises back to the words of the language: what one would write.

The inverse of `value_from_syntax`, as far as version 1 has the words: a phase that waits for
several events, as two rules together may make one, has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from b12guide.graph import model as m
from b12guide.regimen import model
from b12guide.syntax import ast
from b12guide.text import Span
from b12guide.values.duration import Duration, DurationRange, TimeUnit

_NOWHERE = Span(0, 0)

Words: TypeAlias = Callable[[str], str]
"""What the author calls a word of the vocabulary."""


def action_of(
    decision: m.Decision,
    advice: m.Value | model.Regimen | m.Instruction,
    *,
    optional: bool = False,
    words: Words = str,
) -> ast.Action | None:
    """The action that advises so; None where the language has no words for it.

    Args:
        decision: What is decided: a schedule may be loading or maintenance.
        advice: What is advised.
        optional: Whether it is an offer, with `may`.
        words: What the author calls a word of the vocabulary.
    """
    match advice:
        case model.Regimen():
            return _doses(decision, (advice,), optional, words)
        case m.Regimens(regimens=regimens):
            return _doses(decision, regimens, optional, words)
        case m.NotNeeded():
            verb = "load" if decision is m.Decision.LOADING else "maintain"
            return ast.NotNeeded(span=_NOWHERE, verb=verb)
        case m.FormChoice(drugs=drugs, excluded=excluded):
            return ast.Form(
                span=_NOWHERE,
                drugs=_names(drugs, words),
                excluded=_names(excluded, words),
                optional=optional,
            )
        case m.Exclusion(drugs=drugs, outright=outright):
            return ast.Exclude(
                span=_NOWHERE, drugs=_names(drugs, words), outright=outright
            )
        case m.Routes(routes=routes):
            return ast.Route(
                span=_NOWHERE, routes=_names(routes, words), optional=optional
            )
        case m.Prohibition(drugs=drugs, until=until, unless=unless):
            return ast.Withhold(
                span=_NOWHERE,
                drugs=_names(drugs, words),
                until=_name(until, words),
                unless=_name(unless, words),
            )
        case m.Monitoring():
            return _check(advice, optional, words)
        case m.NotChecked(tests=tests):
            return ast.DoNotCheck(span=_NOWHERE, tests=_names(tests, words))
        case m.Technique(instructions=instructions):
            return ast.Inject(
                span=_NOWHERE,
                instructions=tuple(_instruction(i, words) for i in instructions),
            )
        case m.Instruction():
            return ast.Inject(
                span=_NOWHERE, instructions=(_instruction(advice, words),)
            )
        case m.Target(
            measure=measure, operator=operator, low=low, high=high, unit=unit
        ):
            return ast.Target(
                span=_NOWHERE,
                measure=_named(measure, words),
                operator=operator,
                bound=_quantity(low, high, unit),
            )
        case m.Continuation(treatment=treatment, for_life=for_life):
            return ast.Continue(
                span=_NOWHERE, treatment=_named(treatment, words), for_life=for_life
            )
        case m.Stop(treatment=treatment):
            return ast.Stop(
                span=_NOWHERE, treatment=_named(treatment, words), optional=optional
            )
        case m.Change(of=of, to=to):
            said = action_of(of, to, words=words)
            if not isinstance(said, ast.Load | ast.Maintain | ast.Form | ast.Route):
                return None
            return ast.Change(span=_NOWHERE, to=said, optional=optional)
        case m.Referral(services=services):
            return ast.Refer(
                span=_NOWHERE, services=_names(services, words), optional=optional
            )
        case m.Concluded(conclusion=conclusion, value=value):
            return ast.Conclude(
                span=_NOWHERE,
                name=_named(conclusion, words),
                value=ast.Name(span=_NOWHERE, text=value),
                optional=optional,
            )
        case m.Remark(text=text):
            return ast.Note(span=_NOWHERE, text=ast.Prose(span=_NOWHERE, text=text))


def _named(name: str, words: Words) -> ast.Name:
    return ast.Name(span=_NOWHERE, text=words(name).replace(" ", "_"))


def _name(name: str | None, words: Words) -> ast.Name | None:
    return None if name is None else _named(name, words)


def _names(names: Iterable[str], words: Words) -> tuple[ast.Name, ...]:
    return tuple(_named(name, words) for name in names)


def _quantity(low: Fraction, high: Fraction, unit: str | None) -> ast.Quantity:
    return ast.Quantity(
        span=_NOWHERE, low=_decimal(low), high=_decimal(high), unit=unit
    )


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _length(length: DurationRange) -> ast.Quantity:
    unit = length.unit.value
    plural = "" if length.low == length.high == 1 else "s"
    return _quantity(length.low, length.high, unit + plural)


def _quantity_of(length: Duration) -> ast.Quantity:
    return _length(DurationRange(length.value, length.value, length.unit))


# ------------------------------------------------------------------------ schedules


def _doses(
    decision: m.Decision,
    regimens: tuple[model.Regimen, ...],
    optional: bool,
    words: Words,
) -> ast.Action | None:
    every = [phase for regimen in regimens for phase in regimen.phases]
    for phase in every:
        # Two rules may bound a phase by a number of doses and a length, which no action can say.
        is_bound_twice = isinstance(phase.bound, model.ForDoses) and phase.bound.within
        if len(phase.drugs) > 1 or is_bound_twice:
            return None
    plan = ast.Plan(
        span=_NOWHERE,
        regimens=tuple(
            ast.Regimen(span=_NOWHERE, phases=tuple(_phases(regimen, words)))
            for regimen in regimens
        ),
    )
    match decision:
        case m.Decision.LOADING:
            return ast.Load(span=_NOWHERE, plan=plan, optional=optional)
        case m.Decision.MAINTENANCE:
            return ast.Maintain(span=_NOWHERE, plan=plan, optional=optional)
        case _:
            return ast.Give(span=_NOWHERE, plan=plan, optional=optional)


def _phases(regimen: model.Regimen, words: Words) -> Iterator[ast.Phase]:
    """The phases; the drug of one goes on in the next until another is named."""
    before: tuple[str, ...] = ()
    for phase in regimen.phases:
        drug = None if phase.drugs == before else next(iter(phase.drugs), None)
        before = phase.drugs
        dose, apart = phase.dose, phase.apart
        open_end = ast.OpenEnd.AT_MOST if dose.low is None else None
        if dose.high is None:
            open_end = ast.OpenEnd.AT_LEAST
        yield ast.Phase(
            span=_NOWHERE,
            drug=_name(drug, words),
            open_end=open_end,
            dose=_quantity(dose.stated[0], dose.stated[-1], dose.unit),
            limit=None
            if dose.limit is None
            else _quantity(
                dose.limit.stated[0], dose.limit.stated[-1], dose.limit.unit
            ),
            route=_name(phase.route, words),
            frequency=_frequency(phase.frequency),
            bound=_bound(phase, words),
            apart=None if apart is None else _quantity_of(apart),
            as_needed=phase.as_needed,
            with_food=phase.with_food,
            after=_names(phase.after, words),
        )


def _frequency(frequency: model.Frequency | None) -> ast.Frequency | None:
    match frequency:
        case None:
            return None
        case model.Every(interval=interval):
            # `on alternate days` has the unit in the singular, as `daily` has.
            is_alternate = interval.unit is TimeUnit.DAY and interval.low == 2
            if is_alternate and interval.low == interval.high:
                days = _quantity(interval.low, interval.high, "day")
                return ast.Every(span=_NOWHERE, interval=days)
            return ast.Every(span=_NOWHERE, interval=_length(interval))
        case model.Times(low=low, high=high, per=per):
            count = _quantity(Fraction(low), Fraction(high), None)
            return ast.Times(span=_NOWHERE, count=count, per=_length(per))


def _bound(phase: model.Phase, words: Words) -> ast.Bound | None:
    match phase.bound:
        case None:
            return None
        case model.ForTime(length=length):
            return ast.ForTime(span=_NOWHERE, length=_length(length))
        case model.ForDoses(count=count):
            once = count == 1 and phase.frequency is None
            return ast.ForDoses(span=_NOWHERE, count=count, once=once)
        case model.ForLife(indefinitely=indefinitely):
            return ast.ForLife(span=_NOWHERE, indefinitely=indefinitely)
        case model.Until(event=event):
            return ast.Until(span=_NOWHERE, event=_named(event, words))


# ------------------------------------------------------------------- other actions


def _check(monitoring: m.Monitoring, optional: bool, words: Words) -> ast.Check | None:
    times = monitoring.times
    if len({time.unit.is_calendar for time in times}) > 1:
        return None  # all times of a check are written in one unit
    if len({time.unit for time in times}) > 1:
        unit = min((time.unit for time in times), key=lambda u: u.in_smallest)
        times = tuple(
            DurationRange(low / unit.in_smallest, high / unit.in_smallest, unit)
            for low, high in (time.smallest for time in times)
        )
    return ast.Check(
        span=_NOWHERE,
        tests=_names(monitoring.tests, words),
        at=tuple(map(_length, times)),
        recurring=tuple(map(_recurrence, monitoring.recurring)),
        once=monitoring.once,
        before_next_dose=monitoring.before_next_dose,
        companions=_names(monitoring.companions, words),
        never_alone=monitoring.never_alone,
        after=_name(monitoring.after, words),
        until=_name(monitoring.until, words),
        during=None
        if monitoring.during is None
        else _named(monitoring.during.value, str),
        optional=optional,
    )


def _recurrence(recurrence: m.Recurrence) -> ast.Recurrence:
    return ast.Recurrence(
        span=_NOWHERE,
        every=_length(recurrence.every),
        at_least=recurrence.at_least,
        lasts=None if recurrence.lasts is None else _length(recurrence.lasts),
    )


def _instruction(instruction: m.Instruction, words: Words) -> ast.Instruction:
    if instruction.gauge is not None:
        low, high = map(Fraction, instruction.gauge)
        return ast.Needle(span=_NOWHERE, gauge=_quantity(low, high, "G"))
    if instruction.pressure is not None:
        return ast.Pressure(span=_NOWHERE, length=_length(instruction.pressure))
    site = _named(instruction.site or "", words)
    if instruction.avoid:
        return ast.NotAtSite(span=_NOWHERE, site=site, routinely=instruction.routinely)
    return ast.AtSite(
        span=_NOWHERE,
        site=site,
        quadrant=_name(instruction.quadrant, str),
        direction=_name(instruction.direction, str),
    )
