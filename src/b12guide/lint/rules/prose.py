"""Figures in the texts of a rule, held against its schedule.

A reader believes the sentence, not the schedule, so a number that stands in both must agree. Prose
names other numbers too: what was advised earlier, what another source prints, what comes after. So
only what is said plainly of the rule itself is compared; a sentence that contrasts is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import frozen

from b12guide.diagnostics import Diagnostic
from b12guide.graph import model
from b12guide.interop.figures import DosesIn, Figure, OnDays, figures_in, is_of_mass
from b12guide.lint.material import (
    Level,
    Material,
    Role,
    Wording,
    finding,
    lint_rule,
    said,
)
from b12guide.regimen.model import (
    Dose,
    Every,
    ForDoses,
    ForLife,
    ForTime,
    Frequency,
    Phase,
    Times,
)
from b12guide.say.schedules import dose_text, every_text, frequency_text, length_text
from b12guide.say.words import listing
from b12guide.syntax import ast
from b12guide.text import Span
from b12guide.values.duration import DurationRange


@lint_rule("GDL557", Level.WARNING)
def another_dose_in_words(material: Material) -> Iterator[Diagnostic]:
    """A text says the dose of its rule, and how often, as the rule does."""
    for one in _contradictions(material):
        if isinstance(one.figure.said, Dose | Every | Times):
            yield one.told()


@lint_rule("GDL558", Level.WARNING)
def another_length_in_words(material: Material) -> Iterator[Diagnostic]:
    """A text says how long and how many as its rule does."""
    for one in _contradictions(material):
        if not isinstance(one.figure.said, Dose | Every | Times):
            yield one.told()


@frozen
class _Contradiction:
    """A figure of a text that the rule does not bear out, and what the rule says."""

    wording: Wording
    figure: Figure
    written: str
    instead: str

    def told(self) -> Diagnostic:
        """The finding."""
        one = self.wording
        place = next(
            (node for _, node in one.matches(re.compile(re.escape(self.written)))),
            one.prose,
        )
        return finding(
            f"{one.role.value} of {one.owner} says `{self.written}`, and the rule says "
            f"{self.instead}",
            (one.text, place),
            "say the same in both, or leave the number out of the text",
        )


def _contradictions(material: Material) -> Iterator[_Contradiction]:
    graph = material.graph
    if graph is None:
        return
    for one in said(material, Role.TITLE, Role.BECAUSE, Role.PATIENT):
        if not isinstance(one.item, ast.Rule):
            continue
        rule = graph.rules.get(one.item.name.text)
        if rule is None or not isinstance(
            rule.value, model.Regimens | model.Monitoring
        ):
            continue
        about = _About.of(rule.value, graph, is_strict=one.role is not Role.BECAUSE)
        for sentence in _sentences(one.prose.text):
            for figure in about.plain_figures(sentence):
                instead = about.instead_of(figure)
                if instead:
                    span = figure.span
                    written = sentence[span.start : span.end].strip()
                    yield _Contradiction(one, figure, written, instead)


_END = re.compile(r"(?<=[.!?;:])\s+")

_OF_OTHERS = re.compile(
    r"\b(?:was|were|had|earlier|previous(?:ly)?|former(?:ly)?|elsewhere|another|(?<!every )others?"
    r"|usual(?:ly)?|standard|used to|unlike|if|unless|miss(?:ed)?|longest|shortest)\b",
    re.IGNORECASE,
)
"""A sentence with one of them may speak of other figures than those of its rule."""

_FROM_HERE = re.compile(
    r"\b(?:instead of|rather than|than|not|no|without|then|after that|afterwards|later|followed"
    r"|until|before|despite)\b[^,;.]*",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"(?:^|(?<=,\s))(?:after|once|when|while|as long as)\b[^,]*,", re.IGNORECASE
)
"""Parts of a sentence that may: up to the next comma, or in front of it."""

_TESTED = re.compile(r"\b(?:tests?|tested|check(?:s|ed)?|levels?|measured?|samples?)\b")
_DOSED = re.compile(
    r"\b(?:injections?|inject|dos(?:e|es|ing|age)|shots?|jabs?|tablets?|pills?|take[ns]?|taking"
    r"|capsules?|ampoules?|given?|course|get|daily|weekly|monthly|treatment)\b",
    re.IGNORECASE,
)


def _sentences(text: str) -> Iterator[str]:
    yield from _END.split(" ".join(text.split()))


@frozen
class _About:
    """What a rule says, as far as prose can be held against it.

    Attributes:
        is_strict: Whether a range of the text has to be that of the rule or lie inside it, as in
            what patients read; elsewhere it is enough that they overlap.
    """

    phases: tuple[Phase, ...]
    several: tuple[tuple[Phase, ...], ...]
    monitoring: model.Monitoring | None
    others: re.Pattern[str] | None
    is_strict: bool

    @classmethod
    def of(
        cls,
        value: model.Regimens | model.Monitoring,
        graph: model.RuleGraph,
        *,
        is_strict: bool,
    ) -> _About:
        """What this value says."""
        if isinstance(value, model.Monitoring):
            return cls((), (), value, None, is_strict)
        several = tuple(regimen.phases for regimen in value.regimens)
        phases = tuple(phase for one in several for phase in one)
        mine = {drug for phase in phases for drug in phase.drugs}
        others = _other_drugs(mine, graph)
        return cls(phases, several, None, others, is_strict)

    def plain_figures(self, sentence: str) -> Iterator[Figure]:
        """The figures of a sentence that are plainly those of the rule."""
        if _OF_OTHERS.search(sentence):
            return
        is_of_doses = self.monitoring is None
        if is_of_doses and (_TESTED.search(sentence) or not _DOSED.search(sentence)):
            return
        apart = [
            Span(*found.span())
            for pattern in (_FROM_HERE, _BEHIND)
            for found in pattern.finditer(sentence)
        ]
        foreign = self.others is not None and self.others.search(sentence)
        for figure in figures_in(sentence):
            is_apart = any(
                one.start <= figure.span.start and figure.span.end <= one.end
                for one in apart
            )
            # The time of a check may be all that a sentence says: "After three months you ...".
            if is_apart and not (not is_of_doses and isinstance(figure.said, OnDays)):
                continue
            if not foreign:
                yield figure

    def instead_of(self, figure: Figure) -> str:
        """What the rule says where it does not bear a figure out; empty where it does."""
        match figure.said:
            case Dose() as dose:
                return self._of_dose(dose)
            case Every() | Times() as frequency:
                return self._of_frequency(frequency)
            case ForTime(length=length):
                return self._of_length(length)
            case DosesIn() as count:
                return self._of_count(count)
            case OnDays(times=times):
                return self._of_days(times)

    def _agrees(self, mine: tuple[Fraction, Fraction], wanted: _Range) -> bool:
        (low, high), (least, most) = mine, wanted
        loose = _LOOSE
        if self.is_strict and low != high:
            return low * loose >= least and high <= most * loose
        return low <= most * loose and high * loose >= least

    def _of_dose(self, dose: Dose) -> str:
        doses = [phase.dose for phase in self.phases if is_of_mass(phase.dose)]
        low, high, _ = dose.amount
        if not doses or low is None or high is None:
            return ""
        for phase in self.phases:
            least, most, _ = phase.dose.amount
            if not is_of_mass(phase.dose):
                return ""
            lowest = Fraction(0) if least is None else least
            highest = high if most is None else most
            for times in {1, *_times_a_day(phase.frequency)}:
                if self._agrees((low, high), (lowest * times, highest * times)):
                    return ""
        return listing(dict.fromkeys(dose_text(one) for one in doses), "or")

    def _of_frequency(self, frequency: Frequency) -> str:
        wanted = _interval(frequency)
        if self.monitoring is not None:
            every = self.monitoring.every
            if every is None:
                return ""
            if self._agrees(wanted, _days(every)):
                return ""
            return every_text(every)
        mine = [phase.frequency for phase in self.phases if phase.frequency is not None]
        if not mine or any(self._agrees(wanted, _interval(one)) for one in mine):
            return ""
        return listing(dict.fromkeys(map(frequency_text, mine)), "or")

    def _of_length(self, length: DurationRange) -> str:
        if any(isinstance(phase.bound, ForDoses) for phase in self.phases):
            return ""
        bounds = [p.bound.length for p in self.phases if isinstance(p.bound, ForTime)]
        if not bounds:
            is_for_life = all(isinstance(p.bound, ForLife) for p in self.phases)
            return "that it goes on for life" if self.phases and is_for_life else ""
        wanted = _days(length)
        whole = [
            [
                _days(phase.bound.length)
                for phase in one
                if isinstance(phase.bound, ForTime)
            ]
            for one in self.several
        ]
        sums = [
            (sum(low for low, _ in one), sum(high for _, high in one))
            for one in whole
            if one
        ]
        ranges = (*map(_days, bounds), *((Fraction(a), Fraction(b)) for a, b in sums))
        if any(self._agrees(wanted, one) for one in ranges):
            return ""
        said_ = dict.fromkeys(f"for {length_text(one)}" for one in bounds)
        return listing(said_, "or")

    def _of_count(self, count: DosesIn) -> str:
        _, window = _days(count.length)
        found = [_doses_in(one, window) for one in self.several]
        counts = [one for one in found if one is not None]
        if not counts or len(counts) < len(found):
            return ""
        if any(low <= count.high and count.low <= high for low, high in counts):
            return ""
        low, high = min(a for a, _ in counts), max(b for _, b in counts)
        number = f"{low}" if low == high else f"{low} to {high}"
        return f"{number} in that time"

    def _of_days(self, times: Iterable[DurationRange]) -> str:
        if self.monitoring is None or not self.monitoring.times:
            return ""
        mine = [_days(one) for one in self.monitoring.times]
        for time in times:
            if not any(self._agrees(_days(time), one) for one in mine):
                listed = listing(length_text(one) for one in self.monitoring.times)
                return f"at {listed}"
        return ""


_Range = tuple[Fraction, Fraction]

_LOOSE = Fraction(110, 100)
"""Months are not of one length, and four weeks are called a month."""

_DAYS_OF_A_MONTH = Fraction(487, 16)
_SECONDS_OF_A_DAY = 86400


def _days(length: DurationRange) -> _Range:
    """A length of time in days; a month has as many as the mean of four years."""
    unit = length.unit
    if unit.is_calendar:
        share = unit.in_smallest * _DAYS_OF_A_MONTH
    else:
        share = Fraction(unit.in_smallest, _SECONDS_OF_A_DAY)
    return (length.low * share, length.high * share)


def _interval(frequency: Frequency) -> _Range:
    """From one dose to the next, in days."""
    match frequency:
        case Every(interval=interval):
            return _days(interval)
        case Times(low=low, high=high, per=per):
            shortest, longest = _days(per)
            return (shortest / high, longest / low)


def _times_a_day(frequency: Frequency | None) -> tuple[int, ...]:
    """How many doses a day may have, of which the text may name the sum."""
    if (
        isinstance(frequency, Times)
        and _days(frequency.per)[0] == _days(frequency.per)[1] == 1
    ):
        return tuple(range(frequency.low, frequency.high + 1))
    return ()


def _doses_in(phases: tuple[Phase, ...], window: Fraction) -> tuple[int, int] | None:
    """The fewest and most doses of the first `window` days; None where that is open."""
    low, high, left = Fraction(0), Fraction(0), window
    for phase in phases:
        if phase.frequency is None or phase.as_needed:
            return None
        shortest, longest = _interval(phase.frequency)
        match phase.bound:
            case ForTime(length=length):
                least, most = _days(length)
                low += min(least, left) / longest
                high += min(most, left) / shortest
                left = max(left - least, Fraction(0))
            case ForDoses(count=count):
                low += min(Fraction(count), left / longest)
                high += min(Fraction(count), left / shortest)
                left = max(left - count * shortest, Fraction(0))
            case _:
                # The first dose may count, and so may the one on the last day.
                return (int(low + left / longest) - 1, int(high + left / shortest) + 1)
    return (int(low), -int(-high // 1))


def _other_drugs(mine: set[str], graph: model.RuleGraph) -> re.Pattern[str] | None:
    """The words for drugs that the rule does not give."""
    drugs = graph.vocabulary.drugs
    if not mine:  # the form decides, among the drugs that a form may have
        values = (rule.value for rule in graph.rules.values())
        mine = {d for v in values if isinstance(v, model.FormChoice) for d in v.drugs}
    words = [
        word
        for name, drug in drugs.items()
        if name not in mine
        for word in (drug.label, name.replace("_", " "), *drug.synonyms, *drug.lay)
    ]
    ours = {
        word.casefold()
        for name in mine
        if name in drugs
        for word in (drugs[name].label, *drugs[name].synonyms, *drugs[name].lay)
    }
    apart = sorted(
        {w for w in words if w.casefold() not in ours}, key=len, reverse=True
    )
    if not apart:
        return None
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, apart))})\b", re.IGNORECASE)
