"""The service, asked in this process: what it answers, what it refuses, and what it writes down."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest

import b12guide

pytest.importorskip("starlette", reason="the extra serve is not installed")

from b12guide.serve import Policy, asgi
from b12guide.serve.openapi import example
from b12guide.serve.question import BY_NAME, QUESTIONS, Question
from tests.asgi_client import Client, asked

GUIDELINE = b12guide.load("mecobalamin_im")
DAY = "2026-01-05"
PATIENT = {"facts": {"b12_deficiency": True, "egfr": "35 mL/min"}}
ASKED = {"patient": PATIENT, "on": DAY}
JSON = {"content-type": "application/json"}


def client_of(**policy: Any) -> Client:
    return Client(asgi(GUIDELINE, Policy(log=policy.pop("log", _nowhere), **policy)))


def _nowhere(_: Mapping[str, Any]) -> None:
    pass


@pytest.fixture(scope="module")
def client() -> Client:
    return client_of()


# ------------------------------------------------------------------------- what it answers


def of_the_library(question: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the library says when it is asked the same."""
    sent = dict(body)
    patient = sent.pop("patient", None)
    told: dict[str, Callable[..., Any]] = {
        "recommend": lambda **more: GUIDELINE.recommend(patient, **more),
        "explain": lambda name, **more: GUIDELINE.explain(name, patient, **more),
        "ask": lambda question, **more: GUIDELINE.ask(question, patient, **more),
        "timeline": lambda start, **more: GUIDELINE.timeline(patient, start, **more),
        "audit": lambda history, **more: GUIDELINE.audit(patient, history, **more),
        "due": lambda history, **more: GUIDELINE.due(patient, history, **more),
    }
    found: dict[str, Any] = told[question](**sent, units="required").to_dict()
    return found


OF_PATIENTS = [one for one in QUESTIONS if one.name != "read"]


@pytest.mark.parametrize("question", OF_PATIENTS, ids=lambda one: one.name)
def test_an_answer_is_what_the_library_answers(
    client: Client, question: Question
) -> None:
    body = example(question, GUIDELINE, named=False)
    found = client.post(question.path, body)

    assert found.status == 200
    assert found.headers["content-type"] == "application/json"
    assert found.json == of_the_library(question.name, body)
    assert found.json["education"]
    assert found.json["guideline"]["status"] == "under review"
    assert found.json["guideline"]["digest"] == GUIDELINE.digest


@pytest.mark.parametrize(
    ("question", "more"),
    [
        ("recommend", {"fuzzy_threshold": "lower"}),
        ("timeline", {"until": "2026-03-01", "events": {"b12_repleted": "2026-02-01"}}),
        ("audit", {"families": ["interval"], "tolerance": "strict"}),
        ("audit", {"history": {"events": [{"on": DAY, "dose": "mecobalamin"}]}}),
        ("explain", {"patient": PATIENT, "name": "maintenance"}),
        ("due", {"tolerance": "strict", "marks": {"b12_repleted": 1}}),
    ],
)
def test_what_can_be_left_out_says_what_it_says_in_the_library(
    client: Client, question: str, more: dict[str, Any]
) -> None:
    body = example(BY_NAME[question], GUIDELINE, named=False) | more
    found = client.post(f"/{question}", body)
    if isinstance(body.get("history"), dict):
        body["history"] = body["history"]["events"]

    assert found.status == 200
    assert found.json == of_the_library(question, body)


def test_pages_that_are_the_same_for_everybody(client: Client) -> None:
    page = client.get("/service")
    facts = client.get("/facts?guideline=mecobalamin_im")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for told in (
        "For education and research",
        "under review",
        GUIDELINE.digest,
        'href="openapi.json"',
    ):
        assert told in page.content.decode()
    assert {fact["name"] for fact in facts.json["facts"]} == set(GUIDELINE.facts)
    assert client.get("/facts/schema").json == GUIDELINE.json_schema(units="required")
    assert client.get("/guidelines").json["guidelines"][0]["digest"] == GUIDELINE.digest
    assert client.get("/guidelines").json["notice"]
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_the_first_page_is_for_people_and_stands_in_no_other_page(
    client: Client,
) -> None:
    page = client.get("/")
    text = page.content.decode()

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert 'class="program"' in text
    assert " data-served" in text


