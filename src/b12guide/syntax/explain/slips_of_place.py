"""Rows of the table of mistakes: right words in the wrong place. They are asked first of all.

A schedule told in another order, a verb that was left out or another word before it, quotation
marks around a name. What is known of these mistakes is the whole clause, so that no other row and
no wish should take a part of it for something else.
"""

# ruff: noqa: RUF001 - odd blanks, quotes and signs are the mistakes
from __future__ import annotations

import re

from b12guide.syntax.explain.slips import Rewrite, Slip, SlipFound

_N = r"\d{1,9}(?:\.\d{1,9})?"
_NAME = r"[A-Za-z_]\w*"
_UNIT = r"(?:[µμ]g|mcg|ug|mg|g|IU|iu|units?)"
_DOSE = rf"(?<![\w.]){_N}(?:[ \t]+to[ \t]+{_N})?[ \t]*{_UNIT}\b"
_ROUTE = r"(?:IM|SC|PO|IV|oral|orally|intramuscular|subcutaneous|intravenous|nasal|im|sc|po|iv)\b"
_TIME = r"(?:days?|weeks?|months?|years?)"
_OFTEN = (
    r"(?:daily|weekly|monthly|yearly|on[ \t]+alternate[ \t]+days"
    rf"|every[ \t]+(?:{_N}[ \t]+(?:to[ \t]+{_N}[ \t]+)?)?{_TIME}"
    rf"|(?:{_N}[ \t]+times|once|twice)[ \t]+(?:per[ \t]+\w+|daily|weekly|monthly|yearly))\b"
)
_GIVING = r"(?:load|maintain|give)"
_VERB = (
    r"(?:load|maintain|give|form|avoid|contraindicated|route|withhold|check|inject|target"
    r"|continue|note)\b"
)
_DOSING = frozenset({"load", "maintain", "give", "may", "expect", "never", "invariant"})
_ASKING = frozenset({"when", "scope", "define", "silent", "implies", "implication"})
_ENDS = r"(?=[ \t]*$)"

_SIGNS = {
    "⩽": "<=", "≦": "<=", "⪅": "<=", "⩾": ">=", "≧": ">=", "⪆": ">=",
    "‹": "<", "≪": "<", "«": "<", "›": ">", "≫": ">", "»": ">",
}  # fmt: skip
_PARTS_OF_TIME = {"7": "days", "52": "weeks", "12": "months"}
_UNITS_OF = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}
_UNITS_OF |= {"annually": "year"}
_WAYS = {"mouth": "oral", "muscle": "intramuscular", "vein": "intravenous"}
_WAYS |= {"skin": "subcutaneous"}
_WAYS |= {
    f"{way}{how}": way
    for way in ("intramuscular", "intravenous", "subcutaneous")
    for how in ("", " injection", " infusion", " route")
}
_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)


def _date(found: SlipFound, month: str, day: str) -> str:
    return f"{found['y']}-{int(found[month]):02}-{int(found[day]):02}"


def _dated(found: SlipFound) -> str | None:
    """The day, where only one reading of it is on the calendar."""
    year, month, day = found["y"], found["m"], found["d"]
    if not month.isdigit():
        month = str(_MONTHS.index(month[:3].lower()) + 1)
    elif int(month) > 12:
        month, day = day, month
    elif "." not in found["at"] and int(day) <= 12 and day != month:
        return None
    return f"{year}-{int(month):02}-{int(day):02}" if int(month) <= 12 else None


def _unquoted(found: SlipFound) -> str | None:
    said = found["at"].strip('"').strip()
    return said if re.fullmatch(r"[\w µμ./%,-]+", said) else None


def _after(verb: str) -> tuple[str, Rewrite]:
    return "write `{fix}`", lambda found: f"{verb} {found['at']}"


_DOSE_VERBS = (_after("load"), _after("maintain"), _after("give"))

