"""The server as a client of the protocol sees it: in memory, and as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.server.lowlevel.server import Server

from b12guide.mcp.fitting import MOST
from b12guide.mcp.server import server

T = TypeVar("T")
ABOUT = {
    "patient": {"facts": {"b12_deficiency": True, "egfr": "35 mL/min"}},
    "on": "2026-01-05",
}
HISTORY = [
    {
        "on": "2025-01-06",
        "dose": "hydroxocobalamin",
        "amount": "1000 µg",
        "route": "intramuscular",
    }
]
DRAFT = 'language 1\nguideline draft "A draft"\n    version 0.1.0\n    uses b12\n'
CALLS: dict[str, dict[str, Any]] = {
    "recommend": ABOUT,
    "explain": {**ABOUT, "name": "S09"},
    "due": {**ABOUT, "history": HISTORY},
    "audit": {**ABOUT, "history": HISTORY},
    "ask": {**ABOUT, "question": "may she take tablets instead?"},
    "facts": {"find": "kidney"},
    "prove": {},
    "check": {"draft": DRAFT},
    "mutate": {"of": "renal_form"},
    "guidelines": {},
}
PROCESS = StdioServerParameters(
    command=sys.executable,
    args=["-m", "b12guide.cli", "mcp"],
    env=dict(os.environ),  # or else the client passes on what it deems safe
)


@pytest.fixture(scope="module")
def served() -> Server[Any]:
    return server("mecobalamin_im")


def asked(of: Any, ask: Callable[[Client], Awaitable[T]]) -> T:
    """What a client is told, over the newest protocol that both speak."""

    async def run() -> T:
        async with Client(of) as client:
            return await ask(client)

    return anyio.run(run)


def refusal(of: Any, ask: Callable[[Client], Awaitable[object]]) -> str:
    """What a client is told where a request is no request of this server."""

    async def refused(client: Client) -> str:
        with pytest.raises(MCPError) as caught:
            await ask(client)
        return str(caught.value)

    return asked(of, refused)


def test_every_tool_says_what_it_takes_and_what_it_replies(served: Server[Any]) -> None:
    tools = asked(served, lambda client: client.list_tools()).tools

    assert {tool.name for tool in tools} >= {*CALLS}
    for tool in tools:
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema or {})
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    (recommend,) = (tool for tool in tools if tool.name == "recommend")
    assert "Unknown is never no" in (recommend.description or "")
    assert recommend.input_schema["required"] == ["patient", "on"]


@pytest.mark.parametrize("tool", CALLS)
def test_every_tool_replies_as_its_schemas_have_it(
    served: Server[Any], tool: str
) -> None:
    async def ask(client: Client) -> tuple[Any, Any]:
        tools = (await client.list_tools()).tools
        (listed,) = (one for one in tools if one.name == tool)
        return listed, await client.call_tool(tool, CALLS[tool])

    listed, reply = asked(served, ask)

    jsonschema.validate(CALLS[tool], listed.input_schema)
    jsonschema.validate(reply.structured_content, listed.output_schema)
    assert not reply.is_error
    assert len(reply.content[0].text.encode()) <= MOST
    assert "For education and research" in reply.content[0].text


def test_wrong_arguments_are_an_error_with_diagnostics(served: Server[Any]) -> None:
    wrong = {**ABOUT, "patient": {"facts": {"egrf": 5}}}
    reply: Any = asked(served, lambda client: client.call_tool("recommend", wrong))

    assert reply.is_error
    assert reply.structured_content["problems"][0]["suggestions"] == ["egfr"]
    assert "Traceback" not in reply.content[0].text


def test_a_tool_that_there_is_not_is_refused_by_name(served: Server[Any]) -> None:
    said = refusal(served, lambda client: client.call_tool("recomend", {}))

    assert "did you mean `recommend`" in said


def test_resources_can_be_read(served: Server[Any]) -> None:
    async def ask(client: Client) -> dict[str, str]:
        listed = (await client.list_resources()).resources
        uris = [str(one.uri) for one in listed]
        uris += ["b12guide://mecobalamin_im/about/S09"]
        found: dict[str, str] = {}
        for uri in uris:
            content: Any = (await client.read_resource(uri)).contents[0]
            found[uri] = content.text
        assert (await client.list_resource_templates()).resource_templates
        return found

    found = asked(served, ask)

    schema = json.loads(found["b12guide://mecobalamin_im/facts/schema"])
    assert "egfr" in schema["properties"]["facts"]["properties"]
    assert "under review" in found["b12guide://guidelines"]
    assert "start: file_close" in found["b12guide://grammar"]
    assert "Loading with neurological symptoms" in " ".join(
        found["b12guide://mecobalamin_im/about/S09"].split()
    )


@pytest.mark.parametrize(
    "uri",
    [
        "b12guide://mecobalamin_im/about/S99",
        "b12guide://other/facts",
        "b12guide://mecobalamin_im/secret",
        "file:///etc/passwd",
    ],
)
def test_a_resource_that_there_is_not_is_refused(served: Server[Any], uri: str) -> None:
    said = refusal(served, lambda client: client.read_resource(uri))

    assert said.startswith("there is no ")


def test_a_prompt_says_how_to_ask(served: Server[Any]) -> None:
    async def ask(client: Client) -> str:
        (prompt,) = (await client.list_prompts()).prompts
        found: Any = await client.get_prompt(prompt.name, {"about": "a vegan"})
        text: str = found.messages[0].content.text
        return text

    text = asked(served, ask)

    assert "do not turn unknown into no" in text
    assert text.endswith("What is known: a vegan")
    assert "did you mean" in refusal(served, lambda client: client.get_prompt("ask"))


def test_a_process_serves_over_its_standard_streams() -> None:
    async def ask(client: Client) -> tuple[list[str], Any, Any]:
        tools = [one.name for one in (await client.list_tools()).tools]
        reply = await client.call_tool("recommend", ABOUT)
        return tools, reply, await client.call_tool("recommend", {})

    tools, reply, refusal = asked(PROCESS, ask)

    assert {*CALLS} <= {*tools}
    assert "Loading" in reply.content[0].text
    assert refusal.is_error


def test_older_clients_are_served_too(served: Server[Any]) -> None:
    async def run() -> Any:
        async with Client(served, mode="legacy") as client:
            return await client.call_tool("facts", {"find": "kidney"})

    assert "egfr" in anyio.run(run).content[0].text


def test_the_process_ends_when_the_agent_leaves_and_writes_nothing_else() -> None:
    done = subprocess.run(
        [*_COMMAND],
        input=b"this is no message\n\n",
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    for line in done.stdout.splitlines():
        assert json.loads(line)["jsonrpc"] == "2.0"
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_ctrl_c_ends_the_process_at_once() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([*_COMMAND], stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert process.stdout.readline()  # it serves
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=30) == 130


def test_a_guideline_that_there_is_not_is_told_before_anything_is_served() -> None:
    done = subprocess.run(
        [*_COMMAND, "-g", "mecobalmin_im"],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == b""
    assert b"did you mean `mecobalamin_im`" in done.stderr


_COMMAND = (sys.executable, "-m", "b12guide.cli", "mcp")
