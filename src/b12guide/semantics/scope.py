"""What the words, numbers and units of a guideline mean.

Facts and definitions share one namespace; drugs, tests, routes, sites, services, sources,
assumptions, challenges and rules have one each. A word that is no name may be a synonym (`IM`,
`methylcobalamin`), in any case of letters; a name always wins over a synonym.

A number means something for the measure, drug or schedule it stands with: each function returns
the meaning or a `Misfit` that says why there is none. The checks report the misfits; the
lowering, which only sees drafts that passed, takes the meaning with `meant`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from attrs import evolve, field, frozen

from b12guide.frozen import FrozenMap
from b12guide.regimen.phase import PER_KILOGRAM
from b12guide.semantics.draft import Draft
from b12guide.syntax.ast import (
    Assumption,
    Challenge,
    Declaration,
    Definition,
    Item,
    Quantity,
    Rule,
    Source,
)
from b12guide.text import Text
from b12guide.values.duration import DurationRange
from b12guide.values.quantity import format_quantity
from b12guide.values.term import Kind
from b12guide.values.unit import convert, parse_unit, suggest_units, time_unit


class Namespace(Enum):
    """Where a name is looked up; the value is what a person calls it."""

    FACT = "fact"
    DRUG = "drug"
    TEST = "test"
    ROUTE = "route"
    SITE = "site"
    SERVICE = "service"
    SOURCE = "source"
    ASSUMPTION = "assumption"
    CHALLENGE = "challenge"
    RULE = "rule"


Meaning: TypeAlias = Declaration | Definition | Source | Assumption | Challenge | Rule


@frozen(kw_only=True)
class Declared:
    """A declared name and where it was declared."""

    namespace: Namespace
    item: Meaning
    text: Text = field(repr=False)

    @property
    def name(self) -> str:
        """The name declared."""
        return self.item.name.text

    @property
    def noun(self) -> str:
        """What a person calls the thing, with its article."""
        match self.item:
            case Declaration(kind=Kind.EVENT):
                return "an event"
            case Declaration(kind=kind):
                return f"a {kind.value}"
            case Assumption():
                return "an assumption"
            case _:
                return f"a {type(self.item).__name__.lower()}"


_NAMESPACES: Mapping[Kind, Namespace] = {
    Kind.FINDING: Namespace.FACT,
    Kind.MEASURE: Namespace.FACT,
    Kind.CHOICE: Namespace.FACT,
    Kind.EVENT: Namespace.FACT,
    Kind.CONCLUSION: Namespace.FACT,
    Kind.DRUG: Namespace.DRUG,
    Kind.TEST: Namespace.TEST,
    Kind.ROUTE: Namespace.ROUTE,
    Kind.SITE: Namespace.SITE,
    Kind.SERVICE: Namespace.SERVICE,
}


@lru_cache(maxsize=1 << 16)
def folded(word: str) -> str:
    """The word without regard to case, spaces and hyphens."""
    return "_".join(word.casefold().replace("-", " ").replace("_", " ").split())


def _all_frozen(
    maps: Mapping[Namespace, Mapping[str, Any]],
) -> Mapping[Namespace, Mapping[str, Any]]:
    return FrozenMap({space: FrozenMap(names) for space, names in maps.items()})


@frozen(kw_only=True)
class Scope:
    """What every name means.

    Attributes:
        entries: By namespace and name; the first declaration where there are several.
        spellings: By namespace and folded synonym, the names that it may stand for.
        declared: Every declaration, repeated ones too, in the order of the draft.
    """

    entries: Mapping[Namespace, Mapping[str, Declared]] = field(converter=_all_frozen)
    spellings: Mapping[Namespace, Mapping[str, tuple[str, ...]]] = field(
        converter=_all_frozen
    )
    declared: tuple[Declared, ...]

    def find(self, namespace: Namespace, word: str) -> Declared | None:
        """What `word` means, as a name or else as a synonym."""
        entries = self.entries[namespace]
        if word in entries:
            return entries[word]
        names = self.spellings[namespace].get(folded(word), ())
        return entries[names[0]] if len(names) == 1 else None

    def name(self, namespace: Namespace, word: str) -> str:
        """The declared name that `word` stands for; `word` itself when there is none."""
        entry = self.find(namespace, word)
        return word if entry is None else entry.name

    def fact(self, word: str) -> Declaration | Definition | None:
        """The fact or definition that `word` stands for."""
        entry = self.find(Namespace.FACT, word)
        if entry is not None and isinstance(entry.item, Declaration | Definition):
            return entry.item
        return None

    def elsewhere(self, namespace: Namespace, word: str) -> Declared | None:
        """What `word` means in another namespace, if it means something there only."""
        for other in Namespace:
            if other is not namespace:
                entry = self.find(other, word)
                if entry is not None:
                    return entry
        return None

    def nearest(self, namespace: Namespace, word: str) -> tuple[str, ...]:
        """Names that the author may have meant: by meaning first, then by spelling."""
        entries = self.entries[namespace]
        if len(entries) > _MOST_COMPARED:
            return ()
        wanted = _words(word)
        shared = {
            name: max(_shared(wanted, _words(phrase)) for phrase in _phrases(entry))
            for name, entry in entries.items()
        }
        # Words in common tell more than letters in common, so what they find comes first.
        by_meaning = [n for n, share in shared.items() if wanted and share >= _ENOUGH]
        by_spelling = get_close_matches(word, sorted(entries), n=3, cutoff=0.7)
        known = sorted(self.spellings[namespace])
        by_synonym = [
            name
            for near in get_close_matches(folded(word), known, n=2, cutoff=0.75)
            for name in self.spellings[namespace][near]
        ]
        by_meaning.sort(key=lambda name: (-shared[name], len(name)))
        found = (*by_meaning, *by_spelling, *by_synonym)
        return tuple(dict.fromkeys(found))[:3]


_MOST_COMPARED = 2000
"""Comparing takes time; no vocabulary in use has as many words of one kind."""

_ENOUGH = 0.5
_SHORTEST = 3
"""Shorter words, such as `of`, mean nothing alone."""


def _words(phrase: str) -> frozenset[str]:
    return frozenset(w for w in folded(phrase).split("_") if len(w) >= _SHORTEST)


def _shared(wanted: frozenset[str], words: frozenset[str]) -> float:
    """How much of what is wanted, and of what is there, both have in common."""
    if not wanted or not words:
        return 0
    common = sum(1 for w in wanted if get_close_matches(w, words, n=1, cutoff=0.85))
    return common / len(wanted) * (0.5 + 0.5 * min(1, common / len(words)))


def _phrases(entry: Declared) -> Iterator[str]:
    yield folded(entry.name)
    match entry.item:
        case Declaration(label=label, synonyms=synonyms):
            if label is not None:
                yield folded(label.text)
            yield from map(folded, synonyms)
        case Definition(title=title) if title is not None:
            yield folded(title.text)
        case _:
            return


def namespace_of(item: Item) -> Namespace | None:
    """Where the name of `item` is looked up; None for an item that nobody refers to."""
    match item:
        case Declaration(kind=kind):
            return _NAMESPACES[kind]
        case Definition():
            return Namespace.FACT
        case Source():
            return Namespace.SOURCE
        case Assumption():
            return Namespace.ASSUMPTION
        case Challenge():
            return Namespace.CHALLENGE
        case Rule():
            return Namespace.RULE
        case _:
            return None


def scope_of(draft: Draft) -> Scope:
    """The names that the files of `draft` declare."""
    declared = []
    for text, item in draft.each_item():
        namespace = namespace_of(item)
        if namespace is not None and isinstance(item, Meaning):
            declared.append(Declared(namespace=namespace, item=item, text=text))
    entries: dict[Namespace, dict[str, Declared]] = {n: {} for n in Namespace}
    spellings: dict[Namespace, dict[str, tuple[str, ...]]] = {n: {} for n in Namespace}
    for entry in declared:
        entries[entry.namespace].setdefault(entry.name, entry)
    for entry in declared:
        words = spellings[entry.namespace]
        synonyms = entry.item.synonyms if isinstance(entry.item, Declaration) else ()
        for word in (entry.name, *synonyms):
            names = words.get(folded(word), ())
            if entry.name not in names:
                words[folded(word)] = (*names, entry.name)
    return Scope(entries=entries, spellings=spellings, declared=tuple(declared))


_GIVEN = frozenset(
    {
        "injection",
        "infusion",
        "application",
        "tablet",
        "capsule",
        "administration",
        "jab",
    }
)
"""What a dose may be called where it is counted."""

DOSE_UNIT = "µg"
"""In which doses are held when neither the rule nor the vocabulary says otherwise."""

T = TypeVar("T")


@frozen
class Misfit:
    """Why a quantity has no meaning where it stands: a diagnostic without its place.

    Attributes:
        instead: What belongs in the place of the quantity, where there is one answer.
    """

    code: str
    message: str
    help: str = ""
    instead: str | None = None


def meant(meaning: T | Misfit) -> T:
    """The meaning of something that passed the checks."""
    if isinstance(meaning, Misfit):
        raise ValueError(meaning.message)  # noqa: TRY004 - the fault is in the text
    return meaning


def with_unit_of(measure: Declaration, quantity: Quantity) -> Quantity:
    """A quantity of a declaration, whose unit may be left out because it is the measure's."""
    if quantity.unit is not None or measure.unit is None:
        return quantity
    return evolve(quantity, unit=measure.unit)


