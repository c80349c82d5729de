"""Vocabularies that contradict themselves are refused when they are checked (M8)."""

from __future__ import annotations

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.evaluate import search
from tests.unit.semantics.writing import checked

WORDS = """\
language 1
vocabulary words "Words"
finding x "x"
finding y "y"
finding z "z"
choice c "c"
    values none, p, q
choice k "k"
    values u, v
measure m "m"
    unit cm
    plausible 0 to 100 cm
"""


def told(text: str) -> list[Diagnostic]:
    """What is impossible in a vocabulary with `text`."""
    wanted = {"GDL423", "GDL424", "GDL425"}
    found = checked(WORDS + text).diagnostics
    assert not [d for d in found if d.code not in wanted]
    return list(found)


def implications(*lines: str) -> str:
    return "".join(
        f"implication {name}\n    when {premise}\n    then {conclusion}\n"
        for name, (premise, conclusion) in zip(
            "abcdefg", (line.split(" => ") for line in lines), strict=False
        )
    )


def test_implications_that_nobody_keeps_are_named_and_none_besides() -> None:
    text = implications("x => not x", "y => z", "not x => x")
    (found,) = told(text)

    assert found.code == "GDL423"
    assert found.message == "no patient can keep the implications `a`, `c`"
    written = [label.text.slice(label.span) for label in found.labels]
    assert written == ["a", "c"]


@pytest.mark.parametrize(
    ("lines", "messages"),
    [
        (["x => not x"], ["`x` can never be true: ... the implication `a`"]),
        (["not x => x"], ["`x` can never be false: ... the implication `a`"]),
        (
            ["x => y", "y => z", "z => not x"],
            ["`x` can never be true: ... the implications `a`, `b`, `c`"],
        ),
        (
            ["c is p => x", "x => c is q"],
            ["`c` can never be `p`: ... the implications `a`, `b`"],
        ),
        (["k is u => k is v"], ["`k` can never be `u`: ... the implication `a`"]),
        (
            ["m > 20 cm => m < 10 cm", "m < 20 cm => m = 20 cm"],
            ["`m` can never be anything but 20 cm: ... the implications `a`, `b`"],
        ),
        (  # by cases, which no unit propagation sees
            ["x and y => z", "x and not y => z", "x => not z"],
            ["`x` can never be true: ... the implications `a`, `b`, `c`"],
        ),
        (
            ["x => not x", "y => not y"],
            [
                "`x` can never be true: ... the implication `a`",
                "`y` can never be true: ... the implication `b`",
            ],
        ),
    ],
)
def test_what_nobody_can_have_is_told_with_the_implications_to_blame(
    lines: list[str], messages: list[str]
) -> None:
    found = told(implications(*lines))

    assert {d.code for d in found} == {"GDL424"}
    assert [
        d.message.replace("that would contradict", "...") for d in found
    ] == messages
    assert all(d.labels for d in found)


def test_what_is_settled_by_what_nobody_can_have_is_told_once() -> None:
    (found,) = told(implications("x => not x", "y => x", "z => y"))

    assert found.message.startswith("`x` can never be true")
    assert found.notes == ("`y`, `z` are settled with it",)


def test_what_a_word_implies_is_told_at_its_place() -> None:
    (found,) = told('finding w "w"\n    implies x\n    implies not x\n')

    assert found.message == (
        "`w` can never be true: that would contradict the implications `w_implies`,"
        " `w_implies_2`"
    )
    assert [label.text.slice(label.span) for label in found.labels] == ["x", "not x"]


def test_what_is_found_by_cases_blames_none_besides() -> None:
    (found,) = told(
        implications(
            "x and k is u and c is p => not x",
            "x and k is u and not c is p => not x",
            "x and not k is u and c is p => not x",
            "x and not k is u and not c is p => not x",
            "k is u => y",
            "c is p => z",
        )
    )

    assert found.message == (
        "`x` can never be true: that would contradict the implications `a`, `b`, `c`, `d`"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ["x => y", "y => x"],
        ["x => y", "y => z", "z => x"],
        ["not x => any of y, z"],
        ["c is p => x", "not x => c is none"],
        ["m > 20 to 40 cm => x", "m < 20 to 40 cm => not x"],
        ["m > 20 cm => m > 10 cm"],
        ["not x => m = 0 cm"],
    ],
)
def test_what_somebody_can_be_is_let_pass(lines: list[str]) -> None:
    assert told(implications(*lines)) == []


def test_the_implications_of_a_guideline_count_with_those_of_its_vocabulary() -> None:
    text = """\
language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    uses b12
define any_surgery as bariatric_surgery
implication no_surgery
    when bariatric_procedure is roux_en_y
    then not any_surgery
"""
    (found,) = [d for d in checked(text).diagnostics if d.code == "GDL424"]

    assert found.message == (
        "`bariatric_procedure` can never be `roux_en_y`: that would contradict the"
        " implications `no_surgery`, `procedure_is_surgery`"
    )
    assert found.labels[0].text.slice(found.labels[0].span) == "no_surgery"


def test_a_chain_of_any_length_can_be_checked() -> None:
    names = [f"f{number}" for number in range(500)]
    words = "".join(f'finding {name} "{name}"\n' for name in names)
    chain = "".join(
        f"implication i{n}\n    when f{n}\n    then f{n + 1}\n" for n in range(499)
    )
    last = "implication back\n    when f499\n    then not f0\n"

    assert told(words + chain) == []
    (found,) = told(words + chain + last)
    assert found.message.startswith("`f0` can never be true")
    assert found.message.endswith("and 492 more")


def test_too_much_to_think_through_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LIMIT", 1)
    monkeypatch.setattr(search, "MOST_WORK", 0)
    (found,) = told(implications("x and y => z"))

    assert found.code == "GDL425"
    assert found.message.startswith("`x`, `y`, `z` are tied together in more ways")
