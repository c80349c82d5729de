"""Worked dosing histories: what an audit has to find in each, and nothing beside it."""

from __future__ import annotations

import pytest

from b12guide.audit.finding import STRICT, USUAL, Gravity, Tolerance
from b12guide.audit.history import history_from
from b12guide.errors import PatientError
from tests.clinical.asking import ADULT, Json, shipped
from tests.clinical.dosing import (
    LOADED,
    alternate_days,
    audited,
    audited_patient,
    checked,
    found,
    injected,
    monthly_from,
)

FOLIC_ACID: Json = {"start": "folic_acid", "amount": "5 mg", "frequency": "daily"}
PROPHYLAXIS: Json = {"b12_deficiency": False}
NEUROLOGICAL: Json = {"paresthesia": True}


# ------------------------------------------------------------------- the worked cases


def test_a01_a_year_as_the_guideline_has_it_finds_nothing() -> None:
    rows = [
        *LOADED,
        *injected("2025-04-07", "2025-07-07", "2025-10-06", "2026-01-05"),
        *checked("2025-04-07", "2025-07-07", "2026-01-05"),
    ]

    assert found(audited(rows, "2026-01-31")) == []


def test_a02_folic_acid_before_the_first_dose_is_a_violation() -> None:
    days = ("10", "12", "14", "17", "19", "21")
    rows = [
        {"on": "2025-02-01", **FOLIC_ACID},
        *injected(*(f"2025-02-{day}" for day in days)),
    ]

    assert found(
        audited(rows, "2025-03-01", only=["folate"], folate_deficiency=True)
    ) == [("2025-02-01", "violation", "S25 S45")]


def test_a05_a_gap_of_five_months_is_a_violation_and_monthly_doses_are_told() -> None:
    rows = [*LOADED, *injected("2025-06-20", "2025-07-20", "2025-08-20")]

    assert found(audited(rows, "2025-09-01", only=["form", "interval"])) == [
        ("2025-04-17", "violation", "S04 S14 S15"),
        ("2025-07-20", "info", "S16"),
    ]


def test_a07_cyanocobalamin_in_diabetic_nephropathy_is_warned_of_each_time() -> None:
    days = ("2025-01-10", "2025-02-10", "2025-03-10")
    answer = audited(
        injected(*days, drug="cyanocobalamin"),
        "2025-03-31",
        only=["form"],
        diabetes=True,
        nephropathy=True,
        egfr="80 mL/min",
    )

    assert found(answer) == [("2025-01-10", "warning", "S24")]
    assert [row.on.isoformat() for row in answer.findings[0].rows] == [*days]


def test_a10_prophylaxis_that_came_late_and_too_seldom_is_a_violation() -> None:
    rows = injected("2025-06-01", "2025-09-01", "2025-12-01")
    answer = audited(
        rows,
        "2025-12-15",
        only=["form", "interval"],
        ileal_resection={"value": "35 cm", "on": "2024-01-15"},
        **PROPHYLAXIS,
    )

    assert found(answer) == [
        ("2024-02-15", "violation", "S20"),
        ("2025-07-01", "violation", "S20"),
        ("2025-10-01", "violation", "S20"),
    ]


def test_a12_needle_and_pressure_are_judged_by_the_platelets_of_the_day() -> None:
    rows = [
        *injected("2025-02-03", needle="21 G", pressure="1 minute"),
        *injected("2025-02-05", needle="25 G", pressure="6 minutes"),
        *injected("2025-04-10", needle="21 G", pressure="0 minutes"),
    ]
    platelets = [
        {"value": "32 x10^9/L", "on": "2025-02-01"},
        {"value": "120 x10^9/L", "on": "2025-04-01"},
    ]
    answer = audited(rows, "2025-04-30", only=["technique"], platelets=platelets)

    assert found(answer) == [("2025-02-03", "violation", "S30 S31")]


