"""Places on the pages of a site, and references to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Any

from attrs import frozen
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph


class Weight(IntEnum):
    """How much a place says; a reference leads to the greatest."""

    ROW = 1
    DOCUMENT = 2


@frozen(kw_only=True, repr=False)
class SiteEntry(Record):
    """One part of a guideline at one place.

    Attributes:
        kind: `rule`, `decision`, `fact`, `definition`, `assumption`, ...
        anchor: The identity of the place on the page `document`.
        title: What it is called beside its name.
        note: Its strength, where it has one.
    """

    kind: str
    guideline: str
    name: str
    document: str
    anchor: str
    title: str
    note: str = ""
    weight: Weight = Weight.DOCUMENT

    @property
    def full_name(self) -> str:
        """The name with that of the guideline before it."""
        if self.kind == "guideline":
            return self.name
        return f"{self.guideline}.{self.name}"


def anchor_of(guideline: str, kind: str, name: str) -> str:
    """The identity of a place, the same in every build."""
    return f"{guideline}.{kind}.{name}"


@frozen(kw_only=True)
class PagePlaces:
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
        entry = SiteEntry(
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


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def kinds_of(graph: RuleGraph) -> Mapping[str, str]:
    """By name, what the parts of a guideline are that other parts name."""
    return {
        **dict.fromkeys(graph.statements, "statement"),
        **dict.fromkeys(graph.vocabulary.facts, "fact"),
        **dict.fromkeys(graph.definitions, "fact"),
        **dict.fromkeys(graph.challenges, "challenge"),
        **dict.fromkeys(graph.assumptions, "assumption"),
        **dict.fromkeys(graph.rules, "rule"),
    }


def reference(graph: RuleGraph, kind: str, name: str, shown: str = "") -> Any:
    """A reference that stays plain text where the site does not say anything of `name`."""
    content = nodes.inline("", shown) if shown else nodes.literal("", name)
    return pending_xref(
        "",
        content,
        refdomain="b12guide",
        reftype=kind,
        reftarget=f"{graph.name}.{name}",
        refexplicit=True,
        b12guide_may_miss=True,
    )


def linked(graph: RuleGraph, text: str, kinds: Iterable[str]) -> Iterator[Any]:
    """The text, each name in it that is of one of `kinds` as a reference."""
    known = kinds_of(graph)
    wanted = set(kinds)
    end = 0
    for found in _NAME.finditer(text):
        kind = known.get(found[0])
        if kind in wanted:
            if found.start() > end:
                yield nodes.Text(text[end : found.start()])
            shown = found[0] if kind in {"statement", "assumption"} else ""
            yield reference(graph, kind, found[0], shown)
            end = found.end()
    if end < len(text):
        yield nodes.Text(text[end:])
