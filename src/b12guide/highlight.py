"""Colours guidelines: the lexer `gdl` for Pygments, and the words of the language by their part.

The words are read off the grammar, so that none can be forgotten. The TextMate grammar and the Vim
syntax file under `editors/` list them again, and tests hold both to `WORDS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pygments.lexer import RegexLexer, bygroups, default, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Whitespace,
    _TokenType,
)
from pygments.token import Text as Plain

from b12guide import resources
from b12guide.syntax import admission
from b12guide.syntax.scan import CLAUSES, DECLARATIONS, GUIDELINE_ITEMS, HEADERS
from b12guide.text import Text
from b12guide.values.term import Strength

_QUOTED = re.compile(r'"([a-z]+)"')
_COMMENT = re.compile(r"^\s*//.*", re.MULTILINE)
_LANGUAGE = re.compile(r"\ufeff?(?:\s|#[^\n]*\n)*language\s+[0-9]")


def _parts() -> Mapping[str, frozenset[str]]:
    grammar = _COMMENT.sub("", resources.read("grammar", "gdl.lark"))
    every = frozenset(_QUOTED.findall(grammar)) | {"last"}  # a terminal of its own
    items = HEADERS | DECLARATIONS | GUIDELINE_ITEMS
    logic = frozenset({"and", "or", "not", "any", "all", "none", "of", "is"})
    return {
        "item": every & items,
        "clause": every & CLAUSES - items,
        "logic": every & logic,
        "other": every - items - CLAUSES - logic,
    }


WORDS = _parts()
"""Every word of the language, once: those that begin an `item`, those that begin a `clause`,
those that join conditions (`logic`), and each `other`."""


def _any(some: frozenset[str]) -> words:
    return words(sorted(some), prefix=r"\b", suffix=r"\b")


_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_EVERY = "|".join(sorted(frozenset().union(*WORDS.values())))
_NO_UNIT = _EVERY.replace("|days|", "|")
_UNIT = (
    rf"(%|(?:[x\u00d7] ?)?10[\^*]?[0-9⁰¹²³⁴-⁹]+/[A-Za-zµμ]+|(?!(?:{_NO_UNIT})\b)"
    r"[A-Za-zµμ]+[23²³]?(?:/[A-Za-zµμ]+[23²³]?)*(?:/1\.73 ?m[2²])?(?!\w))"
)
_STRENGTH = "|".join(
    strength.value.replace(" ", r"\s+")
    for strength in sorted(Strength, key=lambda s: len(s.value), reverse=True)
)


class GdlLexer(RegexLexer):  # type: ignore[misc]  # Pygments brings no types
    """The guideline language of b12guide.

    openEHR's Guideline Definition Language has the same suffix. Such a text is not claimed, and
    where somebody asks for this lexer all the same it is left without colours.
    """

    name = "b12guide guideline"
    aliases = ("gdl",)
    filenames = ("*.gdl",)
    mimetypes = ("text/x-b12guide",)
    flags = re.MULTILINE

    tokens = {  # noqa: RUF012 -- Pygments reads it from the class
        "root": [
            (r"\ufeff?\s+|\ufeff", Whitespace),
            (r"#.*$", Comment.Single),
            (r'"(?:[^"\\\n]|\\.)*"', String.Double),
            (
                rf"({'|'.join(sorted(WORDS['item']))})([ \t]+)(?!(?:{_EVERY})\b)({_NAME})",
                bygroups(Keyword.Declaration, Whitespace, Name.Class),
            ),
            (r"(strength)(\s+)(?=[a-z])", bygroups(Keyword, Whitespace), "strength"),
            (r"(uses)(\s+)", bygroups(Keyword, Whitespace), "paths"),
            (
                rf"(every|per)(\s+){_UNIT}",
                bygroups(Keyword.Pseudo, Whitespace, Keyword.Type),
            ),
            (rf"(unit)(\s+){_UNIT}", bygroups(Keyword, Whitespace, Keyword.Type)),
            (r"sha256:[0-9a-f]{64}", Number.Hex),
            (r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]+\.[0-9]+\.[0-9]+", Number),
            (
                rf"([0-9]+(?:\.[0-9]+)?)([ \t]*)(?:{_UNIT})?",
                bygroups(Number, Whitespace, Keyword.Type),
            ),
            (_any(WORDS["logic"]), Operator.Word),
            (_any(WORDS["item"]), Keyword.Declaration),
            (_any(WORDS["clause"]), Keyword),
            (_any(WORDS["other"]), Keyword.Pseudo),
            (r"[A-Z][0-9]+\b", Name.Label),
            (_NAME, Name),
            (r"<=|>=|[<>=≤≥]", Operator),
            (r"[(),]", Punctuation),
        ],
        "strength": [
            (rf"(?:{_STRENGTH})\b", Keyword.Constant, "#pop"),
            default("#pop"),
        ],
        "paths": [
            (r"\s*,\s*", Punctuation),
            (r"[A-Za-z0-9_./\\~:-]+", Name.Namespace),
            default("#pop"),
        ],
    }

    def get_tokens_unprocessed(
        self, text: str, stack: tuple[str, ...] = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        """The tokens; one plain token for a text of openEHR."""
        if admission.foreign(Text("", text)):
            yield 0, Plain, text
        else:
            yield from super().get_tokens_unprocessed(text, stack)

    @staticmethod
    def analyse_text(text: str) -> float:
        """Certain where the first line names the version of the language, else nothing."""
        return 1.0 if _LANGUAGE.match(text) else 0.0
