"""The syntax tree of a guideline file: what the author wrote, frozen, each part with its place.

Places do not take part in equality: two trees are equal when they say the same. Comments are kept
beside the tree (`File.comments`), because they belong to the text and not to its meaning. Numbers
are `Decimal`, units and names are kept as written; looking them up is the next floor's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, assert_never

from attrs import field, fields, frozen

from b12guide.text import Span, Text
from b12guide.values.term import Certainty as Certainty  # noqa: PLC0414 - part of the tree
from b12guide.values.term import Kind as Kind  # noqa: PLC0414 - part of the tree, too
from b12guide.values.term import Operator as Operator  # noqa: PLC0414 - likewise
from b12guide.values.term import Strength as Strength  # noqa: PLC0414 - likewise

# ---------------------------------------------------------------- small things


@frozen(kw_only=True)
class Node:
    """Anything that stands somewhere in a text."""

    span: Span = field(eq=False, repr=False)


@frozen(kw_only=True)
class Name(Node):
    """A name as written."""

    text: str


@frozen(kw_only=True)
class Prose(Node):
    """Text in quotation marks; strings that stand side by side are one, joined by a space."""

    text: str


@frozen(kw_only=True)
class Quantity(Node):
    """A number or a range of numbers with a unit; `low` equals `high` for a single number."""

    low: Decimal
    high: Decimal
    unit: str | None


# ------------------------------------------------------------------ conditions


@frozen(kw_only=True)
class Reference(Node):
    """A finding, event or definition that is to be true."""

    name: Name
    assuming: tuple[Name, ...] = ()


class RecordWord(Enum):
    """What is said of the record: that something is known, or known to be so."""

    RECORDED = "recorded"
    ESTABLISHED = "established"
    MEASURED = "measured"
    KNOWN = "known"
    """The old spelling of `established`."""


@frozen(kw_only=True)
class OnRecord(Node):
    """What is on record of something (`egfr is measured`); it is never unknown."""

    name: Name
    word: RecordWord
    negated: bool = False
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Comparison(Node):
    """A measure against a bound; a bound that is a range leaves its inside open."""

    name: Name
    operator: Operator
    bound: Quantity
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Between(Node):
    """A measure inside a range, both ends included."""

    name: Name
    bound: Quantity
    assuming: tuple[Name, ...] = ()


class AgeForm(Enum):
    """How a condition on the age of a fact is worded."""

    FOR = "for"
    """`numbness for more than 4 weeks`"""

    AGO = "ago"
    """`bariatric_surgery more than 6 months ago`"""

    WITHIN = "within"
    """`bariatric_surgery within 6 months`"""

    AFTER = "after"
    """`after 3 months of b12_treatment`"""


@frozen(kw_only=True)
class Aged(Node):
    """How long something has been so, or how long ago it happened, on the day asked for."""

    form: AgeForm
    name: Name
    operator: Operator
    length: Quantity
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class LastValues(Node):
    """The latest values of a measure, so many of them, each against the same bound."""

    count: int
    name: Name
    operator: Operator
    bound: Quantity
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class RoseOrFell(Node):
    """By how much a measure rose, or fell, in a length of time that ends with its latest value."""

    name: Name
    fell: bool
    operator: Operator
    by: Quantity
    length: Quantity
    assuming: tuple[Name, ...] = ()


OverTime: TypeAlias = LastValues | RoseOrFell
"""What asks for several dated values of one measure."""


@frozen(kw_only=True)
class Is(Node):
    """A choice or conclusion that has one of some values, or (negated) none of them."""

    name: Name
    values: tuple[Name, ...]
    negated: bool = False
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Not(Node):
    """The opposite of a condition."""

    operand: Condition


@frozen(kw_only=True)
class And(Node):
    """Conditions joined by `and`."""

    operands: tuple[Condition, ...]


@frozen(kw_only=True)
class Or(Node):
    """Conditions joined by `or`."""

    operands: tuple[Condition, ...]


class Quantifier(Enum):
    """How many of a list must be true."""

    ANY = "any"
    ALL = "all"
    NONE = "none"
    AT_LEAST = "at least"


@frozen(kw_only=True)
class Listed(Node):
    """`any of`, `all of`, `none of` or `at least 2 of` a list of conditions.

    Attributes:
        count: How many, where the quantifier is `at least`; 0 where it says it all.
    """

    quantifier: Quantifier
    operands: tuple[Condition, ...]
    count: int = 0

    @property
    def how_many(self) -> str:
        """The words before `of`."""
        word = self.quantifier.value
        is_counted = self.quantifier is Quantifier.AT_LEAST
        return f"{word} {self.count}" if is_counted else word


@frozen(kw_only=True)
class Group(Node):
    """A condition in parentheses."""

    operand: Condition
    assuming: tuple[Name, ...] = ()


Condition: TypeAlias = (
    Reference
    | OnRecord
    | Comparison
    | Between
    | Aged
    | LastValues
    | RoseOrFell
    | Is
    | Not
    | And
    | Or
    | Listed
    | Group
)

# ------------------------------------------------------------------- regimens


@frozen(kw_only=True)
class Every(Node):
    """A dose or test every so often; `daily` is every 1 day, `on alternate days` every 2."""

    interval: Quantity


@frozen(kw_only=True)
class Times(Node):
    """A number of doses per unit of time."""

    count: Quantity
    per: Quantity


Frequency: TypeAlias = Every | Times


@frozen(kw_only=True)
class ForTime(Node):
    """Bounded by a length of time."""

    length: Quantity


@frozen(kw_only=True)
class ForDoses(Node):
    """Bounded by a number of doses; `once` when the author chose that word for one."""

    count: int
    once: bool = False


@frozen(kw_only=True)
class ForLife(Node):
    """Without an end; `indefinitely` when the author chose that word."""

    indefinitely: bool = False


@frozen(kw_only=True)
class Until(Node):
    """Bounded by an event."""

    event: Name


Bound: TypeAlias = ForTime | ForDoses | ForLife | Until


class OpenEnd(Enum):
    """Of which end of a dose the number is, where the other is open."""

    AT_LEAST = "at least"
    AT_MOST = "at most"


@frozen(kw_only=True)
class Phase(Node):
    """A dose of a drug by a route, so often and so long, after each of some events.

    Attributes:
        limit: The most that a dose by weight may come to.
        apart: How far apart the doses lie at least.
    """

    drug: Name | None
    open_end: OpenEnd | None = None
    dose: Quantity
    limit: Quantity | None = None
    route: Name | None
    frequency: Frequency | None
    bound: Bound | None
    apart: Quantity | None = None
    as_needed: bool = False
    with_food: bool = False
    after: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Regimen(Node):
    """Phases, one after the other."""

    phases: tuple[Phase, ...]


@frozen(kw_only=True)
class Plan(Node):
    """Regimens to choose from."""

    regimens: tuple[Regimen, ...]


# -------------------------------------------------------------------- actions


@frozen(kw_only=True)
class Load(Node):
    """`load`: the loading regimen."""

    plan: Plan
    optional: bool = False


@frozen(kw_only=True)
class Maintain(Node):
    """`maintain`: all long-term dosing, prophylactic too."""

    plan: Plan
    optional: bool = False


@frozen(kw_only=True)
class Give(Node):
    """`give`: a regimen of another drug."""

    plan: Plan
    optional: bool = False


@frozen(kw_only=True)
class NotNeeded(Node):
    """`load not needed` or `maintain not needed`."""

    verb: str


@frozen(kw_only=True)
class Form(Node):
    """`form`: the drugs to choose from, and those that are not to be chosen."""

    drugs: tuple[Name, ...]
    excluded: tuple[Name, ...] = ()
    optional: bool = False


@frozen(kw_only=True)
class Exclude(Node):
    """`avoid` or, when `outright`, `contraindicated`."""

    drugs: tuple[Name, ...]
    outright: bool


@frozen(kw_only=True)
class Route(Node):
    """`route`: the routes to choose from."""

    routes: tuple[Name, ...]
    optional: bool = False


@frozen(kw_only=True)
class Withhold(Node):
    """`withhold`: drugs not to be given until an event, or unless a fact, is known to be so."""

    drugs: tuple[Name, ...]
    until: Name | None = None
    unless: Name | None = None


@frozen(kw_only=True)
class Recurrence(Node):
    """Recurring checks, for so long: `every 3 months for 1 year`.

    Attributes:
        at_least: Whether `every` is only an upper bound on the gap.
        lasts: How long they go on; None without an end.
    """

    every: Quantity
    at_least: bool = False
    lasts: Quantity | None = None


@frozen(kw_only=True)
class Check(Node):
    """`check`: tests with their timing.

    Attributes:
        at: Lengths of time after the start, such as 3, 6 and 12 months, or 2 to 4 weeks.
        recurring: How often, one stretch of time after the other.
        before_next_dose: Whether the sample is a trough.
        companions: Tests that belong to each such visit.
        never_alone: Whether the tests may not be relied on alone.
        during: The part of the treatment, loading or maintenance, as long as which it is done.
    """

    tests: tuple[Name, ...]
    at: tuple[Quantity, ...] = ()
    recurring: tuple[Recurrence, ...] = ()
    once: bool = False
    before_next_dose: bool = False
    companions: tuple[Name, ...] = ()
    never_alone: bool = False
    after: Name | None = None
    until: Name | None = None
    during: Name | None = None
    optional: bool = False


@frozen(kw_only=True)
class DoNotCheck(Node):
    """`do not check`: tests that are not to be done."""

    tests: tuple[Name, ...]


@frozen(kw_only=True)
class Needle(Node):
    """A needle gauge or range of gauges."""

    gauge: Quantity


@frozen(kw_only=True)
class Pressure(Node):
    """Pressure on the site for a time."""

    length: Quantity


@frozen(kw_only=True)
class AtSite(Node):
    """What holds when a site is used: a quadrant or a direction of the needle."""

    site: Name
    quadrant: Name | None = None
    direction: Name | None = None


@frozen(kw_only=True)
class NotAtSite(Node):
    """A site not to be used, or not to be used routinely."""

    site: Name
    routinely: bool


Instruction: TypeAlias = Needle | Pressure | AtSite | NotAtSite


@frozen(kw_only=True)
class Inject(Node):
    """`inject`: instructions on technique."""

    instructions: tuple[Instruction, ...]


@frozen(kw_only=True)
class Target(Node):
    """`target`: a bound on a measure."""

    measure: Name
    operator: Operator
    bound: Quantity


@frozen(kw_only=True)
class Continue(Node):
    """`continue`: a treatment that is not to be stopped."""

    treatment: Name
    for_life: bool = False


@frozen(kw_only=True)
class Stop(Node):
    """`stop`: a treatment that ends."""

    treatment: Name
    optional: bool = False


@frozen(kw_only=True)
class Change(Node):
    """`change`: what takes the place of the present doses, drug or route.

    Attributes:
        to: What takes their place, as the verb for it would say; never an offer by itself.
    """

    to: Load | Maintain | Form | Route
    optional: bool = False


@frozen(kw_only=True)
class Refer(Node):
    """`refer`: the services to which a patient is sent."""

    services: tuple[Name, ...]
    optional: bool = False


@frozen(kw_only=True)
class Conclude(Node):
    """`conclude`: the value of a conclusion."""

    name: Name
    value: Name
    optional: bool = False


@frozen(kw_only=True)
class Note(Node):
    """`note`: something to be said, without an action."""

    text: Prose


Action: TypeAlias = (
    Load
    | Maintain
    | Give
    | NotNeeded
    | Form
    | Exclude
    | Route
    | Withhold
    | Check
    | DoNotCheck
    | Inject
    | Target
    | Continue
    | Stop
    | Change
    | Refer
    | Conclude
    | Note
)

# ---------------------------------------------------------------------- items


@frozen(kw_only=True)
class Grounds(Node):
    """What stands behind an item: its citation, strength, wording and assumptions.

    `lay` is what people call what the item is about.
    """

    lay: tuple[str, ...] = ()
    strength: Strength | None = None
    certainty: Certainty | None = None
    grade: str | None = None
    states: tuple[Name, ...] = ()
    cites: tuple[Name, ...] = ()
    section: Prose | None = None
    because: Prose | None = None
    patient: Prose | None = None
    assumes: tuple[Name, ...] = ()
    challenged: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Rule(Node):
    """A rule: when it applies, what it does, and on what grounds.

    `actions` and `conditions` hold what was written; that there is one action and at most one
    condition is checked later, so that the author hears of it in a sentence.
    """

    name: Name
    title: Prose | None
    conditions: tuple[Condition, ...]
    exception_to: tuple[Name, ...]
    actions: tuple[Action, ...]
    outside_scope: bool
    grounds: Grounds


@frozen(kw_only=True)
class Definition(Node):
    """A name for a condition."""

    name: Name
    title: Prose | None
    condition: Condition
    grounds: Grounds
    asks: Prose | None = None


@frozen(kw_only=True)
class Implication(Node):
    """What the truth of one condition says about another."""

    name: Name
    premise: Condition
    conclusion: Condition


@frozen(kw_only=True)
class Source(Node):
    """A source that rules cite."""

    name: Name
    title: Prose
    authors: str | None = None
    year: int | None = None
    kind: Name | None = None
    printed: int | None = None
    inferred: bool = False
    missing: bool = False
    link: str | None = None


@frozen(kw_only=True)
class Assumption(Node):
    """A reading that the author chose where the source is open."""

    name: Name
    text: Prose


@frozen(kw_only=True)
class Currency(Node):
    """For how long the values of facts count once they were found."""

    facts: tuple[Name, ...]
    length: Quantity
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Derivation(Node):
    """The equation by which a measure is worked out where nobody states it."""

    measure: Name
    equation: Name
    parts: tuple[Name, ...]
    assuming: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Challenge(Node):
    """Outside evidence that speaks against a statement; it never changes an answer."""

    name: Name
    text: Prose
    by: tuple[Name, ...] = ()


@frozen(kw_only=True)
class Silent(Node):
    """What the guideline does not address.

    Without a condition it is shown to a patient who has one of `topics`.
    """

    topics: tuple[Name, ...]
    noted_as: tuple[Name, ...]
    text: Prose | None
    conditions: tuple[Condition, ...]
    grounds: Grounds


@frozen(kw_only=True)
class ExpectedConflict(Node):
    """Two rules whose conflict is the source's own and is accepted."""

    first: Name
    second: Name
    noted_as: tuple[Name, ...] = ()
    because: Prose | None = None


