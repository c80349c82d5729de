"""Questions about a rule graph."""

from __future__ import annotations

import pytest

from b12guide.graph.model import Decision, RuleGraph
from b12guide.graph.query import (
    Readers,
    StatementCoverage,
    StatementEncoding,
    decisions_changed_by,
    readers_of,
    statement_coverage,
)
from tests.unit.semantics.writing import checked

WRITTEN = """\
language 1
guideline tried "Tried"
    version    1.0.0
    revised    2026-01-01
    uses       b12
    statements S01 to S05
    scope      age >= 18 years
source summary "A summary"
assumption T1 "read so"
challenge C1 "a trial"
define nerves as paresthesia or numbness
    states    S02
rule loading
    when      b12_deficiency and nerves assuming T1
    load      1000 µg IM daily for 6 doses
    states    S01
    cites     summary
    challenged by C1
rule kidneys
    exception to loading
    when      egfr < 50 mL/min
    form      hydroxocobalamin
    states    S01
rule bypass
    when      bariatric_surgery
    route     IM
rule talk
    note      "Talk."
    states    S03
silent on metformin "Nothing is said."
    states    S04
"""


@pytest.fixture(scope="module")
def graph() -> RuleGraph:
    graph = checked(WRITTEN).graph
    assert graph is not None
    return graph


def test_a_fact_is_read_through_definitions_too(graph: RuleGraph) -> None:
    assert readers_of(graph, "numbness") == Readers(
        rules=("loading",), definitions=("nerves",)
    )
    assert readers_of(graph, "nerves").rules == ("loading",)
    assert readers_of(graph, "age").scope
    assert readers_of(graph, "metformin").silences == ("metformin",)
    assert readers_of(graph, "ferritin") == Readers()


def test_a_fact_changes_what_an_exception_holds_back(graph: RuleGraph) -> None:
    assert decisions_changed_by(graph, "egfr") == (Decision.FORM, Decision.LOADING)
    assert decisions_changed_by(graph, "nerves") == (Decision.LOADING,)
    assert decisions_changed_by(graph, "ferritin") == ()


def test_the_scope_changes_everything(graph: RuleGraph) -> None:
    assert decisions_changed_by(graph, "age") == (
        Decision.FORM,
        Decision.LOADING,
        Decision.ROUTE,
        Decision.NOTE,
    )


def test_a_fact_acts_through_what_it_implies(graph: RuleGraph) -> None:
    assert decisions_changed_by(graph, "bariatric_procedure") == (Decision.ROUTE,)


def test_every_statement_is_accounted_for(graph: RuleGraph) -> None:
    assert statement_coverage(graph) == (
        StatementCoverage(
            statement="S01",
            encoded=(
                (StatementEncoding.RULE, "loading"),
                (StatementEncoding.RULE, "kidneys"),
            ),
        ),
        StatementCoverage(
            statement="S02", encoded=((StatementEncoding.DEFINITION, "nerves"),)
        ),
        StatementCoverage(statement="S03", encoded=((StatementEncoding.NOTE, "talk"),)),
        StatementCoverage(
            statement="S04", encoded=((StatementEncoding.SILENCE, "metformin"),)
        ),
        StatementCoverage(statement="S05"),
    )
