"""The page's engine asked about patients, and its answers held beside those of the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from b12guide.errors import PatientError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import recommend
from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.page.advice import advice_data
from b12guide.page.program import logic_json
from b12guide.patient.model import FactValue, Stated
from b12guide.show.to_json import guideline_json, to_json
from tests.page.in_node import in_node

Json: TypeAlias = dict[str, Any]

NOT_OF_THE_PAGE = {"on", "options", "patient", "holds_until"}
"""What the library says of days and of how a record was read, which no page is asked."""

_ASK = """data => data.map(({program, patients, options}) =>
  patients.map(patient => b12guide.recommend(program, patient, options)))"""


def program_of(graph: RuleGraph) -> Json:
    """What the engine reads of a guideline: its program without what only a page shows."""
    return {
        "schema": "b12guide.program/1",
        "notice": EDUCATION_NOTICE,
        "engine": {"name": "b12guide", "version": VERSION},
        "guideline": guideline_json(graph),
        "logic": logic_json(Evaluator.of(graph)),
        "advice": advice_data(graph),
    }


def patient_of(stated: Stated) -> Json:
    """A patient as a page has them: measures as exact numbers in their own unit."""
    return {
        "facts": {name: plain(value) for name, value in stated.recorded.items()},
        "otherwise": stated.otherwise.value,
    }


def plain(value: FactValue | None) -> bool | str | None:
    if value is None or isinstance(value, bool | str):
        return value
    return str(Fraction(value))


def of_the_page(
    asked: Sequence[tuple[RuleGraph, Sequence[Stated]]], options: Json | None = None
) -> list[list[Json]]:
    """What the page's engine answers about some patients of each guideline."""
    data = [
        {
            "program": program_of(graph),
            "patients": [patient_of(one) for one in some],
            "options": options or {},
        }
        for graph, some in asked
    ]
    found: list[list[Json]] = in_node(_ASK, data)
    return found


def of_the_library(
    evaluator: Evaluator, stated: Stated, reading: Reading = Reading.REPORT
) -> Recommendation | None:
    """What the library answers; None where it refuses to."""
    try:
        return recommend(evaluator, stated, reading=reading)
    except PatientError:
        return None


def differences(library: Recommendation | None, page: Json) -> list[str]:
    """Where the page departs from the library, key by key."""
    if library is None or "contradiction" in page:
        alike = (library is None) is ("contradiction" in page)
        return [] if alike else [f"refused: {library is None}, but {page}"]
    wanted = json.loads(json.dumps(to_json(library)))
    kept = {key: one for key, one in wanted.items() if key not in NOT_OF_THE_PAGE}
    return list(_apart(kept, {key: page.get(key) for key in kept}, ""))


def _apart(mine: Any, theirs: Any, path: str) -> Iterator[str]:
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        for key in mine.keys() | theirs.keys():
            yield from _apart(mine.get(key), theirs.get(key), f"{path}.{key}")
    elif (
        isinstance(mine, list)
        and isinstance(theirs, list)
        and len(mine) == len(theirs) > 0
        and isinstance(mine[0], dict)
    ):
        for place, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            yield from _apart(one, other, f"{path}[{place}]")
    elif mine != theirs:
        yield f"{path}: {mine!r}, but the page has {theirs!r}"
