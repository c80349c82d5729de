"""Answers to questions in plain words: what they have, and when they are silent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import b12guide
from b12guide.errors import ArgumentError

GUIDELINE = b12guide.load("mecobalamin_im")


def names(question: str, patient: dict[str, object] | None = None) -> list[str]:
    return [item.name for item in GUIDELINE.ask(question, patient).items]


def test_an_answer_has_three_things_at_most_each_with_its_citation() -> None:
    found = GUIDELINE.ask("how often are injections given?").to_dict()

    assert 1 <= len(found["answers"]) <= 3
    assert all(one["statements"] and one["sources"] for one in found["answers"])


def test_why_not_has_the_rule_that_rules_it_out_and_its_condition() -> None:
    found = GUIDELINE.ask("Why not cyanocobalamin with an eGFR of 38?").to_dict()

    assert found["understood"]["against"]
    assert found["answers"][0]["rule"] == "renal_form"
    assert "below 50 mL/min" in found["answers"][0]["condition"]


def test_a_rule_that_does_not_apply_falls_away() -> None:
    assert "fine_needle" in names("which needle?")
    assert "fine_needle" not in names("which needle?", {"platelets": 200})


def test_a_silence_answers_a_question_about_what_is_not_addressed() -> None:
    found = GUIDELINE.ask("What about nitrous oxide?")

    assert not found.items
    assert [one.noted_as for one in found.silences] == [("T50",)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does a vial of hydroxocobalamin cost?", ("vial", "cost")),
        ("What is the capital of France?", ("capital", "france")),
    ],
)
def test_out_of_scope_is_silence_with_the_words_that_are_unknown(
    question: str, words: tuple[str, ...]
) -> None:
    found = GUIDELINE.ask(question)

    assert found.is_silent
    assert found.unknown_words == words
    assert f"never mentions “{words[0]}”" in found.to_text()


def test_a_misspelled_word_is_read_and_the_correction_reported() -> None:
    found = GUIDELINE.ask("is cynocobalamin ok at an eGFR of 38?")

    assert [(c.written, c.meant) for c in found.understood.corrections] == [
        ("cynocobalamin", "cyanocobalamin")
    ]
    assert found.items[0].name == "renal_form"
    assert "was read as" in found.to_text()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dose in pernicious anaemia?", "Dose in pernicious anemia?"),
        ("How often with paraesthesia?", "how often with Paresthesia"),
        ("Crohn's disease, do we screen?", "Crohn\u2019s disease, do we screen?"),
        (
            "after Roux-en-Y bypass how often",
            "after Roux\u2011en\u2011Y bypass how often",
        ),
    ],
)
def test_spelling_changes_no_answer(one: str, other: str) -> None:
    assert names(one) == names(other)


def test_the_contradictions_of_what_is_answered_are_reported() -> None:
    patient = {"b12_deficiency": True, "egfr": 90}
    found = GUIDELINE.ask(
        "tingling after a gastric bypass, how often for life?", patient
    )

    assert found.conflicts
    assert "contradicts itself" in found.to_text()


def test_why_shows_how_it_was_found() -> None:
    found = GUIDELINE.ask("which needle when platelets are 32?", why=True)
    text = found.to_text(width=200)

    assert "How this was found" in text
    assert "platelets → platelet" in text
    assert found.to_dict()["ranking"][0]["name"] == "fine_needle"
    assert "How this was found" not in GUIDELINE.ask("which needle?").to_text()


def test_a_patient_reads_the_words_for_patients_where_it_is_about_them() -> None:
    found = GUIDELINE.ask("which needle when platelets are 32?")
    text = found.to_text(audience="patient")

    assert "Because you have few platelets" in text
    unknown = GUIDELINE.ask("which needle?").to_text(audience="patient")
    assert "Because you have few platelets" not in unknown


def test_nothing_in_particular_is_no_answer() -> None:
    for question in ("?", "1000", "how are you today", "..."):
        found = GUIDELINE.ask(question)
        assert found.is_silent, question
        assert "Nothing in the guideline answers" in found.to_text()


@pytest.mark.parametrize("question", ["", "  ", "b" * 2001, None, 7])
def test_what_is_no_question_is_refused(question: object) -> None:
    with pytest.raises(ArgumentError, match="question"):
        GUIDELINE.ask(question)  # type: ignore[arg-type]


def test_a_guideline_without_lay_words_is_asked_by_labels_and_titles(
    tmp_path: Path,
) -> None:
    file = tmp_path / "own.gdl"
    file.write_text(
        """language 1
guideline own "Own"
    version    1.0.0
    revised    2026-01-01
    status     under review
    statements S01 to S02
finding snoring "loud snoring"
drug linctus "linctus"
route oral "oral"
source book "A book"
rule syrup "Linctus for loud snoring"
    when     snoring
    load     linctus 5 mg oral daily for 3 days
    strength should
    states   S01
    cites    book
rule quiet "No linctus without snoring"
    when     not snoring
    avoid    linctus
    strength avoid
    states   S02
    cites    book
"""
    )
    own = b12guide.load(file)

    assert (
        own.ask("what about linctus for a man who has loud snoring?").items[0].name
        == "syrup"
    )
    assert own.ask("why not linctus without snoring?").items[0].name == "quiet"
    assert own.ask("what of the price?").is_silent


def test_an_answer_is_read_back_from_its_record() -> None:
    found = GUIDELINE.ask("eGFR 38, which form?", {"diabetes": True}, why=True)
    record = json.loads(found.to_json())

    assert b12guide.Reply.from_dict(record) == found


def test_a_rule_of_which_an_exception_applies_is_no_offer() -> None:
    patient = {"bariatric_procedure": "roux_en_y"}
    found = GUIDELINE.ask("may she take tablets instead?", patient)
    verdicts = {one.name: one.verdict for one in found.items if one.verdict}

    assert found.items[0].name == "bypass"
    assert verdicts["bypass"].verdict is b12guide.Verdict.APPLIES
    assert verdicts["oral_after_loading"].verdict is b12guide.Verdict.OVERRIDDEN
    assert verdicts["oral_after_loading"].overridden_by == ("bypass",)
