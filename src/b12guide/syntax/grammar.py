"""The one Lark object, built from `grammar/*.lark` when it is first needed."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, TypeAlias

from lark import Lark

from b12guide import resources
from b12guide.syntax.from_tree import FromTree, Parts

__all__ = ["Start", "build", "parser", "read"]

Start: TypeAlias = Literal["file", "guideline_chunk", "vocabulary_chunk"]

_STARTS: tuple[Start, ...] = ("file", "guideline_chunk", "vocabulary_chunk")


def _imported(_base: object, path: str) -> tuple[str, str]:
    return path, resources.read("grammar", path)


def build(**options: Any) -> Lark:
    """A new parser that builds the syntax tree while it reads, without a parse tree.

    It keeps every token, so that a node knows where it begins and ends.
    """
    return Lark(
        resources.read("grammar", "gdl.lark"),
        parser="lalr",
        lexer="contextual",
        start=list(_STARTS),
        transformer=FromTree(),
        keep_all_tokens=True,
        maybe_placeholders=False,
        import_paths=[_imported],
        source_path="gdl.lark",
        **options,
    )


@cache
def parser() -> Lark:
    """The parser that everyone shares; it keeps nothing from one text to the next."""
    return build()


def read(characters: str, start: Start) -> Parts:
    """What `characters` say, read as a file or as a piece of one."""
    parts: Any = parser().parse(characters, start=start)
    return parts  # type: ignore[no-any-return]  # Lark does not know what FromTree makes
