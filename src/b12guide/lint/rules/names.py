"""Names and letters: names say what is so, texts are words, letters are what they look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic, Edit, Help, Severity
from b12guide.lint.material import Level, LintRule, Material, owner_of, said
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.text import Span

_NEGATIVE = re.compile(r"(?:no|not|non|without|lack_of|absence_of)_")


def negative_name(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for item in file.items:
            match item:
                case ast.Definition(name=name):
                    pass
                case ast.Declaration(kind=ast.Kind.FINDING | ast.Kind.EVENT, name=name):
                    pass
                case _:
                    continue
            if _NEGATIVE.match(name.text):
                yield remark(
                    NEGATIVE_NAME.code,
                    f"`{name.text}` is a negation: `not {name.text}` will be hard to read",
                    (file.text, name),
                    "name what is so, and write `not` where it is not",
                )


NEGATIVE_NAME = LintRule(
    code="GDL547",
    name="negative-name",
    level=Level.WARNING,
    says="Names say what is so, not what is not.",
    find=negative_name,
)


_STYLE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


def name_style(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for item in file.items:
            if isinstance(
                item,
                ast.Rule
                | ast.Definition
                | ast.Declaration
                | ast.Invariant
                | ast.Implication
                | ast.Source,
            ) and not _STYLE.fullmatch(item.name.text):
                yield finding(
                    NAME_STYLE.code,
                    f"the name of {owner_of(item)} is not in the style of the language",
                    (file.text, item.name),
                    help_=f"such as `{_styled(item.name.text)}`",
                    severity=Severity.INFO,
                )


def _styled(name: str) -> str:
    """The name in the style: `RenalForm` is `renal_form`."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"_+", "_", apart).strip("_").lower()


NAME_STYLE = LintRule(
    code="GDL548",
    name="name-style",
    level=Level.INFO,
    says="Names are in small letters, with `_` between words.",
    find=name_style,
)


_NAME = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+\b")


def name_in_text(material: Material) -> Iterator[Diagnostic]:
    names = {name for n in Namespace for name in material.scope.entries[n]}
    for one in said(material):
        if isinstance(one.item, ast.Example):
            continue  # its title is for authors
        for written, place in one.matches(_NAME):
            if written in names:
                yield remark(
                    NAME_IN_TEXT.code,
                    f"{one.role.value} of {one.owner} has the name `{written}` in it",
                    (one.text, place),
                    "say it in words",
                )


NAME_IN_TEXT = LintRule(
    code="GDL544",
    name="name-in-text",
    level=Level.WARNING,
    says="Texts are in words, not in names of the language.",
    find=name_in_text,
)


FULL_WIDTH = 0xFF21
"""The number of the first letter of full width, which no text in a Latin alphabet has."""

LATIN: Mapping[int, str] = {
    **dict(
        zip(
            map(
                ord,
                "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d",
            ),
            "aeopcyxijshdqw",
            strict=True,
        )
    ),  # Cyrillic, small
    **dict(
        zip(
            map(
                ord,
                "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0423\u0406\u0408\u0405",
            ),
            "ABEKMHOPCTXYIJS",
            strict=True,
        )
    ),  # Cyrillic, capital
    **dict(
        zip(map(ord, "\u03bf\u03bd\u03c1\u03b9"), "ovpi", strict=True)
    ),  # Greek, small
    **dict(
        zip(
            map(
                ord,
                "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
            ),
            "ABEZHIKMNOPTYX",
            strict=True,
        )
    ),  # Greek, capital
    **{FULL_WIDTH + n: chr(ord("A") + n) for n in range(26)},  # full width
    **{0xFF41 + n: chr(ord("a") + n) for n in range(26)},
}
"""By the number of the letter, the Latin letter that it looks like."""


_WORD = re.compile(r"[^\W\d_]+")


def look_alike_letters(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        characters = file.text.characters
        if characters.isascii():
            continue
        for found in _WORD.finditer(characters):
            word = found.group()
            if not word.isascii() and _deceives(word):
                span = Span(*found.span())
                plain = word.translate(LATIN)
                odd = next(letter for letter in word if ord(letter) in LATIN)
                yield finding(
                    LOOK_ALIKE_LETTERS.code,
                    f"`{word}` is not what it looks like: `{odd}` is"
                    f" {unicodedata.name(odd, 'another letter').lower()}",
                    (file.text, ast.Node(span=span)),
                    help_=Help(
                        message=f"write `{plain}`",
                        edits=(Edit(text=file.text, span=span, replacement=plain),),
                    ),
                    severity=Severity.WARNING,
                )


def _deceives(word: str) -> bool:
    """Whether letters that look Latin stand among Latin ones, or make up the whole word."""
    odd = [letter for letter in word if ord(letter) in LATIN]
    latin = [letter for letter in word if letter.isascii()]
    if any(ord(letter) >= FULL_WIDTH for letter in odd):
        return True
    return bool(odd) and (bool(latin) or (len(word) > 1 and len(odd) == len(word)))


LOOK_ALIKE_LETTERS = LintRule(
    code="GDL532",
    name="look-alike-letters",
    level=Level.WARNING,
    says="Words are written in one alphabet.",
    find=look_alike_letters,
    fixes=True,
)
