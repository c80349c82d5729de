"""How Sphinx builds the documentation; everything it needs is here, nothing is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from b12guide import resources

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "b12guide"
author = "The b12guide contributors"
release = "0.1.0"

extensions = [
    "b12guide.sphinxext",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]
suppress_warnings = [
    "misc.highlighting_failure"
]  # diagnostics show broken text on purpose
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

nitpicky = True
# Without a network the standard library cannot be linked to.
nitpick_ignore_regex = [
    ("py:.*", r"(collections|datetime|decimal|enum|fractions|numbers|pathlib)(\..*)?"),
    ("py:.*", r"(importlib|os|types|typing)(\..*)?"),
    ("py:.*", r"(Date|Decimal|Enum|Fraction|ModuleType|Path|PathLike|Traversable)"),
    ("py:.*", r"(Callable|Iterable|Iterator|Mapping|NoReturn|Self|Sequence|TypeAlias)"),
    (
        "py:.*",
        r"(Any|bool|bytes|date|dict|dt\.date|float|int|object|str|tuple|type|None)",
    ),
    ("py:class", r"b12guide\..*\._\w+"),  # private base classes
    ("py:class", r"Condition"),  # an alias for a closed union; two floors have one each
    (
        "py:exc",
        r"(Exception|FileNotFoundError|ImportError|KeyError|TypeError|ValueError)",
    ),
]

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
doctest_test_doctest_blocks = ""  # pytest runs the docstrings already

html_theme = "furo"
html_title = "b12guide"


def setup(_app: Sphinx) -> None:
    """Say at once if the package is not whole."""
    resources.folder("grammar")
