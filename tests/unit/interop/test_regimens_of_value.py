"""Texts of columns read: parts, options, sides, and what is refused."""

from __future__ import annotations

import pytest

from b12guide.cohort.decision_values import ValueWords, canonical
from b12guide.errors import ArgumentError, DosageError
from b12guide.graph.query import regimens_in
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.interop.regimens_of_value import (
    ValuePart,
    ValueRegimens,
    regimens_of_value,
)
from b12guide.library import shipped_guidelines
from b12guide.pipeline import load
from b12guide.say.schedules import Names

ORAL = "1000 to 2000 µg oral every day indefinitely"
INJECTED = "1000 µg intramuscular every 2 to 3 months for life"
TAPERED = (
    "hydroxocobalamin 1000 µg intramuscular every day for 2 weeks then "
    "hydroxocobalamin 1000 µg intramuscular 2 times per week until visual_plateau"
)
A, B, C = map(regimen_from_english, (ORAL, INJECTED, TAPERED))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (ORAL, [ValuePart((A,))]),
        (TAPERED, [ValuePart((C,))]),
        (f"{ORAL} or {INJECTED}", [ValuePart((A, B))]),
        (f"{ORAL}, or {INJECTED}", [ValuePart((A, B))]),
        (f"{ORAL} | {INJECTED}", [ValuePart((A, B), is_choice=False)]),
        (f"{ORAL}; {TAPERED}", [ValuePart((A,)), ValuePart((C,))]),
        (
            f"{ORAL} or {INJECTED}; {TAPERED} | {INJECTED}",
            [ValuePart((A, B)), ValuePart((C, B), is_choice=False)],
        ),
        ("not needed", [ValuePart((), not_needed=True)]),
        (
            f"{TAPERED} | not needed",
            [ValuePart((C,), is_choice=False, not_needed=True)],
        ),
    ],
)
def test_the_parts_of_a_value_are_told_apart(text: str, parts: list[ValuePart]) -> None:
    assert regimens_of_value(text) == ValueRegimens(tuple(parts))


def test_the_only_schedule_is_only_where_nothing_else_is_said() -> None:
    assert regimens_of_value(ORAL).only == A
    assert regimens_of_value(f"{ORAL} or {INJECTED}").only is None
    assert regimens_of_value(f"{ORAL} | not needed").only is None
    assert regimens_of_value(f"{ORAL}; {INJECTED}").only is None
    assert regimens_of_value(f"{ORAL}; {INJECTED}").regimens == (A, B)


def test_drugs_to_choose_from_are_not_schedules_to_choose_from() -> None:
    said = regimens_of_value("mecobalamin or hydroxocobalamin 1 mg or 2 mg oral")

    assert [one.drugs for one in said.regimens] == [
        ("mecobalamin", "hydroxocobalamin"),
        (),
    ]


def test_each_schedule_between_joints_is_whole() -> None:
    one, two = regimens_of_value("1 mg or 2 mg daily").regimens

    assert one.first_phase.frequency is None
    assert two == regimen_from_english("2 mg daily")


def test_a_single_dose_may_come_before_any_joint() -> None:
    for joint in (" or ", " | ", ";", "; "):
        said = regimens_of_value(f"1 mg oral once{joint}2 mg oral once")
        assert len(said.regimens) == 2


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ["there is no dose, such as `1000 µg`"]),
        ("1 mg or", ["there is no dose, such as `1000 µg`"]),
        ("1 mg; ; 2 mg", ["there is no dose, such as `1000 µg`"]),
        ("not needed daily", ["`not needed` stands within a schedule"]),
        (
            "1 mg or 2 mg | 3 mg",
            ["`or` and `|` stand in one part: which of them divides first is not said"],
        ),
        ("1 mg oral dayly", ["`dayly` is not understood"]),
        ("1 mg oral until hell_freezes", ["`until hell_freezes` is not understood"]),
        ("loading to 1 mg oral", ["`loading to` is not understood"]),
    ],
)
def test_what_cannot_be_read_is_told(text: str, reasons: list[str]) -> None:
    with pytest.raises(DosageError) as raised:
        regimens_of_value(text)

    found = raised.value.diagnostics
    assert set(reasons) <= {one.message for one in found}
    assert all(one.place is not None for one in found)


def test_the_words_of_one_guideline_may_be_all_there_are() -> None:
    graph = load("uk_smpc").graph

    assert regimens_of_value(TAPERED, graph).only == C
    with pytest.raises(DosageError, match="visual_plateau"):
        regimens_of_value(TAPERED, load("mecobalamin_im").graph)
    with pytest.raises(DosageError, match="hydroxocobalamin"):
        regimens_of_value(TAPERED, Names())


def test_a_name_that_is_the_label_of_another_is_the_name() -> None:
    crossed = Names(events={"one": "other", "other": "it is over"})

    (phase,) = regimens_of_value("1 mg after other", crossed).regimens[0].phases
    assert phase.after == ("other",)


@pytest.mark.parametrize("name", shipped_guidelines())
def test_what_a_column_says_of_each_rule_is_read_back(name: str) -> None:
    graph = load(name).graph
    words = ValueWords.of(graph)
    regimens = [one for rule in graph.rules.values() for one in regimens_in(rule.value)]

    for regimen in regimens:
        text = words.spelled(canonical(regimen))
        assert regimens_of_value(text).only == canonical(regimen)
        assert regimens_of_value(text, graph).only == canonical(regimen)
        assert regimen_from_english(text) == canonical(regimen)


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"maintenance\.value"):
        regimens_of_value(None)  # type: ignore[arg-type]
