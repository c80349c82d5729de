"""JSON, read with the place of every value."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.errors import PatientError
from b12guide.patient.from_json import read_json
from b12guide.patient.notation import LocatedTable, parts, plain, repeated_keys
from b12guide.text import Text


def refused(characters: str) -> Diagnostic:
    with pytest.raises(PatientError) as caught:
        read_json(Text("ann.json", characters))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.place is not None
    return diagnostic


def mended(characters: str, diagnostic: Diagnostic) -> str:
    (edit,) = diagnostic.help[0].edits
    span = edit.span
    return characters[: span.start] + edit.replacement + characters[span.end :]


@pytest.mark.parametrize(
    "characters",
    [
        "null",
        " true\n",
        "false",
        "0",
        "-12",
        '""',
        '"a\\u00e9\\n\\"\\\\ \\ud83d\\ude00"',
        "[]",
        "{}",
        "[1, [2, {}], null]",
        '{"a": {"b": [true, false]}, "c": "d"}',
        '{\r\n\t"a" : 1 ,\n"b" : 2 }',
    ],
)
def test_json_means_what_the_standard_library_says(characters: str) -> None:
    assert plain(read_json(Text("x", characters))) == json.loads(characters)


def test_decimal_numbers_stay_exact() -> None:
    found = plain(read_json(Text("x", "[0.1, -2.50, 1e3, 1E-400]")))

    assert found == [Decimal(n) for n in ("0.1", "-2.50", "1e3", "1E-400")]


def test_every_value_has_its_place() -> None:
    text = Text("x", '{"a": [1, {"b": "c"}], "d": null}')
    written = read_json(text)
    assert isinstance(written, LocatedTable)
    entry = written.get("a")
    assert entry is not None

    assert {
        path: text.slice(span) for path, _, span in parts("a", "/a", entry.value)
    } == {
        "a": '[1, {"b": "c"}]',
        "a[0]": "1",
        "a[1]": '{"b": "c"}',
        "a[1].b:": '"b"',
        "a[1].b": '"c"',
    }
    assert text.slice(entry.key_span) == '"a"'
    assert written.get("nothing") is None


@pytest.mark.parametrize(
    ("characters", "position", "message", "help_"),
    [
        ("", 0, "the file ends where a value should stand", ""),
        ('{"a": ', 6, "the file ends where a value should stand", ""),
        ('{"a": 1', 7, "the file ends before the closing `}`", ""),
        ("{", 1, "the file ends before the closing `}`", ""),
        ("[1", 2, "the file ends before the closing `]`", ""),
        ('{"a" 1}', 5, "a colon is missing after `a`", ""),
        ('{"a": 1 "b": 2}', 8, "a comma or `}` is missing here", ""),
        ("[1 2]", 3, "a comma or `]` is missing here", ""),
        ("{} {}", 3, "there is more text after the end of the data", ""),
        ('{"a": "b}', 6, "the closing quotation mark is missing on this line", ""),
        ('{"a\nb": 1}', 1, "the closing quotation mark is missing on this line", ""),
        ('["\\x"]', 1, "a backslash is followed by a letter", "two backslashes"),
        ('["\\ud800"]', 1, "half of a character", ""),
        ("// Ann\n{}", 0, "JSON has no comments", "`note`"),
        ("{# Ann\n}", 1, "JSON has no comments", "`note`"),
        ("{'a': 1}", 1, "not the quotation marks of JSON", "straight"),
        ('{"a": \u201cb\u201d}', 6, "not the quotation marks of JSON", "straight"),
        ('{"a": }', 6, "`}` cannot stand where a value should", ""),
        ("{1: 2}", 1, "the name `1` is not in quotation marks", '`"1"`'),
        ("{[]: 2}", 1, "`[` cannot stand where a name should", ""),
        ('{"a": -}', 6, "`-` is not a value in JSON", '`"-"`'),
        ("[01]", 1, "`01` is not a value in JSON", '`"01"`'),
        ("[Infinity]", 1, "`Infinity` is not a value in JSON", '`"Infinity"`'),
        (f"[{'x' * 70}]", 1, "`x` cannot stand where a value should", ""),
    ],
)
def test_a_mistake_is_told_with_its_place(
    characters: str, position: int, message: str, help_: str
) -> None:
    diagnostic = refused(characters)

    assert diagnostic.code == "GDL702"
    assert message in diagnostic.message
    assert help_ in "".join(h.message for h in diagnostic.help)
    assert diagnostic.place is not None
    assert diagnostic.place.span.start == position


@pytest.mark.parametrize(
    ("characters", "meant"),
    [
        ('{"a": True}', '{"a": true}'),
        ('{"a": no}', '{"a": false}'),
        ('{"a": None}', '{"a": null}'),
        ('{"a": NaN}', '{"a": null}'),
        ('{"a": unknown}', '{"a": null}'),
        ('{"a": 35 mL/min}', '{"a": "35 mL/min"}'),
        ('{"a": 35mL/min, "b": 1}', '{"a": "35mL/min", "b": 1}'),
        ('{"a": roux_en_y}', '{"a": "roux_en_y"}'),
        ("{a: 1}", '{"a": 1}'),
        ('{"a": 1,}', '{"a": 1}'),
        ("[1, 2, ]", "[1, 2 ]"),
    ],
)
def test_a_common_mistake_is_mended_by_its_edit(characters: str, meant: str) -> None:
    diagnostic = refused(characters)

    result = mended(characters, diagnostic)
    assert result == meant
    assert plain(read_json(Text("x", result))) == json.loads(meant)


def test_nesting_has_a_limit() -> None:
    deep = "[" * 64 + "]" * 64
    assert plain(read_json(Text("x", deep))) == json.loads(deep)

    assert refused("[" * 65).code == "GDL719"
    assert refused('{"a":' * 100_000).code == "GDL719"


def test_numbers_have_a_limit() -> None:
    assert plain(read_json(Text("x", "9" * 30))) == int("9" * 30)

    assert refused("9" * 31).code == "GDL719"
    assert refused("9" * 100_000).code == "GDL719"
    assert refused("0." + "3" * 30).code == "GDL719"


def test_a_repeated_key_is_told_with_both_places() -> None:
    text = Text("x", '{"a": [{"b": 1, "b": 2, "b": 3}], "a": null}')

    found = list(repeated_keys(read_json(text), text))

    assert [d.code for d in found] == ["GDL705"] * 3
    starts = [[label.span.start for label in d.labels] for d in found]
    assert sorted(starts) == [[16, 8], [24, 8], [34, 1]]
