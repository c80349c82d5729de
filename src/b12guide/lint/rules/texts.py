"""Titles, reasons and texts for patients: they are there, finished, and in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic
from b12guide.lint.conditions import owner_of
from b12guide.lint.material import (
    Level,
    Material,
    Role,
    finding,
    lint_rule,
    said,
    said_again,
)
from b12guide.syntax import ast
from b12guide.text import Text


@lint_rule("GDL522", Level.WARNING)
def missing_title(material: Material) -> Iterator[Diagnostic]:
    """Guidelines, rules and definitions have a title."""
    for file in material.files:
        without = [
            (f"the {header.kind} `{header.name.text}`", header.name)
            for header in file.headers
            if header.title is None and header.kind in {"guideline", "vocabulary"}
        ]
        without += [
            (owner_of(item), item.name)
            for item in file.items
            if isinstance(item, ast.Rule | ast.Definition) and item.title is None
        ]
        for owner, name in without:
            yield finding(
                f"{owner} has no title, so people are shown its name",
                (file.text, name),
                f'write the title after the name: `{name.text} "..."`',
            )


_WORDLESS = "rules have no words for the patient"
_UNREASONED = "rules do not say why"


def _advising(material: Material) -> Iterator[tuple[Text, ast.Rule]]:
    """The rules that advise something: notes and claims say what they say, and no more."""
    for text, rule in material.each(ast.Rule):
        is_note = any(isinstance(action, ast.Note) for action in rule.actions)
        if not is_note and rule.grounds.strength is not ast.Strength.CLAIM:
            yield text, rule


@lint_rule("GDL523", Level.WARNING, needs_review=True, of_many=_WORDLESS)
def missing_patient_text(material: Material) -> Iterator[Diagnostic]:
    """A rule that advises something says what it means for the patient."""
    for text, rule in _advising(material):
        if rule.grounds.patient is None:
            yield finding(
                f"the rule `{rule.name.text}` has no words for the patient",
                (text, rule.name),
                'say the same in plain words: `patient "..."`',
            )


@lint_rule("GDL552", Level.WARNING)
def silence_without_patient_text(material: Material) -> Iterator[Diagnostic]:
    """A silence says what it means for the patient."""
    for text, silent in material.each(ast.Silent):
        if silent.grounds.patient is None:
            topic = silent.topics[0]
            yield finding(
                f"the silence on `{topic.text}` has no words for the patient",
                (text, topic),
                'say neutrally what the guideline leaves open: `patient "..."`',
            )


@lint_rule("GDL524", Level.INFO, needs_review=True, of_many="rules do not say why")
def missing_reason(material: Material) -> Iterator[Diagnostic]:
    """A rule that advises something says why."""
    for text, rule in _advising(material):
        if rule.grounds.because is None:
            yield finding(
                f"the rule `{rule.name.text}` does not say why",
                (text, rule.name),
                'give the reason: `because "..."`',
            )


@lint_rule("GDL525", Level.INFO)
def missing_section(material: Material) -> Iterator[Diagnostic]:
    """Where rules name their section of the source, all do."""
    rules = tuple(material.each(ast.Rule))
    without = [(text, rule) for text, rule in rules if rule.grounds.section is None]
    if len(without) == len(rules):
        return
    for text, rule in without:
        yield finding(
            f"the rule `{rule.name.text}` does not say under which heading it stands",
            (text, rule.name),
            'other rules do: `section "..."`',
        )


@lint_rule("GDL529", Level.WARNING)
def duplicate_title(material: Material) -> Iterator[Diagnostic]:
    """Rules, definitions and examples have titles of their own."""
    titles = (
        one
        for one in said(material, Role.TITLE)
        if isinstance(one.item, ast.Rule | ast.Definition | ast.Example)
    )
    for first, again in said_again(titles, lambda one: type(one.item)):
        yield finding(
            f"{first.owner} has this title as well",
            (again.text, again.prose),
            others=((first.text, first.prose, "the first one"),),
            help_="say what is special about each",
        )


@lint_rule("GDL541", Level.WARNING)
def same_patient_text(material: Material) -> Iterator[Diagnostic]:
    """Each rule has words of its own for the patient."""
    texts = said(material, Role.PATIENT)
    for first, again in said_again(texts, lambda one: one.role):
        yield finding(
            f"{again.owner} says to the patient what {first.owner} says",
            (again.text, again.prose),
            others=((first.text, first.prose, "the same words"),),
            help_="say what is special about each: one page may show both",
        )


_LEFT = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC|XXX)\b|\?{2,}|\blorem ipsum\b|^\s*(?:\.{2,}|\u2026|-+)?\s*$"
)


@lint_rule("GDL545", Level.WARNING)
def placeholder(material: Material) -> Iterator[Diagnostic]:
    """No text is left to be written."""
    for one in said(material):
        for written, place in one.matches(_LEFT):
            what = f"`{written.strip()}`" if written.strip() else "nothing"
            yield finding(
                f"{one.role.value} of {one.owner} is still to be written: it says {what}",
                (one.text, place),
            )
            break


_TITLES = frozenset({Role.TITLE, Role.LABEL, Role.SECTION})
_ENDS = (".", "!", "?", ".)", '."', "\u2026")


@lint_rule("GDL546", Level.INFO)
def punctuation(material: Material) -> Iterator[Diagnostic]:
    """Titles end without a full stop, sentences with one."""
    for one in said(material):
        written = one.prose.text.rstrip()
        is_title, whose = one.role in _TITLES, f"{one.role.value} of {one.owner}"
        if is_title and re.search(r"(?<!\.)\.$|[,;:]$", written):
            yield finding(
                f"{whose} ends with `{written[-1]}`",
                (one.text, one.prose),
                "leave it out: it is no sentence",
            )
        elif not is_title and written and not written.endswith(_ENDS):
            yield finding(
                f"{whose} does not end as a sentence does",
                (one.text, one.prose),
                "end it with a full stop",
            )


_MOST = 30
"""In words; half as many again as writing guides advise."""

_END = re.compile(r"[.!?:;]\s+")


@lint_rule("GDL542", Level.INFO)
def long_sentence(material: Material) -> Iterator[Diagnostic]:
    """Sentences for patients are short."""
    for one in said(material, Role.PATIENT):
        longest = max(len(part.split()) for part in _END.split(one.prose.text))
        if longest > _MOST:
            yield finding(
                f"the text for patients of {one.owner} has a sentence of {longest} words",
                (one.text, one.prose),
                f"make two of it; up to {_MOST} words are easily read",
            )


_PLAIN: Mapping[str, str] = {
    "renal": "kidney",
    "hepatic": "liver",
    "e?GFR": "how well the kidneys filter",
    "intramuscular(?:ly)?": "into a muscle",
    "IM": "into a muscle",
    "subcutaneous(?:ly)?": "under the skin",
    "intravenous(?:ly)?": "into a vein",
    "contraindicated": "not to be used",
    "administer(?:ed)?": "give",
    "prophyla(?:xis|ctic)": "prevention",
    "asymptomatic": "without symptoms",
    "par(?:a)?esthesias?": "tingling",
    "neuropathy": "nerve damage",
    "nephropathy": "kidney disease",
    "malabsorption": "poor absorption",
    "ileal|ileum": "the last part of the small bowel",
    "resection": "removal",
    "replet(?:e|ed|ion)": "filled stores",
    "serum": "blood",
    "efficacy": "effect",
    "comorbidit(?:y|ies)": "other diseases",
    "b\\.?i\\.?d|t\\.?i\\.?d|p\\.?r\\.?n": "how often, in words",
}
_JARGON = tuple(
    (re.compile(rf"\b(?:{word})\b", 0 if word.isupper() else re.IGNORECASE), plain)
    for word, plain in _PLAIN.items()
)


@lint_rule("GDL543", Level.WARNING)
def jargon(material: Material) -> Iterator[Diagnostic]:
    """Texts for patients are in plain words."""
    for one in said(material, Role.PATIENT):
        for pattern, plain in _JARGON:
            for written, place in one.matches(pattern):
                yield finding(
                    f"{one.owner} says `{written}` to the patient",
                    (one.text, place),
                    f"in plain words: {plain}",
                )
