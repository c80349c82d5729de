"""What tools reply, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from b12guide import load
from b12guide.frozen import FrozenMap
from b12guide.graph.dictionary import dictionary
from b12guide.library import shipped
from b12guide.limits import Limits
from b12guide.mcp.desk import Desk
from b12guide.mcp.fitting import MOST, Sheet
from b12guide.notice import EDUCATION_NOTICE
from b12guide.resources import read

SCHEMA = json.loads(read("schema", "tool.schema.json"))
LIMITS = Limits(bytes=256 * 1024, work=1_000_000)
PATIENT: dict[str, Any] = {
    "facts": {"b12_deficiency": True, "paresthesia": True, "egfr": "35 mL/min"},
    "otherwise": "unknown",
}
ABOUT: dict[str, Any] = {"patient": PATIENT, "on": "2026-01-05"}
GUIDELINES = sorted(
    name for name in shipped() if name != "b12" and not name.endswith(".examples")
)


def desk_of(*names: str) -> Desk:
    served = FrozenMap({name: load(name) for name in names})
    return Desk(served=served, limits=LIMITS)


DESK = desk_of("mecobalamin_im")


def is_right(sheet: Sheet) -> None:
    """Whether a page is one that may be sent, whatever it says."""
    jsonschema.validate(sheet.data, SCHEMA)

    assert len(sheet.text.encode()) <= MOST
    assert len(json.dumps(sheet.data)) <= MOST
    assert EDUCATION_NOTICE in sheet.text
    assert sheet.data["notice"] == EDUCATION_NOTICE
    if sheet.data["guideline"] is not None:
        assert "not approved" in sheet.text


def replied(tool: str, desk: Desk = DESK, **arguments: Any) -> Sheet:
    sheet, is_refusal = desk.call(tool, arguments)
    is_right(sheet)

    assert not is_refusal, sheet.text
    return sheet


def refused(tool: str, desk: Desk = DESK, **arguments: Any) -> list[dict[str, Any]]:
    sheet, is_refusal = desk.call(tool, arguments)
    is_right(sheet)

    assert is_refusal
    found: list[dict[str, Any]] = sheet.data["problems"]
    for one in found:
        assert one["code"]
        assert one["message"]
        assert one["remedy"], one
        assert one["code"] in sheet.text
    return found


def pages(tool: str, desk: Desk = DESK, **arguments: Any) -> Iterator[Sheet]:
    first = replied(tool, desk, **arguments)
    yield first
    for number in range(2, first.data["pages"] + 1):
        yield replied(tool, desk, page=number, **arguments)


def whole(tool: str, desk: Desk = DESK, **arguments: Any) -> str:
    return "\n".join(page.text for page in pages(tool, desk, **arguments))


def test_the_first_page_says_what_is_to_be_done_and_how_to_ask_for_the_rest() -> None:
    page = replied("recommend", **ABOUT)

    about = [line["about"] for line in page.data["lines"]]
    loading = next(line for line in page.data["lines"] if line["about"] == "Loading")
    assert {"Patient", "Not addressed", "Loading", "Maintenance", "Form"} <= {*about}
    assert {"Not now", "Check", "Ask next"} <= {*about}
    assert loading["grounds"] == ["required", "S09"]
    assert "every 2 months" in page.text
    assert "rules may conflict" in page.text
    assert page.data["ask_next"][0] == "age"
    assert "loading" in page.data["decisions"]["determined"]
    assert "page=2" in page.data["more"]
    assert 'details="S09"' in page.data["more"]


def test_every_line_that_a_person_would_read_is_on_some_page() -> None:
    answer = load("mecobalamin_im").recommend(PATIENT, on="2026-01-05")
    told = " ".join(whole("recommend", **ABOUT).split())

    for decision in answer.to_dict()["decisions"].values():
        for option in decision.get("options", ()):
            for statement in option.get("statements", ()):
                assert statement in told
    for silence in answer.silences:
        assert silence.text in told
    for assumption in answer.assumptions:
        assert f"{assumption.name}: " in told
    for question in answer.questions:
        assert f"Ask next: {question.fact}: " in told


@pytest.mark.parametrize("name", GUIDELINES)
def test_no_page_is_too_large_whatever_is_known(name: str) -> None:
    desk = desk_of(name)
    facts = dictionary(load(name).graph)
    unknown = {"patient": {"facts": {}}, "on": "2026-01-05"}
    known = {
        one.name: True for one in facts.values() if one.kind in {"finding", "event"}
    }
    for sent in (unknown, {"patient": {"facts": known}, "on": "2026-01-05"}):
        sheet, is_refusal = desk.call("recommend", sent)
        is_right(sheet)
        if not is_refusal:
            assert len([*pages("recommend", desk, **sent)]) == sheet.data["pages"]


def test_a_history_of_hundreds_of_doses_is_told_in_pages() -> None:
    history = [
        {
            "on": f"{year}-{month:02}-{day:02}",
            "dose": "cyanocobalamin",
            "amount": "1000 µg",
            "route": "intramuscular",
        }
        for year in range(2015, 2026)
        for month in range(1, 13)
        for day in (3, 17)
    ]
    audit = replied("audit", history=history, **ABOUT)
    due = replied("due", history=history, **ABOUT)

    assert audit.data["found"]["violation"] > 0
    assert "Violations" in audit.text
    assert audit.data["pages"] > 5
    assert "Next dose" in due.text
    for number in (2, audit.data["pages"] // 2, audit.data["pages"]):
        assert replied("audit", history=history, page=number, **ABOUT).data["lines"]
    for number in (2, due.data["pages"] // 2, due.data["pages"]):
        assert replied("due", history=history, page=number, **ABOUT).data["lines"]


def test_details_tell_what_is_about_one_id() -> None:
    statement = whole("recommend", details="S13", **ABOUT)
    decision = whole("recommend", details="loading", **ABOUT)
    rule = whole("recommend", details="renal_form", **ABOUT)
    fact = whole("facts", details="egfr")
    heading = whole("recommend", details="Not addressed by the guideline", **ABOUT)

    assert "loading_standard" in statement
    assert "does not apply" in statement or "do not apply" in statement
    assert "on alternate days" in decision
    assert "35 mL/min < 50 mL/min: true" in rule
    assert "Plausible: 0 to 250 mL/min" in fact
    assert "T27" in heading


def test_a_number_as_details_is_a_page() -> None:
    assert replied("recommend", details="2", **ABOUT).data["page"] == 2


def test_what_is_not_there_is_refused_with_what_may_have_been_meant() -> None:
    (details,) = refused("recommend", details="lodaing", **ABOUT)
    (page,) = refused("recommend", page=99, **ABOUT)
    (name,) = refused("explain", name="S99", on="2026-01-05")
    (fact,) = refused("facts", details="egrf")

    assert details["suggestions"][0] == "loading"
    assert page["remedy"].startswith("ask for a page from 1 to ")
    assert "S49" in name["suggestions"]
    assert fact["suggestions"] == ["egfr"]


def test_wrong_facts_come_back_with_their_places() -> None:
    facts = {"egrf": 5, "platelets": "5 parsecs", "b12_deficiency": "yes", "age": 5}
    found = refused("recommend", patient={"facts": facts}, on="2026-01-05")
    by_place = {one["place"]: one for one in found}

    assert by_place["/patient/facts/egrf"]["suggestions"] == ["egfr"]
    assert by_place["/patient/facts/platelets"]["code"] == "GDL713"
    assert by_place["/patient/facts/b12_deficiency"]["suggestions"] == ["true"]
    assert by_place["/patient/facts/age"]["code"] == "GDL734"


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({"patient": PATIENT}, "/on"),
        ({"on": "2026-01-05"}, "/patient"),
        ({**ABOUT, "on": "5 January"}, "/on"),
        ({**ABOUT, "nonsense": 1}, "/nonsense"),
        ({**ABOUT, "guideline": "other"}, "/guideline"),
        ({**ABOUT, "details": 5}, "/details"),
        ({**ABOUT, "page": "two"}, "/page"),
        ({**ABOUT, "page": True}, "/page"),
        ({**ABOUT, "patient": 5}, "/patient"),
    ],
)
def test_wrong_arguments_are_refused_at_their_place(
    arguments: dict[str, Any], place: str
) -> None:
    assert place in [one["place"] for one in refused("recommend", **arguments)]


def test_where_several_are_served_one_has_to_be_named() -> None:
    desk = desk_of("mecobalamin_im", "nice_ng239")
    (problem,) = refused("recommend", desk, **ABOUT)

    assert problem["place"] == "/guideline"
    assert "nice_ng239" in problem["remedy"]
    assert replied("recommend", desk, guideline="nice_ng239", **ABOUT).data[
        "guideline"
    ] == {
        "name": "nice_ng239",
        "version": "1.0.0",
        "status": "under review, not approved",
    }
    assert "nice_ng239: " in replied("guidelines", desk).text


def test_a_call_that_is_too_large_is_refused() -> None:
    history = [{"on": "2025-01-06", "event": "x" * 1000}] * 300
    (problem,) = refused("audit", history=history, **ABOUT)

    assert problem["code"] == "GDL719"


def test_facts_are_found_by_what_people_call_them() -> None:
    assert "renal_dysfunction" in replied("facts", find="kidney").text
    assert "finding: paresthesia" in whole("facts")


def test_claims_are_proved() -> None:
    page = replied("prove")

    assert page.data["fine"]
    assert "No gap: 12 proved" in page.text


def test_what_the_examples_would_not_notice_is_told_with_examples_that_would() -> None:
    (refusal,) = refused("mutate")
    told = whole("mutate", draft=DRAFT)

    assert refusal["code"] == "MCP005"
    assert replied("mutate", of="renal_form").data["fine"] is False
    assert "An example that would notice: example " in told


def test_the_list_of_guidelines_takes_nothing() -> None:
    (problem,) = refused("guidelines", patient={})

    assert problem["place"] == "/patient"


def test_a_question_in_plain_words_is_answered_or_met_with_silence() -> None:
    answered = replied("ask", question="may she take tablets instead?", **ABOUT)
    silent = replied("ask", question="what about the weather?", on="2026-01-05")
    long = "may she take tablets " + "pneumonoultramicroscopic " * 70

    assert not answered.data["silent"]
    said = [one for one in answered.data["lines"] if "guideline says" in one["about"]]
    assert "S48" in said[0]["grounds"]
    assert silent.data["silent"]
    assert "weather" in silent.text
    assert whole("ask", question=long, on="2026-01-05")


DRAFT = """\
language 1
guideline draft "A draft"
    version 0.1.0
    uses    b12
