"""One patient, handed over as a dict: every engine answers the same patients, taking turns.

`python benchmarks/peers/one_patient.py`; an engine that is not installed is named and left out.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

import by_hand
import in_cedar
import in_cel
import in_cql
import in_datalogic
import in_openfisca
import in_zen
from contest import Contestant, NotInstalledError, expected, made, plain, timed
from people import people
from timing import Aim, aims, sized, table

import b12guide
from b12guide import Guideline, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Facts, is_open_to_reading
from b12guide.evaluate.patient_view import verdict_codes

COUNT = 200
ROUNDS = 9
PEERS = (in_datalogic, in_zen, in_cel, in_cql, in_cedar, in_openfisca)
CODES = {
    Verdict.DOES_NOT_APPLY: 0,
    Verdict.APPLIES: 1,
    Verdict.OVERRIDDEN: 2,
    Verdict.UNKNOWN: 3,
    Verdict.INDETERMINATE: 3,
}
BY_NAME = "b12guide, `verdicts` of a dict"
FUNCTION = "b12guide, its function, facts read before"
WHOLE = "b12guide, `recommend` of a dict"


def patients_of(evaluator: Evaluator) -> list[Facts]:
    """Patients of whom one fact in ten is unknown, and nothing follows but what is stated."""
    count = sized(COUNT, 20)
    found = people(evaluator.graph, evaluator.program, count * 2)
    return [one for one in found if not one.definitions and not one.possible][:count]


def own(guideline: Guideline, patients: Sequence[Facts]) -> Iterator[Contestant]:
    """The yardstick and b12guide."""
    evaluator = guideline.evaluator
    mappings = plain(evaluator, patients)
    yield timed(
        "by hand, in Python", lambda: [by_hand.verdicts(one, {}) for one in mappings]
    )
    yield timed(FUNCTION, lambda: [verdict_codes(evaluator, p) for p in patients])

    def ask() -> list[Mapping[str, Verdict]]:
        return [guideline.verdicts(one) for one in mappings]

    _, making = made(lambda: b12guide.load("mecobalamin_im").verdicts(mappings[0]))
    asked = timed(BY_NAME, ask)
    yield Contestant(
        name=BY_NAME,
        answers=lambda: [tuple(CODES[v] for v in one.values()) for one in ask()],
        round=asked.round,
        making=making,
    )


def main() -> None:
    """Print the tables."""
    guideline = b12guide.load("mecobalamin_im")
    evaluator = guideline.evaluator
    patients = patients_of(evaluator)
    wanted = expected(evaluator, patients)
    contestants = list(own(guideline, patients))
    for peer in PEERS:
        try:
            contestants += peer.contestants(evaluator, plain(evaluator, patients))
        except NotInstalledError as error:
            print(f"left out: {error}\n")
    counts = {}
    for one in contestants:
        answers = one.answers()
        counts[one.name] = len(answers)
        if answers != wanted[: len(answers)]:
            message = f"{one.name} gives other answers"
            raise SystemExit(message)
    gc.freeze()  # what the engines keep is of no interest to the collector
    medians = in_turns(
        {
            one.name: lambda one=one: one.round() / counts[one.name]
            for one in contestants
        }  # type: ignore[misc]
    )
    best = medians[BY_NAME]
    rows = [(n, f"{t:,.1f}", f"{t / best:,.2f}") for n, t in medians.items()]
    print(table(("all verdicts of one patient", "µs", "of `verdicts`"), rows))
    print()
    firsts = [
        (one.name, f"{one.making * 1000:,.1f}")
        for one in contestants
        if one.making is not None
    ]
    print(table(("made ready, once in a process", "ms"), firsts))
    print()
    whole = _whole(guideline)
    print(table(("one patient, everything known, no two alike", "µs"), whole))
    print()
    found = [
        Aim("`verdicts` of a dict", 25, best, "µs"),
        Aim("`recommend` of a dict, everything known", 75, float(whole[0][1]), "µs"),
        Aim(
            "99th percentile of its function, in medians",
            3,
            _spread(evaluator, patients),
            "x",
        ),
    ]
    quickest = min(
        (time for name, time in medians.items() if not name.startswith(("b12", "by"))),
        default=None,
    )
    if quickest is not None:
        what = "the quickest peer's time, of that of `verdicts`"
        found.insert(1, Aim(what, 1, quickest / best, "x", is_most=False))
    print(aims(found))


def in_turns(rounds: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """The median of each in microseconds; each round says how long it took."""
    times: dict[str, list[float]] = {name: [] for name in rounds}
    for _ in range(sized(ROUNDS, 1) + 1):
        for name, run in rounds.items():
            times[name].append(run() * 1e6)
    return {name: median(found[1:]) for name, found in times.items()}


def _whole(guideline: Guideline) -> list[tuple[str, str]]:
    """A whole recommendation beside the quickest peers' verdicts, each patient asked once."""
    evaluator, count = guideline.evaluator, sized(COUNT, 10)
    turns = sized(ROUNDS, 1) + 1
    drawn = people(evaluator.graph, evaluator.program, count * turns * 2, 0)
    strangers = [
        one
        for one in drawn
        if not any(is_open_to_reading(leaf, one) for leaf in evaluator.ranges)
    ]
    times: dict[str, list[float]] = {}
    for turn in range(turns):
        patients = strangers[turn * count : (turn + 1) * count]
        mappings = plain(evaluator, patients)
        gc.freeze()
        start = process_time()
        for one in mappings:
            guideline.recommend(one)
        times.setdefault(WHOLE, []).append(process_time() - start)
        for peer in (in_datalogic, in_zen, in_cel):
            try:
                others = list(peer.contestants(evaluator, mappings))
            except NotInstalledError:
                continue
            for other in others:
                name = f"{other.name}: verdicts only"
                times.setdefault(name, []).append(other.round())
    return [
        (name, f"{median(found[1:]) / count * 1e6:.0f}")
        for name, found in times.items()
    ]


def _spread(evaluator: Evaluator, patients: Sequence[Facts]) -> float:
    found = []
    for patient in [*patients] * 5:
        start = perf_counter()
        verdict_codes(evaluator, patient)
        found.append(perf_counter() - start)
    return quantiles(found, n=100)[98] / median(found)


if __name__ == "__main__":
    main()
