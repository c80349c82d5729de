"""Every mistake of the table is told by its code, and its edit mends it."""

from __future__ import annotations

import re

import pytest

from b12guide.diagnostics import Diagnostic
from b12guide.syntax import grammar
from b12guide.syntax.explain.explained import TABLE
from tests.unit.syntax.writing import HEAD, mended, read, told, whole

ROWS = [(row.code, example) for row in TABLE for example in row.examples]

# What the table does not know, and the questions about a failure answer.
OTHERS = [
    ("GDL100", "when diabetes ? nephropathy"),
    ("GDL100", "when 5"),
    ("GDL100", "may strength should"),
    ("GDL122", "rule when"),
    ("GDL122", "when load and diabetes"),
    ("GDL124", "if diabetes"),
    ("GDL124", "IF diabetes"),
    ("GDL124", "cite injections"),
    ("GDL124", "contraindicate cyanocobalamin"),
    ("GDL124", "recommend mecobalamin"),
    ("GDL124", "frm mecobalamin"),
    ("GDL124", "load 1000 µg thn 500 µg"),
    ("GDL124", "withhold folic_acid untl b12_repleted"),
    ("GDL124", 'title "Loading"'),
    ("GDL126", "when diabetes and"),
    ("GDL126", "when diabetes or\n    form mecobalamin"),
    ("GDL126", "when\n    form mecobalamin"),
    ("GDL126", "when not\n    strength should"),
    ("GDL126", "maintain 1000 µg IM until"),
    ("GDL126", "maintain 1000 µg IM until\n    strength should"),
    ("GDL126", "give folic_acid 5 mg after"),
    ("GDL126", "load 1000"),
    ("GDL126", "load 1000\n    strength should"),
    ("GDL126", "strength"),
    ("GDL126", "states"),
    ("GDL126", "exception to"),
    ("GDL126", "source injections"),
    ("GDL126", "check serum_b12 at"),
    ("GDL127", "strength should\n    strength may"),
    ("GDL127", 'because "a"\n    because "b"'),
    ("GDL127", "guideline g2\n    revised 2026-01-01\n    revised 2026-01-02"),
    ("GDL127", "check serum_b12 every year every month"),
    ("GDL127", "check serum_b12 at least every year every month"),
    ("GDL128", "printed as 1"),
    ("GDL128", "version 1.0.0"),
    ("GDL128", 'source s "S"\n    states S01'),
    ("GDL123", 'source s "S"\n    load 1000 µg'),
    (
        "GDL123",
        "when a\n    form x\n    strength should\n    when b\n    form y\n    strength may",
    ),
    ("GDL123", 'note "x"\n    strength may\n## rule b\n    when b\n    strength may'),
    ("GDL107", "when d\ufb01abetes"),
    ("GDL171", 'because "so""'),
    ("GDL130", 'because "so\n        it is"\n    strength should'),
    ("GDL133", "• when diabetes"),
    ("GDL133", "- when diabetes"),
    ("GDL133", "1. when diabetes"),
    ("GDL166", "**when** diabetes"),
    ("GDL166", "**when diabetes**"),
    ("GDL166", "```gdl\n    when diabetes"),
    ("GDL171", 'because "they recover "slowly"."'),
    ("GDL171", 'because ""they recover slowly."'),
    ("GDL130", 'because "the source'),
    ("GDL130", 'because "the source\n    strength should'),
    ("GDL135", "avoid mecobalamin,\n    strength should"),
    ("GDL140", "when diabetes AND nephropathy"),
    ("GDL140", "WHEN diabetes"),
    ("GDL145", "when (diabetes and nephropathy"),
    ("GDL145", "when diabetes and nephropathy)"),
    ("GDL145", "when (diabetes and nephropathy\n    form mecobalamin"),
    ("GDL146", "when diabetes nephropathy"),
    ("GDL146", "when diabetes, nephropathy"),
    ("GDL146", "when (diabetes nephropathy"),
    ("GDL145", "when (diabetes) and (nephropathy"),
    ("GDL108", "when\u00a0diabetes"),
    ("GDL108", "when dia\u00adbetes"),
    ("GDL108", "when diabetes \u200b"),
    ("GDL148", "when egfr <\n    form mecobalamin"),
    ("GDL150", "maintain 1000 µg IM every 2 for life"),
    ("GDL154", "load 1000 IU/day"),
    ("GDL154", "load 1000 drops/day"),
    ("GDL154", "load 1000 µg hourly"),
    ("GDL162", "guideline g2\n    revised 2026-02-30"),
    ("GDL164", "load 1000 µg IM for 2.5 doses"),
    ("GDL164", 'source s "S"\n    by "A", 2026.5'),
]

