"""What an audit looks for in a guideline is what the guideline says."""

from __future__ import annotations

import pytest

from b12guide.audit.targets import Targets, phases_of, scheduled, targets_of
from b12guide.graph.model import Decision
from b12guide.graph.query import facts_read_by
from b12guide.guideline import load
from b12guide.say.names import topic_text


@pytest.fixture(scope="module")
def targets() -> Targets:
    return targets_of(load("mecobalamin_im").evaluator)


def test_rules_are_alike_where_their_regimens_are(targets: Targets) -> None:
    rules = targets.graph.rules

    assert targets.maintenance
    for one in targets.maintenance:
        for other in targets.maintenance:
            are_alike = targets.alike[one.name] == targets.alike[other.name]

            assert are_alike is (scheduled(one) == scheduled(other))
    assert {rule.name for rule in targets.maintenance} == {
        rule.name
        for rule in rules.values()
        if rule.decision is Decision.MAINTENANCE and phases_of(rule)
    }


def test_long_term_phases_are_those_that_say_how_often(targets: Targets) -> None:
    assert [phase for _, phase in targets.long_term_phases] == [
        phase
        for rule in targets.maintenance
        for phase in phases_of(rule)
        if phase.frequency is not None
    ]
    assert all(days > 0 for days, _ in targets.long_term_phases)


def test_each_rule_reads_what_its_condition_reads(targets: Targets) -> None:
    graph = targets.graph
    for rule in graph.rules.values():
        read = facts_read_by(rule.condition, graph.definitions)

        assert targets.read_by(rule) == read


def test_words_are_called_as_everywhere(targets: Targets) -> None:
    for name in (*targets.graph.vocabulary.drugs, *targets.graph.vocabulary.facts):
        for _ in range(2):
            assert targets.called(name) == topic_text(targets.graph, name)
