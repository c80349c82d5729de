"""The one Lark object, built from `grammar/*.lark` when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, TypeAlias

from lark import Lark, Token, Tree
from lark.lark import PostLex
from lark.utils import TextSlice

from b12guide import resources
from b12guide.syntax.from_tree import FromTree, Parts

__all__ = ["Start", "build", "parser", "read", "tree_of"]

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
