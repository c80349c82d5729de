"""What the audit of a history costs, alone and in a cohort, by the public calls.

Reading the mappings, or the tables, is included.

Every patient differs from the one before in age and in the day of the first dose, as patients do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from typing import Any

import pyarrow as pa
from timing import PROCESSOR, Aim, aims, medians, sized, table

import b12guide

GUIDELINE = b12guide.load("mecobalamin_im")
FACTS = {
    "b12_deficiency": True,
    "egfr": 90,
    "ileal_resection": 0,
    "ileal_involvement": 0,
    "platelets": 250,
}
TESTS = ("serum_b12", "ferritin", "transferrin_saturation")
SIZES = (20, 50, 150, 500, 1500, 2500)
PATIENTS = 4
ROUNDS = 9
WANTED = 1.0

COHORT = 1000
WANTED_IN_COHORT = 0.57
"""A tenth of what it was before audits shared what they worked out."""


def main() -> None:
    """Print the cost of audits of growing histories."""
    sizes = SIZES[: sized(len(SIZES), 2)]
    contestants = {str(size): strangers(size, PATIENTS) for size in sizes}
    times = medians(contestants, rounds=ROUNDS, calls=PATIENTS, clock=PROCESSOR)
    lines = [
        (
            f"{size:,}",
            f"{times[str(size)] / 1000:.2f}",
            f"{times[str(size)] / size:.0f}",
        )
        for size in sizes
    ]
    print(table(("events of one patient", "audit, ms", "µs per event"), lines))
    print()
    people = sized(COHORT, 40)
    each = medians(
        {"audit_cohort": together(SIZES[0], people)},
        rounds=3,
        calls=people,
        clock=PROCESSOR,
    )["audit_cohort"]
    line = (f"{people:,}", f"{each / 1000:.2f}", f"{1e6 / each:,.0f}")
    print(table(("patients in one process", "ms a patient", "patients/s"), [line]))
    print()
    alone = "audit of a patient with 20 events, reading included"
    of_many = "audit of a patient among many, 20 events, one process"
    found = [
        Aim(alone, WANTED, times[str(SIZES[0])] / 1000, "ms"),
        Aim(of_many, WANTED_IN_COHORT, each / 1000, "ms"),
    ]
    print(aims(found))


def strangers(size: int, patients: int) -> Callable[[], object]:
    """A round of audits, each of another patient with as many events."""
    numbers = count()

    def audits() -> None:
        for number in (next(numbers) for _ in range(patients)):
            rows = treated(size, dt.date(1950, 1, 2) + dt.timedelta(number % 300))
            last = max(row["on"] for row in rows)
            facts = {**FACTS, "age": 40 + number % 50}
            patient = {"facts": facts, "otherwise": "absent"}
            GUIDELINE.audit(patient, rows, on=last)

    return audits


def together(size: int, people: int) -> Callable[[], object]:
    """The audit of a cohort whose histories have as many events each."""
    patients, events = [], []
    for number in range(people):
        patients.append({"patient": number, **FACTS, "age": 40 + number % 50})
        rows = treated(size, dt.date(2016, 1, 2) + dt.timedelta(number % 900))
        events += [{"patient": number, **row} for row in rows]
    names = dict.fromkeys(name for row in events for name in row)
    whole = [{**dict.fromkeys(names), **row} for row in events]
    tables = pa.Table.from_pylist(patients), pa.Table.from_pylist(whole)
    on = dt.date(2024, 1, 1)
    return lambda: GUIDELINE.audit_cohort(*tables, on=on, otherwise="absent", workers=1)


def treated(size: int, first: dt.date) -> list[dict[str, Any]]:
    """Loading, then a dose every two months and, at every third, tests with a value."""
    rows = [given(first + dt.timedelta(days)) for days in (0, 2, 4, 7, 9, 11)]
    number = 0
    while len(rows) < size:
        number += 1
        years, month = divmod(first.month - 1 + 2 * number, 12)
        day = dt.date(first.year + years, month + 1, min(first.day, 28))
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


if __name__ == "__main__":
    main()
