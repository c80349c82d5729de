"""What is the same for everybody who asks, made when the service starts."""

from __future__ import annotations

from html import escape

from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.page.document import document
from b12guide.patient.model import Units
from b12guide.serve.question import QUESTIONS, Served
from b12guide.serve.spelled import as_bytes
from b12guide.show.facts_page import facts_to_json
from b12guide.show.page import Item, Page, Section
from b12guide.show.to_html import to_html
from b12guide.show.to_json import guideline_json


def first(served: Served) -> bytes:
    """The first page: facts are entered in it, and it shows what the guidelines say."""
    return document([one.graph for one in served.values()], is_served=True).encode()


def index(served: Served) -> bytes:
    """What this is, which guidelines it has, and where programs look further."""
    guidelines = Section(
        title="Guidelines",
        items=tuple(
            Item(
                label=one.name,
                text=f"{one.graph.title}, {one.version}, {one.status.value}",
                details=(one.digest,),
            )
            for one in served.values()
        ),
    )
    questions = Section(
        title="Questions",
        items=tuple(
            Item(label=f"POST {one.path}", text=one.title) for one in QUESTIONS
        ),
    )
    page = Page(
        title="b12guide",
        particulars=(("Engine", f"b12guide {VERSION}"),),
        notice=EDUCATION_NOTICE,
        sections=(guidelines, questions),
    )
    links = "\n".join(
        f'<li><a href="{escape(path[1:] or "./")}">{escape(path)}</a>: {escape(says)}</li>'
        for path, says in _LINKS
    )
    below = f'<h2 class="heading">More</h2>\n<ul>\n{links}\n</ul>'
    return to_html(page, below=below).encode()


_LINKS = (
    ("/", "the page on which people ask"),
    ("/openapi.json", "every request and answer, as OpenAPI 3.1"),
    ("/guidelines", "the guidelines that are served"),
    ("/facts", "the facts that may be stated of a patient"),
    ("/facts/schema", "the JSON Schema of a patient"),
    ("/cds-services", "the services of CDS Hooks"),
    ("/healthz", "whether the service runs"),
    ("/readyz", "whether it takes questions"),
)


def listed(served: Served) -> bytes:
    """The guidelines that are served."""
    return as_bytes(
        {
            "schema": "b12guide.served/1",
            "notice": EDUCATION_NOTICE,
            "engine": {"name": "b12guide", "version": VERSION},
            "guidelines": [guideline_json(one.graph) for one in served.values()],
        }
    )


def facts_of(served: Served) -> dict[str, bytes]:
    """The facts of each guideline, by its name."""
    return {name: as_bytes(facts_to_json(one.graph)) for name, one in served.items()}


def schemas_of(served: Served) -> dict[str, bytes]:
    """The JSON Schema of a patient for each guideline, by its name."""
    return {
        name: as_bytes(one.json_schema(units=Units.REQUIRED))
        for name, one in served.items()
    }
