"""The guideline as expressions of Polars and of DuckDB's SQL, whose logic has three values too."""

from __future__ import annotations

from typing import Any, assert_never

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op
from b12guide.graph.condition import Compare, Has, Leaf, OneOf
from b12guide.values.term import Operator

__all__ = ["polars_codes", "sql_codes"]


def polars_codes(evaluator: Evaluator) -> list[Any]:
    """One expression for each rule: the code of its verdict, by the rule's name."""
    import polars as pl  # noqa: PLC0415 - only where it is asked for

    compare = {
        Operator.LESS: "lt",
        Operator.AT_MOST: "le",
        Operator.MORE: "gt",
        Operator.AT_LEAST: "ge",
        Operator.EQUAL: "eq",
    }

    def leaf(atom: Leaf) -> Any:
        column = pl.col(atom.fact)
        match atom:
            case Has():
                return column
            case OneOf(values=values):
                return column.is_in(list(values))
            case Compare(operator=operator, low=low, high=high):
                at_low, at_high = (
                    getattr(column, compare[operator])(float(end))
                    for end in (low, high)
                )
                if low == high:
                    return at_low
                return pl.when(at_low == at_high).then(at_low)
            case _:
                assert_never(atom)

    program = evaluator.program
    terms: list[Any] = []
    for node in program.nodes:
        below = [terms[operand] for operand in node.operands]
        match node.op:
            case Op.LEAF if node.leaf is not None:
                terms.append(leaf(node.leaf))
            case Op.KNOWN:
                terms.append(below[0].fill_null(value=False))
            case Op.NOT:
                terms.append(~below[0])
            case Op.DEFINED:
                terms.append(below[0])
            case Op.ANY:
                terms.append(_joined(below, "__or__", pl.lit(value=False)))
            case _:
                terms.append(_joined(below, "__and__", pl.lit(value=True)))
    scope = terms[program.scope]
    found = []
    for name, rule in evaluator.graph.rules.items():
        own, excepted = terms[program.conditions[name]], terms[program.exceptions[name]]
        out = (~scope).fill_null(value=False)
        unheard = ~out if rule.outside_scope else out
        settled = (
            pl.when(excepted.fill_null(value=False))
            .then(pl.lit(2, pl.UInt8))
            .when(excepted.is_null())
            .then(pl.lit(3, pl.UInt8))
            .otherwise(pl.lit(1, pl.UInt8))
        )
        code = (
            pl.when(unheard | (~own).fill_null(value=False))
            .then(pl.lit(0, pl.UInt8))
            .when(own.is_null())
            .then(pl.lit(3, pl.UInt8))
            .otherwise(settled)
        )
        found.append(code.alias(name))
    return found


def _joined(parts: list[Any], operator: str, empty: Any) -> Any:
    whole = parts[0] if parts else empty
    for part in parts[1:]:
        whole = getattr(whole, operator)(part)
    return whole


def sql_codes(evaluator: Evaluator, table: str) -> str:
    """A query with one column for each rule: the code of its verdict."""
    program = evaluator.program
    terms: list[str] = []
    for node in program.nodes:
        below = [terms[operand] for operand in node.operands]
        match node.op:
            case Op.LEAF if node.leaf is not None:
                terms.append(_sql_leaf(node.leaf))
            case Op.KNOWN:
                terms.append(f"coalesce({below[0]}, false)")
            case Op.NOT:
                terms.append(f"(NOT {below[0]})")
            case Op.DEFINED:
                terms.append(below[0])
            case Op.ANY:
                terms.append(f"({' OR '.join(below)})" if below else "false")
            case _:
                terms.append(f"({' AND '.join(below)})" if below else "true")
    scope = terms[program.scope]
    columns = []
    for name, rule in evaluator.graph.rules.items():
        own, excepted = terms[program.conditions[name]], terms[program.exceptions[name]]
        out = f"(NOT coalesce({scope}, true))"
        unheard = f"(NOT {out})" if rule.outside_scope else out
        columns.append(
            f"CASE WHEN {unheard} OR coalesce(NOT {own}, false) THEN 0 "
            f"WHEN {own} IS NULL THEN 3 WHEN {excepted} IS NULL THEN 3 "
            f'WHEN {excepted} THEN 2 ELSE 1 END::UTINYINT AS "{name}"'
        )
    return f"SELECT {', '.join(columns)} FROM {table}"  # noqa: S608 - our own names


def _sql_leaf(atom: Leaf) -> str:
    match atom:
        case Has(fact=fact):
            return f'"{fact}"'
        case OneOf(fact=fact, values=values):
            return f'("{fact}" IN ({", ".join(repr(value) for value in values)}))'
        case Compare(fact=fact, operator=operator, low=low, high=high):
            ends = [
                f'"{fact}" {operator.value} {float(end)}'
                for end in dict.fromkeys((low, high))
            ]
            if len(ends) == 1:
                return f"({ends[0]})"
            return f"(CASE WHEN ({ends[0]}) = ({ends[1]}) THEN ({ends[0]}) END)"
        case _:
            assert_never(atom)
