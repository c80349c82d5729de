"""What authors want to say and version 1 of the language cannot: one table, and who looks in it.

An author does not know what the language lacks. Without this table the parser would take "at most"
or "as needed" for a slip of the pen and advise on the word before it. Each row names the words of a
wish, the nearest that can be said, and why not more. `docs/cannot-be-said.md` is this table as a
page; a test holds the two together.

A row is only asked where something failed already: where the parser stopped, or at a name or unit
that means nothing. So a fact called `stop_date`, `check hb at least every 6 months` and
`once daily` stay what they are, and a vocabulary that declares a drug `max` has it.
"""

# ruff: noqa: RUF001 - odd dashes and signs are what authors write
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeAlias

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Edit, Help, Label
from b12guide.syntax import scan
from b12guide.text import Span, Text

LANGUAGE = "version 1 of the language"

# Numbers begin where digits begin, and are short: a text of nothing but digits is soon read.
_N = r"(?<![\d.])\d{1,9}(?:\.\d{1,9})?"
_SOME = r"(?:(?<![\d.])\d{1,9}|two|three|four|five|six|seven|eight|nine|ten|several)"
_NAME = r"[A-Za-z_]\w*"
_TIME = r"(?:(?:minute|min|hour|day|week|month|year|trimester)s?|hrs?|wks?|mths?|yrs?|h|d|wk|yr)"
_DOSING = frozenset({"load", "maintain", "give"})
_CHECKING = frozenset({"check"})
_DRUGS = frozenset({"avoid", "contraindicated", "withhold"})
_ASKING = frozenset(
    {"when", "scope", "define", "silent", "implies", "implication", "unless"}
)
_FACTS = _ASKING | {"given", "target"}
_HEADS = scan.HEADERS | {"version", "revised", "status", "scope", "uses", "statements"}
_DECLARED = scan.DECLARATIONS | {"unit", "plausible", "synonyms", "code", "values"}

# What begins an action: the start of its line, or what may stand before a verb.
_VERB = r"(?:^ ?|\b(?:may|expect(?: no)?) )"


Rewrite: TypeAlias = Callable[[re.Match[str]], str | None]


