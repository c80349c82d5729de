"""What is stated not to be: lists that are said to be empty, or declared to be complete.

That something is not on a list says nothing, unless somebody vouches for the list. The caller does
so with `complete`, and a record does with a list that is empty because nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from b12guide.arguments import names
from b12guide.errors import ArgumentError, UnknownNameError
from b12guide.fhir.codes import Codes, codings
from b12guide.fhir.medications import concepts_of
from b12guide.fhir.resources import Entry, Resources
from b12guide.fhir.told import Statement, Told, codes_in, first_moment, unread
from b12guide.frozen import Record
from b12guide.graph.coded import Pair
from b12guide.graph.model import Fact
from b12guide.values.code_system import split_code
from b12guide.values.term import Kind

__all__ = ["Vouched", "absent", "from_empty", "lists_of"]

_WAYS: Mapping[str | None, tuple[str, ...]] = {
    None: ("Condition",),
    "procedure": ("Procedure",),
    "allergy": ("AllergyIntolerance",),
    "medication": ("MedicationStatement", "MedicationRequest"),
}
"""By what a code is of, the types of resource that would have it; one of them is enough."""

_LISTS = tuple(kind for kinds in _WAYS.values() for kind in kinds)


def lists_of(complete: Any) -> frozenset[str]:
    """The types of resource of which the caller declares to have handed over every one.

    Raises:
        UnknownNameError: Resources of this type have no list that could be complete.
    """
    found = names(complete, "complete")
    for name in found:
        if name not in _LISTS:
            what = "list that can be declared complete"
            raise UnknownNameError(what, name, _LISTS)
    return frozenset(found)


@frozen(repr=False)
class Vouched(Record):
    """What the caller vouches for.

    Attributes:
        lists: The types of resource of which every one was handed over.
        unrelated: The codes of nothing that the guideline asks about.
    """

    lists: frozenset[str]
    unrelated: frozenset[Pair]

    @classmethod
    def by(cls, complete: Any, unrelated: Any) -> Vouched:
        """What these arguments of the caller say.

        Raises:
            ArgumentError: Something in `unrelated` is no code with its terminology.
            UnknownNameError: Resources of a type have no list that could be complete.
        """
        argument = "unrelated"
        pairs: set[Pair] = set()
        for one in names(unrelated, argument):
            pair = split_code(one)
            if pair is None:
                what = "codes, each with its terminology, such as `snomed|38341003`"
                raise ArgumentError(argument, what, one)
            pairs.add(pair)
        return cls(lists_of(complete), frozenset(pairs))


def absent(
    vouched: Vouched,
    stated: Collection[str],
    entries: Iterable[Entry],
    codes: Codes,
    given: Resources,
) -> Mapping[str, tuple[str, ...]]:
    """The findings and events that are not so, with the lists that say it.

    A fact is absent where each of its codes would stand on a list that is declared complete and
    none does. An entry under a code that the guideline does not know, or under none, may be any of
    them: type 2 diabetes is diabetes.

    Args:
        vouched: What the caller vouches for.
        stated: The facts that resources state, or leave open.
        entries: The resources, those that could not be read included.
        codes: What codes mean.
        given: All that was handed over.
    """
    mentioned = set(stated)
    lists = set(vouched.lists)
    for entry in entries:
        if entry.kind not in _LISTS:
            continue
        concepts = _concepts(entry, given) or ({},)
        for concept in concepts:
            meant = [one.fact.name for one in codes.facts_of(concept)]
            if not meant and vouched.unrelated.isdisjoint(codings(concept)):
                lists.discard(entry.kind)
            mentioned.update(meant)
    found: dict[str, tuple[str, ...]] = {}
    for fact in codes.coded:
        if fact.name in mentioned or fact.kind not in {Kind.FINDING, Kind.EVENT}:
            continue
        ways = [_WAYS[code.value] for code in fact.codes if code.value in _WAYS]
        saying = [[kind for kind in kinds if kind in lists] for kinds in ways]
        if saying and all(saying):
            every = sorted({kind for kinds in saying for kind in kinds})
            found[fact.name] = tuple(f"{kind}: declared complete" for kind in every)
    return found


def _concepts(entry: Entry, given: Resources) -> tuple[Any, ...] | None:
    if entry.kind.startswith("Medication"):
        return concepts_of(entry, given)
    return (entry.resource.get("code"),)


# ------------------------------------------------------------------------ empty lists

_NOTHING_KNOWN = "nilknown"
_ALLERGIES = frozenset({"48765-2"})
_MEDICATIONS = frozenset({"10160-0"})
"""The codes of LOINC for a list of allergies and for one of medications."""


def from_empty(entry: Entry, codes: Codes) -> Iterator[Told]:
    """What a List, or a section of a Composition, denies by being empty."""
    since, _ = first_moment(entry.resource, "date")
    told = False
    for part, path in _parts(entry):
        reason = codes_in(part.get("emptyReason"))
        if _NOTHING_KNOWN not in reason:
            continue
        for fact in _denied(part.get("code"), codes):
            told = True
            yield Statement(
                fact=fact.name,
                value=False,
                since=since,
                reference=entry.reference,
                pointer="/".join((entry.pointer, *path)),
            )
    if not told:
        yield unread(entry, "of a list, only is read that it is empty (`emptyReason`)")


def _parts(entry: Entry) -> Iterator[tuple[Mapping[str, Any], tuple[str, ...]]]:
    if entry.kind == "List":
        if entry.resource.get("status") == "current":
            yield entry.resource, ()
        return
    for number, section in enumerate(entry.resource.get("section") or ()):
        yield section, ("section", str(number))


def _denied(concept: Any, codes: Codes) -> tuple[Fact, ...]:
    """The facts that an empty list of this kind denies."""
    kind = codes_in(concept)
    if kind & _ALLERGIES:
        return codes.having("allergy")
    return codes.having("medication") if kind & _MEDICATIONS else ()
