"""What an answer says of the record: assumed units, later values, facts that nothing reads."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from b12guide import Guideline, load

ON = dt.date(2026, 1, 1)

# Nothing of it is like the shipped guideline. `tied` is read by no rule and tied to a fact that is;
# `level` is the measure of a target; `aside` is the topic of a silence.
WRITTEN = """language 1
vocabulary words "Words"
finding cold "a cold"
finding tied "a tie"
    implies   cold
finding lost "a lost finding"
finding aside "something aside"
finding behind "something behind"
event over "it is over"
choice colour "the colour"
    values    red "red", blue "blue"
measure fever "body temperature (BT)"
    unit      cm
measure level "the level"
    unit      g/L
measure count "how many"
drug tea "tea"
    plausible dose 1 to 100 mg
route oral "by mouth"
"""

GUIDELINE = """language 1
guideline small "A small guideline"
    version   1.0.0
    revised   2026-01-01
    status    submitted
    uses      words
source paper "Paper"
    by        "Somebody", 2026
    kind      summary
    printed as 1
rule drink "Tea"
    when     fever > 38 cm or cold
    load     tea 10 mg oral every day until over
    strength should
    cites    paper
rule aim "Level"
    when     cold
    target   level < 10 g/L
    strength should
    cites    paper
silent on aside "Nothing is said of it."
    when     behind
"""


@pytest.fixture(scope="module")
def guideline(tmp_path_factory: pytest.TempPathFactory) -> Guideline:
    folder: Path = tmp_path_factory.mktemp("small")
    (folder / "words.gdl").write_text(WRITTEN, encoding="utf-8")
    file = folder / "small.gdl"
    file.write_text(GUIDELINE, encoding="utf-8")
    return load(file)


def remarks(guideline: Guideline, facts: dict[str, Any], **options: Any) -> list[str]:
    answer = guideline.recommend(facts, **options)
    told = list(answer.remarks)
    assert [n.text for n in answer.notices if n.rule is None][-len(told) :] == told or (
        not told
    )
    said = [notice["text"] for notice in answer.to_dict()["notices"]]
    page = " ".join(answer.to_text(width=400).split())
    for text in told:
        assert text in said
        assert text[0].upper() + text[1:] in page
    return told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"fever": 39}, ["no unit was given: BT 39 was read as cm"]),
        ({"fever": "39.5"}, ["no unit was given: BT 39.5 was read as cm"]),
        ({"fever": {"value": 39, "unit": "cm"}, "count": 3}, ["read by no rule: how"]),
        (
            {"fever": 39, "level": 9, "cold": True},
            [
                "BT 39 was read as cm, the level 9 was read as g/L",
                "recorded, read by no rule: the level",
            ],
        ),
        (
            {"fever": {"value": "39 cm", "on": "2062-01-01"}},
            [
                "BT is recorded for 2062-01-01, after the day asked for (2026-01-01): not"
            ],
        ),
        (
            {
                "fever": [
                    {"value": 39, "on": "2026-01-01"},
                    *({"value": 1, "on": f"2027-01-0{n}"} for n in range(1, 6)),
                ]
            },
            [
                "no unit was given: BT 39 was read as cm",
                "for 2027-01-01, 2027-01-02, 2027-01-03 and 2 more days, after the day",
            ],
        ),
        ({"lost": True, "colour": "red"}, ["no rule: a lost finding, the colour"]),
        ({"lost": False}, ["read by no rule: a lost finding"]),
        ({"lost": None, "level": None}, []),
        ({"tied": True, "over": True, "cold": True}, []),
        ({"aside": True, "behind": True}, []),
        ({"aside": True, "behind": False}, ["something aside, something behind"]),
    ],
    ids=repr,
)
def test_what_is_to_be_said_of_a_record_is_said_once(
    guideline: Guideline, facts: dict[str, Any], told: list[str]
) -> None:
    found = remarks(guideline, facts, on=ON)

    assert len(found) == len(told)
    for text, part in zip(found, told, strict=True):
        assert part in text


def test_without_a_day_nothing_is_later_than_it(guideline: Guideline) -> None:
    assert not remarks(guideline, {"fever": {"value": "39 cm", "on": "2062-01-01"}})


def test_unread_facts_are_a_field_of_the_answer_and_of_its_json(
    guideline: Guideline,
) -> None:
    answer = guideline.recommend({"lost": True, "cold": True, "level": "9 g/L"})

    assert answer.unread == ("lost", "level")
    assert answer.to_dict()["unread"] == ["lost", "level"]


def test_a_silence_that_names_a_fact_on_record_is_a_warning(
    guideline: Guideline,
) -> None:
    facts = {"aside": True, "behind": True}
    warned = guideline.recommend(facts)
    told = guideline.recommend({"behind": True})

    assert [s["severity"] for s in warned.to_dict()["silent"]] == ["warning"]
    assert [s["severity"] for s in told.to_dict()["silent"]] == ["info"]
    assert "on record: something aside" in " ".join(warned.to_text().split())
    assert "on record" not in told.to_text()


def test_timelines_audits_and_explanations_say_it_too(guideline: Guideline) -> None:
    facts = {"fever": 39, "cold": True, "lost": {"value": True, "on": "2062-01-01"}}
    assumed, later = "BT 39 was read as cm", "is recorded for 2062-01-01"

    timeline = guideline.timeline(facts, ON)
    audit = guideline.audit(facts, [], on=ON)
    explained = guideline.explain("loading", facts, on=ON)

    for said in (
        [n.text for n in timeline.recommendation.notices],
        audit.notices,
        explained.answer.remarks if explained.answer else (),
    ):
        assert any(assumed in text for text in said)
        assert any(later in text for text in said)
