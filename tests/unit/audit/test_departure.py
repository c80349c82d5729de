"""The rules of severity, each on a small case, and on a guideline without a word on vitamin B12."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest

import b12guide
from b12guide import Guideline
from b12guide.audit.finding import (
    STRICT,
    USUAL,
    Audit,
    Finding,
    Gravity,
    What,
    tolerance_of,
)
from b12guide.errors import UnknownNameError
from b12guide.guideline import FamilyName
from tests.clinical.asking import Json
from tests.clinical.dosing import LOADED, audited, checked, found, injected

FOLIC: Json = {"start": "folic_acid", "amount": "400 µg", "frequency": "daily"}
AFTER_BYPASS: Json = {"bariatric_procedure": "roux_en_y", "planning_pregnancy": True}
SIX_DAYS = tuple(f"2025-01-{day:02}" for day in (6, 8, 10, 13, 15, 17))


@cache
def zinc() -> Guideline:
    return b12guide.load(Path(__file__).parent / "zinc" / "zinc_care.gdl")


def zinc_audit(facts: Json, *rows: Json, family: FamilyName = "form") -> Audit:
    told: Json = {"otherwise": "absent", "facts": facts}
    return zinc().audit(told, rows, on=dt.date(2026, 6, 1), families=[family])


def one(audit: Audit, statement: str) -> Finding:
    (finding,) = [f for f in audit.findings if statement in f.statements]
    return finding


def missing(finding: Finding) -> set[What]:
    return {m.what for m in finding.missing}


# ------------------------------------------------------- certain, silent, our reading


GLUCONATE: Json = {"on": "2026-01-05", "dose": "zinc_gluconate"}


def test_what_contradicts_a_certain_statement_is_a_violation() -> None:
    finding = one(zinc_audit({"lack": True, "child": True}, GLUCONATE), "A2")

    assert (finding.gravity, finding.missing) == (Gravity.VIOLATION, ())


def test_an_unknown_condition_leaves_it_unresolved_and_is_named() -> None:
    facts = {"lack": True, "child": None}
    finding = one(zinc_audit(facts, GLUCONATE), "A2")

    assert finding.gravity is Gravity.UNRESOLVED
    assert missing(finding) == {What.CONDITION}
    assert "child" in finding.text


def test_a_condition_that_holds_by_our_reading_alone_is_unresolved_and_quotes_it() -> (
    None
):
    rash = one(zinc_audit({"lack": True, "rash": True}, GLUCONATE), "A2")
    both = one(zinc_audit({"lack": True, "rash": True, "child": True}, GLUCONATE), "A2")

    assert rash.gravity is Gravity.UNRESOLVED
    assert missing(rash) == {What.READING}
    assert "Z1" in rash.text
    assert rash.missing[0].quote.startswith("A rash counts")
    assert both.gravity is Gravity.VIOLATION


def test_a_silence_on_the_route_leaves_it_unresolved_and_is_quoted() -> None:
    row = {"on": "2026-01-05", "dose": "zinc_acetate", "route": "rectal"}
    silent = one(zinc_audit({"lack": True, "clotting": True}, row), "A4")
    told = one(zinc_audit({"lack": True}, row), "A4")

    assert silent.gravity is Gravity.UNRESOLVED
    assert missing(silent) == {What.SILENCE}
    assert silent.missing[0].quote == "The rectal route is not mentioned."
    assert "Z2" in silent.text
    assert told.gravity is Gravity.VIOLATION


def test_what_is_to_be_avoided_is_warned_of_and_never_stands_in_a_violation() -> None:
    facts = {"lack": True, "child": True, "clotting": True}
    audit = zinc_audit(facts, GLUCONATE)

    assert one(audit, "A3").gravity is Gravity.WARNING
    assert one(audit, "A2").gravity is Gravity.VIOLATION


def test_a_bound_read_as_inclusive_decides_only_beside_it() -> None:
    def at(platelets: float) -> Gravity:
        rows = injected("2025-01-06", needle="21 G", pressure="6 minutes")
        audit = audited(rows, "2025-01-07", only=["technique"], platelets=platelets)
        return one(audit, "S30").gravity

    assert at(30) is Gravity.VIOLATION
    assert at(25) is at(50) is Gravity.UNRESOLVED


def test_glossitis_alone_is_no_ground_for_a_violation() -> None:
    audit = audited(LOADED, "2025-02-01", only=["interval"], glossitis=True)

    rested = [f for f in audit.findings if "T08" in f.text]

    assert Gravity.VIOLATION not in {f.gravity for f in audit.findings}
    assert [f.gravity for f in rested] == [Gravity.UNRESOLVED]


# ---------------------------------------------------------------------- withholding


def test_folic_acid_for_a_pregnancy_is_not_held_against_s26() -> None:
    before = audited(
        [{"on": "2025-01-02", **FOLIC}, *LOADED], "2025-03-01", **AFTER_BYPASS
    )
    after = audited(
        [*LOADED, {"on": "2025-02-03", **FOLIC}], "2025-03-01", **AFTER_BYPASS
    )

    for audit in (before, after):
        finding = one(audit, "S26")
        assert finding.gravity is Gravity.UNRESOLVED
        assert "T31" in finding.text
        assert finding.missing[0].quote.startswith(
            "Folic acid for a planned or current pregnancy"
        )
    gate = one(before, "S25")
    assert (gate.gravity, gate.statements) == (Gravity.VIOLATION, ("S25", "S45"))
    assert gate.challenges == ("A25",)
    assert [s.noted_as for s in gate.silences] == [("T31",)]
    assert one(after, "S45").gravity is Gravity.UNRESOLVED
    assert "6 of 6 loading doses, no level" in one(after, "S45").text


def test_nobody_is_held_to_s45_who_does_not_need_vitamin_b12() -> None:
    pregnant: Json = {"pregnancy": True, "b12_deficiency": False}
    audit = audited([{"on": "2025-01-02", **FOLIC}], "2025-03-01", **pregnant)

    assert {f.gravity for f in audit.findings} == {Gravity.UNRESOLVED}


def test_a_level_on_record_may_be_what_was_asked_for() -> None:
    level = {"on": "2025-01-20", "test": "serum_b12", "value": "600 pg/mL"}
    rows = [level, {"on": "2025-02-03", **FOLIC, "amount": "5 mg"}]
    known: Json = {"folate_deficiency": True}
    audit = audited(rows, "2025-03-01", b12_deficiency=False, **known)
    finding = one(audit, "S45")

    assert finding.gravity is Gravity.UNRESOLVED
    assert "serum vitamin B12 600 pg/mL on 2025-01-20" in finding.text

    deficient = {"value": True, "on": "2025-01-21"}
    known |= {"b12_deficiency": deficient}
    assert one(audited(rows, "2025-03-01", **known), "S45").gravity is (
        Gravity.VIOLATION
    ), "a level from before the diagnosis shows no repletion"


def test_a_denied_event_is_a_violation_even_after_treatment_began() -> None:
    rows = [*LOADED, {"on": "2025-02-03", **FOLIC}]
    audit = audited(rows, "2025-03-01", b12_repleted=False)

    assert one(audit, "S45").gravity is Gravity.VIOLATION
    assert "denied" in one(audit, "S45").text


def test_other_drugs_of_other_guidelines_wait_by_the_same_rules() -> None:
    copper: Json = {"on": "2026-01-05", "start": "copper"}
    dose: Json = {"on": "2026-01-07", "dose": "zinc_acetate"}

    def gravity(facts: Json, *rows: Json) -> Gravity:
        return one(zinc_audit(facts, *rows, family="folate"), "A5").gravity

    assert gravity({"lack": True}, copper, dose) is Gravity.VIOLATION
    assert gravity({"lack": True}, {**copper, "on": "2026-01-07"}, dose) is (
        Gravity.VIOLATION
    )
    assert gravity({"lack": True}, dose, {**copper, "on": "2026-01-08"}) is (
        Gravity.UNRESOLVED
    )
    assert gravity({}, copper) is Gravity.UNRESOLVED
    assert gravity({"filled": False}, copper) is Gravity.VIOLATION
    filled: Json = {"on": "2026-01-05", "event": "filled"}
    assert zinc_audit({"lack": True}, filled, copper, family="folate").findings == ()


# --------------------------------------------------------------------------- undated


def test_a_fact_without_a_date_does_not_reach_back_for_ever() -> None:
    rows = [{"on": "2024-06-01", **FOLIC}, *LOADED]
    undated = audited(rows, "2025-03-01")
    dated = audited(
        rows, "2025-03-01", b12_deficiency={"value": True, "on": "2024-01-01"}
    )

    assert one(undated, "S45").gravity is Gravity.UNRESOLVED
    assert "has no date; taken as always known" in one(undated, "S45").text
    assert undated.undated == ("b12_deficiency",)
    assert one(dated, "S25").gravity is Gravity.VIOLATION
    assert dated.undated == ()


# ------------------------------------------------------------------------- counting


def test_one_late_dose_is_one_finding_with_all_its_statements() -> None:
    rows = [*LOADED, *injected("2025-06-20")]
    audit = audited(rows, "2025-06-30", only=["interval"])
    (finding,) = audit.findings

    assert found(audit) == [("2025-04-17", "violation", "S04 S14 S15")]
    assert finding.rule.name == "maintenance_without_neurology"
    assert set(finding.rules) == {
        "maintenance_standard",
        "maintenance_without_neurology",
    }
    assert [row.rule.name for row in finding.rows] == list(finding.rules)


@pytest.mark.parametrize("family", ["form", "technique"])
def test_six_alike_are_one_finding_with_six_days(family: str) -> None:
    rows = injected(*SIX_DAYS, drug="cyanocobalamin", site="gluteal")
    audit = audited(rows, "2025-02-01", only=[family], egfr="32 mL/min")
    (finding,) = audit.findings

    assert "on 6 days: 2025-01-06" in finding.text
    assert {row.compared[-1].isoformat() for row in finding.rows} == {*SIX_DAYS}


def test_one_missing_test_is_one_finding_whoever_asks_for_it() -> None:
    rows = [*LOADED, *injected("2025-04-07")]
    audit = audited(rows, "2025-05-01", only=["monitoring"], **AFTER_BYPASS)

    assert ("2025-04-06", "violation", "S32 S38") in found(audit)


def test_the_buttock_is_routine_where_both_ways_of_counting_agree() -> None:
    once = injected("2025-01-06", "2025-01-08", site="gluteal")
    rows = [*once, *injected(*SIX_DAYS[2:], "2025-01-20")]
    audit = audited(rows, "2025-02-01", only=["technique"])
    finding = one(audit, "S27")

    assert [row.gravity for row in finding.rows if row.statements == ("S27",)] == [
        Gravity.INFO,
        Gravity.INFO,
    ]
    assert "T34" in finding.text


# ------------------------------------------------------------------------ monitoring


def test_whoever_stays_away_has_tests_missing() -> None:
    rows = [*LOADED, *injected("2025-04-07"), *checked("2025-04-07")]
    audit = audited(rows, "2026-06-01", only=["monitoring"])

    assert found(audit) == [
        ("2025-07-06", "violation", "S33"),
        ("2026-01-06", "violation", "S33"),
    ]


def test_one_early_test_does_not_serve_a_year() -> None:
    rows = [*LOADED, *checked("2025-01-17")]
    audit = audited(rows, "2026-06-01", only=["monitoring"])

    assert [day for day, _, _ in found(audit)] == [
        "2025-04-06",
        "2025-07-06",
        "2026-01-06",
    ]


def test_one_test_serves_one_of_two_targets_within_its_reach() -> None:
    wide = tolerance_of("tests=60")
    rows = [*LOADED, *injected("2025-05-20"), *checked("2025-05-20")]
    audit = audited(rows, "2025-10-01", only=["monitoring"], tolerance=wide)

    assert found(audit) == [("2025-07-06", "violation", "S33")]


@pytest.mark.parametrize(
    ("last", "is_in_time"), [("2025-02-20", True), ("2025-02-19", False)]
)
def test_before_a_dose_reaches_half_an_interval(last: str, *, is_in_time: bool) -> None:
    rows = [*LOADED, *injected(last), *checked(last)]
    audit = audited(rows, "2025-07-01", only=["monitoring"])
    due = [f for f in audit.findings if f.on == dt.date(2025, 4, 6)]

    assert (due == []) is is_in_time  # 91 days from 6 April, so 45 before it


# ------------------------------------------------------------------ what is told beside


def test_challenges_and_silences_stand_beside_findings() -> None:
    tablets = {"on": "2025-01-10", "start": "mecobalamin", "route": "oral"}
    rows = [tablets, {"on": "2025-01-12", **FOLIC}]
    audit = audited(rows, "2025-03-01", b12_deficiency=False, **AFTER_BYPASS)

    assert one(audit, "S19").challenges == ("T17",)
    assert "T17" in {c.name for c in audit.challenges}
    assert ("T31",) in {s.noted_as for s in audit.silences}


def test_whoever_has_no_reason_for_treatment_is_told_so() -> None:
    audit = audited([], "2025-03-01", b12_deficiency=False)

    assert any("gives a reason for the treatment" in text for text in audit.notices)
    assert not any("reason" in text for text in audited(LOADED, "2025-01-18").notices)


# ------------------------------------------------------------------------- tolerance


def test_a_tolerance_goes_by_its_name_or_its_numbers() -> None:
    assert tolerance_of("usual") is USUAL
    assert tolerance_of(STRICT) is STRICT
    own = tolerance_of("doses=3, loading=2")
    assert (own.doses, own.tests, own.loading) == (3, 14, 2)
    for wrong in ("usul", "doses", "doses=x", "share=2"):
        with pytest.raises(UnknownNameError, match=f"no tolerance `{wrong}`"):
            tolerance_of(wrong)
