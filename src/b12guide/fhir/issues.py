"""What speaks against a treatment, or is left open, as drafts of DetectedIssue.

A drug that is withheld, contraindicated or to be avoided, rules that contradict each other, and
what the guideline does not say about something that the patient has. What *may* be so is reported
as well: silence is never "allowed".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from attrs import frozen

from b12guide.evaluate.answer import Decided, Option, Recommendation
from b12guide.fhir.canonical import BASE, Element
from b12guide.fhir.dosages import concept
from b12guide.fhir.sheet import Sheet, origin
from b12guide.frozen import Record
from b12guide.graph.model import (
    Change,
    Decision,
    Exclusion,
    FormChoice,
    Prohibition,
    Silence,
    Stop,
)
from b12guide.say.advice import advice_text
from b12guide.say.names import decision_text
from b12guide.say.words import listing
from b12guide.show.decision_lines import not_offered_text

ISSUES = f"{BASE}/CodeSystem/issue"
"""The code system of what can be the matter."""


class Matter(Enum):
    """What can be the matter, with how severe FHIR has it."""

    severity: str

    def __init__(self, _: str, severity: str) -> None:
        self.severity = severity

    WITHHOLD = ("withhold", "high")
    CONTRAINDICATED = ("contraindicated", "high")
    AVOID = ("avoid", "moderate")
    CONFLICT = ("conflict", "moderate")
    NOT_ADDRESSED = ("not-addressed", "moderate")


@frozen(kw_only=True, repr=False)
class Issue(Record):
    """Something that is the matter.

    Attributes:
        decision: Beside which it belongs; None for no particular one.
        drugs: The drugs that it is about.
        rules: The rules that say so.
        certain: Whether it is so whatever is unknown.
        topics: The facts that it is about.
    """

    matter: Matter
    text: str
    decision: Decision | None = None
    drugs: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    certain: bool = True
    topics: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What is the matter, or may be."""
        return self.text if self.certain else f"perhaps: {self.text}"

    def resource(self, sheet: Sheet) -> Element:
        """The DetectedIssue; `preliminary`, because nobody has looked at it yet."""
        text = self.told
        code = {
            "coding": [{"system": ISSUES, "code": self.matter.value[0]}],
            "text": text,
        }
        topics = [concept(sheet.wording.fact(name)) for name in self.topics]
        return sheet.resource(
            "DetectedIssue",
            [self.matter.value[0], text, list(self.rules)],
            extension=origin(self.rules),
            status="preliminary",
            code=code,
            severity=self.matter.severity,
            patient=dict(sheet.subject),
            identifiedDateTime=sheet.day,
            evidence=[{"code": topics}] if topics else [],
            detail="\n".join(sheet.texts(self.rules, f"{text}.")),
            reference=sheet.canonical,
        )


def issues_of(recommendation: Recommendation) -> tuple[Issue, ...]:
    """All that is the matter, each thing once."""
    found = (
        *_against_drugs(recommendation),
        *_conflicts(recommendation),
        *_not_addressed(recommendation),
    )
    return tuple(dict.fromkeys(found))


def _against_drugs(recommendation: Recommendation) -> Iterator[Issue]:
    for decided in recommendation.decisions.values():
        for option in decided.options:
            yield from _against(option, decided, recommendation)
        for one in decided.not_offered:
            yield Issue(
                matter=Matter.CONTRAINDICATED,
                text=not_offered_text(one, recommendation.graph),
                decision=decided.decision,
                drugs=frozenset(one.drugs),
                rules=one.rules,
                certain=one.certain,
            )


def _against(
    option: Option, decided: Decided, recommendation: Recommendation
) -> Iterator[Issue]:
    """What one piece of advice says against drugs."""
    match option.advice:
        case Prohibition(drugs=drugs):
            matter = Matter.WITHHOLD
        case Exclusion(drugs=drugs, outright=outright):
            matter = Matter.CONTRAINDICATED if outright else Matter.AVOID
        case FormChoice(excluded=drugs) | Change(to=FormChoice(excluded=drugs)):
            matter = Matter.AVOID
        case _:
            return
    if drugs:
        yield Issue(
            matter=matter,
            text=advice_text(option.advice, recommendation.graph),
            decision=decided.decision,
            drugs=frozenset(drugs),
            rules=option.rules,
            certain=option.certain,
        )


def _conflicts(recommendation: Recommendation) -> Iterator[Issue]:
    graph = recommendation.graph
    for conflict in recommendation.conflicts:
        sides = [advice_text(side.advice, graph) for side in conflict.sides]
        note = f" {conflict.note}" if conflict.note else ""
        drugs = frozenset(
            drug
            for side in conflict.sides
            if isinstance(side.advice, Prohibition | Exclusion)
            for drug in side.advice.drugs
        )
        yield Issue(
            matter=Matter.CONFLICT,
            text=(
                f"{decision_text(conflict.decision)}: the guideline contradicts itself: "
                f"{' · '.join(sides)}{note}"
            ),
            decision=conflict.decision,
            drugs=drugs,
            rules=tuple(dict.fromkeys(n for s in conflict.sides for n in s.rules)),
            certain=conflict.certain,
            topics=conflict.facts,
        )


def _not_addressed(recommendation: Recommendation) -> Iterator[Issue]:
    for silence in recommendation.silences:
        topics = own_topics(silence, recommendation)
        if topics:
            noted = f" ({listing(silence.noted_as)})" if silence.noted_as else ""
            yield Issue(
                matter=Matter.NOT_ADDRESSED,
                text=f"not addressed by the guideline: {silence.text}{noted}",
                topics=topics,
            )


def own_topics(silence: Silence, recommendation: Recommendation) -> tuple[str, ...]:
    """What a silence is about that the patient has."""
    own = recommendation.stated.own
    return tuple(topic for topic in silence.topics if topic in own)


def spoken_against(
    recommendation: Recommendation, issues: Iterable[Issue]
) -> frozenset[str]:
    """The drugs that nobody may draft: something speaks against them, or may."""
    barred = {drug for issue in issues for drug in issue.drugs}
    for decided in recommendation.decisions.values():
        for option in decided.options:
            if isinstance(option.advice, Stop):
                barred.add(option.advice.treatment)
    return frozenset(barred)