def test_of_several_guidelines_one_has_to_be_named() -> None:
    names = ["mecobalamin_im", "nice_ng239"]
    client = Client(asgi(names, Policy(log=_nowhere)))
    named = client.post("/recommend", ASKED | {"guideline": "nice_ng239"})
    unnamed = client.post("/recommend", ASKED)
    another = client.post("/recommend", ASKED | {"guideline": "nice"})

    assert named.json["guideline"]["name"] == "nice_ng239"
    assert (unnamed.status, unnamed.codes) == (422, ["SRV002"])
    assert unnamed.json["errors"][0]["remedy"].count("nice_ng239") == 1
    assert (another.status, another.codes) == (404, ["SRV005"])
    assert client.get("/facts").status == 422
    assert client.get("/facts?guideline=nice_ng239").status == 200
    assert client.get("/facts?guideline=nice").status == 404


@pytest.mark.parametrize("guidelines", [(), 7, ["mecobalamin_im", GUIDELINE]])
def test_what_is_no_choice_of_guidelines_is_refused(guidelines: Any) -> None:
    with pytest.raises(b12guide.ArgumentError, match="guidelines"):
        asgi(guidelines)


@pytest.mark.parametrize("patience", [0, -1, True, "7", float("nan")])
def test_what_is_no_patience_is_refused(patience: Any) -> None:
    with pytest.raises(b12guide.ArgumentError, match="patience"):
        Policy(patience=patience)


# ------------------------------------------------------------------------- what it refuses

