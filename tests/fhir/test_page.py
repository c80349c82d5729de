"""What the pages on FHIR show is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["fhir-out.md", "fhir-plans.md"])
def test_the_page_is_true(root: Path, name: str) -> None:
    page = (root / "docs" / name).read_text("utf-8")
    blocks = re.findall(r"^```\{doctest\}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    whole = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, name, None, 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(whole)

    assert result.attempted > 3
    assert result.failed == 0
