"""A rule graph for people and other programs: text, JSON, and Mermaid for a picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from b12guide.graph.edge import Edge, EdgeKind, Node, NodeKind, edges, nodes
from b12guide.graph.model import Decision, Rule, RuleGraph

_SHAPES = {
    NodeKind.FACT: ('(["', '"])'),
    NodeKind.DEFINITION: ('{{"', '"}}'),
    NodeKind.RULE: ('["', '"]'),
    NodeKind.DECISION: ('[["', '"]]'),
}
"""Only these are drawn; sources and assumptions would bury the picture."""

_ARROWS = {
    EdgeKind.READS: "-->",
    EdgeKind.DERIVES: "-.->",
    EdgeKind.DECIDES: "==>",
    EdgeKind.EXCEPTS: "-- exception to -->",
}


def to_json(graph: RuleGraph) -> dict[str, Any]:
    """The graph as nodes and edges, made of builtin values only."""
    return {
        "schema": "b12guide.graph/1",
        "guideline": {
            "name": graph.name,
            "version": graph.version,
            "status": graph.status.value,
            "digest": graph.digest,
        },
        "nodes": [
            {
                "id": _id(node),
                "kind": node.kind.value,
                "name": node.name,
                "label": label,
            }
            for node, label in nodes(graph)
        ],
        "edges": [
            {"kind": e.kind.value, "from": _id(e.start), "to": _id(e.end)}
            for e in edges(graph)
        ],
    }


def _id(node: Node) -> str:
    return f"{node.kind.value}:{node.name}"


# ------------------------------------------------------------------------- Mermaid


def to_mermaid(graph: RuleGraph, decision: Decision | None = None) -> str:
    """A flow chart from facts over rules to decisions; of one decision only if asked."""
    drawn = [e for e in edges(graph) if _is_drawn(e)]
    if decision is not None:
        drawn = _leading_to(Node(NodeKind.DECISION, decision.value), drawn)
    shown = {node for edge in drawn for node in (edge.start, edge.end)}
    lines = ["flowchart LR"]
    for node, label in nodes(graph):
        if node in shown:
            opened, closed = _SHAPES[node.kind]
            text = label if node.kind is not NodeKind.RULE else node.name
            lines.append(f"    {_mermaid_id(node)}{opened}{_escaped(text)}{closed}")
    for edge in drawn:
        start, end = _drawn_ends(edge)
        arrow = _ARROWS[edge.kind]
        lines.append(f"    {_mermaid_id(start)} {arrow} {_mermaid_id(end)}")
    return "\n".join(lines) + "\n"


def _is_drawn(edge: Edge) -> bool:
    return edge.kind in _ARROWS and {edge.start.kind, edge.end.kind} <= _SHAPES.keys()


def _drawn_ends(edge: Edge) -> tuple[Node, Node]:
    """A reading is drawn in the direction in which the fact flows."""
    if edge.kind is EdgeKind.READS:
        return edge.end, edge.start
    return edge.start, edge.end


def _leading_to(goal: Node, drawn: list[Edge]) -> list[Edge]:
    reached = {goal}
    grew = True
    while grew:
        before = len(reached)
        for edge in drawn:
            start, end = _drawn_ends(edge)
            if end in reached and start.kind is not NodeKind.DECISION:
                reached.add(start)
        grew = len(reached) > before
    return [e for e in drawn if set(_drawn_ends(e)) <= reached]


def _mermaid_id(node: Node) -> str:
    return f"{node.kind.value}_{node.name}"


def _escaped(text: str) -> str:
    for character, code in (
        ("#", "#35;"),
        ('"', "#quot;"),
        ("<", "#lt;"),
        (">", "#gt;"),
    ):
        text = text.replace(character, code)
    return text


# ---------------------------------------------------------------------------- text


def to_text(graph: RuleGraph) -> str:
    """The rules of each decision with what they read, give way to and rest on."""
    lines = [
        f"{graph.name} {graph.version} ({graph.status.value})",
        (
            f"{len(graph.rules)} rules, {len(graph.definitions)} definitions,"
            f" {len(graph.sources)} sources, {len(graph.assumptions)} assumptions"
        ),
        graph.digest,
    ]
    reads: dict[Node, list[str]] = {}
    for edge in edges(graph):
        if edge.kind is EdgeKind.READS:
            reads.setdefault(edge.start, []).append(edge.end.name)
    for decision in Decision:
        rules = [r for r in graph.rules.values() if r.decision is decision]
        if rules:
            lines += ["", decision.value]
        for rule in rules:
            lines += _about(rule, reads.get(Node(NodeKind.RULE, rule.name), []))
    if graph.definitions:
        lines += ["", "definitions"]
    derives: dict[Node, list[str]] = {}
    for edge in edges(graph):
        if edge.kind is EdgeKind.DERIVES:
            derives.setdefault(edge.end, []).append(edge.start.name)
    for definition in graph.definitions.values():
        derived = derives.get(Node(NodeKind.DEFINITION, definition.name), [])
        lines += [f"  {definition.name}", *_row("derives from", derived)]
    return "\n".join(lines) + "\n"


def _about(rule: Rule, reads: list[str]) -> Iterator[str]:
    option = " (option)" if rule.optional else ""
    strength = rule.grounds.strength
    said = "" if strength is None else f"  {strength.value}"
    yield f"  {rule.name}{option}{said}"
    yield from _row("reads", reads)
    yield from _row("exception to", rule.exception_to)
    yield from _row("gives way to", rule.exceptions)
    yield from _row("states", rule.grounds.statements)
    yield from _row("cites", rule.grounds.sources)
    yield from _row("rests on", rule.assumptions)
    yield from _row("challenged by", rule.grounds.challenges)


def _row(what: str, names: list[str] | tuple[str, ...]) -> Iterator[str]:
    if names:
        yield f"    {what:<14}{', '.join(names)}"
