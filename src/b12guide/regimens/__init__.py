"""Regimens side by side, over years: injections, visits, amounts, costs, missed and late doses."""

from __future__ import annotations

from b12guide.regimens.adherence import Adherence
from b12guide.regimens.comparison import (
    AdvisedGroup,
    CohortRegimens,
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
    Standings,
)
from b12guide.regimens.costs import UnitCosts, published_costs
from b12guide.regimens.counting import compare
from b12guide.regimens.levels import LevelOptions
from b12guide.regimens.of_guideline import GuidelineRegimens

__all__ = [
    "Adherence",
    "AdvisedGroup",
    "CohortRegimens",
    "ComparedRegimen",
    "ComparedYear",
    "GuidelineRegimens",
    "LevelOptions",
    "RegimenComparison",
    "Standings",
    "UnitCosts",
    "compare",
    "published_costs",
]