LONG = b'{"patient": {"facts": {}}, "on": "2026-01-05", "x": "' + b"y" * 300_000 + b'"}'
REFUSED: dict[str, tuple[Any, int, list[str], list[str | None]]] = {
    "nothing": (b"", 400, ["GDL702"], [None]),
    "no UTF-8": (b'{"on": "\xff"}', 400, ["GDL701"], [None]),
    "UTF-16": ('{"on": 1}'.encode("utf-16"), 400, ["GDL701"], [None]),
    "half of it": (b'{"patient": {', 400, ["GDL702"], [None]),
    "more after it": (b"{} {}", 400, ["GDL702"], [None]),
    "NaN": (b'{"on": NaN}', 400, ["GDL702"], [None]),
    "infinite": (b'{"on": -Infinity}', 400, ["GDL702"], [None]),
    "half a character": (b'{"on": "\\ud800"}', 400, ["GDL702"], [None]),
    "a key twice": (b'{"on": 1, "on": 2}', 400, ["GDL705"], ["/on"]),
    "a fact twice": (
        b'{"patient": {"facts": {"egfr": 1, "egfr": 2}}, "on": "2026-01-05"}',
        400,
        ["GDL705"],
        ["/patient/facts/egfr"],
    ),
    "too many digits": (b'{"on": %s}' % (b"9" * 5000), 422, ["GDL719"], [None]),
    "too many decimals": (b'{"on": 0.%s}' % (b"9" * 99), 422, ["GDL719"], [None]),
    "too deep": (b"[" * 5000 + b"]" * 5000, 422, ["GDL719"], [None]),
    "too large": (LONG, 413, ["SRV010"], [None]),
    "a list": (b"[]", 422, ["SRV004"], [""]),
    "nothing in it": (b"{}", 422, ["SRV002", "SRV002"], ["/patient", "/on"]),
    "no such member": (ASKED | {"otherwise": 1}, 422, ["SRV003"], ["/otherwise"]),
    "no day": (ASKED | {"on": "tomorrow"}, 422, ["SRV004"], ["/on"]),
    "another month": (ASKED | {"on": "2026-13-01"}, 422, ["SRV004"], ["/on"]),
    "a moment": (ASKED | {"on": "2026-01-05T10:00"}, 422, ["SRV004"], ["/on"]),
    "other digits": (
        ASKED | {"on": "\u0662\u0660\u0662\u0666-01-05"},
        422,
        ["SRV004"],
        ["/on"],
    ),
    "a number": (ASKED | {"on": 20260105}, 422, ["SRV004"], ["/on"]),
    "no way": (
        ASKED | {"fuzzy_threshold": "up"},
        422,
        ["SRV004"],
        ["/fuzzy_threshold"],
    ),
    "no guideline": (ASKED | {"guideline": None}, 422, ["SRV004"], ["/guideline"]),
    "no such guideline": (ASKED | {"guideline": "x"}, 404, ["SRV005"], ["/guideline"]),
    "no patient": (ASKED | {"patient": None}, 422, ["GDL703"], ["/patient"]),
    "no facts": (ASKED | {"patient": {}}, 422, ["GDL703"], ["/patient"]),
    "facts in a list": (
        ASKED | {"patient": {"facts": []}},
        422,
        ["GDL703"],
        ["/patient/facts"],
    ),
    "no unit": (
        ASKED | {"patient": {"facts": {"egfr": 35}}},
        422,
        ["GDL734"],
        ["/patient/facts/egfr"],
    ),
    "no unit in text": (
        ASKED | {"patient": {"facts": {"egfr": "35"}}},
        422,
        ["GDL734"],
        ["/patient/facts/egfr"],
    ),
    "two at once": (
        ASKED | {"patient": {"facts": {"egrf": "35 mL/min", "paresthesia": "yes!"}}},
        422,
        ["GDL707", "GDL710"],
        ["/patient/facts/egrf", "/patient/facts/paresthesia"],
    ),
    "an implausible value": (
        ASKED | {"patient": {"facts": {"egfr": {"value": 9e9, "unit": "mL/min"}}}},
        422,
        ["GDL715"],
        ["/patient/facts/egfr/value"],
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_a_problem_with_its_place_and_remedy(
    client: Client, name: str
) -> None:
    body, status, codes, pointers = REFUSED[name]
    found = client.post("/recommend", body)

    assert (found.status, found.codes) == (status, codes)
    assert found.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in found.json["errors"]] == pointers
    assert found.json["status"] == status
    assert all(one["remedy"] for one in found.json["errors"])


def test_a_problem_holds_no_values_of_the_patient(client: Client) -> None:
    facts = {"egfr": "73737 mL/min", "paresthesia": "73737", "platelets": 73737}
    found = client.post("/recommend", ASKED | {"patient": {"facts": facts}})

    assert found.codes == ["GDL715", "GDL710", "GDL715"]
    assert b"73737" not in found.content


def test_a_problem_says_in_which_line_it_is(client: Client) -> None:
    text = '{"on": "2026-01-05",\n "patient": {"facts": {\n  "egfr": 35}}}'
    (told,) = client.post("/recommend", text.encode()).json["errors"]

    assert (told["line"], told["column"]) == (3, 11)


@pytest.mark.parametrize(
    ("question", "more", "status", "pointer"),
    [
        ("explain", {"name": "renal_frm"}, 404, "/name"),
        ("explain", {"name": 7}, 422, "/name"),
        ("timeline", {"events": {"christmas": DAY}}, 422, "/events/christmas"),
        ("timeline", {"events": {"b12_repleted": 7}}, 422, "/events/b12_repleted"),
        ("timeline", {"events": []}, 422, "/events"),
        ("timeline", {"until": "1999-01-01"}, 422, None),
        ("audit", {"history": 7}, 422, "/history"),
        ("audit", {"history": {"events": 7}}, 422, "/history"),
        ("audit", {"history": [{"on": DAY}]}, 422, "/history/0"),
        ("audit", {"history": [{"on": DAY, "dose": "x"}]}, 422, "/history/0/dose"),
        ("audit", {"families": ["kin"]}, 422, "/families"),
        ("audit", {"tolerance": "some"}, 422, "/tolerance"),
        ("due", {"marks": []}, 422, "/marks"),
        ("due", {"marks": {"b12_repleted": 0}}, 422, "/marks/b12_repleted"),
        ("due", {"marks": {"b12_repleted": True}}, 422, "/marks/b12_repleted"),
        ("due", {"marks": {"christmas": 1}}, 422, "/marks/christmas"),
        ("due", {"marks": {"b12_repleted": "beer"}}, 422, "/marks"),
        ("read", {"patient": PATIENT}, 422, "/patient"),
    ],
)
def test_each_question_refuses_what_it_does_not_take(
    client: Client,
    question: str,
    more: dict[str, Any],
    status: int,
    pointer: str | None,
) -> None:
    body = example(BY_NAME[question], GUIDELINE, named=False) | more
    found = client.post(BY_NAME[question].path, body)

    assert found.status == status
    assert [one["pointer"] for one in found.json["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 415, "SRV007"),
        ({"content-type": "text/plain"}, 415, "SRV007"),
        ({"content-type": "application/json; charset=latin-1"}, 415, "SRV007"),
        (JSON | {"content-encoding": "gzip"}, 415, "SRV008"),
        (JSON | {"content-length": "9" * 40}, 413, "SRV010"),
    ],
)
def test_what_a_body_says_of_itself_is_looked_at_first(
    client: Client, headers: dict[str, str], status: int, code: str
) -> None:
    found = client.ask("POST", "/recommend", (b"{}",), headers)

    assert (found.status, found.codes) == (status, [code])


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", "Application/JSON"]
)
def test_json_may_say_that_it_is_utf_8(client: Client, kind: str) -> None:
    body = json.dumps(ASKED).encode()

    assert (
        client.ask("POST", "/recommend", (body,), {"content-type": kind}).status == 200
    )


