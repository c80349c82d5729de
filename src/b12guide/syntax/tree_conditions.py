"""Builds conditions from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name

from __future__ import annotations

from b12guide.syntax.ast import (
    And,
    Between,
    Comparison,
    Group,
    Is,
    Listed,
    Name,
    Not,
    OnRecord,
    Operator,
    Or,
    Quantifier,
    Quantity,
    RecordWord,
    Reference,
)
from b12guide.syntax.tree_pieces import (
    Children,
    Clause,
    Pieces,
    clause,
    clauses,
    first,
    name,
    names,
    quantity,
    span,
    tokens,
)

_OPERATORS = {operator.value: operator for operator in Operator} | {
    "≤": Operator.AT_MOST,
    "≥": Operator.AT_LEAST,
}


def operator(children: Children) -> Operator:
    """The comparison among the children."""
    return _OPERATORS[next(tokens(children, "COMPARISON"))]


def _assuming(children: Children) -> tuple[Name, ...]:
    return tuple(c.values[0] for c in children if isinstance(c, Pieces))


class Conditions:
    """The rules of the grammar that build conditions."""

    def or_(self, children: Children) -> Or:
        return Or(span=span(children), operands=tuple(children[::2]))

    def and_(self, children: Children) -> And:
        return And(span=span(children), operands=tuple(children[::2]))

    def not_(self, children: Children) -> Not:
        return Not(span=span(children), operand=children[1])

    def group(self, children: Children) -> Group:
        return Group(
            span=span(children), operand=children[1], assuming=_assuming(children)
        )

    def any_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children), quantifier=Quantifier.ANY, operands=children[-1].values
        )

    def all_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children), quantifier=Quantifier.ALL, operands=children[-1].values
        )

    def none_of(self, children: Children) -> Listed:
        return Listed(
            span=span(children),
            quantifier=Quantifier.NONE,
            operands=children[-1].values,
        )

    def listed(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children[::2]))

    def reference(self, children: Children) -> Reference:
        return Reference(
            span=span(children), name=name(children[0]), assuming=_assuming(children)
        )

    def is_on_record(self, children: Children) -> OnRecord:
        return self._on_record(children, negated=False)

    def is_not_on_record(self, children: Children) -> OnRecord:
        return self._on_record(children, negated=True)

    def recorded(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.RECORDED)

    def established(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.ESTABLISHED)

    def measured(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.MEASURED)

    def known(self, children: Children) -> Clause:
        return clause("on record", children, RecordWord.KNOWN)

    def comparison(self, children: Children) -> Comparison:
        return Comparison(
            span=span(children),
            name=name(children[0]),
            operator=operator(children),
            bound=children[2],
            assuming=_assuming(children),
        )

    def between(self, children: Children) -> Between:
        return Between(
            span=span(children),
            name=name(children[0]),
            bound=quantity(children),
            assuming=_assuming(children),
        )

    def is_(self, children: Children) -> Is:
        return self._is(children, negated=False)

    def is_none(self, children: Children) -> Is:
        value = Name(span=span(children[2:3]), text=str(children[2]))
        return Is(
            span=span(children),
            name=name(children[0]),
            values=(value,),
            assuming=_assuming(children),
        )

    def is_not(self, children: Children) -> Is:
        return self._is(children, negated=True)

    def is_any_of(self, children: Children) -> Is:
        return self._is(children, negated=False)

    def is_none_of(self, children: Children) -> Is:
        return self._is(children, negated=True)

    def bound(self, children: Children) -> Quantity:
        return quantity(children)

    def assuming(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def _on_record(self, children: Children, *, negated: bool) -> OnRecord:
        return OnRecord(
            span=span(children),
            name=name(children[0]),
            word=first(clauses(children), "on record"),
            negated=negated,
            assuming=_assuming(children),
        )

    def _is(self, children: Children, *, negated: bool) -> Is:
        subject, *values = names(children)
        return Is(
            span=span(children),
            name=subject,
            values=tuple(values),
            negated=negated,
            assuming=_assuming(children),
        )
