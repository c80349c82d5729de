"""The RequestGroup: an action for each decision, with the drafts that belong to it."""

from __future__ import annotations

from attrs import frozen

from b12guide.fhir.canonical import Element, element, urn
from b12guide.fhir.sheet import Sheet, decision_concept
from b12guide.frozen import Record
from b12guide.graph.model import Decision


@frozen(kw_only=True, repr=False)
class Part(Record):
    """One draft and how its action is called."""

    title: str
    resource: Element
    related: tuple[Element, ...] = ()


@frozen(kw_only=True, repr=False)
class Group(Record):
    """The drafts of one decision that belong together.

    Attributes:
        name: The id of its action.
        one_of: Whether no more than one of them is to be chosen.
        after_loading: Whether none of them begins before loading is over.
    """

    name: str
    decision: Decision
    title: str
    parts: tuple[Part, ...]
    one_of: bool = False
    after_loading: bool = False

    @property
    def is_treatment(self) -> bool:
        """Whether months of follow-up are counted from its start."""
        return self.one_of and self.decision in {Decision.LOADING, Decision.MAINTENANCE}


@frozen(kw_only=True, repr=False)
class Actions(Record):
    """The drafts of an answer, decision by decision."""

    sheet: Sheet
    groups: tuple[Group, ...]

    @property
    def resources(self) -> list[Element]:
        """All drafts, each once."""
        found = (part.resource for group in self.groups for part in group.parts)
        return list({one["id"]: one for one in found}.values())

    def group(self) -> Element | None:
        """The RequestGroup of them; None where there is nothing to propose or to mind."""
        if not self.groups:
            return None
        ids = [part.resource["id"] for group in self.groups for part in group.parts]
        graph = self.sheet.graph
        return self.sheet.resource(
            "RequestGroup",
            ids,
            instantiatesCanonical=[self.sheet.canonical],
            status="draft",
            intent="proposal",
            subject=dict(self.sheet.subject),
            authoredOn=self.sheet.day,
            note=self.sheet.notes(()),
            action=[self._action(group) for group in self.groups],
            code={"text": f"Drafts from {graph.title}"},
        )

    def _action(self, group: Group) -> Element:
        has_loading = any(one.name == "loading" for one in self.groups)
        after = {"actionId": "loading", "relationship": "after-end"}
        return element(
            id=group.name,
            title=group.title,
            code=[decision_concept(group.decision)],
            relatedAction=[after] if group.after_loading and has_loading else [],
            groupingBehavior="logical-group",
            selectionBehavior="at-most-one" if group.one_of else "any",
            action=[
                element(
                    id=f"{group.name}-{number}",
                    title=part.title,
                    documentation=self.sheet.citations(_rules_in(part.resource)),
                    relatedAction=list(part.related),
                    resource={"reference": urn(part.resource["id"])},
                )
                for number, part in enumerate(group.parts, start=1)
            ],
        )


def _rules_in(resource: Element) -> list[str]:
    return [
        each["valueCode"]
        for each in resource.get("extension", ())
        if each["url"].endswith("/rule")
    ]
