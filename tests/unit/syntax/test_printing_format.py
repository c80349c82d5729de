"""The one style, and where comments go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from b12guide.errors import GuidelineError
from b12guide.guideline import load
from b12guide.library import locate
from b12guide.lint.run import lint_library
from b12guide.patient.from_file import read_patient
from b12guide.syntax import formatted, grammar, parse
from b12guide.syntax.layout import WIDTH, page_to_text
from b12guide.text import Text
from tests.conformance.generate import names, whole_text
from tests.unit.syntax.test_parse_everything import (
    EXAMPLES,
    PART,
    VOCABULARY_AND_GUIDELINE,
)

ROOT = Path(__file__).parents[3]
GUIDELINES = sorted(path for path in (ROOT / "guidelines").rglob("*.gdl"))
WHOLE = [
    *GUIDELINES,
    *(ROOT / "templates").glob("*.gdl"),
    *(ROOT / "tests" / "cdsi").glob("*.gdl"),
]
HEAD = "language 1\nguideline g\n\n"


def after(written: str) -> str:
    """What the formatter makes of a text."""
    return formatted(Text("example.gdl", written))


def inside(written: str) -> str:
    """What it makes of the items of a guideline."""
    return after(HEAD + written).removeprefix(HEAD)


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_what_is_shipped_is_formatted(path: Path) -> None:
    written = path.read_text(encoding="utf-8")

    assert after(written) == written


def test_the_words_of_the_conformance_kit_are_formatted() -> None:
    path = ROOT / "tests" / "conformance" / "vocabulary.gdl"

    assert after(path.read_text(encoding="utf-8")) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names())
def test_a_guideline_of_the_conformance_kit_reads_as_before(name: str) -> None:
    text = Text(f"{name}.gdl", "language 1\n" + whole_text(name).partition("\n")[2])
    once = formatted(text)

    assert parse(Text("once.gdl", once)) == parse(text)
    assert formatted(Text("once.gdl", once)) == once


@pytest.mark.parametrize("written", [VOCABULARY_AND_GUIDELINE, PART, EXAMPLES])
@pytest.mark.parametrize("comment", ["  # {}\n", "\n# {}\n", "\n        # {}\n"])
def test_a_comment_may_stand_between_any_two_words(written: str, comment: str) -> None:
    words = [*grammar.tree_of(written).scan_values(bool)]
    scattered = "".join(word + comment.format(n) for n, word in enumerate(words))
    once = after(scattered)
    kept = [comment.text for comment in parse(Text("once.gdl", once)).comments]

    assert kept == [f"# {n}" for n in range(len(words))]
    assert after(once) == once
    assert parse(Text("once.gdl", once)) == parse(Text("scattered.gdl", scattered))


def test_clauses_stand_in_columns() -> None:
    assert inside(
        'rule r "R" when a load 5 mg IM daily exception to s because "So." may form x '
        'example "e" given a expect rule r applies source s "S" by "B" kind review'
    ) == (
        'rule r "R"\n'
        "    when     a\n"
        "    load     5 mg IM daily\n"
        "    exception to s\n"
        '    because  "So."\n'
        "    may      form x\n"
        'example "e"\n'
        "    given  a\n"
        "    expect rule r applies\n"
        'source s "S"\n'
        '    by      "B"\n'
        "    kind    review\n"
    )


def test_one_empty_line_at_most_stands_between_items() -> None:
    assert inside("rule a form x\nrule b form x\n\n\n\nrule c form x\n\n\n") == (
        "rule a\n    form     x\nrule b\n    form     x\n\nrule c\n    form     x\n"
    )


def test_a_long_condition_is_broken_at_its_outermost_joint() -> None:
    long = [f"a_rather_long_name_of_a_fact_{n}" for n in range(4)]
    listed = ", ".join(long)

    assert inside(
        f"rule r when b and none of {listed} and egfr < 50 mL/min form x"
    ) == (
        "rule r\n"
        "    when     b\n"
        f"        and none of {long[0]}, {long[1]},\n"
        f"            {long[2]}, {long[3]}\n"
        "        and egfr < 50 mL/min\n"
        "    form     x\n"
    )


def test_a_short_condition_is_put_on_one_line() -> None:
    assert "    when     a and b or c\n" in inside(
        "rule r when a\n  and b\n  or c form x"
    )


def test_phases_are_broken_before_they_follow_one_another() -> None:
    phase = "hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks after some_event"
    lines = inside(f"rule r load {phase} then {phase} or {phase}").splitlines()

    assert lines[1:] == [
        f"    load     {phase}",
        f"            then {phase}",
        f"        or {phase}",
    ]


def test_a_title_goes_below_where_it_does_not_fit() -> None:
    title = '"' + "word " * 17 + 'end"'

    assert inside(f"rule a_rule {title} form x") == (
        f"rule a_rule\n    {title}\n    form     x\n"
    )


def test_a_text_is_folded_between_words_and_says_the_same() -> None:
    said = " ".join(f"word{n}" for n in range(40))
    once = inside(f'rule r note "{said}  two blanks" "and \\"more\\" \\\\"')

    assert max(map(len, once.splitlines())) <= WIDTH
    assert once.count('"word') >= 2
    assert parse(Text("a.gdl", HEAD + once)) == parse(
        Text("b.gdl", HEAD + f'rule r note "{said}  two blanks and \\"more\\" \\\\"')
    )


def test_a_word_longer_than_a_line_is_left_whole() -> None:
    long = "x" * 150

    assert inside(f'rule {long} "{long}" when {long} and {long} form {long}') == (
        f'rule {long}\n    "{long}"\n    when     {long}\n        and {long}\n'
        f"    form     {long}\n"
    )


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("load 1000 mcg IM", "load     1000 µg IM"),
        ("load 1000 ug IM", "load     1000 µg IM"),
        ("load 1000 \u03bcg IM", "load     1000 µg IM"),
        ("when a > 5 umol/L form x", "when     a > 5 µmol/L"),
        ("when a \u2264 5 mcg/mL form x", "when     a <= 5 µg/mL"),
        ("when a \u2265 5 units form x", "when     a >= 5 units"),
        ("maintain 1 mg IM every day", "maintain 1 mg IM every day"),
    ],
)
def test_micro_and_at_most_are_written_in_one_way(written: str, printed: str) -> None:
    assert f"    {printed}\n" in inside(f"rule r {written}")


def test_a_comment_at_the_end_of_a_line_stays_with_its_word() -> None:
    assert inside(
        "rule r # who\nwhen a # first\n and b # second\nform x, # fx\n not y # fy\n"
    ) == (
        "rule r  # who\n"
        "    when     a  # first\n"
        "        and b  # second\n"
        "    form     x,  # fx\n"
        "        not y  # fy\n"
    )


def test_a_comment_on_its_own_line_stays_before_what_it_preceded() -> None:
    assert inside(
        "# on r\n  rule r\n# on when\nwhen a\n # on b\nand b\n# on form\nform x\n"
    ) == (
        "# on r\n"
        "rule r\n"
        "    # on when\n"
        "    when     a\n"
        "        # on b\n"
        "        and b\n"
        "    # on form\n"
        "    form     x\n"
    )


def test_a_word_that_joins_changes_its_side_of_a_comment() -> None:
    assert inside("rule r when a and # why\n ( # open\n b or c # last\n ) form x") == (
        "rule r\n"
        "    when     a  # why\n"
        "        # open\n"
        "        and (b or c)  # last\n"
        "    form     x\n"
    )


def test_an_indented_comment_after_an_item_belongs_to_it() -> None:
    assert inside(
        "rule r\n form x\n   # no source yet\n\n# ---- next\n\nrule s form x"
    ) == (
        "rule r\n"
        "    form     x\n"
        "    # no source yet\n"
        "\n"
        "# ---- next\n"
        "\n"
        "rule s\n"
        "    form     x\n"
    )


def test_comments_around_a_file_stay_there() -> None:
    written = "# one\n#\n# two\n\nlanguage 1  # the first\nguideline g\n\n# last\n"

    assert after(written) == written
    assert after("\n\n" + written.removesuffix("\n") + "   ") == written


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_every_line_ends_with_a_line_feed(end: str) -> None:
    written = f"{HEAD}# said\nrule r  # so\n    form     x\n"

    assert after(written.replace("\n", end)) == written
    assert after("\ufeff" + written) == written


@pytest.mark.parametrize(
    "written",
    ["", "# only a comment\n", "rule", HEAD + "rule r when and", HEAD + "\x07"],
)
def test_a_text_with_errors_is_refused(written: str) -> None:
    with pytest.raises(GuidelineError) as raised:
        after(written)

    assert raised.value.diagnostics


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("form     x", "form     y"), ("# said", "# sad"), ("1000 µg", "1000 mg")],
)
def test_what_would_not_read_as_before_is_refused(
    monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    monkeypatch.setattr(
        "b12guide.syntax.printing.page_to_text",
        lambda page: page_to_text(page).replace(right, wrong),
    )

    with pytest.raises(GuidelineError, match="left as it is"):
        inside("rule r form x # said\nload 1000 mcg IM")


ALLOWED = (
    "  when not egfr<50 mL/min and none of paresthesia, numbness, glossitis, memory_problem, "
    "diabetes # lint: allow GDL514 because it is said so\n"
)
ODD = f"""
# lint: allow GDL524 because the source gives no reason
rule one when not egfr<50 mL/min and (age>= 18 years) form mecobalamin, # the form
  not cyanocobalamin strength should cites page