@frozen(kw_only=True)
class Never(Node):
    """`never` an action (or a drug) when a condition holds, unless another does."""

    target: Name | Action
    when: Condition | None = None
    unless: Condition | None = None


@frozen(kw_only=True)
class Always(Node):
    """`always` an action when a condition holds."""

    target: Name | Action
    when: Condition | None = None


@frozen(kw_only=True)
class NeverBefore(Node):
    """`never` a drug `before` an event or another drug."""

    target: Name
    before: Name


@frozen(kw_only=True)
class Invariant(Node):
    """Something that must be so for every patient."""

    name: Name
    title: Prose | None
    claim: Never | Always | NeverBefore


# ------------------------------------------------------------------- examples


class Presence(Enum):
    """What an example says of a fact without a value."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class Given(Node):
    """A fact of an example's patient: a presence, a quantity or the name of a choice's value."""

    name: Name
    value: Presence | Quantity | Name
    on: str | None = None


@frozen(kw_only=True)
class GivenAge(Node):
    """How old a fact of an example's patient is, or (negated) is not."""

    age: Aged
    negated: bool = False


@frozen(kw_only=True)
class GivenOverTime(Node):
    """What an example says of several values of a measure at once, or (negated) denies."""

    asked: OverTime
    negated: bool = False


@frozen(kw_only=True)
class Otherwise(Node):
    """What an example says of the facts that it does not mention."""

    absent: bool


