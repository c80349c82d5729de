"""Slips of the pen, planted in guidelines that are right: one kind of slip, one place."""

# ruff: noqa: RUF001 - odd letters, quotes and signs are the slips

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from attrs import frozen
from hypothesis import strategies as st

from b12guide.text import Span

IRON = """\
language 1
guideline iron "Iron deficiency in adults"
    version   1.0.0
    revised   2024-06-01
    status    submitted
    scope     age >= 18 years
    uses      b12
    statements I1 to I9

source bsg "Guidelines for the management of iron deficiency anaemia"
    by "British Society of Gastroenterology", 2021
    printed as 1
assumption A1 "A month is four weeks."

finding iron_deficiency "iron deficiency"
    synonyms "low iron", sideropenia
finding inflammation "inflammation"
measure haemoglobin "haemoglobin"
    unit      g/L
    plausible 20 to 250
event haemoglobin_normal "the haemoglobin is normal"
drug ferrous_sulfate "ferrous sulfate"
    plausible dose 10 to 1000 mg
test hb "haemoglobin"

define needs_iron "in need of iron"
    as iron_deficiency and haemoglobin < 130 g/L
    strength  definition
    states    I1

rule oral "Oral iron"
    when      iron_deficiency and not inflammation
    load      ferrous_sulfate 65 mg oral daily for 3 months
    strength  should
    states    I1, I2
    cites     bsg
    because   "It is cheap and it works."
    patient   "You take one tablet a day."

rule intravenous "Iron into the vein"
    exception to oral
    when      iron_deficiency and (inflammation or haemoglobin < 80 g/L)
    load      ferrous_sulfate 1000 mg IV every 2 to 3 weeks until haemoglobin_normal
    strength  should consider
    states    I3
    cites     bsg

rule monitoring "What is measured, and when"
    when      any of iron_deficiency, inflammation
    check     hb at 3, 6 and 12 months
    strength  should
    states    I4
    cites     bsg

rule aim
    target    haemoglobin >= 130 g/L
    strength  target
    states    I5
    cites     bsg

example "an iron-deficient patient takes iron"
    given     iron_deficiency, age 40 years, haemoglobin 100 g/L, otherwise absent
    expect    load ferrous_sulfate 65 mg oral daily for 3 months
    expect    rule oral applies
"""

VITAMIN_D = """\
language 1
guideline vitamin_d "Vitamin D in adults"
    version   2.1.0
    revised   2025-03-11
    status    under review
    scope     age >= 18 years
    uses      b12

source nos "Vitamin D and bone health"
    by "National Osteoporosis Society", 2018

finding insufficiency "vitamin D insufficiency"
finding osteoporosis "osteoporosis"
measure calcidiol "25-hydroxyvitamin D"
    unit      nmol/L
    plausible 1 to 500
drug colecalciferol "colecalciferol"
    synonyms  vitamin_d3
    plausible dose 100 to 500000 IU
drug ergocalciferol "ergocalciferol"
    plausible dose 100 to 500000 IU
event calcidiol_replete "vitamin D is replete"

define deficient as
    calcidiol < 25 nmol/L or (insufficiency and osteoporosis)

rule which
    form      colecalciferol or ergocalciferol
    strength  should
    cites     nos
    because   "Both are converted in the liver."

rule loading "Six to seven weeks"
    when      deficient and calcidiol from 5 to 25 nmol/L
    load      colecalciferol 50000 IU oral weekly for 6 weeks
    strength  should
    cites     nos
    patient   "You take one capsule a week."

rule maintenance
    when      not deficient and osteoporosis
    maintain  colecalciferol 800 to 2000 IU oral daily for life
        or    colecalciferol 20000 IU oral 2 times per month indefinitely
    strength  should
    cites     nos

rule calcium_after
    when      deficient
    check     calcium every month, before the next dose, until calcidiol_replete
    strength  should
    cites     nos

rule toxicity
    avoid     ergocalciferol
    strength  avoid
    cites     nos

silent on metformin "Nothing is said of metformin."
"""

B12 = """\
language 1
guideline short "Vitamin B12, in short"
    version   0.1.0
    revised   2026-02-24
    status    submitted
    uses      b12

source page "Vitamin B12 Injection Guidelines"
    by "Praxis Medical Insights", 2026

rule renal_form "With weak kidneys"
    when      egfr < 50 mL/min
    form      hydroxocobalamin or mecobalamin, not cyanocobalamin
    strength  should
    states    S19
    cites     page

rule loading_nerves
    when      all of b12_deficiency, numbness
    load      1000 µg IM on alternate days until neurological_plateau
    strength  required
    states    S09, S10
    cites     page

rule folate_gate
    when      b12_deficiency
    withhold  folic_acid until b12_repleted
    strength  required
    cites     page

rule buttock
    inject    not at gluteal routinely
    strength  avoid
    cites     page

rule judgement
    note      "No rule replaces judgement."

conflict expected between renal_form and judgement
    because   "The page says both."
invariant folate_last
    never     folic_acid unless b12_repleted
example "numb feet"
    given     b12_deficiency, not diabetes, egfr unknown
    expect    no load 1000 µg IM daily for 2 weeks
    expect    decision loading determined
"""

