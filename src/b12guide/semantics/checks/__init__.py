"""Everything that is checked of a draft before it is lowered.

A check is a function from the draft and its names to diagnostics. All of them run, so that the
author hears of everything at once; each looks only at what the others found in order. After a
hundred findings a check stops: nobody reads more, and a file made to waste time does not succeed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TypeAlias

from b12guide.diagnostics import Diagnostic
from b12guide.semantics.checks import (
    conditions,
    derivations,
    names,
    quantities,
    recurrences,
    rules,
    series,
    versions,
    vocabulary,
)
from b12guide.semantics.draft import Draft
from b12guide.semantics.scope import Scope

__all__ = ["CHECKS", "MOST", "OF_ITEMS", "OF_THE_WHOLE", "Check", "check_draft"]

Check: TypeAlias = Callable[[Draft, Scope], Iterator[Diagnostic]]

MOST = 100

OF_ITEMS: tuple[Check, ...] = (
    names.unknown_name,
    names.unknown_value,
    conditions.list_ends_clearly,
    conditions.and_or_apart,
    conditions.count_fits_list,
    conditions.count_says_more,
    conditions.counted_once,
    rules.one_action,
    rules.one_condition,
    rules.form_agrees_with_itself,
    vocabulary.clause_fits_kind,
    vocabulary.question_is_asked,
    vocabulary.unit_is_known,
    vocabulary.vocabulary_quantity_fits,
    vocabulary.absence_is_plausible,
    vocabulary.currency_is_of_days,
    vocabulary.events_stay_current,
    derivations.equation_is_known,
    derivations.equation_has_its_parts,
    derivations.parts_fit,
    conditions.word_fits,
    conditions.ages_are_of_facts,
    conditions.given_age_is_asked,
    series.last_values_are_several,
    series.last_values_have_a_side,
    series.change_says_something,
    series.change_is_possible,
    series.change_ends_with_a_day,
    series.given_over_time_is_asked,
    quantities.measure_fits,
    quantities.threshold_is_plausible,
    quantities.denominator_is_usual,
    quantities.length_of_time_fits,
    quantities.count_fits,
    quantities.gauge_fits,
    rules.example_agrees_with_itself,
    quantities.given_drug_is_named,
    quantities.dose_fits,
    quantities.dose_by_weight_fits,
    quantities.open_dose_has_one_number,
    quantities.spacing_fits,
    quantities.spacing_can_be_kept,
    quantities.doses_are_countable,
    recurrences.recurrence_has_an_end,
    recurrences.recurrence_has_a_check,
    recurrences.part_of_treatment_is_known,
    rules.has_citation,
    rules.has_strength,
    rules.may_agrees_with_strength,
    rules.claim_is_noted,
    rules.grade_is_the_sources,
)
"""Those that say of an item what does not depend on others, but for what its names mean."""

OF_THE_WHOLE: tuple[Check, ...] = (
    vocabulary.duplicate_name,
    vocabulary.ambiguous_synonym,
    vocabulary.shadowed_synonym,
    vocabulary.lay_words_differ,
    names.unknown_topic,
    conditions.implication_is_of_patients,
    conditions.implication_is_of_no_day,
    conditions.conclusion_is_of_the_scope,
    names.exception_cycle,
    names.definition_cycle,
    names.definition_depth,
    names.conclusion_cycle,
    names.value_is_concluded,
    quantities.dose_is_plausible,
    rules.has_statement,
    rules.statement_exists,
    rules.statements_are_a_range,
    rules.head_is_of_the_guideline,
    rules.is_dated,
    rules.replaces_another,
    rules.holds_before_it_ends,
    vocabulary.currency_is_said_once,
    recurrences.part_of_treatment_is_given,
    derivations.derived_in_a_circle,
    derivations.derived_once,
    names.unused,
    versions.words_are_of_the_version,
)

CHECKS: tuple[Check, ...] = (*OF_THE_WHOLE, *OF_ITEMS)


def check_draft(
    draft: Draft, scope: Scope, checks: tuple[Check, ...] = CHECKS
) -> tuple[Diagnostic, ...]:
    """The diagnostics of all checks, the first hundred of each."""
    return tuple(d for check in checks for d in islice(check(draft, scope), MOST))
