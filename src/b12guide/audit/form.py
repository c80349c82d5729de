"""Findings about what was given: the form, the route and the amount of the treatment."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Finding, Gravity, gravity_of
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, dose_text, joined
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import Decision, Exclusion, FormChoice, Routes
from b12guide.regimen.model import Phase

__all__ = ["forms"]


def forms(replay: Replay, loading: frozenset[int]) -> Iterator[Finding]:
    """What is wrong with the drugs, routes and amounts; `loading` holds the loading doses' rows."""
    for event in replay.treatment:
        yield from _form(replay, event)
        yield from _route(replay, event)
        yield from _amount(replay, event, is_loading=event.row in loading)


# ---------------------------------------------------------------------------- form


def _form(replay: Replay, event: Given | Started) -> Iterator[Finding]:
    known = replay.knowledge.on(event.on)
    against = [v for v in known.of(Decision.FORM, *OPEN) if _excludes(v, event.drug)]
    drug = called(replay.graph, event.drug)
    for verdict in against:
        open_ = verdict.verdict is not Verdict.APPLIES
        instead = _advised(replay, event) or ("another form",)
        yield Finding(
            on=event.on,
            gravity=_outright(replay, verdict, event),
            family=Family.FORM,
            rule=verdict.rule,
            text=f"{drug} was given; {_title(verdict)}"
            + (_unsure(replay, verdict) if open_ else ""),
            limit=f"not {drug}",
            compared=(event.on,),
            needs=verdict.needs,
            assumptions=verdict.rule.assumptions,
            clears=f"{joined(instead, 'or')} instead"
            + (f", or {_asked(replay, verdict)}" if open_ and verdict.needs else ""),
        )
    if not against:
        yield from _not_named(replay, event)


def _not_named(replay: Replay, event: Given | Started) -> Iterator[Finding]:
    """A drug that nobody speaks against, and that no rule names for this patient either."""
    advised = _advised(replay, event)
    known = replay.knowledge.on(event.on)
    naming = known.of(Decision.FORM, Verdict.APPLIES)
    if not advised or any(event.drug in _named(v) for v in naming):
        return
    for verdict in naming:
        if verdict.rule.optional or not _named(verdict):
            continue
        yield Finding(
            on=event.on,
            gravity=Gravity.INFO,
            family=Family.FORM,
            rule=verdict.rule,
            text=f"{called(replay.graph, event.drug)} was given, which the guideline neither "
            "advises nor advises against here",
            limit=joined(advised, "or"),
            compared=(event.on,),
            assumptions=verdict.rule.assumptions,
            clears=f"{joined(advised, 'or')} instead",
        )


def _excludes(verdict: RuleVerdict, drug: str) -> bool:
    match verdict.rule.value:
        case FormChoice(excluded=drugs) | Exclusion(drugs=drugs):
            return drug in drugs
        case _:
            return False


def _named(verdict: RuleVerdict) -> tuple[str, ...]:
    value = verdict.rule.value
    return value.drugs if isinstance(value, FormChoice) else ()


def _outright(replay: Replay, verdict: RuleVerdict, event: Given | Started) -> Gravity:
    """By strength, but a contraindication is never less than a violation."""
    if replay.conflict(verdict.rule, event.on) is not None:
        return Gravity.INFO
    value = verdict.rule.value
    if (
        isinstance(value, Exclusion)
        and value.outright
        and verdict.verdict is Verdict.APPLIES
    ):
        return Gravity.VIOLATION
    return gravity_of(verdict)


def _advised(replay: Replay, event: Given | Started) -> tuple[str, ...]:
    form = replay.knowledge.on(event.on).recommendation.decisions[Decision.FORM]
    return tuple(called(replay.graph, d) for d in (*form.preferred, *form.acceptable))


def _title(verdict: RuleVerdict) -> str:
    title = verdict.rule.title
    return title[:1].lower() + title[1:]


def _unsure(replay: Replay, verdict: RuleVerdict) -> str:
    if verdict.verdict is Verdict.INDETERMINATE:
        return " - but the source's own threshold leaves open whether that holds here"
    if not verdict.needs:
        return " - but whether that holds was not known that day"
    needs = joined(called(replay.graph, n) for n in verdict.needs)
    return f" - but whether that holds was not known that day: {needs}"


def _asked(replay: Replay, verdict: RuleVerdict) -> str:
    needs = joined(called(replay.graph, n) for n in verdict.needs)
    return f"a record of {needs} from before that day"


# --------------------------------------------------------------------------- route


