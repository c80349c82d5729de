"""Two guidelines side by side."""

from __future__ import annotations

import pytest

from b12guide.graph.model import Decision
from b12guide.prove.difference import Change, Sameness, TwoGuidelines, difference
from b12guide.prove.witness import given_text
from b12guide.show.reports import diff_text, diff_to_json
from tests.defects.drawer import SOUND
from tests.unit.prove.writing import read


def compared(old: str, new: str) -> dict[str, str]:
    """Each decision that changed, with the patient who is shown."""
    found = difference(read(SOUND).graph, read(SOUND.replace(old, new)).graph)
    graph = found.old
    return {
        "scope" if one.compared.decision is None else one.compared.decision.value: (
            given_text(one.compared.witness.values, graph)
            if one.compared.witness
            else one.compared.sameness.value
        )
        for one in found.treated
        if one.compared.sameness is not Sameness.SAME
    }


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (
            "egfr < 50 mL/min\n    form",
            "egfr <= 50 mL/min\n    form",
            {"form": "b12_deficiency, egfr 50 mL/min"},
        ),
        (
            "for 2 weeks\n",
            "for 3 weeks\n",
            {"loading": "b12_deficiency, not paresthesia, not numbness"},
        ),
        (
            "until b12_repleted\n    ...",
            "until loading_complete\n    ...",
            {"permission": "b12_repleted"},
        ),
        ("numbness, paresthesia\n", "paresthesia, numbness\n", {}),
        ("rule form\n", 'rule form "A title"\n', {}),
        (
            "when      folate_deficiency",
            "when      folate_deficiency or (folate_deficiency and numbness)",
            {},
        ),
    ],
)
def test_a_decision_that_changed_has_a_patient(
    old: str, new: str, changed: dict[str, str]
) -> None:
    found = compared(old, new)

    assert found.keys() == changed.keys()
    for decision, patient in changed.items():
        if decision != "permission":
            assert found[decision] == patient


def test_asking_whether_an_event_is_known_is_a_difference() -> None:
    plain = SOUND.replace(
        "b12_deficiency and neurological\n",
        "b12_deficiency and neurological and not neurological_plateau\n",
    )
    known = plain.replace(
        "not neurological_plateau", "not neurological_plateau is known"
    )
    comparison = TwoGuidelines.of(read(plain).graph, read(known).graph)

    assert comparison.decision(Decision.LOADING).sameness is Sameness.DIFFERENT
    assert comparison.decision(Decision.FORM).sameness is Sameness.SAME


def test_rules_are_told_apart_by_what_changed() -> None:
    new = SOUND.replace("rule folate\n", 'rule folate "Folate"\n')
    new = new.replace("every 2 to 3 months", "every 3 months").replace(
        "folate_gate", "gate"
    )
    found = difference(read(SOUND).graph, read(new).graph)

    assert {(one.name, one.change, one.parts) for one in found.rules} == {
        ("folate", Change.REWORDED, ("title",)),
        ("maintenance", Change.CHANGED, ("advice",)),
        ("folate_gate", Change.REMOVED, ()),
        ("gate", Change.ADDED, ()),
    }


def test_that_nobody_is_treated_differently_is_said_to_be_proved() -> None:
    found = difference(read(SOUND).graph, read(SOUND).graph)

    assert "proved: no patient is treated differently" in diff_text(found)
    assert diff_to_json(found)["nobody_is_treated_differently"] is True


def test_both_answers_stand_side_by_side() -> None:
    new = SOUND.replace("every 2 to 3 months", "every 3 months")
    text = diff_text(difference(read(SOUND).graph, read(new).graph))

    assert "old: decision maintenance determined" in text
    assert "new: decision maintenance determined" in text
    assert "every 2 to 3 months" in text


def test_how_a_measure_is_worked_out_is_a_difference_of_its_own() -> None:
    derived = SOUND + "derive egfr from ckd_epi_2021(creatinine, age, sex)\n"

    found = difference(read(SOUND).graph, read(derived).graph)

    assert not found.is_proved_same
    assert found.derivations == ("egfr",)
    said = diff_text(found)
    assert (
        "how egfr is worked out: not at all; now CKD-EPI 2021 from creatinine" in said
    )
    assert "proved: no patient is treated differently" not in said
    assert diff_to_json(found)["derivations"] == ["egfr"]


def test_how_long_values_count_is_a_difference_of_its_own() -> None:
    aged = SOUND + "regard egfr as current for 12 months\n"

    found = difference(read(SOUND).graph, read(aged).graph)

    assert not found.is_proved_same
    assert {t.compared.sameness for t in found.treated} == {Sameness.SAME}
    assert "how long egfr counts: for good, now 12 months" in diff_text(found)
    said = diff_to_json(found)
    assert said["currencies"] == [
        {
            "fact": "egfr",
            "old": None,
            "new": {"value": 12, "unit": "month", "assumptions": []},
        }
    ]
    assert said["nobody_is_treated_differently"] is False


def test_ages_of_two_guidelines_are_tied_to_each_other() -> None:
    lasting = "b12_deficiency and numbness for more than 4 weeks"
    old = SOUND.replace("folate_deficiency\n    give", f"{lasting}\n    give")
    new = old.replace("more than 4 weeks", "more than 8 weeks")
    both = old.replace(lasting, f"{lasting} and numbness for more than 3 weeks")

    assert compared_texts(old, new) == {Decision.ADJUNCT}
    assert compared_texts(old, both) == set()


def compared_texts(old: str, new: str) -> set[Decision | None]:
    """The decisions that changed."""
    found = difference(read(old).graph, read(new).graph)
    return {
        one.compared.decision
        for one in found.treated
        if one.compared.sameness is not Sameness.SAME
    }
