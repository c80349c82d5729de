"""FHIR dosage elements: how they read, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from b12guide.errors import DosageError
from b12guide.interop.dosage import (
    Concept,
    Dosage,
    DoseAndRate,
    FhirQuantity,
    FhirRange,
    FhirUnit,
)
from b12guide.interop.dosage_from_english import dosage_from_english
from b12guide.interop.dosage_to_english import Legend, dosage_to_english
from b12guide.interop.fhir import dosage_from_fhir
from b12guide.interop.gist import Topic, compare, gist_of_dosage, gist_of_text

MG = {"unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
TABLET = {
    "unit": "TAB",
    "system": "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm",
    "code": "TAB",
}
HOUR = {"system": "http://unitsofmeasure.org", "code": "h"}
DAY = {"system": "http://unitsofmeasure.org", "code": "d"}


def repeat(**fields: Any) -> dict[str, Any]:
    return {"timing": {"repeat": fields}}


def dose(**fields: Any) -> dict[str, Any]:
    return {"doseAndRate": [fields]}


@pytest.mark.parametrize(
    ("element", "english"),
    [
        ({}, "nothing is stated"),
        ({"sequence": 2, "text": "as told"}, "step 2: nothing is stated"),
        (dose(doseQuantity={"value": 2, **MG}), "2 mg"),
        (dose(doseQuantity={"value": 1, **TABLET}), "1 tablet"),
        (dose(doseQuantity={"value": 3}), '3 "of no stated unit"'),
        (
            dose(
                doseRange={
                    "low": {"value": 1, **TABLET},
                    "high": {"value": 2, **TABLET},
                }
            ),
            "1 to 2 tablets",
        ),
        (dose(doseRange={"high": {"value": 2, **TABLET}}), "up to 2 tablets"),
        (dose(doseRange={"low": {"value": 2, **MG}}), "at least 2 mg"),
        (
            dose(doseRange={"low": {"value": 2, **MG}, "high": {"value": 2, **MG}}),
            "2 mg",
        ),
        (
            dose(
                doseQuantity={"value": 2, **MG},
                rateRatio={
                    "numerator": {"value": 100, "unit": "mL"},
                    "denominator": {"value": 1, **HOUR},
                },
            ),
            "2 mg at 100 mL per hour",
        ),
        (
            {
                "doseAndRate": [
                    {"doseQuantity": {"value": 2, **MG}},
                    {"type": {"text": "x"}},
                ]
            },
            '2 mg or an unstated dose ("x")',
        ),
        (repeat(period=1, periodUnit="d"), "daily"),
        (repeat(frequency=1, period=2, periodUnit="d"), "on alternate days"),
        (
            repeat(frequency=1, period=4, periodMax=6, periodUnit="h"),
            "every 4 to 6 hours",
        ),
        (
            repeat(frequency=2, frequencyMax=3, period=1, periodUnit="wk"),
            "2 to 3 times per week",
        ),
        (
            repeat(frequency=3, period=2, periodUnit="mo", count=5, countMax=6),
            "3 times every 2 months for 5 to 6 doses",
        ),
        (repeat(boundsDuration={"value": 5, "unit": "days", **DAY}), "for 5 days"),
        (
            repeat(
                boundsRange={"low": {"value": 5, **DAY}, "high": {"value": 7, **DAY}}
            ),
            "for 5 to 7 days",
        ),
        (repeat(boundsPeriod={"end": "2015-01"}), "to 2015-01"),
        (repeat(duration=30, durationUnit="min"), "each lasting 30 minutes"),
        (repeat(dayOfWeek=["mon", "thu"]), "on Monday and Thursday"),
        (repeat(timeOfDay=["09:00:00", "21:00:00"]), "at 09:00:00 and 21:00:00"),
        (
            repeat(when=["ACM", "HS"], offset=10),
            "10 minutes before breakfast and at bedtime",
        ),
        (repeat(offset=10), "10 minutes off"),
        ({"timing": {"event": ["2015-01-15"]}}, "on the date 2015-01-15"),
        ({"timing": {"code": {"text": "BID"}}}, 'on the schedule "BID"'),
        ({"asNeededBoolean": False}, "not only as needed"),
        (
            {"asNeededCodeableConcept": {"coding": [{"display": 'the "big" pain'}]}},
            "as needed for \"the 'big' pain\"",
        ),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": {"value": 3, **TABLET},
                    "denominator": {"value": 1, **DAY},
                },
                "maxDosePerAdministration": {"value": 1, **TABLET},
                "maxDosePerLifetime": {"value": 0, **MG},
            },
            "at most 3 tablets per day, at most 1 tablet at a time, at most 0 mg in a lifetime",
        ),
    ],
)
def test_every_part_has_words_that_are_read_back(
    element: dict[str, Any], english: str
) -> None:
    dosage = dosage_from_fhir(element)
    legend = Legend.of([dosage])

    assert dosage_to_english(dosage, legend) == english
    assert dosage_from_english(english, legend) == dosage


def test_without_a_legend_words_have_no_code() -> None:
    read = dosage_from_english('2 mg by route "by mouth"')

    assert read.route == Concept(text="by mouth")
    dose = read.doses[0].dose
    assert isinstance(dose, FhirQuantity)
    assert dose == FhirQuantity(dose.value, FhirUnit(text="mg"))


def test_concepts_that_share_their_words_are_numbered() -> None:
    oral = [{"text": "oral"}, {"text": "oral", "coding": [{"code": "1"}]}]
    dosages = [dosage_from_fhir({"route": route}) for route in oral]
    legend = Legend.of(dosages)

    english = [dosage_to_english(dosage, legend) for dosage in dosages]

    assert english == ['by route "oral"', 'by route "oral [2]"']
    assert [dosage_from_english(text, legend) for text in english] == dosages


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ({"rate": 1}, "`dosage.rate` is not understood"),
        (
            {"doseAndRate": [{"doseQuantity": {"value": 1, "comparator": "<"}}]},
            "`dosage.doseAndRate[0].doseQuantity.comparator` is not understood",
        ),
        (dose(doseQuantity={"unit": "mg"}), "doseQuantity.value` is missing"),
        (dose(doseQuantity={"value": "1"}), "doseQuantity.value` cannot be '1'"),
        (dose(doseQuantity={"value": -1}), "doseQuantity.value` cannot be -1"),
        (dose(doseQuantity={"value": float("nan")}), "value` cannot be nan"),
        (dose(doseQuantity={"value": 10**40}), "value` cannot be 10000"),
        (dose(doseQuantity=5), "`dosage.doseAndRate[0].doseQuantity` is not an object"),
        (
            dose(doseQuantity={"value": 1}, doseRange={"low": {"value": 1}}),
            "`dosage.doseAndRate[0]` states the same thing twice",
        ),
        (
            dose(doseRange={"low": {"value": 2}, "high": {"value": 1}}),
            "doseRange` runs backwards",
        ),
        (
            dose(doseRange={"low": {"value": 2, **MG}, "high": {"value": 3, **TABLET}}),
            "doseRange` has ends of different units",
        ),
        (dose(doseRange={}), "doseRange` has no end"),
        (dose(rateRatio={"numerator": {"value": 1}}), "lacks one of its halves"),
        (repeat(frequency=2), "frequency` stands without a period"),
        (repeat(frequency=2.5, period=1, periodUnit="d"), "frequency` cannot be 2.5"),
        (
            repeat(frequency=3, frequencyMax=2, period=1, periodUnit="d"),
            "frequency` runs backwards",
        ),
        (repeat(period=0, periodUnit="d"), "period` cannot be 0"),
        (repeat(period=1), "period` is not a whole length of time"),
        (repeat(period=1, periodUnit="fortnight"), "periodUnit` cannot be 'fortnight'"),
        (repeat(countMax=3), "countMax` stands without a count"),
        (repeat(count=3, countMax=2), "count` runs backwards"),
        (repeat(when=["SOON"]), "when` cannot be 'SOON'"),
        (repeat(timeOfDay=["noon"]), "timeOfDay` cannot be 'noon'"),
        (repeat(boundsPeriod={}), "boundsPeriod` has no end"),
        (repeat(boundsDuration={"value": 3, **MG}), "bounds` is not a length of time"),
        (
            repeat(boundsRange={"low": {"value": 3, **DAY}}),
            "boundsRange` has an open end",
        ),
        (
            repeat(boundsPeriod={"end": "2015"}, boundsDuration={"value": 3, **DAY}),
            "has more than one bound",
        ),
        ({"asNeededBoolean": "yes"}, "asNeededBoolean` cannot be 'yes'"),
        (
            {"asNeededBoolean": True, "asNeededCodeableConcept": {"text": "pain"}},
            "states twice whether it is taken as needed",
        ),
        ({"route": {}}, "`dosage.route` says nothing"),
        ({"route": {"text": " "}}, "`dosage.route.text` cannot be ' '"),
        ({"sequence": 1.5}, "`dosage.sequence` cannot be 1.5"),
        ({"additionalInstruction": "x"}, "additionalInstruction` cannot be 'x'"),
        ({"doseAndRate": {}}, "doseAndRate` cannot be {}"),
    ],
)
def test_what_makes_no_sense_is_refused(element: dict[str, Any], message: str) -> None:
    with pytest.raises(DosageError) as raised:
        dosage_from_fhir(element)

    assert message in str(raised.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(DosageError) as raised:
        dosage_from_fhir({"sequence": -1, "unheard": 1, **repeat(count=0)})

    assert len(raised.value.diagnostics) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("daily weekly", "`weekly`: the frequency is said twice"),
        ("2 mg until better", "`until better` is not understood"),
        ("up to 1 to 2 mg", "`up to` is not understood"),
        ("at most 1 to 2 mg per day", "is not understood"),
        ("for 1.5 doses", "is not understood"),
    ],
)
def test_english_that_cannot_be_read_is_refused(text: str, message: str) -> None:
    with pytest.raises(DosageError) as raised:
        dosage_from_english(text)

    assert message in str(raised.value)


# ------------------------------------------------------------------- text and structure


def compared(text: str, **element: Any) -> Any:
    return compare(gist_of_text(text), gist_of_dosage(dosage_from_fhir(element)))


def test_an_instruction_agrees_with_its_own_english() -> None:
    found = compared(
        "2 mg every 4-6 hours as needed",
        **dose(doseQuantity={"value": 2, **MG}),
        **repeat(frequency=1, period=4, periodMax=6, periodUnit="h"),
        asNeededBoolean=True,
    )

    assert found == compare(gist_of_text(""), gist_of_dosage(Dosage()))


@pytest.mark.parametrize(
    ("text", "structure"),
    [
        ("1 g", dose(doseQuantity={"value": 1000, **MG})),
        ("once daily", repeat(frequency=1, period=24, periodUnit="h")),
        ("two tablets", dose(doseQuantity={"value": 2, **TABLET})),
        ("at 9 am", repeat(timeOfDay=["09:00:00"])),
        (
            "for 2 weeks",
            repeat(boundsPeriod={"start": "2015-01-01", "end": "2015-01-14"}),
        ),
        ("IV", {"route": {"coding": [{"display": "Intravenous route"}]}}),
    ],
)
def test_the_same_in_other_words_is_no_contradiction(
    text: str, structure: dict[str, Any]
) -> None:
    found = compared(text, **structure)

    assert (found.contradictions, found.incomparable, found.unread) == ((), (), ())
    assert found.only_text == ()


@pytest.mark.parametrize(
    ("text", "structure", "topic"),
    [
        ("1 mg", dose(doseQuantity={"value": 1000, **MG}), Topic.DOSE),
        ("twice daily", repeat(frequency=1, period=2, periodUnit="d"), Topic.FREQUENCY),
        ("at once", repeat(frequency=1, period=1, periodUnit="d"), Topic.FREQUENCY),
        ("by mouth", {"route": {"text": "intramuscular"}}, Topic.ROUTE),
        ("on Monday", repeat(dayOfWeek=["tue"]), Topic.DAYS),
        ("at bedtime", repeat(when=["MORN"]), Topic.WHEN),
        ("as needed", {"asNeededBoolean": False}, Topic.NEEDED),
    ],
)
def test_a_contradiction_is_found(
    text: str, structure: dict[str, Any], topic: Topic
) -> None:
    assert [c.topic for c in compared(text, **structure).contradictions] == [topic]


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (dose(doseRange={"high": {"value": 2, **MG}}), "up to 2 mg"),
        (dose(doseRange={"low": {"value": 2, **MG}}), "at least 2 mg"),
        (dose(rateRange={"low": {"value": 2, **HOUR}}), "at least 2 h"),
        (dose(rateQuantity={"value": 2, **HOUR}), "over 2 hours"),
        (dose(rateQuantity={"value": 2, "unit": "mL/h"}), "2 mL/h"),
        (
            dose(
                doseQuantity={"value": 2, **MG},
                rateRatio={
                    "numerator": {"value": 2, **MG},
                    "denominator": {"value": 20, "unit": "min"},
                },
            ),
            "2 mg, over 20 minutes, 0.1 mg/min",
        ),
        (
            dose(
                rateRatio={
                    "numerator": {"value": 2, **MG},
                    "denominator": {"value": 0, **HOUR},
                }
            ),
            "",
        ),
        (repeat(boundsDuration={"value": 5, **DAY}), "for 5 days"),
        (repeat(boundsPeriod={"start": "2015-01-31"}), "from 2015-01-31"),
        (repeat(boundsPeriod={"start": "2015"}), ""),
        (repeat(boundsPeriod={"start": "2015-02-31"}), ""),
        (repeat(boundsPeriod={"end": "2015-01-31"}), ""),
        ({"route": {"text": "by stealth"}}, ""),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": {"value": 3, **MG},
                    "denominator": {"value": 2, **DAY},
                }
            },
            "at most 3 mg per 2 days",
        ),
        (
            {
                "maxDosePerPeriod": {
                    "numerator": {"value": 3, **MG},
                    "denominator": {"value": 1, "unit": "visit"},
                }
            },
            "at most 3 mg per visit",
        ),
    ],
)
def test_what_a_structure_says(structure: dict[str, Any], words: str) -> None:
    gist = gist_of_dosage(dosage_from_fhir(structure))

    assert ", ".join(saying.words for saying in gist.sayings) == words


def test_up_to_two_is_not_two() -> None:
    found = compared("2 mg", **dose(doseRange={"high": {"value": 2, **MG}}))

    assert [each.structure for each in found.contradictions] == ["up to 2 mg"]


def test_a_range_without_ends_is_no_dose() -> None:
    nothing = DoseAndRate(dose=FhirRange(None, None))

    assert dosage_to_english(Dosage(doses=(nothing,))) == "an unstated dose"


def test_tablets_and_milligrams_are_not_compared() -> None:
    found = compared("2 mg", **dose(doseQuantity={"value": 2, **TABLET}))

    assert found.contradictions == ()
    assert [each.topic for each in found.incomparable] == [Topic.DOSE]


def test_impossible_dates_in_a_text_are_not_read() -> None:
    assert gist_of_text("starting January 32, 2015").unread
