"""GDL407, GDL408 and GDL410: what is checked of a rule graph, once names and units are right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from b12guide.diagnostics import Diagnostic
from b12guide.graph.coverage import statement_coverage
from b12guide.graph.model import RuleGraph
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.draft import Draft
from b12guide.semantics.references import Use, in_item
from b12guide.syntax.ast import Source

__all__ = ["CHECKS", "Check", "check_graph"]

Check: TypeAlias = Callable[[RuleGraph, Draft], Iterator[Diagnostic]]


def check_graph(graph: RuleGraph, draft: Draft) -> tuple[Diagnostic, ...]:
    """The diagnostics of all checks."""
    return tuple(d for check in CHECKS for d in check(graph, draft))


def citation_resolves(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL407: a source that is cited can be found."""
    declared = {s.name.text: (text, s) for text, s in draft.each(Source)}
    for source in graph.sources.values():
        if source.resolves:
            continue
        citing = [
            name.text
            for item in (i for _, i in draft.each_item())
            for use in in_item(item)
            if use.use is Use.SOURCE and use.name.text == source.name
            for name in (getattr(item, "name", None),)
            if name is not None
        ]
        if citing:
            text, item = declared[source.name]
            printed = "" if source.printed is None else f" [{source.printed}]"
            cited_by = ", ".join(f"`{name}`" for name in dict.fromkeys(citing))
            yield remark(
                "GDL407",
                f"the citation{printed} `{source.name}` does not resolve:"
                " the page cites a source that it does not list",
                (text, item.name),
                f"nothing can be done in this file; it is cited by {cited_by}",
            )


def statements_are_encoded(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL408: every statement of the source is encoded."""
    header = draft.header
    missing = [c.statement for c in statement_coverage(graph) if not c.encoded]
    if missing and header is not None and header.statements is not None:
        count = f"{len(missing)} of {len(graph.statements)}"
        noun = "statements is" if len(missing) == 1 else "statements are"
        yield remark(
            "GDL408",
            f"{count} {noun} not encoded: {_listed(missing)}",
            (draft.main.text, header.statements[0]),
            "encode them with rules, definitions, notes or `silent on`",
        )


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:8])
    return shown if len(names) <= 8 else f"{shown} and {len(names) - 8} more"


def approval_covers_content(graph: RuleGraph, draft: Draft) -> Iterator[Diagnostic]:
    """GDL410: an approval was given to this very content."""
    header = draft.header
    if header is None or header.approval is None:
        return
    approval = header.approval
    if approval.digest != graph.digest:
        yield finding(
            "GDL410",
            f"the approval by {approval.by} on {approval.on} was given to other content",
            (draft.main.text, approval),
            notes=(f"the digest of the content is now {graph.digest}",),
            help_="have the content reviewed again, then write"
            f" `approved by ... on ... covering {graph.digest}`;"
            " until then say `status under review`",
        )


CHECKS: tuple[Check, ...] = (
    citation_resolves,
    statements_are_encoded,
    approval_covers_content,
)
