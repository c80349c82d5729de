"""Rows of the table of mistakes: numbers, units, doses and their timing."""

# ruff: noqa: RUF001 - odd dashes, quotes and signs are the mistakes
from __future__ import annotations

from b12guide.syntax.explain.slips import Slip, SlipFound

_UNIT = r"(?:[µμ]g|mcg|ug|mg|g|kg|IU|iu|IE|UI|[uU]nits?|m[lL])"
_ROUTE = r"(?:IM|SC|PO|IV|oral|orally|intramuscular|subcutaneous|intravenous|nasal)\b"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DOSING = frozenset({"load", "maintain", "give", "may", "check", "expect", "never"})

_TIME = {
    "h": "hours", "hr": "hours", "hrs": "hours", "hour": "hours",
    "d": "days", "day": "days", "w": "weeks", "wk": "weeks", "wks": "weeks",
    "week": "weeks", "m": "months", "mo": "months", "mos": "months", "month": "months",
    "y": "years", "yr": "years", "year": "years",
}  # fmt: skip
_IU = {"IE": "IU", "UI": "IU"}
_ADVERB = {"days": "daily", "weeks": "weekly", "months": "monthly", "years": "yearly"}
_COUNTS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}  # fmt: skip
_FREQUENCIES = {
    "bid": "twice daily", "bd": "twice daily", "tid": "3 times daily",
    "tds": "3 times daily", "qid": "4 times daily", "qds": "4 times daily",
    "qd": "daily", "od": "daily", "qod": "on alternate days", "eod": "on alternate days",
    "qw": "weekly", "qwk": "weekly", "qm": "monthly", "q2w": "every 2 weeks",
    "q4w": "every 4 weeks", "q3m": "every 3 months", "fortnightly": "every 2 weeks",
    "quarterly": "every 3 months", "annually": "yearly", "nightly": "daily", "hs": "daily",
}  # fmt: skip


def _unit_of_time(word: str) -> str:
    lower = word.lower()
    return _TIME.get(lower) or _TIME.get(lower.removesuffix("s"), lower)


def _adverb(word: str) -> str:
    units = _unit_of_time(word)
    return _ADVERB.get(units, f"every {units.removesuffix('s')}")


def _every(found: SlipFound) -> str:
    unit = _unit_of_time(found["unit"])
    return f"every {found['n']} {unit}" if found["n"] else f"every {unit[:-1]}"


def _times(found: SlipFound) -> str:
    count = _COUNTS.get(found["n"].lower(), found["n"])
    unit = _unit_of_time(found["unit"].removesuffix("ly").replace("dai", "day"))
    if count in {"1", "once"}:
        return _ADVERB.get(unit, f"once per {unit[:-1]}")
    if count in {"2", "twice"}:
        return f"twice {_ADVERB.get(unit, f'per {unit[:-1]}')}"
    return f"{count} times per {unit[:-1]}"


def _without_commas(found: SlipFound) -> str:
    return found["at"].replace(",", "")


def _decimal_comma(found: SlipFound) -> str | None:
    """As a decimal number, where it can be one: there is no second comma."""
    whole, _, parts = found["at"].partition(",")
    return None if "," in parts else f"{whole}.{parts.rstrip('0') or '0'}"


def _point_for_comma(found: SlipFound) -> str:
    return found["at"].replace(".", "").replace(",", ".")


