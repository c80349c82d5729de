"""GDL518: a vocabulary that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.lint.material import Material
from b12guide.lint.rule import Level, LintRule
from b12guide.semantics.checks.report import remark
from b12guide.semantics.references import in_header, in_item
from b12guide.semantics.scope import Namespace
from b12guide.syntax import ast
from b12guide.text import Text

__all__ = ["RULE"]


def _find(material: Material) -> Iterator[Diagnostic]:
    if material.header is None:
        return
    for text, header in _heads(material):
        for name in header.uses:
            words = _vocabulary(material, name.text)
            if words is not None and not _is_needed(material, words):
                yield remark(
                    RULE.code,
                    f"no word of `{name.text}` is needed here",
                    (text, name),
                    "leave it out of `uses`",
                )


def _heads(material: Material) -> Iterator[tuple[Text, ast.Header]]:
    for file in material.files:
        for header in file.headers:
            yield file.text, header


def _vocabulary(material: Material, name: str) -> ast.File | None:
    """The file that `uses NAME` means, if it holds shared words and nothing else."""
    for file in material.draft.files:
        is_shared = id(file.text) not in material.texts
        path = file.text.name.replace("\\", "/")
        if is_shared and (path == f"{name}.gdl" or path.endswith(f"/{name}.gdl")):
            return file
    return None


def _is_needed(material: Material, words: ast.File) -> bool:
    if any(isinstance(item, ast.Implication) for item in words.items):
        return True
    names = set[str]()
    for file in material.draft.files:
        if file is not words:
            for header in file.headers:
                names |= {use.name.text for use in in_header(header)}
            for item in file.items:
                names |= {use.name.text for use in in_item(item)}
                if isinstance(item, ast.Silent):
                    names |= {topic.text for topic in item.topics}
    entries = (material.scope.find(n, name) for n in Namespace for name in names)
    return any(entry is not None and entry.text is words.text for entry in entries)


RULE = LintRule(
    code="GDL518",
    name="idle-vocabulary",
    level=Level.WARNING,
    says="A vocabulary that is used is needed.",
    find=_find,
)
