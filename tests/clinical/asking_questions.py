"""The questions of `tests/clinical/ask`, and those of the folder of test data, if it is there."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from attrs import frozen

import b12guide
from b12guide.ask.reply import Reply
from b12guide.guideline import Guideline

FOLDER = Path(__file__).parent / "ask"
DATA = os.environ.get("B12GUIDE_TEST_DATA", "")


@frozen
class Asked:
    """A question, with what is to answer it.

    Attributes:
        wants: Statements of which one has to be among the answers, or a silence that has to be
            there, by its number or as `silent on TOPIC`; none where nothing may answer.
        mustnot: Statements that may not come before.
    """

    guideline: str
    asks: str
    wants: tuple[str, ...]
    mustnot: tuple[str, ...] = ()


@cache
def guideline(name: str) -> Guideline:
    return b12guide.load(name)


def own_questions() -> Iterator[Asked]:
    for path in sorted(FOLDER.glob("*.toml")):
        for one in tomllib.loads(path.read_text("utf-8"))["question"]:
            wants, mustnot = one["wants"], one.get("mustnot", ())
            yield Asked(path.stem, one["asks"], tuple(wants), tuple(mustnot))


def given_questions() -> Iterator[Asked]:
    path = Path(DATA, "questions.json")
    if DATA and path.exists():
        for one in json.loads(path.read_text("utf-8")):
            mustnot = tuple(name for name in one["mustnot"] if name != "*")
            yield Asked("mecobalamin_im", one["q"], tuple(one["want"]), mustnot)


def told_by(reply: Reply) -> list[frozenset[str]]:
    """The statements of each answer, in order."""
    graph = reply.graph
    grounds = [
        graph.rules[one.name].grounds
        if one.kind == "rule"
        else graph.definitions[one.name].grounds
        for one in reply.items
    ]
    return [frozenset(one.statements) for one in grounds]


def silences_of(reply: Reply) -> frozenset[str]:
    numbers = {number for one in reply.silences for number in one.noted_as}
    topics = {f"silent on {topic}" for one in reply.silences for topic in one.topics}
    return frozenset(numbers | topics)


def judged(asked: Asked) -> str:
    """`right`, or what is wrong with the answer."""
    reply = guideline(asked.guideline).ask(asked.asks)
    if not asked.wants:
        return "right" if reply.is_silent else "answered"
    if reply.is_silent:
        return "silent"
    if not silences_of(reply).isdisjoint(asked.wants):
        return "right"
    for statements in told_by(reply):
        if not statements.isdisjoint(asked.wants):
            return "right"
        if not statements.isdisjoint(asked.mustnot):
            return "another first"
    return "missed"
