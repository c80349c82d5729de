"""Which patients are advised something: classes of a cone, and the same of a single answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve

from b12guide.evaluate.answer import Advice, Recommendation
from b12guide.evaluate.composed import Composed
from b12guide.evaluate.composed import Kind as Composition
from b12guide.evaluate.decisions import Part, parts
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.interpreter import truth
from b12guide.graph.condition import Condition, Defined, Has
from b12guide.graph.model import (
    Decision,
    FormChoice,
    NotNeeded,
    Prohibition,
    Regimens,
    Rule,
    RuleGraph,
    Value,
)
from b12guide.graph.used import words_in
from b12guide.prove.by_worlds import Cone, Search
from b12guide.regimen.model import Phase, Regimen
from b12guide.trial.advice import Piece, is_told, pieces
from b12guide.truth import Truth

__all__ = [
    "after",
    "event_conditions",
    "given_today",
    "is_given_today",
    "parts_of",
    "prohibitions",
    "rules_naming",
    "saying",
    "truth_of",
]

DOSING = (Decision.LOADING, Decision.MAINTENANCE, Decision.ADJUNCT)


def truth_of(name: str, graph: RuleGraph) -> Condition:
    """The atom for a fact or a definition."""
    return Defined(name) if name in graph.definitions else Has(name)


def after(event: str) -> str:
    """The name under which a search knows an event that a dose waits for."""
    return f"after {event}"


def event_conditions(graph: RuleGraph) -> dict[str, Condition]:
    """The events that doses wait for, by the name under which a search knows them."""
    phases = [p for r in graph.rules.values() for p in _phases(r.value)]
    events = {event for phase in phases for event in phase.after}
    return {after(event): truth_of(event, graph) for event in sorted(events)}


def parts_of(decision: Decision, search: Search, cone: Cone) -> tuple[Part, ...]:
    """The classes of a cone, split by which rules of a decision apply."""
    evaluator = search.evaluator
    return parts(decision, evaluator.heard[decision], evaluator, cone.found)


# --------------------------------------------------------------------------- drugs


def rules_naming(drug: str, graph: RuleGraph) -> tuple[Rule, ...]:
    """The rules of all decisions in which the drug may come up, and its prohibitions."""
    decisions = {
        rule.decision
        for rule in graph.rules.values()
        if rule.decision in {Decision.FORM, *DOSING}
        and drug in words_in(rule.value).drugs
    }
    offering = (r for r in graph.rules.values() if r.decision in decisions)
    return (*offering, *prohibitions(drug, graph))


def prohibitions(drug: str, graph: RuleGraph) -> tuple[Rule, ...]:
    """The rules that withhold the drug."""
    return tuple(
        rule
        for rule in graph.rules.values()
        if isinstance(rule.value, Prohibition) and drug in rule.value.drugs
    )


def given_today(drug: str, search: Search, cone: Cone) -> int:
    """The classes of patients who are offered the drug today, not merely later."""
    graph = search.graph
    offering = {r.decision for r in rules_naming(drug, graph)}
    classes = 0
    if Decision.FORM in offering:
        for part in parts_of(Decision.FORM, search, cone):
            if drug in _drugs_of(part.composed):
                classes |= part.worlds
    withheld = 0
    for rule in prohibitions(drug, graph):
        withheld |= cone.applies(rule.name)
    for decision in DOSING:
        if decision in offering:
            for part in parts_of(decision, search, cone):
                for phase in _phases_of(part.composed, drug):
                    waiting = cone.everybody
                    for event in phase.after:
                        name = after(event)
                        waiting &= cone.true(search.evaluator.program.definitions[name])
                    classes |= part.worlds & waiting & ~withheld
    return classes


def is_given_today(drug: str, answer: Recommendation, facts: Facts) -> bool:
    """Whether an answer offers the drug today, for certain."""
    form = answer.decisions[Decision.FORM]
    if drug in {*form.preferred, *form.acceptable}:
        return True
    return any(
        option.certain and not option.withheld and _is_due(phase, drug, answer, facts)
        for decision in DOSING
        for option in answer.decisions[decision].options
        if isinstance(option.advice, Regimen)
        for phase in option.advice.phases
    )


def _is_due(phase: Phase, drug: str, answer: Recommendation, facts: Facts) -> bool:
    if drug not in phase.drugs:
        return False
    return all(
        truth(truth_of(event, answer.graph), answer.graph, facts) is Truth.TRUE
        for event in phase.after
    )


def _drugs_of(composed: Composed) -> set[str]:
    entries = (*composed.default, *composed.alternatives)
    choices = [e.advice for e in entries if isinstance(e.advice, FormChoice)]
    return {drug for choice in choices for drug in choice.drugs}


def _phases_of(composed: Composed, drug: str) -> Iterator[Phase]:
    for advice in _advice_of(composed):
        if isinstance(advice, Regimen):
            yield from (phase for phase in advice.phases if drug in phase.drugs)


def _advice_of(composed: Composed) -> tuple[Advice, ...]:
    """All that somebody is told, the sides of a conflict included."""
    entries = (*composed.default, *composed.alternatives)
    return (*(e.advice for e in entries), *(side.advice for side in composed.sides))


def _phases(value: Value) -> Iterator[Phase]:
    if isinstance(value, Regimens):
        for regimen in value.regimens:
            yield from regimen.phases


# -------------------------------------------------------------------------- values


def saying(  # noqa: PLR0913 - what is said, where, and in which of three ways
    value: Value,
    decision: Decision,
    search: Search,
    cone: Cone,
    *,
    optional: bool,
    wholly: bool,
) -> int:
    """The classes of patients to whom a decision says the value.

    Args:
        value: What is to be said.
        decision: The decision that says it.
        search: The guideline.
        cone: The classes, over the rules of this decision and those on the form.
        optional: Whether it is to be said as an alternative.
        wholly: Whether all of it is to be said by default, or any of it in any way.
    """
    classes = 0
    for part in parts_of(decision, search, cone):
        if _says(part.composed, value, optional=optional, wholly=wholly):
            classes |= part.worlds
    drugs = words_in(value).drugs
    if decision in DOSING and drugs:
        classes &= _with_form(drugs, decision, search, cone)
    return classes


def _with_form(
    drugs: Iterable[str], decision: Decision, search: Search, cone: Cone
) -> int:
    """The classes in which the decision names the drugs, or else the form offers them."""
    wanted = {*drugs}
    named = offered = 0
    for part in parts_of(decision, search, cone):
        if any(True for d in wanted for _ in _phases_of(part.composed, d)):
            named |= part.worlds
    for part in parts_of(Decision.FORM, search, cone):
        if wanted <= _drugs_of(part.composed):
            offered |= part.worlds
    return named | offered


def _says(composed: Composed, value: Value, *, optional: bool, wholly: bool) -> bool:
    if isinstance(value, NotNeeded):
        return composed.kind is Composition.NOT_NEEDED
    if optional:
        advice = tuple(entry.advice for entry in composed.alternatives)
    elif wholly and not isinstance(value, FormChoice):
        advice = tuple(entry.advice for entry in composed.default)
    else:
        advice = _advice_of(composed)
    found = (any(_is_told(a, piece) for a in advice) for piece in pieces(value))
    return all(found) if wholly else any(found)


def _is_told(advice: Advice, piece: Piece) -> bool:
    """Whether advice says a piece; a drug that the advice leaves to the form may be any."""
    if isinstance(advice, Regimen) and isinstance(piece, Regimen):
        is_open = all(not phase.drugs for phase in advice.phases)
        if is_open:
            piece = Regimen(tuple(evolve(phase, drugs=()) for phase in piece.phases))
    return is_told(advice, piece)
