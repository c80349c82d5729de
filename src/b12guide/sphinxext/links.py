"""Names in generated text as references to what a site says of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref

from b12guide.graph.model import RuleGraph

__all__ = ["kinds_of", "linked", "reference"]

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
