"""The paths for those who edit a guideline in a browser: what is said of a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeAlias

from attrs import define, field, frozen
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from b12guide import resources
from b12guide.diagnostics import pointer_to
from b12guide.frozen import FrozenMap, Record
from b12guide.limits import Limits
from b12guide.serve.arriving import JSON, body_of, only
from b12guide.serve.body import OddError, read_carefully, read_quickly
from b12guide.serve.drafts import MAIN, Draft, begun_with
from b12guide.serve.journal import notes_of
from b12guide.serve.policy import Policy
from b12guide.serve.question import LEFT_OUT, Served, guideline_of
from b12guide.serve.refusal import Fault, RequestError
from b12guide.serve.spelled import as_bytes
from b12guide.serve.turns import Turns
from b12guide.serve.workbench import Workbench

Json: TypeAlias = dict[str, Any]
_WAITING = 4
_MOST_FILES = 16
_PART = "[A-Za-z0-9_][A-Za-z0-9_.-]*"
_FILE_NAME = f"^{_PART}(/{_PART})*$"


@frozen(kw_only=True, repr=False)
class Verb(Record):
    """Something that can be asked of a draft.

    Attributes:
        name: Its name, and the last part of its path.
        title: What is asked, in a few words.
        says: What comes back.
        members: What a request says beside `text` and `beside`.
        is_long: Whether it may take a while; typing does not wait for it.
    """

    name: str
    title: str
    says: str
    members: tuple[str, ...] = ()
    is_long: bool = False

    @property
    def path(self) -> str:
        """Where it is asked."""
        return f"/edit/{self.name}"


VERBS = (
    Verb(
        name="check",
        title="What is wrong with a draft",
        says="Diagnostics with places and remedies, the headings, and the edits that leave no "
        "choice. With `deep` the rules are held against one another, the examples are tried, and "
        "the linter looks at the draft.",
        members=("deep",),
        is_long=True,
    ),
    Verb(
        name="format",
        title="A draft, formatted",
        says="The edits that lay a file out as `b12guide fmt` does; null where it has errors.",
        members=("file",),
    ),
    Verb(
        name="complete",
        title="What may be written at a place",
        says="Words of the language, names, units and statements, the likeliest first.",
        members=("file", "at"),
    ),
    Verb(
        name="hover",
        title="What a word means",
        says="What the word at a place means, in Markdown; null where there is nothing to say.",
        members=("file", "at"),
    ),
    Verb(
        name="test",
        title="The examples of a draft, tried",
        says="The report of `b12guide test`; null where the draft has errors.",
        is_long=True,
    ),
    Verb(
        name="prove",
        title="What holds for every patient",
        says="The report of `b12guide prove`; null where the draft has errors.",
        is_long=True,
    ),
    Verb(
        name="compile",
        title="A draft, ready to answer",
        says="The program from which the page answers, marked as that of a draft; null where it "
        "has errors.",
        is_long=True,
    ),
)
BY_NAME: Mapping[str, Verb] = FrozenMap({verb.name: verb for verb in VERBS})


@define(eq=False)
class Lane:
    """Processes that take drafts in turn.

    Attributes:
        at_once: How many there are.
        waiting: How many drafts may wait for one; the next ones are sent away (503).
        seconds: How long one draft may take.
    """

    at_once: int
    waiting: int
    seconds: float
    turns: Turns = field(init=False)
    _free: SimpleQueue[Workbench] = field(factory=SimpleQueue, init=False)

    def __attrs_post_init__(self) -> None:
        self.turns = Turns(self.at_once, self.waiting)
        for _ in range(self.at_once):
            self._free.put(Workbench(self.seconds))

    def work(self, verb: str, draft: Draft) -> Json:
        """What is said of a draft; a thread of `turns` asks, so that a process is free."""
        bench = self._free.get()
        try:
            return bench.ask(verb, draft)
        finally:
            self._free.put(bench)

    def prepare(self) -> None:
        """Have a process ready before somebody asks."""
        self.turns.threads.submit(self._be_ready)

    def _be_ready(self) -> None:
        bench = self._free.get()
        try:
            bench.be_ready()
        finally:
            self._free.put(bench)


@define(eq=False)
class Editing:
    """What answers those who edit: a process for what is quick, and some for what is long."""

    served: Served
    policy: Policy
    _quick: Lane = field(init=False)
    _long: Lane = field(init=False)

    def __attrs_post_init__(self) -> None:
        seconds = self.policy.edit_seconds
        self._quick = Lane(1, 4 * _WAITING, seconds)
        self._long = Lane(self.policy.at_once, _WAITING, seconds)

    def paths(self) -> dict[str, dict[str, Callable[[Request], Any]]]:
        """Every path with what answers it."""
        return {
            "/edit.js": {"GET": partial(_built, "edit.js", "text/javascript")},
            "/edit.css": {"GET": partial(_built, "edit.css", "text/css")},
            "/edit/files": {"GET": self.files},
            **{verb.path: {"POST": partial(self.ask, verb)} for verb in VERBS},
        }

    async def files(self, request: Request) -> Response:
        """The files of a guideline that is served, to begin a draft with."""
        only(("guideline",), request)
        named = request.query_params.get("guideline", LEFT_OUT)
        guideline = guideline_of(named, self.served)
        self._quick.prepare()
        self._long.prepare()
        found = await self._quick.turns.take(lambda: as_bytes(begun_with(guideline)))
        return Response(found, media_type=JSON)

    async def ask(self, verb: Verb, request: Request) -> Response:
        """What there is to say of a draft."""
        only((), request)
        content = await body_of(request, self.policy)
        draft = draft_of(content, verb, self.policy.limits)
        lane = self._long if verb.is_long and draft.deep else self._quick
        # A page that has a newer text leaves, and what it left does not wait for its turn.
        found = await lane.turns.take_while(
            lambda: lane.work(verb.name, draft), _left(request)
        )
        if found is None:
            raise ClientDisconnect
        if found["guideline"] is not None:
            notes_of(request.scope).more |= {
                "guideline": found["guideline"]["name"],
                "digest": found["guideline"]["digest"],
            }
        return Response(as_bytes(found), media_type=JSON)


async def _left(request: Request) -> None:
    """Comes to an end when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _built(name: str, media_type: str, request: Request) -> Response:
    """A part of the editor, which `npm run build` made."""
    only((), request)
    content = (resources.package() / "page" / "built" / name).read_bytes()
    return Response(content, media_type=media_type)


