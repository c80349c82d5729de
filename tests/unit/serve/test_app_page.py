"""The page about the service: each request that it shows gets the reply that it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra serve is not installed")

from b12guide.serve import Policy, asgi
from tests.asgi_client import Client

PAGE = Path(__file__).parents[3] / "docs" / "serve.md"
SHOWN = re.findall(
    r"^```http\n(?P<line>\w+ \S+)\n[^{]*?\n\n(?P<body>.*?)^```$.*?^```json\n(?P<reply>.*?)^```$",
    PAGE.read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def is_part(shown: Any, whole: Any) -> bool:
    """Whether everything that is shown stands in the whole."""
    match shown:
        case dict():
            return isinstance(whole, dict) and all(
                key in whole and is_part(one, whole[key]) for key, one in shown.items()
            )
        case list():
            return isinstance(whole, list) and all(
                any(is_part(one, other) for other in whole) for one in shown
            )
        case _:
            return bool(shown == whole)


@pytest.fixture(scope="module")
def client() -> Client:
    return Client(asgi("mecobalamin_im", Policy(log=lambda _: None)))


@pytest.mark.parametrize("number", range(len(SHOWN)))
def test_a_request_on_the_page_gets_the_reply_beside_it(
    client: Client, number: int
) -> None:
    line, body, reply = SHOWN[number]
    found = client.post(line.split()[1], body.encode())

    assert is_part(json.loads(reply), found.json), found.content[:2000]


def test_the_page_shows_every_question_a_draft_and_a_refusal() -> None:
    assert len(SHOWN) == 9


@pytest.mark.parametrize(
    ("shown", "whole"),
    [({"a": 1}, {"a": 2}), ({"b": 1}, {"a": 1}), ([1], [2]), ({"a": [{}]}, {"a": []})],
)
def test_what_is_no_part_is_found(shown: Any, whole: Any) -> None:
    assert not is_part(shown, whole)


def test_every_code_of_the_service_is_on_the_page() -> None:
    source = PAGE.parents[1] / "src" / "b12guide" / "serve"
    used = {
        code
        for file in source.glob("*.py")
        for code in re.findall(r'"(SRV[0-9]{3})"', file.read_text(encoding="utf-8"))
    }

    assert len(used) > 10
    assert used == set(re.findall(r"`(SRV[0-9]{3})`", PAGE.read_text(encoding="utf-8")))
