"""Who cannot follow both of two guidelines."""

from __future__ import annotations

import pytest

from b12guide.several.clash import Clashes, Compatibility
from tests.unit.several.small import WEEKLY, guideline

BASE = guideline("weekly", WEEKLY)
_LOAD = "    load      hydroxocobalamin 1000 µg IM every week for 4 weeks\n    ...\n"
_MAY = """    may load  hydroxocobalamin 1000 µg IM daily for 4 weeks
    strength  may
    cites     page
"""
_NO_LEVELS = """
rule no_levels
    when      b12_deficiency
    do not check serum_b12
    ...
"""
KIDNEYS = """
rule kidneys
    when      egfr < 50 mL/min
    contraindicated hydroxocobalamin
    ...
"""
FOLATE_LATER = """
rule folate_gate
    withhold  folic_acid until b12_repleted
    ...
"""
FOLATE = """
rule folate
    when      folate_deficiency
    give      folic_acid 5 mg oral daily
    ...
"""
FOLATE_AFTER = FOLATE.replace("daily", "daily after b12_repleted")


def clashing(found: Clashes) -> dict[str, dict[str, object]]:
    """The decisions that clash, with the patient who is shown."""
    return {
        one.decision.value: dict(one.witness.values)
        for one in found.decisions
        if one.settled is Compatibility.INCOMPATIBLE and one.witness
    }


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (WEEKLY, WEEKLY, {}),
        # What can be followed together is no clash, though it is not the same.
        (WEEKLY, WEEKLY.replace("every week", "every 7 to 14 days"), {}),
        (WEEKLY, WEEKLY.replace("form      h", "form      mecobalamin or h"), {}),
        (WEEKLY, WEEKLY.replace("every 3 months", "every year"), {}),
        (WEEKLY, "", {}),
        (
            WEEKLY,
            WEEKLY.replace("every week", "daily"),
            {"loading": {"b12_deficiency": True}},
        ),
        (
            WEEKLY,
            WEEKLY.replace("form      hydroxocobalamin", "form      cyanocobalamin"),
            {"form": {"b12_deficiency": True}},
        ),
        (
            WEEKLY,
            WEEKLY.replace(_LOAD, "    load      not needed\n    ...\n"),
            {"loading": {"b12_deficiency": True}},
        ),
        # An option never clashes with anything (M26).
        (WEEKLY, WEEKLY.replace(_LOAD, _MAY), {}),
        (WEEKLY, _NO_LEVELS, {"monitoring": {"b12_deficiency": True}}),
        # What is withheld today may be given once the event was there.
        (FOLATE_LATER, FOLATE_AFTER, {}),
        # Nor is it a clash if the one that gives it withholds it as well.
        (FOLATE_LATER, FOLATE_LATER + FOLATE, {}),
        (FOLATE_LATER, FOLATE, {"adjunct": {"folate_deficiency": True}}),
    ],
)
def test_a_clash_is_what_nobody_can_follow_both_of(
    first: str, second: str, wanted: object
) -> None:
    one, two = guideline("one", first), guideline("two", second)

    assert clashing(one.clashes(two)) == wanted
    assert clashing(two.clashes(one)) == wanted
    assert one.clashes(two).is_proved_compatible is not bool(wanted)


def test_what_one_contraindicates_the_other_cannot_advise() -> None:
    found = clashing(BASE.clashes(guideline("kidneys", KIDNEYS)))

    assert set(found) == {"form", "loading"}
    assert found["loading"] == {"b12_deficiency": True, "egfr": 40}


def test_an_advice_that_leaves_another_drug_survives_a_contraindication() -> None:
    either = WEEKLY.replace(
        "hydroxocobalamin", "hydroxocobalamin or cyanocobalamin", 1
    ).replace("load      hydroxocobalamin", "load     ")

    found = guideline("either", either).clashes(guideline("kidneys", KIDNEYS))

    assert found.is_proved_compatible


def test_both_sides_stand_with_their_own_rules() -> None:
    found = BASE.clashes(guideline("daily", WEEKLY.replace("every week", "daily")))
    (one,) = [d for d in found.decisions if d.clashes]
    (clash,) = one.clashes

    assert [side.rules for side in (*clash.first, *clash.second)] == [
        ("loading",),
        ("loading",),
    ]
    assert clash.first[0].advice != clash.second[0].advice


def test_a_guideline_that_contradicts_itself_does_not_clash_with_another() -> None:
    torn = guideline(
        "torn",
        WEEKLY
        + """
rule loading_again
    when      b12_deficiency
    load      hydroxocobalamin 1000 µg IM daily for 4 weeks
    ...
""",
    )

    assert BASE.clashes(torn).is_proved_compatible


def test_the_page_has_the_patient_and_both_statements() -> None:
    text = BASE.clashes(guideline("kidneys", KIDNEYS)).to_text(width=100)

    assert "b12_deficiency, egfr 40 mL/min" in text
    assert "hydroxocobalamin contraindicated (kidneys · S1 · [page])" in text
    assert "proved, nobody is advised incompatible things: maintenance" in text
