"""Laws of the passes: whatever the author writes, there is a graph or a diagnosis."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from b12guide.diagnostics import has_errors
from b12guide.library import Library, SourceFile
from b12guide.written import check
from tests.strategies.graph_invariants import broken
from tests.unit.semantics.writing import HEAD

WRITTEN = """\
source summary "A summary" kind summary printed as 1
assumption T1 "read so"
define nerves as any of paresthesia, numbness, (glossitis and vegan_diet) assuming T1
rule loading
    when      b12_deficiency and nerves
    load      1000 µg IM on alternate days for 2 weeks then 1000 µg IM every 2 months
    strength  required
    cites     summary
rule kidneys
    exception to loading
    when      egfr < 50 mL/min or bariatric_procedure is none of none, sleeve_gastrectomy
    form      hydroxocobalamin or mecobalamin, not cyanocobalamin
rule gate
    withhold  folic_acid until b12_repleted
rule fine_needle
    when      platelets from 25 to 50 x10^9/L
    inject    with needle 25 to 27 G and pressure for 5 to 10 minutes
rule annual
    check     serum_b12 at 3, 6 and 12 months, with ferritin
silent on metformin "Nothing is said."
example "somebody"
    given     b12_deficiency, egfr 35 mL/min, otherwise absent
    expect    rule kidneys applies
"""

PIECES = re.findall(r'"[^"]*"|[A-Za-z_0-9.µ/^]+|\s+|.', WRITTEN)
WORDS = [
    *sorted({piece for piece in PIECES if piece.strip()}),
    "0",
    "99999",
    "1.5",
    "nowhere",
    "is",
    "not",
    "years",
    "serum_b12",
    "intramuscular",
    "neurological_plateau",
]


@settings(max_examples=max(30, settings().max_examples // 2))
@given(
    st.lists(
        st.tuples(st.integers(0, len(PIECES) - 1), st.sampled_from(["", " ", *WORDS])),
        max_size=3,
    )
)
def test_a_slip_of_the_pen_is_diagnosed_or_harmless(
    slips: list[tuple[int, str]],
) -> None:
    pieces = list(PIECES)
    for at, piece in slips:
        pieces[at] = piece
    data = (HEAD + "".join(pieces)).encode()
    found = check(Library(SourceFile("tried.gdl", data)))

    assert (found.graph is None) == has_errors(found.diagnostics)
    if found.graph is not None:
        assert broken(found.graph) == ()


@given(st.binary(max_size=200))
def test_bytes_are_never_more_than_diagnosed(data: bytes) -> None:
    found = check(Library(SourceFile("tried.gdl", HEAD.encode() + data)))

    assert (found.graph is None) == has_errors(found.diagnostics)