NUMBERS: tuple[Slip, ...] = (
    Slip(
        code="GDL162",
        pattern=r"(?<![\w.-])(?P<at>(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2}))(?![\w.-])",
        message="`{at}` is not how a date is written",
        help="write the month and the day with two digits: `{fix}`",
        fix=lambda found: f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}",
        clauses=frozenset({"revised", "status", "given"}),
        examples=(
            "guideline g2\n    revised 2026-2-4",
            "guideline g2\n    revised 2026/02/24",
        ),
    ),
    Slip(
        code="GDL162",
        pattern=r"(?<![\w.])(?P<at>\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\s+[A-Z][a-z]+\s+\d{4}"
        r"|[A-Z][a-z]+\s+\d{1,2},?\s+\d{4})",
        message="`{at}` is not how a date is written",
        help="write year, month and day, such as `2026-02-24`",
        examples=(
            "guideline g2\n    revised 02/03/2026",
            "guideline g2\n    revised February 24, 2026",
        ),
    ),
    Slip(
        code="GDL163",
        pattern=r"version\s+(?P<at>\"?v?(?P<n>\d+(?:\.\d+)?)\"?)(?![\w.])",
        message="`{at}` is not a full version",
        help="write three numbers: `{fix}`",
        fix=lambda found: found["n"] + (".0" if "." in found["n"] else ".0.0"),
        clauses=frozenset({"version"}),
        examples=("guideline g2\n    version 1.0", "guideline g2\n    version v2"),
    ),
    Slip(
        code="GDL163",
        pattern=r"version\s+(?P<at>[\"v]\S+)",
        message="`{at}` is not a version",
        help="write three numbers with points between them, such as `1.0.0`",
        clauses=frozenset({"version"}),
        examples=("guideline g2\n    version v1.0.0-beta",),
    ),
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>\d{1,3}(?:\.\d{3})+,\d+)",
        message="the number `{at}` has points between its thousands and a decimal comma",
        fix=_point_for_comma,
        examples=("load 1.000,5 µg IM",),
    ),
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>\d{1,3}(?:,\d{3})+)(?![\d,])",
        message="the number `{at}` has a comma in it",
        help="",
        choices=(
            ("write `{fix}` if the comma parts the thousands", _without_commas),
            ("write `{fix}` if it is a decimal comma", _decimal_comma),
        ),
        examples=("load 1,000 µg IM",),
    ),
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>\d+,\d+)(?![\d,])",
        message="the number `{at}` has a decimal comma",
        fix=_point_for_comma,
        examples=("give folic_acid 0,5 mg orally daily", "when vitamin_d < 0,5 nmol/L"),
    ),
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>\.\d+)",
        message="the number `{at}` has no digit before its point",
        fix=lambda found: f"0{found['at']}",
        examples=("give folic_acid .5 mg orally daily",),
    ),
    Slip(
        code="GDL152",
        pattern=r"(?<![\w.,])(?P<at>(?P<n>\d+)\.)(?![\d.])",
        message="the number `{at}` ends with a point",
        help="write `{n}`",
        fix=lambda found: found["n"],
        examples=("load 1000. µg IM",),
    ),
    Slip(
        code="GDL158",
        pattern=r"(?P<at>[~≈±]|\b(?:ca|approx)\.|\b(?:approximately|approx|circa)\b)(?=\s*\d)",
        message="`{at}` leaves open how much is meant",
        help="write a number, or a range such as `900 to 1100 µg`",
        examples=("load ~1000 µg IM", "when egfr < ca. 50 mL/min"),
    ),
    Slip(
        code="GDL144",
        pattern=rf"\b(?P<at>between\s+(?P<low>{_NUMBER})\s*(?:and|to|-|–)\s*(?P<high>{_NUMBER}))",
        message="a range is not written with `between`",
        fix=lambda found: f"from {found['low']} to {found['high']}",
        examples=("when platelets between 25 and 50 x10^9/L",),
    ),
    Slip(
        code="GDL153",
        pattern=rf"(?<![\w.-])(?P<at>(?P<low>{_NUMBER})\s*(?:[-–—‐‑−]|\.\.+)\s*(?P<high>{_NUMBER}))",
        message="the range `{at}` is written with a hyphen",
        fix=lambda found: f"{found['low']} to {found['high']}",
        examples=(
            "maintain 1000 µg IM every 2-3 months",
            "load 1000–2000 µg IM daily",
            "when platelets from 25 - 50 x10^9/L",
        ),
    ),
    Slip(
        code="GDL151",
        pattern=rf"(?<![\w/])(?P<at>(?P<unit>{_UNIT})\s*(?P<n>{_NUMBER}))(?![\w/])",
        message="the unit stands before the number in `{at}`",
        fix=lambda found: f"{found['n']} {_IU.get(found['unit'], found['unit'])}",
        examples=(
            "load µg 1000 IM daily",
            "give folic_acid mg 5 daily",
            "load IE 1000 IM",
        ),
    ),
)

