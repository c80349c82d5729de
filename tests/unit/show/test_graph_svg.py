"""A rule graph as a picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from b12guide import load
from b12guide.cli import main
from b12guide.graph.model import Decision, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.show.graph_svg import (
    Layout,
    Part,
    decision_to_svg,
    definitions_to_svg,
    graph_to_svg,
    lay_out,
)

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def graph() -> RuleGraph:
    return load("mecobalamin_im").graph


def parts(*rows: tuple[str, str, str]) -> list[Part]:
    """Parts from their names, what they read and what gives way to them, in words."""
    return [
        Part(
            name=name,
            height=50,
            reads=tuple(read.split()),
            gives_way=tuple(way.split()),
        )
        for name, read, way in rows
    ]


def laid(*rows: tuple[str, str, str]) -> Layout:
    return lay_out(parts(*rows), lambda _: 30)


def words_in(picture: str) -> list[str]:
    root = ET.fromstring(picture)  # noqa: S314 -- our own picture
    return [text.text or "" for text in root.iter(f"{SVG}text")]


# ---------------------------------------------------------------------------- layout


def test_an_exception_stands_beneath_what_gives_way_to_it() -> None:
    layout = laid(("c", "", "b"), ("a", "", ""), ("d", "", ""), ("b", "", "a"))

    assert list(layout.right) == ["a", "b", "c", "d"]


def test_a_rule_that_gives_way_in_a_circle_is_still_drawn() -> None:
    assert set(laid(("a", "", "b"), ("b", "", "a")).right) == {"a", "b"}


@pytest.mark.parametrize(
    "rows",
    [
        [("a", "x y z", ""), ("b", "", "")],
        [(f"r{n}", "x y" if n == 9 else "", "") for n in range(10)],
        [(f"r{n}", " ".join(f"f{m}" for m in range(n)), "") for n in range(8)],
        [("a", " ".join(f"f{n}" for n in range(20)), "")],
    ],
)
def test_nothing_overlaps_and_nothing_leaves_the_picture(
    rows: list[tuple[str, str, str]],
) -> None:
    layout = laid(*rows)

    for column in (layout.left, layout.right):
        boxes = sorted(column.values(), key=lambda box: box.top)
        assert all(a.top + a.height < b.top for a, b in pairwise(boxes))
        assert all(0 <= b.top and b.top + b.height <= layout.height for b in boxes)


def test_what_is_read_stands_level_with_its_reader() -> None:
    layout = laid(*((f"r{n}", "x" if n == 4 else "", "") for n in range(9)))

    assert layout.left["x"].middle == layout.right["r4"].middle


def test_lanes_that_would_touch_lie_side_by_side() -> None:
    layout = laid(("a", "", ""), ("b", "", ""), ("c", "", "a b"))
    offsets = {lane.end: lane.offset for lane in layout.lanes}

    assert offsets["a"] != offsets["b"]
    assert layout.room == max(offsets.values())


def test_a_long_chain_of_exceptions_is_laid_out() -> None:
    rows = [(f"r{n}", "", f"r{n - 1}" if n else "") for n in range(3000)]

    assert len(laid(*rows).right) == 3000


def test_nothing_makes_an_empty_layout() -> None:
    assert laid().height == 0


# --------------------------------------------------------------------------- picture


def test_the_picture_has_every_rule_definition_and_the_notice(graph: RuleGraph) -> None:
    words = words_in(graph_to_svg(graph))

    assert graph.rules.keys() | graph.definitions.keys() <= set(words)
    assert EDUCATION_NOTICE in " ".join(words)
    assert any("under review" in word for word in words)


def test_the_picture_tells_in_words_what_it_shows(graph: RuleGraph) -> None:
    root = ET.fromstring(decision_to_svg(graph, Decision.LOADING))  # noqa: S314 -- ours
    description = root.findtext(f"{SVG}desc") or ""

    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == root.findtext(f"{SVG}title")
    assert "Exception to loading_neurological and loading_standard." in description
    assert "Reads documented vitamin B12 deficiency" in description


def test_small_print_has_strength_statement_and_citation(graph: RuleGraph) -> None:
    assert "required · S13 · [1,2]" in words_in(
        decision_to_svg(graph, Decision.LOADING)
    )


def test_boxes_lead_where_the_page_says(graph: RuleGraph) -> None:
    def link(name: str) -> str | None:
        return f"x.html?a=1&b=2#{name}" if name in graph.rules else None

    root = ET.fromstring(decision_to_svg(graph, Decision.LOADING, link))  # noqa: S314
    addresses = [a.attrib["href"] for a in root.iter(f"{SVG}a")]

    assert addresses == [
        f"x.html?a=1&b=2#{name}"
        for name in ("loading_neurological", "loading_done", "loading_standard")
    ]
    assert list(ET.fromstring(definitions_to_svg(graph)).iter(f"{SVG}a")) == []  # noqa: S314


def pictures(graph: RuleGraph) -> list[str]:
    decisions = {rule.decision for rule in graph.rules.values()}
    parts = [decision_to_svg(graph, decision) for decision in decisions]
    return [graph_to_svg(graph), definitions_to_svg(graph), *parts]


def test_everything_is_drawn_inside_the_frame(graph: RuleGraph) -> None:
    for picture in pictures(graph):
        root = ET.fromstring(picture)  # noqa: S314 -- our own picture
        width = float(root.attrib["width"])
        for shape in root.iter(f"{SVG}rect"):
            right = float(shape.attrib.get("x", 0)) + float(shape.attrib["width"])
            assert right <= width
        for text in root.iter(f"{SVG}text"):
            start = float(text.attrib["x"]) * (text.attrib.get("text-anchor") is None)
            assert start + 5.8 * len(text.text or "") <= width


def test_the_picture_is_the_same_every_time(graph: RuleGraph) -> None:
    assert graph_to_svg(graph) == graph_to_svg(load("mecobalamin_im").graph)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], RuleGraph]:
    def write(text: str) -> RuleGraph:
        path = tmp_path / "odd.gdl"
        path.write_text(f"language 1\nguideline odd\n    uses b12\n{text}", "utf-8")
        return load(path).graph

    return write


def test_the_authors_words_are_never_taken_for_markup(
    written: Callable[[str], RuleGraph],
) -> None:
    graph = written(
        'rule odd "a <b> & \\"c\\""\n note "x </svg><script>1</script> & y"\n'
        f'rule {"long_" * 40}name\n note "{"word " * 200}"\n'
    )
    words = words_in(graph_to_svg(graph))

    assert "x </svg><script>1</script> & y" in words
    assert max(map(len, words)) <= 120


def test_a_rule_on_another_decision_is_drawn_where_it_matters(
    written: Callable[[str], RuleGraph],
) -> None:
    graph = written(
        "rule standard\n maintain 1000 µg IM every 3 months\n"
        'rule stop\n exception to standard\n when egfr < 5 mL/min\n note "stop"\n'
    )

    assert "on remark: stop" in words_in(decision_to_svg(graph, Decision.MAINTENANCE))


def test_a_guideline_without_rules_has_a_picture(
    written: Callable[[str], RuleGraph],
) -> None:
    assert EDUCATION_NOTICE in " ".join(words_in(graph_to_svg(written(""))))


def test_the_command_writes_the_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rules.svg"

    assert main(["graph", "--format", "svg", "-o", str(path)]) == 0
    assert path.read_text("utf-8").startswith("<svg")
    assert capsys.readouterr().out == ""
