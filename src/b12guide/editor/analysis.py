"""What is known of a guideline right after a keystroke, and what takes longer to find out.

Where all its files can be read, both together say what `b12guide check` says. Where they cannot,
the items that can be read are checked all the same, and what only follows from the broken ones is
left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from attrs import field, frozen

from b12guide import passes, written
from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.editor.checking import Checker
from b12guide.evaluate.impossible import impossible
from b12guide.evaluate.known import Evaluator
from b12guide.evaluate.many_cases import many_cases
from b12guide.graph.checks import check_graph
from b12guide.graph.from_syntax import lower, lower_facts
from b12guide.graph.model import RuleGraph
from b12guide.library import Library, SourceFile
from b12guide.prove.gaps import unanswered
from b12guide.prove.overlap import impossible_conflicts, overlaps
from b12guide.semantics.pieces import PiecedDraft
from b12guide.semantics.scope import Scope, scope_of
from b12guide.show.trial_diagnostic import example_diagnostics
from b12guide.syntax.ast import Example, File
from b12guide.syntax.reread import Reading
from b12guide.trial.coverage import Coverage, coverage
from b12guide.trial.result import ExampleResult
from b12guide.trial.run import run_example

__all__ = ["Analysis", "Depth", "Opened", "analyse", "deepen"]


@frozen(kw_only=True, eq=False)
class Opened:
    """A file that was opened, with what is wrong with its bytes."""

    reading: Reading
    diagnostics: tuple[Diagnostic, ...] = ()


@frozen(kw_only=True, eq=False)
class Analysis:
    """A guideline, vocabulary, part or file of examples with the files that belong to it.

    Attributes:
        diagnostics: What the files and their names and units say, with places in pieces.
        is_sound: Whether all of it could be read and has no errors.
    """

    draft: PiecedDraft = field(repr=False)
    scope: Scope = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]
    is_sound: bool

    def placed(self, diagnostics: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
        """Those whose places are still there, with places in files, in order."""
        found = (self.draft.placed(diagnostic) for diagnostic in diagnostics)
        return in_order(d for d in found if d is not None)


def analyse(
    library: Library, open_: Callable[[SourceFile], Opened], checker: Checker
) -> Analysis:
    """The guideline of `library`, as far as it can be understood.

    Args:
        library: Where its files are.
        open_: Reads a file.
        checker: Checked the version before, if there was one.
    """
    readings: dict[str, Reading] = {}

    def opened(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
        found = open_(source)
        reading = found.reading
        readings[source.name] = reading
        file = File(text=reading.head, language=None, headers=reading.headers, items=())
        return file, (*reading.diagnostics, *found.diagnostics)

    read = passes.read(library, opened)
    files, diagnostics = read.draft.files, read.diagnostics
    header = read.draft.header
    if header is not None:
        for source in written.example_files(library):
            if source.name in readings:
                continue
            file, wrong = opened(source)
            named = [h.name.text for h in file.headers if h.kind == "examples"]
            if header.name.text in named:
                files += (file,)
                diagnostics += wrong
            else:
                del readings[source.name]
    draft = PiecedDraft(files, readings=readings)
    scope = scope_of(draft)
    diagnostics += passes.checked_in_pieces(
        draft, scope, read.diagnostics, checker.check
    )
    return Analysis(
        draft=draft,
        scope=scope,
        diagnostics=diagnostics,
        is_sound=not has_errors(diagnostics),
    )


# --------------------------------------------------------------------------- in depth


@frozen(kw_only=True, eq=False)
class Depth:
    """What takes longer: the rules against one another, and the examples tried.

    Attributes:
        graph: None where there is no guideline, or where it has errors.
        diagnostics: With places in pieces.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    graph: RuleGraph | None = field(default=None, repr=False)
    results: tuple[ExampleResult, ...] = field(default=(), repr=False)
    coverage: Coverage | None = field(default=None, repr=False)

    @property
    def decisive(self) -> Mapping[str, tuple[str, ...]]:
        """By rule, the titles of the examples in which it is decisive."""
        rules = () if self.coverage is None else self.coverage.rules
        return {rule.name: rule.decisive_in for rule in rules}


def deepen(analysis: Analysis, is_cancelled: Callable[[], bool]) -> Depth | None:
    """What takes longer; None as soon as nobody waits for it."""
    if not analysis.is_sound:
        return Depth()
    draft = analysis.draft
    found = list(impossible(lower_facts(draft, analysis.scope), draft))
    if has_errors(found) or draft.header is None:
        return Depth(diagnostics=tuple(found))
    graph = lower(draft, analysis.scope)
    found += check_graph(graph, draft)
    if has_errors(found):
        return Depth(diagnostics=tuple(found))
    found += impossible_conflicts(graph, draft)
    for check in (overlaps, unanswered, many_cases):
        for one in islice(check(graph, draft), passes.MOST_OVERLAPS):
            if is_cancelled():
                return None
            found.append(one)
    evaluator = Evaluator.of(graph)
    results: list[ExampleResult] = []
    for text, example in draft.each(Example):
        if is_cancelled():
            return None
        results.append(run_example(evaluator, example, text, analysis.scope))
    for result in results:
        found += example_diagnostics(result, graph)
    return Depth(
        diagnostics=tuple(found),
        graph=graph,
        results=tuple(results),
        coverage=coverage(graph, draft, results),
    )