def test_a15_a_test_after_the_dose_without_companions_and_a_missing_one() -> None:
    rows = [
        *LOADED,
        *injected("2025-04-14", "2025-07-14", "2025-10-13", "2026-01-12"),
        {"on": "2025-04-17", "test": "serum_b12", "value": "410 pg/mL"},
        *checked("2026-01-12"),
    ]

    assert found(audited(rows, "2026-01-31")) == [
        ("2025-04-17", "violation", "S34 S37"),
        ("2025-07-06", "violation", "S33"),
    ]


def test_ax1_two_years_of_monthly_doses_are_only_told() -> None:
    rows = [*LOADED, *injected(*monthly_from(2025, 2, 17, 23))]
    answer = audited(rows, "2027-01-10", only=["form", "interval"])

    assert {(f.gravity, f.statements) for f in answer.findings} == {
        (Gravity.INFO, ("S16",))
    }


def test_ax3_a_thousand_milligrams_are_refused() -> None:
    with pytest.raises(PatientError, match="implausible dose") as refused:
        history_from(injected("2025-01-06", amount="1000 mg"), shipped()[0].graph)

    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "GDL726"
    assert "row 1, `amount`: `1000 mg`" in refused.value.detailed()
    assert diagnostic.help[0].message == (
        "is the unit right? `1000 µg` would be plausible"
    )


@pytest.mark.parametrize("tolerance", [USUAL, STRICT], ids=["usual", "strict"])
def test_the_dose_findings_of_the_worked_cases_hold_for_either_tolerance(
    tolerance: Tolerance,
) -> None:
    rows = [*LOADED, *injected("2025-06-20", "2025-07-20", "2025-08-20")]
    answer = audited(rows, "2025-09-01", only=["interval"], tolerance=tolerance)

    assert found(answer)[0] == ("2025-04-17", "violation", "S04 S14 S15")


# --------------------------------------------------------------------------- folate


def test_folic_acid_after_the_first_dose_is_unresolved_without_a_record_of_repletion() -> (
    None
):
    rows = [*LOADED, {"on": "2025-02-01", **FOLIC_ACID}]
    answer = audited(rows, "2025-03-01", only=["folate"], folate_deficiency=True)

    assert found(answer) == [("2025-02-01", "unresolved", "S25 S45")]
    assert {f.needs for f in answer.findings} == {("b12_repleted",)}


def test_folic_acid_after_repletion_is_right_where_folate_deficiency_is_documented() -> (
    None
):
    rows = [
        *LOADED,
        {"on": "2025-02-01", "event": "b12_repleted"},
        {"on": "2025-02-01", **FOLIC_ACID},
    ]
    documented = audited(rows, "2025-03-01", only=["folate"], folate_deficiency=True)
    undocumented = audited(rows, "2025-03-01", only=["folate"])

    assert found(documented) == []
    assert found(undocumented) == [("2025-02-01", "violation", "S26")]


def test_denied_repletion_makes_folic_acid_a_violation() -> None:
    rows = [*LOADED, {"on": "2025-02-01", **FOLIC_ACID}]
    answer = audited(
        rows, "2025-03-01", only=["folate"], folate_deficiency=True, b12_repleted=False
    )

    assert {f.gravity for f in answer.findings} == {Gravity.VIOLATION}


def test_folic_acid_on_the_day_of_the_first_dose_is_too_early() -> None:
    rows = [*injected("2025-02-01"), {"on": "2025-02-01", **FOLIC_ACID}]
    answer = audited(rows, "2025-02-02", only=["folate"], folate_deficiency=True)

    assert found(answer) == [("2025-02-01", "violation", "S25 S45")]


def test_another_amount_of_folic_acid_departs_from_the_rule() -> None:
    rows = [
        *LOADED,
        {"on": "2025-02-01", "event": "b12_repleted"},
        {"on": "2025-02-02", **FOLIC_ACID, "amount": "0.4 mg"},
    ]
    answer = audited(rows, "2025-03-01", only=["folate"], folate_deficiency=True)

    assert found(answer) == [("2025-02-02", "violation", "S26")]


# -------------------------------------------------------------------------- loading


