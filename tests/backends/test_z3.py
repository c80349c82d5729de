"""z3 and the search by worlds are of one opinion."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from b12guide import written
from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.model import Rule, RuleGraph
from b12guide.prove.by_worlds import Nobody, Search, together
from b12guide.prove.claim import Settled
from b12guide.prove.everything import prove
from tests.defects.drawer import SOUND, UNPROVED, Planted
from tests.strategies import graphs as make
from tests.unit.prove.writing import read

pytest.importorskip("z3", reason="z3 is not installed: pip install b12guide[prove]")

from b12guide.prove.to_z3 import disagreements, is_possible

SHARE = max(15, settings().max_examples // 3)


def applies(rule: Rule, graph: RuleGraph) -> Condition:
    exceptions = tuple(graph.rules[name].condition for name in rule.exceptions)
    return AllOf((rule.condition, Not(AnyOf(exceptions))))


@settings(max_examples=SHARE)
@given(make.graphs(max_rules=5))
def test_both_find_a_patient_or_neither(graph: RuleGraph) -> None:
    search = Search.of(graph)
    for one, two in combinations(graph.rules.values(), 2):
        found = together(one, two, search)
        both = AllOf((applies(one, graph), applies(two, graph)))

        assert (found is not Nobody.POSSIBLE) is is_possible(both, graph)


def test_both_settle_the_shipped_guideline_alike() -> None:
    shipped = written.read("mecobalamin_im")
    proofs = prove(shipped.graph, shipped.draft)

    assert list(disagreements(proofs, shipped.graph)) == []


@pytest.mark.parametrize("planted", UNPROVED, ids=lambda planted: planted.name)
def test_both_find_the_planted_bugs(planted: Planted) -> None:
    found = read(planted.text)
    proofs = prove(found.graph, found.draft)

    assert list(disagreements(proofs, found.graph)) == []


def test_a_wrong_proof_is_not_agreed_with() -> None:
    sound = read(SOUND)
    (first, *_) = (p for p in prove(sound.graph, sound.draft) if p.claim.rules)
    wrong = type(first)(claim=first.claim, settled=Settled.BROKEN)

    assert list(disagreements([wrong], sound.graph)) == [wrong]
