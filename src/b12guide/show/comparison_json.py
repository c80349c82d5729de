"""Two guidelines over one cohort as JSON, schema `b12guide.comparison/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from b12guide.show.to_json import guideline_json
from b12guide.show.wording import EDUCATION_NOTICE

if TYPE_CHECKING:
    from b12guide.cohort.comparison import CohortComparison

__all__ = ["SCHEMA", "comparison_to_json"]

SCHEMA = "b12guide.comparison/1"


def comparison_to_json(found: CohortComparison) -> dict[str, Any]:
    """The comparison as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "education": EDUCATION_NOTICE,
        "first": guideline_json(found.first),
        "second": guideline_json(found.second),
        **found.to_dict(),
    }
