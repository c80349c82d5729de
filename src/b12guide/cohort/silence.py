"""What the guideline does not address, for a batch of patients."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from b12guide.cohort.batch import Batch
from b12guide.cohort.bits import keys_of
from b12guide.cohort.sorting import sort_rows

_BETWEEN = "; "


def unaddressed(batch: Batch) -> tuple[list[str | None], NDArray[Any]]:
    """The different lists of topics, and which of them each patient has; None for no topic.

    Whoever is outside the scope of the guideline has none: there it addresses nothing at all.
    """
    program = batch.question.evaluator.program
    _, outside = batch.rails[program.scope]
    brought_up = [
        (topics, batch.rails[step][0] & ~outside)
        for parts in program.silences
        for topics, step in parts
    ]
    keys = keys_of([plane for _, plane in brought_up], batch.rows)
    rows = sort_rows(keys, batch.rows)
    texts = []
    for row in rows.first.tolist():
        bits = sum(int(key[row]) << 64 * i for i, key in enumerate(keys))
        named = [
            t
            for n, (topics, _) in enumerate(brought_up)
            if bits >> n & 1
            for t in topics
        ]
        texts.append(_BETWEEN.join(dict.fromkeys(named)) or None)
    return texts, rows.group
