"""What authors want to say and version 1 of the language cannot: one table, and who looks in it.

An author does not know what the language lacks. Without this table the parser would take "at most"
or "as needed" for a slip of the pen and advise on the word before it. Each row names the words of a
wish, the nearest that can be said, and why not more. The table is `grammar/wishes.toml`;
`docs/cannot-be-said.md` is the same as a page, and a test holds the two together.

A row is only asked where something failed already: where the parser stopped, or at a name or unit
that means nothing. So a fact called `stop_date`, `check hb at least every 6 months` and
`once daily` stay what they are, and a vocabulary that declares a drug `max` has it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache

from attrs import field, frozen

from b12guide import resources
from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax import scan
from b12guide.text import Span, Text

LANGUAGE = "version 1 of the language"

_STAND_FOR = {
    # Numbers begin where digits begin, and are short: a text of nothing but digits is soon read.
    "N": r"(?<![\d.])\d{1,9}(?:\.\d{1,9})?",
    "SOME": r"(?:(?<![\d.])\d{1,9}|two|three|four|five|six|seven|eight|nine|ten|several)",
    "NAME": r"[A-Za-z_]\w*",
    "TIME": r"(?:(?:minute|min|hour|day|week|month|year|trimester)s?|hrs?|wks?|mths?|yrs?"
    r"|h|d|wk|yr)",
    # What begins an action: the start of its line, or what may stand before a verb.
    "VERB": r"(?:^ ?|\b(?:may|expect(?: no)?) )",
}
_ASKING = frozenset(
    {"when", "scope", "define", "silent", "implies", "implication", "unless"}
)
_WITHIN = {
    "DOSING": frozenset({"load", "maintain", "give"}),
    "CHECKING": frozenset({"check"}),
    "DRUGS": frozenset({"avoid", "contraindicated", "withhold"}),
    "ASKING": _ASKING,
    "FACTS": _ASKING | {"given", "target"},
    "HEADS": scan.HEADERS | scan.HEADER_CLAUSES,
    "DECLARED": scan.DECLARATIONS | {"unit", "plausible", "synonyms", "code", "values"},
}


@frozen(kw_only=True)
class Wish:
    """One row: something that cannot be said. The head of `wishes.toml` explains the fields."""

    about: str
    says: str
    pattern: str = field(repr=False)
    within: frozenset[str] = frozenset()
    nearest: str
    why: str
    fix: str | None = None
    examples: tuple[str, ...]
    is_last: bool = False


@cache
def wishes() -> tuple[Wish, ...]:
    """The rows, read on need: nearly every guideline is read without a wish in it."""
    chapters = tomllib.loads(resources.read("grammar", "wishes.toml"))
    return tuple(
        Wish(
            **row
            | {
                "about": about,
                "pattern": re.sub(
                    r"\{([A-Z]+)\}", lambda m: _STAND_FOR[m[1]], row["pattern"]
                ),
                "within": frozenset[str]().union(
                    *(_WITHIN.get(word, {word}) for word in row.get("within", ()))
                ),
                "examples": tuple(row["examples"]),
            }
        )
        for about, rows in chapters.items()
        for row in rows
    )


def wished(
    text: Text, characters: str, start: int, end: int, *, is_last: bool = False
) -> Diagnostic | None:
    """GDL165: the wish that stands between two offsets, or reaches there, if there is one.

    Args:
        text: What the places of the diagnostic count in.
        characters: The text as it was read, of the same length.
        start: Where the word begins that was read last, or that means nothing.
        end: Where the word ends that could not stand there.
        is_last: Whether only those are asked that are asked last.
    """
    # The clauses from that of `start` to that of `end`, as far as they are near.
    first = max(start - _FAR, 0)
    for begins in _BEGINS.finditer(characters, first, start + 1):
        first = begins.start()
    last = min(end + _FAR, len(characters))
    after = _BEGINS.search(characters, max(end, first + 1), last)
    window = Span(first, last if after is None else after.start())
    masked = scan.masked(characters[window.start : window.end])
    near = max(start - window.start - _NEAR, 0), end - window.start + _NEAR
    # By where they stand, the words that clauses begin with; the last one before counts.
    found = {}
    for word in _WORD.finditer(masked):
        if word.group() in _CLAUSE_WORDS:
            found[word.start()] = word.group()
        elif word.group() == "as" and "naming" in found.values():
            found[word.start()] = "define"
        if word.group() == "define":
            found[word.start()] = "naming"
    clauses = found
    for wish in wishes():
        if wish.is_last is not is_last:
            continue
        if wish.within and wish.within.isdisjoint(clauses.values()):
            continue
        for match in _compiled(wish.pattern).finditer(masked, *near):
            span = Span(*match.span("at"))
            if wish.within and _last_before(clauses, span.start) not in wish.within:
                continue
            if not _is_part_of_a_name(masked, span):
                span = span.shifted(window.start)
                if span.start <= end and span.end >= start and span.start < span.end:
                    words = " ".join(text.slice(span).split())
                    fix = _one_dose(match) if wish.fix == "one dose" else None
                    edit = Edit(text=text, span=span, replacement=fix or "")
                    nearest = wish.nearest.replace("{at}", words)
                    return Diagnostic(
                        code="GDL165",
                        message=f"{LANGUAGE} cannot say `{words}`",
                        labels=(Label(text=text, span=span),),
                        notes=(wish.why,),
                        help=(
                            Help(
                                message=f"nearest: {nearest}",
                                edits=() if fix is None else (edit,),
                            ),
                        ),
                    )
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.replace(" ?", r"[\t\x20]*").replace(" ", r"[\t\x20]+")
    return re.compile(pattern, re.MULTILINE | re.IGNORECASE)


def wished_instead(found: Diagnostic) -> Diagnostic:
    """The wish behind a name or quantity that means nothing, or else what was found."""
    place = found.place
    if place is None or found.code not in _MEANS_NOTHING:
        return found
    text, end = place.text, place.span.end
    if found.code in _MEANS_SOMETHING_ELSE:  # what follows the name is at fault
        end += len(text.characters[end:]) - len(text.characters[end:].lstrip()) + 1
    return wished(text, text.characters, place.span.start, end) or found


_MEANS_SOMETHING_ELSE = frozenset({"GDL301", "GDL316"})
_MEANS_NOTHING = _MEANS_SOMETHING_ELSE | {
    *("GDL202", "GDL203", "GDL205", "GDL228", "GDL307", "GDL310", "GDL312")
}

_BEGINS = re.compile(
    rf"^[ \t\f]*(?:{'|'.join(sorted(scan.STARTERS))})(?!\w)", re.MULTILINE
)
_NEAR = 200
"""How far from the failure a wish is looked for."""
_FAR = 1000
"""How far from it its clause is looked for."""

_WORD = re.compile(r"[A-Za-z_]\w*")
# A word of a clause may be one of a wish as well: "increase by 25 mg".
_CLAUSE_WORDS = (scan.STARTERS | {"never", "always", "unless"}) - {"by", "code"}


def _last_before(clauses: Mapping[int, str], offset: int) -> str:
    before = [word for at, word in clauses.items() if at < offset]
    return before[-1] if before else ""


def _is_part_of_a_name(masked: str, span: Span) -> bool:
    """Whether it is `low` in a name that was written `low-platelets`."""
    before, after = masked[: span.start][-2:], masked[span.end :][:2]
    return bool(re.match(r"-\w", after) or re.match(r"\w-", before))


def _one_dose(match: re.Match[str]) -> str | None:
    """`once`, where nothing else is said of how often."""
    rest = match.string[match.end() :].split("\n", 1)[0].strip()
    return "once" if not rest or rest.startswith(("then ", "or ")) else None