PLACES: tuple[Slip, ...] = (
    # ---- numbers and dates
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>\d{1,3}(?:[ '’\u00a0\u2009\u202f]\d{3})+)(?![\w.,])",
        message="the number `{at}` has signs or blanks between its thousands",
        fix=lambda found: re.sub(r"\D", "", found["at"]),
        examples=("load 1 000 µg IM", "load 1'000 µg IM", "load 1\u202f000 µg IM"),
    ),
    Slip(
        code="GDL162",
        pattern=r"(?<![\w.-])(?P<at>(?P<d>\d{1,2})(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})"
        r")(?![\w-])",
        message="`{at}` is not how a date is written",
        fix=_dated,
        choices=(
            (
                "write `{fix}` if the day stands first",
                lambda found: _date(found, "m", "d"),
            ),
            (
                "write `{fix}` if the month stands first",
                lambda found: _date(found, "d", "m"),
            ),
        ),
        examples=(
            "guideline g2\n    revised 24.2.2026",
            "guideline g2\n    revised 24-02-2026",
        ),
    ),
    Slip(
        code="GDL162",
        pattern=r"(?<![\w.])(?P<at>(?P<d>\d{1,2})\.?[ \t]+(?P<m>(?i:jan"
        r"|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?[ \t]+(?P<y>\d{4}))",
        message="`{at}` is not how a date is written",
        fix=_dated,
        examples=("guideline g2\n    revised 24 February 2026",),
    ),
    Slip(
        code="GDL162",
        pattern=r"(?<![\w.-])(?P<at>(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d))(?!"
        r"[\w.-])",
        message="`{at}` is not how a date is written",
        fix=lambda found: f"{found['y']}-{found['m']}-{found['d']}",
        clauses=frozenset({"revised", "status", "given"}),
        examples=("guideline g2\n    revised 20260224",),
    ),
    # ---- signs
    Slip(
        code="GDL141",
        pattern=r"(?P<at>[⩽≦⪅⩾≧⪆‹›≪≫])",
        message="`{at}` is not a comparison of the language",
        fix=lambda found: _SIGNS[found["at"]],
        examples=("when egfr ⩾ 50 mL/min", "when egfr ‹ 50 mL/min"),
    ),
    Slip(
        code="GDL141",
        pattern=r"(?P<at>(?P<sign>[<>])[ \t]+=)",
        message="`{at}` has a blank in it",
        fix=lambda found: f"{found['sign']}=",
        examples=("when egfr < = 50 mL/min",),
    ),
    Slip(
        code="GDL133",
        pattern=r"\bprinted[ \t]+as[ \t]+(?P<at>(?!\d+[ \t]*(?:inferred[ \t]*)?$)[^\d\n]*(?P<n"
        r">\d+)[\])\".a-z]*)",
        message="`{at}` is not how the printed number is written",
        help="write `{n}`",
        fix=lambda found: found["n"],
        clauses=frozenset({"printed"}),
        examples=(
            'source s "S"\n    printed as [1]',
            'source s "S"\n    printed as (1)',
            'source s "S"\n    printed as ref 1',
        ),
    ),
    Slip(
        code="GDL135",
        pattern=r"\bby[ \t]+\"_*\"(?P<at>[ \t]*\(?(?P<y>(?:19|20)\d\d)\)?)",
        message="no comma stands between the authors and the year",
        help="write `, {y}`",
        fix=lambda found: f", {found['y']}",
        clauses=frozenset({"by"}),
        examples=(
            'source s "S"\n    by "Praxis" 2024',
            'source s "S"\n    by "Praxis" (2024)',
        ),
    ),
    Slip(
        code="GDL169",
        pattern=r"(?:^[ \t]*(?:(?:may|expect|no)[ \t]+)*(?:load|maintain|give|form|avoid|route"
        r"|contraindicated|withhold|check|when|target|continue|states|cites|assumes|inject)"
        r"|\b(?:not|and|or|of))[ \t]+(?P<at>\"_*\")",
        message="quotation marks stand around what is no text",
        fix=_unquoted,
        otherwise="write it in the words of the language, without quotation marks",
        examples=(
            'load "1000 µg IM daily"',
            'form "mecobalamin"',
            'check "serum_b12"',
            'when "diabetes"',
        ),
    ),
    Slip(
        code="GDL132",
        pattern=rf"^[ \t]*(?:source|assumption|challenge)[ \t]+{_NAME}[ \t]+(?P<at>[A-Za-z]"
        rf"[^\"\n]*?\"?)[ \t]*$",
        message="the text has no quotation marks",
        help='write `"` before and after the text',
        fix=lambda found: '"' + found["at"].strip('"') + '"',
        examples=(
            "source nice NICE guideline on B12",
            "assumption T1 Weeks are seven days",
        ),
    ),
    Slip(
        code="GDL126",
        pattern=rf"^[ \t]*define[ \t]+{_NAME}(?:[ \t]+\"_*\")?\s+(?P<at>(?!as\b)(?:not"
        rf"|any|all|none|{_NAME}))(?![^\n]*\bas\b)",
        message="`as` is missing before the condition",
        fix=lambda found: f"as {found['at']}",
        examples=("define d\n    diabetes and nephropathy", 'define d "D" diabetes'),
    ),
    Slip(
        code="GDL132",
        pattern=r"\b(?:because|patient|section|note)\s+(?P<at>[^\"\s“”„«»'`].*)$",
        message="the text has no quotation marks",
        help='write `"` before and after the text',
        fix=lambda found: '"' + found["at"].rstrip().replace('"', "") + '"',
        clauses=frozenset({"because", "patient", "section", "note"}),
        examples=("because the source says so", "note Ask again"),
    ),
    # ---- what is said in other words
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\bonce[ \t]+or[ \t]+twice)(?=[ \t]+(?:daily|weekly"
        r"|monthly|yearly|per\b))",
        message="`{at}` is not how a frequency is written",
        fix="1 to 2 times",
        examples=("load 1000 µg IM once or twice daily",),
    ),
    Slip(
        code="GDL154",
        pattern=rf"(?P<at>(?P<n>{_N})[ \t]+days[ \t]+(?:an?|per|each|every)[ \t]+week\b)",
        message="`{at}` is not how a frequency is written",
        fix=lambda found: f"{found['n']} times per week",
        clauses=_DOSING,
        examples=("load 1000 µg IM 5 days a week",),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\bat[ \t]+least[ \t]+(?:once[ \t]+(?:an?|per"
        r"|every|each)[ \t]+(?P<unit>day|week|month|year)|(?P<ly>daily"
        r"|weekly|monthly|yearly|annually)))\b",
        message="`{at}` is not how a longest interval is written",
        fix=lambda found: f"at least every {found['unit'] or _UNITS_OF[found['ly']]}",
        clauses=frozenset({"check", "expect"}),
        examples=(
            "check serum_b12 at least once a year",
            "check serum_b12 at least yearly",
        ),
    ),
    Slip(
        code="GDL155",
        pattern=rf"(?:{_DOSE}|{_ROUTE}|{_OFTEN})[ \t]+(?P<at>[x×][ \t]*(?P<n>\d{{1,3}}))(?="
        rf"[ \t]*$)",
        message="`{at}` is not how a number of doses is written",
        fix=lambda found: (
            "for 1 dose" if found["n"] == "1" else f"for {found['n']} doses"
        ),
        clauses=_DOSING,
        examples=("load 1000 µg IM x 2", "load 1000 µg IM daily x6"),
    ),
    Slip(
        code="GDL155",
        pattern=rf"{_OFTEN}[ \t]+(?P<at>once)\b(?![ \t]+(?:daily|weekly|monthly|yearly|per\b))",
        message="`{at}` is a single dose, and has nothing before it that says how often",
        help="write `for 1 dose`, or leave one of the two out",
        clauses=_DOSING,
        examples=("load 1000 µg IM daily once",),
    ),
    Slip(
        code="GDL155",
        pattern=r"(?P<at>\buntil[ \t]+further[ \t]+notice)\b",
        message="`{at}` is not how an unlimited treatment is written",
        help="write `indefinitely`",
        fix="indefinitely",
        clauses=_DOSING,
        examples=("load 1000 µg IM daily until further notice",),
    ),
    Slip(
        code="GDL156",
        pattern=r"(?P<at>\b(?:by[ \t]+(?P<way>mouth|(?:intramuscular|intravenous"
        r"|subcutaneous)(?:[ \t]+(?:injection|infusion|route))?)"
        r"|into[ \t]+(?:the[ \t]+|a[ \t]+)(?P<into>muscle|vein)"
        r"|under[ \t]+the[ \t]+(?P<under>skin))\b)",
        message="the route is written as `{at}`",
        fix=lambda found: _WAYS.get(found["way"] or found["into"] or found["under"]),
        clauses=_DOSING,
        examples=(
            "give folic_acid 5 mg by mouth daily",
            "load 1000 µg by intramuscular injection daily",
            "load 1000 µg into the muscle daily",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\b{_GIVING}[ \t]+(?P<at>either[ \t]+)",
        message="`either` is not needed before schedules",
        help="leave it out; `or` stands between them",
        fix="",
        examples=(
            "give either folic_acid 5 mg oral daily or mecobalamin 1 mg oral daily",
        ),
    ),
    Slip(
        code="GDL135",
        pattern=rf"\b(?:avoid|contraindicated|withhold)[ \t]+{_NAME}(?:[ \t]*,[ \t]*{_NAME})*(?"
        rf"P<at>[ \t]+(?:or|nor)[ \t]+)(?={_NAME})",
        message="no comma stands between the parts of a list",
        help="write a comma",
        fix=", ",
        examples=("avoid mecobalamin or cyanocobalamin",),
    ),
    Slip(
        code="GDL168",
        pattern=rf"^[ \t]*(?P<at>(?:(?:do|should|must|may|can|shall)[ \t]+not"
        rf"|don't|cannot|never)[ \t]+(?:stop|discontinue|interrupt))(?=[ \t]+{_NAME})",
        message="`{at}` has a verb of its own",
        help="write `continue`",
        fix="continue",
        examples=("do not stop b12_treatment", "never stop b12_treatment"),
    ),
    Slip(
        code="GDL148",
        pattern=rf"\btarget[ \t]+{_NAME}[ \t]+(?P<at>(?P<n>{_N}))",
        message="no comparison stands before `{n}`",
        help="",
        choices=(
            ("write `{fix}` for an aim from below", lambda found: f">= {found['n']}"),
            ("write `{fix}` for an aim from above", lambda found: f"<= {found['n']}"),
        ),
        examples=("target homocysteine 10 µmol/L",),
    ),
    # ---- conditions told in other words
    Slip(
        code="GDL144",
        pattern=rf"\b(?:when|and|or|not|as|scope|of)[ \t]+{_NAME}[ \t]+(?P<at>(?P<low>{_N})"
        rf"[ \t]*(?:to|-|–)[ \t]*(?P<high>{_N}))",
        message="`from` is missing before the range `{at}`",
        fix=lambda found: f"from {found['low']} to {found['high']}",
        clauses=_ASKING,
        examples=("when age 18 to 65 years", "when age 18-65 years"),
    ),
    Slip(
        code="GDL148",
        pattern=rf"\b(?:when|and|or|not|as|scope|of)[ \t]+(?!last\b|latest\b"
        rf"|previous\b|first\b|at\b){_NAME}[ \t]+(?P<at>(?P<n>{_N}))(?![\d.])(?![ \t]*("
        rf"?:to\b|-|–|{_TIME}|of\b|or\b|[*+×/]))",
        message="no comparison stands before `{n}`",
        help="",
        choices=(
            ("write `{fix}`", lambda found: f"< {found['n']}"),
            ("write `{fix}`", lambda found: f">= {found['n']}"),
            ("write `{fix}`", lambda found: f"= {found['n']}"),
        ),
        clauses=_ASKING,
        examples=("when egfr 50 mL/min",),
    ),
    Slip(
        code="GDL148",
        pattern=rf"\b(?P<fact>{_NAME})[ \t]*(?:[<>=≤≥]=?)[ \t]*{_N}[ \t]*(?:[^\s\d]\S*[ \t]+)?("
        rf"?:and|or)[ \t]+(?P<at>[<>≤≥]=?)",
        message="no measure stands before `{at}`",
        fix=lambda found: f"{found['fact']} {found['at']}",
        clauses=_ASKING,
        examples=("when egfr > 30 mL/min and < 50 mL/min",),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\b(?:when|scope|as|and|or|not|of)\b[^\n]*?\w[ \t]+(?P<at>as[ \t]+well[ \t]+a"
        rf"s|along[ \t]+with|together[ \t]+with|in[ \t]+combination[ \t]+with"
        rf"|and[ \t]+also|(?<!\bwhen\x20)(?<!\band\x20)(?<!\bor\x20)(?:with"
        rf"|plus))(?=[ \t]+(?:not[ \t]+)?{_NAME})",
        message="`{at}` does not join conditions",
        help="write `and`",
        fix="and",
        clauses=_ASKING,
        examples=(
            "when diabetes with nephropathy",
            "when diabetes as well as nephropathy",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\b(?:when|scope|as|and|or|not|of)\b[^\n]*?\w[ \t]+(?P<at>in[ \t]+the[ \t]+ab"
        rf"sence[ \t]+of|but[ \t]+no|and[ \t]+no|(?<!\bwhen\x20)(?<!\band\x20)(?<!\bor"
        rf"\x20)without)(?=[ \t]+{_NAME})",
        message="`{at}` does not join conditions",
        help="write `and not`",
        fix="and not",
        clauses=_ASKING,
        examples=(
            "when diabetes without nephropathy",
            "when diabetes in the absence of nephropathy",
        ),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\b(?P<fact>{_NAME})[ \t]*[<>=≤≥][^\n]*?\bor(?P<at>[ \t]*,?[ \t]+if[ \t]+not"
        rf"[ \t]+(?:measured|available|known|done)[ \t]*,?)",
        message="`{at}` is not how a second choice is written",
        help="write `or (not {fact} is measured and ...)`",
        clauses=_ASKING,
        examples=("when egfr < 50 mL/min or, if not measured, nephropathy",),
    ),
    Slip(
        code="GDL149",
        pattern=rf"(?P<at>\b(?P<fact>(?!when\b|and\b|or\b|not\b|of\b|as\b"
        rf"|is\b){_NAME})[ \t]+(?:is[ \t]+)?(?:not[ \t]+(?:measured"
        rf"|available|known|recorded|done|tested)|unmeasured|missing"
        rf"|unavailable|unknown|unrecorded))(?=[ \t]*(?:$|\)|,"
        rf"|and\b|or\b))",
        message="`{at}` is not how something that is not on record is written",
        help="write `not {fact} is measured` for a measure, `not {fact} is recorded` for the rest",
        clauses=_ASKING,
        examples=("when egfr not measured", "when egfr unknown and diabetes"),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\b(?!when\b|and\b|or\b|not\b|of\b|as\b|is\b){_NAME}[ \t]+(?P<at>measured"
        rf"|available|recorded|done)(?=[ \t]*(?:$|\)|,|and\b|or\b))",
        message="`is` is missing before `{at}`",
        fix=lambda found: "is recorded" if found["at"] == "recorded" else "is measured",
        clauses=_ASKING,
        examples=("when egfr measured",),
    ),
    Slip(
        code="GDL149",
        pattern=r"^[ \t]*(?P<at>when[ \t]+(?:everyone|everybody|all[ \t]+patients"
        r"|any[ \t]+patient|always|in[ \t]+all[ \t]+(?:cases|patients)"
        r"|true))[ \t]*$",
        message="a rule without a condition applies to every patient",
        help="leave the clause out",
        fix="",
        clauses=frozenset({"when"}),
        examples=(
            "when all patients\n    form mecobalamin",
            "when always\n    form mecobalamin",
        ),
    ),
    Slip(
        code="GDL124",
        pattern=rf"^[ \t]*(?P<at>measure|test|monitor)[ \t]+{_NAME}[ \t]+(?:every"
        rf"|at|once|daily|weekly|monthly|yearly|before|after|until)\b",
        message="no clause begins with `{at}`",
        help="did you mean `check`?",
        fix="check",
        examples=("when diabetes\n    measure serum_b12 every 3 months",),
    ),
    # ---- schedules told in another order
    Slip(
        code="GDL167",
        pattern=rf"\b(?:{_GIVING}|or|then|never|always)[ \t]+(?P<at>(?P<dose>{_DOSE})[ \t]+(?!"
        rf"{_ROUTE})(?P<drug>(?!then\b|or\b|daily\b|weekly\b|monthly\b|yearly\b"
        rf"|every\b|on\b|for\b|until\b|once\b|twice\b)[a-z]\w{{3,}}))(?=[ \t]+(?:"
        rf"{_ROUTE}|{_OFTEN}))",
        message="the drug `{drug}` stands after the dose",
        fix=lambda found: f"{found['drug']} {found['dose']}",
        clauses=_DOSING,
        examples=("load 1000 µg hydroxocobalamin IM daily",),
    ),
    Slip(
        code="GDL167",
        pattern=rf"(?P<at>\b(?P<route>{_ROUTE})[ \t]+(?P<dose>{_DOSE}))",
        message="the route stands before the dose",
        fix=lambda found: f"{found['dose']} {found['route']}",
        clauses=_DOSING,
        examples=(
            "give folic_acid oral 5 mg daily",
            "load hydroxocobalamin IM 1000 µg daily",
        ),
    ),
    Slip(
        code="GDL167",
        pattern=rf"\b{_GIVING}[ \t]+(?P<at>(?P<often>{_OFTEN})[ \t]+(?P<what>(?:{_NAME}[ \t]+)?"
        rf"{_DOSE}(?:[ \t]+{_ROUTE})?))",
        message="how often stands before the dose",
        fix=lambda found: f"{found['what']} {found['often']}",
        clauses=_DOSING,
        examples=("load daily hydroxocobalamin 1000 µg IM", "load daily 1000 µg"),
    ),
    Slip(
        code="GDL167",
        pattern=rf"{_DOSE}[ \t]+(?P<at>(?P<often>{_OFTEN})[ \t]+(?P<route>{_ROUTE}))",
        message="how often stands before the route",
        fix=lambda found: f"{found['route']} {found['often']}",
        clauses=_DOSING,
        examples=("load 1000 µg daily IM", "maintain 1000 µg every 2 months IM"),
    ),
    Slip(
        code="GDL167",
        pattern=rf"(?:{_DOSE}|{_ROUTE}|{_OFTEN})[ \t]+(?P<at>{_N}(?:[ \t]+to[ \t]+{_N})?[ \t]+"
        rf"(?:{_TIME}|doses?)\b)(?![ \t]+(?:apart|later|after|before))",
        message="`for` is missing before `{at}`",
        fix=lambda found: f"for {found['at']}",
        clauses=_DOSING,
        examples=("load 1000 µg IM daily 2 weeks", "load 1000 µg IM daily 6 doses"),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>(?<![\w/])(?P<n>\d{1,2})/(?P<of>52|12|7)(?![\w/]))",
        message="`{at}` is shorthand for a length of time",
        fix=lambda found: f"{found['n']} {_PARTS_OF_TIME[found['of']]}",
        clauses=_DOSING | {"check"},
        examples=("load 1000 µg IM daily for 2/52", "check serum_b12 every 3/12"),
    ),
    # ---- verbs
    Slip(
        code="GDL168",
        pattern=rf"(?P<at>\bform[ \t]+(?:not|no)[ \t]+(?P<names>{_NAME}(?:(?:[ \t]*,[ \t]*"
        rf"|[ \t]+(?:or|and)[ \t]+){_NAME})*))",
        message="`form` names what is used, not what is left out",
        help="write `{fix}`, or `contraindicated` where the source forbids",
        fix=lambda found: (
            "avoid " + re.sub(r"[ \t]+(?:or|and)[ \t]+", ", ", found["names"])
        ),
        examples=(
            "form not cyanocobalamin",
            "form not cyanocobalamin or mecobalamin",
            'example "e"\n    expect form not cyanocobalamin',
        ),
    ),
    Slip(
        code="GDL168",
        pattern=r"\broute[ \t]+(?P<at>(?:not|no)\b)",
        message="`route` names the ways that remain, not those that are left out",
        help="name them, such as `route intramuscular`",
        clauses=frozenset({"route", "may", "expect"}),
        examples=("route not oral",),
    ),
    Slip(
        code="GDL168",
        pattern=r"^[ \t]*(?P<at>(?:do[ \t]+not|don't|never|no)[ \t]+(?P<verb>load"
        r"|maintain)(?:ing)?)\b",
        message="`{at}` is not how a verb is negated",
        fix=lambda found: f"{found['verb']} not needed",
        edits=False,
        examples=("do not load",),
    ),
    Slip(
        code="GDL168",
        pattern=rf"^[ \t]*(?P<at>(?:do[ \t]+not|don't|never|not|no)[ \t]+(?:give"
        rf"|use|prescribe|administer|offer|start|form)|(?:not|no)(?=[ \t]+(?!recommend"
        rf"|monitor|indicat|need|requir|necess|test|check|follow"
        rf"|treatment|dose|loading|maintenance|drug){_NAME}{_ENDS}))(?=[ \t]+{_NAME})",
        message="`{at}` is not how a drug is left out",
        help="write `avoid`, or `contraindicated` where the source forbids",
        fix="avoid",
        examples=("do not give cyanocobalamin", "never use cyanocobalamin"),
    ),
    Slip(
        code="GDL168",
        pattern=rf"\bexpect[ \t]+(?P<at>not|never|don't|without)(?=[ \t]+(?:{_VERB}|question))",
        message="`{at}` is not how an expectation is negated",
        help="write `no`",
        fix="no",
        clauses=frozenset({"expect"}),
        examples=('example "e"\n    expect not load 1000 µg IM daily',),
    ),
    Slip(
        code="GDL170",
        pattern=rf"^[ \t]*(?P<at>(?:should(?:[ \t]+consider)?|must|shall"
        rf"|consider|ought[ \t]+to|can|could|recommend(?:ed)?|offer"
        rf"|prefer)[ \t]+)(?={_VERB})",
        message="`{at}` stands before the verb",
        help="leave it out, and say it under `strength`, such as `strength should`",
        fix="",
        examples=("should load 1000 µg IM daily", "consider load 1000 µg IM daily"),
    ),
    Slip(
        code="GDL170",
        pattern=r"(?P<at>\bmay[ \t]+)(?=(?:avoid|contraindicated|withhold"
        r"|inject|target|continue|note)\b)",
        message="`may` stands before doses, drugs, routes and checks only",
        help="leave it out, and write `strength may`",
        fix="",
        examples=(
            "may target egfr > 60 mL/min",
            "may withhold folic_acid until b12_repleted",
        ),
    ),
    Slip(
        code="GDL126",
        pattern=rf"\bexpect[ \t]+no[ \t]+(?P<at>(?!{_VERB}|may\b|question\b){_NAME}){_ENDS}",
        message="a verb is missing before `{at}`",
        help="",
        choices=(
            (
                "write `{fix}`, where no rule is to name it",
                lambda found: f"form {found['at']}",
            ),
            (
                "write `{fix}`, where no rule is to leave it out",
                lambda f: f"avoid {f['at']}",
            ),
        ),
        clauses=frozenset({"expect"}),
        examples=('example "e"\n    expect no cyanocobalamin',),
    ),
    Slip(
        code="GDL126",
        pattern=rf"\bexpect(?:[ \t]+no)?[ \t]+(?P<at>(?!no\b|{_VERB}|may\b"
        rf"|rule\b|decision\b|question\b|assumption\b|challenge\b"
        rf"|silent\b|conflict\b|scope\b){_NAME}|{_DOSE})(?:(?=[ \t]+{_N})"
        rf"|(?<=\w)(?=[ \t]+{_ROUTE}))",
        message="a verb is missing before `{at}`",
        help="",
        choices=_DOSE_VERBS,
        clauses=frozenset({"expect"}),
        examples=(
            'example "e"\n    expect hydroxocobalamin 1000 µg IM daily',
            'example "e"\n    expect 1000 µg IM daily',
        ),
    ),
    Slip(
        code="GDL126",
        pattern=rf"^[ \t]*(?P<at>(?!(?:or|then|and|not|to|for|at|every"
        rf"|after|until|may|{_VERB})\b){_NAME}(?=[ \t]+{_DOSE})"
        rf"|{_DOSE}(?=[ \t]+(?:{_ROUTE}|{_OFTEN})))",
        message="a verb is missing before `{at}`",
        help="",
        choices=_DOSE_VERBS,
        examples=(
            "when diabetes\n    folic_acid 5 mg oral daily",
            "when diabetes\n    5 mg oral daily",
        ),
    ),
    # ---- conditions
    Slip(
        code="GDL149",
        pattern=rf"(?P<at>\b(?P<fact>(?!and\b|or\b|not\b|when\b|of\b|is\b"
        rf"|as\b){_NAME})[ \t]+not)(?=[ \t]*(?:$|\)|,|and\b|or\b))",
        message="`not` stands after what it negates",
        fix=lambda found: f"not {found['fact']}",
        clauses=_ASKING,
        examples=("when diabetes not", "when diabetes not and nephropathy"),
    ),
    Slip(
        code="GDL149",
        pattern=rf"\bgiven\b[^\n]*?(?P<at>\b(?:no|without|absent)[ \t]+)(?={_NAME})",
        message="`{at}` does not negate a fact",
        help="write `not`",
        fix="not ",
        clauses=frozenset({"given"}),
        examples=('example "e"\n    given b12_deficiency, no diabetes',),
    ),
    Slip(
        code="GDL125",
        pattern=r"\b(?:when|and|or)[ \t]+(?P<at>if[ \t]+)",
        message="`if` is not needed in a condition",
        help="leave it out",
        fix="",
        clauses=frozenset({"when"}),
        examples=("when if diabetes",),
    ),
    Slip(
        code="GDL125",
        pattern=rf"(?<=\w)(?<!except)(?<!unless)[ \t]+(?P<at>(?:only[ \t]+)?if)(?=[ \t]+(?:not"
        rf"[ \t]+)?{_NAME})",
        message="`{at}` does not join conditions",
        help="write `and`",
        fix="and",
        clauses=frozenset({"when", "define", "scope"}),
        examples=("when diabetes if nephropathy",),
    ),
    Slip(
        code="GDL146",
        pattern=rf"(?<=[\w)])(?P<at>[ \t]*,)(?=[ \t]+not[ \t]+(?:{_NAME}|\())",
        message="a comma does not join conditions",
        help="write `and`",
        fix=" and",
        clauses=frozenset({"when", "scope", "define"}),
        stops_parser=True,
        examples=("when diabetes, not nephropathy",),
    ),
    Slip(
        code="GDL146",
        pattern=rf"(?<=[\w)])[ \t]+(?P<at>not)(?=[ \t]+(?:{_NAME}|\())",
        message="neither `and` nor `or` stands before `not`",
        help="write `and not`",
        fix="and not",
        clauses=frozenset({"when", "scope", "define"}),
        stops_parser=True,
        examples=("when diabetes not nephropathy",),
    ),
    # ---- checks
    Slip(
        code="GDL159",
        pattern=rf"\bcheck\b[^\n]*?(?P<at>\bafter[ \t]+(?P<n>{_N})[ \t]*(?P<unit>{_TIME})\b)",
        message="`after` names an event, not a length of time",
        fix=lambda found: f"at {found['n']} {found['unit']}",
        examples=("check serum_b12 after 4 weeks",),
    ),
    Slip(
        code="GDL167",
        pattern=rf"\bcheck[ \t]+{_NAME}[ \t]+(?P<at>{_N}[ \t]*{_TIME}\b)",
        message="`at` is missing before `{at}`",
        fix=lambda found: f"at {found['at']}",
        examples=("check serum_b12 4 weeks after loading_complete",),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\b(?:every[ \t]+)?(?P<n>(?<![\d.])\d{1,2})[- \t](?P<unit>week"
        r"|month|year)ly\b)",
        message="`{at}` is not how a frequency is written",
        fix=lambda found: f"every {found['n']} {found['unit']}s",
        clauses=_DOSING | {"check"},
        examples=("check serum_b12 3 monthly", "maintain 1000 µg IM 3-monthly"),
    ),
    Slip(
        code="GDL154",
        pattern=rf"\bcheck\b[^\n]*?(?P<at>\b(?:at|in)[ \t]+(?P<unit>day"
        rf"|week|month|year)s?[ \t]+(?P<n>{_N})\b)(?![ \t]*(?:,"
        rf"|and|to))",
        message="`{at}` is not how a time is written",
        fix=lambda found: f"at {found['n']} {found['unit']}s",
        examples=("check serum_b12 at month 3",),
    ),
    Slip(
        code="GDL159",
        pattern=rf"\buntil[ \t]+(?P<at>{_NAME}[ \t]+(?:(?:is|are|has|have"
        rf"|becomes?|reaches|returns?|falls|rises|resolves?|improves?"
        rf"|normali[sz]es?|stabili[sz]es?)\b|[<>=≤≥])[^\n]*)",
        message="`until` names an event, not a condition",
        help="declare an event that says so, such as `event {fix}`, and write `until {fix}`",
        fix=lambda found: re.sub(r"\W+", "_", found["at"]).strip("_").lower(),
        edits=False,
        examples=(
            "check serum_b12 until haemoglobin is normal",
            "load 1000 µg IM daily until haemoglobin > 120 g/L",
        ),
    ),
)
