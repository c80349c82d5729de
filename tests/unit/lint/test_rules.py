"""What the pages do not show: the edges of single rules."""

from __future__ import annotations

import datetime as dt

import pytest

from b12guide.diagnostics import Diagnostic
from tests.unit.lint.linting import codes, linted
from tests.unit.semantics.writing import HEAD

SOURCE = 'source page "A page"\n    by "A. Author", 2020\n'


def rule(name: str, condition: str, action: str = "", more: str = "") -> str:
    action = action or f'note "Say {name}."'
    return f'rule {name} "About {name}"\n    when {condition}\n    {action}\n{more}'


def dosing(name: str, condition: str, action: str, strength: str = "should") -> str:
    return rule(name, condition, action, f"    strength {strength}\n    cites page\n")


def found(block: str, code: str, on: dt.date | None = None) -> tuple[Diagnostic, ...]:
    return tuple(d for d in linted(block, on=on) if d.code == code)


def messages(block: str, code: str) -> list[str]:
    return [diagnostic.message for diagnostic in found(block, code)]


SCOPED = HEAD + "    scope age >= 18 years\n"


@pytest.mark.parametrize(
    "block",
    [
        SCOPED + rule("r", "age < 18 years"),
        SCOPED
        + rule("r", "age >= 18 years").replace(
            "    when", "    outside scope\n    when"
        ),
        rule("r", "not b12_deficiency and severe_deficiency"),
        rule("r", "bariatric_procedure is roux_en_y and not bariatric_surgery"),
        'define d "D" as numbness and not numbness\n' + rule("r", "d or glossitis"),
        'silent on metformin "Not here." when numbness and not numbness\n',
        "invariant i\n    never folic_acid when numbness and not numbness\n",
        "implication i\n    when numbness and not numbness\n    then glossitis\n",
        HEAD + "    scope age < 18 years and age > 20 years\n" + rule("r", "numbness"),
    ],
    ids=[
        "scope",
        "outside the scope",
        "implies",
        "implication",
        "definition",
        "silence",
        "invariant",
        "premise",
        "the scope itself",
    ],
)
def test_a_condition_that_nobody_has_is_found_wherever_it_stands(block: str) -> None:
    assert "GDL501" in codes(block)


def test_of_each_pair_of_equal_parts_the_later_one_is_named() -> None:
    block = rule("r", "any of numbness, glossitis, numbness")
    (one,) = found(block, "GDL503")
    place = one.place

    assert place is not None
    assert place.text.characters[place.span.start - 11 :].startswith("glossitis")


def test_what_is_known_is_not_taken_for_what_is_so() -> None:
    idle = "`b12_repleted is known` makes no difference"

    assert messages(rule("r", "numbness and not b12_repleted is known"), "GDL503") == []
    (message,) = messages(rule("r", "b12_repleted is known or b12_repleted"), "GDL503")
    assert message.startswith(idle)
    assert (
        messages(rule("r", "b12_repleted and not b12_repleted is known"), "GDL503")
        == []
    )


def test_where_there_are_too_many_kinds_of_patients_nothing_is_said() -> None:
    own = "".join(f'finding f{n} "finding {n}"\n' for n in range(40))
    parts = ", ".join(f"f{n}" for n in range(40))

    assert codes(own + rule("r", f"any of {parts}, f0")) == set()


def test_an_exception_may_be_idle_because_of_another_one() -> None:
    block = (
        SOURCE
        + dosing(
            "base", "b12_deficiency", "maintain 1000 µg IM every 3 months for life"
        )
        + dosing("wide", "numbness", "maintain 1000 µg IM every 2 months for life")
        + dosing(
            "narrow",
            "numbness and glossitis",
            "maintain 1000 µg IM every month for life",
        )
    )
    exceptions = block.replace('"About wide"', '"W"\n    exception to base').replace(
        '"About narrow"', '"N"\n    exception to base, wide'
    )
    (message,) = messages(exceptions, "GDL504")

    assert message == (
        "`narrow` never overrides `base` for any patient:"
        " all who meet both meet another exception as well"
    )


def test_three_rules_that_say_the_same_are_told_twice() -> None:
    block = SOURCE + "".join(
        dosing(name, "numbness", "route intramuscular") for name in ("a", "b", "c")
    )

    assert len(messages(block, "GDL506")) == 2


def test_rules_that_say_the_same_to_others_are_no_duplicates() -> None:
    block = SOURCE + "".join(
        dosing(name, name, "route intramuscular") for name in ("numbness", "glossitis")
    )

    assert codes(block) == set()


