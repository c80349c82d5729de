"""How long it takes to load many guidelines, and to load them again.

Each is a file of its own with the vocabulary `b12`. The second round finds them in the memory of
the process; the third, in a process of its own, in the user's cache folder.

Then one large guideline, of 9,900 rules, and the shipped one: how long it takes to find what was
kept of them, to read it and to make sure of it, in shares of the time that parsing alone takes.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from growth import guideline
from timing import sized, table

COUNT = int(os.environ.get("B12GUIDE_GUIDELINES", "1000"))
GUIDELINE = """\
language 1
guideline number_{number} "Number {number}"
    version   1.0.0
    revised   2026-01-01
    uses      b12
rule loading_dose
    when      b12_deficiency
    load      hydroxocobalamin {dose} µg IM on alternate days for 2 weeks
rule annual
    when      b12_deficiency and egfr < {egfr} mL/min
    check     serum_b12 every year
"""
AGAIN = """\
import sys
from pathlib import Path
from time import process_time
from b12guide import load
paths = sorted(Path(sys.argv[1]).glob("*.gdl"))
start = process_time()
for path in paths:
    load(path)
print(process_time() - start)
"""


def written(folder: Path) -> list[Path]:
    """The guidelines, in files."""
    paths = []
    for number in range(sized(COUNT, 20)):
        path = folder / f"number_{number:05}.gdl"
        dose, egfr = 1000 + number % 500, 30 + number % 30
        content = GUIDELINE.format(number=number, dose=dose, egfr=egfr)
        path.write_text(content, encoding="utf-8")
        paths.append(path)
    return paths


ROUNDS = 5


def reloaded(path: Path | str) -> tuple[str, ...]:
    """The times of a guideline: parsed, and found again in the cache, taking turns."""
    from b12guide import cache, load  # noqa: PLC0415 -- after the cache has its place
    from b12guide.syntax.parse import parse  # noqa: PLC0415

    (text, *_), rules = load(path).loaded.texts, len(load(path).graph.rules)
    parsing, loading = [], []
    for _ in range(ROUNDS):
        start = process_time()
        parse(text)
        parsing.append(process_time() - start)
        cache.forget()
        start = process_time()
        load(path)
        loading.append(process_time() - start)
    took, again = median(parsing), median(loading)
    lines = text.characters.count("\n")
    ratio = f"1/{took / again:.1f}"
    return (
        f"{rules:,}",
        f"{lines:,}",
        f"{took * 1000:.0f}",
        f"{again * 1000:.0f}",
        ratio,
    )


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as place:
        os.environ["B12GUIDE_CACHE"] = str(Path(place, "cache"))
        paths = written(Path(place))
        from b12guide import load  # noqa: PLC0415 -- after the cache has its place

        times = []
        for _ in range(2):
            start = process_time()
            for path in paths:
                load(path)
            times.append(process_time() - start)
        answer = subprocess.run(  # noqa: S603 -- this interpreter
            [sys.executable, "-c", AGAIN, place],
            check=True,
            capture_output=True,
            text=True,
        )
        times.append(float(answer.stdout))
        large = Path(place, "large.gdl")
        large.write_text(guideline(sized(9900, 300)), encoding="utf-8")
        of_one = [reloaded(large), reloaded("mecobalamin_im")]
    rows = [
        (name, f"{time / len(paths) * 1000:.2f}", f"{time / times[0]:.4f}")
        for name, time in zip(
            ("compiled", "again, same process", "again, another process"),
            times,
            strict=True,
        )
    ]
    heads = (f"{len(paths):,} guidelines", "processor ms each", "ratio")
    print(table(heads, rows))
    print()
    print(table(("rules", "lines", "parsed, ms", "found again, ms", "ratio"), of_one))


if __name__ == "__main__":
    main()
