"""Schedules as Dosage elements, and Dosage elements of any system as schedules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import b12guide
from b12guide.errors import ArgumentError, DosageError
from b12guide.fhir import schedule_from_fhir
from b12guide.graph.model import Regimens
from b12guide.graph.query import regimens_in
from b12guide.library import shipped
from b12guide.regimen.model import Regimen

OURS = "https://github.com/b12guide/b12guide/fhir"
WORDS = f"{OURS}/CodeSystem/word"
UCUM = "http://unitsofmeasure.org"
TEXT = """
language 1
guideline course "A course"
    version 1.0.0
drug zinc "zinc"
    code atc "A12CB01"
    code rxnorm "1"
    plausible dose 0.001 to 5000 mg
route by_mouth "by mouth"
    code snomed "26643006"
route in_fluid "in a drip"
    code snomed "1"
    code snomed "2"
measure body_weight "body weight"
    unit kg
    plausible 1 to 500 kg
finding ill "ill"
event replete "stores are full"
event eating "the patient eats again"
source page "A page"
    printed as 1
rule which "Which"
    when ill
    form zinc
    strength should
    cites page
rule course "Course"
    when ill
    maintain {}
    strength should
    cites page
"""


@pytest.fixture
def course(tmp_path: Path) -> Any:
    """A guideline with one schedule, as a rule writes it; and that schedule."""

    def written(schedule: str) -> tuple[b12guide.Guideline, Regimen]:
        path = tmp_path / "course.gdl"
        path.write_text(TEXT.format(schedule), encoding="utf-8")
        guideline = b12guide.load(path, cache=False)
        value = guideline.graph.rules["course"].value
        assert isinstance(value, Regimens)
        return guideline, value.regimens[0]

    return written


def own(name: str) -> dict[str, str]:
    return {"system": WORDS, "code": name}


def extension(name: str, **value: Any) -> dict[str, Any]:
    return {"url": f"{OURS}/StructureDefinition/{name}", **value}


def mg(value: float, unit: str = "mg") -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def months(value: float) -> dict[str, Any]:
    return mg(value, "mo")


def often(period: float, unit: str, **more: Any) -> dict[str, Any]:
    return {"frequency": 1, "period": period, "periodUnit": unit, **more}


SCHEDULES: dict[str, dict[str, Any]] = {
    "10 to 20 mg daily until replete": {
        "modifierExtension": [
            extension(
                "until",
                valueCodeableConcept={
                    "coding": [own("replete")],
                    "text": "stores are full",
                },
            )
        ],
        "timing": {"repeat": often(1, "d")},
        "doseAndRate": [{"doseRange": {"low": mg(10), "high": mg(20)}}],
    },
    "at least 10 mg every 2 to 3 weeks for 2 to 4 months": {
        "timing": {
            "repeat": {
                "boundsRange": {"low": months(2), "high": months(4)},
                **often(2, "wk", periodMax=3),
            }
        },
        "doseAndRate": [{"doseRange": {"low": mg(10)}}],
    },
    "at most 10 mg 2 to 3 times per day as needed": {
        "timing": {"repeat": often(1, "d", frequency=2, frequencyMax=3)},
        "asNeededBoolean": True,
        "doseAndRate": [{"doseRange": {"high": mg(10)}}],
    },
    "10 mg by_mouth once": {
        "timing": {"repeat": {"count": 1}},
        "route": {
            "coding": [
                {"system": "http://snomed.info/sct", "code": "26643006"},
                own("by_mouth"),
            ],
            "text": "by mouth",
        },
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
    # Two codes of one terminology are two concepts, and neither is the word.
    "10 mg in_fluid once": {
        "timing": {"repeat": {"count": 1}},
        "route": {"coding": [own("in_fluid")], "text": "in a drip"},
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
    "10 mg for 10 doses at least 3 days apart after eating": {
        "modifierExtension": [
            extension(
                "after",
                valueCodeableConcept={
                    "coding": [own("eating")],
                    "text": "the patient eats again",
                },
            ),
            extension(
                "apart",
                valueDuration={"value": 3, "unit": "days", "system": UCUM, "code": "d"},
            ),
        ],
        "timing": {"repeat": {"count": 10}},
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
    "15 mg/kg at most 1000 mg daily for 1 month with food": {
        "additionalInstruction": [{"coding": [own("with_food")], "text": "with food"}],
        "timing": {
            "repeat": {"boundsDuration": months(1), **often(1, "d", when=["C"])}
        },
        "doseAndRate": [{"doseQuantity": mg(15, "mg/kg")}],
        "maxDosePerAdministration": mg(1000),
    },
    "10 mg monthly for life": {
        "extension": [extension("lasts", valueCode="for-life")],
        "timing": {"repeat": often(1, "mo")},
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
    "10 mg monthly indefinitely": {
        "extension": [extension("lasts", valueCode="indefinitely")],
        "timing": {"repeat": often(1, "mo")},
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
    # A drug by the codes of its substance alone: that of a product orders a strength as well.
    "zinc 10 mg daily for 3 doses": {
        "extension": [
            extension(
                "drug",
                valueCodeableConcept={
                    "coding": [
                        {"system": "http://www.whocc.no/atc", "code": "A12CB01"},
                        own("zinc"),
                    ],
                    "text": "zinc",
                },
            )
        ],
        "timing": {"repeat": {"count": 3, **often(1, "d")}},
        "doseAndRate": [{"doseQuantity": mg(10)}],
    },
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_is_this_element(schedule: str, course: Any) -> None:
    guideline, regimen = course(schedule)
    (element,) = regimen.to_fhir(guideline)

    assert element.pop("sequence") == 1
    assert element.pop("text")
    assert element == SCHEDULES[schedule]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_it_reads_back(schedule: str, course: Any) -> None:
    guideline, regimen = course(schedule)

    assert schedule_from_fhir(regimen.to_fhir(guideline), guideline) == regimen
    assert schedule_from_fhir(regimen.to_fhir()) == regimen


def test_phases_follow_each_other(course: Any) -> None:
    guideline, regimen = course("10 mg daily for 7 doses then 20 mg weekly for life")
    elements = regimen.to_fhir(guideline)

    assert [(each["sequence"], each["text"]) for each in elements] == [
        (1, "10 mg daily for 7 doses"),
        (2, "20 mg weekly for life"),
    ]
    assert schedule_from_fhir(reversed(elements)) == regimen


def test_a_dose_for_a_known_weight_is_ordered_and_calculated(course: Any) -> None:
    guideline, _ = course("15 mg/kg at most 1000 mg daily for life")
    answer = guideline.recommend({"ill": True, "body_weight": "50 kg"})
    advised = answer.maintenance.default
    (element,) = advised.to_fhir(guideline)

    assert [
        (each["type"]["coding"][0]["code"], each["doseQuantity"])
        for each in element["doseAndRate"]
    ] == [("ordered", mg(15, "mg/kg")), ("calculated", mg(750))]
    assert schedule_from_fhir([element]) == advised


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_shipped_schedule_reads_back(name: str) -> None:
    try:
        guideline = b12guide.load(name)
    except b12guide.GuidelineError:  # a vocabulary, or a file of examples
        return
    for rule in guideline.graph.rules.values():
        for regimen in regimens_in(rule.value):
            assert schedule_from_fhir(regimen.to_fhir(guideline)) == regimen


def test_what_is_no_guideline_is_refused(course: Any) -> None:
    _, regimen = course("10 mg daily for life")

    with pytest.raises(ArgumentError, match="guideline"):
        regimen.to_fhir("mecobalamin_im")


# -------------------------------------------------------------- dosages of another system

PLAIN: dict[str, Any] = {
    "timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}},
    "doseAndRate": [{"doseQuantity": mg(1)}],
}


def test_a_plain_dosage_is_a_phase(course: Any) -> None:
    guideline, regimen = course("10 mg by_mouth daily for 3 weeks")
    weeks = {"value": 3, "unit": "weeks", "system": UCUM, "code": "wk"}
    route = {"coding": [{"system": "http://snomed.info/sct", "code": "26643006"}]}
    written = {
        "text": "ten a day",
        "route": route,
        "timing": {"repeat": {"boundsDuration": weeks, **often(1, "d")}},
        "doseAndRate": [{"doseQuantity": {"value": 10, "unit": "milligrams"}}],
    }

    assert schedule_from_fhir([written], guideline) == regimen


REFUSED: dict[str, tuple[Any, str]] = {
    "none": ([], "there is no dosage"),
    "no object": (["x"], "a dosage is not an object"),
    "no dose": ([{"text": "as told"}], "`doseAndRate` is not one dose"),
    "two doses": (
        [{**PLAIN, "doseAndRate": PLAIN["doseAndRate"] * 2}],
        "`doseAndRate` is not one dose",
    ),
    "no place": (
        [PLAIN, PLAIN],
        "`sequence` is missing where there are several dosages",
    ),
    "one place": (
        [{**PLAIN, "sequence": 1}, {**PLAIN, "sequence": 1}],
        "several dosages have one `sequence`: they are not phases",
    ),
    "unknown route": ([{**PLAIN, "route": {"text": "x"}}], "`route` is not known"),
    "unknown modifier": (
        [{**PLAIN, "modifierExtension": [{"url": "http://x", "valueBoolean": True}]}],
        "`modifierExtension` 'http://x' is not known",
    ),
    "no modifiers": (
        [{**PLAIN, "modifierExtension": {}}],
        "`modifierExtension` is not a list of objects",
    ),
    "no code": (
        [{**PLAIN, "modifierExtension": [extension("until", valueString="x")]}],
        "the extension `until` has no code of ours",
    ),
    "two ends": (
        [
            {
                **PLAIN,
                "timing": {"repeat": {"count": 3}},
                "extension": [extension("lasts", valueCode="for-life")],
            }
        ],
        "it ends in more than one way",
    ),
    "another unit": (
        [{"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}],
        "the unit `tablet` is not known",
    ),
    "two units": (
        [{"doseAndRate": [{"doseQuantity": {**mg(1), "code": "ug"}}]}],
        "the unit `mg` is not what its code `ug` says",
    ),
    "a most": (
        [{**PLAIN, "maxDosePerAdministration": mg(2)}],
        "`maxDosePerAdministration` limits a dose that does not go by weight",
    ),
    "needed for": (
        [{**PLAIN, "asNeededCodeableConcept": {"text": "pain"}}],
        "`asNeededCodeableConcept` is not part of a schedule",
    ),
    "days": (
        [{**PLAIN, "timing": {"repeat": {"dayOfWeek": ["mon"]}}}],
        "`timing.repeat.dayOfWeek` is not part of a schedule",
    ),
    "from a day": (
        [{**PLAIN, "timing": {"repeat": {"boundsPeriod": {"start": "2025"}}}}],
        "`timing.repeat.boundsPeriod` is not part of a schedule",
    ),
    "some doses": (
        [{**PLAIN, "timing": {"repeat": {"count": 2, "countMax": 3}}}],
        "`timing.repeat.countMax` is not part of a schedule",
    ),
    "an instruction": (
        [{**PLAIN, "additionalInstruction": [{"text": "shake well"}]}],
        "`additionalInstruction` is not part of a schedule",
    ),
    "no length apart": (
        [
            {
                **PLAIN,
                "modifierExtension": [extension("apart", valueDuration={"value": 1})],
            }
        ],
        "`dosage.timing.repeat.bounds` is not a length of time",
    ),
    "nothing apart": (
        [{**PLAIN, "modifierExtension": [extension("apart")]}],
        "the extension `apart` is not a length of time",
    ),
    "two events": (
        [
            {
                **PLAIN,
                "modifierExtension": [
                    extension("until", valueCodeableConcept={"coding": [own("a")]}),
                    extension("until", valueCodeableConcept={"coding": [own("b")]}),
                ],
            }
        ],
        "it ends with more than one event",
    ),
    "an element": ([{**PLAIN, "bogus": 1}], "`dosage.bogus` is not understood"),
    "words for the patient": (
        [{**PLAIN, "patientInstruction": "only when you are well"}],
        "`patientInstruction` is not part of a schedule",
    ),
    "one dosage": (PLAIN, "the dosages are not a list"),
    "nothing": (None, "the dosages are not a list"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_a_schedule_cannot_hold_is_refused_with_a_reason(why: str) -> None:
    dosages, message = REFUSED[why]

    with pytest.raises(DosageError) as caught:
        schedule_from_fhir(dosages)
    assert message in [each.message for each in caught.value.diagnostics]
    assert {each.code for each in caught.value.diagnostics} == {"DOS201"}


def test_each_problem_names_its_dosage() -> None:
    dosages = [{**PLAIN, "sequence": 1}, {**PLAIN, "sequence": 2, "bogus": 1}]

    with pytest.raises(DosageError) as caught:
        schedule_from_fhir(dosages)
    assert [each.message for each in caught.value.diagnostics] == [
        "dosage 2: `dosage.bogus` is not understood"
    ]