@frozen(kw_only=True)
class ExpectAction(Node):
    """An action among the recommendations (or, negated, not among them)."""

    action: Action
    negated: bool = False


@frozen(kw_only=True)
class ExpectRule(Node):
    """The verdict of a rule."""

    rule: Name
    verdict: str


@frozen(kw_only=True)
class ExpectDecision(Node):
    """The outcome of a decision, with the facts that it depends on."""

    decision: Name
    outcome: str
    facts: tuple[Name, ...] = ()


@frozen(kw_only=True)
class ExpectReasons(Node):
    """The rules behind a decision."""

    decision: Name
    rules: tuple[Name, ...]


@frozen(kw_only=True)
class ExpectQuestion(Node):
    """A question that is asked (or, negated, not asked)."""

    fact: Name
    negated: bool = False


@frozen(kw_only=True)
class ExpectMention(Node):
    """An `assumption`, `challenge` or `silent` topic (the `kind`) that the answer shows."""

    kind: str
    name: Name


@frozen(kw_only=True)
class ExpectConflict(Node):
    """A conflict between two rules."""

    first: Name
    second: Name


@frozen(kw_only=True)
class ExpectScope(Node):
    """Whether the patient is in the guideline's scope."""

    verdict: str


Expectation: TypeAlias = (
    ExpectAction
    | ExpectRule
    | ExpectDecision
    | ExpectReasons
    | ExpectQuestion
    | ExpectMention
    | ExpectConflict
    | ExpectScope
)


