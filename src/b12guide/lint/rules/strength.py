"""Verbs, wording and silences agree with what the rules say, and how strongly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.query import readers_of
from b12guide.lint.material import (
    Level,
    Material,
    Role,
    Wording,
    finding,
    lint_rule,
    said,
)
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.values.term import Strength

_WORDS_THAT_OBLIGE = re.compile(
    r"\b(?:must|always|never|mandatory|obligatory|required|ha(?:ve|s) to)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(
    r"\b(?:you (?:may|might|can|could)|optional(?:ly)?|if you (?:like|wish|want)"
    r"|consider)\b",
    re.IGNORECASE,
)
_PERMITS = {Strength.MAY, Strength.SHOULD_CONSIDER, Strength.ACCEPTABLE_ALTERNATIVE}
_OBLIGES = {Strength.REQUIRED, Strength.DO_NOT}
_PROHIBITS = {Strength.AVOID, Strength.DO_NOT}


@lint_rule("GDL539", Level.WARNING)
def too_strong_wording(material: Material) -> Iterator[Diagnostic]:
    """What may be done is not worded as what must be."""
    for one, rule in _said_by_rules(material):
        strength = rule.grounds.strength
        if strength is None and any(
            getattr(a, "optional", False) for a in rule.actions
        ):
            strength = Strength.MAY
        if strength in _PERMITS:
            yield from _worded_against(strength, one, _WORDS_THAT_OBLIGE)


@lint_rule("GDL540", Level.INFO)
def too_weak_wording(material: Material) -> Iterator[Diagnostic]:
    """What must be done is not worded as an offer."""
    for one, rule in _said_by_rules(material):
        if rule.grounds.strength in _OBLIGES:
            yield from _worded_against(rule.grounds.strength, one, _OFFERS)


def _said_by_rules(material: Material) -> Iterator[tuple[Wording, ast.Rule]]:
    for one in said(material, Role.TITLE, Role.PATIENT, Role.NOTE):
        if isinstance(one.item, ast.Rule):
            yield one, one.item


def _worded_against(
    strength: Strength, one: Wording, words: re.Pattern[str]
) -> Iterator[Diagnostic]:
    for written, place in one.matches(words):
        yield finding(
            f"{one.role.value} of {one.owner} says `{written}`, but its strength is"
            f" `{strength.value}`",
            (one.text, place),
            "word it as strongly as the source does, or correct the strength",
        )


@lint_rule("GDL549", Level.WARNING)
def verb_against_strength(material: Material) -> Iterator[Diagnostic]:
    """The verb of a rule and its strength agree."""
    for text, rule in material.each(ast.Rule):
        strength = rule.grounds.strength
        for action in rule.actions:
            if strength and (reason := _reason(action, strength)):
                yield finding(
                    f"the strength of `{rule.name.text}` is `{strength.value}`, but its"
                    f" verb {reason}",
                    (text, action),
                    "take the strength from the source, and the verb that says it",
                )


def _reason(action: ast.Action, strength: Strength) -> str:
    """What the verb says against the strength; empty where the two agree."""
    match action:
        case ast.Exclude(outright=True):
            is_soft = strength in _PERMITS or strength is Strength.AVOID
            return "forbids outright" if is_soft else ""
        case ast.Exclude() | ast.Withhold() | ast.DoNotCheck():
            return "advises against something" if strength in _PERMITS else ""
        case ast.Load() | ast.Maintain() | ast.Give() | ast.Route():
            return "advises something" if strength in _PROHIBITS else ""
        case ast.Change() | ast.Refer():
            return "advises something" if strength in _PROHIBITS else ""
        case ast.Form(excluded=()):
            return "advises something" if strength in _PROHIBITS else ""
        case ast.Target() | ast.Check(never_alone=False):
            return "aims at something" if strength in _PROHIBITS else ""
        case _:
            return ""


@lint_rule("GDL550", Level.WARNING)
def silent_but_read(material: Material) -> Iterator[Diagnostic]:
    """A guideline is silent on what no rule asks for."""
    graph = material.graph
    for text, silent in material.each(ast.Silent):
        if graph is None or silent.text is not None or silent.conditions:
            continue
        for topic in silent.topics:
            fact = material.scope.name(Namespace.FACT, topic.text)
            rules = readers_of(graph, fact).rules
            if rules:
                yield finding(
                    f"the guideline is called silent on `{topic.text}`, but `{rules[0]}`"
                    " asks for it",
                    (text, topic),
                    'say what it is silent on: `silent on ... "..."`, or `when ...`',
                )
