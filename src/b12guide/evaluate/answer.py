"""The answer about one patient: verdicts, decisions, questions, and what is left open.

Everything here is data. `certain` always means: in every completion of what is unknown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, Generic, TypeVar, cast

from attrs import field, fields, frozen

from b12guide.answers import AddressedAnswer
from b12guide.arguments import instance
from b12guide.errors import UnknownNameError
from b12guide.evaluate.facts import Reading
from b12guide.frozen import Record, Shown, frozen_map
from b12guide.graph.model import (
    Advice,
    Assumption,
    Challenge,
    Change,
    Concluded,
    Continuation,
    Decision,
    FormChoice,
    Instruction,
    Monitoring,
    Prohibition,
    Referral,
    Routes,
    Rule,
    RuleGraph,
    Silence,
    Stop,
    Target,
)
from b12guide.makers import maker
from b12guide.patient.model import FactValue, Stated
from b12guide.regimen.model import Regimen
from b12guide.truth import Truth
from b12guide.values.term import Strength

__all__ = [
    "ChangeDecided",
    "ConclusionDecided",
    "Conflict",
    "ContinuationDecided",
    "Decided",
    "FormDecided",
    "MonitoringDecided",
    "NotOffered",
    "Notice",
    "Option",
    "Outcome",
    "PermissionDecided",
    "Question",
    "Recommendation",
    "ReferralDecided",
    "RegimenDecided",
    "RouteDecided",
    "RuleVerdict",
    "Side",
    "TargetsDecided",
    "TechniqueDecided",
    "Verdict",
    "worded",
]


class Verdict(Enum):
    """What is true of a rule and a patient."""

    APPLIES = "applies"
    DOES_NOT_APPLY = "does not apply"
    UNKNOWN = "unknown"
    INDETERMINATE = "indeterminate"
    OVERRIDDEN = "overridden"


class Outcome(Enum):
    """How far a decision is settled."""

    DETERMINED = "determined"
    DEPENDS = "depends"
    CONFLICT = "conflict"
    SILENT = "silent"
    NOT_NEEDED = "not needed"


@frozen(kw_only=True, repr=False)
class RuleVerdict(Shown, Record):
    """The verdict of one rule.

    Attributes:
        needs: The unknown facts (or definitions) that the verdict waits for.
        overridden_by: The exceptions that hold.
    """

    rule: Rule
    verdict: Verdict
    needs: tuple[str, ...] = ()
    overridden_by: tuple[str, ...] = ()


A = TypeVar("A", bound=Advice)


@frozen(kw_only=True, repr=False)
class Option(Record):
    """One thing that a decision advises.

    Attributes:
        advice: What; for a regimen, with its drugs filled in from the form decision.
        strength: The strongest that a rule gives it.
        rules: The rules behind it.
        certain: Whether it holds in every completion.
        alternative: Whether it stands beside the default instead of being it.
        withheld: Whether a prohibition is in force against it today.
        avoided: The rules that advise against a drug which it names (M48).
        drugs_open: Whether its drugs are those that the form may come to, none being certain.
    """

    advice: Advice
    strength: Strength
    rules: tuple[str, ...]
    certain: bool = True
    alternative: bool = False
    withheld: bool = False
    avoided: tuple[str, ...] = ()
    drugs_open: bool = False


@frozen(kw_only=True, repr=False)
class NotOffered(Record):
    """What rules would advise, were it not contraindicated (M46).

    Attributes:
        advice: A regimen, or a choice of one drug.
        drugs: Those of its drugs that are contraindicated.
        rules: The rules that say so.
        offered_by: The rules that would advise it.
        certain: Whether it is so in every completion.
    """

    advice: Advice
    drugs: tuple[str, ...]
    rules: tuple[str, ...]
    offered_by: tuple[str, ...] = ()
    certain: bool = True


@frozen(kw_only=True, repr=False)
class Decided(Record):
    """The state of one decision.

    The outcome is that of the default (of the preferred form, of the regimen named first by its
    rules); a form of which a drug is excluded is not silent, even if no drug is preferred.
    `depends_on` names every fact that could still change any part of the answer, so a determined
    decision may have open alternatives.

    Attributes:
        depends_on: Facts or definitions that can change it.
        rules: The rules that are behind it in some completion.
        indeterminate: Rules that the source's own threshold leaves open for this patient.
        preferred: Of the form: drugs named first, certain.
        acceptable: Of the form: drugs that may be used as well, certain.
        excluded: Of the form: drugs not to be used, certain.
        not_offered: What is left out because it is contraindicated.
        graph: The guideline, for the words of the answer.
    """

    decision: Decision
    outcome: Outcome
    options: tuple[Option, ...] = ()
    depends_on: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    indeterminate: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    graph: RuleGraph | None = field(default=None, eq=False, repr=False)

    _kind: ClassVar[type[Any] | tuple[type[Any], ...]] = object

    @property
    def default(self) -> Advice | None:
        """What is to be done first, where that is certain and may be done today.

        None where it depends on what is not known, where the guideline contradicts itself, is
        silent, calls nothing for, or withholds it, and where the drug is still open.
        """
        return next(iter(self.advised), None)

    @property
    def advised(self) -> tuple[Advice, ...]:
        """All that `default` may be: several where the source names several as equals."""
        return self._certain(alternative=False)

    @property
    def alternatives(self) -> tuple[Advice, ...]:
        """What may be done in place of the default, where that is certain and may be done today."""
        return self._certain(alternative=True)

    def _certain(self, *, alternative: bool) -> tuple[Advice, ...]:
        return tuple(
            option.advice
            for option in self.options
            if option.alternative is alternative
            and option.certain
            and not (option.withheld or option.drugs_open)
            and isinstance(option.advice, self._kind)
        )

    @property
    def text(self) -> str:
        """What is advised, in a sentence without its citations, for a list or a message.

        To act on it one needs the strength, the citations and what is not addressed as well.
        """
        text: str = maker("decisions").decided_text(self)
        return text

    @property
    def is_silent(self) -> bool:
        """Whether nothing at all is said, not even that something is left open."""
        return self.outcome is Outcome.SILENT and not (
            self.options or self.indeterminate or self.not_offered
        )


class _Decided(Decided, Generic[A]):
    """The state of a decision that advises things of one kind."""

    __slots__ = ()

    @property
    def default(self) -> A | None:
        """As for every decision, of the kind that is advised here."""
        return next(iter(self.advised), None)

    @property
    def advised(self) -> tuple[A, ...]:
        """As for every decision, of the kind that is advised here."""
        return cast("tuple[A, ...]", self._certain(alternative=False))

    @property
    def alternatives(self) -> tuple[A, ...]:
        """As for every decision, of the kind that is advised here."""
        return cast("tuple[A, ...]", self._certain(alternative=True))


class ConclusionDecided(_Decided[Concluded]):
    """What is concluded."""

    __slots__ = ()
    _kind = Concluded


class FormDecided(_Decided[FormChoice]):
    """Which drugs."""

    __slots__ = ()
    _kind = FormChoice


class RegimenDecided(_Decided[Regimen]):
    """Which doses, how often and for how long."""

    __slots__ = ()
    _kind = Regimen


class RouteDecided(_Decided[Routes]):
    """By which routes."""

    __slots__ = ()
    _kind = Routes


class PermissionDecided(_Decided[Prohibition]):
    """What is not to be given, and until when."""

    __slots__ = ()
    _kind = Prohibition


class TechniqueDecided(_Decided[Instruction]):
    """How to inject."""

    __slots__ = ()
    _kind = Instruction


class MonitoringDecided(_Decided[Monitoring]):
    """What to check, and when."""

    __slots__ = ()
    _kind = Monitoring


class TargetsDecided(_Decided[Target]):
    """Which values to reach."""

    __slots__ = ()
    _kind = Target


class ContinuationDecided(_Decided["Continuation | Stop"]):
    """What is not to be stopped, and what is."""

    __slots__ = ()
    _kind = Continuation, Stop


class ChangeDecided(_Decided[Change]):
    """What takes the place of the present doses, drug or route."""

    __slots__ = ()
    _kind = Change


class ReferralDecided(_Decided[Referral]):
    """To which services a patient is sent."""

    __slots__ = ()
    _kind = Referral


_CLASSES: Mapping[Decision, type[Decided]] = {
    Decision.CONCLUSION: ConclusionDecided,
    Decision.FORM: FormDecided,
    Decision.LOADING: RegimenDecided,
    Decision.MAINTENANCE: RegimenDecided,
    Decision.ROUTE: RouteDecided,
    Decision.ADJUNCT: RegimenDecided,
    Decision.PERMISSION: PermissionDecided,
    Decision.TECHNIQUE: TechniqueDecided,
    Decision.MONITORING: MonitoringDecided,
    Decision.TARGETS: TargetsDecided,
    Decision.CONTINUATION: ContinuationDecided,
    Decision.CHANGE: ChangeDecided,
    Decision.REFERRAL: ReferralDecided,
}
_FIELDS = tuple(one.name for one in fields(Decided) if one.name != "graph")


def worded(decided: Decided, graph: RuleGraph) -> Decided:
    """The state of a decision as an answer has it: of the class of its kind, with its words."""
    kind = _CLASSES.get(decided.decision, Decided)
    return kind(graph=graph, **{name: getattr(decided, name) for name in _FIELDS})


@frozen(kw_only=True, repr=False)
class Side(Record):
    """One side of a conflict."""

    rules: tuple[str, ...]
    advice: Advice


@frozen(kw_only=True, repr=False)
class Conflict(Record):
    """Rules on one decision that cannot both be followed.

    Attributes:
        certain: Whether they conflict in every completion.
        expected: Whether the guideline declares it as the source's own.
        facts: The facts that would decide whether they conflict.
    """

    decision: Decision
    sides: tuple[Side, ...]
    note: str = ""
    certain: bool = True
    expected: bool = False
    facts: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Question(Record):
    """A fact worth asking for.

    Attributes:
        fact: A fact, or a definition where the facts behind it matter only together.
        behind: The unknown facts behind a definition.
        decides: The decisions that it can change.
        instead: The unknown facts from which it would be worked out, so that they will do (M93).
    """

    fact: str
    label: str
    decides: tuple[Decision, ...]
    behind: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Notice(Record):
    """Something to be said beside the decisions, and the rule that says it, if one does."""

    text: str
    rule: str | None = None


@frozen(kw_only=True, repr=False)
class Recommendation(AddressedAnswer, Record):
    """What a guideline says about a patient.

    Attributes:
        unread: The facts with a value that no rule reads and no silence names.
        remarks: What is to be said of the record, which is among the notices too: units that were
            assumed, values of a later day, facts that no rule reads.
        reading: How thresholds were read that the source prints as ranges.
        assumed_absent: The measures that nobody mentioned and that `otherwise absent` gives a
            value, with that value.
    """

    graph: RuleGraph = field(repr=False)
    stated: Stated = field(repr=False)
    on: dt.date | None
    scope: Truth
    rules: tuple[RuleVerdict, ...]
    decisions: Mapping[Decision, Decided] = field(converter=frozen_map)
    questions: tuple[Question, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    silences: tuple[Silence, ...] = ()
    notices: tuple[Notice, ...] = ()
    unread: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    assumed_absent: Mapping[str, FactValue] = field(factory=dict, converter=frozen_map)
    reading: Reading = Reading.REPORT

    @property
    def holds_until(self) -> dt.date | None:
        """The last day on which the answer is the same if nothing else is recorded (M71).

        None where no value that it rests on has an end, or no day was asked for.
        """
        return self.stated.holds_until

    def to_fhir(
        self,
        *,
        subject: str | Mapping[str, Any] | None = None,
        on: dt.date | None = None,
        provenance: Mapping[str, Sequence[str]] | None = None,
    ) -> dict[str, Any]:
        """The answer as a Bundle of FHIR R4: drafts for people to check, and what is against them.

        A dose is drafted only if the answer advises it for certain, does not withhold it, and
        has nothing to say against its drug, not even perhaps; and only where it is certain that
        the guideline is written for the patient. The schedule is the one of the answer.

        Args:
            subject: The reference of the patient, such as `Patient/1`, or a whole Reference.
            on: The day that goes on the drafts; that of the answer when left out.
            provenance: By fact, the references of the resources that state it, as
                `b12guide.fhir.Reading` has them; drafts give them as reasons.

        Raises:
            ArgumentError: The day is not the one that was asked for, or an argument is of a wrong
                kind.
            DosageError: A number of a schedule has no decimal, such as a third of a milligram.
        """
        found: dict[str, Any] = maker("drafts").bundle_of(
            self, subject=subject, on=on, provenance=provenance
        )
        return found

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        found = Counter(one.outcome for one in self.decisions.values())
        outcomes = ", ".join(f"{found[o]} {o.value}" for o in Outcome if found[o])
        return f"Recommendation({self.graph!r}, scope {self.scope.value}: {outcomes})"

    def __hash__(self) -> int:
        # All the rest follows from these.
        return hash((self.graph, self.stated, self.on))

    def __getitem__(self, decision: Decision | str) -> Decided:
        """The state of a decision, by its name.

        Raises:
            UnknownNameError: There is no such decision.
        """
        known = {one.value: one for one in self.decisions}
        instance(decision, str | Decision, "decision", "a decision, or its name")
        name = decision.value if isinstance(decision, Decision) else decision
        if name not in known:
            kind = "decision"
            raise UnknownNameError(kind, str(name), known)
        return self.decisions[known[name]]

    @property
    def conclusion(self) -> ConclusionDecided:
        """What is concluded, a value of each conclusion."""
        return cast("ConclusionDecided", self.decisions[Decision.CONCLUSION])

    @property
    def form(self) -> FormDecided:
        """Which drugs."""
        return cast("FormDecided", self.decisions[Decision.FORM])

    @property
    def loading(self) -> RegimenDecided:
        """How treatment begins."""
        return cast("RegimenDecided", self.decisions[Decision.LOADING])

    @property
    def maintenance(self) -> RegimenDecided:
        """How it goes on, prophylaxis included."""
        return cast("RegimenDecided", self.decisions[Decision.MAINTENANCE])

    @property
    def route(self) -> RouteDecided:
        """By which routes."""
        return cast("RouteDecided", self.decisions[Decision.ROUTE])

    @property
    def adjunct(self) -> RegimenDecided:
        """Which other drugs."""
        return cast("RegimenDecided", self.decisions[Decision.ADJUNCT])

    @property
    def permission(self) -> PermissionDecided:
        """What is not to be given, and until when."""
        return cast("PermissionDecided", self.decisions[Decision.PERMISSION])

    @property
    def technique(self) -> TechniqueDecided:
        """How to inject."""
        return cast("TechniqueDecided", self.decisions[Decision.TECHNIQUE])

    @property
    def monitoring(self) -> MonitoringDecided:
        """What to check, and when."""
        return cast("MonitoringDecided", self.decisions[Decision.MONITORING])

    @property
    def targets(self) -> TargetsDecided:
        """Which values to reach."""
        return cast("TargetsDecided", self.decisions[Decision.TARGETS])

    @property
    def continuation(self) -> ContinuationDecided:
        """What is not to be stopped, and what is."""
        return cast("ContinuationDecided", self.decisions[Decision.CONTINUATION])

    @property
    def change(self) -> ChangeDecided:
        """What takes the place of the present doses, drug or route."""
        return cast("ChangeDecided", self.decisions[Decision.CHANGE])

    @property
    def referral(self) -> ReferralDecided:
        """To which services the patient is sent."""
        return cast("ReferralDecided", self.decisions[Decision.REFERRAL])
