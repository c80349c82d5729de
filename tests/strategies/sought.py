"""Patients that a test looks for, by a condition or by two rules that apply to them."""

from __future__ import annotations

from b12guide.evaluate import explanation
from b12guide.evaluate.facts import Reading
from b12guide.graph.condition import Condition
from b12guide.graph.model import Rule, RuleGraph
from b12guide.patient.model import Stated
from b12guide.prove.search import Nobody, Search, Sought, applying, facts_of
from b12guide.truth import Truth


def find_patient(condition: Condition, graph: RuleGraph) -> Sought:
    """The smallest patient in scope of whom `condition` is certain to hold."""
    name = "the condition sought"
    search = Search.of(graph, {name: condition})
    cone = search.cone_of((), (name,))
    if cone is None:
        return Nobody.TOO_MANY

    def holds(stated: Stated, reading: Reading) -> bool:
        facts = facts_of(stated, reading, search.original)
        is_outside = explanation.scope(graph, facts) is Truth.FALSE
        return not is_outside and (
            explanation.truth(condition, graph, facts) is Truth.TRUE
        )

    step = search.evaluator.program.definitions[name]
    return search.witness(cone, search.in_scope(cone) & cone.true(step), holds)


def together(one: Rule, two: Rule, search: Search) -> Sought:
    """The smallest patient in scope to whom both rules apply."""
    cone = search.cone_of((one, two))
    if cone is None:
        return Nobody.TOO_MANY
    classes = search.in_scope(cone) & cone.applies(one.name) & cone.applies(two.name)
    return search.witness(
        cone, classes, applying((one.name, two.name), search.original)
    )