@frozen(kw_only=True)
class Wish:
    """One row: something that cannot be said.

    Attributes:
        about: The chapter of the page that it stands in.
        says: What the author wants to say, as the page calls it.
        pattern: The wish; the group `at` is the words that have no place in the language. A
            blank stands for one or more of them, a blank with `?` for any number.
        within: The words of the clauses that it counts in; empty for all.
        nearest: What to write instead.
        why: What stands in the way.
        fix: What belongs in the place of `at`, where it says exactly the same.
        examples: Clauses of a rule, or whole items, that hold the wish in this one place.
        is_last: Whether it is asked when nothing else is known of the words, a slip least of all.
    """

    about: str
    says: str
    pattern: str = field(repr=False)
    within: frozenset[str] = frozenset()
    nearest: str
    why: str
    fix: Rewrite | None = None
    examples: tuple[str, ...]
    is_last: bool = False


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
    window = _clauses(characters, start, end)
    masked = scan.masked(characters[window.start : window.end])
    near = max(start - window.start - _NEAR, 0), end - window.start + _NEAR
    clauses = _clause_words(masked)
    for wish in WISHES:
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
                    return _diagnostic(wish, match, text, span)
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compiled on need: nearly every guideline is read without a wish in it."""
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


def _clauses(characters: str, start: int, end: int) -> Span:
    """The clauses from that of `start` to that of `end`, as far as they are near."""
    first = max(start - _FAR, 0)
    for begins in _BEGINS.finditer(characters, first, start + 1):
        first = begins.start()
    last = min(end + _FAR, len(characters))
    after = _BEGINS.search(characters, max(end, first + 1), last)
    return Span(first, last if after is None else after.start())


def _clause_words(masked: str) -> Mapping[int, str]:
    """By where they stand, the words that clauses begin with; the last one before counts.

    In `expect no check hb twice` that is `check`. The name that `define` gives is no condition yet.
    """
    found = {}
    for word in _WORD.finditer(masked):
        if word.group() in _CLAUSE_WORDS:
            found[word.start()] = word.group()
        elif word.group() == "as" and "naming" in found.values():
            found[word.start()] = "define"
        if word.group() == "define":
            found[word.start()] = "naming"
    return found


def _last_before(clauses: Mapping[int, str], offset: int) -> str:
    before = [word for at, word in clauses.items() if at < offset]
    return before[-1] if before else ""


def _is_part_of_a_name(masked: str, span: Span) -> bool:
    """Whether it is `low` in a name that was written `low-platelets`."""
    before, after = masked[: span.start][-2:], masked[span.end :][:2]
    return bool(re.match(r"-\w", after) or re.match(r"\w-", before))


def _diagnostic(wish: Wish, match: re.Match[str], text: Text, span: Span) -> Diagnostic:
    words = " ".join(text.slice(span).split())
    fix = wish.fix(match) if wish.fix else None
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


def _one_dose(match: re.Match[str]) -> str | None:
    """`for 1 dose`, where nothing else is said of how often."""
    rest = match.string[match.end() :].split("\n", 1)[0].strip()
    return "for 1 dose" if not rest or rest.startswith(("then ", "or ")) else None


WISHES: tuple[Wish, ...] = (
    # ------------------------------------------------------------ what is done
    Wish(
        about="What is done",
        says="something is stopped",
        pattern=rf"(?:{_VERB}|\b(?:load|maintain|give|then) )(?P<at>(?:stop"
        r"|discontinue|cease|suspend|halt|end|wean|deprescribe)\b)",
        nearest="`maintain not needed` where long-term doses end, `withhold` and the drug where "
        "they wait for an event, or a `note`",
        why="no decision of version 1 ends a treatment",
        examples=("stop b12_treatment", "may stop b12_treatment", "maintain stop"),
    ),
    Wish(
        about="What is done",
        says="nothing is given",
        pattern=rf"(?:{_VERB}|\b(?:load|maintain|give) )(?P<at>(?:do )?nothing\b"
        r"|(?:no|none)(?: (?:treatment|doses?|loading|maintenance"
        r"|drugs?))? ?$)",
        nearest="`load not needed` or `maintain not needed`",
        why="a verb without its decision does not say what is not given",
        examples=("do nothing", "no treatment", "maintain nothing"),
    ),
    Wish(
        about="What is done",
        says="something is not recommended",
        pattern=r"^ ?(?P<at>(?:not|no) (?:recommended|indicated|needed|required"
        r"|necessary|monitoring|testing|follow-?up|evidence|benefit)\b)",
        nearest='`note "..."`, which is shown with the answer; `avoid` and a drug',
        why="each verb says what is done, and only drugs can be advised against",
        examples=("not recommended", "no monitoring"),
    ),
    Wish(
        about="What is done",
        says="long-term doses may end",
        pattern=r"\bmay (?:load|maintain) (?P<at>not needed)\b",
        nearest="`maintain not needed` with `strength may`, in an `exception to` the rule that "
        "maintains",
        why="`not needed` is an answer and no offer",
        examples=("may maintain not needed",),
    ),
    Wish(
        about="What is done",
        says="one treatment replaces another",
        pattern=rf"{_VERB}(?P<at>(?:switch|change|replace|convert|substitute"
        r"|swap|rotate|transition)\b)",
        nearest="the new schedule in a rule of its own, such as `maintain 1000 µg IM monthly`, "
        "with "
        "`exception to` the rule that it replaces",
        why="a rule speaks of what is given, not of what was given before",
        examples=(
            "switch to hydroxocobalamin",
            "may change maintain to 1000 µg IM monthly",
        ),
    ),
    Wish(
        about="What is done",
        says="a dose is raised or lowered",
        pattern=rf"{_VERB}(?P<at>(?:increase|decrease|reduce|lower|raise"
        r"|double|halve|titrate|taper|escalate|de-escalate|adjust"
        r"|step (?:up|down)|up-?titrate)\b)",
        nearest="the new dose in a rule of its own with `exception to` the old one, or phases "
        "that follow one another, such as `load 25 µg oral daily for 4 weeks then 50 µg "
        "oral daily`",
        why="a rule names doses, not steps between them",
        examples=(
            "increase hydroxocobalamin to 2000 µg",
            "taper hydroxocobalamin by 5 mg weekly",
        ),
    ),
    Wish(
        about="What is done",
        says="a patient is referred or admitted",
        pattern=rf"{_VERB}(?P<at>(?:refer|urgent(?:ly)?|referral|admit"
        r"|transfer|consult|discuss|seek|contact|call|involve"
        r"|hospitali[sz]e)\b)",
        nearest='`note "Refer to ..."`, which is shown with the answer',
        why="version 1 has ten decisions, and where a patient goes is none of them",
        examples=(
            "refer haematology",
            "refer to a haematologist",
            'refer "haematology"',
        ),
    ),
    Wish(
        about="What is done",
        says="a test is not done",
        pattern=r"(?:(?:^ ?|\bexpect (?!no\b))(?=[\w'\x20]{0,30}?(?:check"
        rf"|test|measure|monitor|send|order|screen)\b)|\bcheck (?=\w+ {_NAME})"
        rf"|\bcheck {_NAME} (?=and not|but not))(?P<at>(?:and not"
        r"|but not|do not|don't|never|not|no)\b)",
        nearest='`note "Do not check ..."`, which is shown with the answer',
        why="`check` only asks for tests",
        examples=(
            "do not check serum_b12",
            "never check serum_b12",
            "no check serum_b12",
            "check not serum_b12",
        ),
    ),
    Wish(
        about="What is done",
        says="two drugs are combined",
        pattern=rf"{_VERB}(?P<at>(?:combine|co-?administer|coadminister"
        r"|add)\b)(?=[^\n]*\b(?:and|with|to)\b)",
        nearest="a rule for each drug, with `give` for the one that is added",
        why="a schedule is of one drug; rules that hold together give both",
        examples=("combine hydroxocobalamin and folic_acid",),
    ),
    Wish(
        about="What is done",
        says="a conclusion or diagnosis",
        pattern=rf"{_VERB}(?P<at>(?:conclude|diagnose|classify|confirm"
        r"|exclude|rule out|suspect|assume that)\b)",
        nearest="`define` gives a condition its name, for rules to use; a `note` says it to the "
        "reader",
        why="what is concluded is no decision of version 1, so nobody is answered it",
        examples=("conclude b12_deficiency", "diagnose b12_deficiency"),
    ),
    Wish(
        about="What is done",
        says="the grade or certainty of the evidence",
        pattern=r"^ ?(?P<at>(?:grade|certainty|quality|confidence|loe"
        r"|evidence|level|class)\b)(?= (?:\"|[A-D]\b|[0-9IV]+[a-d]?\b"
        r"|very\b|high\b|moderate\b|low\b|of\b))",
        nearest="the grade in words, in the text of `because`; `strength` says how strongly the "
        "source recommends",
        why="version 1 has a strength and no grade beside it",
        examples=('grade "B"', "grade B", "certainty high", "evidence low"),
    ),
    Wish(
        about="What is done",
        says="the grade or certainty in the place of a strength",
        pattern=r"\bstrength (?P<at>\"?(?:(?:grade|level|class|certainty)\b ?)?(?:[A-D]"
        r"|[0-9IV]+[a-dA-D]?|GPP|low|high|very low)\"?)(?= ?(?:$"
        r"|,))",
        nearest="the grade in words, in the text of `because`; `strength` says how strongly the "
        "source recommends, such as `strength should`",
        why="version 1 has a strength and no grade beside it",
        examples=("strength grade B", "strength B", "strength 1A", "strength GPP"),
    ),
    Wish(
        about="What is done",
        says="advice to the patient or the team",
        pattern=rf"{_VERB}(?P<at>(?:advise|inform|educate|counsel|tell"
        r"|explain|encourage|reassure|warn|ask|teach|remind|document"
        r"|record|ensure|review|reassess|follow up|follow-up|look"
        r"|manage|support|transfuse|consider)\b)",
        nearest='`note "..."`, or `patient "..."` in the rule that it belongs to',
        why="advice that is no dose, form, route or test is said in words",
        examples=("advise rest", "inform pharmacy", "review diet"),
    ),
    Wish(
        about="What is done",
        says="an examination",
        pattern=rf"{_VERB}(?P<at>(?:investigate|examine|image|scan|biopsy"
        r"|perform|arrange|request|order|obtain|do|carry out|rule out)\b)(?! (?:not"
        r"|nothing)\b)",
        nearest='`check endoscopy once`, with `test endoscopy "endoscopy"` declared',
        why="`check` is the one verb for whatever is examined",
        examples=("perform endoscopy", "investigate bleeding", "arrange endoscopy"),
    ),
    Wish(
        about="What is done",
        says="something is repeated",
        pattern=rf"{_VERB}(?P<at>(?:repeat|restart|resume|recommence|reintroduce"
        r"|retest|re-?check|re-?treat)\b)",
        nearest="`check serum_b12 at 3 and 6 months` or `every 3 months`; a dose is repeated by "
        "phases joined by `then`",
        why="a rule does not speak of what another rule did",
        examples=("repeat load", "repeat serum_b12"),
    ),
    Wish(
        about="What is done",
        says="a number is worked out",
        pattern=rf"{_VERB}(?P<at>(?:derive|calculate|compute|score|sum"
        r"|estimate)\b)",
        nearest='a measure of its own, such as `measure bmi "body mass index"`, whose value '
        "comes with the patient",
        why="version 1 compares numbers and does not calculate",
        examples=(
            "calculate bmi",
            "derive egfr from ckd_epi",
            "score b12_deficiency as 2",
        ),
    ),
    Wish(
        about="What is done",
        says="a drug waits for a length of time",
        pattern=rf"(?P<at>\b(?:for|within|until) {_N} ?{_TIME}\b)",
        within=_DRUGS,
        nearest="`withhold` and the drug with `until` and an event, such as `withhold folic_acid "
        "until b12_repleted`",
        why="what is withheld waits for an event",
        examples=("withhold folic_acid for 2 weeks", "avoid folic_acid for 2 weeks"),
    ),
    Wish(
        about="What is done",
        says="a drug is avoided until something happens",
        pattern=r"(?P<at>\b(?:until|unless|during|while|before|after|if"
        rf"|when|in|with|for|without|except|because)\b)(?= {_NAME})",
        within=_DRUGS,
        nearest="`withhold` and the drug with `until` and the event; `when` for whom it is "
        "avoided",
        why="`avoid` and `contraindicated` hold as long as their condition does",
        examples=(
            "avoid folic_acid if pregnancy",
            "withhold folic_acid during pregnancy",
            "avoid folic_acid until b12_repleted",
            "avoid folic_acid during pregnancy",
        ),
    ),
    Wish(
        about="What is done",
        says="a treatment goes on for some time only",
        pattern=rf"(?P<at>\b(?:until|after)\b|\bfor\b(?= {_N}))",
        within=frozenset({"continue"}),
        nearest="the schedule with its end, such as `maintain 1000 µg IM monthly until "
        "levels_stable`",
        why="`continue` says that a treatment is not to be stopped",
        examples=(
            "continue b12_treatment until levels_stable",
            "continue b12_treatment for 2 years",
        ),
    ),
    Wish(
        about="What is done",
        says="one drug or route before another",
        pattern=r"(?P<at>\b(?:then|before|over|rather than|preferably"
        r"|followed by|otherwise|if|first|second|preferred|first[- ]line"
        r"|second[- ]line|as)\b)",
        within=frozenset({"form", "route"}),
        nearest="`form hydroxocobalamin` for the first choice, and `may form mecobalamin` in a "
        "second rule",
        why="the names of one `form` or `route` stand side by side",
        examples=(
            "form hydroxocobalamin then mecobalamin",
            "route intramuscular rather than oral",
        ),
    ),
    Wish(
        about="What is done",
        says="a first or second choice",
        pattern=r"^ ?(?P<at>(?:first|second|third)(?:[- ]?(?:line|choice))?)(?= \w)",
        nearest="`form hydroxocobalamin` for the first choice, and `may form mecobalamin` in a "
        "second rule",
        why="a rule does not count itself",
        examples=("second-line mecobalamin", "first choice mecobalamin"),
    ),
    Wish(
        about="What is done",
        says="how an injection is given, beyond site, needle and pressure",
        pattern=r"\b(?:inject|and) (?P<at>(?!with\b|needle\b|pressure\b"
        r"|at\b|not\b)[A-Za-z][\w-]*)",
        within=frozenset({"inject"}),
        nearest='`note "Inject slowly."` in a rule of its own',
        why="`inject` knows sites, needles and pressure",
        examples=("inject slowly", "inject at deltoid and slowly"),
    ),
    Wish(
        about="What is done",
        says="one of two sites",
        pattern=rf"\binject\b[^\n]*?\bat {_NAME} (?P<at>or)\b",
        within=frozenset({"inject"}),
        nearest="a rule for each site, with `strength may`, or both in a `note`",
        why="instructions of one `inject` are followed together",
        examples=("inject at deltoid or gluteal",),
    ),
    # ------------------------------------------------------------ doses
    Wish(
        about="Doses",
        says="a dose by body weight or surface",
        pattern=r"(?P<at>(?:/|\bper ) ?(?:kg|kilogram\w*|m2|m²|square met(?:re"
        r"|er)|body[\s_-]*(?:weight|surface)\w*|bsa)(?!\w))",
        within=_DOSING,
        nearest="a rule for each band of weight, such as `when weight < 50 kg` with "
        "`load 500 mg IV "
        "weekly`, or the range of doses that the weights come to, `750 to 1000 mg`",
        why="a dose is an amount, and version 1 does not calculate",
        examples=("load 15 mg/kg IV weekly", "load 15 mg per kg IV weekly"),
    ),
    Wish(
        about="Doses",
        says="a shortest time between doses",
        pattern=rf"(?P<at>(?:\b(?:at least|not less than|no less than|minimum(?: of)?) )?{_N} ?"
        rf"{_TIME} (?:apart|between doses|in between)\b)",
        within=_DOSING,
        nearest="how often the dose is due, such as `every 3 days for 10 doses` or `3 times per "
        "week`",
        why="a schedule says when doses are due, not how near they may come",
        examples=(
            "load 1000 µg IM 3 times per week at least 2 days apart",
            "load 1000 µg IM for 10 doses at least 3 days apart",
        ),
    ),
    Wish(
        about="Doses",
        says="a schedule of some length at least or at most",
        pattern=r"\bfor (?P<at>at least|at most|up to|no more than|no longer than"
        r"|not longer than|longer than|not more than|more than"
        r"|less than|a (?:minimum|maximum) of|(?:minimum|maximum"
        r"|min\.?|max\.?)(?: of)?|over|under)(?!\w)",
        within=_DOSING,
        nearest="one length or a range, such as `for 3 months` or `for 3 to 6 months`",
        why="a length of time is a number or a range with two ends",
        examples=(
            "load 1000 µg IM daily for at least 3 months",
            "load 1000 µg IM daily for up to 3 months",
        ),
    ),
    Wish(
        about="Doses",
        says="how long an infusion takes",
        pattern=rf"(?P<at>\b(?:over|in|during) (?:at least )?{_N}(?: ?(?:to"
        rf"|-|–) ?{_N})? ?(?:min\w*|hours?|hrs?|h|sec\w*)\b|\b(?:as )?(?:an? )?(?:slow )?"
        r"(?:infusion|bolus|drip)\b|\bslowly\b|\bat a rate\b)",
        within=_DOSING,
        nearest='`note "Over 15 minutes."` in a rule of its own',
        why="a schedule says what, how much, how often and how long",
        examples=(
            "load 1000 mg IV over 15 minutes",
            "load 1000 mg IV weekly over 15 min",
        ),
    ),
    Wish(
        about="Doses",
        says="a dose of so much at least",
        pattern=r"(?P<at>\b(?:at least|minimum(?: of)?|min\.?|no less than"
        rf"|not less than|more than)(?!\w)|(?:>=|≥|>))(?= ?{_N})",
        within=_DOSING,
        nearest="a range, such as `1000 to 2000 µg`, where the source has an upper end too; "
        "otherwise the dose, and a `note`",
        why="a dose is a number or a range with two ends",
        examples=("load at least 1000 µg IM daily", "load minimum 1000 µg IM daily"),
    ),
    Wish(
        about="Doses",
        says="a dose of so much at most",
        pattern=r"(?P<at>\b(?:at most|up to|(?:to )?(?:a )?(?:maximum"
        r"|max\.?)(?: (?:dose )?(?:of )?)?|no more than|not more than"
        r"|not exceed\w*|less than|under)(?!\w)|(?:<=|≤|<))",
        within=_DOSING,
        nearest="a range, such as `500 to 1000 mg`, or the usual dose and the limit in a `note`",
        why="a dose is a number or a range with two ends, and no limit stands beside it",
        examples=(
            "load at most 1000 µg IM daily",
            "load up to 1000 µg IM daily",
            "give folic_acid 5 mg oral 4 times per day maximum 20 mg per day",
            "give folic_acid 5 mg oral daily max 20 mg",
        ),
    ),
    Wish(
        about="Doses",
        says="tablets, drops, millilitres",
        pattern=rf"(?<!for\x20){_N} ?(?P<at>(?:tablet|tab|capsule|cap|pill"
        r"|drop|puff|spray|ampoule|amp|vial|sachet|teaspoon|tablespoon"
        r"|patch|lozenge|injection|infusion|scoop|millilit(?:re"
        r"|er))(?:s|es)?|m[lL]|cc|tsp|tbsp)(?![\w/])",
        within=_DOSING,
        nearest="the amount of the drug, such as `1000 µg`, and the number of tablets in a `note`",
        why="what a tablet or millilitre holds depends on the product",
        examples=("give folic_acid 2 tablets oral daily", "load 1 mL IM daily"),
    ),
    Wish(
        about="Doses",
        says="tablets counted in words",
        pattern=r"(?P<at>\b(?:one|two|three|four|half(?: an?)?|an?|another) (?:tablet"
        r"|capsule|pill|drop|puff|spray|ampoule|vial|sachet|injection"
        r"|infusion|teaspoon|tablespoon)s?\b)",
        within=_DOSING,
        nearest="the amount of the drug, such as `1000 µg`, and the number of tablets in a `note`",
        why="what a tablet or millilitre holds depends on the product",
        examples=("give folic_acid one tablet daily",),
    ),
    Wish(
        about="Doses",
        says="a single dose",
        pattern=r"(?P<at>\b(?:once(?! ?(?:daily|weekly|monthly|yearly"
        r"|per|an?|each|every|/))|(?:as )?(?:an? |one )?single dose"
        r"|(?:a )?one[-\x20]off(?: dose)?|one dose|stat)\b)",
        within=_DOSING,
        nearest="`for 1 dose`, after amount and route",
        why="a schedule ends with so many doses; `once` says how often only in `once daily`",
        fix=_one_dose,
        examples=(
            "load 1000 µg IM once",
            "load 1000 µg IM single dose",
            "load 1000 µg IM stat",
        ),
    ),
    Wish(
        about="Doses",
        says="a dose when it is needed",
        pattern=r"(?P<at>\b(?:as (?:needed|required|necessary)|(?:if|when"
        r"|whenever|where|only if) (?:needed|required|necessary)"
        r"|on demand|prn|pro re nata|p\.r\.n\.?|sos)\b)",
        within=_DOSING,
        nearest="the most frequent schedule that the source allows, as an offer: `may give "
        "folic_acid 5 mg oral daily`, and `as needed` in a `note`",
        why="a schedule has days, and nobody could say which doses were missed",
        examples=("load 1000 µg IM as needed", "load 1000 µg prn"),
    ),
    Wish(
        about="Doses",
        says="with or without food",
        pattern=rf"(?P<at>\b(?:{_N} (?:hours?|minutes?) )?(?:with|without"
        r"|before|after|between|during) (?:each |every )?(?:an? )?(?:food"
        r"|meals?|breakfast|lunch|dinner|supper|eating|water|milk"
        r"|juice|orange|vitamin_c|a glass)\b|\bon an empty stomach\b"
        r"|\bfasting\b)",
        within=_DOSING | _CHECKING,
        nearest='`note "With food."` in a rule of its own',
        why="a schedule says what, how much, how often and how long",
        examples=(
            "give folic_acid 5 mg oral daily with food",
            "give folic_acid 5 mg oral daily before breakfast",
        ),
    ),
    Wish(
        about="Doses",
        says="a time of the day",
        pattern=r"(?P<at>\b(?:at (?:night|bedtime|noon|midday)|(?:in|every"
        r"|each) (?:the )?(?:morning|evening|afternoon|night)"
        r"|nightly|nocte|mane|hs|before bed(?:time)?|at \d{1,2}(?::\d\d)? ?(?:am"
        r"|pm|o'clock|h)\b)\b)",
        within=_DOSING | _CHECKING,
        nearest='`daily`, and `note "At night."` in a rule of its own',
        why="a schedule counts days and not hours",
        examples=(
            "give folic_acid 5 mg oral at night",
            "give folic_acid 5 mg oral daily in the morning",
            "give folic_acid 5 mg oral nightly",
        ),
    ),
    Wish(
        about="Doses",
        says="a dose as long as something is so",
        pattern=rf"(?P<at>\b(?:(?:for|during|throughout|over) the (?:duration"
        rf"|course|rest|remainder)(?: of)?|during|throughout|while"
        rf"|(?:in|for)(?= (?!(?:life|ever|good|an?|one|two|three"
        rf"|four|five|six|seven|eight|nine|ten|eleven|twelve|lifetime"
        rf"|at|the)\b){_NAME}))\b)",
        within=_DOSING,
        nearest="for whom under `when`, such as `when pregnancy`, and `until` and the event "
        "that ends it",
        why="a schedule ends with a time, a number of doses or an event",
        examples=(
            "give folic_acid 5 mg oral daily throughout pregnancy",
            "give folic_acid 5 mg oral daily during pregnancy",
            "give folic_acid 5 mg oral daily for adults",
        ),
    ),
    Wish(
        about="Doses",
        says="that a dose is urgent, or preferred",
        pattern=r"(?P<at>\b(?:immediately|now|today|tomorrow|at once|urgently"
        r"|promptly|early|(?:as )?soon(?: as possible)?|preferably"
        r"|ideally|optionally|usually|initially)\b)",
        within=_DOSING,
        nearest='`strength`, for how strongly the source says it, and `note "At once."`',
        why="a course begins when its rule applies",
        examples=("load 1000 µg IM immediately", "load 1000 µg IM daily preferably"),
    ),
    Wish(
        about="Doses",
        says="a time by which a dose is given",
        pattern=r"(?P<at>\b(?:within|in the (?:first|next)|no later than"
        rf"|by)\b)(?= (?:{_SOME}|{_TIME})\b)",
        within=_DOSING,
        nearest="`for 4 weeks` where it is the length of the course, or a `note`",
        why="a course begins when its rule applies",
        examples=("load 1000 µg IM within 4 weeks",),
    ),
    Wish(
        about="Doses",
        says="two ends, whichever comes first",
        pattern=rf"(?:(?:\buntil {_NAME}|\bfor {_N} ?\w+) (?=for\b|until\b)"
        r"|\s(?=or\b|which))(?P<at>or (?:until|for)\b|whichever\b"
        r"|for\b|until\b)",
        within=_DOSING,
        nearest="the end that is meant to count, `for 2 weeks` or `until neurological_plateau`; "
        "`or` stands before a second schedule, with its dose",
        why="a phase has one end",
        examples=(
            "load 1000 µg IM daily for 2 weeks or until neurological_plateau",
            "load 1000 µg IM daily until neurological_plateau or for 2 weeks",
            "load 1000 µg IM daily until neurological_plateau for 2 weeks",
            "load 1000 µg IM daily for 2 weeks until neurological_plateau",
        ),
    ),
    Wish(
        about="Doses",
        says="a day before which nothing is given",
        pattern=r"(?P<at>\b(?:not (?:before|earlier than|until)|no earlier than"
        r"|(?:start|begin)(?:ing|s)?(?: (?:after|on|at|in|from"
        r"|with))?|from (?:day|week|month)|first dose)\b)",
        within=_DOSING,
        nearest="`after` and the event that it waits for, such as `after b12_repleted`",
        why="a phase begins when the one before has ended and its event has happened",
        examples=(
            "load 1000 µg IM daily not before b12_repleted",
            "load 1000 µg IM daily starting after 2 weeks",
        ),
    ),
    Wish(
        about="Doses",
        says="a dose before something happens",
        pattern=r"(?P<at>\b(?:before|prior to|ahead of|pre-?op\w*)\b)",
        within=_DOSING,
        nearest="for whom it is, under `when`, such as a `finding surgery_planned`",
        why="a schedule can wait for an event with `after` and end with it (`until`)",
        examples=("load 1000 µg IM daily before surgery",),
    ),
    Wish(
        about="Doses",
        says="days of the week",
        pattern=r"(?P<at>\b(?:on |every |each )?(?:mon|tues|wednes|thurs"
        r"|fri|satur|sun)days?\b|\b(?:on )?(?:weekdays|weekends)\b)",
        within=_DOSING,
        nearest="`weekly` or `3 times per week`",
        why="a schedule counts days from its first dose and knows no names of days",
        examples=("load 1000 µg IM on Mondays", "load 1000 µg IM every Monday"),
    ),
    Wish(
        about="Doses",
        says="numbered days",
        pattern=rf"(?P<at>\b(?:on|at|in)? ?(?:day|week|month)s? {_N})",
        within=_DOSING,
        nearest="an interval and a number of doses, such as `every 7 days for 2 doses`, or "
        "phases joined by `then`",
        why="a schedule says how often; its days follow from that",
        examples=(
            "load 1000 mg IV on day 1 and day 8",
            "load 1000 mg IV at weeks 0, 2 and 6",
        ),
    ),
    Wish(
        about="Doses",
        says="steps from dose to dose",
        pattern=r"(?P<at>\brepeat(?:ed)?\b|\b(?:increas|decreas|reduc"
        r"|rais|taper|titrat|escalat|doubl|halv|adjust|lower)(?:e"
        r"|es|ed|ing|s)?\b(?: (?:by|to|up|down)\b)?)",
        within=_DOSING,
        nearest="phases that follow one another, each with its dose, such as `25 µg oral daily "
        "for 4 weeks then 50 µg oral daily`",
        why="a schedule names doses, not steps between them",
        examples=(
            "load 25 µg oral daily increase by 25 µg every 4 weeks",
            "load 25 µg oral daily then increase to 50 µg",
        ),
    ),
    Wish(
        about="Doses",
        says="a dose in parts",
        pattern=r"(?P<at>\b(?:in )?(?:\w+ )?(?:divided|split|separate)(?: doses)?\b"
        r"|/dose\b|\bper dose\b)",
        within=_DOSING,
        nearest="the dose of each time and how often, such as `100 mg oral twice daily`",
        why="the dose of a schedule is what is given at one time",
        examples=("give folic_acid 10 mg oral daily in 2 divided doses",),
    ),
    Wish(
        about="Doses",
        says="a dose that is only told beside another",
        pattern=r"(?P<at>\b(?:more|less) (?:often|frequent(?:ly)?)|(?:higher"
        r"|lower|same|usual|double|full|half|standard|appropriate)(?: (?:the )?doses?)?"
        r"\b|\banother\b)",
        within=_DOSING | _CHECKING,
        nearest="the dose and how often, such as `2000 µg IM monthly`",
        why="a schedule is whole by itself",
        examples=("load 1000 µg IM more often", "load higher dose"),
    ),
    Wish(
        about="Doses",
        says="a dose that depends on how it goes",
        pattern=r"(?P<at>\b(?:only )?(?:if|unless|provided|while|as long as"
        r"|depending|according to|based on|guided by|in case of)\b)",
        within=_DOSING,
        nearest="the condition under `when`, with a second rule for the other case",
        why="a schedule has no conditions in it",
        examples=(
            "load 1000 µg IM daily if tolerated",
            "load 1000 µg IM daily unless pregnancy",
        ),
    ),
    Wish(
        about="Doses",
        says="two drugs in one schedule",
        pattern=r"(?P<at>(?<!\d\x20)\b(?:and|plus|(?:combined|together) with"
        rf"|in combination with|alongside|with)\b(?= {_NAME})|\+)",
        within=_DOSING,
        nearest="a rule for each drug, with `give` for the one that is added",
        why="a schedule is of one drug; rules that hold together give both",
        examples=(
            "give folic_acid and hydroxocobalamin",
            "load hydroxocobalamin 1000 µg IM daily and folic_acid 5 mg oral daily",
            "load hydroxocobalamin plus folic_acid 5 mg oral daily",
        ),
    ),
    Wish(
        about="Doses",
        says="a drug without its dose",
        pattern=rf"\b(?:load|maintain|give|or|then) (?P<at>{_NAME}(?: or {_NAME})*)(?= ?(?:$"
        r"|\b(?:IM|SC|IV|PO|oral|orally|intramuscular|subcutaneous"
        r"|intravenous|nasal|daily|weekly|monthly|yearly|every"
        r"|for|until|indefinitely|once|twice|on)\b))",
        within=_DOSING,
        nearest="the dose after the name, such as `{at} 1000 µg`; without one, `form {at}` says "
        "which drug, and a `note` that the source names no dose",
        why="a schedule without a dose could be neither given nor audited",
        examples=(
            "load hydroxocobalamin",
            "give multivitamin",
            "load hydroxocobalamin IM daily",
        ),
    ),
    # ------------------------------------------------------------ checks
    Wish(
        about="Checks",
        says="checks for some time only",
        pattern=rf"(?P<at>\b(?:for|over|until) (?:at least |up to |the first )?(?:{_N}(?: ?to ?"
        rf"{_N})? ?)?{_TIME}\b|\b(?:for life|lifelong|indefinitely"
        rf"|for {_N} times)\b)",
        within=_CHECKING,
        nearest="the times themselves, such as `at 3, 6, 9 and 12 months`, or `until` and an "
        "event",
        why="a check ends with an event, or never",
        examples=(
            "check serum_b12 every 3 months for 1 year",
            "check serum_b12 every 3 months until 12 months",
        ),
    ),
    Wish(
        about="Checks",
        says="checks in phases",
        pattern=r"(?P<at>\b(?:and )?(?:then|thereafter|afterwards|subsequently"
        r"|followed by)\b|\band(?= (?:at\b|every\b|daily|weekly"
        r"|monthly|yearly)))",
        within=_CHECKING,
        nearest="a second rule, such as `check serum_b12 yearly after levels_stable`; "
        "the checks of "
        "several rules stand side by side",
        why="a check has one interval or one list of times",
        examples=(
            "check serum_b12 at 3 months then every year",
            "check serum_b12 every 3 months then yearly",
        ),
    ),
    Wish(
        about="Checks",
        says="times of a pregnancy",
        pattern=r"(?P<at>\b(?:(?:every|each|per|in the \w+) )?trimesters?\b"
        r"|\b(?:weeks? (?:of )?(?:gestation|pregnan\w+)|gestation\w*)\b)",
        nearest="`every 3 months` or `at 3, 6 and 9 months`; before a week of pregnancy, an "
        "event such as `until twelfth_week`",
        why="version 1 counts from the start of treatment or an event, not from conception",
        examples=(
            "check serum_b12 every trimester",
            "check serum_b12 in the first trimester",
        ),
    ),
    Wish(
        about="Checks",
        says="a check within a window of time",
        pattern=rf"(?P<at>\b(?:at|after|in|between) {_N} ?(?:to|and|-|–)"
        rf" ?{_N} ?{_TIME}\b|(?<=\w\x20)(?<!\bevery\x20)(?<!\bor\x20)(?<!\band\x20){_N} ?(?:to"
        rf"|-|–) ?{_N} ?{_TIME}\b)",
        within=_CHECKING,
        nearest="the time it is due, such as `at 4 weeks`",
        why="a check is due on a day, and how late it may come is for the audit",
        examples=(
            "check serum_b12 at 2 to 4 weeks",
            "check serum_b12 between 2 and 4 weeks",
        ),
    ),
    Wish(
        about="Checks",
        says="a check by a time",
        pattern=r"(?P<at>\b(?:within|in|in the (?:first|next)|no later than"
        rf"|by)\b)(?= (?:{_SOME}|{_TIME})\b)",
        within=_CHECKING,
        nearest="the time it is due, such as `at 4 weeks`",
        why="a check is due on a day, and how late it may come is for the audit",
        examples=("check serum_b12 within 4 weeks", "check serum_b12 in 4 weeks"),
    ),
    Wish(
        about="Checks",
        says="checks during a treatment",
        pattern=r"(?P<at>\b(?:during|while|throughout|as long as|in the course of)\b)",
        within=_CHECKING,
        nearest="the event that ends them, such as `every week until loading_complete`, and for "
        "whom under `when`",
        why="a check has an interval or times, and at most an event before and after",
        examples=(
            "check serum_b12 during loading",
            "check serum_b12 every 3 months during treatment",
        ),
    ),
    Wish(
        about="Checks",
        says="checks at most so often",
        pattern=r"(?P<at>\b(?:at most|(?:no|not) more(?: often)?(?: than)?"
        r"|up to|max\w*)(?!\w))",
        within=_CHECKING,
        nearest="`every 3 months`, or `at least every 3 months` where it may be done more often",
        why="an interval can be bounded from above and not from below",
        examples=(
            "check serum_b12 at most every 3 months",
            "check serum_b12 no more than every 3 months",
        ),
    ),
    Wish(
        about="Checks",
        says="a number of checks",
        pattern=rf"(?P<at>\b(?:twice|thrice|(?:{_N}|{_SOME}) times)\b(?: (?:per"
        r"|an?|each) \w+| (?:daily|weekly|monthly|yearly))?)",
        within=_CHECKING,
        nearest="the times, such as `at 3 and 6 months`, or the interval, such as `every 6 "
        "months`",
        why="a check is due at times or in intervals, so that one knows when it was missed",
        examples=("check serum_b12 twice", "check serum_b12 twice yearly"),
    ),
    Wish(
        about="Checks",
        says="checks when they are needed",
        pattern=r"(?P<at>\b(?:(?:as|if|when|where) (?:\w+ )?(?:needed"
        r"|required|necessary|indicated|appropriate|symptomatic"
        r"|clinically)|if|unless|regularly|periodically|routinely"
        r"|frequently|occasionally|closely|sometimes|prn|on demand"
        r"|again|repeatedly|where possible|as soon as possible"
        r"|soon|immediately|promptly|early|urgently)\b)",
        within=_CHECKING,
        nearest="for whom under `when`, and `once`, or `every 6 months` or the like; what stays "
        "a matter of judgement in a `note`",
        why="a check is due on days that one can name",
        examples=("check serum_b12 if symptomatic", "check serum_b12 regularly"),
    ),
    Wish(
        about="Checks",
        says="a check before or after something that is no event",
        pattern=r"(?P<at>\b(?:before(?! the next dose)|prior to|at (?:baseline"
        r"|diagnosis|the start|start|each|every)|on (?:admission"
        r"|diagnosis)|at the end|with (?:each|every)|each|every (?:visit"
        r"|appointment|dose|cycle|injection|time))\b)",
        within=_CHECKING,
        nearest="`once`, with for whom it is under `when`; `before the next dose`; `after` and "
        "an event",
        why="times count from the start of treatment or from an event",
        examples=("check serum_b12 before each dose", "check serum_b12 at baseline"),
    ),
    Wish(
        about="Checks",
        says="one of two tests",
        pattern=rf"\bcheck {_NAME}(?: ?, ?{_NAME})* (?P<at>or|rather than"
        r"|instead of)\b",
        within=_CHECKING,
        nearest="a rule for each test, with `strength may`; a comma between tests asks for both",
        why="the tests of one `check` are all done",
        examples=("check serum_b12 or holotranscobalamin every year",),
    ),
    Wish(
        about="Checks",
        says="a check with its result",
        pattern=rf"\bcheck {_NAME} (?P<at><=|>=|[<>=≤≥]|is\b|and (?:if"
        r"|when)\b)",
        within=_CHECKING,
        nearest="what the result decides in a rule of its own, such as `when serum_b12 < 200 "
        "pg/mL`, or `target` for what is aimed at",
        why="`check` asks for a test and not for its result",
        examples=("check serum_b12 > 200 pg/mL every year",),
    ),
    # ------------------------------------------------------------ conditions
    Wish(
        about="Conditions",
        says="everybody",
        pattern=r"\bwhen (?P<at>everyone|everybody|anyone|anybody)\b",
        within=_ASKING,
        nearest="no `when` at all: a rule without one holds for everybody in scope",
        why="a condition names facts",
        examples=("when everyone\n    form mecobalamin",),
    ),
    Wish(
        about="Conditions",
        says="so many of a list",
        pattern=r"(?P<at>\b(?:(?:at least|at most|exactly|more than|fewer than"
        r"|any) )?(?:[2-9]|\d\d|two|three|most|several|four|five"
        r"|six|one or two)(?: or (?:more|fewer))? of(?: the \w+)?\b"
        r"|\b(?:at most|exactly|more than|only) (?:1|one) of\b)",
        within=_FACTS,
        nearest="the combinations, such as `(a and b) or (a and c) or (b and c)`, or "
        "`any of` where "
        "one is enough",
        why="a condition joins others by `and` and `or` and does not count them",
        examples=(
            "when at least 2 of numbness, glossitis, memory_problem",
            "when two of numbness, glossitis, memory_problem",
            "when 2 or more of numbness, glossitis, memory_problem",
        ),
    ),
    Wish(
        about="Conditions",
        says="how long something has lasted",
        pattern=rf"(?P<at>\b(?:for|lasting|persisting|since)\b (?:(?:more than"
        rf"|less than|at least|at most|over|under|longer than|up to) )?(?:{_SOME}"
        rf"|{_N}) ?{_TIME}\b|\bsince\b|(?:<=|>=|[<>≤≥]) ?{_N} ?(?:minutes?"
        rf"|hours?|days?|weeks?|months?)\b|(?<=\w\x20)(?<!\bwhen\x20)(?<!\bafter\x20)(?"
        rf"<!\band\x20)(?<!\bor\x20)(?<!\bis\x20)(?<!\bare\x20)(?<!\bthan\x20)(?<!\bfro"
        rf"m\x20)(?<!\bto\x20)(?<!\bequals\x20){_N} ?(?:days?|weeks?"
        rf"|months?)\b(?! (?:after|before|since|of|ago|from|post"
        rf"|following)))",
        within=_FACTS,
        nearest='a finding that says so, such as `finding numbness_over_4_weeks "numbness for '
        'more than 4 weeks"`, or a measure in weeks',
        why="a fact is so or not; version 1 does not ask for how long",
        examples=(
            "when numbness for more than 4 weeks",
            "when numbness since 4 weeks",
            "when numbness lasting 4 weeks",
        ),
    ),
    Wish(
        about="Conditions",
        says="how long ago something happened",
        pattern=r"(?P<at>\b(?:within|in the (?:last|past|previous|first)"
        rf"|during the (?:last|past|first))\b(?: (?:{_SOME}|{_N})? ?{_TIME})?"
        rf"|(?:less than |more than |over )?(?:{_SOME}|{_N}) ?{_TIME} (?:ago"
        rf"|after|before|since|of|from|post\w*|following)\b|\bafter {_N} ?{_TIME}\b"
        r"|\brecently?\b)",
        within=_ASKING | {"given"},
        nearest='a finding that says so, such as `finding surgery_within_6_months "bariatric '
        'surgery in the last 6 months"`, or a measure such as `months_since_surgery`',
        why="a fact is so or not; version 1 does not ask since when",
        examples=(
            "when bariatric_surgery within 6 months",
            "when bariatric_surgery in the last 6 months",
            "when 3 months after b12_treatment",
            "when after 3 months of b12_treatment",
        ),
    ),
    Wish(
        about="Conditions",
        says="what came before what",
        pattern=r"(?P<at>\b(?:before|after|during|while|following|prior to"
        rf"|preceding)\b)(?= {_NAME})",
        within=_ASKING | {"given"},
        nearest='a finding that says so, such as `finding deficient_in_pregnancy "..."`, or '
        "`and` where both are so now",
        why="a condition speaks of one day, on which facts are so or not",
        examples=(
            "when b12_deficiency during pregnancy",
            "when numbness after bariatric_surgery",
        ),
    ),
    Wish(
        about="Conditions",
        says="several values of one test",
        pattern=r"(?P<at>\b(?:last|latest|previous|mean|average|median"
        rf"|highest|lowest)\b(?: (?:{_N}|{_SOME}))?(?= {_NAME})"
        r"|\b(?:twice|thrice|repeatedly|consecutive(?:ly)?|on (?:two"
        rf"|2|several|repeated) \w+|(?:{_N}|{_SOME}) times|in a row)\b)",
        within=_FACTS,
        nearest='a finding that says so, such as `finding high_b12_twice "serum vitamin B12 '
        'above 1000 pg/mL twice"`',
        why="of several dated values the latest counts, and the earlier ones are not asked",
        examples=(
            "when last 2 serum_b12 > 1000 pg/mL",
            "when serum_b12 > 1000 pg/mL twice",
        ),
    ),
    Wish(
        about="Conditions",
        says="a rise or fall",
        pattern=r"(?P<at>\b(?:(?:has|have|had) (?:not )?)?(?:risen|fallen"
        r"|rose|rise|rises|rising|fell|fall|falls|falling|increas(?:e"
        r"|es|ed|ing)|decreas(?:e|es|ed|ing)|drop(?:s|ped|ping)?"
        r"|declin(?:e|es|ed|ing)|doubl(?:e|es|ed|ing)|improv(?:e"
        r"|es|ed|ing)|worsen(?:s|ed|ing)?|chang(?:e|es|ed|ing)"
        r"|unchanged)\b)",
        within=_FACTS,
        nearest='a finding that says so, such as `finding haemoglobin_rises "haemoglobin rises '
        'by 10 g/L in 4 weeks"`',
        why="of several dated values the latest counts, and the earlier ones are not asked",
        examples=(
            "when serum_b12 rose less than 100 pg/mL in 4 weeks",
            "when serum_b12 falling",
            "target serum_b12 rise >= 100 pg/mL",
        ),
    ),
    Wish(
        about="Conditions",
        says="a bound that the laboratory sets",
        pattern=r"(?P<at>\b(?:is |are )?(?:(?:above|below|outside|within"
        r"|over|under) (?:the )?(?:laborator\w+|lab|reference"
        r"|normal|upper|lower|cut-?off)(?:'s|\w)*(?: (?!and\b|or\b)[\w']+)*|(?:too )?(?:high"
        r"|low|raised|elevated|reduced|normal|abnormal|borderline"
        r"|decreased|increased|detectable))\b(?! ?_)|(?:[x×*] ?)?\b(?:ULN"
        r"|LLN|(?:upper|lower) limit(?: (?!and\b|or\b)\w+)*)\b)",
        within=_FACTS,
        nearest="the bound with its unit, such as `> 0.4 µmol/L`, or a finding that says so, "
        'such as `finding raised_methylmalonic_acid "..."`',
        why="version 1 compares with numbers that the guideline writes",
        examples=(
            "when homocysteine above the reference range",
            "when homocysteine raised",
            "when homocysteine > 2 x ULN",
            "target homocysteine normal",
        ),
    ),
    Wish(
        about="Conditions",
        says="a comparison with another measure",
        pattern=rf"(?:<=|>=|[<>≤≥]) ?(?P<at>{_NAME}\b)(?![./])(?! ?\d)",
        within=_ASKING,
        nearest="a number with its unit, such as `< 50 mL/min`, or a finding that says how the "
        "two compare",
        why="a measure is compared with a number, so that every guideline can be proved",
        examples=("when egfr < ferritin", "when egfr < severe"),
    ),
    Wish(
        about="Conditions",
        says="arithmetic",
        pattern=r"(?:(?<![\w.])(?<![\d<>=≤≥]\x20)[A-Za-z_]\w* ?(?=/)|\s(?=[-–−+*÷]\s)"
        rf"|\w ?(?=[+*÷]))(?P<at>(?:(?<=when\x20){_N} ?)?[-–−+*÷/])(?= ?[\w(])(?!(?<=\d\x"
        r"20.) ?\d)",
        within=_FACTS,
        nearest='a measure of its own, such as `measure bmi "body mass index"`, whose value '
        "comes with the patient",
        why="version 1 compares numbers and does not calculate",
        examples=("when weight / height < 20", "when egfr - 10 < 50 mL/min"),
    ),
    Wish(
        about="Conditions",
        says="a shade of a finding",
        pattern=r"(?P<at>\b(?:mild|moderate|severe|acute|chronic|active"
        r"|recurrent|symptomatic|asymptomatic|new|newly|old|untreated"
        r"|treated|previous|previously|prior|past|former|recent"
        r"|known|suspected|probable|probably|possible|possibly"
        r"|likely|unlikely|confirmed|persistent|unexplained|baseline"
        r"|total|current|established|(?:history|signs|risk|evidence"
        r"|onset|duration|presence|number|level) of|at risk of"
        rf"|family history of)\b(?= {_NAME})(?! (?:and|or|not|is"
        r"|from|assuming)\b)|\b(?:is )?(?:mild|moderate|severe"
        r"|acute|chronic|active|recurrent|symptomatic|asymptomatic"
        r"|new|newly|old|untreated|treated|previous|previously"
        r"|prior|past|former|recent|known|suspected|probable|probably"
        r"|possible|possibly|likely|unlikely|confirmed|persistent"
        r"|unexplained|baseline|total|current|persists?|persisting"
        r"|responding|resolved|improved|worse)\b(?= ?(?:$|\)|,"
        r"|and\b|or\b)))",
        within=_ASKING | {"given"},
        nearest="a finding of its own, such as `finding "
        'suspected_b12_deficiency "suspected vitamin '
        'B12 deficiency"`',
        why="a fact has one name and no adjectives",
        examples=(
            "when b12_deficiency suspected",
            "when numbness is severe\n    form mecobalamin",
            "when suspected b12_deficiency",
            "when history of bariatric_surgery",
        ),
    ),
    Wish(
        about="Conditions",
        says="a bound that differs between people",
        pattern=rf"(?P<at>\b(?:in|for|among)\b)(?= (?!the\b|a\b|life\b"
        rf"|more\b|less\b|at\b|over\b|under\b|longer\b|up\b){_NAME})",
        within=_ASKING,
        nearest="a bound for each, such as `(haemoglobin < 130 g/L and male) or (haemoglobin < "
        "120 g/L and not male)`",
        why="a comparison is of one measure with one bound, for everybody",
        examples=("when egfr < 50 mL/min in diabetes",),
    ),
    # ------------------------------------------------------------ aims
    Wish(
        about="Aims and claims",
        says="an aim by a time",
        pattern=rf"(?P<at>\b(?:within|in|by|after|at|for)\b)(?= (?:the \w+ )?(?:{_SOME}"
        rf"|{_N}|{_TIME})\b)",
        within=frozenset({"target"}),
        nearest="the aim alone, and when it is looked at in a rule with `check`, such as `check "
        "haemoglobin at 4 weeks`",
        why="an aim has no date",
        examples=("target homocysteine < 10 µmol/L within 4 weeks",),
    ),
    Wish(
        about="Aims and claims",
        says="an aim between two bounds",
        pattern=r"(?P<at>\b(?:from|between|and|or)\b|(?<=\w) ?,)",
        within=frozenset({"target"}),
        nearest="two rules, one with `target haemoglobin >= 130 g/L`, one with `target "
        "haemoglobin <= 150 g/L`",
        why="an aim has one bound; the aims of several rules hold together",
        examples=(
            "target homocysteine from 5 to 10 µmol/L",
            "target homocysteine > 5 µmol/L and < 10 µmol/L",
        ),
    ),
    Wish(
        about="Aims and claims",
        says="that checks, prohibitions or aims are always or never so",
        pattern=r"\b(?:never|always) (?P<at>(?:check|withhold|target|continue"
        r"|inject|note|more|less|two|both)\b)",
        nearest="`never` or `always` with a drug, `load`, `maintain`, `give`, `form`, `avoid`, "
        "`contraindicated` or `route`; "
        "for the rest an `example` with `expect`",
        why="an invariant speaks of doses, drugs and routes",
        examples=(
            "invariant i\n    always check serum_b12",
            "invariant i\n    never withhold folic_acid",
        ),
    ),
    # ------------------------------------------------------------ whatever else
    Wish(
        about="Whatever else",
        says="anything else about a check",
        pattern=r"(?P<at>\b(?:in|on|for|as|by|to|because|since|only|despite"
        r"|after|per|via|from|so)\b)(?= \w)",
        within=_CHECKING,
        nearest="for whom under `when`, and the rest in a `note`",
        why="`check` says which tests, when, how often, with which others, after and until "
        "which event",
        examples=(
            "check serum_b12 in everybody",
            "check serum_b12 to exclude deficiency",
        ),
    ),
    Wish(
        about="Whatever else",
        says="anything else about a schedule",
        pattern=rf"(?P<at>\b(?!daily\b|weekly\b|monthly\b|yearly\b)(?:{_NAME}))",
        within=_DOSING,
        nearest='the rest in a `note`, such as `note "With plenty of water."`',
        why="a schedule says which drug, how much, by which route, how often and how long",
        examples=("load 1000 µg IM daily sparingly",),
        is_last=True,
    ),
    # ------------------------------------------------------------ heads and declarations
    Wish(
        about="Heads and declarations",
        says="who wrote it, for whom, until when it holds",
        pattern=r"^ ?(?P<at>(?:authors?|reviewed by|reviewers?|approved on"
        r"|written by|licen[cs]e|copyright|contact|intended for"
        r"|audience|effective|valid(?: (?:from|until|to))?|expires"
        r"|retired|supersedes|superseded by|replaces|publisher"
        r"|country|language_of|funding)\b)",
        within=_HEADS,
        nearest="a comment, such as `# licence: CC BY 4.0`",
        why="the head of version 1 holds version, date, status, scope and what it uses",
        examples=(
            'guideline g2\n    author "NICE"',
            "guideline g2\n    effective 2026-01-01",
            'guideline g2\n    licence "CC BY 4.0"',
        ),
    ),
    Wish(
        about="Heads and declarations",
        says="a date without its day",
        pattern=r"(?P<at>(?<![\w.-])\d{4}-\d{1,2}(?![\w.-])|(?<![\w./-])\d{1,2}/\d{4}(?!"
        r"[\w./-])|\b(?:jan|febr?|mar|apr|may|june?|july?|aug"
        r"|sept?|oct|nov|dec)[a-z]*\.? \d{4}\b)",
        nearest="a day, such as `2024-03-01`, for `revised`; the year alone after `by`",
        why="a date has year, month and day",
        examples=(
            "guideline g2\n    revised 2024-03",
            "guideline g2\n    revised March 2024",
            'source s "S"\n    by "NICE", March 2024',
        ),
    ),
    Wish(
        about="Heads and declarations",
        says="how long a measurement holds",
        pattern=r"^ ?(?P<at>(?:current|valid|stale|fresh|expires)\b)",
        within=_DECLARED,
        nearest="nothing; say in a `note` how old a value may be",
        why="version 1 takes the latest value, however old",
        examples=('measure m "M"\n    unit cm\n    current for 12 months',),
    ),
    Wish(
        about="Heads and declarations",
        says="the words of patients",
        pattern=r"^ ?(?P<at>(?:lay|plain|description|describes|help|hint|patient)\b)(?= \")",
        within=_DECLARED,
        nearest="`synonyms` for further words; `asks` for the question as it is put to a person",
        why="a word has one label for everybody",
        examples=('finding f "F"\n    lay "tingly feet"',),
    ),
    Wish(
        about="Heads and declarations",
        says="a conclusion, score or formula of one's own",
        pattern=r"^ ?(?P<at>(?:derive|conclusion|score|formula|function"
        rf"|calculate|compute|table|decision|outcome)\b)(?= {_NAME})",
        nearest="`define` for a condition with a name; a `measure` for a number that comes "
        "with the "
        "patient",
        why="version 1 has conditions and numbers, and does not calculate",
        examples=("formula bmi", 'conclusion deficiency "deficiency"'),
    ),
    Wish(
        about="Heads and declarations",
        says="silence on a decision",
        pattern=r"\bsilent on (?:\w+ ?, ?)*(?P<at>(?:load|loading|maintain"
        r"|maintenance|form|route|adjunct|monitoring|check|doses?"
        r"|dosing|duration|technique|targets?)\b)",
        within=frozenset({"silent"}),
        nearest='`note "The source prints no doses."`, or a finding as the topic with `when` for '
        "whom it matters",
        why="`silent on` names words of the vocabulary that a patient can have",
        examples=('silent on loading "The source prints no doses."',),
    ),
)
