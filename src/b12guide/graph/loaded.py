"""A guideline that was read and checked, ready to be asked."""

from __future__ import annotations

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.graph.model import RuleGraph
from b12guide.record import Record
from b12guide.text import Text

__all__ = ["Loaded"]


@frozen(kw_only=True, repr=False)
class Loaded(Record):
    """A rule graph with the files that it was read from.

    Attributes:
        texts: The files, the main one first.
        diagnostics: The warnings and remarks of the checks, in source order.
    """

    graph: RuleGraph
    texts: tuple[Text, ...] = field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
