"""CDS Hooks over HTTP: who may ask, what comes back, what is refused, what is written down."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide import hooks
from b12guide.resources import read

pytest.importorskip("starlette", reason="the extra serve is not installed")
pytest.importorskip("jwt", reason="the extra serve is not installed")

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from b12guide.serve import Policy, asgi
from b12guide.serve.replay import Fate, replay
from b12guide.serve.spelled import canonical
from tests.asgi_client import Client

GUIDELINE = b12guide.load("mecobalamin_im")
VIEW, SIGN = "mecobalamin_im-patient-view", "mecobalamin_im-order-sign"
DAY = dt.date(2026, 11, 29)
NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
SUBJECT = {"reference": "Patient/7"}
SECRET = "a-token-that-nobody-may-see"  # noqa: S105 -- it opens nothing
CONDITION = {
    "resourceType": "Condition",
    "id": "1",
    "subject": SUBJECT,
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "190634004"}]},
}
OBSERVATION = {
    "resourceType": "Observation",
    "id": "2",
    "status": "final",
    "subject": SUBJECT,
    "code": {"coding": [{"system": "http://loinc.org", "code": "33914-3"}]},
    "effectiveDateTime": "2026-11-01",
    "valueQuantity": {
        "value": 37.37,
        "unit": "mL/min",
        "system": "http://unitsofmeasure.org",
        "code": "mL/min/{1.73_m2}",
    },
}
GIVEN = {
    "resourceType": "MedicationAdministration",
    "id": "3",
    "status": "completed",
    "subject": SUBJECT,
    "medicationCodeableConcept": {
        "coding": [{"system": "http://www.whocc.no/atc", "code": "B03BA03"}]
    },
    "effectiveDateTime": "2026-11-20",
    "dosage": {
        "route": {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}]},
        "dose": {"value": 1000, "system": "http://unitsofmeasure.org", "code": "ug"},
    },
}
DRAFT = {
    "resourceType": "MedicationRequest",
    "id": "rx1",
    "status": "draft",
    "intent": "order",
    "subject": SUBJECT,
    "medicationCodeableConcept": {"text": "Folic acid 5 mg tablets"},
    "dosageInstruction": [
        {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}
    ],
}


def bundle(*resources: Any) -> dict[str, Any]:
    entries = [{"resource": one} for one in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


PREFETCH = {
    "patient": {"resourceType": "Patient", "id": "7", "birthDate": "1960-05-05"},
    "conditions": bundle(CONDITION, OBSERVATION, GIVEN),
}
ASKED: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "fhirServer": "https://ehr.example/fhir",
    "fhirAuthorization": {"access_token": SECRET},
    "context": {"userId": "Practitioner/1", "patientId": "7"},
    "prefetch": PREFETCH,
}
SIGNED = ASKED | {
    "hook": "order-sign",
    "context": ASKED["context"] | {"draftOrders": bundle(DRAFT)},
}


def nowhere(_: Mapping[str, Any]) -> None:
    pass


def client_of(**policy: Any) -> Client:
    usual: dict[str, Any] = {"log": nowhere, "today": lambda: DAY, "clock": lambda: NOW}
    return Client(asgi(GUIDELINE, Policy(**usual | policy)))


@pytest.fixture(scope="module")
def client() -> Client:
    return client_of()


def test_the_services_are_those_of_the_library(client: Client) -> None:
    assert client.get("/cds-services").json == hooks.discovery(GUIDELINE)


@pytest.mark.parametrize(("service", "asked"), [(VIEW, ASKED), (SIGN, SIGNED)])
def test_cards_are_those_of_the_library(
    client: Client, service: str, asked: dict[str, Any]
) -> None:
    found = client.post(f"/cds-services/{service}", asked)

    assert found.status == 200
    assert found.headers["content-type"] == "application/json"
    assert found.json == hooks.respond(GUIDELINE, service, asked, on=DAY)
    assert found.json["cards"]
    schema = json.loads(read("schema", "cds-cards.schema.json"))
    Draft202012Validator(schema).validate(found.json)


def test_suggestions_come_where_the_policy_wants_them() -> None:
    with_some = client_of(suggest=True, base="https://cds.example")
    (card,) = with_some.post(f"/cds-services/{SIGN}", SIGNED).json["cards"]

    assert card["suggestions"]


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/cds-services/x", ASKED, 404, None),
        ("/cds-services/x/feedback", {"feedback": []}, 404, None),
        (f"/cds-services/{VIEW}", ASKED | {"prefetch": {}}, 412, None),
        (f"/cds-services/{VIEW}", {}, 400, "malformed"),
        (f"/cds-services/{VIEW}", b"{", 400, "GDL702"),
        (f"/cds-services/{VIEW}", b'{"hook": 1, "hook": 2}', 400, "GDL705"),
        (f"/cds-services/{VIEW}", b'{"hook": "\\ud800"}', 400, "GDL702"),
        (f"/cds-services/{VIEW}", b"[" * 4000, 400, "GDL719"),
        (f"/cds-services/{VIEW}", b" " * 3_000_000, 413, "SRV010"),
        (f"/cds-services/{VIEW}?x=1", ASKED, 422, "SRV006"),
        (f"/cds-services/{VIEW}/feedback", [], 400, "malformed"),
    ],
)
def test_what_is_refused_is_an_operation_outcome(
    client: Client, path: str, body: Any, status: int, code: str | None
) -> None:
    found = client.post(path, body)
    issue = found.json["issue"][0]

    assert found.status == status
    assert found.headers["content-type"] == "application/json"
    assert found.json["resourceType"] == "OperationOutcome"
    assert code in {None, issue["details"]["coding"][0]["code"]}
    assert issue["diagnostics"]


def test_another_method_is_refused(client: Client) -> None:
    found = client.get(f"/cds-services/{VIEW}")

    assert (found.status, found.headers["allow"]) == (405, "OPTIONS, POST")
    assert found.json["resourceType"] == "OperationOutcome"


def test_an_outcome_has_the_headers_of_its_refusal() -> None:
    client = client_of(patience=0.05)
    path, kind = f"/cds-services/{VIEW}", {"content-type": "application/json"}
    found = client.ask("POST", path, (b"{",), kind, forever=True)

    assert (found.status, found.headers["connection"]) == (408, "close")


# --------------------------------------------------------------------- whatever is in a request


def replaced(value: Any, other: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by something else, one at a time."""
    yield other
    match value:
        case dict():
            for key, one in value.items():
                yield from (value | {key: new} for new in replaced(one, other))
        case list():
            for at, one in enumerate(value):
                for new in replaced(one, other):
                    yield [*value[:at], new, *value[at + 1 :]]
        case _:
            pass


