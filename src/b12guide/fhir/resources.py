"""The resources that somebody handed over, each with its place, and what refers to what.

A Bundle of any kind, a list of resources, or the prefetch of CDS Hooks. What has not the shape of
that is refused as a whole, each mistake with the JSON Pointer of its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label, curtailed, pointer_to
from b12guide.errors import PatientError
from b12guide.fhir.elements import SHAPES, misshapen
from b12guide.frozen import FrozenMap, Record, frozen_map
from b12guide.limits import Limits
from b12guide.patient.notation import shown
from b12guide.text import Span, Text

__all__ = ["WIDEST", "Entry", "Resources", "is_fhir", "refused"]

WIDEST = Limits(bytes=64 * 1024 * 1024)
"""The record of a person who was ill for long is larger than what is stated of one."""

_NAME = "FHIR resources"
_DEEPEST_BUNDLE = 8


@frozen(kw_only=True, repr=False)
class Entry(Record):
    """A resource and where it stands.

    Attributes:
        resource: The resource.
        pointer: Its place in what was handed over, as a JSON Pointer.
        url: Its full URL; None where none is stated.
        key: The key of the prefetch under which it came.
    """

    resource: Mapping[str, Any] = field(hash=False)
    pointer: str
    url: str | None = None
    key: str | None = None

    @property
    def kind(self) -> str:
        """The type of the resource, such as `Observation`."""
        return str(self.resource["resourceType"])

    @property
    def reference(self) -> str:
        """What it is called: `Observation/1`, its full URL, or its place where it has neither."""
        own = self.resource.get("id")
        if isinstance(own, str) and own:
            return f"{self.kind}/{own}"
        return self.url or f"{self.kind} at {self.pointer or '/'}"

    @property
    def base(self) -> str:
        """The address of the server before the type and id of its full URL; else empty."""
        tail = f"/{self.kind}/{self.resource.get('id')}"
        return self.url[: -len(tail)] if self.url and self.url.endswith(tail) else ""


@frozen(repr=False)
class Resources(Record):
    """All resources that were handed over.

    Attributes:
        entries: Those that stand by themselves, in order.
        unanswered: What was asked for and did not come, with the reason, by its place.
        by_name: The resources by each name that a reference may use.
    """

    entries: tuple[Entry, ...]
    unanswered: Mapping[str, str] = field(factory=FrozenMap, converter=frozen_map)
    by_name: Mapping[str, tuple[Entry, ...]] = field(
        factory=FrozenMap, converter=frozen_map, repr=False
    )

    @classmethod
    def of(cls, given: Any, limits: Limits = WIDEST) -> Resources:
        """The resources in a Bundle, a list of resources or Bundles, or a prefetch.

        Raises:
            PatientError: It is none of these, a resource is not built like one (GDL760), or it is
                too large or too deep (GDL719).
        """
        limits.admit(given, _NAME)
        problems: list[Diagnostic] = []
        found: list[Entry] = []
        unanswered: dict[str, str] = {}
        for one in _taken_apart(given, unanswered):
            if isinstance(one, Diagnostic):
                problems.append(one)
                continue
            found.append(one)
            problems += (_wrong(*each) for each in _misshapen(one))
        if problems:
            raise refused(*problems)
        deleted: set[str] = set()
        for pointer, url in _deletions(given, ""):
            unanswered[pointer] = f"it deletes `{shown(url)}`"
            deleted.add(url.partition("/_history/")[0])
        for entry in [one for one in found if not deleted.isdisjoint(_names_of(one))]:
            unanswered[entry.pointer] = "it was deleted"
            found.remove(entry)
        names: dict[str, tuple[Entry, ...]] = {}
        for entry in found:
            for name in _names_of(entry):
                names[name] = (*names.get(name, ()), entry)
        return cls(tuple(found), unanswered, names)

    @property
    def is_partial(self) -> bool:
        """Whether there is more than was handed over: further pages, or a query that failed."""
        return _MORE in self.unanswered.values() or any(
            entry.kind == "OperationOutcome" for entry in self.entries
        )

    def resolve(self, reference: Any, of: Entry) -> Entry | None:
        """The resource that a Reference in `of` means; None where it did not come.

        It may be contained in `of`, stand in the same Bundle, or be named by type and id.
        """
        named = reference.get("reference") if isinstance(reference, Mapping) else None
        if not isinstance(named, str):
            return None
        if named.startswith("#"):
            return _contained(named[1:], of)
        name = named.partition("/_history/")[0]
        names = (f"{of.base}/{name}", name) if of.base else (name,)
        for spelled in names:
            found = self.by_name.get(spelled, ())
            if len(found) == 1:
                return found[0]
        return self._on_no_server(name)

    def _on_no_server(self, name: str) -> Entry | None:
        """What an absolute URL means among resources that say no URL of their own."""
        if "://" not in name:
            return None
        short = "/".join(name.rsplit("/", 2)[-2:])
        found = [e for e in self.by_name.get(short, ()) if e.url is None]
        return found[0] if len(found) == 1 else None


def _misshapen(entry: Entry) -> Iterator[tuple[str, str]]:
    """What is not built as it should be in a resource, and in what it contains."""
    shape = SHAPES.get(entry.kind)
    if shape is None:
        return
    yield from misshapen(entry.resource, shape, entry.pointer)
    contained = entry.resource.get("contained")
    if contained is None:
        return
    place = f"{entry.pointer}/contained"
    if not isinstance(contained, list | tuple):
        yield place, "`contained` is a list of resources"
        return
    for number, one in enumerate(contained):
        kind = one.get("resourceType") if isinstance(one, Mapping) else None
        inner = SHAPES.get(kind) if isinstance(kind, str) else None
        if inner is not None:
            yield from misshapen(one, inner, f"{place}/{number}")


def is_fhir(given: Any) -> bool:
    """Whether something looks like resources of FHIR, and not like a patient's facts."""
    if isinstance(given, Mapping):
        return "resourceType" in given
    return (
        isinstance(given, list | tuple)
        and bool(given)
        and all(isinstance(each, Mapping) and "resourceType" in each for each in given)
    )


