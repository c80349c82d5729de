"""What an audit keeps beside its findings: what was given, what was due, what nobody recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import b12guide
from b12guide.audit.history import history_from
from b12guide.audit.pattern import pattern_of
from b12guide.audit.run import replay_of

GUIDELINE = b12guide.load("mecobalamin_im")
USUAL = {
    "facts": {"age": 45, "b12_deficiency": True, "ileal_resection": 0, "egfr": 80},
    "otherwise": "absent",
}
FIRST = dt.date(2024, 1, 8)
LOADING = [FIRST + dt.timedelta(n) for n in (0, 2, 4, 7, 9, 11)]
ON = dt.date(2025, 1, 8)


def dose(day: dt.date, **more: Any) -> dict[str, Any]:
    found = {"on": str(day), "dose": "hydroxocobalamin", "amount": "1000 µg"}
    return {**found, "route": "intramuscular", **more}


def audited(*events: dict[str, Any]) -> b12guide.Audit:
    return GUIDELINE.audit(USUAL, list(events), on=ON)


def pattern(*events: dict[str, Any]) -> Any:
    replay = replay_of(
        GUIDELINE.evaluator,
        b12guide.patient_from(USUAL),
        history_from(list(events), GUIDELINE.graph),
        ON,
    )
    return pattern_of(replay)


def test_a_dose_is_due_one_interval_after_the_last() -> None:
    audit = audited(*map(dose, LOADING))
    due = [one.window for one in audit.due if one.rule == "maintenance_standard"]

    assert [(str(w.earliest), str(w.latest)) for w in due] == [
        ("2024-03-19", "2024-04-19")
    ]
    assert len(audit.record) == 6


def test_what_is_due_is_counted_from_the_dose_that_was_given() -> None:
    late = dt.date(2024, 6, 3)
    audit = audited(*map(dose, [*LOADING, late]))
    due = [one.window for one in audit.due if one.rule == "maintenance_standard"]

    assert str(due[-1].earliest) == "2024-08-03"
    assert due[0].latest < late


def test_nothing_is_due_after_the_day_of_the_audit_or_by_a_rule_that_did_not_apply() -> (
    None
):
    audit = audited(*map(dose, [*LOADING, dt.date(2024, 12, 20)]))

    assert max(one.window.earliest for one in audit.due) <= ON
    assert "maintenance_neurological" not in {one.rule for one in audit.due}


def test_a_gap_belongs_to_the_rules_that_applied_in_it() -> None:
    gaps = pattern(*map(dose, [*LOADING, dt.date(2024, 4, 1)])).gaps

    assert [gap.rules for gap in gaps[:5]] == [frozenset({"loading_standard"})] * 5
    assert "maintenance_standard" in gaps[5].rules
    assert not any("maintenance_neurological" in gap.rules for gap in gaps)


def test_a_rule_without_a_record_to_judge_by_is_not_taken_for_kept() -> None:
    bare = pattern(*map(dose, LOADING))
    told = pattern(
        *(dose(day, site="deltoid") for day in LOADING),
        {"on": "2024-04-10", "test": "serum_b12", "value": "400 pg/mL"},
    )

    for rule in ("no_routine_buttock", "buttock_direction", "three_month_check"):
        assert rule in bare.applied
        assert rule not in bare.recorded
        assert rule in told.recorded
    assert "homocysteine_target" not in told.recorded
    assert "loading_standard" in bare.recorded


def test_a_needle_in_the_buttock_says_nothing_of_its_direction() -> None:
    gluteal = pattern(*(dose(day, site="gluteal") for day in LOADING))

    assert "buttock_direction" not in gluteal.recorded
    assert "no_routine_buttock" in gluteal.recorded
