"""An explanation is worked out as far as somebody looks; nothing tells it from one made at once."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from attrs import evolve, exceptions, fields
from hypothesis import given
from hypothesis import strategies as st

import b12guide
from b12guide.errors import PatientError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import (
    Explainer,
    Explanation,
    RuleExplanation,
    blame,
    explain_rule,
    resting_on,
    truth,
)
from b12guide.evaluate.facts import Facts, Reading, holds, is_open_to_reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.recommend import recommend
from b12guide.frozen import spelled
from b12guide.graph import condition as c
from b12guide.graph.model import RuleGraph
from b12guide.patient.model import FactValue, Stated
from b12guide.say.numbers import exact_range_text, exact_text
from b12guide.truth import Truth
from b12guide.values.term import Kind, Operator
from tests.strategies import graphs as make
from tests.strategies import shipped as make_shipped

SHIPPED = b12guide.load("mecobalamin_im")


def made_at_once(condition: c.Condition, graph: RuleGraph, facts: Facts) -> Explanation:
    """The explanation with every part of it, from the interpreter and the words below."""
    inside: tuple[c.Condition, ...] = c.children(condition)
    value, indeterminate = None, False
    match condition:
        case c.Defined(name=name) if name in facts.definitions:
            value = "stated"
        case c.Defined(name=name):
            inside = (graph.definitions[name].condition,)
        case c.Has() | c.Compare() | c.OneOf() | c.HasValue():
            value = value_of(condition, graph, facts)
            indeterminate = is_open_to_reading(condition, facts)
        case _:
            pass
    return Explanation(
        condition=condition,
        truth=truth(condition, graph, facts),
        text=words(condition, graph),
        children=tuple(made_at_once(one, graph, facts) for one in inside),
        value=value,
        indeterminate=indeterminate,
        assumptions=condition.assumptions if isinstance(condition, c.Resting) else (),
    )


def value_of(leaf: c.Leaf, graph: RuleGraph, facts: Facts) -> str | None:
    match facts.values.get(leaf.fact):
        case None:
            return None
        case bool(value):
            return "yes" if value else "no"
        case str(value):
            return value
        case value:
            unit = graph.vocabulary.facts[leaf.fact].unit
            return " ".join([exact_text(value), *([unit] if unit else [])])


def words(condition: c.Condition, graph: RuleGraph, *, inside: bool = False) -> str:
    """The condition as one would write it, in parentheses where it names several things."""
    several = False
    match condition:
        case c.Has(fact=name) | c.HasValue(fact=name) | c.Defined(name=name):
            text = name
        case c.OneOf(fact=fact, values=values):
            several = len(values) > 1
            text = f"{fact} is {'any of ' * several}{', '.join(values)}"
        case c.Compare(fact=fact, operator=operator):
            bound = exact_range_text(condition.low, condition.high)
            unit = graph.vocabulary.facts[fact].unit
            text = " ".join([fact, operator.value, bound, *([unit] if unit else [])])
        case c.AllOf(operands=parts) | c.AnyOf(operands=parts):
            several = len(parts) > 1
            is_all = isinstance(condition, c.AllOf)
            link, nothing = (" and ", "always") if is_all else (" or ", "never")
            text = link.join(words(p, graph, inside=True) for p in parts) or nothing
        case c.AtLeast(count=count, operands=parts):
            several = True
            each = (words(p, graph, inside=True) for p in parts)
            listed = (f"({p})" if p.startswith("not ") else p for p in each)
            text = f"at least {count} of {', '.join(listed)}"
        case c.Not(operand=operand):
            text = f"not {words(operand, graph, inside=True)}"
        case c.Established(operand=operand):
            text = f"{words(operand, graph)} is established"
        case c.Recorded(operand=operand):
            is_measure = (
                isinstance(operand, c.HasValue)
                and graph.vocabulary.facts[operand.fact].kind is Kind.MEASURE
            )
            asked = "measured" if is_measure else "recorded"
            text = f"{words(operand, graph)} is {asked}"
        case c.Resting(operand=operand):
            return words(operand, graph, inside=inside)
    return f"({text})" if inside and several else text


# ------------------------------------------------------------------- ways to look at it


def pickled(protocol: int, it: Any) -> Any:
    return pickle.loads(pickle.dumps(it, protocol))  # noqa: S301 -- ours


def everything(it: Explanation) -> Iterator[Explanation]:
    """The explanation and all its parts."""
    yield it
    for child in it.children:
        yield from everything(child)


def field_by_field(random: Random, it: Explanation) -> object:
    """What stands in every field of every part, the fields looked at in some order."""
    names = [field.name for field in fields(Explanation)]
    random.shuffle(names)
    seen = [{name: getattr(one, name) for name in names} for one in everything(it)]
    return [sorted(each.items(), key=lambda item: item[0]) for each in seen]


LOOKS: dict[str, Callable[[Explanation, RuleGraph, Random], object]] = {
    "whole": lambda it, _, __: it,
    "hash": lambda it, _, __: hash(it),
    "repr": lambda it, _, __: repr(it),
    "spelled": lambda it, _, __: spelled(it),
    "fields": lambda it, _, random: field_by_field(random, it),
    "pickle": lambda it, _, random: pickled(random.randrange(6), it),
    "copy": lambda it, _, __: copy.copy(it),
    "deepcopy": lambda it, _, __: copy.deepcopy(it),
    "evolved": lambda it, _, __: evolve(it, value="another"),
    "reasons": lambda it, _, __: list(blame(it)),
    "assumptions": lambda it, graph, __: {*resting_on(it, graph)},
    "truth": lambda it, _, __: it.truth,
    "texts": lambda it, _, __: [one.text for one in everything(it)],
    "parts": lambda it, _, __: len(it.children),
}


def assert_alike(explainer: Explainer, name: str, facts: Facts, random: Random) -> None:
    """A rule explained, and explained at once; each look is the first of some explanation."""
    graph = explainer.outlines.graph
    condition = graph.rules[name].condition
    wanted = made_at_once(condition, graph, facts)
    looks = random.sample(list(LOOKS), len(LOOKS))
    found = explainer.rule(name)
    for look in looks:
        seen = LOOKS[look](found, graph, random)

        assert seen == LOOKS[look](wanted, graph, random), look
    first = LOOKS[looks[-1]]
    assert first(explainer.rule(name), graph, random) == first(wanted, graph, random)
    assert wanted == explainer.rule(name)
    assert found.__class__ is Explanation


def facts_of(stated: Stated, evaluator: Evaluator, random: Random) -> Iterator[Facts]:
    """What is known of a patient, under some reading; nothing of one who cannot be.

    Then the same with definitions stated, of which the strategies state few.
    """
    reading = random.choice(list(Reading))
    with suppress(PatientError):
        facts = implied_facts(stated, evaluator.graph, evaluator.program, reading)
        yield facts
        names = [name for name in evaluator.graph.definitions if random.random() < 0.5]
        yield evolve(facts, definitions={n: random.random() < 0.5 for n in names})


@given(make.cases(size=3), st.randoms(use_true_random=False))
def test_an_explanation_is_what_it_would_be_if_all_of_it_were_made_at_once(
    case: tuple[RuleGraph, make.Cohort], random: Random
) -> None:
    """The same outlines serve all patients, and one explainer all rules of a patient."""
    graph, cohort = case
    evaluator = Evaluator.of(graph)
    for stated in cohort.stated():
        for facts in facts_of(stated, evaluator, random):
            explainer = Explainer(outlines=evaluator.outlines, facts=facts)
            for name in random.sample(list(graph.rules), len(graph.rules)):
                assert_alike(explainer, name, facts, random)


@given(make_shipped.patients(SHIPPED.graph), st.randoms(use_true_random=False))
def test_so_it_is_for_the_shipped_guideline(stated: Stated, random: Random) -> None:
    evaluator = SHIPPED.evaluator
    for facts in facts_of(stated, evaluator, random):
        explainer = Explainer(outlines=evaluator.outlines, facts=facts)
        for name in random.sample(list(SHIPPED.graph.rules), 10):
            assert_alike(explainer, name, facts, random)


@given(make_shipped.patients(SHIPPED.graph), st.randoms(use_true_random=False))
def test_pages_and_records_are_the_same_byte_for_byte(
    stated: Stated, random: Random
) -> None:
    graph, evaluator = SHIPPED.graph, SHIPPED.evaluator
    with suppress(PatientError):
        answer = recommend(evaluator, stated)
        facts = implied_facts(stated, graph, evaluator.program)
        explainer = Explainer(outlines=evaluator.outlines, facts=facts)
        for verdict in random.sample(answer.rules, 5):
            found = evolve(explain_rule(verdict, explainer), answer=answer)
            rule = verdict.rule
            wanted = RuleExplanation(
                verdict=verdict,
                condition=made_at_once(rule.condition, graph, facts),
                exceptions=tuple(
                    (
                        graph.rules[n],
                        made_at_once(graph.rules[n].condition, graph, facts),
                    )
                    for n in rule.exceptions
                ),
                answer=answer,
            )
            if random.random() < 0.5:
                assert found.to_text() == wanted.to_text()
            assert json.dumps(found.to_dict()) == json.dumps(wanted.to_dict())
            assert found.to_html() == wanted.to_html()
            assert found == wanted
            assert hash(found.condition) == hash(wanted.condition)
            assert pickled(5, found) == wanted


A, B = c.Has("paresthesia"), c.Has("numbness")
RARE: tuple[c.Condition, ...] = (
    c.Compare("egfr", Operator.LESS, Fraction(45), Fraction(55)),
    c.Not(c.Resting(c.AnyOf((A, c.AllOf((A, B)))), ("T1", "T2"))),
    c.AllOf((c.Resting(c.Resting(c.AnyOf((A, B)), ("T1",)), ("T2",)), A)),
    c.AnyOf((c.Resting(c.AllOf((A,)), ("T1",)), c.AllOf(()), c.AnyOf(()))),
    c.Not(c.OneOf("bariatric_procedure", ("gastric_bypass", "none"))),
    c.Not(c.Recorded(c.HasValue("egfr"))),
    c.Recorded(c.HasValue("bariatric_procedure")),
    c.Recorded(c.AnyOf((A, B))),
    c.AtLeast(2, (A, c.Not(B), c.Has("glossitis"))),
    c.Not(c.AllOf((c.AtLeast(2, (A, B, c.AllOf((A, B)))), B))),
    c.Established(c.AllOf((A, B))),
)


@pytest.mark.parametrize("condition", RARE, ids=str)
@pytest.mark.parametrize("values", [{}, {"egfr": 50}, {"paresthesia": False}], ids=str)
def test_so_it_is_for_what_is_rarely_drawn(
    condition: c.Condition, values: dict[str, FactValue]
) -> None:
    facts = Facts(values=values)
    explainer = Explainer.of(SHIPPED.graph, facts)
    found = explainer.explanation(explainer.outlines.of(condition))

    assert found == made_at_once(condition, SHIPPED.graph, facts)


def test_what_was_not_looked_at_cannot_be_changed_either() -> None:
    graph = SHIPPED.graph
    for name in graph.rules:
        for field in fields(Explanation):
            found = Explainer.of(graph, Facts()).rule(name)
            with pytest.raises(exceptions.FrozenInstanceError):
                setattr(found, field.name, Truth.TRUE)
            with pytest.raises(exceptions.FrozenInstanceError):
                delattr(found, field.name)
            assert found == made_at_once(graph.rules[name].condition, graph, Facts())


def test_what_an_explanation_does_not_have_it_does_not_work_out() -> None:
    found = Explainer.of(SHIPPED.graph, Facts()).rule("renal_form")

    assert not hasattr(found, "truths")
    with pytest.raises(AttributeError, match="'Explanation' object has no attribute"):
        found.verdict  # type: ignore[attr-defined]  # noqa: B018 -- to be missed
    made = pickled(5, found)
    assert not hasattr(made, "_outline")


def test_rules_that_name_a_definition_share_its_explanation() -> None:
    graph = SHIPPED.graph
    explainer = Explainer.of(graph, Facts())
    parts = [part for name in graph.rules for part in everything(explainer.rule(name))]
    named = [part for part in parts if isinstance(part.condition, c.Defined)]

    assert len({part.text for part in named}) < len(named)
    assert len({id(part) for part in named}) == len({part.text for part in named})
    assert all(part.truth is holds_of(part, graph) for part in parts)


def holds_of(part: Explanation, graph: RuleGraph) -> Truth:
    match part.condition:
        case c.Has() | c.Compare() | c.OneOf() | c.HasValue() as leaf:
            return holds(leaf, Facts())
        case condition:
            return truth(condition, graph, Facts())
