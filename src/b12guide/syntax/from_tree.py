"""From what the parser recognised to the syntax tree.

Every rule of the grammar has a method of its name. The parser calls it while it reads, with the
children that earlier calls made; no parse tree is ever stored. The methods build and nothing
else; what they cannot build they refuse.
"""

# ruff: noqa: D102 - a method builds the grammar rule of its name

from __future__ import annotations

from typing import Any

from attrs import frozen
from lark import Token, Transformer, Tree

from b12guide.syntax.ast import Approval, Header, Item
from b12guide.syntax.tree_actions import Actions
from b12guide.syntax.tree_conditions import Conditions
from b12guide.syntax.tree_examples import Examples
from b12guide.syntax.tree_items import Items
from b12guide.syntax.tree_pieces import (
    Children,
    Clause,
    Pieces,
    clause,
    clauses,
    day,
    first,
    joined,
    name,
    names,
    nodes,
    prose,
    span,
    unquoted,
    whole,
)
from b12guide.syntax.tree_vocabulary import Vocabulary


@frozen(kw_only=True)
class Parts:
    """What stands in a file or a piece of one, in order."""

    languages: tuple[Clause, ...]
    headers: tuple[Header, ...]
    items: tuple[Item, ...]

    def __add__(self, other: Parts) -> Parts:
        """This and then the other."""
        return Parts(
            languages=self.languages + other.languages,
            headers=self.headers + other.headers,
            items=self.items + other.items,
        )


class FromTree(
    Conditions,
    Actions,
    Items,
    Vocabulary,
    Examples,
    Transformer[Token, Any],
):
    """The methods for all rules of the grammar; those here build headers and files."""

    def __default__(self, data: str, children: Children, meta: object) -> object:
        """The children of a repetition; a rule of the grammar must have its method."""
        del meta
        if data.startswith("__"):  # Lark's own rules behind `*` and `+`
            return Tree(data, children)
        message = f"FromTree has no method for the grammar rule {data}"
        raise NotImplementedError(message)

    def file(self, children: Children) -> Parts:
        return _parts(children)

    def vocabulary_section(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children))

    def guideline_section(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children))

    def part_section(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children))

    def examples_section(self, children: Children) -> Pieces:
        return Pieces(span=span(children), values=tuple(children))

    def guideline_chunk(self, children: Children) -> Parts:
        return _parts(children)

    def vocabulary_chunk(self, children: Children) -> Parts:
        return _parts(children)

    def language(self, children: Children) -> Clause:
        return clause("language", children, whole(children[1]))

    def guideline(self, children: Children) -> Header:
        return _header(children)

    def part(self, children: Children) -> Header:
        return _header(children)

    def vocabulary(self, children: Children) -> Header:
        return _header(children)

    def examples_header(self, children: Children) -> Header:
        return Header(
            span=span(children), kind="examples", name=name(children[2]), title=None
        )

    def version(self, children: Children) -> Clause:
        return clause("version", children, str(children[1]))

    def revised(self, children: Children) -> Clause:
        return clause("revised", children, day(children[1]))

    def status(self, children: Children) -> Clause:
        return clause("status", children, children[1].value)

    def submitted(self, children: Children) -> Clause:
        return clause("submitted", children, ("submitted", None))

    def under_review(self, children: Children) -> Clause:
        return clause("under review", children, ("under review", None))

    def approved(self, children: Children) -> Clause:
        approval = Approval(
            span=span(children),
            by=unquoted(children[2]),
            on=day(children[4]),
            digest=str(children[6]),
        )
        return clause("approved", children, ("approved", approval))

    def scope(self, children: Children) -> Clause:
        return clause("scope", children, children[1])

    def uses(self, children: Children) -> Clause:
        return clause("uses", children, names(children))

    def statements(self, children: Children) -> Clause:
        return clause("statements", children, names(children))


_ONCE = frozenset({"version", "revised", "status", "scope", "statements"})


def _header(children: Children) -> Header:
    found = clauses(children, _ONCE)
    status, approval = first(found, "status") or (None, None)
    return Header(
        span=span(children),
        kind=str(children[0]),
        name=name(children[1]),
        title=prose(children),
        version=first(found, "version"),
        revised=first(found, "revised"),
        status=status,
        approval=approval,
        scope=first(found, "scope"),
        uses=joined(found, "uses"),
        statements=first(found, "statements"),
    )


def _parts(children: Children) -> Parts:
    pieces: list[Any] = []
    for child in children:
        pieces.extend(child.values if isinstance(child, Pieces) else (child,))
    return Parts(
        languages=nodes(pieces, Clause),
        headers=nodes(pieces, Header),
        items=tuple(p for p in pieces if not isinstance(p, Clause | Header)),
    )
