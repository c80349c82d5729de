"""Formats the text of a file: one style, and every comment where it belongs.

The words stay in the order in which the author wrote them. What changes are blanks and line ends,
the lines on which a long text is folded, and the spelling of `µ` and of `≤`.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import fields

from b12guide.diagnostics import Diagnostic
from b12guide.errors import GuidelineError
from b12guide.syntax.ast import File, Node
from b12guide.syntax.grammar import tree_of
from b12guide.syntax.layout_lines import page_to_text
from b12guide.syntax.layout_tree import page
from b12guide.syntax.layout_words import one_spelling
from b12guide.syntax.parse import comments_in, parse, parse_partial
from b12guide.text import Text

__all__ = ["formatted"]

_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def formatted(text: Text) -> str:
    """The text in the one style; each line ends with a line feed.

    It is read again and compared with what was written before it is given out.

    Raises:
        GuidelineError: The text has errors, or what was made of it would not read as it does.
    """
    file = parse(text)
    characters = text.characters.removeprefix(_BYTE_ORDER_MARK)
    characters = characters.replace("\r\n", "\n").replace("\r", "\n")
    comments = comments_in(Text(text.name, characters))
    laid_out = page(tree_of(characters), characters, comments)
    printed = Text(text.name, page_to_text(laid_out))
    if printed.characters == text.characters:
        return printed.characters
    again, diagnostics = parse_partial(printed)
    if diagnostics or not _says_the_same(file, again):
        raise _refused(text, diagnostics)
    return printed.characters


def _says_the_same(old: File, new: File) -> bool:
    """Whether both have the same parts, and the same comments in the same order."""
    said, says = (
        [comment.text.rstrip() for comment in file.comments] for file in (old, new)
    )
    return (
        said == says
        and old.language == new.language
        and _is_same(old.headers, new.headers)
        and _is_same(old.items, new.items)
    )


def _is_same(old: object, new: object) -> bool:
    """Whether both are equal but for the spelling of units."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_is_same, old, new))
    if not isinstance(old, Node) or type(old) is not type(new):
        return old == new
    for field in fields(type(old)):
        if field.eq:
            one, other = getattr(old, field.name), getattr(new, field.name)
            if field.name == "unit" and one is not None:
                one = one_spelling(one)
            if not _is_same(one, other):
                return False
    return True


def _refused(text: Text, diagnostics: Iterable[Diagnostic]) -> GuidelineError:
    message = (
        f"`{text.name}` is left as it is: what the formatter made of it would not read as it "
        "does; please report this, it is a mistake of b12guide"
    )
    return GuidelineError(message, diagnostics)
