"""A patient who comes as a Bundle: answered as a patient file is, and what was not read is told."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide import fhir
from b12guide.resources import read
from b12guide.serve.resources import _number

pytest.importorskip("starlette", reason="the extra serve is not installed")

from b12guide.serve import Policy, asgi
from tests.asgi_client import Client
from tests.unit.serve.test_cards import (
    CONDITION,
    GIVEN,
    OBSERVATION,
    PREFETCH,
    bundle,
    replaced,
)

GUIDELINE = b12guide.load("mecobalamin_im")
DAY = "2026-11-29"
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "9",
    "subject": {"reference": "Patient/7"},
}
RECORD = bundle(PREFETCH["patient"], CONDITION, OBSERVATION, GIVEN, ENCOUNTER)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(asgi(GUIDELINE, Policy(log=lambda _: None)))


@pytest.mark.parametrize("question", ["recommend", "audit", "due"])
def test_a_bundle_is_answered_as_what_is_read_of_it(
    client: Client, question: str
) -> None:
    found = client.post(f"/{question}", {"patient": RECORD, "on": DAY})
    reading = fhir.read(RECORD, GUIDELINE, on=DAY)
    known = [] if question == "recommend" else [reading.history]
    ask = getattr(GUIDELINE, question)

    assert found.status == 200
    assert found.json["decisions" if question == "recommend" else "schema"]
    assert found.headers["b12guide-unread"] == str(len(reading.unread)) == "1"
    expected = ask(reading.patient, *known, on=DAY, units="required").to_dict()
    assert found.json == json.loads(json.dumps(expected))


def test_what_was_read_can_be_asked_about(client: Client) -> None:
    found = client.post("/fhir/read", {"patient": RECORD, "on": DAY})
    again = {"patient": found.json["patient"], "history": found.json["history"]}
    schema = json.loads(read("schema", "reading.schema.json"))

    Draft202012Validator(schema).validate(found.json)
    assert found.json["unread"][0]["reference"] == "Encounter/9"
    assert found.json["provenance"]["egfr"] == ["Observation/2"]
    assert found.json["subject"] == "Patient/7"
    assert "age" in found.json["patient"]["facts"]
    assert client.post("/due", again | {"on": DAY}).status == 200
    assert (
        client.post("/recommend", {"patient": RECORD, "on": DAY}).json["decisions"]
        == client.post("/recommend", {"patient": again["patient"], "on": DAY}).json[
            "decisions"
        ]
    )


def test_a_history_beside_one_in_the_bundle_is_refused(client: Client) -> None:
    events = [{"on": "2026-01-05", "dose": "mecobalamin"}]
    beside = {"patient": RECORD, "history": events, "on": DAY}
    alone = {"patient": bundle(CONDITION), "history": events, "on": DAY}
    found = client.post("/due", beside)

    assert (found.status, found.codes) == (422, ["SRV015"])
    assert client.post("/due", alone).status == 200
    assert client.post("/due", {"patient": bundle(CONDITION), "on": DAY}).status == 200


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"resourceType": ""}, "/patient"),
        ({"resourceType": "Bundle", "entry": 7}, "/patient/entry"),
    ],
)
def test_what_is_no_resource_is_pointed_at(
    client: Client, sent: Any, pointer: str
) -> None:
    found = client.post("/recommend", {"patient": sent, "on": DAY})

    assert (found.status, found.codes) == (422, ["GDL760"])
    assert found.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("other", [{}, [], 7, None, "", True, [None], {"a": []}])
def test_no_part_of_a_record_brings_the_service_down(
    client: Client, other: Any
) -> None:
    sent = [{"patient": one, "on": DAY} for one in replaced(RECORD, other)]
    statuses = {client.post("/fhir/read", body).status for body in sent}

    assert len(sent) > 60
    assert statuses <= {200, 422}


@pytest.mark.parametrize(
    ("number", "told"),
    [("35", 35), ("35.50", 35.5), ("0.1234567890123456789", "0.1234567890123456789")],
)
def test_numbers_keep_their_digits(number: str, told: float | str) -> None:
    assert _number(Decimal(number)) == told


def test_a_guideline_as_resources(client: Client) -> None:
    found = client.get("/fhir/plan?on=2026-11-29")

    assert found.headers["content-type"] == "application/fhir+json"
    assert found.json == json.loads(json.dumps(GUIDELINE.to_fhir(on="2026-11-29")))
    assert client.get("/fhir/plan").status == 200
    assert client.get("/fhir/plan?on=tomorrow").status == 422
    assert client.get("/fhir/plan?guideline=x").status == 404
