"""Learning a fact never overturns an answer that was determined.

Strong Kleene logic guarantees it: what is true or false of a patient stays so when more is known.
What speaks of the record does not keep to it (M14). For an event that is established this is
meant: when it happens, it is the patient who has changed. It is meant, too, where an author asks
what is recorded, whatever it is. For anything else that is to be established a patient is looked
for whose answer is overturned. What is withheld is withheld because nobody knows better, so the
permission decision is left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import reduce
from operator import or_

from attrs import evolve

from b12guide.evaluate.decision import CompletionPart, parts
from b12guide.evaluate.diagram import TooLargeError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.graph import condition as logic
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import definitions_in, facts_read_by
from b12guide.patient.model import Stated
from b12guide.prove.advised import parts_of
from b12guide.prove.claim import Claim, ClaimKind, Proof, ProofOutcome
from b12guide.prove.rules import settled_by
from b12guide.prove.search import Cone, Search, Test, facts_of, parts_about
from b12guide.values.term import Kind

NEVER = logic.AnyOf(())


def unassured_conditions(graph: RuleGraph) -> dict[str, logic.Condition]:
    """The conditions that read what is known of a fact that is no event, nothing being known."""
    concerned = [rule for rule in graph.rules.values() if _assured(rule, graph)[1]]
    behind = {
        name
        for rule in concerned
        for name in definitions_in(rule.condition, graph.definitions)
        if _asks(graph.definitions[name].condition, graph)
    }
    return {
        **{unassured(r.name): _without(r.condition, graph) for r in concerned},
        **{
            _behind(name): _without(graph.definitions[name].condition, graph)
            for name in sorted(behind)
        },
    }


def unassured(rule: str) -> str:
    """The name under which a search knows the condition of a rule while nothing is established."""
    return f"unassured {rule}"


def _behind(definition: str) -> str:
    return f"unassured definition {definition}"


def lasting_proofs(search: Search) -> Iterator[Proof]:
    """One proof for each decision that the guideline speaks to."""
    for decision, rules in search.evaluator.by_decision.items():
        if rules and decision not in {Decision.NOTE, Decision.PERMISSION}:
            yield lasting_proof(decision, search)


def lasting_proof(decision: Decision, search: Search) -> Proof:
    """The proof of one decision."""
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
    written = [graph.rules[rule.name] for rule in concerned]
    found = [_assured(rule, graph) for rule in written]
    events = sorted({event for some, _ in found for event in some})
    others = sorted({fact for _, some in found for fact in some})
    recorded = sorted(
        {
            fact
            for rule in written
            for said in _claims(rule.condition, graph)
            if isinstance(said, logic.Recorded)
            for fact in facts_read_by(said, graph.definitions)
        }
    )
    remarks = [f"an event may change it: {', '.join(events)}"] if events else []
    if recorded:
        remarks.append(f"what is recorded may change it: {', '.join(recorded)}")
    remark = "; ".join(remarks)
    if not others:
        return Proof(claim=claim, settled=ProofOutcome.PROVED, remark=remark)
    program = search.evaluator.program
    names = [n for r in concerned if (n := unassured(r.name)) in program.definitions]
    cone = search.cone_of(concerned, names)
    classes = 0
    try:
        if cone is not None:
            # Those who are answered otherwise as long as nobody recorded what was asked for.
            for before in _parts_before(decision, search, cone):
                for part in parts_of(decision, search, cone):
                    if before.composed.advice != part.composed.advice:
                        classes |= before.worlds & part.worlds
            classes &= search.in_scope(cone)
    except TooLargeError:
        cone = None
    test = _overturned_by(decision, others, search.original)
    return evolve(settled_by(claim, search, cone, classes, test), remark=remark)


def _parts_before(
    decision: Decision, search: Search, cone: Cone
) -> tuple[CompletionPart, ...]:
    """What the rules of a decision say while nothing but events is established.

    It is the same split of the same classes, with the conditions of that time in the place of those
    of now.
    """
    program = search.evaluator.program
    rules = search.evaluator.heard[decision]
    true = dict(cone.found.true)

    def condition(rule: str) -> int:
        step = program.definitions.get(unassured(rule), program.conditions[rule])
        return cone.found.true[step]

    for rule in rules:
        true[program.conditions[rule.name]] = condition(rule.name)
        exceptions = [condition(exception) for exception in rule.exceptions]
        true[program.exceptions[rule.name]] = reduce(or_, exceptions, 0)
    return parts(decision, rules, search.evaluator, evolve(cone.found, true=true))


def _overturned_by(decision: Decision, facts: list[str], evaluator: Evaluator) -> Test:
    """Whether an answer that was determined without `facts` is another with them."""
    rules = evaluator.heard[decision]

    def advice(stated: Stated, reading: Reading) -> set[Hashable]:
        known = facts_of(stated, reading, evaluator)
        said = parts_about(decision, rules, known, evaluator)
        return {part.composed.advice for part in said}

    def test(stated: Stated, reading: Reading) -> bool:
        left = {n: v for n, v in stated.values.items() if n not in facts}
        before = advice(evolve(stated, values=left), reading)
        after = advice(stated, reading)
        return len(before) == len(after) == 1 and before != after

    return test


# ----------------------------------------------------------------------- the record


def _assured(rule: Rule, graph: RuleGraph) -> tuple[frozenset[str], frozenset[str]]:
    """The events and the other facts of which the rule asks whether they are known."""
    facts = frozenset(
        fact
        for claim in _claims(rule.condition, graph)
        if isinstance(claim, logic.Established)
        for fact in facts_read_by(claim.operand, graph.definitions)
    )
    kinds = graph.vocabulary.facts
    events = frozenset(f for f in facts if kinds[f].kind is Kind.EVENT)
    return events, facts - events


def _claims(
    condition: logic.Condition, graph: RuleGraph
) -> list[logic.Established | logic.Recorded]:
    """What the condition says of the record, itself or through a definition."""
    behind = definitions_in(condition, graph.definitions)
    conditions = (condition, *(graph.definitions[name].condition for name in behind))
    return [claim for each in conditions for claim in logic.record_claims(each)]


def _asks(condition: logic.Condition, graph: RuleGraph) -> bool:
    """Whether the condition asks anything to be established."""
    return any(
        isinstance(claim, logic.Established) for claim in _claims(condition, graph)
    )


def _without(condition: logic.Condition, graph: RuleGraph) -> logic.Condition:
    """The condition as it is while nothing but events is known to be so."""
    match condition:
        case logic.Defined(name=name):
            asks = _asks(graph.definitions[name].condition, graph)
            return logic.Defined(_behind(name)) if asks else condition
        case logic.Established(operand=operand):
            facts = facts_read_by(operand, graph.definitions)
            kinds = {graph.vocabulary.facts[fact].kind for fact in facts}
            return operand if kinds <= {Kind.EVENT} else NEVER
        case logic.Recorded():
            return condition
        case logic.Resting(operand=operand):
            return _without(operand, graph)
        case _:
            return logic.rebuilt(condition, lambda part: _without(part, graph))
