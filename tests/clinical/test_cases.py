"""Worked patients: what must be advised, what must not, and what must be asked or flagged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clinical.asking import Json, answer, ask
from tests.clinical.reading import (
    FORBIDDEN,
    MONITORING,
    applying,
    checks,
    every,
    fitting,
    months,
    orals,
    regimens,
    statements,
    verdicts,
)

THRICE_WEEKLY = {"times": 3, "per": {"value": 1, "unit": "week"}}
ALTERNATE_DAYS = every(2, 2, "day")
DAILY = every(1, 1, "day")
MONTHLY = every(1, 1, "month")
TWO_MONTHLY = every(2, 2, "month")
THREE_MONTHLY = every(3, 3, "month")
TWO_TO_THREE_MONTHLY = every(2, 3, "month")
MICROGRAMS_1000 = {"low": 1000, "high": 1000, "unit": "µg"}
MICROGRAMS_1000_TO_2000 = {"low": 1000, "high": 2000, "unit": "µg"}


def default(answer: Json, decision: str) -> Json:
    """The one regimen that a decision advises."""
    (option,) = regimens(answer, decision, alternative=False)
    return option


def ids(entries: list[Json]) -> set[str]:
    return {entry["id"] for entry in entries}


def topics(answer: Json) -> set[str]:
    return {entry["about"] for entry in answer["silent"]}


def remarks(answer: Json) -> set[str]:
    return {notice["rule"] for notice in answer["notices"]}


def is_injection(option: Json, frequency: Json) -> bool:
    return bool(
        option["dose"] == MICROGRAMS_1000
        and option["route"] == "intramuscular"
        and option["frequency"] == frequency
    )


TREATED: dict[str, dict[str, Any]] = {
    "nothing else": {},
    "neurological symptoms": {"paresthesia": True, "gait_disturbance": True},
    "reduced kidney function": {"egfr": "35 mL/min"},
    "diabetic nephropathy": {
        "diabetes": True,
        "nephropathy": True,
        "egfr": "75 mL/min",
    },
    "bypass, not deficient": {
        "b12_deficiency": False,
        "bariatric_procedure": "roux_en_y",
    },
    "sleeve, not deficient": {
        "b12_deficiency": False,
        "bariatric_procedure": "sleeve_gastrectomy",
    },
    "resection, not deficient": {"b12_deficiency": False, "ileal_resection": "25 cm"},
    "few platelets": {"platelets": "30 x10^9/L"},
    "folate deficiency": {"folate_deficiency": True},
    "severe deficiency": {"severe_deficiency": True},
    "a year of treatment": {
        "b12_treatment": True,
        "loading_complete": True,
        "b12_repleted": True,
    },
}


@pytest.mark.parametrize("facts", TREATED.values(), ids=TREATED)
def test_whoever_is_treated_is_given_hydroxocobalamin_before_mecobalamin(
    facts: dict[str, Any],
) -> None:
    form = ask(**facts)["decisions"]["form"]

    assert form["outcome"] == "determined"
    assert form["preferred"] == ["hydroxocobalamin"]
    assert form["acceptable"] == ["mecobalamin"]
    assert {"S03", "S01"} <= statements(form)


@pytest.mark.parametrize("facts", TREATED.values(), ids=TREATED)
def test_whoever_is_treated_is_monitored(facts: dict[str, Any]) -> None:
    said = ask(**facts)

    first_year, yearly = checks(said, "serum_b12")
    assert months(first_year) == [3, 6, 12]
    assert yearly["every"] == {"low": 1, "high": 1, "unit": "year"}
    assert yearly["after"] == "levels_stable"
    for option in (first_year, yearly):
        assert option["before_next_dose"]
        assert option["never_alone"]
        assert {*option["with"]} == {"ferritin", "transferrin_saturation"}
    assert [*checks(said, "neurological_review")]
    homocysteine = said["decisions"]["targets"]["options"][0]
    assert (homocysteine["measure"], homocysteine["operator"]) == ("homocysteine", "<")
    assert homocysteine["value"] == 10
    assert applying(said) >= MONITORING


@pytest.mark.parametrize("facts", TREATED.values(), ids=TREATED)
def test_what_must_never_be_done_is_said_to_everybody(facts: dict[str, Any]) -> None:
    said = ask(**facts)

    lifted = set() if facts.get("b12_deficiency", True) else {"S25"}
    if facts.get("b12_repleted", False):
        lifted = {"S25", "S45"}
    assert applying(said) & FORBIDDEN == FORBIDDEN - lifted
    assert statements(said["decisions"]["continuation"]) == {"S41"}


def test_v01_a_deficient_adult_without_neurological_symptoms() -> None:
    said = ask()

    loading = default(said, "loading")
    assert is_injection(loading, THRICE_WEEKLY)
    assert loading["for"] == {"value": 2, "unit": "week"}
    assert statements(said["decisions"]["loading"]) == {"S13"}
    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, TWO_TO_THREE_MONTHLY)
    assert maintenance["for"] == "life"
    assert {"S14", "S15"} <= {*maintenance["statements"]}
    monthly, oral = regimens(said, "maintenance", alternative=True)
    assert is_injection(monthly, MONTHLY)
    assert monthly["statements"] == ["S16"]
    assert oral["dose"] == MICROGRAMS_1000_TO_2000
    assert (oral["route"], oral["frequency"]) == ("oral", DAILY)
    assert oral["after"] == "loading_complete"
    assert said["decisions"]["route"]["routes"] == ["intramuscular"]
    assert "S09" not in applying(said)
    assert "cyanocobalamin" in topics(said)
    assert "T35" in ids(said["assumptions"])
    assert said["questions"] == []


def test_v02_neurological_symptoms_of_unknown_severity() -> None:
    said = ask(
        paresthesia=True, gait_disturbance=True, severe_neurological_symptoms=None
    )

    loading = default(said, "loading")
    assert is_injection(loading, ALTERNATE_DAYS)
    assert loading["until"] == "neurological_plateau"
    assert loading["for"] is None
    assert statements(said["decisions"]["loading"]) == {"S09"}
    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, TWO_MONTHLY)
    assert maintenance["for"] == "life"
    assert maintenance["statements"] == ["S12"]
    assert verdicts(said, "S15") == {"overridden", "applies"}  # the route stays
    assert "S13" not in statements(said["decisions"]["loading"])
    assert all(not option["certain"] for option in orals(said, "maintenance"))
    assert said["decisions"]["route"]["routes"] == ["intramuscular"]
    (question,) = said["questions"]
    assert question["fact"] == "severe_neurological_symptoms"
    assert "T10" in ids(said["assumptions"])


def test_v05_reduced_kidney_function() -> None:
    said = ask(egfr="35 mL/min")

    assert said["decisions"]["form"]["excluded"] == ["cyanocobalamin"]
    assert is_injection(default(said, "loading"), THRICE_WEEKLY)
    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, TWO_TO_THREE_MONTHLY)
    assert {"S23", "S14"} <= {*maintenance["statements"]}
    assert {"S05", "S23"} <= applying(said)
    assert "T12" in ids(said["assumptions"])
    assert "renal_loading" in remarks(said)
    assert "homocysteine" in topics(said)


def test_v08_diabetic_nephropathy_with_a_normal_filtration_rate() -> None:
    said = ask(diabetes=True, nephropathy=True, egfr="75 mL/min")

    assert said["decisions"]["form"]["excluded"] == ["cyanocobalamin"]
    assert {"S24", "S07"} <= applying(said)
    assert verdicts(said, "S05") == verdicts(said, "S23") == {"does not apply"}
    assert is_injection(default(said, "loading"), THRICE_WEEKLY)
    assert is_injection(default(said, "maintenance"), TWO_TO_THREE_MONTHLY)
    assert "T07" in ids(said["challenges"])


def test_v11_a_bypass_without_deficiency() -> None:
    said = ask(b12_deficiency=False, bariatric_procedure="roux_en_y")

    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, THREE_MONTHLY)
    assert maintenance["for"] == "life"
    assert {"S18", "S19"} <= {*maintenance["statements"]}
    (monthly,) = regimens(said, "maintenance", alternative=True)
    assert is_injection(monthly, MONTHLY)
    assert {"S16", "S17"} <= {*monthly["statements"]}
    assert orals(said, "maintenance") == []
    assert said["decisions"]["route"]["routes"] == ["intramuscular"]
    assert "S19" in statements(said["decisions"]["route"])
    assert said["decisions"]["loading"]["outcome"] == "silent"
    assert {"S39", "S40"} <= applying(said)
    assert "T17" in ids(said["challenges"])
    assert "bypass_rationale" in remarks(said)


def test_v13_a_sleeve_gastrectomy_without_deficiency() -> None:
    said = ask(b12_deficiency=False, bariatric_procedure="sleeve_gastrectomy")

    injected, swallowed = regimens(said, "maintenance", alternative=False)
    assert is_injection(injected, THREE_MONTHLY)
    assert swallowed["dose"] == MICROGRAMS_1000_TO_2000
    assert (swallowed["route"], swallowed["frequency"]) == ("oral", DAILY)
    assert injected["for"] == swallowed["for"] == "life"
    assert {*said["decisions"]["route"]["routes"]} == {"intramuscular", "oral"}
    assert verdicts(said, "S19") == {"does not apply"}
    assert {"S39", "S40", "S41"} <= applying(said)
    assert "T18" in ids(said["assumptions"])


def test_v15_ileal_resection_without_deficiency() -> None:
    said = ask(b12_deficiency=False, ileal_resection="25 cm")

    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, MONTHLY)
    assert maintenance["for"] == "life"
    assert maintenance["statements"][0] == "S20"
    assert said["decisions"]["loading"]["outcome"] == "silent"
    options = said["decisions"]["maintenance"]["options"]
    assert fitting(options, "intramuscular", TWO_TO_THREE_MONTHLY) == []
    assert said["questions"] == []


def test_v19_extensive_crohns_disease_without_deficiency() -> None:
    said = ask(b12_deficiency=False, crohns_disease=True, ileal_involvement="70 cm")

    (screening,) = checks(said, "vitamin_b12_status")
    assert screening["every"] == {"low": 1, "high": 1, "unit": "year"}
    assert {"S21", "S22"} <= applying(said)
    assert "crohns_supplementation" in remarks(said)
    assert regimens(said, "maintenance", alternative=False) == []
    (monthly,) = regimens(said, "maintenance", alternative=True)
    assert is_injection(monthly, MONTHLY)
    assert "S17" in monthly["statements"]
    assert "S22" not in monthly["statements"]
    assert {"crohns_disease", "vitamin_b12_status"} <= topics(said)


@pytest.mark.parametrize("platelets", ["30 x10^9/L", "50 x10^9/L"])
def test_v21_v23_few_platelets(platelets: str) -> None:
    said = ask(platelets=platelets)

    options = said["decisions"]["technique"]["options"]
    needles = [o["needle"] for o in options if o["needle"]]
    pressures = [o["pressure"] for o in options if o["pressure"]]
    assert [(n["low"], n["high"]) for n in needles] == [(25, 27)]
    assert [(p["low"], p["high"], p["unit"]) for p in pressures] == [(5, 10, "minute")]
    assert {"S30", "S31"} <= applying(said)
    assert is_injection(default(said, "loading"), THRICE_WEEKLY)
    assert "subcutaneous" in topics(said)
    assert ("platelet_boundary" in remarks(said)) is platelets.startswith("50")
    assert "T32" in ids(said["assumptions"])


def test_v25_folate_deficiency_before_b12_is_corrected() -> None:
    said = ask(folate_deficiency=True)

    assert is_injection(default(said, "loading"), THRICE_WEEKLY)
    gate = said["decisions"]["permission"]["options"][0]
    assert (gate["drug"], gate["until"]) == ("folic_acid", "b12_repleted")
    assert {"S25", "S45"} <= {*gate["statements"]}
    (folic_acid,) = said["decisions"]["adjunct"]["options"]
    assert folic_acid["drugs"] == ["folic_acid"]
    assert folic_acid["dose"] == {"low": 5, "high": 5, "unit": "mg"}
    assert folic_acid["after"] == "b12_repleted"
    assert folic_acid["withheld"]
    assert "T29" in ids(said["assumptions"])
    assert "folate_deficiency" in topics(said)


def test_folic_acid_is_added_after_repletion_and_b12_goes_on() -> None:
    said = ask(folate_deficiency=True, b12_repleted=True)

    (folic_acid,) = said["decisions"]["adjunct"]["options"]
    assert not folic_acid["withheld"]
    assert said["decisions"]["permission"]["options"] == []
    assert is_injection(default(said, "maintenance"), TWO_TO_THREE_MONTHLY)
    assert "S41" in applying(said)


def test_v27_severe_deficiency_of_a_patient_who_wants_tablets() -> None:
    said = ask(severe_deficiency=True)

    assert is_injection(default(said, "loading"), THRICE_WEEKLY)
    assert orals(said, "loading") == []
    (oral,) = orals(said, "maintenance")
    assert oral["alternative"]
    assert oral["after"] == "loading_complete"
    assert said["decisions"]["route"]["routes"] == ["intramuscular"]
    assert {"S50", "S48", "S47"} <= applying(said)
    assert {"severe_deficiency", "oral"} <= topics(said)


@pytest.mark.parametrize("deficient", [True, False])
def test_v29_normal_levels_are_no_reason_to_stop(deficient: bool) -> None:
    said = ask(
        b12_deficiency=deficient,
        b12_treatment=True,
        loading_complete=True,
        b12_repleted=True,
        levels_stable=None,
    )

    assert is_injection(default(said, "maintenance"), TWO_TO_THREE_MONTHLY)
    assert default(said, "maintenance")["for"] == "life"
    (never_stop,) = said["decisions"]["continuation"]["options"]
    assert never_stop["treatment"] == "b12_treatment"
    assert not regimens(said, "loading", alternative=False)
    assert {"S35", "S36", "S37", "S41", "S15"} <= applying(said)
    assert "T37" in ids(said["assumptions"])


def test_x04_severe_symptoms_rule_tablets_out_after_the_plateau() -> None:
    said = ask(severe_neurological_symptoms=True, neurological_plateau=True)

    assert said["decisions"]["loading"]["outcome"] == "not needed"
    assert is_injection(default(said, "maintenance"), TWO_MONTHLY)
    assert orals(said, "maintenance") == []
    assert verdicts(said, "S48") == {"does not apply"}
    assert {"S12", "S50"} <= applying(said)
    assert "severe_neurological_symptoms" in topics(said)


def test_x05_limited_crohns_disease_is_not_said_to_be_without_risk() -> None:
    said = ask(b12_deficiency=False, crohns_disease=True, ileal_involvement="25 cm")

    assert verdicts(said, "S21") == verdicts(said, "S22") == {"does not apply"}
    assert said["decisions"]["monitoring"]["outcome"] == "silent"
    assert said["decisions"]["maintenance"]["outcome"] == "silent"
    (silence,) = [s for s in said["silent"] if s["about"] == "ileal_involvement"]
    assert "not say that there is no risk" in silence["text"]


def test_nothing_is_advised_for_a_child_but_the_form_in_inherited_defects_is_told() -> (
    None
):
    said = answer({"age": "4 years", "inherited_cobalamin_defect": True})

    assert said["scope"] == "does not apply"
    assert {d["outcome"] for d in said["decisions"].values()} == {"silent"}
    assert "child_with_inherited_defect" in remarks(said)


def test_an_unknown_procedure_makes_the_tablet_depend_on_it() -> None:
    said = ask(b12_deficiency=False, bariatric_surgery=True, bariatric_procedure=None)

    assert is_injection(default(said, "maintenance"), THREE_MONTHLY)
    assert all(not option["certain"] for option in orals(said, "maintenance"))
    assert "bariatric_procedure" in said["decisions"]["maintenance"]["depends_on"]
    assert said["questions"][0]["fact"] == "bariatric_procedure"
    assert said["decisions"]["route"]["routes"] == ["intramuscular"]


INCOMPATIBLE = {
    "symptoms and sleeve": (
        {"numbness": True, "bariatric_procedure": "sleeve_gastrectomy"},
        {"maintenance_neurological", "post_bariatric"},
    ),
    "symptoms and bypass": (
        {"numbness": True, "bariatric_procedure": "roux_en_y"},
        {"maintenance_neurological", "bypass"},
    ),
    "symptoms and resection": (
        {"numbness": True, "ileal_resection": "21 cm"},
        {"maintenance_neurological", "resection_prophylaxis"},
    ),
    "resection and kidneys": (
        {"b12_deficiency": False, "ileal_resection": "21 cm", "egfr": "49 mL/min"},
        {"resection_prophylaxis", "renal_maintenance"},
    ),
    "resection and sleeve": (
        {
            "b12_deficiency": False,
            "ileal_resection": "21 cm",
            "bariatric_procedure": "sleeve_gastrectomy",
        },
        {"resection_prophylaxis", "post_bariatric"},
    ),
}


@pytest.mark.parametrize(("facts", "rules"), INCOMPATIBLE.values(), ids=[*INCOMPATIBLE])
def test_a_conflict_of_the_page_shows_both_sides_and_offers_monthly(
    facts: dict[str, Any], rules: set[str]
) -> None:
    said = ask(**facts)

    (conflict,) = said["conflicts"]
    assert {rule for side in conflict["sides"] for rule in side["rules"]} == rules
    assert "Monthly" in conflict["note"]
    assert said["decisions"]["maintenance"]["outcome"] == "conflict"
    offered = regimens(said, "maintenance", alternative=True)
    assert fitting(offered, "intramuscular", MONTHLY)
    assert "T51" in ids(said["assumptions"])


def test_two_and_two_to_three_months_meet_at_two() -> None:
    said = ask(numbness=True, egfr="35 mL/min")

    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, TWO_MONTHLY)
    assert {"S12", "S23"} <= {*maintenance["statements"]}


def test_three_and_two_to_three_months_meet_at_three() -> None:
    said = ask(bariatric_procedure="roux_en_y", egfr="35 mL/min")

    maintenance = default(said, "maintenance")
    assert is_injection(maintenance, THREE_MONTHLY)
    assert {"S18", "S23"} <= {*maintenance["statements"]}
    assert is_injection(default(said, "loading"), THRICE_WEEKLY)


def test_mild_symptoms_after_the_plateau_leave_tablets_as_an_option() -> None:
    said = ask(paresthesia=True, neurological_plateau=True)

    assert is_injection(default(said, "maintenance"), TWO_MONTHLY)
    (oral,) = orals(said, "maintenance")
    assert oral["alternative"]
    assert "mild_neurology_choice" in remarks(said)


def test_glossitis_alone_is_taken_as_printed_and_flagged() -> None:
    said = ask(glossitis=True)

    assert is_injection(default(said, "loading"), ALTERNATE_DAYS)
    assert "T08" in ids(said["assumptions"])
    assert "glossitis_only" in remarks(said)


def test_an_unknown_b12_status_withholds_folic_acid() -> None:
    said = answer({"age": "40 years", "folate_deficiency": True}, otherwise="unknown")

    assert verdicts(said, "S25") == {"unknown"}
    assert verdicts(said, "S45") == {"applies"}
    gate = said["decisions"]["permission"]["options"][0]
    assert (gate["drug"], gate["until"]) == ("folic_acid", "b12_repleted")
    assert gate["certain"]


def test_planning_a_pregnancy_flags_folic_acid() -> None:
    assert "folic_acid" in topics(ask(planning_pregnancy=True))


@pytest.mark.parametrize(
    "topic",
    [
        "anticoagulant",
        "cobalamin_hypersensitivity",
        "dialysis",
        "gastrectomy",
        "hypokalaemia",
        "injection_site_infection",
        "intrinsic_factor_antibodies",
        "leber_disease",
        "metformin",
        "nitrous_oxide",
        "pernicious_anaemia",
        "pregnancy",
        "proton_pump_inhibitor",
        "vegan_diet",
    ],
)
def test_what_the_page_does_not_address_is_named_to_whom_it_concerns(
    topic: str,
) -> None:
    assert topic in topics(ask(**{topic: True}))
    assert topic not in topics(ask())


def test_citations_that_lead_nowhere_are_marked() -> None:
    printed = {
        source["printed"]: source["resolves"]
        for rule in ask()["rules"]
        for source in rule["sources"]
    }

    assert printed == {1: True, 2: True, 3: True, 4: False, 5: False}
