"""Tests that are advised against: disputed tests, and what stands beside them (M79)."""

from __future__ import annotations

from fractions import Fraction

from b12guide.evaluate.composition import clash, compose
from b12guide.evaluate.composition_parts import Composition, CompositionKind
from b12guide.graph import model as m
from b12guide.values.duration import DurationRange, TimeUnit

YEAR = DurationRange(Fraction(1), Fraction(1), TimeUnit.YEAR)
MONTHS = DurationRange(Fraction(6), Fraction(6), TimeUnit.MONTH)


def rule(name: str, value: m.Value) -> m.Rule:
    return m.Rule(name=name, title=name, decision=m.Decision.MONITORING, value=value)


def check(name: str, *tests: str, every: DurationRange = YEAR, **how: object) -> m.Rule:
    return rule(name, m.Monitoring(tests=tests, every=every, **how))  # type: ignore[arg-type]


def against(name: str, *tests: str) -> m.Rule:
    return rule(name, m.NotChecked(tests=tests))


def together(*rules: m.Rule) -> Composition:
    return compose(m.Decision.MONITORING, rules)


def test_of_other_tests_both_are_said() -> None:
    said = together(check("asks", "ferritin"), against("says_no", "serum_b12"))

    assert said.kind is CompositionKind.ADVICE
    assert {one.advice for one in said.default} == {
        m.Monitoring(tests=("ferritin",), every=YEAR),
        m.NotChecked(tests=("serum_b12",)),
    }


def test_a_disputed_test_is_taken_out_and_both_sides_are_named() -> None:
    said = together(
        check("asks", "serum_b12", "ferritin"),
        check("asks_sooner", "serum_b12", every=MONTHS),
        against("says_no", "serum_b12", "thiamine"),
    )

    assert said.kind is CompositionKind.CONFLICT
    assert {name for side in said.sides for name in side.rules} == {
        "asks",
        "asks_sooner",
        "says_no",
    }
    assert {one.advice for one in said.default} == {
        m.Monitoring(tests=("ferritin",), every=YEAR),
        m.NotChecked(tests=("thiamine",)),
    }


def test_a_companion_is_asked_for_as_well() -> None:
    asks = check("asks", "ferritin", companions=("serum_b12",))
    said = together(asks, against("says_no", "serum_b12"))

    assert said.kind is CompositionKind.CONFLICT
    assert [one.advice for one in said.default] == [
        m.Monitoring(tests=("ferritin",), every=YEAR)
    ]
    assert clash(asks, against("says_no", "serum_b12"))
    assert not clash(asks, against("says_no", "thiamine"))
