"""The rule graph: what a guideline says, resolved, frozen and ready to be asked.

Nodes are facts, definitions, rules, decisions, sources, assumptions; the edges reads, derives,
excepts and cites stand in the nodes as names. `b12guide.graph.query` answers questions about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

from attrs import field, fields, frozen

from b12guide.diagnostics import Diagnostic
from b12guide.frozen import Record, Shown, frozen_map
from b12guide.graph.condition import ALWAYS, Condition
from b12guide.regimen.model import Regimen
from b12guide.text import Span, Text
from b12guide.values.duration import Duration, DurationRange
from b12guide.values.term import Certainty, Kind, Operator, Strength

__all__ = [
    "Age",
    "Assumption",
    "Challenge",
    "Change",
    "Code",
    "Concluded",
    "Conclusion",
    "Continuation",
    "Currency",
    "Decision",
    "Definition",
    "Derivation",
    "Exclusion",
    "ExpectedConflict",
    "Fact",
    "FormChoice",
    "Grounds",
    "Implication",
    "Imprint",
    "Instruction",
    "Loaded",
    "Monitoring",
    "NotChecked",
    "NotNeeded",
    "Place",
    "Prohibition",
    "Recurrence",
    "Referral",
    "Regimens",
    "Remark",
    "Repeated",
    "RoseOrFell",
    "Routes",
    "Rule",
    "RuleGraph",
    "Series",
    "Silence",
    "Source",
    "Status",
    "Stop",
    "Target",
    "Technique",
    "Value",
    "Vocabulary",
    "Word",
]


class Decision(Enum):
    """What a rule speaks to; `b12guide.say.names.decisions_read` has the order of reading."""

    FORM = "form"
    LOADING = "loading"
    MAINTENANCE = "maintenance"
    ROUTE = "route"
    ADJUNCT = "adjunct"
    PERMISSION = "permission"
    TECHNIQUE = "technique"
    MONITORING = "monitoring"
    TARGETS = "targets"
    CONTINUATION = "continuation"
    CHANGE = "change"
    REFERRAL = "referral"
    CONCLUSION = "conclusion"
    NOTE = "note"


@frozen(kw_only=True, repr=False)
class Place(Record):
    """Where something was written."""

    text: Text
    span: Span


@frozen(kw_only=True, repr=False)
class Code(Record):
    """What a terminology calls a word.

    Attributes:
        system: The terminology as the vocabulary names it, such as `snomed` or `loinc`.
        value: The value of a choice for which the code stands; of a finding or event, `allergy`,
            `medication` or `procedure` where it is the code of such a thing that makes it so. None
            where the code is that of the fact itself.
        seen: The publication in which the code was found with this meaning; None where the
            vocabulary does not say.
    """

    system: str
    code: str
    value: str | None = None
    seen: str | None = None


@frozen(kw_only=True, repr=False)
class Word(Record):
    """A drug, test, route, site or service.

    Attributes:
        lay: What patients call it; they read the first.
    """

    kind: Kind
    name: str
    label: str
    lay: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    plausible_dose: tuple[Fraction, Fraction] | None = None
    dose_unit: str | None = None
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class Fact(Record):
    """A finding, measure, choice or event of the vocabulary.

    Attributes:
        asks: The question to put to a person about it, where the vocabulary words one.
        lay: What patients call it; they read the first, and all are taken for it.
        unit: The unit in which a measure is held and printed; None for a plain number.
        also_written: Other spellings of that unit that are taken for it.
        plausible: The least and greatest plausible value, in `unit`.
        molar_mass: In g/mol, where amounts of substance may be converted.
        absent: What `otherwise absent` makes of a measure that nobody mentions, in `unit`; None
            where it leaves it unknown (M6).
        current: How long a value counts once it was found; None where it counts for good.
        values: The values of a choice, in the order declared.
        lay_for: What patients call its values, each with its words.
    """

    kind: Kind
    name: str
    label: str
    asks: str | None = None
    lay: tuple[str, ...] = ()
    lay_for: tuple[tuple[str, tuple[str, ...]], ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    unit: str | None = None
    also_written: tuple[str, ...] = ()
    plausible: tuple[Fraction, Fraction] | None = None
    molar_mass: Fraction | None = None
    absent: Fraction | None = None
    current: Duration | None = None
    values: tuple[str, ...] = ()
    value_labels: tuple[str, ...] = ()
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class Conclusion(Record):
    """What rules may conclude: a word with values, of which nobody tells the guideline (M73).

    Attributes:
        values: In the order declared.
    """

    name: str
    label: str
    lay: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    values: tuple[str, ...] = ()
    value_labels: tuple[str, ...] = ()
    place: Place | None = field(default=None, eq=False, repr=False)

    def value_label(self, value: str) -> str:
        """What one of its values is called."""
        labels = dict(zip(self.values, self.value_labels, strict=True))
        return labels.get(value, value.replace("_", " "))


@frozen(kw_only=True, repr=False)
class Vocabulary(Record):
    """Every word that a guideline may use, by name."""

    facts: Mapping[str, Fact] = field(factory=dict, converter=frozen_map)
    drugs: Mapping[str, Word] = field(factory=dict, converter=frozen_map)
    tests: Mapping[str, Word] = field(factory=dict, converter=frozen_map)
    routes: Mapping[str, Word] = field(factory=dict, converter=frozen_map)
    sites: Mapping[str, Word] = field(factory=dict, converter=frozen_map)
    services: Mapping[str, Word] = field(factory=dict, converter=frozen_map)
    conclusions: Mapping[str, Conclusion] = field(factory=dict, converter=frozen_map)


@frozen(kw_only=True, repr=False)
class Implication(Record):
    """What the truth of `premise` says about `conclusion`."""

    name: str
    premise: Condition
    conclusion: Condition


# ----------------------------------------------------------------- what a rule says


@frozen(kw_only=True, repr=False, cache_hash=True)
class FormChoice(Record):
    """Drugs to choose from, and drugs not to be chosen."""

    drugs: tuple[str, ...]
    excluded: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False, cache_hash=True)
class Exclusion(Record):
    """Drugs to avoid or, when `outright`, that are contraindicated."""

    drugs: tuple[str, ...]
    outright: bool


@frozen(kw_only=True, repr=False)
class Regimens(Record):
    """Regimens to choose from, the first being named first by the source."""

    regimens: tuple[Regimen, ...]


@frozen(kw_only=True, repr=False, cache_hash=True)
class NotNeeded(Record):
    """The decision needs no action."""


@frozen(kw_only=True, repr=False, cache_hash=True)
class Routes(Record):
    """Routes to choose from."""

    routes: tuple[str, ...]


@frozen(kw_only=True, repr=False, cache_hash=True)
class Prohibition(Record):
    """Drugs not to be given until an event, or unless a fact, is known to be so.

    The rule's condition already says that neither is known; the names are kept to be told.
    """

    drugs: tuple[str, ...]
    until: str | None = None
    unless: str | None = None


@frozen(kw_only=True, repr=False, cache_hash=True)
class Recurrence(Record):
    """How often a test recurs for some time (M98).

    Attributes:
        at_least: Whether `every` is only an upper bound on the gap.
        lasts: How long it goes on; None without an end.
    """

    every: DurationRange
    at_least: bool = False
    lasts: DurationRange | None = None


@frozen(kw_only=True, repr=False, cache_hash=True)
class Monitoring(Record):
    """Tests with their timing; see `b12guide.syntax.ast.Check` for the attributes.

    Attributes:
        at: Times after the start that are one day each.
        windows: Times after the start with an earliest and a latest day (M80).
        every: How often the test recurs, and `at_least`, at first.
        lasts: How long it recurs so; None without an end (M98).
        then: How often it recurs after that.
        during: Loading or maintenance, where the visits end with it (M98).
    """

    tests: tuple[str, ...]
    at: tuple[Duration, ...] = ()
    windows: tuple[DurationRange, ...] = ()
    every: DurationRange | None = None
    at_least: bool = False
    lasts: DurationRange | None = None
    then: tuple[Recurrence, ...] = ()
    once: bool = False
    before_next_dose: bool = False
    companions: tuple[str, ...] = ()
    never_alone: bool = False
    after: str | None = None
    until: str | None = None
    during: Decision | None = None

    @property
    def recurring(self) -> tuple[Recurrence, ...]:
        """How often the test recurs, one stretch of time after the other."""
        if self.every is None:
            return ()
        first = Recurrence(every=self.every, at_least=self.at_least, lasts=self.lasts)
        return (first, *self.then)

    @property
    def times(self) -> tuple[DurationRange, ...]:
        """The single times, days and windows alike, the earliest first where there are windows."""
        days = [DurationRange(time.value, time.value, time.unit) for time in self.at]
        if not self.windows:
            return tuple(days)
        both = (*days, *self.windows)
        return tuple(sorted(both, key=lambda t: (t.unit.is_calendar, t.smallest)))


@frozen(kw_only=True, repr=False, cache_hash=True)
class NotChecked(Record):
    """Tests that are not to be done (M79)."""

    tests: tuple[str, ...]


@frozen(kw_only=True, repr=False, cache_hash=True)
class Instruction(Record):
    """One instruction on technique; exactly one of the optional attributes says what.

    Attributes:
        site: The site that the instruction is about (for `quadrant`, `direction`: when it is used).
        avoid: Whether the site is not to be used, `routinely` whether that means as a habit.
        gauge: Least and greatest needle gauge.
        pressure: How long to press.
    """

    site: str | None = None
    avoid: bool = False
    routinely: bool = False
    quadrant: str | None = None
    direction: str | None = None
    gauge: tuple[int, int] | None = None
    pressure: DurationRange | None = None


@frozen(kw_only=True, repr=False)
class Technique(Record):
    """Instructions on technique."""

    instructions: tuple[Instruction, ...]


@frozen(kw_only=True, repr=False, cache_hash=True)
class Target(Record):
    """A bound on a measure, in the measure's own unit."""

    measure: str
    operator: Operator
    low: Fraction
    high: Fraction
    unit: str | None


