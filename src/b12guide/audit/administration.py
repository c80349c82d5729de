"""How a dose was given: its form, route and amount, its site and its needle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from attrs import evolve

from b12guide.audit.departure import Departure
from b12guide.audit.event import Given, Started
from b12guide.audit.finding import Family, Gravity, Missing, What
from b12guide.audit.knowledge import OPEN
from b12guide.audit.replay import Replay
from b12guide.audit.targets import phases_of
from b12guide.audit.telling import Judged, judged
from b12guide.evaluate import by_weight
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.graph import model
from b12guide.graph.model import Decision
from b12guide.patient.fact_names import folded
from b12guide.regimen.model import Phase
from b12guide.say.numbers import number_text
from b12guide.say.schedules import dose_text, length_text
from b12guide.say.words import listing, uncapitalised


def form_findings(replay: Replay) -> Iterator[Departure]:
    """What is wrong with the drugs, routes and amounts."""
    loading = replay.loading_rows
    for event in replay.treatment:
        yield from (_in_loading if event.row in loading else _beyond)(replay, event)


def judged_forms(replay: Replay) -> Iterator[Departure | Judged]:
    """The same, worked out once for all doses that are alike."""
    loading = replay.loading_rows
    for event in replay.treatment:
        if isinstance(event, Started):  # the days of a course are its own
            yield from _beyond(replay, event)
            continue
        known: tuple[Any, ...] = ()
        if by_weight.measures(replay.graph):
            known = tuple(replay.knowledge.weights(event.on).values())
        said = (event.drug, event.route, event.amount, known)
        judge = _in_loading if event.row in loading else _beyond
        yield judged(replay, event, judge, said)


def _in_loading(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    yield from _drugs(replay, event)
    yield from _routes(replay, event)
    yield from _amounts(replay, event, is_loading=True)


def _beyond(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    yield from _drugs(replay, event)
    yield from _routes(replay, event)
    yield from _amounts(replay, event, is_loading=False)


def _drugs(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    """A drug that rules speak against; or else one that they do not name for this patient."""
    known = replay.knowledge.on(event.on)
    drug = replay.called(event.drug)
    form = known.answer.decisions[Decision.FORM]
    advised = listing(map(replay.called, (*form.preferred, *form.acceptable)), "or")
    matter = ("drug", event.on, event.row, event.drug)
    against = naming = False
    for verdict in known.of(Decision.FORM, *OPEN):
        match verdict.rule.value:
            case model.FormChoice(excluded=drugs) | model.Exclusion(drugs=drugs) if (
                event.drug in drugs
            ):
                against = True
            case model.FormChoice(drugs=drugs) if verdict.verdict is Verdict.APPLIES:
                naming |= event.drug in drugs
                continue
            case _:
                continue
        speaking = verdict.rule.value
        outright = isinstance(speaking, model.Exclusion) and speaking.outright
        clears = f"{advised or 'another form'} instead"
        if verdict.verdict is not Verdict.APPLIES and verdict.needs:
            clears += f", or a record of {_needs(replay, verdict)} from before that day"
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=verdict,
            matter=matter,
            like=("drug", event.drug),
            text=f"{drug} was given; {uncapitalised(verdict.rule.title)}",
            limit=f"not {drug}",
            clears=clears,
            about={event.drug},
            why=tuple(replay.contradiction(verdict.rule, event.on)),
            ceiling=Gravity.VIOLATION if outright else None,
            lasts=replay.days_of(event),
        )
    if against or naming or not advised:
        return
    for verdict in known.of(Decision.FORM, Verdict.APPLIES):
        value = verdict.rule.value
        if verdict.rule.optional or not isinstance(value, model.FormChoice):
            continue
        if value.drugs:
            yield Departure(
                on=event.on,
                family=Family.FORM,
                verdict=verdict,
                matter=matter,
                like=("drug not named", event.drug),
                text=f"{drug} was given, which the guideline neither advises nor advises "
                "against here",
                limit=advised,
                clears=f"{advised} instead",
                about={event.drug},
                ceiling=Gravity.INFO,
            )


def _needs(replay: Replay, verdict: RuleVerdict) -> str:
    return listing(map(replay.called, verdict.needs))


def _routes(replay: Replay, event: Given | Started) -> Iterator[Departure]:
    """A route that the default does not have; one that is an option is only noted."""
    if event.route is None:
        return
    named = {
        verdict.rule.name: value.routes if isinstance(value, model.Routes) else ()
        for decide in (replay.binding, replay.offering)
        for verdict in decide(Decision.ROUTE, event.on)
        for value in [verdict.rule.value]
    }
    against = [
        verdict
        for verdict in replay.binding(Decision.ROUTE, event.on)
        if event.route not in named[verdict.rule.name]
    ]
    beside = [
        verdict
        for verdict in replay.offering(Decision.ROUTE, event.on)
        if event.route in named[verdict.rule.name]
    ]
    route = replay.called(event.route)
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
            about={event.route},
            ceiling=Gravity.INFO,
        )
        return
    perhaps = []
    for verdict in beside[:1]:
        text = f"whether the guideline offers the {route} route here was not known that day"
        needs = _needs(replay, verdict)
        perhaps.append(Missing(What.CONDITION, f"{text}: {needs}" if needs else text))
    for verdict in against:
        allowed = listing(map(replay.called, named[verdict.rule.name]), "or")
        yield Departure(
            on=event.on,
            family=Family.FORM,
            verdict=verdict,
            matter=matter,
            like=("route", event.route),
            text=f"the dose was {route}; the guideline says {allowed}",
            limit=allowed,
            needs=beside[0].needs if beside else (),
            clears=f"the {allowed} route",
            about={event.route},
            why=(*replay.contradiction(verdict.rule, event.on), *perhaps),
            lasts=replay.days_of(event),
        )


def _amounts(
    replay: Replay, event: Given | Started, *, is_loading: bool
) -> Iterator[Departure]:
    """An amount that neither the default nor an option has, or that nobody recorded."""
    decision = Decision.LOADING if is_loading else Decision.MAINTENANCE
    binding = _speaking(replay, replay.binding(decision, event.on), event)
    if is_loading and not binding:  # the course ended between these two days
        return
    if event.amount is None:
        for verdict, phases in binding[:1]:
            yield evolve(
                _other_amount(replay, event, verdict, phases),
                text="the amount of the dose is not recorded",
                clears="a record of the amount",
                why=(
                    Missing(What.RECORD, "the record does not say how much was given"),
                ),
            )
        return
    offering = _speaking(replay, replay.offering(decision, event.on), event)
    if any(event.has_amount(phase.dose) for _, phases in offering for phase in phases):
        return
    if not binding:
        for verdict, phases in offering[:1]:
            found = _other_amount(replay, event, verdict, phases)
            text = (
                f"{found.text}; the option that the guideline offers is {found.limit}"
            )
            yield evolve(found, text=text, ceiling=Gravity.WARNING)
    # Beside a rule that applies, one that only may apply has nothing to add.
    certain = any(verdict.verdict is Verdict.APPLIES for verdict, _ in binding)
    for verdict, phases in binding:
        fits = any(event.has_amount(phase.dose) for phase in phases)
        if not fits and (verdict.verdict is Verdict.APPLIES or not certain):
            found = _other_amount(replay, event, verdict, phases)
            told = evolve(found, text=f"{found.text}; the guideline says {found.limit}")
            yield _by_weight(told, phases)


def _by_weight(found: Departure, phases: Sequence[Phase]) -> Departure:
    """The departure, as far as it can be judged where a dose goes by weight (M95)."""
    doses = [phase.dose for phase in phases if phase.dose.is_by_weight]
    if any(dose.weight is None for dose in doses):
        return evolve(
            found,
            text=f"{found.text}, and what the patient weighs is not on record",
            clears="a record of the weight",
            ceiling=Gravity.INFO,
            why=(
                Missing(What.RECORD, "the record does not say what the patient weighs"),
            ),
        )
    # How such a dose is rounded, the guideline does not say.
    return evolve(found, ceiling=Gravity.WARNING) if doses else found


def _speaking(
    replay: Replay, verdicts: Sequence[RuleVerdict], event: Given | Started
) -> list[tuple[RuleVerdict, list[Phase]]]:
    """The rules that speak of this drug by this route, with the phases in which they do."""
    known = replay.knowledge.weights(event.on)
    return [
        (verdict, [by_weight.weighed_phase(phase, known) for phase in phases])
        for verdict in verdicts
        if (phases := [p for p in phases_of(verdict.rule) if event.may_be_of(p)])
    ]


def _other_amount(
    replay: Replay,
    event: Given | Started,
    verdict: RuleVerdict,
    phases: Sequence[Phase],
) -> Departure:
    doses = tuple(dict.fromkeys(phase.dose for phase in phases))
    # Of "at least 1 mg" and "1 mg" the first says it all.
    widest = [
        dose
        for dose in doses
        if not any(other.intersection(dose) == dose for other in doses if other != dose)
    ]
    wanted = listing(dict.fromkeys(map(dose_text, widest)), "or")
    return Departure(
        on=event.on,
        family=Family.FORM,
        verdict=verdict,
        matter=("amount", event.on, event.row, event.drug),
        like=("amount", str(event.amount)),
        text=f"the dose was {event.amount}",
        limit=wanted,
        clears=f"a dose of {wanted}",
        about=(event.drug, event.route),
        lasts=replay.days_of(event),
    )


# ------------------------------------------------------------------------ technique


def technique_findings(replay: Replay) -> Iterator[Departure | Judged]:
    """Departures from the instructions on technique, dose by dose, and sites used as a habit."""
    known = replay.targets.injected_routes
    doses = [
        dose
        for dose in replay.doses
        # No tablet has a needle or a site: a dose with such a detail was an injection.
        if dose.route is None
        or {dose.site, dose.needle, dose.pressure, dose.quadrant, dose.direction}
        - {None}
        or (
            dose.route in replay.graph.vocabulary.routes
            and (not known or dose.route in known)
        )
    ]
    habits = [
        one
        for rule, technique in replay.targets.technique
        for wanted in technique.instructions
        if wanted.avoid and wanted.routinely and wanted.site is not None
        for one in _routinely(replay, rule, wanted.site, doses)
    ]
    rows = {one.matter[2] for one in habits}
    for dose in doses:
        if dose.row in rows:  # a habit speaks of the same matter
            yield from _technique(replay, dose)
        else:
            said = (
                dose.site,
                dose.quadrant,
                dose.direction,
                dose.needle,
                dose.pressure,
            )
            yield judged(replay, dose, _technique, said)
    yield from habits


def _technique(replay: Replay, dose: Given) -> Iterator[Departure]:
    for verdict in replay.binding(Decision.TECHNIQUE, dose.on):
        for wanted in instructions_of(verdict.rule):
            yield from _instructed(replay, dose, verdict, wanted)


def instructions_of(rule: model.Rule) -> tuple[model.Instruction, ...]:
    """The instructions on technique that a rule gives."""
    value = rule.value
    return value.instructions if isinstance(value, model.Technique) else ()


def _instructed(
    replay: Replay, dose: Given, verdict: RuleVerdict, wanted: model.Instruction
) -> Iterator[Departure]:
    """A dose that departs from one instruction, or leaves its detail unrecorded."""
    is_there = wanted.site is not None and dose.site == wanted.site
    site = replay.called(wanted.site or "")
    recorded: object
    if wanted.gauge is not None:
        low, high = wanted.gauge
        limit, what, recorded = (
            f"needle of {low} to {high} G",
            "the gauge of the needle",
            dose.needle,
        )
        text = f"the needle was {dose.needle} G"
        keeps = dose.needle is not None and low <= dose.needle <= high
    elif wanted.pressure is not None:
        limit, what, recorded = (
            f"pressure for {length_text(wanted.pressure)}",
            "how long the site was pressed",
            dose.pressure,
        )
        text = f"the site was pressed for {number_text((dose.pressure or Fraction()) / 60)} min"
        keeps = (
            dose.pressure is not None and dose.pressure >= wanted.pressure.smallest[0]
        )
    elif is_there and (place := wanted.quadrant or wanted.direction) is not None:
        if wanted.quadrant is not None:
            what, recorded = f"the quadrant of the {site}", dose.quadrant
            limit = f"the {folded(place)} quadrant of the {site}"
        else:
            what = f"the direction of the needle in the {site}"
            limit, recorded = f"needle directed {folded(place)}", dose.direction
        text = f"{what} was {recorded}"
        keeps = recorded is not None and _stem(str(recorded)) == _stem(place)
    elif is_there and wanted.avoid and not wanted.routinely:
        limit, what, recorded, text, keeps = (
            f"not {site}",
            "",
            site,
            f"the site was {site}",
            False,
        )
    else:
        return
    if keeps:
        return
    is_open = recorded is None
    yield Departure(
        on=dose.on,
        family=Family.TECHNIQUE,
        verdict=verdict,
        matter=("technique", dose.on, dose.row, wanted.site),
        like=("technique", wanted.site),
        text=f"{what} is not recorded" if is_open else text,
        limit=limit,
        clears=f"recording {what}" if is_open else limit,
        about=(wanted.site,),
        why=(Missing(What.RECORD, "the record leaves it open"),) if is_open else (),
    )


def _stem(place: str) -> str:
    """A quadrant or direction without what does not change it: "anteriorly" is "anterior"."""
    words = [w for w in folded(place).split() if w not in {"the", "quadrant"}]
    return " ".join(w.removesuffix("ly") for w in words)


def _routinely(
    replay: Replay, rule: model.Rule, site: str, injected: Sequence[Given]
) -> Iterator[Departure]:
    """The doses that make a site routine, from the day on which they have made it so.

    No source says when a site is routine. In a row and more than a share of all that have a
    recorded site are two readings: where they agree, nobody would call it an exception; where they
    do not, the finding rests on the rule's own assumptions.
    """
    if all(dose.site != site for dose in injected):
        return
    doses = [
        dose
        for dose in injected
        if rule.name
        in (v.rule.name for v in replay.binding(Decision.TECHNIQUE, dose.on))
    ]
    least, (above, of) = replay.tolerance.in_a_row, replay.tolerance.share
    there = [dose for dose in doses if dose.site == site]
    recorded = sum(dose.site is not None for dose in doses)
    is_most = len(there) >= least and len(there) * of > recorded * above
    runs: list[list[Given]] = [[]]
    for dose in doses:
        if dose.site == site:
            runs[-1].append(dose)
        elif runs[-1]:
            runs.append([])
    long = [run for run in runs if len(run) >= least]
    name = replay.called(site)
    for run in [there] if is_most else long:
        since: dt.date = run[least - 1].on
        for dose in run:
            yield Departure(
                on=max(dose.on, since),
                family=Family.TECHNIQUE,
                verdict=replay.verdict(rule, dose.on),
                matter=("technique", dose.on, dose.row, site),
                like=("technique", site),
                text=f"the {name} was used routinely",
                limit=f"not the {name} routinely",
                compared=(dose.on,),
                clears="another site",
                about={site},
                readings=() if is_most and long else rule.grounds.assumptions,
            )
