"""Laws of the formatter: the same tree, the same comments in their order, stable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from b12guide.syntax import formatted, grammar, parse, to_text
from b12guide.syntax.ast import File
from b12guide.text import Text
from tests.strategies import syntax

BLANKS = st.sampled_from([" ", "\n", "\t", "\n\n", "\r\n", "\n\n\n    ", " \f "])


def text(characters: str) -> Text:
    return Text("example.gdl", characters)


def comments(file: File) -> list[str]:
    return [comment.text.rstrip() for comment in file.comments]


def parts(file: File) -> tuple[object, ...]:
    return (file.language, file.headers, file.items)


@st.composite
def gaps(draw: st.DrawFn) -> str:
    """What may stand between two words."""
    blank = draw(BLANKS)
    for _ in range(draw(st.integers(0, 2))):
        said = draw(st.sampled_from(["", " why", "!", ' a "word" # and ', "# µ "]))
        blank += f"#{said}" + draw(st.sampled_from(["\n", "\r\n", "\n\n\n", "\r"]))
        blank += draw(st.sampled_from(["", " ", "    ", "\t\t"]))
    return blank


@st.composite
def scattered(draw: st.DrawFn) -> str:
    """The text of a file with comments and blanks anywhere between its words."""
    words = grammar.tree_of(to_text(draw(syntax.files()))).scan_values(bool)
    joints = draw(st.lists(gaps(), min_size=1, max_size=12))
    seed = draw(st.randoms(use_true_random=False))
    scattered = "".join(seed.choice(joints) + word for word in words)
    return scattered + draw(gaps())


@given(scattered())
def test_formatting_keeps_the_tree_and_the_comments_and_itself(characters: str) -> None:
    once = formatted(text(characters))
    before, after = parse(text(characters)), parse(text(once))

    assert parts(after) == parts(before)
    assert comments(after) == comments(before)
    assert formatted(text(once)) == once