def text_of(quantity: Quantity) -> str:
    """The quantity in the words of the author, numbers printed one way."""
    unit = quantity.unit
    high = format_quantity(Fraction(quantity.high), unit)
    if quantity.low == quantity.high:
        return high
    return f"{format_quantity(Fraction(quantity.low), None)} to {high}"


def limits_of(quantity: Quantity) -> str:
    """The ends of a range, as in "between 25 and 50 mL/min"."""
    low = format_quantity(Fraction(quantity.low), None)
    return f"{low} and {format_quantity(Fraction(quantity.high), quantity.unit)}"


def printed_unit(unit: str | None) -> str | None:
    """The one way in which `unit` is printed."""
    parsed = None if unit is None else parse_unit(unit)
    return unit if parsed is None else parsed.text


def unknown_unit(
    unit: str, own: str | None = None, quantity: Quantity | None = None
) -> Misfit:
    """The misfit of a word that is no unit, where the unit `own` is expected."""
    near = suggest_units(unit, (own,) if own else ())[:2]
    help_ = "did you mean " + " or ".join(f"`{n}`" for n in near) if near else ""
    if not help_ and own:
        help_ = f"give it in `{own}`"
    instead = None
    if quantity is not None and len(near) == 1:
        instead = text_of(evolve(quantity, unit=near[0]))
    return Misfit("GDL307", f"`{unit}` is not a unit", help_, instead)


