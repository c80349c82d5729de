"""A dose schedule read from English: what b12guide writes of it, and prescribers' shorthand.

Drugs, routes and events go by their labels ("by intramuscular injection"), as in what people read,
or by their names (`intramuscular`), as in columns. Shorthand is understood too ("IM", "q2w",
"tid", "x 3 days"). Nothing is guessed: a word that is not understood, a clause said twice, or a
number of doses that does not follow from the rest makes the text unusable, and every such place is
reported at once. What says several schedules is read by `b12guide.interop.regimens_of_value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeAlias

from attrs import evolve, frozen

from b12guide.arguments import instance
from b12guide.diagnostics import Diagnostic, Edit, Help, Label, in_order
from b12guide.errors import DosageError
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.interop import pattern as p
from b12guide.interop.pattern import span
from b12guide.library import shipped_guidelines
from b12guide.pipeline import load
from b12guide.regimen import model as r
from b12guide.regimen.phase import PER_KILOGRAM
from b12guide.say.schedules import Names, dose_count, names_of
from b12guide.say.words import spaced
from b12guide.text import Span, Text
from b12guide.values.duration import Duration
from b12guide.values.unit import parse_unit

__all__ = ["regimen_from_english"]


@frozen(repr=False)
class Drugs(Record):
    """The drugs to choose from."""

    names: tuple[str, ...]


@frozen(repr=False)
class SaidRoute(Record):
    """A route."""

    name: str


@frozen(repr=False)
class SaidCount(Record):
    """The number of doses in brackets, which follows from the rest."""

    doses: int


@frozen(repr=False)
class After(Record):
    """The events that come first."""

    events: tuple[str, ...]


@frozen(repr=False)
class Once(Record):
    """One dose, and nothing is said of how often."""


@frozen(repr=False)
class Manner(Record):
    """How doses are taken: `field` is the field of a phase that says so."""

    field: str


@frozen(repr=False)
class Then(Record):
    """The next phase begins."""


Said: TypeAlias = (
    Drugs
    | r.Dose
    | SaidRoute
    | r.Every
    | r.Times
    | r.Bound
    | Duration
    | SaidCount
    | Once
    | Manner
    | After
    | Then
)


Wording: TypeAlias = Names | RuleGraph | None
"""Words that may stand in a text: the graph of a guideline for its own, None for all that ship."""


def regimen_from_english(text: str, names: Wording = None) -> r.Regimen:
    """The regimen that `text` says.

    >>> regimen = regimen_from_english("1000 mcg IM q2w x 6 weeks")
    >>> regimen == regimen_from_english("1000 µg intramuscular every 2 weeks for 6 weeks")
    True

    Args:
        text: The instruction, such as "1000 µg IM every 2 months for life".
        names: The words that may stand in it; `guideline.graph` for those of one guideline. The
            words of every shipped guideline if left out.

    Raises:
        ArgumentError: `text` is no text, or `names` are no words.
        DosageError: It cannot be read; the diagnostics say where and why.
    """
    instance(text, str, "text", "a dosing instruction as text")
    words = words_of(names)
    written = Text("dosage", spaced(text))
    said = list(p.phrases_in(written.characters, clauses(words)))
    end = Span(len(written.characters), len(written.characters))
    regimen, wrong = regimen_said(said, end, written)
    diagnostics = [*not_understood(said, written, words), *wrong]
    if regimen is None or diagnostics:
        raise unreadable(diagnostics)
    return regimen


def words_of(names: Wording) -> Names:
    """The words that `names` stand for.

    Raises:
        ArgumentError: They are no words.
    """
    if names is None:
        return _shipped_words()
    if isinstance(names, RuleGraph):
        return names_of(names)
    expected = "`Names`, or the graph of a guideline (`guideline.graph`)"
    return instance(names, Names, "names", expected)


@cache
def _shipped_words() -> Names:
    """The words of all shipped guidelines, which share a vocabulary and add events to it."""
    every = [names_of(load(name).graph) for name in shipped_guidelines()]
    return Names(
        drugs={name: word for one in every for name, word in one.drugs.items()},
        routes={name: word for one in every for name, word in one.routes.items()},
        events={name: word for one in every for name, word in one.events.items()},
    )


def unreadable(diagnostics: Iterable[Diagnostic]) -> DosageError:
    """The error of a text that cannot be read."""
    message = "the dosing instruction cannot be read"
    return DosageError(message, in_order(diagnostics))


def regimen_said(
    said: Iterable[p.FoundPhrase[Said]], end: Span, text: Text
) -> tuple[r.Regimen | None, tuple[Diagnostic, ...]]:
    """The regimen of which so much is said up to `end`, or what keeps it from being one."""
    read = []
    before: list[p.FoundPhrase[Said]] = []
    group: list[p.FoundPhrase[Said]] = []
    for found in said:
        if isinstance(found.value, Then):
            read.append(_phase(group, found.span, text, before))
            before, group = group, []
        else:
            group.append(found)
    read.append(_phase(group, end, text, before))
    diagnostics = tuple(diagnostic for _, wrong in read for diagnostic in wrong)
    phases = tuple(phase for phase, _ in read if phase is not None)
    return (None if diagnostics else r.Regimen(phases)), diagnostics


_FIELDS: Mapping[type, str] = {
    Drugs: "drugs",
    r.Dose: "dose",
    SaidRoute: "route",
    r.Every: "frequency",
    r.Times: "frequency",
    r.ForTime: "bound",
    r.ForDoses: "bound",
    r.ForLife: "bound",
    r.Until: "bound",
    Duration: "apart",
}
"""The field of a phase that something said fills."""


def _phase(
    said: Sequence[p.FoundPhrase[Said]],
    end: Span,
    text: Text,
    before: Sequence[p.FoundPhrase[Said]],
) -> tuple[r.Phase | None, tuple[Diagnostic, ...]]:
    """The phase of which so much is said up to `end`, or what keeps it from being one.

    What is said of the phase before it, `before`, does not count; a remedy repeats it.
    """
    fields: dict[str, Any] = {}
    diagnostics: list[Diagnostic] = []
    count: p.FoundPhrase[Said] | None = None
    once: p.FoundPhrase[Said] | None = None
    for found in said:
        value = found.value
        name = _FIELDS.get(type(value))
        if isinstance(value, After):
            fields["after"] = (*fields.get("after", ()), *value.events)
        elif isinstance(value, SaidCount):
            count = found
        elif isinstance(value, Once):
            once = found
        elif isinstance(value, Manner):
            fields[value.field] = True
        elif name is not None:
            if name in fields:
                message = f"`{text.slice(found.span)}`: the {name} is said twice"
                diagnostics.append(_diagnostic("DOS102", message, text, found.span))
            if isinstance(value, Drugs):
                fields[name] = value.names
            else:
                fields[name] = value.name if isinstance(value, SaidRoute) else value
    if once is not None:
        beside = next((name for name in ("frequency", "bound") if name in fields), None)
        if beside is not None:
            words = text.slice(once.span)
            message = f"`{words}` is a single dose, and the {beside} is said as well"
            diagnostics.append(_diagnostic("DOS102", message, text, once.span))
        fields["bound"] = r.ForDoses(1)
    if "dose" not in fields:
        message = "there is no dose, such as `1000 µg`"
        wrong = _diagnostic("DOS103", message, text, end)
        return None, (*diagnostics, evolve(wrong, help=_repeated(said, text, before)))
    phase = r.Phase(**fields)
    if count is not None and SaidCount(dose_count(phase) or 0) != count.value:
        message = f"`{text.slice(count.span)}` does not follow from the rest"
        diagnostics.append(_diagnostic("DOS104", message, text, count.span))
    return phase, tuple(diagnostics)


def _repeated(
    said: Sequence[p.FoundPhrase[Said]],
    text: Text,
    before: Sequence[p.FoundPhrase[Said]],
) -> tuple[Help, ...]:
    """That a phase repeats dose, drug and route of the phase before it, where that has a dose."""
    own = {_FIELDS.get(type(found.value)) for found in said}
    missing = [
        text.slice(found.span)
        for found in before
        if (name := _FIELDS.get(type(found.value))) in _REPEATED and name not in own
    ]
    if not said or not any(isinstance(found.value, r.Dose) for found in before):
        return ()
    place = said[0].span.start
    words = " ".join(missing)
    mended = f"{text.characters[:place]}{words} {text.characters[place:]}"
    edit = Edit(text=text, span=Span(place, place), replacement=f"{words} ")
    message = f"each phase repeats its dose: write `{mended}`"
    return (Help(message=message, edits=(edit,)),)


_REPEATED = frozenset(("drugs", "dose", "route"))


def _diagnostic(code: str, message: str, text: Text, span: Span) -> Diagnostic:
    label = Label(text=text, span=span)
    return Diagnostic(code=code, message=message, labels=(label,))


def not_understood(
    said: Iterable[p.FoundPhrase[Any]], text: Text, names: Names
) -> Iterator[Diagnostic]:
    """Each stretch that no clause knows, and each word that stands for several names."""
    known = (*names.drugs.values(), *names.events.values(), *_FREQUENT)
    ambiguous = names.ambiguous
    for found in said:
        words = text.slice(found.span)
        if isinstance(found.value, p.UnreadWords):
            near = get_close_matches(found.value.text, map(spaced, known), n=1)
            remedies = [f"did you mean `{word}`?" for word in near]
            if words.casefold() in _JOINTS:
                remedies = ["`regimens_of_value` reads several schedules"]
            yield evolve(
                _diagnostic("DOS101", f"`{words}` is not understood", text, found.span),
                help=tuple(Help(message=remedy) for remedy in remedies),
            )
            continue
        for word in ambiguous:
            if word.casefold() in words.casefold():
                message = f"`{word}` stands for more than one name"
                yield _diagnostic("DOS105", message, text, found.span)


_JOINTS = ("or", "|")
"""What stands between several schedules."""
_FREQUENT = ("daily", "weekly", "monthly", "yearly", "for life")
"""Words that are easily misspelt."""

# --------------------------------------------------------------------------- clauses


@lru_cache(maxsize=16)
def clauses(names: Names, *, by_name: bool = False) -> tuple[p.Phrase[Said], ...]:
    """The clauses that a schedule is made of.

    Args:
        names: The words that may stand in it.
        by_name: Whether what is the name of one thing and the label of another is the name, as in
            columns. If not, it is the label.
    """

    def called(kind: Mapping[str, str], word: Callable[[str], str]) -> dict[str, str]:
        labels = {word(name): name for name in kind}
        own = {name: name for name in kind}
        return labels | own if by_name else own | labels

    events = called(names.events, names.event)
    routes = called(names.routes, names.route)
    short = {word: name for word, name in _SHORT_ROUTES.items() if name in names.routes}
    return (
        *_drugs(called(names.drugs, names.drug)),
        p.phrase_of(
            r"(?:(?P<least>at least)|(?P<most>at most|up to))? ?"
            rf"{span('dose')}\s*(?!{p.TIME}|times?\b|x\b|doses?\b)(?P<unit>[^\s\d,;()][^\s,;()]*)",
            lambda m: _dose(m, names),
        ),
        p.phrase_of(
            rf"(?:(?P<least>at least) )?{span('dose')}\s*(?P<unit>{_per_kilogram(names)})(?!\w)"
            rf"(?:,? (?:at most|up to|max(?:imum)?(?: of)?) (?P<limit>{p.NUMBER})\s*"
            rf"(?P<limit_unit>[^\s\d,;()]+))?(?: \(for {p.NUMBER} kg: [^()]*\))?",
            lambda m: _dose_by_weight(m, names),
        ),
        *_of_words(short | routes, "", SaidRoute),
        *p.frequencies(),
        p.for_time(),
        p.for_doses(),
        p.apart(),
        p.phrase_of(
            r"(?:(?:as|if|when) (?:needed|required)|prn)\b",
            lambda _: Manner("as_needed"),
        ),
        p.phrase_of(r"with (?:food|meals?)\b", lambda _: Manner("with_food")),
        # "once every other day" is no single dose: nothing that says how often may follow.
        p.phrase_of(
            r"(?:once|(?:as )?(?:a )?single dose)(?=\.?$|\s*[;|]|,? (?:then|(?:and )?after"
            r"|(?:as|if|when) (?:needed|required)|prn|with (?:food|meals?)|at least|or)\b)",
            lambda _: Once(),
        ),
        p.phrase_of(re.escape(names.for_life), lambda _: r.ForLife()),
        p.phrase_of(
            re.escape(names.indefinitely), lambda _: r.ForLife(indefinitely=True)
        ),
        *_of_words(events, r"until\s+", r.Until),
        *_after(events),
        p.phrase_of(
            rf"\((?P<count>{p.NUMBER}) doses?\)",
            lambda m: SaidCount(int(p.number_of(m["count"]))),
        ),
        p.phrase_of(r"then\b", lambda _: Then()),
    )


_SHORT_ROUTES = {
    "IM": "intramuscular",
    "i.m": "intramuscular",
    "intramuscularly": "intramuscular",
    "SC": "subcutaneous",
    "s.c": "subcutaneous",
    "subcutaneously": "subcutaneous",
    "IV": "intravenous",
    "i.v": "intravenous",
    "intravenously": "intravenous",
    "PO": "oral",
    "p.o": "oral",
    "orally": "oral",
    "nasally": "nasal",
}


def _any_of(words: Iterable[str]) -> str:
    """The pattern of any of the words, the longest first."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(word) for word in longest_first)


