"""What a question tells of a patient: findings that are present or absent, measures, choices.

A question mentions far more than it tells. "When may folic acid be started?" tells nothing, "is she
pregnant?" asks, "her mother had diabetes" is about somebody else, "perhaps numb" is open: of all
these nothing is taken, because what is not known is never taken for so. The answer says what
was taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from attrs import frozen

from b12guide.ask.concepts import Concept, Dictionary, Mention
from b12guide.ask.measures import Measured
from b12guide.ask.wording import Spoken, wordbook
from b12guide.frozen import Record

_NEAR = 6
"""Words that may stand between a fact and the word that denies or tells it."""
_NUMBER_NEAR = 4
"""Words that may stand between a measure and its number."""


@frozen(kw_only=True, repr=False)
class Told(Record):
    """One thing that a question tells.

    Attributes:
        fact: The fact or definition.
        value: Whether it is so, or the value of a choice, or a number in the measure's own unit.
        text: A number with its unit, as it was told; empty for what is no number.
        concept: The key of the concept by which it was told.
        places: The numbers of the words that tell it.
        is_plausible: Whether a number can be true; one that cannot is left aside.
    """

    fact: str
    value: bool | str | Fraction
    text: str = ""
    concept: str
    places: tuple[int, ...]
    is_plausible: bool = True


def told_in(
    words: Sequence[Spoken],
    mentions: Sequence[Mention],
    dictionary: Dictionary,
    measures: Mapping[str, Measured],
) -> tuple[Told, ...]:
    """What the words tell, each fact once; what they tell of one in two ways is left out.

    Args:
        words: The words of a question.
        mentions: The things that they speak of.
        dictionary: The things of the guideline.
        measures: The measures, each with the units in which it may be told.
    """
    found = [*_numbers(words, mentions, dictionary, measures)]
    for mention in mentions:
        for key in mention.concepts:
            concept = dictionary.concepts[key]
            told = _stated(concept, mention, words)
            if told is not None:
                found.append(told)
    values: dict[str, set[bool | str | Fraction]] = {}
    for told in found:
        values.setdefault(told.fact, set()).add(told.value)
    once = {told.fact: told for told in reversed(found) if len(values[told.fact]) == 1}
    return tuple(sorted(once.values(), key=lambda told: (told.places, told.fact)))


# ----------------------------------------------------------------------------- measures


def _numbers(
    words: Sequence[Spoken],
    mentions: Sequence[Mention],
    dictionary: Dictionary,
    measures: Mapping[str, Measured],
) -> Iterator[Told]:
    """The numbers that are values of measures."""
    for place, word in enumerate(words):
        if not word.is_number or _is_bound(words, place):
            continue
        best: tuple[int, int, Mention, Concept] | None = None
        for mention in mentions:
            if words[mention.places[0]].clause != word.clause or _is_others(
                words, mention
            ):
                continue
            for key in mention.concepts:
                concept = dictionary.concepts[key]
                if concept.kind not in {"measure", "test"}:
                    continue
                if concept.name not in measures:
                    continue
                distance = _distance(words, place, mention, measures[concept.name])
                if distance is not None and (best is None or distance < best[0]):
                    best = (distance, -len(mention.places), mention, concept)
        if best is not None:
            _, _, mention, concept = best
            measure = measures[concept.name]
            unit, factor = measure.units[word.unit or ""]
            value = Fraction(word.text) * factor
            yield Told(
                fact=concept.name,
                value=value,
                text=f"{word.text} {unit}".strip(),
                concept=f"fact:{concept.name}",
                places=tuple(sorted({*mention.places, place})),
                is_plausible=measure.allows(value),
            )


def _distance(
    words: Sequence[Spoken], place: int, mention: Mention, measure: Measured
) -> int | None:
    """How far a number is from a measure; None where it is no value of it."""
    word, last = words[place], mention.places[-1]
    if word.unit is not None:
        apart = place - last if place > last else mention.places[0] - place
        return abs(apart) if word.unit in measure.units else None
    # A bare number follows what it is the number of: "platelets are 32", not "3 tests of B12", and
    # not "B12 after 3".
    linking = wordbook().reading["linking"]
    between = words[last + 1 : place]
    follows = place > last and all(one.text in linking for one in between)
    return place - last if follows and len(between) < _NUMBER_NEAR else None


def _is_bound(words: Sequence[Spoken], place: int) -> bool:
    """Whether a number is a bound or an end of a range, and no value."""
    bounding = wordbook().reading["bounding"]
    before = words[max(0, place - 2) : place]
    behind = words[place + 1 : place + 3]
    return (
        any(word.text in bounding for word in before)
        or any(word.is_number for word in behind[:1])
        or (len(behind) > 1 and behind[0].text == "to" and behind[1].is_number)
        or (len(before) > 1 and before[-1].text == "to" and before[-2].is_number)
        or any(word.is_number for word in before[-1:])
    )


# ----------------------------------------------------------------------------- findings


def _stated(concept: Concept, mention: Mention, words: Sequence[Spoken]) -> Told | None:
    """What a mention tells of a finding, event, choice or definition; None for nothing."""
    if concept.kind not in {"finding", "event", "definition", "value"}:
        return None
    if _is_others(words, mention) or _is_doubted(words, mention):
        return None
    denied = _is_denied(words, mention)
    if not (denied or _is_told(words, mention)):
        return None
    if concept.kind == "value" and denied:
        return None
    value = concept.value if concept.kind == "value" else not denied
    return Told(
        fact=concept.name,
        value=value or False,
        concept=concept.key,
        places=mention.places,
    )


def _clause_start(words: Sequence[Spoken], place: int) -> int:
    clause = words[place].clause
    while place > 0 and words[place - 1].clause == clause:
        place -= 1
    return place


def _is_others(words: Sequence[Spoken], mention: Mention) -> bool:
    """Whether it is about a relative: "her mother has", "a family history of"."""
    start, first = _clause_start(words, mention.places[0]), mention.places[0]
    before = [word.text for word in words[start:first]]
    reading = wordbook().reading
    return "family" in before or any(
        word in reading["others"]
        and at > 0
        and before[at - 1] in reading["possessives"]
        for at, word in enumerate(before)
    )


def _is_doubted(words: Sequence[Spoken], mention: Mention) -> bool:
    """Whether it is left open: "perhaps", "suspected", "rule out"."""
    doubting = wordbook().reading["doubting"]
    start = max(_clause_start(words, mention.places[0]), mention.places[0] - 3)
    near = [*words[start : mention.places[0]], *words[mention.places[-1] + 1 :][:2]]
    return any(
        word.text in doubting and word.clause == words[mention.places[0]].clause
        for word in near
    )


def _is_denied(words: Sequence[Spoken], mention: Mention) -> bool:
    """Whether a word before it denies it: "no numbness or tingling"."""
    reading = wordbook().reading
    first = mention.places[0]
    start = max(_clause_start(words, first), first - _NEAR)
    if any(word.text == "why" for word in words[_clause_start(words, first) : first]):
        start = max(start, first - 2)
    for place in range(first - 1, start - 1, -1):
        text = words[place].text
        if text in reading["contrast"]:
            return False
        if text in reading["denying"] and place not in mention.places:
            return True
    return False


def _is_told(words: Sequence[Spoken], mention: Mention) -> bool:
    """Whether it tells a circumstance, and does not only name it or ask about it."""
    reading = wordbook().reading
    first, last = mention.places[0], mention.places[-1]
    start = _clause_start(words, first)
    while start < first and words[start].text in reading["lead_in"]:
        start += 1
    asked = [
        n for n in range(start, first) if words[n].text in reading["question_words"]
    ]
    lead = words[start].text
    if asked:  # "below which level is somebody deficient?"
        start = asked[0]
    before = [word.text for word in words[start:first]]
    if words[first].text in reading["telling"] and len(mention.places) > 1:
        return True
    if start == first or not (asked or lead in reading["asking"]):
        return _is_told_plainly(words, mention, before)
    behind = words[last + 1 : last + 2]
    is_of_somebody = bool(behind) and behind[0].text in reading["people"]
    for at in range(len(before) - 1, 0, -1):
        word = before[at]
        if len(before) - at > _NEAR:
            break
        if word in reading["undoing"] and not is_of_somebody:
            return False
        if word in reading["telling"]:
            about_one = (
                lead in reading["yes_or_no"]
                and before[1:2]
                and before[1] in reading["people"]
            )
            return word in reading["conditions"] if about_one else True
    return is_of_somebody


def _is_told_plainly(
    words: Sequence[Spoken], mention: Mention, before: Sequence[str]
) -> bool:
    """Whether a clause that asks nothing by its first word tells it."""
    reading = wordbook().reading
    clause = words[mention.places[0]].clause
    inside = [word.text for word in words if word.clause == clause]
    for word in reversed(before[-_NEAR:]):
        if word in reading["telling"]:
            return True
        if word in reading["undoing"]:
            return False
    if any(word in reading["verbs"] or word in reading["people"] for word in inside):
        return True
    # "planning a baby, how often ...": a clause without a verb tells it where another one asks.
    return any(
        word.text in reading["asking"]
        and (
            n == 0
            or words[n - 1].clause != word.clause
            or words[n - 1].text in reading["lead_in"]
        )
        for n, word in enumerate(words)
        if word.clause != clause
    )
