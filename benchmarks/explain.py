"""Explaining rules, in evaluations: how often all verdicts could be worked out in that time.

An explained rule has its truth. Its parts and their words are there once somebody looks at them,
so this is timed too: for the facts that decide, which is what a page tells, and for everything.
"""

from __future__ import annotations

from people import people
from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide
from b12guide.evaluate.explanation import Explainer, Explanation, blame
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.patient_view import verdict_codes

COUNT = sized(50, 3)
ROUNDS = 7


def words_of(explanation: Explanation) -> int:
    """How many letters an explanation has, every part of it read."""
    own = len(explanation.text) + len(explanation.value or "")
    return own + sum(map(words_of, explanation.children))


def reasons_of(explanation: Explanation) -> int:
    """How many letters the facts have that make an explanation's truth what it is."""
    return sum(len(one.text) + len(one.value or "") for one in blame(explanation))


def main() -> None:
    """Print the table."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    graph = evaluator.graph
    names = list(graph.rules)
    patients = people(graph, evaluator.program, COUNT)

    def explained(facts: Facts, count: int) -> list[Explanation]:
        explainer = Explainer(outlines=evaluator.outlines, facts=facts)
        found = [explainer.rule(name) for name in names[:count]]
        for one in found:
            _ = one.truth
        return found

    some = len(names)
    times = medians(
        {
            "all verdicts": lambda: [verdict_codes(evaluator, p) for p in patients],
            "one rule explained": lambda: [explained(p, 1) for p in patients],
            "all rules explained": lambda: [explained(p, some) for p in patients],
            "all rules explained, the facts that decide read": lambda: [
                sum(map(reasons_of, explained(p, some))) for p in patients
            ],
            "all rules explained, every word read": lambda: [
                sum(map(words_of, explained(p, some))) for p in patients
            ],
        },
        rounds=ROUNDS,
        calls=COUNT,
        clock=PROCESSOR,
    )
    once = times["all verdicts"]
    rows = [(name, f"{took:.1f}", f"{took / once:.1f}") for name, took in times.items()]
    print(table(("explaining the verdicts of one patient", "µs", "evaluations"), rows))
    print()
    one, every = (times[f"{n} explained"] / once for n in ("one rule", "all rules"))
    print(
        aims(
            [
                Aim("one rule explained, in evaluations", 5, one, "x"),
                Aim("all rules explained, in evaluations", 60, every, "x"),
            ]
        )
    )


if __name__ == "__main__":
    main()
