"""The data and the pages of every kind of answer: one page for each, on any paper.

Each maker or printer is imported when it is wanted, because an answer should start quickly. The
methods of `b12guide.answers.Answer`, the command line and notebooks all come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from b12guide.answers import AddressedAnswer, Answer
from b12guide.arguments import choice, whole_number
from b12guide.errors import ArgumentError
from b12guide.evaluate.answer import Recommendation
from b12guide.frozen import frozen_map
from b12guide.say.names import Audience
from b12guide.show.page import Page, Section

if TYPE_CHECKING:
    from b12guide.show.drawing import Picture


@frozen(kw_only=True)
class Maker:
    """Who makes what of one kind of answer, each as `module:function`.

    Attributes:
        data: Its plain data.
        page: Its page; for an answer with two wordings, given the audience as well.
        picture: Its picture, if there is something to draw.
        short: Its text on one screen, given the width and whether in colour.
        summary: What its HTML begins with.
        text: Its text, where that is no printed page; given the width and whether in colour.
        html: Its HTML, where that is no printed page.
        others: What it is in further formats, such as `csv`.
    """

    data: str
    page: str
    picture: str = ""
    short: str = ""
    summary: str = ""
    text: str = ""
    html: str = ""
    others: Mapping[str, str] = field(factory=dict, converter=frozen_map)


WAYS: Mapping[str, Maker] = {
    "Recommendation": Maker(
        data="b12guide.show.to_json:to_json",
        page="b12guide.show.papers:recommendation_page",
        picture="b12guide.show.timeline_svg:strip_picture",
        short="b12guide.show.first_screen:first_screen_text",
        summary="b12guide.show.first_screen:summary",
    ),
    "RuleExplanation": Maker(
        data="b12guide.show.explanation:explained_json",
        page="b12guide.show.explanation:explained_page",
    ),
    "DecisionExplanation": Maker(
        data="b12guide.show.explanation:explained_json",
        page="b12guide.show.explanation:explained_page",
    ),
    "TopicExplanation": Maker(
        data="b12guide.show.explanation:explained_json",
        page="b12guide.show.explanation:explained_page",
    ),
    "Reply": Maker(
        data="b12guide.show.reply_page:reply_json",
        page="b12guide.show.reply_page:reply_page",
    ),
    "Timeline": Maker(
        data="b12guide.show.timeline_data:timeline_to_json",
        page="b12guide.show.timeline_page:timeline_page",
        picture="b12guide.show.timeline_svg:timeline_picture",
        others={
            "csv": "b12guide.show.timeline_data:timeline_to_csv",
            "ics": "b12guide.show.timeline_data:timeline_to_ics",
            "svg": "b12guide.show.timeline_svg:timeline_to_svg",
        },
    ),
    "Audit": Maker(
        data="b12guide.show.audit_page:audit_to_json",
        page="b12guide.show.audit_page:audit_page",
        picture="b12guide.show.audit_svg:audit_picture",
        others={"csv": "b12guide.show.audit_page:audit_to_csv"},
    ),
    "AdherencePeriods": Maker(
        data="b12guide.show.periods_page:periods_to_json",
        page="b12guide.show.periods_page:periods_page",
        others={"csv": "b12guide.show.periods_page:periods_to_csv"},
    ),
    "Due": Maker(
        data="b12guide.show.due_page:due_to_json",
        page="b12guide.show.due_page:due_page",
        others={"ics": "b12guide.show.due_calendar:due_to_ics"},
    ),
    "Document": Maker(
        data="b12guide.show.document:document_to_json",
        page="b12guide.show.document:document_page",
    ),
    "Proofs": Maker(
        data="b12guide.show.reports:proofs_to_json",
        page="b12guide.show.reports:proofs_page",
        text="b12guide.show.reports:proofs_text",
    ),
    "TrialReport": Maker(
        data="b12guide.show.trial:trial_to_json",
        page="b12guide.show.reports:trial_page",
        text="b12guide.show.trial:trial_text",
        html="b12guide.show.trial_html:trial_to_html",
    ),
    "Mutations": Maker(
        data="b12guide.show.mutants:mutations_to_json",
        page="b12guide.show.mutants:mutations_page",
        text="b12guide.show.mutants:mutations_text",
    ),
    "Difference": Maker(
        data="b12guide.show.reports:diff_to_json",
        page="b12guide.show.reports:difference_page",
        text="b12guide.show.reports:diff_text",
    ),
    "PanelAnswer": Maker(
        data="b12guide.show.panel_page:panel_to_json",
        page="b12guide.show.panel_page:panel_page",
        html="b12guide.show.panel_page:panel_to_html",
    ),
    "Clashes": Maker(
        data="b12guide.show.clash_page:clashes_to_json",
        page="b12guide.show.clash_page:clashes_page",
    ),
    "Table": Maker(
        data="b12guide.show.table_page:table_to_json",
        page="b12guide.show.table_page:table_page",
        html="b12guide.show.table_page:table_to_html",
        others={"csv": "b12guide.show.table_page:table_to_csv"},
    ),
    "PublishedReport": Maker(
        data="b12guide.show.published_page:published_to_json",
        page="b12guide.show.published_page:published_page",
        picture="b12guide.show.published_page:published_picture",
        others={
            "csv": "b12guide.show.published_page:published_to_csv",
            "svg": "b12guide.show.published_page:published_to_svg",
        },
    ),
    "Summary": Maker(
        data="b12guide.show.cohort_page:summary_json",
        page="b12guide.show.cohort_page:summary_page",
        text="b12guide.show.cohort_page:summary_text",
    ),
    "Prevalence": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_page:prevalence_page",
        picture="b12guide.show.cohort_pictures:prevalence_picture",
        others={"csv": "b12guide.show.study_tables:prevalence_to_csv"},
    ),
    "Subgroups": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_tables:subgroups_page",
        others={"csv": "b12guide.show.study_tables:subgroups_to_csv"},
    ),
    "MeasureCounts": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_tables:measures_page",
        others={"csv": "b12guide.show.study_tables:measures_to_csv"},
    ),
    "TableOne": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_tables:table_one_page",
        others={
            "csv": "b12guide.show.study_tables:table_one_to_csv",
            "latex": "b12guide.show.study_tables:table_one_to_latex",
        },
    ),
    "Hinges": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_page:hinges_page",
    ),
    "CohortBurden": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.study_page:burden_page",
    ),
    "CohortComparison": Maker(
        data="b12guide.show.study_page:comparison_to_json",
        page="b12guide.show.cohort_page:comparison_page",
        others={"csv": "b12guide.show.cohort_page:comparison_to_csv"},
    ),
    "CohortAudit": Maker(
        data="b12guide.show.study_page:counts_to_json",
        page="b12guide.show.cohort_page:cohort_audit_page",
        picture="b12guide.show.cohort_pictures:adherence_picture",
        others={"csv": "b12guide.show.cohort_page:cohort_audit_to_csv"},
    ),
    "RegimenComparison": Maker(
        data="b12guide.show.regimens_page:comparison_json",
        page="b12guide.show.regimens_page:comparison_page",
        picture="b12guide.show.regimens_picture:comparison_picture",
        others={
            "csv": "b12guide.show.regimens_page:comparison_to_csv",
            "svg": "b12guide.show.regimens_picture:comparison_to_svg",
        },
    ),
    "CohortCourses": Maker(
        data="b12guide.show.courses_page:courses_json",
        page="b12guide.show.courses_page:courses_page",
        others={"csv": "b12guide.show.courses_page:courses_to_csv"},
    ),
    "Course": Maker(
        data="b12guide.show.course_page:course_json",
        page="b12guide.show.course_page:course_page",
        picture="b12guide.show.course_svg:course_picture",
        others={
            "csv": "b12guide.show.course_page:course_to_csv",
            "svg": "b12guide.show.course_svg:course_to_svg",
        },
    ),
}
"""By the name of the class."""


def data_of(answer: Answer) -> dict[str, Any]:
    """The plain data of an answer."""
    found: dict[str, Any] = _made(_way(answer).data, answer)
    return found


def page_of(answer: Answer, audience: Audience | str = Audience.PROFESSIONAL) -> Page:
    """The page of an answer.

    Raises:
        UnknownNameError: There is no such audience.
    """
    maker = _way(answer).page
    page: Page
    if isinstance(answer, AddressedAnswer):
        page = _made(maker, answer, choice(Audience, audience, "audience"))
    else:
        page = _made(maker, answer)
    return page


def picture_of(
    answer: Answer, audience: Audience | str = Audience.PROFESSIONAL
) -> Picture | None:
    """The picture of an answer; None where there is nothing to draw, and on a patient's sheet."""
    maker = _way(answer).picture
    if not maker or choice(Audience, audience, "audience") is Audience.PATIENT:
        return None
    picture: Picture | None = _made(maker, answer)
    return picture


