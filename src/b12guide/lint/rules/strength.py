"""Verbs, wording and silences agree with what the rules say, and how strongly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.graph.query import readers_of
from b12guide.lint.material import Level, LintRule, Material, Role, said
from b12guide.semantics.checks.report import finding, remark
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.values.term import Strength

_WORDS_THAT_OBLIGE = re.compile(
    r"\b(?:must|always|never|mandatory|obligatory|required|ha(?:ve|s) to)\b",
    re.IGNORECASE,
)
_PERMITS = frozenset(
    {Strength.MAY, Strength.SHOULD_CONSIDER, Strength.ACCEPTABLE_ALTERNATIVE}
)


def too_strong_wording(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.TITLE, Role.PATIENT, Role.NOTE):
        if not isinstance(one.item, ast.Rule):
            continue
        strength = one.item.grounds.strength
        offered = any(getattr(action, "optional", False) for action in one.item.actions)
        if strength not in _PERMITS and not (strength is None and offered):
            continue
        word = "may" if strength is None else strength.value
        for written, place in one.matches(_WORDS_THAT_OBLIGE):
            yield remark(
                TOO_STRONG_WORDING.code,
                f"{one.role.value} of {one.owner} says `{written}`, but its strength is"
                f" `{word}`",
                (one.text, place),
                "word it as strongly as the source does, or correct the strength",
            )


TOO_STRONG_WORDING = LintRule(
    code="GDL539",
    name="too-strong-wording",
    level=Level.WARNING,
    says="What may be done is not worded as what must be.",
    find=too_strong_wording,
)


_OFFERS = re.compile(
    r"\b(?:you (?:may|might|can|could)|optional(?:ly)?|if you (?:like|wish|want)"
    r"|consider)\b",
    re.IGNORECASE,
)
_OBLIGING = frozenset({Strength.REQUIRED, Strength.DO_NOT})


def too_weak_wording(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.TITLE, Role.PATIENT, Role.NOTE):
        if not isinstance(one.item, ast.Rule):
            continue
        strength = one.item.grounds.strength
        if strength is None or strength not in _OBLIGING:
            continue
        for written, place in one.matches(_OFFERS):
            yield finding(
                TOO_WEAK_WORDING.code,
                f"{one.role.value} of {one.owner} says `{written}`, but its strength is"
                f" `{strength.value}`",
                (one.text, place),
                help_="word it as strongly as the source does, or correct the strength",
                severity=Severity.INFO,
            )


TOO_WEAK_WORDING = LintRule(
    code="GDL540",
    name="too-weak-wording",
    level=Level.INFO,
    says="What must be done is not worded as an offer.",
    find=too_weak_wording,
)


_PROHIBITS = frozenset({Strength.AVOID, Strength.DO_NOT})
_WEAK = frozenset(
    {Strength.MAY, Strength.SHOULD_CONSIDER, Strength.ACCEPTABLE_ALTERNATIVE}
)


def verb_against_strength(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        strength = rule.grounds.strength
        for action in rule.actions:
            reason = None if strength is None else _reason(action, strength)
            if reason is not None and strength is not None:
                yield remark(
                    VERB_AGAINST_STRENGTH.code,
                    f"the strength of `{rule.name.text}` is `{strength.value}`, but its"
                    f" verb {reason}",
                    (text, action),
                    "take the strength from the source, and the verb that says it",
                )


def _reason(action: ast.Action, strength: Strength) -> str | None:
    match action:
        case ast.Exclude(outright=True):
            is_soft = strength in _WEAK or strength is Strength.AVOID
            return "forbids outright" if is_soft else None
        case ast.Exclude() | ast.Withhold():
            return "advises against something" if strength in _WEAK else None
        case ast.Load() | ast.Maintain() | ast.Give() | ast.Route():
            return "advises something" if strength in _PROHIBITS else None
        case ast.Form(excluded=()):
            return "advises something" if strength in _PROHIBITS else None
        case ast.Target() | ast.Check(never_alone=False):
            return "aims at something" if strength in _PROHIBITS else None
        case _:
            return None


VERB_AGAINST_STRENGTH = LintRule(
    code="GDL549",
    name="verb-against-strength",
    level=Level.WARNING,
    says="The verb of a rule and its strength agree.",
    find=verb_against_strength,
)


def silent_but_read(material: Material) -> Iterator[Diagnostic]:
    graph = material.graph
    if graph is None:
        return
    for text, silent in material.each(ast.Silent):
        if silent.text is not None or silent.conditions:
            continue
        for topic in silent.topics:
            fact = material.scope.name(Namespace.FACT, topic.text)
            rules = readers_of(graph, fact).rules
            if rules:
                yield remark(
                    SILENT_BUT_READ.code,
                    f"the guideline is called silent on `{topic.text}`, but `{rules[0]}`"
                    " asks for it",
                    (text, topic),
                    'say what it is silent on: `silent on ... "..."`, or `when ...`',
                )


SILENT_BUT_READ = LintRule(
    code="GDL550",
    name="silent-but-read",
    level=Level.WARNING,
    says="A guideline is silent on what no rule asks for.",
    find=silent_but_read,
)
