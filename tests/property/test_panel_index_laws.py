"""A panel that asks only guidelines that may have something to say answers as one that asks all."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from random import Random

from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import recommend
from b12guide.graph.condition import AllOf, AnyOf, Condition, Has, Not
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import Otherwise, Stated
from b12guide.several.called import known_to
from b12guide.several.clash import BothSpeaking
from b12guide.several.index import guidelines_by_words
from b12guide.several.side_by_side import side_by_side, with_idle
from tests.strategies import graphs as make

LEADS: tuple[Condition, ...] = (
    Has("f0"),
    Has("e0"),
    Not(Has("f1")),
    AnyOf((Has("f0"), Has("f2"))),
)


def led(pick: make.Draw, graph: RuleGraph) -> RuleGraph:
    """A guideline whose rules begin alike, or mostly so, or as they were drawn."""
    share = pick.one((0, 60, 100))
    several = pick.some(LEADS, 1, 2)
    rules = {
        name: evolve(rule, condition=AllOf((pick.one(several), rule.condition)))
        if pick.chance(share)
        else rule
        for name, rule in graph.rules.items()
    }
    if pick.chance(30):
        graph = evolve(graph, scope=AllOf((pick.one(LEADS), graph.scope)))
    return make.with_rules(graph, rules)


def draw_panel(random: Random) -> tuple[RuleGraph, ...]:
    """Guidelines of which some share what their words imply."""
    pick = make.Draw(random)
    drawn = [make.draw_graph(random, most=4) for _ in range(3)]
    first = drawn[0]
    drawn.append(
        evolve(
            led(pick, first),
            rules=led(pick, first).rules,
            definitions=first.definitions,
        )
    )
    return tuple(evolve(led(pick, g), name=f"g{n}") for n, g in enumerate(drawn))


def told(graphs: tuple[RuleGraph, ...], stated: Stated, reading: Reading) -> int:
    """How many guidelines are idle, where both panels say the same."""
    known = [known_to(graph, stated) for graph in graphs]
    idle: set[int] = set()
    for shared in guidelines_by_words(graphs):
        idle |= shared.idle(known[shared.places[0]], reading)
    sides = [Evaluator.of(graph) for graph in graphs]
    try:
        answers = [
            recommend(side, own, reading=reading)
            for side, own in zip(sides, known, strict=True)
        ]
    except PatientError:
        return 0
    pairs: Mapping[tuple[int, int], BothSpeaking] = {
        (one, two): BothSpeaking.of(sides[one], sides[two])
        for one, two in combinations(range(len(graphs)), 2)
    }
    asked = {n: one for n, one in enumerate(answers) if n not in idle}

    every = tuple(answers)
    all_asked = side_by_side(every, pairs)
    assert with_idle(graphs, all_asked.labels, asked, every, pairs=pairs) == all_asked
    return len(idle)


@settings(max_examples=max(30, settings().max_examples // 2))
@given(st.randoms(use_true_random=False), st.sampled_from(Reading))
def test_the_index_changes_no_answer(random: Random, reading: Reading) -> None:
    graphs = draw_panel(random)
    cohort = make.draw_cohort(random, graphs[0], 3)
    for stated in cohort.stated():
        told(graphs, stated, reading)


def test_guidelines_are_idle_and_asked_often_enough_to_tell() -> None:
    counts = [0, 0]
    for seed in range(40):
        random = Random(seed)  # noqa: S311 -- nothing secret
        graphs = draw_panel(random)
        for stated in make.draw_cohort(random, graphs[0], 2).stated():
            idle = told(graphs, stated, Reading.REPORT)
            counts[0] += idle
            counts[1] += len(graphs) - idle

    assert min(counts) >= 50


def test_a_guideline_is_asked_about_whom_it_is_not_known_to_be_silent() -> None:
    """Nobody is taken not to have what is not known of them, or what they may have."""
    random = Random(1)  # noqa: S311 -- nothing secret
    graph = make.draw_graph(random, claims=0)
    rule = next(iter(graph.rules.values()))
    lone = evolve(rule, condition=Has("f0"), exception_to=(), outside_scope=False)
    one = make.with_rules(
        evolve(graph, scope=AllOf(()), implications=()), {lone.name: lone}
    )
    (shared,) = guidelines_by_words([one])
    unknown = Stated(values={}, otherwise=Otherwise.UNKNOWN)

    assert not shared.idle(unknown, Reading.REPORT)
    assert not shared.idle(evolve(unknown, values={"f0": None}), Reading.REPORT)
    assert shared.idle(evolve(unknown, values={"f0": False}), Reading.REPORT) == {0}
    assert shared.idle(evolve(unknown, otherwise=Otherwise.ABSENT), Reading.REPORT)
