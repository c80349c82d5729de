"""What the page on reading FHIR shows is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path


def test_the_page_is_true(root: Path) -> None:
    page = (root / "docs" / "fhir.md").read_text("utf-8")
    blocks = re.findall(r"^```\{doctest\}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    whole = doctest.DocTestParser().get_doctest(
        "\n".join(blocks), {}, "fhir.md", None, 0
    )
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(whole)

    assert result.attempted > 10
    assert result.failed == 0
