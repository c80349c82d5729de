"""Two readers of a request: what the quick one takes, the careful one reads alike."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from b12guide.errors import PatientError
from b12guide.limits import Limits
from b12guide.serve.body import OddError, read_carefully, read_quickly
from b12guide.serve.spelled import canonical, digest_of

LIMITS = Limits(bytes=10_000)


def data(floats: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """What JSON may say."""
    numbers = st.integers(-(10**40), 10**40) | floats
    scalars = st.none() | st.booleans() | numbers | st.text(max_size=8)
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=12,
    )


PLAIN = data(st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def bodies(draw: st.DrawFn) -> bytes:
    """JSON, or nearly so: a piece may be missing, or stand there twice."""
    written = json.dumps(draw(data(st.floats())), ensure_ascii=draw(st.booleans()))
    at = draw(st.integers(0, len(written)))
    up_to = draw(st.integers(at, min(len(written), at + 3)))
    piece = draw(
        st.sampled_from(["", "", written[at:up_to] * 2, '"', "{", "NaN", "\\ud800"])
    )
    changed = written[:at] + piece + written[up_to:]
    return (changed if draw(st.booleans()) else written).encode(errors="replace")


@given(bodies())
@example(b'{"a": 1, "a": 1}')
@example(b'{"a": 1, "\\u0061": 1}')
@example(b"[1E400, -0, 1.50]")
@example(b'["\\ud83d\\ude00", "\\ude00"]')
@example(b"\xef\xbb\xbf{}")
@example(b"[" * 70 + b"]" * 70)
def test_what_is_read_quickly_is_read_carefully_alike(body: bytes) -> None:
    try:
        quick: Any = read_quickly(body, LIMITS).plain
    except (OddError, PatientError):
        return
    careful = read_carefully(body, LIMITS)

    assert canonical(quick) == canonical(careful.plain)


@given(bodies())
def test_nothing_but_a_refusal_comes_out_of_a_body(body: bytes) -> None:
    try:
        read_carefully(body, LIMITS)
    except PatientError as error:
        assert error.diagnostics  # noqa: PT017 -- it may come or not


@given(PLAIN, st.randoms())
def test_the_order_of_names_changes_no_digest(plain: Any, random: Any) -> None:
    def turned(value: Any) -> Any:
        match value:
            case dict():
                items = list(value.items())
                random.shuffle(items)
                return {key: turned(one) for key, one in items}
            case list():
                return [turned(one) for one in value]
            case _:
                return value

    assert digest_of(turned(plain)) == digest_of(plain)
    assert json.loads(canonical(plain)) == plain
