"""The tools: what each is for, what it takes, and what it replies.

The questions about patients are those of the service (`b12guide.serve.question`): the same members,
read in the same way, refused with the same codes. The others are questions about the guideline.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from attrs import evolve, field, frozen

from b12guide.errors import UnknownNameError
from b12guide.frozen import FrozenMap, Record
from b12guide.graph.dictionary import DescribedFact, dictionary
from b12guide.graph.model import RuleGraph
from b12guide.limits import Limits
from b12guide.mcp import drafts
from b12guide.mcp.tool_reply import Line
from b12guide.prove.everything import Proofs
from b12guide.prove.survivors import Mutations
from b12guide.serve.question import BY_NAME, Asked, Member, Question, text
from b12guide.show.facts_page import described

Json: TypeAlias = dict[str, Any]
_CITE = (
    " Unknown is never no: a fact that is not sent, or is null, is unknown, and nothing is assumed "
    "of it. What the guideline does not address is silence, and never permission. Say nothing to "
    "anybody that stands on no line, and cite the ids of the line."
)


# ------------------------------------------------------------------------ own questions


@frozen(kw_only=True, repr=False)
class Listed(Record):
    """What is the same for everybody: lines about a guideline, or about all that are served."""

    lines: tuple[Line, ...]
    graph: RuleGraph | None = field(default=None, repr=False)

    def to_dict(self) -> Json:
        """The lines as plain data."""
        return {"lines": [line.to_dict() for line in self.lines]}


DRAFT = Member(
    name="draft",
    says="The text of a guideline in GDL, instead of a guideline that is served.",
    schema={"type": "string", "maxLength": drafts.MOST_BYTES},
    read=text,
)
_OF = Member(
    name="of",
    says="The name of one rule or definition; all of them if left out.",
    schema={"type": "string"},
    read=text,
)
_FIND = Member(
    name="find",
    says="Words to look for in names, labels, synonyms and lay words; all facts if left out.",
    schema={"type": "string"},
    read=text,
)


def _facts(asked: Asked, _: Limits) -> Listed:
    graph = asked.guideline.graph
    wanted = str(asked.members.get("find", "")).casefold().replace("_", " ").split()
    known = dictionary(graph)
    lines = tuple(
        Line(about=fact.kind, text=_fact_text(fact), ids=(fact.name,))
        for fact in known.values()
        if all(word in _words_of(fact) for word in wanted)
    )
    if wanted and not lines:
        words = {word for fact in known.values() for word in _words_of(fact).split()}
        raise UnknownNameError(_FACT, asked.members["find"], {*known, *words})
    return Listed(lines=lines, graph=graph)


_FACT = "fact that is called"


def _words_of(fact: DescribedFact) -> str:
    values = (word for value in fact.values for word in value)
    words = (fact.name, fact.label, *fact.lay, *fact.synonyms, *values)
    return " ".join((*words, fact.asks or "")).casefold().replace("_", " ")


_BRIEFLY = {"Unit", "Plausible", "Values"}


def _fact_text(fact: DescribedFact) -> str:
    told = [f"{label}: {text}" for label, text in described(fact) if label in _BRIEFLY]
    return "; ".join((f"{fact.name}: {fact.label}", *told))


def whole_fact(graph: RuleGraph, name: str) -> Iterator[Line]:
    """All that is known of a fact; nothing where there is none so called."""
    fact = dictionary(graph).get(name)
    if fact is not None:
        for label, text in (("Label", fact.label), *described(fact)):
            yield Line(about=label, text=text, ids=(name,))


def _draft_asked(asked: Asked, _: Limits) -> drafts.Looked:
    return drafts.looked_at(asked.members["draft"])


def _proofs(asked: Asked, _: Limits) -> Proofs:
    return drafts.proved(asked.guideline, asked.members.get("draft"))


def _mutations(asked: Asked, _: Limits) -> Mutations:
    found = asked.members
    return drafts.mutated(asked.guideline, found.get("draft"), found.get("of", ""))


OWN: tuple[Question, ...] = (
    Question(
        name="facts",
        title="The facts that may be stated of a patient",
        says="Each with its label, unit, plausible range and values: the names that `patient` "
        "takes. `details` with the name of a fact tells all about it: how to ask a person for it, "
        "what people call it, which rules read it.",
        members=(_FIND,),
        schema="tool",
        answer=_facts,
    ),
    Question(
        name="prove",
        title="What holds for every possible patient",
        says="The claims that are made of a guideline, proved or with the smallest patient who "
        "breaks them. Give `draft` for a guideline that you write.",
        members=(DRAFT,),
        schema="tool",
        answer=_proofs,
    ),
    Question(
        name="check",
        title="Whether a draft of a guideline can be used",
        says="What is wrong with the text of a guideline in GDL, each with code, place, remedy and "
        "what may have been meant; remarks of the linter; and whether its own examples come out as "
        "expected. A draft is not advice: after `check` come `prove`, `mutate` and a clinician.",
        members=(evolve(DRAFT, is_required=True, says="The text in GDL."),),
        schema="tool",
        answer=_draft_asked,
    ),
    Question(
        name="mutate",
        title="Which small mistakes the examples would not notice",
        says="Small mistakes are made in a guideline or draft, one at a time; told are those that "
        "no example and no invariant notices, and examples that would.",
        members=(DRAFT, _OF),
        schema="tool",
        answer=_mutations,
    ),
)
_ASKED = ("recommend", "explain", "due", "audit", "ask")
OF_PATIENTS = tuple(BY_NAME[name] for name in _ASKED if name in BY_NAME)
QUESTIONS: Mapping[str, Question] = FrozenMap(
    {one.name: one for one in (*OF_PATIENTS, *OWN)}
)
"""What can be asked of a guideline, by the name of its tool."""
LIST = "guidelines"
TOOLS = (*QUESTIONS, LIST)

_HINTS: Mapping[str, str] = {
    "recommend": " Page 1 is an overview; the pages behind it tell everything. Then ask the person "
    "for the facts in `ask_next`, most useful first, and call again." + _CITE,
    "explain": " Use it for the ids of other replies: `S09`, `T27`, the name of a rule."
    + _CITE,
    "due": _CITE,
    "audit": " Start with the violations; what could not be assessed is no violation."
    + _CITE,
    "ask": " An answer that is silent has nothing to say: then say so." + _CITE,
}


def description(question: Question) -> str:
    """What a tool is for and how it is used, for an agent."""
    return f"{question.title}. {question.says}{_HINTS.get(question.name, '')}"