# ------------------------------------------------------------------------ measures


def molar_mass_of(declaration: Declaration) -> Fraction | None:
    """In g/mol, if the vocabulary gives it."""
    mass = declaration.molar_mass
    if mass is None:
        return None
    unit, gram_per_mole = parse_unit(mass.unit or "g/mol"), parse_unit("g/mol")
    if unit is None or gram_per_mole is None:
        return None
    return convert(Fraction(mass.low), unit, gram_per_mole)


def measure_named(name: str, scope: Scope) -> Declaration:
    """The measure that a word of a checked draft stands for."""
    fact = scope.fact(name)
    if not isinstance(fact, Declaration):
        message = f"`{name}` is not a measure"
        raise ValueError(message)  # noqa: TRY004 - the fault is in the text
    return fact


def is_also_written(unit: str, measure: Declaration) -> bool:
    """Whether the vocabulary takes `unit` for another spelling of the measure's own."""
    return printed_unit(unit) in {printed_unit(u) for u in measure.also_written}


def in_unit_of(
    measure: Declaration, quantity: Quantity
) -> tuple[Fraction, Fraction] | Misfit:
    """Both ends of `quantity` in the unit of `measure`."""
    low = high = Fraction(quantity.low)
    if quantity.high != quantity.low:
        high = Fraction(quantity.high)
    name, own = measure.name.text, measure.unit
    if low > high:
        return reversed_range(quantity)
    if own is None:
        if quantity.unit is None:
            return low, high
        message = (
            f"`{name}` is a plain number, but here it has the unit `{quantity.unit}`"
        )
        return Misfit("GDL306", message, "leave the unit out")
    if quantity.unit is None:
        message = f"`{text_of(quantity)}` lacks its unit"
        instead = text_of(evolve(quantity, unit=own))
        help_ = f"`{name}` is measured in `{own}`: write `{instead}` if that is meant"
        return Misfit("GDL305", message, help_, instead)
    if is_also_written(quantity.unit, measure):
        return low, high
    written, wanted = parse_unit(quantity.unit), parse_unit(own)
    if written is None:
        return unknown_unit(quantity.unit, own, quantity)
    if wanted is None:
        return unknown_unit(own)
    mass = molar_mass_of(measure)
    ends = (convert(low, written, wanted, mass), convert(high, written, wanted, mass))
    if ends[0] is None or ends[1] is None:
        message = f"`{quantity.unit}` is {written.measures}, but `{name}` is {wanted.measures}"
        return Misfit("GDL304", message, f"give it in `{own}`")
    return ends[0], ends[1]


