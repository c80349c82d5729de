"""What a rule or a decision advises, in English."""

from __future__ import annotations

from typing import assert_never

from b12guide.graph import model as m
from b12guide.graph.query import fact_text
from b12guide.regimen.model import Regimen
from b12guide.say.names import (
    Audience,
    conclusion_text,
    drug_text,
    route_text,
    service_text,
    site_text,
    test_text,
    topic_text,
    value_label,
)
from b12guide.say.numbers import comparison_text, measured, range_text
from b12guide.say.schedules import every_text, length_text, schedule_text
from b12guide.say.words import listing
from b12guide.values.duration import DurationRange


def advice_text(
    advice: m.Advice, graph: m.RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """What a decision advises, as a phrase."""
    match advice:
        case Regimen():
            return schedule_text(advice, graph, audience)
        case m.FormChoice(drugs=drugs, excluded=excluded):
            text = _drugs(graph, drugs)
            return f"{text}, not {_drugs(graph, excluded)}" if excluded else text
        case m.Exclusion(drugs=drugs, outright=True):
            return f"{_drugs(graph, drugs)} contraindicated"
        case m.Exclusion(drugs=drugs):
            return f"avoid {_drugs(graph, drugs)}"
        case m.Routes(routes=routes):
            return listing([route_text(graph, r, audience) for r in routes], "or")
        case m.Prohibition():
            return _prohibition_text(advice, graph)
        case m.Monitoring():
            return _monitoring_text(advice, graph, audience)
        case m.NotChecked(tests=tests):
            verb = "no check of" if audience is Audience.PATIENT else "do not check"
            return f"{verb} {listing([test_text(graph, t) for t in tests], 'or')}"
        case m.Instruction():
            return _instruction_text(advice, graph)
        case m.Target():
            bound = range_text(advice.low, advice.high)
            sign = comparison_text(advice.operator)
            return f"{fact_text(graph, advice.measure)} {sign} {measured(bound, advice.unit)}"
        case m.Continuation(treatment=treatment, for_life=for_life):
            length = ": it is for life" if for_life else ""
            return f"do not stop {fact_text(graph, treatment)}{length}"
        case m.Stop(treatment=treatment):
            name = topic_text(graph, treatment)
            return f"{name} stops" if audience is Audience.PATIENT else f"stop {name}"
        case m.Change():
            return _change_text(advice, graph, audience)
        case m.Referral(services=services):
            names = listing([service_text(graph, name) for name in services])
            verb = "you are referred" if audience is Audience.PATIENT else "refer"
            return f"{verb} to {names}"
        case m.Concluded(conclusion=conclusion, value=value):
            label = conclusion_text(graph, conclusion)
            return f"{label}: {value_label(graph, conclusion, value)}"
        case m.NotNeeded():
            return "not needed"
        case _:
            assert_never(advice)


def value_text(
    value: m.Value, graph: m.RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """What a rule says, as a phrase."""
    match value:
        case m.Regimens(regimens=regimens):
            return ", or ".join(schedule_text(r, graph, audience) for r in regimens)
        case m.Technique(instructions=instructions):
            return listing([_instruction_text(i, graph) for i in instructions])
        case m.Remark(text=text):
            return text
        case _:
            return advice_text(value, graph, audience)


_CHANGING = {
    m.Decision.LOADING: ("change loading to", "your first doses change to"),
    m.Decision.MAINTENANCE: ("change maintenance to", "your doses change to"),
    m.Decision.FORM: ("change the form to", "your medicine changes to"),
    m.Decision.ROUTE: ("change to treatment", "treatment changes and is given"),
}


def _change_text(change: m.Change, graph: m.RuleGraph, audience: Audience) -> str:
    verb = _CHANGING[change.of][audience is Audience.PATIENT]
    return f"{verb} {value_text(change.to, graph, audience)}"


def _drugs(graph: m.RuleGraph, names: tuple[str, ...]) -> str:
    return listing([drug_text(graph, name) for name in names], "or")


def _prohibition_text(prohibition: m.Prohibition, graph: m.RuleGraph) -> str:
    text = f"no {_drugs(graph, prohibition.drugs)}"
    if prohibition.until is not None:
        text += f" until {fact_text(graph, prohibition.until)}"
    if prohibition.unless is not None:
        text += f" unless {fact_text(graph, prohibition.unless)}"
    return text


def _monitoring_text(
    monitoring: m.Monitoring, graph: m.RuleGraph, audience: Audience
) -> str:
    parts = [listing([test_text(graph, test) for test in monitoring.tests])]
    if monitoring.times:
        parts.append(f"at {_times_text(monitoring.times)}")
    if monitoring.recurring:
        parts.append(", then ".join(map(_recurrence_text, monitoring.recurring)))
    if monitoring.once:
        parts.append("once")
    text = " ".join(parts)
    further = []
    if monitoring.before_next_dose:
        further.append("directly before the next dose")
    if monitoring.companions:
        together = listing([test_text(graph, t) for t in monitoring.companions])
        further.append(f"together with {together}")
    if monitoring.never_alone:
        further.append("never relied on alone")
    if monitoring.after is not None:
        further.append(f"after {fact_text(graph, monitoring.after)}")
    if monitoring.until is not None:
        further.append(f"until {fact_text(graph, monitoring.until)}")
    if monitoring.during is not None:
        further.append(f"during {_PARTS[audience, monitoring.during]}")
    return ", ".join([text, *further])


_PARTS = {
    (Audience.PROFESSIONAL, m.Decision.LOADING): "loading",
    (Audience.PROFESSIONAL, m.Decision.MAINTENANCE): "maintenance",
    (Audience.PATIENT, m.Decision.LOADING): "the first doses",
    (Audience.PATIENT, m.Decision.MAINTENANCE): "the doses that follow",
}


def _recurrence_text(stretch: m.Recurrence) -> str:
    """How often, and for how long: "every 3 months for 1 year"."""
    least = "at least " if stretch.at_least else ""
    length = "" if stretch.lasts is None else f" for {length_text(stretch.lasts)}"
    return f"{least}{every_text(stretch.every)}{length}"


def _times_text(times: tuple[DurationRange, ...]) -> str:
    """The times after the start: "3, 6 and 12 months", "2 to 4 weeks"."""
    units = {time.unit for time in times}
    if len(units) > 1:
        return listing([length_text(time) for time in times])
    numbers = [range_text(time.low, time.high) for time in times]
    ending = "" if numbers == ["1"] else "s"
    return f"{listing(numbers)} {units.pop().value}{ending}"


def _instruction_text(instruction: m.Instruction, graph: m.RuleGraph) -> str:
    match instruction:
        case m.Instruction(gauge=(low, high)):
            return (
                f"needle of {low} G" if low == high else f"needle of {low} to {high} G"
            )
        case m.Instruction(pressure=pressure) if pressure is not None:
            return f"press on the site for {length_text(pressure)}"
        case m.Instruction(site=site) if site is not None:
            return _site_text(instruction, site_text(graph, site))
        case _:
            return "injection"


def _site_text(instruction: m.Instruction, site: str) -> str:
    match instruction:
        case m.Instruction(avoid=True, routinely=True):
            return f"avoid the {site} as a routine site"
        case m.Instruction(avoid=True):
            return f"avoid the {site}"
        case m.Instruction(quadrant=str(quadrant)):
            place = quadrant.replace("_", " ")
            return f"if the {site} is used, only its {place} quadrant"
        case m.Instruction(direction=str(direction)):
            return f"if the {site} is used, direct the needle {direction}"
        case _:
            return f"inject into the {site}"
