"""What an answer may cost, and what is remembered so that the next one costs less.

Work is counted in compositions of rules and nodes of diagrams, never in time, so that the same
question is refused on every machine, or on none. What was remembered from an earlier patient
counts as if it were worked out anew: else the order of the patients would decide who is answered.

Guidelines, evaluators and views of patients are frozen; all that is kept between two answers is
kept here, in the `Memory` of a program. It changes no answer, and a guideline that is pickled or
copied begins with an empty one. Code that was made of a guideline stays with its evaluator, or with
a block of its rules (`b12guide.evaluate.verdict_blocks`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import ref

from attrs import define, field

from b12guide.diagnostics import Diagnostic, Help
from b12guide.errors import PatientError
from b12guide.limits import USUAL, Limits

if TYPE_CHECKING:
    from b12guide.evaluate.answer import Decided, Notice
    from b12guide.evaluate.composition_parts import Composition
    from b12guide.evaluate.decision import Elsewhere
    from b12guide.evaluate.facts import Facts
    from b12guide.evaluate.implications import Consequences, TiedComponents
    from b12guide.evaluate.patient_view import Followed, Verdicts
    from b12guide.evaluate.program import Program, Rails
    from b12guide.graph.model import RuleGraph, Silence
    from b12guide.patient.plain_record import KnownValues


class Work:
    """Counts the steps that one answer takes. It changes, and is gone after the answer."""

    def __init__(self, limits: Limits = USUAL) -> None:
        self.most = limits.work
        self.done = 0

    @property
    def left(self) -> int:
        """The steps that may still be taken."""
        return max(0, self.most - self.done)

    @property
    def is_spent(self) -> bool:
        """Whether nothing is left."""
        return self.done > self.most

    def spend(self, steps: int, about: str) -> None:
        """Count `steps` spent on `about`.

        Raises:
            PatientError: It is more than may be spent (GDL792).
        """
        self.done += steps
        if self.is_spent:
            because = (
                "the more is unknown of a patient, the more cases have to be compared"
            )
            more = f"or allow more steps, such as `Limits(work={10 * self.most})`"
            spent = Diagnostic(
                code="GDL792",
                message=f"the limit of {self.most:,} steps was reached at {about}",
                notes=(because,),
                help=(
                    Help(message="state more facts of the patient"),
                    Help(message=more),
                ),
            )
            message = "this answer would take more work than it may"
            raise PatientError(message, (spent,))


MOST = 4096
"""The entries of one part of a memory; what is full starts anew, so that none grows without end."""

MOST_PROGRAMS = 64
"""The programs that have a memory at a time."""

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


@define(eq=False, repr=False)
class Memory:
    """What was worked out with one program for earlier patients.

    Each part is kept under everything that it depends on, so that finding it again and working it
    out anew are the same.

    Attributes:
        met: How often the conditions were worked out without a function made for it.
        composed: What rules say together, by decision and the names of the rules.
        everything: All that is said in a composition, as one object for all that say the same.
        groups: Open facts that belong together, by what can be seen of them.
        decided: Where a decision stands, by what the rules say together in each completion.
        states, finished: The two stages of a closed decision, by the verdicts of its rules; the
            second also by what other decisions say about its doses, where it has any.
        elsewhere: What form and prohibitions say about doses, by the verdicts of their rules.
        resting: The assumptions behind a condition, by the truths of its parts.
        needs: What an open rule waits for, by the truths of the parts that settle it.
        silences: What is not addressed, by its number and the topics that a patient brings up.
        recorded: What is said of a record, by what was assumed of a number, or by what is unread.
        untold: The verdicts where nothing is known, for those inside and outside the scope.
        rails: What was known of the patient before, with the value of every node.
        verdicts: The same with the verdicts, for those inside and outside the scope.
        remarks: What notes say, by their verdicts.
        values: What plain values of a record say, by name, class and value.
        tied: The facts that implications tie together, by the definitions that are stated and the
            reading of thresholds.
        consequences: What follows of them, by the same, then by what is stated of a component.
        followed: What follows of a component whose facts alone are stated, by their values.
        untouched: What follows where nothing is stated, by the same and what is then assumed.
        rulings: What audits need of an answer, by what the rules see of the facts.
        undated: The facts without a date on which a rule rests, by what the rules see.
        rows: What plain rows of a history say beside their moment, by their cells.
        recorded_rules: The rules by which a history can be judged, by those that applied and by
            what the history says anything of.
        weights: How grave departures are and why, one for all that are alike.
        technique: The rules on technique by which a dose can be judged, by the details it has.
    """

    met: int = field(init=False, default=0)
    composed: dict[Any, Composition] = field(init=False, factory=dict)
    everything: dict[Any, tuple[Hashable, ...]] = field(init=False, factory=dict)
    groups: dict[Any, Any] = field(init=False, factory=dict)
    decided: dict[Any, Decided] = field(init=False, factory=dict)
    states: dict[Any, Any] = field(init=False, factory=dict)
    elsewhere: dict[Any, Elsewhere] = field(init=False, factory=dict)
    finished: dict[Any, Decided] = field(init=False, factory=dict)
    resting: dict[Any, tuple[str, ...]] = field(init=False, factory=dict)
    needs: dict[Any, tuple[str, ...]] = field(init=False, factory=dict)
    silences: dict[Any, Silence] = field(init=False, factory=dict)
    recorded: dict[Any, str] = field(init=False, factory=dict)
    untold: dict[bool, Verdicts] = field(init=False, factory=dict)
    rails: tuple[Facts, tuple[Rails, ...]] | None = field(init=False, default=None)
    verdicts: dict[bool, tuple[Facts, Verdicts]] = field(init=False, factory=dict)
    remarks: dict[Any, tuple[Notice, ...]] = field(init=False, factory=dict)
    values: KnownValues = field(init=False, factory=dict)
    tied: dict[Any, TiedComponents] = field(init=False, factory=dict)
    consequences: dict[Any, dict[Any, Consequences]] = field(init=False, factory=dict)
    followed: dict[Any, Followed] = field(init=False, factory=dict)
    untouched: dict[Any, Mapping[int, Consequences]] = field(init=False, factory=dict)
    rulings: dict[Any, Any] = field(init=False, factory=dict)
    undated: dict[Any, tuple[str, ...]] = field(init=False, factory=dict)
    rows: dict[Any, Any] = field(init=False, factory=dict)
    recorded_rules: dict[Any, frozenset[str]] = field(init=False, factory=dict)
    technique: dict[Any, frozenset[str]] = field(init=False, factory=dict)
    weights: dict[Any, Any] = field(init=False, factory=dict)


@lru_cache(maxsize=MOST_PROGRAMS)
def memory_of(program: Program) -> Memory:  # noqa: ARG001 -- by which it is kept
    """What was worked out with `program` so far."""
    return Memory()


def once(work_out: Callable[[RuleGraph], T]) -> Callable[[RuleGraph], T]:
    """What is worked out of a guideline, once for as long as somebody uses this very guideline.

    It goes by which guideline it is, since it takes long to say whether two are equal.
    """
    kept: dict[int, tuple[ref[RuleGraph], T]] = {}

    @wraps(work_out)
    def found(graph: RuleGraph) -> T:
        known = kept.get(id(graph))
        if known is not None and known[0]() is graph:
            return known[1]
        worked_out = work_out(graph)
        if len(kept) >= MOST_PROGRAMS:
            kept.clear()
        kept[id(graph)] = (ref(graph), worked_out)
        return worked_out

    return found


def remembered(memory: dict[Key, T], key: Key | None, work_out: Callable[[], T]) -> T:
    """What `memory` has under `key`; what it does not have is worked out and kept.

    With None for a key, it is worked out and not kept.
    """
    if key is None:
        return work_out()
    found = memory.get(key)
    if found is None:
        found = work_out()
        keep(memory, key, found)
    return found


def keep(memory: dict[Key, T], key: Key, found: T) -> None:
    """Keep what was worked out under `key`."""
    if len(memory) >= MOST:
        memory.clear()
    memory[key] = found
