"""Gives something another name, wherever it is named; what stands in quotation marks stays."""

from __future__ import annotations

import re
from collections.abc import Iterable

from attrs import frozen

from b12guide.diagnostics import Edit, Label
from b12guide.editor.analysis import Analysis
from b12guide.editor.occurrence import Mention, Named, is_spelt, mentions
from b12guide.semantics.scope import Namespace
from b12guide.syntax.failure import all_keywords

__all__ = ["Refused", "may_rename", "renamed"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FIXED = {
    "statement": "a statement of the source has the id that the source gives it",
    "decision": "a decision belongs to the language",
    "file": "a file is renamed in its folder",
    "guideline": "a guideline is renamed by hand, for others may ask for it by its name",
}


@frozen
class Refused:
    """Why something does not get another name."""

    reason: str


def may_rename(
    mention: Mention, named: Named, of: Iterable[Analysis]
) -> Refused | None:
    """Why what a word names cannot be renamed there, if it cannot."""
    if named.space in _FIXED:
        return Refused(_FIXED[named.space])
    if not is_spelt(mention, named):
        reason = f"`{mention.name.text}` is a synonym; rename `{named.name}` itself"
        return Refused(reason)
    declared = [
        label
        for analysis in of
        for found in mentions(analysis.draft, analysis.scope, named)
        if found.declares
        if (label := analysis.draft.place(found.text, found.name.span)) is not None
    ]
    if not declared:
        return Refused(f"`{named.name}` is not declared anywhere")
    if any(not _is_own(label) for label in declared):
        return Refused(f"`{named.name}` is a word of a vocabulary that b12guide ships")
    return None


def _is_own(label: Label) -> bool:
    """Whether the file is one of the author's: those that are shipped have no folder here."""
    return "/" in label.text.name or "\\" in label.text.name or ":" in label.text.name


def renamed(
    named: Named, new: str, of: Iterable[Analysis]
) -> tuple[Edit, ...] | Refused:
    """The edits that rename something in all guidelines that name it."""
    analyses = tuple(of)
    if not _NAME.fullmatch(new):
        return Refused("a name has letters, digits and `_`, and begins with no digit")
    if new in all_keywords():
        return Refused(f"`{new}` is a word of the language")
    for analysis in analyses:
        taken = _taken(named, new, analysis)
        if taken:
            return Refused(f"`{new}` is already {taken}")
    edits: dict[tuple[str, int], Edit] = {}
    for analysis in analyses:
        for mention in mentions(analysis.draft, analysis.scope, named):
            label = analysis.draft.place(mention.text, mention.name.span)
            if label is not None and is_spelt(mention, named):
                key = (label.text.name, label.span.start)
                edits[key] = Edit(text=label.text, span=label.span, replacement=new)
    return tuple(edits[key] for key in sorted(edits))


def _taken(named: Named, new: str, analysis: Analysis) -> str:
    """What already has the new name, if something has."""
    if new == named.name:
        return ""
    for space in Namespace:
        if space.value == named.space:
            entry = analysis.scope.find(space, new)
            return "" if entry is None or entry.name == named.name else entry.noun
    other = next(
        mentions(analysis.draft, analysis.scope, Named(named.space, new)), None
    )
    return "" if other is None else f"the name of another {named.space.split()[0]}"
