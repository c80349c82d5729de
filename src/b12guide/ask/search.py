"""From a question to the documents that answer it, with all that led there.

First the words: how much each stem and each thing that the question speaks of counts in each
document. Then the patient: a rule that does not apply falls away, one that gives way to another
stands behind it, and one that comes to apply by what the question tells stands higher. The verdicts
are those of the evaluator, which no search engine has.

Last comes the question whether to answer at all. A word that the guideline never uses is held
against an answer as much as a rare word that it does use speaks for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import evolve, frozen

from b12guide.ask.concepts import Mention
from b12guide.ask.index import AskIndex
from b12guide.ask.told import Told, told_in
from b12guide.ask.wording import Spoken, spoken, stem, wordbook
from b12guide.frozen import Record

_WORD, _LIGHT, _WITHIN, _THING, _SAYING = 100, 45, 50, 120, 110
"""How much each counts, of a hundred: a word, a light one, one inside a phrase for a thing; a
thing; a rule or silence for which people ask in these words."""

_DECISION, _SHAPE, _AGAINST = 60, 60, 160
"""The decision and the kind of thing that is asked about; what speaks against a thing."""

APPLIES, NEWLY, OVERRIDDEN, UNRECORDED, ASSUMPTION, DEFINITION = (
    115,
    150,
    55,
    70,
    50,
    90,
)
"""What becomes of a score, of a hundred: of a rule that applies; that does by what the question
tells; that gives way to another; that does not apply because nothing is on record; of an
assumption; of a definition."""

ASKED_ABOUT, UNKNOWN, BESIDE = 150, 100, 50
"""How much a word that the guideline never uses is held against an answer, of a hundred of what a
rare word counts: where it is what is asked about, where most is unknown, and where it stands beside
what is asked about."""

_MOST_SLIPS = 2


@frozen(kw_only=True, repr=False)
class Correction(Record):
    """A word that was taken for a misspelling of another."""

    written: str
    meant: str


@frozen(kw_only=True, repr=False)
class Understood(Record):
    """What was understood of a question.

    Attributes:
        words: Its words.
        mentions: The things that it speaks of.
        ways: What it asks about them.
        sayings: The keys of the rules and silences that are asked for in these words.
        told: What it tells of the patient.
        implausible: The numbers that cannot be true, which were left aside.
        corrections: The words that were taken for others.
        unknown: The words of which the guideline never speaks.
        is_against: Whether it asks what speaks against something.
    """

    words: tuple[Spoken, ...]
    mentions: tuple[Mention, ...]
    ways: tuple[Mention, ...]
    sayings: tuple[str, ...]
    told: tuple[Told, ...]
    implausible: tuple[Told, ...] = ()
    corrections: tuple[Correction, ...] = ()
    unknown: tuple[str, ...] = ()
    is_against: bool = False


def understand(question: str, index: AskIndex) -> Understood:
    """What a question says in the words of a guideline."""
    words, corrections = _corrected(spoken(question), index)
    mentions = index.dictionary.mentions(words)
    ways = index.dictionary.ways_in(words)
    told = told_in(words, mentions, index.dictionary, index.measures)
    return Understood(
        words=words,
        mentions=mentions,
        ways=ways,
        sayings=index.dictionary.sayings_in(words),
        told=tuple(one for one in told if one.is_plausible),
        implausible=tuple(one for one in told if not one.is_plausible),
        corrections=corrections,
        unknown=_unknown(words, mentions, ways, index),
        is_against=_is_against(words, ways),
    )


def _is_against(words: Sequence[Spoken], ways: Sequence[Mention]) -> bool:
    """Whether it asks what speaks against something: "why not", "why is it avoided"."""
    if any("against" in mention.concepts for mention in ways):
        return True
    denying = wordbook().reading["denying"]
    why = [word.clause for word in words if word.text == "why"]
    return any(word.clause in why and word.text in denying for word in words)


# --------------------------------------------------------------------------- spelling


def _corrected(
    words: tuple[Spoken, ...], index: AskIndex
) -> tuple[tuple[Spoken, ...], tuple[Correction, ...]]:
    """The words with slips of the pen mended, and those slips."""
    found, corrections = [], []
    known = _known_stems(index)
    for word in words:
        if not _may_be_unknown(word) or word.stem in known:
            found.append(word)
            continue
        meant = _meant(word.text, index.spellings)
        if meant is None:
            found.append(word)
            continue
        corrections.append(Correction(written=word.text, meant=meant))
        found.append(Spoken(text=meant, stem=stem(meant), clause=word.clause))
    return tuple(found), tuple(dict.fromkeys(corrections))


def _known_stems(index: AskIndex) -> frozenset[str]:
    phrases = (*index.dictionary.phrases, *index.dictionary.ways)
    return frozenset(
        (*index.weights, *(stem for phrase in phrases for stem in phrase.stems))
    )


def _may_be_unknown(word: Spoken) -> bool:
    return not (word.is_function or word.is_light or word.is_number)


def _meant(written: str, spellings: Sequence[str]) -> str | None:
    """The word that a misspelled one was meant to be: the nearest, the longest of the near."""
    allowed = min(_MOST_SLIPS, len(written) // 5)
    best, nearest = None, allowed + 1
    for word in spellings:
        if abs(len(word) - len(written)) <= allowed and word[0] == written[0]:
            distance = _slips(written, word, allowed)
            if distance < nearest:
                best, nearest = word, distance
    return best


def _slips(one: str, other: str, most: int) -> int:
    """How many letters are to be changed, added, left out or swapped; `most + 1` for more."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(
                row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != wanted)
            )
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


