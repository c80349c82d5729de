"""Laws of auditing many histories at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import load
from b12guide.audit.finding import Finding, FindingRow
from b12guide.cohort.audits import CohortAudit
from tests.clinical.dosing import Rows
from tests.clinical.people import known_people
from tests.property.test_audit_laws import some_histories, treated_people

GUIDELINE = load("mecobalamin_im")


People = list[tuple[dict[str, Any], tuple[Rows, str]]]
ON = dt.date(2062, 7, 1)

some_people = st.lists(
    st.tuples(known_people() | treated_people(), some_histories()), max_size=5
)


def audited(people: People, **options: Any) -> CohortAudit:
    """The audit of all of them together."""
    names = dict.fromkeys(name for facts, _ in people for name in facts)
    patients = [
        {"patient": n, **{name: facts.get(name) for name in names}}
        for n, (facts, _) in enumerate(people)
    ]
    events = [
        {"patient": n, **row} for n, (_, (rows, _)) in enumerate(people) for row in rows
    ]
    return GUIDELINE.audit_cohort(
        pl.DataFrame(patients, schema=None if patients else ["patient"]),
        pl.DataFrame(
            events,
            infer_schema_length=None,
            schema=None if events else ["patient", "on", "dose"],
        ),
        on=ON,
        workers=1,
        **options,
    )


def cells(one: Finding | FindingRow) -> dict[str, Any]:
    """What a table has of a finding, or of a row of one."""
    noted = [name for silence in one.silences for name in silence.noted_as]
    return {
        "on": one.on,
        "severity": one.gravity.value,
        "rule": one.rule.name,
        "statements": list(one.statements),
        "text": one.text,
        "limit": one.limit,
        "compared": list(one.compared),
        "needs": list(one.needs),
        "assumptions": list(one.assumptions),
        "clears": one.clears,
        "challenges": list(one.challenges),
        "missing": "; ".join(missing.text for missing in one.missing),
        "silent": list(dict.fromkeys(noted)),
    }


@given(some_people, st.sampled_from(["usual", "strict", "doses=2, undated=0"]))
@settings(max_examples=15)
def test_a_cohort_is_audited_as_each_of_its_patients(
    people: People, tolerance: str
) -> None:
    together = audited(people, tolerance=tolerance)
    findings: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for n, (facts, (history, _)) in enumerate(people):
        alone = GUIDELINE.audit(facts, history, on=ON, tolerance=tolerance)
        for number, one in enumerate(alone.findings, start=1):
            same = {"patient": n, "family": one.family.value}
            findings.append({**same, **cells(one), "rules": list(one.rules)})
            rows += [{**same, **cells(row), "finding": number} for row in one.rows]

    assert together.table.to_pylist() == findings
    assert together.row_table.to_pylist() == rows


@given(some_people)
@settings(max_examples=10)
def test_the_findings_of_a_patient_do_not_depend_on_who_was_audited_before(
    people: People,
) -> None:
    forward, backward = audited(people), audited(people[::-1])
    last = len(people) - 1
    other_way = [
        {**row, "patient": last - row["patient"]} for row in backward.table.to_pylist()
    ]

    assert sorted(forward.table.to_pylist(), key=str) == sorted(other_way, key=str)


@given(
    some_people,
    st.sampled_from(("10 days", "1 month")),
    st.sampled_from(("first event", "rule applies", "2030-01-01")),
)
@settings(max_examples=10)
def test_a_cohort_is_followed_as_each_of_its_patients(
    people: People, every: str, start: str
) -> None:
    found = audited(people, periods=every, start=start)
    alone = [
        {"patient": n, **row}
        for n, (facts, (history, _)) in enumerate(people)
        for row in GUIDELINE.adherence(
            facts, history, on=ON, every=every, start=start
        ).rows()
    ]

    assert found.periods is not None
    assert found.periods.table.to_pylist() == alone
