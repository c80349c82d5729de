"""z3 and the search by worlds are of one opinion."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from b12guide import written
from b12guide.evaluate.reference import completions, truth
from b12guide.graph.condition import AllOf, AnyOf, Condition, Not
from b12guide.graph.model import Rule, RuleGraph
from b12guide.prove.claim import ProofOutcome
from b12guide.prove.everything import prove
from b12guide.prove.search import Nobody, Search
from b12guide.truth import Truth
from tests.defects.drawer import SOUND, UNPROVED, Planted
from tests.strategies import graphs as make
from tests.strategies.everybody import NOBODY, applying
from tests.strategies.sought import together
from tests.unit.prove.writing import read

pytest.importorskip("z3", reason="z3 is not installed: pip install b12guide[prove]")

from b12guide.prove.to_z3 import disagreements, is_possible

SHARE = max(15, settings().max_examples // 3)


@settings(max_examples=SHARE)
@given(make.graphs(most=5, claims=0))
def test_all_find_a_patient_or_none_does(graph: RuleGraph) -> None:
    """z3, the search by worlds, and the reference, which goes through everybody."""
    search = Search.of(graph)
    told = [
        applying(graph, world)
        for world in completions(graph, NOBODY)
        if truth(graph.scope, world) is Truth.TRUE
    ]
    for one, two in combinations(graph.rules.values(), 2):
        is_so = any({one.name, two.name} <= names for names in told)
        both = AllOf((graph.scope, applies(one, graph), applies(two, graph)))

        assert is_possible(both, graph) is is_so
        assert (together(one, two, search) is not Nobody.POSSIBLE) is is_so


def applies(rule: Rule, graph: RuleGraph) -> Condition:
    exceptions = tuple(graph.rules[name].condition for name in rule.exceptions)
    return AllOf((rule.condition, Not(AnyOf(exceptions))))


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
    wrong = type(first)(claim=first.claim, settled=ProofOutcome.BROKEN)

    assert list(disagreements([wrong], sound.graph)) == [wrong]
