"""Laws of several guidelines at once."""

from __future__ import annotations

from itertools import combinations

from attrs import evolve
from hypothesis import given, settings

from b12guide.evaluate.between import bearing, clashes_between
from b12guide.evaluate.composition_parts import is_contraindication
from b12guide.evaluate.recommend import DECISIONS
from b12guide.evaluate.reference import View, completions, truth
from b12guide.evaluate.reference_composition import compose
from b12guide.graph.model import Prohibition, Rule, RuleGraph
from b12guide.prove.difference import Sameness
from b12guide.several.clash import Compatibility, clashes
from b12guide.several.table import guideline_table
from b12guide.truth import Truth
from tests.property.test_proof_laws import joint, said
from tests.strategies import graphs as make
from tests.strategies.everybody import NOBODY, applying

BRUTE_FORCE = max(10, settings().max_examples // 4)


@settings(max_examples=BRUTE_FORCE)
@given(make.pairs(most=3))
def test_the_table_counts_what_brute_force_counts(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    first, second = both
    half = dict(list(second.rules.items())[::2])
    several = (first, second, evolve(make.with_rules(second, half), name="third"))

    table = guideline_table(several)

    wanted = {
        (pair, decision): any(
            said(several[pair[0]], world, decision)
            != said(several[pair[1]], world, decision)
            for world in completions(joint(several[pair[0]], several[pair[1]]), NOBODY)
        )
        for pair in combinations(range(3), 2)
        for decision in DECISIONS
    }
    found = {
        (cell.pair, cell.about): cell.sameness is Sameness.DIFFERENT
        for cell in table.cells
        if cell.about in DECISIONS
    }
    assert found == wanted
    assert sum(found.values()) == sum(wanted.values())
    assert table.count(Sameness.NOT_PROVED) == 0


def applying_rules(graph: RuleGraph, world: View, mark: str) -> list[Rule]:
    """The rules of a guideline that speak to a complete patient, under names of their own."""
    seen = evolve(world, graph=graph)
    is_outside = truth(graph.scope, seen) is Truth.FALSE
    return [
        evolve(rule, name=mark + name)
        for name, rule in graph.rules.items()
        if name in applying(graph, seen) and rule.outside_scope is is_outside
    ]


@settings(max_examples=BRUTE_FORCE)
@given(make.pairs(most=3))
def test_somebody_cannot_follow_both_if_and_only_if_brute_force_finds_one(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    first, second = both
    worlds = completions(joint(first, second), NOBODY)
    for one in clashes(first, evolve(second, name="second")).decisions:
        decision = one.decision
        found = [
            clashes_between(
                decision,
                bearing(decision, mine, theirs),
                bearing(decision, theirs, mine),
            )
            for world in worlds
            for mine in [applying_rules(first, world, "1 ")]
            for theirs in [applying_rules(second, world, "2 ")]
        ]
        wanted = Compatibility.INCOMPATIBLE if any(found) else Compatibility.COMPATIBLE

        assert one.settled is wanted, decision
        assert bool(one.clashes) is (one.witness is not None)


@settings(max_examples=BRUTE_FORCE * 4)
@given(make.pairs(most=4))
def test_what_clashes_is_what_the_reference_cannot_compose(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    """Contraindications and prohibitions aside, which go further between guidelines."""
    mine, theirs = (
        [evolve(r, name=mark + r.name) for r in graph.rules.values()]
        for mark, graph in zip("12", both, strict=True)
    )
    barring = any(
        is_contraindication(r) or isinstance(r.value, Prohibition)
        for r in (*mine, *theirs)
    )
    for decision in DECISIONS:
        own = [[r for r in some if r.decision is decision] for some in (mine, theirs)]
        alone = {compose(decision, some).outcome for some in own}
        if "conflict" in alone or barring:
            continue
        wanted = compose(decision, [*own[0], *own[1]]).outcome == "conflict"

        assert bool(clashes_between(decision, *own)) is wanted, decision
