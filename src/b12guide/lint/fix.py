"""Makes the safe fixes: those after which the guideline says exactly what it said before.

An edit is made only when the text can still be read, the digest of the guideline is the same, and
every example and invariant is the same. Edits that overlap wait for another round.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from attrs import evolve, field, frozen

from b12guide.diagnostics import Edit, has_errors
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
        if not safe or after is None:  # safe one by one, but not together: better none
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
    # The digest is what decides that two guidelines answer alike; a vocabulary has none.
    words = spelled(lower_vocabulary(draft)) if graph is None else graph.digest
    asked = tuple(_said(item, scope) for _, item in draft.each_item())
    return _Meaning((words, *asked), graph)


def _said(item: ast.Item, scope: Scope) -> Hashable:
    """What an item says that the digest leaves out: examples and invariants."""

    def shape(condition: ast.Condition | None) -> Hashable:
        return condition and shape_of(lower_condition(condition, scope))

    match item:
        case ast.Example() | ast.Invariant(claim=ast.NeverBefore()):
            return item_to_text(item)
        case ast.Invariant(claim=ast.Never(when=when, unless=unless) as claim):
            bare = evolve(item, claim=evolve(claim, when=None, unless=None))
            return item_to_text(bare), shape(when), shape(unless)
        case ast.Invariant(claim=ast.Always(when=when) as claim):
            bare = evolve(item, claim=evolve(claim, when=None))
            return item_to_text(bare), shape(when)
        case _:
            return None


# --------------------------------------------------------------------------- edits


def _wanted(
    draft: Draft, graph: RuleGraph | None, settings: Settings
) -> list[tuple[Edit, ...]]:
    """The edits of each finding that can be fixed, as far as they do not overlap."""
    chosen: list[tuple[Edit, ...]] = []
    for diagnostic in lint_written(draft, graph, settings=settings):
        rule = RULES_BY_CODE.get(diagnostic.code)
        if rule is None or not rule.fixes or not diagnostic.help:
            continue
        edits = diagnostic.help[0].edits
        before = [edit for others in chosen for edit in others]
        overlapping = (
            one.text is two.text
            and one.span.start < two.span.end
            and two.span.start < one.span.end
            for one in before
            for two in edits
        )
        if edits and not any(overlapping):
            chosen.append(edits)
    return chosen


def _with(
    draft: Draft, wanted: Iterable[tuple[Edit, ...]], meaning: _Meaning
) -> Draft | None:
    """The draft with the edits made; None where it would no longer say the same."""
    by_text: dict[int, list[Edit]] = {}
    for edit in (edit for edits in wanted for edit in edits):
        by_text.setdefault(id(edit.text), []).append(edit)
    files: list[ast.File] = []
    for file in draft.files:
        characters = file.text.characters
        mine = by_text.get(id(file.text), [])
        for edit in sorted(mine, key=lambda edit: edit.span, reverse=True):
            start, end = edit.span.start, edit.span.end
            characters = characters[:start] + edit.replacement + characters[end:]
        try:
            text = Text(file.text.name, characters)
            files.append(parse(text) if mine else file)
        except GuidelineError:
            return None
    after = Draft(tuple(files))
    return after if _meaning(after) == meaning else None
