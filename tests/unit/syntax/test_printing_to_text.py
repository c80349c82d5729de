"""The canonical style."""

from __future__ import annotations

from b12guide.syntax.ast import (
    And,
    Condition,
    Is,
    Listed,
    Maintain,
    Name,
    Not,
    Or,
    Quantifier,
    Reference,
)
from b12guide.syntax.layout import WIDTH
from b12guide.syntax.phrases import action_to_text, condition_to_text, plan_to_text
from b12guide.syntax.printing import item_to_text
from b12guide.text import Span
from tests.unit.syntax.writing import action, condition, item

NOWHERE = Span(0, 0)


def fact(name: str) -> Reference:
    return Reference(span=NOWHERE, name=Name(span=NOWHERE, text=name))


def test_a_rule_is_printed_in_columns() -> None:
    written = """\
rule renal "Choice of form when the kidneys are weak"
    exception to usual_form
    when     egfr < 50 mL/min and not diabetes
    form     hydroxocobalamin or mecobalamin, not cyanocobalamin
    strength should
    states   S05
    cites    injections
    because  "Cyanide has to be cleared."
"""

    assert item_to_text(item(written)) == written


def test_every_claim_of_an_invariant_is_printed() -> None:
    for claim in (
        "never    folic_acid when folate_deficiency unless b12_repleted",
        "never    folic_acid before b12_repleted",
        "always   form mecobalamin when egfr < 50 mL/min",
        "always   route intramuscular",
    ):
        written = f"invariant i\n    {claim}\n"

        assert item_to_text(item(written)) == written


def test_long_texts_are_folded_between_words() -> None:
    rule = item(f'rule r "{"word " * 40}end"')
    lines = item_to_text(rule).splitlines()

    assert len(lines) > 2
    assert max(map(len, lines)) <= WIDTH
    assert item("\n".join(lines)) == rule


def test_a_quantity_is_never_broken_between_number_and_unit() -> None:
    long = " and ".join(f"fact_number_{n} > {n} mL/min/1.73 m2" for n in range(9))
    rule = item(f"rule r when {long}")

    assert all(
        not line.rstrip()[-1].isdigit() or line.endswith("m2")
        for line in item_to_text(rule).splitlines()[1:]
    )


def test_a_condition_that_was_put_together_gets_its_parentheses() -> None:
    either = Or(span=NOWHERE, operands=(fact("a"), fact("b")))
    both = And(span=NOWHERE, operands=(either, fact("c")))
    choice = Is(
        span=NOWHERE, name=fact("d").name, values=(fact("x").name, fact("y").name)
    )
    some = Listed(
        span=NOWHERE, quantifier=Quantifier.ANY, operands=(both, choice, fact("e"))
    )

    assert condition_to_text(both) == "(a or b) and c"
    assert condition_to_text(Not(span=NOWHERE, operand=either)) == "not (a or b)"
    assert condition_to_text(some) == "any of ((a or b) and c), (d is any of x, y), e"


def test_what_is_printed_is_heard_in_one_way() -> None:
    a, b, c, d = map(fact, "abcd")
    both = And(span=NOWHERE, operands=(a, b))
    some = Listed(span=NOWHERE, quantifier=Quantifier.ANY, operands=(a, b))
    none = Not(span=NOWHERE, operand=some)
    value = Is(span=NOWHERE, name=d.name, values=(a.name, b.name))

    def said(*operands: Condition) -> tuple[str, str]:
        joined = (kind(span=NOWHERE, operands=operands) for kind in (And, Or))
        one, two = map(condition_to_text, joined)
        return one, two

    assert said(both, c)[1] == "(a and b) or c"
    assert said(some, c) == ("(any of a, b) and c", "(any of a, b) or c")
    assert said(c, some) == ("c and any of a, b", "c or any of a, b")
    assert said(none, c)[1] == "(not any of a, b) or c"
    assert said(value, c)[0] == "(d is any of a, b) and c"
    assert said(c, value, d)[0] == "c and (d is any of a, b) and d"


def test_an_action_is_printed_on_one_line() -> None:
    for written in (
        "load 1000 µg IM on alternate days until neurological_plateau",
        "may maintain 1000 to 2000 µg oral daily for life",
        "load 1000 µg IM 3 times per week for 2 weeks then 1 mg IM twice daily for 3 doses",
        "maintain 1000 µg IM monthly indefinitely",
        "load hydroxocobalamin at least 1 mg oral daily then at most 4 mg oral weekly",
        "load hydroxocobalamin 15 mg/kg at most 1000 mg IV weekly then 10 to 15 mg/kg",
        "load 1000 µg IM for 10 doses at least 3 days apart after b12_repleted",
        "may give folic_acid 5 mg oral daily for 1 month as needed with food",
        "load 1000 mg IV once then 500 mg IV once daily for 1 dose after b12_repleted",
        "load not needed",
        "contraindicated cyanocobalamin",
        "withhold folic_acid until b12_repleted unless pregnancy",
        "inject with needle 25 to 27 G and at gluteal in the upper_outer quadrant",
        "check serum_b12 at 3, 6 and 12 months, before the next dose",
        "check serum_b12 at least every year",
        "check serum_b12 once, with ferritin and calcium",
        "target vitamin_d >= 75 nmol/L",
        "continue b12_treatment for life",
        'note "Ask again."',
    ):
        assert action_to_text(action(written)) == written


def test_words_of_the_same_meaning_are_printed_in_one_way() -> None:
    for written, printed in (
        ("every day", "daily"),
        ("every 1 week", "weekly"),
        ("every 2 day", "on alternate days"),
        ("2 times daily", "twice daily"),
        ("1 times per week", "once per week"),
    ):
        maintain = action(f"maintain 1 mg IM {written}")

        assert isinstance(maintain, Maintain)
        assert plan_to_text(maintain.plan) == f"1 mg IM {printed}"


def test_both_signs_of_at_most_are_printed_as_one() -> None:
    assert condition_to_text(condition("egfr ≤ 50 mL/min")) == "egfr <= 50 mL/min"
