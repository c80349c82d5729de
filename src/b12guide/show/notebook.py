"""What a notebook shows of a value: text, Markdown, HTML, and a picture where one serves.

Jupyter, VS Code and marimo choose among these. The HTML holds the picture and says the same in
words, brings its style along and fetches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from b12guide.answers import Answer
from b12guide.evaluate.answer import RuleVerdict
from b12guide.evaluate.explanation import DecisionExplanation, RuleExplanation
from b12guide.evaluate.topic import TopicExplanation
from b12guide.frozen import Shown, spelled
from b12guide.graph.model import Rule, RuleGraph, graph_of
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.names import decision_text
from b12guide.show.drawing import Picture
from b12guide.show.explanation import rule_page
from b12guide.show.graph_page import graph_page
from b12guide.show.graph_svg import graph_to_svg
from b12guide.show.page import Page, Section
from b12guide.show.papers import page_of, picture_of, summary_of
from b12guide.show.to_html import to_fragment
from b12guide.show.to_text import to_markdown, to_text


def bundle(shown: Shown) -> dict[str, str]:
    """The value by media type; nothing of one that has no page of its own."""
    page, picture = _laid_out(shown)
    if page is None:
        return {"text/plain": repr(shown)}
    summary = summary_of(shown) if isinstance(shown, Answer) else ()
    return media(page, picture, summary)


def media(
    page: Page, picture: Picture | None = None, summary: Sequence[Section] = ()
) -> dict[str, str]:
    """A page, and perhaps a picture and a summary, by media type."""
    drawn = picture.body if picture else ""
    found = {
        "text/plain": to_text(page).rstrip(),
        "text/markdown": to_markdown(page),
        "text/html": to_fragment(page, picture=drawn, summary=summary),
    }
    if picture:
        found["image/svg+xml"] = picture.alone
    return found


def _laid_out(shown: Shown) -> tuple[Page | None, Picture | None]:
    """The page and the picture, if there is something to draw."""
    match shown:
        case (
            RuleExplanation(answer=None)
            | DecisionExplanation(answer=None)
            | TopicExplanation(answer=None)
        ):
            return None, None
        case Answer():
            return page_of(shown), picture_of(shown)
        case RuleGraph():
            drawn = graph_to_svg(shown)
            return graph_page(shown), Picture(drawn, drawn)
        case Rule():
            return _rule(shown, None), None
        case RuleVerdict(rule=rule):
            return _rule(rule, shown), None
        case _:
            return None, None


def _rule(rule: Rule, verdict: RuleVerdict | None) -> Page:
    """A rule with its sources and assumptions in full, if its guideline is at hand."""
    graph = graph_of(rule)
    if graph is not None:
        return rule_page(rule, graph, verdict)
    place = rule.place
    words = place.text.slice(place.span) if place else spelled(rule)
    return Page(
        title=f"{rule.title} ({rule.name})",
        particulars=(
            ("Decision", decision_text(rule.decision).lower()),
            ("Status", "not known here: the guideline of this rule is not at hand"),
        ),
        notice=EDUCATION_NOTICE,
        sections=(Section(title="As written", verbatim=words),),
    )
