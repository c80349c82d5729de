"""What the examples reach, as a page with the guideline's source coloured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from attrs import frozen

from b12guide.graph.model import Place
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.validity import validity_text
from b12guide.say.words import listing
from b12guide.show.page import Page
from b12guide.show.palette import DATA
from b12guide.show.patient_header import guideline_particulars
from b12guide.show.to_html import to_html
from b12guide.show.trial import summary_text
from b12guide.text import Span, Text
from b12guide.trial.report import Coverage, TrialReport
from b12guide.truth import Truth

_STYLE = f"""
.b12guide .source {{ white-space: pre-wrap; overflow-wrap: anywhere; }}
.b12guide .all {{ border-bottom: 2px solid {DATA["green"]}; }}
.b12guide .some {{ border-bottom: 2px dashed {DATA["orange"]}; }}
.b12guide .none {{ border-bottom: 4px double {DATA["red"]}; }}
.b12guide nav ul {{ columns: 16rem; }}
""".strip()
_SHARES = {
    "all": "seen true, false and unknown",
    "some": "seen in part",
    "none": "never reached",
}


@frozen(order=True)
class _Mark:
    """A stretch of source with how far it is reached, and what to say of it."""

    span: Span
    reached: str
    remark: str
    anchor: str = ""


def trial_to_html(report: TrialReport) -> str:
    """A whole page: how the examples went, what they reach, then each file with that marked."""
    results, reached, graph = report.results, report.coverage, report.graph
    totals = (
        ("Rules decisive in an example", reached.decisive),
        ("Exceptions that override their rule", reached.overriding),
        ("Truth values of conditions seen", reached.values),
    )
    page = Page(
        title=f"{graph.title}: what its examples reach",
        warning=validity_text(graph),
        particulars=(
            *guideline_particulars(graph),
            ("Examples", summary_text(results)),
            *((label, f"{some} of {all_}") for label, (some, all_) in totals),
        ),
        notice=EDUCATION_NOTICE,
    )
    texts = dict.fromkeys(place.text for place in _places(reached))
    return to_html(
        page,
        below="".join(
            (
                f"<style>{_STYLE}</style>",
                *_contents(texts, reached),
                "<p>",
                *(f'<span class="{s}">{said}</span> ' for s, said in _SHARES.items()),
                "</p>",
                *(_source(text, reached) for text in texts),
            )
        ),
    )


def _contents(texts: Iterable[Text], reached: Coverage) -> Iterator[str]:
    """The files, and in each the rules with the number of examples in which they are decisive."""
    yield '<nav aria-label="Contents"><h2 class="heading">Contents</h2>'
    for text in texts:
        name = escape(text.name)
        yield f'<p><a href="#{name}">{name}</a></p><ul>'
        for rule in reached.rules:
            if rule.place.text == text:
                said, count = escape(rule.name), len(rule.decisive_in)
                yield f'<li><a href="#rule-{said}">{said}</a>: {count or "never reached"}</li>'
        yield "</ul>"
    yield "</nav>"


def _places(reached: Coverage) -> Iterator[Place]:
    for rule in reached.rules:
        yield rule.place
    for condition in reached.conditions:
        yield condition.place


def _marks(text: Text, reached: Coverage) -> Iterator[_Mark]:
    for rule in reached.rules:
        if rule.place.text == text:
            count = len(rule.decisive_in)
            remark = f"decisive in {count} of the examples"
            share = "all" if count else "none"
            yield _Mark(
                rule.place.span, share, remark, f' id="rule-{escape(rule.name)}"'
            )
    for condition in reached.conditions:
        for atom in condition.atoms:
            if atom.place.text == text:
                seen = [truth.value for truth in Truth if truth in atom.seen]
                share = "all" if not atom.missing else "some" if seen else "none"
                remark = f"seen {listing(seen)}" if seen else "never seen"
                yield _Mark(atom.place.span, share, remark)


def _source(text: Text, reached: Coverage) -> str:
    pieces, at = [], 0
    for mark in sorted(_marks(text, reached)):
        if mark.span.start < at:
            continue
        pieces.append(escape(text.slice(Span(at, mark.span.start))))
        inner = escape(text.slice(mark.span))
        look = f'class="{mark.reached}" title="{escape(mark.remark)}"{mark.anchor}'
        pieces.append(f"<span {look}>{inner}</span>")
        at = mark.span.end
    pieces.append(escape(text.slice(Span(at, len(text.characters)))))
    name = escape(text.name)
    return (
        f'<h2 class="heading" id="{name}">{name}</h2>'
        f'<pre class="source">{"".join(pieces)}</pre>'
    )
