"""A part of a guideline, by decision, rule or fact."""

from __future__ import annotations

import pytest

import b12guide
from b12guide.cli import main
from b12guide.graph.model import Decision
from b12guide.graph.query import facts_read_by, part_of

GRAPH = b12guide.load("mecobalamin_im").graph


def test_a_decision_keeps_its_rules_and_those_beside_them() -> None:
    part = part_of(GRAPH, decision=Decision.LOADING)
    own = {
        name for name, rule in GRAPH.rules.items() if rule.decision is Decision.LOADING
    }

    assert own <= set(part.rules)
    for name in set(part.rules) - own:
        rule = GRAPH.rules[name]
        assert own & {*rule.exception_to, *rule.exceptions}


def test_a_rule_keeps_its_exceptions_and_what_gives_way_to_it() -> None:
    part = part_of(GRAPH, rule="bypass")
    rule = GRAPH.rules["bypass"]

    assert set(part.rules) == {"bypass", *rule.exception_to, *rule.exceptions}
    for kept in part.rules.values():
        assert {*kept.exception_to, *kept.exceptions} <= set(part.rules)


def test_a_fact_is_read_by_what_is_kept_and_nothing_unread_is() -> None:
    part = part_of(GRAPH, fact="platelets")

    for name, rule in GRAPH.rules.items():
        if "platelets" in facts_read_by(rule.condition, GRAPH.definitions):
            assert name in part.rules
    assert len(part.rules) < 10
    assert len(part.definitions) < len(GRAPH.definitions)


def test_everything_is_kept_where_nothing_is_asked() -> None:
    assert part_of(GRAPH).rules == GRAPH.rules


def test_what_there_is_not_is_told_with_what_comes_near() -> None:
    with pytest.raises(b12guide.UnknownNameError, match="bypass"):
        part_of(GRAPH, rule="bypas")
    with pytest.raises(b12guide.UnknownNameError, match="egfr"):
        part_of(GRAPH, fact="egf")


def test_the_command_shows_a_part_in_every_format(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for format_ in ("text", "svg", "mermaid", "json"):
        assert main(["graph", "--rule", "bypass", "--format", format_]) == 0
        said = capsys.readouterr().out
        assert "bypass" in said
        assert "loading_standard" not in said
