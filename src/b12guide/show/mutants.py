"""Small mistakes in a guideline that nobody noticed: what is written, and what would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from b12guide.graph.model import RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.prove.mutation import Fate, Judged
from b12guide.prove.rewritten import Rewritten, WrittenLine
from b12guide.prove.survivors import Mutations
from b12guide.prove.witness import given_text
from b12guide.say.words import plural
from b12guide.show.json_parts import engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import guideline_particulars, reminder
from b12guide.show.reports import patient_json
from b12guide.show.terminal import Ink, Style, columns, visible, wrapped
from b12guide.show.to_json import guideline_json


def mutations_text(answer: Mutations, *, width: int = 80, colour: bool = False) -> str:
    """The survivors rule by rule, each as the lines that differ, then the counts."""
    style, lines = Style(coloured=colour), list[str]()
    for name, several in _by_rule(answer):
        lines.append(style(Ink.HEADING, _heading(name, answer.graph)))
        for one in several:
            lines += _survivor(one, answer, width, style)
            lines.append("")
    lines += _counts(answer.judged)
    if answer.survivors:
        said = "`--generate FILE` writes examples that notice what survived."
        lines += ["", *wrapped(said, width)]
    lines += ["", *wrapped(reminder(answer.graph), width)]
    return "\n".join(lines) + "\n"


def _by_rule(answer: Mutations) -> Iterator[tuple[str, Sequence[Judged]]]:
    for name, several in groupby(answer.survivors, key=lambda one: one.mutant.of):
        yield name, tuple(several)


def _heading(name: str, graph: RuleGraph) -> str:
    rule, definition = graph.rules.get(name), graph.definitions.get(name)
    if rule is not None:
        return visible(f"rule {name}: {rule.title}")
    return visible(f"define {name}: {definition.label if definition else name}")


def _survivor(
    one: Judged, answer: Mutations, width: int, style: Style
) -> Iterator[str]:
    found = answer.line_of(one)
    yield f"  {'' if found is None else visible(found.place) + ': '}{_said(one)}"
    if found is not None:
        for sign, ink, lines in _sides(found):
            for line in lines:
                yield "    " + style(ink, f"{sign} {visible(line.line.lstrip())}")
                if line.start < line.end:
                    yield "      " + _marks(line)
    about = _difference(one, answer.graph)
    for words in wrapped(about, max(width - 4, 20)) if about else ():
        yield f"    {words}"


def _sides(found: Rewritten) -> Iterator[tuple[str, Ink, tuple[WrittenLine, ...]]]:
    yield "-", Ink.ERROR, found.before
    yield "+", Ink.HELP, found.after


def _marks(line: WrittenLine) -> str:
    """Signs under the part that differs; what stands before it may take two columns a letter."""
    lead = len(line.line) - len(line.line.lstrip())
    before = visible(line.line[lead : line.start])
    return " " * columns(before) + "^" * columns(
        visible(line.line[line.start : line.end])
    )


def _said(one: Judged) -> str:
    """What kind of mistake it is, in the words that find it again in the JSON."""
    return f"{one.mutant.mistake.value} ({one.mutant.text})"


def _difference(one: Judged, graph: RuleGraph) -> str:
    """Who is treated differently, if somebody was found."""
    if one.witness is None or one.decision is None:
        return ""
    patient = given_text(one.witness.values, graph, one.mutant.graph)
    return f"`{one.decision.value}` differs for: {patient}"


def _counts(judged: Sequence[Judged]) -> Iterator[str]:
    for fate in Fate:
        count = sum(one.fate is fate for one in judged)
        if count:
            yield f"{fate.value}: {count}"
    yield plural(len(judged), "mutant")


def mutations_page(answer: Mutations) -> Page:
    """The survivors under the name of their rule, then the counts."""
    sections = [
        Section(
            title=_heading(name, answer.graph),
            items=tuple(_item(one, answer) for one in several),
        )
        for name, several in _by_rule(answer)
    ]
    counts = tuple(Item(text=line) for line in _counts(answer.judged))
    return Page(
        title=f"Small mistakes that examples notice: {answer.graph.title}",
        particulars=tuple(guideline_particulars(answer.graph)),
        notice=EDUCATION_NOTICE,
        sections=(*sections, Section(title="Mutants", items=counts)),
    )


def _item(one: Judged, answer: Mutations) -> Item:
    found = answer.line_of(one)
    items: list[Item] = []
    for label, lines in (
        ()
        if found is None
        else (("WrittenLine", found.before), ("Survived", found.after))
    ):
        text = " ".join(line.line.strip() for line in lines)
        items += (Item(label=label, text=text),) if text else ()
    about = _difference(one, answer.graph)
    return Item(
        text=_said(one),
        details=() if found is None else (found.place,),
        tone=Tone.CAUTION,
        items=(*items, *((Item(text=about),) if about else ())),
    )


SCHEMA = "b12guide.mutation/1"


def mutations_to_json(answer: Mutations) -> dict[str, Any]:
    """The mutants as a value that `json.dumps` takes."""
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(answer.graph),
        "engine": engine_json(answer),
        "on": None,
        "of": answer.of,
        "mutants": [_mutant(one, answer) for one in answer.judged],
        "summary": {
            fate.value: sum(one.fate is fate for one in answer.judged) for fate in Fate
        },
    }


def _mutant(one: Judged, answer: Mutations) -> dict[str, Any]:
    witness, graph = one.witness, answer.graph
    found = answer.line_of(one) if one.fate is Fate.SURVIVED else None
    return {
        "of": one.mutant.of,
        "mistake": one.mutant.mistake.value,
        "text": one.mutant.text,
        "fate": one.fate.value,
        "by": one.by or None,
        "decision": None if one.decision is None else one.decision.value,
        "patient": None if witness is None else patient_json(witness.values, graph),
        "line": None if found is None else _line(found),
    }


def _line(found: Rewritten) -> dict[str, Any]:
    return {
        "file": found.text.name,
        "line": found.number,
        "written": [one.line for one in found.before],
        "mutated": [one.line for one in found.after],
    }
