"""GDL557 and GDL558: the figures of a text, held against the schedule of its rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide import written
from b12guide.library import Library, SourceFile
from b12guide.lint.material import Material
from b12guide.lint.rules.prose import another_dose_in_words, another_length_in_words

HEAD = """language 1
guideline g "G"
    version 1.0.0
    revised 2026-01-01
    uses    b12
source page "A page"
rule one "A rule"
    when      b12_deficiency
"""
COURSE = "load hydroxocobalamin 1000 µg IM 3 times per week for 2 weeks"
MONTHLY = "maintain mecobalamin 500 µg IM every month for life"
RANGE = "maintain hydroxocobalamin 1000 µg IM every 2 to 3 months for life"
TABLETS = "maintain cyanocobalamin 500 µg oral 3 times daily"
PHASES = (
    "load hydroxocobalamin 1000 µg IM daily for 2 weeks then 1000 µg IM twice per week "
    "for 4 weeks"
)
CHOICE = "maintain hydroxocobalamin 1000 µg IM every 3 months or cyanocobalamin 1 mg oral daily"
CHECK = "check serum_b12 at 3, 6 and 12 months"
YEARLY = "check serum_b12 every year"


def found(action: str, text: str, clause: str = "patient") -> list[str]:
    """The codes for a text of a rule."""
    rule = f'    {action}\n    strength should\n    cites page\n    {clause} "{text}"\n'
    file = SourceFile("g.gdl", (HEAD + rule).encode())
    checked = written.check(Library(file, Path()))
    assert checked.graph is not None, checked.diagnostics
    material = Material(draft=checked.draft, graph=checked.graph)
    rules = (another_dose_in_words, another_length_in_words)
    return [one.code for rule in rules for one in rule.find(material)]


@pytest.mark.parametrize(
    ("action", "text", "code"),
    [
        (COURSE, "You get nine injections in three weeks.", "GDL558"),
        (COURSE, "You get three injections a week for three weeks.", "GDL558"),
        (COURSE, "You get two injections a week for two weeks.", "GDL557"),
        (COURSE, "You get an injection every day for two weeks.", "GDL557"),
        (COURSE, "You get 1000 mg in each injection.", "GDL557"),
        (COURSE, "You get ten shots over two weeks.", "GDL558"),
        (MONTHLY, "You get an injection every 3 months.", "GDL557"),
        (MONTHLY, "You get 1 mg in each injection.", "GDL557"),
        (MONTHLY, "Your injections are weekly.", "GDL557"),
        (MONTHLY, "You get an injection each month for six months.", "GDL558"),
        (RANGE, "You get an injection every two to four months.", "GDL557"),
        (RANGE, "You get an injection every other week.", "GDL557"),
        (TABLETS, "You take 5 mg in three tablets a day.", "GDL557"),
        (TABLETS, "You take two tablets a day.", "GDL557"),
        (PHASES, "You get an injection every second day.", "GDL557"),
        (PHASES, "The course of injections goes on for three months.", "GDL558"),
        (CHOICE, "You can have an injection every month or a tablet daily.", "GDL557"),
        (CHECK, "Your level is measured after three and nine months.", "GDL558"),
        (YEARLY, "Your level is checked every six months.", "GDL557"),
    ],
)
def test_a_text_that_contradicts_its_schedule_is_found(
    action: str, text: str, code: str
) -> None:
    assert found(action, text) == [code]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (COURSE, "You get three injections a week for two weeks."),
        (COURSE, "You get six injections in two weeks."),
        (COURSE, "You get 3 doses of 1 mg per week, for about 14 days."),
        (COURSE, "After that you get one every two to three months."),
        (COURSE, "Numbness that lasts for four weeks needs this."),
        (COURSE, "This is given instead of an injection every month."),
        (COURSE, "If you miss one, take 5 mg of folic acid for 3 months."),
        (MONTHLY, "You get 500 micrograms every four weeks, for life."),
        (MONTHLY, "You get 0.5 mg once a month. Your level is tested every year."),
        (MONTHLY, "You get twelve injections in a year, not one every three months."),
        (RANGE, "You get an injection every three months, or more often."),
        (RANGE, "You get an injection every two or three months."),
        (TABLETS, "You take three tablets a day, 1500 µg per day in all."),
        (TABLETS, "The daily dose is 1.5 mg."),
        (PHASES, "You get an injection each day for two weeks, then two a week."),
        (PHASES, "The whole course of injections goes on for six weeks."),
        (CHOICE, "You can have an injection every three months or a tablet daily."),
        (CHECK, "Your level is measured after three, six and twelve months."),
        (CHECK, "Your level is measured at 1 year as well."),
        (YEARLY, "Your level is checked once a year."),
    ],
)
def test_a_text_that_agrees_or_speaks_of_something_else_is_left_alone(
    action: str, text: str
) -> None:
    assert found(action, text) == []


def test_reasons_may_name_what_overlaps_and_what_was() -> None:
    assert found(RANGE, "Injections every 3 to 4 months do.", "because") == []
    assert found(RANGE, "It was an injection every month before.", "because") == []
    assert found(RANGE, "Injections every 6 months do.", "because") == ["GDL557"]


def test_the_finding_shows_the_words_and_what_the_rule_says() -> None:
    text = 'patient "You get an injection every 3 months."'
    rule = f"    {MONTHLY}\n    strength should\n    cites page\n    {text}\n"
    file = SourceFile("g.gdl", (HEAD + rule).encode())
    checked = written.check(Library(file, Path()))
    material = Material(draft=checked.draft, graph=checked.graph)
    (one,) = another_dose_in_words.find(material)

    assert "says `every 3 months`, and the rule says monthly" in one.message
    label = one.labels[0]
    assert label.text.slice(label.span) == "every 3 months"
