"""The server: the tools, resources and prompt, as the protocol has them.

Everything that is said is made elsewhere (`tools`); this puts it into the protocol's envelopes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from anyio import to_thread
from attrs import field, frozen
from mcp import types
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError

from b12guide import resources
from b12guide.errors import UnknownNameError
from b12guide.frozen import FrozenMap, Record
from b12guide.guideline import Guideline
from b12guide.library import PathLike
from b12guide.limits import Limits
from b12guide.mcp.desk import Desk
from b12guide.mcp.fitting import MOST
from b12guide.mcp.tools import LIST, OWN, QUESTIONS, description
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.patient.model import Units
from b12guide.serve.question import Member, Served
from b12guide.serve.served import served_by
from b12guide.show.facts_page import facts_to_json
from b12guide.show.to_json import guideline_json
from b12guide.text import shortened

LIMITS = Limits(bytes=256 * 1024, work=1_000_000)
"""What a question may cost, if nothing else is said."""

_ROOT = "b12guide://"
_JSON, _PLAIN = "application/json", "text/plain"
_GRAMMAR = f"{_ROOT}grammar"
_TOOL, _RESOURCE, _PROMPT_KIND = "tool", "resource", "prompt"


def server(
    guidelines: Iterable[Guideline | PathLike] | Guideline | PathLike,
    limits: Limits = LIMITS,
) -> Server[Any]:
    """A server that can be asked about these guidelines.

    Args:
        guidelines: Loaded, or by name or path; one or several.
        limits: What a question may cost.

    Raises:
        GuidelineError: There is no such guideline, or it has errors.
        ArgumentError: There is none at all, or two have the same name.
    """
    served = served_by(guidelines)
    for guideline in served.values():
        guideline.recommend({})  # compiled before the first call
    room = _Room(served=served, desk=Desk(served=served, limits=limits))
    return Server(
        "b12guide",
        version=VERSION,
        title="b12guide: clinical guidelines that can be asked",
        instructions=_instructions(served),
        on_list_tools=room.tools,
        on_call_tool=room.call,
        on_list_resources=room.resources,
        on_list_resource_templates=room.templates,
        on_read_resource=room.read,
        on_list_prompts=room.prompts,
        on_get_prompt=room.prompt,
    )


def _instructions(served: Served) -> str:
    names = ", ".join(f"`{name}`" for name in served)
    which = "" if len(served) == 1 else " Name one of them as `guideline`."
    return (
        f"Clinical guidelines on vitamin B12, asked about patients: {names}.{which} "
        f"{EDUCATION_NOTICE} Each reply has at most {MOST} bytes a page and says how to ask for "
        "the rest: `page` for the next page, `details` for one id. State only what is known: what "
        "is left out is unknown, and unknown is never no. Days are arguments (`on`); nothing here "
        "knows today. Advice is what stands on a line: cite its ids, and where the reply says that "
        "the guideline does not address something, say that and nothing more. Begin with `facts` "
        "for the names of facts, then `recommend`, then ask the person for what `ask_next` names."
    )


@frozen(kw_only=True, repr=False)
class _Room(Record):
    """What answers each request of the protocol."""

    served: Served
    desk: Desk = field(repr=False)

    async def tools(self, _: Any, __: Any) -> types.ListToolsResult:
        """The tools, with the schemas of what they take and reply."""
        return types.ListToolsResult(tools=[*_tools(self.served)])

    async def call(
        self, _: Any, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """One page of what a tool replies."""
        name, arguments = params.name, params.arguments or {}
        if name != LIST and name not in QUESTIONS:
            raise _no_such(_TOOL, name, get_close_matches(name, (*QUESTIONS, LIST)))
        page, is_refusal = await to_thread.run_sync(
            partial(self.desk.call, name, arguments)
        )
        return types.CallToolResult(
            content=[types.TextContent(type="text", text=page.text)],
            structured_content=page.data,
            is_error=is_refusal,
        )

    async def resources(self, _: Any, __: Any) -> types.ListResourcesResult:
        """What can be read whole."""
        found = [
            types.Resource(uri=uri, name=name, description=says, mime_type=kind)
            for uri, (name, says, kind) in _RESOURCES.items()
        ]
        for name in self.served:
            found += [
                types.Resource(
                    uri=f"{_ROOT}{name}/{part}",
                    name=f"{name}/{part}",
                    description=says,
                    mime_type=_JSON,
                )
                for part, says in _PARTS.items()
            ]
        return types.ListResourcesResult(resources=found)

    async def templates(self, _: Any, __: Any) -> types.ListResourceTemplatesResult:
        """What can be read by its id."""
        template = types.ResourceTemplate(
            uri_template=f"{_ROOT}{{guideline}}/about/{{id}}",
            name="about",
            description="What a guideline says of one statement (`S09`), assumption (`T27`), rule, "
            "decision, fact or drug, for nobody in particular.",
            mime_type=_PLAIN,
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read(
        self, _: Any, params: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        """The text of a resource."""
        uri = str(params.uri)
        kind, text = await to_thread.run_sync(partial(self.text_of, uri))
        content = types.TextResourceContents(uri=uri, mime_type=kind, text=text)
        return types.ReadResourceResult(contents=[content])

    def text_of(self, uri: str) -> tuple[str, str]:
        """The kind and the text of a resource.

        Raises:
            MCPError: There is none at this address.
        """
        if uri == f"{_ROOT}guidelines":
            return _JSON, _written(
                [guideline_json(one.graph) for one in self.served.values()]
            )
        if uri == _GRAMMAR:
            return _PLAIN, resources.read("grammar", "gdl.llguidance.lark")
        name, _, part = uri.removeprefix(_ROOT).partition("/")
        guideline = self.served.get(name)
        if not uri.startswith(_ROOT) or guideline is None:
            raise _no_such(_RESOURCE, uri)
        if part == "facts":
            return _JSON, _written(facts_to_json(guideline.graph))
        if part == "facts/schema":
            return _JSON, _written(guideline.json_schema(units=Units.REQUIRED))
        kind, _, about = part.partition("/")
        if kind == "about":
            try:
                return _PLAIN, guideline.explain(about).to_text()
            except UnknownNameError as error:
                raise _no_such(error.kind, about, error.suggestions) from error
        raise _no_such(_RESOURCE, uri)

    async def prompts(self, _: Any, __: Any) -> types.ListPromptsResult:
        """The one prompt: how to ask about a patient."""
        return types.ListPromptsResult(prompts=[_PROMPT])

    async def prompt(
        self, _: Any, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        """The words of the prompt."""
        if params.name != _PROMPT.name:
            raise _no_such(_PROMPT_KIND, params.name, (_PROMPT.name,))
        about = (params.arguments or {}).get("about", "")
        text = _ASKING + (f"\n\nWhat is known: {about}" if about else "")
        message = types.PromptMessage(
            role="user", content=types.TextContent(type="text", text=text)
        )
        return types.GetPromptResult(messages=[message])


_OF_GRAMMAR = (
    "The grammar of GDL for constrained decoding, in the dialect of llguidance: a draft that it "
    "lets through parses. Then call `check`, `prove` and `mutate`."
)
_RESOURCES: Mapping[str, tuple[str, str, str]] = FrozenMap(
    {
        f"{_ROOT}guidelines": (
            "guidelines",
            "The guidelines that may be asked.",
            _JSON,
        ),
        _GRAMMAR: ("grammar", _OF_GRAMMAR, _PLAIN),
    }
)
_PARTS = FrozenMap(
    {
        "facts": "Every fact that may be stated, with label, unit, range, values and codes.",
        "facts/schema": "The JSON Schema of a patient.",
    }
)
_PROMPT = types.Prompt(
    name="ask_about_a_patient",
    title="Ask a guideline about a patient",
    description="How to ask, what to say of the answer, and what never to say.",
    arguments=[
        types.PromptArgument(
            name="about", description="What is known of the patient.", required=False
        )
    ],
)
_ASKING = """\
Use the tools of b12guide. Find the names of what is known with `facts`; send only what is known, \
each measure with its unit, and the day as `on`. Call `recommend`. Tell what the lines say, each \
with its strength and its statement (such as S09), and with "depends on" where the line says so. \
Tell what the guideline does not address as not addressed: it is neither allowed nor forbidden. \
Then ask for the facts in `ask_next`, the first one first, and call again. Do not add advice from \
elsewhere, do not turn unknown into no, and say that this is for education and research and that \
the guideline is under review where it is."""


def _written(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _no_such(kind: str, name: str, near: Sequence[str] = ()) -> MCPError:
    listed = " or ".join(f"`{one}`" for one in near)
    meant = f"; did you mean {listed}?" if near else ""
    message = f"there is no {kind} `{shortened(name)}`{meant}"
    return MCPError(types.INVALID_PARAMS, message, {"suggestions": [*near]})


# ------------------------------------------------------------------------------ schemas


def _tools(served: Served) -> Iterator[types.Tool]:
    output = _undescribed(json.loads(resources.read("schema", "tool.schema.json")))
    for question in QUESTIONS.values():
        members = (*question.members, *_common(served, question.name))
        yield types.Tool(
            name=question.name,
            title=question.title,
            description=description(question),
            input_schema=_input(members),
            output_schema=output,
            annotations=_ONLY_READS,
        )
    yield types.Tool(
        name=LIST,
        title="The guidelines that may be asked",
        description="The guidelines that may be asked, each with its title, version, review "
        "status and for whom it is written.",
        input_schema=_input((_DETAILS, _PAGE)),
        output_schema=output,
        annotations=_ONLY_READS,
    )


def _undescribed(schema: Any) -> Any:
    """A schema without what only people read of it, because agents pay for each word."""
    match schema:
        case dict():
            return {
                key: _undescribed(value)
                for key, value in schema.items()
                if key not in {"description", "title", "$id"} or isinstance(value, dict)
            }
        case list():
            return [_undescribed(one) for one in schema]
        case _:
            return schema


_ONLY_READS = types.ToolAnnotations(
    read_only_hint=True,
    destructive_hint=False,
    idempotent_hint=True,
    open_world_hint=False,
)


def _nothing(*_: Any) -> None:
    """Stands for the reader of a member that the desk reads itself."""


_DETAILS = Member(
    name="details",
    says="Only what is about this: an id such as `S13`, a rule, a decision such as `maintenance`, "
    "or a heading of the reply.",
    schema={"type": "string"},
    read=_nothing,
)
_PAGE = Member(
    name="page",
    says="Which page of the reply; the first if left out.",
    schema={"type": "integer", "minimum": 1},
    read=_nothing,
)


def _common(served: Served, tool: str) -> Iterator[Member]:
    is_optional = len(served) == 1 or tool in {
        one.name for one in OWN if one.name != "facts"
    }
    yield Member(
        name="guideline",
        says="The guideline; it can be left out where only one is served, or a draft is sent.",
        schema={"type": "string", "enum": list(served)},
        read=_nothing,
        is_required=not is_optional,
    )
    yield _DETAILS
    yield _PAGE


def _input(members: Iterable[Member]) -> dict[str, Any]:
    found = tuple(members)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [one.name for one in found if one.is_required],
        "properties": {
            one.name: {"description": one.says, **_schema_of(one)} for one in found
        },
    }


def _schema_of(member: Member) -> Mapping[str, Any]:
    if member.name in _OWN_SCHEMAS:
        return _OWN_SCHEMAS[member.name]
    return dict(member.schema or {})


_OWN_SCHEMAS: Mapping[str, Mapping[str, Any]] = FrozenMap(
    {
        "patient": {
            "type": "object",
            "properties": {
                "facts": {
                    "type": "object",
                    "description": "By name, as the tool `facts` lists them: true or false for a "
                    'finding or event, "35 mL/min" for a measure, a value for a choice, null for '
                    'what is not known, {"value": ..., "on": "2026-01-05"} with a day.',
                },
                "otherwise": {
                    "enum": ["unknown", "absent"],
                    "description": "What holds of findings that are not mentioned; unknown if "
                    "left out. Say absent only where somebody looked for all of them.",
                },
            },
        },
        "history": {
            "type": "array",
            "description": "Events in any order, each an object with `on` and one of `dose`, "
            "`start`, `stop`, `test`, `event`: "
            '{"on": "2025-01-06", "dose": "hydroxocobalamin", "amount": "1000 µg", "route": '
            '"intramuscular"}, {"on": "2025-04-07", "test": "serum_b12", "value": "410 pg/mL"}.',
            "items": {"type": "object"},
        },
    }
)
