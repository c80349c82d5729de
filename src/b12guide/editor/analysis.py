"""Checks a draft again after each change, and of its items only those it may have touched.

Most checks look at one item and at what the names in it mean. As long as the words are the very
same, what they said of an item stays, unless it refers to a rule or source that came or went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain, islice
from operator import is_

from attrs import define, field, frozen

from b12guide import written
from b12guide.diagnostics import Diagnostic, has_errors, in_order
from b12guide.evaluate.evaluator import Evaluator
from b12guide.evaluate.graph_checks import check_graph, impossible, many_cases
from b12guide.graph.from_syntax import lower, lower_facts
from b12guide.graph.model import RuleGraph
from b12guide.library import Library, SourceFile
from b12guide.prove.decisions import unanswered
from b12guide.prove.rules import impossible_conflicts, overlaps
from b12guide.semantics.checks import MOST, OF_ITEMS, OF_THE_WHOLE, check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.pieces import PiecedDraft, checked_in_pieces
from b12guide.semantics.scope import Namespace, Scope, folded, scope_of
from b12guide.show.trial import example_diagnostics
from b12guide.syntax.ast import Declaration, Definition, Example, File
from b12guide.syntax.incremental import ReadPiece, ReadText, TextVersion
from b12guide.text import Span
from b12guide.trial.report import Coverage, coverage
from b12guide.trial.result import ExampleResult
from b12guide.trial.run import run_example

_Found = tuple[tuple[Diagnostic, ...], ...]
"""What each check of items says."""


@define(eq=False)
class Checker:
    """Checks the versions of one draft, one after the other."""

    _words: tuple[Declaration | Definition, ...] = field(default=(), init=False)
    _names: tuple[tuple[Namespace, str], ...] = field(default=(), init=False)
    _found: dict[ReadText, _Found] = field(factory=dict, init=False)

    def check(self, draft: PiecedDraft, scope: Scope) -> tuple[Diagnostic, ...]:
        """What `check_draft` says."""
        self._look_up(scope)
        before, self._found = self._found, {}
        for _, piece in draft.each_piece():
            known = piece.known
            if known not in before:
                alone = _alone(known)
                before[known] = tuple(tuple(check(alone, scope)) for check in OF_ITEMS)
            self._found[known] = before[known]
        by_check = [
            tuple(chain(*some)) for some in zip(*self._found.values(), strict=True)
        ]
        # One check reports at most `MOST` findings, and which, depends on the whole draft.
        if any(len(some) > MOST for some in by_check):
            return check_draft(draft, scope)
        return (*chain(*by_check), *check_draft(draft, scope, OF_THE_WHOLE))

    def _look_up(self, scope: Scope) -> None:
        """Forget what was found if something may have another meaning now."""
        words: list[Declaration | Definition] = []
        names: list[tuple[Namespace, str]] = []
        for entry in scope.declared:
            match entry.item:
                case Declaration() | Definition() as word:
                    words.append(word)
                case _:
                    names.append((entry.namespace, entry.name))
        alike = len(words) == len(self._words) and all(map(is_, words, self._words))
        others = {folded(name) for _, name in {*names} ^ {*self._names}}
        self._words, self._names = tuple(words), tuple(names)
        # Words decide what units and values mean, everywhere. A rule or source that came or went
        # matters only where it is named, and wherever something was found: it may be found no more.
        if not alike:
            self._found = {}
        elif others:
            self._found = {
                known: found
                for known, found in self._found.items()
                if not any(found) and others.isdisjoint(names_in(known))
            }


@lru_cache(maxsize=20_000)
def names_in(known: ReadText) -> frozenset[str]:
    """The names that a piece refers to."""
    references = _alone(known).each_reference()
    return frozenset(folded(reference.name.text) for _, reference, _ in references)


def _alone(known: ReadText) -> Draft:
    """A draft of one piece."""
    text = known.text
    piece = ReadPiece(known=known, span=Span(0, len(text.characters)), offset=0)
    reading = TextVersion(text=text, head=text, pieces=(piece,))
    file = File(text=text, language=None, headers=known.parts.headers, items=())
    return PiecedDraft((file,), readings={text.name: reading})


@frozen(kw_only=True, eq=False)
class OpenedFile:
    """A file that was opened, with what is wrong with its bytes."""

    reading: TextVersion
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
    library: Library, open_: Callable[[SourceFile], OpenedFile], checker: Checker
) -> Analysis:
    """The guideline of `library`, as far as it can be understood.

    Args:
        library: Where its files are.
        open_: Reads a file.
        checker: Checked the version before, if there was one.
    """
    readings: dict[str, TextVersion] = {}

    def opened(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
        found = open_(source)
        reading = found.reading
        readings[source.name] = reading
        file = File(text=reading.head, language=None, headers=reading.headers, items=())
        return file, (*reading.diagnostics, *found.diagnostics)

    read = written.read_files(library, opened)
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
    diagnostics += checked_in_pieces(draft, scope, read.diagnostics, checker.check)
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
        for one in islice(check(graph, draft), written.MOST_OVERLAPS):
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