TEXTS = (IRON, VITAMIN_D, B12)


@frozen
class Place:
    """The part of a text that a slip replaces: 0 is all of it, and then its groups."""

    match: re.Match[str]

    def __getitem__(self, group: int) -> str:
        return self.match["x"] if group == 0 else self.match[group + 1]


Mangle = Callable[[Place], str]


@frozen
class Slip:
    """A kind of slip: where it can be made, and what is written then.

    Attributes:
        place: What is replaced. It may begin with `(?<=...)`, of any width; text in quotation
            marks is only found by patterns with `"`.
    """

    name: str
    place: str
    instead: Mangle

    def planted(self, text: str) -> Iterator[Planted]:
        """Every text with the slip in one place."""
        searched = text if '"' in self.place else _silenced(text)
        for match in re.finditer(_with_group(self.place), searched, re.MULTILINE):
            start, end = match.span("x")
            written = self.instead(Place(match))
            yield Planted(
                self.name,
                text[:start] + written + text[end:],
                Span(start, start + len(written)),
            )


def _with_group(place: str) -> str:
    """The pattern with a group for what is replaced, after what has to stand before it."""
    if "(?P<x>" in place:
        return place
    if not place.startswith("(?<="):
        return f"(?P<x>{place})"
    depth, end = 0, 0
    for end, sign in enumerate(place):
        depth += {"(": 1, ")": -1}.get(sign, 0) * (place[end - 1] != "\\")
        if depth == 0:
            break
    return f"(?:{place[4:end]})(?P<x>{place[end + 1 :]})"


@frozen
class Planted:
    """A text with one slip, and where it is."""

    name: str
    text: str
    span: Span


def _silenced(text: str) -> str:
    """The text with what stands in quotation marks made of signs that no pattern asks for."""
    return re.sub(r'(?<=")[^"\n]*(?=")', lambda m: "\x1a" * len(m[0]), text)


def _to(written: str) -> Mangle:
    def instead(place: Place) -> str:
        return re.sub(r"\\(\d)", lambda number: place[int(number[1])], written)

    return instead


_DOSE = r"(?:\d+ to )?\d+ (?:mg|µg|IU)"
_ROUTE = r"(?:oral|IM|IV)"
_OFTEN = r"(?:daily|weekly|every 2 to 3 weeks|on alternate days)"
_CLAUSE = r"(?:when|load|maintain|form|check|strength|states|cites|because|given|expect|withhold)"
_FACT = r"(?:iron_deficiency|inflammation|osteoporosis|b12_deficiency|deficient)"


def _swapped(match: Place) -> str:
    word = match[0]
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]


# Slips of typists.
TYPED = (
    Slip(
        "swapped letters",
        r"(?<=^    )(?:strength|states|because|patient|maintain)\b",
        _swapped,
    ),
    Slip(
        "dropped letter",
        r"(?<=^    )(?:strength|because|patient|withhold|target)\b",
        lambda m: m[0][:3] + m[0][4:],
    ),
    Slip(
        "doubled letter",
        r"^(?:rule|source|define|finding|measure)\b",
        lambda m: m[0][:2] + m[0][1:],
    ),
    Slip("capitals", rf"(?<=^    ){_CLAUSE}\b", lambda m: m[0].upper()),
    Slip("capital", r"^rule\b", _to("Rule")),
    Slip("colon", rf"(?<=^    ){_CLAUSE}\b", _to(r"\0:")),
    Slip(
        "hyphen in a name",
        r"(?<=^rule )(?:loading_nerves|folate_gate|calcium_after|renal_form)",
        lambda m: m[0].replace("_", "-"),
    ),
    Slip(
        "two words for a name",
        r"(?<=^rule )(?:loading_nerves|folate_gate|calcium_after|renal_form)",
        lambda m: m[0].replace("_", " "),
    ),
    Slip("no comma in a list", r"(?<=I1|09)(?:,)(?= [IS]\d)", _to("")),
    Slip("comma at the end", r"(?<=cites     )(?:bsg|nos|page)$", _to(r"\0,")),
    Slip(
        "dangling and", rf"(?<=^    when      )(?:{_FACT}|deficient)$", _to(r"\0 and")
    ),
    Slip("unclosed parenthesis", r"\(.*g/L\)", lambda m: m[0][:-1]),
    Slip("parenthesis too many", rf"(?<=^    when      ){_FACT}$", _to(r"\0)")),
    Slip("no unit", r"(?<=\d) (?:mg|µg|IU)(?= (?:oral|IM|IV))", _to("")),
    Slip("no end of a text", r'(?<=\w\.)"$', _to("")),
    Slip("no quotation marks", r'(?<=because   )"[^"\n]*"$', lambda m: m[0].strip('"')),
    Slip("clause twice", r"^    strength  \w+$", _to(r"\0\n\0")),
    Slip("no rule line", r"^rule \w+.*\n(?=    when)", _to("")),
)