def test_a_history_that_ends_before_anything_is_due_finds_nothing() -> None:
    assert found(audited(LOADED, "2025-01-20")) == []
    assert found(audited(injected("2025-01-06"), "2025-01-11")) == []


def test_missing_loading_doses_are_found_when_the_first_was_due() -> None:
    rows = injected("2025-01-06", "2025-04-07", "2025-07-07")

    assert found(audited(rows, "2025-08-01", only=["interval"])) == [
        ("2025-01-12", "violation", "S13")
    ]


def test_six_doses_in_six_days_are_one_remark_on_the_spread() -> None:
    rows = injected(*(f"2025-01-{day:02}" for day in range(6, 12)))
    (finding,) = audited(rows, "2025-01-22", only=["interval"]).findings

    assert (finding.on.isoformat(), finding.gravity) == ("2025-01-09", Gravity.INFO)
    assert finding.text.startswith(
        "6 doses were given in 6 days, printed over 2 weeks;"
    )


@pytest.mark.parametrize("seventh", ["2025-01-18", "2025-01-19"])
def test_a_seventh_dose_is_told_as_no_upper_limit_is_printed(seventh: str) -> None:
    (finding,) = audited(
        [*LOADED, *injected(seventh)], "2025-01-22", only=["interval"]
    ).findings

    assert finding.gravity is Gravity.INFO
    assert "7 doses where 6 are printed; no upper limit is stated" in finding.text


def test_five_of_six_doses_are_a_violation() -> None:
    (finding,) = audited(LOADED[:-1], "2025-02-20", only=["interval"]).findings

    assert found(audited(LOADED[:-1], "2025-02-20", only=["interval"])) == [
        ("2025-01-19", "violation", "S13")
    ]
    assert "5 of 6 loading doses are recorded" in finding.text
    assert found(audited(LOADED[:-1], "2025-01-19", only=["interval"])) == []


def test_daily_doses_with_neurological_symptoms_are_told() -> None:
    rows = injected("2025-01-06", "2025-01-07", "2025-01-08")

    assert found(audited(rows, "2025-01-09", only=["interval"], **NEUROLOGICAL)) == [
        ("2025-01-07", "info", "S09")
    ]


def test_a_weekend_within_alternate_days_is_a_matter_of_our_reading() -> None:
    usual = audited(LOADED, "2025-01-18", only=["interval"], **NEUROLOGICAL)
    strict = audited(
        LOADED, "2025-01-18", only=["interval"], tolerance=STRICT, **NEUROLOGICAL
    )

    assert found(usual) == [("2025-01-12", "info", "S09")]
    assert "our reading of the spacing only (T10 T44 A10)" in usual.findings[0].text
    assert found(strict) == [("2025-01-12", "violation", "S09")]


def test_two_days_too_late_within_alternate_days_are_a_violation() -> None:
    rows = injected("2025-01-06", "2025-01-08", "2025-01-12", "2025-01-14")
    answer = audited(rows, "2025-01-15", only=["interval"], **NEUROLOGICAL)

    assert found(answer) == [("2025-01-10", "violation", "S09")]


def test_loading_that_stops_without_a_recorded_plateau_is_unresolved() -> None:
    rows = injected(*alternate_days("2025-01-06", 20), "2025-04-13", "2025-06-13")
    answer = audited(rows, "2025-06-20", only=["interval"], **NEUROLOGICAL)

    assert found(answer) == [("2025-02-15", "unresolved", "S09")]
    assert answer.findings[0].needs == ("neurological_plateau",)


def test_a_plateau_that_was_recorded_later_did_not_end_loading_earlier() -> None:
    rows = [
        *injected(*alternate_days("2025-01-06", 10), "2025-03-24"),
        {"on": "2025-02-25", "event": "neurological_plateau"},
    ]
    answer = audited(rows, "2025-03-25", only=["interval"], **NEUROLOGICAL)

    assert found(answer) == [("2025-01-26", "unresolved", "S09")]


