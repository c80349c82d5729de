"""The pages for those who build applications: their code is code, and they leave out no error."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import b12guide
from b12guide import B12GuideError, errors

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "embedding.md").read_text(encoding="utf-8")
CODE = re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(CODE)))
def test_what_the_recipes_call_exists(number: int) -> None:
    tree = ast.parse(CODE[number])
    front = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "b12guide"
    }
    assert front
    assert [name for name in front if not hasattr(b12guide, name)] == []


def test_every_error_is_on_its_page() -> None:
    page = (DOCS / "errors.md").read_text(encoding="utf-8")
    public = [getattr(errors, name) for name in errors.__all__]
    kinds = [
        kind.__name__
        for kind in public
        if isinstance(kind, type) and issubclass(kind, B12GuideError)
    ]
    assert len(kinds) > 9
    assert [
        name for name in kinds if f"`{name}`" not in page and name != "B12GuideError"
    ] == []
