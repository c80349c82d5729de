"""`b12guide graph`: the rules of a guideline and how they hang together."""

from __future__ import annotations

import json
from pathlib import Path

import click

from b12guide.cli.failure import reported
from b12guide.cli.option import Format, format_option, guideline_option, output_option
from b12guide.cli.output import Output
from b12guide.cli.recommend import page_as
from b12guide.pipeline import load
from b12guide.show.graph import graph_page
from b12guide.show.graph_json import graph_to_json, graph_to_mermaid
from b12guide.show.graph_svg import graph_to_svg

__all__ = ["graph"]


@click.command
@guideline_option
@format_option(Format.TEXT, Format.MERMAID, Format.SVG, Format.JSON)
@output_option
@reported
def graph(guideline: str, format_: Format, file: Path | None) -> Output:
    """Show the rules of a guideline, what they read and what gives way to what."""
    rules = load(guideline).graph
    match format_:
        case Format.JSON:
            text = json.dumps(graph_to_json(rules), ensure_ascii=False, indent=2) + "\n"
        case Format.MERMAID:
            text = graph_to_mermaid(rules)
        case Format.SVG:
            text = graph_to_svg(rules)
        case _:
            text = page_as(format_, graph_page(rules), file)
    return Output(text=text, file=file)
