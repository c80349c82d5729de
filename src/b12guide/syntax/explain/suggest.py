"""What an author may have meant: first by meaning, then by spelling."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

# Words that authors bring along, with the words of the language that mean the same.
_MEANINGS = {
    "if": "when",
    "where": "when",
    "whenever": "when",
    "condition": "when",
    "given": "when",
    "criteria": "when",
    "applies": "when",
    "cite": "cites",
    "citation": "cites",
    "citations": "cites",
    "reference": "cites",
    "references": "cites",
    "ref": "cites",
    "source": "cites",
    "sources": "cites",
    "evidence": "cites",
    "statement": "states",
    "statements": "states",
    "id": "states",
    "encodes": "states",
    "reason": "because",
    "rationale": "because",
    "why": "because",
    "explanation": "because",
    "since": "because",
    "advice": "patient",
    "leaflet": "patient",
    "override": "exception to",
    "overrides": "exception to",
    "except": "exception to",
    "supersedes": "exception to",
    "extends": "exception to",
    "contraindicate": "contraindicated",
    "contraindicates": "contraindicated",
    "contraindication": "contraindicated",
    "forbid": "contraindicated",
    "forbidden": "contraindicated",
    "recommend": "form",
    "recommended": "form",
    "prefer": "form",
    "preferred": "form",
    "use": "form",
    "offer": "form",
    "choose": "form",
    "drug": "form",
    "start": "load",
    "initiate": "load",
    "initial": "load",
    "loading": "load",
    "dose": "load",
    "treat": "load",
    "maintenance": "maintain",
    "continuation": "continue",
    "administer": "give",
    "prescribe": "give",
    "add": "give",
    "supplement": "give",
    "discontinue": "stop",
    "switch": "change",
    "referral": "refer",
    "hold": "withhold",
    "delay": "withhold",
    "monitor": "check",
    "monitoring": "check",
    "test": "check",
    "measure": "check",
    "screen": "check",
    "follow": "check",
    "technique": "inject",
    "injection": "inject",
    "via": "route",
    "goal": "target",
    "aim": "target",
    "remark": "note",
    "comment": "note",
    "warning": "note",
    "level": "strength",
    "quality": "certainty",
    "assume": "assumes",
    "assuming": "assumes",
    "date": "revised",
    "updated": "revised",
    "import": "uses",
    "imports": "uses",
    "include": "uses",
    "using": "uses",
    "population": "scope",
    "definition": "define",
    "let": "define",
    "def": "define",
    "ask": "asks",
    "question": "asks",
    "alias": "synonyms",
    "aliases": "synonyms",
    "synonym": "synonyms",
    "units": "unit",
    "range": "plausible",
    "codes": "code",
    "snomed": "code",
    "loinc": "code",
    "value": "values",
    "options": "values",
    "symptom": "finding",
    "quantity": "measure",
    "medication": "drug",
    "lab": "test",
    "author": "by",
    "authors": "by",
    "url": "link",
    "doi": "link",
    "recommendation": "rule",
    "case": "example",
    "patient": "given",
    "expects": "expect",
    "expected": "expect",
    "should": "expect",
    "assert": "expect",
}

STRENGTHS = {
    "must": "required",
    "shall": "required",
    "mandatory": "required",
    "always": "required",
    "strong": "required",
    "recommended": "should",
    "recommend": "should",
    "moderate": "should",
    "consider": "should consider",
    "can": "may",
    "could": "may",
    "optional": "may",
    "weak": "may",
    "conditional": "may",
    "alternative": "acceptable alternative",
    "acceptable": "acceptable alternative",
    "never": "do not",
    "contraindicated": "do not",
    "not": "do not",
    "fact": "claim",
    "statement": "claim",
}

STATUSES = {
    "draft": "submitted",
    "new": "submitted",
    "proposed": "submitted",
    "reviewed": "under review",
    "review": "under review",
    "pending": "under review",
}


def keyword(word: str, candidates: Collection[str]) -> tuple[str, ...]:
    """The words among `candidates` that may have been meant, the likeliest first.

    >>> keyword("if", {"when", "form"})
    ('when',)
    >>> keyword("shoud", {"should", "form"})
    ('should',)
    """
    lower = word.lower()
    meant = _MEANINGS.get(lower)
    if meant and meant.split()[0] in candidates:
        return (meant,)
    if lower in candidates:
        return (lower,)
    close = get_close_matches(lower, sorted(candidates), n=1, cutoff=0.7)
    return tuple(close)


def spelt_like(word: str, candidates: Collection[str]) -> str | None:
    """The word among `candidates` that differs from `word` by a slip of the pen.

    >>> spelt_like("untl", {"until", "unless"})
    'until'
    """
    close = get_close_matches(word.lower(), sorted(candidates), n=1, cutoff=0.8)
    return close[0] if close else None
