"""What the audit of a history costs, in recommendations: python benchmarks/audit.py.

Ratios within one run are to be trusted, absolute times are not.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable
from typing import Any

from b12guide.audit.event import History
from b12guide.audit.history import history_from
from b12guide.audit.run import audit
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.recommend import recommend
from b12guide.patient.model import Patient
from b12guide.patient.stated import state
from b12guide.pipeline import load

FACTS = {
    "age": 45,
    "b12_deficiency": True,
    "egfr": 90,
    "ileal_resection": 0,
    "ileal_involvement": 0,
    "platelets": 250,
}
TESTS = ("serum_b12", "ferritin", "transferrin_saturation")
SIZES = (50, 150, 500, 1500, 2500)


def main() -> None:
    """Print the cost of audits of growing histories."""
    graph = load("mecobalamin_im").graph
    evaluator = Evaluator.of(graph)
    patient = Patient(facts=FACTS, otherwise="absent")
    stated = state(patient, graph)
    once = median(lambda: recommend(evaluator, stated), 30)
    print(f"one recommendation: {once * 1000:.2f} ms")
    print("events  years  audit (ms)  recommendations  µs per event")
    for size in SIZES:
        rows = treated(size)
        history: History = history_from(rows, graph)
        first, last = history.events[0].on, history.events[-1].on
        cost = median(audited(evaluator, patient, history, last), 7)
        print(
            f"{len(rows):6}  {(last - first).days / 365.25:5.1f}  {cost * 1000:10.1f}  "
            f"{cost / once:15.1f}  {cost / len(rows) * 1e6:12.0f}"
        )


def audited(
    evaluator: Evaluator, patient: Patient, history: History, on: dt.date
) -> Callable[[], object]:
    """The audit to be timed."""
    return lambda: audit(evaluator, patient, history, on)


def treated(size: int) -> list[dict[str, Any]]:
    """Loading, then a dose every two months and, at every third, tests with a value."""
    days = [dt.date(1950, 1, day) for day in (2, 4, 6, 9, 11, 13)]
    rows = [given(day) for day in days]
    number = 0
    while len(rows) < size:
        number += 1
        year, month = divmod(2 * number, 12)
        day = dt.date(1950 + year, month + 1, 13)
        rows.append(given(day))
        if number % 3 == 0:
            rows += [{"on": day.isoformat(), "test": test} for test in TESTS]
            rows[-3]["value"] = f"{400 + number % 50} pg/mL"
    return rows[:size]


def given(day: dt.date) -> dict[str, Any]:
    """One injection."""
    return {
        "on": day.isoformat(),
        "dose": "hydroxocobalamin",
        "amount": "1000 µg",
        "route": "intramuscular",
        "site": "deltoid",
    }


def median(work: Callable[[], object], rounds: int) -> float:
    """The median time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


if __name__ == "__main__":
    main()
