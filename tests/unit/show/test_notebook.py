"""What a notebook shows: the same in every form, on its own, and safe to look at."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

import b12guide
from b12guide.frozen import Shown
from b12guide.graph.model import Place, Rule
from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.notebook import bundle
from b12guide.text import Span, Text

GUIDELINE = b12guide.load("mecobalamin_im")
PATIENT = {"age": 45, "b12_deficiency": True, "egfr": 35, "folate_deficiency": True}
HISTORY = [
    {"on": "2025-02-01", "start": "folic_acid", "amount": "5 mg"},
    {"on": "2025-02-10", "dose": "cyanocobalamin", "amount": "1000 µg"},
]
SVG = "{http://www.w3.org/2000/svg}"
VOID = {"br", "meta", "hr"}
PICTURED = {"audit", "graph", "guideline", "timeline"}


@cache
def examples() -> dict[str, Any]:
    answer = GUIDELINE.recommend(PATIENT)
    return {
        "answer": answer,
        "rule": GUIDELINE.graph.rules["renal_form"],
        "verdict": answer.rules[0],
        "rule explained": GUIDELINE.explain("renal_form", PATIENT),
        "decision explained": GUIDELINE.explain("maintenance"),
        "graph": GUIDELINE.graph,
        "guideline": GUIDELINE,
        "timeline": GUIDELINE.timeline(PATIENT, dt.date(2026, 1, 5)),
        "audit": GUIDELINE.audit(PATIENT, HISTORY, on=dt.date(2025, 6, 1)),
    }


NAMES = list(examples())


def forms(name: str) -> dict[str, str]:
    found: dict[str, str] = examples()[name]._repr_mimebundle_()
    return found


class Outline(HTMLParser):
    """Elements that were opened and not closed, and all that were seen."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, _: object) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_every_form_tells_what_it_is_for_and_how_far_it_was_reviewed(name: str) -> None:
    found = forms(name)
    kinds = {"text/plain", "text/markdown", "text/html"}

    assert set(found) == (kinds | {"image/svg+xml"} if name in PICTURED else kinds)
    for content in found.values():
        assert EDUCATION_NOTICE in flat(content)
        assert "under review" in content


@pytest.mark.parametrize("name", NAMES)
def test_html_is_whole_and_fetches_and_runs_nothing(name: str) -> None:
    html = forms(name)["text/html"]
    found = outline(html)

    assert found.open == []
    assert not {"script", "link", "img", "iframe", "h1", "h2"} & set(found.seen)
    assert not re.search(r"\son\w+=|\bsrc=|url\(|@import|href=", html)
    addresses = set(re.findall(r"=[\"']?(https?://[^\s\"'<]+)", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def selectors(css: str) -> list[str]:
    """Every selector of a style sheet, those inside of @media and @supports included."""
    heads = re.findall(r"([^{}]+)\{", css)
    return [head.strip() for head in heads if not head.strip().startswith("@")]


@pytest.mark.parametrize("name", NAMES)
def test_a_style_reaches_nothing_but_what_brought_it(name: str) -> None:
    sheets = re.findall(r"<style>(.*?)</style>", forms(name)["text/html"], re.DOTALL)
    found = [selector for sheet in sheets for selector in selectors(sheet)]

    assert len(found) > 20
    hosts = re.compile(r"^:is\([^()]*(\([^()]*\)[^()]*)*\) ")
    parts = [p for s in found for p in hosts.sub("", s).split(",")]
    ours = {".b12guide", ".b12guide-graph", ".b12guide-picture"}
    assert {part.split()[0] for part in parts} <= ours


@pytest.mark.parametrize("name", sorted(PICTURED))
def test_whoever_sees_a_picture_sees_the_review_status(name: str) -> None:
    root = ET.fromstring(forms(name)["image/svg+xml"])  # noqa: S314 -- our own picture
    written = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))

    assert "under review" in written


