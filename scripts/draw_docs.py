"""Draws the pictures of the documentation again, from the notebooks in `examples/`.

    python scripts/draw_docs.py

After a change to what charts say, `tests/notebooks` fails until the pictures in `docs/pictures`
say it, too. It needs the extra `plot`. Look at what it drew before committing it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from b12guide import plot
from b12guide.show import cohort_pictures, timeline_svg
from b12guide.show.drawing import to_svg

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"

DRAWINGS: dict[str, Callable[..., Any] | None] = {
    "timeline": timeline_svg.timeline_drawing,
    "adherence": cohort_pictures.adherence_drawing,
    "flow": cohort_pictures.flow_drawing,
    "intervals": None,  # a histogram, which Altair draws
}


def kept(name: str, chart: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of `b12guide.plot`, which keeps what it shows as a picture."""
    draw = DRAWINGS[name]

    def charted(*arguments: Any, **options: Any) -> Any:
        made = chart(*arguments, **options)
        if draw is None:
            made.save(str(PICTURES / f"{name}.svg"))
        else:
            (PICTURES / f"{name}.svg").write_text(
                to_svg(draw(*arguments)), encoding="utf-8"
            )
        print(PICTURES / f"{name}.svg")
        return made

    return charted


def main() -> None:
    """Run every cell of every notebook."""
    for name in DRAWINGS:
        setattr(plot, name, kept(name, getattr(plot, name)))
    os.chdir(ROOT / "examples")
    for notebook in sorted(Path().glob("*.ipynb")):
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        names: dict[str, Any] = {"display": lambda _: None}
        for cell in cells:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)  # noqa: S102 -- our own notebooks


if __name__ == "__main__":
    main()
