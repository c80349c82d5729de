"""Files of other kinds, and of other versions of the language."""

from __future__ import annotations

import pytest

from b12guide.errors import GuidelineError
from b12guide.syntax import parse_bytes
from tests.unit.syntax.writing import codes, mended, read


@pytest.mark.parametrize(
    "text",
    [
        '(GUIDE) <\n    gdl_version = <"0.1">\n',
        '\n-- made by a tool\n(GUIDE) <\n    id = <"x.v1">\n',
        'guide = (GUIDE) <\n    id = <"x">\n>',
        '{"gdl_version": "2.0", "id": "BSA_Calculation.v1", "concept": "gt0001"}',
        '\ufeff{\n  "id": "x.v1",\n  "gdl_version": "2.0"\n}',
    ],
)
def test_an_openehr_file_is_said_to_be_one(text: str) -> None:
    file, (diagnostic,) = read(text)

    assert diagnostic.code == "GDL110"
    assert "openEHR" in diagnostic.message
    assert file.items == ()


def test_other_json_is_no_openehr_file() -> None:
    assert "GDL110" not in codes('{"facts": {}}')


@pytest.mark.parametrize("version", ["2", "17", "1.2", "1.10", "2.5", "9" * 30])
def test_a_newer_language_is_refused_and_nothing_else_is_said(version: str) -> None:
    _, (diagnostic,) = read(
        f"# notes\nlanguage {version}\nguideline g\nwhat (is this\n"
    )

    assert diagnostic.code == "GDL111"
    assert version in diagnostic.message
    assert "upgrade" in diagnostic.help[0].message


def test_a_newer_language_behind_a_comment_is_refused_too() -> None:
    assert codes("language # which?\n2\nguideline g") == ["GDL111"]


def test_there_is_no_language_zero() -> None:
    assert codes("language 0\nguideline g") == ["GDL111"]


def test_a_missing_language_line_is_told_and_can_be_added() -> None:
    text = "guideline g\nrule r\n    form x\n"
    file, (diagnostic,) = read(text)

    assert diagnostic.code == "GDL112"
    assert len(file.items) == 1
    assert codes(mended(text, diagnostic)) == []


def test_a_language_line_in_a_comment_is_none() -> None:
    assert codes("# language 1\nguideline g\n") == ["GDL112"]


@pytest.mark.parametrize(
    "line", ["Language 1", "language: 1", "language one", 'language "1"']
)
def test_a_language_line_that_is_misspelt_is_not_missing(line: str) -> None:
    assert "GDL112" not in codes(f"{line}\nguideline g\n")
    assert codes(f"{line}\nguideline g\n")


@pytest.mark.parametrize(
    ("data", "guess"),
    [
        ("language 1\nguideline µ".encode("latin-1"), "another encoding"),
        ("language 1\nguideline g".encode("utf-16"), "UTF-16"),
        (b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_bytes_that_are_not_utf8_are_told(data: bytes, guess: str) -> None:
    with pytest.raises(GuidelineError, match="GDL101") as raised:
        parse_bytes(data, "x.gdl")

    (diagnostic,) = raised.value.diagnostics
    assert guess in diagnostic.help[0].message
