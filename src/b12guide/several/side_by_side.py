"""What several guidelines say to one patient: what they share, where they differ, who is silent.

What two guidelines say is the same, or clashes, by value, as composition has it, and never by its
words. Agreement is agreement however the unknown turns out: two guidelines that both answer "it
depends on the kidneys" agree only if they answer alike for all kidneys.

Silence is no voice. A guideline that says nothing about a decision neither permits what another
advises nor forbids it, and is named beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from itertools import combinations
from typing import Protocol, TypeAlias, overload

from attrs import evolve, field, frozen

from b12guide.answers import Answer
from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.evaluate.between import Clash, clashes_between
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.recommend import DECISIONS
from b12guide.frozen import Record
from b12guide.graph.model import Advice, Decision, Exclusion, NotNeeded, RuleGraph
from b12guide.patient.model import Stated
from b12guide.several.called import labels_of
from b12guide.several.clash import BothSpeaking, plainly
from b12guide.values.term import Strength

__all__ = [
    "Accord",
    "Answers",
    "Between",
    "PanelAnswer",
    "PanelClash",
    "PanelDecision",
    "PanelLine",
    "Voice",
    "beside",
    "clashes_of",
    "side_by_side",
    "with_idle",
]

Pairs: TypeAlias = Mapping[tuple[int, int], BothSpeaking]
"""Any two of the guidelines, by their places."""


class Accord(Enum):
    """How several guidelines stand to each other about a decision."""

    CLASH = "cannot all be followed"
    DIFFERENT = "differ"
    SAME = "say the same"
    ALONE = "one speaks, the others are silent"
    SILENT = "all are silent"
    NOT_COMPARED = "not compared (limit)"


@frozen(kw_only=True, repr=False)
class Voice(Record):
    """A guideline behind a line.

    Attributes:
        guideline: Its place in the panel.
        rules: The rules behind the line.
        strength: How strongly they speak; None where they say what is not offered or needed.
    """

    guideline: int
    rules: tuple[str, ...]
    strength: Strength | None = None


@frozen(kw_only=True, repr=False)
class PanelLine(Record):
    """One thing that is said, and by whom.

    Attributes:
        certain: Whether each of `by` says it however the unknown turns out, or none.
        alternative: Whether it stands beside the default.
        withheld: Whether it is not to be done now.
        avoided: Whether one of its drugs is advised against.
        barred: Those of its drugs that are contraindicated, if it is not offered for that reason.
        by: Who says it.
    """

    advice: Advice
    certain: bool = True
    alternative: bool = False
    withheld: bool = False
    avoided: bool = False
    barred: tuple[str, ...] = ()
    by: tuple[Voice, ...] = ()

    def qualified(self, text: str) -> str:
        """The words of the advice, with how far it is certain, and how it stands to the default."""
        if not self.certain:
            text = f"perhaps {text}"
        if self.alternative and not isinstance(self.advice, Exclusion):
            text = f"or {text}"
        if self.avoided:
            text = f"{text}, though one of these drugs is advised against"
        return f"not now: {text}" if self.withheld else text


@frozen(kw_only=True, repr=False)
class PanelClash(Record):
    """What two guidelines of a panel say that cannot both be followed.

    Attributes:
        guidelines: Their places.
        certain: Whether it is so however the unknown turns out.
    """

    guidelines: tuple[int, int]
    clash: Clash
    certain: bool = True


@frozen(kw_only=True, repr=False)
class PanelDecision(Record):
    """One decision, by all guidelines.

    Attributes:
        accord: How those that speak stand to each other; a clash counts if it is certain.
        outcomes: How far each guideline settles it.
        lines: What is said, first what most say.
        silent: The places of the guidelines that say nothing about it.
        clashes: What cannot both be followed, or may turn out so.
    """

    decision: Decision
    accord: Accord
    outcomes: tuple[Outcome, ...]
    lines: tuple[PanelLine, ...] = ()
    silent: tuple[int, ...] = ()
    clashes: tuple[PanelClash, ...] = ()

    @property
    def shared(self) -> tuple[PanelLine, ...]:
        """What all that speak say."""
        return tuple(line for line in self.lines if len(line.by) == self.speaking)

    @property
    def speaking(self) -> int:
        """How many guidelines say anything."""
        return len(self.outcomes) - len(self.silent)


@frozen(kw_only=True)
class PanelAnswer(Answer):
    """What several guidelines say to one patient.

    Attributes:
        guidelines: The guidelines, in the order in which they were asked.
        answers: The answer of each, in full.
        labels: What each guideline is called.
        strange: What was stated of the patient that a guideline has no word for, for each.
    """

    guidelines: tuple[RuleGraph, ...] = field(repr=False)
    answers: Sequence[Recommendation] = field(repr=False)
    labels: tuple[str, ...]
    decisions: tuple[PanelDecision, ...] = field(repr=False)
    strange: tuple[tuple[str, ...], ...] = field(repr=False)

    @property
    def has_clash(self) -> bool:
        """Whether two of them are certain to advise what cannot both be followed."""
        return any(one.accord is Accord.CLASH for one in self.decisions)

    def __getitem__(self, decision: Decision | str) -> PanelDecision:
        """One decision, by its name."""
        wanted = Decision(decision)
        return next(one for one in self.decisions if one.decision is wanted)


class Answers(Sequence[Recommendation]):
    """Answers of which some are made when somebody looks at them."""

    __slots__ = ("_made",)

    def __init__(
        self, several: Iterable[Recommendation | Callable[[], Recommendation]]
    ) -> None:
        self._made = list(several)

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, place: int) -> Recommendation: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Recommendation, ...]: ...

    def __getitem__(
        self, place: int | slice
    ) -> Recommendation | tuple[Recommendation, ...]:
        if isinstance(place, slice):
            return tuple(self[n] for n in range(*place.indices(len(self))))
        found = self._made[place]
        if not isinstance(found, Recommendation):
            found = self._made[place] = found()
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[Recommendation, ...]]]:
        return tuple, (tuple(self),)


def side_by_side(
    answers: Sequence[Recommendation],
    pairs: Pairs,
    strange: Iterable[Iterable[str]] = (),
) -> PanelAnswer:
    """The answers of several guidelines about one patient, decision by decision.

    Args:
        answers: What each says.
        pairs: Any two of the guidelines, ready to be heard together.
        strange: What each had no word for.
    """
    asked = dict(enumerate(answers))
    graphs = [answer.graph for answer in answers]
    labels = labels_of(graphs)
    return with_idle(
        graphs, labels, asked, tuple(answers), pairs=pairs, strange=strange
    )


def with_idle(  # noqa: PLR0913 -- guidelines, what they say, and what is said of that
    graphs: Sequence[RuleGraph],
    labels: Sequence[str],
    asked: Mapping[int, Recommendation],
    answers: Sequence[Recommendation],
    *,
    pairs: Pairs,
    strange: Iterable[Iterable[str]] = (),
) -> PanelAnswer:
    """The same, where it is known of some guidelines that they are silent, whatever is unknown.

    Args:
        graphs: The guidelines.
        labels: What each is called.
        asked: What each of the others says, by its place.
        answers: What each says.
        pairs: Any two of the guidelines, ready to be heard together.
        strange: What each had no word for.
    """
    between = _OfOnePatient(asked, pairs)
    return PanelAnswer(
        guidelines=tuple(graphs),
        answers=answers,
        labels=tuple(labels),
        decisions=tuple(
            beside(
                one,
                {place: answer.decisions[one] for place, answer in asked.items()},
                len(graphs),
                between,
            )
            for one in DECISIONS
        ),
        strange=tuple(map(tuple, strange)) or ((),) * len(graphs),
    )


class Between(Protocol):
    """What any two of several guidelines say to one patient, by their places."""

    def clashes(
        self, decision: Decision, pair: tuple[int, int]
    ) -> Sequence[PanelClash]:
        """What both say that cannot both be followed; certain where it is so in any case."""

    def is_same(self, decision: Decision, pair: tuple[int, int]) -> bool | None:
        """Whether both say the same however the unknown turns out; None if that is too much."""


@frozen(eq=False, repr=False)
class _OfOnePatient:
    """What any two guidelines say to the patient whom all were asked about."""

    answers: Mapping[int, Recommendation]
    pairs: Pairs

    def clashes(
        self, decision: Decision, pair: tuple[int, int]
    ) -> tuple[PanelClash, ...]:
        first, second = (self.answers[place].stated for place in pair)
        reading = self.answers[pair[0]].reading
        return clashes_of(decision, pair, self.pairs[pair], (first, second), reading)

    def is_same(self, decision: Decision, pair: tuple[int, int]) -> bool | None:
        first, second = (self.answers[place].stated for place in pair)
        reading = self.answers[pair[0]].reading
        return self.pairs[pair].is_same(decision, (first, second), reading)


def clashes_of(
    decision: Decision,
    pair: tuple[int, int],
    both: BothSpeaking,
    stated: tuple[Stated, Stated],
    reading: Reading,
) -> tuple[PanelClash, ...]:
    """What two of several guidelines say to a patient that cannot both be followed."""
    if both.is_one(decision):
        return ()
    found = both.completions(decision, stated, reading)
    told = [clashes_between(decision, *applying) for applying in found]
    certain = bool(told) and all(told)
    return tuple(
        PanelClash(guidelines=pair, clash=clash, certain=certain)
        for clash in dict.fromkeys(plainly(one) for some in told for one in some)
    )


def beside(
    decision: Decision, told: Mapping[int, Decided], several: int, between: Between
) -> PanelDecision:
    """How several guidelines stand to each other about one decision.

    Args:
        decision: What it is about.
        told: What they say, by their places; of those left out no rule can apply, and they are
            silent.
        several: How many guidelines there are.
        between: What any two say.
    """
    speaking = [place for place, one in told.items() if not one.is_silent]
    voices = frozenset(speaking)
    clashes = tuple(
        clash
        for pair in combinations(told, 2)
        if not voices.isdisjoint(pair)
        for clash in between.clashes(decision, pair)
    )
    accord = _accord(decision, speaking, told, between)
    if any(clash.certain for clash in clashes):
        accord = Accord.CLASH
    outcomes, silent = [Outcome.SILENT] * several, [*range(several)]
    for place, one in told.items():
        outcomes[place] = one.outcome
    for place in reversed(speaking):
        del silent[place]
    return PanelDecision(
        decision=decision,
        accord=accord,
        outcomes=tuple(outcomes),
        lines=_lines(told),
        silent=tuple(silent),
        clashes=clashes,
    )


def _accord(
    decision: Decision,
    speaking: Sequence[int],
    decided: Mapping[int, Decided],
    between: Between,
) -> Accord:
    if len(speaking) < 2:
        return Accord.ALONE if speaking else Accord.SILENT
    found = {
        _is_same(decision, pair, decided, between) for pair in combinations(speaking, 2)
    }
    if False in found:
        return Accord.DIFFERENT
    return Accord.NOT_COMPARED if None in found else Accord.SAME


def _is_same(
    decision: Decision,
    pair: tuple[int, int],
    decided: Mapping[int, Decided],
    between: Between,
) -> bool | None:
    """Whether two of them say the same; None where too much is unknown to tell."""
    mine, theirs = (decided[place] for place in pair)
    if mine.outcome is not theirs.outcome or _said(mine) != _said(theirs):
        return False
    if not (_is_open(mine) or _is_open(theirs)):
        return True
    return between.is_same(decision, pair)


def _is_open(decided: Decided) -> bool:
    return bool(decided.depends_on or decided.indeterminate) or not all(
        option.certain for option in decided.options
    )


# -------------------------------------------------------------------------------- lines


def _line(option: Option) -> PanelLine:
    """What an option says, without who says it."""
    return PanelLine(
        advice=option.advice,
        certain=option.certain,
        alternative=option.alternative,
        withheld=option.withheld,
        avoided=bool(option.avoided),
    )


def _spoken(
    decided: Decided,
) -> Iterable[tuple[PanelLine, tuple[str, ...], Strength | None]]:
    """What a guideline says, line by line, with its rules and their strength."""
    if decided.outcome is Outcome.NOT_NEEDED:
        yield PanelLine(advice=NotNeeded()), decided.rules, None
    for option in decided.options:
        yield _line(option), option.rules, option.strength
    for one in decided.not_offered:
        line = PanelLine(advice=one.advice, certain=one.certain, barred=one.drugs)
        yield line, one.rules, None


def _said(decided: Decided) -> frozenset[PanelLine]:
    return frozenset(line for line, _, _ in _spoken(decided))


def _lines(decided: Mapping[int, Decided]) -> tuple[PanelLine, ...]:
    """All that is said: what most say first, else in the order of the guidelines."""
    by: dict[PanelLine, list[Voice]] = {}
    for place, one in decided.items():
        for line, rules, strength in _spoken(one):
            voice = Voice(guideline=place, rules=rules, strength=strength)
            by.setdefault(line, []).append(voice)
    ordered = sorted(by, key=lambda line: (line.alternative, -len(by[line])))
    return tuple(evolve(line, by=tuple(by[line])) for line in ordered)
