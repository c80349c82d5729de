"""The table of wishes and the page that lists them say the same, and both say what happens."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

import pytest

from b12guide import written
from b12guide.diagnostics import Diagnostic, Severity
from b12guide.library import locate
from b12guide.syntax.explain.wishes import Wish, wishes
from tests.unit.syntax.writing import whole

PAGE = Path(__file__).parents[2] / "docs" / "cannot-be-said.md"
EXAMPLES = [(wish, example) for wish in wishes() for example in wish.examples]


def errors(text: str, folder: Path) -> tuple[Diagnostic, ...]:
    """What `check` says is wrong with a guideline."""
    file = folder / "wish.gdl"
    file.write_text(text, encoding="utf-8")
    found = written.check(locate(file)).diagnostics
    return tuple(d for d in found if d.severity is Severity.ERROR)


def with_words(example: str) -> str:
    """A guideline around clauses or items, with the shared vocabulary to choose from."""
    text = whole(example).characters
    head = re.search(r"^(guideline|vocabulary) \w+.*\n", text, flags=re.MULTILINE)
    assert head is not None
    return text[: head.end()] + "    uses b12\n" + text[head.end() :]


def row(wish: Wish) -> str:
    """The row of the page: the wish, an example of it, the nearest, the reason."""
    shown = wish.examples[0].splitlines()[-1].strip()
    nearest = wish.nearest.replace("{at}", "hydroxocobalamin")
    return f"| {wish.says} | `{shown}` | {nearest} | {wish.why} |\n"


def tables() -> str:
    """All rows, under the headings of their chapters."""
    text = ""
    for chapter, rows in groupby(wishes(), lambda wish: wish.about):
        text += f"\n## {chapter}\n\n"
        text += "| you want to say | as in | nearest | why not |\n|---|---|---|---|\n"
        text += "".join(map(row, rows))
    return text


def test_the_page_is_the_table(update_golden: bool) -> None:
    page = PAGE.read_text(encoding="utf-8")
    begin = page.index("\n## ")
    if update_golden:
        PAGE.write_text(page[:begin] + tables(), encoding="utf-8")

    assert page[begin:] == tables()


@pytest.mark.parametrize(("wish", "example"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_a_wish_is_told_once_and_at_its_words(
    wish: Wish, example: str, tmp_path: Path
) -> None:
    (told,) = errors(with_words(example), tmp_path)

    assert told.code == "GDL165"
    assert told.place is not None
    words = told.place.text.slice(told.place.span)
    assert told.message == f"version 1 of the language cannot say `{words}`"
    assert told.notes == (wish.why,)
    assert [help_.message for help_ in told.help] == [
        "nearest: " + wish.nearest.replace("{at}", words)
    ]


@pytest.mark.parametrize("wish", wishes(), ids=lambda wish: wish.says)
def test_a_row_of_the_table_is_in_the_words_of_the_others(wish: Wish) -> None:
    assert wish.examples
    for words in (wish.says, wish.why, wish.nearest):
        assert not words.endswith(".")
        assert "|" not in words


LEGITIMATE = [
    "check serum_b12 at least every 6 months",
    "check serum_b12 once",
    "check serum_b12 at 3, 6 and 12 months, before the next dose",
    "check serum_b12 never alone",
    "check serum_b12 with ferritin",
    "load 1000 µg IM once daily for 1 dose",
    "load 1000 µg IM once",
    "give folic_acid 5 mg oral as needed with food",
    "load 1000 µg IM for 10 doses at least 3 days apart",
    "load 1000 µg IM 3 times per week at least 2 days apart for 2 weeks",
    "load at least 1000 µg IM daily",
    "load at most 1000 µg IM daily",
    "load 1000 µg IM twice weekly until neurological_plateau",
    "load 1000 µg IM daily for 7 doses then 1000 µg IM weekly after b12_repleted",
    "maintain 1000 µg IM monthly or 1000 to 2000 µg oral daily indefinitely",
    "withhold folic_acid until b12_repleted",
    "withhold folic_acid unless folate_deficiency",
    "load not needed",
    "inject not at gluteal routinely",
    "continue b12_treatment for life",
    'note "Stop, switch, refer: at most 4 mg per kg once, as needed with food."',
    'form mecobalamin\n    because "Increase it within 4 weeks if the level is low."',
    'finding stop_date "the date on which it was stopped"\ndefine d as stop_date',
    'finding once "x"\nfinding twice_low "y"\ndefine d as once and twice_low',
    'drug max "Max"\nrule r2\n    load max 1000 µg IM daily',
    'event last "x"\nfinding within "y"\ndefine d as last and within',
    'finding normal "x"\nfinding severe "y"\ndefine d as severe or not normal',
]


@pytest.mark.parametrize("example", LEGITIMATE)
def test_what_can_be_said_is_no_wish(example: str, tmp_path: Path) -> None:
    assert errors(with_words(example), tmp_path) == ()
