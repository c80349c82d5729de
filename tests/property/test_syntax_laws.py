"""Laws of reading and writing guideline text."""

# ruff: noqa: SIM905 - words read best as words

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from b12guide.errors import GuidelineError
from b12guide.syntax import formatted, parse, parse_bytes, parse_partial, to_text
from b12guide.syntax.ast import Action, Condition, File, Node, Rule, children
from b12guide.syntax.phrases import action_to_text, condition_to_text
from b12guide.syntax.scan import STARTERS
from b12guide.text import Span, Text
from tests.strategies import syntax

GUIDELINES = sorted((Path(__file__).parents[2] / "guidelines").rglob("*.gdl"))
SHIPPED = [path.read_text(encoding="utf-8") for path in GUIDELINES]
SHORT = "\n".join(SHIPPED[-1].splitlines()[:120])
SOUP = sorted(STARTERS) + (
    'x "text" 1000 0,5 µg IM , ( ) and or not < >= = any of from to until after every 2 months '
    "on alternate days then for life # \n \n \n - : ; { } == “ ' 2026-02-24 1.0.0 x10^9/L"
).split(" ")


def read_back(file: File) -> File:
    return parse(Text("printed.gdl", to_text(file)))


@given(syntax.files())
def test_parsing_undoes_printing(file: File) -> None:
    assert read_back(file) == file


@given(syntax.files())
def test_what_was_printed_is_formatted(file: File) -> None:
    printed = to_text(file)

    assert formatted(Text("printed.gdl", printed)) == printed


@given(syntax.conditions)
def test_a_condition_reads_as_it_is_printed(condition: Condition) -> None:
    text = f"language 1\nguideline g\nrule r\nwhen {condition_to_text(condition)}"
    rule = parse(Text("condition.gdl", text)).items[0]

    assert isinstance(rule, Rule)
    assert rule.conditions == (condition,)


@given(syntax.actions)
def test_an_action_reads_as_it_is_printed(action: Action) -> None:
    text = f"language 1\nguideline g\nrule r\n{action_to_text(action)}"
    rule = parse(Text("action.gdl", text)).items[0]

    assert isinstance(rule, Rule)
    assert rule.actions == (action,)


@given(syntax.files())
def test_child_spans_lie_in_parent_spans(file: File) -> None:
    def look(node: Node) -> None:
        for child in children(node):
            assert child.span in node.span
            look(child)

    for top in (*(printed := read_back(file)).headers, *printed.items):
        assert top.span in Span(0, len(printed.text.characters))
        look(top)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\x00")
@example(b"language " + b"9" * 5000)
@example(b"(" * 3000)
@example(b"language 1\nguideline g\nrule r when " + b"not " * 100_000)
def test_bytes_raise_nothing_but_a_guideline_error(data: bytes) -> None:
    try:
        parse_bytes(data, "bytes.gdl")
    except GuidelineError as error:
        is_explained = bool(error.diagnostics)
    else:
        is_explained = True

    assert is_explained


@given(st.lists(st.sampled_from(SOUP), max_size=40), st.booleans())
def test_soup_of_words_raises_nothing(words: list[str], headed: bool) -> None:
    text = Text(
        "soup.gdl", ("language 1\nguideline g\n" if headed else "") + " ".join(words)
    )
    _, diagnostics = parse_partial(text)

    for diagnostic in diagnostics:
        assert diagnostic.labels[0].span in Span(0, len(text.characters))


@given(st.data())
def test_a_damaged_guideline_raises_nothing(data: st.DataObject) -> None:
    characters = SHORT
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(characters)))
        end = data.draw(st.integers(start, min(start + 20, len(characters))))
        new = data.draw(st.text(max_size=3) | st.sampled_from(SOUP))
        characters = characters[:start] + new + characters[end:]
    text = Text("damaged.gdl", characters)
    file, diagnostics = parse_partial(text)

    for diagnostic in diagnostics:
        assert diagnostic.labels[0].span in Span(0, len(characters))
    if not diagnostics:
        assert parse(text) == file


@given(
    st.integers(0, 19), st.sampled_from(["when and", "load 2-3", "form ?", '"', "@"])
)
def test_an_error_in_one_rule_leaves_the_others(broken: int, wrong: str) -> None:
    rules = [f"rule r{number}\n    form mecobalamin\n" for number in range(20)]
    rules[broken] += f"    {wrong}\n"
    text = Text("rules.gdl", "language 1\nguideline g\n" + "".join(rules))
    file, diagnostics = parse_partial(text)

    names = [item.name.text for item in file.items if isinstance(item, Rule)]
    assert names == [f"r{number}" for number in range(20) if number != broken]
    assert diagnostics


@given(st.permutations(range(6)))
def test_no_parse_leaves_traces_in_the_next(order: list[int]) -> None:
    texts = [
        Text(
            f"{n}.gdl",
            f"language 1\nguideline g{n}\n# c{n}\nrule r{n}\n" + "when and\n" * (n % 2),
        )
        for n in range(6)
    ]
    together = {n: parse_partial(texts[n]) for n in order}

    assert [parse_partial(text) for text in texts] == [together[n] for n in range(6)]


@given(st.data())
def test_layout_means_nothing(data: st.DataObject) -> None:
    text = SHIPPED[-1]
    blanks = data.draw(st.sampled_from([" ", "\t", "\r\n", "\n\n   ", "  # said\n"]))
    head = "\n".join(text.splitlines()[:80])
    moved = re.sub(r'(?m)("[^"\n]*"|#[^\n]*)|\n', lambda m: m[1] or f"\n{blanks}", head)

    assert (
        parse_partial(Text("a", moved))[0].items
        == parse_partial(Text("b", head))[0].items
    )