@frozen(kw_only=True, repr=False, cache_hash=True)
class Continuation(Record):
    """A treatment that is not to be stopped."""

    treatment: str
    for_life: bool = False


@frozen(kw_only=True, repr=False, cache_hash=True)
class Stop(Record):
    """A treatment that ends (M81)."""

    treatment: str


@frozen(kw_only=True, repr=False)
class Change(Record):
    """What takes the place of the present doses, drug or route (M92).

    As advice, it has one regimen, where a rule may leave several to choose from.

    Attributes:
        of: What changes: the loading or the maintenance doses, the form, the route.
        to: What takes its place.
    """

    of: Decision
    to: Regimens | FormChoice | Routes

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The doses that take the place of others; none where the form or the route changes."""
        return self.to.regimens if isinstance(self.to, Regimens) else ()

    def with_regimen(self, regimen: Regimen) -> Change:
        """The change to these doses."""
        return Change(of=self.of, to=Regimens(regimens=(regimen,)))


@frozen(kw_only=True, repr=False, cache_hash=True)
class Referral(Record):
    """Services to which a patient is sent (M82)."""

    services: tuple[str, ...]


@frozen(kw_only=True, repr=False, cache_hash=True)
class Concluded(Record):
    """The value of a conclusion (M73)."""

    conclusion: str
    value: str


@frozen(kw_only=True, repr=False, cache_hash=True)
class Remark(Record):
    """Something to be said, without an action."""

    text: str


Value: TypeAlias = (
    FormChoice
    | Exclusion
    | Regimens
    | NotNeeded
    | Routes
    | Prohibition
    | Monitoring
    | NotChecked
    | Technique
    | Target
    | Continuation
    | Stop
    | Change
    | Referral
    | Concluded
    | Remark
)

Advice: TypeAlias = (
    Regimen
    | FormChoice
    | Exclusion
    | Routes
    | Prohibition
    | Monitoring
    | NotChecked
    | Instruction
    | Target
    | Continuation
    | Stop
    | Change
    | Referral
    | Concluded
    | NotNeeded
)
"""What a decision may come to: what one rule says, or several that apply together."""

# ---------------------------------------------------------------------------- nodes


@frozen(kw_only=True, repr=False)
class Grounds(Record):
    """What stands behind a rule, definition or silence.

    Attributes:
        lay: What people call it when they ask; questions in plain words find it by them.
        certainty: How sure the source is of the evidence.
        grade: The source's own grade of it, in the letters or numbers that it prints.
    """

    lay: tuple[str, ...] = ()
    strength: Strength | None = None
    certainty: Certainty | None = None
    grade: str | None = None
    statements: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    section: str | None = None
    because: str | None = None
    patient: str | None = None
    assumptions: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Rule(Shown, Record):
    """One rule.

    Attributes:
        decision: What it speaks to.
        condition: When it applies, exceptions aside.
        value: What it says.
        optional: Whether it offers something beside the default (`may`, an alternative).
        exception_to: The rules that give way to this one.
        exceptions: The rules that this one gives way to.
        outside_scope: Whether it speaks to patients outside the guideline's scope.
        assumptions: Those of `grounds` and those in the condition, definitions included.
    """

    name: str
    title: str
    decision: Decision
    condition: Condition = ALWAYS
    value: Value
    optional: bool = False
    exception_to: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    outside_scope: bool = False
    assumptions: tuple[str, ...] = ()
    grounds: Grounds = Grounds()
    place: Place | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True, repr=False)
class Definition(Record):
    """A name for a condition.

    `during loading` makes one that no author wrote (M98), with a dot in its name; `conclude` makes
    one for each value of a conclusion.

    Attributes:
        asks: The question to put to a person about the whole of it, where the author words one.
        concluded: The conclusion and value that it stands for, where no author wrote it (M90).
    """

    name: str
    label: str
    asks: str | None = None
    condition: Condition
    concluded: Concluded | None = None
    grounds: Grounds = Grounds()
    place: Place | None = field(default=None, eq=False, repr=False)

    @property
    def is_written(self) -> bool:
        """Whether an author wrote it."""
        return self.concluded is None and "." not in self.name


@frozen(kw_only=True, repr=False)
class Source(Record):
    """A source that rules cite.

    Attributes:
        printed: The number by which the page cites it.
        inferred: Whether that number was inferred from the order of the list.
        missing: Whether the page cites it without listing it.
    """

    name: str
    title: str
    authors: str | None = None
    year: int | None = None
    kind: str | None = None
    printed: int | None = None
    inferred: bool = False
    missing: bool = False
    link: str | None = None

    @property
    def resolves(self) -> bool:
        """Whether the citation leads anywhere."""
        return not self.missing


@frozen(kw_only=True, repr=False)
class Assumption(Record):
    """A reading that the author chose where the source is open."""

    name: str
    text: str


@frozen(kw_only=True, repr=False)
class Currency(Record):
    """How long a guideline lets the values of a fact count, and what that rests on."""

    length: Duration
    assumptions: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Derivation(Record):
    """How a measure is worked out from other facts where nobody states it (M93).

    Attributes:
        equation: The name of the equation, see `b12guide.values.equation`.
        parts: The facts that it takes, in its order.
        factors: What each part, a measure in its own unit, is to be multiplied by, to be in the
            unit that the equation takes; None for a choice.
        factor: What the result is to be multiplied by, to be in the unit of the measure.
        assumptions: What it rests on that the guideline works it out so.
    """

    equation: str
    parts: tuple[str, ...]
    factors: tuple[Fraction | None, ...]
    factor: Fraction
    assumptions: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Age(Record):
    """How long a fact has been so on the day asked for, or how long ago it happened (M83).

    Attributes:
        fact: The finding or event.
        operator: Whether it is more than `length`, at least, less than, or at most.
        length: A whole number of days, weeks, months or years.
        is_ago: Whether it is an event, which happened so long ago and does not last.
    """

    fact: str
    operator: Operator
    length: Duration
    is_ago: bool = False


@frozen(kw_only=True, repr=False)
class Repeated(Record):
    """So many of the latest values of a measure, each against the same bound (M96).

    Attributes:
        fact: The measure.
        count: How many values, each of its own day: 2 or more.
        bound: In the unit of the measure.
        unit: The unit of the measure, if it has one.
    """

    fact: str
    count: int
    operator: Operator
    bound: Fraction
    unit: str | None = None


@frozen(kw_only=True, repr=False)
class RoseOrFell(Record):
    """By how much a measure rose, or fell, up to its latest value (M97).

    Attributes:
        fact: The measure.
        fell: Whether it is a fall; else a rise.
        operator: Whether it is more than `by`, at least, less than, or at most.
        by: In the unit of the measure.
        length: How long before its latest value the other one was found; with two ends where the
            author says how exactly.
        unit: The unit of the measure, if it has one.
    """

    fact: str
    fell: bool
    operator: Operator
    by: Fraction
    length: DurationRange
    unit: str | None = None


Series: TypeAlias = Repeated | RoseOrFell
"""What asks for several dated values of one measure."""


@frozen(kw_only=True, repr=False)
class Challenge(Record):
    """Outside evidence against a statement; it never changes an answer."""

    name: str
    text: str
    by: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Silence(Record):
    """What the guideline does not address, and for whom that is worth saying.

    Attributes:
        topics: Words of any kind: facts, drugs, tests, routes, sites, services.
        decisions: The decisions beside which its author wants it shown, if any.
    """

    topics: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    noted_as: tuple[str, ...]
    text: str
    condition: Condition | None
    grounds: Grounds = Grounds()


@frozen(kw_only=True, repr=False)
class ExpectedConflict(Record):
    """Two rules whose conflict is the source's own."""

    first: str
    second: str
    noted_as: tuple[str, ...] = ()
    because: str = ""


