"""What was proved, tried or compared of a guideline, as pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from b12guide.diagnostics import Diagnostic
from b12guide.prove.claim import Kind, Settled
from b12guide.prove.comparison import Sameness
from b12guide.prove.difference import Difference, Treated
from b12guide.prove.everything import Proofs
from b12guide.prove.given import given_text
from b12guide.show.diff_text import about, said_of
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.proof_diagnostic import proof_diagnostic
from b12guide.show.stated import guideline_particulars
from b12guide.show.trial_diagnostic import trial_diagnostics
from b12guide.show.trial_text import summary_text
from b12guide.show.wording import EDUCATION_NOTICE, capitalised, listing
from b12guide.trial.report import TrialReport

__all__ = ["difference_page", "proofs_page", "trial_page"]


def proofs_page(answer: Proofs) -> Page:
    """What is broken or not proved, then each kind of claim."""
    graph = answer.graph
    found = [proof_diagnostic(p, graph) for p in answer.proofs if p.is_open]
    return _page(
        f"What holds for every patient: {graph.title}",
        guideline_particulars(graph),
        ("Broken, vacuous or not proved", _told(found)),
        ("Claims", _kinds(answer)),
    )


def _kinds(answer: Proofs) -> Iterator[Item]:
    for kind in Kind:
        settled = [p.settled for p in answer.proofs if p.claim.kind is kind]
        counts = [f"{settled.count(s)} {s.value}" for s in Settled if s in settled]
        if counts:
            yield Item(label=capitalised(kind.value), text=listing(counts))


def trial_page(report: TrialReport) -> Page:
    """What failed, then how each example went."""
    found = trial_diagnostics(report.results, report.reached, report.graph)
    return _page(
        f"The examples, tried: {report.graph.title}",
        (
            *guideline_particulars(report.graph),
            ("Came to", summary_text(report.results)),
        ),
        ("To be looked at", _told(found)),
        (
            "Examples",
            (Item(label=one.title, text=one.trial.value) for one in report.results),
        ),
    )


def difference_page(difference: Difference) -> Page:
    """Rules that changed, then who is treated differently, with a patient each."""
    old, new = difference.old, difference.new
    changed = (
        Item(label=one.name, text=one.change.value, details=one.parts)
        for one in difference.rules
    )
    return _page(
        f"What differs: {old.title} and {new.title}",
        (
            ("Old", f"{old.name} {old.version}, {old.status.value}"),
            ("New", f"{new.name} {new.version}, {new.status.value}"),
        ),
        ("Rules", changed),
        ("Patients", (_treated(one, difference) for one in difference.treated)),
    )


def _treated(one: Treated, difference: Difference) -> Item:
    compared, witness = one.compared, one.compared.witness
    items: list[Item] = []
    if witness is not None:
        text = given_text(witness.values, difference.old)
        items.append(Item(label="A patient", text=text))
    items += (
        Item(label=label, text=said_of(compared, answer))
        for label, answer in (("Old", one.old), ("New", one.new))
        if answer is not None
    )
    return Item(
        label=capitalised(about(compared)),
        text=compared.sameness.value,
        details=compared.facts,
        tone=Tone.PLAIN if compared.sameness is Sameness.SAME else Tone.STRONG,
        items=tuple(items),
    )


def _told(diagnostics: Iterable[Diagnostic]) -> Iterator[Item]:
    for one in diagnostics:
        yield Item(
            text=capitalised(one.message),
            details=tuple(filter(None, (one.code, one.where))),
            tone=Tone.CAUTION,
            items=(
                *(Item(label="Note", text=note) for note in one.notes),
                *(Item(label="Help", text=remedy.message) for remedy in one.help),
            ),
        )


def _page(
    title: str,
    particulars: Iterable[tuple[str, str]],
    *sections: tuple[str, Iterable[Item]],
) -> Page:
    return Page(
        title=title,
        particulars=tuple(particulars),
        notice=EDUCATION_NOTICE,
        sections=tuple(
            Section(title=heading, items=items)
            for heading, section in sections
            if (items := tuple(section))
        ),
    )
