"""Short guidelines for the tests of trials and proofs."""

from __future__ import annotations

from pathlib import Path

from b12guide import written
from b12guide.library import Library, SourceFile
from b12guide.written import Checked, Written

__all__ = ["checked", "read"]

HEAD = """language 1
guideline short "Short"
    version 1.0.0
    revised 2026-01-01
    uses    b12
source page "A page"
"""
GROUNDS = "    strength should\n    cites page\n"


def checked(text: str) -> Checked:
    """The guideline made of a head and `text`; `...` stands for the grounds of a rule."""
    whole = HEAD + text.replace("    ...\n", GROUNDS)
    return written.check(Library(SourceFile("short.gdl", whole.encode()), Path()))


def read(text: str) -> Written:
    """The same, for one that passes its checks."""
    found = checked(text)
    loaded = written.compiled(found)
    return Written(graph=loaded.graph, draft=found.draft, diagnostics=found.diagnostics)
