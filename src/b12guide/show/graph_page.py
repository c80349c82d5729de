"""A rule graph as a page, as JSON and as Mermaid: rules by decision, with what they read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import frozen

from b12guide.graph.conclusions import written
from b12guide.graph.condition import Condition, Defined, atoms
from b12guide.graph.model import Decision, Rule, RuleGraph
from b12guide.graph.query import fact_text, facts_read_by
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.advice import value_text
from b12guide.say.names import decision_text
from b12guide.say.validity import validity_text
from b12guide.show.citations import definition_details
from b12guide.show.json_parts import Json
from b12guide.show.page import Item, Page, Section
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.terminal import one_line
from b12guide.show.to_json import guideline_json


def graph_page(graph: RuleGraph) -> Page:
    """The decisions with their rules, then definitions and facts with what reads them."""
    sections = [
        (decision_text(decision), tuple(_rules(graph, decision)))
        for decision in Decision
    ]
    sections.append(("Definitions", tuple(_definitions(graph))))
    sections.append(("Facts and the rules that read them", tuple(_facts(graph))))
    return Page(
        title=graph.title,
        warning=validity_text(graph),
        particulars=(
            *guideline_particulars(graph),
            ("Digest", graph.digest),
            (
                "Size",
                f"{len(graph.rules)} rules, {len(written(graph.definitions))} definitions",
            ),
        ),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=f"{title} ({len(items)})", items=items, is_behind=True)
            for title, items in sections
            if items
        ),
    )


def _rules(graph: RuleGraph, decision: Decision) -> Iterator[Item]:
    """The rules of a decision, each with the exceptions to it beneath it."""
    for rule in graph.rules.values():
        parents = [graph.rules[name] for name in rule.exception_to]
        if rule.decision is decision and not any(
            parent.decision is decision for parent in parents
        ):
            yield _rule(rule, graph, ())


def _rule(rule: Rule, graph: RuleGraph, above: tuple[str, ...]) -> Item:
    exceptions = [graph.rules[name] for name in rule.exceptions if name not in above]
    details = (*definition_details(graph, rule.grounds), _reads(rule.condition))
    return Item(
        text=f"{rule.name}: {value_text(rule.value, graph)}",
        details=details,
        items=tuple(
            _rule(exception, graph, (*above, rule.name))
            if exception.decision is rule.decision
            else Item(text=f"overridden by {exception.name}")
            for exception in exceptions
        ),
    )


def _definitions(graph: RuleGraph) -> Iterator[Item]:
    for definition in graph.definitions.values():
        yield Item(
            text=f"{definition.name}: {definition.label}",
            details=(_reads(definition.condition),),
        )


def _reads(condition: Condition) -> str:
    """The facts and definitions that a condition names."""
    names = dict.fromkeys(
        atom.name if isinstance(atom, Defined) else atom.fact
        for atom in atoms(condition)
    )
    return f"reads {', '.join(names)}" if names else "always"


def _facts(graph: RuleGraph) -> Iterator[Item]:
    readers: dict[str, list[str]] = {}
    for rule in graph.rules.values():
        for fact in facts_read_by(rule.condition, graph.definitions):
            readers.setdefault(fact, []).append(rule.name)
    for fact in sorted(readers):
        names = ", ".join(readers[fact])
        yield Item(text=f"{fact} ({fact_text(graph, fact)}): {names}")


SCHEMA = "b12guide.graph/1"


@frozen
class _Node:
    kind: str
    name: str
    label: str

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"


@frozen
class _Edge:
    kind: str
    start: str
    end: str


def graph_to_json(graph: RuleGraph) -> Json:
    """The nodes and edges, as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "nodes": [
            {"id": n.id, "kind": n.kind, "name": n.name, "label": n.label}
            for n in _nodes(graph)
        ],
        "edges": [
            {"kind": e.kind, "from": e.start, "to": e.end} for e in _edges(graph)
        ],
    }


def _nodes(graph: RuleGraph) -> Iterator[_Node]:
    for decision in Decision:
        yield _Node("decision", decision.value, decision_text(decision))
    for rule in graph.rules.values():
        yield _Node("rule", rule.name, value_text(rule.value, graph))
    for definition in graph.definitions.values():
        yield _Node("definition", definition.name, definition.label)
    for fact in sorted(_facts_json(graph)):
        yield _Node("fact", fact, fact_text(graph, fact))
    for source in graph.sources.values():
        yield _Node("source", source.name, source.title)
    for assumption in graph.assumptions.values():
        yield _Node("assumption", assumption.name, assumption.text)


def _facts_json(graph: RuleGraph) -> set[str]:
    conditions = [rule.condition for rule in graph.rules.values()]
    conditions += [definition.condition for definition in graph.definitions.values()]
    return {
        atom.fact
        for condition in (graph.scope, *conditions)
        for atom in atoms(condition)
        if not isinstance(atom, Defined)
    }


def _edges(graph: RuleGraph) -> Iterator[_Edge]:
    for definition in graph.definitions.values():
        for start in _read(definition.condition):
            yield _Edge("derives", start, f"definition:{definition.name}")
    for rule in graph.rules.values():
        id_ = f"rule:{rule.name}"
        for start in _read(rule.condition):
            yield _Edge("reads", start, id_)
        yield _Edge("speaks to", id_, f"decision:{rule.decision.value}")
        for parent in rule.exception_to:
            yield _Edge("excepts", id_, f"rule:{parent}")
        for source in rule.grounds.sources:
            yield _Edge("cites", id_, f"source:{source}")
        for assumption in rule.assumptions:
            yield _Edge("assumes", id_, f"assumption:{assumption}")


def _read(condition: Condition) -> Iterable[str]:
    """The ids of the facts and definitions that a condition names, each once."""
    return dict.fromkeys(
        f"definition:{atom.name}" if isinstance(atom, Defined) else f"fact:{atom.fact}"
        for atom in atoms(condition)
    )


_SHAPES = {
    "decision": ("([", "])"),
    "rule": ("[", "]"),
    "definition": ("{{", "}}"),
    "fact": ("(", ")"),
}
_ARROWS = {
    "derives": "-->",
    "reads": "-->",
    "speaks to": "==>",
    "excepts": "-. exception to .->",
}


def graph_to_mermaid(graph: RuleGraph) -> str:
    """A flowchart of facts, definitions, rules and decisions; sources are left out."""
    nodes = [node for node in _nodes(graph) if node.kind in _SHAPES]
    ids = {node.id: f"{node.kind[0:3]}_{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    for node in nodes:
        left, right = _SHAPES[node.kind]
        label = node.label if node.kind != "rule" else f"{node.name}: {node.label}"
        # The text as Mermaid takes it between quotation marks.
        escaped = one_line(label).replace("#", "#35;").replace('"', "#quot;")
        quoted = escaped.replace("<", "#lt;").replace(">", "#gt;")
        lines.append(f'  {ids[node.id]}{left}"{quoted}"{right}')
    lines += [
        f"  {ids[edge.start]} {_ARROWS[edge.kind]} {ids[edge.end]}"
        for edge in _edges(graph)
        if edge.kind in _ARROWS
    ]
    return "\n".join(lines) + "\n"