DOSES: tuple[Slip, ...] = (
    Slip(
        code="GDL153",
        pattern=rf"(?<![\w.])(?P<at>(?P<low>{_NUMBER})\s+(?:or|and|through)\s+(?P<high>{_NUMBER}))"
        r"(?=\s+[a-zµμ])",
        message="a range is not written as `{at}`",
        fix=lambda found: f"{found['low']} to {found['high']}",
        clauses=_DOSING - {"check"},
        examples=("maintain 1000 µg IM every 2 or 3 months",),
    ),
    Slip(
        code="GDL154",
        pattern=rf"(?P<at>\b(?P<dose>{_UNIT})/(?P<unit>day|d|week|wk|w|month|mo|year|yr|y)\b"
        rf"(?P<route>\s+{_ROUTE})?)",
        message="the dose and how often it is given are written as one unit, `{at}`",
        fix=lambda found: f"{found['dose']}{found['route']} {_adverb(found['unit'])}",
        clauses=_DOSING,
        examples=("load 1000 mcg/day", "give folic_acid 5 mg/d orally"),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\b[qQ]\s?(?P<n>\d+)?\s?(?P<unit>hrs?|hours?|h|days?|d|wks?|weeks?|w"
        r"|months?|mos?|m|years?|yrs?|y)\b\.?)",
        message="`{at}` is shorthand for how often",
        fix=_every,
        clauses=_DOSING,
        examples=(
            "maintain 1000 µg IM q2 months",
            "maintain 1000 µg IM q3mo",
            "load 1000 µg q 2 d",
        ),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>(?<![\w.])(?:[bBtTqQ]\.?[iI]\.?[dD]\b\.?|[qQoO]\.?[dD]\b\.?|[qQ]\.?[oO]\.?[dD]\b\.?"
        r"|BD|bd|TDS|tds|QDS|qds|EOD|eod|QW|qw|qwk|QM|qm|HS|hs|fortnightly|quarterly|annually"
        r"|nightly)(?!\w))",
        message="`{at}` is not a word for how often",
        fix=lambda found: _FREQUENCIES.get(found["at"].replace(".", "").lower()),
        clauses=_DOSING,
        examples=(
            "load 1000 µg IM BID",
            "load 1000 µg BID",
            "load 1000 µg IM b.i.d.",
            "load 1000 µg IM qod",
            "maintain 1000 µg IM quarterly",
        ),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\b(?:biweekly|bimonthly|biannually)\b)",
        message="`{at}` can be read in more than one way",
        help="say it in full, such as `twice weekly` or `every 2 weeks`",
        clauses=_DOSING,
        examples=("maintain 1000 µg IM biweekly",),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\b(?P<n>once|twice|\d+|two|three|four|five|six)(?:\s+times)?"
        r"\s+(?:an?|each|every|/)\s*(?P<unit>day|week|month|year)\b)",
        message="`{at}` is not how a frequency is written",
        fix=_times,
        clauses=_DOSING,
        examples=(
            "load 1000 µg IM twice a day",
            "load 1000 µg IM 3 times a week for 2 weeks",
            "load 1000 µg IM once a week",
            "load 1000 µg IM three times a week",
        ),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\b(?P<n>\d+)\s*[x×]\s*(?:/|per|an?)?\s*"
        r"(?P<unit>daily|day|d|weekly|week|wk|monthly|month|mo|yearly|year)\b)",
        message="`{at}` is not how a frequency is written",
        fix=_times,
        clauses=_DOSING,
        examples=("load 1000 µg IM 3x/week for 2 weeks", "load 1000 µg IM 3 x weekly"),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>(?!on\s+alternate\s+days\b)\b(?:on\s+)?(?:every\s+(?:other|second|2nd|alternate)"
        r"\s+days?|alternat(?:e|ing)\s+days?)\b)",
        message="`{at}` is not how every second day is written",
        help="write `on alternate days`",
        fix="on alternate days",
        clauses=_DOSING,
        examples=("load 1000 µg IM every other day", "load 1000 µg IM alternate days"),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>\bevery\s+(?:other|second|2nd)\s+(?P<unit>week|month|year)s?\b)",
        message="`{at}` is not how a frequency is written",
        fix=lambda found: f"every 2 {found['unit']}s",
        clauses=_DOSING,
        examples=("maintain 1000 µg IM every other month",),
    ),
    Slip(
        code="GDL154",
        pattern=r"(?P<at>(?<!\w)(?:per|an?|/|each)\s*(?P<unit>day|week|month|year)\b)",
        message="`{at}` needs a number of times before it",
        fix=lambda found: _adverb(found["unit"]),
        clauses=_DOSING,
        examples=("load 1000 µg per day", "load 1000 µg IM a day"),
    ),
    Slip(
        code="GDL155",
        pattern=r"(?P<at>\b(?:life-?\s?long|for\s?-?ever|for\s+(?:a\s+)?life-?time|permanently"
        r"|permanent|for\s+good|indefinite|ongoing|until\s+death)\b)",
        message="`{at}` is not how an unlimited treatment is written",
        help="write `for life`, or `indefinitely` where the source says so",
        fix="for life",
        clauses=_DOSING | {"continue"},
        examples=(
            "maintain 1000 µg IM every 2 months lifelong",
            "maintain 1000 µg IM monthly for ever",
            "maintain 1000 µg IM monthly forever",
            "maintain 1000 µg lifelong",
        ),
    ),
    Slip(
        code="GDL155",
        pattern=rf"(?P<at>\b(?:during|over|within|x|×)\s*)(?=(?:{_NUMBER}|[a-z]+)\s*(?:days?|weeks?|"
        r"months?|years?|doses?)\b)",
        message="`{at}` is not how a length of time begins",
        help="write `for`",
        fix="for ",
        clauses=_DOSING,
        examples=(
            "load 1000 µg IM daily over 2 weeks",
            "load 1000 µg IM daily x 7 days",
        ),
    ),
    Slip(
        code="GDL157",
        pattern=r"(?P<at>\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b)"
        r"(?=\s+(?:days?|weeks?|months?|years?|times|doses?|minutes?|hours?)\b)",
        message="the number `{at}` is written as a word",
        fix=lambda found: _COUNTS[found["at"]],
        examples=(
            "load 1000 µg IM daily for two weeks",
            "maintain 1000 µg IM every two months",
        ),
    ),
    Slip(
        code="GDL159",
        pattern=rf"(?P<at>\buntil\s+)(?={_NUMBER}\s+\w)",
        message="`until` names an event, not a length of time",
        help="write `for` before a length of time",
        fix="for ",
        examples=("load 1000 µg IM daily until 2 weeks",),
    ),
    Slip(
        code="GDL159",
        pattern=rf"(?P<at>\bafter\s+{_NUMBER}\s+\w+)",
        message="`after` names an event, not a length of time",
        help="name the event, such as `after b12_repleted`, or add a phase with `then`",
        examples=("maintain 1000 µg IM monthly after 2 weeks",),
    ),
    Slip(
        code="GDL156",
        pattern=r"(?P<at>(?<![\w.])(?:[iI]\.?\s?[mM]\.|[pP]\.?\s?[oO]\.|[sS]\.?\s?[cC]\.|[iI]\.?\s?[vV]\."
        r"|[iI]\.[mM]|[pP]\.[oO]|[sS]\.[cC]|[iI]\.[vV]))",
        message="the route `{at}` is written with points",
        fix=lambda found: found["at"].replace(".", "").replace(" ", "").upper(),
        examples=(
            "load 1000 µg i.m. daily",
            "load 1000 µg IM. daily",
            "load 1000 µg p.o.",
        ),
    ),
    Slip(
        code="GDL150",
        pattern=rf"(?<![\w.])(?P<at>{_NUMBER})(?=\s+(?:{_ROUTE}|(?:im|sc|po|iv|daily"
        r"|weekly|monthly|yearly|on|every|for|once|twice|until|then|or)\b))",
        message="the dose `{at}` has no unit",
        help="write its unit after the number, such as `mg` or `µg`",
        clauses=_DOSING,
        examples=(
            "load 1000 IM daily",
            "load 1000 daily",
            "load 1000 every 2 months",
            "load 1000 on alternate days",
            "give folic_acid 5 orally daily",
        ),
    ),
)
