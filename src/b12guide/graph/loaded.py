"""A guideline that was read and checked: its graph, and what belongs to the files around it."""

from __future__ import annotations

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.graph.model import RuleGraph
from b12guide.syntax.ast import Example, Invariant
from b12guide.text import Text

__all__ = ["Loaded", "WrittenExample", "WrittenInvariant"]


@frozen(kw_only=True)
class WrittenExample:
    """An example and the text it stands in."""

    text: Text = field(repr=False)
    example: Example


@frozen(kw_only=True)
class WrittenInvariant:
    """An invariant and the text it stands in."""

    text: Text = field(repr=False)
    invariant: Invariant


@frozen(kw_only=True)
class Loaded:
    """A guideline ready to be asked.

    Attributes:
        texts: The files that it was read from, the main one first.
        diagnostics: The warnings and remarks of its checks, in source order.
        examples: Its examples, in the order written.
        invariants: Its invariants, in the order written.
    """

    graph: RuleGraph
    texts: tuple[Text, ...] = field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    examples: tuple[WrittenExample, ...] = field(default=(), repr=False)
    invariants: tuple[WrittenInvariant, ...] = field(default=(), repr=False)
