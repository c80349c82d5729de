"""How Sphinx builds the documentation; everything it needs is here, nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from b12guide import resources

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "b12guide"
author = "The b12guide contributors"
copyright = f"2026, {author}"  # noqa: A001 -- Sphinx calls it so
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
    "misc.highlighting_failure",  # diagnostics show broken text on purpose
    "ref.python",  # two floors may have a class of a name; either will do
]
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
    ("py:class", r"attr\.AttrsInstance|numpy(\..*)?"),
    # A variable for the frame that is given.
    ("py:class", r"(b12guide\.guideline\.)?Frame"),
    # A guideline as written, a patient and a claim in the engine's own terms, and its counter.
    ("py:class", r"b12guide\.(semantics\.draft|syntax\.ast)\.\w+"),
    ("py:class", r"b12guide\.(evaluate\.facts\.Facts|prove\.advised\.WantedAdvice)"),
    ("py:class", r"b12guide\.evaluate\.memory\.Work"),
    ("py:class", r"b12guide\.several\.clash\.BothSpeaking"),  # made ready together
    ("py:class", r"b12guide\.fhir\.reading\.HasGraph"),  # any guideline
    ("py:class", r"b12guide\.cohort\.histories\.Histories"),  # many histories, read
    (
        "py:class",
        r"b12guide\.cohort\.source\.RowSource",
    ),  # a frame or file, once opened
    (
        "py:class",
        r"b12guide\.cohort\.(columns\.Column|options\.(Spelling|Wanted))",
    ),  # how it is read
    (
        "py:class",
        r"(c\.)?Condition",
    ),  # an alias for a closed union; two floors have one each
    (
        "py:exc",
        r"(Exception|FileNotFoundError|ImportError|KeyError|TypeError|ValueError)",
    ),
]

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_type_aliases = {"PatientLike": "b12guide.patient.model.PatientLike"}
doctest_test_doctest_blocks = ""  # pytest runs the docstrings already

html_theme = "furo"
html_title = "b12guide"
html_favicon = "favicon.svg"


def setup(app: Sphinx) -> None:
    """Say at once if the package is not whole; keep the diagnostics out of every sidebar."""
    resources.folder("grammar")
    app.connect("source-read", _list_diagnostics)
    app.connect("doctree-read", _stand_apart)
    app.connect("html-page-context", _make_reachable, priority=900)  # after the theme


def _list_diagnostics(_app: Sphinx, document: str, content: list[str]) -> None:
    """Their page lists them; a toctree would be copied into every page of the site."""
    if document == "diagnostics/index":
        for page in sorted((Path(__file__).parent / "diagnostics").glob("GDL*.md")):
            title = page.read_text("utf-8").partition("\n")[0].removeprefix("# ")
            content[0] += f"\n- [{title}]({page.name})"


def _make_reachable(
    _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object
) -> None:
    """Captions in the sidebar say of which level they are; code that scrolls, keys can scroll."""
    for part in ("furo_navigation_tree", "body"):
        if part in context:
            leveled = context[part].replace(
                ' role="heading">', ' role="heading" aria-level="2">'
            )
            context[part] = leveled.replace("<pre>", '<pre tabindex="0">')


def _stand_apart(app: Sphinx, _doctree: object) -> None:
    """A page of a diagnostic need not be in a toctree."""
    if app.env.docname.startswith("diagnostics/GDL"):
        app.env.metadata[app.env.docname]["orphan"] = ""
