"""Repeats what a log of decisions says was answered, and compares."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any

from attrs import field, frozen

from b12guide.diagnostics import Diagnostic, Help, Label
from b12guide.errors import B12GuideError, GuidelineError, RecordError
from b12guide.frozen import FrozenMap, Record
from b12guide.guideline import Guideline, load
from b12guide.hooks.policy import Policy as CardPolicy
from b12guide.hooks.refused import HookError
from b12guide.limits import Limits
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.serve.asking import answered
from b12guide.serve.cards import CARDS, FEEDBACK, carded
from b12guide.serve.decisions import id_of
from b12guide.serve.question import BY_NAME, DAY
from b12guide.serve.spelled import canonical, digest_of
from b12guide.text import Span, Text, shortened

_LIMITS = Limits()


class Fate(Enum):
    """What became of a decision that was to be repeated."""

    SAME = "the same"
    DIFFERENT = "another answer"
    REFUSED = "not answered any more"
    NO_REQUEST = "its request is not at hand"
    NO_GUIDELINE = "its guideline is not at hand in that version"


@frozen(kw_only=True, repr=False)
class Repeated(Record):
    """One decision that was repeated.

    Attributes:
        line: Its line in the log, from 1.
        name: The name of its request.
        question: What was asked.
        guideline: The name and version of the guideline.
        fate: What became of it.
        detail: More about it, without values of the patient.
    """

    line: int
    name: str
    question: str
    guideline: str
    fate: Fate
    detail: str = ""


@frozen(kw_only=True, slots=False, repr=False)
class Replay(Record):
    """What became of every decision of a log."""

    repeated: tuple[Repeated, ...]

    @cached_property
    def counts(self) -> Mapping[Fate, int]:
        """How many decisions had each fate."""
        found = Counter(one.fate for one in self.repeated)
        return FrozenMap({fate: found[fate] for fate in Fate})

    @property
    def is_same(self) -> bool:
        """Whether every decision came out the same."""
        return self.counts[Fate.SAME] == len(self.repeated)

    @property
    def others(self) -> tuple[Repeated, ...]:
        """The decisions that did not come out the same."""
        return tuple(one for one in self.repeated if one.fate is not Fate.SAME)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain data; schema `b12guide.replay/1`."""
        return {
            "schema": "b12guide.replay/1",
            "notice": EDUCATION_NOTICE,
            "engine": {"name": "b12guide", "version": VERSION},
            "decisions": len(self.repeated),
            "counts": {fate.value: count for fate, count in self.counts.items()},
            "others": [
                {
                    "line": one.line,
                    "name": one.name,
                    "question": one.question,
                    "guideline": one.guideline,
                    "fate": one.fate.value,
                    "detail": one.detail,
                }
                for one in self.others
            ],
        }

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """The same for people."""
        total = len(self.repeated)
        lines = [f"decisions: {total:,}; the same: {self.counts[Fate.SAME]:,}", ""]
        lines += [
            f"{count:,}: {fate.value}"
            for fate, count in self.counts.items()
            if count and fate is not Fate.SAME
        ]
        lines += [
            f"line {one.line}: {one.question} {one.guideline}, {one.name}: {one.fate.value}"
            + (f" ({one.detail})" if one.detail else "")
            for one in self.others
        ]
        return (
            "\n".join([*lines, "", EDUCATION_NOTICE]).replace("\n\n\n", "\n\n") + "\n"
        )


@frozen(kw_only=True, repr=False)
class _Logged(Record):
    """One line of a log."""

    line: int
    entry: Mapping[str, Any] = field(repr=False)


def replay(
    lines: Iterable[str],
    *,
    guidelines: Iterable[Guideline] = (),
    requests: Iterable[str] = (),
    name: str = "log",
) -> Replay:
    """What becomes of each decision of a log, asked again.

    Args:
        lines: The lines of the log.
        guidelines: Guidelines that b12guide does not ship, or in an earlier version.
        requests: The bodies of requests, one in a line, where the log does not hold them.
        name: What errors call the log.

    Raises:
        RecordError: A line is no entry of a log of decisions (GDL740).
    """
    kept = {digest_of(one): one for one in _bodies(requests, f"requests of {name}")}
    known = {one.digest: one for one in guidelines}
    entries = _entries(lines, name)
    return Replay(repeated=tuple(_repeated(one, kept, known) for one in entries))


