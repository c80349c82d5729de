"""Titles, reasons and texts for patients: they are there, finished, and in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic, Severity
from b12guide.lint.material import (
    Level,
    LintRule,
    Material,
    Role,
    Wording,
    owner_of,
    said,
    said_again,
)
from b12guide.semantics.checks.report import finding, remark
from b12guide.syntax import ast
from b12guide.text import Text


def missing_title(material: Material) -> Iterator[Diagnostic]:
    for file in material.files:
        for header in file.headers:
            if header.title is None and header.kind in {"guideline", "vocabulary"}:
                kind = f"the {header.kind} `{header.name.text}`"
                yield _without_title(kind, file.text, header.name)
        for item in file.items:
            if isinstance(item, ast.Rule | ast.Definition) and item.title is None:
                yield _without_title(owner_of(item), file.text, item.name)


def _without_title(owner: str, text: Text, name: ast.Name) -> Diagnostic:
    return remark(
        MISSING_TITLE.code,
        f"{owner} has no title, so people are shown its name",
        (text, name),
        f'write the title after the name: `{name.text} "..."`',
    )


MISSING_TITLE = LintRule(
    code="GDL522",
    name="missing-title",
    level=Level.WARNING,
    says="Guidelines, rules and definitions have a title.",
    find=missing_title,
)


def missing_patient_text(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        if rule.grounds.patient is None:
            yield remark(
                MISSING_PATIENT_TEXT.code,
                f"the rule `{rule.name.text}` has no words for the patient",
                (text, rule.name),
                'say the same in plain words: `patient "..."`',
            )


MISSING_PATIENT_TEXT = LintRule(
    code="GDL523",
    name="missing-patient-text",
    level=Level.WARNING,
    says="A rule says what it means for the patient.",
    find=missing_patient_text,
)


def silence_without_patient_text(material: Material) -> Iterator[Diagnostic]:
    for text, silent in material.each(ast.Silent):
        if silent.grounds.patient is None:
            topic = silent.topics[0]
            yield remark(
                SILENCE_WITHOUT_PATIENT_TEXT.code,
                f"the silence on `{topic.text}` has no words for the patient",
                (text, topic),
                'say neutrally what the guideline leaves open: `patient "..."`',
            )


SILENCE_WITHOUT_PATIENT_TEXT = LintRule(
    code="GDL552",
    name="silence-without-patient-text",
    level=Level.WARNING,
    says="A silence says what it means for the patient.",
    find=silence_without_patient_text,
)


def missing_reason(material: Material) -> Iterator[Diagnostic]:
    for text, rule in material.each(ast.Rule):
        if rule.grounds.because is None:
            yield finding(
                MISSING_REASON.code,
                f"the rule `{rule.name.text}` does not say why",
                (text, rule.name),
                help_='give the reason: `because "..."`',
                severity=Severity.INFO,
            )


MISSING_REASON = LintRule(
    code="GDL524",
    name="missing-reason",
    level=Level.INFO,
    says="A rule says why.",
    find=missing_reason,
)


def missing_section(material: Material) -> Iterator[Diagnostic]:
    rules = tuple(material.each(ast.Rule))
    without = [(text, rule) for text, rule in rules if rule.grounds.section is None]
    if len(without) == len(rules):
        return
    for text, rule in without:
        yield finding(
            MISSING_SECTION.code,
            f"the rule `{rule.name.text}` does not say under which heading it stands",
            (text, rule.name),
            help_='other rules do: `section "..."`',
            severity=Severity.INFO,
        )


MISSING_SECTION = LintRule(
    code="GDL525",
    name="missing-section",
    level=Level.INFO,
    says="Where rules name their section of the source, all do.",
    find=missing_section,
)


def duplicate_title(material: Material) -> Iterator[Diagnostic]:
    titles = (
        one
        for one in said(material, Role.TITLE)
        if isinstance(one.item, ast.Rule | ast.Definition | ast.Example)
    )
    for first, again in said_again(titles, lambda one: type(one.item)):
        yield finding(
            DUPLICATE_TITLE.code,
            f"{first.owner} has this title as well",
            (again.text, again.prose),
            others=((first.text, first.prose, "the first one"),),
            help_="say what is special about each",
            severity=Severity.WARNING,
        )


DUPLICATE_TITLE = LintRule(
    code="GDL529",
    name="duplicate-title",
    level=Level.WARNING,
    says="Rules, definitions and examples have titles of their own.",
    find=duplicate_title,
)


def same_patient_text(material: Material) -> Iterator[Diagnostic]:
    texts = said(material, Role.PATIENT)
    for first, again in said_again(texts, lambda one: one.role):
        yield finding(
            SAME_PATIENT_TEXT.code,
            f"{again.owner} says to the patient what {first.owner} says",
            (again.text, again.prose),
            others=((first.text, first.prose, "the same words"),),
            help_="say what is special about each: one page may show both",
            severity=Severity.WARNING,
        )


SAME_PATIENT_TEXT = LintRule(
    code="GDL541",
    name="same-patient-text",
    level=Level.WARNING,
    says="Each rule has words of its own for the patient.",
    find=same_patient_text,
)


_LEFT = re.compile(
    r"\b(?:TODO|FIXME|TBD|TBC|XXX)\b|\?{2,}|\blorem ipsum\b|^\s*(?:\.{2,}|\u2026|-+)?\s*$",
)


def placeholder(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        for written, place in one.matches(_LEFT):
            what = f"`{written.strip()}`" if written.strip() else "nothing"
            yield remark(
                PLACEHOLDER.code,
                f"{one.role.value} of {one.owner} is still to be written: it says {what}",
                (one.text, place),
            )
            break


PLACEHOLDER = LintRule(
    code="GDL545",
    name="placeholder",
    level=Level.WARNING,
    says="No text is left to be written.",
    find=placeholder,
)


_TITLES = frozenset({Role.TITLE, Role.LABEL, Role.SECTION})
_ENDS = (".", "!", "?", ".)", '."', "\u2026")


def punctuation(material: Material) -> Iterator[Diagnostic]:
    for one in said(material):
        written = one.prose.text.rstrip()
        if not written:
            continue
        if one.role in _TITLES:
            if written.endswith((".", ",", ";", ":")) and not written.endswith(".."):
                message = f"{one.role.value} of {one.owner} ends with `{written[-1]}`"
                yield _badly_ended(message, one, "leave it out: it is no sentence")
        elif not written.endswith(_ENDS):
            message = f"{one.role.value} of {one.owner} does not end as a sentence does"
            yield _badly_ended(message, one, "end it with a full stop")


def _badly_ended(message: str, one: Wording, remedy: str) -> Diagnostic:
    place = (one.text, one.prose)
    return finding(
        PUNCTUATION.code, message, place, help_=remedy, severity=Severity.INFO
    )


PUNCTUATION = LintRule(
    code="GDL546",
    name="punctuation",
    level=Level.INFO,
    says="Titles end without a full stop, sentences with one.",
    find=punctuation,
)


_MOST = 30
"""In words; half as many again as writing guides advise."""

_END = re.compile(r"[.!?:;]\s+")


def long_sentence(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.PATIENT):
        longest = max(len(part.split()) for part in _END.split(one.prose.text))
        if longest > _MOST:
            yield finding(
                LONG_SENTENCE.code,
                f"the text for patients of {one.owner} has a sentence of {longest} words",
                (one.text, one.prose),
                help_=f"make two of it; up to {_MOST} words are easily read",
                severity=Severity.INFO,
            )


LONG_SENTENCE = LintRule(
    code="GDL542",
    name="long-sentence",
    level=Level.INFO,
    says="Sentences for patients are short.",
    find=long_sentence,
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


def jargon(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.PATIENT):
        for pattern, plain in _JARGON:
            for written, place in one.matches(pattern):
                yield remark(
                    JARGON.code,
                    f"{one.owner} says `{written}` to the patient",
                    (one.text, place),
                    f"in plain words: {plain}",
                )


JARGON = LintRule(
    code="GDL543",
    name="jargon",
    level=Level.WARNING,
    says="Texts for patients are in plain words.",
    find=jargon,
)
