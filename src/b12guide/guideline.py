"""The front of the library: a guideline that can be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from importlib import import_module
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    LiteralString,
    TypeAlias,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from attrs import evolve, field, frozen

from b12guide.arguments import called, choice, instance, keywords, keywords_of, mapping
from b12guide.arguments import names as names_in
from b12guide.diagnostics import Diagnostic
from b12guide.errors import ArgumentError, GuidelineError, UnknownNameError
from b12guide.evaluate.answer import Recommendation, Verdict
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.explanation import (
    DecisionExplanation,
    Explainer,
    RuleExplanation,
    explain_decision,
    explain_rule,
)
from b12guide.evaluate.facts import Reading
from b12guide.evaluate.implications import implied_facts
from b12guide.evaluate.memory import Work
from b12guide.evaluate.patient_view import compiled_verdicts, known_facts, plainly_known
from b12guide.evaluate.recommend import recommend
from b12guide.evaluate.topic import TopicExplanation, explain_topic, topics
from b12guide.extras import load as load_extra
from b12guide.graph.model import Decision, Loaded, RuleGraph, Status, keep_in_mind
from b12guide.library import PathLike
from b12guide.limits import USUAL, Limits
from b12guide.patient.from_mapping import day_of, day_or_none, patient_from, units_of
from b12guide.patient.model import Otherwise, Patient, PatientLike, Stated, Units
from b12guide.patient.plain_record import plainly_stated
from b12guide.patient.stated import state
from b12guide.pipeline import load as load_graph

if TYPE_CHECKING:
    from b12guide.ask.index import AskIndex
    from b12guide.ask.reply import Reply
    from b12guide.audit.event import History
    from b12guide.audit.finding import Audit, Family, Tolerance
    from b12guide.audit.periods import AdherencePeriods, FollowUp
    from b12guide.cohort.audits import CohortAudit
    from b12guide.cohort.decoding import DecodedPatients
    from b12guide.cohort.options import Progress
    from b12guide.cohort.study import Study
    from b12guide.due.model import Due
    from b12guide.graph.dictionary import DescribedFact
    from b12guide.interop.export import VerdictExport
    from b12guide.prove.difference import Difference
    from b12guide.prove.everything import Document, Proofs
    from b12guide.prove.next_version import NextVersion
    from b12guide.prove.survivors import Mutations
    from b12guide.regimens.of_guideline import GuidelineRegimens
    from b12guide.several.clash import Clashes
    from b12guide.timeline.model import Timeline
    from b12guide.trial.report import TrialReport
    from b12guide.values.duration import Duration
    from b12guide.written import Written

__all__ = ["Guideline", "load"]

Frame = TypeVar("Frame")
ReadingName: TypeAlias = Literal["report", "lower", "upper"]
"""How a threshold that the source prints as a range is read."""
UnitsName: TypeAlias = Literal["assume", "required"]
"""What becomes of a number without a unit."""
OtherwiseName: TypeAlias = Literal["unknown", "absent"]
"""What holds of the facts that nobody mentioned."""
FamilyName: TypeAlias = Literal[
    "interval", "form", "folate", "monitoring", "technique", "continuation"
]
"""What a finding of an audit is about."""
DecisionName: TypeAlias = Literal[
    "conclusion",
    "form",
    "loading",
    "maintenance",
    "route",
    "adjunct",
    "permission",
    "technique",
    "monitoring",
    "targets",
    "continuation",
    "change",
    "referral",
]
"""A decision that an answer takes."""
Truths: TypeAlias = Mapping[str, bool] | Mapping[int, bool] | Mapping[str | int, bool]
"""Which cells of a table mean that a finding is present, and which that it is absent."""


class ReadingOptions(TypedDict, total=False):
    """How the columns of a study are read; `Guideline.cohort` says what each means."""

    units: Mapping[str, str]
    keep: Iterable[str]
    ignore: Iterable[str]
    otherwise: Otherwise | OtherwiseName
    on_bad: Literal["error", "unknown"]
    assume: Mapping[str, object]
    fuzzy_threshold: Reading | ReadingName
    truths: Truths
    decimal: Literal[".", ","]


class DueOptions(TypedDict, total=False):
    """How the tables of `Guideline.due_cohort` are read."""

    patient: str
    units: Mapping[str, str]
    ignore: Iterable[str]
    assume: Mapping[str, object]
    truths: Truths
    decimal: Literal[".", ","]
    progress: Progress | None


class AuditOptions(DueOptions, total=False):
    """How the tables of an audit are read, by whom it is made, and how follow-up is cut."""

    periods: Duration | str | None
    start: FollowUp | dt.date | str
    rules: Iterable[str] | str | None
    workers: int | None


_LONGEST_QUESTION = 2000
_DRAWN = ("patient", "weights", "strata", "psu", "fpc", "lonely", "level")
_DAYS = "a mapping of the names of events to days"


@frozen(slots=False, eq=False, repr=False)
class Guideline:
    """A guideline, checked and ready.

    Guidelines are equal when they say the same, wherever it is written and however it is laid out.

    Attributes:
        loaded: The rule graph with the files, examples and remarks around it.
    """

    loaded: Loaded = field(repr=False)

    def __attrs_post_init__(self) -> None:
        keep_in_mind(self.graph)

    def __reduce__(self) -> tuple[type[Guideline], tuple[Loaded]]:
        """What was loaded, and nothing that was worked out since: the rest is made anew."""
        return type(self), (self.loaded,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Guideline):
            return NotImplemented
        return self.graph is other.graph or self.graph == other.graph

    def __hash__(self) -> int:
        return hash(self.graph)

    def __repr__(self) -> str:
        return f"Guideline({self.name!r} {self.version}, {self.status.value})"

    @property
    def graph(self) -> RuleGraph:
        """The rule graph."""
        return self.loaded.graph

    @property
    def name(self) -> str:
        """The name by which the guideline is loaded."""
        return self.graph.name

    @property
    def version(self) -> str:
        """The version that its author gave it."""
        return self.graph.version

    @property
    def status(self) -> Status:
        """How far it has been reviewed.

        >>> load("mecobalamin_im").status.value
        'under review'
        """
        return self.graph.status

    @property
    def digest(self) -> str:
        """The digest of what it says, which layout, comments and the split into files leave alone.

        >>> load("mecobalamin_im").digest[:7]
        'sha256:'
        """
        return self.graph.digest

    @property
    def facts(self) -> Mapping[str, DescribedFact]:
        """Each fact that may be stated of a patient, by name, with its unit, range and codes.

        >>> egfr = load("mecobalamin_im").facts["egfr"]
        >>> egfr.unit, egfr.read_by[0]
        ('mL/min', 'renal_form')
        """
        found: Mapping[str, DescribedFact] = import_module(
            "b12guide.graph.dictionary"
        ).dictionary(self.graph)
        return found

    def json_schema(self, *, units: Units | UnitsName = Units.ASSUME) -> dict[str, Any]:
        """The JSON Schema (2020-12) of a patient file for this guideline.

        Args:
            units: `required` leaves out numbers without a unit, for measures that have one.

        >>> facts = load("mecobalamin_im").json_schema()["properties"]["facts"]["properties"]
        >>> facts["egfr"]["title"]
        'estimated glomerular filtration rate (eGFR)'
        """
        # A module of `b12guide.show`, opened on need so that asking stays quick to
        # start.
        show = import_module("b12guide.show.facts_page")
        found: dict[str, Any] = show.patient_schema(
            self.graph, choice(Units, units, "units")
        )
        return found

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The warnings and remarks of its checks."""
        return self.loaded.diagnostics

    @cached_property
    def evaluator(self) -> Evaluator:
        """The compiled form, made at the first question."""
        return Evaluator.of(self.graph)

    def recommend(
        self,
        patient: PatientLike,
        *,
        on: dt.date | str | None = None,
        fuzzy_threshold: Reading | ReadingName = Reading.REPORT,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> Recommendation:
        """What the guideline says about `patient`.

        Args:
            patient: A `Patient`, a mapping as in a patient file or of fact names to values, or a
                record whose fields are named as facts are: an instance of a dataclass, an attrs
                class, a pydantic model, a named tuple.
            on: The day asked for; dated facts after it do not count. Without it the latest count.
            fuzzy_threshold: How a threshold that the source prints as a range is read: `report`
                leaves a value inside it open, `lower` and `upper` take one end.
            units: What becomes of numbers without a unit: `assume` reads them in the measure's own
                and says so in a notice, `required` refuses them. What the patient says of it if
                left out, and that is `assume` unless it was read with `required`.
            limits: How large the patient may be, and how much work the answer.

        Raises:
            PatientError: A fact is not known, has a wrong unit or an implausible value, facts
                contradict each other, or a limit is reached; the diagnostics name all of them.
                Or `on` is no day.
            UnknownNameError: There is no such way of reading units.

        >>> answer = load("mecobalamin_im").recommend({"b12_deficiency": True, "egfr": 35})
        >>> answer.form.preferred, answer.form.excluded
        (('hydroxocobalamin',), ('cyanocobalamin',))
        """
        return recommend(
            self.evaluator,
            self._stated(patient, on, units, limits),
            reading=choice(Reading, fuzzy_threshold, "fuzzy_threshold"),
            work=Work(limits),
        )

    @cached_property
    def written(self) -> Written:
        """The guideline as its author works on it, with the examples beside it.

        Raises:
            GuidelineError: Its file is not there any more, or says something else by now.
        """
        name = self.loaded.texts[0].name if self.loaded.texts else self.name
        if name == f"{self.name}.gdl":
            name = self.name
        read: Written = import_module("b12guide.written").read(name)
        if read.graph.digest != self.graph.digest:
            message = f"`{name}` is not any more what it was when it was loaded"
            raise GuidelineError(message)
        return read

    def document(self) -> Document:
        """The guideline written out as prose, for professionals and for patients.

        Raises:
            GuidelineError: Its file is not there any more, or says something else by now.

        >>> load("mecobalamin_im").document().to_markdown()[:13]
        '# Mecobalamin'
        """
        made: Document = import_module("b12guide.prove.everything").document_of(
            self.graph, self.written.draft
        )
        return made

    def prove(self) -> Proofs:
        """What is claimed of every possible patient, proved or with the smallest who breaks it.

        Raises:
            GuidelineError: As for `document`.
        """
        found: Proofs = import_module("b12guide.prove.everything").proofs_of(
            self.graph, self.written.draft
        )
        return found

    def test(self, titled: str = "") -> TrialReport:
        """The guideline's own examples, tried.

        Args:
            titled: Only examples with this in their title are tried, whatever the case.

        Raises:
            GuidelineError: As for `document`.
        """
        found: TrialReport = import_module("b12guide.trial.report").trial_of(
            self.graph, self.written.draft, titled
        )
        return found

    def mutate(self, of: str = "") -> Mutations:
        """Small mistakes in the guideline, and whether its examples and invariants notice them.

        Each mistake that makes a difference to somebody is to be noticed; `survivors` are those
        that are not, and `examples` writes the examples that would notice them.

        Args:
            of: Only mistakes in this rule or definition.

        Raises:
            UnknownNameError: No rule and no definition is so called.
            GuidelineError: As for `document`.

        >>> load("eisai_mecobalamin").mutate("neuropathy_course").is_fine
        True
        """
        found: Mutations = import_module("b12guide.prove.survivors").mutations_of(
            self.graph, self.written.draft, of
        )
        return found

    def diff(self, new: Guideline) -> Difference:
        """Who is treated differently by `new`, which shares the vocabulary, or that nobody is."""
        found: Difference = import_module("b12guide.prove.difference").difference(
            self.graph, new.graph
        )
        return found

    def next_version(self, new: Guideline) -> NextVersion:
        """What the version after this one is to be called, if it says what `new` says.

        >>> guideline = load("mecobalamin_im")
        >>> guideline.next_version(guideline).level.value
        'none'
        """
        found: NextVersion = import_module("b12guide.prove.next_version").next_version(
            self.graph, new.graph
        )
        return found

    def clashes(self, other: Guideline) -> Clashes:
        """Who is advised by both what cannot both be followed, or that nobody is.

        >>> guideline = load("mecobalamin_im")
        >>> guideline.clashes(guideline).is_proved_compatible
        True
        """
        found: Clashes = import_module("b12guide.several.clash").clashes(
            self.graph, other.graph
        )
        return found

    def verdicts(
        self,
        patient: PatientLike,
        *,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> dict[str, Verdict]:
        """The verdict of every rule and nothing else, which is much quicker than `recommend`.

        Args:
            patient: As for `recommend`.
            on: As for `recommend`.
            units: As for `recommend`.
            limits: As for `recommend`.

        Raises:
            PatientError: As for `recommend`.

        >>> load("mecobalamin_im").verdicts({"egfr": 50})["renal_form"].value
        'does not apply'
        """
        if type(patient) is dict and on is None and units is None:
            instance(limits, Limits, "limits", "a `Limits`")
            plainly = plainly_known(self.evaluator, patient, limits)
            if plainly is not None:
                return compiled_verdicts(self.evaluator, plainly)
        stated, work = self._stated(patient, on, units, limits), Work(limits)
        facts = known_facts(self.evaluator, stated, work)
        return compiled_verdicts(self.evaluator, facts)

    def timeline(  # noqa: PLR0913 -- a patient, days, and how they are to be read
        self,
        patient: PatientLike,
        start: dt.date | str,
        *,
        until: dt.date | str | None = None,
        events: Mapping[str, dt.date | str] | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> Timeline:
        """The regimen advised for `patient` as dated doses, tests and decisions to make.

        Args:
            patient: As for `recommend`; what is known on the first day counts.
            start: The day of the first dose.
            until: The last day to show; a year after `start` when left out.
            events: Events with the days on which they are expected, from the first day on.
            units: As for `recommend`.
            limits: As for `recommend`.

        Raises:
            PatientError: As for `recommend`; or the days do not follow each other (GDL735).
            UnknownNameError: There is no such event.

        >>> days = load("mecobalamin_im").timeline(
        ...     {"b12_deficiency": True, "paresthesia": True}, dt.date(2026, 1, 5)
        ... )
        >>> days.entries[0].window.earliest
        datetime.date(2026, 1, 5)
        """
        first = day_of(start, "start")
        found: Timeline = import_module("b12guide.timeline.plan").plan(
            self.recommend(patient, on=first, units=units, limits=limits),
            first,
            until=day_or_none(until, "until"),
            events={
                name: day_of(day, f"events[{name!r}]")
                for name, day in mapping(events, "events", _DAYS).items()
            },
        )
        return found

    def audit(  # noqa: PLR0913 -- a patient, a history, a day, and what an audit can be told
        self,
        patient: PatientLike,
        history: Iterable[Mapping[str, Any]],
        *,
        on: dt.date | str,
        families: Iterable[Family | FamilyName] | None = None,
        tolerance: Tolerance | str = "usual",
        ignore: Iterable[str] = (),
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> Audit:
        """Where a dosing history departed from the guideline.

        Args:
            patient: As for `recommend`; dated facts count from their day on.
            history: One mapping for each event, with the fields of a history file.
            on: The day of the audit; what became due later is not missing yet.
            families: What to look at, such as `["interval", "folate"]`; everything if left out.
            tolerance: `usual` (7 days for doses in months, 1 for doses in days and weeks, 14
                for tests), `strict` (none), numbers such as `"doses=3, loading=2"`, or a
                `Tolerance`.
            ignore: Fields of events to be left out; a pattern such as `*` leaves out only what no
                event has.
            units: As for `recommend`.
            limits: As for `recommend`; the work is that of all days together.

        Raises:
            PatientError: The patient or the history cannot be used.
            UnknownNameError: There is no such tolerance.

        >>> found = load("mecobalamin_im").audit(
        ...     {"b12_deficiency": True, "folate_deficiency": True},
        ...     [{"on": "2025-02-01", "start": "folic_acid", "amount": "5 mg"},
        ...      {"on": "2025-02-10", "dose": "hydroxocobalamin", "amount": "1000 µg"}],
        ...     on=dt.date(2025, 2, 11),
        ...     families=["folate"],
        ... )
        >>> {finding.gravity.value for finding in found.findings}
        {'violation'}
        """
        run = import_module("b12guide.audit.run")
        rules = import_module("b12guide.audit.finding")
        found: Audit = run.audit(
            self.evaluator,
            patient_from(patient, limits=limits),
            self._history(history, ignore, limits),
            day_of(on),
            families=rules.families_of(families),
            tolerance=rules.tolerance_of(tolerance),
            units=units_of(units),
            work=Work(limits),
        )
        return found

    def adherence(  # noqa: PLR0913 -- an audit, cut into intervals
        self,
        patient: PatientLike,
        history: Iterable[Mapping[str, Any]],
        *,
        on: dt.date | str,
        every: Duration | str,
        start: FollowUp | dt.date | str = "first event",
        rules: Iterable[str] | str | None = None,
        families: Iterable[Family | FamilyName] | None = None,
        tolerance: Tolerance | str = "usual",
        ignore: Iterable[str] = (),
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> AdherencePeriods:
        """How a patient kept each rule, interval by interval.

        Each interval of follow-up has a state: the rule was kept (`adheres`) or not (`departs`),
        it could not be judged (`undecidable`, `no record`), or it did not apply. The tolerance is
        the grace: a late dose departs from the day after it.

        Args:
            patient: As for `audit`.
            history: As for `audit`.
            on: The day of the audit, with which follow-up ends.
            every: The length of an interval, such as `30 days` or `1 month`; the last is cut.
            start: The first day of follow-up: the `first event`, for each rule the first day on
                which it applied (`rule applies`), or a day.
            rules: Which rules; all that a history can depart from, if left out.
            families: As for `audit`.
            tolerance: As for `audit`.
            ignore: As for `audit`.
            units: As for `recommend`.
            limits: As for `audit`.

        Raises:
            PatientError: The patient or the history cannot be used.
            UnknownNameError: There is no such rule, start or tolerance.
            ArgumentError: `every` is no length of whole days or months, `start` is after the day
                of the audit, or `rules` names none.

        >>> kept = load("mecobalamin_im").adherence(
        ...     patient_from(
        ...         {"b12_deficiency": True, "loading_complete": True}, otherwise="absent"
        ...     ),
        ...     [{"on": "2025-01-06", "dose": "hydroxocobalamin", "amount": "1000 µg"},
        ...      {"on": "2025-05-30", "dose": "hydroxocobalamin", "amount": "1000 µg"}],
        ...     on="2025-06-30",
        ...     every="1 month",
        ...     rules="maintenance_standard",
        ... )
        >>> [period.state.value for period in kept.periods]
        ['adheres', 'adheres', 'adheres', 'departs', 'departs', 'adheres']
        """
        run = import_module("b12guide.audit.period_states")
        told = import_module("b12guide.audit.finding")
        found: AdherencePeriods = run.adherence(
            self.evaluator,
            patient_from(patient, limits=limits),
            self._history(history, ignore, limits),
            day_of(on),
            run.Grid.of(every, start),
            rules=rules,
            families=told.families_of(families),
            tolerance=told.tolerance_of(tolerance),
            units=units_of(units),
            work=Work(limits),
        )
        return found

    def _history(
        self,
        history: Iterable[Mapping[str, Any]],
        ignore: Iterable[str],
        limits: Limits,
        on_bad: Literal["error", "skip"] = "error",
    ) -> History:
        read = import_module("b12guide.audit.history")
        found: History = read.history_from_records(
            history,
            self.graph,
            self.evaluator.memory.rows,
            ignore=names_in(ignore, "ignore"),
            limits=limits,
            skip=choice(read.OnUnread, on_bad, "on_bad") is read.OnUnread.SKIP,
        )
        return found

    def due(  # noqa: PLR0913 -- a patient, a history, a day, and how they are to be read
        self,
        patient: PatientLike,
        history: Iterable[Mapping[str, Any]],
        *,
        on: dt.date | str,
        tolerance: Tolerance | str = "usual",
        marks: Mapping[str, int | str] | None = None,
        ignore: Iterable[str] = (),
        units: Units | UnitsName | None = None,
        on_bad: Literal["error", "skip"] = "error",
        limits: Limits = USUAL,
    ) -> Due:
        """What is due for `patient`: the phase, the doses that count, the next dose and tests.

        Args:
            patient: As for `audit`.
            history: As for `audit`.
            on: The day; what lies after it is left aside.
            tolerance: As for `audit`. The answer has the days with it and without it.
            marks: The events that doses bring about, for a series whose doses are counted from
                events: each event with `"dose"` (each dose), the name of a drug (each dose of
                it), a number (so many doses that count), or both, as in `"DRUG 2"`.
            ignore: As for `audit`.
            units: As for `recommend`.
            on_bad: What becomes of rows of the history that cannot be read: they are an `error`,
                or `skip` leaves them out; then nothing is certain, and `unread` says why.
            limits: As for `audit`.

        Raises:
            PatientError: The patient or the history cannot be used.
            UnknownNameError: There is no such tolerance, or no such event.
            ArgumentError: An event is brought about by something else.

        >>> found = load("mecobalamin_im").due(
        ...     {"b12_deficiency": True, "paresthesia": True},
        ...     [{"on": "2026-01-05", "dose": "mecobalamin", "amount": "1000 µg"}],
        ...     on=dt.date(2026, 1, 6),
        ... )
        >>> found.next_dose.days.recommended
        datetime.date(2026, 1, 7)
        """
        run = import_module("b12guide.due.run")
        rules = import_module("b12guide.audit.finding")
        series = import_module("b12guide.due.series")
        what = "a mapping of the names of events to the doses that bring them about"
        asked = {} if marks is None else mapping(marks, "marks", what)
        found: Due = run.due(
            self.evaluator,
            patient_from(patient, limits=limits),
            self._history(history, ignore, limits, on_bad),
            day_of(on),
            tolerance=rules.tolerance_of(tolerance),
            marks=series.marks_of(asked, self.graph),
            units=units_of(units),
            work=Work(limits),
        )
        return found

    def cohort(  # noqa: PLR0913 -- each says one thing about the frame
        self,
        frame: Frame,
        *,
        units: Mapping[str, str] | None = None,
        keep: Iterable[str] = (),
        ignore: Iterable[str] = (),
        otherwise: Otherwise | OtherwiseName = "unknown",
        on_bad: Literal["error", "unknown"] = "error",
        long: bool = False,
        assume: Mapping[str, object] | None = None,
        fuzzy_threshold: Reading | ReadingName = Reading.REPORT,
        truths: Truths | None = None,
        decimal: Literal[".", ","] = ".",
        decisions: Iterable[Decision | DecisionName] | DecisionName | None = None,
        verdicts_only: bool = False,
        verdicts: Literal["words", "bits"] = "words",
        questions: bool = True,
        regimens: Literal["columns", "lists", "none"] | bool = "columns",
        names: Literal[".", "_"] = ".",
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Frame:
        """What the guideline says about every row of `frame`, in a frame of the same kind.

        Args:
            frame: Patients in rows and facts in columns, of pandas, Polars, DuckDB, PyArrow or
                Spark. A column is named as its fact is; null and NaN are unknown.
            units: The units of measures that are not in their own, by the name of the column.
            keep: Columns to be carried into the advice.
            ignore: Columns to be left out, or patterns such as `LBX*`.
            otherwise: What holds of facts that have no column: `unknown` or `absent`.
            on_bad: What becomes of implausible cells: `error` or `unknown`.
            long: Give one row for each patient and rule instead of one for each patient.
            assume: Values of facts, as in a patient file, assumed of every patient for whom they
                are not known, such as `{"platelets": "250 x10^9/L"}`. They fill nulls and
                facts that have no column, and give way to what is stated.
            fuzzy_threshold: As for `recommend`.
            truths: What words or numbers mean in columns of truths, beside `true` and `false`:
                `{"yes": True, "no": False}`, `{1: True, 0: False}`.
            decimal: What stands in text before the fraction of a number: `.` or `,`.
            decisions: The decisions to be told, such as `form`, with the verdicts of their rules;
                all if left out. What is not asked for is not worked out.
            verdicts_only: Tell the verdicts of rules, and what is not addressed, and no decisions.
            verdicts: `words`, or `bits` for Booleans: true where a rule applies, null where
                that is open, and `overridden.<name>` beside rules that have exceptions.
            questions: Whether to list the facts to ask for.
            regimens: How the doses of loading and maintenance are given beside text: `columns`
                for drug, dose, route, interval and end where one regimen of one phase is advised,
                `lists` for all phases of all regimens as well, `none`. True and False are
                `columns` and `none`.
            names: The sign between the parts of a column's name: `form.value`, or `form_value`
                for engines of SQL.
            workers: How many processes work, this one included. If None, others are started on
                further cores where several seconds of work are left.
            progress: Called from the start and then several times a second with how many patients
                are done, and of how many; of how many is None where the frame does not say it.

        Raises:
            CohortError: This kind of frame is not taken.
            UnknownNameError: A decision or a choice has no such name.
            PatientError: A column is no fact or has the wrong type or unit, or cells are
                implausible; the diagnostics name all of them.
            WorkerError: A process failed.
            MissingExtraError: The extra `cohort` is not installed.

        >>> import pyarrow as pa
        >>> patients = pa.table({"b12_deficiency": [True, True], "egfr": [35.0, None]})
        >>> load("mecobalamin_im").cohort(patients)["form.value"].to_pylist()
        ['hydroxocobalamin or mecobalamin, not cyanocobalamin', 'hydroxocobalamin or mecobalamin']
        """
        carriers = load_extra("b12guide.cohort.carriers", extra="cohort")
        options = import_module("b12guide.cohort.options").Options(
            units=units,
            keep=keep,
            ignore=ignore,
            otherwise=otherwise,
            on_bad=on_bad,
            long=long,
            assume=assume,
            fuzzy_threshold=fuzzy_threshold,
            truths=truths,
            decimal=decimal,
            decisions=decisions,
            verdicts_only=verdicts_only,
            verdicts=verdicts,
            questions=questions,
            regimens=regimens,
            names=names,
        )
        if progress is not None:
            called(progress, "progress")
        found: Frame = carriers.advise_frame(
            frame, self.evaluator, options, progress, workers
        )
        return found

    def decode(  # noqa: PLR0913 -- rows, whose they are, and how they are read
        self,
        rows: object,
        *,
        on: dt.date | str,
        patients: object = None,
        patient: str | None = None,
        complete: Iterable[str] = (),
        codes: Iterable[PathLike] = (),
        source: str | None = None,
        units: Units | UnitsName = Units.REQUIRED,
    ) -> DecodedPatients:
        """One row of facts for each patient, from rows with codes as warehouses hold them.

        A row says whose it is, a code with its terminology, a day, and of a measure the number with
        its unit; tables of OMOP are read by the names of their columns. A patient without a row is
        not known to be without the thing, except for what is `complete`. The `frame` of what
        is returned is one for `cohort`.

        Args:
            rows: A frame with one row for each thing that is known of a patient, or a list of such.
            on: The day for which the facts hold; later rows do not count.
            patients: A frame with a row for each patient, and columns of its own such as `age`.
                Without it, patients are those who have a row.
            patient: The column that names patients, such as `person_id`; found if left out.
            complete: Findings, events and choices of which every case has a row with a code that
                is known: without one, and without any that comes near, they are absent.
            codes: Mapping files beside the one that ships, see the page on cohorts.
            source: The terminology of the columns `*_source_value` of OMOP, such as `icd10cm`, and
                of a column `code` that has no `system` beside it.
            units: What becomes of numbers without a unit: `required` leaves them unread.

        Raises:
            CohortError: This kind of frame is not taken.
            PatientError: The columns cannot be used, a fact is none, or a mapping file is wrong.
            MissingExtraError: The extra `cohort` is not installed.

        >>> import pyarrow as pa
        >>> rows = pa.table({
        ...     "patient": [7, 7], "system": ["icd10cm", "loinc"], "code": ["D51.0", "33914-3"],
        ...     "on": ["2026-01-05", "2026-01-05"], "value": [None, 35], "unit": [None, "mL/min"],
        ... })
        >>> found = load("mecobalamin_im").decode(rows, on="2026-03-01")
        >>> found.frame.to_pylist()
        [{'patient': 7, 'b12_deficiency': True, 'egfr': '35 mL/min'}]
        """
        run = load_extra("b12guide.cohort.decoding", extra="cohort")
        found: DecodedPatients = run.decoded(
            self.graph,
            rows,
            on=day_of(on),
            patients=patients,
            patient=patient,
            complete=names_in(complete, "complete"),
            codes=tuple(codes),
            source=source,
            units=choice(Units, units, "units"),
        )
        return found

    def export(
        self,
        dialect: Literal["polars", "sql"],
        *,
        keep: Iterable[str] = (),
        names: Literal[".", "_"] = ".",
    ) -> VerdictExport:
        """The verdicts of all rules as a text that a warehouse runs without b12guide.

        Args:
            dialect: `polars` gives a module of Python with the function `verdicts(frame)`, `sql` a
                query of the table `patients`.
            keep: Columns of the patients to be carried along.
            names: The sign between the parts of a column's name.

        Raises:
            B12GuideError: No rule can be exported.

        >>> print(load("mecobalamin_im").export("sql").text.splitlines()[0])
        -- The verdicts of mecobalamin_im 1.1.0: Mecobalamin 1000 µg intramuscularly in vitamin
        """
        module = import_module("b12guide.interop.export")
        found: VerdictExport = module.export_verdicts(
            self.evaluator,
            choice(module.Dialect, dialect, "dialect"),
            names_in(keep, "keep"),
            choice(module.Divider, names, "names"),
        )
        return found

    def to_fhir(self, *, on: dt.date | str | None = None) -> dict[str, Any]:
        """The guideline as FHIR R4: a Bundle with a PlanDefinition and all that it names.

        Each rule is an action with its condition; each regimen and check an ActivityDefinition;
        the text a Library; the facts a Questionnaire; their codes a ValueSet each. It is a draft as
        long as the guideline is under review.

        Args:
            on: The day for which its status holds; without one, a guideline that has an end counts
                as over.

        Raises:
            PatientError: `on` is no day.

        >>> bundle = load("mecobalamin_im").to_fhir()
        >>> plan = bundle["entry"][0]["resource"]
        >>> plan["resourceType"], plan["status"], plan["experimental"]
        ('PlanDefinition', 'draft', True)
        """
        found: dict[str, Any] = import_module("b12guide.fhir.plan").plan_bundle(
            self.loaded, day_or_none(on, "on")
        )
        return found

    def study(  # noqa: PLR0913 -- patients, and how they were drawn and are read
        self,
        frame: object,
        *,
        patient: str | None = None,
        weights: str | None = None,
        strata: str | None = None,
        psu: str | None = None,
        fpc: str | None = None,
        lonely: Literal["fail", "certainty", "adjust"] = "fail",
        level: float = 0.95,
        **options: Unpack[ReadingOptions],
    ) -> Study:
        """A study of the patients of `frame`: counts, hinges, burden, comparisons.

        Args:
            frame: As for `cohort`.
            patient: The column that names patients; without it they go by their rows.
            weights: The column that says how many people each row stands for, for surveys.
            strata: The column of strata.
            psu: The column of first-stage units, which are taken to lie within strata.
            fpc: The column that says how many first-stage units each whole stratum has, or which
                share of them was drawn, where they were many of few.
            lonely: What becomes of a stratum with one first-stage unit: an error; `certainty`,
                if it was certain to be drawn; or `adjust`, to hold it against the whole.
            level: The level of the intervals.
            options: `units`, `keep`, `ignore`, `otherwise`, `on_bad`, `assume`, `fuzzy_threshold`,
                `truths` and `decimal`, as for `cohort`.

        Raises:
            ArgumentError: A column is not named by text, or an interval cannot have such a level.
            CohortError: This kind of frame is not taken, or columns describe no design: a weight
                is missing or negative, a row is in no stratum.
            MissingExtraError: The extra `cohort` is not installed.
            UnknownNameError: The frame has no such column, or there is no such argument.

        >>> import pyarrow as pa
        >>> patients = pa.table({"b12_deficiency": [True, True], "egfr": [35.0, None]})
        >>> study = load("mecobalamin_im").study(patients)
        >>> study.what_if({"egfr < 50 mL/min": "egfr < 30 mL/min"}).changed["form"]
        1
        """
        if patient is not None:
            instance(patient, str, "patient", "the name of the column of ids")
        drawn = {"weights": weights, "strata": strata, "psu": psu, "fpc": fpc}
        for argument, name in drawn.items():
            if name is not None:
                instance(name, str, argument, "the name of a column")
        run = load_extra("b12guide.cohort.study", extra="cohort")
        survey = import_module("b12guide.cohort.design")
        alone = choice(survey.Lonely, lonely, "lonely")
        if alone is not survey.Lonely.FAIL and not any(drawn.values()):
            argument = "lonely"
            expected = (
                "left out where no column says how rows were drawn, as `strata` does"
            )
            raise ArgumentError(argument, expected, lonely, is_told=True)
        kind = import_module("b12guide.cohort.options").Options
        keywords(options, "study", (*keywords_of(kind), *_DRAWN))
        chosen = kind(**options)
        design = survey.DesignColumns(**drawn, lonely=alone)
        found: Study = run.study_of(
            self.loaded,
            self.evaluator,
            frame,
            chosen,
            patient,
            design=design,
            level=level,
        )
        return found

    @property
    def regimens(self) -> GuidelineRegimens:
        """Its regimens by the names of their rules; `compare` puts them side by side, over years.

        >>> regimens = load("mecobalamin_im").regimens
        >>> regimens["maintenance_standard"].drugs
        ()
        >>> found = regimens.compare(["maintenance_standard", "1000 µg IM monthly"], years=3)
        >>> [int(one.total.injections.low) for one in found.regimens]
        [12, 36]
        """
        of_guideline = import_module("b12guide.regimens.of_guideline")
        found: GuidelineRegimens = of_guideline.GuidelineRegimens(
            self.loaded, self.evaluator
        )
        return found

    def audit_cohort(  # noqa: PLR0913 -- two tables, a day, and what an audit can be told
        self,
        patients: object,
        events: object,
        *,
        on: dt.date | str,
        families: Iterable[Family | FamilyName] | None = None,
        tolerance: Tolerance | str = "usual",
        otherwise: Otherwise | OtherwiseName = "unknown",
        on_bad: Literal["error", "skip"] = "error",
        **options: Unpack[AuditOptions],
    ) -> CohortAudit:
        """Where the histories of many patients departed from the guideline.

        Args:
            patients: A frame with one row for each patient: an id, and columns named as facts are.
            events: A frame with one row for each event: the id of its patient, and the fields of
                a history file.
            on: As for `audit`.
            families: As for `audit`.
            tolerance: As for `audit`.
            otherwise: What holds of facts for which there is no column: `unknown` or `absent`.
            on_bad: Whether rows that cannot be read are an `error`, or `skip` leaves their
                patients out.
            options: `patient` (the column of ids), `units`, `ignore`, `assume`, `truths`,
                `decimal`, `workers`, `progress`, as for `b12guide.cohort.audits.audit_cohort`;
                and `periods`, the length of the intervals, such as `1 month`, for which is said
                how each rule was kept, with their `start` and `rules`, as for `adherence`.

        Raises:
            ArgumentError: What belongs to intervals stands without `periods`, or cannot be.
            PatientError: The frames, or some rows of them, cannot be used.
            UnknownNameError: An option has no such choice, or there is no such option.
            MissingExtraError: The extra `cohort` is not installed.
        """
        run = load_extra("b12guide.cohort.audits", extra="cohort")
        keywords(options, "audit_cohort", keywords_of(run.audit_cohort))
        found: CohortAudit = run.audit_cohort(
            self.evaluator,
            patients,
            events,
            on=on,
            families=families,
            tolerance=tolerance,
            otherwise=otherwise,
            on_bad=on_bad,
            **options,
        )
        return found

    def due_cohort(  # noqa: PLR0913 -- two tables, a day, and how they are to be read
        self,
        patients: Frame,
        events: object,
        *,
        on: dt.date | str,
        tolerance: Tolerance | str = "usual",
        marks: Mapping[str, int | str] | None = None,
        otherwise: Otherwise | OtherwiseName = "unknown",
        on_bad: Literal["error", "skip"] = "error",
        **options: Unpack[DueOptions],
    ) -> Frame:
        """What is due for every patient of a cohort: one row each, in a frame of the same kind.

        Args:
            patients: As for `audit_cohort`.
            events: As for `audit_cohort`.
            on: As for `due`.
            tolerance: As for `due`.
            marks: As for `due`.
            otherwise: As for `audit_cohort`.
            on_bad: Whether rows that cannot be read are an `error`, or `skip` leaves the days of
                their patients open and says why.
            options: `patient` (the column of ids), `units`, `ignore`, `assume`, `truths`,
                `decimal`, `progress`, as for `b12guide.cohort.due_dates.due_cohort`.

        Raises:
            PatientError: The frames, or some rows of them, cannot be used.
            UnknownNameError: An option has no such choice, or an event no such name.
            MissingExtraError: The extra `cohort` is not installed.
        """
        run = load_extra("b12guide.cohort.due_dates", extra="cohort")
        found: Frame = run.due_cohort(
            self.evaluator,
            patients,
            events,
            on=on,
            tolerance=tolerance,
            marks=marks,
            otherwise=otherwise,
            on_bad=on_bad,
            **options,
        )
        return found

    @overload
    def explain(  # type: ignore[overload-overlap]
        self,
        name: DecisionName,
        patient: PatientLike | None = None,
        *,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> DecisionExplanation: ...

    # A name that stands in a program is taken for that of a rule; `str` has all that it may be.
    @overload
    def explain(
        self,
        name: LiteralString,
        patient: PatientLike | None = None,
        *,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> RuleExplanation: ...

    @overload
    def explain(  # type: ignore[overload-cannot-match]
        self,
        name: str,
        patient: PatientLike | None = None,
        *,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> RuleExplanation | DecisionExplanation | TopicExplanation: ...

    def explain(
        self,
        name: str,
        patient: PatientLike | None = None,
        *,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> RuleExplanation | DecisionExplanation | TopicExplanation:
        """Why a rule or a decision comes out as it does for `patient`; or where a thing is named.

        Args:
            name: The name of a rule, or of a decision such as `maintenance`; a statement (`S13`),
                an assumption, challenge or silence (`T31`), a fact, definition, drug, test, route,
                site or source.
            patient: As for `recommend`; nobody in particular when left out.
            on: As for `recommend`.
            units: As for `recommend`.
            limits: As for `recommend`.

        Raises:
            UnknownNameError: The guideline has nothing of that name.
            PatientError: As for `recommend`.
        """
        instance(name, str, "name", "the name of a rule, a decision or another thing")
        record: PatientLike = {} if patient is None else patient
        stated, work = self._stated(record, on, units, limits), Work(limits)
        facts = implied_facts(stated, self.graph, self.evaluator.program)
        explainer = Explainer(outlines=self.evaluator.outlines, facts=facts)
        found = recommend(self.evaluator, stated, work=work)
        asked = patient is not None
        for verdict in found.rules:
            if verdict.rule.name == name:
                explained = explain_rule(verdict, explainer)
                return evolve(explained, answer=found, asked=asked)
        decisions = {decision.value: decision for decision in found.decisions}
        if name in decisions:
            explanation = explain_decision(found, decisions[name], explainer)
            return evolve(explanation, answer=found, asked=asked)
        known = topics(self.graph)
        if name in known:
            explained_topic = explain_topic(found, name, explainer)
            return evolve(explained_topic, answer=found, asked=asked)
        kind = "rule, decision, statement, assumption, fact or drug"
        raise UnknownNameError(kind, name, (*self.graph.rules, *decisions, *known))

    @cached_property
    def questions(self) -> AskIndex:
        """The index by which questions in plain words are answered, made at the first question.

        Raises:
            MissingExtraError: The extra `ask` is not installed.
        """
        made: AskIndex = import_module("b12guide.ask.index").index_of(self.graph)
        return made

    def ask(  # noqa: PLR0913 -- a question, a patient, and how they are to be read
        self,
        question: str,
        patient: PatientLike | None = None,
        *,
        why: bool = False,
        on: dt.date | str | None = None,
        units: Units | UnitsName | None = None,
        limits: Limits = USUAL,
    ) -> Reply:
        """What the guideline says to a question in plain words, or that it says nothing.

        Facts in the question, such as "eGFR 38" or "after a gastric bypass", are taken together
        with `patient`; the answer says which. Nothing is made up: the answer has rules and
        definitions, conflicts, and what the guideline does not address.

        Args:
            question: A question in English.
            patient: As for `recommend`; nobody in particular when left out.
            why: Whether the answer is to tell how it was found, too.
            on: As for `recommend`.
            units: As for `recommend`.
            limits: As for `recommend`.

        Raises:
            PatientError: As for `recommend`, whatever the question tells.
            ArgumentError: The question is no text, is empty, or is too long.
            MissingExtraError: The extra `ask` is not installed.

        >>> found = load("mecobalamin_im").ask("Which needle when platelets are 32?")
        >>> found.items[0].name, found.told
        ('fine_needle', FrozenMap({'platelets': Fraction(32, 1)}))
        """
        expected = f"a question in words, of at most {_LONGEST_QUESTION} characters"
        instance(question, str, "question", expected)
        if not question.strip() or len(question) > _LONGEST_QUESTION:
            argument = "question"
            raise ArgumentError(argument, expected, question)
        record = None if patient is None else patient_from(patient, limits=limits)
        found: Reply = import_module("b12guide.ask.reply").reply(
            question,
            record,
            self.evaluator,
            self.questions,
            on=day_or_none(on, "on"),
            units=units_of(units),
            limits=limits,
            is_why=why,
        )
        return found

    def _repr_mimebundle_(
        self,
        include: Collection[str] | None = None,
        exclude: Collection[str] | None = None,
    ) -> dict[str, Any]:
        return self.graph._repr_mimebundle_(include, exclude)

    def _stated(
        self,
        patient: PatientLike,
        on: dt.date | str | None,
        units: Units | UnitsName | None,
        limits: Limits,
    ) -> Stated:
        day, strictness = day_or_none(on), units_of(units)
        if type(patient) is dict or isinstance(patient, Patient):
            instance(limits, Limits, "limits", "a `Limits`")
            known = self.evaluator.memory.values
            stated = plainly_stated(patient, self.graph, known, day, strictness, limits)
            if stated is not None:
                return stated
        return state(patient_from(patient, limits=limits), self.graph, day, strictness)


def load(name_or_path: PathLike, *, cache: bool = True) -> Guideline:
    """The guideline with a shipped name such as `mecobalamin_im`, or in a `.gdl` file.

    Args:
        name_or_path: Its name or path.
        cache: Whether the compiled form of the same files will do, kept by this process, in the
            installation, or in the user's cache folder (for files; see `B12GUIDE_CACHE` in
            docs/cache.md). If not, they are compiled now, and nothing is kept.

    Raises:
        GuidelineError: There is no such guideline, or it has errors; its diagnostics name all.

    >>> load("mecobalamin_im").graph.status.value
    'under review'
    """
    return Guideline(load_graph(name_or_path, cached=cache))
