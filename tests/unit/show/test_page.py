"""The answer as a page: what stands on it, and how each paper prints it."""

from __future__ import annotations

import html.parser
import re

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from b12guide.evaluate.answer import Outcome, Recommendation, RuleVerdict, Verdict
from b12guide.graph.model import Advice, Decision, Exclusion, FormChoice, Status
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.model import FactValue, Otherwise, Stated
from b12guide.say.names import Audience
from b12guide.show.decision_lines import decision_item
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.papers import recommendation_page
from b12guide.show.terminal import columns, wrapped
from b12guide.show.to_html import to_fragment, to_html
from b12guide.show.to_text import to_markdown, to_text
from b12guide.truth import Truth
from tests.unit.show.handmade import DECISIONS, GRAPH, RECOMMENDATION, decided, option


def text_of(
    recommendation: Recommendation,
    audience: Audience = Audience.PROFESSIONAL,
    width: int = 80,
) -> str:
    return to_text(recommendation_page(recommendation, audience), width=width)


def flat(text: str) -> str:
    """The text without line breaks, so that wrapping does not matter."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def text() -> str:
    return text_of(RECOMMENDATION)


def with_decision(decision: Decision, **further: object) -> Recommendation:
    return evolve(
        RECOMMENDATION, decisions={**DECISIONS, decision: decided(decision, **further)}
    )


# ---------------------------------------------------------------- what stands on it


def test_the_head_says_which_guideline_and_how_far_it_was_reviewed(text: str) -> None:
    head = text.partition("\n\n")[0]

    assert head.startswith("A guideline made by hand\n")
    assert "handmade 1.2.3, revised 2026-02-24" in head
    assert "under review, not approved" in head
    assert EDUCATION_NOTICE in flat(head)


def test_an_approved_guideline_names_who_approved_it() -> None:
    graph = evolve(
        GRAPH, status=Status.APPROVED, approved_by="A. Body", approved_on="2026-04-01"
    )

    assert "approved by A. Body on 2026-04-01" in text_of(
        evolve(RECOMMENDATION, graph=graph)
    )


def test_the_patient_is_told_in_one_line_with_what_is_unknown(text: str) -> None:
    assert (
        "Patient age 58 years, vitamin B12 deficiency, paresthesia, bariatric procedure: "
        "Roux-en-Y gastric bypass; not: numbness; unknown: eGFR; "
        "anything not mentioned is unknown (on 2026-03-01)"
    ) in flat(text)


def test_otherwise_absent_is_said() -> None:
    stated = Stated(values={}, otherwise=Otherwise.ABSENT)

    assert "findings not mentioned are absent" in flat(
        text_of(evolve(RECOMMENDATION, stated=stated))
    )


def test_a_measure_that_is_absent_because_nobody_mentioned_it_is_said() -> None:
    stated = Stated(values={}, otherwise=Otherwise.ABSENT)
    assumed: dict[str, FactValue] = {"egfr": 0}
    recommendation = evolve(RECOMMENDATION, stated=stated, assumed_absent=assumed)

    assert "are absent; eGFR 0 mL/min, as not mentioned" in flat(
        text_of(recommendation)
    )


def test_what_is_not_addressed_comes_first_and_citations_last(text: str) -> None:
    titles = [block.splitlines()[0] for block in text.split("\n\n")[1:]]

    assert titles[:2] == ["Not addressed by the guideline", "What it says"]
    assert titles[-1] == "Citations"


def test_a_decision_has_its_strength_statements_and_citation(text: str) -> None:
    assert (
        "Loading hydroxocobalamin (first choice) or mecobalamin 1000 µg by intramuscular "
        "injection on alternate days until the neurological improvement plateaus "
        "(required · S09 · [1])"
    ) in flat(text)


def test_what_is_uncertain_says_what_it_waits_for(text: str) -> None:
    assert "perhaps needle of 25 to 27 G" in text
    assert "depends on platelets" in text


def test_what_is_withheld_is_not_shown_as_advice(text: str) -> None:
    assert "not now: folic acid 5 mg by mouth daily" in text


def test_a_silent_decision_is_said_to_be_silent(text: str) -> None:
    assert re.search(r"Not stated +route", text)


def test_a_decision_that_is_not_needed_says_so_with_its_grounds() -> None:
    shown = text_of(
        with_decision(
            Decision.LOADING, outcome=Outcome.NOT_NEEDED, rules=("loading_standard",)
        )
    )

    assert re.search(r"Loading +not needed \(S13 · \[1\]\)", shown)


def test_a_decision_that_depends_on_everything_names_the_facts() -> None:
    shown = text_of(
        with_decision(
            Decision.LOADING,
            outcome=Outcome.DEPENDS,
            depends_on=("neurological_symptoms", "egfr"),
        )
    )

    assert "depends on neurological symptoms and eGFR" in shown


def test_a_conflict_in_a_decision_points_to_both_sides(text: str) -> None:
    shown = text_of(with_decision(Decision.LOADING, outcome=Outcome.CONFLICT))

    assert "the guideline contradicts itself" in flat(shown)
    assert "monthly for life (monthly · acceptable alternative · S16 · [1])" in flat(
        text
    )
    assert (
        "2 to 3 months for life (maintenance_standard · should · S14 S15 · [1])"
        in flat(text)
    )


def test_drugs_are_named_where_the_form_decision_does_not_name_them() -> None:
    other = decided(Decision.FORM, preferred=("mecobalamin",))
    shown = text_of(
        evolve(RECOMMENDATION, decisions={**DECISIONS, Decision.FORM: other})
    )

    assert re.search(
        r"Loading +hydroxocobalamin \(first choice\) or mecobalamin", shown
    )


def test_a_threshold_that_the_source_leaves_open_is_said(text: str) -> None:
    shown = text_of(
        with_decision(
            Decision.MONITORING, outcome=Outcome.DEPENDS, indeterminate=("first_year",)
        )
    )

    assert "Checks in the first year" not in text
    assert "own threshold" in flat(shown)
    assert "Checks in the first year" in flat(shown)


def test_a_citation_that_is_not_listed_is_said_to_be_missing(text: str) -> None:
    assert "[4] cited by the page, but not in the printed list" in flat(text)
    assert "[1] numbered after the order of the printed list" in flat(text)


def test_assumptions_challenges_silences_and_questions_are_there(text: str) -> None:
    flattened = flat(text)

    assert "T35 months count from the first dose" in flattened
    assert "T07 the trial gave a tablet ([trial])" in flattened
    assert "Not mentioned (T50)" in flattened
    assert text.index("Platelets?") < text.index("Neurological symptoms?")
    assert "any of: paresthesia, numbness" in flattened


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (Truth.TRUE, "the guideline is written for this patient"),
        (Truth.FALSE, "the guideline is not written for this patient"),
        (Truth.UNKNOWN, "answered as if it were"),
    ],
)
def test_the_scope_is_told(scope: Truth, words: str) -> None:
    assert words in flat(text_of(evolve(RECOMMENDATION, scope=scope)))


def test_the_patient_reads_the_guidelines_plain_words_only() -> None:
    shown = text_of(RECOMMENDATION, Audience.PATIENT)

    assert "The usual vitamin B12 for injections is hydroxocobalamin" in flat(shown)
    assert "Another possibility" in shown
    assert not re.search(r"S\d\d|\[1\]|required", shown)
    assert "for learning" in flat(shown)


def test_the_patient_outside_the_scope_is_told_so() -> None:
    shown = text_of(evolve(RECOMMENDATION, scope=Truth.FALSE), Audience.PATIENT)

    assert "not written for someone in your situation" in flat(shown)


# --------------------------------------------------------------------- as plain text


@given(width=st.integers(20, 120))
def test_no_line_is_wider_than_asked(width: int) -> None:
    lines = text_of(RECOMMENDATION, width=width).splitlines()

    assert max(map(columns, lines)) <= width


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Zs"]), max_size=60),
    width=st.integers(10, 40),
)
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    short = [line for line in lines if "<U+" not in line]

    assert all(columns(line) <= width for line in short)
    if text.isalnum():
        assert "".join(lines) == text


def test_a_number_and_its_unit_stay_on_one_line() -> None:
    assert wrapped("give it 1000 µg now", 12) == ["give it", "1000 µg now"]


def test_colour_only_adds_escape_sequences() -> None:
    page = recommendation_page(RECOMMENDATION)
    coloured = to_text(page, colour=True)

    assert coloured != to_text(page)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == to_text(page)


HOSTILE = Page(
    title="<script>alert(1)</script> *bold* \x1b[31m",
    particulars=(("A & B", "1. not a list"),),
    notice="mind `this`",
    sections=(
        Section(
            title="# heading",
            items=(
                Item(text='"quoted" <b>', label="a<b", details=("x|y",)),
                Item(text="- dash", tone=Tone.CAUTION),
                Item(text="", label="only a label"),
            ),
        ),
    ),
)


def test_text_from_a_guideline_cannot_command_the_terminal() -> None:
    assert "\x1b" not in to_text(HOSTILE)


# ------------------------------------------------------------------------- as HTML


class Outline(html.parser.HTMLParser):
    """Checks that elements are closed in order, and collects them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 -- named by HTMLParser
        self.seen.append(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    "page", [HOSTILE, recommendation_page(RECOMMENDATION)], ids=["hostile", "answer"]
)
def test_html_is_well_formed_and_without_scripts(page: Page) -> None:
    outline = Outline()
    outline.feed(to_html(page))

    assert outline.open == []
    assert not {"script", "b", "img", "link"} & set(outline.seen)
    assert outline.seen.count("h1") == 1
    assert outline.seen.count("h2") == len(page.sections)
    assert 'lang="en"' in to_html(page)