def test_a_denied_plateau_makes_the_stop_a_violation() -> None:
    rows = injected(*alternate_days("2025-01-06", 20), "2025-04-13")
    answer = audited(
        rows,
        "2025-04-14",
        only=["interval"],
        neurological_plateau=False,
        **NEUROLOGICAL,
    )

    assert found(answer) == [("2025-02-15", "violation", "S09")]


def test_loading_may_lie_before_a_record_of_earlier_treatment() -> None:
    rows = injected("2025-01-06", "2025-04-07")
    answer = audited(rows, "2025-04-10", only=["interval"], b12_treatment=True)

    assert {f.gravity for f in answer.findings} == {Gravity.UNRESOLVED}


# ---------------------------------------------------------------------- maintenance


def test_three_months_are_too_long_after_neurological_symptoms() -> None:
    plateau = {"on": "2025-02-14", "event": "neurological_plateau"}
    loading = [*injected(*alternate_days("2025-01-06", 20)), plateau]
    every_three = [*loading, *injected("2025-05-13", "2025-08-13")]
    every_two = [*loading, *injected("2025-04-13", "2025-06-13", "2025-08-13")]

    assert found(
        audited(every_three, "2025-08-20", only=["interval"], **NEUROLOGICAL)
    ) == [("2025-04-13", "violation", "S12"), ("2025-07-13", "violation", "S12")]
    assert (
        found(audited(every_two, "2025-08-20", only=["interval"], **NEUROLOGICAL)) == []
    )


def test_what_is_overdue_depends_on_the_day_of_the_audit_and_the_tolerance() -> None:
    def overdue(on: str, tolerance: Tolerance) -> bool:
        return bool(
            audited(LOADED, on, only=["interval"], tolerance=tolerance).findings
        )

    assert not overdue("2025-04-17", STRICT)
    assert overdue("2025-04-18", STRICT)
    assert not overdue("2025-04-24", USUAL)
    assert overdue("2025-04-25", USUAL)


def test_a_gap_is_judged_by_the_lengths_of_its_own_months() -> None:
    rows = [*LOADED, *injected("2025-02-28", "2025-05-31")]

    assert not [
        f
        for f in audited(
            rows, "2025-06-01", only=["interval"], tolerance=STRICT
        ).findings
        if f.gravity is Gravity.VIOLATION
    ]


def test_a_conflict_of_the_source_is_not_held_against_the_patient() -> None:
    facts: Json = {"ileal_resection": "35 cm", "egfr": "35 mL/min", **PROPHYLAXIS}
    quarterly = audited(
        injected("2025-01-06", "2025-04-06"), "2025-04-10", only=["interval"], **facts
    )
    seldom = audited(
        injected("2025-01-06", "2025-09-06"), "2025-09-10", only=["interval"], **facts
    )

    assert found(quarterly) == [("2025-02-06", "info", "S20")]
    assert "the source contradicts itself" in quarterly.findings[0].text
    assert "T51" in quarterly.findings[0].assumptions
    assert ("2025-04-06", "violation", "S20 S23") in found(seldom)


def test_an_unknown_fact_leaves_the_interval_unresolved() -> None:
    facts: Json = {
        "age": 45,
        "b12_treatment": True,
        "egfr": 90,
        "ileal_resection": "0 cm",
    }
    rows = injected("2025-01-06", "2025-04-06")
    answer = audited_patient(
        facts, rows, "2025-04-07", only=["interval"], otherwise="unknown"
    )

    assert answer.findings
    assert {f.gravity for f in answer.findings} == {Gravity.UNRESOLVED}


def test_an_option_of_tablets_after_loading_is_told_and_covers_the_interval() -> None:
    tablets = {
        "on": "2025-02-10",
        "start": "mecobalamin",
        "amount": "1000 µg",
        "route": "oral",
        "frequency": "daily",
    }
    answer = audited([*LOADED, tablets], "2025-12-01", only=["form", "interval"])

    assert found(answer) == [("2025-02-10", "info", "S48")]


