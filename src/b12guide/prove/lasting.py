"""Learning a fact never overturns an answer that was determined.

Strong Kleene logic guarantees it: what is true or false of a patient stays so when more is known.
What speaks of the record does not keep to it (M14). For an event that is established this is
meant: when it happens, it is the patient who has changed. It is meant, too, where an author asks
what is recorded, whatever it is. For anything else that is to be established a patient is looked
for whose answer is overturned. What is withheld is withheld because nobody
knows better, so the permission decision is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import evolve

from b12guide.evaluate.decision import CompletionPart, parts
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.facts import Reading
from b12guide.graph.condition import (
    AnyOf,
    Condition,
    Defined,
    Established,
    Recorded,
    Resting,
    children,
    rebuilt,
    record_claims,
)
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import definitions_in, facts_read_by
from b12guide.patient.model import Stated
from b12guide.prove.advised import parts_of
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.rules import settled_by
from b12guide.prove.search import Cone, Search, Test, facts_of, parts_about
from b12guide.values.term import Kind

NEVER = AnyOf(())


def unassured_conditions(graph: RuleGraph) -> dict[str, Condition]:
    """The conditions that read what is known of a fact that is no event, nothing being known."""
    concerned = [rule for rule in graph.rules.values() if _assured(rule, graph)[1]]
    behind = {
        name
        for rule in concerned
        for name in definitions_in(rule.condition, graph.definitions)
    }
    return {
        **{_unassured(r.name): _without(r.condition, graph) for r in concerned},
        **{
            _behind(name): _without(graph.definitions[name].condition, graph)
            for name in sorted(behind)
            if _asks(graph.definitions[name].condition, graph)
        },
    }


def lasting_proofs(search: Search) -> Iterator[Proof]:
    """One proof for each decision that the guideline speaks to."""
    for decision, rules in search.evaluator.by_decision.items():
        if rules and decision not in {Decision.NOTE, Decision.PERMISSION}:
            yield _lasts(decision, search)


def _lasts(decision: Decision, search: Search) -> Proof:
    claim = Claim(
        kind=ClaimKind.LASTING,
        name=decision.value,
        text=f"learning a fact never overturns a determined `{decision.value}`",
    )
    graph = search.graph
    rules = search.evaluator.heard[decision]
    concerned = dict.fromkeys(
        [*rules, *(graph.rules[e] for r in rules for e in r.exceptions)]
    )
    found = [_assured(graph.rules[rule.name], graph) for rule in concerned]
    events = sorted({event for some, _ in found for event in some})
    others = sorted({fact for _, some in found for fact in some})
    recorded = sorted(
        {
            fact
            for rule in concerned
            for fact in _recorded(graph.rules[rule.name].condition, graph)
        }
    )
    remarks = [f"an event may change it: {', '.join(events)}"] if events else []
    if recorded:
        remarks.append(f"what is recorded may change it: {', '.join(recorded)}")
    remark = "; ".join(remarks)
    if not others:
        return Proof(claim=claim, settled=ProofOutcome.PROVED, remark=remark)
    program = search.evaluator.program
    names = [n for r in concerned if (n := _unassured(r.name)) in program.definitions]
    cone = search.cone_of(concerned, names)
    classes = 0
    try:
        classes = 0 if cone is None else _overturned(decision, search, cone)
    except TooLargeError:
        cone = None
    test = _is_overturned(decision, others, search)
    return evolve(settled_by(claim, search, cone, classes, test), remark=remark)


def _unassured(rule: str) -> str:
    return f"unassured {rule}"


def _behind(definition: str) -> str:
    return f"unassured definition {definition}"


def _overturned(decision: Decision, search: Search, cone: Cone) -> int:
    """The classes that are answered otherwise as long as nobody recorded what was asked for."""
    classes = 0
    for before in _parts_before(decision, search, cone):
        for part in parts_of(decision, search, cone):
            if before.composed.advice != part.composed.advice:
                classes |= before.worlds & part.worlds
    return classes & search.in_scope(cone)


def _parts_before(
    decision: Decision, search: Search, cone: Cone
) -> tuple[CompletionPart, ...]:
    program = search.evaluator.program
    rules = search.evaluator.heard[decision]
    true = dict(cone.found.true)

    def condition(rule: str) -> int:
        step = program.definitions.get(_unassured(rule), program.conditions[rule])
        return cone.found.true[step]

    for rule in rules:
        true[program.conditions[rule.name]] = condition(rule.name)
        exceptions = 0
        for exception in rule.exceptions:
            exceptions |= condition(exception)
        true[program.exceptions[rule.name]] = exceptions
    return parts(decision, rules, search.evaluator, evolve(cone.found, true=true))


def _is_overturned(decision: Decision, facts: list[str], search: Search) -> Test:
    """Whether an answer that was determined without `facts` is another with them."""

    def test(stated: Stated, reading: Reading) -> bool:
        left = {n: v for n, v in stated.values.items() if n not in facts}
        before, after = (
            {
                part.composed.advice
                for part in parts_about(decision, rules, known, evaluator)
            }
            for known in (
                facts_of(evolve(stated, values=left), reading, evaluator),
                facts_of(stated, reading, evaluator),
            )
        )
        return len(before) == len(after) == 1 and before != after

    evaluator = search.original
    rules = evaluator.heard[decision]
    return test


# ----------------------------------------------------------------------- the record


def _assured(rule: Rule, graph: RuleGraph) -> tuple[frozenset[str], frozenset[str]]:
    """The events and the other facts of which the rule asks whether they are known."""
    facts: set[str] = set()
    for operand in _established(rule.condition, graph):
        facts |= facts_read_by(operand, graph.definitions)
    kinds = graph.vocabulary.facts
    events = frozenset(f for f in facts if kinds[f].kind is Kind.EVENT)
    return events, frozenset(facts) - events


def _established(condition: Condition, graph: RuleGraph) -> Iterator[Condition]:
    """What the condition asks to be established, itself or through a definition."""
    waiting, seen = [condition], set[str]()
    while waiting:
        match waiting.pop():
            case Defined(name=name):
                if name not in seen:
                    seen.add(name)
                    waiting.append(graph.definitions[name].condition)
            case Established(operand=operand):
                yield operand
            case part:
                waiting += children(part)


def _asks(condition: Condition, graph: RuleGraph) -> bool:
    """Whether the condition asks anything to be established."""
    return any(True for _ in _established(condition, graph))


def _recorded(condition: Condition, graph: RuleGraph) -> frozenset[str]:
    """The facts of which the condition asks whether they are recorded, whatever they are."""
    behind = definitions_in(condition, graph.definitions)
    found: frozenset[str] = frozenset()
    for each in (condition, *(graph.definitions[name].condition for name in behind)):
        for claim in record_claims(each):
            if isinstance(claim, Recorded):
                found |= facts_read_by(claim, graph.definitions)
    return found


def _without(condition: Condition, graph: RuleGraph) -> Condition:
    """The condition as it is while nothing but events is known to be so."""
    match condition:
        case Defined(name=name):
            asks = _asks(graph.definitions[name].condition, graph)
            return Defined(_behind(name)) if asks else condition
        case Established(operand=operand):
            facts = facts_read_by(operand, graph.definitions)
            kinds = {graph.vocabulary.facts[fact].kind for fact in facts}
            return operand if kinds <= {Kind.EVENT} else NEVER
        case Recorded():
            return condition
        case Resting(operand=operand):
            return _without(operand, graph)
        case _:
            return rebuilt(condition, lambda part: _without(part, graph))