def test_html_makes_no_request() -> None:
    assert not re.search(r"(src|href)=|url\(|@import", to_html(HOSTILE))


def test_a_notebook_gets_a_fragment_with_its_style() -> None:
    fragment = to_fragment(recommendation_page(RECOMMENDATION))

    assert fragment.startswith('<section class="b12guide"')
    assert "<html" not in fragment
    assert "prefers-color-scheme: dark" in fragment


# --------------------------------------------------------------------- as Markdown


def test_markdown_escapes_what_would_be_markup() -> None:
    lines = to_markdown(HOSTILE).splitlines()

    assert lines[0].startswith(r"# &lt;script&gt;alert(1)&lt;/script&gt; \*bold\*")
    assert r"- **A &amp; B:** 1\. not a list" in lines
    assert r"## \# heading" in lines
    assert r"- **\- dash**" in lines
    assert r"- **a&lt;b:** " + r'"quoted" &lt;b&gt; (x\|y)' in lines


def test_markdown_nests_what_belongs_together() -> None:
    markdown = to_markdown(recommendation_page(RECOMMENDATION))

    assert "- **Maintenance:**\n  - hydroxocobalamin (first choice)" in markdown
    assert option("monthly")[0].strength.value in markdown


# ------------------------------------------------------------------ the rare cases


