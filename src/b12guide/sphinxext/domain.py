"""The domain `b12guide`: what a site says about guidelines, and references to it.

The same rule may stand on several pages: in the whole guideline, in a table of rules. A reference
leads to the place that says most.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from b12guide.sphinxext.directives import (
    ExamplesDirective,
    FactsDirective,
    GraphDirective,
    GuidelineDirective,
    RulesDirective,
    StatementsDirective,
)
from b12guide.sphinxext.references import SiteEntry

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment


_LOGGER = logging.getLogger(__name__)
_KINDS = {
    "guideline": ("guideline",),
    "rule": ("rule",),
    "decision": ("decision",),
    "fact": ("fact", "definition"),
    "assumption": ("assumption",),
    "challenge": ("challenge",),
    "statement": ("statement",),
}
"""By the name of a role, the kinds of things that it refers to."""


class _Role(XRefRole):
    """A reference that shows a name as code, and a title of the author's own as text."""

    def create_xref_node(self) -> Any:
        """The reference that is to be resolved."""
        self.innernodeclass = nodes.inline if self.has_explicit_title else nodes.literal
        return super().create_xref_node()


class RuleIndex(Index):
    """All rules by their first letter."""

    name = "rules"
    localname = "Index of rules"
    shortname = "rules"

    def generate(
        self, docnames: Iterable[str] | None = None
    ) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """The rules that stand on the pages `docnames`, or on any."""
        letters: dict[str, list[IndexEntry]] = {}
        wanted = None if docnames is None else set(docnames)
        domain: Any = self.domain
        for entry in sorted(
            domain.best(("rule",)), key=lambda e: (e.name, e.guideline)
        ):
            if wanted is None or entry.document in wanted:
                row = IndexEntry(
                    name=entry.name,
                    subtype=0,
                    docname=entry.document,
                    anchor=entry.anchor,
                    extra=entry.guideline,
                    qualifier=entry.note,
                    descr=entry.title,
                )
                letters.setdefault(entry.name[0].lower(), []).append(row)
        return sorted(letters.items()), False


class GuidelineDomain(Domain):
    """Guidelines, with their rules, decisions, facts, assumptions and statements."""

    name = "b12guide"
    label = "Clinical guideline"
    object_types: ClassVar[dict[str, ObjType]] = {
        kind: ObjType(kind, *(role for role, kinds in _KINDS.items() if kind in kinds))
        for kind in dict.fromkeys(kind for kinds in _KINDS.values() for kind in kinds)
    }
    directives: ClassVar[dict[str, Any]] = {
        "guideline": GuidelineDirective,
        "rules": RulesDirective,
        "graph": GraphDirective,
        "examples": ExamplesDirective,
        "facts": FactsDirective,
        "statements": StatementsDirective,
    }
    roles: ClassVar[dict[str, Any]] = {role: _Role() for role in _KINDS}
    indices: ClassVar[list[type[Index]]] = [RuleIndex]
    initial_data: ClassVar[dict[str, Any]] = {"entries": {}}
    data_version = 1

    @property
    def entries(self) -> dict[str, list[SiteEntry]]:
        """By document, what stands on it."""
        entries: dict[str, list[SiteEntry]] = self.data["entries"]
        return entries

    def note(self, entry: SiteEntry) -> None:
        """Remember that `entry` stands where it says."""
        self.entries.setdefault(entry.document, []).append(entry)

    def best(self, kinds: Iterable[str] = object_types) -> list[SiteEntry]:
        """Of each thing the place that says most; of equal ones the first page."""
        found: dict[tuple[str, str], SiteEntry] = {}
        for document in sorted(self.entries):
            for entry in self.entries[document]:
                key = (entry.kind, entry.full_name)
                known = found.get(key)
                if entry.kind in kinds and (
                    known is None or known.weight < entry.weight
                ):
                    found[key] = entry
        return list(found.values())

    def find(self, role: str, target: str, document: str) -> list[SiteEntry]:
        """What `target` may mean; the guideline that stands on the same page first."""
        fits = [e for e in self.best(_KINDS[role]) if target in {e.name, e.full_name}]
        here = {entry.guideline for entry in self.entries.get(document, ())}
        return [entry for entry in fits if entry.guideline in here] or fits

    def near(self, role: str, target: str) -> list[str]:
        """Names that look like `target`."""
        entries = self.best(_KINDS[role])
        known = {e.full_name if "." in target else e.name for e in entries}
        return get_close_matches(target, sorted(known), n=3)

    def clear_doc(self, docname: str) -> None:
        """Forget what stood on a page."""
        self.entries.pop(docname, None)

    def merge_domaindata(self, docnames: Iterable[str], otherdata: Any) -> None:
        """Take over what another process read."""
        for docname in docnames:
            if docname in otherdata["entries"]:
                self.entries[docname] = otherdata["entries"][docname]

    def resolve_xref(  # noqa: PLR0913, PLR0917 -- as Sphinx calls it
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> Any:
        """The reference, or None; a reference that we made ourselves may stay plain text."""
        del env
        found = self.find(typ, target, fromdocname)
        if len({entry.guideline for entry in found}) > 1:
            names = " or ".join(f"`{entry.full_name}`" for entry in found)
            _LOGGER.warning(
                "more than one %s is called `%s`; say %s",
                typ,
                target,
                names,
                location=node,
                type="ref",
                subtype="b12guide",
            )
        if not found:
            return contnode if node.get("b12guide_may_miss") else None
        entry = found[0]
        return make_refnode(
            builder, fromdocname, entry.document, entry.anchor, contnode, entry.title
        )

    def resolve_any_xref(  # noqa: PLR0913, PLR0917 -- as Sphinx calls it
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, Any]]:
        """Everything of that name, for the role `any`."""
        del env, node
        return [
            (
                f"b12guide:{role}",
                make_refnode(
                    builder, fromdocname, e.document, e.anchor, contnode, e.title
                ),
            )
            for role in _KINDS
            for e in self.find(role, target, fromdocname)
        ]

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Everything, for the search and for `objects.inv`."""
        for entry in self.best():
            shown = f"{entry.name} ({entry.title})" if entry.title else entry.name
            yield (entry.full_name, shown, entry.kind, entry.document, entry.anchor, 1)


def suggest(app: Sphinx, domain: Domain | None, node: pending_xref) -> bool | None:
    """Say which names are near to one that nothing bears."""
    del app
    if not isinstance(domain, GuidelineDomain):
        return None
    role, target = node["reftype"], node["reftarget"]
    near = domain.near(role, target)
    remedy = "; did you mean " + " or ".join(f"`{name}`" for name in near)
    _LOGGER.warning(
        "no guideline on this site has the %s `%s`%s",
        role,
        target,
        remedy if near else "",
        location=node,
        type="ref",
        subtype="b12guide",
    )
    return True
