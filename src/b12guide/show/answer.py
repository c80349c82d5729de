"""A recommendation in any format: the one place that knows page makers and page printers."""

from __future__ import annotations

from typing import assert_never

from b12guide.evaluate.answer import Recommendation
from b12guide.show.for_patient import patient_page
from b12guide.show.page import Page
from b12guide.show.professional import professional_page
from b12guide.show.to_html import to_fragment
from b12guide.show.wording import Audience

__all__ = ["recommendation_html", "recommendation_page"]


def recommendation_page(
    recommendation: Recommendation, audience: Audience = Audience.PROFESSIONAL
) -> Page:
    """The page that this audience is to read."""
    match audience:
        case Audience.PROFESSIONAL:
            return professional_page(recommendation)
        case Audience.PATIENT:
            return patient_page(recommendation)
        case _:
            assert_never(audience)


def recommendation_html(recommendation: Recommendation) -> str:
    """The professional page as an HTML fragment, such as `_repr_html_` returns."""
    return to_fragment(professional_page(recommendation))
