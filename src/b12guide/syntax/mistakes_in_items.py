"""Rows of the table of mistakes: names, texts, punctuation and the clauses of an item."""

# ruff: noqa: RUF001, SIM905 - odd dashes, quotes and signs are the mistakes

from __future__ import annotations

import re

from b12guide.syntax.ast import Strength
from b12guide.syntax.mistakes import Found, Mistake
from b12guide.syntax.suggest import STATUSES, STRENGTHS

__all__ = ["CLAUSES", "NAMES", "TEXTS"]

_NAME = r"[A-Za-z_]\w*"
_KINDS = (
    "rule source assumption challenge define invariant implication finding measure choice "
    "event drug test route site guideline part vocabulary"
).split()
_KIND = rf"(?:{'|'.join(_KINDS)})"
_LISTS = frozenset(
    "states cites avoid contraindicated assumes challenged exception silent uses check "
    "withhold values synonyms also given".split()
)


def _joined(found: Found) -> str:
    return re.sub(r"\W+", "_", found["at"].strip().replace("'", "")).strip("_")


def _straight(found: Found) -> str:
    return '"' + found["inside"].replace('"', "") + '"'


def _quoted(found: Found) -> str:
    return '"' + found["at"].rstrip().replace('"', "") + '"'


def _strength(found: Found) -> str | None:
    words = found["at"].strip('"').lower().replace("_", " ").split()
    if words[:2] == ["should", "not"]:
        return "avoid"
    if "not" in words or "never" in words:
        return "do not"
    return next((STRENGTHS[word] for word in words if word in STRENGTHS), None)


def _status(found: Found) -> str | None:
    return STATUSES.get(found["word"].lower())


TEXTS: tuple[Mistake, ...] = (
    Mistake(
        code="GDL131",
        pattern=r"(?P<at>[“”„«»](?P<inside>[^“”„«»\"\n]*)[“”„«»\"]?)",
        message="the quotation marks are not the plain ones",
        help='write `"` before and after the text',
        fix=_straight,
        examples=("because “the source says so”", "because „so“"),
    ),
    Mistake(
        code="GDL131",
        pattern=r"(?P<at>(?<!\w)'(?P<inside>[^\n]*)'(?!\w))",
        message="the text stands in single quotation marks",
        help='write `"` before and after the text',
        fix=_straight,
        examples=("because 'the source says so'",),
    ),
    Mistake(
        code="GDL131",
        pattern=r"(?P<at>`(?P<inside>[^`\n]*)`)",
        message="the text stands in backticks",
        help='write `"` before and after a text, and nothing around a name',
        examples=("when `diabetes`",),
    ),
    Mistake(
        code="GDL132",
        pattern=r"\b(?:by|link)\s+(?P<at>[^\"\s,][^\"\n,]*)",
        message="the text has no quotation marks",
        help='write `"` before and after the text',
        fix=_quoted,
        clauses=frozenset({"by", "link"}),
        examples=(
            'source s "S"\n    by Praxis, 2026',
            'source s "S"\n    link https://x.org',
        ),
    ),
    Mistake(
        code="GDL134",
        pattern=r"(?P<at>//+|/\*+|<!--|--+(?=\s|$)|;;+)",
        message="`{at}` does not begin a comment",
        help="write `#`",
        fix="#",
        examples=("// monthly doses", "when diabetes // or else", "-- monthly doses"),
    ),
    Mistake(
        code="GDL133",
        pattern=r"(?P<at>\s*(?:-+>|→|⇒))",
        message="`{at}` has no meaning here",
        help="put what is done on a line of its own, such as `form mecobalamin`",
        examples=("when diabetes -> form mecobalamin",),
    ),
)

