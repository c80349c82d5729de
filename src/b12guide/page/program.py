"""The logic of a guideline as data: its compiled program, and what is said around its answers.

The page answers by itself, in a browser, with an interpreter of its own. What that reads is made
here: the steps of the program (`b12guide.evaluate.program`), which of them settle which rule, the
facts, what follows from what, what is not addressed; and the conditions in words. Numbers are
texts ("38", "1/3"), so that nobody reads one tenth as the nearest float. docs/program.md tells how
to write an interpreter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias, assert_never

from attrs import evolve

from b12guide.evaluate import program as p
from b12guide.evaluate.answer import RuleVerdict, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.outline import Outline
from b12guide.graph import condition as c
from b12guide.graph.model import Fact, Remark, Rule, RuleGraph, Silence
from b12guide.graph.query import brief_text, facts_in, facts_read_by
from b12guide.patient.derived_text import equation_text
from b12guide.say.conditions import condition_text
from b12guide.say.names import value_label
from b12guide.say.numbers import unit_text
from b12guide.show.explanation import KINDS
from b12guide.show.to_json import challenge_json, silences_json, verdict_json
from b12guide.values.equation import EQUATIONS

Json: TypeAlias = dict[str, Any]


def logic_json(evaluator: Evaluator) -> Json:
    """All that decides which rules apply to a patient, and what is said around them."""
    graph, program = evaluator.graph, evaluator.program
    conditions = _Conditions(program)
    return {
        "nodes": [_node(node) for node in program.nodes],
        "scope": program.scope,
        "scope_assumptions": list(graph.scope_assumptions),
        "facts": [_fact(fact, evaluator) for fact in graph.vocabulary.facts.values()],
        "definitions": [
            {
                "name": name,
                "label": one.label,
                "brief": brief_text(graph, name),
                "node": program.definitions[name],
                "as_one": program.definitions[name] in evaluator.units,
                "assumptions": list(one.grounds.assumptions),
                "heeded": name in evaluator.heeded,
                "condition": conditions.number(evaluator.outlines.definitions[name]),
            }
            for name, one in graph.definitions.items()
        ],
        "rules": [_rule(rule, evaluator, conditions) for rule in graph.rules.values()],
        "spoken": [one.value for one in evaluator.spoken],
        "implications": [
            {
                "name": one.name,
                "premise": premise,
                "conclusion": conclusion,
                "facts": sorted(facts_in(graph, one)),
            }
            for one, (premise, conclusion) in zip(
                graph.implications, program.implications, strict=True
            )
        ],
        "derivations": [
            {
                "fact": name,
                "equation": one.equation,
                "title": equation_text(graph, name),
                "parts": list(one.parts),
                "factors": [
                    None if factor is None else str(factor) for factor in one.factors
                ],
                "factor": str(one.factor),
                "takes": [
                    {
                        "least": None if part.least is None else str(part.least),
                        "above": None if part.above is None else str(part.above),
                        "values": list(part.values),
                    }
                    for part in EQUATIONS[one.equation].takes
                ],
                "decimals": EQUATIONS[one.equation].decimals,
                "said_of": EQUATIONS[one.equation].said_of,
                "assumptions": list(one.assumptions),
            }
            for name, one in graph.derivations.items()
        ],
        "silences": [
            _silence(silence, parts, graph)
            for silence, parts in zip(graph.silences, program.silences, strict=True)
        ],
        "conflicts": [
            {"rules": [one.first, one.second], "noted_as": list(one.noted_as)}
            for one in graph.conflicts
        ],
        "assumptions": [
            {"id": name, "text": graph.assumptions[name].text}
            for name in sorted(graph.assumptions)
        ],
        "challenges": [
            challenge_json(graph.challenges[name], graph)
            for name in sorted(graph.challenges)
        ],
        "conditions": conditions.made,
    }


def _node(node: p.ProgramNode) -> list[Any]:
    """One step: what it does, and with what."""
    if node.leaf is not None:
        return _leaf(node.leaf)
    match node.op:
        case p.Op.ALL | p.Op.ANY:
            return [node.op.value, list(node.operands)]
        case p.Op.DEFINED:
            return [node.op.value, *node.operands, node.name]
        case _:
            return [node.op.value, *node.operands]


def _leaf(leaf: c.Leaf) -> list[Any]:
    match leaf:
        case c.Has(fact=fact):
            return ["has", fact]
        case c.HasValue(fact=fact):
            return ["has value", fact]
        case c.OneOf(fact=fact, values=values):
            return ["one of", fact, list(values)]
        case c.Compare(fact=fact, operator=operator, low=low, high=high):
            return ["compare", fact, operator.value, str(low), str(high)]
        case _:
            assert_never(leaf)


def _fact(fact: Fact, evaluator: Evaluator) -> Json:
    graph = evaluator.graph
    return {
        "name": fact.name,
        "label": fact.label,
        "brief": brief_text(graph, fact.name),
        "kind": fact.kind.value,
        "values": list(fact.values),
        "value_labels": [value_label(graph, fact.name, value) for value in fact.values],
        "unit": fact.unit,
        "unit_words": None
        if fact.unit is None
        else [unit_text(fact.unit, single=True), unit_text(fact.unit)],
        "plausible": None if fact.plausible is None else list(map(str, fact.plausible)),
        "absent": None if fact.absent is None else str(fact.absent),
        "from_days": fact.name in graph.derived,
        "is_age": fact.name in graph.ages,
        "heeded": fact.name in evaluator.heeded,
    }


def _rule(rule: Rule, evaluator: Evaluator, conditions: _Conditions) -> Json:
    program = evaluator.program
    unasked = RuleVerdict(rule=rule, verdict=Verdict.UNKNOWN)
    told = verdict_json(unasked, evaluator.graph)
    for key in ("verdict", "needs", "overridden_by"):
        del told[key]
    return {
        "name": rule.name,
        "place": evaluator.place[rule.name],
        "decision": rule.decision.value,
        "own": program.conditions[rule.name],
        "exceptions": program.exceptions[rule.name],
        "excepted_by": list(rule.exceptions),
        "exception_to": list(rule.exception_to),
        "outside_scope": rule.outside_scope,
        "assumptions": list(rule.grounds.assumptions),
        "remark": rule.value.text if isinstance(rule.value, Remark) else None,
        "condition": conditions.number(evaluator.outlines.rules[rule.name]),
        "told": told,
    }


def _silence(
    silence: Silence, parts: Iterable[tuple[tuple[str, ...], int]], graph: RuleGraph
) -> Json:
    """What is not addressed; `parts` has who brings it up."""
    # Each topic by itself: a patient may bring up some of them only.
    told = [
        one
        for topic in silence.topics
        for one in silences_json((evolve(silence, topics=(topic,)),), graph)
    ]
    for one in told:
        del one["severity"]
    asked = [] if silence.condition is None else [silence.condition]
    return {
        "parts": [{"topics": list(topics), "node": step} for topics, step in parts],
        "assumptions": [*silence.noted_as, *silence.grounds.assumptions],
        "reads": sorted(
            {f for one in asked for f in facts_read_by(one, graph.definitions)}
        ),
        "told": {one["about"]: one for one in told},
    }


class _Conditions:
    """Conditions in words, each once; it grows while the rest is made."""

    def __init__(self, program: p.Program) -> None:
        self.made: list[Json] = []
        self.numbers: dict[int, int] = {}
        self.kept: list[Outline] = []
        self.steps = {
            node.leaf: step
            for step, node in enumerate(program.nodes)
            if node.leaf is not None
        }
        self.definitions = program.definitions

    def number(self, outline: Outline) -> int:
        """The place of a condition, after which those inside it stand."""
        found = self.numbers.get(id(outline))
        if found is not None:
            return found
        number = self.numbers[id(outline)] = len(self.made)
        self.kept.append(outline)
        condition = outline.condition
        entry: Json = {
            "kind": KINDS[type(condition)],
            "text": outline.text,
            "words": condition_text(condition, outline.within.graph),
        }
        self.made.append(entry)
        match condition:
            case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
                entry["node"] = self.steps[condition]
            case c.Defined(name=name):
                entry["name"] = name
                entry["node"] = self.definitions[name]
            case c.AtLeast(count=count):
                entry["count"] = count
            case c.Resting(assumptions=assumptions):
                entry["assumptions"] = list(assumptions)
            case _:
                pass
        if outline.parts:
            entry["parts"] = [self.number(part) for part in outline.parts]
        return number
