"""A page as Markdown (CommonMark), with nothing of the text taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.show.page import Item, Page, Tone
from b12guide.show.width import one_line, visible

__all__ = ["to_markdown"]

_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""A renderer that knows no backslashes still shows these as characters."""
_LIST_LIKE = re.compile(r"^(\d+)([.)])|^([-+])")


def to_markdown(page: Page) -> str:
    """The page as Markdown, with a line end at its end."""
    lines = [f"# {_escaped(page.title)}", ""]
    lines += [
        f"- **{_escaped(label)}:** {_escaped(text)}" for label, text in page.particulars
    ]
    if page.notice:
        lines += ["", f"> {_escaped(page.notice)}"]
    for section in page.sections:
        lines += ["", f"## {_escaped(section.title)}", ""]
        if section.verbatim:
            lines += [
                f"    {visible(line.expandtabs(4))}"
                for line in section.verbatim.splitlines()
            ]
            lines += [""] if section.items else []
        for item in section.items:
            lines += _item(item, "")
    return "\n".join(lines) + "\n"


def _item(item: Item, margin: str) -> Iterator[str]:
    text = _escaped(item.text)
    if item.tone in {Tone.STRONG, Tone.CAUTION} and text:
        text = f"**{text}**"
    label = f"**{_escaped(item.label)}:** " if item.label else ""
    details = f" ({_escaped(' · '.join(item.details))})" if item.details else ""
    yield f"{margin}- {label}{text}{details}".rstrip()
    for child in item.items:
        yield from _item(child, f"{margin}  ")


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", one_line(text)).translate(_MARKUP)
    return _LIST_LIKE.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", text)
