"""Builds rules and the other items of a guideline from the parser's children."""

# ruff: noqa: D102 - a method builds the grammar rule of its name

from __future__ import annotations

from b12guide.syntax.ast import (
    Action,
    Always,
    Assumption,
    Challenge,
    Definition,
    ExpectedConflict,
    Implication,
    Invariant,
    Name,
    Never,
    NeverBefore,
    Prose,
    Rule,
    Silent,
    Source,
    Strength,
)
from b12guide.syntax.tree_pieces import (
    Children,
    Clause,
    Pieces,
    clause,
    clauses,
    first,
    grounds,
    joined,
    name,
    names,
    nodes,
    prose,
    span,
    tokens,
    unquoted,
    whole,
)

_NOT_ACTIONS = (Clause, Prose)


class Grounded:
    """The rules of the grammar that build what stands behind an item."""

    def names(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=names(children))

    def text(self, children: Children) -> Prose:
        said = " ".join(unquoted(token) for token in children)
        return Prose(span=span(children), text=said)

    def strength(self, children: Children) -> Clause:
        return clause("strength", children, children[1].value)

    def required(self, children: Children) -> Clause:
        return clause("", children, Strength.REQUIRED)

    def should(self, children: Children) -> Clause:
        return clause("", children, Strength.SHOULD)

    def should_consider(self, children: Children) -> Clause:
        return clause("", children, Strength.SHOULD_CONSIDER)

    def may_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.MAY)

    def acceptable_alternative(self, children: Children) -> Clause:
        return clause("", children, Strength.ACCEPTABLE_ALTERNATIVE)

    def avoid_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.AVOID)

    def do_not(self, children: Children) -> Clause:
        return clause("", children, Strength.DO_NOT)

    def claim(self, children: Children) -> Clause:
        return clause("", children, Strength.CLAIM)

    def definition_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.DEFINITION)

    def target_strength(self, children: Children) -> Clause:
        return clause("", children, Strength.TARGET)

    def states(self, children: Children) -> Clause:
        return clause("states", children, children[1].values)

    def cites(self, children: Children) -> Clause:
        return clause("cites", children, children[1].values)

    def because(self, children: Children) -> Clause:
        return clause("because", children, children[1])

    def for_patient(self, children: Children) -> Clause:
        return clause("patient", children, children[1])

    def section(self, children: Children) -> Clause:
        return clause("section", children, children[1])

    def assumes(self, children: Children) -> Clause:
        return clause("assumes", children, children[1].values)

    def challenged(self, children: Children) -> Clause:
        return clause("challenged", children, children[2].values)


class Items(Grounded):
    """The rules of the grammar that build the items of a guideline."""

    def definition(self, children: Children) -> Definition:
        title = prose(children[2:3])
        return Definition(
            span=span(children),
            name=name(children[1]),
            title=title,
            condition=children[4 if title else 3],
            grounds=grounds(children),
            asks=first(clauses(children, {"asks"}), "asks"),
        )

    def rule(self, children: Children) -> Rule:
        found = clauses(children)
        return Rule(
            span=span(children),
            name=name(children[1]),
            title=prose(children),
            conditions=found.get("when", ()),
            exception_to=joined(found, "exception to"),
            actions=tuple(c for c in children[2:] if not isinstance(c, _NOT_ACTIONS)),
            outside_scope="outside scope" in found,
            grounds=grounds(children),
        )

    def when(self, children: Children) -> Clause:
        return clause("when", children, children[1])

    def exception_to(self, children: Children) -> Clause:
        return clause("exception to", children, children[2].values)

    def outside_scope(self, children: Children) -> Clause:
        return clause("outside scope", children, None)

    def implication(self, children: Children) -> Implication:
        return Implication(
            span=span(children),
            name=name(children[1]),
            premise=children[3],
            conclusion=children[5],
        )

    def source(self, children: Children) -> Source:
        found = clauses(children, {"by", "kind", "printed", "missing", "link"})
        authors, year = first(found, "by") or (None, None)
        printed, inferred = first(found, "printed") or (None, False)
        return Source(
            span=span(children),
            name=name(children[1]),
            title=children[2],
            authors=authors,
            year=year,
            kind=first(found, "kind"),
            printed=printed,
            inferred=inferred,
            missing="missing" in found,
            link=first(found, "link"),
        )

    def authors(self, children: Children) -> Clause:
        year = next((whole(token) for token in tokens(children, "NUMBER")), None)
        return clause("by", children, (unquoted(children[1]), year))

    def kind(self, children: Children) -> Clause:
        word = Name(span=span(children[1:]), text=str(children[1]))
        return clause("kind", children, word)

    def printed(self, children: Children) -> Clause:
        inferred = isinstance(children[-1], Clause)
        return clause("printed", children, (whole(children[2]), inferred))

    def inferred(self, children: Children) -> Clause:
        return clause("inferred", children, None)

    def missing(self, children: Children) -> Clause:
        return clause("missing", children, None)

    def link(self, children: Children) -> Clause:
        return clause("link", children, unquoted(children[1]))

    def assumption(self, children: Children) -> Assumption:
        return Assumption(span=span(children), name=name(children[1]), text=children[2])

    def challenge(self, children: Children) -> Challenge:
        return Challenge(
            span=span(children),
            name=name(children[1]),
            text=children[2],
            by=names(children[3:]),
        )

    def silent(self, children: Children) -> Silent:
        topics, *noted = nodes(children, Pieces)
        return Silent(
            span=span(children),
            topics=topics.values,
            noted_as=noted[0].values if noted else (),
            text=prose(children),
            conditions=clauses(children).get("when", ()),
            grounds=grounds(children),
        )

    def conflict(self, children: Children) -> ExpectedConflict:
        found = clauses(children, {"because"})
        return ExpectedConflict(
            span=span(children),
            first=name(children[3]),
            second=name(children[5]),
            noted_as=found.get("as", ()),
            because=first(found, "because"),
        )

    def noted_as(self, children: Children) -> Clause:
        return clause("as", children, name(children[1]))

    def invariant(self, children: Children) -> Invariant:
        return Invariant(
            span=span(children),
            name=name(children[1]),
            title=prose(children),
            claim=children[-1],
        )

    def never(self, children: Children) -> Never:
        parts = dict(zip(children[::2], children[1::2], strict=True))
        return Never(
            span=span(children),
            target=parts["never"],
            when=parts.get("when"),
            unless=parts.get("unless"),
        )

    def always(self, children: Children) -> Always:
        target: Name | Action = children[1]
        return Always(
            span=span(children),
            target=target,
            when=children[3] if len(children) > 3 else None,
        )

    def never_before(self, children: Children) -> NeverBefore:
        return NeverBefore(
            span=span(children), target=name(children[1]), before=name(children[3])
        )

    def drug_reference(self, children: Children) -> Name:
        return name(children[0])
