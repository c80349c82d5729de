"""A log of decisions is repeated: what is the same, what is not, and what cannot be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import b12guide
from b12guide.resources import read
from b12guide.serve.asking import answered
from b12guide.serve.decisions import entry_of
from b12guide.serve.openapi import example
from b12guide.serve.policy import Policy
from b12guide.serve.question import BY_NAME, QUESTIONS
from b12guide.serve.replay import Fate, Replay, replay
from b12guide.serve.spelled import as_bytes, canonical

GUIDELINE = b12guide.load("mecobalamin_im")
OURS = """language 1
guideline ours "Ours"
    version 1.0.0
    revised 2026-01-01
    uses    b12
    statements S1 to S1
source page "A page" printed as 1
rule treat "Load"
    when b12_deficiency
    load 1000 µg IM daily for 2 weeks
    strength required
    states S1
    cites page
    because "it is said so"
    patient "you are treated"
"""


def logged(
    question: str,
    more: dict[str, Any] | None = None,
    guideline: b12guide.Guideline = GUIDELINE,
    *,
    kept: bool = True,
) -> dict[str, Any]:
    """What the log says of an answer."""
    asked = BY_NAME[question]
    body = example(asked, guideline, named=False) | (more or {})
    found = answered(
        asked, as_bytes(body), {guideline.name: guideline}, Policy().limits
    )
    head = {"time": "2026-01-05T10:00:00+00:00", "name": "a"}
    return head | entry_of(question, found.sent, found.data, with_request=kept)


def fates(found: Replay) -> list[Fate]:
    return [one.fate for one in found.repeated]


def test_what_was_answered_is_answered_again() -> None:
    facts = {"egfr": {"value": 35.50, "unit": "mL/min"}}
    entries = [logged(question.name) for question in QUESTIONS]
    entries.append(logged("recommend", {"patient": {"facts": facts}}))
    found = replay([*map(canonical, entries), "\n"])

    assert found.is_same
    assert len(found.repeated) == len(QUESTIONS) + 1
    assert "decisions: 8; the same: 8" in found.to_text()


def test_requests_that_are_kept_elsewhere_are_found_by_their_digest() -> None:
    entry = logged("recommend", kept=False)
    body = example(BY_NAME["recommend"], GUIDELINE, named=False)
    turned = json.dumps(dict(reversed(body.items())), indent=None)

    assert fates(replay([canonical(entry)])) == [Fate.NO_REQUEST]
    assert fates(replay([canonical(entry)], requests=["", turned])) == [Fate.SAME]


def test_what_was_changed_is_noticed() -> None:
    entry = logged("recommend")
    other = entry | {"answer": "sha256:0"}
    asked = entry | {"request": entry["request"] | {"on": "2026-01-06"}}
    found = replay([canonical(other), canonical(asked)])

    assert fates(found) == [Fate.DIFFERENT, Fate.DIFFERENT]
    assert not found.is_same
    assert "the request is not what was asked" in found.to_text()


def test_what_is_refused_today_is_told_without_values() -> None:
    body = {"patient": {"facts": {"egfr": "73.73 mg"}}, "on": "2026-01-05"}
    entry = entry_of(
        "recommend", body, GUIDELINE.recommend({}).to_dict(), with_request=True
    )
    found = replay([canonical({"name": "a"} | entry)])

    assert fates(found) == [Fate.REFUSED]
    assert "GDL714" in found.to_text()
    assert "73.73" not in found.to_text()


def test_a_guideline_of_another_version_is_not_asked(tmp_path: Path) -> None:
    file = tmp_path / "ours.gdl"
    file.write_text(OURS, "utf-8")
    ours = b12guide.load(file)
    line = canonical(logged("recommend", guideline=ours))
    file.write_text(OURS.replace("2 weeks", "3 weeks"), "utf-8")

    assert fates(replay([line])) == [Fate.NO_GUIDELINE]
    assert fates(replay([line], guidelines=[b12guide.load(file)])) == [
        Fate.NO_GUIDELINE
    ]
    assert fates(replay([line], guidelines=[ours])) == [Fate.SAME]


@pytest.mark.parametrize("name", ["nowhere", "../b12", "/etc/passwd", "mecobalamin_im"])
def test_the_name_in_a_log_opens_no_file(name: str) -> None:
    entry = logged("recommend")
    entry["guideline"] |= {"name": name, "digest": "sha256:0"}

    assert fates(replay([canonical(entry)])) == [Fate.NO_GUIDELINE]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "7",
        "[" * 100_000,
        '{"schema": "b12guide.decision/1"}',
        canonical(logged("recommend") | {"question": "sell"}),
        canonical(logged("recommend") | {"schema": "b12guide.decision/2"}),
    ],
)
def test_a_line_that_is_no_decision_is_named(line: str) -> None:
    with pytest.raises(b12guide.RecordError, match="line 2") as caught:
        replay(["", line], name="a.jsonl")

    assert caught.value.diagnostics[0].code == "GDL740"
    assert caught.value.diagnostics[0].help


def test_the_report_is_of_its_schema() -> None:
    schema = json.loads(read("schema", "replay.schema.json"))
    found = replay([canonical(logged("recommend", kept=False))])

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(found.to_json()))
    assert found.to_dict()["notice"]
    assert "education" in found.to_text()
