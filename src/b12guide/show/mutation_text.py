"""What became of the mutants of a guideline, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from b12guide.graph.model import RuleGraph
from b12guide.prove.given import given_text
from b12guide.prove.mutation import Fate, Judged
from b12guide.show.width import wrapped
from b12guide.show.wording import plural

__all__ = ["mutation_text"]


def mutation_text(
    judged: Sequence[Judged], graph: RuleGraph, *, width: int = 80
) -> str:
    """The survivors with a patient each who would kill them, then the counts."""
    lines: list[str] = []
    for one in judged:
        if one.fate is Fate.SURVIVED:
            lines += _survivor(one, graph, width)
    for fate in Fate:
        count = sum(one.fate is fate for one in judged)
        if count:
            lines.append(f"{fate.value}: {count}")
    lines.append(plural(len(judged), "mutant"))
    return "\n".join(lines) + "\n"


def _survivor(one: Judged, graph: RuleGraph, width: int) -> Iterator[str]:
    mutant = one.mutant
    yield f"survived: {mutant.of}: {mutant.mistake.value} ({mutant.text})"
    if one.witness is not None and one.decision is not None:
        patient = given_text(one.witness.values, graph)
        text = f"`{one.decision.value}` differs for: {patient}"
        for line in wrapped(text, max(width - 4, 20)):
            yield f"    {line}"