CERTAIN = [
    "if diabetes",
    "IF diabetes",
    "cite injections",
    "contraindicate cyanocobalamin",
    "recommend mecobalamin",
    "frm mecobalamin",
    "load 1000 µg thn 500 µg",
    "withhold folic_acid untl b12_repleted",
    'because "the source',
    'because "the source\n    strength should',
    "avoid mecobalamin,\n    strength should",
    "when diabetes AND nephropathy",
    "WHEN diabetes",
    "when diabetes and nephropathy)",
    "when\u00a0diabetes",
    "when diabetes \u200b",
]
MENDED = [
    example
    for row in TABLE
    if row.fix is not None and row.edits
    for example in row.examples
] + CERTAIN


def only(example: str) -> Diagnostic:
    (diagnostic,) = read(whole(example).characters)[1]
    return diagnostic


@pytest.mark.parametrize(("code", "example"), ROWS + OTHERS)
def test_a_mistake_is_told_once_and_by_its_code(code: str, example: str) -> None:
    assert only(example).code == code


@pytest.mark.parametrize("example", MENDED)
def test_an_edit_that_is_offered_mends_the_text(example: str) -> None:
    diagnostic = only(example)

    assert diagnostic.help[0].edits
    assert read(mended(whole(example).characters, diagnostic))[1] == ()


@pytest.mark.parametrize(("code", "example"), ROWS + OTHERS)
def test_a_diagnostic_speaks_the_language_of_authors(code: str, example: str) -> None:
    said = told(only(example))
    words_of_the_author = set(re.findall(r"\w+", example))
    terminals = {terminal.name for terminal in grammar.parser().terminals}
    spoken = set(re.findall(r"\b[A-Z_]{3,}\b", re.sub(r"GDL\d+", "", said)))

    assert not (spoken - words_of_the_author) & terminals, code
    assert not spoken - words_of_the_author, code
    assert "Token(" not in said
    assert "__" not in said


@pytest.mark.parametrize(("code", "example"), ROWS + OTHERS)
def test_a_message_is_one_sentence_without_its_stop(code: str, example: str) -> None:
    message = only(example).message

    assert "\n" not in message.strip(), code
    assert not message.endswith("."), code
    assert message[0] == "`" or message[0].islower(), code


def test_the_table_knows_at_least_forty_mistakes() -> None:
    assert len(TABLE) >= 40
    assert all(row.examples for row in TABLE)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("maintain 1000 µg IM every 2-3 months", "every 2 to 3 months"),
        ("load 1000 mcg/day", "1000 mcg daily"),
        ("load 1000 mcg/day IM", "1000 mcg IM daily"),
        ("maintain 1000 µg IM q2 months", "every 2 months"),
        ("load 1000 µg IM BID", "IM twice daily"),
        ("load 1000 µg IM twice a day", "IM twice daily"),
        ("load 1000 µg IM three times a week", "IM 3 times per week"),
        ("load 1000 µg IM every other day", "IM on alternate days"),
        ("give folic_acid 0,5 mg", "0.5 mg"),
        ("give folic_acid 1.000,5 mg", "1000.5 mg"),
        ("load µg 1000", "load 1000 µg"),
        ("when platelets between 25 and 50 x10^9/L", "platelets from 25 to 50"),
        ("when age is 18 years", "age = 18 years"),
        ("when 25 <= platelets <= 50 x10^9/L", "platelets from 25 to 50 x10^9/L"),
        ("when cobalamin_gene in (MTR, MTRR)", "cobalamin_gene is any of MTR, MTRR"),
        ("maintain 1000 µg IM monthly for ever", "monthly for life"),
        ("load 1000 µg IM. daily", "µg IM daily"),
        ("load 1000 µg daily for two weeks", "for 2 weeks"),
        ("because “so”", 'because "so"'),
        ("because so it is", 'because "so it is"'),
        ("rule loading-dose\n    form mecobalamin", "rule loading_dose"),
        ("guideline g2\n    revised 24.2.2026", "revised 2026-02-24"),
        ("guideline g2\n    version 1.0", "version 1.0.0"),
        ("when diabetes = no", "when not diabetes"),
        ("when diabetes then form mecobalamin", "when diabetes\n    form mecobalamin"),
        ("if diabetes", "when diabetes"),
    ],
)
def test_an_edit_writes_what_was_meant(wrong: str, right: str) -> None:
    assert right in mended(whole(wrong).characters, only(wrong))


def test_a_comma_between_thousands_is_not_decided_for_the_author() -> None:
    diagnostic = only("load 1,000 µg IM")
    edits = [edit.replacement for help_ in diagnostic.help for edit in help_.edits]

    assert diagnostic.code == "GDL152"
    assert edits == ["1000", "1.0"]


def test_a_word_that_begins_like_a_keyword_is_one_word() -> None:
    (diagnostic,) = read(f"{HEAD}rule r\n    load 1000 µg daily orally\n")[1]

    assert diagnostic.labels[0].text.slice(diagnostic.labels[0].span) == "daily orally"