# Signs of word processors, PDF and other languages.
PASTED = (
    Slip("curly quotes", r'(?<=because   )"([^"\n]*)"$', _to(r"“\1”")),
    Slip("quotes inside", r'(?<=because   )"(\w+) ([^"\n]*)"$', _to(r'"\1 "now" \2"')),
    Slip(
        "text over two lines",
        r'(?<=because   )"(\w+ \w+) ([^"\n]*)"$',
        _to('"\\1\n        \\2"'),
    ),
    Slip("unusual blank", r"(?<=mg|µg|IU) (?=oral|IM|IV)", _to("\u00a0")),
    Slip("ligature", r"^(?:define|finding)\b", lambda m: m[0].replace("fi", "ﬁ")),
    Slip(
        "Cyrillic letter",
        r"(?<=^    )(?:when|because|check|expect)\b",
        lambda m: m[0].replace("e", "е", 1),
    ),
    Slip(
        "wide digits",
        r"(?<= )(?:65|1000|800)(?= )",
        lambda m: "".join(chr(ord(c) + 0xFEE0) for c in m[0]),
    ),
    Slip("bullet", rf"(?<=^    )(?={_CLAUSE}\b)", _to("• ")),
    Slip("bullet before an item", r"^(?=rule\b)", _to("- ")),
    Slip("numbered", r"^(?=rule\b)", _to("1. ")),
    Slip("bold", r"^rule\b", _to("**rule**")),
    Slip("fence", r"^(?=rule\b)", _to("```gdl\n")),
    Slip(
        "heading",
        r"^(?=rule \w+.*\n    (?:when|exception|form|avoid|target))",
        _to("## "),
    ),
    Slip("dash", r"(?<=\d) to (?=\d)(?!\d+$)(?!.*plausible)", _to("–")),
    Slip(
        "ampersands",
        r"(?<= )and(?= (?:not )?\w)(?=[^\n]*$)(?<!\d and)(?<!6 and)",
        _to("&&"),
    ),
    Slip("semicolon", r"(?<=^    strength  should)$", _to(";")),
    Slip("equals", r"(?<=^    strength)  (?=\w)", _to(" = ")),
    Slip("not equal", r"(?<= )(?:>=)(?= \d)", _to("=>")),
    Slip("slanted sign", r"(?<= )>=(?= \d)", _to("⩾")),
    Slip("in words", r"(?<= )<(?= \d)", _to("less than")),
    Slip("exclamation mark", r"(?<=and |when      )not (?=\w)", _to("!")),
    Slip("backticks", rf"(?<=^    when      )({_FACT})$", _to(r"`\1`")),
    Slip(
        "quoted name",
        r"(?<=^    form      )(\w+)(?= or)|(?<=^    avoid     )(\w+)$",
        lambda m: f'"{m[0]}"',
    ),
    Slip("single quotes", r"(?<=because   )\"([^\"\n]*)\"$", _to(r"'\1'")),
)