@frozen(kw_only=True)
class Example(Node):
    """A patient and what the guideline is expected to answer, on the day `asked` for if any."""

    title: Prose
    given: tuple[Given | GivenAge | GivenOverTime | Otherwise, ...]
    asked: str | None = None
    expectations: tuple[Expectation, ...]


# ----------------------------------------------------------------- vocabulary


@frozen(kw_only=True)
class Value(Node):
    """One value of a choice or conclusion."""

    name: Name
    label: Prose | None


@frozen(kw_only=True)
class Code(Node):
    """A code of the word in a terminology such as SNOMED CT or LOINC.

    Attributes:
        value: Of a choice: the value that the code stands for, if it names only one.
        seen: The publication in which the code was found with this meaning.
    """

    system: Name
    code: str
    value: Name | None = None
    seen: str | None = None


@frozen(kw_only=True)
class LayWords(Node):
    """What patients call one value of a choice."""

    words: tuple[str, ...]
    value: Name


@frozen(kw_only=True)
class Declaration(Node):
    """A word of the vocabulary. `unit`, `plausible` ... are None where they were not written.

    `asks` is the question to put to a person; `lay` is what patients call it, `lay_for` what they
    call each value of a choice; `absent` is the value of a measure in somebody who has nothing of
    what it measures; `current` is how long a value counts.
    """

    kind: Kind
    name: Name
    label: Prose | None
    asks: Prose | None = None
    lay: tuple[str, ...] = ()
    lay_for: tuple[LayWords, ...] = ()
    synonyms: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    unit: str | None = None
    also_written: tuple[str, ...] = ()
    plausible: Quantity | None = None
    plausible_dose: Quantity | None = None
    usual_dose: Quantity | None = None
    molar_mass: Quantity | None = None
    absent: Quantity | None = None
    current: Quantity | None = None
    values: tuple[Value, ...] = ()
    implies: tuple[Condition, ...] = ()


