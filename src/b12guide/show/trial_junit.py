"""The trial of a guideline's examples in JUnit's XML, which CI servers display."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from b12guide.graph.model import RuleGraph
from b12guide.show.diagnostic import to_plain
from b12guide.show.trial_diagnostic import example_diagnostics, vacuous_diagnostics
from b12guide.show.width import visible
from b12guide.trial.result import ExampleResult, Trial

__all__ = ["trial_to_junit"]


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