def _repeated(
    logged: _Logged, kept: Mapping[str, Any], known: dict[str, Guideline]
) -> Repeated:
    entry = logged.entry
    about = entry["guideline"]
    digest: str = about["digest"]
    fate, detail = Fate.NO_GUIDELINE, ""
    guideline = known.get(digest) or _shipped(about["name"], digest, known)
    request = entry.get("request", kept.get(entry["asked"]))
    if guideline is not None:
        fate = Fate.NO_REQUEST
        if request is not None:
            fate, detail = _asked_again(entry, guideline, request)
    return Repeated(
        line=logged.line,
        name=entry["name"],
        question=entry["question"],
        guideline=f"{about['name']} {about['version']}",
        fate=fate,
        detail=detail,
    )


def _asked_again(
    entry: Mapping[str, Any], guideline: Guideline, request: Any
) -> tuple[Fate, str]:
    if digest_of(request) != entry["asked"]:
        return Fate.DIFFERENT, "the request is not what was asked"
    try:
        today = _today(entry, guideline, request)
    except HookError as error:
        return Fate.REFUSED, ", ".join(dict.fromkeys(i.code for i in error.issues))
    except B12GuideError as error:
        return Fate.REFUSED, ", ".join(dict.fromkeys(d.code for d in error.diagnostics))
    if today == entry["answer"]:
        return Fate.SAME, ""
    engine = entry["engine"]["version"]
    return Fate.DIFFERENT, f"answered by b12guide {engine}, and now by {VERSION}"


def _today(entry: Mapping[str, Any], guideline: Guideline, request: Any) -> str:
    """The digest of the answer of today."""
    content, served = canonical(request).encode(), {guideline.name: guideline}
    if entry["question"] == CARDS:
        decided = entry["policy"]
        found = carded(
            entry["service"],
            content,
            served,
            on=dt.date.fromisoformat(entry["on"]),
            policy=CardPolicy(
                suggest=decided["suggest"],
                complete=decided["complete"],
                base=decided["base"],
            ),
            limits=_LIMITS,
        )
        return found.id
    question = BY_NAME[entry["question"]]
    return id_of(answered(question, content, served, _LIMITS).data)


def _shipped(name: str, digest: str, known: dict[str, Guideline]) -> Guideline | None:
    """The guideline that b12guide ships, if it is the one of then."""
    try:
        found = load(name) if name.isidentifier() else None
    except GuidelineError:
        return None
    if found is None or found.digest != digest:
        return None
    return known.setdefault(digest, found)


# ------------------------------------------------------------------------------ reading


def _entries(lines: Iterable[str], name: str) -> Iterator[_Logged]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry = _read(line, number, name)
        if isinstance(entry, dict) and entry.get("schema") == FEEDBACK:
            continue
        if not _is_decision(entry):
            remedy = "give a file that `b12guide serve --decision-log` wrote"
            raise _unreadable(name, number, "this is no decision", remedy)
        yield _Logged(line=number, entry=entry)


def _bodies(lines: Iterable[str], name: str) -> Iterator[Any]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _read(line, number, name)


def _read(line: str, number: int, name: str) -> Any:
    try:
        return json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        remedy = "remove the line if it is the half of one"
        raise _unreadable(name, number, "this is no JSON", remedy) from error


def _is_decision(entry: Any) -> bool:
    match entry:
        case {"question": "cds-services", **more} if not _is_of_cards(more):
            return False
        case {
            "schema": "b12guide.decision/1",
            "name": str(),
            "question": str(question),
            "guideline": {"name": str(), "version": str(), "digest": str()},
            "engine": {"version": str()},
            "asked": str(),
            "answer": str(),
        }:
            return question in BY_NAME or question == CARDS
        case _:
            return False


def _is_of_cards(more: Mapping[Any, Any]) -> bool:
    match more:
        case {
            "service": str(),
            "on": str(on),
            "policy": {
                "suggest": bool(),
                "complete": list(complete),
                "base": None | str(),
            },
        }:
            is_named = all(isinstance(one, str) for one in complete)
            return is_named and re.fullmatch(DAY, on, re.ASCII) is not None
        case _:
            return False


def _unreadable(name: str, number: int, told: str, remedy: str) -> RecordError:
    found = Diagnostic(
        code="GDL740",
        message=f"line {number}: {told}",
        labels=(Label(text=Text(shortened(name), ""), span=Span(0, 0)),),
        help=(Help(message=remedy),),
    )
    message = f"{name} cannot be read"
    return RecordError(message, (found,))
