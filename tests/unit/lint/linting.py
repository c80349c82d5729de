"""Lints guideline text for tests."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from b12guide.diagnostics import Diagnostic
from b12guide.library import locate
from b12guide.lint.run import lint_library
from tests.unit.semantics.writing import files_in

DAY = dt.date(2026, 6, 1)

ASKING_FOR_MORE = (
    *("GDL405", "GDL521", "GDL522", "GDL523", "GDL524", "GDL525", "GDL526", "GDL527"),
    "GDL552",
    "GDL559",
)
"""What asks a guideline for more than a short example has; each has a page of its own."""


@cache
def linted(block: str, *, on: dt.date | None = DAY) -> tuple[Diagnostic, ...]:
    """What the linter finds in the files of `block`, without any settings."""
    with TemporaryDirectory() as folder:
        for name, characters in files_in(block).items():
            Path(folder, name).write_text(characters, encoding="utf-8")
        Path(folder, "b12guide.toml").write_text("[lint]\n", encoding="utf-8")
        return lint_library(locate(str(Path(folder, "example.gdl"))), on=on).diagnostics


def codes(block: str, *asked: str, on: dt.date | None = DAY) -> set[str]:
    """The codes of what is found, those that ask for more only where they are asked for."""
    found = {diagnostic.code for diagnostic in linted(block, on=on)}
    return found - (set(ASKING_FOR_MORE) - set(asked))