@pytest.mark.parametrize(
    ("one", "two", "code"),
    [
        ("serum_b12 < 200 pg/mL", "serum_b12 <= 200 ng/L", "GDL510"),
        ("platelets from 25 to 50 x10^9/L", "platelets > 25 x10^9/L", "GDL510"),
        ("egfr <= 50 mL/min", "egfr >= 50 mL/min", "GDL511"),
        ("egfr < 50 mL/min", "egfr > 50 mL/min or egfr = 50 mL/min", ""),
        ("ileal_involvement > 30 to 60 cm", "ileal_involvement < 30 to 60 cm", ""),
        ("egfr < 50 mL/min", "egfr < 49.6 mL/min", "GDL512"),
        ("egfr < 50 mL/min", "egfr < 45 mL/min", ""),
        ("egfr < 50 mL/min", "platelets <= 50 x10^9/L", ""),
    ],
)
def test_thresholds_are_compared_in_the_unit_of_the_measure(
    one: str, two: str, code: str
) -> None:
    assert codes(rule("r", one) + rule("q", two)) == ({code} if code else set())


@pytest.mark.parametrize(
    "condition",
    [
        "none of (not numbness)",
        "not bariatric_procedure is not roux_en_y",
        "not (none of numbness, glossitis)",
        "glossitis and not not numbness",
    ],
)
def test_two_negations_are_found_however_they_are_written(condition: str) -> None:
    assert "GDL513" in codes(rule("r", condition))


def test_parentheses_that_tell_something_may_stay() -> None:
    block = rule(
        "r", "(numbness and glossitis) or (gait_disturbance assuming t)"
    ).replace(" assuming t)", ") assuming t")

    assert codes(f'assumption t "It is so."\n{block}') == set()


@pytest.mark.parametrize(
    ("expectation", "is_found"),
    [
        ("expect rule r applies", False),
        ('expect note "Say r."', False),
        ('expect no note "Say r."', True),
        ("expect decision form silent", True),
        ("expect decision form because r", False),
    ],
)
def test_an_example_may_expect_a_rule_or_what_it_says(
    expectation: str, is_found: bool
) -> None:
    block = (
        rule("r", "numbness") + f'example "e"\n    given numbness\n    {expectation}\n'
    )

    assert bool(found(block, "GDL526")) is is_found


def test_a_guideline_without_examples_is_told_once() -> None:
    block = rule("r", "numbness") + rule("q", "glossitis")

    assert messages(block, "GDL526") == ["this guideline has no examples"]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (None, set()),
        (dt.date(2028, 12, 31), set()),
        (dt.date(2029, 1, 1), {"GDL530"}),
        (dt.date(2025, 12, 31), {"GDL531"}),
    ],
)
def test_the_age_of_a_revision_is_counted_in_whole_months(
    on: dt.date | None, expected: set[str]
) -> None:
    assert codes(rule("r", "numbness"), on=on) == expected


def test_an_allowance_of_age_is_not_needless_where_no_day_is_named() -> None:
    comment = "# lint: allow GDL530 because the source is not revised any more\n"
    head, _, rest = HEAD.partition("guideline")
    block = f"{head}{comment}guideline{rest}{rule('r', 'numbness')}"

    assert codes(block, on=None) == set()
    assert codes(block, on=dt.date(2040, 1, 1)) == set()
    assert codes(block, on=dt.date(2026, 6, 1)) == {"GDL591"}


@pytest.mark.parametrize(
    "word",
    [
        "n\u0435rves",
        "\u0440\u0435\u0441\u0441\u0430",
        "\uff22\uff11\uff12",
        "Vitamin\u0392",
    ],
)
def test_letters_of_other_alphabets_are_found_in_comments_too(word: str) -> None:
    assert found(f"# {word}\n" + rule("r", "numbness"), "GDL532")


@pytest.mark.parametrize("word", ["µg", "β-blocker", "é", "Ωmega", "Ménière", "\u03b1"])
def test_letters_that_deceive_nobody_may_stay(word: str) -> None:
    assert found(f"# {word}\n" + rule("r", "numbness"), "GDL532") == ()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Take 5.0 mg.", True),
        ("Take .5 mg.", True),
        ("Take 0.5 mg.", False),
        ("Take 10.05 mg.", False),
        ("Version 1.0 of it.", False),
        ("Take 2.0mcg.", True),
    ],
)
def test_risky_decimals_are_found_in_texts(text: str, is_found: bool) -> None:
    block = rule("r", "numbness", f'note "{text}"')

    assert bool(found(block, "GDL534")) is is_found


