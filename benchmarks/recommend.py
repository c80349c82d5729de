"""A whole recommendation of a dict: verdicts, decisions, what is certain, and what to ask."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import islice
from random import Random
from time import process_time
from typing import Any

from people import SEED, people, relevant
from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide
from b12guide import Guideline

COUNT = sized(50, 5)
ROUNDS = 7
UNKNOWN = {"nothing unknown": 0, "ten facts unknown": 10, "half unknown": 22}


def patients(guideline: Guideline, unknown: int, count: int) -> list[dict[str, Any]]:
    """Patients of whom so many of the facts that the guideline reads are unknown."""
    evaluator = guideline.evaluator
    random = Random(SEED)  # noqa: S311 -- nothing secret
    names = [fact.name for fact in relevant(evaluator.graph, evaluator.program)]
    found = []
    for facts in people(evaluator.graph, evaluator.program, count, unknown=0):
        left_out = set(random.sample(names, min(unknown, len(names))))
        kept = {n: v for n, v in facts.values.items() if n not in left_out}
        found.append(
            {n: float(v) if isinstance(v, Fraction) else v for n, v in kept.items()}
        )
    return found


def strangers(guideline: Guideline, unknown: int) -> Callable[[], object]:
    """A round of patients of whom none was asked about before."""
    everybody = iter(patients(guideline, unknown, COUNT * (ROUNDS + 1)))
    return lambda: [guideline.recommend(one) for one in islice(everybody, COUNT)]


def main() -> None:
    """Print the table."""
    start = process_time()
    b12guide.load("mecobalamin_im").recommend({"b12_deficiency": True})
    first = process_time() - start
    guideline = b12guide.load("mecobalamin_im")
    contestants = {name: strangers(guideline, n) for name, n in UNKNOWN.items()}
    contestants["nothing known"] = lambda: [
        guideline.recommend({}) for _ in range(COUNT)
    ]
    times = medians(contestants, rounds=ROUNDS, calls=COUNT, clock=PROCESSOR)
    rows = [("the first in a process, loading included", f"{first * 1e6:,.0f}")]
    rows += [(name, f"{time:,.0f}") for name, time in times.items()]
    print(table(("one whole recommendation of a dict", "µs"), rows))
    print()
    ten = times["ten facts unknown"]
    print(aims([Aim("`recommend` of a dict, ten facts unknown", 400, ten, "µs")]))


if __name__ == "__main__":
    main()
