"""The guideline as expressions of Polars and of DuckDB's SQL, whose logic has three values too.

Both in the leanest form: definitions are columns of their own, worked out first, a fact without
a column is a constant that is taken out of every expression, each rule is one nullable Boolean, and
no cell is checked. What `b12guide export` writes checks the cells, and tells what is overridden.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol, TypeAlias, assert_never

from attrs import frozen

from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.program import Op
from b12guide.graph.condition import Compare, Has, HasValue, Leaf, OneOf
from b12guide.values.term import Operator

__all__ = ["PolarsWords", "Staged", "sql_of", "staged"]

Term: TypeAlias = Any
"""An expression of the engine; True, False or None where it is the same for everybody."""


class Words(Protocol):
    """How an engine writes conditions."""

    def column(self, name: str) -> Term:
        """A column of Booleans."""

    def leaf(self, atom: Leaf) -> Term:
        """What asks one fact."""

    def negated(self, term: Term) -> Term:
        """Not."""

    def joined(self, terms: Sequence[Term], *, all_: bool) -> Term:
        """And, or or."""

    def established(self, term: Term) -> Term:
        """Whether it is true and known to be."""

    def recorded(self, term: Term) -> Term:
        """Whether it is known."""


@frozen
class Staged:
    """Columns to be worked out one stage after the other, and then a column for each rule."""

    stages: tuple[dict[str, Term], ...]
    rules: dict[str, Term]


def staged(evaluator: Evaluator, columns: Collection[str], words: Words) -> Staged:
    """The guideline for a table with these columns."""
    program = evaluator.program
    terms: list[Term] = []
    depth: list[int] = []
    stages: dict[int, dict[str, Term]] = {}
    for step, node in enumerate(program.nodes):
        below = [terms[operand] for operand in node.operands]
        deep = max((depth[operand] for operand in node.operands), default=0)
        match node.op:
            case Op.LEAF if node.leaf is not None:
                term = words.leaf(node.leaf) if node.leaf.fact in columns else None
            case Op.ESTABLISHED:
                constant = below[0] is True
                term = (
                    constant if _is_constant(below[0]) else words.established(below[0])
                )
            case Op.RECORDED:
                constant = below[0] is not None
                term = constant if _is_constant(below[0]) else words.recorded(below[0])
            case Op.NOT:
                term = _negated(below[0], words)
            case Op.DEFINED:
                term = below[0]
                if not _is_constant(term):
                    deep += 1
                    stages.setdefault(deep, {})[f"step_{step}"] = term
                    term = words.column(f"step_{step}")
            case _:
                term = _joined(below, words, all_=node.op is Op.ALL)
        terms.append(term)
        depth.append(deep)
    scope = terms[program.scope]
    outside = (
        (scope is False)
        if _is_constant(scope)
        else words.established(words.negated(scope))
    )
    rules = {}
    for name, rule in evaluator.graph.rules.items():
        own, excepted = terms[program.conditions[name]], terms[program.exceptions[name]]
        unheard = _negated(outside, words) if rule.outside_scope else outside
        heard, free = _negated(unheard, words), _negated(excepted, words)
        rules[name] = _joined([heard, own, free], words, all_=True)
    return Staged(tuple(stages[number] for number in sorted(stages)), rules)


def _is_constant(term: Term) -> bool:
    return term is None or term is True or term is False


def _negated(term: Term, words: Words) -> Term:
    if _is_constant(term):
        return None if term is None else not term
    return words.negated(term)


def _joined(parts: Sequence[Term], words: Words, *, all_: bool) -> Term:
    """And or or, without what is the same for everybody."""
    if any(part is (not all_) for part in parts):
        return not all_
    kept = [part for part in parts if part is not all_]
    if not kept:
        return all_
    if all(part is None for part in kept):
        return None
    once = list({id(part): part for part in kept}.values())
    return once[0] if len(once) == 1 else words.joined(once, all_=all_)


# -------------------------------------------------------------------------------- Polars


class PolarsWords:
    """Expressions of Polars."""

    def __init__(self) -> None:
        import polars as pl  # noqa: PLC0415 - only where it is asked for

        self.pl = pl
        self.compare: dict[Operator, str] = {
            Operator.LESS: "lt",
            Operator.AT_MOST: "le",
            Operator.MORE: "gt",
            Operator.AT_LEAST: "ge",
            Operator.EQUAL: "eq",
        }

    def whole(self, term: Term) -> Term:
        """An expression, also of what is the same for everybody."""
        if not _is_constant(term):
            return term
        return self.pl.lit(term, self.pl.Boolean)

    def column(self, name: str) -> Term:
        """A column of Booleans."""
        return self.pl.col(name)

    def leaf(self, atom: Leaf) -> Term:
        """What asks one fact."""
        column = self.pl.col(atom.fact)
        match atom:
            case Has():
                return column
            case HasValue():
                known = self.pl.when(column.is_not_null())
                return known.then(self.pl.lit(value=True))
            case OneOf(values=values):
                return column.is_in(list(values))
            case Compare(operator=operator, low=low, high=high):
                at_low, at_high = (
                    getattr(column, self.compare[operator])(float(end))
                    for end in (low, high)
                )
                return (
                    at_low
                    if low == high
                    else self.pl.when(at_low == at_high).then(at_low)
                )
            case _:
                assert_never(atom)

    def negated(self, term: Term) -> Term:
        """Not."""
        return ~term

    def joined(self, terms: Sequence[Term], *, all_: bool) -> Term:
        """And, or or."""
        whole = self.whole(terms[0])
        for term in map(self.whole, terms[1:]):
            whole = whole & term if all_ else whole | term
        return whole

    def established(self, term: Term) -> Term:
        """Whether it is true and known to be."""
        return term.fill_null(value=False)

    def recorded(self, term: Term) -> Term:
        """Whether it is known."""
        return term.is_not_null()

    def run(self, asked: Staged) -> Callable[[Any], Any]:
        """What works the guideline out for a frame."""
        stages = [
            [term.alias(name) for name, term in stage.items()] for stage in asked.stages
        ]
        rules = [self.whole(term).alias(name) for name, term in asked.rules.items()]

        def work(frame: Any) -> Any:
            for stage in stages:
                frame = frame.with_columns(stage)
            return frame.select(rules)

        return work


# ---------------------------------------------------------------------------------- SQL


class _SqlWords:
    """Expressions of SQL, as text."""

    def column(self, name: str) -> Term:
        return f'"{name}"'

    def leaf(self, atom: Leaf) -> Term:
        match atom:
            case Has(fact=fact):
                return f'"{fact}"'
            case HasValue(fact=fact):
                return f'(CASE WHEN "{fact}" IS NOT NULL THEN true END)'
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

    def negated(self, term: Term) -> Term:
        return f"(NOT {term})"

    def joined(self, terms: Sequence[Term], *, all_: bool) -> Term:
        return f"({(' AND ' if all_ else ' OR ').join(map(_sql, terms))})"

    def established(self, term: Term) -> Term:
        return f"coalesce({term}, false)"

    def recorded(self, term: Term) -> Term:
        return f"({term} IS NOT NULL)"


def _sql(term: Term) -> str:
    if _is_constant(term):
        return "NULL::BOOLEAN" if term is None else str(term).lower()
    return str(term)


def sql_of(evaluator: Evaluator, columns: Collection[str], table: str) -> str:
    """A query with one column for each rule, its definitions in sub-selects."""
    asked = staged(evaluator, columns, _SqlWords())
    source = table
    for stage in asked.stages:
        named = ", ".join(f'{term} AS "{name}"' for name, term in stage.items())
        source = f"(SELECT *, {named} FROM {source})"  # noqa: S608 - our own names
    rules = ", ".join(f'{_sql(term)} AS "{name}"' for name, term in asked.rules.items())
    return f"SELECT {rules} FROM {source}"  # noqa: S608 - our own names
