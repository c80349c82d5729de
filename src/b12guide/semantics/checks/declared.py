"""GDL201, GDL218 and GDL219: every name is declared once, and every synonym stands for one."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Entry, Scope, folded
from b12guide.syntax.ast import Declaration, Implication, Invariant, Name
from b12guide.text import Text

__all__ = ["ambiguous_synonym", "declared_here", "duplicate_name", "shadowed_synonym"]


def duplicate_name(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL201: a name is declared once."""
    first: dict[tuple[str, str], tuple[Text, Name, str]] = {}
    declared: list[tuple[str, Text, Name, str]] = [
        (entry.namespace.value, entry.text, entry.item.name, entry.noun)
        for entry in scope.declared
    ]
    for text, invariant in draft.each(Invariant):
        declared.append(("invariant", text, invariant.name, "an invariant"))
    for text, implication in draft.each(Implication):
        declared.append(("implication", text, implication.name, "an implication"))
    for text, choice in draft.each(Declaration):
        for value in choice.values:
            kind = f"value of {choice.name.text}"
            declared.append((kind, text, value.name, "a value"))
    for kind, text, name, noun in declared:
        key = (kind, name.text)
        if key in first:
            where, before, was = first[key]
            yield finding(
                "GDL201",
                f"`{name.text}` is already {was}",
                (text, name),
                others=((where, before, "declared here first"),),
                help_="give one of the two another name",
            )
        else:
            first[key] = (text, name, noun)


def _synonyms(scope: Scope) -> Iterator[tuple[Entry, str, tuple[str, ...]]]:
    for entry in scope.declared:
        if isinstance(entry.item, Declaration):
            for synonym in entry.item.synonyms:
                names = scope.spellings[entry.namespace].get(folded(synonym), ())
                others = tuple(n for n in names if n != entry.name)
                if others:
                    yield entry, synonym, others


def ambiguous_synonym(_: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL218: a synonym stands for one word."""
    for entry, synonym, others in _synonyms(scope):
        names = scope.spellings[entry.namespace][folded(synonym)]
        is_a_name = folded(synonym) in {folded(name) for name in others}
        if entry.name != names[0] and not is_a_name:
            yield finding(
                "GDL218",
                f"`{synonym}` is a synonym of `{names[0]}` and of `{entry.name}`",
                (entry.text, entry.item.name),
                others=(declared_here(scope.entries[entry.namespace][names[0]]),),
                help_="keep it at one of them",
            )


def shadowed_synonym(_: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL219: a synonym is not the name of another word."""
    for entry, synonym, others in _synonyms(scope):
        if folded(synonym) in {folded(name) for name in others}:
            yield remark(
                "GDL219",
                f"the synonym `{synonym}` of `{entry.name}` is the name of another"
                f" {entry.namespace.value}, which it will stand for",
                (entry.text, entry.item.name),
                "leave the synonym out",
            )


def declared_here(entry: Entry) -> tuple[Text, Name, str]:
    """The place of a declaration, as a further place of a diagnostic."""
    return entry.text, entry.item.name, "declared here"
