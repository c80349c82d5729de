"""Hostile input meets limits, and everything just below them is read."""

from __future__ import annotations

import pytest

from b12guide.errors import GuidelineError
from b12guide.syntax import parse, parse_bytes
from b12guide.syntax.ast import And, Group, Not
from b12guide.text import Text
from tests.unit.syntax.writing import HEAD, codes, condition, mended, read


def nested(depth: int) -> str:
    return "(" * depth + "diabetes" + ")" * depth


def test_a_file_of_a_mebibyte_is_read_and_one_byte_more_is_not() -> None:
    room = (1 << 20) - len(HEAD)

    assert codes(HEAD + "#" * room) == []
    assert codes(HEAD + "#" * (room + 1)) == ["GDL102"]


def test_bytes_count_and_not_letters() -> None:
    assert codes(HEAD + "#" + "µ" * (1 << 19)) == ["GDL102"]


def test_too_many_bytes_are_not_even_decoded() -> None:
    with pytest.raises(GuidelineError, match="GDL102"):
        parse_bytes(b"\xff" * ((1 << 20) + 1), "x.gdl")


def test_parentheses_nest_sixty_four_deep() -> None:
    assert isinstance(condition(nested(64)), Group)
    assert codes(f"{HEAD}rule r when {nested(65)}") == ["GDL103"]


def test_negations_count_as_depth() -> None:
    assert isinstance(condition("not " * 64 + "diabetes"), Not)
    assert codes(f"{HEAD}rule r when {'not ' * 65}diabetes") == ["GDL103"]
    assert codes(f"{HEAD}rule r when {'not (' * 33}a{')' * 33}") == ["GDL103"]


def test_depth_is_counted_for_each_condition() -> None:
    text = HEAD + "".join(
        f"rule r{n}\n when {nested(40)} and not a\n" for n in range(9)
    )

    assert codes(text) == []


def test_many_conditions_side_by_side_are_no_depth() -> None:
    many = condition(" and ".join(["not (diabetes or nephropathy)"] * 200))

    assert isinstance(many, And)


def test_a_very_deep_text_does_not_exhaust_the_stack() -> None:
    assert codes(HEAD + "rule r when " + "(" * 500_000) == ["GDL103"]


def test_ten_thousand_rules_are_read_and_one_more_is_not() -> None:
    text = HEAD + "".join(f"rule r{n} form x\n" for n in range(10_000))

    assert codes(text) == []
    assert codes(text + "rule last form x") == ["GDL104"]


def test_a_number_has_thirty_digits_at_most() -> None:
    assert codes(f"{HEAD}rule r load {'9' * 30} mg") == []
    assert codes(f"{HEAD}rule r load {'9' * 31} mg") == ["GDL105"]
    assert codes(f"{HEAD}rule r load 1.{'9' * 30} mg") == ["GDL105"]
    assert codes(f"{HEAD}rule r load 1 mg for {'9' * 5000} doses") == ["GDL105"]


def test_digits_of_names_texts_and_digests_are_no_numbers() -> None:
    digest = "sha256:" + "1" * 64

    assert codes(
        f'language 1\nguideline g{"1" * 40} "{"2" * 40}" # {"3" * 40}\n'
        f'    status approved by "x" on 2026-01-01 covering {digest}\n'
    ) == []  # fmt: skip


@pytest.mark.parametrize(
    "place", ["rule r # {}\n form x", 'rule r "{}"\n form x', "rule r{}\n form x"]
)
@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_bidirectional_controls_are_refused_everywhere(place: str, hidden: str) -> None:
    text = HEAD + place.format(hidden)
    _, (diagnostic,) = read(text)

    assert diagnostic.code == "GDL106"
    assert codes(mended(text, diagnostic)) == []


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x7f", "\x85", "\u2028", "\x0b"])
def test_control_characters_are_refused_everywhere(control: str) -> None:
    assert codes(f'{HEAD}rule r "a{control}b"\n form x') == ["GDL108"]
    assert codes(f"{HEAD}rule r\n form x {control}") == ["GDL108"]


def test_tabs_and_all_line_ends_are_blanks() -> None:
    assert codes(f"{HEAD}rule r\r\n\tform x\r\n\f") == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("b12_d\u0435ficiency", "b12_deficiency"),
        ("\u0410ge", "Age"),
        ("d\u0131abetes", "diabetes"),
        ("\uff41ge", "age"),
        ("\u03bfral", "oral"),
    ],
)
def test_a_letter_that_looks_latin_is_told_and_mended(written: str, plain: str) -> None:
    text = f"{HEAD}rule r\n when {written}\n form x"
    _, (diagnostic,) = read(text)

    assert diagnostic.code == "GDL107"
    assert f"when {plain}\n" in mended(text, diagnostic)


def test_letters_of_other_alphabets_have_no_place_in_names() -> None:
    assert codes(f"{HEAD}rule \u00fcbung\n form x") == ["GDL107"]
    assert codes(f"{HEAD}rule \u6f22\u5b57\n form x") == ["GDL107"]


def test_texts_comments_and_units_may_have_any_letter() -> None:
    rule = 'rule r "Émile \u0416 \u6f22" # ü\n load 1 \u00b5g\n load 1 \u03bcg\n when x > 1 m²'
    text = HEAD + rule

    assert codes(text) == []


def test_both_signs_for_micro_are_letters_of_units() -> None:
    file = parse(
        Text("x", f"{HEAD}rule r\n target x > 1 \u03bcmol/L\n target x > 1 \u00b5mol/L")
    )

    assert len(file.items) == 1


def test_a_byte_order_mark_is_no_character_of_the_text() -> None:
    assert parse_bytes(b"\xef\xbb\xbflanguage 1\nguideline g", "x").language == 1
    assert codes("\ufefflanguage 1\nguideline g") == []


@pytest.mark.parametrize(
    "hostile",
    [
        "\x00" * 400_000,
        " " * 400_000 + "x",
        "rule r when (\n" * 30_000,
        "rule r\n" + "when and\n" * 40_000,
        'rule r because "\n' * 20_000,
        "rule r load " + "1," * 200_000,
        "rule r load " + "9" * 400_000,
        "rule a" + "-a" * 200_000,
        "rule r when " + "a " * 200_000,
        "rule r because " + "“" * 100_000,
        'rule r because "' + "\\" * 400_000,
        "rule r " + ":" * 400_000,
    ],
    ids=lambda text: text[:14].encode("unicode_escape").decode() + str(len(text)),
)
def test_what_is_hostile_is_told_in_the_time_that_it_takes_to_read(
    hostile: str,
) -> None:
    found = codes(HEAD + hostile)

    assert 0 < len(found) <= 300
