"""A page as HTML: one file, no scripts, no requests, light or dark as the reader prefers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.width import one_line

__all__ = ["to_fragment", "to_html"]

_STYLE = """
.b12guide { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #fff;
  --line: #d0d7de; --caution: #7a4a00; --caution-paper: #fff5dc; --accent: #0b5cad;
  color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif;
  max-width: 60rem; padding: 1rem; }
@media (prefers-color-scheme: dark) { .b12guide { --ink: #e6edf3; --quiet: #9da7b1;
  --paper: #0d1117; --line: #30363d; --caution: #f2cc60; --caution-paper: #2b2111;
  --accent: #79b8ff; } }
.b12guide h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
.b12guide h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; color: var(--accent);
  border-bottom: 1px solid var(--line); }
.b12guide dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem;
  margin: 0; }
.b12guide dt { color: var(--quiet); } .b12guide dd { margin: 0; }
.b12guide ul { margin: 0; padding-left: 1.2rem; }
.b12guide .label { font-weight: 600; } .b12guide .strong { font-weight: 600; }
.b12guide .quiet, .b12guide small { color: var(--quiet); }
.b12guide .caution { color: var(--caution); font-weight: 600; }
.b12guide small { display: block; }
.b12guide .notice { background: var(--caution-paper); border: 1px solid var(--line);
  border-radius: .3rem; padding: .5rem .8rem; }
@media (max-width: 30rem) { .b12guide dl { grid-template-columns: 1fr; } }
@media print { .b12guide { max-width: none; } }
""".strip()


def to_html(page: Page) -> str:
    """The page as a whole HTML document."""
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(page.title)}</title>\n"
        "<style>body { margin: 0; }</style>\n"
        f"</head>\n<body>\n{to_fragment(page, element='main')}</body>\n</html>\n"
    )


def to_fragment(page: Page, *, element: str = "section") -> str:
    """The page as one element that brings its style along, for a notebook or a larger page."""
    return "\n".join(
        [
            f'<{element} class="b12guide" lang="en">',
            f"<style>{_STYLE}</style>",
            *_head(page),
            *(line for section in page.sections for line in _section(section)),
            f"</{element}>\n",
        ]
    )


def _head(page: Page) -> Iterator[str]:
    yield f"<h1>{_text(page.title)}</h1>"
    if page.particulars:
        yield "<dl>"
        for label, text in page.particulars:
            yield f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>"
        yield "</dl>"
    if page.notice:
        yield f'<p class="notice" role="note">{_text(page.notice)}</p>'


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{_text(section.title)}</h2>"
    yield from _items(section.items)


def _items(items: tuple[Item, ...]) -> Iterator[str]:
    yield "<ul>"
    for item in items:
        label = (
            f'<span class="label">{_text(item.label)}:</span> ' if item.label else ""
        )
        text = _text(item.text)
        if item.tone is not Tone.PLAIN:
            text = f'<span class="{item.tone.value}">{text}</span>'
        details = ""
        if item.details:
            details = f" <small>{_text(' · '.join(item.details))}</small>"
        yield f"<li>{label}{text}{details}"
        if item.items:
            yield from _items(item.items)
        yield "</li>"
    yield "</ul>"


def _text(text: str) -> str:
    return escape(one_line(text), quote=True)