def test_a_body_may_come_in_pieces_but_not_without_end(client: Client) -> None:
    body = json.dumps(ASKED).encode()
    pieces = [body[:9], b"", body[9:]]
    endless = [b" " * 100_000] * 4

    assert client.ask("POST", "/recommend", pieces, JSON).status == 200
    assert client.ask("POST", "/recommend", endless, JSON).status == 413


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    client = client_of(patience=0.05)
    found = client.ask("POST", "/recommend", (b"{",), JSON, forever=True)

    assert (found.status, found.codes) == (408, ["SRV009"])


def test_a_question_that_takes_too_much_work_is_refused() -> None:
    client = client_of(limits=b12guide.Limits(work=10))
    found = client.post("/recommend", ASKED | {"patient": {"facts": {}}})

    assert (found.status, found.codes) == (422, ["GDL792"])


@pytest.mark.parametrize(
    ("method", "target", "status", "allow"),
    [
        ("GET", "/recommend", 405, "OPTIONS, POST"),
        ("DELETE", "/recommend", 405, "OPTIONS, POST"),
        ("POST", "/facts", 405, "GET, HEAD, OPTIONS"),
        ("TRACE", "/", 405, "GET, HEAD, OPTIONS"),
        ("OPTIONS", "/recommend", 204, "OPTIONS, POST"),
        ("OPTIONS", "/", 204, "GET, HEAD, OPTIONS"),
        ("HEAD", "/facts", 200, None),
        ("GET", "/recommend/", 404, None),
        ("GET", "/../etc/passwd", 404, None),
        ("OPTIONS", "/nowhere", 404, None),
        ("GET", "/facts?guideline=x", 404, None),
        ("GET", "/facts?guidelines=mecobalamin_im", 422, None),
        ("GET", "/facts?guideline=mecobalamin_im&guideline=x", 422, None),
        ("GET", "/healthz?x", 422, None),
        ("GET", "/healthz?x=1", 422, None),
    ],
)
def test_paths_and_methods(
    client: Client, method: str, target: str, status: int, allow: str | None
) -> None:
    found = client.ask(method, target)

    assert found.status == status
    assert found.headers.get("allow") == allow
    if status > 399:
        assert found.headers["content-type"] == "application/problem+json"
        assert found.json["errors"][0]["remedy"]


def test_parameters_of_a_question_in_the_address_are_refused(client: Client) -> None:
    found = client.post("/recommend?egfr=35", ASKED)

    assert (found.status, found.codes) == (422, ["SRV006"])


# --------------------------------------------------------------------- when it is busy, or ill


def test_no_more_wait_than_may_wait_and_those_who_do_are_answered() -> None:
    may_go = threading.Event()
    began = threading.Semaphore(0)

    def slowly(_: Mapping[str, Any]) -> None:
        began.release()
        assert may_go.wait(30)

    policy = Policy(at_once=1, waiting=1, decisions=slowly, log=_nowhere)
    app = asgi(GUIDELINE, policy)
    body = json.dumps(ASKED).encode()

    async def crowd() -> tuple[list[int], int, int, str]:
        two = [
            asyncio.create_task(asked(app, "POST", "/recommend", (body,), JSON))
            for _ in range(2)
        ]
        await asyncio.to_thread(began.acquire)
        third = await asked(app, "POST", "/recommend", (body,), JSON)
        ready = await asked(app, "GET", "/readyz")
        healthy = await asked(app, "GET", "/healthz")
        assert healthy.status == 200
        may_go.set()
        first = [reply.status for reply in await asyncio.gather(*two)]
        return first, third.status, ready.status, third.headers["retry-after"]

    assert asyncio.run(crowd()) == ([200, 200], 503, 503, "1")
    assert Client(app).get("/readyz").status == 200


