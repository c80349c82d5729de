"""A guideline written out as prose: for its readers, and for programs that want its sentences."""

from __future__ import annotations

from attrs import field, frozen

from b12guide.answers import AddressedAnswer
from b12guide.graph.model import RuleGraph
from b12guide.prove.invariants import Required, required
from b12guide.semantics.draft import Draft

__all__ = ["Document", "document_of"]


@frozen(kw_only=True)
class Document(AddressedAnswer):
    """A guideline with the claims of its author, every sentence made from the rules.

    Attributes:
        draft: The files in which the invariants stand.
        invariants: What the author claims of every patient.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False, eq=False)
    invariants: tuple[Required, ...] = field(repr=False)


def document_of(graph: RuleGraph, draft: Draft) -> Document:
    """The document of a guideline."""
    return Document(graph=graph, draft=draft, invariants=required(draft, graph))
