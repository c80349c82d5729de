"""Several guidelines about one patient."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from b12guide import PanelAnswer, panel
from b12guide.errors import GuidelineError, PatientError
from b12guide.resources import read
from tests.unit.several.small import WEEKLY, guideline
from tests.unit.several.test_clash import FOLATE, FOLATE_LATER, KIDNEYS

BASE = guideline("weekly", WEEKLY)
DAILY = guideline("daily", WEEKLY.replace("every week", "daily"))
KIDNEY = guideline("kidneys", KIDNEYS)
DEFICIENT = {"b12_deficiency": True}


def accords(found: PanelAnswer) -> dict[str, str]:
    return {one.decision.value: one.accord.value for one in found.decisions}


def test_what_all_say_is_said_once() -> None:
    found = panel([BASE, DAILY]).recommend(DEFICIENT)
    monitoring = found["monitoring"]

    assert monitoring.accord.value == "say the same"
    assert [[v.guideline for v in line.by] for line in monitoring.lines] == [[0, 1]]
    assert found.to_text().count("serum vitamin B12 every 3 months") == 1
    assert "weekly: should S3 [page]" in found.to_text(width=100)


def test_what_differs_stands_with_its_guideline() -> None:
    found = panel([BASE, DAILY]).recommend(DEFICIENT)

    assert found["loading"].accord.value == "cannot all be followed"
    assert found.has_clash
    lines = found["loading"].lines
    assert [[v.guideline for v in line.by] for line in lines] == [[0], [1]]
    assert [line.by[0].rules for line in lines] == [("loading",), ("loading",)]


def test_to_differ_is_not_to_clash() -> None:
    wide = guideline("wide", WEEKLY.replace("every week", "every 7 to 14 days"))
    found = panel([BASE, wide]).recommend(DEFICIENT)

    assert found["loading"].accord.value == "differ"
    assert not found.has_clash


def test_silence_stands_beside_advice_and_is_no_voice() -> None:
    found = panel([BASE, KIDNEY]).recommend({**DEFICIENT, "egfr": 90})
    loading = found["loading"]

    assert loading.accord.value == "one speaks, the others are silent"
    assert loading.silent == (1,)
    assert loading.clashes == ()
    text = found.to_text(width=100)
    assert "only weekly speaks" in text
    assert "silent, which neither permits nor forbids anything: kidneys" in text
    assert "all are silent on maintenance, route" in text


def test_what_is_unknown_may_turn_out_to_clash() -> None:
    found = panel([BASE, KIDNEY]).recommend(DEFICIENT)

    assert [clash.certain for clash in found["loading"].clashes] == [False]
    assert not found.has_clash
    assert "if what is unknown turns out so" in found.to_text(width=100)
    known = panel([BASE, KIDNEY]).recommend({**DEFICIENT, "egfr": 30})
    assert [clash.certain for clash in known["loading"].clashes] == [True]


def test_a_dose_clashes_with_a_prohibition_of_another_guideline() -> None:
    later, now = guideline("later", FOLATE_LATER), guideline("now", FOLATE)
    found = panel([later, now]).recommend({"folate_deficiency": True})

    assert found["adjunct"].accord.value == "cannot all be followed"
    repleted = {"folate_deficiency": True, "b12_repleted": True}
    assert not panel([later, now]).recommend(repleted).has_clash


BELOW, ABOVE = (
    WEEKLY.replace(
        "every week for 4 weeks\n    ...",
        f"""every week for 4 weeks
    ...
rule kidneys
    exception to loading
    when      b12_deficiency and egfr {sign} 50 mL/min
    load      hydroxocobalamin 1000 µg IM daily for 4 weeks
    ...""",
    )
    for sign in ("<", ">=")
)


def test_to_depend_on_the_same_is_not_to_agree() -> None:
    below, above = guideline("below", BELOW), guideline("above", ABOVE)
    one, two = (side.recommend(DEFICIENT).loading for side in (below, above))
    found = panel([below, above]).recommend(DEFICIENT)

    assert {o.advice for o in one.options} == {o.advice for o in two.options}
    assert found["loading"].accord.value == "cannot all be followed"
    same = panel([below, guideline("again", BELOW)]).recommend(DEFICIENT)
    assert same["loading"].accord.value == "say the same"
    assert same["loading"].clashes == ()


def test_tests_that_depend_on_the_same_may_differ_without_a_clash() -> None:
    often, seldom = (
        guideline(name, WEEKLY + YEARLY.replace("SIGN", sign))
        for name, sign in (("often", "<"), ("seldom", ">="))
    )
    found = panel([often, seldom]).recommend(DEFICIENT)

    assert len(found["monitoring"].shared) == len(found["monitoring"].lines)
    assert found["monitoring"].accord.value == "differ"


YEARLY = """
rule yearly
    exception to follow_up
    when      b12_deficiency and egfr SIGN 50 mL/min
    check     serum_b12 every year
    ...
"""


def test_a_fact_that_one_alone_knows_is_asked_of_that_one() -> None:
    lucky = guideline("lucky", 'finding lucky "a lucky person"\n' + WEEKLY)
    found = panel([BASE, lucky]).recommend({**DEFICIENT, "lucky": True})

    assert found.strange == (("lucky",), ())
    assert "has no word for lucky" in found.to_text()
    with pytest.raises(PatientError, match="unlucky"):
        panel([BASE, lucky]).recommend({"unlucky": True})


def test_each_guideline_shows_its_status_beside_the_notice() -> None:
    reviewed = guideline("reviewed", WEEKLY, status="    status  under review\n")
    found = panel([BASE, reviewed]).recommend(DEFICIENT)

    for text in (found.to_text(width=100), found.to_html()):
        assert "submitted, not approved" in text
        assert "under review, not approved" in text
        assert "For education and research." in text
    heads = found.to_dict()["guidelines"]
    assert [head["status"] for head in heads] == ["submitted", "under review"]


def test_a_guideline_that_is_not_for_this_patient_says_so() -> None:
    adults = guideline("adults", WEEKLY, status="    scope   age >= 18 years\n")
    found = panel([BASE, adults]).recommend({**DEFICIENT, "age": 10})

    text = " ".join(found.to_text().split())
    assert "not approved; the guideline is not written for this patient" in text


def test_it_is_data_of_its_schema_and_is_read_back() -> None:
    found = panel([BASE, DAILY, KIDNEY]).recommend(DEFICIENT, on="2026-03-05")
    data = json.loads(found.to_json())

    Draft202012Validator(json.loads(read("schema", "panel.schema.json"))).validate(data)
    assert PanelAnswer.from_dict(data, [BASE, DAILY, KIDNEY]).to_dict() == data
    assert found.replay().to_text() == found.to_text()


def test_one_guideline_is_no_panel() -> None:
    with pytest.raises(GuidelineError, match="at least two"):
        panel([BASE])
    with pytest.raises(GuidelineError, match="several guidelines"):
        panel("mecobalamin_im")
