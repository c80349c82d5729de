"""A reply is cut into pages, and nothing of it is lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b12guide.mcp.fitting import MOST, NoSuchPage, Sheet, sheet
from b12guide.mcp.tool_reply import Line, Problem, ToolReply

TEXTS = st.text(st.characters(codec="utf-8"), max_size=3000)
NAMES = st.lists(st.text("abcS0123_", min_size=1, max_size=200), max_size=30)
LINES = st.builds(
    lambda about, text, ids: Line(about=about, text=text, ids=tuple(ids)),
    st.text(max_size=300),
    TEXTS,
    NAMES,
)
PROBLEMS = st.builds(
    lambda text, remedy, names: Problem(
        code="GDL707", message=text, remedy=remedy, place="/x", suggestions=tuple(names)
    ),
    TEXTS,
    TEXTS,
    NAMES,
)


def all_of(reply: ToolReply) -> list[Sheet]:
    first = sheet("recommend", reply)
    count = first.data["pages"]
    return [first, *(sheet("recommend", reply, one) for one in range(2, count + 1))]


@given(
    st.lists(LINES, max_size=6),
    st.lists(LINES, max_size=3),
    st.lists(PROBLEMS, max_size=3),
)
def test_no_page_is_larger_than_it_may_be(
    lines: list[Line], first: list[Line], problems: list[Problem]
) -> None:
    reply = ToolReply(lines=tuple(lines), first=tuple(first), problems=tuple(problems))

    for page in all_of(reply):
        assert len(page.text.encode("utf-8", "surrogatepass")) <= MOST
        assert len(json.dumps(page.data)) <= MOST


@given(st.lists(TEXTS, max_size=6))
def test_every_word_of_every_line_is_on_some_page(texts: list[str]) -> None:
    reply = ToolReply(lines=tuple(Line(about="", text=text) for text in texts))
    told = "".join(
        line["text"].removeprefix("… ")
        for page in all_of(reply)
        for line in page.data["lines"]
    )

    assert told.replace(" ", "").replace("…", "") == "".join(texts).replace(
        " ", ""
    ).replace("…", "")


def test_what_is_left_is_counted_and_the_next_page_named() -> None:
    reply = ToolReply(
        lines=tuple(Line(about="a", text="word " * 60) for _ in range(10))
    )
    first, *others = all_of(reply)

    left = sum(len(page.data["lines"]) for page in others)
    assert first.data["more"] == f"… and {left} lines more: ask again with page=2"
    assert others[-1].data["more"] == ""


def test_an_overview_has_the_first_page_to_itself() -> None:
    overview, line = Line(about="a", text="first"), Line(about="b", text="all")
    first, second = all_of(ToolReply(first=(overview,), lines=(line,)))

    assert [one["text"] for one in first.data["lines"]] == ["first"]
    assert [one["text"] for one in second.data["lines"]] == ["all"]


def test_an_empty_reply_has_one_page() -> None:
    assert [page.data["pages"] for page in all_of(ToolReply())] == [1]


def test_a_page_that_there_is_not_is_refused() -> None:
    with pytest.raises(NoSuchPage) as caught:
        sheet("recommend", ToolReply(), 2)

    assert caught.value.args == (1,)