def _of_words(
    words: Mapping[str, str], start: str, said: Callable[[str], Said]
) -> Iterator[p.Phrase[Said]]:
    """The clause of any of the words after `start`, if there are words at all."""
    if words:
        yield p.phrase_of(
            rf"{start}(?P<word>{_any_of(words)})",
            lambda m: said(_named(m["word"], words)),
        )


def _named(word: str, words: Mapping[str, str]) -> str:
    """The name that a word stands for, in capital or small letters.

    Raises:
        ValueError: The pattern took a letter for another that it is not.
    """
    if word in words:
        return words[word]
    for known, name in words.items():
        if known.casefold() == word.casefold():
            return name
    raise ValueError(word)


def _after(words: Mapping[str, str]) -> Iterator[p.Phrase[Said]]:
    """The events that come first: "after x and y", "and after z"."""
    if not words:
        return
    event = f"(?:{_any_of(words)})"
    several = _several(words, r"\s+and\s+")
    yield p.phrase_of(
        rf"(?:and\s+)?after\s+(?P<events>{event}(?:\s+and\s+{event})*)",
        lambda m: After(several(m["events"])),
    )


def _drugs(words: Mapping[str, str]) -> Iterator[p.Phrase[Said]]:
    """A drug, or a choice whose first member comes first."""
    if not words:
        return
    drug = f"(?:{_any_of(words)})"
    first = r"(?:\s+\(first choice\))?"
    several = _several(words, rf"{first}\s+or\s+|,\s+")
    rest = rf"{first}\s+or\s+{drug}(?:,\s+{drug})*(?:\s+or\s+{drug})?"
    yield p.phrase_of(rf"{drug}(?:{rest})?", lambda m: Drugs(several(m[0])))


