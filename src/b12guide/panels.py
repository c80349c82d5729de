"""Several guidelines that are asked together: one patient, everybody, or a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeVar, Unpack

from attrs import evolve, field, frozen

from b12guide.arguments import called, choice
from b12guide.errors import GuidelineError
from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.memory import Work
from b12guide.evaluate.recommend import recommend
from b12guide.extras import load as load_extra
from b12guide.graph.model import Decision, RuleGraph
from b12guide.guideline import (
    DecisionName,
    Guideline,
    ReadingName,
    ReadingOptions,
    UnitsName,
    load,
)
from b12guide.library import PathLike
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_mapping import day_or_none, patient_from, units_of
from b12guide.patient.model import Patient, PatientLike, Stated, Units
from b12guide.patient.stated import state
from b12guide.several.called import labels_of
from b12guide.several.clash import BothSpeaking
from b12guide.several.index import Shared, guidelines_by_words
from b12guide.several.side_by_side import Answers, PanelAnswer, with_idle
from b12guide.several.table import Table, counted, guideline_table

if TYPE_CHECKING:
    from b12guide.cohort.options import Progress

__all__ = ["Panel", "panel"]

Frame = TypeVar("Frame")


def _in_order(guidelines: Iterable[Guideline]) -> tuple[Guideline, ...]:
    return tuple(guidelines)


@frozen(slots=False)
class Panel:
    """Several guidelines that are asked the same questions.

    Attributes:
        guidelines: At least two, in the order in which they answer.
    """

    guidelines: tuple[Guideline, ...] = field(converter=_in_order)

    def __attrs_post_init__(self) -> None:
        labels_of(self._graphs)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """How each guideline is called, its name, with its version where two share that."""
        return labels_of(self._graphs)

    @cached_property
    def _graphs(self) -> tuple[RuleGraph, ...]:
        return tuple(one.graph for one in self.guidelines)

    @cached_property
    def _pairs(self) -> _Pairs:
        return _Pairs(self.guidelines)

    @cached_property
    def _words(self) -> tuple[Shared, ...]:
        return guidelines_by_words(self._graphs)

    def recommend(
        self,
        patient: PatientLike,
        *,
        on: dt.date | str | None = None,
        fuzzy_threshold: Reading | ReadingName = Reading.REPORT,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> PanelAnswer:
        """What the guidelines say about `patient`, side by side.

        A fact that is known to one of them only is asked of that one; the answer says of which
        facts a guideline knows nothing.

        Args:
            patient: As for `Guideline.recommend`.
            on: As for `Guideline.recommend`.
            fuzzy_threshold: As for `Guideline.recommend`.
            units: As for `Guideline.recommend`.
            limits: As for `Guideline.recommend`.

        Raises:
            PatientError: As for `Guideline.recommend`, by any of the guidelines; a fact that none
                knows is refused by the first.
        """
        person = patient_from(patient, limits=limits)
        strange = self._strange(person)
        reading = choice(Reading, fuzzy_threshold, "fuzzy_threshold")
        day, strictness = day_or_none(on), units_of(units)
        stated: dict[int, Stated] = {}
        idle: set[int] = set()
        for shared in self._words:
            own = _without(person, strange[shared.places[0]])
            known = state(own, shared.graph, day, strictness)
            stated |= dict.fromkeys(shared.places, known)
            idle |= shared.idle(known, reading)

        def answer(place: int) -> Recommendation:
            evaluator, work = self.guidelines[place].evaluator, Work(limits)
            return recommend(evaluator, stated[place], reading=reading, work=work)

        places = range(len(self.guidelines))
        asked = {place: answer(place) for place in places if place not in idle}
        return with_idle(
            self._graphs,
            self.labels,
            asked,
            Answers(asked.get(n) or partial(answer, n) for n in places),
            pairs=self._pairs,
            strange=strange,
        )

    def cohort(
        self,
        frame: Frame,
        *,
        decisions: Iterable[Decision | DecisionName] | DecisionName | None = None,
        names: Literal[".", "_"] = ".",
        workers: int | None = None,
        progress: Progress | None = None,
        **options: Unpack[ReadingOptions],
    ) -> Frame:
        """How the guidelines stand to each other about every row of `frame`, in a frame like it.

        Each row says what `recommend` says side by side of that patient alone.

        Args:
            frame: As for `Guideline.cohort`. A column that is a fact for some of the guidelines is
                left out for the others.
            decisions: The decisions to be compared, such as `form`; all if left out.
            names: As for `Guideline.cohort`.
            workers: As for `Guideline.cohort`.
            progress: As for `Guideline.cohort`.
            options: How the columns are read, as for `Guideline.cohort`: `units`, `keep`,
                `ignore`, `otherwise`, `on_bad`, `assume`, `fuzzy_threshold`, `truths`, `decimal`.

        Returns:
            A row for each patient. Its columns are, of each guideline, `scope.<guideline>`; of
            each decision `<decision>.accord`, `<decision>.shared` (what all say who speak),
            `<decision>.silent` and `<decision>.clash` (the guidelines), and of each guideline
            `<decision>.<guideline>.outcome` and `.value` (what it says beyond what is shared);
            `silent.<guideline>`.

        Raises:
            CohortError: This kind of frame is not taken.
            UnknownNameError: A decision or a choice has no such name.
            PatientError: A column is no fact of any of them, or cells are implausible.
            WorkerError: A process failed.
            MissingExtraError: The extra `cohort` is not installed.

        >>> import pyarrow as pa
        >>> patients = pa.table({"b12_deficiency": [True, False]})
        >>> told = panel(["mecobalamin_im", "bnf_2021"]).cohort(patients)
        >>> told["loading.accord"].to_pylist()
        ['differ', 'one speaks, the others are silent']
        """
        carriers = load_extra("b12guide.cohort.carriers", extra="cohort")
        chosen = import_module("b12guide.cohort.options").Options(
            **options, decisions=decisions, names=names
        )
        if progress is not None:
            called(progress, "progress")
        sides = [one.evaluator for one in self.guidelines]
        found: Frame = carriers.advise_frame(frame, sides, chosen, progress, workers)
        return found

    def table(self, frame: object = None, **options: Unpack[ReadingOptions]) -> Table:
        """Whom any two of the guidelines treat differently, decision by decision.

        Args:
            frame: A cohort, as for `Guideline.cohort`: of how many of its patients the advice
                differs is counted for each decision, by its default. A column that one guideline
                alone knows is left out for the others.
            options: As for `Guideline.study`.

        Raises:
            CohortError: This kind of frame is not taken.
            PatientError: A column is no fact of any of them, or cannot be used.
            MissingExtraError: The extra `cohort` is not installed, and there is a frame.
        """
        found = guideline_table(self._graphs)
        if frame is None:
            return found
        first, *_ = self.guidelines
        columns = first.study(frame, **options).source.schema.names
        module = import_module("b12guide.cohort.options")
        own_options = import_module("b12guide.cohort.shared_columns").own_options
        read = module.Options(**options)
        changed: dict[tuple[int, int], Mapping[str, int]] = {}
        patients = 0
        for pair in found.pairs:
            mine, theirs = (self.guidelines[place] for place in pair)
            others = [
                g for place, g in enumerate(found.guidelines) if place not in pair
            ]
            own = own_options((mine.graph, theirs.graph), others, columns, read)
            chosen: ReadingOptions = {
                **options,
                "ignore": own.ignore,
                "assume": own.assume,
                "units": own.units,
            }
            compared = mine.study(frame, **chosen).compare(theirs)
            changed[pair], patients = compared.changed, compared.patients
        return counted(found, patients, changed)

    def _strange(self, person: Patient) -> list[tuple[str, ...]]:
        """The facts for which each guideline has no word, and another has one."""
        unknown = [
            (shared, [n for n in person.facts if shared.names.find(n) is None])
            for shared in self._words
        ]
        nobody = set(person.facts).intersection(*(names for _, names in unknown))
        found: list[tuple[str, ...]] = [()] * len(self.guidelines)
        for shared, names in unknown:
            strange = tuple(n for n in names if n not in nobody)
            for place in shared.places:
                found[place] = strange
        return found


class _Pairs(dict[tuple[int, int], BothSpeaking]):
    """Any two of several guidelines, made ready to be heard together when they first are."""

    def __init__(self, guidelines: tuple[Guideline, ...]) -> None:
        super().__init__()
        self.guidelines = guidelines

    def __missing__(self, pair: tuple[int, int]) -> BothSpeaking:
        first, second = (self.guidelines[place].evaluator for place in pair)
        self[pair] = BothSpeaking.of(first, second)
        return self[pair]


def _without(person: Patient, names: Iterable[str]) -> Patient:
    left_out = {*names}
    if not left_out:
        return person
    facts = {n: value for n, value in person.facts.items() if n not in left_out}
    return evolve(person, facts=facts)


def panel(guidelines: Iterable[Guideline | PathLike]) -> Panel:
    """Several guidelines, to be asked together.

    Args:
        guidelines: Guidelines, or what `load` takes: the names of shipped ones, or files.

    Raises:
        GuidelineError: There are fewer than two, or one cannot be loaded.

    >>> together = panel([load("mecobalamin_im"), load("mecobalamin_im")])
    >>> together.recommend({"b12_deficiency": True})["form"].accord.value
    'say the same'
    """
    if isinstance(guidelines, str):
        message = f"several guidelines are asked together: [`{guidelines}`, ...]"
        raise GuidelineError(message)
    return Panel(one if isinstance(one, Guideline) else load(one) for one in guidelines)
