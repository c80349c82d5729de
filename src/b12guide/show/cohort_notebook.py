"""What a notebook shows of a cohort; apart, because it needs the extra `cohort`."""

from __future__ import annotations

from b12guide.cohort.audit import CohortAudit
from b12guide.show.cohort_page import cohort_audit_page, cohort_audit_to_svg
from b12guide.show.notebook import media

__all__ = ["bundle"]


def bundle(shown: CohortAudit) -> dict[str, str]:
    """The cohort by media type."""
    is_drawn = any(row.applied for row in shown.adherence)
    picture = cohort_audit_to_svg(shown) if is_drawn else ""
    return media(cohort_audit_page(shown), picture)
