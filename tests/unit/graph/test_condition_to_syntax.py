"""What a condition means, written out again, means the same."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest

from b12guide import written
from b12guide.graph.condition import (
    ALWAYS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Defined,
    Established,
    Has,
    HasValue,
    rebuilt,
)
from b12guide.graph.condition_to_syntax import condition_of
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.model import RuleGraph
from b12guide.library import shipped
from b12guide.semantics.scope import scope_of
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.values.term import Operator
from tests.unit.semantics.writing import checked

GUIDELINES = sorted(name for name in shipped() if "." not in name and name != "b12")
CONDITIONS = [
    "paresthesia",
    "not paresthesia and numbness",
    "paresthesia or (numbness and not gait_disturbance)",
    "not (paresthesia or numbness)",
    "at least 2 of paresthesia, numbness, (gait_disturbance and glossitis)",
    "egfr < 50 mL/min",
    "age >= 18 years",
    "age >= 1 year",
    "ileal_involvement > 30 to 60 cm",
    "platelets from 25 to 50 x10^9/L",
    "platelets >= 25 x10^9/L and platelets <= 25 x10^9/L",
    "bariatric_procedure is roux_en_y",
    "bariatric_procedure is any of roux_en_y, gastric_band",
    "not (bariatric_procedure is roux_en_y)",
    "b12_repleted is established",
    "egfr is recorded and b12_repleted is not established",
    "pregnancy is recorded",
    "pregnancy for more than 2 weeks",
    "bariatric_surgery within 6 months",
    "last 2 serum_b12 > 1000 pg/mL",
    "serum_b12 fell at least 100 pg/mL in 2 to 3 weeks",
    "age >= 18 years assuming T1",
    "(paresthesia or numbness) assuming T1 assuming T2",
]
ASSUMED = 'assumption T1 "One."\nassumption T2 "Two."\n'


def spelled_out(condition: Condition, graph: RuleGraph) -> Condition:
    """The condition with what no author can name, such as the phase of `during`, written out."""
    if isinstance(condition, Defined):
        definition = graph.definitions[condition.name]
        if not definition.is_written and definition.concluded is None:
            return spelled_out(definition.condition, graph)
    return rebuilt(condition, lambda part: spelled_out(part, graph))


def graph_of(conditions: Iterable[str]) -> RuleGraph:
    """A guideline with a rule for each condition."""
    rules = [
        f'rule r{number}\n    when {condition}\n    note "n"\n'
        for number, condition in enumerate(conditions)
    ]
    found = checked(ASSUMED + "".join(rules))
    assert found.graph is not None, found.diagnostics
    return found.graph


def test_a_condition_is_written_as_it_is_meant() -> None:
    graph = graph_of(CONDITIONS)
    meant = [rule.condition for rule in graph.rules.values()]

    again = [condition_of(condition, graph) for condition in meant]
    texts = [condition_to_text(each) for each in again if each is not None]
    second = graph_of(texts)

    assert len(texts) == len(CONDITIONS)
    assert [rule.condition for rule in second.rules.values()] == meant


@pytest.mark.parametrize("name", GUIDELINES)
def test_every_condition_of_a_shipped_guideline_can_be_written(name: str) -> None:
    read = written.read(name)
    graph, scope = read.graph, scope_of(read.draft)
    conditions = [graph.scope, *(rule.condition for rule in graph.rules.values())]
    conditions += [each.condition for each in graph.definitions.values()]

    for condition in conditions:
        again = condition_of(condition, graph)
        if condition == ALWAYS:
            assert again is None
            continue
        assert isinstance(again, ast.Condition)
        assert lower_condition(again, scope) == spelled_out(condition, graph)


@pytest.mark.parametrize(
    "condition",
    [
        ALWAYS,
        AnyOf(()),
        HasValue("egfr"),
        Established(HasValue("egfr")),
        Compare("egfr", Operator.LESS, Fraction(1, 3), Fraction(1, 3)),
        AllOf((Has("numbness"), AnyOf(()))),
    ],
)
def test_what_the_language_cannot_say_is_not_said_otherwise(
    condition: Condition,
) -> None:
    assert condition_of(condition, written.read("mecobalamin_im").graph) is None
