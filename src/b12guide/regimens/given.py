"""The regimens that a caller puts beside each other, in whichever way they are given.

A regimen is data, English, or a loading and a maintenance regimen. Nothing is guessed: what cannot
be read as one regimen is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.arguments import ends
from b12guide.errors import ArgumentError
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.pipeline import load
from b12guide.regimen.burden import with_end
from b12guide.regimen.model import ForTime, Phase, Regimen, Until
from b12guide.say.schedules import Names, names_of, regimen_to_english
from b12guide.say.words import spaced
from b12guide.values.duration import DurationRange, TimeUnit

RegimenLike: TypeAlias = Regimen | str
"""A regimen, or its English."""

GivenLike: TypeAlias = RegimenLike | tuple[RegimenLike | None, RegimenLike | None]
"""A regimen, or a pair of loading and maintenance, of which one may be None."""

_WORDS_OF = "mecobalamin_im"
"""The guideline whose words are understood where none is named; all that ship share them."""

_REGIMENS = "regimens"
_ONE = (
    "a `Regimen`, a regimen in English, or a pair of loading and maintenance, "
    "one of which may be None"
)
_SEVERAL = (
    "one or several regimens, as a list or as a mapping of names; each has to be "
    + _ONE
)
_WEEKS = "a number of weeks from 0 to 520, or a pair such as `(3, 12)`"
_MOST_WEEKS = 520


@frozen(kw_only=True, repr=False)
class GivenRegimen(Record):
    """A regimen under its name.

    Attributes:
        assumed: The events for whose day the length of loading was assumed.
    """

    name: str
    loading: Regimen | None
    maintenance: Regimen | None
    assumed: tuple[str, ...] = ()
    words: Names = field(repr=False)

    @property
    def loading_text(self) -> str | None:
        """How treatment begins, in English."""
        return _english(self.loading, self.words)

    @property
    def maintenance_text(self) -> str | None:
        """How it goes on, in English."""
        return _english(self.maintenance, self.words)


def phases_of(given: Iterable[GivenRegimen]) -> tuple[Phase, ...]:
    """All phases of some regimens, those of loading among them."""
    both = (part for one in given for part in (one.loading, one.maintenance))
    return tuple(
        phase for regimen in both if regimen is not None for phase in regimen.phases
    )


def _english(regimen: Regimen | None, words: Names) -> str | None:
    return None if regimen is None else regimen_to_english(regimen, words)


@lru_cache(maxsize=1)
def usual_graph() -> RuleGraph:
    """The guideline whose words are those of the vocabulary that ships."""
    return load(_WORDS_OF).graph


@lru_cache(maxsize=1)
def usual_words() -> Names:
    """The words of the vocabulary that ships."""
    return names_of(usual_graph())


def words_of(graph: RuleGraph | None) -> Names:
    """The words that may stand in a regimen in English."""
    return usual_words() if graph is None else names_of(graph)


def given_regimens(
    regimens: Any,
    words: Names,
    loading: Any = None,
    weeks: tuple[Fraction, Fraction] | None = None,
) -> tuple[GivenRegimen, ...]:
    """The regimens that a caller gave.

    Args:
        regimens: One, several, or a mapping of names.
        words: What may stand in English.
        loading: The loading that comes before each which is not a pair.
        weeks: How long phases take that last until an event, and are followed by another.

    Raises:
        ArgumentError: Something is no regimen, or stands twice.
        DosageError: English cannot be read; the diagnostics say where and why.
    """
    before = None if loading is None else _one(loading, "loading", words)
    found = []
    for name, given in _named(regimens):
        begin, go_on = before, given
        if isinstance(given, tuple):
            if len(given) != 2 or given == (None, None):
                raise ArgumentError(_REGIMENS, _ONE, given)
            begin, go_on = (
                None if one is None else _one(one, "regimens", words) for one in given
            )
        is_none = go_on is None and isinstance(given, tuple)
        maintenance = None if is_none else _one(go_on, "regimens", words)
        one = GivenRegimen(name="", loading=begin, maintenance=maintenance, words=words)
        alone = one if isinstance(given, tuple) else evolve(one, loading=None)
        said = name or (given if isinstance(given, str) else _said(alone))
        found.append(with_length(evolve(one, name=spaced(said)), weeks))
    names = [one.name for one in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or "" in names:
        expected = f"regimens with names of their own; `{twice or ''}` is no such name"
        raise ArgumentError(_REGIMENS, expected, regimens)
    return tuple(found)


def _named(regimens: Any) -> list[tuple[str, Any]]:
    """The regimens with their names, if they have any."""
    if isinstance(regimens, str | Regimen) or _is_pair(regimens):
        regimens = [regimens]
    if isinstance(regimens, Mapping):
        pairs = list(regimens.items())
        if not all(isinstance(name, str) for name, _ in pairs):
            raise ArgumentError(_REGIMENS, _SEVERAL, regimens)
    elif isinstance(regimens, Iterable):
        pairs = [("", one) for one in regimens]
    else:
        raise ArgumentError(_REGIMENS, _SEVERAL, regimens)
    if not pairs:
        expected = "at least one regimen"
        raise ArgumentError(_REGIMENS, expected, regimens)
    return pairs


def _is_pair(regimens: Any) -> bool:
    """Whether a tuple is one regimen: two of which one is missing."""
    return (
        isinstance(regimens, tuple)
        and len(regimens) == 2
        and sum(one is None for one in regimens) == 1
    )


def _one(given: Any, argument: str, words: Names) -> Regimen:
    if isinstance(given, str):
        return regimen_from_english(given, words)
    if not isinstance(given, Regimen):
        raise ArgumentError(argument, _ONE, given)
    return given


def _said(one: GivenRegimen) -> str:
    """What a regimen is called that has no name."""
    return ", then ".join(filter(None, (one.loading_text, one.maintenance_text)))


# ------------------------------------------------------------------ how long loading is


def weeks_of(value: Any) -> tuple[Fraction, Fraction] | None:
    """The shortest and the longest length of loading in weeks; None where none is assumed.

    Raises:
        ArgumentError: It is no such length.
    """
    if value is None:
        return None
    return ends(value, "loading_weeks", _WEEKS, most=_MOST_WEEKS)


def with_length(
    given: GivenRegimen, weeks: tuple[Fraction, Fraction] | None
) -> GivenRegimen:
    """The regimen whose loading takes so many weeks where it lasts until an event or says no end.

    That is each phase of loading, and each of maintenance that another follows: how long the last
    of all goes on is no question of loading.
    """
    if weeks is None:
        return given
    length = ForTime(DurationRange(*weeks, TimeUnit.WEEK))
    assumed: list[str] = []

    def bounded(phase: Phase) -> Phase:
        bound = with_end(phase).bound
        if not isinstance(bound, Until):
            return phase
        assumed.append(bound.event)
        return evolve(phase, bound=length)

    loading, maintenance = given.loading, given.maintenance
    if loading is not None:
        loading = Regimen(tuple(bounded(phase) for phase in loading.phases))
    if maintenance is not None:
        *earlier, last = maintenance.phases
        maintenance = Regimen((*(bounded(phase) for phase in earlier), last))
    return evolve(
        given,
        loading=loading,
        maintenance=maintenance,
        assumed=tuple(dict.fromkeys((*given.assumed, *assumed))),
    )
