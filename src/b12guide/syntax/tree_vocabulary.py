"""Builds the words of a vocabulary from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name

from __future__ import annotations

from b12guide.syntax.ast import Code, Declaration, Kind, RecordWord, Value
from b12guide.syntax.tree_pieces import (
    Children,
    Clause,
    Doubt,
    Pieces,
    Refusal,
    clause,
    clauses,
    first,
    joined,
    name,
    prose,
    quantity,
    span,
    token_span,
    unquoted,
)

_ONCE = frozenset(
    {
        "asks",
        "unit",
        "plausible",
        "plausible dose",
        "usual dose",
        "molar mass",
        "absent",
    }
)

_ON_RECORD = frozenset(word.value for word in RecordWord)


class Vocabulary:
    """The rules of the grammar that build declarations."""

    def finding(self, children: Children) -> Declaration:
        return _declaration(Kind.FINDING, children)

    def measure(self, children: Children) -> Declaration:
        return _declaration(Kind.MEASURE, children)

    def choice(self, children: Children) -> Declaration:
        return _declaration(Kind.CHOICE, children)

    def event(self, children: Children) -> Declaration:
        return _declaration(Kind.EVENT, children)

    def drug(self, children: Children) -> Declaration:
        return _declaration(Kind.DRUG, children)

    def test(self, children: Children) -> Declaration:
        return _declaration(Kind.TEST, children)

    def route_declaration(self, children: Children) -> Declaration:
        return _declaration(Kind.ROUTE, children)

    def site(self, children: Children) -> Declaration:
        return _declaration(Kind.SITE, children)

    def asks(self, children: Children) -> Clause:
        return clause("asks", children, children[1])

    def synonyms(self, children: Children) -> Clause:
        return clause("synonyms", children, children[1].values)

    def also_written(self, children: Children) -> Clause:
        return clause("also written", children, children[2].values)

    def words(self, children: Children) -> Pieces:
        said = (unquoted(c) if c.type == "STRING" else str(c) for c in children[::2])
        return Pieces(span=span(children), values=tuple(said))

    def code(self, children: Children) -> Clause:
        _, system, written, *rest = children
        said = dict(zip(map(str, rest[::2]), rest[1::2], strict=True))
        code = Code(
            span=span(children),
            system=name(system),
            code=unquoted(written),
            value=name(said["for"]) if "for" in said else None,
            seen=unquoted(said["from"]) if "from" in said else None,
        )
        return clause("code", children, code)

    def unit(self, children: Children) -> Clause:
        return clause("unit", children, quantity(children[1:]).unit)

    def plausible(self, children: Children) -> Clause:
        return clause("plausible", children, quantity(children))

    def plausible_dose(self, children: Children) -> Clause:
        return clause("plausible dose", children, quantity(children))

    def usual_dose(self, children: Children) -> Clause:
        return clause("usual dose", children, quantity(children))

    def molar_mass(self, children: Children) -> Clause:
        return clause("molar mass", children, quantity(children))

    def absent(self, children: Children) -> Clause:
        return clause("absent", children, quantity(children))

    def values(self, children: Children) -> Clause:
        return clause("values", children, tuple(children[1::2]))

    def value(self, children: Children) -> Value:
        if children[0] in _ON_RECORD:  # `stage is recorded` would mean two things
            doubt = Doubt.RESERVED
            raise Refusal(doubt, token_span(children[0]), str(children[0]))
        return Value(span=span(children), name=name(children[0]), label=prose(children))

    def implies(self, children: Children) -> Clause:
        return clause("implies", children, children[1])


def _declaration(kind: Kind, children: Children) -> Declaration:
    found = clauses(children, _ONCE)
    return Declaration(
        span=span(children),
        kind=kind,
        name=name(children[1]),
        label=prose(children),
        asks=first(found, "asks"),
        synonyms=joined(found, "synonyms"),
        codes=found.get("code", ()),
        unit=first(found, "unit"),
        also_written=joined(found, "also written"),
        plausible=first(found, "plausible"),
        plausible_dose=first(found, "plausible dose"),
        usual_dose=first(found, "usual dose"),
        molar_mass=first(found, "molar mass"),
        absent=first(found, "absent"),
        values=joined(found, "values"),
        implies=found.get("implies", ()),
    )
