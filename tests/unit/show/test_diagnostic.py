"""Diagnostics point at the right characters, whatever the characters and the terminal."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.resources import read
from b12guide.show.diagnostic import (
    diagnostics_to_json,
    summary,
    to_line,
    to_plain,
    to_terminal,
)
from b12guide.show.terminal import columns
from b12guide.text import Span, Text


def label(text: Text, word: str, message: str = "") -> Label:
    start = text.characters.index(word)
    return Label(text=text, span=Span(start, start + len(word)), message=message)


TEXT = Text("mine.gdl", "rule one\n    when paresthesiaa\nrule two\n")
DIAGNOSTIC = Diagnostic(
    code="GDL201",
    message="there is no finding `paresthesiaa`",
    labels=(
        label(TEXT, "paresthesiaa", "not declared"),
        label(TEXT, "one", "in this rule"),
    ),
    notes=("findings stand in the vocabulary",),
    help=(
        Help(
            message="did you mean `paresthesia`?",
            edits=(
                Edit(
                    text=TEXT,
                    span=label(TEXT, "paresthesiaa").span,
                    replacement="paresthesia",
                ),
            ),
        ),
    ),
)


def test_the_terminal_shows_the_lines_with_a_caret_under_the_words() -> None:
    assert to_terminal(DIAGNOSTIC).splitlines() == [
        "error[GDL201]: there is no finding `paresthesiaa`",
        " --> mine.gdl:2:10",
        "1 | rule one",
        "  |      --- in this rule",
        "2 |     when paresthesiaa",
        "  |          ^^^^^^^^^^^^ not declared",
        "  = note: findings stand in the vocabulary",
        "  = help: did you mean `paresthesia`?",
    ]


def test_one_line_is_place_code_and_message() -> None:
    assert to_line(DIAGNOSTIC) == (
        "mine.gdl:2:10: GDL201 there is no finding `paresthesiaa`"
    )


def test_plain_lines_have_the_severity_and_the_remarks() -> None:
    assert to_plain(DIAGNOSTIC).splitlines() == [
        "mine.gdl:2:10: error GDL201: there is no finding `paresthesiaa`",
        "  at mine.gdl:2:10: not declared",
        "  at mine.gdl:1:6: in this rule",
        "  note: findings stand in the vocabulary",
        "  help: did you mean `paresthesia`?",
    ]


def test_a_finding_without_a_place_is_a_line_all_the_same() -> None:
    bare = Diagnostic(code="GDL301", message="no file", severity=Severity.WARNING)

    assert to_line(bare) == "GDL301 no file"
    assert to_plain(bare) == "warning GDL301: no file"
    assert to_terminal(bare) == "warning[GDL301]: no file"


def test_colour_comes_only_when_asked_for() -> None:
    assert "\x1b" not in to_terminal(DIAGNOSTIC)
    assert "\x1b[1;31merror[GDL201]\x1b[0m" in to_terminal(DIAGNOSTIC, colour=True)


def caret_columns(text: Text, word: str, width: int = 80) -> tuple[str, str]:
    """What stands above the carets, and the line of carets."""
    diagnostic = Diagnostic(code="GDL101", message="m", labels=(label(text, word),))
    lines = to_terminal(diagnostic, width=width).splitlines()
    carets = next(line for line in lines if "^" in line)
    return lines[lines.index(carets) - 1], carets


@pytest.mark.parametrize(
    ("before", "shown"),
    [("\t\t", 8), ("ab\t", 4), ("維生素 ", 7), ("e\u0301 ", 2), ("\x1b", 8)],
    ids=["tabs", "tab-stop", "wide", "combining", "control"],
)
def test_the_caret_stands_under_the_word(before: str, shown: int) -> None:
    source, carets = caret_columns(Text("t.gdl", f"{before}here\n"), "here")

    assert columns(source.partition("here")[0]) == carets.index("^")
    assert carets.index("^") == len("1 | ") + shown
    assert carets.count("^") == len("here")


def test_wide_words_get_as_many_carets_as_columns() -> None:
    _, carets = caret_columns(Text("t.gdl", "when 維生素\n"), "維生素")

    assert carets.count("^") == 6


def test_a_stretch_over_several_lines_is_marked_on_its_first() -> None:
    _, carets = caret_columns(Text("t.gdl", "when a\n  and b\n"), "a\n  and b")

    assert carets.endswith("     ^")


def test_a_place_past_the_end_still_has_a_caret() -> None:
    text = Text("t.gdl", "rule")
    place = Label(text=text, span=Span(4, 4))
    shown = to_terminal(Diagnostic(code="GDL101", message="m", labels=(place,)))

    assert shown.splitlines()[-1] == "  |     ^"


def test_a_file_that_was_not_read_is_named_only() -> None:
    place = Label(text=Text("t.json", ""), span=Span(0, 0))
    diagnostic = Diagnostic(code="GDL701", message="m", labels=(place,))

    assert to_terminal(diagnostic).splitlines() == ["error[GDL701]: m", " --> t.json"]
    assert to_line(diagnostic) == "t.json: GDL701 m"


def test_nothing_that_commands_the_terminal_is_sent() -> None:
    text = Text("\x1b[31mt.gdl", "a\x1b[31m b\u202e c\n")
    shown = to_terminal(
        Diagnostic(
            code="GDL101",
            message="what is \x07 this",
            labels=(label(text, "c", "\x1b here"),),
        )
    )

    assert not set(shown) & {"\x1b", "\x07", "\u202e"}
    assert "<U+202E>" in shown


def test_lines_far_apart_have_dots_between_them() -> None:
    text = Text("t.gdl", "first\n\n\nsecond\n")
    shown = to_terminal(
        Diagnostic(
            code="GDL101",
            message="m",
            labels=(label(text, "second"), label(text, "first", "before")),
        )
    )

    assert "..." in shown.splitlines()


def test_labels_in_another_file_name_that_file() -> None:
    other = Text("other.gdl", "finding numbness\n")
    shown = to_terminal(
        Diagnostic(
            code="GDL101",
            message="m",
            labels=(label(TEXT, "one"), label(other, "numbness", "declared here")),
        )
    )

    assert " --> mine.gdl:1:6" in shown
    assert " --> other.gdl:1:9" in shown


@given(
    before=st.text(
        st.characters(codec="utf-8", exclude_characters="x\n\r"), max_size=90
    ),
    after=st.text("ab \t維", max_size=90),
    width=st.integers(24, 120),
)
def test_long_lines_are_cut_around_the_word(
    before: str, after: str, width: int
) -> None:
    text = Text("t.gdl", " ".join(before.split()) + "xyz" + after)
    diagnostic = Diagnostic(code="GDL101", message="m", labels=(label(text, "xyz"),))
    lines = to_terminal(diagnostic, width=width).splitlines()
    carets = next(line for line in lines if set(line) <= set("| ^") and "^" in line)
    source = lines[lines.index(carets) - 1]

    assert columns(source) <= width
    assert columns(source.partition("xyz")[0]) == carets.index("^")


def test_messages_are_wrapped_on_a_narrow_terminal() -> None:
    long = Diagnostic(code="GDL101", message="word " * 20, notes=("note " * 20,))

    assert max(map(len, to_terminal(long, width=40).splitlines())) <= 40


def test_the_summary_counts() -> None:
    warning = Diagnostic(code="GDL1", message="m", severity=Severity.WARNING)

    assert summary([DIAGNOSTIC, warning, warning]) == "1 error, 2 warnings"
    assert summary([]) == "nothing to report"


def test_json_satisfies_the_schema_and_has_the_edits() -> None:
    bare = Diagnostic(code="GDL301", message="no file", severity=Severity.INFO)
    written = json.loads(json.dumps(diagnostics_to_json([DIAGNOSTIC, bare])))
    schema = json.loads(read("schema", "diagnostics.schema.json"))
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(written)
    first, second = written["diagnostics"]
    assert first["place"]["start"] == {"offset": 18, "line": 2, "column": 10}
    assert first["help"][0]["edits"][0]["replacement"] == "paresthesia"
    assert second["place"] is None
    assert written["summary"] == {"error": 1, "warning": 0, "info": 1}