FEEDBACK = {
    "feedback": [
        {
            "card": "f6b95768-b1c8-40dc-8385-bf3504b82ffb",
            "outcome": "overridden",
            "overrideReason": {"reason": {"code": "a", "system": "b"}},
            "outcomeTimestamp": "2026-11-29T10:05:31Z",
            "acceptedSuggestions": [{"id": "f6b95768-b1c8-40dc-8385-bf3504b82ffb"}],
        }
    ]
}


@pytest.mark.parametrize("other", [{}, [], 7, -1.5, None, "", True, [{}], {"a": []}])
def test_no_part_of_a_request_brings_the_service_down(
    client: Client, other: Any
) -> None:
    asked = [
        *((f"/cds-services/{SIGN}", one) for one in replaced(SIGNED, other)),
        *((f"/cds-services/{VIEW}/feedback", one) for one in replaced(FEEDBACK, other)),
    ]
    statuses = {client.post(path, body).status for path, body in asked}

    assert len(asked) > 100
    assert statuses <= {200, 400, 412}


# ------------------------------------------------------------------------- what is written down


def test_cards_that_were_logged_can_be_repeated() -> None:
    log: list[Mapping[str, Any]] = []
    client = client_of(
        decisions=log.append, keep_patients=True, suggest=True, base="https://a.example"
    )
    found = client.post(f"/cds-services/{SIGN}", SIGNED)
    client.post(f"/cds-services/{VIEW}", ASKED)
    report = FEEDBACK["feedback"][0] | {"card": found.json["cards"][0]["uuid"]}
    client.post(f"/cds-services/{SIGN}/feedback", {"feedback": [report]})
    lines = [canonical(one) for one in log]

    assert [one["schema"] for one in log] == [
        "b12guide.decision/1",
        "b12guide.decision/1",
        "b12guide.feedback/1",
    ]
    assert found.headers["b12guide-answer"] == log[0]["answer"]
    assert [one.fate for one in replay(lines).repeated] == [Fate.SAME, Fate.SAME]
    silent = {**log[0], "policy": {**log[0]["policy"], "suggest": False}}
    assert replay([canonical(silent)]).repeated[0].fate is Fate.DIFFERENT


