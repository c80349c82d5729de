"""Writes the Python of the documentation's pages into files, for the checkers of types.

    python scripts/code_of_pages.py FOLDER

What a page shows at a prompt is one program, read from above. The names of the files say which
page they come from.
"""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
PAGES = (
    *("tutorial/application", "tutorial/researcher", "embedding", "errors", "json"),
    *("course", "course-and-trials"),
)
PROMPT = re.compile(r"^```\{doctest\}\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def program(page: str) -> str:
    """What `page` shows at a prompt, as one program."""
    markdown = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    shown = "\n".join(PROMPT.findall(markdown))
    examples = doctest.DocTestParser().get_examples(shown, page)
    return "".join(example.source for example in examples)


def main() -> int:
    """Write the programs of all pages."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        name = f"page_{page.replace('/', '_')}"
        (folder / f"{name}.py").write_text(program(page), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
