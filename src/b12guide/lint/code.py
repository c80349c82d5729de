"""The codes that a level or an allowance may name."""

from __future__ import annotations

from collections.abc import Mapping

from b12guide.lint.allowance import BAD, UNUSED
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.rules import RULES

__all__ = ["ALLOWANCES", "LEVELS", "REMARKS", "RULES_BY_CODE"]

REMARKS: Mapping[str, Level] = {
    "GDL219": Level.WARNING,
    "GDL320": Level.WARNING,
    "GDL401": Level.WARNING,
    "GDL402": Level.INFO,
    "GDL403": Level.WARNING,
    "GDL404": Level.WARNING,
    "GDL405": Level.WARNING,
    "GDL406": Level.WARNING,
    "GDL407": Level.WARNING,
    "GDL408": Level.WARNING,
    "GDL412": Level.WARNING,
    "GDL413": Level.WARNING,
    "GDL421": Level.WARNING,
}
"""What the checks say without making a guideline unusable: the linter says it as well."""

ALLOWANCES: Mapping[str, Level] = {BAD: Level.WARNING, UNUSED: Level.WARNING}
"""What is found of allowances themselves, which no allowance covers."""

RULES_BY_CODE: Mapping[str, LintRule] = {rule.code: rule for rule in RULES}

LEVELS: Mapping[str, Level] = {
    **REMARKS,
    **{rule.code: rule.level for rule in RULES},
    **ALLOWANCES,
}
"""Every code that the settings may give another level, with the level it has without them."""