NAMES: tuple[Mistake, ...] = (
    Mistake(
        code="GDL135",
        pattern=r"(?P<at>\b(?P<a>[A-Z]+\d+)\s*(?:-|–|to|\.\.)\s*(?P<b>[A-Z]*\d+))",
        message="`{at}` is not how several statements are named",
        help="name each of them, with commas between them",
        clauses=_LISTS,
        examples=("states S01-S03", "states S01 to S03"),
    ),
    Mistake(
        code="GDL135",
        pattern=r"(?P<at>\b(?P<a>[A-Z]+\d+)\s*[-–]\s*(?P<b>[A-Z]+\d+))",
        message="the range `{at}` is written with a hyphen",
        help="write `{fix}`",
        fix=lambda found: f"{found['a']} to {found['b']}",
        clauses=frozenset({"statements"}),
        examples=("guideline g2\n    statements S01-S03",),
    ),
    Mistake(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>\d\w*)",
        message="the name `{at}` begins with a digit",
        help="begin it with a letter, such as `{fix}`",
        fix=lambda found: f"r{found['at']}",
        edits=False,
        examples=("rule 2nd_dose\n    form mecobalamin",),
    ),
    Mistake(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>{_NAME}(?:[-./&+][\w]+|'s?\w*)+)",
        message="the name `{at}` has a character in it that no name may have",
        help="write `{fix}`",
        fix=_joined,
        examples=(
            "rule loading-dose\n    form mecobalamin",
            'finding crohn\'s "Crohn"',
        ),
    ),
    Mistake(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>{_NAME}(?:[ \t]+(?!(?:as|when|by|and|or)\b){_NAME})+)"
        r"[ \t]*(?=\"|$)",
        message="the name `{at}` has more than one word",
        help="write `{fix}`",
        fix=_joined,
        examples=(
            "rule loading dose\n    form mecobalamin",
            'rule loading dose "Loading"\n    form mecobalamin',
        ),
    ),
    Mistake(
        code="GDL121",
        pattern=rf"(?P<at>\b{_NAME}(?:-[A-Za-z_0-9]\w*)+)",
        message="the name `{at}` has a hyphen in it",
        help="write `{fix}`",
        fix=_joined,
        examples=("when gait-disturbance", "avoid vitamin-b12"),
    ),
    Mistake(
        code="GDL120",
        pattern=rf"^[ \t]*(?P<at>{_KIND})(?=[ \t]*(?:\"|$))",
        message="no name stands after `{at}`",
        help="write a name of one word after it, with `_` between its parts",
        examples=('rule "Loading"\n    form mecobalamin', "rule\n    when diabetes"),
    ),
    Mistake(
        code="GDL120",
        pattern=rf"^[ \t]*example\s+(?P<at>{_NAME}(?:[ \t]+{_NAME})*)[ \t]*$",
        message="an example is called by a text in quotation marks",
        help='write `"{at}"`',
        fix=lambda found: f'"{found["at"]}"',
        examples=("example a_first_one\n    given diabetes",),
    ),
)

