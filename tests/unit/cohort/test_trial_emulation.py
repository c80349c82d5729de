"""The form in which packages for the emulation of trials read adherence over time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from b12guide import Guideline, PatientError, UnknownNameError, load
from b12guide.cohort.audits import CohortAudit
from b12guide.errors import CohortError
from tests.clinical.asking import ADULT

RULE = "maintenance_standard"
COLUMNS = ["id", "period", "treatment", "outcome", "eligible", "censored"]
KNOWN = {**ADULT, "loading_complete": True}


@pytest.fixture(scope="module")
def audit() -> CohortAudit:
    guideline: Guideline = load("mecobalamin_im")
    people = [{"person": n, **KNOWN} for n in (1, 2, 3)]
    people[2]["b12_deficiency"] = None
    rows = [
        {
            "person": 1,
            "on": dt.date(2025, 1, 6),
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
        },
        {
            "person": 1,
            "on": dt.date(2025, 5, 30),
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
        },
        {
            "person": 2,
            "on": dt.date(2025, 2, 1),
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
        },
        {
            "person": 2,
            "on": dt.date(2025, 4, 1),
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
        },
        {
            "person": 3,
            "on": dt.date(2025, 2, 1),
            "dose": "hydroxocobalamin",
            "amount": "1 mg",
        },
        {
            "person": 3,
            "on": dt.date(2025, 3, 1),
            "event": "b12_deficiency",
            "value": True,
        },
    ]
    return guideline.audit_cohort(
        pl.DataFrame(people),
        pl.DataFrame(
            [
                {**row, "value": None if row.get("value") is None else "true"}
                for row in rows
            ],
            infer_schema_length=None,
        ),
        on="2025-06-30",
        patient="person",
        otherwise="absent",
        periods="1 month",
    )


def of(found: Any, one: int, column: str) -> list[int | None]:
    values: list[int | None] = found.filter(pl.col("id") == one)[column].to_list()
    return values


def test_the_columns_are_those_that_the_package_reads(audit: CohortAudit) -> None:
    found = audit.to_trial_emulation(RULE)

    assert found.columns == COLUMNS
    assert of(found, 1, "period") == [0, 1, 2, 3, 4, 5]
    assert of(found, 1, "treatment") == [1, 1, 1, 0, 0, 1]
    assert of(found, 1, "eligible") == [1] * 6
    assert of(found, 1, "outcome") == [None] * 6
    assert found.height == audit.periods_frame().filter(pl.col("rule") == RULE).height


def test_what_is_not_known_is_null_or_ends_follow_up(audit: CohortAudit) -> None:
    kept = audit.to_trial_emulation(RULE)
    ended = audit.to_trial_emulation(RULE, unknown="end")

    assert of(kept, 3, "treatment")[0] is None
    assert of(kept, 3, "treatment")[1] == 1
    assert of(ended, 3, "period")[0] == 1
    assert ended["treatment"].null_count() == 0
    assert of(kept, 3, "eligible")[0] is None


def test_follow_up_that_ends_for_want_of_knowledge_is_censored(
    audit: CohortAudit,
) -> None:
    # Nobody can tell from a history without a test how trough levels were taken.
    table = audit.periods_frame().filter(pl.col("rule") == "iron_status")
    ended = audit.to_trial_emulation("iron_status", unknown="end")

    assert set(table["state"]) <= {"no record", "undecidable", "not applicable"}
    assert ended.height == 0
    assert audit.to_trial_emulation("iron_status").height == table.height


def test_an_outcome_ends_follow_up_in_its_own_interval(audit: CohortAudit) -> None:
    outcome = pl.DataFrame(
        {"person": [1, 2], "on": [dt.date(2025, 4, 6), dt.date(2025, 12, 1)]}
    )
    found = audit.to_trial_emulation(RULE, outcome=outcome)

    # From 6 April on is the fourth interval.
    assert of(found, 1, "outcome") == [0, 0, 0, 1]
    assert set(of(found, 2, "outcome")) == {0}
    assert set(of(found, 3, "outcome")) == {0}


def test_an_outcome_before_follow_up_leaves_nothing_of_it(audit: CohortAudit) -> None:
    outcome = pl.DataFrame({"person": [1, 2], "on": ["2025-01-05", None]})
    found = audit.to_trial_emulation(RULE, outcome=outcome)

    assert of(found, 1, "outcome") == []
    assert set(of(found, 2, "outcome")) == {0}


def test_what_is_no_outcome_is_refused(audit: CohortAudit) -> None:
    for wrong, said in (
        (pl.DataFrame({"person": [1]}), "`outcome` has no column `on`"),
        (
            pl.DataFrame({"id": [1], "on": ["2025-01-01"]}),
            "`outcome` has no column `person`",
        ),
        (pl.DataFrame({"person": [1, 1], "on": ["2025-01-01"] * 2}), "there twice"),
        (pl.DataFrame({"person": [1], "on": ["soon"]}), "`on` of days holds"),
    ):
        with pytest.raises(PatientError) as refused:
            audit.to_trial_emulation(RULE, outcome=wrong)
        assert said in refused.value.diagnostics[0].message
    with pytest.raises(CohortError):
        audit.to_trial_emulation(RULE, outcome=3)
    with pytest.raises(UnknownNameError, match="rule with intervals"):
        audit.to_trial_emulation("monthly")
    with pytest.raises(UnknownNameError, match="choice for `unknown`"):
        audit.to_trial_emulation(RULE, unknown="drop")
