"""Facts that follow from the days of others, in the words in which they are asked."""

from __future__ import annotations

from b12guide.graph.ages import age_text
from b12guide.graph.model import RuleGraph
from b12guide.graph.series import series_text


def words_of(graph: RuleGraph, name: str) -> str | None:
    """What a fact stands for that no author named, as a condition asks for it; else None."""
    if name in graph.ages:
        return age_text(graph.ages[name])
    if name in graph.series:
        return series_text(graph.series[name])
    return None


def behind(graph: RuleGraph, name: str) -> str | None:
    """The fact whose days tell of it; None for what stands for itself."""
    if name in graph.ages:
        return graph.ages[name].fact
    return graph.series[name].fact if name in graph.series else None
