"""The whole conditions of a guideline, each with whom it picks from."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import field, frozen

from b12guide.graph.condition import Condition
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["Addressed", "Asked", "addressed_by", "conditions_of"]


class Addressed(Enum):
    """Whom a condition picks from."""

    IN_SCOPE = "in scope"
    OUTSIDE = "outside the scope"
    EVERYBODY = "at all"


@frozen(kw_only=True)
class Asked:
    """A whole condition as it was written.

    Attributes:
        owner: What the condition belongs to, as people call it.
        item: The same in the syntax tree; None for the scope.
    """

    text: Text = field(repr=False)
    owner: str
    condition: ast.Condition
    lowered: Condition = field(repr=False)
    addressed: Addressed = Addressed.IN_SCOPE
    item: ast.Item | None = None


def conditions_of(item: ast.Item) -> Iterator[tuple[str, ast.Condition]]:
    """The whole conditions of an item, each with what people call the item."""
    match item:
        case ast.Rule(name=name, conditions=conditions):
            for condition in conditions:
                yield f"the rule `{name.text}`", condition
        case ast.Definition(name=name, condition=condition):
            yield f"the definition `{name.text}`", condition
        case ast.Silent(topics=topics, conditions=conditions):
            for condition in conditions:
                yield f"`silent on {topics[0].text}`", condition
        case ast.Implication(name=name, premise=premise, conclusion=conclusion):
            for side in (premise, conclusion):
                yield f"the implication `{name.text}`", side
        case ast.Declaration(kind=kind, name=name, implies=conditions):
            for condition in conditions:
                yield f"the {kind.value} `{name.text}`", condition
        case ast.Invariant(name=name, claim=ast.Never(when=when, unless=unless)):
            for part in (when, unless):
                if part is not None:
                    yield f"the invariant `{name.text}`", part
        case ast.Invariant(name=name, claim=ast.Always(when=when)) if when is not None:
            yield f"the invariant `{name.text}`", when
        case _:
            return


def addressed_by(item: ast.Item) -> Addressed:
    """Whom the conditions of an item pick from."""
    match item:
        case ast.Rule(outside_scope=True):
            return Addressed.OUTSIDE
        case ast.Implication() | ast.Declaration():
            return Addressed.EVERYBODY
        case _:
            return Addressed.IN_SCOPE
