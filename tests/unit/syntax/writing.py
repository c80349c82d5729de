"""Writes guideline text for tests, and tells what the parser says of it."""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic
from b12guide.syntax import parse_partial
from b12guide.syntax.ast import Action, Condition, File, Item, Rule
from b12guide.syntax.parse import parse
from b12guide.syntax.scan import DECLARATIONS, GUIDELINE_ITEMS, HEADERS
from b12guide.text import Text

HEAD = "language 1\nguideline g\n"


def whole(example: str) -> Text:
    """The text of a file around a clause or an item."""
    first = example.split(maxsplit=1)[0] if example.strip() else ""
    if first in HEADERS:
        written = f"language 1\n{example}\n"
    elif first in (GUIDELINE_ITEMS | DECLARATIONS) - {"route"}:
        written = f"{HEAD}{example}\n"
    else:
        written = f"{HEAD}rule r\n    {example}\n"
    return Text("example.gdl", written)


def item(example: str) -> Item:
    """The one item of a text without errors."""
    return parse(whole(example)).items[0]


def condition(example: str) -> Condition:
    """A condition as a rule has it."""
    rule = item(f"rule r\n    when {example}")
    assert isinstance(rule, Rule)
    return rule.conditions[0]


def action(example: str) -> Action:
    """An action as a rule has it."""
    rule = item(f"rule r\n    {example}")
    assert isinstance(rule, Rule)
    return rule.actions[0]


def read(characters: str) -> tuple[File, tuple[Diagnostic, ...]]:
    """What can be read of a whole file, and what is wrong."""
    return parse_partial(Text("example.gdl", characters))


def codes(characters: str) -> list[str]:
    """The codes that a whole file gives, in order."""
    return [diagnostic.code for diagnostic in read(characters)[1]]


def told(diagnostic: Diagnostic) -> str:
    """A diagnostic on a few lines, with the words that it is about."""
    label = diagnostic.labels[0]
    at = label.text.position(label.span.start)
    about = label.text.slice(label.span).strip().splitlines()[:1]
    lines = [f"{at.line}:{at.column} {diagnostic.code} {diagnostic.message}"]
    lines += [f"    at: {line}" for line in about]
    lines += [f"    note: {note}" for note in diagnostic.notes]
    for help_ in diagnostic.help:
        edits = "".join(f" [{edit.replacement.strip()}]" for edit in help_.edits)
        lines.append(f"    help: {help_.message}{edits}")
    return "\n".join(lines) + "\n"


def mended(characters: str, diagnostic: Diagnostic) -> str:
    """The text after the first help's edits."""
    edits = diagnostic.help[0].edits if diagnostic.help else ()
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        characters = (
            characters[: edit.span.start]
            + edit.replacement
            + characters[edit.span.end :]
        )
    return characters
