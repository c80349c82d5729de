"""Laws of reading a text again after each change to it."""

# ruff: noqa: SIM905 - words read best as words

from __future__ import annotations

from pathlib import Path

from attrs import frozen
from hypothesis import example, given, settings
from hypothesis import strategies as st

from b12guide.syntax import parse_partial
from b12guide.syntax.ast import Node, descendants
from b12guide.syntax.incremental import Reader
from b12guide.syntax.scan import STARTERS
from b12guide.text import Span, Text

GUIDELINE = Path(__file__).parents[2] / "guidelines" / "mecobalamin_im.gdl"
LINES = GUIDELINE.read_text(encoding="utf-8").splitlines(keepends=True)
BEGIN = "".join([*LINES[4:12], *LINES[118:150]])
RULES = "".join(LINES[300:360])
TEXT = BEGIN + RULES

SOUP = (
    *sorted(STARTERS),
    *'x "text" " 1000 0,5 µg IM , ( ) and or not < = any of from to until every 2 months'.split(),
    *"# then for life expect rule conflict \u200b ü é \u0430 \r \r\n \n \n \n ".split(" "),
    '\nrule x\n    note "x"\n',
    "\ndefine y as\n    x\n",
    "\nlanguage 1\n",
    "\nguideline g\n",
    "\nvocabulary v\n",
    "\nroute oral\n",
    '\nexample "x"\n    expect decision form\n    conflict\n',
)  # fmt: skip


@frozen
class Change:
    """A replacement of the characters between two shares of the text."""

    at: float
    length: int
    words: tuple[str, ...]
    copies: int = 0

    def of(self, characters: str) -> str:
        start = int(self.at * len(characters))
        end = min(start + self.length, len(characters))
        copied = characters[end : end + self.copies]
        return characters[:start] + " ".join(self.words) + copied + characters[end:]


changes = st.builds(
    Change,
    st.floats(0, 1),
    st.sampled_from((0, 0, 0, 1, 1, 5, 40, 400)),
    st.lists(st.sampled_from(SOUP), max_size=3).map(tuple),
    st.sampled_from((0, 0, 0, 300)),
)


@settings(max_examples=40)
@given(st.lists(changes, min_size=1, max_size=3))
@example([Change(0.9, 0, ('\nrule x\n    note "x"\n',) * 2)])
@example([Change(0.9, 0, ('\nexample "x"\n    expect decision form\n    conflict\n',))])
@example([Change(0, 400, ()), Change(0, 0, ("\nlanguage 1\nguideline g\n",))])
def test_a_text_read_again_says_what_it_says_when_read_afresh(
    edits: list[Change],
) -> None:
    reader = Reader()
    characters = TEXT
    reader.read(Text("x.gdl", characters))
    for edit in edits:
        characters = edit.of(characters)
        text = Text("x.gdl", characters)
        reading = reader.read(text)
        file, diagnostics = parse_partial(text)

        assert reading.diagnostics == diagnostics
        if not diagnostics:
            assert reading.headers == file.headers
            assert tuple(item for _, item in reading.items) == file.items
            assert placed(reader, text) == [
                node.span for item in file.items for node in (item, *descendants(item))
            ]


def placed(reader: Reader, text: Text) -> list[Span]:
    """The spans of all nodes of the items, as places in the file."""
    found: list[Span] = []
    for piece in reader.read(text).pieces:
        for item in piece.known.parts.items:
            nodes: tuple[Node, ...] = (item, *descendants(item))
            found += [node.span.shifted(piece.offset) for node in nodes]
    return found


def test_what_did_not_change_is_not_read_again() -> None:
    reader = Reader()
    before = reader.read(Text("x.gdl", TEXT))
    after = reader.read(Text("x.gdl", TEXT.replace("rule", "rule new\nrule", 1)))

    kept = {id(piece.known) for piece in before.pieces}
    new = [piece for piece in after.pieces if id(piece.known) not in kept]
    assert len(new) == 1
    assert len(before.pieces) > 10
