"""What was counted of a cohort, as JSON: the counts, with who counted them by which guideline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from b12guide.show.record_json import engine_json
from b12guide.show.to_json import guideline_json
from b12guide.show.wording import EDUCATION_NOTICE

if TYPE_CHECKING:
    from b12guide.cohort.audit import CohortAudit
    from b12guide.cohort.burden import CohortBurden
    from b12guide.cohort.comparison import CohortComparison
    from b12guide.cohort.hinge import Hinges
    from b12guide.cohort.prevalence import Prevalence

    Counted: TypeAlias = CohortAudit | CohortBurden | Hinges | Prevalence

__all__ = ["SCHEMAS", "comparison_to_json", "counts_to_json"]

SCHEMAS = {
    "CohortAudit": "b12guide.cohort-audit/1",
    "CohortBurden": "b12guide.burden/1",
    "CohortComparison": "b12guide.comparison/1",
    "Hinges": "b12guide.hinges/1",
    "Prevalence": "b12guide.prevalence/1",
    "Summary": "b12guide.cohort/1",
}
"""By the name of the class."""


def counts_to_json(counted: Counted) -> dict[str, Any]:
    """The counts as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMAS[type(counted).__name__],
        "guideline": guideline_json(counted.graph),
        "engine": engine_json(counted),
        "education": EDUCATION_NOTICE,
        "on": None,
        **counted.plain(),
    }


def comparison_to_json(found: CohortComparison) -> dict[str, Any]:
    """The comparison as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMAS["CohortComparison"],
        "first": guideline_json(found.first),
        "second": guideline_json(found.second),
        "engine": engine_json(found),
        "education": EDUCATION_NOTICE,
        "on": None,
        **found.plain(),
    }
