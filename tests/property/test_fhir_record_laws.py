"""Laws of reading resources: nothing is invented, and how it was handed over plays no part."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.fhir import Reading, read
from b12guide.graph.coded import facts_by_code
from b12guide.values.code_system import SYSTEMS, canonical, system_of
from tests.strategies.resources import concept, patient, quantity, reference, resource

ON = "2026-03-05"
GUIDELINE = b12guide.load("mecobalamin_im")
BY_CODE = facts_by_code(GUIDELINE.graph)
PAIRS = sorted(BY_CODE)
DRUGS = sorted(
    (canonical(code.system), code.code)
    for drug in GUIDELINE.graph.vocabulary.drugs.values()
    for code in drug.codes
)
URIS = {one.name: one.uri for one in SYSTEMS}

Told = dict[str, Any]

days = st.sampled_from(
    [
        None,
        "2020",
        "2025-11",
        "2026-01-05",
        "2026-01-05T10:00:00Z",
        "2026-01-05T09:30:00+01:00",
    ]
)
pairs = st.sampled_from(PAIRS).map(lambda pair: (URIS[pair[0]], pair[1]))
statuses = st.sampled_from(["active", "resolved", "inactive", "recurrence", None])
certainties = st.sampled_from(
    ["confirmed", "refuted", "provisional", "entered-in-error", None]
)
units = st.sampled_from(
    ["mL/min", "pg/mL", "pmol/L", "umol/L", "cm", "10*9/L", "furlong"]
)


def _status(code: str | None) -> Told | None:
    return None if code is None else concept(("http://hl7.example/status", code))


@st.composite
def resources(draw: st.DrawFn) -> list[Told]:
    """Resources of one patient, each with a name of its own."""
    found: list[Told] = [patient(draw(st.sampled_from(["1967-08-30", "1967", None])))]
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(sorted(_MAKERS)))
        found.append(_MAKERS[kind](draw, f"{kind[:2].lower()}{number}"))
    return found


def _condition(draw: st.DrawFn, name: str) -> Told:
    return resource(
        "Condition",
        name,
        code=concept(draw(pairs)),
        clinicalStatus=_status(draw(statuses)),
        verificationStatus=_status(draw(certainties)),
        onsetDateTime=draw(days),
        recordedDate=draw(days),
    )


def _observation(draw: st.DrawFn, name: str) -> Told:
    value: Told = draw(
        st.one_of(
            st.builds(
                lambda number, unit: {"valueQuantity": quantity(number, unit)},
                st.integers(0, 400),
                units,
            ),
            st.builds(lambda said: {"valueBoolean": said}, st.booleans()),
            st.just({"dataAbsentReason": concept(("x", "unknown"))}),
        )
    )
    return resource(
        "Observation",
        name,
        status=draw(st.sampled_from(["final", "amended", "preliminary"])),
        code=concept(draw(pairs)),
        effectiveDateTime=draw(days),
        **value,
    )


def _procedure(draw: st.DrawFn, name: str) -> Told:
    return resource(
        "Procedure",
        name,
        status=draw(st.sampled_from(["completed", "in-progress", "not-done"])),
        code=concept(draw(pairs)),
        performedDateTime=draw(days),
    )


def _allergy(draw: st.DrawFn, name: str) -> Told:
    return resource(
        "AllergyIntolerance",
        name,
        code=concept(draw(pairs)),
        clinicalStatus=_status(draw(statuses)),
        verificationStatus=_status(draw(certainties)),
    )


def _drug(draw: st.DrawFn) -> tuple[str, str]:
    system, code = draw(st.sampled_from(DRUGS))
    return URIS[system], code


def _statement(draw: st.DrawFn, name: str) -> Told:
    period = {"start": draw(days), "end": draw(days)}
    return resource(
        "MedicationStatement",
        name,
        status=draw(st.sampled_from(["active", "completed", "on-hold"])),
        medicationCodeableConcept=concept(_drug(draw)),
        effectivePeriod={k: v for k, v in period.items() if v is not None},
    )


def _administration(draw: st.DrawFn, name: str) -> Told:
    return resource(
        "MedicationAdministration",
        name,
        status=draw(st.sampled_from(["completed", "stopped"])),
        medicationCodeableConcept=concept(_drug(draw)),
        effectiveDateTime=draw(days),
        dosage={"dose": quantity(1000, draw(st.sampled_from(["ug", "mL"])))},
    )


_MAKERS = {
    "Allergy": _allergy,
    "Condition": _condition,
    "Given": _administration,
    "Observation": _observation,
    "Procedure": _procedure,
    "Taken": _statement,
}


def said(found: Reading) -> Any:
    """What a reading comes to, but for the places."""
    left = sorted((one.reference, one.reason, one.fact or "") for one in found.unread)
    return found.patient.facts, found.history, found.provenance, left


def asked(given_resources: Any, **options: Any) -> Reading:
    return read(given_resources, GUIDELINE, on=ON, **options)


def parts(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield value
        for each in value.values():
            yield from parts(each)
    elif isinstance(value, list):
        for each in value:
            yield from parts(each)


@given(resources())
def test_no_fact_that_no_resource_states(told: list[Told]) -> None:
    found = asked(told)
    by_name = {f"{one['resourceType']}/{one['id']}": one for one in told}

    assert found.patient.otherwise.value == "unknown"
    assert found.provenance.keys() == found.patient.facts.keys()
    for name, references in found.provenance.items():
        assert references
        for one in references:
            codes = {
                (canonical(c["system"]), c["code"])
                for c in parts(by_name[one])
                if "system" in c and "code" in c
            }
            meant = {c.fact.name for code in codes for c in BY_CODE.get(code, ())}
            assert name in meant or (name == "age" and one == "Patient/7")
    for row in found.history:
        assert row["id"] in by_name


@given(resources())
def test_what_is_false_was_refuted_denied_or_observed(told: list[Told]) -> None:
    found = asked(told)
    by_name = {f"{one['resourceType']}/{one['id']}": one for one in told}
    for name, value in found.patient.facts.items():
        values = value if isinstance(value, tuple) else (value,)
        plain = [v["value"] if isinstance(v, Mapping) else v for v in values]
        if not any(v is False for v in plain):
            continue
        sources = [json.dumps(by_name[one]) for one in found.provenance[name]]
        assert any('"refuted"' in s or '"valueBoolean": false' in s for s in sources)


@given(resources(), st.randoms(use_true_random=False))
def test_the_order_of_entries_plays_no_part(told: list[Told], random: Any) -> None:
    shuffled = told[:]
    random.shuffle(shuffled)

    assert said(asked(shuffled)) == said(asked(told))


@given(resources())
def test_a_list_a_bundle_and_a_prefetch_say_the_same(told: list[Told]) -> None:
    expected = said(asked(told))
    entries = [{"resource": one} for one in told]

    for kind in ("collection", "searchset", "document", "transaction", "batch"):
        bundle = {"resourceType": "Bundle", "type": kind, "entry": entries}
        assert said(asked(bundle)) == expected
        assert said(
            asked({"patient": told[0], "rest": bundle | {"entry": entries[1:]}})
        ) == (expected)


@given(resources())
def test_a_drug_may_be_coded_contained_or_referred_to(told: list[Told]) -> None:
    expected = said(asked(told))
    contained, beside = copy.deepcopy(told), copy.deepcopy(told)
    drugs: list[Told] = []
    for number, (one, other) in enumerate(zip(contained, beside, strict=True)):
        coded = one.pop("medicationCodeableConcept", None)
        if coded is None:
            continue
        other.pop("medicationCodeableConcept")
        drug = {"resourceType": "Medication", "id": f"d{number}", "code": coded}
        one |= {"contained": [drug], "medicationReference": reference(f"#d{number}")}
        other["medicationReference"] = reference(f"Medication/d{number}")
        drugs.append(drug)

    assert said(asked(contained)) == expected
    assert said(asked([*drugs, *beside])) == expected


@given(resources(), st.sampled_from(["oid", "name", "slash"]))
def test_a_terminology_may_be_spelled_in_any_way(told: list[Told], how: str) -> None:
    spelled = copy.deepcopy(told)
    for part in parts(spelled):
        system = system_of(part.get("system", "")) if "code" in part else None
        if system is None or "value" in part:
            continue
        other = {
            "oid": system.uri if system.oid is None else f"urn:oid:{system.oid}",
            "name": system.name,
            "slash": f"{system.uri}/",
        }[how]
        part["system"] = other

    assert said(asked(spelled)) == said(asked(told))


@given(resources())
def test_whatever_is_read_can_be_asked_about(told: list[Told]) -> None:
    found = asked(told)
    codes = set()
    try:
        GUIDELINE.recommend(found.patient, on=ON)
        GUIDELINE.audit(found.patient, found.history, on=ON)
    except PatientError as error:
        codes = {one.code for one in error.diagnostics}

    # What is stated may contradict itself, or what the words mean; nothing else is wrong.
    assert codes <= {"GDL718", "GDL790"}


@given(resources(), st.data())
def test_something_else_in_its_place_is_refused_or_read_without_a_crash(
    told: list[Told], data: st.DataObject
) -> None:
    broken = copy.deepcopy(told)
    places = [part for part in parts(broken) if part]
    place: Any = data.draw(st.sampled_from(places))
    key = data.draw(st.sampled_from(sorted(place)))
    place[key] = data.draw(
        st.sampled_from(
            [None, 3, "text", [], {}, [None], [3], True, Decimal("1e9"), ""]
        )
    )
    refused: tuple[Diagnostic, ...] = ()
    try:
        asked(broken)
    except PatientError as error:
        refused = error.diagnostics

    assert all(one.code in {"GDL760", "GDL761"} for one in refused)
    assert all(one.pointer is not None and one.help for one in refused)


def test_every_code_of_a_measure_is_read_under_every_spelling() -> None:
    egfr = [pair for pair in PAIRS if BY_CODE[pair][0].fact.name == "egfr"]
    assert len(egfr) > 3
    for system, code in egfr:
        told = resource(
            "Observation",
            "o",
            status="final",
            code=concept((URIS[system], code)),
            valueQuantity=quantity(35, "mL/min"),
        )
        assert asked([told]).patient.facts == {"egfr": {"value": 35, "code": "mL/min"}}


def _examples() -> Path | None:
    """The folder of the official examples: of an environment variable, or of the tests of FHIR."""
    named = os.environ.get("B12GUIDE_FHIR_EXAMPLES")
    node = Path(__file__).parents[1] / "fhir" / "node" / "node_modules"
    for folder in (named, node / "hl7.fhir.r4.examples"):
        if folder and Path(folder).is_dir():
            return Path(folder)
    return None


def test_the_official_examples_never_crash_it() -> None:
    folder = _examples()
    if folder is None:
        pytest.skip("the npm package hl7.fhir.r4.examples is not installed")
    files = [
        file for file in sorted(folder.glob("*.json")) if file.name != "package.json"
    ]
    # All of them take a minute; one in so many is enough for each change.
    step = 1 if os.environ.get("B12GUIDE_ALL_EXAMPLES") else 25
    chosen = [
        file
        for number, file in enumerate(files)
        if number % step == 0 or file.name.split("-")[0] in _OF_PATIENTS
    ]
    codes = set()
    for file in chosen:
        if file.stat().st_size > _LARGE and step > 1:
            continue
        example = json.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
        try:
            found = read(example, GUIDELINE, on=ON)
        except PatientError as error:
            codes |= {one.code for one in error.diagnostics}
        else:
            GUIDELINE.recommend(found.patient, on=ON)

    assert codes <= {"GDL761"}
    assert len(chosen) > 200


_LARGE = 500_000
_OF_PATIENTS = {
    "AllergyIntolerance",
    "Bundle",
    "Condition",
    "Immunization",
    "MedicationAdministration",
    "MedicationRequest",
    "MedicationStatement",
    "Observation",
    "Patient",
    "Procedure",
}