def test_a_mistake_of_our_own_is_no_traceback() -> None:
    def broken(_: Mapping[str, Any]) -> None:
        raise RuntimeError(PATIENT)

    log: list[Mapping[str, Any]] = []
    found = client_of(decisions=broken, log=log.append).post("/recommend", ASKED)

    assert (found.status, found.codes) == (500, ["SRV011"])
    assert b"35" not in found.content
    assert b"raceback" not in found.content
    assert log[0]["mistake"] == "RuntimeError"
    assert "35 mL" not in json.dumps(log)


def test_no_answer_without_its_decision_in_the_log() -> None:
    def full(_: Mapping[str, Any]) -> None:
        raise OSError

    found = client_of(decisions=full).post("/recommend", ASKED)

    assert (found.status, found.codes) == (503, ["SRV012"])


def test_a_log_that_cannot_be_written_keeps_no_answer_back() -> None:
    def full(_: Mapping[str, Any]) -> None:
        raise OSError

    assert client_of(log=full).post("/recommend", ASKED).status == 200


# ------------------------------------------------------------------------- what it writes down


def test_the_log_says_what_was_asked_and_nothing_of_the_patient() -> None:
    log: list[Mapping[str, Any]] = []
    client = client_of(log=log.append)
    facts = {"b12_deficiency": True, "egfr": "37.37 mL/min", "age": "73.73 years"}
    found = client.post("/recommend", ASKED | {"patient": {"facts": facts}})
    client.post("/recommend", ASKED | {"patient": {"facts": {"egfr": 37.37}}})
    client.get("/37.37")
    client.get("/facts?guideline=37.37")
    answered, refused, nowhere, unknown = log

    assert answered["path"] == "/recommend"
    assert answered["status"] == 200
    assert answered["guideline"] == "mecobalamin_im"
    assert answered["digest"] == GUIDELINE.digest
    assert answered["answer"] == found.headers["b12guide-answer"]
    assert answered["request"] == found.headers["x-request-id"]
    assert answered["time"].endswith("+00:00")
    assert refused["codes"] == ["GDL734"]
    assert (nowhere["path"], nowhere["status"]) == (None, 404)
    assert (unknown["path"], unknown["status"]) == ("/facts", 404)
    for secret in ("37.37", "73.73", "egfr", "b12_deficiency"):
        assert secret not in json.dumps(log)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("a-1.b:2_c", True), ("a b", False), ("x" * 65, False), ('"}{"', False)],
)
def test_a_request_keeps_its_name_if_it_can_stand_in_a_log(
    sent: str, *, kept: bool
) -> None:
    client = client_of(namer=lambda: "ours")

    found = client.ask("GET", "/healthz", headers={"x-request-id": sent})

    assert found.headers["x-request-id"] == (sent if kept else "ours")


def test_no_answer_is_to_be_kept_on_the_way(client: Client) -> None:
    for found in (client.post("/recommend", ASKED), client.get("/x")):
        assert found.headers["cache-control"] == "no-store"
        assert found.headers["x-content-type-options"] == "nosniff"


def test_pages_of_other_origins_may_not_ask_unless_they_are_named() -> None:
    origin = {"origin": "https://ehr.example"}
    asking = origin | {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    closed, open_ = client_of(), client_of(cors="https://ehr.example")
    allowed = "access-control-allow-origin"

    assert allowed not in closed.ask("OPTIONS", "/recommend", headers=asking).headers
    assert allowed not in closed.ask("GET", "/facts", headers=origin).headers
    found = open_.ask("OPTIONS", "/recommend", headers=asking)
    assert found.headers[allowed] == "https://ehr.example"
    assert open_.ask("GET", "/facts", headers=origin).headers[allowed]
    other = {"origin": "https://other.example"}
    assert allowed not in open_.ask("GET", "/facts", headers=other).headers


def test_what_is_no_request_is_none_of_its_business() -> None:
    async def socket() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        scope = {"type": "websocket", "path": "/recommend", "headers": []}
        await client_of().app(scope, receive, send)
        return sent

    assert asyncio.run(socket()) == [
        {"type": "websocket.close", "code": 1000, "reason": ""}
    ]