source paper "A paper" kind summary
rule first "First"
    when  b12_deficiency
    form  hydroxocobalamin
    strength should
    cites paper
example "it is the first"
    given  b12_deficiency
    expect form hydroxocobalamin
"""


def test_a_draft_is_checked_tried_and_proved() -> None:
    checked = replied("check", draft=DRAFT)
    proved = replied("prove", draft=DRAFT)
    mutated = replied("mutate", draft=DRAFT)

    assert checked.data["fine"]
    assert "1 example" in checked.text
    assert proved.data["guideline"]["name"] == "draft"
    assert mutated.data["guideline"]["name"] == "draft"


def test_what_is_wrong_with_a_draft_has_place_remedy_and_suggestion() -> None:
    draft = DRAFT.replace(
        "hydroxocobalamin\n    strength", "hydroxocobalmin\n    strength"
    )
    page = replied("check", draft=draft)
    (problem,) = [one for one in page.data["problems"] if one["severity"] == "error"]

    assert not page.data["fine"]
    assert problem["place"] == "draft.gdl, line 8, column 11"
    assert "hydroxocobalamin" in problem["suggestions"]
    assert refused("prove", draft=draft)[0]["code"] == problem["code"]


def test_an_example_that_fails_is_told() -> None:
    page = replied("check", draft=DRAFT.replace("expect form h", "expect no form h"))

    assert not page.data["fine"]
    assert page.data["problems"][0]["severity"] == "error"


def test_a_draft_opens_no_file() -> None:
    for path in ("../secret", "/etc/passwd", "secret"):
        page = replied("check", draft=DRAFT.replace("b12\n", f"{path}\n", 1))

        assert page.data["problems"][0]["code"] in {"GDL220", "GDL222"}


def test_a_draft_of_a_shipped_name_is_tried_on_its_own_examples_alone() -> None:
    draft = DRAFT.replace("guideline draft", "guideline mecobalamin_im")

    assert "1 example" in replied("check", draft=draft).text


def test_a_draft_that_is_too_large_is_refused() -> None:
    (problem,) = refused("check", draft="# much\n" * 10_000)

    assert problem["code"] == "MCP004"


def test_a_draft_and_a_guideline_are_not_asked_at_once() -> None:
    (problem,) = refused("prove", draft=DRAFT, guideline="mecobalamin_im")

    assert problem["code"] == "MCP002"


def test_the_same_call_has_the_same_reply() -> None:
    assert replied("recommend", **ABOUT) == replied("recommend", **ABOUT)


def test_a_mistake_of_our_own_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("b12guide.mcp.desk.put", broken)
    (problem,) = refused("recommend", **ABOUT)

    assert problem["code"] == "MCP011"
    assert "ZeroDivisionError" in problem["message"]


def test_a_mutant_that_lost_a_rule_is_noticed_by_what_the_rule_said() -> None:
    draft = DRAFT.partition("example")[0]
    desk = desk_of("mecobalamin_im", "nice_ng239")

    assert "An example that would notice" in whole("mutate", desk, draft=draft)


def test_a_draft_is_checked_whichever_guidelines_are_served() -> None:
    desk = desk_of("mecobalamin_im", "nice_ng239")

    assert replied("check", desk, draft=DRAFT).data["fine"]


def test_where_no_fact_is_called_so_those_that_come_near_are_named() -> None:
    (problem,) = refused("facts", find="kidny")

    assert problem["place"] == "/find"
    assert "kidney" in problem["suggestions"]
    assert refused("facts", find="zzzz")[0]["remedy"]


def many_rules(count: int) -> str:
    """A draft of many findings and rules that all may meet."""
    findings = [f'finding f{n} "F{n}"\n' for n in range(40)]
    rules = [
        f'rule r{n} "R{n}"\n    when f{n % 40} and (f{n * 7 % 40} or f{n * 11 % 40})\n'
        f"    load hydroxocobalamin {n % 9 + 1}00 µg intramuscular daily for 5 days\n"
        for n in range(count)
    ]
    return "language 1\nguideline many\n    uses b12\n" + "".join(findings + rules)


def test_what_takes_too_much_work_is_not_proved_and_said_so() -> None:
    page = whole("prove", draft=many_rules(30))

    assert "not proved (limit)" in page
