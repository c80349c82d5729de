"""Several errors in one file are all told, and what is right is read."""

from __future__ import annotations

import pytest

from b12guide.errors import GuidelineError
from b12guide.syntax import parse
from b12guide.syntax.ast import Declaration, Rule
from b12guide.text import Text
from tests.unit.syntax.writing import HEAD, codes, read

GOOD = "rule good{}\n    when diabetes\n    form mecobalamin\n    strength should\n"


def rules(characters: str) -> list[str]:
    return [
        item.name.text for item in read(characters)[0].items if isinstance(item, Rule)
    ]


def test_every_rule_with_an_error_is_told_and_the_others_are_read() -> None:
    bad = "rule bad{}\n    when diabetes and\n    form mecobalamin\n"
    text = HEAD + "".join((bad if n % 2 else GOOD).format(n) for n in range(6))

    assert codes(text) == ["GDL126"] * 3
    assert rules(text) == ["good0", "good2", "good4"]


def test_several_errors_of_one_rule_are_all_told_in_order() -> None:
    text = f"""{HEAD}rule r
    when diabetes && nephropathy
    load 1000 µg IM every 2-3 months
    strength must
    because the source says so
"""

    assert codes(text) == ["GDL141", "GDL153", "GDL160", "GDL132"]


def test_the_clauses_below_a_bad_head_are_looked_at_too() -> None:
    text = f"{HEAD}rule loading dose\n    when a b\n    strength must\n"

    assert codes(text) == ["GDL121", "GDL146", "GDL160"]


def test_a_misspelt_item_does_not_spoil_the_one_before() -> None:
    text = HEAD + GOOD.format(1) + GOOD.format(2).replace("rule", "rul")

    assert codes(text) == ["GDL124"]


def test_a_clause_that_ends_too_early_is_told_once() -> None:
    text = f"{HEAD}rule r\n    when\n    form mecobalamin\n    strength should\n"

    assert codes(text) == ["GDL126"]


def test_an_unclosed_text_does_not_swallow_the_next_rule() -> None:
    text = f'{HEAD}rule r\n    because "so\n' + GOOD.format(1)

    assert codes(text) == ["GDL130"]
    assert rules(text) == ["good1"]


def test_route_is_an_item_in_a_vocabulary_and_a_clause_in_a_rule() -> None:
    text = """language 1
vocabulary v
route oral "by mouth"
route x-y
guideline g
rule r
    when diabetes
    route oral
    strength must
"""
    items = read(text)[0].items

    assert codes(text) == ["GDL121", "GDL160"]
    assert [item.name.text for item in items if isinstance(item, Declaration)] == [
        "oral"
    ]


def test_a_route_with_a_label_is_an_item_in_a_guideline_too() -> None:
    text = f"""{HEAD}rule r
    when diabetes
    route oral
route rectal
    "rectal"
    synonyms PR
rule s
    may route rectal or oral
route nasal "nasal"
rule t
    route nasal
    strength must
"""
    items = read(text)[0].items

    assert codes(text) == ["GDL160"]
    assert [item.name.text for item in items if isinstance(item, Declaration)] == [
        "rectal",
        "nasal",
    ]
    assert rules(text) == ["r", "s"]


def test_a_route_without_a_label_outside_of_a_rule_is_what_a_rule_does() -> None:
    (found,) = read(f"{HEAD}route oral\n")[1]
    remedies = [each.message for each in found.help]

    assert found.code == "GDL123"
    assert "begin the rule above it" in remedies[0]
    assert "say what it is called" in remedies[1]


def test_errors_are_told_in_the_order_of_the_text() -> None:
    text = HEAD + "rule a\n  form ?\nrule b\n  when and\nrule c\n  load 2-3 mg\n"
    places = [diagnostic.labels[0].span.start for diagnostic in read(text)[1]]

    assert len(places) == 3
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("language 1\nrule r\n    form a\n", ["GDL114"]),
        ("guideline g\nlanguage 1\n", ["GDL113"]),
        ("language 1\nlanguage 1\nguideline g\n", ["GDL113"]),
        ("language 1\nguideline g\nguideline h\n", ["GDL113"]),
        ("language 1\nguideline g\nvocabulary v\n", ["GDL113"]),
        ("language 1\nvocabulary v\nrule r\n    form a\n", ["GDL114"]),
        ("language 1\nexamples for g\nrule r\n    form a\n", ["GDL114"]),
        ("language 1\nguideline g\n    when a\n", ["GDL123"]),
        ("    when a\n", ["GDL112", "GDL123"]),
    ],
)
def test_what_is_out_of_place_is_told(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_file_of_nothing_but_errors_ends() -> None:
    text = HEAD + "rule r\n    when and\n    form ?\n" * 2000

    assert 100 < len(codes(text)) <= 300


def test_twenty_errors_of_one_item_are_told() -> None:
    text = HEAD + "rule r\n" + "    when and\n" * 30

    assert len(codes(text)) == 20


def test_comments_before_everything_are_no_item() -> None:
    text = "# said\n\nlanguage 1\nguideline g\nguideline h\n"

    assert codes(text) == ["GDL113"]


def test_two_heads_on_one_line_are_found_too() -> None:
    assert len(codes("language 1 guideline g guideline h")) == 1


def test_a_head_that_is_too_short_for_a_stand_in_ends_its_item() -> None:
    assert codes(f"{HEAD}silent\nrule r\n    form ?\n") == ["GDL126", "GDL100"]


def test_a_line_end_of_old_computers_hides_nothing() -> None:
    text = f"# said\n{HEAD}rule r when and".replace("\n", "\r")

    assert codes(text) == ["GDL122"]


def test_a_text_may_end_without_a_line_end() -> None:
    assert codes(f"{HEAD}rule r\n    when a and") == ["GDL126"]


def test_a_text_of_nothing_but_an_unusual_blank_is_told() -> None:
    assert codes("\u00a0") == ["GDL112", "GDL108"]


def test_a_comment_beside_a_mistake_is_not_looked_at() -> None:
    assert codes(f"{HEAD}rule r\n    when a && b # or {{ c == d\n") == ["GDL141"]


def test_a_misspelt_item_without_anything_below_ends_the_reading() -> None:
    assert codes(f"{HEAD}rule a\n    form x\nrul") == ["GDL124"]


def test_words_of_a_vocabulary_stand_before_its_guideline() -> None:
    text = "language 1\nvocabulary v\nfinding f\nguideline g\nvocabulary w\n"

    assert codes(text) == ["GDL113"]


def test_parse_raises_what_parse_partial_tells() -> None:
    text = Text("x.gdl", HEAD + "rule r\n    strength must\n")
    with pytest.raises(GuidelineError, match=r"x\.gdl:4:14: GDL160") as raised:
        parse(text)

    assert [diagnostic.code for diagnostic in raised.value.diagnostics] == ["GDL160"]
