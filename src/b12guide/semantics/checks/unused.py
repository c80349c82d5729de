"""GDL402 and GDL403: what a guideline declares, it uses."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.draft import Draft
from b12guide.semantics.references import Use
from b12guide.semantics.scope import Entry, Namespace, Scope
from b12guide.syntax.ast import (
    Declaration,
    Example,
    ExpectedConflict,
    Invariant,
    Rule,
    Silent,
)

__all__ = ["unused"]

_LOOKED_UP = {
    Use.DRUG: Namespace.DRUG,
    Use.TEST: Namespace.TEST,
    Use.ROUTE: Namespace.ROUTE,
    Use.SITE: Namespace.SITE,
    Use.SOURCE: Namespace.SOURCE,
    Use.ASSUMPTION: Namespace.ASSUMPTION,
    Use.CHALLENGE: Namespace.CHALLENGE,
    Use.RULE: Namespace.RULE,
}


def _used(draft: Draft, scope: Scope) -> frozenset[tuple[Namespace, str]]:
    """What the guideline refers to; examples and invariants ask, they do not use."""
    found: set[tuple[Namespace, str]] = set()
    uses = {
        (reference.use, reference.name.text)
        for _, reference, around in draft.each_reference()
        if not isinstance(around, Example | Invariant)
    }
    for _, item in draft.each_item():
        if isinstance(item, Silent):
            topics = [name.text for name in item.topics]
            found |= {(n, scope.name(n, topic)) for n in Namespace for topic in topics}
        if isinstance(item, Silent | ExpectedConflict):
            noted = [name.text for name in item.noted_as]
            found |= {(Namespace.ASSUMPTION, name) for name in noted}
            found |= {(Namespace.CHALLENGE, name) for name in noted}
    for use, name in uses:
        namespaces = [_LOOKED_UP.get(use, Namespace.FACT)]
        if use is Use.TREATMENT:
            namespaces.append(Namespace.DRUG)
        for namespace in namespaces:
            found.add((namespace, scope.name(namespace, name)))
    return frozenset(found)


def _unused(draft: Draft, scope: Scope) -> Iterator[Entry]:
    used = _used(draft, scope)
    for entry in scope.declared:
        is_rule = isinstance(entry.item, Rule)
        if not is_rule and (entry.namespace, entry.name) not in used:
            yield entry


def unused(draft: Draft, scope: Scope) -> Iterator[Diagnostic]:
    """GDL402 and GDL403: what the guideline itself declares is used; shared words need not be."""
    if draft.header is None:
        return
    for entry in _unused(draft, scope):
        if isinstance(entry.item, Declaration):
            if entry.text.name == draft.main.text.name:
                yield finding(
                    "GDL402",
                    f"the {entry.item.kind.value} `{entry.name}` is not used",
                    (entry.text, entry.item.name),
                    severity=Severity.INFO,
                )
        else:
            noun = type(entry.item).__name__.lower()
            yield remark(
                "GDL403",
                f"the {noun} `{entry.name}` is not used",
                (entry.text, entry.item.name),
                "use it or leave it out",
            )
