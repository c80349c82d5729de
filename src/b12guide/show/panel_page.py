"""Several guidelines on one page: each decision with what all say, what some say, who is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve

from b12guide.evaluate.answer import NotOffered, Recommendation, Side
from b12guide.evaluate.between import Clash
from b12guide.graph.model import RuleGraph
from b12guide.graph.query import brief_text
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.advice import advice_text
from b12guide.say.names import decision_text
from b12guide.say.words import capitalised, listing, plural
from b12guide.several.called import with_words_of_all
from b12guide.several.side_by_side import (
    Accord,
    PanelAnswer,
    PanelClash,
    PanelDecision,
    PanelLine,
)
from b12guide.show import citations
from b12guide.show.decision_lines import not_offered_text
from b12guide.show.grid import Cell, grid
from b12guide.show.json_parts import (
    Json,
    advice_json,
    engine_json,
    options_json,
    patient_record,
)
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import SCOPE, particulars, unaddressed
from b12guide.show.table_page import grounds_json, head_particulars, heads_json
from b12guide.show.to_html import to_html
from b12guide.truth import Truth

PANEL_SCHEMA = "b12guide.panel/1"

SILENT = "silent, which neither permits nor forbids anything"


# ------------------------------------------------------------------------------------ page


def panel_page(panel: PanelAnswer) -> Page:
    """Everything: decisions, what clashes, what each does not address, what to ask."""
    return _page(panel, ("What they say", _decisions(panel)))


def _page(panel: PanelAnswer, *first: tuple[str, Iterable[Item]]) -> Page:
    sections = (
        *first,
        ("Cannot be followed together", _clashes(panel)),
        ("Not addressed", _unaddressed(panel)),
        ("Notices", _notices(panel)),
        ("Ask", _questions(panel)),
    )
    return Page(
        title=_title(panel),
        particulars=tuple(_particulars(panel)),
        notice=EDUCATION_NOTICE,
        sections=(
            *(
                Section(title=title, items=items)
                for title, some in sections
                if (items := tuple(some))
            ),
            *_sources(panel),
        ),
    )


def _title(panel: PanelAnswer) -> str:
    return f"{plural(len(panel.labels), 'guideline')} about one patient"


def _particulars(panel: PanelAnswer) -> Iterator[tuple[str, str]]:
    for head, answer in zip(
        head_particulars(panel.guidelines, panel.labels), panel.answers, strict=True
    ):
        label, text = head
        if answer.scope is not Truth.TRUE:
            text = f"{text}; {SCOPE[answer.scope]}"
        yield label, text
    yield "Patient", dict(particulars(_of_all(panel)))["Patient"]


def _of_all(panel: PanelAnswer) -> Recommendation:
    """The first answer, with all that any guideline read of the patient."""
    first = panel.answers[0]
    values: dict[str, Any] = {}
    for answer in reversed(panel.answers):
        values.update(answer.stated.values)
    return evolve(
        first,
        graph=with_words_of_all(panel.guidelines),
        stated=evolve(first.stated, values=values),
    )


def _decisions(panel: PanelAnswer) -> Iterator[Item]:
    silent = []
    for decision in panel.decisions:
        if decision.accord is Accord.SILENT and not decision.clashes:
            silent.append(decision_text(decision.decision).lower())
        else:
            yield Item(
                label=decision_text(decision.decision),
                text=_accord(decision, panel),
                tone=_TONES.get(decision.accord, Tone.STRONG),
                items=tuple(_lines(decision, panel)),
            )
    if silent:
        yield Item(text=f"all are silent on {listing(silent)}", tone=Tone.QUIET)


_TONES = {Accord.CLASH: Tone.CAUTION, Accord.SAME: Tone.PLAIN, Accord.ALONE: Tone.PLAIN}


def _accord(decision: PanelDecision, panel: PanelAnswer) -> str:
    """How they stand to each other, in one line."""
    speaking = [n for n in range(len(panel.labels)) if n not in decision.silent]
    names = _names(speaking, panel)
    may = "; they may turn out to be incompatible" if decision.clashes else ""
    match decision.accord:
        case Accord.CLASH:
            pairs = {c.guidelines for c in decision.clashes if c.certain}
            some = (_names(pair, panel) for pair in sorted(pairs))
            return f"cannot both be followed: {'; '.join(some)}"
        case Accord.SAME:
            everybody = "all" if not decision.silent else names
            return f"{everybody} say the same{may}"
        case Accord.DIFFERENT:
            return f"{names} differ{may}"
        case Accord.ALONE:
            return f"only {names} speaks{may}"
        case Accord.NOT_COMPARED:
            return f"{names}: too much is unknown to compare them{may}"
        case Accord.SILENT:
            return f"all are silent{may}"


def _names(places: Iterable[int], panel: PanelAnswer) -> str:
    return listing(panel.labels[place] for place in places)


def _lines(
    decision: PanelDecision, panel: PanelAnswer, only: int | None = None
) -> Iterator[Item]:
    """What is said, each thing once with those who say it; then who is silent.

    With `only` the guideline at that place, and what it does not share with all.
    """
    for line in decision.lines:
        voices = [voice.guideline for voice in line.by]
        is_shared = len(voices) == decision.speaking and len(voices) > 1
        if only is None or (only in voices and not is_shared):
            # One guideline stands as a label beside its line; several would make a wide column.
            names = _names(voices, panel) if only is None else ""
            text = line_text(line, panel)
            yield Item(
                label=names if len(voices) == 1 else "",
                text=f"{names}: {text}" if names and len(voices) > 1 else text,
                details=tuple(_grounds(line, panel, only)),
                tone=_tone(line),
            )
    for place, answer in enumerate(panel.answers):
        decided = answer.decisions[decision.decision]
        if decided.depends_on and only in {None, place}:
            facts = [brief_text(answer.graph, name) for name in decided.depends_on]
            label = panel.labels[place] if only is None else ""
            text = f"depends on {listing(facts)}"
            yield Item(label=label, text=text, tone=Tone.QUIET)
    if only is None and decision.silent:
        names = _names(decision.silent, panel)
        yield Item(text=f"{SILENT}: {names}", tone=Tone.QUIET)
    elif only in decision.silent:
        yield Item(text=SILENT, tone=Tone.QUIET)


def _tone(line: PanelLine) -> Tone:
    if line.withheld or line.avoided or line.barred:
        return Tone.CAUTION
    return Tone.PLAIN if line.certain else Tone.QUIET


def line_text(line: PanelLine, panel: PanelAnswer) -> str:
    """What is said, in the words of the first who says it."""
    graph = panel.guidelines[line.by[0].guideline]
    if line.barred:
        barred = NotOffered(
            advice=line.advice, drugs=line.barred, rules=(), certain=line.certain
        )
        return not_offered_text(barred, graph)
    return line.qualified(advice_text(line.advice, graph))


def _grounds(line: PanelLine, panel: PanelAnswer, only: int | None) -> Iterator[str]:
    """For each who says it: strength, rules, statements and sources."""
    for voice in line.by:
        if only in {None, voice.guideline}:
            graph = panel.guidelines[voice.guideline]
            rules = citations.rules_named(graph, voice.rules)
            strength = voice.strength.value if voice.strength else ""
            parts = (strength, *citations.grounds_details(graph, rules))
            text = " ".join(filter(None, parts))
            label = panel.labels[voice.guideline]
            yield f"{label}: {text}" if len(line.by) > 1 else text


def _clashes(panel: PanelAnswer) -> Iterator[Item]:
    for decision in panel.decisions:
        for one in decision.clashes:
            open_ = "" if one.certain else ", if what is unknown turns out so"
            yield Item(
                label=decision_text(decision.decision),
                text=f"{_names(one.guidelines, panel)}{open_}",
                tone=Tone.CAUTION if one.certain else Tone.PLAIN,
                items=tuple(_clash_sides(one, panel)),
            )


def _clash_sides(one: PanelClash, panel: PanelAnswer) -> Iterator[Item]:
    both = zip(one.guidelines, (one.clash.first, one.clash.second), strict=True)
    for place, sides in both:
        yield from clash_items(panel.labels[place], sides, panel.guidelines[place])


def clash_items(label: str, sides: Iterable[Side], graph: RuleGraph) -> Iterator[Item]:
    """What one guideline says in a clash, with its rules, statements and sources."""
    for rules, advice in citations.sides_of(sides):
        behind = citations.rules_named(graph, rules)
        yield Item(
            label=label,
            text=" or ".join(advice_text(one, graph) for one in advice),
            details=(", ".join(rules), *citations.grounds_details(graph, behind)),
        )


def _unaddressed(panel: PanelAnswer) -> Iterator[Item]:
    for label, answer, strange in zip(
        panel.labels, panel.answers, panel.strange, strict=True
    ):
        items = tuple(unaddressed(answer.silences, answer.graph, own=answer.stated.own))
        if strange:
            text = f"has no word for {listing(strange)}"
            items = (*items, Item(text=text, tone=Tone.CAUTION))
        if items:
            yield Item(label=label, text="", items=items)


def _notices(panel: PanelAnswer) -> Iterator[Item]:
    """What each says beside its decisions, what several say alike once."""
    said: dict[str, list[int]] = {}
    for place, answer in enumerate(panel.answers):
        for notice in answer.notices:
            said.setdefault(notice.text, []).append(place)
    for text, places in said.items():
        yield Item(text=capitalised(text), details=(_names(places, panel),))


def _questions(panel: PanelAnswer) -> Iterator[Item]:
    """What would settle most, and for which guidelines."""
    asked: dict[str, list[int]] = {}
    labels: dict[str, str] = {}
    for place, answer in enumerate(panel.answers):
        for question in answer.questions:
            asked.setdefault(question.fact, []).append(place)
            labels.setdefault(question.fact, question.label)
    ordered = sorted(asked, key=lambda fact: -len(asked[fact]))
    for fact in ordered[:_MOST_QUESTIONS]:
        names = _names(asked[fact], panel)
        yield Item(text=f"{capitalised(labels[fact])}?", details=(f"for {names}",))
    if len(ordered) > _MOST_QUESTIONS:
        further = listing(labels[fact] for fact in ordered[_MOST_QUESTIONS:])
        yield Item(text=f"Then: {further}", tone=Tone.QUIET)


_MOST_QUESTIONS = 8


def _sources(panel: PanelAnswer) -> Iterator[Section]:
    """What each guideline cites for what it says here, by its own numbers."""
    for place, (label, graph) in enumerate(
        zip(panel.labels, panel.guidelines, strict=True)
    ):
        rules = [
            name
            for decision in panel.decisions
            for line in decision.lines
            for voice in line.by
            if voice.guideline == place
            for name in voice.rules
        ]
        names = citations.sources_of(citations.rules_named(graph, rules))
        items = citations.citation_items(graph, names)
        if items:
            yield Section(title=f"Sources of {label}", items=items, is_behind=True)


# ------------------------------------------------------------------------------------ HTML


def panel_to_html(panel: PanelAnswer) -> str:
    """The page with the decisions in a grid: what all say first, then a column for each."""
    return to_html(_page(panel), grid=_grid(panel))


def _grid(panel: PanelAnswer) -> str:
    spoken = [d for d in panel.decisions if d.accord is not Accord.SILENT or d.clashes]
    silent = [d for d in panel.decisions if d not in spoken]
    names = listing(decision_text(d.decision).lower() for d in silent)
    below = f"All are silent on {names}. " if silent else ""
    return grid(
        _title(panel),
        ("Decision", "How they stand", "All who speak say", *panel.labels),
        ((decision_text(d.decision), [*_row(d, panel)]) for d in spoken),
        f"{below}Silence neither permits nor forbids anything.",
    )


def _row(decision: PanelDecision, panel: PanelAnswer) -> Iterator[Cell]:
    accord = Item(
        text=_accord(decision, panel), tone=_TONES.get(decision.accord, Tone.STRONG)
    )
    yield Cell(items=(accord,))
    yield Cell(
        items=tuple(
            Item(
                text=line_text(line, panel),
                details=tuple(_grounds(line, panel, None)),
                tone=_tone(line),
            )
            for line in decision.shared
            if len(line.by) > 1
        )
    )
    for place in range(len(panel.labels)):
        yield Cell(items=tuple(_lines(decision, panel, place)))


# ------------------------------------------------------------------------------------ JSON


def panel_to_json(panel: PanelAnswer) -> dict[str, Any]:
    """The answers side by side, then each in full."""
    first = panel.answers[0]
    facts: Json = {}
    for answer in reversed(panel.answers):
        stated = patient_record(answer.stated, answer.graph, answer.assumed_absent)
        facts = {**facts, **stated["stated"]["facts"]}
    return {
        "schema": PANEL_SCHEMA,
        "guidelines": heads_json(panel.guidelines, panel.labels),
        "engine": engine_json(panel),
        "education": EDUCATION_NOTICE,
        "on": first.on and first.on.isoformat(),
        "options": options_json(first.stated, first.reading),
        "patient": {
            "stated": {"facts": facts, "otherwise": first.stated.otherwise.value},
            "unknown_to": {
                label: list(names)
                for label, names in zip(panel.labels, panel.strange, strict=True)
            },
        },
        "decisions": {
            one.decision.value: _decision_json(one, panel) for one in panel.decisions
        },
        "answers": [answer.to_dict() for answer in panel.answers],
    }


def _decision_json(decision: PanelDecision, panel: PanelAnswer) -> Json:
    return {
        "accord": decision.accord.value,
        "outcomes": {
            label: outcome.value
            for label, outcome in zip(panel.labels, decision.outcomes, strict=True)
        },
        "silent": [panel.labels[place] for place in decision.silent],
        "lines": [_line_json(line, decision, panel) for line in decision.lines],
        "clashes": [_clash_json(one, panel) for one in decision.clashes],
    }


def _line_json(line: PanelLine, decision: PanelDecision, panel: PanelAnswer) -> Json:
    return {
        "text": line_text(line, panel),
        "advice": list(advice_json(line.advice)),
        "certain": line.certain,
        "alternative": line.alternative,
        "withheld": line.withheld,
        "avoided": line.avoided,
        "contraindicated": list(line.barred),
        "said_by_all_who_speak": len(line.by) == decision.speaking,
        "by": [
            {
                "guideline": panel.labels[voice.guideline],
                "strength": voice.strength.value if voice.strength else None,
                **grounds_json(graph, citations.rules_named(graph, voice.rules)),
            }
            for voice in line.by
            for graph in [panel.guidelines[voice.guideline]]
        ],
    }


def _clash_json(one: PanelClash, panel: PanelAnswer) -> Json:
    graphs = [panel.guidelines[place] for place in one.guidelines]
    labels = [panel.labels[place] for place in one.guidelines]
    return {"certain": one.certain, "sides": clash_json(one.clash, graphs, labels)}


def clash_json(
    clash: Clash, graphs: Sequence[RuleGraph], labels: Sequence[str]
) -> list[Json]:
    """Both sides of a clash: what is advised, with rules, statements and sources."""
    return [
        {
            "guideline": label,
            "text": " or ".join(advice_text(one, graph) for one in advice),
            "advice": [part for one in advice for part in advice_json(one)],
            **grounds_json(graph, citations.rules_named(graph, rules)),
        }
        for label, graph, sides in zip(
            labels, graphs, (clash.first, clash.second), strict=True
        )
        for rules, advice in citations.sides_of(sides)
    ]
