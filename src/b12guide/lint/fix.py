"""Makes the safe fixes: those after which the guideline says exactly what it said before.

An edit is made only when the text can still be read, the digest of the guideline is the same, and
every example and invariant is the same. Edits that overlap wait for another round.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from attrs import evolve, field, frozen

from b12guide.diagnostics import Diagnostic, Edit, has_errors
from b12guide.errors import GuidelineError
from b12guide.frozen import Record, frozen_map, spelled
from b12guide.graph.from_syntax import lower, lower_condition, lower_vocabulary
from b12guide.graph.model import RuleGraph
from b12guide.lint.conditions import shape_of
from b12guide.lint.run import lint_written
from b12guide.lint.settings import RULES_BY_CODE, Settings
from b12guide.semantics.checks import check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.syntax import ast
from b12guide.syntax.parse import parse
from b12guide.syntax.printing import item_to_text
from b12guide.text import Text

_MOST_ROUNDS = 20


@frozen(kw_only=True, repr=False)
class Fixed(Record):
    """A draft after its safe fixes.

    Attributes:
        count: How many findings were fixed.
        texts: The new text of each file that changed, by name.
    """

    draft: Draft = field(repr=False)
    count: int
    texts: Mapping[str, Text] = field(converter=frozen_map)


def fixed(draft: Draft, settings: Settings) -> Fixed:
    """The draft with every safe fix made; as it is where it has errors."""
    before, count = draft, 0
    meaning = _meaning(draft)
    for _ in range(_MOST_ROUNDS):
        if meaning is None:
            break
        wanted = _wanted(draft, meaning.graph, settings)
        safe = wanted
        after = _with(draft, safe, meaning)
        if after is None:  # one of them is not safe, so each is tried by itself
            safe = [e for e in wanted if _with(draft, [e], meaning) is not None]
            after = _with(draft, safe, meaning)
        if not safe or after is None:
            break
        draft, count = after, count + len(safe)
    texts = {
        new.text.name: new.text
        for old, new in zip(before.files, draft.files, strict=True)
        if old.text is not new.text
    }
    return Fixed(draft=draft, count=count, texts=texts)


# ------------------------------------------------------------------------- meaning


@frozen
class _Meaning:
    """What must not change; two of them are equal when nothing did."""

    parts: tuple[Hashable, ...]
    graph: RuleGraph | None = field(eq=False)


def _meaning(draft: Draft) -> _Meaning | None:
    """What a draft says; None where it has errors."""
    scope = scope_of(draft)
    if has_errors(check_draft(draft, scope)):
        return None
    graph = None if draft.header is None else lower(draft, scope)
    words = spelled(lower_vocabulary(draft)) if graph is None else graph.digest
    asked = tuple(_said(item, scope) for _, item in draft.each_item())
    return _Meaning((words, *asked), graph)


def _said(item: ast.Item, scope: Scope) -> Hashable:
    """What an item says that the digest leaves out: examples and invariants."""
    match item:
        case ast.Example() | ast.Invariant(claim=ast.NeverBefore()):
            return item_to_text(item)
        case ast.Invariant(claim=ast.Never(when=when, unless=unless) as claim):
            bare = evolve(item, claim=evolve(claim, when=None, unless=None))
            return item_to_text(bare), _shape(when, scope), _shape(unless, scope)
        case ast.Invariant(claim=ast.Always(when=when) as claim):
            bare = evolve(item, claim=evolve(claim, when=None))
            return item_to_text(bare), _shape(when, scope)
        case _:
            return None


def _shape(condition: ast.Condition | None, scope: Scope) -> Hashable:
    return None if condition is None else shape_of(lower_condition(condition, scope))


# --------------------------------------------------------------------------- edits


def _with(
    draft: Draft, wanted: Iterable[tuple[Edit, ...]], meaning: _Meaning
) -> Draft | None:
    """The draft with the edits made; None where it would no longer say the same."""
    after = _edited(draft, [edit for edits in wanted for edit in edits])
    return after if after is not None and _meaning(after) == meaning else None


def _wanted(
    draft: Draft, graph: RuleGraph | None, settings: Settings
) -> list[tuple[Edit, ...]]:
    """The edits of each finding that can be fixed, as far as they do not overlap."""
    chosen: list[tuple[Edit, ...]] = []
    for diagnostic in lint_written(draft, graph, settings=settings):
        edits = _edits(diagnostic)
        before = (edit for others in chosen for edit in others)
        if edits and not any(_overlap(a, b) for a in before for b in edits):
            chosen.append(edits)
    return chosen


def _edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    rule = RULES_BY_CODE.get(diagnostic.code)
    if rule is None or not rule.fixes or not diagnostic.help:
        return ()
    return diagnostic.help[0].edits


def _overlap(one: Edit, two: Edit) -> bool:
    return (
        one.text is two.text
        and one.span.start < two.span.end
        and two.span.start < one.span.end
    )


def _edited(draft: Draft, edits: Iterable[Edit]) -> Draft | None:
    """The draft with these edits made; None where it can no longer be read."""
    by_text: dict[int, list[Edit]] = {}
    for edit in edits:
        by_text.setdefault(id(edit.text), []).append(edit)
    files = []
    for file in draft.files:
        mine = by_text.get(id(file.text))
        try:
            files.append(file if mine is None else parse(_applied(file.text, mine)))
        except GuidelineError:
            return None
    return Draft(tuple(files))


def _applied(text: Text, edits: Iterable[Edit]) -> Text:
    """The text with edits that do not overlap."""
    characters = text.characters
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start, end = edit.span.start, edit.span.end
        characters = characters[:start] + edit.replacement + characters[end:]
    return Text(text.name, characters)
