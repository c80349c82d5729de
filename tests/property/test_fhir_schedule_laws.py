"""A schedule survives FHIR, and FHIR holds every restriction of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide.errors import DosageError
from b12guide.fhir import schedule_from_fhir
from b12guide.regimen.model import Dose, Every, ForDoses, ForTime, Regimen, Times, Until
from b12guide.say.schedules import Names, regimen_to_english
from tests.strategies import dosing, schedules

GUIDELINE = b12guide.load("mecobalamin_im")


def by_weight(regimen: Regimen) -> Regimen:
    """The regimen with doses that go by weight, and a most."""
    dose = Dose(Fraction(15), Fraction(20), "mg/kg")
    most = Dose(Fraction(1000), Fraction(1000), "mg")
    limited = evolve(dose, limit=most)
    return Regimen(tuple(evolve(phase, dose=limited) for phase in regimen.phases))


regimens = (
    schedules.regimens()
    | dosing.decimal_regimens
    | dosing.decimal_regimens.map(by_weight)
)


def written(regimen: Regimen) -> list[dict[str, Any]]:
    """The elements as another program has them: JSON, read by any parser."""
    read: list[dict[str, Any]] = json.loads(json.dumps(regimen.to_fhir()))
    return read


@given(regimens)
def test_fhir_and_back_is_the_same_schedule(regimen: Regimen) -> None:
    read = schedule_from_fhir(written(regimen))

    assert read == regimen
    assert regimen_to_english(read, Names()) == regimen_to_english(regimen, Names())


@given(schedules.regimens())
def test_the_words_of_a_guideline_change_nothing(regimen: Regimen) -> None:
    elements = regimen.to_fhir(GUIDELINE)

    assert schedule_from_fhir(elements, GUIDELINE) == regimen
    assert schedule_from_fhir(elements) == regimen


@given(regimens, st.randoms(use_true_random=False))
def test_the_order_of_the_elements_changes_nothing(
    regimen: Regimen, random: Any
) -> None:
    elements = written(regimen)
    random.shuffle(elements)

    assert schedule_from_fhir(elements) == regimen


# ---------------------------------------------------------------- nothing is restricted less
# What a program sees that reads the elements of R4 alone, as its specification has them, knows no
# extension of ours, and refuses, as it must, what has a modifier extension.


def plain_reading(element: dict[str, Any]) -> dict[str, Any]:
    repeat = element.get("timing", {}).get("repeat", {})
    bounds = repeat.get("boundsRange") or repeat.get("boundsDuration")
    dose = element["doseAndRate"][0]
    amount = dose.get("doseRange") or dose["doseQuantity"]
    return {
        "dose": _range(amount),
        "limit": element.get("maxDosePerAdministration", {}).get("value"),
        "often": (
            repeat.get("frequency"),
            repeat.get("frequencyMax", repeat.get("frequency")),
        ),
        "period": (
            repeat.get("period"),
            repeat.get("periodMax", repeat.get("period")),
            repeat.get("periodUnit"),
        ),
        "count": repeat.get("count"),
        "bounds": None if bounds is None else _range(bounds),
        "needed": element.get("asNeededBoolean", False),
        "route": element.get("route", {}).get("text"),
        "food": bool(element.get("additionalInstruction")),
    }


def _range(amount: dict[str, Any]) -> tuple[Any, Any]:
    if "value" in amount:
        return (amount["value"], amount["value"])
    return tuple(amount.get(end, {}).get("value") for end in ("low", "high"))


@given(regimens)
def test_what_has_no_element_forbids_reading_on(regimen: Regimen) -> None:
    elements = written(regimen)

    assert [each["sequence"] for each in elements] == list(range(1, len(elements) + 1))
    for phase, each in zip(regimen.phases, elements, strict=True):
        names = {
            extension["url"].rpartition("/")[2]
            for extension in each.get("modifierExtension", [])
        }
        needed = {"until"} if isinstance(phase.bound, Until) else set()
        needed |= {"after"} if phase.after else set()
        needed |= {"apart"} if phase.apart is not None else set()
        assert names == needed


@given(regimens)
def test_each_element_says_what_the_phase_says(regimen: Regimen) -> None:
    for phase, each in zip(regimen.phases, written(regimen), strict=True):
        read = plain_reading(each)
        dose = phase.dose
        assert read["dose"] == (_plain(dose.low), _plain(dose.high))
        assert read["limit"] == (_plain(dose.limit.high) if dose.limit else None)
        match phase.frequency:
            case Every():
                assert read["often"] == (1, 1)
            case Times(low=low, high=high):
                assert read["often"] == (low, high)
            case None:
                assert read["often"] == (None, None)
        match phase.bound:
            case ForDoses(count=count):
                assert read["count"] == count
            case ForTime():
                assert read["bounds"] is not None
            case _:
                assert read["count"] is read["bounds"] is None
        assert (read["period"][2] is None) is (phase.frequency is None)
        assert read["needed"] is phase.as_needed
        assert read["food"] is phase.with_food
        assert (read["route"] is None) is (phase.route is None)


def _plain(number: Fraction | None) -> float | None:
    return None if number is None else float(number)


def _without(element: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The element with one of its restrictions taken away."""
    repeat = element.get("timing", {}).get("repeat", {})
    for key in repeat.keys() - {"when"}:
        less = deepcopy(element)
        del less["timing"]["repeat"][key]
        yield f"repeat.{key}", less
    for index in range(len(element.get("modifierExtension", []))):
        less = deepcopy(element)
        del less["modifierExtension"][index]
        yield f"modifierExtension[{index}]", less
    for key in ("doseAndRate", "maxDosePerAdministration", "asNeededBoolean", "route"):
        if key in element:
            yield key, {k: v for k, v in element.items() if k != key}


@given(regimens)
def test_no_part_can_be_taken_away_unnoticed(regimen: Regimen) -> None:
    elements = written(regimen)
    for place, element in enumerate(elements):
        for what, less in _without(element):
            changed = [*elements[:place], less, *elements[place + 1 :]]
            try:
                read = schedule_from_fhir(changed)
            except DosageError:
                continue
            # R4 reads a period without a frequency as once in it.
            is_once = (
                what == "repeat.frequency"
                and element["timing"]["repeat"]["frequency"] == 1
            )
            assert read != regimen or is_once, what


@given(dosing.regimens)
def test_a_number_that_has_no_decimal_is_refused_and_not_rounded(
    regimen: Regimen,
) -> None:
    try:
        elements, codes = regimen.to_fhir(), set[str]()
    except DosageError as error:
        elements, codes = [], {each.code for each in error.diagnostics}

    if codes:
        assert codes == {"DOS202"}
        assert dosing.with_decimals(regimen) != regimen
    else:
        assert schedule_from_fhir(elements) == regimen
