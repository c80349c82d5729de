"""A page as HTML: one file, no scripts, no requests, light or dark as the reader prefers.

As a fragment it lives in a notebook or a larger page: every rule of its style is limited to it,
its headings are small, and what stands behind the answer is folded.

Elements are written here, and every word goes through `_text`, which escapes it: a template engine
is an extra, and this has to work in the core installation.

A page with a summary begins with it: chips for facts, cards for what is advised. All else is folded
under it, so that a phone shows the first dose without scrolling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from attrs import evolve, frozen

from b12guide.say.words import capitalised
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
.b12guide .summary {{ display: grid; gap: .6rem; margin: .6rem 0 1rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }}
.b12guide .summary > div {{ border: 1px solid var(--b12-line); border-radius: .4rem;
  padding: .5rem .8rem; break-inside: avoid; }}
.b12guide .summary > .card {{ border-top: 4px solid var(--b12-accent); }}
.b12guide .summary > .chips {{ grid-column: 1 / -1; border: 0; padding: 0; }}
.b12guide .summary .heading {{ margin: 0 0 .2rem; border: 0; font-size: 1em; }}
.b12guide .summary ul {{ padding-left: 0; list-style: none; }}
.b12guide .summary li + li {{ margin-top: .35rem; }}
.b12guide .summary .chips ul {{ display: flex; flex-wrap: wrap; gap: .3rem; }}
.b12guide .summary .chips li {{ margin: 0; border: 1px solid var(--b12-line);
  border-radius: 1rem; padding: 0 .6rem; background: var(--b12-band); }}
.b12guide .summary .chips li:has(.caution) {{ border-radius: .4rem;
  background: var(--b12-caution-paper); }}
.b12guide .summary .chips li:has(.quiet) {{ border-style: dashed; background: none; }}
.b12guide .summary .chips small {{ display: inline; }}
@media (max-width: 30rem) {{ .b12guide dl {{ grid-template-columns: 1fr; }}
  .b12guide .title {{ font-size: 1.15em; }}
  .b12guide .notice {{ font-size: .85em; line-height: 1.4; margin: .5rem 0; }}
  .b12guide .summary .chips {{ font-size: .85em; }} }}
@media print {{ .b12guide {{ max-width: none; padding: 0; font-size: 9.4pt; line-height: 1.27; }}
  .b12guide figure {{ max-height: none; overflow: visible; }}
  .b12guide .heading {{ margin: .5rem 0 .2rem; }}
  .b12guide .notice {{ margin: .4rem 0; padding: .2rem .6rem; }}
  .b12guide li, .b12guide dl, .b12guide figure, .b12guide .notice {{ break-inside: avoid; }}
  .b12guide .title, .b12guide .heading {{ break-after: avoid; }}
  .b12guide details::details-content {{ content-visibility: visible; block-size: auto; }} }}
""".strip()
_BODY = f"""
{theme_style("body")}
body {{ margin: 0; background: var(--b12-paper); }}
main.b12guide {{ max-width: 72rem; margin: 0 auto; }}
""".strip()


@frozen
class _Form:
    """How a page is built into what surrounds it."""

    element: str
    title: str
    heading: str
    folds: bool


_WHOLE = _Form(element="main", title="h1", heading="h2", folds=False)
_PART = _Form(element="section", title="h3", heading="h4", folds=True)


def to_html(
    page: Page,
    *,
    picture: str = "",
    summary: Sequence[Section] = (),
    grid: str = "",
    below: str = "",
) -> str:
    """The page as a whole HTML document.

    Args:
        page: What is to be read.
        picture: A picture, under the head of the page.
        summary: What is read first, above everything.
        grid: A grid in HTML, in place of a picture.
        below: HTML below all of it.
    """
    built = _built(page, grid or _figure(page, picture), summary, _WHOLE, below)
    return (
        "<!DOCTYPE html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(page.title)}</title>\n"
        f"<style>{_BODY}\n{_in_print(page)}</style>\n"
        f"</head>\n<body>\n{built}</body>\n</html>\n"
    )


def _in_print(page: Page) -> str:
    """Every sheet of paper says which guideline it is, how far it was reviewed, and for whom."""
    about = dict(page.particulars)
    said = (about.get(name, "") for name in ("Guideline", "Status", "Patient"))
    left = shortened(" · ".join(filter(None, map(one_line, said))), _FOOT)
    quoted = "".join(c if c.isalnum() or c in _SAFE else f"\\{ord(c):x} " for c in left)
    font = "font: 7.5pt system-ui, sans-serif; white-space: nowrap;"
    return (
        f'@page {{ margin: 9mm 11mm 12mm; @bottom-left {{ content: "{quoted}"; {font} }}\n'
        f'@bottom-right {{ content: counter(page) " / " counter(pages); {font} }} }}\n'
        "@media print { main.b12guide { columns: 2; column-gap: 8mm; }\n"
        "main.b12guide > :is(.title, dl, .notice, .summary, figure) { column-span: all; } }"
    )


