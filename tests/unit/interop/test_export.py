"""What an exported text says of a table is what the engine says, in Polars and in DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="the extra cohort is not installed")

import duckdb
import polars as pl
import pyarrow as pa
from attrs import evolve

import b12guide
from b12guide.cohort.carriers import advise_frame
from b12guide.cohort.options import Options
from b12guide.errors import B12GuideError
from b12guide.evaluate.evaluator import Evaluator
from b12guide.graph.condition import (
    AnyOf,
    Compare,
    Defined,
    Established,
    Has,
    Not,
    OneOf,
)
from b12guide.graph.model import Definition, Fact, RuleGraph
from b12guide.interop.dialects import bound
from b12guide.interop.export import Dialect, export_verdicts
from b12guide.values.term import Kind, Operator
from tests.strategies.graphs import draw_graph

GUIDELINE = b12guide.load("mecobalamin_im")
SAID = {"applies": True, "does not apply": False, "overridden": False}
KINDS = {Kind.MEASURE: pa.float64(), Kind.CHOICE: pa.string()}


def by_polars(text: str, table: pa.Table) -> dict[str, list[Any]]:
    script: dict[str, Any] = {}
    exec(compile(text, "<export>", "exec"), script)  # noqa: S102 -- what is tested
    eager = pl.DataFrame(table)
    found = script["verdicts"](eager)
    assert isinstance(found, pl.DataFrame)
    assert found.equals(script["verdicts"](eager.lazy()).collect())
    return found.to_dict(as_series=False)


def by_duckdb(text: str, table: pa.Table) -> dict[str, list[Any]]:
    with duckdb.connect() as connection:
        connection.register("patients", table)
        found: dict[str, list[Any]] = connection.sql(text).to_arrow_table().to_pydict()
    return found


RUNS = {Dialect.POLARS: by_polars, Dialect.SQL: by_duckdb}


def by_engine(evaluator: Evaluator, table: pa.Table) -> dict[str, list[str]]:
    options = Options(on_bad="unknown", verdicts_only=True)
    advice = advise_frame(table, evaluator, options)
    return {
        n[5:]: advice[n].to_pylist() for n in advice.column_names if n[:5] == "rule."
    }


def patients(
    random: Random, graph: RuleGraph, rows: int, near: Mapping[str, list[Any]]
) -> pa.Table:
    """Patients with values of every kind, known or not, believable or not."""

    def cell(fact: Fact) -> Any:
        if random.random() < 0.25:
            return None
        if fact.kind is Kind.CHOICE:
            return random.choice([*fact.values, "of no kind"])
        if fact.kind is Kind.MEASURE:
            return random.choice(near.get(fact.name, [45.0]))
        return random.random() < 0.5

    facts = graph.vocabulary.facts.values()
    return pa.table(
        {
            fact.name: pa.array(
                [cell(fact) for _ in range(rows)], KINDS.get(fact.kind, pa.bool_())
            )
            for fact in facts
        }
    )


def near_bounds(graph: RuleGraph, evaluator: Evaluator) -> dict[str, list[Any]]:
    """Values at the bounds of each measure, between and beside them, and some that are none."""
    found: dict[str, list[Any]] = {}
    for node in evaluator.program.nodes:
        if isinstance(leaf := node.leaf, Compare):
            ends = {leaf.low, leaf.high, (leaf.low + leaf.high) / 2}
            around = {end + by for end in ends for by in (-1, 0, 1)}
            found.setdefault(leaf.fact, []).extend(map(float, around))
    for fact in graph.vocabulary.facts.values():
        if fact.kind is Kind.MEASURE:
            low, high = fact.plausible or (0, 100)
            outside = [float(low) - 1, float(high) + 1, float("nan"), float("inf")]
            found.setdefault(fact.name, []).extend([float(low), float(high), *outside])
    return found


def assert_alike(graph: RuleGraph, table: pa.Table) -> None:
    """The columns of either text are the words of the engine, where nothing is tied."""
    evaluator = Evaluator.of(graph)
    words = by_engine(evaluator, table)
    for dialect, run in RUNS.items():
        exported = export_verdicts(evaluator, dialect)
        found = run(exported.text, table)
        for name in exported.rules:
            told = found[f"rule.{name}"]
            assert told == [SAID.get(word) for word in words[name]], (dialect, name)
            others = found.get(f"overridden.{name}")
            assert (others is not None) == bool(graph.rules[name].exceptions)
            for word, so, other in zip(words[name], told, others or (), strict=False):
                assert other == (None if so is None else word == "overridden")


# ------------------------------------------------------------------- beside the engine


@pytest.mark.parametrize("seed", range(60))
def test_random_guidelines_say_the_same(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    graph = evolve(draw_graph(random, claims=25), implications=())
    near = near_bounds(graph, Evaluator.of(graph))

    assert_alike(graph, patients(random, graph, 60, near))


def test_the_shipped_guideline_says_the_same() -> None:
    graph = evolve(GUIDELINE.graph, implications=())
    random = Random(1)  # noqa: S311
    near = near_bounds(graph, Evaluator.of(graph))

    assert_alike(graph, patients(random, graph, 3000, near))


@pytest.mark.parametrize("dialect", RUNS)
def test_what_follows_from_other_facts_is_null_and_never_the_opposite(
    dialect: Dialect,
) -> None:
    for seed in range(60):
        random = Random(seed)  # noqa: S311
        graph = draw_graph(random, claims=25)
        evaluator = Evaluator.of(graph)
        table = patients(random, graph, 60, near_bounds(graph, evaluator))
        try:
            exported = export_verdicts(evaluator, dialect)
        except B12GuideError:
            continue
        found = RUNS[dialect](exported.text, table)
        words = by_engine(evaluator, table)
        bad = advise_frame(table, evaluator, Options(on_bad="unknown"))["bad"]
        contradictory = [len(names) > 1 for names in bad.to_pylist()]
        for name in exported.rules:
            for so, word, wrong in zip(
                found[f"rule.{name}"], words[name], contradictory, strict=True
            ):
                assert wrong or so in {None, SAID.get(word)}


# --------------------------------------------------------------------- what is refused


def tied() -> RuleGraph:
    """The shipped guideline with a rule that asks the record about what may follow."""
    rule = next(iter(GUIDELINE.graph.rules.values()))
    asks = evolve(rule, name="asks", condition=Established(Has("b12_deficiency")))
    by_name = evolve(rule, name="by_name", condition=Not(Defined("recorded")))
    definition = Definition(
        name="recorded", label="recorded", condition=Established(Has("numbness"))
    )
    return evolve(
        GUIDELINE.graph,
        rules={**GUIDELINE.graph.rules, "asks": asks, "by_name": by_name},
        definitions={**GUIDELINE.graph.definitions, "recorded": definition},
    )


@pytest.mark.parametrize("dialect", RUNS)
def test_a_rule_that_would_be_wrong_is_left_out_and_the_text_says_why(
    dialect: Dialect,
) -> None:
    exported = export_verdicts(Evaluator.of(tied()), dialect)

    assert set(exported.left_out) == {"asks", "by_name"}
    assert "b12_deficiency" in exported.left_out["asks"]
    assert "rule.asks" not in exported.text
    assert "- asks: it asks what is on record about b12_deficiency" in exported.text


def test_a_guideline_without_a_rule_that_can_be_told_is_refused() -> None:
    graph = evolve(tied(), scope=Established(Has("b12_deficiency")))
    with pytest.raises(
        B12GuideError, match="no rule of mecobalamin_im can be exported"
    ):
        export_verdicts(Evaluator.of(graph), Dialect.SQL)


# ---------------------------------------------------------------------------- the text


@pytest.mark.parametrize("dialect", RUNS)
def test_a_text_says_whose_it_is_and_what_it_is_not_for(dialect: Dialect) -> None:
    text = GUIDELINE.export(dialect.value).text
    mark = {Dialect.POLARS: "# ", Dialect.SQL: "-- "}[dialect]
    head = " ".join(line.removeprefix(mark) for line in text.splitlines()[:20])

    assert "mecobalamin_im" in head
    assert GUIDELINE.digest in head
    assert "under review" in head
    assert "education and research" in head
    for rule in GUIDELINE.graph.rules.values():
        behind = ", ".join((*rule.grounds.statements, *rule.grounds.sources))
        assert f"{mark}{rule.name} ({rule.decision.value}; {behind})" in text


@pytest.mark.parametrize("dialect", RUNS)
def test_columns_are_carried_along_and_named_for_sql(dialect: Dialect) -> None:
    table = patients(Random(3), GUIDELINE.graph, 4, {})  # noqa: S311
    table = table.append_column('the "id"', [[1, 2, 3, 4]])
    exported = GUIDELINE.export(dialect.value, keep=['the "id"'], names="_")
    found = RUNS[dialect](exported.text, table)

    assert found['the "id"'] == [1, 2, 3, 4]
    assert all(f"rule_{name}" in found for name in exported.rules)


def test_a_text_cannot_leave_its_comment_or_its_quotes() -> None:
    name = 'quoted "fact"; --'
    value = "it's\\'"
    fact = Fact(kind=Kind.CHOICE, name=name, label=name, values=(value, "\u2028 b"))
    (rule, *_) = GUIDELINE.graph.rules.values()
    graph = evolve(
        GUIDELINE.graph,
        title="one\nDROP TABLE patients;\u2028import os\x85import sys",
        scope=AnyOf((Has("b12_deficiency"), Not(Has("b12_deficiency")))),
        vocabulary=evolve(
            GUIDELINE.graph.vocabulary,
            facts={**GUIDELINE.graph.vocabulary.facts, name: fact},
        ),
        rules={
            "one": evolve(
                rule,
                name="one",
                title="two\nimport nothing\rlines",
                exceptions=(),
                exception_to=(),
                outside_scope=False,
                condition=OneOf(name, (value,)),
            )
        },
    )
    table = pa.table(
        {name: [value, "\u2028 b", "c", None], "b12_deficiency": [True] * 4}
    )
    for dialect, run in RUNS.items():
        text = export_verdicts(Evaluator.of(graph), dialect).text

        assert run(text, table)["rule.one"] == [True, False, None, None]


def test_a_script_refuses_columns_that_it_would_misread() -> None:
    script: dict[str, Any] = {}
    exec(GUIDELINE.export("polars").text, script)  # noqa: S102
    frame = pl.DataFrame(patients(Random(3), GUIDELINE.graph, 4, {}))  # noqa: S311
    with pytest.raises(TypeError, match="'pregnancy' cannot be Int8"):
        script["verdicts"](frame.with_columns(pl.col("pregnancy").cast(pl.Int8)))
    with pytest.raises(KeyError, match="no column 'egfr'"):
        script["verdicts"](frame.drop("egfr"))
    nobody = frame.with_columns(pl.lit(None).alias("egfr"))

    assert script["verdicts"](nobody).height == 4


# -------------------------------------------------------------------------- the bounds


@pytest.mark.parametrize(
    "at",
    [Fraction(n) for n in ("50", "0.1", "1/3", "2/3", "123456789012345678901", "1e-7")],
)
def test_a_bound_cuts_doubles_where_their_written_numbers_are_cut(at: Fraction) -> None:
    near = float(at)
    around = [near * (1 + by * 2.0**-52) for by in range(-3, 4)]
    holds: dict[Operator, Any] = {
        Operator.LESS: lambda value: value < at,
        Operator.AT_MOST: lambda value: value <= at,
        Operator.MORE: lambda value: value > at,
        Operator.AT_LEAST: lambda value: value >= at,
        Operator.EQUAL: lambda value: value == at,
    }
    signs: dict[str, Any] = {
        "<": float.__lt__,
        "<=": float.__le__,
        ">": float.__gt__,
        ">=": float.__ge__,
        "=": float.__eq__,
    }
    for operator, expected in holds.items():
        found = bound(operator, at)
        for number in around:
            told = found is not None and signs[found[0]](number, found[1])

            assert told == expected(Fraction(repr(number)))
