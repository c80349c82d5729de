"""What is checked of a rule graph, once names and units are right."""

from __future__ import annotations

from b12guide.diagnostics import Diagnostic
from b12guide.graph.model import RuleGraph
from b12guide.semantics.draft import Draft

__all__ = ["check_graph"]


def check_graph(graph: RuleGraph, draft: Draft) -> tuple[Diagnostic, ...]:
    """The diagnostics of all checks."""
    return ()
