"""What all cards of an answer have in common: their source, links, status, and small print.

Every card says what the guideline is, how far it was reviewed, and what the advice is not for. Its
detail is GitHub Flavored Markdown, in which nothing that a guideline or a record says is markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import field, frozen

from b12guide.evaluate.answer import Recommendation
from b12guide.evaluate.context import silences_beside
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import Decision, Rule, RuleGraph, Status
from b12guide.graph.query import facts_read_by
from b12guide.hooks.card import (
    Card,
    Coding,
    Indicator,
    Link,
    Source,
    Suggestion,
    fitting,
    uuid_of,
)
from b12guide.hooks.policy import Policy
from b12guide.say.names import decision_text, stated_value
from b12guide.say.validity import validity_text
from b12guide.show.citations import rules_named, statements_of
from b12guide.show.page import Item, Tone
from b12guide.show.patient_header import reminder, unaddressed
from b12guide.show.to_text import escaped, items_to_markdown
from b12guide.truth import Truth
from b12guide.values.term import Strength

TOPICS = "urn:b12guide:decision"
REASONS = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
_WEAK = frozenset(
    {
        Strength.MAY,
        Strength.ACCEPTABLE_ALTERNATIVE,
        Strength.SHOULD_CONSIDER,
        Strength.CLAIM,
        Strength.DEFINITION,
    }
)
"""What leaves a clinician free: a card with nothing stronger is for information."""


@frozen(kw_only=True, repr=False)
class Setting(Record):
    """One answer of a guideline, of which cards are made.

    Attributes:
        answer: What the guideline says about the patient.
        on: The day asked for.
        policy: What the one who runs the service decided.
        service: The id of the service that is called.
        subject: The reference of the patient, such as `Patient/1`, for what is suggested.
        provenance: By fact, the references of the resources that state it.
    """

    answer: Recommendation
    on: dt.date
    policy: Policy
    service: str
    subject: str | None = None
    provenance: Mapping[str, tuple[str, ...]] = field(
        factory=dict, converter=frozen_map, repr=False
    )

    @property
    def graph(self) -> RuleGraph:
        """The guideline."""
        return self.answer.graph

    @property
    def suggests(self) -> bool:
        """Whether cards carry suggestions."""
        in_scope = self.answer.scope is Truth.TRUE
        return in_scope and self.policy.may_suggest(self.graph, self.on)

    def card(  # noqa: PLR0913 -- a card has so many parts
        self,
        *,
        about: Decision | None,
        facts: Iterable[str],
        summaries: Iterable[str],
        indicator: Indicator,
        items: Iterable[Item],
        rules: Iterable[str],
        suggestions: Iterable[Suggestion] = (),
        takes_one: bool = True,
        reasons: Iterable[str] = (),
    ) -> Card:
        """A card with all that every card has.

        Args:
            about: The decision that it is about.
            facts: What it is about, without anything of a patient; its name is made of these.
            summaries: Wordings of its summary, the fullest first.
            indicator: How urgent it is.
            items: What it says.
            rules: The rules behind it.
            suggestions: Changes to take over, left out where the policy says so.
            takes_one: Whether at most one of these may be taken.
            reasons: The codes of reasons that a clinician may give for not following it.
        """
        behind = rules_named(self.graph, dict.fromkeys(rules))
        return Card(
            summary=fitting(summaries, self._ending),
            detail=self._detail(items, behind),
            indicator=indicator,
            source=self._source(about, behind),
            uuid=uuid_of(self.graph.digest, *facts),
            suggestions=tuple(suggestions) if self.suggests else (),
            takes_one=takes_one,
            override_reasons=(*map(_reason, reasons), *self._contested(behind)),
            links=tuple(self._links(behind)),
        )

    @property
    def _ending(self) -> str:
        """What stands behind every summary of a guideline that is not approved."""
        if self.graph.status is Status.APPROVED:
            return ""
        return f" [{self.graph.status.value}]"

    def _detail(self, items: Iterable[Item], behind: Iterable[Rule]) -> str:
        warning = validity_text(self.graph, self.on)
        parts = [f"**{_inert(escaped(warning))}**"] if warning else []
        if self.answer.scope is Truth.UNKNOWN:
            told = "It is not known whether the guideline is written for this patient."
            parts.append(f"**{told}** What follows holds if it is.")
        resting = (*items, *self._on_record(behind), *self._assumed(behind))
        parts.append(_inert(items_to_markdown(resting)))
        parts.append(f"_{_inert(escaped(reminder(self.graph)))}_")
        return "\n\n".join(part for part in parts if part)

    def _on_record(self, behind: Iterable[Rule]) -> Iterator[Item]:
        """The facts of the record that the rules read, with the resources that state them."""
        graph, stated = self.graph, self.answer.stated
        read: dict[str, None] = {}
        for rule in behind:
            facts = facts_read_by(rule.condition, graph.definitions)
            read |= dict.fromkeys(name for name in self.provenance if name in facts)
        texts = [
            f"{stated_value(graph, name, value)} ({', '.join(self.provenance[name])})"
            for name in read
            if (value := stated.values.get(name)) is not None
        ]
        if texts:
            yield Item(label="On record", text="; ".join(texts), tone=Tone.QUIET)

    def _assumed(self, behind: Iterable[Rule]) -> Iterator[Item]:
        """The assumptions of this answer that these rules rest on, and who contests them."""
        rules = [*behind]
        named = {name for rule in rules for name in rule.assumptions}
        named |= {name for rule in rules for name in rule.grounds.assumptions}
        for one in self.answer.assumptions:
            if one.name in named:
                yield Item(label=f"Assumes {one.name}", text=one.text, tone=Tone.QUIET)
        for challenge in self._challenges(rules):
            label = f"Contested {challenge}"
            yield Item(label=label, text=self.graph.challenges[challenge].text)

    def _challenges(self, behind: Iterable[Rule]) -> tuple[str, ...]:
        found = (name for rule in behind for name in rule.grounds.challenges)
        return tuple(
            name for name in dict.fromkeys(found) if name in self.graph.challenges
        )

    def _contested(self, behind: Iterable[Rule]) -> Iterator[Coding]:
        """What outside evidence says against the rules, as reasons not to follow them."""
        for name in self._challenges(behind):
            said = self.graph.challenges[name].text
            display = fitting([f"{name}: {said}"])
            yield Coding(
                system=f"urn:b12guide:{self.graph.name}", code=name, display=display
            )

    def _source(self, about: Decision | None, behind: list[Rule]) -> Source:
        linked = next(self._links(behind), None)
        topic = None
        if about is not None:
            topic = Coding(
                system=TOPICS, code=about.value, display=decision_text(about)
            )
        label = f"{self.graph.title} {self.graph.version}, {self.graph.status.value}"
        return Source(label=label, url=linked.url if linked else None, topic=topic)

    def _links(self, behind: Iterable[Rule]) -> Iterator[Link]:
        """The sources that the rules cite, as far as they have an address."""
        for name in dict.fromkeys(s for rule in behind for s in rule.grounds.sources):
            source = self.graph.sources.get(name)
            if source is not None and source.link and source.link.startswith("http"):
                yield Link(label=source.title, url=source.link)

    def cited(self, rules: Iterable[str]) -> str:
        """The statements behind rules as they stand in a summary, such as " (S25, S45)"."""
        statements = statements_of(rules_named(self.graph, dict.fromkeys(rules)))
        return f" ({', '.join(statements)})" if statements else ""


def indicated(strengths: Iterable[Strength]) -> Indicator:
    """How urgent advice of these strengths is."""
    return Indicator.INFO if {*strengths} <= _WEAK else Indicator.WARNING


def own_silences(setting: Setting, shown: Collection[Decision] = ()) -> Iterator[Item]:
    """What the guideline does not address although the patient has it.

    Args:
        setting: The answer.
        shown: Decisions beside which it is shown already.
    """
    own = setting.answer.stated.own
    told = {id(s) for d in shown for s in silences_beside(setting.answer, d)}
    mine = [
        silence
        for silence in setting.answer.silences
        if own.intersection(silence.topics) and id(silence) not in told
    ]
    for item in unaddressed(mine, setting.graph, own=own):
        yield Item(
            label="Not addressed", text=item.text, details=item.details, tone=item.tone
        )


_DISPLAYS = {
    "patient-ineligible": "Patient does not meet eligibility for recommended action",
    "indication-order-exists": "Patient has indication/order for intended action",
    "action-completed": "Recommended action was already completed",
    "need-more-info": (
        "Could not address recommended action due to need for more "
        "information/pending results/pending consult"
    ),
    "does-not-align-latest-evidence": (
        "Recommended action does not align with the latest evidence"
    ),
    "expert-contradicts": "Advice from expert contradicts the recommended action",
    "policy-contradicts": (
        "Institutional policy/guideline contradicts the recommended action"
    ),
    "risk-benefit-ratio": "Recipient assessment of risk/benefit ratio",
    "patient-contraindication": "Patient has contraindication to recommended action",
    "prefers-alternative": ("Patient prefers an alternative approach or treatment"),
    "patient-refuses": "Patient refuses/declines (no context given)*",
}
"""The reasons of HL7 that cards offer, as its code system words them."""

TO_ACT = (
    "action-completed",
    "indication-order-exists",
    "patient-contraindication",
    "prefers-alternative",
    "patient-refuses",
    "need-more-info",
    "does-not-align-latest-evidence",
    "expert-contradicts",
    "policy-contradicts",
)
"""Why something that is advised may be left undone."""
TO_ORDER = (
    "risk-benefit-ratio",
    "patient-ineligible",
    "patient-contraindication",
    "prefers-alternative",
    "does-not-align-latest-evidence",
    "expert-contradicts",
    "policy-contradicts",
)
"""Why an order may be signed as it stands."""
TO_ASK = ("need-more-info", "patient-ineligible", "patient-refuses")
"""Why a question may stay open."""


def _reason(code: str) -> Coding:
    return Coding(system=REASONS, code=code, display=_DISPLAYS[code])


_LINKED = str.maketrans({"@": "&#64;"})


def _inert(markdown: str) -> str:
    """Markdown in which nothing becomes a link by itself, as addresses do in this dialect."""
    plain = markdown.replace("://", "&#58;//").translate(_LINKED)
    return plain.replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