class Status(Enum):
    """How far the guideline has been reviewed."""

    SUBMITTED = "submitted"
    UNDER_REVIEW = "under review"
    APPROVED = "approved"


@frozen(kw_only=True, repr=False)
class Imprint(Record):
    """Who answers for a guideline, whom it is meant for, and from when to when it holds.

    None of it is content: the digest does not cover it, so that a guideline that was approved can
    be retired as it stands.

    Attributes:
        authors: Who wrote it: people or bodies, as they are named.
        reviewers: Who read it and agreed.
        intended_for: The readers it is meant for.
        effective: From when on it holds; a date that may lack its day, or month and day.
        retired: From when on it holds no more; likewise.
        supersedes: The guidelines whose place it takes.
        superseded_by: The guideline that takes its place.
    """

    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    licence: str | None = None
    contact: str | None = None
    intended_for: str | None = None
    effective: str | None = None
    retired: str | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: str | None = None


@frozen(kw_only=True, repr=False)
class RuleGraph(Shown, Record):
    """A guideline that passed its checks.

    Attributes:
        revised: When the source was last revised; a date that may lack its day, or month and day.
        imprint: Who answers for it and when it holds; no content.
        scope: For whom it is written.
        scope_assumptions: What that reading rests on.
        rules: By name, in the order written.
        currencies: The facts whose values count for some time only, those of the vocabulary and
            the guideline's own.
        derivations: How measures are worked out where they are not stated, by measure; each comes
            after those that it takes.
        ages: The facts that stand for the age of another, by their names.
        series: The facts that stand for several values of a measure, by their names.
        statements: The ids that the source is divided into, in order.
        digest: A stable digest of the content: layout, comments and file split do not change it.
    """

    name: str
    title: str
    version: str
    revised: str | None = None
    status: Status = Status.SUBMITTED
    approved_by: str | None = None
    approved_on: str | None = None
    imprint: Imprint = Imprint()
    scope: Condition = ALWAYS
    scope_assumptions: tuple[str, ...] = ()
    vocabulary: Vocabulary
    implications: tuple[Implication, ...] = ()
    definitions: Mapping[str, Definition] = field(factory=dict, converter=frozen_map)
    rules: Mapping[str, Rule] = field(factory=dict, converter=frozen_map)
    sources: Mapping[str, Source] = field(factory=dict, converter=frozen_map)
    assumptions: Mapping[str, Assumption] = field(factory=dict, converter=frozen_map)
    challenges: Mapping[str, Challenge] = field(factory=dict, converter=frozen_map)
    currencies: Mapping[str, Currency] = field(factory=dict, converter=frozen_map)
    derivations: Mapping[str, Derivation] = field(factory=dict, converter=frozen_map)
    ages: Mapping[str, Age] = field(factory=dict, converter=frozen_map)
    series: Mapping[str, Series] = field(factory=dict, converter=frozen_map)
    silences: tuple[Silence, ...] = ()
    conflicts: tuple[ExpectedConflict, ...] = ()
    statements: tuple[str, ...] = ()
    digest: str = ""

    @property
    def derived(self) -> frozenset[str]:
        """The facts that follow from the days of others, as ages do and several values at once."""
        return frozenset([*self.ages, *self.series])

    def __repr__(self) -> str:
        return f"RuleGraph({self.name!r} {self.version}, {self.status.value})"

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {field.name: getattr(self, field.name) for field in fields(RuleGraph)}
        return _arrived, (kept,)

    def __hash__(self) -> int:
        # Graphs that are equal have equal digests, and a digest is at hand.
        return hash((self.name, self.version, self.status, self.digest))


