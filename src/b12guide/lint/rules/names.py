"""Names say what is so, texts are in words, and letters are what they look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic
from b12guide.lint.conditions import owner_of
from b12guide.lint.material import Level, Material, finding, lint_rule, said, written_as
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.text import Span

_NEGATIVE = re.compile(r"(?:no|not|non|without|lack_of|absence_of)_")


@lint_rule("GDL547", Level.WARNING)
def negative_name(material: Material) -> Iterator[Diagnostic]:
    """Names say what is so, not what is not."""
    for file in material.files:
        for item in file.items:
            match item:
                case (
                    ast.Definition(name=name)
                    | ast.Declaration(kind=ast.Kind.FINDING | ast.Kind.EVENT, name=name)
                ) if _NEGATIVE.match(name.text):
                    yield finding(
                        f"`{name.text}` is a negation: `not {name.text}` will be hard to"
                        " read",
                        (file.text, name),
                        "name what is so, and write `not` where it is not",
                    )


_STYLE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_NAMED = (
    ast.Rule
    | ast.Definition
    | ast.Declaration
    | ast.Invariant
    | ast.Implication
    | ast.Source
)


@lint_rule("GDL548", Level.INFO)
def name_style(material: Material) -> Iterator[Diagnostic]:
    """Names are in small letters, with `_` between words."""
    for file in material.files:
        for item in file.items:
            if isinstance(item, _NAMED) and not _STYLE.fullmatch(item.name.text):
                # `RenalForm` is `renal_form`
                apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", item.name.text)
                styled = re.sub(r"_+", "_", apart).strip("_").lower()
                yield finding(
                    f"the name of {owner_of(item)} is not in the style of the language",
                    (file.text, item.name),
                    f"such as `{styled}`",
                )


_NAME = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")


@lint_rule("GDL544", Level.WARNING)
def name_in_text(material: Material) -> Iterator[Diagnostic]:
    """Texts are in words, not in names of the language."""
    names = {name for n in Namespace for name in material.scope.entries[n]}
    for one in said(material):
        if isinstance(one.item, ast.Example):
            continue  # its title is for authors
        for written, place in one.matches(_NAME):
            if written in names:
                yield finding(
                    f"{one.role.value} of {one.owner} has the name `{written}` in it",
                    (one.text, place),
                    "say it in words",
                )


_FULL_WIDTH = 0xFF21
"""The number of the first letter of full width, which no text in a Latin alphabet has."""

_ALIKE = (
    (
        "aeopcyxijshdqw",
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d",
    ),
    (
        "ABEKMHOPCTXYIJS",
        "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405",
    ),
    ("ovpi", "\u03bf\u03bd\u03c1\u03b9"),
    (
        "ABEZHIKMNOPTYX",
        "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    ),
    *((chr(n), chr(n - 65 + _FULL_WIDTH)) for n in (*range(65, 91), *range(97, 123))),
)
"""Latin letters, with those that look like them: Cyrillic, Greek, and of full width."""

_LATIN: Mapping[int, str] = {
    ord(odd): latin
    for some, others in _ALIKE
    for latin, odd in zip(some, others, strict=True)
}

_WORD = re.compile(r"[^\W\d_]+")


@lint_rule("GDL532", Level.WARNING, fixes=True)
def look_alike_letters(material: Material) -> Iterator[Diagnostic]:
    """Words are written in one alphabet."""
    for file in material.files:
        if file.text.characters.isascii():
            continue
        for found in _WORD.finditer(file.text.characters):
            word, span = found.group(), Span(*found.span())
            if not word.isascii() and _deceives(word):
                odd = next(letter for letter in word if ord(letter) in _LATIN)
                yield finding(
                    f"`{word}` is not what it looks like: `{odd}` is"
                    f" {unicodedata.name(odd, 'another letter').lower()}",
                    (file.text, ast.Node(span=span)),
                    written_as(file.text, span, word.translate(_LATIN)),
                )


def _deceives(word: str) -> bool:
    """Whether letters that look Latin stand among Latin ones, or make up the whole word."""
    odd = [letter for letter in word if ord(letter) in _LATIN]
    if any(ord(letter) >= _FULL_WIDTH for letter in odd):
        return True
    has_latin = any(letter.isascii() for letter in word)
    return bool(odd) and (has_latin or 1 < len(word) == len(odd))