def test_tablets_that_are_too_weak_are_warned_of() -> None:
    tablets = {"start": "mecobalamin", "amount": "500 µg", "route": "oral"}
    answer = audited([*LOADED, {"on": "2025-02-10", **tablets}], "2025-03-01")

    assert ("2025-02-10", "warning", "S48") in found(answer)


def test_tablets_do_not_stand_in_for_loading() -> None:
    tablets = {"on": "2025-02-10", "start": "mecobalamin", "route": "oral"}
    answer = audited([tablets], "2025-12-01", only=["interval"])

    assert ("2025-02-10", "violation", "S13") in found(answer)


def test_tablets_after_a_bypass_are_a_violation_and_keep_no_interval() -> None:
    tablets = {
        "on": "2025-01-10",
        "start": "mecobalamin",
        "amount": "1000 µg",
        "route": "oral",
    }
    facts: Json = {"bariatric_procedure": "roux_en_y", **PROPHYLAXIS}
    answer = audited([tablets], "2025-12-01", only=["form", "interval"], **facts)

    assert found(answer) == [
        ("2025-01-10", "violation", "S19"),
        ("2025-04-10", "violation", "S18 S19"),
    ]


def test_tablets_after_a_sleeve_gastrectomy_are_right() -> None:
    tablets = {
        "on": "2025-01-10",
        "start": "hydroxocobalamin",
        "amount": "1000 µg",
        "route": "oral",
    }
    facts: Json = {"bariatric_procedure": "sleeve_gastrectomy", **PROPHYLAXIS}

    assert (
        found(audited([tablets], "2025-12-01", only=["form", "interval"], **facts))
        == []
    )


# ------------------------------------------------------------------ form and amount


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"egfr": "49.9 mL/min"}, ("violation", "S05")),
        ({"egfr": None}, ("unresolved", "S05")),
        ({"inherited_cobalamin_defect": True}, ("violation", "S08")),
        ({"egfr": "50 mL/min"}, ("info", "S03")),
    ],
)
def test_cyanocobalamin_is_judged_by_what_was_known(
    facts: Json, expected: tuple[str, str]
) -> None:
    rows = injected("2025-01-06", drug="cyanocobalamin")

    assert found(audited(rows, "2025-01-07", only=["form"], **facts)) == [
        ("2025-01-06", *expected)
    ]


def test_a_kidney_value_that_came_later_is_not_held_against_an_earlier_dose() -> None:
    rows = injected("2025-01-06", "2025-01-08", drug="cyanocobalamin")
    egfr = [{"value": 80, "on": "2024-12-01"}, {"value": 40, "on": "2025-01-07"}]
    answer = audited(rows, "2025-01-09", only=["form"], egfr=egfr)

    assert found(answer) == [
        ("2025-01-06", "info", "S03"),
        ("2025-01-08", "violation", "S05"),
    ]


@pytest.mark.parametrize("amount", ["500 µg", "2 mg"])
def test_another_amount_is_a_violation(amount: str) -> None:
    rows = injected("2025-01-06", amount=amount)

    assert found(audited(rows, "2025-01-07", only=["form"])) == [
        ("2025-01-06", "violation", "S13")
    ]


@pytest.mark.parametrize("amount", ["1000 µg", "1 mg", "1000 mcg", "0.001 g"])
def test_the_same_amount_in_another_unit_is_the_same(amount: str) -> None:
    assert found(audited(injected("2025-01-06", amount=amount), "2025-01-07")) == []


# ------------------------------------------------------------------------ technique


def test_the_buttock_once_with_the_right_technique_is_allowed() -> None:
    once = injected(
        "2025-01-06", site="buttock", quadrant="upper outer", direction="anterior"
    )

    assert found(audited([*once, *injected("2025-01-08")], "2025-01-09")) == []


def test_the_buttock_twice_in_a_row_is_a_habit() -> None:
    rows = injected(
        "2025-01-06",
        "2025-01-08",
        site="gluteal",
        quadrant="upper_outer",
        direction="anteriorly",
    )

    assert found(audited(rows, "2025-01-09", only=["technique"])) == [
        ("2025-01-08", "warning", "S27")
    ]