def _arrived(kept: dict[str, Any]) -> RuleGraph:
    """A graph that was pickled or copied, which its rules find again when they are shown."""
    graph = RuleGraph(**kept)
    keep_in_mind(graph)
    return graph


@frozen(kw_only=True, repr=False)
class Loaded(Record):
    """A rule graph with the files that it was read from.

    Attributes:
        texts: The files, the main one first.
        diagnostics: The warnings and remarks of the checks, in source order.
    """

    graph: RuleGraph
    texts: tuple[Text, ...] = field(default=(), repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


# A rule names its sources and assumptions and does not hold them, and a notebook that is asked to
# show `guideline.graph.rules["renal_form"]` has to say them all the same. So the graphs in use can
# be found by their rules. Nothing is kept alive by this, and no answer depends on it.
_GRAPHS: WeakValueDictionary[int, RuleGraph] = WeakValueDictionary()


def keep_in_mind(graph: RuleGraph) -> None:
    """Let rules of `graph` find it for as long as somebody else uses it."""
    _GRAPHS[id(graph)] = graph


def graph_of(rule: Rule) -> RuleGraph | None:
    """The graph that this very rule stands in; None when nobody uses it any more."""
    for graph in list(_GRAPHS.values()):
        if graph.rules.get(rule.name) is rule:
            return graph
    return None