def _several(
    words: Mapping[str, str], between: str
) -> Callable[[str], tuple[str, ...]]:
    """What reads words that stand between others, and never inside of what divides them."""
    one = re.compile(rf"(?:{between})?(?P<word>{_any_of(words)})", re.IGNORECASE)

    def read(text: str) -> tuple[str, ...]:
        found, at = [], 0
        while match := one.match(text, at):
            found.append(_named(match["word"], words))
            at = match.end()
        return tuple(found)

    return read


def _per_kilogram(names: Names) -> str:
    """The pattern of a unit for each kilogram, in the words of `names` or in short."""
    words = [w for unit, w in names.units.items() if unit.endswith(PER_KILOGRAM)]
    short = r"[^\s\d,;()/]+ ?(?:/|per) ?kg"
    return f"{_any_of(words)}|{short}" if words else short


def _dose_by_weight(match: re.Match[str], names: Names) -> r.Dose:
    """The dose for each kilogram, with its limit; what it comes to for one weight is no part of it.

    Raises:
        ValueError: What follows a number is no unit.
    """
    low, high = p.numbers_of(match, "dose")
    written = match["unit"]
    words = {word.casefold(): unit for unit, word in names.units.items()}
    unit = words.get(written.casefold())
    if unit is None:
        own = parse_unit(re.split(r" ?(?:/|per) ?", written)[0])
        if own is None:
            raise ValueError(written)
        unit = own.text + PER_KILOGRAM
    limit = None
    if match["limit"] is not None:
        most = p.number_of(match["limit"])
        limit = r.Dose(most, most, _unit_named(match["limit_unit"], names))
    end = None if match["least"] else high
    if match["least"] and (low != high or limit is not None):
        raise ValueError(match[0])
    return r.Dose(low, end, unit, limit=limit)


def _ends(match: re.Match[str]) -> tuple[Fraction | None, Fraction | None]:
    """The ends of a dose, one of which may be open.

    Raises:
        ValueError: A range has an open end as well.
    """
    low, high = p.numbers_of(match, "dose")
    if match["least"] is None and match["most"] is None:
        return low, high
    if low != high:
        raise ValueError(match[0])
    return (low, None) if match["most"] is None else (None, high)


def _dose(match: re.Match[str], names: Names) -> r.Dose:
    """The dose, its unit as a vocabulary prints it.

    Raises:
        ValueError: What follows the number is no unit.
    """
    low, high = _ends(match)
    return r.Dose(low, high, _unit_named(match["unit"], names))


def _unit_named(text: str, names: Names) -> str:
    """The unit that a word stands for, as a vocabulary prints it.

    Raises:
        ValueError: It stands for none.
    """
    written = text.rstrip(".")
    words = {word.casefold(): unit for unit, word in names.units.items()}
    word = written.casefold()
    named = words.get(word) or words.get(f"{word}s")
    if named is not None:
        return named
    known = parse_unit(written)
    if known is None:
        raise ValueError(written)
    return known.text