def test_the_wrong_quadrant_is_a_violation_and_an_unknown_one_unresolved() -> None:
    rows = [
        *injected("2025-01-06", site="gluteal", quadrant="lower inner"),
        *injected("2025-01-08"),
        *injected("2025-01-10", site="gluteal", direction="anterior"),
    ]

    assert found(audited(rows, "2025-01-11", only=["technique"])) == [
        ("2025-01-06", "violation", "S28 S29"),
        ("2025-01-10", "unresolved", "S27 S28"),
        ("2025-01-10", "info", "S27"),
    ]


@pytest.mark.parametrize(
    ("platelets", "expected"),
    [(24.9, []), (25, ["S30", "S31"]), (50, ["S30", "S31"]), (50.1, [])],
)
def test_few_platelets_ask_for_a_fine_needle_and_long_pressure(
    platelets: float, expected: list[str]
) -> None:
    rows = injected("2025-01-06", needle="23 G", pressure="4 minutes")
    answer = audited(rows, "2025-01-07", only=["technique"], platelets=platelets)

    assert [s for f in answer.findings for s in f.statements] == expected


# ----------------------------------------------------------------------- monitoring


def test_missing_tests_are_found_when_they_became_due() -> None:
    rows = [*LOADED, *injected("2025-04-07", "2025-07-07")]

    assert found(audited(rows, "2025-08-01", only=["monitoring"])) == [
        ("2025-04-06", "violation", "S32"),
        ("2025-07-06", "violation", "S33"),
    ]
    assert found(audited(rows, "2025-04-15", only=["monitoring"])) == []


def test_a_late_test_is_told_with_its_delay() -> None:
    rows = [*LOADED, *injected("2025-03-17", "2025-05-17"), *checked("2025-05-17")]
    (finding,) = audited(rows, "2025-05-20", only=["monitoring"]).findings

    assert finding.on.isoformat() == "2025-04-06"
    assert "41 days late" in finding.text


def test_a_test_before_the_nearest_dose_counts_although_it_is_weeks_away() -> None:
    rows = [*LOADED, *injected("2025-03-17", "2025-05-17"), *checked("2025-03-17")]

    assert found(audited(rows, "2025-05-20", only=["monitoring"])) == []


def test_yearly_checks_follow_the_first_year() -> None:
    doses = injected(*monthly_from(2025, 3, 17, 24))
    first_year = checked("2025-04-17", "2025-07-17", "2026-01-17")
    rows = [*LOADED, *doses, *first_year]

    assert found(audited(rows, "2027-01-30", only=["monitoring"])) == []
    assert found(audited(rows, "2027-02-10", only=["monitoring"])) == [
        ("2027-01-17", "violation", "S35")
    ]


def test_other_nutrients_are_checked_after_bariatric_surgery() -> None:
    facts: Json = {"bariatric_procedure": "roux_en_y", **PROPHYLAXIS}
    doses = injected("2025-01-06", "2025-04-06", "2025-07-06")
    tests = [{"on": "2025-06-01", "test": name} for name in ("vitamin_d", "calcium")]
    answer = audited([*doses, *tests], "2025-08-01", only=["monitoring"], **facts)

    missing = [f for f in answer.findings if f.rule.name == "bariatric_nutrients"]
    assert [(f.on.isoformat(), f.gravity) for f in missing] == [
        ("2025-07-06", Gravity.VIOLATION)
    ]
    assert "thiamine" in missing[0].text
    assert "calcium" not in missing[0].text


def test_a_test_that_the_source_does_not_name_cannot_be_missed_for_certain() -> None:
    facts: Json = {"crohns_disease": True, "ileal_involvement": "70 cm", **PROPHYLAXIS}
    rows = [{"on": "2025-01-01", "test": "vitamin_b12_status"}]

    assert found(audited(rows, "2026-12-01", **facts)) == [
        ("2026-01-01", "unresolved", "S21")
    ]


