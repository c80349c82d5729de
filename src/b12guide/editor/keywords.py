"""What the words of the language mean, in a sentence each, for who meets one while writing.

The table is `grammar/words.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from b12guide import resources
from b12guide.frozen import FrozenMap, Record


@frozen(kw_only=True, repr=False)
class Keyword(Record):
    """What a word of the language says, and how it is written."""

    says: str
    example: str


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.read("grammar", "words.toml"))


@cache
def keywords() -> Mapping[str, Keyword]:
    """Each word of the language that is explained."""
    rows = _table()["word"].items()
    return FrozenMap({word: Keyword(**row) for word, row in rows})


@cache
def decisions() -> Mapping[str, str]:
    """What each decision of an answer is about, and which verbs speak to it."""
    return FrozenMap(_table()["decision"])


def about_keyword(word: str) -> str:
    """What a word of the language says, in Markdown; empty for any other word."""
    known = keywords().get(word)
    if known is None:
        return ""
    return f"**{word}** {known.says}\n\n```gdl\n{known.example}\n```"


def about_decision(name: str) -> str:
    """What a decision is about, in Markdown; empty where there is no such decision."""
    said = decisions().get(name)
    return "" if said is None else f"**decision** `{name}`\n\n{said}"
