"""The rules of the linter, one file each, in the order of their codes."""

from __future__ import annotations

from b12guide.lint.rule import LintRule
from b12guide.lint.rules import (
    always_true,
    covered_rule,
    double_negation,
    duplicate_rule,
    idle_exception,
    idle_part,
    list_of_one,
    near_thresholds,
    needless_parentheses,
    negated_comparison,
    never_true,
    open_bound,
    repeated_name,
    respelled_definition,
    scattered_definition,
    shadowed_rule,
    two_spellings,
)

__all__ = ["RULES"]

RULES: tuple[LintRule, ...] = (
    never_true.RULE,
    always_true.RULE,
    idle_part.RULE,
    idle_exception.RULE,
    shadowed_rule.RULE,
    duplicate_rule.RULE,
    covered_rule.RULE,
    scattered_definition.RULE,
    respelled_definition.RULE,
    two_spellings.RULE,
    open_bound.RULE,
    near_thresholds.RULE,
    double_negation.RULE,
    negated_comparison.RULE,
    needless_parentheses.RULE,
    list_of_one.RULE,
    repeated_name.RULE,
)