def test_a_threshold_that_the_source_prints_as_a_range_is_unresolved() -> None:
    facts: Json = {"crohns_disease": True, "ileal_involvement": "45 cm", **PROPHYLAXIS}
    rows = [{"on": "2025-01-01", "test": "vitamin_b12_status"}]
    answer = audited(rows, "2026-12-01", **facts)

    assert {f.gravity for f in answer.findings} == {Gravity.UNRESOLVED}


def test_homocysteine_above_its_target_is_told() -> None:
    rows = [*LOADED, {"on": "2025-01-20", "test": "homocysteine", "value": "14 µmol/L"}]

    assert found(audited(rows, "2025-01-21", only=["monitoring"])) == [
        ("2025-01-20", "info", "S36")
    ]


# --------------------------------------------------------------------- continuation


def test_stopping_is_a_violation_and_changing_the_form_is_not() -> None:
    stop = {"on": "2025-04-17", "stop": "hydroxocobalamin"}
    rows = [*LOADED, stop]
    other = injected("2025-04-17", drug="mecobalamin")

    assert found(audited(rows, "2025-04-20", only=["continuation"])) == [
        ("2025-04-17", "violation", "S41")
    ]
    assert found(audited([*rows, *other], "2025-04-20", only=["continuation"])) == [
        ("2025-04-17", "info", "S41")
    ]


def test_stopping_folic_acid_is_nobody_s_business() -> None:
    rows = [*LOADED, {"on": "2025-04-17", "stop": "folic_acid"}]

    assert found(audited(rows, "2025-04-17", only=["continuation"])) == []


def test_the_old_interval_after_symptoms_returned_is_warned_of() -> None:
    returned = {"on": "2025-07-20", "event": "symptoms_returned"}
    rows = [*LOADED, *injected("2025-04-07", "2025-07-07"), returned]
    as_before = [*rows, *injected("2025-10-07")]
    monthly = [*rows, *injected("2025-08-07", "2025-09-07", "2025-10-07")]

    assert found(audited(as_before, "2025-10-10", only=["continuation"])) == [
        ("2025-07-20", "unresolved", "S44")
    ]
    assert found(audited(monthly, "2025-10-10", only=["continuation"])) == []


# ----------------------------------------------------------------- scope and record


def test_nothing_is_held_against_a_patient_outside_the_scope() -> None:
    answer = audited(injected("2025-01-06", amount="500 µg"), "2026-01-01", age=10)

    assert found(answer) == []
    assert "not written for this patient" in answer.notices[0]


def test_events_after_the_day_of_the_audit_are_counted_and_left_aside() -> None:
    rows = [*LOADED, *injected("2025-04-07")]
    answer = audited(rows, "2025-01-18")

    assert (answer.events, answer.later) == (6, 1)
    assert "1 of the events lie after 2025-01-18" in answer.notices[0]


def test_every_finding_says_what_it_rests_on() -> None:
    rows = [
        {"on": "2025-01-01", **FOLIC_ACID},
        *injected("2025-01-06", site="gluteal", amount="500 µg"),
        *injected("2025-01-07", site="gluteal", drug="cyanocobalamin"),
        {"on": "2025-03-03", "test": "serum_b12"},
        {"on": "2025-05-01", "stop": "hydroxocobalamin"},
    ]
    answer = audited(rows, "2026-06-01", egfr=30, platelets=30)

    assert len(answer.findings) > 8
    for finding in answer.findings:
        assert finding.rule.name in shipped()[0].graph.rules
        assert finding.statements
        assert finding.text
        assert finding.compared
        if finding.gravity is not Gravity.INFO:
            assert finding.limit
            assert finding.clears


def test_an_empty_history_of_a_patient_without_dates_is_told_and_not_judged() -> None:
    answer = audited_patient(ADULT, [], "2026-01-01")

    assert found(answer) == []
    assert answer.notices == ("the history records no dose of the treatment",)