def _names_of(entry: Entry) -> Iterator[str]:
    own = entry.resource.get("id")
    if isinstance(own, str) and own:
        yield f"{entry.kind}/{own}"
    if entry.url is not None:
        yield entry.url


def _contained(name: str, of: Entry) -> Entry | None:
    for number, one in enumerate(of.resource.get("contained") or ()):
        if isinstance(one, Mapping) and one.get("id") == name:
            pointer = f"{of.pointer}/contained/{number}"
            kind = one.get("resourceType")
            return Entry(resource=one, pointer=pointer) if kind else None
    return None


# ------------------------------------------------------------------------ taking apart


def _taken_apart(
    given: Any, unanswered: dict[str, str]
) -> Iterator[Entry | Diagnostic]:
    """The resources in `given` in their order, and what is wrong with those that are none."""
    if isinstance(given, list | tuple):
        for number, one in enumerate(given):
            _note_further_pages(one, f"/{number}", unanswered)
            yield from _resource(one, f"/{number}", None, None, 1)
        return
    if not isinstance(given, Mapping):
        told = f"`{shown(given)}` is no FHIR resource"
        remedy = (
            "give a Bundle, a list of resources, or the prefetch of a CDS Hooks request"
        )
        yield _wrong("", told, remedy)
        return
    if "resourceType" in given:
        _note_further_pages(given, "", unanswered)
        yield from _resource(given, "", None, None, 1)
        return
    for key, value in given.items():
        pointer = pointer_to(str(key))
        if value is None:
            unanswered[pointer] = f"the prefetch `{shown(key)}` has nothing"
        elif isinstance(value, Mapping):
            _note_further_pages(value, pointer, unanswered)
            yield from _resource(value, pointer, None, str(key), 1)
        else:
            told = f"`{shown(key)}` is neither a resource nor null"
            yield _wrong(pointer, told, "a resource has a `resourceType`")


