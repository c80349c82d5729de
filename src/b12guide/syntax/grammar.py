"""The one Lark object, built from `grammar/*.lark` when needed, and what it makes of a text.

Every rule of the grammar has a builder of its name. The parser calls it while it reads, with the
children that earlier calls made; no parse tree is ever stored. What builders cannot build they
refuse. Texts without errors are read by the automaton, from the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any, Literal, TypeAlias

from attrs import frozen
from lark import Lark, Token, Tree
from lark.lark import PostLex
from lark.utils import TextSlice

from b12guide import resources
from b12guide.syntax import ast
from b12guide.syntax.automaton import Automaton, Unread, automaton_of
from b12guide.syntax.build import actions, items
from b12guide.syntax.build.pieces import (
    Builder,
    Children,
    Clause,
    Pieces,
    always,
    child,
    clause,
    clauses,
    day,
    first,
    joined,
    name,
    names,
    node,
    nodes,
    partial_day,
    pieces,
    prose,
    said,
    span,
    text,
    unquoted,
    word,
)

Start: TypeAlias = Literal["file", "guideline_chunk", "vocabulary_chunk"]
"""A whole file, or any run of items of a guideline or of a vocabulary."""

_STARTS: tuple[Start, ...] = ("file", "guideline_chunk", "vocabulary_chunk")


def _imported(_base: object, path: str) -> tuple[str, str]:
    return path, resources.read("grammar", path)


# ------------------------------------------------------------------ heads and files


@frozen(kw_only=True)
class Parts:
    """What stands in a file or a piece of one, in order."""

    languages: tuple[Clause, ...] = ()
    headers: tuple[ast.Header, ...] = ()
    items: tuple[ast.Item, ...] = ()

    def __add__(self, other: Parts) -> Parts:
        """This and then the other."""
        return Parts(
            languages=self.languages + other.languages,
            headers=self.headers + other.headers,
            items=self.items + other.items,
        )


def _parts(children: Children) -> Parts:
    found: list[Any] = []
    for each in children:
        found.extend(each.values if isinstance(each, Pieces) else (each,))
    return Parts(
        languages=nodes(found, Clause),
        headers=nodes(found, ast.Header),
        items=tuple(p for p in found if not isinstance(p, Clause | ast.Header)),
    )


_ONCE = frozenset(
    {"version", "revised", "status", "scope", "statements"}
    | {"author", "reviewed by", "licence", "contact", "intended for"}
    | {"effective", "retired", "supersedes", "superseded by"}
)


def _header(children: Children) -> ast.Header:
    found = clauses(children, _ONCE)
    status, approval = first(found, "status") or (None, None)
    return ast.Header(
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
        authors=first(found, "author") or (),
        reviewers=first(found, "reviewed by") or (),
        licence=first(found, "licence"),
        contact=first(found, "contact"),
        intended_for=first(found, "intended for"),
        effective=first(found, "effective"),
        retired=first(found, "retired"),
        supersedes=first(found, "supersedes") or (),
        superseded_by=first(found, "superseded by"),
    )


def _people(at: int) -> Builder:
    """Builds the people or bodies named from one child on, between commas."""
    return lambda c: tuple(map(unquoted, c[at::2]))


_approval = node(ast.Approval, by=said(2), on=day(4), digest=text(6))

FILES: Mapping[str, Builder] = {
    **dict.fromkeys(("file", "guideline_chunk", "vocabulary_chunk"), _parts),
    **dict.fromkeys(
        (f"{kind}_section" for kind in ("vocabulary", "guideline", "part", "examples")),
        pieces(tuple),
    ),
    **dict.fromkeys(("guideline", "part", "vocabulary"), _header),
    "examples_header": node(ast.Header, kind=text(0), name=word(2), title=always(None)),
    "language": clause("language", lambda c: Decimal(c[1])),
    "version": clause("version", text(1)),
    "revised": clause("revised", partial_day(1)),
    "status": clause("status", lambda c: c[1].value),
    "not_approved": clause("", lambda c: (" ".join(c), None)),
    "approved": clause("", lambda c: ("approved", _approval(c))),
    "scope": clause("scope", child(1)),
    "uses": clause("uses", names),
    "statements": clause("statements", names),
    "author": clause("author", _people(1)),
    "reviewed_by": clause("reviewed by", _people(2)),
    "licence": clause("licence", said(1)),
    "contact": clause("contact", said(1)),
    "intended_for": clause("intended for", child(2)),
    "effective": clause("effective", partial_day(1)),
    "retired": clause("retired", partial_day(1)),
    "supersedes": clause("supersedes", lambda c: names(c[1:])),
    "superseded_by": clause("superseded by", word(2)),
}


# ------------------------------------------------------------------------- the parser

BUILDERS: Mapping[str, Builder] = {
    **FILES,
    **items.VOCABULARY,
    **items.ITEMS,
    **items.GROUNDS,
    **items.EXAMPLES,
    **actions.ACTIONS,
    **actions.REGIMENS,
    **actions.CONDITIONS,
}
"""What builds each rule of the grammar, by its name or alias there."""


def _unnamed(data: str, children: Children, _: object) -> Tree[Token]:
    """The children of a repetition; every rule of the grammar must have its builder."""
    if data.startswith("__"):  # Lark's own rules behind `*` and `+`
        return Tree(data, children)
    message = f"nothing builds the grammar rule {data}"
    raise NotImplementedError(message)


class _WholeWords(PostLex):
    """Has a word read whole wherever it stands, so that no keyword is found inside it."""

    always_accept = ("NAME",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens as they are."""
        return stream


def build(transformer: object = None, **options: Any) -> Lark:
    """A new parser; `transformer` builds the syntax tree while it reads, without a parse tree.

    It keeps every token, so that a node knows where it begins and ends.
    """
    return Lark(
        resources.read("grammar", "gdl.lark"),
        parser="lalr",
        lexer="contextual",
        start=list(_STARTS),
        transformer=transformer,
        postlex=_WholeWords(),
        keep_all_tokens=True,
        maybe_placeholders=False,
        import_paths=[_imported],
        source_path="gdl.lark",
        **options,
    )


@cache
def parser() -> Lark:
    """The parser that everyone shares; it keeps nothing from one text to the next."""
    return build(SimpleNamespace(__default__=_unnamed, **BUILDERS))


@cache
def _automaton(lark: Lark) -> Automaton | None:
    return automaton_of(lark, BUILDERS)


@cache
def _tree_parser() -> Lark:
    return build()


def read(
    characters: str, start: Start, begin: int = 0, end: int | None = None
) -> Parts:
    """What `characters` between two offsets say, read as a file or as a piece of one."""
    stop = len(characters) if end is None else end
    lark = parser()
    automaton = _automaton(lark)
    parts: Any
    if automaton is not None:
        with suppress(Unread):  # and Lark says why
            parts = automaton.read(characters, start, begin, stop)
            return parts  # type: ignore[no-any-return]  # nobody knows what the builders make
    parts = lark.parse(TextSlice(characters, begin, stop), start=start)
    return parts  # type: ignore[no-any-return]  # as above


def tree_of(characters: str, start: Start = "file") -> Tree[Token]:
    """Every word of a text without errors, in the order written, by grammar rule."""
    return _tree_parser().parse(characters, start=start)
