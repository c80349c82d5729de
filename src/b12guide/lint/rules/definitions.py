"""Definitions and vocabularies: a condition has one name, and every name is needed."""

from __future__ import annotations

from collections.abc import Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.graph.from_syntax import lower_condition
from b12guide.graph.query import definitions_in
from b12guide.lint.conditions import Compound, compounds
from b12guide.lint.material import Level, Material, finding, lint_rule
from b12guide.semantics.draft import names_used
from b12guide.semantics.scope import Declared, Namespace
from b12guide.syntax import ast
from b12guide.syntax.phrases import condition_to_text
from b12guide.text import Text

_MANY = 3


@lint_rule("GDL508", Level.WARNING)
def scattered_definition(material: Material) -> Iterator[Diagnostic]:
    """A compound condition that three items share has a name."""
    found: dict[object, list[tuple[Text, Compound]]] = {}
    named = {shape for _, shape in material.named_shapes}
    for asked in material.conditions:
        if isinstance(asked.item, ast.Rule | ast.Silent):
            for compound in compounds(asked.condition, material.scope):
                if compound.shape not in named:
                    found.setdefault(compound.shape, []).append((asked.text, compound))
    inner = {
        id(part.condition)
        for places in found.values()
        if len(places) >= _MANY
        for _, outer in places
        for part in compounds(outer.condition, material.scope)
        if part.condition is not outer.condition
    }
    for places in found.values():
        first, *others = places
        if len(places) >= _MANY and id(first[1].condition) not in inner:
            yield finding(
                f"the same condition is written out {len(places)} times",
                (first[0], first[1].condition),
                others=((t, c.condition, "here again") for t, c in others),
                help_="give it a name with `define`, so that it can only change everywhere",
            )


@lint_rule("GDL509", Level.WARNING)
def respelled_definition(material: Material) -> Iterator[Diagnostic]:
    """A condition that has a name goes by it."""
    definitions = dict[object, Declared]()
    for name, shape in material.named_shapes:
        entry = material.scope.find(Namespace.FACT, name)
        if entry is not None:
            definitions.setdefault(shape, entry)
    for asked in material.conditions:
        for compound in compounds(asked.condition, material.scope, least=1):
            entry = definitions.get(compound.shape)
            if entry is None or asked.item is entry.item:
                continue
            written = condition_to_text(compound.condition)
            is_whole = compound.condition is asked.condition
            is_twice = is_whole and isinstance(asked.item, ast.Definition)
            yield finding(
                f"`{written}` in {asked.owner} is what `{entry.name}` says",
                (asked.text, compound.condition),
                others=((entry.text, entry.item.name, "defined here"),),
                help_="keep one of the two definitions"
                if is_twice
                else f"write `{entry.name}`",
            )


@lint_rule("GDL518", Level.WARNING)
def idle_vocabulary(material: Material) -> Iterator[Diagnostic]:
    """A vocabulary that is used is needed."""
    if material.header is None:
        return
    shared = [f for f in material.draft.files if id(f.text) not in material.texts]
    for file in material.files:
        for name in (use for header in file.headers for use in header.uses):
            for words in shared:
                path = "/" + words.text.name.replace("\\", "/")
                if path.endswith(f"/{name.text}.gdl") and not _is_needed(
                    material, words
                ):
                    yield finding(
                        f"no word of `{name.text}` is needed here",
                        (file.text, name),
                        "leave it out of `uses`",
                    )


def _is_needed(material: Material, words: ast.File) -> bool:
    # Implications hold of every patient, whether or not their words are used.
    if any(isinstance(item, ast.Implication) for item in words.items):
        return True
    names = set[str]()
    for file in material.draft.files:
        if file is not words:
            for header in file.headers:
                names |= {use.name.text for use in names_used(header)}
            for item in file.items:
                names |= {use.name.text for use in names_used(item)}
                if isinstance(item, ast.Silent):
                    names |= {topic.text for topic in item.topics}
    entries = (material.scope.find(n, name) for n in Namespace for name in names)
    return any(entry is not None and entry.text is words.text for entry in entries)


@lint_rule("GDL519", Level.WARNING)
def idle_definition(material: Material) -> Iterator[Diagnostic]:
    """A definition leads to a rule."""
    if material.graph is None:
        return
    definitions = material.graph.definitions
    used = set[str]()
    leading = [
        asked.condition
        for asked in material.conditions
        if not isinstance(asked.item, ast.Definition)
    ]
    # An implication of a shared vocabulary leads somewhere, too.
    for _, implication in material.draft.each(ast.Implication):
        leading += [implication.premise, implication.conclusion]
    for condition in leading:
        used |= definitions_in(lower_condition(condition, material.scope), definitions)
    for text, definition in material.each(ast.Definition):
        name = definition.name.text
        by = [
            other
            for other, one in definitions.items()
            if name in definitions_in(one.condition, definitions)
        ]
        if name not in used and by and not _is_named(material, name):
            yield finding(
                f"`{name}` is used by `{by[0]}` only, which leads to no rule",
                (text, definition.name),
                "leave both out, or use them",
            )


def _is_named(material: Material, name: str) -> bool:
    """Whether anything but a condition names it, such as `until` or `silent on`."""
    for _, item in material.draft.each_item():
        if isinstance(item, ast.Silent) and name in {t.text for t in item.topics}:
            return True
        if isinstance(item, ast.Rule) and any(
            use.name.text == name
            for action in item.actions
            for use in names_used(action)
        ):
            return True
    return False
