"""A guideline made ready for questions, and one patient before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from b12guide.evaluate.facts import Facts, Leaf, Reading, holds, is_open_to_reading
from b12guide.evaluate.program import Program, Rails, compile_graph, run
from b12guide.evaluate.units import question_units
from b12guide.graph.condition import Compare
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.truth import Truth

if TYPE_CHECKING:
    from b12guide.evaluate.compiled import Compiled

__all__ = ["Evaluator", "Known", "known_rails", "open_facts", "reading_order"]


@frozen(slots=False, eq=False, repr=False)
class Evaluator:
    """A guideline made ready for questions: the graph, its program, and what to ask by name."""

    graph: RuleGraph
    program: Program
    units: frozenset[int]
    by_decision: Mapping[Decision, tuple[Rule, ...]]

    @classmethod
    def of(cls, graph: RuleGraph) -> Evaluator:
        """The evaluator of `graph`."""
        program = compile_graph(graph)
        ordered = sorted(graph.rules.values(), key=reading_order)
        by_decision = {
            decision: tuple(
                r for r in ordered if r.decision is decision and not r.outside_scope
            )
            for decision in Decision
        }
        return cls(graph, program, question_units(graph, program), by_decision)

    @cached_property
    def ranges(self) -> tuple[Leaf, ...]:
        """The comparisons for which the source prints a range as the threshold."""
        leaves = (node.leaf for node in self.program.nodes)
        return tuple(
            leaf
            for leaf in leaves
            if isinstance(leaf, Compare) and leaf.low != leaf.high
        )

    @cached_property
    def function(self) -> Compiled:
        """The program as a Python function, made when many patients make it worth while."""
        module = import_module("b12guide.evaluate.compiled")
        found: Compiled = module.compiled(self.graph, self.program)
        return found


@frozen(kw_only=True, eq=False, repr=False)
class Known:
    """One patient before an evaluator.

    Attributes:
        rails: The value of every node of the program for the known facts alone.
        readings: The same under each reading of the source's thresholds, where a known value
            lies inside one that is a range.
    """

    evaluator: Evaluator
    facts: Facts
    rails: Sequence[Rails]
    readings: tuple[Sequence[Rails], ...] = ()

    @classmethod
    def of(cls, evaluator: Evaluator, facts: Facts) -> Known:
        """What `facts` alone make of every condition."""
        program = evaluator.program
        readings: tuple[Sequence[Rails], ...] = ()
        if any(is_open_to_reading(leaf, facts) for leaf in evaluator.ranges):
            both = (Reading.LOWER, Reading.UPPER)
            readings = tuple(
                known_rails(program, evolve(facts, reading=reading)) for reading in both
            )
        rails = known_rails(program, facts)
        return cls(evaluator=evaluator, facts=facts, rails=rails, readings=readings)

    def truth(self, step: int) -> Truth:
        """The truth of a node."""
        true, false = self.rails[step]
        return Truth.TRUE if true else Truth.FALSE if false else Truth.UNKNOWN


def known_rails(program: Program, facts: Facts) -> tuple[Rails, ...]:
    """The value of every node for the known facts alone, as sets of a single world."""
    rails: dict[int, Rails] = {}
    for name, truth in facts.definitions.items():
        rails[program.definitions[name]] = (int(truth), int(not truth))
    for step, node in enumerate(program.nodes):
        if node.leaf is not None:
            found = holds(node.leaf, facts)
            rails[step] = (int(found is Truth.TRUE), int(found is Truth.FALSE))
    run(program, range(len(program.nodes)), rails, 1)
    return tuple(rails[step] for step in range(len(program.nodes)))


def open_facts(program: Program, term: int, known: Sequence[Rails]) -> frozenset[str]:
    """The facts below `term` whose atoms the known facts leave open."""
    found: set[str] = set()
    pending, seen = [term], {term}
    while pending:
        step = pending.pop()
        node = program.nodes[step]
        if node.leaf is not None:
            found.add(node.leaf.fact)
        for operand in node.operands:
            if known[operand] == (0, 0) and operand not in seen:
                seen.add(operand)
                pending.append(operand)
    return frozenset(found)


def reading_order(rule: Rule) -> tuple[tuple[str, ...], str]:
    """By statement, then by name: the order of the file plays no part."""
    return (rule.grounds.statements, rule.name)
