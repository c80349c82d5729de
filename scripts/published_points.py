"""Makes the tables and the picture of docs/course-and-trials.md, and the counts that ship.

    python scripts/published_points.py

After a change to the simulator or to the published numbers, `tests/unit/course` fails until what
stands there is what the report says. Read what changed before committing it: nobody may change a
range of the simulator because of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from b12guide.course.model_misfit import SHIPPED
from b12guide.course.published_report import PublishedReport, published
from b12guide.show.drawing import to_svg
from b12guide.show.published_page import published_drawing, published_tables

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "course-and-trials.md"
PICTURE = ROOT / "docs" / "pictures" / "published.svg"


def page_with(text: str, parts: Mapping[str, str]) -> str:
    """The page with its parts as they are now, each between the two lines that name it."""
    for name, part in parts.items():
        begin, end = f"<!-- from {name} -->", f"<!-- end of {name} -->"
        pattern = f"{re.escape(begin)}.*?{re.escape(end)}"
        whole = f"{begin}\n\n{part.strip()}\n\n{end}"
        text, found = re.subn(pattern, lambda _, w=whole: w, text, flags=re.DOTALL)
        if found != 1:
            message = f"the page has no place for {name}"
            raise ValueError(message)
    return text


def files_of(report: PublishedReport) -> dict[Path, str]:
    """What each file is to hold."""
    return {
        PAGE: page_with(PAGE.read_text("utf-8"), published_tables(report)),
        PICTURE: to_svg(published_drawing(report)),
        ROOT / "guidelines" / SHIPPED: report.misfit.to_toml(),
    }


def main() -> None:
    """Write each file."""
    for file, text in files_of(published()).items():
        file.write_text(text, encoding="utf-8")
        print(file)


if __name__ == "__main__":
    main()
