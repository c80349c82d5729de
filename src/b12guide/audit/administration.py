"""How a dose was given: its form, route and amount, its site and its needle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from attrs import evolve, frozen

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Gravity, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay, phases_of
from b12guide.audit.wording import called, dose_text, joined, length_text
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph.model import (
    Decision,
    Exclusion,
    FormChoice,
    Instruction,
    Routes,
    Technique,
)
from b12guide.patient.fact_names import folded
from b12guide.regimen.model import Phase


def forms(replay: Replay) -> Iterator[Departure]:
    """What is wrong with the drugs, routes and amounts."""
    loading = frozenset(row for course in replay.loading for row in course.rows)
    for event in replay.treatment:
        yield from _form(replay, event)
        yield from _route(replay, event)
        yield from _amount(replay, event, is_loading=event.row in loading)


# ---------------------------------------------------------------------------- form


def _form(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    known = replay.knowledge.on(event.on)
    against = [v for v in known.of(Decision.FORM, *OPEN) if _excludes(v, event.drug)]
    drug = called(replay.graph, event.drug)
    for verdict in against:
        open_ = verdict.verdict is not Verdict.APPLIES
        instead = _advised(replay, event) or ("another form",)
        value = verdict.rule.value
        outright = isinstance(value, Exclusion) and value.outright
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=verdict,
            matter=("drug", event.on, event.row, event.drug),
            like=("drug", event.drug),
            text=f"{drug} was given; {_title(verdict)}",
            limit=f"not {drug}",
            compared=(event.on,),
            clears=f"{joined(instead, 'or')} instead"
            + (f", or {_asked(replay, verdict)}" if open_ and verdict.needs else ""),
            about={event.drug},
            why=tuple(replay.contradiction(verdict.rule, event.on)),
            ceiling=Gravity.VIOLATION if outright else None,
        )
    if not against:
        yield from _not_named(replay, event)


def _not_named(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    """A drug that nobody speaks against, and that no rule names for this patient either."""
    advised = _advised(replay, event)
    known = replay.knowledge.on(event.on)
    naming = known.of(Decision.FORM, Verdict.APPLIES)
    if not advised or any(event.drug in _named(v) for v in naming):
        return
    for verdict in naming:
        if verdict.rule.optional or not _named(verdict):
            continue
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=verdict,
            matter=("drug", event.on, event.row, event.drug),
            like=("drug not named", event.drug),
            text=f"{called(replay.graph, event.drug)} was given, which the guideline neither "
            "advises nor advises against here",
            limit=joined(advised, "or"),
            compared=(event.on,),
            clears=f"{joined(advised, 'or')} instead",
            about={event.drug},
            ceiling=Gravity.INFO,
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


def _advised(replay: Replay, event: Given | Started) -> tuple[str, ...]:
    form = replay.knowledge.on(event.on).recommendation.decisions[Decision.FORM]
    return tuple(called(replay.graph, d) for d in (*form.preferred, *form.acceptable))


def _title(verdict: RuleVerdict) -> str:
    title = verdict.rule.title
    return title[:1].lower() + title[1:]


def _asked(replay: Replay, verdict: RuleVerdict) -> str:
    needs = joined(called(replay.graph, n) for n in verdict.needs)
    return f"a record of {needs} from before that day"


# --------------------------------------------------------------------------- route


def _route(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    if event.route is None:
        return
    against = [
        v for v in replay.binding(Decision.ROUTE, event.on) if not _routes(v, event)
    ]
    beside = [v for v in replay.offering(Decision.ROUTE, event.on) if _routes(v, event)]
    route = called(replay.graph, event.route)
    matter = ("route", event.on, event.row, event.route)
    offer = next((v for v in beside if v.verdict is Verdict.APPLIES), None)
    if against and offer is not None:
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=offer,
            matter=matter,
            like=("route offered", event.route),
            text=f"the {route} route was taken, which the guideline offers as an option",
            compared=(event.on,),
            about={event.route},
            ceiling=Gravity.INFO,
        )
        return
    for verdict in against:
        value = verdict.rule.value
        wanted = value.routes if isinstance(value, Routes) else ()
        allowed = joined((called(replay.graph, r) for r in wanted), "or")
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=verdict,
            matter=matter,
            like=("route", event.route),
            text=f"the dose was {route}; the guideline says {allowed}",
            limit=allowed,
            compared=(event.on,),
            needs=beside[0].needs if beside else (),
            clears=f"the {allowed} route",
            about={event.route},
            why=(
                *replay.contradiction(verdict.rule, event.on),
                *(_perhaps_offered(replay, v, route) for v in beside[:1]),
            ),
        )


def _perhaps_offered(replay: Replay, verdict: RuleVerdict, route: str) -> Missing:
    needs = joined(called(replay.graph, n) for n in verdict.needs)
    text = f"whether the guideline offers the {route} route here was not known that day"
    return Missing(What.CONDITION, f"{text}: {needs}" if needs else text)


def _routes(verdict: RuleVerdict, event: Given | Started) -> bool:
    value = verdict.rule.value
    return isinstance(value, Routes) and event.route in value.routes


# -------------------------------------------------------------------------- amount


def _amount(
    replay: Replay, event: Given | Started, *, is_loading: bool
) -> Iterator[Departure]:
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
    if event.amount is None:
        for verdict, phases in binding[:1]:
            why = Missing(What.RECORD, "the record does not say how much was given")
            text = "the amount of the dose is not recorded"
            yield _other_amount(event, verdict, phases, text, (why,))
        return
    if any(_fits(event, phase) for _, phases in offering for phase in phases):
        return
    if not binding:  # an amount that no default and no option has
        for verdict, phases in offering[:1]:
            text = (
                f"the dose was {event.amount}; the option that the guideline offers is"
            )
            found = _other_amount(event, verdict, phases, text)
            yield evolve(found, text=f"{text} {found.limit}", ceiling=Gravity.WARNING)
    certain = any(v.verdict is Verdict.APPLIES for v, _ in binding)
    for verdict, phases in binding:
        if any(_fits(event, phase) for phase in phases):
            continue
        if certain and verdict.verdict is not Verdict.APPLIES:
            continue
        found = _other_amount(event, verdict, phases, f"the dose was {event.amount}")
        yield evolve(found, text=f"{found.text}; the guideline says {found.limit}")


def _other_amount(
    event: Given | Started,
    verdict: RuleVerdict,
    phases: tuple[Phase, ...],
    text: str,
    why: tuple[Missing, ...] = (),
) -> Departure:
    wanted = joined(dict.fromkeys(dose_text(p.dose) for p in phases), "or")
    return Departure(
        on=event.on,
        family=Family.FORM,
        verdict=verdict,
        matter=("amount", event.on, event.row, event.drug),
        like=("amount", str(event.amount)),
        text=text,
        limit=wanted,
        compared=(event.on,),
        clears="a record of the amount"
        if event.amount is None
        else f"a dose of {wanted}",
        about=(event.drug, event.route),
        why=why,
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


@frozen
class _Judged:
    """Whether a dose keeps an instruction; None where the detail is not recorded."""

    keeps: bool | None
    text: str
    limit: str


def technique_findings(replay: Replay) -> Iterator[Departure]:
    """Departures from the instructions on technique, dose by dose, and sites used as a habit."""
    doses = [d for d in replay.doses if _is_injected(replay, d)]
    for dose in doses:
        for verdict in replay.binding(Decision.TECHNIQUE, dose.on):
            value = verdict.rule.value
            instructions = value.instructions if isinstance(value, Technique) else ()
            for instruction in instructions:
                judged = _judge(replay, dose, instruction)
                if judged is not None and judged.keeps is not True:
                    yield _departure(dose, verdict, instruction, judged)
    yield from _habits(replay, doses)


def _is_injected(replay: Replay, dose: Given) -> bool:
    """Whether a dose was, or may have been, an injection: no tablet has a needle or a site."""
    details = (dose.site, dose.needle, dose.pressure, dose.quadrant, dose.direction)
    if any(detail is not None for detail in details) or dose.route is None:
        return True
    route = replay.graph.vocabulary.routes.get(dose.route)
    known = replay.injected_routes
    return route is not None and (not known or dose.route in known)


def _judge(replay: Replay, dose: Given, wanted: Instruction) -> _Judged | None:
    """How a dose stands to one instruction; None where the instruction is not about it."""
    if wanted.gauge is not None:
        low, high = wanted.gauge
        limit = f"{low} to {high} G"
        if dose.needle is None:
            return _Judged(None, "the gauge of the needle is not recorded", limit)
        text = f"the needle was {dose.needle} G"
        return _Judged(low <= dose.needle <= high, text, limit)
    if wanted.pressure is not None:
        least, _ = wanted.pressure.smallest
        limit = f"pressure for {length_text(wanted.pressure)}"
        if dose.pressure is None:
            return _Judged(None, "how long the site was pressed is not recorded", limit)
        minutes = _minutes(dose.pressure)
        return _Judged(
            dose.pressure >= least, f"the site was pressed for {minutes}", limit
        )
    if wanted.site is None or dose.site != wanted.site:
        return None
    site = called(replay.graph, wanted.site)
    if wanted.quadrant is not None:
        return _place(f"quadrant of the {site}", dose.quadrant, wanted.quadrant)
    if wanted.direction is not None:
        return _place(
            f"direction of the needle in the {site}", dose.direction, wanted.direction
        )
    if wanted.avoid and not wanted.routinely:
        return _Judged(keeps=False, text=f"the site was {site}", limit=f"not {site}")
    return None


def _place(what: str, recorded: str | None, wanted: str) -> _Judged:
    limit = folded(wanted)
    if recorded is None:
        return _Judged(None, f"the {what} is not recorded", limit)
    keeps = _stem(recorded) == _stem(wanted)
    return _Judged(keeps, f"the {what} was {recorded}", limit)


def _stem(place: str) -> str:
    """A quadrant or direction without what does not change it: "anteriorly" is "anterior"."""
    words = [w for w in folded(place).split() if w not in {"the", "quadrant"}]
    return " ".join(w.removesuffix("ly") for w in words)


def _minutes(seconds: Fraction) -> str:
    minutes = seconds / 60
    count = str(minutes) if minutes.denominator == 1 else f"{float(minutes):.1f}"
    return f"{count} min"


def _departure(
    dose: Given, verdict: RuleVerdict, instruction: Instruction, judged: _Judged
) -> Departure:
    site = instruction.site
    unrecorded = Missing(What.RECORD, "the record leaves it open")
    return Departure(
        on=dose.on,
        family=Family.TECHNIQUE,
        verdict=verdict,
        matter=("technique", dose.on, dose.row, site),
        like=("technique", site),
        text=judged.text,
        limit=judged.limit,
        compared=(dose.on,),
        clears=judged.limit if judged.keeps is False else f"a record: {judged.limit}",
        about=(site,),
        why=(unrecorded,) if judged.keeps is None else (),
    )


# -------------------------------------------------------------------------- habits


def _habits(replay: Replay, doses: Sequence[Given]) -> Iterator[Departure]:
    """Sites that are not to be used routinely, and were."""
    for rule in replay.graph.rules.values():
        instructions = (
            rule.value.instructions if isinstance(rule.value, Technique) else ()
        )
        for wanted in instructions:
            if not (wanted.avoid and wanted.routinely and wanted.site is not None):
                continue
            bound = [
                dose
                for dose in doses
                if any(
                    v.rule.name == rule.name
                    for v in replay.binding(Decision.TECHNIQUE, dose.on)
                )
            ]
            for dose, since, is_certain in _routine(replay, bound, wanted.site):
                verdict = replay.verdict(rule, dose.on)
                yield _habit(replay, verdict, dose, since, is_certain=is_certain)


def _routine(
    replay: Replay, doses: Sequence[Given], site: str
) -> Iterator[tuple[Given, dt.date, bool]]:
    """The doses that make a site routine, since when, and whether by every way of counting.

    No source says when a site is routine. In a row and more than a share of all that have a
    recorded site are two readings: where they agree, nobody would call it an exception.
    """
    tolerance = replay.tolerance
    recorded = [dose for dose in doses if dose.site is not None]
    there = [dose for dose in recorded if dose.site == site]
    above, of = tolerance.share
    is_most = len(there) >= tolerance.in_a_row and (
        len(there) * of > len(recorded) * above
    )
    runs: list[list[Given]] = [[]]
    for dose in doses:
        if dose.site == site:
            runs[-1].append(dose)
        elif runs[-1]:
            runs.append([])
    long = [run for run in runs if len(run) >= tolerance.in_a_row]
    for run in [there] if is_most else long:
        since = run[tolerance.in_a_row - 1].on
        for dose in run:
            yield dose, max(dose.on, since), is_most and bool(long)


def _habit(
    replay: Replay,
    verdict: RuleVerdict,
    dose: Given,
    since: dt.date,
    *,
    is_certain: bool,
) -> Departure:
    site = dose.site or ""
    name = called(replay.graph, site)
    return Departure(
        on=since,
        family=Family.TECHNIQUE,
        verdict=verdict,
        matter=("technique", dose.on, dose.row, site),
        like=("technique", site),
        text=f"the {name} was used routinely",
        limit=f"not the {name} routinely",
        compared=(dose.on,),
        clears="another site",
        about={site},
        readings=() if is_certain else verdict.rule.grounds.assumptions,
    )
