"""Runs the rules of the linter on a guideline that was read and checked.

The linter says what the checks say, and more. Errors of the checks stay as they are: what cannot
be used can be neither allowed nor given another level. Everything else has the level that the
settings give it, and an allowance in the file lets it stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from attrs import evolve

from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.graph.model import RuleGraph
from b12guide.lint.allowance import Allowance, allowances, bad_allowances, unused
from b12guide.lint.code import ALLOWANCES, LEVELS
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.rules import RULES
from b12guide.lint.settings import DEFAULTS, Settings
from b12guide.semantics.draft import Draft

__all__ = ["is_usable", "lint_written"]

_ALLOWED = frozenset(LEVELS) - frozenset(ALLOWANCES)


def lint_written(  # noqa: PLR0913 - each says something of its own
    draft: Draft,
    graph: RuleGraph | None,
    diagnostics: Iterable[Diagnostic] = (),
    *,
    settings: Settings = DEFAULTS,
    on: dt.date | None = None,
    only: Collection[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Everything that the linter says of a draft, what the checks said included.

    Args:
        draft: The files of the guideline, vocabulary or part.
        graph: What they mean; None where they have errors or hold no guideline.
        diagnostics: What the checks said of them.
        settings: The levels of the rules, and what they leave alone.
        on: The day asked for; without one, nothing is said of how old the guideline is.
        only: The codes of the rules to run, if not all; nothing is said of allowances then.
    """
    material = Material(
        draft=draft, graph=graph, on=on, stale_after=settings.stale_after
    )
    rules = [rule for rule in RULES if only is None or rule.code in only]
    found = tuple(_found(material, tuple(diagnostics), settings, rules))
    usable = is_usable(found)
    allowed = tuple(
        allowance for file in material.files for allowance in allowances(file, _ALLOWED)
    )
    kept = tuple(d for d in found if not any(a.allows(d) for a in allowed))
    if only is not None:
        return in_order(kept)
    about = tuple(_about_allowances(material, found, allowed, settings, usable=usable))
    return in_order((*kept, *about))


def is_usable(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether no error of the checks is among `diagnostics`, whatever the levels of rules."""
    return not has_errors(d for d in diagnostics if d.code not in LEVELS)


def _found(
    material: Material,
    checks: tuple[Diagnostic, ...],
    settings: Settings,
    rules: Iterable[LintRule],
) -> Iterator[Diagnostic]:
    for diagnostic in checks:
        if diagnostic.code not in LEVELS:
            yield diagnostic
        elif _is_judged(diagnostic, material):
            yield from _levelled(diagnostic, settings)
    for rule in rules:
        if settings.level(rule.code) is Level.OFF:
            continue
        if rule.needs_day and material.on is None:
            continue
        for diagnostic in rule.find(material):
            yield from _levelled(diagnostic, settings)


def _is_judged(diagnostic: Diagnostic, material: Material) -> bool:
    place = diagnostic.place
    return place is None or id(place.text) in material.texts


def _levelled(diagnostic: Diagnostic, settings: Settings) -> Iterator[Diagnostic]:
    """The diagnostic at its level, unless it is off or its file is left alone."""
    severity = settings.level(diagnostic.code).severity
    if severity is None:
        return
    place = diagnostic.place
    if place is None or not settings.ignores(place.text.name, diagnostic.code):
        yield evolve(diagnostic, severity=severity)


def _about_allowances(
    material: Material,
    found: tuple[Diagnostic, ...],
    allowed: tuple[Allowance, ...],
    settings: Settings,
    *,
    usable: bool,
) -> Iterator[Diagnostic]:
    for file in material.files:
        for diagnostic in bad_allowances(file, _ALLOWED):
            yield from _levelled(diagnostic, settings)
    if not usable:
        return  # rules that need the graph did not run
    asleep = {rule.code for rule in RULES if rule.needs_day and material.on is None}
    for allowance in allowed:
        if (
            allowance.code not in asleep
            and settings.level(allowance.code) is not Level.OFF
            and not settings.ignores(allowance.text.name, allowance.code)
            and not any(allowance.allows(d) for d in found)
        ):
            yield from _levelled(unused(allowance), settings)
