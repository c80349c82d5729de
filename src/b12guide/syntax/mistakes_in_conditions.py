"""Rows of the table of mistakes: conditions."""

# ruff: noqa: RUF001 - odd dashes, quotes and signs are the mistakes

from __future__ import annotations

from b12guide.syntax.mistakes import Found, Mistake

__all__ = ["CONDITIONS"]

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_NAME = r"[A-Za-z_]\w*"
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


def _sign(found: Found) -> str:
    return _IN_WORDS[" ".join(found["words"].split())]


def _truth(found: Found) -> str:
    affirmed = found["value"].lower() in {"true", "yes", "present", "positive"}
    return found["fact"] if affirmed else f"not {found['fact']}"


CONDITIONS: tuple[Mistake, ...] = (
    Mistake(
        code="GDL141",
        pattern=rf"(?P<at>\b(?P<fact>{_NAME})\s*(?:={{1,3}}|:)\s*"
        r"(?P<value>[tT]rue|[fF]alse|TRUE|FALSE|yes|no|present|absent|positive|negative)\b)",
        message="a fact is not compared with `{value}`",
        help="write `{fix}`",
        fix=_truth,
        clauses=_ASKING,
        examples=("when diabetes = true", "when diabetes == False"),
    ),
    Mistake(
        code="GDL141",
        pattern=rf"(?P<at>(?<![!<>=])={{1,3}})(?=\s*{_NAME})",
        message="the value of a choice is not compared with `{at}`",
        help="write `is`",
        fix="is",
        clauses=_ASKING,
        examples=("when bariatric_procedure = roux_en_y", "when cobalamin_gene == MTR"),
    ),
    Mistake(
        code="GDL141",
        pattern=r"(?P<at>(?<![!<>])===?)",
        message="`{at}` is not a comparison of the language",
        help="write `=`",
        fix="=",
        examples=("when age == 18 years",),
    ),
    Mistake(
        code="GDL141",
        pattern=r"(?P<at>=(?P<sign>[<>]))",
        message="`{at}` is not a comparison of the language",
        help="write `{fix}`",
        fix=lambda found: f"{found['sign']}=",
        examples=("when age => 18 years", "when egfr =< 50 mL/min"),
    ),
    Mistake(
        code="GDL141",
        pattern=rf"(?P<at>!==?|<>|≠|/=)(?=\s*{_NAME})",
        message="`{at}` is not a comparison of the language",
        help="write `is not`",
        fix="is not",
        examples=("when bariatric_procedure != roux_en_y",),
    ),
    Mistake(
        code="GDL141",
        pattern=r"(?P<at>!==?|<>|≠|/=)",
        message="`{at}` is not a comparison of the language",
        help="write `<` or `>`, or `not` before the condition",
        examples=("when age != 18 years",),
    ),
    Mistake(
        code="GDL141",
        pattern=r"(?P<at>&&|\|\||[&|∧∨])",
        message="`{at}` does not join conditions",
        help="write `{fix}`",
        fix=lambda found: _CONNECTIVES[found["at"]],
        examples=("when diabetes && nephropathy", "when diabetes || nephropathy"),
    ),
    Mistake(
        code="GDL141",
        pattern=r"(?P<at>[!¬]\s*)(?=[A-Za-z_(])",
        message="`{at}` does not negate a condition",
        help="write `not`",
        fix="not ",
        examples=("when !diabetes",),
    ),
    Mistake(
        code="GDL147",
        pattern=rf"(?P<at>(?P<low>{_NUMBER})\s*(?:<=|≤)\s*(?P<fact>{_NAME})\s*(?:<=|≤)"
        rf"\s*(?P<high>{_NUMBER}))",
        message="a fact stands between two comparisons in `{at}`",
        help="write `{fix}`",
        fix=lambda found: f"{found['fact']} from {found['low']} to {found['high']}",
        examples=("when 25 <= platelets <= 50 x10^9/L",),
    ),
    Mistake(
        code="GDL147",
        pattern=rf"(?P<at>{_NUMBER}\s*(?:<=?|≤)\s*{_NAME}\s*(?:<=?|≤)\s*{_NUMBER})",
        message="a fact stands between two comparisons in `{at}`",
        help="write two comparisons with `and` between them, each with the fact first",
        examples=("when 25 < platelets <= 50 x10^9/L",),
    ),
    Mistake(
        code="GDL147",
        pattern=rf"(?P<at>(?<![\w.])(?P<n>{_NUMBER})\s*(?:[a-zA-Zµμ%/]+\s*)?[<>=≤≥]=?\s*{_NAME})",
        message="the number stands before the fact in `{at}`",
        help="write the fact first, then the comparison, then the number",
        clauses=_ASKING,
        examples=("when 18 < age", "when 50 mL/min > egfr"),
    ),
    Mistake(
        code="GDL144",
        pattern=rf"(?P<at>\b(?:in\s+the\s+range|in\s+range|ranging|within)(?:\s+of|\s+from)?\s+)"
        rf"(?={_NUMBER})",
        message="a range is not written with `{at}`",
        help="write `from`, the lower number, `to` and the upper number",
        fix="from ",
        clauses=_ASKING,
        examples=("when platelets in the range 25 to 50 x10^9/L",),
    ),
    Mistake(
        code="GDL144",
        pattern=rf"(?P<at>\bis\s+(?=from\s+{_NUMBER}))",
        message="`is` stands before a range",
        help="leave `is` out",
        fix="",
        clauses=_ASKING,
        examples=("when platelets is from 25 to 50 x10^9/L",),
    ),
    Mistake(
        code="GDL142",
        pattern=rf"(?P<at>(?:\b(?:is|are|was)\s+)?\b(?P<words>{_WORDS})\b)(?=\s+{_NUMBER})",
        message="the comparison `{at}` is written in words",
        help="write `{fix}`",
        fix=_sign,
        clauses=_ASKING,
        examples=(
            "when egfr less than 50 mL/min",
            "when egfr is below 50 mL/min",
            "when age is at least 18 years",
            "when age older than 18 years",
        ),
    ),
    Mistake(
        code="GDL143",
        pattern=rf"(?P<at>\b(?:is|are|was|equals?|equal\s+to)\b)(?=\s+{_NUMBER})",
        message="`{at}` stands before a number",
        help="write `=` before a number; `is` is for the value of a choice",
        fix="=",
        examples=("when age is 18 years", "when age equals 18 years"),
    ),
    Mistake(
        code="GDL148",
        pattern=r"(?P<at><=|>=|[<>≤≥])(?!\s*[\d=<>])",
        message="no number stands after `{at}`",
        help="write a number and its unit, such as `{at} 50 mL/min`",
        clauses=_ASKING,
        examples=("when egfr <", "when egfr < mL/min"),
    ),
    Mistake(
        code="GDL149",
        pattern=rf"(?P<at>\b(?:is\s+)?(?:in|one\s+of|among|either)\s*[\[({{]\s*(?P<list>{_NAME}"
        rf"(?:\s*,\s*{_NAME})*)\s*[\])}}])",
        message="`{at}` is not how several values are written",
        help="write `{fix}`",
        fix=lambda found: f"is any of {found['list']}",
        clauses=_ASKING,
        examples=(
            "when cobalamin_gene in (MTR, MTRR)",
            "when cobalamin_gene is in {MTR, MTRR}",
        ),
    ),
    Mistake(
        code="GDL149",
        pattern=rf"(?P<at>\bis\s+(?:one\s+of|in|among|either))(?=\s+{_NAME})",
        message="`{at}` is not how several values are written",
        help="write `is any of` before the values",
        fix="is any of",
        clauses=_ASKING,
        examples=("when cobalamin_gene is one of MTR, MTRR",),
    ),
    Mistake(
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
    Mistake(
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
    Mistake(
        code="GDL149",
        pattern=r"(?P<at>\b(?P<many>any|all|none)\b(?:\s*:)?)(?!\s+of\b)",
        message="`{many}` needs `of` before its list",
        help="write `{fix}`",
        fix=lambda found: f"{found['many']} of",
        clauses=_ASKING,
        examples=("when any numbness, glossitis", "when all: diabetes, nephropathy"),
    ),
    Mistake(
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
    Mistake(
        code="GDL149",
        pattern=r"(?P<at>\b(?:without|absence\s+of|no|lacks|lacking)\s+)(?=[A-Za-z_])",
        message="`{at}` does not negate a condition",
        help="write `not`",
        fix="not ",
        clauses=_ASKING,
        examples=("when without diabetes", "when b12_deficiency and no diabetes"),
    ),
    Mistake(
        code="GDL149",
        pattern=r"(?P<at>\bbut(?:\s+also)?\b(?:(?=\s+not\b))?)",
        message="`{at}` does not join conditions",
        help="write `and`",
        fix="and",
        clauses=_ASKING,
        examples=("when diabetes but not nephropathy",),
    ),
    Mistake(
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
