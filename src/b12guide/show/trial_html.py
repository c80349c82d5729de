"""What the examples reach, as a page with the guideline's source coloured."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from attrs import frozen

from b12guide.graph.model import Place
from b12guide.say.names import listing
from b12guide.show.trial import summary_text
from b12guide.text import Span, Text
from b12guide.trial.report import Coverage, TrialReport
from b12guide.truth import Truth

_STYLE = """body{font:1rem/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}
pre{font:.85rem/1.5 monospace;white-space:pre-wrap}
.all{background:#d6f5d6;color:#0b3d0b}.some{background:#fff0c2;color:#4d3800}
.none{background:#ffd9d6;color:#5c0f0a}"""


@frozen(order=True)
class _Mark:
    """A stretch of source with how far it is reached, and what to say of it."""

    span: Span
    reached: str
    remark: str


def trial_to_html(report: TrialReport) -> str:
    """A whole page: how the examples went, then each file with what they reach."""
    results, reached, graph = report.results, report.coverage, report.graph
    title = f"{graph.name} {graph.version}: what its examples reach"
    texts = dict.fromkeys(place.text for place in _places(reached))
    sources = "".join(_source(text, reached) for text in texts)
    totals = (
        ("rules decisive in an example", reached.decisive),
        ("exceptions that override their rule", reached.overriding),
        ("truth values of conditions seen", reached.values),
    )
    rows = "".join(f"<li>{name}: {a} of {b}</li>" for name, (a, b) in totals)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(title)}</h1><p>{escape(summary_text(results))}</p>"
        f"<ul>{rows}</ul>"
        '<p><span class="all">seen true, false and unknown</span> '
        '<span class="some">seen in part</span> '
        '<span class="none">never reached</span></p>'
        f"{sources}</body></html>\n"
    )


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
            yield _Mark(rule.place.span, "all" if count else "none", remark)
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
        pieces.append(
            f'<span class="{mark.reached}" title="{escape(mark.remark)}">{inner}</span>'
        )
        at = mark.span.end
    pieces.append(escape(text.slice(Span(at, len(text.characters)))))
    return f"<h2>{escape(text.name)}</h2><pre>{''.join(pieces)}</pre>"