def test_a_recommendation_without_a_day_names_none() -> None:
    assert "(on " not in text_of(evolve(RECOMMENDATION, on=None))


def test_a_patients_open_and_contradicted_decisions_are_told() -> None:
    open_ = text_of(
        with_decision(Decision.LOADING, outcome=Outcome.DEPENDS), Audience.PATIENT
    )
    contradicted = text_of(
        with_decision(Decision.LOADING, outcome=Outcome.CONFLICT), Audience.PATIENT
    )

    assert "depends on something that is not known yet" in flat(open_)
    assert "do not fit together" in flat(contradicted)


def test_many_questions_end_in_a_line() -> None:
    many = RECOMMENDATION.questions * 6
    shown = flat(text_of(evolve(RECOMMENDATION, questions=many)))

    assert "Then: platelets, neurological symptoms" in shown


def test_many_facts_are_counted() -> None:
    facts = ("egfr", "age", "platelets", "numbness", "paresthesia")
    shown = text_of(
        with_decision(Decision.LOADING, outcome=Outcome.DEPENDS, depends_on=facts)
    )

    assert "depends on eGFR, age, platelets and 2 other facts" in flat(shown)


def test_a_decision_without_anything_to_say_is_not_stated() -> None:
    empty = evolve(RECOMMENDATION, decisions={})
    item = decision_item(Decision.LOADING, empty)

    assert item.text == "not stated by the guideline"
    assert "Loading" not in text_of(empty)


def test_an_excluded_drug_stands_beside_the_preferred_one() -> None:
    said: tuple[Advice, ...] = (
        FormChoice(drugs=("hydroxocobalamin",)),
        FormChoice(drugs=("mecobalamin",)),
        Exclusion(drugs=("cyanocobalamin",), outright=False),
    )
    form = decided(
        Decision.FORM,
        *(
            evolve(option("renal_form")[0], advice=advice, alternative=alternative)
            for advice, alternative in zip(said, (False, False, True), strict=True)
        ),
        preferred=("hydroxocobalamin", "mecobalamin"),
        excluded=("cyanocobalamin",),
    )
    shown = text_of(
        evolve(RECOMMENDATION, decisions={**DECISIONS, Decision.FORM: form})
    )

    assert "hydroxocobalamin or mecobalamin; not cyanocobalamin" in flat(shown)


def test_an_indeterminate_rule_is_left_open() -> None:
    verdicts = (
        RuleVerdict(rule=GRAPH.rules["fine_needle"], verdict=Verdict.INDETERMINATE),
    )
    shown = flat(text_of(evolve(RECOMMENDATION, rules=verdicts)))

    assert "fine_needle: undetermined: the threshold is a range" in shown


def test_an_option_that_the_source_leaves_open_says_so_once() -> None:
    verdicts = (
        RuleVerdict(rule=GRAPH.rules["fine_needle"], verdict=Verdict.INDETERMINATE),
    )
    technique = decided(
        Decision.TECHNIQUE,
        *option("fine_needle", certain=False),
        outcome=Outcome.DEPENDS,
        indeterminate=("fine_needle",),
    )
    item = decision_item(
        Decision.TECHNIQUE,
        evolve(
            RECOMMENDATION,
            rules=verdicts,
            decisions={**DECISIONS, Decision.TECHNIQUE: technique},
        ),
    )

    assert item.details[-1] == "left open by the source's own threshold"
    assert item.items == ()


def test_a_page_without_particulars_is_a_page() -> None:
    bare = Page(title="Title", sections=(Section(title="S", items=(Item(text="t"),)),))

    assert to_text(bare) == "Title\n\nS\n  - t\n"
    assert to_markdown(bare) == "# Title\n\n\n## S\n\n- t\n"
    assert "<dl>" not in to_html(bare)
    assert (
        "notice" not in to_html(bare).partition("</style>")[2].partition("</style>")[2]
    )
