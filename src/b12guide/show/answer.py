"""A recommendation laid out for an audience: the one place that knows the makers of pages.

A maker or printer is imported when it is wanted, because an answer should start quickly.
"""

from __future__ import annotations

from importlib import import_module

from b12guide.evaluate.answer import Recommendation
from b12guide.show.page import Page
from b12guide.show.wording import Audience

__all__ = ["Audience", "recommendation_page"]

_MAKERS = {
    Audience.PROFESSIONAL: "professional",
    Audience.PATIENT: "for_patient",
}


def recommendation_page(
    recommendation: Recommendation, audience: Audience = Audience.PROFESSIONAL
) -> Page:
    """The page that this audience is to read."""
    maker = import_module(f"b12guide.show.{_MAKERS[audience]}")
    page: Page = maker.page_of(recommendation)
    return page
