"""The verdicts of a guideline in blocks are those of one function and of the interpreter."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from random import Random
from weakref import ref

import pytest

from b12guide.evaluate import verdict_blocks
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.program import Rails, known_rails
from b12guide.evaluate.to_python import (
    APPLIES,
    FALLS,
    OPEN,
    OVERRIDDEN,
    PythonWriter,
    compiled,
    rule_pairs,
)
from b12guide.evaluate.verdict_blocks import BlockedGuideline, BlockedRules
from b12guide.graph import model as m
from b12guide.graph.condition import AllOf, Compare, Condition, Has, Not
from b12guide.values.term import Kind, Operator
from tests.strategies.large import draw_facts, draw_large

GRAPHS = 120
PATIENTS = 12


def by_interpreter(evaluator: Evaluator, facts: Facts) -> bytes:
    """The codes as the whole program gives them, node by node."""
    program, graph = evaluator.program, evaluator.graph
    rails = known_rails(program, facts)
    is_outside = rails[program.scope] == (0, 1)

    def code(name: str) -> int:
        own: Rails = rails[program.conditions[name]]
        exceptions: Rails = rails[program.exceptions[name]]
        if own == (0, 1) or graph.rules[name].outside_scope is not is_outside:
            return FALLS
        if (0, 0) in {own, exceptions}:
            return OPEN
        return APPLIES if exceptions == (0, 1) else OVERRIDDEN

    return bytes(map(code, graph.rules))


@pytest.mark.parametrize("rules_of_a_block", [1, 3, 8])
def test_blocks_say_what_the_interpreter_and_the_one_function_say(
    rules_of_a_block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(GRAPHS):
        random = Random(seed)  # noqa: S311 - nothing secret
        monkeypatch.setattr(verdict_blocks, "FIRST", random.choice([0, 2, 1000]))
        graph = draw_large(random, topics=random.randint(1, 9))
        evaluator = Evaluator.of(graph)
        whole = compiled(graph, evaluator.program)
        blocks = BlockedGuideline(graph, evaluator.program, rules_of_a_block)
        for facts in islice(draw_facts(random, graph), PATIENTS):
            wanted = by_interpreter(evaluator, facts)

            assert whole(facts) == wanted
            assert blocks.codes(facts) == wanted


# --------------------------------------------------------------- what is left alone


def guideline(conditions: Sequence[Condition]) -> m.RuleGraph:
    names = sorted({f"f{i}" for i in range(40)})
    facts = [m.Fact(kind=Kind.FINDING, name=name, label=name) for name in names]
    facts.append(m.Fact(kind=Kind.MEASURE, name="m", label="m"))
    return m.RuleGraph(
        name="many",
        title="Many",
        version="1.0.0",
        vocabulary=m.Vocabulary(facts={fact.name: fact for fact in facts}),
        rules={
            f"r{i}": m.Rule(
                name=f"r{i}",
                title="",
                decision=m.Decision.NOTE,
                condition=condition,
                value=m.Remark(text="A remark."),
            )
            for i, condition in enumerate(conditions)
        },
    )


def blocks_of(graph: m.RuleGraph, most: int) -> BlockedRules:
    evaluator = Evaluator.of(graph)
    writer = PythonWriter(evaluator.program)
    pairs = rule_pairs(graph, evaluator.program, outside=False)
    return BlockedRules.of(writer, pairs, most)


def over(number: int) -> Condition:
    return Compare("m", Operator.MORE, *(Fraction(number),) * 2)


def test_a_block_sleeps_while_the_findings_of_its_rules_are_false() -> None:
    rules = [AllOf((Has(f"f{i % 10}"), over(i))) for i in range(40)]
    blocks = blocks_of(guideline(rules), most=4)
    blocks.codes(Facts(values={f"f{i}": i == 3 for i in range(10)} | {"m": 90}))

    assert [block.patients for block in blocks.blocks].count(1) == 1
    assert len(blocks.blocks) == 10


def test_of_somebody_of_whom_little_is_known_the_rest_is_worked_out_once() -> None:
    rules = [Not(Has(f"f{i}")) for i in range(40)]
    blocks = blocks_of(guideline(rules), most=4)
    wanted = [OPEN] * 40
    for name in ("f3", "f17"):
        found = blocks.codes(Facts(values={name: True}))
        fallen = int(name[1:])

        assert list(found) == [*wanted[:fallen], FALLS, *wanted[fallen + 1 :]]
    assert sorted(block.patients for block in blocks.blocks) == [1] * 8 + [2] * 2


def test_a_condition_that_all_rules_share_does_not_make_one_block() -> None:
    """Everybody has it; what tells the patients apart keeps the blocks asleep."""
    rules = [AllOf((Has("f39"), Has(f"f{i % 10}"), over(i))) for i in range(30)]
    blocks = blocks_of(guideline(rules), most=3)

    assert [len(block.asleep) for block in blocks.blocks] == [1] * 10
    assert all(block.asleep != {"f39"} for block in blocks.blocks)


def test_a_function_is_made_for_a_block_that_patients_come_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verdict_blocks, "FIRST", 2)
    rules = [AllOf((Has(f"f{i % 10}"), over(i))) for i in range(40)]
    blocks = blocks_of(guideline(rules), most=4)
    for _ in range(4):
        blocks.codes(Facts(values={f"f{i}": i == 3 for i in range(10)} | {"m": 90}))

    assert sum(block.function is not None for block in blocks.blocks) == 1


def test_a_function_goes_when_nobody_keeps_it() -> None:
    """And with it the whole program, before the collector of cycles looks for it."""
    graph = guideline([over(1)])
    function = compiled(graph, Evaluator.of(graph).program)
    kept = ref(function)
    gc.disable()
    try:
        del function

        assert kept() is None
    finally:
        gc.enable()
