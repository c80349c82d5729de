"""A page as HTML: one file, no scripts, no requests, light or dark as the reader prefers.

As a fragment it lives in a notebook or a larger page: every rule of its style is limited to it,
its headings are small, and what stands behind the answer is folded.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from attrs import frozen

from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.palette import theme_style
from b12guide.show.terminal import one_line, visible
from b12guide.text import shortened

_STYLE = f"""
{theme_style(".b12guide")}
.b12guide {{ box-sizing: border-box; max-width: 60rem; padding: 1rem;
  color: var(--b12-ink); background: var(--b12-paper); line-height: 1.5;
  font-family: var(--jp-content-font-family, var(--vscode-font-family, system-ui, sans-serif));
  font-size: var(--jp-content-font-size1, 1rem); text-align: left; overflow-wrap: anywhere; }}
.b12guide .title {{ font-size: 1.4em; font-weight: 600; line-height: 1.3; margin: 0 0 .5rem;
  color: inherit; }}
.b12guide .heading {{ font-size: 1.1em; font-weight: 600; margin: 1.5rem 0 .5rem;
  color: var(--b12-accent); border-bottom: 1px solid var(--b12-line); }}
.b12guide dl {{ display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem;
  margin: 0; }}
.b12guide dl dt, .b12guide dl dd {{ float: none; width: auto; margin: 0; padding: 0; }}
.b12guide dl dt {{ color: var(--b12-quiet); font-weight: 400; overflow-wrap: normal; }}
.b12guide ul {{ margin: 0; padding-left: 1.2rem; list-style: disc; }}
.b12guide li {{ margin: 0; }}
.b12guide pre {{ margin: 0; padding: .5rem .8rem; overflow-x: auto; white-space: pre;
  color: inherit; background: var(--b12-band); border-radius: .3rem;
  font: .9em/1.4 var(--jp-code-font-family, ui-monospace, monospace); }}
.b12guide .label {{ font-weight: 600; }}
.b12guide .strong {{ font-weight: 600; }}
.b12guide .quiet, .b12guide small {{ color: var(--b12-quiet); }}
.b12guide .caution {{ color: var(--b12-caution); font-weight: 600; }}
.b12guide small {{ display: block; font-size: .85em; }}
.b12guide .notice {{ background: var(--b12-caution-paper); border: 1px solid var(--b12-line);
  border-radius: .3rem; margin: 1rem 0; padding: .5rem .8rem; }}
.b12guide figure {{ margin: 1rem 0; max-height: 48rem; overflow: auto; }}
.b12guide figure > svg {{ display: block; max-width: 100%; min-width: 40rem; height: auto; }}
.b12guide .wide > svg, .b12guide .narrow > svg {{ display: block; max-width: 100%; height: auto; }}
.b12guide .narrow {{ display: none; }}
@media screen and (max-width: 40rem) {{
  .b12guide .wide {{ display: none; }} .b12guide .narrow {{ display: block; }} }}
.b12guide summary {{ cursor: pointer; }}
.b12guide details .heading {{ margin: .6rem 0 .3rem; }}
@media (max-width: 30rem) {{ .b12guide dl {{ grid-template-columns: 1fr; }} }}
@media print {{ .b12guide {{ max-width: none; padding: 0; font-size: 10pt; line-height: 1.35; }}
  .b12guide figure {{ max-height: none; overflow: visible; }}
  .b12guide .heading {{ margin-top: .8rem; }}
  .b12guide li, .b12guide dl, .b12guide figure, .b12guide .notice {{ break-inside: avoid; }}
  .b12guide .title, .b12guide .heading {{ break-after: avoid; }} }}
""".strip()
_BODY = f"""
{theme_style("body")}
body {{ margin: 0; background: var(--b12-paper); }}
""".strip()


@frozen
class _Form:
    """How a page is built into what surrounds it."""

    title: str
    heading: str
    folds: bool


_WHOLE = _Form(title="h1", heading="h2", folds=False)
_PART = _Form(title="h3", heading="h4", folds=True)


def to_html(page: Page, *, picture: str = "", below: str = "") -> str:
    """The page as a whole HTML document, with a picture under its head and HTML `below` it all."""
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(page.title)}</title>\n"
        f"<style>{_BODY}\n{_in_print(page)}</style>\n"
        f"</head>\n<body>\n{_built(page, picture, 'main', _WHOLE, below)}</body>\n</html>\n"
    )


def _in_print(page: Page) -> str:
    """Every sheet of paper says which guideline it is, how far it was reviewed, and for whom."""
    about = dict(page.particulars)
    said = (about.get(name, "") for name in ("Guideline", "Status", "Patient"))
    left = shortened(" · ".join(filter(None, map(one_line, said))), _FOOT)
    quoted = "".join(c if c.isalnum() or c in _SAFE else f"\\{ord(c):x} " for c in left)
    font = "font: 7.5pt system-ui, sans-serif; white-space: nowrap;"
    return (
        f'@page {{ margin: 12mm 14mm 14mm; @bottom-left {{ content: "{quoted}"; {font} }}\n'
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {font} }} }}\n'
        "@media print { main.b12guide { columns: 2; column-gap: 8mm; }\n"
        "main.b12guide > :is(.title, dl, .notice, figure) { column-span: all; } }"
    )


_FOOT, _SAFE = 112, " .,;:·-()/%"
"""How many letters the foot of a sheet holds; what may stand in a string of CSS as it is."""


def to_fragment(page: Page, *, picture: str = "") -> str:
    """The page as one element that brings its style along, for a notebook or a larger page."""
    return _built(page, picture, "section", _PART)


def _built(page: Page, picture: str, element: str, form: _Form, below: str = "") -> str:
    # What scrolls can be reached with the keys alone, and is named for those who have it read out.
    named = f'tabindex="0" role="group" aria-label="Picture: {_text(page.title)}"'
    figure = f"<figure {named}>\n{picture}</figure>" if picture else ""
    return "\n".join(
        [
            f'<{element} class="b12guide" lang="en">',
            f"<style>{_STYLE}</style>",
            *_head(page, form),
            *filter(None, [figure]),
            *(line for section in page.sections for line in _section(section, form)),
            *filter(None, [below]),
            f"</{element}>\n",
        ]
    )


def _head(page: Page, form: _Form) -> Iterator[str]:
    yield f'<{form.title} class="title">{_text(page.title)}</{form.title}>'
    if page.particulars:
        yield "<dl>"
        for label, text in page.particulars:
            yield f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>"
        yield "</dl>"
    if page.notice:
        yield f'<p class="notice" role="note">{_text(page.notice)}</p>'


def _section(section: Section, form: _Form) -> Iterator[str]:
    title = _text(section.title)
    if form.folds and section.is_behind:
        yield f'<details><summary class="heading">{title}</summary>'
    else:
        yield f'<{form.heading} class="heading">{title}</{form.heading}>'
    if section.verbatim:
        lines = section.verbatim.expandtabs(4).splitlines()
        yield f"<pre>{escape(chr(10).join(map(visible, lines)))}</pre>"
    if section.items:
        yield from _items(section.items)
    if form.folds and section.is_behind:
        yield "</details>"


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