@pytest.mark.parametrize(
    ("action", "is_found"),
    [
        ("maintain 70 mg IM every 3 months for life", True),
        ("maintain 10 to 20 mg IM every 3 months for life", False),
        ("maintain 10 to 50 mg IM every 3 months for life", True),
        ("give zinc 5 mg oral daily for 4 months", False),
        ("give zinc 1 mg oral daily for 1 week then 5 mg oral daily for 4 weeks", True),
        ("give folic_acid 15 mg oral daily for 4 months", False),
    ],
)
def test_unusual_doses_are_those_outside_what_the_drug_is_declared_with(
    action: str, is_found: bool
) -> None:
    block = 'drug iron "iron"\n    usual dose 10 to 20 mg\n'
    block += 'drug zinc "zinc"\n    usual dose 5 mg\n'
    block += SOURCE + dosing("form", "numbness", "form iron")
    block += dosing("r", "numbness", action)

    assert bool(found(block, "GDL536")) is is_found


@pytest.mark.parametrize(
    ("action", "strength", "is_found"),
    [
        ("contraindicated cyanocobalamin", "avoid", True),
        ("contraindicated cyanocobalamin", "required", False),
        ("avoid cyanocobalamin", "may", True),
        ("avoid cyanocobalamin", "avoid", False),
        ("form hydroxocobalamin", "do not", True),
        ("form hydroxocobalamin, not cyanocobalamin", "do not", False),
        ("check serum_b12 never alone", "do not", False),
        ("check serum_b12 every year", "do not", True),
        ("inject not at gluteal routinely", "avoid", False),
    ],
)
def test_a_verb_is_held_against_the_strength(
    action: str, strength: str, is_found: bool
) -> None:
    block = SOURCE + dosing("r", "numbness", action, strength)

    assert bool(found(block, "GDL549")) is is_found


def test_a_broken_up_phrase_is_placed_on_its_whole_text() -> None:
    block = rule(
        "r", "numbness", more='    strength may\n    patient "You have" "to rest."\n'
    )
    (one,) = found(block, "GDL539")
    place = one.place

    assert place is not None
    assert place.text.slice(place.span) == '"You have" "to rest."'


REVIEWED = HEAD + "    status under review\n"


def advising(*names: str, more: str = "") -> str:
    action = "avoid cyanocobalamin"
    return "".join(rule(name, "numbness", action, more) for name in names)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("GDL523", "rules have no words for the patient"),
        ("GDL524", "rules do not say why"),
    ],
)
def test_what_many_rules_lack_is_told_in_one_finding(code: str, words: str) -> None:
    (one,) = found(REVIEWED + advising(*"abcdefg"), code)

    assert one.message == f"7 {words}: `a`, `b`, `c`, `d`, `e` and 2 more"
    assert [label.text.slice(label.span) for label in one.labels] == [*"abcdefg"]
    (two,) = messages(REVIEWED + advising("a", "b"), code)
    assert two == f"2 {words}: `a` and `b`"


def test_what_is_allowed_is_not_counted_with_the_others() -> None:
    allowed = "# lint: allow GDL523 because it is for professionals\n" + advising("b")
    block = REVIEWED + advising("a") + allowed + advising("c")

    assert messages(block, "GDL523") == [
        "2 rules have no words for the patient: `a` and `c`"
    ]


def test_each_file_has_a_finding_of_its_own() -> None:
    block = REVIEWED.replace("b12\n", "b12, words\n") + advising("a", "b")
    block += "# file: words.gdl\nlanguage 1\npart words\n" + advising("c", "d")
    files = [one.labels[0].text.name for one in found(block, "GDL524")]

    assert [name.rpartition("/")[2] for name in files] == ["example.gdl", "words.gdl"]


@pytest.mark.parametrize("status", ["", "    status submitted\n"])
def test_a_draft_is_not_asked_for_words_that_come_later(status: str) -> None:
    allowed = "# lint: allow GDL523 because it is for professionals\n"
    block = HEAD + status + allowed + advising("a", "b")

    assert not {"GDL523", "GDL524", "GDL502"} & {d.code for d in linted(block)}


def test_notes_and_claims_need_neither_words_for_patients_nor_a_reason() -> None:
    claim = rule("c", "numbness", "avoid cyanocobalamin", "    strength claim\n")
    block = REVIEWED + rule("n", "numbness", 'note "Judge for yourself."') + claim

    assert not found(block, "GDL523") + found(block, "GDL524")
