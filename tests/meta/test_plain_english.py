"""What people read is plain English: none of the words that only this project would use.

Looked at are the string literals of the source, the documentation, the guidelines and the JSON
Schemas; and, for fewer words, docstrings and comments, which developers read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIALECT = re.compile(
    r"\b(whoever|of whom|as it were|for want of|not to be judged|in other clothes|besides you"
    r"|no such thing|(?:un)?believable|(?:cannot|could not) be believed|is believed from"
    r"|told (?:otherwise|something else|anything else)|g[ai]ve(?:s|n)? way|giving way|speaks? of"
    r"|worth asking|as grave as|graver|gravest|come to this|he|him|his)\b",
    re.IGNORECASE,
)
"""Say instead: patients who, in whom; implausible; advice differs; is overridden by; is about."""


AMONG_US = re.compile(
    r"\b(whoever|of whom|besides|(?:is|are) told|(?:can|could)(?:not| not) be believed|believed)\b",
    re.IGNORECASE,
)
"""Say instead: the one who; about whom; beside; reported, advised; implausible."""


def literals(file: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module that are no docstrings, with their lines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as text) if id(node) not in docstrings:
                yield node.lineno, text
            case _:
                pass


def lines(file: Path) -> Iterator[tuple[int, str]]:
    return iter(enumerate(file.read_text(encoding="utf-8").splitlines(), start=1))


def read_by_people() -> Iterator[tuple[Path, int, str]]:
    for file in sorted((ROOT / "src").rglob("*.py")):
        yield from ((file, line, text) for line, text in literals(file))
    for pattern in ("docs/**/*.md", "guidelines/*.gdl", "schema/*.json", "README.md"):
        for file in sorted(ROOT.glob(pattern)):
            yield from ((file, line, text) for line, text in lines(file))


def test_what_people_read_is_plain_english() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {said[0]!r} in {text.strip()[:80]!r}"
        for file, line, text in read_by_people()
        if (said := DIALECT.search(text))
    ]

    assert not found, "\n".join(found)


def among_us(file: Path) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a module, by their lines."""
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str() as docstring)):
                yield node.lineno, " ".join(docstring.split())
            case _:
                pass
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            yield number, line


def test_what_developers_read_is_plain_english() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {said[0]!r}"
        for file in sorted((ROOT / "src").rglob("*.py"))
        for line, text in among_us(file)
        if (said := AMONG_US.search(text))
    ]

    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "Whoever is outside the scope",
        "the rule that speaks of him",
        "`35` is not a believable value",
        "base gives way to exception",
        "1,263 told otherwise",
    ],
)
def test_the_words_of_the_private_dialect_are_found(text: str) -> None:
    assert DIALECT.search(text)