def _deletions(given: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """The entries that delete a resource, as a history and a transaction may, and of which."""
    if isinstance(given, list | tuple):
        for number, one in enumerate(given):
            yield from _deletions(one, f"{pointer}/{number}")
    if not isinstance(given, Mapping):
        return
    if "resourceType" not in given:  # a prefetch
        for key, value in given.items():
            yield from _deletions(value, pointer_to(str(key)))
    entries = given.get("entry") if given.get("resourceType") == "Bundle" else None
    for number, entry in enumerate(
        entries if isinstance(entries, list | tuple) else ()
    ):
        request = entry.get("request") if isinstance(entry, Mapping) else None
        if not isinstance(request, Mapping) or request.get("method") != "DELETE":
            continue
        if isinstance(url := request.get("url"), str) and entry.get("resource") is None:
            yield f"{pointer}/entry/{number}", url


_MORE = "there are further pages of it, which were not handed over"


def _note_further_pages(bundle: Any, pointer: str, unanswered: dict[str, str]) -> None:
    """Write down that a Bundle is one page of several."""
    links = bundle.get("link") if isinstance(bundle, Mapping) else None
    for number, link in enumerate(links if isinstance(links, list | tuple) else ()):
        if isinstance(link, Mapping) and link.get("relation") == "next":
            unanswered[f"{pointer}/link/{number}"] = _MORE


def _resource(
    given: Any, pointer: str, url: str | None, key: str | None, depth: int
) -> Iterator[Entry | Diagnostic]:
    """A resource, or those in it where it is a Bundle."""
    kind = given.get("resourceType") if isinstance(given, Mapping) else None
    if not isinstance(kind, str) or not kind:
        told = f"`{shown(given)}` is no resource, since it lacks its `resourceType`"
        yield _wrong(
            pointer, told, 'a resource begins `{"resourceType": "Patient", ...`'
        )
        return
    if kind != "Bundle":
        own = _without_null(given) if kind in SHAPES else given
        yield Entry(resource=own, pointer=pointer, url=url, key=key)
        return
    entries = given.get("entry")
    if entries is None:
        return
    if not isinstance(entries, list | tuple):
        yield _wrong(f"{pointer}/entry", "the `entry` of a Bundle is not a list")
        return
    if depth > _DEEPEST_BUNDLE:
        told = f"Bundles stand in each other more than {_DEEPEST_BUNDLE} deep"
        yield _wrong(pointer, told, "hand over the inner Bundles one by one")
        return
    for number, entry in enumerate(entries):
        place = f"{pointer}/entry/{number}"
        if not isinstance(entry, Mapping):
            yield _wrong(place, "an entry of a Bundle is not an object")
            continue
        full = entry.get("fullUrl")
        if full is not None and not isinstance(full, str):
            yield _wrong(f"{place}/fullUrl", "the `fullUrl` of an entry is not text")
            continue
        if entry.get("resource") is not None:  # a deletion has none
            inner = f"{place}/resource"
            yield from _resource(entry["resource"], inner, full, key, depth + 1)


def _without_null(value: Any) -> Any:
    """A resource without elements that are null, which is what some write for nothing."""
    if isinstance(value, Mapping):
        return {k: _without_null(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_without_null(each) for each in value]
    return value


# ---------------------------------------------------------------------------- refusals


def _wrong(pointer: str, message: str, remedy: str = "") -> Diagnostic:
    """GDL760: not built like a resource of FHIR."""
    return diagnosed(
        "GDL760", pointer, message, remedy or "see the definition in FHIR R4"
    )


def diagnosed(code: str, pointer: str, message: str, remedy: str) -> Diagnostic:
    """A diagnostic with its place in what was handed over."""
    text = Text(_NAME, "", is_private=True, is_rendered=True)
    return Diagnostic(
        code=code,
        message=message,
        labels=(Label(text=text, span=Span(0, 0), pointer=pointer),),
        help=(Help(message=remedy),),
    )


def refused(*found: Diagnostic) -> PatientError:
    """The error that has these diagnostics."""
    return PatientError(f"{_NAME} cannot be read", curtailed(found))


def latest_of_each(
    entries: Sequence[Entry],
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The resources, each in its latest version, and the versions that are left out.

    Where a resource came in several versions of which none is known to be the latest, all of them
    are left out.
    """
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        own = entry.resource.get("id")
        name = f"{entry.kind}/{own}" if isinstance(own, str) and own else entry.pointer
        by_name.setdefault(f"{entry.base} {name}", []).append(entry)
    kept: list[Entry] = []
    left: list[Entry] = []
    for same in by_name.values():
        distinct = [
            e
            for n, e in enumerate(same)
            if all(e.resource != o.resource for o in same[:n])
        ]
        if len(distinct) == 1:
            kept.append(distinct[0])
            continue
        dated = [(_updated(entry), entry) for entry in distinct]
        last = max(updated for updated, _ in dated)
        newest = [entry for updated, entry in dated if updated == last]
        chosen = newest if len(newest) == 1 and all(u for u, _ in dated) else []
        kept += chosen
        left += [entry for entry in distinct if entry not in chosen]
    return tuple(kept), tuple(left)


def _updated(entry: Entry) -> str:
    """When a version was made, as text that sorts by time; empty where that is not known."""
    meta = entry.resource.get("meta")
    updated = meta.get("lastUpdated") if isinstance(meta, Mapping) else None
    return updated if isinstance(updated, str) and updated.endswith("Z") else ""
