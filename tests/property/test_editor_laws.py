"""Laws of an editor's view: however a text came to be, it is what a fresh check says."""

from __future__ import annotations

import re

from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide import written
from b12guide.diagnostics import Diagnostic
from b12guide.editor.analysis import deepen
from b12guide.editor.desk import Desk, shelf_of
from b12guide.lsp.protocol import Lines, Point, PositionEncoding
from b12guide.syntax import parse_partial
from b12guide.text import Text

NAME = "untitled:guideline"

TEXT = """\
language 1
vocabulary words
finding deficiency "deficiency" synonyms lack
finding numbness "numbness"
event replete "stores are replete"
measure egfr "clearance"
    unit mL/min
    plausible 0 to 250
choice procedure "procedure"
    values none "none", bypass "bypass", band
drug mecobalamin "mecobalamin" plausible dose 1 to 10000 µg
drug cyanocobalamin "cyanocobalamin"
route intramuscular "intramuscular" synonyms IM
test serum_b12 "serum vitamin B12"

guideline small "A small guideline"
    version 1.0.0
    revised 2026-02-24
    status under review
    statements S01 to S04
source page "The page" by "Authors", 2026 printed as 1
assumption T01 "A reading."
define nerves "the nervous system" as any of numbness, egfr < 50 mL/min assuming T01
# A comment, with µ and 😀.
rule first "First"
    when deficiency and nerves
    load 1000 µg IM on alternate days until replete
    strength required
    states S01
    cites page
rule second
    exception to first
    when procedure is bypass
    load 1000 µg IM 3 times per week for 2 weeks
    strength should
    states S02, S03
    cites page
rule third
    when deficiency
    form mecobalamin, not cyanocobalamin
    strength should
    states S04
    cites page
rule fourth
    check serum_b12 every 6 months
    strength should
    states S04
    cites page
silent on procedure "The page does not say."
invariant no_other
    never cyanocobalamin when deficiency
example "loading"
    given deficiency, numbness, otherwise absent
    expect load 1000 µg IM on alternate days until replete
    expect rule first applies
"""

WORDS = sorted(set(re.findall(r"\w+|[<,\"#\n]", TEXT)))


@frozen
class Change:
    """A word or line of a text replaced by words."""

    at: int
    words: tuple[str, ...]
    whole_line: bool

    def of(self, characters: str) -> str:
        """The text after the change."""
        pattern = r"[^\n]*\n" if self.whole_line else r"\w+|[^\w\s]"
        found = list(re.finditer(pattern, characters))
        if not found:
            return characters + " ".join(self.words)
        start, end = found[self.at % len(found)].span()
        return characters[:start] + " ".join(self.words) + characters[end:]


changes = st.builds(
    Change,
    st.integers(0, 10_000),
    st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    st.sampled_from((False, False, False, True)),
)


def seen(desk: Desk) -> tuple[Diagnostic, ...]:
    """Everything that an editor is told, the examples that failed left out."""
    analysis = desk.analysis(NAME)
    depth = deepen(analysis, lambda: False)
    assert depth is not None
    found = analysis.placed((*analysis.diagnostics, *depth.diagnostics))
    return tuple(d for d in found if not d.code.startswith("GDL6"))


@settings(max_examples=20)
@given(st.lists(changes, min_size=1, max_size=4))
def test_what_is_told_after_edits_is_what_a_fresh_check_says(
    edits: list[Change],
) -> None:
    desk = Desk()
    characters = TEXT
    desk.put(NAME, characters)
    assert desk.analysis(NAME).is_sound
    for edit in edits:
        characters = edit.of(characters)
        desk.put(NAME, characters)
        told = seen(desk)
        afresh = Desk()
        afresh.put(NAME, characters)
        _, wrong = parse_partial(Text(NAME, characters))
        shelf = shelf_of(NAME, {}, characters.encode())

        assert told == seen(afresh)
        assert set(wrong) <= set(told)
        assert told == written.check(shelf).diagnostics


points = st.builds(Point, st.integers(-1, 8), st.integers(-1, 12))


@given(
    st.text(alphabet="aµ😀\r\n ", max_size=30),
    points,
    st.sampled_from(PositionEncoding),
)
def test_a_point_is_that_of_its_offset(
    characters: str, point: Point, encoding: PositionEncoding
) -> None:
    lines = Lines(characters, encoding)
    offset = lines.offset(point)

    assert 0 <= offset <= len(characters)
    assert lines.offset(lines.point(offset)) == offset


@given(
    st.text(alphabet="aµ😀\r\n ", max_size=30),
    st.integers(0, 30),
    st.sampled_from(PositionEncoding),
)
def test_a_column_counts_the_units_of_its_encoding(
    characters: str, offset: int, encoding: PositionEncoding
) -> None:
    lines = Lines(characters, encoding)
    point = lines.point(offset)
    start = lines.starts[point.line]
    before = characters[start : min(offset, len(characters))]
    width = {
        PositionEncoding.UTF_8: 1,
        PositionEncoding.UTF_16: 2,
        PositionEncoding.UTF_32: 4,
    }[encoding]
    name = encoding.value + ("" if encoding is PositionEncoding.UTF_8 else "-le")

    assert point.column * width == len(before.encode(name))
