"""Short guidelines for the tests of several at once."""

from __future__ import annotations

from pathlib import Path

from b12guide import written
from b12guide.guideline import Guideline
from b12guide.library import Library, SourceFile

__all__ = ["WEEKLY", "guideline", "small"]

_GROUNDS = "    strength  should\n    states    S{0}\n    cites     page\n"

WEEKLY = """
rule form
    when      b12_deficiency
    form      hydroxocobalamin
    ...
rule loading
    when      b12_deficiency
    load      hydroxocobalamin 1000 µg IM every week for 4 weeks
    ...
rule follow_up
    when      b12_deficiency
    check     serum_b12 every 3 months
    ...
"""
"""A form, a course of injections, a test."""


def small(name: str, body: str, *, status: str = "", words: str = "b12") -> str:
    """The text of a guideline; each `...` stands for the grounds of a rule, S1, S2 and so on."""
    first, *rest = body.split("    ...\n")
    parts = [_GROUNDS.format(number) + part for number, part in enumerate(rest, 1)]
    rules = "".join((first, *parts))
    return (
        f'language 1\nguideline {name} "The guideline {name}"\n'
        f"    version 1.0.0\n    revised 2026-01-01\n{status}    uses    {words}\n"
        f'source page "The page of {name}"\n{rules}'
    )


def guideline(name: str, body: str, **how: str) -> Guideline:
    """The guideline that is made of a head and `body`."""
    text = small(name, body, **how).encode()
    found = written.check(Library(SourceFile(f"{name}.gdl", text), Path()))
    return Guideline(written.compiled(found))