# ----------------------------------------------------------------------------- scoring


@frozen(kw_only=True, repr=False)
class Token(Record):
    """A word or a thing of a question, with how much it counts of a hundred."""

    token: str
    counts: int


def tokens_of(understood: Understood, index: AskIndex) -> tuple[Token, ...]:
    """What a document is looked for by."""
    within = {place for mention in understood.mentions for place in mention.places}
    counts: dict[str, int] = {}

    def add(token: str, count: int) -> None:
        counts[token] = max(counts.get(token, 0), count)

    for place, word in enumerate(understood.words):
        if word.is_function:
            continue
        if word.is_light or word.is_number:
            add(word.stem, _LIGHT)
        else:
            add(word.stem, _WITHIN if place in within else _WORD)
    concepts = index.dictionary.concepts
    for mention in understood.mentions:
        for key in mention.concepts:
            add(key, _THING)
            if understood.is_against and concepts[key].kind in _MAY_BE_RULED_OUT:
                add(f"against:{key}", _AGAINST)
    for mention in understood.ways:
        for key in mention.concepts:
            add(key, _DECISION if concepts[key].kind == "decision" else _SHAPE)
    for key in understood.sayings:
        add(key, _SAYING)
    return tuple(Token(token=token, counts=counts[token]) for token in sorted(counts))


_MAY_BE_RULED_OUT = frozenset({"drug", "test", "route", "site"})


@frozen(kw_only=True, repr=False)
class Scored(Record):
    """A document with its score, and what it is made of.

    Attributes:
        document: Its number in the index.
        words: What each word and thing of the question adds, the most first.
        by_words: The sum of that.
        verdict: The verdict of a rule, if it is one.
        factor: What the verdict makes of the sum, of a hundred; 0 for a rule that falls away.
        score: What comes of it.
    """

    document: int
    words: tuple[tuple[str, int], ...]
    by_words: int
    verdict: str | None = None
    factor: int = 100
    score: int


class Standing(Enum):
    """What the patient makes of a rule."""

    APPLIES = "applies"
    NEWLY = "applies, by what the question tells"
    OPEN = "open"
    OVERRIDDEN = "overridden"
    NOT_ON_RECORD = "does not apply, as far as is recorded"
    FALLS_AWAY = "does not apply"


_FACTORS: Mapping[Standing, int] = {
    Standing.APPLIES: APPLIES,
    Standing.NEWLY: NEWLY,
    Standing.OPEN: 100,
    Standing.OVERRIDDEN: OVERRIDDEN,
    Standing.NOT_ON_RECORD: UNRECORDED,
    Standing.FALLS_AWAY: 0,
}
_OF_KIND = {"assumption": ASSUMPTION, "definition": DEFINITION}


