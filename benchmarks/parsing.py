"""Reading a guideline into its syntax tree, beside plain Lark with positions on the same grammar.

Lark makes its own parse tree, in which each node knows where it begins and ends; b12guide makes its
syntax tree, without a parse tree, and reads the comments and refuses what is too large besides.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from lsp import grown
from timing import PROCESSOR, Aim, aims, medians, sized, table

from b12guide.syntax import grammar
from b12guide.syntax.parse import parse
from b12guide.text import Text

SHIPPED = Path(__file__).parents[1] / "guidelines" / "mecobalamin_im.gdl"
LINES = sized(7_000, 100)


def main() -> None:
    """Print the table."""
    shipped = SHIPPED.read_text(encoding="utf-8")
    plain = grammar.build(propagate_positions=True)
    contestants = {}
    for name, characters in (
        ("shipped guideline", shipped),
        ("its rules over and over", grown(shipped, LINES)),
    ):
        lark = partial(plain.parse, characters, start="file")
        contestants[f"plain Lark with positions, {name}"] = lark
        text = Text("guideline", characters)
        contestants[f"b12guide, {name}"] = partial(parse, text)
    times = medians(contestants, rounds=7, clock=PROCESSOR)
    lines, found = [], []
    for name, took in times.items():
        of = times[name.replace("b12guide", "plain Lark with positions")]
        lines.append((name, f"{took / 1000:.0f}", f"{of / took:.2f}"))
        if name.startswith("b12guide"):
            what = f"parsing, as fast as plain Lark: {name.partition(', ')[2]}"
            found.append(Aim(what, 1.75, of / took, "x", is_most=False))
    print(table(("parsing", "ms", "as fast as Lark"), lines))
    print()
    print(aims(found))


if __name__ == "__main__":
    main()
