"""The one Lark object, built from `grammar/*.lark` when needed, and what it makes of a text.

Every rule of the grammar has a method of its name. The parser calls it while it reads, with the
children that earlier calls made; no parse tree is ever stored. The methods build and nothing
else; what they cannot build they refuse.
"""

# ruff: noqa: D102 - a method builds the grammar rule of its name
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, TypeAlias

from attrs import frozen
from lark import Lark, Token, Transformer, Tree
from lark.lark import PostLex
from lark.utils import TextSlice

from b12guide import resources
from b12guide.syntax.ast import Approval, Header, Item
from b12guide.syntax.build.actions import ActionMethods, ConditionMethods
from b12guide.syntax.build.items import ExampleMethods, ItemMethods, VocabularyMethods
from b12guide.syntax.build.pieces import (
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
    ConditionMethods,
    ActionMethods,
    ItemMethods,
    VocabularyMethods,
    ExampleMethods,
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


Start: TypeAlias = Literal["file", "guideline_chunk", "vocabulary_chunk"]

_STARTS: tuple[Start, ...] = ("file", "guideline_chunk", "vocabulary_chunk")


def _imported(_base: object, path: str) -> tuple[str, str]:
    return path, resources.read("grammar", path)


class _WholeWords(PostLex):
    """Has a word read whole wherever it stands, so that no keyword is found inside it."""

    always_accept = ("NAME",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """The tokens as they are."""
        return stream


def build(transformer: FromTree | None = None, **options: Any) -> Lark:
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
    return build(FromTree())


@cache
def _tree_parser() -> Lark:
    return build()


def read(
    characters: str, start: Start, begin: int = 0, end: int | None = None
) -> Parts:
    """What `characters` between two offsets say, read as a file or as a piece of one."""
    slice_ = TextSlice(characters, begin, len(characters) if end is None else end)
    parts: Any = parser().parse(slice_, start=start)
    return parts  # type: ignore[no-any-return]  # Lark does not know what FromTree makes


def tree_of(characters: str, start: Start = "file") -> Tree[Token]:
    """Every word of a text without errors, in the order written, by grammar rule."""
    return _tree_parser().parse(characters, start=start)
