"""The guidelines in use, so that a rule on its own finds the graph it stands in.

A rule names its sources and assumptions and does not hold them; a notebook that is asked to show
`guideline.graph.rules["renal_form"]` has to say them all the same. Nothing is kept alive by this.
"""

from __future__ import annotations

from weakref import WeakValueDictionary

from b12guide.graph.model import Rule, RuleGraph

__all__ = ["graph_of", "keep_in_mind"]

_GRAPHS: WeakValueDictionary[int, RuleGraph] = WeakValueDictionary()


def keep_in_mind(graph: RuleGraph) -> None:
    """Let rules of `graph` find it for as long as somebody else uses it."""
    _GRAPHS[id(graph)] = graph


def graph_of(rule: Rule) -> RuleGraph | None:
    """The graph that this very rule stands in; None when nobody uses it any more."""
    for graph in list(_GRAPHS.values()):
        if graph.rules.get(rule.name) is rule:
            return graph
    return None
