"""Laws of several guidelines at once."""

from __future__ import annotations

from itertools import combinations

from attrs import evolve
from hypothesis import given, settings

from b12guide.evaluate.recommend import DECISIONS
from b12guide.evaluate.reference import completions
from b12guide.graph.model import RuleGraph
from b12guide.prove.difference import Sameness
from b12guide.several.table import guideline_table
from tests.property.test_proof_laws import joint, said
from tests.strategies import graphs as make
from tests.strategies.everybody import NOBODY

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
