"""All verdicts of one patient: the generated function against one written by hand."""

from __future__ import annotations

import by_hand
from people import people
from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide
from b12guide.evaluate.answer import Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, is_open_to_reading
from b12guide.evaluate.patient_view import compiled_verdicts, verdict_codes

COUNT = sized(2000, 100)
ROUNDS = 41

MEANS = {
    by_hand.FALLS: {Verdict.DOES_NOT_APPLY},
    by_hand.APPLIES: {Verdict.APPLIES},
    by_hand.OVERRIDDEN: {Verdict.OVERRIDDEN},
    by_hand.OPEN: {Verdict.UNKNOWN, Verdict.INDETERMINATE},
}


def check(evaluator: Evaluator, patients: list[Facts]) -> None:
    """Stop if one of the contestants gives another answer than the specification."""
    for facts in patients:
        written = by_hand.verdicts(facts.values, facts.definitions)
        quick = compiled_verdicts(evaluator, facts)
        if tuple(verdict_codes(evaluator, facts)) != written:
            message = f"another answer for {facts.values}"
            raise SystemExit(message)
        for (name, verdict), code in zip(quick.items(), written, strict=True):
            if verdict not in MEANS[code]:
                message = f"`{name}` {verdict.value}, by hand {code}: {facts.values}"
                raise SystemExit(message)


def main() -> None:
    """Print the table."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    patients = people(evaluator.graph, evaluator.program, COUNT)
    check(evaluator, patients)
    plain = [
        facts
        for facts in patients
        if not any(is_open_to_reading(leaf, facts) for leaf in evaluator.ranges)
    ]
    plain = (plain * 2)[:COUNT]
    # What is written by hand reads plain dicts, which are quickest.
    dicts = [(dict(facts.values), dict(facts.definitions)) for facts in patients]
    contestants = {
        "by hand": lambda: [by_hand.verdicts(*both) for both in dicts],
        "generated function": lambda: [
            verdict_codes(evaluator, facts) for facts in patients
        ],
        "`verdicts`, by name": lambda: [
            compiled_verdicts(evaluator, facts) for facts in plain
        ],
    }
    times = medians(contestants, rounds=ROUNDS, calls=COUNT, clock=PROCESSOR)
    rows = [
        (name, f"{time:.1f}", f"{time / times['by hand']:.2f}")
        for name, time in times.items()
    ]
    print(
        table(("all verdicts of one patient, facts read before", "µs", "ratio"), rows)
    )
    print()
    ratio = times["generated function"] / times["by hand"]
    print(aims([Aim("generated function, of one by hand", 1.5, ratio, "x")]))


if __name__ == "__main__":
    main()
