"""Writes guideline text for tests and tells what the checks say of it."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from b12guide.diagnostics import Diagnostic
from b12guide.library import locate
from b12guide.written import Checked, check

HEAD = """\
language 1
guideline tried "Tried"
    version   1.0.0
    revised   2026-01-01
    uses      b12
"""

OWN = {"example.gdl", "words.gdl", "more_words.gdl", "elsewhere.gdl", "doses.gdl"}
"""Files of the blocks; in shipped files a line number would change with every edit."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)


def files_in(block: str) -> dict[str, str]:
    """The files of a block: the main one, then each after a line `# file: NAME`.

    A main file without a head gets one that uses the shipped vocabulary.
    """
    main, *others = _FILE.split(block)
    if not re.search(r"^(guideline|vocabulary|part|examples) ", main, re.MULTILINE):
        main = HEAD + main
    return {"example.gdl": main, **dict(zip(others[::2], others[1::2], strict=True))}


def checked(block: str) -> Checked:
    """What the passes find in the files of `block`."""
    with TemporaryDirectory() as folder:
        for name, characters in files_in(block).items():
            Path(folder, name).write_text(characters, encoding="utf-8")
        library = locate(str(Path(folder, "example.gdl")))
        return check(library)


def codes(block: str) -> set[str]:
    """The codes of all diagnostics."""
    return {diagnostic.code for diagnostic in checked(block).diagnostics}


def told(diagnostic: Diagnostic) -> str:
    """A diagnostic in words: place, severity, message, notes, remedies."""
    lines = []
    for number, label in enumerate(diagnostic.labels):
        at = label.text.position(label.span.start)
        name = Path(label.text.name).name
        said = f"{diagnostic.code} {diagnostic.severity.value}: {diagnostic.message}"
        written = " ".join(label.text.slice(label.span).split())
        where = f"{name}:{at.line}:{at.column}" if name in OWN else name
        lines.append(f"{where}: {said if number == 0 else label.message} | {written}")
    if not lines:
        lines.append(f"{diagnostic.code}: {Path(diagnostic.message).name}")
    lines += [f"    note: {note}" for note in diagnostic.notes]
    for remedy in diagnostic.help:
        edits = "".join(f" -> {edit.replacement}" for edit in remedy.edits)
        lines.append(f"    help: {remedy.message}{edits}")
    return _DIGEST.sub("sha256:...", "\n".join(lines))
