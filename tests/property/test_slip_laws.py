"""Laws of slips: one slip gives one diagnostic, there, and a ready edit leaves nothing wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide.diagnostics import Diagnostic, Help
from b12guide.syntax import parse_partial
from b12guide.text import Span, Text
from tests.strategies.slips import PLANTED, SLIPS, TEXTS, Planted, Slip, planted_slips


def told(characters: str) -> tuple[Diagnostic, ...]:
    return parse_partial(Text("example.gdl", characters))[1]


def around(planted: Planted) -> Span:
    """The planted place with the blanks around it: a line that is gone is a place, too."""
    start, end = planted.span.start, planted.span.end
    while planted.text[start - 1].isspace():
        start -= 1
    while end < len(planted.text) and planted.text[end].isspace():
        end += 1
    return Span(start, end)


def mended(characters: str, help_: Help) -> str:
    for edit in sorted(help_.edits, key=lambda edit: edit.span, reverse=True):
        before, after = characters[: edit.span.start], characters[edit.span.end :]
        characters = before + edit.replacement + after
    return characters


@pytest.mark.parametrize("text", TEXTS)
def test_the_guidelines_are_right_without_a_slip(text: str) -> None:
    assert told(text) == ()


@pytest.mark.parametrize("slip", SLIPS, ids=range(len(SLIPS)))
def test_every_slip_can_be_made_somewhere(slip: Slip) -> None:
    assert any(next(slip.planted(text), None) for text in TEXTS)


@given(planted_slips())
def test_one_slip_is_told_once_and_where_it_is(planted: Planted) -> None:
    (diagnostic,) = told(planted.text)
    place = around(planted)

    assert any(
        label.span.start <= place.end and place.start <= label.span.end
        for label in diagnostic.labels
    )


@given(planted_slips())
def test_a_ready_edit_leaves_nothing_wrong(planted: Planted) -> None:
    (diagnostic,) = told(planted.text)
    for help_ in diagnostic.help:
        if help_.edits:
            assert told(mended(planted.text, help_)) == ()


@given(st.sampled_from([p for p in PLANTED if p.name.startswith("wish")]))
def test_a_wish_is_never_taken_for_a_slip(planted: Planted) -> None:
    (diagnostic,) = told(planted.text)

    assert diagnostic.code == "GDL165"
    assert diagnostic.labels[0].span.start <= planted.span.end
    assert planted.span.start <= diagnostic.labels[0].span.end


@given(st.sampled_from([p for p in PLANTED if p.name.startswith("wish")]))
def test_no_wish_is_answered_by_what_could_follow(planted: Planted) -> None:
    (diagnostic,) = told(planted.text)
    said = " ".join((diagnostic.message, *(h.message for h in diagnostic.help)))

    assert "there can be" not in said
    assert "did you mean" not in said
