"""What the rules of the linter look at: the files of a guideline, its graph, its conditions.

Everything that takes time is worked out once, and only when a rule asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from attrs import field, frozen

from b12guide.graph.condition import Defined, Established, Has, Recorded
from b12guide.graph.condition_from_syntax import lower_condition
from b12guide.graph.model import RuleGraph
from b12guide.lint.asked import Addressed, Asked, addressed_by, conditions_of
from b12guide.lint.everybody import Everybody
from b12guide.lint.shape import shape_of
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["Material"]

T = TypeVar("T")


@frozen(kw_only=True, slots=False)
class Material:
    """A guideline (or another file) under the eyes of the linter.

    Attributes:
        draft: All its files.
        graph: What it means; None where it has errors, or is no guideline.
        on: The day asked for; None where nobody named one.
        stale_after: The months after which a revision is old.
    """

    draft: Draft = field(repr=False)
    graph: RuleGraph | None = field(default=None, repr=False)
    on: dt.date | None = None
    stale_after: int = 36

    @cached_property
    def files(self) -> tuple[ast.File, ...]:
        """The files that are judged: a vocabulary that others share is judged by itself."""
        main, *others = self.draft.files
        return (main, *(file for file in others if not _is_shared(file)))

    @cached_property
    def texts(self) -> frozenset[int]:
        """The identities of the texts of those files, which are quicker to compare."""
        return frozenset(id(file.text) for file in self.files)

    @cached_property
    def scope(self) -> Scope:
        """What every name means."""
        return scope_of(self.draft)

    def each(self, kind: type[T]) -> Iterator[tuple[Text, T]]:
        """Every item of one kind in the files that are judged."""
        for file in self.files:
            for item in file.items:
                if isinstance(item, kind):
                    yield file.text, item

    def each_node(self, *kinds: type[ast.Node]) -> Iterator[tuple[Text, ast.Node]]:
        """Every node of some kinds, at any depth, in the files that are judged."""
        for text, node in self.draft.each_node(*kinds):
            if id(text) in self.texts:
                yield text, node

    @property
    def header(self) -> tuple[Text, ast.Header] | None:
        """The head of the guideline; None where the main file is none."""
        header = self.draft.header
        return None if header is None else (self.draft.main.text, header)

    @cached_property
    def conditions(self) -> tuple[Asked, ...]:
        """Every whole condition of a guideline without errors, in the order written."""
        return () if self.graph is None else tuple(self._conditions())

    @cached_property
    def everybody(self) -> Everybody | None:
        """All possible patients of the guideline; None where it has errors, or is none."""
        if self.graph is None:
            return None
        return Everybody(self.graph, self.scope, self.conditions)

    @cached_property
    def named_shapes(self) -> tuple[tuple[str, Hashable], ...]:
        """The definitions that say more than another name, each with its shape."""
        if self.graph is None:
            return ()
        shapes = (
            (name, shape_of(definition.condition))
            for name, definition in self.graph.definitions.items()
        )
        return tuple(
            (name, shape)
            for name, shape in shapes
            if not isinstance(shape, Has | Defined | Established | Recorded)
        )

    @cached_property
    def _places(self) -> Mapping[int, Text]:
        return {id(item): text for text, item in self.draft.each_item()}

    def text_of(self, item: ast.Item) -> Text:
        """The text that an item stands in."""
        return self._places[id(item)]

    def _conditions(self) -> Iterator[Asked]:
        if self.header is not None:
            text, header = self.header
            if header.scope is not None:
                everybody = Addressed.EVERYBODY
                yield self._asked(text, "the scope", header.scope, everybody, None)
        for file in self.files:
            for item in file.items:
                for owner, condition in conditions_of(item):
                    whom = addressed_by(item)
                    yield self._asked(file.text, owner, condition, whom, item)

    def _asked(
        self,
        text: Text,
        owner: str,
        condition: ast.Condition,
        addressed: Addressed,
        item: ast.Item | None,
    ) -> Asked:
        return Asked(
            text=text,
            owner=owner,
            condition=condition,
            lowered=lower_condition(condition, self.scope),
            addressed=addressed,
            item=item,
        )


def _is_shared(file: ast.File) -> bool:
    kinds = {header.kind for header in file.headers}
    return "vocabulary" in kinds and not kinds & {"guideline", "part"}
