"""Drafts over HTTP: what is wrong with them, what may be written, what holds, what is not read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide.resources import read

pytest.importorskip("starlette", reason="the extra serve is not installed")

from b12guide.serve import Policy, asgi, workbench
from b12guide.serve.drafts import DRAFT_NOTICE, Draft
from b12guide.serve.editing import BY_NAME, VERBS, Verb, example
from b12guide.serve.refusal import RequestError
from tests.asgi_client import Client

SOUND = """\
language 1

guideline ours "Ours"
    version    0.1.0
    revised    2026-01-01
    status     under review
    uses       b12

source page "A page"
    by      "Somebody", 2026
    kind    webpage
    printed as 1

rule tablets "Tablets"
    when     b12_deficiency
    form     cyanocobalamin
    strength should
    cites    page
    because  "So it is written."

example "deficiency"
    given  b12_deficiency, otherwise absent
    expect form cyanocobalamin
"""
SLIP = SOUND.replace("form     cyanocobalamin", "form     cyanocobalmin")
"""A slip in the name of a drug."""


def client_of(guidelines: Any = "mecobalamin_im", **policy: Any) -> Client:
    return Client(asgi(guidelines, Policy(log=lambda _: None, **policy)))


@pytest.fixture(scope="module")
def client() -> Client:
    return client_of()


def asked(client: Client, verb: str, text: str, **more: Any) -> Any:
    """What is said of a draft, which is as its schema has it and says that it is one."""
    found = client.post(f"/edit/{verb}", {"text": text, **more})

    assert found.status == 200, found.content
    schema = json.loads(read("schema", "draft.schema.json"))
    Draft202012Validator(schema).validate(found.json)
    assert found.json["draft"] == DRAFT_NOTICE
    assert "education" in found.json["education"]
    return found.json


# ----------------------------------------------------------------------- what is said of one


def test_a_sound_draft_has_no_errors_and_its_examples_are_tried(client: Client) -> None:
    found = asked(client, "check", SOUND)

    assert not found["has_errors"]
    assert found["guideline"]["name"] == "ours"
    headings = {one["name"]: one for one in found["outline"]["draft"]}
    assert headings["tablets"]["said"] == "1 example, covered"
    assert (
        headings["tablets"]["line"] == SOUND[: SOUND.index("rule tabl")].count("\n") + 1
    )


def test_a_slip_has_a_place_a_remedy_and_an_edit_that_mends_it(client: Client) -> None:
    found = asked(client, "check", SLIP)
    [slip] = [one for one in found["diagnostics"] if one["severity"] == "error"]

    assert found["has_errors"]
    assert found["guideline"] is None
    assert slip["place"]["file"] == "draft.gdl"
    assert slip["place"]["start"]["offset"] == SLIP.index("cyanocobalmin")
    [edit] = slip["help"][0]["edits"]
    start, end = edit["start"]["offset"], edit["end"]["offset"]
    assert SLIP[:start] + edit["replacement"] + SLIP[end:] == SOUND


def test_while_one_types_only_what_is_quick_is_checked(client: Client) -> None:
    found = asked(client, "check", SOUND, deep=False)

    assert not found["is_deep"]
    assert found["guideline"] is None
    assert {one["said"] for one in found["outline"]["draft"]} == {""}


def test_a_shipped_guideline_has_no_errors_as_a_draft(client: Client) -> None:
    [main, *others] = client.get("/edit/files").json["files"]
    found = asked(client, "check", main["text"])

    assert main["name"] == "draft"
    assert main["called"] == "mecobalamin_im"
    assert {one["called"] for one in others} == {"b12", "mecobalamin_im.examples"}
    assert all(one["is_shipped"] for one in (main, *others))
    assert not found["has_errors"]
    assert found["guideline"]["digest"] == b12guide.load("mecobalamin_im").digest


def test_the_files_to_begin_with_are_as_their_schema_has_them(client: Client) -> None:
    schema = json.loads(read("schema", "files.schema.json"))

    Draft202012Validator(schema).validate(client.get("/edit/files").json)


def test_a_draft_is_formatted_as_on_the_command_line(client: Client) -> None:
    loose = SOUND.replace("    when     b12", "  when b12")
    [edit] = asked(client, "format", loose)["edits"]

    assert loose[: edit["start"]] + edit["replacement"] + loose[edit["end"] :] == SOUND
    assert asked(client, "format", SOUND)["edits"] == []
    assert asked(client, "format", "rule rule")["edits"] is None
    assert asked(client, "format", "rule rule")["has_errors"]


def test_names_and_words_are_suggested_where_they_fit(client: Client) -> None:
    at = SOUND.index("b12_deficiency", SOUND.index("when"))
    found = asked(client, "complete", SOUND, at=at + 3)
    labels = [one["label"] for one in found["suggestions"]]

    assert found["start"] == at
    assert "b12_deficiency" in labels
    assert "strength" not in labels
    [about] = [o["about"] for o in found["suggestions"] if o["label"] == "egfr"]
    assert "estimated glomerular filtration rate" in about


def test_a_word_is_explained_where_it_stands(client: Client) -> None:
    at = SOUND.index("b12_deficiency")
    fact = asked(client, "hover", SOUND, at=at)["about"]

    assert fact["start"], fact["end"] == (at, at + len("b12_deficiency"))
    assert fact["markdown"].startswith("**finding** `b12_deficiency`")
    assert asked(client, "hover", SOUND, at=SOUND.index("strength"))["about"]
    assert asked(client, "hover", SOUND, at=10**9)["about"] is None


def test_another_file_is_looked_at_where_it_is_asked_for(client: Client) -> None:
    words = 'language 1\n\nvocabulary words "Words"\n\nfinding tired "tiredness"\n'
    text = SOUND.replace("uses       b12", "uses       b12, words").replace(
        "when     b12_deficiency", "when     tired"
    )
    text = text[: text.index("example")]
    beside = {"words": words}

    assert asked(client, "check", text)["has_errors"]
    assert not asked(client, "check", text, beside=beside)["has_errors"]
    at = words.index("tired")
    told = asked(client, "hover", text, beside=beside, file="words", at=at)["about"]
    assert "tiredness" in told["markdown"]


def test_examples_that_fail_say_what_was_expected(client: Client) -> None:
    wrong = SOUND.replace("expect form cyano", "expect form hydroxo")
    trial = asked(client, "test", wrong)["trial"]

    assert trial["summary"]["failed"] == 1
    assert asked(client, "test", SOUND)["trial"]["summary"]["passed"] == 1
    assert asked(client, "test", SLIP)["trial"] is None
    assert asked(client, "test", SLIP)["has_errors"]


def test_claims_are_proved_or_broken_by_somebody(client: Client) -> None:
    claim = '\ninvariant none "none"\n    never cyanocobalamin unless pregnancy\n'
    proofs = asked(client, "prove", SOUND + claim)["proofs"]

    assert any(one["patient"] is not None for one in proofs["claims"]), proofs["claims"]
    assert asked(client, "prove", SLIP)["proofs"] is None


def test_a_draft_that_answers_says_wherever_it_is_read_that_it_is_one(
    client: Client,
) -> None:
    digest = asked(client, "check", SOUND)["guideline"]["digest"]
    approval = f'approved by "Somebody" on 2026-01-02 covering {digest}'
    text = SOUND.replace("under review", approval)
    program = asked(client, "compile", text)["program"]

    assert program["schema"] == "b12guide.program/1"
    assert program["draft"] == DRAFT_NOTICE
    assert DRAFT_NOTICE in program["warning"]
    assert program["guideline"]["name"] == "ours"
    assert program["guideline"]["status"] == "submitted"
    assert program["guideline"]["approved_by"] is None
    assert ["Status", "draft, not reviewed"] in program["papers"]["particulars"]
    assert asked(client, "compile", SLIP)["program"] is None


def test_a_draft_answers_although_its_examples_fail(client: Client) -> None:
    wrong = SOUND.replace("expect form cyano", "expect form hydroxo")

    assert asked(client, "compile", wrong)["program"] is not None


def test_the_editor_is_served_with_its_style(client: Client) -> None:
    for path, kind in (("/edit.js", "text/javascript"), ("/edit.css", "text/css")):
        found = client.get(path)

        assert found.status == 200
        assert found.headers["content-type"].startswith(kind)


# --------------------------------------------------------------------- what is not read


@pytest.mark.parametrize(
    "used", ["../secret", "secret", "/etc/passwd", "sub/secret", "c:secret"]
)
def test_a_draft_uses_no_file_of_the_machine(
    client: Client, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    for place in (tmp_path, tmp_path / "sub"):
        (place / "secret.gdl").write_text("language 1\nvocabulary secret\nfinding pin")
    monkeypatch.chdir(tmp_path / "sub")
    text = SOUND.replace("uses       b12", f"uses       b12, {used}")

    for verb in VERBS:
        found = client.post(verb.path, {**example(verb), "text": text})
        assert "pin" not in found.content.decode().replace("B12guide", "")
    assert asked(client, "check", text)["has_errors"]


def test_files_of_an_own_guideline_are_told_without_their_folder(
    tmp_path: Path,
) -> None:
    text = SOUND.replace("uses       b12", "uses       b12, words")
    (tmp_path / "ours.gdl").write_text(text, "utf-8")
    (tmp_path / "words.gdl").write_text(
        'language 1\n\nvocabulary words "Words"\n\nfinding tired "tiredness"\n', "utf-8"
    )
    (tmp_path / "unused.gdl").write_text("language 1\nvocabulary unused", "utf-8")
    client = client_of(tmp_path / "ours.gdl")
    found = client.get("/edit/files?guideline=ours")
    files = {one["called"]: one for one in found.json["files"]}

    assert set(files) == {"ours", "b12", "words"}
    assert not files["words"]["is_shipped"]
    assert files["b12"]["is_shipped"]
    assert str(tmp_path) not in found.content.decode()
    beside = {"words": files["words"]["text"]}
    assert not asked(client, "check", files["ours"]["text"], beside=beside)[
        "has_errors"
    ]


def test_nothing_is_written(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for verb in VERBS:
        client.post(verb.path, {**example(verb), "text": SOUND})

    assert list(tmp_path.iterdir()) == []


def test_a_log_says_nothing_of_the_text() -> None:
    entries: list[Any] = []
    client = Client(asgi("mecobalamin_im", Policy(log=entries.append)))
    asked(client, "check", SOUND)

    assert entries[-1]["path"] == "/edit/check"
    assert entries[-1]["guideline"] == "ours"
    assert "Somebody" not in json.dumps(entries)


# ------------------------------------------------------------------------ what is refused


def test_what_is_sent_twice_wrongly_or_for_nothing_is_refused(client: Client) -> None:
    for body, code, pointer in (
        ({}, "SRV002", "/text"),
        ({"text": 1}, "SRV004", "/text"),
        ({"text": "", "more": 1}, "SRV003", "/more"),
        ({"text": "", "deep": "yes"}, "SRV004", "/deep"),
        ({"text": "", "beside": []}, "SRV004", "/beside"),
        ({"text": "", "beside": {"a": 1}}, "SRV004", "/beside/a"),
        ({"text": "", "beside": {"../a": ""}}, "SRV004", "/beside/..~1a"),
        ([], "SRV004", ""),
    ):
        found = client.post("/edit/check", body)

        assert found.status == 422
        [fault] = found.json["errors"]
        assert (fault["code"], fault["pointer"]) == (code, pointer)
        assert fault["remedy"]
    assert client.post("/edit/hover", {"text": ""}).codes == ["SRV002"]
    assert client.post("/edit/hover", {"text": "", "at": -1}).codes == ["SRV004"]
    lost = client.post("/edit/format", {"text": "", "file": "words"})
    assert lost.codes == ["SRV004"]


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
@pytest.mark.parametrize(
    "text", ["", "\0", "\N{ZERO WIDTH SPACE}", "rule " * 20_000, '"', "\r\n\r"]
)
def test_any_text_is_answered(client: Client, verb: Verb, text: str) -> None:
    asked(client, verb.name, text, **({"at": 3} if "at" in verb.members else {}))


def test_a_draft_that_takes_too_long_is_given_up_and_the_next_is_answered() -> None:
    client = client_of(edit_seconds=0.001)
    found = client.post("/edit/prove", {"text": SOUND})

    assert found.status == 422
    assert found.codes == ["SRV021"]
    assert "b12guide prove" in found.json["errors"][0]["remedy"]
    again = client.post("/edit/prove", {"text": SOUND})
    assert again.codes == ["SRV021"]


def test_a_process_that_ends_is_told_and_another_one_begins() -> None:
    bench = workbench.Workbench(20)
    draft = Draft(text=SOUND)

    assert bench.ask("check", draft)["guideline"]["name"] == "ours"
    process = bench._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(RequestError) as caught:
        bench.ask("check", draft)
    assert [one.code for one in caught.value.faults] == ["SRV022"]
    assert bench.ask("check", draft)["guideline"]["name"] == "ours"


def test_where_nobody_is_to_edit_there_are_no_such_paths() -> None:
    client = client_of(edit=False)

    assert client.get("/edit/files").status == 404
    assert client.get("/edit.js").status == 404
    assert client.post("/edit/check", {"text": SOUND}).status == 404
    assert not any("edit" in path for path in client.get("/openapi.json").json["paths"])
    assert {f"/edit/{name}" for name in BY_NAME} < set(
        client_of().get("/openapi.json").json["paths"]
    )
