"""A whole recommendation: verdicts, decisions, what is certain, and what to ask."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from random import Random

from people import SEED, people, relevant
from timing import medians, table

import b12guide
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Otherwise, Stated

COUNT = 50
ROUNDS = 7


def stated(evaluator: Evaluator, unknown: int, count: int = COUNT) -> list[Stated]:
    """Patients of whom so many of the facts that the guideline reads are unknown."""
    random = Random(SEED)  # noqa: S311 -- nothing secret
    names = [fact.name for fact in relevant(evaluator.graph, evaluator.program)]
    found = []
    for facts in people(evaluator.graph, evaluator.program, count, unknown=0):
        left_out = set(random.sample(names, min(unknown, len(names))))
        kept = {n: v for n, v in facts.values.items() if n not in left_out}
        found.append(Stated(values=kept, otherwise=Otherwise.UNKNOWN))
    return found


def strangers(evaluator: Evaluator, unknown: int) -> Callable[[], object]:
    """A round of patients of whom none was asked about before, after a first round to warm up."""
    everybody = iter(stated(evaluator, unknown, COUNT * (ROUNDS + 1)))
    for patient in islice(everybody, COUNT):
        recommend(evaluator, patient)
    return lambda: [recommend(evaluator, one) for one in islice(everybody, COUNT)]


def main() -> None:
    """Print the table."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    nobody = Stated(values={}, otherwise=Otherwise.UNKNOWN)
    contestants = {
        "nothing unknown": strangers(evaluator, 0),
        "ten facts unknown": strangers(evaluator, 10),
        "nothing known": lambda: [recommend(evaluator, nobody) for _ in range(COUNT)],
    }
    times = medians(contestants, rounds=ROUNDS, calls=COUNT)
    rows = [(name, f"{time / 1000:.2f}") for name, time in times.items()]
    print(table(("one whole recommendation", "ms"), rows))


if __name__ == "__main__":
    main()