def _route(replay: Replay, event: Given | Started) -> Iterator[Finding]:
    if event.route is None:
        return
    against = [
        v for v in replay.binding(Decision.ROUTE, event.on) if not _routes(v, event)
    ]
    beside = [v for v in replay.offering(Decision.ROUTE, event.on) if _routes(v, event)]
    route = called(replay.graph, event.route)
    offer = next((v for v in beside if v.verdict is Verdict.APPLIES), None)
    if against and offer is not None:
        yield Finding(
            on=event.on,
            gravity=Gravity.INFO,
            family=Family.FORM,
            rule=offer.rule,
            text=f"the {route} route was taken, which the guideline offers as an option",
            compared=(event.on,),
            assumptions=offer.rule.assumptions,
        )
        return
    for verdict in against:
        value = verdict.rule.value
        wanted = value.routes if isinstance(value, Routes) else ()
        allowed = joined((called(replay.graph, r) for r in wanted), "or")
        gravity = gravity_of(verdict) if not beside else Gravity.UNRESOLVED
        if replay.conflict(verdict.rule, event.on) is not None:
            gravity = Gravity.INFO
        open_ = beside[0] if beside else verdict
        unsure = _unsure(replay, open_) if open_.verdict is not Verdict.APPLIES else ""
        yield Finding(
            on=event.on,
            gravity=gravity,
            family=Family.FORM,
            rule=verdict.rule,
            text=f"the dose was {route}; the guideline says {allowed}{unsure}",
            limit=allowed,
            compared=(event.on,),
            needs=open_.needs,
            assumptions=verdict.rule.assumptions,
            clears=f"the {allowed} route",
        )


def _routes(verdict: RuleVerdict, event: Given | Started) -> bool:
    value = verdict.rule.value
    return isinstance(value, Routes) and event.route in value.routes


# -------------------------------------------------------------------------- amount


def _amount(
    replay: Replay, event: Given | Started, *, is_loading: bool
) -> Iterator[Finding]:
    decision = Decision.LOADING if is_loading else Decision.MAINTENANCE
    binding = [
        (v, phases)
        for v in replay.binding(decision, event.on)
        if (phases := _for(v, event))
    ]
    if is_loading and not binding:  # the course ended between these two days
        return
    offering = [
        (v, phases)
        for v in replay.offering(decision, event.on)
        if (phases := _for(v, event))
    ]
    offered = [phase for _, phases in offering for phase in phases]
    if event.amount is None:
        yield from _unrecorded(event, binding)
        return
    if any(_fits(event, p) for p in offered):
        return
    if not binding:
        yield from _beside_what_is_offered(event, offering)
    certain = any(v.verdict is Verdict.APPLIES for v, _ in binding)
    for verdict, phases in binding:
        if any(_fits(event, phase) for phase in phases):
            continue
        if certain and verdict.verdict is not Verdict.APPLIES:
            continue
        wanted = joined(dict.fromkeys(dose_text(p.dose) for p in phases), "or")
        yield Finding(
            on=event.on,
            gravity=gravity_of(verdict),
            family=Family.FORM,
            rule=verdict.rule,
            text=f"the dose was {event.amount}; the guideline says {wanted}",
            limit=wanted,
            compared=(event.on,),
            needs=verdict.needs,
            assumptions=verdict.rule.assumptions,
            clears=f"a dose of {wanted}",
        )


def _beside_what_is_offered(
    event: Given | Started, offering: list[tuple[RuleVerdict, tuple[Phase, ...]]]
) -> Iterator[Finding]:
    """An amount that no default and no option has."""
    for verdict, phases in offering[:1]:
        wanted = joined(dict.fromkeys(dose_text(p.dose) for p in phases), "or")
        is_open = verdict.verdict is not Verdict.APPLIES
        yield Finding(
            on=event.on,
            gravity=Gravity.UNRESOLVED if is_open else Gravity.WARNING,
            family=Family.FORM,
            rule=verdict.rule,
            text=f"the dose was {event.amount}; the option that the guideline offers is "
            f"{wanted}",
            limit=wanted,
            compared=(event.on,),
            needs=verdict.needs,
            assumptions=verdict.rule.assumptions,
            clears=f"a dose of {wanted}",
        )


def _unrecorded(
    event: Given | Started, binding: list[tuple[RuleVerdict, tuple[Phase, ...]]]
) -> Iterator[Finding]:
    for verdict, phases in binding[:1]:
        wanted = joined(dict.fromkeys(dose_text(p.dose) for p in phases), "or")
        yield Finding(
            on=event.on,
            gravity=Gravity.UNRESOLVED,
            family=Family.FORM,
            rule=verdict.rule,
            text="the amount of the dose is not recorded",
            limit=wanted,
            compared=(event.on,),
            assumptions=verdict.rule.assumptions,
            clears="a record of the amount",
        )


def _for(verdict: RuleVerdict, event: Given | Started) -> tuple[Phase, ...]:
    """The phases of a rule that speak of this drug by this route."""
    return tuple(
        phase
        for phase in phases_of(verdict.rule)
        if (not phase.drugs or event.drug in phase.drugs)
        and (phase.route is None or event.route is None or phase.route == event.route)
    )


def _fits(event: Given | Started, phase: Phase) -> bool:
    if event.amount is None:
        return False
    value = event.amount.in_unit(phase.dose.unit)
    return value is not None and phase.dose.low <= value <= phase.dose.high
