"""Adherence over time of a cohort: the intervals of each patient, as one table."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from b12guide import Guideline, PatientError, UnknownNameError, load
from b12guide.audit.periods import PeriodState
from b12guide.cohort.adherence_periods import PeriodCount
from b12guide.cohort.audits import CohortAudit
from b12guide.errors import ArgumentError, CohortError
from tests.clinical.asking import ADULT
from tests.clinical.dosing import Rows, injected

ON = dt.date(2025, 6, 30)
KNOWN = {**ADULT, "loading_complete": True}
HISTORIES: dict[str, Rows] = {
    "late": injected("2025-01-06", "2025-05-30"),
    "never": [],
    "kept": injected("2025-01-20", "2025-03-20", "2025-05-20"),
    "silent": injected("2025-02-03", "2025-04-03"),
}
PATIENTS: list[dict[str, Any]] = [
    {"patient": name, **KNOWN, "seen": dt.date(2025, 2, 1)} for name in HISTORIES
]
PATIENTS[3]["b12_deficiency"] = None
PATIENTS[2]["seen"] = None
EVENTS = [{"patient": name, **row} for name, rows in HISTORIES.items() for row in rows]


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("mecobalamin_im")


def audited(guideline: Guideline, **how: Any) -> CohortAudit:
    """The audit of the cohort, in intervals of a month unless something else is asked."""
    options: dict[str, Any] = {"otherwise": "absent", "ignore": ["seen"], "workers": 1}
    return guideline.audit_cohort(
        pl.DataFrame(PATIENTS),
        pl.DataFrame(EVENTS, infer_schema_length=None),
        on=ON,
        **{"periods": "1 month", **options, **how},
    )


def one_by_one(guideline: Guideline, **how: Any) -> list[dict[str, Any]]:
    """The same from patient to patient."""
    found = []
    for person in PATIENTS:
        facts = {n: v for n, v in person.items() if n not in {"patient", "seen"}}
        start = {"start": person["seen"]} if how.get("start") == "seen" else {}
        if start and start["start"] is None:
            continue
        alone = guideline.adherence(
            {"facts": facts, "otherwise": "absent"},
            HISTORIES[person["patient"]],
            on=ON,
            **{"every": "1 month", **how, **start},
        )
        found += [{"patient": person["patient"], **row} for row in alone.rows()]
    return found


@pytest.mark.parametrize("start", ["first event", "rule applies", "2025-03-01", "seen"])
def test_the_intervals_are_those_of_each_patient(
    guideline: Guideline, start: str
) -> None:
    ignore: list[str] = [] if start == "seen" else ["seen"]
    audit = audited(guideline, start=start, ignore=ignore)
    rows = audit.periods_frame().to_dicts()

    assert rows == one_by_one(guideline, start=start)
    assert rows


def test_processes_change_nothing(guideline: Guideline) -> None:
    alone, together = (audited(guideline, workers=workers) for workers in (1, 2))

    assert alone.periods_frame().equals(together.periods_frame())
    assert alone.to_dict() == together.to_dict()
    assert alone.periods == together.periods


def test_what_was_counted_is_in_the_table(guideline: Guideline) -> None:
    audit = audited(guideline)
    rows = audit.periods_frame().to_dicts()
    counted = Counter((row["rule"], row["period"], row["state"]) for row in rows)

    assert audit.periods is not None
    for one in audit.periods.counts:
        for state in PeriodState:
            number = getattr(one, state.value.replace(" ", "_"))

            assert number == counted[one.rule, one.period, state.value]
    assert sum(one.total for one in audit.periods.counts) == len(rows)
    assert audit.periods.followed == 3
    assert audit.period_counts_frame().height == len(audit.periods.counts)


def test_a_count_is_of_those_to_whom_the_rule_applied_or_may_have(
    guideline: Guideline,
) -> None:
    audit = audited(guideline, rules="maintenance_standard")
    assert audit.periods is not None
    first = audit.periods.counts[0]

    assert first == PeriodCount(
        rule="maintenance_standard",
        period=0,
        adheres=2,
        departs=0,
        undecidable=1,
        no_record=0,
        not_applicable=0,
    )
    assert first.applied == first.total == 3


def test_what_is_not_known_is_null_and_never_nought(guideline: Guideline) -> None:
    rows = audited(guideline).periods_frame()
    open_ = rows.filter(
        pl.col("state").is_in(["undecidable", "no record", "not applicable"])
    )

    assert open_.height
    assert open_["adheres"].null_count() == open_.height
    assert rows.filter(pl.col("state") == "departs")["adheres"].to_list().count(0)
    assert rows.filter(pl.col("state") == "adheres")["adheres"].unique().to_list() == [
        1
    ]


@pytest.mark.parametrize("kind", ["pandas", "pyarrow"])
def test_a_frame_comes_out_as_it_came_in(guideline: Guideline, kind: str) -> None:
    people, events = (
        pl.DataFrame(PATIENTS),
        pl.DataFrame(EVENTS, infer_schema_length=None),
    )
    make: Any = {
        "pandas": lambda f: pd.DataFrame(f.to_dicts()),
        "pyarrow": lambda f: f.to_arrow(),
    }[kind]
    came_out: Any = {"pandas": pd.DataFrame, "pyarrow": pa.Table}[kind]
    audit = guideline.audit_cohort(
        make(people),
        make(events),
        on=ON,
        otherwise="absent",
        periods="1 month",
        start="seen",
    )

    assert isinstance(audit.periods_frame(), came_out)
    assert isinstance(audit.findings, came_out)


def test_days_in_a_column_may_be_text(guideline: Guideline) -> None:
    people = pl.DataFrame(PATIENTS).with_columns(pl.col("seen").cast(pl.String))
    events = pl.DataFrame(EVENTS, infer_schema_length=None)
    options: dict[str, Any] = {"on": ON, "otherwise": "absent", "periods": "1 month"}
    found = guideline.audit_cohort(people, events, start="seen", **options)
    wrong = people.with_columns(seen=pl.lit("soon"))

    assert found.periods_frame().equals(
        audited(guideline, start="seen", ignore=[]).periods_frame()
    )
    with pytest.raises(PatientError) as refused:
        guideline.audit_cohort(wrong, events, start="seen", **options)
    assert "`seen` of days holds something else" in refused.value.diagnostics[0].message


def test_without_intervals_the_remedy_is_named(guideline: Guideline) -> None:
    audit = audited(guideline, periods=None)

    for call in (
        audit.periods_frame,
        audit.period_counts_frame,
        lambda: audit.to_trial_emulation("maintenance_standard"),
    ):
        with pytest.raises(CohortError, match='periods="1 month"'):
            call()


def test_a_record_has_what_was_counted(guideline: Guideline) -> None:
    audit = audited(guideline, start="seen", ignore=[])
    again = CohortAudit.from_json(audit.to_json())

    assert again == audit
    assert again.period_counts_frame().equals(audit.period_counts_frame())
    with pytest.raises(CohortError, match="read back"):
        again.periods_frame()


def test_what_cannot_be_cut_is_refused(guideline: Guideline) -> None:
    with pytest.raises(ArgumentError, match="`periods` has to be"):
        audited(guideline, periods="a while")
    with pytest.raises(ArgumentError, match="`start` has to be"):
        audited(guideline, start=5)
    with pytest.raises(UnknownNameError):
        audited(guideline, rules=["homocysteine_target"])
    for start, remedy in (("sen", "did you mean `seen`"), ("when", "or a column")):
        with pytest.raises(PatientError, match="nor a column of patients") as refused:
            audited(guideline, start=start)
        assert remedy in refused.value.diagnostics[0].help[0].message
    with pytest.raises(ArgumentError, match="at most 10,000 intervals"):
        audited(guideline, periods="1 day", start="1800-01-01")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            {"start": "2025-07-01"},
            "`start` has .* day of the audit, 2025-06-30; this is .*`2025-07-01`$",
        ),
        ({"rules": []}, "`rules` has to be names of rules; leave it out for all"),
        ({"periods": None, "start": "rule applies"}, "`periods` has .* is `start`"),
        ({"periods": None, "start": dt.date(2025, 1, 1)}, "`periods` has .* `start`"),
        (
            {"periods": None, "rules": "maintenance_standard"},
            "`periods` has .* is `rules`",
        ),
        ({"periods": "1 mont"}, "`periods` has .* the text `1 mont`$"),
        ({"periods": 30}, "`periods` has .* this is `30`$"),
    ],
)
def test_a_slip_in_how_follow_up_is_cut_is_refused(
    guideline: Guideline, how: dict[str, Any], said: str
) -> None:
    with pytest.raises(ArgumentError, match=said):
        audited(guideline, **how)


def test_follow_up_may_begin_on_the_day_of_the_audit(guideline: Guideline) -> None:
    found = audited(guideline, start=ON)
    usual = audited(guideline, periods=None, start="first event")

    assert set(found.periods_frame()["start"]) == {ON}
    assert usual.periods is None


def test_one_patient_is_refused_alike(guideline: Guideline) -> None:
    def asked(**how: Any) -> object:
        return guideline.adherence(
            KNOWN, HISTORIES["late"], on=ON, every="1 month", **how
        )

    with pytest.raises(ArgumentError, match="leave it out for all"):
        asked(rules=())
    with pytest.raises(ArgumentError, match="day of the audit, 2025-06-30"):
        asked(start="2026-01-01")


@pytest.mark.parametrize("share", [2, -0.1, "a half", None, float("nan"), True])
def test_a_share_of_gaps_lies_between_none_and_all(
    guideline: Guideline, share: Any
) -> None:
    found = audited(guideline)

    assert found.days_between(0.5) is not None
    with pytest.raises(ArgumentError, match=r"`share` has to be .* 0 to 1, .* median"):
        found.days_between(share)
