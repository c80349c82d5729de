"""Where tools are called: from the arguments of a call to the page that it asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from attrs import evolve, frozen

from b12guide.ask.reply import Reply
from b12guide.audit.finding import Audit
from b12guide.due.model import Due
from b12guide.errors import B12GuideError
from b12guide.evaluate.answer import Recommendation
from b12guide.frozen import Record
from b12guide.graph.model import RuleGraph
from b12guide.guideline import Guideline
from b12guide.limits import Limits
from b12guide.mcp import drafts
from b12guide.mcp.fitting import NoSuchPage, Sheet, fits_on_one, sheet
from b12guide.mcp.overview import overview, questions_of
from b12guide.mcp.tool_reply import (
    Line,
    Problem,
    ToolReply,
    about,
    lines_of,
    problem_of,
    problems_of,
)
from b12guide.mcp.tools import (
    DRAFT,
    LIST,
    OF_PATIENTS,
    QUESTIONS,
    Json,
    Listed,
    whole_fact,
)
from b12guide.prove.everything import Proofs
from b12guide.prove.survivors import Mutations
from b12guide.say.conditions import condition_text
from b12guide.serve.asking import put
from b12guide.serve.question import BY_NAME, Question, Served
from b12guide.serve.refusal import Fault, RequestError
from b12guide.show.papers import page_of
from b12guide.text import shortened


@frozen(kw_only=True, repr=False)
class Desk(Record):
    """Where tools are called.

    Attributes:
        served: The guidelines that may be asked, by name.
        limits: What a question may cost.
    """

    served: Served
    limits: Limits

    def call(self, tool: str, arguments: Mapping[str, Any]) -> tuple[Sheet, bool]:
        """The page that a call asks for, and whether it is a refusal."""
        sent = dict(arguments)
        details, page = sent.pop("details", None), sent.pop("page", 1)
        if isinstance(details, str) and details.strip().isdecimal():
            page, details = int(details), None
        wrong = _wrong(details, page)
        if wrong:
            return sheet(tool, ToolReply(problems=wrong, is_refusal=True)), True
        reply = self._reply(tool, sent, details or "")
        narrow = "" if details or not _has_details(reply) else _narrower(reply)
        try:
            return sheet(tool, reply, page, narrow), reply.is_refusal
        except NoSuchPage as error:
            wrong = (
                Problem(
                    code="MCP003",
                    message=f"there is no page {page}",
                    place="/page",
                    remedy=f"ask for a page from 1 to {error.args[0]}",
                ),
            )
            refused = ToolReply(graph=reply.graph, problems=wrong, is_refusal=True)
            return sheet(tool, refused), True

    def _reply(self, tool: str, sent: Json, details: str) -> ToolReply:
        if tool == LIST:
            return self._listed(sent)
        try:
            return self._answer(QUESTIONS[tool], sent, details)
        except Exception as error:  # noqa: BLE001 -- no traceback reaches an agent
            return ToolReply(
                graph=self._graph_of(sent), problems=problems_of(error), is_refusal=True
            )

    def _answer(self, question: Question, sent: Json, details: str) -> ToolReply:
        if (
            any(one.name == DRAFT.name for one in question.members)
            and sent.get("draft") is not None
        ):
            if "guideline" in sent:
                raise RequestError(422, "there are two guidelines", (_TWO,))
            sent = {**sent, "guideline": next(iter(self.served))}
        content = json.dumps(sent).encode()
        found = put(question, content, self.served, self.limits)
        reply = _reply_of(found.told, found.asked.guideline.graph)
        day = found.asked.members.get("on")
        reply = evolve(reply, on="" if day is None else day.isoformat())
        return _detailed(reply, question, sent, details, self) if details else reply

    def _listed(self, sent: Json) -> ToolReply:
        if sent:
            known = "`page`, `details`"
            wrong = tuple(
                Problem(
                    code="SRV003",
                    message="there is no argument of this name",
                    place=f"/{name}",
                    remedy=f"leave it out; this tool takes {known} alone",
                )
                for name in sent
            )
            return ToolReply(problems=wrong, is_refusal=True)
        return ToolReply(lines=tuple(map(_guideline_line, self.served.values())))

    def _graph_of(self, sent: Json) -> RuleGraph | None:
        name = sent.get("guideline")
        if len(self.served) == 1:
            return next(iter(self.served.values())).graph
        named = self.served.get(name) if isinstance(name, str) else None
        return None if named is None or sent.get("draft") is not None else named.graph


_TWO = Fault(
    code="MCP002",
    detail="a guideline is named, and a draft of one is sent",
    remedy="leave one of the two out",
    pointer="/draft",
)


def _guideline_line(one: Guideline) -> Line:
    graph = one.graph
    scope = condition_text(graph.scope, graph)
    return Line(
        about=one.name,
        text=f"{graph.title}; version {one.version}, {one.status.value}; "
        f"for: {scope}; {len(graph.rules)} rules, {len(graph.statements)} statements",
        ids=(one.name,),
    )


def _wrong(details: Any, page: Any) -> tuple[Problem, ...]:
    found = []
    if details is not None and not isinstance(details, str):
        expected = "an id, such as `S13`, the name of a rule, or of a decision"
        found.append(("details", expected))
    if isinstance(page, bool) or not isinstance(page, int):
        found.append(("page", "a whole number, such as 2"))
    return tuple(
        Problem(
            code="SRV004",
            message=f"this is not {expected}",
            place=f"/{name}",
            remedy=f"write {expected}",
        )
        for name, expected in found
    )


def _reply_of(told: Any, graph: RuleGraph) -> ToolReply:
    match told:
        case Recommendation():
            return _recommended(told)
        case Audit():
            counts = {gravity.value: count for gravity, count in told.counts.items()}
            lines = _settings_last(_of_page(told, graph))
            return ToolReply(graph=graph, lines=lines, more={"found": counts})
        case Reply():
            lines = _of_page(told, graph)
            return ToolReply(graph=graph, lines=lines, more={"silent": told.is_silent})
        case Due():
            return ToolReply(graph=graph, lines=_settings_last(_of_page(told, graph)))
        case Proofs():
            return ToolReply(
                graph=told.graph,
                lines=_of_page(told, told.graph),
                more={"fine": told.is_fine},
            )
        case Mutations():
            examples = (
                Line(about="An example that would notice", text=one)
                for one in told.more_examples().strip().split("\n\n")
                if one
            )
            return ToolReply(
                graph=told.graph,
                lines=(*_of_page(told, told.graph), *examples),
                more={"fine": told.is_fine},
            )
        case drafts.Looked():
            lines = (Line(about="Examples", text=told.tried),) if told.tried else ()
            return ToolReply(
                graph=told.graph,
                problems=tuple(map(problem_of, told.diagnostics)),
                lines=lines,
                more={"fine": told.is_fine},
            )
        case Listed():
            return ToolReply(graph=told.graph, lines=told.lines)
        case _:
            return ToolReply(graph=graph, lines=_of_page(told, graph))


def _recommended(told: Recommendation) -> ToolReply:
    by_outcome: dict[str, list[str]] = {}
    for decision, decided in told.decisions.items():
        by_outcome.setdefault(decided.outcome.value, []).append(decision.value)
    asked = questions_of(told)
    others = (
        line
        for line in lines_of(page_of(told), told.graph)
        if line.about != "Ask, most useful first"
    )
    reply = ToolReply(
        graph=told.graph,
        on="" if told.on is None else told.on.isoformat(),
        lines=(*others, *asked),
        more={
            "decisions": by_outcome,
            "ask_next": [one.fact for one in told.questions[:_ASKED_FIRST]],
        },
    )
    return evolve(
        reply,
        first=overview(
            told, lambda lines: fits_on_one("recommend", evolve(reply, first=lines))
        ),
    )


_ASKED_FIRST = 3
_SETTINGS = {"Audited on", "On", "Events", "Tolerance", "Looked at"}


def _settings_last(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """What was found before how it was looked for."""
    return tuple(sorted(lines, key=lambda line: line.about in _SETTINGS))


def _of_page(told: Any, graph: RuleGraph) -> tuple[Line, ...]:
    return tuple(lines_of(page_of(told), graph))


# ------------------------------------------------------------------------------ details


def _has_details(reply: ToolReply) -> bool:
    return any(line.ids for line in (*reply.first, *reply.lines))


def _narrower(reply: ToolReply) -> str:
    """How to ask for less, with an id that is there."""
    some = [one for line in (*reply.first, *reply.lines) for one in line.ids]
    stated = reply.graph.statements if reply.graph is not None else ()
    best = next((one for one in some if one in stated), some[0])
    return f'details="{shortened(best)}"'


def _detailed(
    reply: ToolReply, question: Question, sent: Json, details: str, desk: Desk
) -> ToolReply:
    """What of a reply is about one thing, and what else the guideline says of it."""
    found = [line for line in reply.lines if about(line, details)]
    problems = tuple(one for one in reply.problems if one.code == details)
    graph = reply.graph
    explained: tuple[Line, ...] = ()
    near = _near(reply, details)
    if graph is not None and question.name == "facts":
        explained = tuple(whole_fact(graph, details))
        found = [] if explained else found
    elif question in OF_PATIENTS and question.name != "explain":
        explained, named = _explained(sent, details, desk)
        near = tuple(dict.fromkeys((*named, *near)))[:_MOST_NEAR]
    if not (found or problems or explained):
        listed = " or ".join(f"`{one}`" for one in near)
        wrong = Problem(
            code="MCP006",
            message=f"nothing here is about `{shortened(details)}`",
            place="/details",
            remedy=f"did you mean {listed}?" if near else _WITHOUT,
            suggestions=near,
        )
        return evolve(
            reply, problems=(wrong,), first=(), lines=(), more={}, is_refusal=True
        )
    said = {(line.text, line.about) for line in found}
    found += [one for one in explained if (one.text, one.about) not in said]
    return evolve(reply, problems=problems, first=(), lines=tuple(found))


_WITHOUT = "ask without `details`, or with an id that stands on a line"
_MOST_NEAR = 3


def _explained(
    sent: Json, name: str, desk: Desk
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """What `explain` says of a name for the same patient, or names that are like it."""
    members = {"patient", "on", "guideline"}
    asked = {key: value for key, value in sent.items() if key in members}
    try:
        content = json.dumps({**asked, "name": name}).encode()
        found = put(BY_NAME["explain"], content, desk.served, desk.limits)
    except B12GuideError as error:
        return (), tuple(s for one in problems_of(error) for s in one.suggestions)
    return _of_page(found.told, found.asked.guideline.graph), ()


def _near(reply: ToolReply, details: str) -> tuple[str, ...]:
    known = {one for line in reply.lines for one in line.ids}
    known |= {line.about for line in reply.lines if line.about}
    return tuple(get_close_matches(details, sorted(known), n=_MOST_NEAR))
