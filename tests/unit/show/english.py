"""Reads the English of a condition as a hasty person would hear it, and says when it is true.

It shares nothing with what writes that English. Where a phrase could be heard in two ways it either
refuses, or takes the hasty way: "no ..." and "a record of ..." reach as far as nothing stops them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from b12guide.truth import Truth, all_of, any_of

Patient: TypeAlias = Mapping[str, bool | str | Fraction | None]
Heard: TypeAlias = Callable[[Patient], Truth]

_NUMBER = r"([0-9.]+)(?: to ([0-9.]+))?"
_RECORD = re.compile(r"(a|no) (record (?:that |of whether |of )|measurement of )(.*)")
_BOUNDS: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "below": lambda value, bound: value < bound,
    "of at most": lambda value, bound: value <= bound,
    "above": lambda value, bound: value > bound,
    "of at least": lambda value, bound: value >= bound,
    "of exactly": lambda value, bound: value == bound,
    "other than exactly": lambda value, bound: value != bound,
}


class Unclear(Exception):  # noqa: N818 - it says what is the matter with a phrase
    """The phrase can be heard in more than one way, or not at all."""


def heard(phrase: str, labels: Mapping[str, str], values: Mapping[str, str]) -> Heard:
    """When `phrase` is true of a patient; labels and value labels lead to names."""
    return _Ear(labels, values).joined(phrase)


class _Ear:
    def __init__(self, labels: Mapping[str, str], values: Mapping[str, str]) -> None:
        self.labels = labels
        self.values = values

    def joined(self, phrase: str) -> Heard:
        """Phrases with "and" or "or" between them."""
        parts = [*_split(phrase, r",? (?:and|or) |, ")]
        joints = {mark.strip(" ,") for mark in parts[1::2]} - {""}
        if len(joints) > 1:
            raise Unclear(phrase)
        found = [*self._each(parts[::2])]
        both = all_of if joints == {"and"} else any_of
        return lambda patient: both(each(patient) for each in found)

    def _each(self, parts: list[str]) -> Iterator[Heard]:
        """What each of some joined phrases says; one may reach over those behind it."""
        for number, part in enumerate(parts):
            behind = parts[number + 1 :]
            if part.startswith(("a record", "a measure", "that it is not so", "no ")):
                is_no = part.startswith("no ") and not part.startswith("no record")
                stopped = is_no and bool(behind) and behind[0].startswith("no ")
                if behind and not stopped:
                    raise Unclear(" / ".join(parts))
            is_value = re.search(r'(as|than) "[^"]*"$', part) is not None
            if is_value and behind and behind[0].startswith('"'):
                raise Unclear(" / ".join(parts))  # one more value, or a fact?
            yield self.one(part)

    def one(self, phrase: str) -> Heard:
        phrase = re.sub(r"(?: \(assuming [^()]*\))+$", "", phrase)
        if phrase in {"every patient", "no patient"}:
            return lambda _: Truth.of(phrase == "every patient")
        if phrase.startswith("(") and phrase.endswith(")"):
            return self.joined(phrase[1:-1])
        for word, found in (("none of (", any_of), ("not all of (", all_of)):
            if phrase.startswith(word):
                inside = [*_split(phrase.removeprefix(word)[:-1], "; ")][::2]
                parts = [self.one(part) for part in inside]
                return lambda patient: ~found(part(patient) for part in parts)
        if counted := re.fullmatch(r"(at least|fewer than) (\d+) of \((.*)\)", phrase):
            listed = [*map(self.one, [*_split(counted[3], "; ")][::2])]
            return lambda patient: (
                _counted(int(counted[2]), [part(patient) for part in listed])
                if counted[1] == "at least"
                else ~_counted(int(counted[2]), [part(patient) for part in listed])
            )
        if record := _RECORD.fullmatch(phrase):
            return self._record(record[1], record[2], record[3])
        for start in ("that it is not so that ", "no "):
            if phrase.startswith(start):
                denied = self.one(phrase.removeprefix(start))
                return lambda patient: ~denied(patient)
        return self._fact(phrase.removeprefix("that "))

    def _record(self, article: str, noun: str, what: str) -> Heard:
        whichever = noun != "record that " and (
            noun != "record of " or what.endswith(" either way")
        )
        name = self._named(what.removesuffix(" either way"))

        def told(patient: Patient) -> Truth:
            value = patient.get(name)
            kind = isinstance(value, str | Fraction) or whichever
            found = value is not None and (kind or value is True)
            return Truth.of(found is (article == "a"))

        return told

    def _fact(self, phrase: str) -> Heard:
        if '" stated' in phrase or " stated as " in phrase or ' other than "' in phrase:
            return self._choice(phrase)
        for words, holds in _BOUNDS.items():
            source = "(?:a bound that the source prints as )?"
            bound = rf"(.*) {words} {source}{_NUMBER}(?: [A-Za-z/]+)?"
            if found := re.fullmatch(bound, phrase):
                ends = [Fraction(end) for end in found.groups()[1:] if end]
                return self._measured(found[1], ends, holds)
        stretch = rf"(.*) (from|outside) {_NUMBER} [A-Za-z/]+ inclusive"
        if found := re.fullmatch(stretch, phrase):
            low, high = Fraction(found[3]), Fraction(found[4])
            return self._measured(
                found[1],
                [low],
                lambda value, _: (low <= value <= high) is (found[2] == "from"),
            )
        name = self._named(phrase)
        return lambda patient: _truth(patient.get(name))

    def _choice(self, phrase: str) -> Heard:
        found = re.fullmatch(r"(.*) (stated as|other than) (.*)", phrase)
        if found is None:
            raise Unclear(phrase)
        several = re.fullmatch(r"(one|none) of \((.*)\)", found[3])
        said = several[2].split("; ") if several else [found[3]]
        values = {self.values[value.strip('"')] for value in said}
        denied = found[2] == "other than" or (several and several[1] == "none")
        name = self._named(found[1])

        def told(patient: Patient) -> Truth:
            value = patient.get(name)
            if value is None:
                return Truth.UNKNOWN
            return Truth.of((value in values) is not bool(denied))

        return told

    def _measured(
        self,
        label: str,
        ends: list[Fraction],
        holds: Callable[[Fraction, Fraction], bool],
    ) -> Heard:
        name = self._named(label)

        def told(patient: Patient) -> Truth:
            value = patient.get(name)
            if not isinstance(value, Fraction):
                return Truth.UNKNOWN
            answers = {holds(value, end) for end in ends}
            return Truth.of(answers.pop() if len(answers) == 1 else None)

        return told

    def _named(self, label: str) -> str:
        bare = label.removeprefix('"').removesuffix('"')
        if bare not in self.labels:
            raise Unclear(label)
        return self.labels[bare]


def _counted(least: int, truths: list[Truth]) -> Truth:
    """Whether so many are true, in every way in which the unknown ones may turn out."""
    open_ = sum(truth is Truth.UNKNOWN for truth in truths)
    ways = {truths.count(Truth.TRUE) + more >= least for more in range(open_ + 1)}
    return Truth.of(ways.pop() if len(ways) == 1 else None)


def _truth(value: object) -> Truth:
    return Truth.of(value if isinstance(value, bool) else None)


def _split(phrase: str, mark: str) -> Iterator[str]:
    """The stretches of a phrase, and the marks outside brackets and quotations between them."""
    depth, begin, quoted = 0, 0, False
    found = {
        match.start(): match.group() for match in re.finditer(f"(?={mark})", phrase)
    }
    skip = 0
    for place, character in enumerate(phrase):
        if place < skip:
            continue
        quoted ^= character == '"'
        depth += 0 if quoted else (character == "(") - (character == ")")
        if place in found and not depth and not quoted:
            match = re.compile(mark).match(phrase, place)
            if match is not None:
                yield phrase[begin:place]
                yield match.group()
                begin = skip = match.end()
    yield phrase[begin:]
