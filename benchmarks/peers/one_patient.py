"""One patient: every engine answers the same patients, taking turns.

`python benchmarks/peers/one_patient.py`; an engine that is not installed is named and left out.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import by_hand
import in_cedar
import in_cel
import in_cql
import in_openfisca
import in_zen
from contest import Contestant, NotInstalledError, expected, plain, timed
from people import people
from timing import table

import b12guide
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, is_open_to_reading
from b12guide.evaluate.patient_view import verdict_codes
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Otherwise, Stated

COUNT = 200
ROUNDS = 9
PEERS = (in_zen, in_cel, in_cql, in_cedar, in_openfisca)


def patients_of(evaluator: Evaluator) -> list[Facts]:
    """Patients of whom one fact in ten is unknown, and nothing follows but what is stated."""
    found = people(evaluator.graph, evaluator.program, COUNT * 2)
    return [one for one in found if not one.definitions and not one.possible][:COUNT]


def own(evaluator: Evaluator, patients: Sequence[Facts]) -> Iterator[Contestant]:
    """The yardstick and b12guide."""
    yield timed(
        "by hand, in Python",
        lambda: [by_hand.verdicts(one.values, one.definitions) for one in patients],
    )
    yield timed(
        "b12guide, verdicts", lambda: [verdict_codes(evaluator, p) for p in patients]
    )


def main() -> None:
    """Print the table."""
    evaluator = b12guide.load("mecobalamin_im").evaluator
    patients = patients_of(evaluator)
    wanted = expected(evaluator, patients)
    contestants = list(own(evaluator, patients))
    for peer in PEERS:
        try:
            contestants += peer.contestants(evaluator, plain(evaluator, patients))
        except NotInstalledError as error:
            print(f"left out: {error}")
    counts = {}
    for one in contestants:
        answers = one.answers()
        counts[one.name] = len(answers)
        if answers != wanted[: len(answers)]:
            message = f"{one.name} gives other answers"
            raise SystemExit(message)
    gc.freeze()  # what the engines keep is of no interest to the collector
    times: dict[str, list[float]] = {one.name: [] for one in contestants}
    for _ in range(ROUNDS):
        for one in contestants:
            times[one.name].append(one.round() / counts[one.name] * 1e6)
    medians = {name: median(found) for name, found in times.items()}
    best = medians["b12guide, verdicts"]
    print(
        f"{len(evaluator.graph.rules)} rules, {len(patients)} patients, equal answers"
    )
    rows = [(n, f"{t:,.1f}", f"{t / best:,.2f}") for n, t in medians.items()]
    print(table(("all verdicts of one patient", "µs", "of b12guide's"), rows))
    print(
        f"\n99th percentile of b12guide: {_spread(evaluator, patients):.2f} medians\n"
    )
    print(table(("one patient of whom everything is known", "µs"), _whole(evaluator)))


def _whole(evaluator: Evaluator) -> list[tuple[str, str]]:
    """A whole recommendation beside the quickest peer's verdicts, each patient asked once."""
    drawn = people(evaluator.graph, evaluator.program, COUNT * (ROUNDS + 1) * 2, 0)
    strangers = [one for one in drawn if not _is_left_open(evaluator, one)]
    rounds = [strangers[i * COUNT : (i + 1) * COUNT] for i in range(ROUNDS + 1)]
    times: dict[str, list[float]] = {}
    for patients in rounds:
        gc.freeze()
        stated = [
            Stated(values=p.values, otherwise=Otherwise.UNKNOWN) for p in patients
        ]
        start = perf_counter()
        for one in stated:
            recommend(evaluator, one)
        times.setdefault("b12guide, a whole recommendation", []).append(
            perf_counter() - start
        )
        for peer in (in_cel, in_zen):
            with suppress(NotInstalledError):
                for other in peer.contestants(evaluator, plain(evaluator, patients)):
                    times.setdefault(f"{other.name}: verdicts only", []).append(
                        other.round()
                    )
    return [
        (name, f"{median(found[1:]) / COUNT * 1e6:,.0f}")
        for name, found in times.items()
    ]


def _is_left_open(evaluator: Evaluator, facts: Facts) -> bool:
    """Whether a value lies inside a threshold that the source prints as a range."""
    return any(is_open_to_reading(leaf, facts) for leaf in evaluator.ranges)


def _spread(evaluator: Evaluator, patients: Sequence[Facts]) -> float:
    found = []
    for patient in [*patients] * 5:
        start = perf_counter()
        verdict_codes(evaluator, patient)
        found.append(perf_counter() - start)
    return quantiles(found, n=100)[98] / median(found)


if __name__ == "__main__":
    main()
