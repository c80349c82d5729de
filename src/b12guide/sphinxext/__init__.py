"""A Sphinx extension: guidelines as documents, tables and pictures, and references to their rules.

A site puts `b12guide.sphinxext` among its `extensions`; `docs/sphinx.md` says what it then has.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.application import Sphinx

from b12guide import __version__
from b12guide.highlight import GdlLexer
from b12guide.sphinxext import directives
from b12guide.sphinxext.domain import GuidelineDomain, suggest

if TYPE_CHECKING:
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["setup"]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the lexer, the domain with its directives and roles, and the style."""
    app.add_lexer("gdl", GdlLexer)
    app.add_domain(GuidelineDomain)
    directives.register(app)
    app.connect("builder-inited", _begin)
    app.connect("warn-missing-reference", suggest)
    app.add_css_file("b12guide.css")
    return {
        "version": __version__,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _begin(app: Sphinx) -> None:
    directives.forget()
    app.config.html_static_path.append(str(Path(__file__).parent / "static"))
