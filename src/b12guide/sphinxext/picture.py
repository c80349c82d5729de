"""The picture of a rule graph on a page: drawn in HTML, told in words everywhere.

The boxes of the picture lead to what the site says of them. Where that stands is known only when
the pages are written, so the picture carries names until then.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["PREFIX", "picture", "register", "twin"]

PREFIX = "b12guide:"
"""What the address of a box begins with until it is known: then the role and the full name."""

_ADDRESS = re.compile(rf' href="{PREFIX}([a-z]+):([^"]+)"')


class picture(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 -- docutils has no types, and small letters for nodes
    """A picture; `svg` is its text."""


class twin(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801 -- as above
    """The picture in words, folded where a page can be."""


def register(app: Sphinx) -> None:
    """Tell Sphinx how the two are written, for every kind of output."""
    skip, leave = (_skip, None), (_leave, _leave)
    app.add_node(
        picture, html=(_draw, None), latex=skip, text=skip, man=skip, texinfo=skip
    )
    app.add_node(
        twin, html=(_fold, _unfold), latex=leave, text=leave, man=leave, texinfo=leave
    )


def _draw(translator: Any, node: Any) -> None:
    if translator.builder.name == "epub":
        raise nodes.SkipNode
    svg = _ADDRESS.sub(lambda found: _link(translator, found[1], found[2]), node["svg"])
    label = re.search(r'aria-label="([^"]*)"', svg)
    translator.body.append(
        '<div class="b12guide-picture" tabindex="0" role="group" '
        f'aria-label="{label[1] if label else ""}">{svg}</div>\n'
    )
    raise nodes.SkipNode


def _link(translator: Any, role: str, name: str) -> str:
    builder, here = translator.builder, translator.builder.current_docname
    found = builder.env.get_domain("b12guide").find(role, name, here)
    if not found:
        return ""
    if builder.name == "singlehtml":
        return f' href="#{found[0].anchor}"'
    address = builder.get_relative_uri(here, found[0].document)
    return f' href="{address}#{found[0].anchor}"'


def _fold(translator: Any, _: Any) -> None:
    if translator.builder.name != "epub":
        translator.body.append(
            '<details class="b12guide-twin"><summary>The picture in words</summary>\n'
        )


def _unfold(translator: Any, _: Any) -> None:
    if translator.builder.name != "epub":
        translator.body.append("</details>\n")


def _skip(_: Any, __: Any) -> None:
    raise nodes.SkipNode


def _leave(_: Any, __: Any) -> None:
    """Nothing is to be written here."""
