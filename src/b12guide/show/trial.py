"""The trial of a guideline's examples: failures as diagnostics, text, JSON, and JUnit's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, assert_never
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from b12guide.diagnostics import Diagnostic, Edit, Help, Label, Severity
from b12guide.evaluate.answer import Decided, RuleVerdict, Verdict
from b12guide.graph.model import Exclusion, Place, RuleGraph
from b12guide.say.advice import advice_text
from b12guide.say.words import listing, plural
from b12guide.show.diagnostic import diagnostics_to_json, to_plain, to_terminal
from b12guide.show.json_parts import engine_json
from b12guide.show.terminal import visible
from b12guide.show.to_json import guideline_json
from b12guide.syntax.scan import ACTIONS
from b12guide.trial.own_words import option_in_gdl
from b12guide.trial.report import AtomCoverage, Coverage, TrialReport
from b12guide.trial.result import Answered, ExampleResult, NamedThings, Trial, Unmet
from b12guide.truth import Truth

_SCOPE = {
    Truth.TRUE: "scope applies",
    Truth.FALSE: "scope does not apply",
    Truth.UNKNOWN: "scope unknown",
}


def trial_diagnostics(
    results: Sequence[ExampleResult], reached: Coverage | None, graph: RuleGraph
) -> tuple[Diagnostic, ...]:
    """Everything there is to say of a trial; `reached` is None where that was not asked."""
    found = [
        diagnostic
        for result in results
        for diagnostic in (
            *example_diagnostics(result, graph),
            *vacuous_diagnostics(result),
        )
    ]
    if not any(result.expectations for result in results):
        found.append(
            Diagnostic(
                code="GDL603",
                message="no example expects anything, so nothing was tried",
                help=(Help(message='write `example "..." given ... expect ...`'),),
            )
        )
    if reached is not None:
        found += _unreached(reached)
    return tuple(found)


def example_diagnostics(
    result: ExampleResult, graph: RuleGraph
) -> Iterator[Diagnostic]:
    """What is to be said of one example; nothing when it passed."""
    match result.trial:
        case Trial.PASSED:
            return
        case Trial.EMPTY:
            yield Diagnostic(
                code="GDL602",
                severity=Severity.WARNING,
                message=f"the example `{result.title}` expects nothing",
                labels=(_label(result.place),),
                help=(Help(message="add what is to be answered: `expect ...`"),),
            )
        case Trial.UNUSABLE:
            yield from result.diagnostics
        case Trial.FAILED:
            for unmet in result.unmet:
                yield _unmet(result, unmet, graph)


def vacuous_diagnostics(result: ExampleResult) -> Iterator[Diagnostic]:
    """GDL554: what is expected not to be said, and could not be; the example passes."""
    for one in result.vacuous:
        yield Diagnostic(
            code="GDL554",
            severity=Severity.WARNING,
            message=f"in `{result.title}`, `{one.expected}` is vacuous: "
            "nothing here could give this",
            labels=(_label(one.place),),
            help=(
                Help(message="expect what is advised instead, or look for a mistake"),
            ),
        )


def _unmet(result: ExampleResult, unmet: Unmet, graph: RuleGraph) -> Diagnostic:
    notes = [f"answered: {answered_in_gdl(unmet, graph)}"]
    help_: tuple[Help, ...] = ()
    nearest = _nearest(unmet, graph)
    if nearest == unmet.expected:  # said, but not for now
        told = "it is withheld: expect what it waits for, such as `expect withhold ... until ...`"
        help_ = (Help(message=told),)
    elif nearest is not None:
        notes += _differences(unmet.expected, nearest)
        text, span = unmet.place.text, unmet.place.span
        edit = Edit(text=text, span=span, replacement=nearest)
        said = f"write `expect {nearest}` if the answer is right"
        help_ = (Help(message=said, edits=(edit,)),)
    return Diagnostic(
        code="GDL601",
        message=f"in `{result.title}`, `{unmet.expected}` is expected",
        labels=(_label(unmet.place, "answered otherwise"),),
        notes=tuple(notes),
        help=help_,
    )


def answered_in_gdl(unmet: Unmet, graph: RuleGraph) -> str:
    """What was answered, with each option as it would be written in an example."""
    decided = unmet.answered
    if not isinstance(decided, Decided):
        return answered_text(decided, graph)
    parts = [f"decision {decided.decision.value} {decided.outcome.value}"]
    for option in decided.options:
        written = option_in_gdl(option, decided, graph, unmet.expected)
        said = advice_text(option.advice, graph) if written is None else f"`{written}`"
        open_ = "" if option.certain else "perhaps "
        later = "not now: " if option.withheld else ""
        parts.append(f"{open_}{later}{said} ({', '.join(option.rules)})")
    if decided.depends_on:
        parts.append(f"depends on {listing(decided.depends_on)}")
    return "; ".join(parts)


def _nearest(unmet: Unmet, graph: RuleGraph) -> str | None:
    """The option that is most like what is expected, as it would be written."""
    decided = unmet.answered
    if not isinstance(decided, Decided) or unmet.expected.split()[0] not in _VERBS:
        return None
    written = (
        option_in_gdl(option, decided, graph, unmet.expected)
        for option in decided.options
    )
    verb = unmet.expected.split()[0]
    alike = [text for text in written if text is not None and text.split()[0] == verb]
    return max(alike, key=lambda t: _matcher(unmet.expected, t).ratio(), default=None)


# Actions, not `no` and not what is expected of a rule or decision.
_VERBS = ACTIONS - {"note"}


# A number goes with its unit: it is `6 months` that differs, not `6`.
_TOKEN = re.compile(r"[0-9.]+ (?:to [0-9.]+ )?[^\s,\d][^\s,]*|,|[^\s,]+")


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _matcher(expected: str, answered: str) -> SequenceMatcher[str]:
    return SequenceMatcher(None, _tokens(expected), _tokens(answered), autojunk=False)


def _differences(expected: str, answered: str) -> Iterator[str]:
    """Where an answer departs from what is expected, word by word."""
    before, after = _tokens(expected), _tokens(answered)
    for kind, a, b, c, d in _matcher(expected, answered).get_opcodes():
        wanted, found = " ".join(before[a:b]), " ".join(after[c:d])
        if kind == "replace":
            yield f"expected `{wanted}`, answered `{found}`"
        elif kind == "delete":
            yield f"expected `{wanted}`, which is not answered"
        elif kind == "insert":
            yield f"answered `{found}`, which is not expected"


def _unreached(reached: Coverage) -> Iterator[Diagnostic]:
    for rule in reached.rules:
        if not rule.decisive_in:
            yield Diagnostic(
                code="GDL604",
                severity=Severity.WARNING,
                message=f"no example reaches the rule `{rule.name}`",
                labels=(_label(rule.place),),
                help=(Help(message="add an example in which it applies"),),
            )


def _label(place: Place, message: str = "") -> Label:
    return Label(text=place.text, span=place.span, message=message)


def answered_text(answered: Answered, graph: RuleGraph) -> str:
    """What was answered, in one line."""
    match answered:
        case Truth():
            return _SCOPE[answered]
        case NamedThings(kind=kind, names=names):
            return f"{kind} {listing(names)}" if names else f"{kind}: none"
        case RuleVerdict():
            text = f"rule {answered.rule.name} {answered.verdict.value}"
            if answered.verdict is Verdict.OVERRIDDEN:
                text += f" by {listing(answered.overridden_by)}"
            if answered.needs:
                text += f", it waits for {listing(answered.needs)}"
            return text
        case Decided():
            parts = [f"decision {answered.decision.value} {answered.outcome.value}"]
            for option in answered.options:
                words = advice_text(option.advice, graph)
                is_choice = option.alternative and not isinstance(
                    option.advice, Exclusion
                )
                mark = "may " if is_choice else ""
                open_ = "" if option.certain else "perhaps "
                parts.append(f"{open_}{mark}{words} ({', '.join(option.rules)})")
            if answered.depends_on:
                parts.append(f"depends on {listing(answered.depends_on)}")
            return "; ".join(parts)
        case tuple():
            found = [
                listing(dict.fromkeys(rule for side in c.sides for rule in side.rules))
                for c in answered
            ]
            if not found:
                return "no conflict"
            return f"{plural(len(found), 'conflict')}: {'; '.join(found)}"
        case _:
            assert_never(answered)


def trial_text(report: TrialReport, *, width: int = 80, colour: bool = False) -> str:
    """What failed with its source lines, then one line that sums up."""
    results, reached, graph = report.results, report.reached, report.graph
    diagnostics = trial_diagnostics(results, reached, graph)
    shown = [to_terminal(d, width=width, colour=colour) for d in diagnostics]
    lines = [summary_text(results)]
    if reached is not None:
        lines += _totals(reached)
    return "\n\n".join([*shown, "\n".join(lines)]) + "\n"


def summary_text(results: Sequence[ExampleResult]) -> str:
    """How many examples there are and how they went."""
    counts = [(t, sum(r.trial is t for r in results)) for t in Trial]
    words = [f"{count} {trial.value}" for trial, count in counts if count]
    expectations = plural(sum(r.expectations for r in results), "expectation")
    listed = ", ".join(words) or "none"
    return f"{plural(len(results), 'example')} with {expectations}: {listed}"


def _totals(reached: Coverage) -> Iterator[str]:
    yield "rules decisive in an example: {} of {}".format(*reached.decisive)
    yield "exceptions that override their rule: {} of {}".format(*reached.overriding)
    yield "truth values of conditions seen: {} of {}".format(*reached.values)


def coverage_text(reached: Coverage) -> str:
    """What the examples do not reach, condition by condition, then the totals."""
    lines = [
        f"{rule.name}: no example in which it is decisive"
        for rule in reached.rules
        if not rule.decisive_in
    ]
    lines += [
        f"{rule.name}: no example in which {exception} overrides it"
        for rule in reached.rules
        for exception, titles in rule.exceptions
        if not titles
    ]
    for condition in reached.conditions:
        for atom in condition.atoms:
            if atom.missing:
                missing = listing((t.value for t in atom.missing), "or")
                where = condition.name or "scope"
                lines.append(f"{where}: `{atom.written}` is never {missing}")
    return "\n".join([*lines, *_totals(reached)]) + "\n"


SCHEMA = "b12guide.trial/1"


def trial_to_json(report: TrialReport) -> dict[str, Any]:
    """The trial as a value that `json.dumps` takes."""
    results, reached, graph = report.results, report.reached, report.graph
    diagnostics = trial_diagnostics(results, reached, graph)
    return {
        "schema": SCHEMA,
        "guideline": guideline_json(graph),
        "engine": engine_json(report),
        "on": None,
        "titled": report.titled,
        "examples": [_example(result, graph) for result in results],
        "coverage": None if reached is None else _coverage(reached),
        "diagnostics": diagnostics_to_json(diagnostics)["diagnostics"],
        "summary": {
            **{t.value: sum(r.trial is t for r in results) for t in Trial},
            "expectations": sum(r.expectations for r in results),
        },
    }


def _example(result: ExampleResult, graph: RuleGraph) -> dict[str, Any]:
    return {
        "title": result.title,
        "trial": result.trial.value,
        "place": _place(result.place),
        "expectations": result.expectations,
        "unmet": [
            {
                "expected": unmet.expected,
                "answered": answered_in_gdl(unmet, graph),
                "place": _place(unmet.place),
            }
            for unmet in result.unmet
        ],
        "vacuous": [
            {"expected": one.expected, "place": _place(one.place)}
            for one in result.vacuous
        ],
        "mistakes": [diagnostic.message for diagnostic in result.diagnostics],
    }


def _coverage(reached: Coverage) -> dict[str, Any]:
    return {
        "rules": [
            {
                "rule": rule.name,
                "place": _place(rule.place),
                "decisive_in": list(rule.decisive_in),
                "exceptions": [
                    {"rule": exception, "overrides_in": list(titles)}
                    for exception, titles in rule.exceptions
                ],
            }
            for rule in reached.rules
        ],
        "conditions": [
            {
                "of": condition.name or None,
                "place": _place(condition.place),
                "atoms": [_atom(atom) for atom in condition.atoms],
            }
            for condition in reached.conditions
        ],
        "summary": {
            "rules": _share(reached.decisive),
            "exceptions": _share(reached.overriding),
            "truth_values": _share(reached.values),
        },
    }


def _atom(atom: AtomCoverage) -> dict[str, Any]:
    return {
        "written": atom.written,
        "place": _place(atom.place),
        **{truth.value: truth in atom.seen for truth in Truth},
    }


def _share(counts: tuple[int, int]) -> dict[str, int]:
    reached, total = counts
    return {"reached": reached, "total": total}


def _place(place: Place) -> dict[str, Any]:
    position = place.text.position(place.span.start)
    return {"file": place.text.name, "line": position.line, "column": position.column}


def trial_to_junit(results: Sequence[ExampleResult], graph: RuleGraph) -> str:
    """One test case for each example."""
    failed = sum(r.trial in {Trial.FAILED, Trial.EMPTY} for r in results)
    unusable = sum(r.trial is Trial.UNUSABLE for r in results)
    counts = {
        "name": graph.name,
        "tests": str(len(results)),
        "failures": str(failed),
        "errors": str(unusable),
    }
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", counts)
    for result in results:
        _case(suite, result, graph)
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: Element, result: ExampleResult, graph: RuleGraph) -> None:
    place = result.place
    line = place.text.position(place.span.start).line
    case = SubElement(
        suite,
        "testcase",
        {
            "name": visible(result.title),
            "classname": graph.name,
            "file": place.text.name,
            "line": str(line),
        },
    )
    diagnostics = tuple(example_diagnostics(result, graph))
    if diagnostics:
        kind = "error" if result.trial is Trial.UNUSABLE else "failure"
        message = visible(diagnostics[0].message)
        failure = SubElement(case, kind, {"message": message})
        failure.text = "\n".join(map(to_plain, diagnostics))
    remarks = tuple(vacuous_diagnostics(result))
    if remarks:
        SubElement(case, "system-out").text = "\n".join(map(to_plain, remarks))
