"""The audits of a cohort as JSON, schema `b12guide.cohort-audit/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from b12guide.show.to_json import guideline_json
from b12guide.show.wording import EDUCATION_NOTICE

if TYPE_CHECKING:
    from b12guide.cohort.audit import CohortAudit

__all__ = ["SCHEMA", "cohort_audit_to_json"]

SCHEMA = "b12guide.cohort-audit/1"


def cohort_audit_to_json(audit: CohortAudit) -> dict[str, Any]:
    """The audits as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(audit.graph),
        "education": EDUCATION_NOTICE,
        **audit.to_dict(),
    }
