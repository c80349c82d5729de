"""The days between doses beside the interval of a rule."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from b12guide import Guideline, UnknownNameError, load
from b12guide.cohort.audits import CohortAudit
from b12guide.cohort.interval_counts import (
    RuleSpacing,
    days_of,
    interval_counts,
    place_of,
)
from tests.clinical.asking import ADULT
from tests.clinical.dosing import injected

RULE = "maintenance_standard"


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def spaced(**days: int) -> list[RuleSpacing]:
    """Gaps of so many days, once each; of those that start with `open` it is not known."""
    return [
        RuleSpacing(
            rule=RULE, loading=False, days=n, count=1, open=name.startswith("open")
        )
        for name, n in days.items()
    ]


def test_a_gap_is_early_within_or_late_by_any_day(guideline: Guideline) -> None:
    # 2 to 3 months are 59 to 92 days.
    gaps = spaced(a=58, b=59, c=92, d=93, e=200, open_f=70)
    found = interval_counts(guideline.graph, gaps, RULE, loading=None)
    told = {one.place: (one.count, one.low, one.high) for one in found}

    assert told == {
        "early": (1, 58, 58),
        "within": (2, 59, 92),
        "between": (0, None, None),
        "late": (2, 93, 200),
        "undecidable": (1, 70, 70),
    }


def test_shares_are_of_all_gaps(guideline: Guideline) -> None:
    gaps = spaced(a=58, b=60, c=61, open_d=60)
    found = {
        one.place: one.share
        for one in interval_counts(guideline.graph, gaps, RULE, loading=None)
    }
    nothing = [
        one.share for one in interval_counts(guideline.graph, (), RULE, loading=None)
    ]

    assert found["within"] == 0.5
    assert sum(share or 0 for share in found.values()) == 1
    assert nothing == [None] * 5


def test_a_gap_may_lie_between_two_intervals() -> None:
    bands = [(7, 7), (59, 62)]

    assert [place_of(n, bands) for n in (6, 7, 30, 60, 63)] == [
        "early",
        "within",
        "between",
        "within",
        "late",
    ]


def test_months_are_as_short_and_as_long_as_they_come(guideline: Guideline) -> None:
    value: Any = guideline.graph.rules["monthly"].value
    every = value.regimens[0].phases[-1].frequency.interval

    assert days_of(every) == (28, 31)


@pytest.fixture(scope="module")
def audit(guideline: Guideline) -> CohortAudit:
    """One patient to whom the rule applies, one who has nerves, one of whom nothing is known."""
    known = {**ADULT, "loading_complete": True}
    people = [
        {"patient": "standard", **known, "paresthesia": False},
        {"patient": "nerves", **known, "paresthesia": True},
        {"patient": "open", **known, "paresthesia": False},
    ]
    people[2]["b12_deficiency"] = None
    events = [
        {"patient": person["patient"], **row}
        for person in people
        for row in injected("2025-01-06", "2025-03-10", "2025-07-10")
    ]
    return guideline.audit_cohort(
        pl.DataFrame(people),
        pl.DataFrame(events, infer_schema_length=None),
        on="2025-08-01",
        otherwise="absent",
        workers=1,
    )


def test_only_gaps_of_those_to_whom_the_rule_applied_are_judged(
    audit: CohortAudit,
) -> None:
    frame = audit.intervals_frame(RULE)
    found = dict(zip(frame["place"], frame["count"], strict=True))

    # 63 and 122 days of the first; those of the third, of whom it is not known.
    assert found == {"early": 0, "within": 1, "between": 0, "late": 1, "undecidable": 2}
    assert frame.columns == ["rule", "place", "count", "low", "high", "share"]


def test_gaps_inside_loading_are_apart(audit: CohortAudit) -> None:
    assert sum(one.count for one in audit.interval_counts(RULE, loading=True)) == 0
    assert sum(one.count for one in audit.interval_counts(RULE, loading=False)) == 4


def test_a_record_keeps_what_was_open(audit: CohortAudit) -> None:
    again = CohortAudit.from_json(audit.to_json())

    assert again.interval_counts(RULE) == audit.interval_counts(RULE)


def test_a_rule_without_an_interval_is_refused(audit: CohortAudit) -> None:
    with pytest.raises(UnknownNameError, match="rule with an interval"):
        audit.intervals_frame("renal_form")
