"""Draws the pictures of the documentation again, from the notebooks in `examples/`.

    python scripts/draw_docs.py [NOTEBOOK ...]

A cell whose metadata has `picture` ends with a chart, and `docs/pictures` has it under that name.
After a change to what charts say, `tests/notebooks` fails until the pictures say it, too. It needs
the extra `plot`. Look at what it drew before committing it.
"""

from __future__ import annotations

import ast
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from b12guide import plot
from b12guide.show import cohort_pictures, timeline_svg
from b12guide.show.drawing import to_svg

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"

DRAWINGS: dict[str, Callable[..., Any]] = {
    "timeline": timeline_svg.timeline_drawing,
    "adherence": cohort_pictures.adherence_drawing,
    "flow": cohort_pictures.flow_drawing,
}
"""Charts that are painted from a drawing of ours; Altair draws all others."""


def remembered(
    chart: Callable[..., Any], draw: Callable[..., Any], drawn: dict[int, str]
) -> Callable[..., Any]:
    """The same function of `b12guide.plot`, which keeps the drawing that it painted in `drawn`."""

    def charted(*arguments: Any, **options: Any) -> Any:
        made = chart(*arguments, **options)
        drawn[id(made)] = to_svg(draw(*arguments))
        return made

    return charted


def shown(cell: str, names: dict[str, Any]) -> Any:
    """What a cell shows at its end; its names are added to `names`."""
    tree = ast.parse(cell)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 -- our own notebooks
        return None
    tree.body.pop()
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102 -- our own notebooks
    expression = compile(ast.Expression(last.value), "cell", "eval")
    return eval(expression, names)  # noqa: S307 -- our own notebooks


def main(notebooks: Sequence[str]) -> None:
    """Run every cell of the notebooks, or of all of them, and keep their pictures."""
    drawn: dict[int, str] = {}
    for name, draw in DRAWINGS.items():
        setattr(plot, name, remembered(getattr(plot, name), draw, drawn))
    os.environ.pop("NHANES_B12", None)  # the survey of the pictures is made up
    given = [Path(one).resolve() for one in notebooks]
    os.chdir(ROOT / "examples")
    for path in given or sorted(Path().glob("*.ipynb")):
        names: dict[str, Any] = {"display": lambda _: None}
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            chart = shown("".join(cell["source"]), names)
            if picture := cell["metadata"].get("picture"):
                file = PICTURES / f"{picture}.svg"
                file.write_text(drawn.get(id(chart)) or _svg(chart), "utf-8")
                print(file)


def _svg(chart: Any) -> str:
    """A chart as Altair draws it."""
    written = io.StringIO()
    chart.save(written, format="svg")
    return written.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