# --------------------------------------------------------------------------- what is sent


def draft_of(content: bytes, verb: Verb, limits: Limits) -> Draft:
    """The draft that a request brings.

    Raises:
        RequestError: The request has not the members of this verb (422).
        PatientError: The body is no JSON, or beyond a limit.
    """
    try:
        sent = read_quickly(content, limits).plain
    except OddError:
        sent = read_carefully(content, limits).plain
    title = f"the request is not one for `{verb.path}`"
    if not isinstance(sent, dict):
        raise RequestError(422, title, (_wrong("", "a JSON object"),))
    faults = list(_faults(sent, verb))
    if faults:
        raise RequestError(422, title, faults)
    return Draft(**sent)


def _faults(sent: Mapping[str, Any], verb: Verb) -> Iterator[Fault]:
    known = ("text", "beside", *verb.members)
    for name in sent:
        if name not in known:
            yield Fault(
                code="SRV003",
                detail="there is no member of this name",
                remedy="leave it out, or write one of "
                + ", ".join(f"`{each}`" for each in known),
                pointer=pointer_to(name),
            )
    for name in ("text", *(each for each in ("at",) if each in known)):
        if name not in sent:
            yield Fault(
                code="SRV002",
                detail=f"`{name}` is missing",
                remedy=f"add it: {_SAYS[name][0].lower()}{_SAYS[name][1:].rstrip('.')}",
                pointer=pointer_to(name),
            )
    if not isinstance(sent.get("text", ""), str):
        yield _wrong("/text", "text")
    at = sent.get("at", 0)
    if not isinstance(at, int) or isinstance(at, bool) or at < 0:
        yield _wrong("/at", "a whole number that is not negative")
    if not isinstance(sent.get("deep", True), bool):
        yield _wrong("/deep", "true or false")
    beside = sent.get("beside", {})
    if not isinstance(beside, dict) or len(beside) > _MOST_FILES:
        yield _wrong("/beside", f"an object of at most {_MOST_FILES} texts")
        return
    for name, text in beside.items():
        if not isinstance(text, str):
            yield _wrong(pointer_to("beside", name), "text")
        if not re.fullmatch(_FILE_NAME[1:-1], name, re.ASCII) or name == MAIN:
            place = pointer_to("beside", name)
            yield _wrong(
                place, "called as a file is, without its suffix, or is `draft`"
            )
    if sent.get("file", MAIN) not in {MAIN, *beside}:
        yield _wrong(
            "/file", "one of the files that are sent, `draft` for the main one"
        )


def _wrong(pointer: str, expected: str) -> Fault:
    return Fault(
        code="SRV004",
        detail=f"this is not {expected}",
        remedy=f"write {expected}",
        pointer=pointer,
    )


# ------------------------------------------------------------------------ as OpenAPI says it

_SAYS: Mapping[str, str] = {
    "text": "The guideline, vocabulary or part that is edited.",
    "beside": "The files that it uses and files of its examples, by their names without `.gdl`; "
    "of files that b12guide ships, only those that were changed.",
    "file": "The file in question; `draft` is the main one.",
    "at": "A place in that file, in characters from its start.",
    "deep": "Whether to do what takes a second.",
}
_SCHEMAS: Mapping[str, Json] = {
    "text": {"type": "string"},
    "beside": {
        "type": "object",
        "maxProperties": _MOST_FILES,
        "propertyNames": {"pattern": _FILE_NAME, "not": {"const": MAIN}},
        "additionalProperties": {"type": "string"},
    },
    "file": {"type": "string", "default": MAIN},
    "at": {"type": "integer", "minimum": 0},
    "deep": {"type": "boolean", "default": True},
}


def body_schema(verb: Verb) -> Json:
    """The JSON Schema of the body of a request."""
    members = ("text", "beside", *verb.members)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in ("text", "at") if name in members],
        "properties": {
            name: {**_SCHEMAS[name], "description": _SAYS[name]} for name in members
        },
    }


EXAMPLE = 'language 1\n\nvocabulary words "Words"\n\nfinding tired "tiredness"\n'


def example(verb: Verb) -> Json:
    """A body that is answered."""
    return {"text": EXAMPLE, **({"at": 12} if "at" in verb.members else {})}
