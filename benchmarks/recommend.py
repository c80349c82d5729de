"""A whole recommendation: verdicts, decisions, what is certain, and what to ask."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from people import SEED, people, relevant
from timing import medians, table

import b12guide
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Otherwise, Stated

COUNT = 50
ROUNDS = 7


def stated(evaluator: Evaluator, unknown: int) -> list[Stated]:
    """Patients of whom so many of the facts that the guideline reads are unknown."""
    random = Random(SEED)  # noqa: S311 -- nothing secret
    names = [fact.name for fact in relevant(evaluator.graph, evaluator.program)]
    found = []
    for facts in people(evaluator.graph, evaluator.program, COUNT, unknown=0):
        left_out = set(random.sample(names, min(unknown, len(names))))
        kept = {n: v for n, v in facts.values.items() if n not in left_out}
        found.append(Stated(values=kept, otherwise=Otherwise.UNKNOWN))
    return found


def asked(evaluator: Evaluator, patients: list[Stated]) -> Callable[[], object]:
    """A round: every patient once."""
    return partial(lambda all_: [recommend(evaluator, one) for one in all_], patients)


def main() -> None:
    """Print the table."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    nobody = Stated(values={}, otherwise=Otherwise.UNKNOWN)
    contestants = {
        "nothing unknown": asked(evaluator, stated(evaluator, 0)),
        "ten facts unknown": asked(evaluator, stated(evaluator, 10)),
        "nothing known": asked(evaluator, [nobody] * COUNT),
    }
    times = medians(contestants, rounds=ROUNDS, calls=COUNT)
    rows = [(name, f"{time / 1000:.2f}") for name, time in times.items()]
    print(table(("one whole recommendation", "ms"), rows))


if __name__ == "__main__":
    main()
