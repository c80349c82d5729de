"""What the author wrote is what the tree says."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b12guide.syntax import parse, parse_partial
from b12guide.syntax.ast import (
    Check,
    Comparison,
    Every,
    ForLife,
    Give,
    Group,
    Is,
    Listed,
    Maintain,
    Not,
    OnRecord,
    Or,
    Quantifier,
    RecordWord,
    Rule,
    Times,
)
from b12guide.text import Text
from b12guide.values.term import Operator
from tests.unit.syntax.writing import HEAD, action, condition, item


def interval(written: str) -> tuple[int, int, str | None]:
    maintain = action(f"maintain 1000 µg IM {written}")
    assert isinstance(maintain, Maintain)
    frequency = maintain.plan.regimens[0].phases[0].frequency
    assert isinstance(frequency, Every)
    every = frequency.interval
    return int(every.low), int(every.high), every.unit


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("daily", (1, 1, "day")),
        ("weekly", (1, 1, "week")),
        ("monthly", (1, 1, "month")),
        ("yearly", (1, 1, "year")),
        ("on alternate days", (2, 2, "day")),
        ("every month", (1, 1, "month")),
        ("every 2 months", (2, 2, "months")),
        ("every 2 to 3 months", (2, 3, "months")),
    ],
)
def test_how_often_is_an_interval(
    written: str, expected: tuple[int, int, str | None]
) -> None:
    assert interval(written) == expected


@pytest.mark.parametrize(
    ("written", "count", "unit"),
    [
        ("3 times per week", 3, "week"),
        ("twice weekly", 2, "week"),
        ("once daily", 1, "day"),
        ("2 to 3 times per week", 2, "week"),
    ],
)
def test_so_many_times_is_a_count_per_unit(written: str, count: int, unit: str) -> None:
    give = action(f"give folic_acid 5 mg oral {written}")
    assert isinstance(give, Give)
    frequency = give.plan.regimens[0].phases[0].frequency

    assert isinstance(frequency, Times)
    assert frequency.count.low == count
    assert frequency.per.unit == unit


def test_a_phase_has_all_that_was_said_of_it() -> None:
    give = action("give folic_acid 5 mg orally daily for life after b12_repleted")
    assert isinstance(give, Give)
    (phase,) = give.plan.regimens[0].phases

    assert phase.drug is not None
    assert phase.drug.text == "folic_acid"
    assert phase.dose.low == Decimal(5)
    assert phase.dose.unit == "mg"
    assert phase.route is not None
    assert phase.route.text == "orally"
    assert isinstance(phase.bound, ForLife)
    assert [event.text for event in phase.after] == ["b12_repleted"]


def test_regimens_are_alternatives_and_phases_follow_each_other() -> None:
    maintain = action("maintain 1 mg IM daily then 1 mg IM weekly or 2 mg oral daily")
    assert isinstance(maintain, Maintain)

    assert [len(regimen.phases) for regimen in maintain.plan.regimens] == [2, 1]


def test_may_makes_an_action_optional() -> None:
    maintain = action("may maintain 1000 µg IM every month")

    assert isinstance(maintain, Maintain)
    assert maintain.optional


def test_a_unit_is_kept_as_written() -> None:
    for unit in ("mL/min/1.73 m2", "x10^9/L", "× 10^9/L", "µmol/L", "μmol/L", "%"):  # noqa: RUF001 - both signs for micro
        asked = condition(f"egfr < 35 {unit}")

        assert isinstance(asked, Comparison)
        assert asked.bound.unit == unit


@pytest.mark.parametrize(
    ("written", "operator"), [("≤", Operator.AT_MOST), ("≥", Operator.AT_LEAST)]
)
def test_one_sign_and_two_signs_are_one_comparison(
    written: str, operator: Operator
) -> None:
    asked = condition(f"egfr {written} 35 mL/min")

    assert isinstance(asked, Comparison)
    assert asked.operator is operator


def test_and_binds_more_tightly_than_or() -> None:
    asked = condition("a and b or c")

    assert isinstance(asked, Or)
    assert len(asked.operands) == 2


def test_a_list_ends_before_and() -> None:
    asked = condition("(any of a, b > 5 cm, (c or d)) assuming T1")

    assert isinstance(asked, Group)
    assert isinstance(asked.operand, Listed)
    assert len(asked.operand.operands) == 3
    assert [name.text for name in asked.assuming] == ["T1"]


def test_a_list_is_counted_to_its_end() -> None:
    asked = condition("not at least 2 of a, b > 5 cm, (c or d)")

    assert isinstance(asked, Not)
    assert isinstance(asked.operand, Listed)
    assert asked.operand.quantifier is Quantifier.AT_LEAST
    assert asked.operand.count == 2
    assert len(asked.operand.operands) == 3


@pytest.mark.parametrize(
    ("written", "values", "negated"),
    [
        ("is roux_en_y", ["roux_en_y"], False),
        ("is not roux_en_y", ["roux_en_y"], True),
        ("is none", ["none"], False),
        ("is not none", ["none"], True),
        ("is any of other, none", ["other", "none"], False),
        ("is none of other, none", ["other", "none"], True),
    ],
)
def test_a_choice_may_have_the_value_none(
    written: str, values: list[str], negated: bool
) -> None:
    asked = condition(f"bariatric_procedure {written}")

    assert isinstance(asked, Is)
    assert [value.text for value in asked.values] == values
    assert asked.negated is negated


@pytest.mark.parametrize("word", list(RecordWord))
@pytest.mark.parametrize("negated", [False, True])
def test_the_record_is_asked(word: RecordWord, *, negated: bool) -> None:
    asked = condition(f"plateau is {'not ' if negated else ''}{word.value} assuming T1")

    assert isinstance(asked, OnRecord)
    assert (asked.name.text, asked.word, asked.negated) == ("plateau", word, negated)
    assert [name.text for name in asked.assuming] == ["T1"]


def test_a_check_has_times_companions_and_more() -> None:
    check = action(
        "check serum_b12, ferritin at 3, 6 and 12 months, before the next dose,"
        " with vitamin_d and calcium, never alone, after x, until y"
    )

    assert isinstance(check, Check)
    assert [name.text for name in check.tests] == ["serum_b12", "ferritin"]
    assert [time.low for time in check.at] == [3, 6, 12]
    assert {time.unit for time in check.at} == {"months"}
    assert check.before_next_dose
    assert check.never_alone
    assert [name.text for name in check.companions] == ["vitamin_d", "calcium"]


def test_texts_side_by_side_are_one_and_backslashes_guard_quotation_marks() -> None:
    rule = item('rule r "one"\n  "two \\"three\\" \\\\"')

    assert isinstance(rule, Rule)
    assert rule.title is not None
    assert rule.title.text == 'one two "three" \\'


def test_every_clause_of_a_rule_may_stand_on_one_line_and_in_any_order() -> None:
    one = item('rule r strength should states S01 when a form x cites s because "b"')
    other = item(
        'rule r\n because "b"\n cites s\n form x\n when a\n states S01\n strength should'
    )

    assert one == other


def test_comments_are_kept_with_their_places() -> None:
    text = Text("c.gdl", f'# first\n{HEAD}rule r "# none" # last\n  form x')
    comments = parse(text).comments

    assert [comment.text for comment in comments] == ["# first", "# last"]
    assert [text.slice(comment.span) for comment in comments] == ["# first", "# last"]


def test_every_name_stands_where_its_span_says() -> None:
    text = Text(
        "s.gdl", f"{HEAD}\n\n  rule renal when egfr < 50 mL/min\n  form mecobalamin"
    )
    (rule,) = parse(text).items
    assert isinstance(rule, Rule)

    assert text.slice(rule.name.span) == "renal"
    assert text.slice(rule.conditions[0].span) == "egfr < 50 mL/min"
    assert text.slice(rule.actions[0].span) == "form mecobalamin"


def test_spans_in_a_file_with_errors_are_those_of_the_whole_file() -> None:
    text = Text(
        "s.gdl", f"{HEAD}rule a form ?\nrule b\n  form mecobalamin\nrule c form ?"
    )
    (rule,) = parse_partial(text)[0].items
    assert isinstance(rule, Rule)

    assert text.slice(rule.name.span) == "b"
    assert text.slice(rule.actions[0].span) == "form mecobalamin"


def test_a_path_that_leaves_the_folder_is_read_so_that_it_can_be_refused() -> None:
    file = parse(
        Text("p.gdl", "language 1\nguideline g uses ../up, /etc/passwd, c:\\x, b12")
    )

    assert [name.text for name in file.headers[0].uses] == [
        "../up",
        "/etc/passwd",
        "c:\\x",
        "b12",
    ]


def test_a_file_may_be_empty_but_for_its_language() -> None:
    file = parse(Text("e.gdl", "language 1"))

    assert file.language == 1
    assert not file.headers
    assert not file.items
