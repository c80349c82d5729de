"""Regimens for the patients of a cohort: what a guideline recommends to each, and others beside it.

Patients who are advised the same are one group, counted once. What is not settled of a patient
spans all that may be the answer, from no regimen to the most. Of a regimen that somebody gives, it
is said to how many patients the guideline advises it; where it advises something else, or nothing,
that is said and nothing is read into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from typing import Any

from attrs import evolve, fields

from b12guide.cohort.burden import AdvisedAlike, advised_alike
from b12guide.cohort.study import Study
from b12guide.evaluate.answer import Decided, Option, Outcome, Recommendation
from b12guide.graph.model import Decision
from b12guide.regimen.burden import NONE, Year
from b12guide.regimen.model import Phase, Regimen
from b12guide.regimens.comparison import (
    AdvisedGroup,
    CohortRegimens,
    ComparedRegimen,
    ComparedYear,
    RegimenComparison,
    Standings,
    year_of,
)
from b12guide.regimens.counting import Counting
from b12guide.regimens.given import (
    GivenRegimen,
    given_regimens,
    weeks_of,
    with_length,
    words_of,
)
from b12guide.say.schedules import Names

_ASKED = (Decision.LOADING, Decision.MAINTENANCE, Decision.FORM, Decision.PERMISSION)


def regimens_of_study(  # noqa: PLR0913 -- each says one thing about the comparison
    study: Study,
    regimens: Any = None,
    *,
    years: int = 5,
    loading: Any = None,
    loading_weeks: Any = None,
    adherence: Any = None,
    cost: Any = None,
    discount: Any = 0,
    people: int = 0,
    seed: int = 0,
    levels: Any = False,
) -> RegimenComparison:
    """What a guideline recommends to each patient of a study over years, and others beside it.

    Args:
        study: The cohort before the guideline.
        regimens: As for `b12guide.regimens.compare`; none if left out.
        years: Likewise, and so the others.
        loading: What comes before each given regimen that is not a pair.
        loading_weeks: How long loading lasts that ends with an event, given or recommended.
        adherence: How doses are missed and late.
        cost: Unit costs.
        discount: How much less a cost counts with each year.
        people: How many people are simulated for each regimen.
        seed: Of their random numbers.
        levels: Whether serum and store are worked out for the given regimens.

    Raises:
        ArgumentError: As for `b12guide.regimens.compare`.
        DosageError: As for `b12guide.regimens.compare`.
        PatientError: The cohort cannot be used.
    """
    graph = study.evaluator.graph
    weeks, words = weeks_of(loading_weeks), words_of(graph)
    given = () if regimens is None else given_regimens(regimens, words, loading, weeks)
    counting = Counting.of(
        years=years,
        adherence=adherence,
        cost=cost,
        discount=discount,
        people=people,
        seed=seed,
        levels=levels,
        graph=graph,
        given=given,
    )
    alike, _ = advised_alike(study.advice, study.evaluator, study.sample, _ASKED)
    return RegimenComparison(
        graph=graph,
        loading_weeks=weeks,
        regimens=tuple(
            evolve(counting.counted(one), standing=standings(one, alike))
            for one in given
        ),
        cohort=_recommended(study, alike, counting, weeks, words),
        kind=study.kind,
        **counting.told(),
    )


# ------------------------------------------------------------------- what is recommended


def _recommended(
    study: Study,
    alike: Iterable[AdvisedAlike],
    counting: Counting,
    weeks: Any,
    words: Names,
) -> CohortRegimens:
    counting = evolve(counting, levels=None)  # they are of the regimens that were given
    counted: dict[Any, ComparedRegimen | None] = {}
    groups: Counter[tuple[bool, Any]] = Counter()
    for one in alike:
        key = (one.loading, one.maintenance, one.pairs)
        if key not in counted:
            counted[key] = _of_group(one, counting, weeks, words)
        groups[one.settled, key] += one.patients
    found = sorted(
        (
            AdvisedGroup(patients=patients, settled=settled, regimen=counted[key])
            for (settled, key), patients in groups.items()
        ),
        key=lambda group: (
            -group.patients,
            "" if group.regimen is None else group.regimen.name,
            group.settled,
        ),
    )
    drawn = study.sample.drawn
    settled = [g for g in found if g.settled and g.regimen is not None]
    still_open = [g for g in found if not g.settled]
    return CohortRegimens(
        patients=study.sample.rows,
        counted="" if drawn is None else drawn.rows_text,
        settled=sum(group.patients for group in settled),
        open=sum(group.patients for group in still_open),
        without=sum(g.patients for g in found if g.settled and g.regimen is None),
        settled_years=_years(settled, counting),
        settled_total=_total(settled, counting),
        open_years=_years(still_open, counting),
        open_total=_total(still_open, counting),
        groups=tuple(found),
        assumed=study.advice.assumptions,
    )


def _of_group(
    alike: AdvisedAlike, counting: Counting, weeks: Any, words: Names
) -> ComparedRegimen | None:
    """What the regimens come to that a group may be advised; None where there is none."""
    if not any(regimen for pair in alike.pairs for regimen in pair):
        return None
    if len(alike.pairs) > 1:  # who follows which of them, nobody knows
        counting = evolve(counting, model=None, people=0)
    found = []
    for loading, maintenance in alike.pairs:
        given = GivenRegimen(
            name=alike.said, loading=loading, maintenance=maintenance, words=words
        )
        found.append(counting.counted(with_length(given, weeks)))
    if len(found) == 1:
        return found[0]
    return evolve(
        reduce(_either, found),
        loading=_any_of(one.loading for one in found),
        maintenance=_any_of(one.maintenance for one in found),
    )


def _any_of(texts: Iterable[str | None]) -> str | None:
    """What may be given, in English; None where nothing may."""
    told = list(dict.fromkeys(texts))
    some = [text for text in told if text is not None]
    none = ["none"] if None in told else []
    return ", or ".join((*some, *none)) if some else None


def _either(one: ComparedRegimen, other: ComparedRegimen) -> ComparedRegimen:
    """What holds if either may be the one; what comes of missed doses is of one regimen only."""
    return ComparedRegimen(
        name=one.name,
        loading=None,
        maintenance=None,
        years=tuple(
            mine.or_(theirs)
            for mine, theirs in zip(one.years, other.years, strict=True)
        ),
        total=one.total.or_(other.total),
        missing=_joined(one.missing, other.missing),
        until=_joined(one.until, other.until),
        assumed=_joined(one.assumed, other.assumed),
        unstated=one.unstated or other.unstated,
    )


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _nothing(number: int | None, counting: Counting) -> ComparedYear:
    cost = None if counting.costs is None else NONE
    less = NONE if cost is not None and counting.rates[1] else None
    return year_of(number, Year(), cost, less)


def _years(
    groups: Iterable[AdvisedGroup], counting: Counting
) -> tuple[ComparedYear, ...]:
    several = [(g.patients, g.regimen.years) for g in groups if g.regimen is not None]
    return tuple(
        sum(
            (years[number - 1].times(patients) for patients, years in several),
            _nothing(number, counting),
        )
        for number in range(1, counting.years + 1)
    )


def _total(groups: Iterable[AdvisedGroup], counting: Counting) -> ComparedYear:
    return sum(
        (g.regimen.total.times(g.patients) for g in groups if g.regimen is not None),
        _nothing(None, counting),
    )


# -------------------------------------------------------------- how a regimen stands to it


def standings(given: GivenRegimen, alike: Iterable[AdvisedAlike]) -> Standings:
    """For how many patients a given regimen is what the guideline advises, and so on."""
    counts: Counter[str] = Counter()
    for one in alike:
        counts[standing_of(given, one.answer)] += one.patients
    named = {one.name for one in fields(Standings)}
    return Standings(**{name: counts[name] for name in named})


def standing_of(given: GivenRegimen, answer: Recommendation) -> str:
    """How a regimen stands to what is advised to one patient: a field of `Standings`.

    What is compared is how treatment goes on; for a regimen that is loading alone, how it begins.
    """
    decided: Decided = answer.maintenance
    regimen = given.maintenance
    if regimen is None:
        decided, regimen = answer.loading, given.loading
    if regimen is None:
        return "other"
    if _is_against(regimen, decided, answer):
        return "against"
    if decided.outcome is Outcome.NOT_NEEDED:
        return "not_needed"
    if decided.outcome is Outcome.SILENT:
        return "silent"
    if decided.outcome is not Outcome.DETERMINED:
        return "open"
    options = [one for one in decided.options if _fits(regimen, one.advice)]
    if not options:
        # What may still be advised beside the default is open, and nobody knows that it is not.
        return "other"
    return _standing(options)


def _standing(options: Iterable[Option]) -> str:
    """How a regimen stands that is one of the options, by the best of them."""
    found = set()
    for one in options:
        if one.avoided:
            found.add("against")
        elif not one.certain or one.drugs_open:
            found.add("open")
        elif one.withheld:
            found.add("withheld")
        else:
            found.add("option" if one.alternative else "advised")
    order = ("advised", "option", "withheld", "open", "against")
    return next(name for name in order if name in found)


def _is_against(regimen: Regimen, decided: Decided, answer: Recommendation) -> bool:
    """Whether each drug of it is not to be used, or it is not offered to this patient."""
    excluded = set(answer.form.excluded)
    if regimen.drugs and set(regimen.drugs) <= excluded:
        return True
    return any(
        one.certain and isinstance(one.advice, Regimen) and _fits(regimen, one.advice)
        for one in decided.not_offered
    )


def _fits(regimen: Regimen, advice: object) -> bool:
    """Whether to follow a regimen is to follow the advice; what it leaves out is as advised."""
    if not isinstance(advice, Regimen) or len(advice.phases) != len(regimen.phases):
        return False
    pairs = zip(regimen.phases, advice.phases, strict=True)
    return Regimen(tuple(_filled(mine, theirs) for mine, theirs in pairs)) in advice


def _filled(mine: Phase, theirs: Phase) -> Phase:
    """A phase with what it does not say as another has it."""
    return evolve(
        mine,
        drugs=mine.drugs or theirs.drugs,
        route=mine.route or theirs.route,
        frequency=mine.frequency or theirs.frequency,
        bound=mine.bound or theirs.bound,
        apart=mine.apart or theirs.apart,
        with_food=mine.with_food or theirs.with_food,
        after=mine.after or theirs.after,
    )
