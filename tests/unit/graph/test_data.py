"""A guideline as plain data and back, as text, and what invariants find in broken graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from b12guide.graph.condition import AllOf, Compare, Defined, Has
from b12guide.graph.data import from_data, to_data
from b12guide.graph.edge import EdgeKind, Node, NodeKind, edges, nodes
from b12guide.graph.invariants import broken
from b12guide.graph.model import Decision, Loaded, Rule, RuleGraph
from b12guide.graph.to_text import to_json, to_mermaid, to_text
from b12guide.pipeline import check
from b12guide.values.term import Operator
from b12guide.written import compiled


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return compiled(check("mecobalamin_im"))


@pytest.fixture(scope="module")
def graph(shipped: Loaded) -> RuleGraph:
    return shipped.graph


# ----------------------------------------------------------------------------- data


def test_data_is_plain_and_comes_back_the_same(shipped: Loaded) -> None:
    plain = json.loads(json.dumps(to_data(shipped)))
    back = from_data(plain, shipped.texts)

    assert back == shipped
    assert back.graph.digest == shipped.graph.digest
    assert [d.labels for d in back.diagnostics] == [
        d.labels for d in shipped.diagnostics
    ]
    for before, after in zip(
        shipped.graph.rules.values(), back.graph.rules.values(), strict=True
    ):
        assert after.place == before.place


@pytest.mark.parametrize(
    "data",
    [
        [],
        [["builtins.eval"], [0, "1"]],
        [["b12guide.graph.model.Fact"], [0]],
        [["b12guide.text.Span"], [0, 1, 2]],
        [[], ["?"]],
        [[], 1],
    ],
)
def test_foreign_data_is_refused(data: object) -> None:
    with pytest.raises((KeyError, IndexError, TypeError, ValueError)):
        from_data(data, ())


# ----------------------------------------------------------------------- invariants


def test_the_shipped_graph_is_sound(graph: RuleGraph) -> None:
    assert broken(graph) == ()


def with_rule(graph: RuleGraph, **changed: Any) -> RuleGraph:
    name = "loading_standard"
    rule: Rule = evolve(graph.rules[name], **changed)
    return evolve(graph, rules={**graph.rules, name: rule})


BREAKS: dict[str, Callable[[RuleGraph], RuleGraph]] = {
    "stands under `loading_standard`": lambda g: with_rule(g, name="another"),
    "is defined by itself": lambda g: evolve(
        g,
        definitions={
            name: evolve(d, condition=Defined(name))
            for name, d in g.definitions.items()
        },
    ),
    "gives way to itself": lambda g: with_rule(
        g, exceptions=("loading_standard",), exception_to=("loading_standard",)
    ),
    "do not name each other": lambda g: with_rule(g, exceptions=()),
    "names `nowhere`": lambda g: with_rule(g, assumptions=("nowhere",)),
    "asks Has": lambda g: with_rule(g, condition=Has("egfr")),
    "asks Compare": lambda g: with_rule(
        g,
        condition=AllOf((Compare("egfr", Operator.LESS, Fraction(2), Fraction(1)),)),
    ),
    "asks Defined": lambda g: with_rule(g, condition=Defined("nowhere")),
    "is wrongly optional": lambda g: with_rule(g, optional=True),
    "is another's": lambda g: evolve(g, digest="sha256:0"),
}


@pytest.mark.parametrize("told", BREAKS)
def test_a_broken_graph_is_noticed(graph: RuleGraph, told: str) -> None:
    assert [said for said in broken(BREAKS[told](graph)) if told in said]


def test_a_forgotten_assumption_is_noticed(graph: RuleGraph) -> None:
    resting = next(r for r in graph.rules.values() if r.assumptions)
    rules = {**graph.rules, resting.name: evolve(resting, assumptions=())}

    assert any("forgets" in said for said in broken(evolve(graph, rules=rules)))


# ---------------------------------------------------------------------------- text


def test_every_edge_joins_nodes_that_are_listed(graph: RuleGraph) -> None:
    listed = {node for node, _ in nodes(graph)}

    assert all(edge.start in listed and edge.end in listed for edge in edges(graph))
    assert {edge.kind for edge in edges(graph)} == set(EdgeKind)


def test_every_rule_has_one_decision(graph: RuleGraph) -> None:
    decided = [e.start.name for e in edges(graph) if e.kind is EdgeKind.DECIDES]

    assert decided == list(graph.rules)


def test_json_names_every_node_and_edge(graph: RuleGraph) -> None:
    answer = json.loads(json.dumps(to_json(graph)))
    ids = [node["id"] for node in answer["nodes"]]

    assert len(set(ids)) == len(ids)
    assert {e["from"] for e in answer["edges"]} | {
        e["to"] for e in answer["edges"]
    } <= set(ids)
    assert answer["guideline"]["digest"] == graph.digest


def test_text_tells_of_every_rule(graph: RuleGraph) -> None:
    words = to_text(graph).split()

    assert set(graph.rules) <= set(words)
    assert set(graph.definitions) <= set(words)


def test_mermaid_draws_one_decision_alone(graph: RuleGraph) -> None:
    drawn = to_mermaid(graph, Decision.LOADING)

    assert drawn.startswith("flowchart LR\n")
    assert "rule_loading_standard ==> decision_loading" in drawn
    assert "decision_form" not in drawn
    assert "decision_form" in to_mermaid(graph)


def test_mermaid_survives_quotation_marks(graph: RuleGraph) -> None:
    fact = graph.vocabulary.facts["egfr"]
    facts = {**graph.vocabulary.facts, "egfr": evolve(fact, label='a "<b>" #1')}
    vocabulary = evolve(graph.vocabulary, facts=facts)
    drawn = to_mermaid(evolve(graph, vocabulary=vocabulary))

    assert 'fact_egfr(["a #quot;#lt;b#gt;#quot; #35;1"])' in drawn


def test_nodes_are_told_apart_by_kind() -> None:
    assert Node(NodeKind.FACT, "folate") != Node(NodeKind.RULE, "folate")