CLAUSES: tuple[Mistake, ...] = (
    Mistake(
        code="GDL133",
        pattern=r"(?P<at>\s*[;{}\[\]])",
        message="`{at}` has no meaning here",
        help="leave it out; each clause begins with its own word",
        fix="",
        examples=("when diabetes;", "rule other {\n    when diabetes"),
    ),
    Mistake(
        code="GDL160",
        pattern=rf"strength[ \t]+(?P<at>(?!(?:{'|'.join(each.value for each in Strength)})[ \t]*$)"
        r"\"?[A-Za-z0-9_][\w \t-]*\"?)",
        message="`{at}` is not a strength",
        help="write `{fix}`",
        fix=_strength,
        edits=False,
        otherwise="write one of " + ", ".join(f"`{each.value}`" for each in Strength),
        clauses=frozenset({"strength"}),
        examples=(
            "strength must",
            "strength strong",
            'strength "should"',
            "strength should not",
            "strength must not",
        ),
    ),
    Mistake(
        code="GDL161",
        pattern=r"status\s+(?P<at>\"?(?P<word>\w+)[^\n#]*)",
        message="`{at}` is not a status",
        help="write `{fix}`",
        fix=_status,
        edits=False,
        otherwise="write `submitted`, `under review`, or `approved by` with name, date and digest",
        clauses=frozenset({"status"}),
        examples=("guideline g2\n    status draft", "guideline g2\n    status final"),
    ),
    Mistake(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>then[ \t]+)(?=\w)",
        message="`then` does not begin a clause of a rule",
        help="leave it out; what is done has its own line",
        fix="",
        clauses=frozenset({"when", "exception", "rule"}),
        examples=("when diabetes\n    then form mecobalamin",),
    ),
    Mistake(
        code="GDL125",
        pattern=r"(?P<at>[ \t]+then\b[ \t]*)",
        message="`then` does not stand between a condition and what is done",
        help="put what is done on a line of its own, without `then`",
        fix="\n    ",
        clauses=frozenset({"when"}),
        examples=("when diabetes then form mecobalamin",),
    ),
    Mistake(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>else(?:\s+if)?|elif|elseif|otherwise)\b",
        message="a rule has no `{at}`",
        help="write a second rule, and make the first one an `exception to` it",
        examples=("when diabetes\n    else form mecobalamin",),
    ),
    Mistake(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>unless)\b",
        message="a rule has no clause `unless`",
        help="write `and not` in its condition, or a second rule with `exception to`",
        examples=("when diabetes\n    unless nephropathy",),
    ),
    Mistake(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>except(?:\s+(?:when|if|for))?)\b",
        message="a rule has no clause `{at}`",
        help="write `and not` in its condition, or a second rule with `exception to`",
        examples=("when diabetes\n    except when nephropathy",),
    ),
    Mistake(
        code="GDL126",
        pattern=rf"\b(?P<at>exception)\s+(?=(?!to\b){_NAME})",
        message="`to` is missing after `exception`",
        help="write `exception to`",
        fix="exception to",
        clauses=frozenset({"exception"}),
        examples=("exception maintenance",),
    ),
    Mistake(
        code="GDL133",
        pattern=r"\b(?:given\b[^\n]*?)\w+(?P<at>\s*[=:]\s*)",
        message="a fact of an example is not followed by `{at}`",
        help="write the fact, then its value, such as `egfr 35 mL/min`",
        fix=" ",
        clauses=frozenset({"given"}),
        examples=('example "e"\n    given egfr = 35 mL/min',),
    ),
    Mistake(
        code="GDL133",
        pattern=r"(?P<at>[ \t]*:=?)",
        message="`{at}` has no meaning here",
        help="leave it out; each clause begins with its own word",
        fix="",
        examples=(
            "when: diabetes",
            "rule other:\n    when diabetes",
            "strength: should",
        ),
    ),
    Mistake(
        code="GDL133",
        pattern=rf"^[ \t]*{_NAME}[ \t]*(?P<at>=[ \t]*)",
        message="`{at}` does not stand after the first word of a clause",
        help="leave it out",
        fix="",
        examples=("strength = should", "cites = injections"),
    ),
    Mistake(
        code="GDL135",
        pattern=r"(?P<at>,)\s*(?=\n|$|\Z)",
        message="nothing stands after the comma",
        help="leave it out, or go on with the list",
        fix="",
        examples=("states S01,\n    strength should", "avoid mecobalamin,"),
    ),
    Mistake(
        code="GDL135",
        pattern=r"(?<=[\w\"])(?P<at>[ \t]+(?:and[ \t]+|[&;][ \t]*)?)"
        rf"(?=(?!(?:and|or)\b){_NAME}|\")",
        message="no comma stands between the parts of a list",
        help="write a comma",
        fix=", ",
        clauses=_LISTS,
        in_lists=True,
        stops_parser=True,
        examples=("states S01 S02", "avoid mecobalamin and cyanocobalamin"),
    ),
    Mistake(
        code="GDL135",
        pattern=rf"\b(?:form|route)\s+{_NAME}(?:\s+or\s+{_NAME})*"
        r"(?P<at>[ \t]*(?:,|/|\band\b)[ \t]*)(?!not\b)(?=[A-Za-z_])",
        message="`{at}` does not stand between alternatives",
        help="write `or`",
        fix=" or ",
        examples=(
            "form mecobalamin, hydroxocobalamin",
            "route oral and nasal",
            'example "e"\n    expect form mecobalamin, hydroxocobalamin',
        ),
    ),
)