def scored(
    tokens: Sequence[Token],
    index: AskIndex,
    standings: Mapping[str, Standing],
    instead: Mapping[str, Sequence[str]],
) -> tuple[Scored, ...]:
    """Every document that has something of the question, the best first.

    Args:
        tokens: What is looked for.
        index: The index of the guideline.
        standings: By rule: what the patient makes of it.
        instead: By rule that is overridden: the rules that override it, which answer what it would
            have answered.
    """
    parts: dict[int, list[tuple[str, int]]] = {}
    for one in tokens:
        for document, weight in index.weights.get(one.token, ()):
            parts.setdefault(document, []).append(
                (one.token, weight * one.counts // 100)
            )
    parts = _with_overriding(parts, index, instead)
    found = []
    for document, words in parts.items():
        told = index.documents[document]
        total = sum(score for _, score in words)
        standing = standings.get(told.name) if told.kind == "rule" else None
        factor = _FACTORS[standing] if standing else _OF_KIND.get(told.kind, 100)
        found.append(
            Scored(
                document=document,
                words=tuple(sorted(words, key=lambda w: (-w[1], w[0]))),
                by_words=total,
                verdict=standing.value if standing else None,
                factor=factor,
                score=total * factor // 100,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.score, one.document)))


def _with_overriding(
    parts: Mapping[int, list[tuple[str, int]]],
    index: AskIndex,
    instead: Mapping[str, Sequence[str]],
) -> dict[int, list[tuple[str, int]]]:
    """The words of each document; of an overriding rule at least those of what it overrides."""
    places = {
        one.name: place
        for place, one in enumerate(index.documents)
        if one.kind == "rule"
    }
    found = dict(parts)
    for name, overriding in instead.items():
        words = parts.get(places[name], [])
        for other in overriding:
            place = places[other]
            if _total(words) > _total(found.get(place, [])):
                found[place] = words
    return found


def _total(words: Sequence[tuple[str, int]]) -> int:
    return sum(score for _, score in words)


# ------------------------------------------------------------------ whether to answer


@frozen(kw_only=True, repr=False)
class Unit(Record):
    """A word of a question that says what it is about, or several that do so together.

    Attributes:
        text: As it was written.
        tokens: The stems and things by which documents have it.
        rarity: How much it tells.
        is_known: Whether any document has it.
    """

    text: str
    tokens: frozenset[str]
    rarity: int
    is_known: bool


def units_of(understood: Understood, index: AskIndex) -> tuple[Unit, ...]:
    """What has to be found in an answer, piece by piece."""
    return _units(understood.words, understood.mentions, understood.ways, index)


def _units(
    words: Sequence[Spoken],
    mentions: Sequence[Mention],
    asking: Sequence[Mention],
    index: AskIndex,
) -> tuple[Unit, ...]:
    found: list[tuple[Unit, tuple[int, ...]]] = []
    taken: set[int] = set()
    for mention in mentions:
        taken.update(mention.places)
        said = [words[place] for place in mention.places]
        stems = {word.stem for word in said if _may_be_unknown(word)}
        if not stems and not any(key in index.rarity for key in mention.concepts):
            continue  # words that lead nowhere, for a thing that is no matter here
        text = " ".join(word.text for word in said)
        found.append((_unit(text, {*mention.concepts}, index, stems), mention.places))
    asked: dict[int, set[str]] = {}
    for mention in asking:
        for place in mention.places:
            asked.setdefault(place, set()).update(mention.concepts)
    for place, word in enumerate(words):
        if place in taken or not _may_be_unknown(word):
            continue
        # What is asked about things makes a word known, and tells little of the topic.
        ways = asked.get(place, set())
        unit = _unit(word.text, set(), index, {word.stem})
        if ways and not unit.is_known:
            unit = _unit(word.text, ways, index, set())
        found.append((evolve(unit, tokens=unit.tokens | ways), (place,)))
    known = sum(unit.is_known for unit, _ in found)
    beside = BESIDE if len(found) - known <= known else UNKNOWN
    return tuple(_weighed(unit, places, words, beside) for unit, places in found)


def _weighed(
    unit: Unit, places: Sequence[int], words: Sequence[Spoken], beside: int
) -> Unit:
    """An unknown piece, by whether it is what is asked about or stands beside that.

    "Which antibiotic", "the dose of aspirin" and "what does a vial cost" are about a word that the
    guideline never uses; "newly diagnosed, how often" only has one. Where most is unknown, none of
    it stands beside anything.
    """
    if unit.is_known:
        return unit
    counts = ASKED_ABOUT if _is_asked_about(places, words) else beside
    return evolve(unit, rarity=unit.rarity * counts // 100)


def _is_asked_about(places: Sequence[int], words: Sequence[Spoken]) -> bool:
    reading = wordbook().reading
    first, last = min(places), max(places)
    before = [word.text for word in words[max(0, first - 2) : first]]
    if any(word in reading["naming"] for word in before):
        return True
    if before and before[-1] in reading["belonging"]:
        return True
    behind = words[last + 1 : last + 2]
    if behind and behind[0].text == "of":  # "the price of mecobalamin"
        return True
    is_last = not any(_may_be_unknown(word) for word in words[last + 1 :])
    return is_last and words[0].text in reading["question_words"]


def _unit(text: str, tokens: set[str], index: AskIndex, stems: set[str]) -> Unit:
    """A piece of a question; it is known by the thing that it names, or by all of its words."""
    known = [index.rarity[token] for token in tokens if token in index.rarity]
    if not known and stems and all(stem in index.rarity for stem in stems):
        known = [index.rarity[stem] for stem in stems]
    return Unit(
        text=text,
        tokens=frozenset(tokens | stems),
        rarity=max(known) if known else index.rarest,
        is_known=bool(known),
    )


def _unknown(
    words: Sequence[Spoken],
    mentions: Sequence[Mention],
    ways: Sequence[Mention],
    index: AskIndex,
) -> tuple[str, ...]:
    units = _units(words, mentions, ways, index)
    return tuple(dict.fromkeys(unit.text for unit in units if not unit.is_known))


def covered(found: Scored, units: Sequence[Unit]) -> int:
    """How much a document has of a question, of a hundred, against what the guideline never uses.

    A question without a word of its own, such as "does it help?", is covered by what is found.
    """
    had = {token for token, _ in found.words}
    part = sum(unit.rarity for unit in units if not unit.tokens.isdisjoint(had))
    never = sum(unit.rarity for unit in units if not unit.is_known)
    if not units:
        return 100
    return part * 100 // (part + never) if part else 0