def summary_of(
    answer: Answer, audience: Audience | str = Audience.PROFESSIONAL
) -> tuple[Section, ...]:
    """What the HTML of an answer begins with; a patient reads the page from its top."""
    maker = _way(answer).summary
    if not maker or choice(Audience, audience, "audience") is Audience.PATIENT:
        return ()
    summary: tuple[Section, ...] = _made(maker, answer)
    return summary


def text_of(
    answer: Answer,
    *,
    audience: Audience | str = Audience.PROFESSIONAL,
    width: int = 80,
    colour: bool = False,
    short: bool = False,
) -> str:
    """An answer as text, or the first screen of it; colour is for terminals.

    Raises:
        ArgumentError: What is short is for professionals.
    """
    text: str
    whole_number(width, "width", least=0)
    way = _way(answer)
    maker = way.short if short else way.text
    if short and choice(Audience, audience, "audience") is Audience.PATIENT:
        argument, expected = "audience", "`professional` for a short text"
        raise ArgumentError(argument, expected, audience)
    if maker:
        text = _made(maker, answer, width=width, colour=colour)
    else:
        page = page_of(answer, audience)
        text = _made("b12guide.show.to_text:to_text", page, width=width, colour=colour)
    return text


def markdown_of(
    answer: Answer, *, audience: Audience | str = Audience.PROFESSIONAL
) -> str:
    """An answer as Markdown."""
    text: str = _made("b12guide.show.to_text:to_markdown", page_of(answer, audience))
    return text


def html_of(answer: Answer, *, audience: Audience | str = Audience.PROFESSIONAL) -> str:
    """An answer as a whole HTML page, its picture under its head."""
    text: str
    maker = _way(answer).html
    if maker:
        text = _made(maker, answer)
    else:
        picture = picture_of(answer, audience)
        text = _made(
            "b12guide.show.to_html:to_html",
            page_of(answer, audience),
            picture=picture.body if picture else "",
            summary=summary_of(answer, audience),
        )
    return text


def written_of(answer: Answer, format_: str) -> str:
    """An answer in one of its further formats."""
    text: str = _made(_way(answer).others[format_], answer)
    return text


def recommendation_page(
    recommendation: Recommendation, audience: Audience = Audience.PROFESSIONAL
) -> Page:
    """The page that this audience is to read."""
    maker = (
        "b12guide.show.for_patient:page_of"
        if audience is Audience.PATIENT
        else "b12guide.show.professional:page_of"
    )
    page: Page = _made(maker, recommendation)
    return page


def _way(answer: Answer) -> Maker:
    return WAYS[type(answer).__name__]


def _made(maker: str, *given: Any, **how: Any) -> Any:
    module, _, function = maker.partition(":")
    return getattr(import_module(module), function)(*given, **how)
