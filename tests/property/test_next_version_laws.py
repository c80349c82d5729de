"""Laws of the next version: what it promises is what brute force finds (M88)."""

from __future__ import annotations

from attrs import evolve
from hypothesis import given, settings

from b12guide.evaluate.recommend import DECISIONS
from b12guide.evaluate.reference import completions
from b12guide.graph.data import digest_of
from b12guide.graph.model import Decision, RuleGraph
from b12guide.prove.difference import Sameness, TwoGuidelines
from b12guide.prove.next_version import Level, next_version
from tests.property.test_proof_laws import joint, said
from tests.strategies import graphs as make
from tests.strategies.everybody import NOBODY

BRUTE_FORCE = max(10, settings().max_examples // 4)


def default(everything: object) -> object:
    """What is said but for what stands beside the default."""
    assert isinstance(everything, tuple)
    outcome, by_default, _, sides, lost = everything
    return outcome, by_default, sides, lost


@settings(max_examples=BRUTE_FORCE)
@given(make.pairs(most=3))
def test_defaults_are_the_same_if_and_only_if_they_are_for_everybody(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    old, new = both
    comparison = TwoGuidelines.of(old, new, has_options=False)
    worlds = completions(joint(old, new), NOBODY)
    for decision in DECISIONS:
        differs = any(
            default(said(old, x, decision)) != default(said(new, x, decision))
            for x in worlds
        )
        wanted = Sameness.DIFFERENT if differs else Sameness.SAME

        assert comparison.decision(decision).sameness is wanted, decision


@settings(max_examples=BRUTE_FORCE)
@given(make.pairs(most=3))
def test_the_level_is_that_of_the_gravest_difference(
    both: tuple[RuleGraph, RuleGraph],
) -> None:
    old, new = (evolve(one, version="1.0.0") for one in both)
    old, new = (evolve(one, digest=digest_of(one)) for one in (old, new))
    level = next_version(old, new).level
    worlds = completions(joint(old, new), NOBODY)
    told = [
        (said(old, x, decision), said(new, x, decision))
        for x in worlds
        for decision in DECISIONS
    ]
    all_alike = TwoGuidelines.of(old, new).decision(Decision.NOTE).sameness

    if any(default(mine) != default(theirs) for mine, theirs in told):
        assert level is Level.MAJOR
    elif any(mine != theirs for mine, theirs in told):
        assert level is Level.MINOR
    elif all_alike is Sameness.SAME:
        assert level in {Level.NONE, Level.PATCH, Level.MINOR}
    else:
        assert level is Level.MINOR
