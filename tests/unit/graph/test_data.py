"""A guideline as plain data and back, and what invariants find in broken graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from b12guide.frozen import spelled
from b12guide.graph.condition import AllOf, Compare, Defined, Has
from b12guide.graph.data import digest_of, from_data, to_data
from b12guide.graph.model import (
    Decision,
    Fact,
    Loaded,
    Remark,
    Rule,
    RuleGraph,
    Vocabulary,
)
from b12guide.pipeline import check
from b12guide.values.term import Kind, Operator
from b12guide.written import compiled
from tests.strategies.graph_invariants import broken
from tests.strategies.graphs import graphs


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
        [["b12guide.graph.model.Fact"], [[0]]],
        [["b12guide.text.Span"], [1, 2, [0, 0, 1]]],
        [["b12guide.graph.model.Loaded"], [[0, 1, 2, 3]]],
        [["b12guide.graph.model.Loaded"], [[0, 0, 0, 0]]],
        [["b12guide.graph.model.Status"], ["whatever", [0, 0]]],
        [[], [["?"]]],
        [[], [[]]],
        [[], [[-1, 0]]],
        [[], [[-3, 1, 0]]],
        [[], [[-4, 0]]],
        [[], [[-5, 0, 1, 2]]],
        [[], [[-6, 0]]],
        [[], []],
        [[], 1],
    ],
)
def test_foreign_data_is_refused(data: object) -> None:
    with pytest.raises((ArithmeticError, LookupError, TypeError, ValueError)):
        from_data(data, ())


def test_what_spells_out_to_too_much_is_refused() -> None:
    """A few rows could say as much as would never be told to its end."""
    rows: list[Any] = ["a", *([-1, place, place] for place in range(60))]
    with pytest.raises(ValueError, match="more than any guideline holds"):
        from_data([[], rows], ())


def test_what_is_said_twice_is_written_once() -> None:
    one, other = (Fact(kind=Kind.FINDING, name="sign", label="sign") for _ in range(2))
    ages = (Compare("age", Operator.LESS, Fraction(1), Fraction(1)),) * 2
    rules = {
        name: Rule(
            name=name,
            title=name,
            decision=Decision.NOTE,
            condition=AllOf((Has("sign"), AllOf(ages))),
            value=Remark(text="so"),
        )
        for name in ("first", "second")
    }
    words = Vocabulary(facts={"sign": one, "another": other})
    loaded = Loaded(
        graph=RuleGraph(name="g", title="g", version="1", vocabulary=words, rules=rules)
    )
    names, rows = to_data(loaded)
    back = from_data([names, rows], ()).graph

    assert back == loaded.graph
    assert len({str(row) for row in rows}) == len(rows)
    assert back.rules["first"].condition is back.rules["second"].condition
    assert back.vocabulary.facts["sign"] is back.vocabulary.facts["another"]


@given(graphs())
def test_any_guideline_comes_back_the_same(drawn: RuleGraph) -> None:
    data = json.loads(json.dumps(to_data(Loaded(graph=drawn))))
    back = from_data(data, ()).graph

    assert back == drawn
    assert spelled(back) == spelled(drawn)  # a 1 is not a True
    assert list(back.rules) == list(drawn.rules)
    assert digest_of(back) == digest_of(drawn)


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
    "is an exception to itself": lambda g: with_rule(
        g, exceptions=("loading_standard",), exception_to=("loading_standard",)
    ),
    "do not name each other": lambda g: with_rule(g, exceptions=()),
    "names `nowhere`": lambda g: with_rule(g, assumptions=("nowhere",)),
    "asks Has": lambda g: with_rule(g, condition=Has("egfr")),
    "asks Compare": lambda g: with_rule(
        g, condition=AllOf((Compare("egfr", Operator.LESS, Fraction(2), Fraction(1)),))
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
