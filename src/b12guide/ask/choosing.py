"""What an answer has of all that was found: three things at most, silences, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import frozen

from b12guide.ask.index import AskIndex
from b12guide.ask.search import Scored, Standing, Unit, covered
from b12guide.frozen import Record

MOST = 3
"""The most answers."""
NEAR_ENOUGH = 45
"""Of the best score, of a hundred, what an answer has to reach to be told beside it."""
AS_GOOD = 70
"""The same for a document to count when it is asked how much of the question was found."""
SILENCE_NEAR = 60
"""The same for a silence to be told beside the best."""
SILENCE_ALONE = 80
"""Where a silence is the best of all: of its score what a rule has to reach to be told at all."""
COVERED = 41
"""How much of what a question is about has to be found in one document, of a hundred."""
COVERED_NEWLY = 25
"""The same where the best is a rule that comes to apply by what the question tells."""
LEAST = 900
"""The score below which nothing is an answer: that of one common word."""
LEAST_OF_LIGHT_WORDS = 3200
"""The same for a question that has no other words."""


@frozen(kw_only=True, repr=False)
class Chosen(Record):
    """What an answer has.

    Attributes:
        items: Rules and definitions, the best first.
        silences: Silences, the best first.
        covered: How much of what the question is about was found, of a hundred.
    """

    items: tuple[Scored, ...] = ()
    silences: tuple[Scored, ...] = ()
    covered: int = 0


def chosen(
    ranking: Sequence[Scored],
    units: Sequence[Unit],
    index: AskIndex,
    closed: Collection[int],
) -> Chosen:
    """What an answer has of `ranking`.

    Args:
        ranking: Everything that was found, the best first.
        units: What the question is about.
        index: The index of the guideline.
        closed: The silences, by number, that are not about this patient.
    """
    kinds = [index.documents[one.document] for one in ranking]
    left = [
        one
        for one, told in zip(ranking, kinds, strict=True)
        if one.score and not (told.kind == "silence" and int(told.name) in closed)
    ]
    if not left:
        return Chosen()
    best = left[0].score
    # An assumption is not told as an answer, so what only it speaks of was not found.
    found = max(
        (
            covered(one, units)
            for one in left
            if one.score * 100 >= best * AS_GOOD and _kind(one, index) != "assumption"
        ),
        default=0,
    )
    is_new = left[0].verdict == Standing.NEWLY.value
    wanted = COVERED_NEWLY if is_new else COVERED
    if found < wanted or best < (LEAST if units else LEAST_OF_LIGHT_WORDS):
        return Chosen(covered=found)
    silences = tuple(
        one
        for one in left
        if _kind(one, index) == "silence" and one.score * 100 >= best * SILENCE_NEAR
    )
    told = [one for one in left if _kind(one, index) in {"rule", "definition"}]
    least = best * NEAR_ENOUGH
    if _kind(left[0], index) == "silence":
        least = best * SILENCE_ALONE
    near = [one for one in told if one.score * 100 >= least]
    return Chosen(items=_once(near, index), silences=silences[:MOST], covered=found)


def _once(found: Sequence[Scored], index: AskIndex) -> tuple[Scored, ...]:
    """The first that stand for different statements."""
    kept: list[Scored] = []
    said: set[tuple[str, ...]] = set()
    for one in found:
        statements = index.documents[one.document].statements
        if statements and statements in said:
            continue
        said.add(statements)
        kept.append(one)
    return tuple(kept[:MOST])


def _kind(one: Scored, index: AskIndex) -> str:
    return index.documents[one.document].kind