def one_in_unit_of(measure: Declaration, unit: str) -> Fraction | Misfit:
    """What one of `unit` is in the unit of `measure`."""
    one = Quantity(span=measure.span, low=Decimal(1), high=Decimal(1), unit=unit)
    found = in_unit_of(measure, one)
    return found if isinstance(found, Misfit) else found[0]


def reversed_range(quantity: Quantity) -> Misfit:
    """The misfit of a range whose larger end comes first."""
    turned = Quantity(
        span=quantity.span, low=quantity.high, high=quantity.low, unit=quantity.unit
    )
    return Misfit(
        "GDL308",
        f"the range `{text_of(quantity)}` runs backwards",
        f"write `{text_of(turned)}`",
        text_of(turned),
    )


# --------------------------------------------------------------------------- doses


def drug_named(name: str | None, scope: Scope) -> Declaration | None:
    """The drug that a word stands for."""
    entry = None if name is None else scope.find(Namespace.DRUG, name)
    return entry.item if entry and isinstance(entry.item, Declaration) else None


def is_by_weight(quantity: Quantity) -> bool:
    """Whether a dose is so much for each kilogram that the patient weighs (M95)."""
    return (quantity.unit or "").endswith(PER_KILOGRAM)


def weight_in(scope: Scope) -> Declaration | None:
    """The measure of the vocabulary by which doses go that are by weight."""
    for word in ("weight", "body_weight"):
        found = scope.fact(word)
        if not isinstance(found, Declaration) or found.kind is not Kind.MEASURE:
            continue
        if isinstance(one_in_unit_of(found, "kg"), Fraction):
            return found
    return None


def dose_unit_of(drug: Declaration | None) -> str:
    """The unit in which doses of `drug` are held: that of its plausible dose."""
    if drug is None or drug.plausible_dose is None or drug.plausible_dose.unit is None:
        return DOSE_UNIT
    return printed_unit(drug.plausible_dose.unit) or DOSE_UNIT


def dose(
    quantity: Quantity, drug: Declaration | None
) -> tuple[Fraction, Fraction, str] | Misfit:
    """Both ends of a dose and the unit in which it is held; of one by weight, for a kilogram."""
    own = dose_unit_of(drug)
    if is_by_weight(quantity):
        unit = (quantity.unit or "").removesuffix(PER_KILOGRAM)
        quantity = evolve(quantity, unit=unit)
    if quantity.low > quantity.high:
        return reversed_range(quantity)
    if quantity.unit is None:
        return Misfit("GDL305", f"the dose `{text_of(quantity)}` lacks its unit")
    written, wanted = parse_unit(quantity.unit), parse_unit(own)
    if written is None:
        return unknown_unit(quantity.unit, own, quantity)
    if wanted is None:
        return unknown_unit(own)
    low = convert(Fraction(quantity.low), written, wanted)
    high = convert(Fraction(quantity.high), written, wanted)
    if low is None or high is None:
        message = (
            f"`{quantity.unit}` is {written.measures}, but a dose is {wanted.measures}"
        )
        return Misfit("GDL310", message, f"give the dose in `{own}`")
    if low <= 0:
        return Misfit("GDL314", f"a dose of `{text_of(quantity)}` is none")
    return low, high, own


# ---------------------------------------------------------------------------- time


def duration(quantity: Quantity) -> DurationRange | Misfit:
    """A length of time."""
    unit = None if quantity.unit is None else time_unit(quantity.unit)
    if unit is None and (quantity.unit or "").rstrip("s") in _GIVEN:
        counted = text_of(evolve(quantity, unit=None))
        doses = "1 dose" if counted == "1" else f"{counted} doses"
        return Misfit(
            "GDL312",
            f"`{text_of(quantity)}` is not a length of time",
            f"write `{doses}` for a number of doses",
            doses if quantity.low == quantity.high else None,
        )
    if unit is None:
        return Misfit(
            "GDL312",
            f"`{text_of(quantity)}` is not a length of time",
            "give it in days, weeks, months or years",
        )
    if quantity.low > quantity.high:
        return reversed_range(quantity)
    if quantity.low <= 0:
        return Misfit("GDL314", f"`{text_of(quantity)}` is no length of time")
    return DurationRange(Fraction(quantity.low), Fraction(quantity.high), unit)