# Prescribers' habits.
PRESCRIBED = (
    Slip("thousands", r"(?<= )(?:1000)(?= (?:mg|µg))", _to("1 000")),
    Slip("comma in thousands", r"(?<= )(?:1000)(?= (?:mg|µg))", _to("1,000")),
    Slip("decimal comma", r"(?<= )(?:65|800|50)(?= (?:mg|IU|mL))", _to(r"\0,5")),
    Slip(
        "unit first",
        rf"(?<= )(65|1000|50000|20000) (mg|µg|IU)(?= {_ROUTE})",
        _to(r"\2 \1"),
    ),
    Slip("per day", r"(?<=oral )daily", _to("per day")),
    Slip("Latin", r"(?<=oral |  IM )daily", _to("qd")),
    Slip("every other day", r"on alternate days", _to("every other day")),
    Slip(
        "shorthand",
        r"(?<= )for (\d) (weeks|months)$",
        lambda m: f"for {m[1]}/{'52' if m[2] == 'weeks' else '12'}",
    ),
    Slip("number as a word", r"(?<=for )(?:2|3|6)(?= (?:weeks|months))", _to("three")),
    Slip("lifelong", r"for life$", _to("lifelong")),
    Slip("no for", r"(?<=daily |eekly )for (?=\d)", _to("")),
    Slip(
        "route before the dose",
        rf"({_DOSE}) ({_ROUTE})(?= (?:daily|weekly|every|on|2 times))",
        _to(r"\2 \1"),
    ),
    Slip(
        "route at the end",
        rf"(?<=load      )((?:ferrous_sulfate |colecalciferol )?{_DOSE}) ({_ROUTE}) (daily|weekly)",
        _to(r"\1 \3 \2"),
    ),
    Slip(
        "drug after the dose",
        rf"(?<=load      )(ferrous_sulfate|colecalciferol) ({_DOSE})(?= {_ROUTE})",
        _to(r"\2 \1"),
    ),
    Slip("form not", r"avoid     (?=\w)", _to("form not ")),
    Slip("no verb", r"(?<=^    )load      (?=\w+ \d|\d)", _to("")),
    Slip("expect without verb", r"(?<=expect    )load (?=\w+ \d)", _to("")),
    Slip("day first", r"(?<=revised   )(\d{4})-(\d\d)-(\d\d)", _to(r"\3-\2-\1")),
    Slip("month in words", r"(?<=revised   )\d{4}-\d\d-\d\d", _to("1 June 2024")),
    Slip("year without comma", r'"(?P<x>, )(?=20\d\d$)', _to(" ")),
    Slip("printed in brackets", r"(?<=printed as )1", _to("[1]")),
    Slip("may before check", r"(?<=^    )(?=check )", _to("may ")),
    Slip("consider", r"(?<=^    )(?=load |form )", _to("consider ")),
    Slip("not behind", rf"(?<=^    when      )({_FACT})$", _to(r"\1 not")),
    Slip("if", rf"(?<=^    when      )(?={_FACT})", _to("if ")),
)


def _wishes(place: str, instead: str, *words: str) -> tuple[Slip, ...]:
    """A wish in each of several wordings; `{}` is the words."""
    return tuple(
        Slip(f"wish: {each} {instead}", place, _to(instead.format(each)))
        for each in words
    )


WISHED = (
    *_wishes(
        r"(?<=oral daily|ral weekly)(?= )",
        " {}",
        *("at night", "over 15 minutes", "at most 200 mg"),
        *("not before haemoglobin_normal", "if tolerated"),
        *("in 2 divided doses", "on Mondays", "whichever comes first"),
    ),
    *_wishes(
        rf"(?<=ferrous_sulfate |olecalciferol )(?={_DOSE})",
        "{} ",
        *("up to", "maximum"),
    ),
    *_wishes(
        r"(?<= oral)(?: daily| weekly)(?: for [^\n]*)?$",
        " {}",
        *("single dose", "stat"),
    ),
    *_wishes(
        r"(?<=^    check     calcium every month|12 months)(?=,|$)",
        " {}",
        *("as needed", "twice"),
    ),
    *_wishes(
        rf"(?<=^    when      )({_FACT})$",
        "\\1 {}",
        *("since 2 weeks", "twice"),
        *("during pregnancy", "after surgery"),
    ),
    *_wishes(
        r"(?:any|all) of(?= \w)", "{}", "at most 2 of", "two of", "more than 2 of"
    ),
    *_wishes(
        r"(?<=haemoglobin|calcidiol) < \d+ (?:g|nmol)/L",
        " {}",
        *("below the reference range", "raised", "falling"),
    ),
    *_wishes(
        r"^(?=    strength  should$)",
        "    {}\n",
        *("switch to mecobalamin", "increase the dose"),
        *("reduce ferrous_sulfate", "never check hb"),
        *("grade B", "titrate colecalciferol", "advise rest"),
    ),
    *_wishes(r"(?<=target    haemoglobin >= 130 g/L)$", " {}", "within 4 weeks"),
    *_wishes(r"(?<=withhold  folic_acid )until b12_repleted", "{}", "for 2 weeks"),
    *_wishes(r"(?<=revised   )20\d\d-\d\d-\d\d", "{}", "March 2024"),
    *_wishes(r"^(?=    status )", "    {}\n", 'license "CC BY 4.0"', 'authors "NICE"'),
)

SLIPS = (*TYPED, *PASTED, *PRESCRIBED, *WISHED)
PLANTED = tuple(p for slip in SLIPS for text in TEXTS for p in slip.planted(text))


def planted_slips() -> st.SearchStrategy[Planted]:
    """A guideline with one slip in one place."""
    return st.sampled_from(PLANTED)
