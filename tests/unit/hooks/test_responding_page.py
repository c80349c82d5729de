"""The page on CDS Hooks: its requests are asked, and come out as it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def test_every_request_of_the_page_comes_out_as_it_says(root: Path) -> None:
    page = (root / "docs" / "cds-hooks.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    known: dict[str, Any] = {}

    assert len(blocks) == 7
    for block in blocks:
        exec(block, known)  # noqa: S102 -- it stands in our own page
    assert len(known["answer"]["cards"]) == 1
