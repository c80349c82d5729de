"""What was concluded is so for later rules exactly where a rule that binds concludes it."""

from __future__ import annotations

from hypothesis import given

from b12guide.evaluate import reference
from b12guide.graph.condition import Defined
from b12guide.graph.model import Concluded, RuleGraph
from b12guide.truth import Truth
from tests.strategies.graphs import Cohort, cases


def concluding(graph: RuleGraph, world: reference.View) -> set[Concluded]:
    """What the rules that bind and apply conclude, by their verdicts alone."""
    return {
        rule.value
        for rule in graph.rules.values()
        if isinstance(rule.value, Concluded)
        and not rule.optional
        and reference.stands(rule, world) == "applies"
    }


@given(case=cases())
def test_a_value_is_so_where_a_rule_that_binds_concludes_it(
    case: tuple[RuleGraph, Cohort],
) -> None:
    graph, cohort = case
    for stated in cohort.stated():
        found = reference.answer(graph, stated)
        for world, _ in () if found is None else found.cases:
            here = concluding(graph, world)
            for name, one in graph.definitions.items():
                if one.concluded is not None:
                    so = reference.truth(Defined(name), world)
                    assert so is Truth.of(one.concluded in here), name
