"""A timeline as a web page: the picture first, then every entry in words."""

from __future__ import annotations

from b12guide.show.timeline_page import timeline_page
from b12guide.show.timeline_svg import timeline_to_svg
from b12guide.show.to_html import to_html
from b12guide.timeline.model import Timeline

__all__ = ["timeline_to_html"]


def timeline_to_html(timeline: Timeline) -> str:
    """One file, without scripts and without anything to be fetched."""
    return to_html(timeline_page(timeline), picture=timeline_to_svg(timeline))
