"""The English of a condition, read back by somebody who did not write it, says the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from b12guide.evaluate.explanation import truth
from b12guide.evaluate.facts import Facts
from b12guide.evaluate.outline import Outlines
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    Not,
    OneOf,
    Recorded,
    Resting,
    rebuilt,
)
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import Definition, Fact, RuleGraph, Vocabulary
from b12guide.say.conditions import condition_text
from b12guide.semantics.checks.conditions import and_or_apart, list_ends_clearly
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast, parse
from b12guide.text import Text
from b12guide.values.term import Kind, Operator
from tests.unit.show.english import Unclear, heard

FACTS = (
    Fact(kind=Kind.FINDING, name="gait", label="unsteady or abnormal gait"),
    Fact(kind=Kind.FINDING, name="memory", label="problems with memory"),
    Fact(kind=Kind.FINDING, name="tongue", label="glossitis (sore, smooth tongue)"),
    Fact(kind=Kind.FINDING, name="clean", label="no symptoms, and no signs"),
    Fact(kind=Kind.EVENT, name="over", label="the course is complete"),
    Fact(kind=Kind.EVENT, name="better", label="the nerves have healed or improved"),
    Fact(kind=Kind.MEASURE, name="egfr", label="filtration (eGFR)", unit="mL/min"),
    Fact(kind=Kind.MEASURE, name="age", label="age and stage", unit="cm"),
    Fact(
        kind=Kind.CHOICE,
        name="operation",
        label="kind of operation",
        values=("none", "bypass", "band"),
        value_labels=("no operation", "bypass, or similar", "band"),
    ),
)
GRAPH = RuleGraph(
    name="prose",
    title="Prose",
    version="1.0.0",
    vocabulary=Vocabulary(facts={fact.name: fact for fact in FACTS}),
    definitions={
        "ill": Definition(name="ill", label="illness", condition=Has("memory")),
        "worse": Definition(name="worse", label="pain or fever", condition=Has("gait")),
    },
)
LABELS = {
    **{fact.label: fact.name for fact in FACTS},
    **{each.label: each.name for each in GRAPH.definitions.values()},
}
VALUES = dict(zip(FACTS[-1].value_labels, FACTS[-1].values, strict=True))
TRUTHS = ("gait", "memory", "tongue", "clean", "over", "better", "ill", "worse")
BOUNDS = st.sampled_from([Fraction(n) for n in (30, 45, 60)])


def _leaf(name: str) -> Has | Defined:
    return Defined(name) if name in GRAPH.definitions else Has(name)


@st.composite
def comparisons(draw: st.DrawFn) -> Compare:
    low, high = sorted((draw(BOUNDS), draw(BOUNDS)))
    operator = draw(st.sampled_from(Operator))
    if operator is Operator.EQUAL:
        high = low
    return Compare(draw(st.sampled_from(["egfr", "age"])), operator, low, high)


betweens = st.tuples(BOUNDS, BOUNDS).map(
    lambda ends: AllOf(
        (
            Compare("egfr", Operator.AT_LEAST, min(ends), min(ends)),
            Compare("egfr", Operator.AT_MOST, max(ends), max(ends)),
        )
    )
)
truths = st.sampled_from(TRUTHS).map(_leaf)
leaves = (
    truths
    | comparisons()
    | betweens
    | st.lists(
        st.sampled_from(["none", "bypass", "band"]), min_size=1, max_size=3, unique=True
    ).map(lambda values: OneOf("operation", tuple(values)))
    | truths.map(Established)
    | (truths | st.sampled_from(["egfr", "operation"]).map(HasValue)).map(Recorded)
)
conditions = st.recursive(
    leaves,
    lambda inner: (
        inner.map(Not)
        | st.lists(inner, max_size=4).map(lambda some: AllOf(tuple(some)))
        | st.lists(inner, min_size=1, max_size=4).map(lambda some: AnyOf(tuple(some)))
        | st.tuples(
            st.integers(1, 3), st.lists(inner, min_size=3, max_size=4).map(tuple)
        ).map(lambda counted: AtLeast(*counted))
        | st.builds(Resting, inner, st.just(("T1", "T2")))
    ),
    max_leaves=8,
)
patients = st.fixed_dictionaries(
    {
        **{name: st.none() | st.booleans() for name in TRUTHS},
        **{
            name: st.none() | st.sampled_from([Fraction(n) for n in range(20, 71, 5)])
            for name in ("egfr", "age")
        },
        "operation": st.sampled_from([None, "none", "bypass", "band"]),
    }
)
A, B, C = Has("gait"), Has("memory"), Has("over")
BOUND = Fraction(45)
OTHER = {
    operator: Not(Compare("egfr", operator, BOUND, BOUND)) for operator in Operator
}
AT_THE_BOUND: list[dict[str, bool | str | Fraction | None]] = [
    {"egfr": BOUND + step} for step in (-5, 0, 5)
]
BYPASS = OneOf("operation", ("bypass",))
EITHER = OneOf("operation", ("bypass", "band"))


@given(conditions, st.lists(patients, min_size=1, max_size=8))
@example(AnyOf((Not(A), B)), [{"gait": True, "memory": True}])
@example(AnyOf((Not(C), B)), [{"over": True, "memory": True}])
@example(AllOf((Not(B), Has("tongue"))), [{"memory": False, "tongue": True}])
@example(AnyOf((Not(B), Not(A), C)), [{"gait": True, "memory": True, "over": True}])
@example(AnyOf((Established(A), B)), [{"memory": True}])
@example(AllOf((A, ALWAYS, AnyOf((B, C)))), [{"gait": True}])
@example(OTHER[Operator.LESS], AT_THE_BOUND)
@example(OTHER[Operator.AT_MOST], AT_THE_BOUND)
@example(OTHER[Operator.MORE], AT_THE_BOUND)
@example(OTHER[Operator.AT_LEAST], AT_THE_BOUND)
@example(OTHER[Operator.EQUAL], AT_THE_BOUND)
@example(AnyOf((BYPASS, A)), [{"gait": True, "operation": "none"}])
@example(AnyOf((Not(EITHER), Has("worse"))), [{"operation": "none"}])
def test_the_english_of_a_condition_says_what_the_condition_says(
    condition: Condition, some: list[dict[str, bool | str | Fraction | None]]
) -> None:
    phrase = condition_text(condition, GRAPH)
    told = heard(phrase, LABELS, VALUES)

    for patient in some:
        known = {name: value for name, value in patient.items() if value is not None}
        facts = Facts(
            values={n: v for n, v in known.items() if n not in GRAPH.definitions},
            definitions={n: bool(v) for n, v in known.items() if n in {"ill", "worse"}},
        )
        open_ = {"ill", "worse"} - set(facts.definitions)
        asked = {
            **patient,
            **{
                name: _value(truth(Defined(name), GRAPH, facts).value) for name in open_
            },
        }
        assert told(asked) is truth(condition, GRAPH, facts), phrase


def _value(truth_value: str) -> bool | None:
    return {"true": True, "false": False}.get(truth_value)


@pytest.mark.parametrize(
    "phrase",
    [
        "problems with memory and illness or no illness",
        "no problems with memory or illness",
        "that it is not so that the course is complete or illness",
        "a record of illness or problems with memory",
        "unsteady or abnormal gait",
    ],
)
def test_the_reader_does_not_put_up_with_what_can_be_heard_in_two_ways(
    phrase: str,
) -> None:
    with pytest.raises(Unclear):
        heard(phrase, LABELS, VALUES)


# ----------------------------------------------------------- in words of the language

WORDS = """language 1
guideline words
finding gait finding memory finding tongue finding clean event over event better
measure egfr unit mL/min
measure age unit cm
choice operation values none, bypass, band
"""


@given(conditions, st.lists(patients, min_size=1, max_size=8))
@example(AnyOf((EITHER, A)), [{"gait": True, "operation": "none"}])
@example(Not(AnyOf((EITHER, A))), [{"gait": True, "operation": "none"}])
def test_an_explanation_is_in_words_of_the_language(
    condition: Condition, some: list[dict[str, bool | str | Fraction | None]]
) -> None:
    plain = _without_constants(condition)
    text = Outlines(graph=GRAPH).of(plain).text
    written = f"{WORDS}define ill as memory define worse as gait define all as {text}"
    draft = Draft((parse(Text("explained.gdl", written)),))
    scope = scope_of(draft)
    *_, (_, whole) = draft.each(ast.Definition)

    assert not [d for c in (list_ends_clearly, and_or_apart) for d in c(draft, scope)]
    for patient in some:
        known = {name: value for name, value in patient.items() if value is not None}
        facts = Facts(
            values={n: v for n, v in known.items() if n not in {"ill", "worse"}}
        )
        back = lower_condition(whole.condition, scope)

        assert truth(back, GRAPH, facts) is truth(plain, GRAPH, facts), text


def _without_constants(condition: Condition) -> Condition:
    """The language has no words for "always" and "never"."""
    if condition in {AllOf(()), AnyOf(())}:
        return A
    return rebuilt(condition, _without_constants)
