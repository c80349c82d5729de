"""The edges of a rule graph, drawn out: who reads, derives, decides, excepts and cites what.

The graph itself keeps them as names inside its nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import product

from attrs import frozen

from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, RuleGraph


class NodeKind(Enum):
    """What a node stands for."""

    FACT = "fact"
    DEFINITION = "definition"
    RULE = "rule"
    DECISION = "decision"
    SOURCE = "source"
    ASSUMPTION = "assumption"
    CHALLENGE = "challenge"
    SCOPE = "scope"


class EdgeKind(Enum):
    """What holds between two nodes, read from the first to the second."""

    READS = "reads"
    DERIVES = "derives"
    DECIDES = "decides"
    EXCEPTS = "excepts"
    CITES = "cites"
    RESTS_ON = "rests on"
    CHALLENGED_BY = "challenged by"


@frozen(order=True)
class Node:
    """One node, by kind and name."""

    kind: NodeKind
    name: str


@frozen
class Edge:
    """One edge."""

    kind: EdgeKind
    start: Node
    end: Node


def nodes(graph: RuleGraph) -> tuple[tuple[Node, str], ...]:
    """Every node that has an edge, with its label, kind by kind."""
    linked = {node for edge in edges(graph) for node in (edge.start, edge.end)}
    found: list[tuple[Node, str]] = [(Node(NodeKind.SCOPE, "scope"), "scope")]
    for kind, labels in (
        (NodeKind.FACT, {f.name: f.label for f in graph.vocabulary.facts.values()}),
        (NodeKind.DEFINITION, {d.name: d.label for d in graph.definitions.values()}),
        (NodeKind.RULE, {r.name: r.title for r in graph.rules.values()}),
        (NodeKind.DECISION, {d.value: d.value for d in Decision}),
        (NodeKind.SOURCE, {s.name: s.title for s in graph.sources.values()}),
        (NodeKind.ASSUMPTION, {a.name: a.text for a in graph.assumptions.values()}),
        (NodeKind.CHALLENGE, {c.name: c.text for c in graph.challenges.values()}),
    ):
        found += [(Node(kind, name), label) for name, label in labels.items()]
    return tuple((node, label) for node, label in found if node in linked)


def edges(graph: RuleGraph) -> tuple[Edge, ...]:
    """Every edge, in the order of the guideline."""
    return tuple(dict.fromkeys(_edges(graph)))


def _read(start: Node, condition: Condition) -> Iterator[Edge]:
    for node in _leaves(condition):
        yield Edge(EdgeKind.READS, start, node)


def _leaves(condition: Condition) -> Iterator[Node]:
    for atom in atoms(condition):
        if isinstance(atom, Defined):
            yield Node(NodeKind.DEFINITION, atom.name)
        else:
            yield Node(NodeKind.FACT, atom.fact)


def _edges(graph: RuleGraph) -> Iterator[Edge]:
    yield from _read(Node(NodeKind.SCOPE, "scope"), graph.scope)
    for implication in graph.implications:
        pairs = product(_leaves(implication.premise), _leaves(implication.conclusion))
        for premise, conclusion in pairs:
            yield Edge(EdgeKind.DERIVES, premise, conclusion)
    for definition in graph.definitions.values():
        here = Node(NodeKind.DEFINITION, definition.name)
        for leaf in _leaves(definition.condition):
            yield Edge(EdgeKind.DERIVES, leaf, here)
    for rule in graph.rules.values():
        here = Node(NodeKind.RULE, rule.name)
        yield from _read(here, rule.condition)
        decision = Node(NodeKind.DECISION, rule.decision.value)
        yield Edge(EdgeKind.DECIDES, here, decision)
        for kind, end, names in (
            (EdgeKind.EXCEPTS, NodeKind.RULE, rule.exception_to),
            (EdgeKind.CITES, NodeKind.SOURCE, rule.grounds.sources),
            (EdgeKind.RESTS_ON, NodeKind.ASSUMPTION, rule.assumptions),
            (EdgeKind.CHALLENGED_BY, NodeKind.CHALLENGE, rule.grounds.challenges),
        ):
            for name in names:
                yield Edge(kind, here, Node(end, name))
