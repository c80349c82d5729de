"""The page as one HTML document: programs as data, one script, one style, and no way out.

A policy in the head of the file forbids every connection, and names the script and the style by
their digests: nothing else runs, whatever a guideline has in its texts. What is typed stays in the
browser. Served, the page may ask the service that it came from, and nobody else.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from b12guide import resources
from b12guide.arguments import instance
from b12guide.errors import ArgumentError
from b12guide.graph.model import RuleGraph
from b12guide.guideline import Guideline, load
from b12guide.library import PathLike
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.page.data import Json, program_json, spelled
from b12guide.show.palette import DATA, INSIDE, theme_style

_GUIDELINES = "guidelines"


def page(*guidelines: Guideline | PathLike) -> str:
    """The page of one guideline or several, as one HTML file that works without a network.

    Args:
        guidelines: The guidelines: loaded, or by name or path. The first is shown first.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.
        ArgumentError: There is none at all, or two that differ have the same name.

    >>> page("mecobalamin_im").startswith("<!DOCTYPE html>")
    True
    """
    return document([one.graph for one in _loaded(guidelines)])


def program(guideline: Guideline | PathLike) -> Json:
    """A guideline as data for the page, `b12guide.program/1`: made of builtin values only.

    Args:
        guideline: The guideline: loaded, or by name or path.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.

    >>> program("mecobalamin_im")["schema"]
    'b12guide.program/1'
    """
    return program_json(_loaded((guideline,))[0].graph)


def _loaded(guidelines: Iterable[Guideline | PathLike]) -> list[Guideline]:
    found: dict[str, Guideline] = {}
    for one in guidelines:
        if not (isinstance(one, Guideline | str) or hasattr(one, "__fspath__")):
            expected = "a guideline, or the name or path of one"
            instance(one, Guideline, _GUIDELINES, expected)
        guideline = one if isinstance(one, Guideline) else load(one)
        before = found.setdefault(guideline.name, guideline)
        if before.digest != guideline.digest:
            expected = "guidelines of which no two have the same name"
            raise ArgumentError(_GUIDELINES, expected, guideline.name)
    if not found:
        expected = "at least one guideline"
        raise ArgumentError(_GUIDELINES, expected, guidelines)
    return list(found.values())


def document(graphs: Sequence[RuleGraph], *, is_served: bool = False) -> str:
    """The page of these guidelines.

    Args:
        graphs: The guidelines, at least one.
        is_served: Whether it comes from `b12guide serve`, which the page may then ask for what
            a file cannot do.
    """
    script, style = _built("page.js"), f"{_theme()}\n{_built('page.css')}"
    programs = [spelled(program_json(graph)) for graph in graphs]
    names = ", ".join(graph.name for graph in graphs)
    title = graphs[0].title if len(graphs) == 1 else f"Guidelines: {names}"
    policy = _policy(script, style, is_served=is_served)
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="en"{" data-served" if is_served else ""}>',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="referrer" content="no-referrer">',
            f'<meta name="generator" content="b12guide {escape(VERSION)}">',
            '<link rel="icon" href="data:,">',
            f"<title>{escape(' '.join(title.split()))}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body>",
            f'<div id="page"><p class="before">{escape(EDUCATION_NOTICE)}</p>',
            f"<noscript><p>{escape(_NO_SCRIPT)}</p></noscript></div>",
            *(
                f'<script type="application/json" class="program">{_inert(one)}</script>'
                for one in programs
            ),
            f"<script>{script}</script>",
            "</body>",
            "</html>\n",
        ]
    )


_NO_SCRIPT = (
    "This page works out its answers in your browser, which has scripts switched off. "
    "The command `b12guide recommend` gives the same answers."
)


def _inert(data: str) -> str:
    """JSON that cannot end the element that it stands in."""
    return data.replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _built(name: str) -> str:
    """A file that `npm run build` made, which is inside the package."""
    return (resources.package() / "page" / "built" / name).read_text(encoding="utf-8")


def _policy(script: str, style: str, *, is_served: bool) -> str:
    """What the page may do: run its own script, and, as a file, nothing else at all."""
    own = {
        "default-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "img-src": "data: blob:",
        "script-src": _digest(script),
        "style-src": _digest(style),
        "connect-src": "'none'",
    }
    if is_served:
        # The editor is a script of its own, and styles itself as one types.
        own |= {
            "script-src": f"'self' {_digest(script)}",
            "style-src": "'self' 'unsafe-inline'",
            "connect-src": "'self'",
        }
    return "; ".join(f"{name} {allowed}" for name, allowed in own.items())


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


def _theme() -> str:
    """The colours that all pages have, on light and on dark paper."""
    data = " ".join(f"--b12-{name}: {colour};" for name, colour in DATA.items())
    return f"{theme_style('body')}\nbody {{ {data} --b12-inside: {INSIDE}; }}"
