"""A rule as one English sentence, made from its condition, its value and its strength.

Nothing that an author wrote as prose goes into it but the words of a remark, which are what such
a rule says, and the labels of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from b12guide.graph import model
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    Condition,
    Defined,
    Established,
    Has,
    Not,
)
from b12guide.graph.query import fact_text
from b12guide.prove.invariants import Required
from b12guide.say.advice import advice_text, value_text
from b12guide.say.conditions import bounded, condition_text
from b12guide.say.names import Audience, decision_text, drug_text, site_text, test_text
from b12guide.say.schedules import length_text
from b12guide.say.words import capitalised, listing
from b12guide.values.term import Kind, Strength

_MODALS = {
    Strength.REQUIRED: "it is required to ",
    Strength.SHOULD: "one should ",
    Strength.SHOULD_CONSIDER: "it should be considered to ",
    Strength.MAY: "one may ",
    Strength.ACCEPTABLE_ALTERNATIVE: "it is an acceptable alternative to ",
}
"""Of the other strengths the action itself speaks: it is said as a command."""

_PLAIN_STRENGTHS = {
    Strength.REQUIRED: "The guideline requires it.",
    Strength.SHOULD: "The guideline advises it.",
    Strength.SHOULD_CONSIDER: "The guideline asks to consider it.",
    Strength.MAY: "It is a possibility.",
    Strength.ACCEPTABLE_ALTERNATIVE: "It is another acceptable way.",
    Strength.AVOID: "The guideline advises it.",
    Strength.DO_NOT: "The guideline is firm about it.",
    Strength.TARGET: "It is an aim, not a limit.",
}
_VERBS = {
    model.Decision.LOADING: ("load with ", "at first you get "),
    model.Decision.MAINTENANCE: ("maintain with ", "after the first phase you get "),
}
_GIVE = ("give ", "you also get ")


def rule_sentence(
    rule: model.Rule, graph: model.RuleGraph, audience: Audience = Audience.PROFESSIONAL
) -> str:
    """About whom the rule speaks, what it says, and how strongly."""
    start = _start(rule, graph, audience)
    action = action_text(rule.value, rule.decision, graph, audience)
    if audience is Audience.PATIENT:
        return " ".join(_plain(start, action, rule))
    strength = rule.grounds.strength
    modal = _MODALS.get(strength, "") if strength and _takes_modal(rule.value) else ""
    return _ended(f"{start}, {modal}{action}")


def _start(rule: model.Rule, graph: model.RuleGraph, audience: Audience) -> str:
    """For whom the rule is."""
    condition = _told(rule)
    beyond = "outside the guideline's scope" if rule.outside_scope else ""
    if condition == ALWAYS:
        return f"For every patient {beyond}".rstrip()
    given = f"given {condition_text(condition, graph, audience)}"
    return capitalised(f"{beyond}, {given}" if beyond else given)


def _ended(sentence: str) -> str:
    """The sentence with a full stop, unless the words that it quotes have brought one."""
    return sentence if sentence.endswith((".", '."', '!"', '?"')) else f"{sentence}."


def _plain(start: str, action: str, rule: model.Rule) -> Iterator[str]:
    yield _ended(f"{start}: {action}")
    strength = rule.grounds.strength
    if strength in _PLAIN_STRENGTHS and _takes_modal(rule.value):
        yield _PLAIN_STRENGTHS[strength]


def _takes_modal(value: model.Value) -> bool:
    match value:
        case model.NotNeeded() | model.Remark() | model.Exclusion(outright=True):
            return False
        case _:
            return True


def _told(rule: model.Rule) -> Condition:
    """The condition without what the action tells by itself: its `until` and `unless`."""
    condition = rule.condition
    match rule.value:
        case model.Prohibition(until=until, unless=unless):
            names = {until, unless}
        case model.Monitoring(until=until, during=during):
            names = {until}
            if during is not None:  # its condition comes last (M98)
                condition = _without_last(condition)
        case _:
            return condition
    operands = condition.operands if isinstance(condition, AllOf) else (condition,)
    told = tuple(o for o in operands if not _is_unassured(o, names))
    return told[0] if len(told) == 1 else AllOf(told)


def _without_last(condition: Condition) -> Condition:
    """The condition without the definition that `during` put behind it."""
    if not isinstance(condition, AllOf):
        return ALWAYS
    written = condition.operands[:-1]
    return written[0] if len(written) == 1 else AllOf(written)


def _is_unassured(condition: Condition, names: set[str | None]) -> bool:
    match condition:
        case Not(operand=Established(operand=Has(fact=name) | Defined(name=name))):
            return name in names
        case _:
            return False


def action_text(
    value: model.Value,
    decision: model.Decision,
    graph: model.RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
) -> str:
    """What the rule has somebody do, as a command; for a patient, what happens."""
    plain = audience is Audience.PATIENT
    text = value_text(value, graph, audience)
    match value:
        case model.FormChoice():
            return f"the form to choose is {text}" if plain else f"choose {text}"
        case model.Exclusion(drugs=drugs, outright=True):
            verb = "is" if len(drugs) == 1 else "are"
            names = listing(drug_text(graph, drug) for drug in drugs)
            return f"{names} {verb} contraindicated"
        case model.Exclusion():
            return text
        case model.Regimens():
            return _VERBS.get(decision, _GIVE)[plain] + text
        case model.NotNeeded():
            return f"{decision_text(decision).lower()} is not needed"
        case model.Routes():
            return f"treatment is given {text}" if plain else f"treat {text}"
        case model.Prohibition():
            return _withheld(value, graph)
        case model.Monitoring():
            return _check(value, graph, plain=plain)
        case model.NotChecked(tests=tests) if plain:
            verb = "is" if len(tests) == 1 else "are"
            return f"{listing([test_text(graph, t) for t in tests])} {verb} not checked"
        case model.NotChecked():
            return text
        case model.Technique(instructions=instructions):
            return listing([_instruction(i, graph) for i in instructions])
        case model.Target(
            measure=measure, operator=operator, low=low, high=high, unit=unit
        ):
            verb = "the aim is" if plain else "aim for"
            bound = bounded(operator, low, high, unit)
            return f"{verb} {fact_text(graph, measure)} {bound}"
        case model.Continuation(treatment=treatment, for_life=for_life):
            length = "; it is for life" if for_life else ""
            return f"never stop {fact_text(graph, treatment)}{length}"
        case model.Stop() | model.Change() | model.Referral():
            return text
        case model.Concluded():
            return f"the conclusion is {text}" if plain else f"conclude {text}"
        case model.Remark(text=words):
            return f'note: "{words}"'
        case _:
            assert_never(value)


def _withheld(prohibition: model.Prohibition, graph: model.RuleGraph) -> str:
    """The prohibition with its end, which somebody has to know of."""
    drugs = listing([drug_text(graph, name) for name in prohibition.drugs], "and")
    text = f"withhold {drugs}"
    for word, name in (("until", prohibition.until), ("unless", prohibition.unless)):
        if name is not None:
            text += f" {word} {_known(name, graph)}"
    return text


def _known(name: str, graph: model.RuleGraph) -> str:
    fact, label = graph.vocabulary.facts.get(name), fact_text(graph, name)
    if fact is not None and fact.kind is Kind.EVENT:
        return f"it is known that {label}"
    return f"{label} is known"


def _check(monitoring: model.Monitoring, graph: model.RuleGraph, *, plain: bool) -> str:
    tests = listing([test_text(graph, test) for test in monitoring.tests])
    if monitoring == model.Monitoring(tests=monitoring.tests, never_alone=True):
        return f"never rely on {tests} alone"
    audience = Audience.PATIENT if plain else Audience.PROFESSIONAL
    text = advice_text(monitoring, graph, audience)
    return f"you are checked by {text}" if plain else f"monitor by {text}"


def _instruction(instruction: model.Instruction, graph: model.RuleGraph) -> str:
    match instruction:
        case model.Instruction(gauge=gauge) if gauge is not None:
            return f"use a {advice_text(instruction, graph)}"
        case model.Instruction(pressure=pressure) if pressure is not None:
            return f"press on the site for {length_text(pressure)}"
        case model.Instruction(site=str(site), quadrant=str(quadrant)):
            place, where = quadrant.replace("_", " "), site_text(graph, site)
            return f"use no part of the {where} but its {place} quadrant"
        case model.Instruction(site=str(site), direction=str(direction)):
            where = site_text(graph, site)
            return f"direct the needle {direction} when injecting into the {where}"
        case _:
            return advice_text(instruction, graph)


def invariant_sentence(
    invariant: Required,
    graph: model.RuleGraph,
    audience: Audience = Audience.PROFESSIONAL,
) -> str:
    """The claim, such as "Given eGFR below 50 mL/min: never cyanocobalamin."."""
    given = (
        "For every patient"
        if invariant.when == ALWAYS
        else f"Given {condition_text(invariant.when, graph, audience)}"
    )
    word = "never" if invariant.never else "always"
    text = f"{given}: {word} {_target(invariant, graph)}"
    if invariant.second is not None:
        text += f" before {drug_text(graph, invariant.second)}"
    return f"{text}."


def _target(invariant: Required, graph: model.RuleGraph) -> str:
    target = invariant.target
    if isinstance(target, str):
        return drug_text(graph, target)
    option = " as an option" if target.optional else ""
    return action_text(target.value, target.decision, graph) + option
