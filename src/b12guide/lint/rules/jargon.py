"""GDL543: a word that only professionals use, in a text for patients."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.lint.wording import Role, said
from b12guide.semantics.checks.report import remark

__all__ = ["RULE"]

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


def _find(material: Material) -> Iterator[Diagnostic]:
    for one in said(material, Role.PATIENT):
        for pattern, plain in _JARGON:
            for written, place in one.matches(pattern):
                yield remark(
                    RULE.code,
                    f"{one.owner} says `{written}` to the patient",
                    (one.text, place),
                    f"in plain words: {plain}",
                )


RULE = LintRule(
    code="GDL543",
    name="jargon",
    level=Level.WARNING,
    says="Texts for patients are in plain words.",
    find=_find,
)