@pytest.mark.parametrize("name", sorted(PICTURED))
def test_a_picture_is_xml_that_says_what_it_shows(name: str) -> None:
    picture = forms(name)["image/svg+xml"]
    root = ET.fromstring(picture)  # noqa: S314 -- our own picture
    title, description = (root.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    spoken = {e.attrib["id"]: e for e in root.iter() if "id" in e.attrib}
    labels = [spoken[n] for n in root.attrib.get("aria-labelledby", "").split()]

    assert root.attrib["role"] == "img"
    assert title is not None
    assert description is not None
    assert title.text
    assert description.text
    assert "aria-label" in root.attrib or labels == [title, description]
    assert "<svg" in forms(name)["text/html"]


def test_two_pictures_on_one_page_have_names_of_their_own() -> None:
    ids = [
        re.findall(r' id="([^"]+)"', forms(name)["image/svg+xml"])
        for name in ("audit", "timeline")
    ]

    assert len(ids[0]) == len(ids[1]) == 2
    assert set(ids[0]) & set(ids[1]) == set()


def test_the_words_beside_a_picture_tell_every_entry() -> None:
    timeline = examples()["timeline"]
    words = flat(" ".join(outline(forms("timeline")["text/html"]).words))
    ends = {
        str(entry.window.latest)
        for entry in timeline.entries
        if entry.window is not None
    }

    assert ends
    assert {end for end in ends if end not in words} == set()


def test_what_stands_behind_is_folded_in_a_notebook_and_under_a_summary() -> None:
    assert "<details><summary" in forms("answer")["text/html"]
    assert "<details><summary" in examples()["answer"].to_html()
    assert "<details>" not in examples()["timeline"].to_html()


def test_a_program_may_ask_for_some_forms_only() -> None:
    timeline = examples()["timeline"]

    assert set(timeline._repr_mimebundle_(include={"text/html"})) == {"text/html"}
    assert "text/html" not in timeline._repr_mimebundle_(exclude=["text/html"])
    assert GUIDELINE._repr_mimebundle_(include={"text/plain"}).keys() == {"text/plain"}


# ---------------------------------------------------------------------------- rules


def test_a_rule_says_everything_that_stands_behind_it() -> None:
    said = flat(forms("rule")["text/plain"])

    for words in (
        "No cyanocobalamin below 50 mL/min (renal_form)",
        "Hydroxocobalamin or mecobalamin, not cyanocobalamin (should · S05 · [1])",
        "estimated glomerular filtration rate (eGFR) < 50 mL/min",
        "Vitamin B12 Injection Guidelines",
        "numbered after the order of the printed list",
        "when egfr < 50 mL/min form hydroxocobalamin or mecobalamin, not",
    ):
        assert words in said


def test_a_rule_tells_its_exceptions_and_assumptions() -> None:
    rule = GUIDELINE.graph.rules["maintenance_standard"]
    said = flat(rule._repr_mimebundle_()["text/plain"])

    assert "Overridden by" in said
    for name in rule.exceptions:
        assert name in said
    for name in rule.assumptions:
        assert GUIDELINE.graph.assumptions[name].text in said


def test_a_verdict_is_told_with_its_rule() -> None:
    verdict = next(v for v in examples()["answer"].rules if v.rule.name == "renal_form")

    assert "Verdict applies" in flat(verdict._repr_mimebundle_()["text/plain"])


def stray() -> Rule:
    """A rule of a guideline that nobody has any more."""
    rule = GUIDELINE.graph.rules["renal_form"]
    text = Text("stray.gdl", "rule stray\n\twhen <b>\x1b[31m & so on")
    return evolve(rule, place=Place(text=text, span=Span(0, len(text.characters))))


def test_a_rule_without_its_guideline_says_so() -> None:
    found = stray()._repr_mimebundle_()

    for content in found.values():
        assert EDUCATION_NOTICE in flat(content)
        assert "the guideline of this rule is not at hand" in content
        assert "\x1b" not in content
    assert "when &lt;b&gt;" in found["text/html"]
    assert "    when <b>" in found["text/markdown"]


def test_an_explanation_on_its_own_is_shown_as_its_fields() -> None:
    alone = evolve(examples()["rule explained"], answer=None)

    assert set(bundle(alone)) == {"text/plain"}
    assert bundle(alone)["text/plain"] == repr(alone)


def test_what_has_no_page_is_shown_as_it_is() -> None:
    class Odd(Shown):
        def __repr__(self) -> str:
            return "odd"

    assert Odd()._repr_mimebundle_() == {"text/plain": "odd"}


# ---------------------------------------------------------------- odd and empty ones


def test_a_timeline_without_a_day_and_an_audit_of_nothing_have_no_picture() -> None:
    timeline = evolve(examples()["timeline"], entries=())
    audit = evolve(examples()["audit"], findings=(), record=(), due=())

    for shown in (timeline, audit):
        assert "image/svg+xml" not in shown._repr_mimebundle_()
        assert "<figure>" not in shown._repr_mimebundle_()["text/html"]


def test_hostile_words_stay_words() -> None:
    title = "<script>alert(1)</script> & \x00 \x1b[31m 'quoted' \"words\" " * 4
    graph = evolve(GUIDELINE.graph, title=title)
    timeline = examples()["timeline"]
    answer = evolve(timeline.recommendation, graph=graph)

    for shown in (graph, answer, evolve(timeline, recommendation=answer)):
        found = shown._repr_mimebundle_()
        assert "script" not in outline(found["text/html"]).seen
        assert not re.search("[\x00\x1b]", "".join(found.values()))
        if "image/svg+xml" in found:
            ET.fromstring(found["image/svg+xml"])  # noqa: S314 -- our own picture
