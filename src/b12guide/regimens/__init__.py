"""Regimens side by side, over years: injections, visits, amounts, costs, missed and late doses."""

from __future__ import annotations

from b12guide.regimens.adherence import Adherence
from b12guide.regimens.comparison import (
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
)
from b12guide.regimens.costs import UnitCosts, published_costs
from b12guide.regimens.counting import compare

__all__ = [
    "Adherence",
    "ComparedRegimen",
    "ComparedYear",
    "RegimenComparison",
    "UnitCosts",
    "compare",
    "published_costs",
]
