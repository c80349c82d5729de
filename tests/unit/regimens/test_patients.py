"""Regimens for a cohort: who is advised what, and what is never taken for allowed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from attrs import asdict

import b12guide
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.regimen.burden import CountRange
from b12guide.regimens import RegimenComparison, Standings, compare

GUIDELINE = b12guide.load("mecobalamin_im")
PATIENTS = pa.table(
    {
        "b12_deficiency": [True, True, True, None, False, True],
        "paresthesia": [False, True, None, True, False, False],
        "egfr": [80.0, 80.0, 80.0, 80.0, 80.0, 35.0],
    }
)
"""Settled, with neurological symptoms, not known, perhaps not deficient, not deficient, kidneys."""

GIVEN = {
    "two months": "1000 µg IM every 2 months",
    "cyanocobalamin": "cyanocobalamin 1000 µg IM every 2 months",
    "every week": "1000 µg IM weekly",
    "tablets": "1000 µg orally daily",
}


def study(**how: Any) -> RegimenComparison:
    asked = GUIDELINE.study(PATIENTS, otherwise="absent")
    found: RegimenComparison = asked.regimens(GIVEN, loading_weeks=(3, 12), **how)
    return found


FOUND = study(years=5)


def standing(name: str) -> dict[str, int]:
    found = FOUND[name].standing
    assert found is not None
    return {way: count for way, count in asdict(found).items() if count}


def test_each_patient_stands_in_one_place() -> None:
    assert all(sum(standing(name).values()) == 6 for name in GIVEN)


def test_what_a_guideline_advises() -> None:
    # Of those with a deficiency and nothing open: every 2 to 3 months, or every 2 months.
    assert standing("two months") == {"advised": 3, "open": 2, "silent": 1}


def test_what_it_advises_against_and_what_it_does_not_have() -> None:
    assert standing("cyanocobalamin")["against"] == 1  # the kidneys
    assert standing("every week") == {"other": 3, "open": 2, "silent": 1}


def test_tablets_are_an_option_open_or_not_spoken_of_and_never_just_allowed() -> None:
    assert standing("tablets") == {"option": 3, "open": 2, "silent": 1}
    text = FOUND.to_text(width=200)
    assert "1 patient: the guideline is silent" in text
    assert "allowed" not in text


def test_the_words_of_the_guideline_are_read() -> None:
    found = GUIDELINE.study(PATIENTS).regimens(["hydroxocobalamin 1 mg IM monthly"])

    assert found.regimens[0].maintenance.startswith("hydroxocobalamin")


def test_who_is_settled_open_and_without() -> None:
    cohort = FOUND.cohort
    assert cohort is not None

    counts = (cohort.patients, cohort.settled, cohort.open, cohort.without)
    assert counts == (6, 3, 2, 1)
    assert sum(group.patients for group in cohort.groups) == 6


def test_what_is_recommended_to_all_is_the_sum_of_the_groups() -> None:
    cohort = FOUND.cohort
    assert cohort is not None

    # Two without neurological symptoms: 6, then every 2 to 3 months; one with: 11 to 42 doses.
    assert cohort.settled_total.injections == CountRange(
        2 * 25 + 40,  # type: ignore[arg-type]
        2 * 35 + 70,  # type: ignore[arg-type]
    )
    assert cohort.open_total.injections.low == 0
    assert cohort.open_total.injections.high == 2 * 70


def test_the_prices_that_are_missing_of_what_is_recommended_are_named() -> None:
    mine = {"currency": "EUR", "source": "own", "per_dose": {"oral": 1}, "per_visit": 2}
    found = GUIDELINE.study(PATIENTS, otherwise="absent").regimens(cost=mine, years=1)
    text = " ".join(found.to_text().split())

    assert found.cohort.settled_total.cost is None
    assert (
        "recommended are not known: the price of hydroxocobalamin (intramuscular)"
        in text
    )


def test_the_burden_of_a_study_is_that_of_its_first_year() -> None:
    asked = GUIDELINE.study(PATIENTS, otherwise="absent")
    found = asked.regimens(years=2)

    assert found.cohort.settled_years[0].asked == asked.burden.first
    assert found.cohort.open_years[0].injections == asked.burden.first_open.injections


def test_groups_and_standings_are_frames() -> None:
    rows = FOUND.cohort_frame().to_pylist()
    assert {row["group"] for row in rows} >= {"1", "all settled", "all open"}
    together = [
        row["low"]
        for row in rows
        if row["group"] == "all settled"
        and (row["year"], row["quantity"]) == (None, "injections")
    ]
    assert together == [90]
    stand = FOUND.standing_frame("polars")
    assert stand.filter(standing="option", regimen="tablets")["patients"].to_list() == [
        3
    ]


def test_without_a_cohort_the_frames_of_patients_are_empty() -> None:
    found = compare(["1 mg IM monthly"])

    assert found.cohort_frame().num_rows == found.standing_frame().num_rows == 0


def test_the_guideline_has_its_regimens_by_rule() -> None:
    own = GUIDELINE.regimens

    assert own["maintenance_standard"].routes == ("intramuscular",)
    assert own["post_bariatric/2"].routes == ("oral",)
    assert len(own) == len(list(own))
    assert set(own.of("loading")) == {"loading_neurological", "loading_standard"}
    assert "nothing" not in own
    with pytest.raises(UnknownNameError, match="did you mean `bypass`"):
        own.compare("bypas", years=1)


def test_the_regimens_of_a_guideline_are_compared() -> None:
    found = GUIDELINE.regimens.compare(years=1)

    assert set(GUIDELINE.regimens.of("maintenance")) == {r.name for r in found.regimens}
    assert "under review" in found.to_text()


def test_patients_may_come_by_three_ways() -> None:
    how: dict[str, Any] = {"loading_weeks": (3, 12), "years": 5}
    by_guideline = GUIDELINE.regimens.compare(
        GIVEN, patients=PATIENTS, otherwise="absent", **how
    )
    by_call = compare(GIVEN, patients=PATIENTS, guideline=GUIDELINE, **how)

    assert by_guideline == FOUND
    assert by_call.cohort is not None
    assert by_call.cohort.patients == 6
    with pytest.raises(ArgumentError, match="asked about `patients`"):
        compare(GIVEN, patients=PATIENTS)


def test_frames_come_as_the_patients_came() -> None:
    polars = pytest.importorskip("polars")
    found = GUIDELINE.study(polars.from_arrow(PATIENTS)).regimens(GIVEN, years=1)

    assert isinstance(found.to_frame(), polars.DataFrame)
    assert isinstance(found.cohort_frame(), polars.DataFrame)


def test_the_table_for_a_paper_says_for_how_many() -> None:
    markdown = FOUND.table().to_markdown()

    assert "Patients: guideline silent" in markdown
    assert "As recommended, 3 settled patients together" in markdown
    assert "does not allow" in markdown


def test_a_standing_is_nothing_until_it_is_counted() -> None:
    assert Standings() == Standings(advised=0)


@pytest.mark.parametrize("name", ["nhg_2014", "nice_ng239", "bnf_2021", "uk_smpc"])
def test_other_guidelines_are_asked(name: str) -> None:
    found = b12guide.load(name).study(PATIENTS).regimens(["1 mg IM every 3 months"])

    assert found.cohort.patients == 6
    assert sum(asdict(found.regimens[0].standing).values()) == 6


def test_what_is_open_is_told_in_the_words_of_what_is_settled() -> None:
    assert FOUND.cohort is not None
    groups = [one.regimen for one in FOUND.cohort.groups if not one.settled]
    texts = [one.maintenance for one in groups if one is not None]
    said = " ".join(FOUND.to_text(width=200).split())

    assert any("by intramuscular injection" in (one or "") for one in texts)
    assert any((one or "").endswith(", or none") for one in texts)
    assert "neurological_plateau" not in said
    assert " | " not in said
