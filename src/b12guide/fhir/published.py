"""What every resource made from a guideline has in common: its name, its status, its notice.

Nothing here is published under the addresses: a canonical URL says which resource is meant.
"""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from b12guide.fhir.canonical import BASE, Element, element, url
from b12guide.graph.model import Code, RuleGraph, Source, Status
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.validity import is_over
from b12guide.show.patient_header import guideline_particulars
from b12guide.values.code_system import uri_of

GDL = "text/x-b12guide"
"""The type of a text in the language of guidelines."""

_LONGEST_ID = 64


def id_of(*names: str) -> str:
    """An id that FHIR takes; a name that is too long keeps its beginning and gets a digest.

    Names have no hyphen and no dot, so that no two lists of names have one id.
    """
    found = ".".join(names).replace("_", "-")
    if len(found) <= _LONGEST_ID:
        return found
    digest = sha256(found.encode()).hexdigest()[:12]
    return f"{found[: _LONGEST_ID - len(digest) - 1]}-{digest}"


def canonical(kind: str, graph: RuleGraph, *names: str) -> str:
    """The URL of a resource of this version of a guideline, as others refer to it."""
    return f"{url_of(kind, graph, *names)}|{graph.version}"


def url_of(kind: str, graph: RuleGraph, *names: str) -> str:
    """The URL of a resource of a guideline, whichever its version."""
    return f"{BASE}/{kind}/{id_of(graph.name, *names)}"


def grouped(name: str, *parts: Element) -> Element:
    """An extension of ours that is made of parts."""
    return {"url": url(name), "extension": [*parts]}


def part(name: str, **value: Any) -> Element:
    """A part of an extension."""
    return {"url": name, **value}


def status_text(graph: RuleGraph, on: dt.date | None) -> str:
    """The guideline, its version, its review status, and the notice."""
    about = dict(guideline_particulars(graph, on))
    return f"{about['Guideline']}: {about['Status']}. {EDUCATION_NOTICE}"


def publication_status(graph: RuleGraph, on: dt.date | None) -> str:
    """FHIR's word for how far the guideline has come on a day."""
    if is_over(graph, on):
        return "retired"
    return "active" if graph.status is Status.APPROVED else "draft"


def head(  # noqa: PLR0913 -- what every resource of this kind begins with
    kind: str,
    graph: RuleGraph,
    *names: str,
    title: str,
    about: str = "",
    on: dt.date | None = None,
    is_named: bool = True,
) -> Element:
    """The beginning of a resource: what it is called, its status, its notice.

    Args:
        kind: The kind of resource.
        graph: The guideline.
        names: What the resource is called beside others of the guideline.
        title: Its title.
        about: What it says, in a sentence.
        on: The day asked for.
        is_named: Whether it gets a name for programs beside its title.
    """
    status = status_text(graph, on)
    said = "\n\n".join(filter(None, (about, status)))
    shown = "".join(f"<p>{html.escape(text)}</p>" for text in (title, about, status))
    division = '<div xmlns="http://www.w3.org/1999/xhtml">'
    return element(
        resourceType=kind,
        id=id_of(graph.name, *names),
        text={"status": "generated", "div": f"{division}{shown}</div>"},
        url=url_of(kind, graph, *names),
        version=graph.version,
        name=_for_programs(graph.name, *names) if is_named else None,
        title=title,
        status=publication_status(graph, on),
        experimental=graph.status is not Status.APPROVED,
        date=graph.revised,
        publisher=", ".join(graph.imprint.authors),
        description=said,
        copyright=graph.imprint.licence,
    )


def _for_programs(*names: str) -> str:
    """The names as one word that begins with a capital letter."""
    words = "_".join(names).replace(".", "_").replace("-", "_").split("_")
    return "".join(word[:1].upper() + word[1:] for word in words if word)


def codings(codes: Iterable[Code]) -> list[Element]:
    """The codes of a word itself; a code that stands for one value of it is left out."""
    return [
        {"system": system_uri(code.system), "code": code.code}
        for code in codes
        if code.value is None
    ]


def system_uri(name: str) -> str:
    """The URI of a terminology; one of ours where it has none."""
    return uri_of(name) or f"{BASE}/CodeSystem/{name}"


def own_coding(group: str, code: str, display: str) -> Element:
    """A word of ours as a coding."""
    return {"system": f"{BASE}/CodeSystem/{group}", "code": code, "display": display}


# ------------------------------------------------------------------- related artifacts


def note(label: str, text: str) -> Element:
    """Something that a resource rests on, by its name."""
    return {"type": "documentation", "label": label, "display": text}


def citation(source: Source) -> Element:
    """A source, with what is doubtful about its citation."""
    told = (
        source.title,
        source.authors,
        None if source.year is None else str(source.year),
        source.kind,
        "cited, but not in the printed list" if source.missing else None,
        "number inferred from the order of the list" if source.inferred else None,
    )
    printed = None if source.printed is None else str(source.printed)
    citation = ". ".join(text for text in told if text)
    return element(
        type="citation",
        label=printed or source.name,
        display=source.name,
        citation=citation,
        url=source.link,
    )
