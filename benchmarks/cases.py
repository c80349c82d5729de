"""How the time of an answer grows with what is unknown: guidelines of four shapes, nothing known.

Findings with a test each: independent, or tied by implications in a chain, a star or a clique;
definitions that each name the one before twice; thresholds of one measure. Counted out, the first
two have 2^n cases, and the third 2^n parts when it is written out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from timing import QUICK, sized, table

import b12guide

SIZES = (4, 8, 16, 32, 64)
HEAD = """\
language 1
guideline growing "Growing"
    version 1.0.0
    revised 2026-01-01
"""


def independent(count: int) -> Iterator[str]:
    """Findings with a test each."""
    for n in range(count):
        yield f'finding f{n} "f{n}"\ntest t{n}\n'
        yield f"rule r{n}\n    when f{n}\n    check t{n} every year\n"


def one_test(count: int) -> Iterator[str]:
    """Findings with an interval each, of one test."""
    yield "test t\n"
    for n in range(count):
        yield f'finding f{n} "f{n}"\nrule r{n}\n    when f{n}\n'
        yield f"    check t every {n + 1} months\n"


def tied(
    pairs: Callable[[int], Iterator[tuple[int, int]]],
) -> Callable[[int], Iterator[str]]:
    """Findings with a test each, of which some imply others."""

    def text(count: int) -> Iterator[str]:
        yield from independent(count)
        for one, other in pairs(count):
            yield f"implication i{one}_{other}\n    when f{one}\n    then f{other}\n"

    return text


def chain(count: int) -> Iterator[tuple[int, int]]:
    """Each implies the next."""
    yield from ((n, n + 1) for n in range(count - 1))


def star(count: int) -> Iterator[tuple[int, int]]:
    """Each implies the first."""
    yield from ((n, 0) for n in range(1, count))


def clique(count: int) -> Iterator[tuple[int, int]]:
    """Each implies all that come after it."""
    yield from ((a, b) for b in range(count) for a in range(b))


def nested(count: int) -> Iterator[str]:
    """Definitions, of which each names the one before twice."""
    yield 'finding x "x"\nfinding y "y"\nfinding z "z"\ntest t\ndefine d0 as z\n'
    for n in range(count):
        yield f"define d{n + 1} as (d{n} and x) or (d{n} and y)\n"
    yield f"rule r\n    when d{count}\n    check t every year\n"


def thresholds(count: int) -> Iterator[str]:
    """Thresholds of one measure, with a test each."""
    yield f'measure m "m"\n    unit cm\n    plausible 0 to {count + 1} cm\n'
    for n in range(count):
        yield f"test t{n}\nrule r{n}\n    when m > {n + 1} cm\n    check t{n} every year\n"


SHAPES: dict[str, tuple[Callable[[int], Iterator[str]], tuple[int, ...]]] = {
    "independent findings, a test each": (independent, SIZES),
    "independent findings, one test": (one_test, SIZES),
    "findings in a chain": (tied(chain), SIZES),
    "findings in a star": (tied(star), SIZES),
    "findings in a clique": (tied(clique), SIZES),
    "definitions": (nested, (4, 8, 16, 32, 60)),
    "thresholds": (thresholds, (16, 64, 250, 500, 1000)),
}


def seconds(file: Path) -> float:
    """How long the first answer about somebody of whom nothing is known takes."""
    guideline = b12guide.load(file)
    _ = guideline.evaluator
    start = process_time()
    answer = guideline.recommend({})
    took = process_time() - start
    if answer.notices:
        raise AssertionError(answer.notices)
    return took


def main() -> None:
    """Print the table."""
    rows = []
    with TemporaryDirectory() as folder:
        for name, (shape, usual) in SHAPES.items():
            sizes = usual[:2] if QUICK else usual
            times = []
            for size in sizes:
                file = Path(folder) / "growing.gdl"
                file.write_text(HEAD + "".join(shape(size)), encoding="utf-8")
                times.append(median(seconds(file) for _ in range(sized(3, 1))))
            told = (f"{n}: {1000 * t:.1f}" for n, t in zip(sizes, times, strict=True))
            growth = times[-1] / times[-2]
            rows.append((name, " · ".join(told), f"{growth:.1f}"))
    print(table(("n of", "one answer, ms", "last step, ratio"), rows))


if __name__ == "__main__":
    main()