rule two
{ALLOWED}  form mecobalamin strength should cites page
"""


def test_formatting_adds_no_lint_and_takes_none_away(tmp_path: Path) -> None:
    template = (ROOT / "templates" / "guideline.gdl").read_text(encoding="utf-8")
    rough = template.replace("source injections", "source page").replace(
        "cites    injections", "cites page"
    )
    rough += ODD
    found = []
    for name, written in (("rough", rough), ("tidy", after(rough))):
        file = tmp_path / f"{name}.gdl"
        file.write_text(written, encoding="utf-8")
        linted = lint_library(locate(file), on=date(2026, 3, 5))
        found.append(sorted(d.code for d in linted.diagnostics))

    assert rough != after(rough)
    assert len(found[0]) > 5
    assert found[0] == found[1]


def test_formatting_changes_no_digest_and_no_answer(tmp_path: Path) -> None:
    written = GUIDELINES[-1].read_text(encoding="utf-8")
    words = " ".join(parse_words(written))
    (tmp_path / "squeezed.gdl").write_text(words, encoding="utf-8")
    (tmp_path / "tidy.gdl").write_text(after(words), encoding="utf-8")

    squeezed, tidy = (load(tmp_path / f"{n}.gdl") for n in ("squeezed", "tidy"))
    assert tidy.graph.digest == squeezed.graph.digest
    for patient in sorted((ROOT / "examples").glob("*.json")):
        if "history" not in patient.name:
            said, says = (
                each.recommend(read_patient(str(patient))).to_dict()
                for each in (squeezed, tidy)
            )
            assert says == said


def parse_words(written: str) -> list[str]:
    return [str(word) for word in grammar.tree_of(written).scan_values(bool)]
