"""A picture of a timeline as PNG, drawn from its SVG."""

from __future__ import annotations

from typing import Any

from b12guide.extras import load
from b12guide.show.timeline_svg import timeline_to_svg
from b12guide.timeline.model import Timeline

__all__ = ["timeline_to_png"]

_SCALE = 2
"""Pixels for each unit of the drawing: sharp on a good screen and in print."""


def timeline_to_png(timeline: Timeline) -> bytes:
    """The picture as the content of a `.png` file.

    Raises:
        MissingExtraError: The extra `plot` is not installed.
    """
    converter: Any = load("vl_convert", extra="plot")
    picture: bytes = converter.svg_to_png(timeline_to_svg(timeline), scale=_SCALE)
    return picture