_FOOT, _SAFE = 112, " .,;:·-()/%"
"""How many letters the foot of a sheet holds; what may stand in a string of CSS as it is."""


def to_fragment(
    page: Page, *, picture: str = "", summary: Sequence[Section] = ()
) -> str:
    """The page as one element that brings its style along, for a notebook or a larger page."""
    return _built(page, _figure(page, picture), summary, _PART)


def _figure(page: Page, picture: str) -> str:
    """The picture; what scrolls can be reached with the keys alone, and is named for hearing."""
    named = f'tabindex="0" role="group" aria-label="Picture: {_text(page.title)}"'
    return f"<figure {named}>\n{picture}</figure>" if picture else ""


def _built(
    page: Page, figure: str, summary: Sequence[Section], form: _Form, below: str = ""
) -> str:
    notice, particulars = page.notice, [*_particulars(page)]
    warning = _text(page.warning)
    sections = page.sections
    if summary:
        # The status belongs to what is read first; the rest of the head says the summary again.
        status = dict(page.particulars).get("Status", "")
        notice = f"{capitalised(status)}. {notice}" if status else notice
        sections = tuple(evolve(one, is_behind=True) for one in sections)
        form = evolve(form, folds=True)
        about = '<summary class="heading">Guideline, patient and scope</summary>'
        particulars = ["<details>", about, *particulars, "</details>"]
    return "\n".join(
        [
            f'<{form.element} class="b12guide" lang="en">',
            f"<style>{_STYLE}</style>",
            *(
                [f'<p class="notice caution" role="alert">{warning}</p>']
                if warning
                else []
            ),
            f'<{form.title} class="title">{_text(page.title)}</{form.title}>',
            *([] if summary else particulars),
            *([f'<p class="notice" role="note">{_text(notice)}</p>'] if notice else []),
            *_summary(summary, form),
            *filter(None, [figure]),
            *(particulars if summary else []),
            *(line for section in sections for line in _section(section, form)),
            *filter(None, [below]),
            f"</{form.element}>\n",
        ]
    )


def _particulars(page: Page) -> Iterator[str]:
    if page.particulars:
        yield "<dl>"
        for label, text in page.particulars:
            yield f"<dt>{_text(label)}</dt><dd>{_text(text)}</dd>"
        yield "</dl>"


def _summary(summary: Sequence[Section], form: _Form) -> Iterator[str]:
    if summary:
        yield '<div class="summary">'
        for section in summary:
            yield f'<div class="{section.shape.value}">'
            title = _text(section.title)
            yield f'<{form.heading} class="heading">{title}</{form.heading}>'
            yield from items_html(section.items)
            yield "</div>"
        yield "</div>"


def _section(section: Section, form: _Form) -> Iterator[str]:
    title = _text(section.title)
    if form.folds and section.is_behind:
        yield f'<details><summary class="heading">{title}</summary>'
    else:
        yield f'<{form.heading} class="heading">{title}</{form.heading}>'
    if section.verbatim:
        lines = section.verbatim.expandtabs(4).splitlines()
        yield f'<pre tabindex="0">{escape(chr(10).join(map(visible, lines)))}</pre>'
    if section.rows:
        yield from _table(section)
    if section.items:
        yield from items_html(section.items)
    if form.folds and section.is_behind:
        yield "</details>"


_TABLE_STYLE = """
.b12guide .table { overflow: auto; margin: .5rem 0; }
.b12guide .table table { border-collapse: collapse; font-size: .9em; }
.b12guide .table th, .b12guide .table td { border-bottom: 1px solid var(--b12-line);
  padding: .2rem .6rem .2rem 0; text-align: left; vertical-align: top; font-weight: inherit; }
.b12guide .table thead th { font-weight: 600; }
@media print { .b12guide .table { overflow: visible; column-span: all; } }
""".strip()


def _table(section: Section) -> Iterator[str]:
    """The table; what scrolls can be reached with the keys alone, and is named for hearing."""
    named = f'tabindex="0" role="group" aria-label="Table: {_text(section.title)}"'
    heads = "".join(f'<th scope="col">{_text(head)}</th>' for head in section.heads)
    yield f"<style>{_TABLE_STYLE}</style>"
    yield f'<div class="table" {named}>'
    yield f"<table><thead><tr>{heads}</tr></thead><tbody>"
    for first, *others in section.rows:
        cells = "".join(f"<td>{_text(text)}</td>" for text in others)
        yield f'<tr><th scope="row">{_text(first)}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def items_html(items: tuple[Item, ...]) -> Iterator[str]:
    """The items as a list, each with its small print and its own items."""
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
            yield from items_html(item.items)
        yield "</li>"
    yield "</ul>"


def _text(text: str) -> str:
    return escape(one_line(text), quote=True)
