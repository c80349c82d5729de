"""Gives parts of a guideline a place on the page that is being read, and tells the domain."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from sphinx.util.docutils import SphinxDirective

from b12guide.graph.model import RuleGraph
from b12guide.sphinxext.entry import Entry, Weight, anchor_of

__all__ = ["Places"]


@frozen(kw_only=True)
class Places:
    """The places on one page.

    Attributes:
        indexed: Whether others may refer to them.
    """

    directive: SphinxDirective
    graph: RuleGraph
    weight: Weight
    indexed: bool = True

    def mark(
        self, node: Any, kind: str, name: str, title: str = "", note: str = ""
    ) -> None:
        """Make `node` the place of a part, unless the page has one already."""
        anchor = anchor_of(self.graph.name, kind, name)
        document = self.directive.state.document
        if not self.indexed or anchor in document.ids:
            return
        node["ids"].append(anchor)
        document.note_explicit_target(node)
        entry = Entry(
            kind=kind,
            guideline=self.graph.name,
            name=name,
            document=self.directive.env.docname,
            anchor=anchor,
            title=title,
            note=note,
            weight=self.weight,
        )
        domain: Any = self.directive.env.get_domain("b12guide")
        domain.note(entry)
