"""What is found about a guideline itself: proofs, differences, mutants; as text, page, JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from b12guide.diagnostics import Diagnostic, Help, Label, Severity
from b12guide.evaluate.answer import Recommendation
from b12guide.graph.model import Currency, Decision, Place, RuleGraph
from b12guide.notice import EDUCATION_NOTICE
from b12guide.patient.derived_text import derivation_text
from b12guide.patient.model import FactValue
from b12guide.prove.claim import ClaimKind, Proof, ProofOutcome, example_of
from b12guide.prove.difference import Change, Compared, Difference, Sameness, Treated
from b12guide.prove.everything import Proofs
from b12guide.prove.next_version import NextVersion, life_cycle
from b12guide.prove.witness import given_text
from b12guide.say.schedules import currency_text
from b12guide.say.words import capitalised, listing, plural
from b12guide.show.diagnostic import diagnostics_to_json, to_terminal
from b12guide.show.json_parts import currency_json, engine_json
from b12guide.show.page import Item, Page, Section, Tone
from b12guide.show.patient_header import guideline_particulars, reminder
from b12guide.show.terminal import wrapped
from b12guide.show.to_json import guideline_json
from b12guide.show.trial import answered_text, summary_text, trial_diagnostics
from b12guide.trial.report import TrialReport
from b12guide.values.quantity import format_quantity

_CODES = {
    ClaimKind.GAP: "GDL611",
    ClaimKind.CONFLICT: "GDL612",
    ClaimKind.FORBIDDEN: "GDL613",
    ClaimKind.DEAD: "GDL614",
    ClaimKind.REDUNDANT: "GDL615",
    ClaimKind.WITHHELD: "GDL616",
    ClaimKind.LASTING: "GDL617",
    ClaimKind.INVARIANT: "GDL618",
}
_NOT_PROVED = "GDL619"
_VACUOUS = "GDL620"
_HELP = {
    ClaimKind.GAP: "say what holds for this patient, or narrow the rule that applies to them",
    ClaimKind.CONFLICT: "let one rule be an `exception to` the other, or declare the conflict",
    ClaimKind.FORBIDDEN: "narrow the conditions until the rules never meet",
    ClaimKind.DEAD: "no patient can meet this condition; correct it or leave the rule out",
    ClaimKind.REDUNDANT: "the exception never changes anything; leave `exception to` out",
    ClaimKind.WITHHELD: "see which exception lets the drug through",
    ClaimKind.LASTING: "ask for the fact itself instead of whether it `is established`",
    ClaimKind.INVARIANT: "change the rules, or the invariant if it claims too much",
}


def proof_diagnostic(proof: Proof, graph: RuleGraph) -> Diagnostic:
    """What is to be said of a claim that is not proved."""
    claim = proof.claim
    if proof.settled is ProofOutcome.NOT_PROVED:
        return Diagnostic(
            code=_NOT_PROVED,
            severity=Severity.WARNING,
            message=f"not proved (limit): {claim.text}",
            labels=_labels(proof, graph),
            notes=(proof.remark,) if proof.remark else (),
        )
    if proof.settled is ProofOutcome.VACUOUS:
        return Diagnostic(
            code=_VACUOUS,
            severity=Severity.WARNING,
            message=f"vacuous: {claim.text}",
            labels=_labels(proof, graph),
            notes=(proof.remark,),
            help=(Help(message="claim something that a changed rule could break"),),
        )
    notes = []
    if proof.witness is not None:
        patient = given_text(proof.witness.values, graph)
        notes.append(f"the smallest patient: {patient}")
    return Diagnostic(
        code=_CODES[claim.kind],
        message=f"broken: {claim.text}",
        labels=_labels(proof, graph),
        notes=tuple(notes),
        help=(Help(message=_remedy(proof)),),
    )


def _remedy(proof: Proof) -> str:
    """What the author can do about a claim that is broken."""
    gate, *forms = proof.rules or ("",)
    if proof.claim.kind is not ClaimKind.WITHHELD or not forms:
        return _HELP[proof.claim.kind]
    return (
        f"a drug that {listing(f'`{name}`' for name in forms)} names as the form is offered today:"
        f" leave it out there for those for whom `{gate}` withholds it"
    )


def _labels(proof: Proof, graph: RuleGraph) -> tuple[Label, ...]:
    places = []
    if proof.claim.place is not None:
        places.append((proof.claim.place, ""))
    for name in proof.rules:
        place = graph.rules[name].place
        if place is not None:
            places.append((place, f"`{name}`"))
    return tuple(
        Label(text=place.text, span=place.span, message=message)
        for place, message in places
    )


def to_tell(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """The claims that are open, of two about the same clash only the first."""
    clashing = {
        frozenset(proof.rules)
        for proof in proofs
        if proof.claim.kind is ClaimKind.CONFLICT
        and proof.settled is ProofOutcome.BROKEN
    }

    def is_told(proof: Proof) -> bool:
        is_pair = proof.claim.kind is ClaimKind.FORBIDDEN
        is_broken = proof.settled is ProofOutcome.BROKEN
        return is_pair and is_broken and frozenset(proof.rules) in clashing

    return tuple(proof for proof in proofs if proof.is_open and not is_told(proof))


def proofs_text(answer: Proofs, *, width: int = 80, colour: bool = False) -> str:
    """What is broken or not proved, then one line for each kind of claim, then the sum."""
    proofs, graph = answer.proofs, answer.graph
    shown = [
        to_terminal(proof_diagnostic(proof, graph), width=width, colour=colour)
        for proof in to_tell(proofs)
    ]
    lines: list[str] = []
    for kind in ClaimKind:
        some = [proof for proof in proofs if proof.claim.kind is kind]
        if some:
            lines += wrapped(f"{kind.value}: {_counts(some)}", width)
            lines += [
                f"  {line}"
                for remark in dict.fromkeys(p.remark for p in some if p.remark)
                for line in wrapped(remark, max(width - 2, 20))
            ]
    lines.append(f"{plural(len(proofs), 'claim')}: {_counts(proofs)}")
    lines += ["", *wrapped(reminder(graph), width)]
    return "\n\n".join([*shown, "\n".join(lines)]) + "\n"


def _counts(proofs: Iterable[Proof]) -> str:
    found = [proof.settled for proof in proofs]
    counts = ((s, found.count(s)) for s in ProofOutcome)
    return ", ".join(f"{count} {settled.value}" for settled, count in counts if count)


PROOFS_SCHEMA = "b12guide.proofs/1"


def proofs_to_json(answer: Proofs) -> dict[str, Any]:
    """The proofs as a value that `json.dumps` takes."""
    proofs, graph = answer.proofs, answer.graph
    found = tuple(proof_diagnostic(proof, graph) for proof in to_tell(proofs))
    return {
        "schema": PROOFS_SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(answer),
        "on": None,
        "claims": [_proof(proof, graph) for proof in proofs],
        "diagnostics": diagnostics_to_json(found)["diagnostics"],
        "summary": {
            settled.value: sum(proof.settled is settled for proof in proofs)
            for settled in ProofOutcome
        },
    }


def _proof(proof: Proof, graph: RuleGraph) -> dict[str, Any]:
    witness = proof.witness
    return {
        "kind": proof.claim.kind.value,
        "name": proof.claim.name,
        "text": proof.claim.text,
        "settled": proof.settled.value,
        "remark": proof.remark,
        "place": None if proof.claim.place is None else _place(proof.claim.place),
        "rules": [
            {"rule": name, "place": _place_of(name, graph)} for name in proof.rules
        ],
        "patient": None if witness is None else patient_json(witness.values, graph),
        "reading": None if witness is None else witness.reading.value,
        "example": example_of(proof, graph),
    }


def patient_json(
    values: Mapping[str, FactValue | None], graph: RuleGraph
) -> dict[str, Any]:
    """A patient as in a patient file."""
    facts = {name: _value(name, value, graph) for name, value in values.items()}
    return {"facts": facts, "otherwise": "unknown"}


def _value(name: str, value: FactValue | None, graph: RuleGraph) -> Any:
    if isinstance(value, Fraction):
        fact = graph.vocabulary.facts.get(name)
        return format_quantity(value, fact.unit if fact else None)
    return value


def _place_of(rule: str, graph: RuleGraph) -> dict[str, Any] | None:
    place = graph.rules[rule].place
    return None if place is None else _place(place)


def _place(place: Place) -> dict[str, Any]:
    position = place.text.position(place.span.start)
    return {"file": place.text.name, "line": position.line, "column": position.column}


def diff_text(difference: Difference, *, width: int = 80, colour: bool = False) -> str:
    """Rules that changed, decisions that changed with a patient each, and what is proved."""
    del colour  # nothing of it is marked
    lines = [_head(difference.old) + " -> " + _head(difference.new)]
    for change in Change:
        for one in difference.rules:
            if one.change is change:
                parts = f": {listing(one.parts)}" if one.parts else ""
                lines.append(f"rule {change.value}: {one.name}{parts}")
    for name, (was, now) in difference.currencies.items():
        lines.append(f"how long {name} counts: {_how_long(was)}, now {_how_long(now)}")
    lines += [
        f"how {name} is worked out: {_how(difference, name)}"
        for name in difference.derivations
    ]
    changed = [
        t for t in difference.treated if t.compared.sameness is not Sameness.SAME
    ]
    for treated in changed:
        lines += ["", *_treated_text(treated, difference, width)]
    lines.append("")
    if not changed and difference.derivations:
        lines.append("proved: nobody with the same values is treated differently")
    elif not changed:
        lines.append("proved: no patient is treated differently")
    else:
        same = [t.compared for t in difference.treated if t not in changed]
        names = ", ".join(about(compared) for compared in same)
        if names:
            lines += wrapped(f"proved the same for every patient: {names}", width)
    for diagnostic in life_cycle(difference.old, difference.new):
        lines += ["", to_terminal(diagnostic, width=width).rstrip()]
    lines += ["", *wrapped(reminder(difference.new), width)]
    return "\n".join(lines) + "\n"


def _how(difference: Difference, name: str) -> str:
    """How a measure was worked out, and is now."""
    was, now = (
        "not at all" if one is None else derivation_text(one)
        for one in (
            graph.derivations.get(name) for graph in (difference.old, difference.new)
        )
    )
    return f"{was}; now {now}"


def _how_long(currency: Currency | None) -> str:
    return "for good" if currency is None else currency_text(currency)


def _head(graph: RuleGraph) -> str:
    return f"{graph.name} {graph.version}"


def about(compared: Compared) -> str:
    """What was compared."""
    return "scope" if compared.decision is None else compared.decision.value


def _treated_text(
    treated: Treated, difference: Difference, width: int
) -> Iterator[str]:
    compared = treated.compared
    facts = f": {listing(compared.facts)}" if compared.facts else ""
    yield f"{about(compared)}: {compared.sameness.value}{facts}"
    yield from _patient_text(treated, (difference.old, difference.new), width)


def _patient_text(
    treated: Treated, graphs: tuple[RuleGraph, RuleGraph], width: int
) -> Iterator[str]:
    """The patient who is treated differently, with both answers."""
    compared = treated.compared
    if compared.witness is not None:
        patient = given_text(compared.witness.values, *graphs)
        yield from _indented(f"a patient: {patient}", width)
        for label, answer in (("old", treated.old), ("new", treated.new)):
            if answer is not None:
                yield from _indented(f"{label}: {said_of(compared, answer)}", width)


def _indented(text: str, width: int) -> Iterator[str]:
    for line in wrapped(text, max(width - 4, 20)):
        yield f"    {line}"


def said_of(compared: Compared, answer: Recommendation) -> str:
    """What a guideline answers about the witness of a decision, in one line."""
    if compared.decision is None:
        return answered_text(answer.scope, answer.graph)
    if compared.decision is Decision.NOTE:
        notes = [notice.text for notice in answer.notices if notice.rule is not None]
        return " / ".join(notes) or "no remark"
    return answered_text(answer.decisions[compared.decision], answer.graph)


DIFF_SCHEMA = "b12guide.diff/1"


def diff_to_json(difference: Difference) -> dict[str, Any]:
    """The difference as a value that `json.dumps` takes."""
    return {
        "schema": DIFF_SCHEMA,
        "old": guideline_json(difference.old),
        "new": guideline_json(difference.new),
        "engine": engine_json(difference),
        "on": None,
        "rules": [
            {"rule": one.name, "change": one.change.value, "parts": list(one.parts)}
            for one in difference.rules
        ],
        "currencies": [
            {"fact": name, "old": currency_json(was), "new": currency_json(now)}
            for name, (was, now) in difference.currencies.items()
        ],
        "derivations": list(difference.derivations),
        "decisions": [_treated_json(one, difference.old) for one in difference.treated],
        "nobody_is_treated_differently": difference.is_proved_same,
        "life_cycle": [
            diagnostic.to_dict()
            for diagnostic in life_cycle(difference.old, difference.new)
        ],
    }


def version_text(found: NextVersion, *, width: int = 80) -> str:
    """The number of the next version, why it has this one, and what is the matter with the new."""
    lines = [f"{_head(found.old)} -> {found.version} ({found.level.value})"]
    reasons = found.reasons or ("the content is the same",)
    lines += [line for reason in reasons for line in wrapped(reason, width)]
    if found.treated is not None:
        lines += _patient_text(found.treated, (found.old, found.new), width)
    blocks = ["\n".join(lines)]
    blocks += [to_terminal(one, width=width).rstrip() for one in found.diagnostics]
    blocks.append("\n".join(wrapped(reminder(found.new), width)))
    return "\n\n".join(blocks) + "\n"


VERSION_SCHEMA = "b12guide.version/1"


def version_to_json(found: NextVersion) -> dict[str, Any]:
    """The next version as a value that `json.dumps` takes."""
    return {
        "schema": VERSION_SCHEMA,
        "old": guideline_json(found.old),
        "new": guideline_json(found.new),
        "on": None,
        "level": found.level.value,
        "version": found.version,
        "reasons": list(found.reasons),
        "treated": found.treated and _treated_json(found.treated, found.old),
        "diagnostics": [diagnostic.to_dict() for diagnostic in found.diagnostics],
    }


def _treated_json(treated: Treated, graph: RuleGraph) -> dict[str, Any]:
    compared = treated.compared
    witness = compared.witness
    return {
        "about": about(compared),
        "sameness": compared.sameness.value,
        "facts": list(compared.facts),
        "patient": None if witness is None else patient_json(witness.values, graph),
        "reading": None if witness is None else witness.reading.value,
        "old": None if treated.old is None else said_of(compared, treated.old),
        "new": None if treated.new is None else said_of(compared, treated.new),
    }


def proofs_page(answer: Proofs) -> Page:
    """What is broken or not proved, then each kind of claim."""
    graph = answer.graph
    found = [proof_diagnostic(p, graph) for p in to_tell(answer.proofs)]
    return _page(
        f"What holds for every patient: {graph.title}",
        guideline_particulars(graph),
        ("Broken, vacuous or not proved", _told(found)),
        ("Claims", _kinds(answer)),
    )


def _kinds(answer: Proofs) -> Iterator[Item]:
    for kind in ClaimKind:
        settled = [p.settled for p in answer.proofs if p.claim.kind is kind]
        counts = [f"{settled.count(s)} {s.value}" for s in ProofOutcome if s in settled]
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
        (("Old", _version(old)), ("New", _version(new))),
        ("Rules", changed),
        (
            "How long a value counts",
            (
                Item(label=name, text=f"{_how_long(was)}, now {_how_long(now)}")
                for name, (was, now) in difference.currencies.items()
            ),
        ),
        (
            "What is worked out",
            (
                Item(label=name, text=_how(difference, name))
                for name in difference.derivations
            ),
        ),
        ("Patients", (_treated(one, difference) for one in difference.treated)),
        ("To be looked at", _told(life_cycle(old, new))),
    )


def _version(graph: RuleGraph) -> str:
    about = dict(guideline_particulars(graph))
    return f"{about['Guideline']}: {about['Status']}"


def _treated(one: Treated, difference: Difference) -> Item:
    compared, witness = one.compared, one.compared.witness
    items: list[Item] = []
    if witness is not None:
        text = given_text(witness.values, difference.old, difference.new)
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
