"""What a notebook shows of a cohort; apart, because it needs the extra `cohort`."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from b12guide.cohort.audit import CohortAudit
from b12guide.cohort.burden import CohortBurden
from b12guide.cohort.comparison import CohortComparison
from b12guide.cohort.hinge import Hinges
from b12guide.cohort.prevalence import Prevalence
from b12guide.show.cohort_page import cohort_audit_page, cohort_audit_to_svg
from b12guide.show.notebook import media
from b12guide.show.study_page import (
    burden_page,
    comparison_page,
    hinges_page,
    prevalence_page,
    prevalence_to_svg,
)

__all__ = ["Counted", "bundle"]

Counted: TypeAlias = CohortAudit | CohortBurden | CohortComparison | Hinges | Prevalence


def bundle(shown: Counted) -> dict[str, str]:
    """What was counted, by media type."""
    match shown:
        case CohortAudit(adherence=adherence):
            is_drawn = any(row.applied for row in adherence)
            picture = cohort_audit_to_svg(shown) if is_drawn else ""
            return media(cohort_audit_page(shown), picture)
        case Prevalence(patients=patients):
            picture = prevalence_to_svg(shown) if patients else ""
            return media(prevalence_page(shown), picture)
        case Hinges():
            return media(hinges_page(shown))
        case CohortComparison():
            return media(comparison_page(shown))
        case CohortBurden():
            return media(burden_page(shown))
        case _:
            assert_never(shown)
