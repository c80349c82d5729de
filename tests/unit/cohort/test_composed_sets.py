"""What an answer can see of some compositions decides what it is."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import combinations
from random import Random

import pytest

from b12guide.evaluate.decision import CompletionPart, composition_of
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import DECISIONS, OpenDecision
from tests.strategies import graphs as make

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

from b12guide.cohort.composed_sets import ComposedSets, label_of
from b12guide.cohort.decision_values import ValueWords
from b12guide.cohort.signature import answer_of


@pytest.mark.parametrize("shard", range(4))
def test_sets_that_look_alike_are_answered_alike(shard: int) -> None:
    """Pairs and some sets of three, with any of the compositions that have one label."""
    met = 0
    for number in range(shard, 240, 4):
        random = Random(80_000 + number)  # noqa: S311 -- alike each time
        evaluator = Evaluator.of(make.draw_graph(random))
        words = ValueWords.of(evaluator.graph)
        for decision in DECISIONS:
            rules = evaluator.heard[decision][:5]
            every = [
                composition_of(decision, some, evaluator)
                for size in range(len(rules) + 1)
                for some in combinations(rules, size)
            ]
            labels: dict[Hashable, int] = {}
            place = [
                labels.setdefault(label_of(c, evaluator), n)
                for n, c in enumerate(every)
            ]
            sets = ComposedSets(every)
            answers: dict[Hashable, object] = {}
            chosen = [
                tuple(random.sample(range(len(every)), min(3, len(every))))
                for _ in range(12)
            ]
            for some in (*combinations(range(min(len(every), 6)), 2), *chosen):
                for members in (sorted(some), sorted({place[one] for one in some})):
                    parts = [CompletionPart(1, every[one]) for one in members]
                    said = answer_of(
                        decision, OpenDecision(parts=tuple(parts)), evaluator, words
                    )
                    answer = (said.outcome, said.said, said.certain, said.settled)
                    seen = sets.seen(sorted({place[one] for one in some}))
                    assert answers.setdefault(seen, answer) == answer
                    met += 1

    assert met > 1_000
