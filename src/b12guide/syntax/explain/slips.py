"""The table of slips: what authors write instead, what it is called, what to write.

Each row stands beside malformed examples; a test reads every one of them. A row matches the text
around the place where the parser stopped, never the whole file, so that what is right elsewhere
is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax.explain.failure import Failure
from b12guide.syntax.explain.suggest import STATUSES, STRENGTHS
from b12guide.text import Span
from b12guide.values.term import Strength


@frozen(kw_only=True)
class SlipFound:
    """A match of a mistake: its named groups, as the author wrote them, and their places."""

    failure: Failure
    match: re.Match[str]

    @property
    def offset(self) -> int:
        """What is to be added to the places of the match."""
        return self.failure.window.start

    def __getitem__(self, group: str) -> str:
        start, end = self.match.span(group)
        if start < 0:
            return ""
        return self.failure.characters[start + self.offset : end + self.offset]

    @property
    def span(self) -> Span:
        """Where the mistake stands."""
        return Span(*self.match.span("at")).shifted(self.offset)

    @property
    def words(self) -> dict[str, str]:
        """The groups, for the message."""
        return {group: self[group].strip() for group in self.match.groupdict()}


Rewrite: TypeAlias = Callable[[SlipFound], str | None]


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


@frozen(kw_only=True)
class Slip:
    """One row of the table.

    Attributes:
        code: The code of the diagnostic.
        pattern: The mistake; the group `at` is its place, and all groups fill the message.
        message: What is the matter.
        help: What to write; `{fix}` is what `fix` makes.
        fix: What belongs in the place of `at`, where that is certain. Without certainty
            `edits` is false, and the fix is only spoken of.
        otherwise: The help where no `fix` is known.
        choices: Further remedies, each with its edit, where the author has to choose: what to
            say, and what belongs in the place of `at`.
        clauses: The first words of the clauses that the mistake is made in; empty for all.
        in_lists: Whether it is never made in a condition.
        stops_parser: Whether it only counts where the parser stopped at it or right after it.
        examples: Clauses of a rule, or whole items, that have the mistake.
    """

    code: str
    pattern: re.Pattern[str] = field(converter=_pattern)
    message: str
    help: str = "write `{fix}`"
    fix: Rewrite | str | None = None
    edits: bool = True
    otherwise: str = ""
    choices: tuple[tuple[str, Rewrite], ...] = ()
    clauses: frozenset[str] = frozenset()
    in_lists: bool = False
    stops_parser: bool = False
    examples: tuple[str, ...]

    def found_in(self, failure: Failure, *, here: bool) -> SlipFound | None:
        """The match at the place where the parser stopped, or (not `here`) touching it."""
        if self.clauses and failure.keyword not in self.clauses:
            return None
        if self.in_lists and {"AND", "OR"} <= failure.expected:
            return None
        span = failure.span.shifted(-failure.window.start)
        before = failure.before
        from_ = span.start
        if before is not None:
            from_ += (before.start_pos or 0) - failure.span.start
        touching = [
            match
            for match in self.pattern.finditer(failure.masked)
            if match.start() <= span.end and match.end() >= from_
            if not here
            or (match.start("at") < span.end and match.end("at") > span.start)
            if not self.stops_parser or _holds(match, span)
        ]
        if not touching:
            return None
        nearest = min(touching, key=lambda match: abs(match.start("at") - span.start))
        return SlipFound(failure=failure, match=nearest)

    def diagnostic(self, found: SlipFound) -> Diagnostic:
        """What to tell the author."""
        fix = self.fix(found) if callable(self.fix) else self.fix
        text = found.failure.text
        certain = self.edits and fix is not None
        edit = Edit(text=text, span=found.span, replacement=fix or "")
        words = found.words | {"fix": (fix or "").strip()}
        lacks_fix = fix is None and "{fix}" in self.help
        help_ = self.otherwise if lacks_fix else self.help
        remedies = [(help_, (edit,) if certain else ())] if help_ else []
        for said, rewrite in () if certain else self.choices:
            other = rewrite(found)
            if other is not None:
                edits = (Edit(text=text, span=found.span, replacement=other),)
                remedies.append((said.replace("{fix}", other), edits))
        return Diagnostic(
            code=self.code,
            message=self.message.format_map(words),
            labels=(Label(text=text, span=found.span),),
            help=tuple(
                Help(message=said.format_map(words), edits=edits)
                for said, edits in remedies
            ),
        )


def _holds(match: re.Match[str], span: Span) -> bool:
    return match.start("at") <= span.start <= match.end("at") and span.start < span.end


def diagnosed(
    failure: Failure, table: tuple[Slip, ...], *, here: bool = False
) -> Diagnostic | None:
    """What the first row of the table that matches has to say."""
    for mistake in table:
        found = mistake.found_in(failure, here=here)
        if found is not None:
            return mistake.diagnostic(found)
    return None


_NAME = r"[A-Za-z_]\w*"
_KINDS = (
    "rule source assumption challenge define invariant implication finding measure choice "
    "event drug test route site service guideline part vocabulary"
).split()
_KIND = rf"(?:{'|'.join(_KINDS)})"
_LISTS = frozenset(
    "states cites avoid contraindicated assumes challenged exception silent uses check "
    "withhold refer values synonyms also given".split()
)


def _joined(found: SlipFound) -> str:
    return re.sub(r"\W+", "_", found["at"].strip().replace("'", "")).strip("_")


def _straight(found: SlipFound) -> str:
    return '"' + found["inside"].replace('"', "") + '"'


def _strength(found: SlipFound) -> str | None:
    words = found["at"].strip('"').lower().replace("_", " ").split()
    if words[:2] == ["should", "not"]:
        return "avoid"
    if "not" in words or "never" in words:
        return "do not"
    return next((STRENGTHS[word] for word in words if word in STRENGTHS), None)


TEXTS: tuple[Slip, ...] = (
    Slip(
        code="GDL131",
        pattern=r"(?P<at>[“”„«»](?P<inside>[^“”„«»\"\n]*)[“”„«»\"]?)",
        message="the quotation marks are not the plain ones",
        help='write `"` before and after the text',
        fix=_straight,
        examples=("because “the source says so”", "because „so“"),
    ),
    Slip(
        code="GDL131",
        pattern=r"(?P<at>(?<!\w)'(?P<inside>[^\n]*)'(?!\w))",
        message="the text stands in single quotation marks",
        help='write `"` before and after the text',
        fix=_straight,
        examples=("because 'the source says so'",),
    ),
    Slip(
        code="GDL131",
        pattern=r"(?P<at>`(?P<inside>[^`\n]*)`)",
        message="the text stands in backticks",
        help='write `"` before and after a text, and nothing around a name',
        examples=("when `diabetes`",),
    ),
    Slip(
        code="GDL132",
        pattern=r"\b(?:by|link)\s+(?P<at>[^\"\s,][^\"\n,]*)",
        message="the text has no quotation marks",
        help='write `"` before and after the text',
        fix=lambda found: '"' + found["at"].rstrip().replace('"', "") + '"',
        clauses=frozenset({"by", "link"}),
        examples=(
            'source s "S"\n    by Praxis, 2026',
            'source s "S"\n    link https://x.org',
        ),
    ),
    Slip(
        code="GDL134",
        pattern=r"(?P<at>//+|/\*+|<!--|--+(?=\s|$)|;;+)",
        message="`{at}` does not begin a comment",
        help="write `#`",
        fix="#",
        examples=("// monthly doses", "when diabetes // or else", "-- monthly doses"),
    ),
    Slip(
        code="GDL133",
        pattern=r"(?P<at>\s*(?:-+>|→|⇒))",
        message="`{at}` has no meaning here",
        help="put what is done on a line of its own, such as `form mecobalamin`",
        examples=("when diabetes -> form mecobalamin",),
    ),
)

NAMES: tuple[Slip, ...] = (
    Slip(
        code="GDL135",
        pattern=r"(?P<at>\b(?P<a>[A-Z]+\d+)\s*(?:-|–|to|\.\.)\s*(?P<b>[A-Z]*\d+))",
        message="`{at}` is not how several statements are named",
        help="name each of them, with commas between them",
        clauses=_LISTS,
        examples=("states S01-S03", "states S01 to S03"),
    ),
    Slip(
        code="GDL135",
        pattern=r"(?P<at>\b(?P<a>[A-Z]+\d+)\s*[-–]\s*(?P<b>[A-Z]+\d+))",
        message="the range `{at}` is written with a hyphen",
        fix=lambda found: f"{found['a']} to {found['b']}",
        clauses=frozenset({"statements"}),
        examples=("guideline g2\n    statements S01-S03",),
    ),
    Slip(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>\d\w*)",
        message="the name `{at}` begins with a digit",
        help="begin it with a letter, such as `{fix}`",
        fix=lambda found: f"r{found['at']}",
        edits=False,
        examples=("rule 2nd_dose\n    form mecobalamin",),
    ),
    Slip(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>{_NAME}(?:[-./&+][\w]+|'s?\w*)+)",
        message="the name `{at}` has a character in it that no name may have",
        fix=_joined,
        examples=(
            "rule loading-dose\n    form mecobalamin",
            'finding crohn\'s "Crohn"',
        ),
    ),
    Slip(
        code="GDL121",
        pattern=rf"^[ \t]*{_KIND}\s+(?P<at>{_NAME}(?:[ \t]+(?!(?:as|when|by|and|or)\b){_NAME})+)"
        r"[ \t]*(?=\"|$)",
        message="the name `{at}` has more than one word",
        fix=_joined,
        examples=(
            "rule loading dose\n    form mecobalamin",
            'rule loading dose "Loading"\n    form mecobalamin',
        ),
    ),
    Slip(
        code="GDL121",
        pattern=rf"(?P<at>\b{_NAME}(?:-[A-Za-z_0-9]\w*)+)",
        message="the name `{at}` has a hyphen in it",
        fix=_joined,
        examples=("when gait-disturbance", "avoid vitamin-b12"),
    ),
    Slip(
        code="GDL120",
        pattern=rf"^[ \t]*(?P<at>{_KIND})(?=[ \t]*(?:\"|$))",
        message="no name stands after `{at}`",
        help="write a name of one word after it, with `_` between its parts",
        examples=('rule "Loading"\n    form mecobalamin', "rule\n    when diabetes"),
    ),
    Slip(
        code="GDL120",
        pattern=rf"^[ \t]*example\s+(?P<at>{_NAME}(?:[ \t]+{_NAME})*)[ \t]*$",
        message="an example is called by a text in quotation marks",
        help='write `"{at}"`',
        fix=lambda found: f'"{found["at"]}"',
        examples=("example a_first_one\n    given diabetes",),
    ),
)

CLAUSES: tuple[Slip, ...] = (
    Slip(
        code="GDL133",
        pattern=r"(?P<at>\s*[;{}\[\]])",
        message="`{at}` has no meaning here",
        help="leave it out; each clause begins with its own word",
        fix="",
        examples=("when diabetes;", "rule other {\n    when diabetes"),
    ),
    Slip(
        code="GDL160",
        pattern=rf"strength[ \t]+(?P<at>(?!(?:{'|'.join(each.value for each in Strength)})[ \t]*$)"
        r"\"?[A-Za-z0-9_][\w \t-]*\"?)",
        message="`{at}` is not a strength",
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
    Slip(
        code="GDL161",
        pattern=r"status\s+(?P<at>\"?(?P<word>\w+)[^\n#]*)",
        message="`{at}` is not a status",
        fix=lambda found: STATUSES.get(found["word"].lower()),
        edits=False,
        otherwise="write `submitted`, `under review`, or `approved by` with name, date and digest",
        clauses=frozenset({"status"}),
        examples=("guideline g2\n    status draft", "guideline g2\n    status final"),
    ),
    Slip(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>then[ \t]+)(?=\w)",
        message="`then` does not begin a clause of a rule",
        help="leave it out; what is done has its own line",
        fix="",
        clauses=frozenset({"when", "exception", "rule"}),
        examples=("when diabetes\n    then form mecobalamin",),
    ),
    Slip(
        code="GDL125",
        pattern=r"(?P<at>[ \t]+then\b[ \t]*)",
        message="`then` does not stand between a condition and what is done",
        help="put what is done on a line of its own, without `then`",
        fix="\n    ",
        clauses=frozenset({"when"}),
        examples=("when diabetes then form mecobalamin",),
    ),
    Slip(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>else(?:\s+if)?|elif|elseif|otherwise)\b",
        message="a rule has no `{at}`",
        help="write a second rule, and make the first one an `exception to` it",
        examples=("when diabetes\n    else form mecobalamin",),
    ),
    Slip(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>unless)\b",
        message="a rule has no clause `unless`",
        help="write `and not` in its condition, or a second rule with `exception to`",
        examples=("when diabetes\n    unless nephropathy",),
    ),
    Slip(
        code="GDL125",
        pattern=r"^[ \t]*(?P<at>except(?:\s+(?:when|if|for))?)\b",
        message="a rule has no clause `{at}`",
        help="write `and not` in its condition, or a second rule with `exception to`",
        examples=("when diabetes\n    except when nephropathy",),
    ),
    Slip(
        code="GDL126",
        pattern=rf"\b(?P<at>exception)\s+(?=(?!to\b){_NAME})",
        message="`to` is missing after `exception`",
        help="write `exception to`",
        fix="exception to",
        clauses=frozenset({"exception"}),
        examples=("exception maintenance",),
    ),
    Slip(
        code="GDL133",
        pattern=r"\b(?:given\b[^\n]*?)\w+(?P<at>\s*[=:]\s*)",
        message="a fact of an example is not followed by `{at}`",
        help="write the fact, then its value, such as `egfr 35 mL/min`",
        fix=" ",
        clauses=frozenset({"given"}),
        examples=('example "e"\n    given egfr = 35 mL/min',),
    ),
    Slip(
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
    Slip(
        code="GDL133",
        pattern=rf"^[ \t]*{_NAME}[ \t]*(?P<at>=[ \t]*)",
        message="`{at}` does not stand after the first word of a clause",
        help="leave it out",
        fix="",
        examples=("strength = should", "cites = injections"),
    ),
    Slip(
        code="GDL135",
        pattern=r"(?P<at>,)\s*(?=\n|$|\Z)",
        message="nothing stands after the comma",
        help="leave it out, or go on with the list",
        fix="",
        examples=("states S01,\n    strength should", "avoid mecobalamin,"),
    ),
    Slip(
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
    Slip(
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


_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_WORD = r"[A-Za-z_]\w*"
_ASKING = frozenset(
    {
        "when",
        "scope",
        "define",
        "silent",
        "implication",
        "implies",
        "invariant",
        "target",
    }
)

_COMPARISONS = {
    "<": ("less than", "fewer than", "lower than", "below", "under", "younger than"),
    ">": (
        "greater than",
        "more than",
        "higher than",
        "over",
        "above",
        "older than",
        "exceeds",
        "exceeding",
    ),
    "<=": (
        "less than or equal to",
        "at most",
        "no more than",
        "not more than",
        "up to",
    ),
    ">=": ("greater than or equal to", "at least", "no less than", "not less than"),
}
_IN_WORDS = {words: sign for sign, all_ in _COMPARISONS.items() for words in all_}
_WORDS = "|".join(
    words.replace(" ", r"\s+") for words in sorted(_IN_WORDS, key=len, reverse=True)
)
_CONNECTIVES = {"&&": "and", "&": "and", "||": "or", "|": "or", "∧": "and", "∨": "or"}


def _truth(found: SlipFound) -> str:
    affirmed = found["value"].lower() in {"true", "yes", "present", "positive"}
    return found["fact"] if affirmed else f"not {found['fact']}"


_COUNTS = {word: n for n, word in enumerate("two three four five six".split(), 2)}


def _counted_list(found: SlipFound) -> str:
    number = found["word"] or found["least"] or found["number"]
    return f"at least {_COUNTS.get(number, number)} of"


CONDITIONS: tuple[Slip, ...] = (
    Slip(
        code="GDL141",
        pattern=rf"(?P<at>\b(?P<fact>{_WORD})\s*(?:={{1,3}}|:)\s*"
        r"(?P<value>[tT]rue|[fF]alse|TRUE|FALSE|yes|no|present|absent|positive|negative)\b)",
        message="a fact is not compared with `{value}`",
        fix=_truth,
        clauses=_ASKING,
        examples=("when diabetes = true", "when diabetes == False"),
    ),
    Slip(
        code="GDL141",
        pattern=rf"(?P<at>(?<![!<>=])={{1,3}})(?=\s*{_WORD})",
        message="the value of a choice is not compared with `{at}`",
        help="write `is`",
        fix="is",
        clauses=_ASKING,
        examples=("when bariatric_procedure = roux_en_y", "when cobalamin_gene == MTR"),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>(?<![!<>])===?)",
        message="`{at}` is not a comparison of the language",
        help="write `=`",
        fix="=",
        examples=("when age == 18 years",),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>=(?P<sign>[<>]))",
        message="`{at}` is not a comparison of the language",
        fix=lambda found: f"{found['sign']}=",
        examples=("when age => 18 years", "when egfr =< 50 mL/min"),
    ),
    Slip(
        code="GDL141",
        pattern=rf"(?P<at>!==?|<>|≠|/=)(?=\s*{_WORD})",
        message="`{at}` is not a comparison of the language",
        help="write `is not`",
        fix="is not",
        examples=("when bariatric_procedure != roux_en_y",),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>!==?|<>|≠|/=)",
        message="`{at}` is not a comparison of the language",
        help="write `<` or `>`, or `not` before the condition",
        examples=("when age != 18 years",),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>&&|\|\||[&|∧∨])",
        message="`{at}` does not join conditions",
        fix=lambda found: _CONNECTIVES[found["at"]],
        examples=("when diabetes && nephropathy", "when diabetes || nephropathy"),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>[!¬]\s*)(?=[A-Za-z_(])",
        message="`{at}` does not negate a condition",
        help="write `not`",
        fix="not ",
        examples=("when !diabetes",),
    ),
    Slip(
        code="GDL147",
        pattern=rf"(?P<at>(?P<low>{_NUMBER})\s*(?:<=|≤)\s*(?P<fact>{_WORD})\s*(?:<=|≤)"
        rf"\s*(?P<high>{_NUMBER}))",
        message="a fact stands between two comparisons in `{at}`",
        fix=lambda found: f"{found['fact']} from {found['low']} to {found['high']}",
        examples=("when 25 <= platelets <= 50 x10^9/L",),
    ),
    Slip(
        code="GDL147",
        pattern=rf"(?P<at>{_NUMBER}\s*(?:<=?|≤)\s*{_WORD}\s*(?:<=?|≤)\s*{_NUMBER})",
        message="a fact stands between two comparisons in `{at}`",
        help="write two comparisons with `and` between them, each with the fact first",
        examples=("when 25 < platelets <= 50 x10^9/L",),
    ),
    Slip(
        code="GDL147",
        pattern=rf"(?P<at>(?<![\w.])(?P<n>{_NUMBER})\s*(?:[a-zA-Zµμ%/]+\s*)?[<>=≤≥]=?\s*{_WORD})",
        message="the number stands before the fact in `{at}`",
        help="write the fact first, then the comparison, then the number",
        clauses=_ASKING,
        examples=("when 18 < age", "when 50 mL/min > egfr"),
    ),
    Slip(
        code="GDL144",
        pattern=rf"(?P<at>\b(?:in\s+the\s+range|in\s+range|ranging|within)(?:\s+of|\s+from)?\s+)"
        rf"(?={_NUMBER})",
        message="a range is not written with `{at}`",
        help="write `from`, the lower number, `to` and the upper number",
        fix="from ",
        clauses=_ASKING,
        examples=("when platelets in the range 25 to 50 x10^9/L",),
    ),
    Slip(
        code="GDL144",
        pattern=rf"(?P<at>\bis\s+(?=from\s+{_NUMBER}))",
        message="`is` stands before a range",
        help="leave `is` out",
        fix="",
        clauses=_ASKING,
        examples=("when platelets is from 25 to 50 x10^9/L",),
    ),
    Slip(
        code="GDL142",
        pattern=rf"(?P<at>(?:\b(?:is|are|was)\s+)?\b(?P<words>{_WORDS})\b)(?=\s+{_NUMBER})",
        message="the comparison `{at}` is written in words",
        fix=lambda found: _IN_WORDS[" ".join(found["words"].split())],
        clauses=_ASKING,
        examples=(
            "when egfr less than 50 mL/min",
            "when egfr is below 50 mL/min",
            "when age is at least 18 years",
            "when age older than 18 years",
        ),
    ),
    Slip(
        code="GDL143",
        pattern=rf"(?P<at>\b(?:is|are|was|equals?|equal\s+to)\b)(?=\s+{_NUMBER})",
        message="`{at}` stands before a number",
        help="write `=` before a number; `is` is for the value of a choice",
        fix="=",
        examples=("when age is 18 years", "when age equals 18 years"),
    ),
    Slip(
        code="GDL148",
        pattern=r"(?P<at><=|>=|[<>≤≥])(?!\s*[\d=<>])",
        message="no number stands after `{at}`",
        help="write a number and its unit, such as `{at} 50 mL/min`",
        clauses=_ASKING,
        examples=("when egfr <", "when egfr < mL/min"),
    ),
    Slip(
        code="GDL149",
        pattern=rf"(?P<at>\b(?:is\s+)?(?:in|one\s+of|among|either)\s*[\[({{]\s*(?P<list>{_WORD}"
        rf"(?:\s*,\s*{_WORD})*)\s*[\])}}])",
        message="`{at}` is not how several values are written",
        fix=lambda found: f"is any of {found['list']}",
        clauses=_ASKING,
        examples=(
            "when cobalamin_gene in (MTR, MTRR)",
            "when cobalamin_gene is in {MTR, MTRR}",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=rf"(?P<at>\bis\s+(?:one\s+of|in|among|either))(?=\s+{_WORD})",
        message="`{at}` is not how several values are written",
        help="write `is any of` before the values",
        fix="is any of",
        clauses=_ASKING,
        examples=("when cobalamin_gene is one of MTR, MTRR",),
    ),
    Slip(
        code="GDL149",
        pattern=rf"(?P<at>(?:\bat\s+least\s+(?P<word>{'|'.join(_COUNTS)})"
        rf"|(?:\b(?:atleast|min(?:imum)?(?:\s+of)?)|>=|≥)\s*(?P<least>[2-9]|{'|'.join(_COUNTS)})"
        rf"|\b(?:at\s+least\s+)?(?P<number>[2-9]|{'|'.join(_COUNTS)})\s+or\s+more)\s+of\b)",
        message="`{at}` is not how a list is counted",
        fix=_counted_list,
        clauses=_ASKING,
        examples=(
            "when at least two of numbness, glossitis, memory_problem",
            "when 2 or more of numbness, glossitis, memory_problem",
            "when minimum 2 of numbness, glossitis, memory_problem",
            "when >= 2 of numbness, glossitis, memory_problem",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?P<at>\b(?:one|either|any\s+one|at\s+least\s+one|some)\s+of\b)",
        message="`{at}` is not how a list of conditions begins",
        help="write `any of`",
        fix="any of",
        clauses=_ASKING,
        examples=(
            "when one of numbness, paresthesia",
            "when at least one of numbness, glossitis",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?P<at>\b(?:either|both)\s+)(?=[A-Za-z_(])",
        message="`{at}` is not needed before conditions",
        help="leave it out",
        fix="",
        clauses=_ASKING,
        examples=(
            "when either numbness or glossitis",
            "when both diabetes and nephropathy",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?P<at>\b(?P<many>any|all|none)\b(?:\s*:)?)(?!\s+of\b)",
        message="`{many}` needs `of` before its list",
        fix=lambda found: f"{found['many']} of",
        clauses=_ASKING,
        examples=("when any numbness, glossitis", "when all: diabetes, nephropathy"),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?:\b(?:when|scope|as|and|or|not|of)|[(,])\s+(?P<at>(?:(?:the\s+)?patients?\s+"
        r"(?:has|have|having|with|shows?|is|are)(?:\s+an?)?|has|have|having|with|shows?"
        r"|is\s+an?)\s+)(?=[A-Za-z_])",
        message="`{at}` is not needed: a fact is named, and that is all",
        help="leave it out",
        fix="",
        clauses=_ASKING,
        examples=(
            "when has diabetes",
            "when patient has diabetes",
            "when patients with diabetes",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?P<at>\b(?:without|absence\s+of|no|lacks|lacking)\s+)(?=[A-Za-z_])",
        message="`{at}` does not negate a condition",
        help="write `not`",
        fix="not ",
        clauses=_ASKING,
        examples=("when without diabetes", "when b12_deficiency and no diabetes"),
    ),
    Slip(
        code="GDL149",
        pattern=r"(?P<at>\bbut(?:\s+also)?\b(?:(?=\s+not\b))?)",
        message="`{at}` does not join conditions",
        help="write `and`",
        fix="and",
        clauses=_ASKING,
        examples=("when diabetes but not nephropathy",),
    ),
    Slip(
        code="GDL125",
        pattern=r"(?P<at>\b(?:unless|except(?:\s+(?:when|if|for))?)\s+)(?=[A-Za-z_(])",
        message="`{at}` does not belong in a condition",
        help="write `and not`",
        fix="and not ",
        clauses=frozenset({"when", "scope", "define", "silent"}),
        examples=(
            "when diabetes unless nephropathy",
            "when diabetes except if nephropathy",
        ),
    ),
)