# ---------------------------------------------------------------------- files


@frozen(kw_only=True)
class Approval(Node):
    """Who approved the content with this digest, and when."""

    by: str
    on: str
    digest: str


@frozen(kw_only=True)
class Header(Node):
    """The head of a guideline, a part of one, or a vocabulary (`kind`).

    What begins with `authors` says who answers for a guideline and when it holds; `revised`,
    `effective` and `retired` are dates that may lack their day, or month and day.
    """

    kind: str
    name: Name
    title: Prose | None
    version: str | None = None
    revised: str | None = None
    status: str | None = None
    approval: Approval | None = None
    scope: Condition | None = None
    uses: tuple[Name, ...] = ()
    statements: tuple[Name, Name] | None = None
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    licence: str | None = None
    contact: str | None = None
    intended_for: Prose | None = None
    effective: str | None = None
    retired: str | None = None
    supersedes: tuple[Name, ...] = ()
    superseded_by: Name | None = None


Item: TypeAlias = (
    Source
    | Assumption
    | Challenge
    | Currency
    | Definition
    | Rule
    | Silent
    | ExpectedConflict
    | Invariant
    | Example
    | Implication
    | Derivation
    | Declaration
)


@frozen(kw_only=True)
class Comment(Node):
    """A comment, from `#` to the end of its line."""

    text: str


@frozen(kw_only=True)
class File:
    """One file: its headers, its items in the order written, and its comments."""

    text: Text = field(eq=False, repr=False)
    language: Decimal | None
    headers: tuple[Header, ...]
    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(default=(), eq=False, repr=False)


_NO_NODES = frozenset(
    [
        *("Span", "Text", "str", "int", "bool", "None", "Decimal"),
        *("Certainty", "Kind", "Operator", "Strength", "Quantifier", "RecordWord"),
    ]
)


@cache
def _places_of_nodes(kind: Any) -> tuple[str, ...]:
    """The fields that can hold nodes: most hold none, and looking there takes time."""
    return tuple(
        attribute.name
        for attribute in fields(kind)
        if not _NO_NODES.issuperset(str(attribute.type).split(" | "))
    )


def children(node: Node | File) -> list[Node]:
    """The nodes directly inside `node`, in the order of its fields."""
    found: list[Node] = []
    kind: Any = type(node)
    for name in _places_of_nodes(kind):
        value = getattr(node, name)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, tuple):
            found += [part for part in value if isinstance(part, Node)]
    return found


def descendants(node: Node | File) -> Iterator[Node]:
    """The nodes inside `node` at any depth, each before its own children."""
    waiting = children(node)[::-1]
    while waiting:
        child = waiting.pop()
        yield child
        waiting += children(child)[::-1]


def names(condition: Condition) -> Iterator[Name]:
    """The names of the facts that `condition` asks about, in the order written."""
    match condition:
        case Reference(name=name) | OnRecord(name=name) | Comparison(name=name):
            yield name
        case Between(name=name) | Aged(name=name) | Is(name=name):
            yield name
        case LastValues(name=name) | RoseOrFell(name=name):
            yield name
        case Not(operand=operand) | Group(operand=operand):
            yield from names(operand)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from names(operand)
        case Listed(operands=operands):
            for operand in operands:
                yield from names(operand)
        case _:
            assert_never(condition)