@pytest.mark.parametrize(
    "change",
    [
        {"on": "tomorrow"},
        {"service": 7},
        {"policy": {}},
        {"policy": {"suggest": True, "complete": [7], "base": None}},
    ],
)
def test_a_line_about_cards_that_is_none_is_named(change: dict[str, Any]) -> None:
    log: list[Mapping[str, Any]] = []
    client_of(decisions=log.append).post(f"/cds-services/{VIEW}", ASKED)

    with pytest.raises(b12guide.RecordError, match="line 1"):
        replay([canonical({**log[0], **change})])


def test_no_log_holds_what_is_secret_or_of_the_patient() -> None:
    log: list[Mapping[str, Any]] = []
    decisions: list[Mapping[str, Any]] = []
    client = client_of(log=log.append, decisions=decisions.append)
    client.post(f"/cds-services/{VIEW}", ASKED)
    kept: list[Mapping[str, Any]] = []
    client_of(decisions=kept.append, keep_patients=True).post(
        f"/cds-services/{VIEW}", ASKED
    )

    assert log[0]["path"] == "/cds-services/{service}"
    assert log[0]["digest"] == GUIDELINE.digest
    for secret in ("37.37", "1960", "190634004", "Patient", SECRET, "ehr.example"):
        assert secret not in json.dumps(log)
        assert secret not in json.dumps(decisions)
    assert SECRET not in canonical(kept)
    assert "37.37" in canonical(kept)


def test_a_comment_is_kept_only_where_it_is_wanted() -> None:
    report = FEEDBACK["feedback"][0] | {"overrideReason": {"userComment": "Mr Smith"}}
    for comments in (False, True):
        log: list[Mapping[str, Any]] = []
        client = client_of(decisions=log.append, comments=comments)
        client.post(f"/cds-services/{VIEW}/feedback", {"feedback": [report]})

        assert ("Mr Smith" in canonical(log)) is comments


# ------------------------------------------------------------------------------ who may ask

KEY = ec.generate_private_key(ec.SECP384R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k"}
ISSUER = hooks.Issuer.of("https://ehr.example", {"keys": [JWK]})
BASE = "https://cds.example"


def token(**more: Any) -> str:
    now = NOW.timestamp()
    claims = {
        "iss": "https://ehr.example",
        "aud": f"{BASE}/cds-services/{VIEW}",
        "iat": now,
        "exp": now + 300,
        "jti": "once",
    } | more
    signed: str = jwt.encode(claims, KEY, "ES384", {"kid": "k"})
    return f"Bearer {signed}"


def test_only_those_who_are_trusted_may_ask_and_each_token_counts_once() -> None:
    client = client_of(clients=(ISSUER,), base=BASE)
    path = f"/cds-services/{VIEW}"
    unsigned = client.post(path, ASKED)
    first = client.post(path, ASKED, authorization=token())
    again = client.post(path, ASKED, authorization=token())
    elsewhere = client.post(
        f"/cds-services/{SIGN}", SIGNED, authorization=token(jti="other")
    )
    report = client.post(
        f"{path}/feedback",
        FEEDBACK,
        authorization=token(jti="third", aud=f"{BASE}{path}/feedback"),
    )

    assert (unsigned.status, unsigned.headers["www-authenticate"]) == (401, "Bearer")
    assert first.status == 200
    assert again.status == elsewhere.status == 401
    assert report.status == 200
    assert client.get("/cds-services").status == 200
    described = client.get("/openapi.json").json
    assert described["paths"]["/cds-services/{service}"]["post"]["security"]


def test_trusted_clients_need_an_address() -> None:
    with pytest.raises(b12guide.ArgumentError, match="base"):
        Policy(clients=(ISSUER,))
