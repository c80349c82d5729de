"""Laws of auditing many histories at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from tests.clinical.dosing import Rows
from tests.clinical.people import known_people
from tests.property.test_audit_laws import some_histories, treated_people

GUIDELINE = load("mecobalamin_im")


@given(
    st.lists(st.tuples(known_people() | treated_people(), some_histories()), max_size=5)
)
@settings(max_examples=15)
def test_a_cohort_is_audited_as_each_of_its_patients(
    people: list[tuple[dict[str, Any], tuple[Rows, str]]],
) -> None:
    on = dt.date(2062, 7, 1)
    names = dict.fromkeys(name for facts, _ in people for name in facts)
    patients = [
        {"patient": n, **{name: facts.get(name) for name in names}}
        for n, (facts, _) in enumerate(people)
    ]
    events = [
        {"patient": n, **row} for n, (_, (rows, _)) in enumerate(people) for row in rows
    ]
    found = GUIDELINE.audit_cohort(
        pl.DataFrame(patients, schema=None if patients else ["patient"]),
        pl.DataFrame(
            events,
            infer_schema_length=None,
            schema=None if events else ["patient", "on", "dose"],
        ),
        on=on,
        workers=1,
    )
    alone = [
        (n, finding.on, finding.rule.name, finding.text)
        for n, (facts, (rows, _)) in enumerate(people)
        for finding in GUIDELINE.audit(facts, rows, on=on).findings
    ]
    together = [
        tuple(row[name] for name in ("patient", "on", "rule", "text"))
        for row in found.table.to_pylist()
    ]

    assert together == alone
