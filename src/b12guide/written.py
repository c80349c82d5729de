"""A guideline as its author works on it: read, checked, made into a graph, with its examples.

The passes in order are read, parse, check, lower; no other module knows them all. Callers who only
ask a guideline need its graph, which `b12guide.pipeline` keeps; examples and proofs need what was
written, too. Examples may stand in the guideline or in `*.examples.gdl` beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from attrs import define, evolve, field, frozen

from b12guide.collector import collector_paused
from b12guide.diagnostics import Diagnostic, Help, Label, found_at, has_errors, in_order
from b12guide.errors import GuidelineError
from b12guide.evaluate.graph_checks import check_graph, impossible, many_cases
from b12guide.graph.from_syntax import lower, lower_facts
from b12guide.graph.model import Loaded, RuleGraph
from b12guide.library import (
    SUFFIX,
    Library,
    Miss,
    PathLike,
    SourceFile,
    locate,
    shipped,
)
from b12guide.limits import USUAL, Limits
from b12guide.prove.decisions import unanswered
from b12guide.prove.rules import impossible_conflicts, overlaps
from b12guide.semantics.checks import check_draft
from b12guide.semantics.draft import Draft
from b12guide.semantics.pieces import PiecedDraft, checked_in_pieces
from b12guide.semantics.scope import scope_of
from b12guide.syntax.ast import Example, File, Header, Invariant, Name
from b12guide.syntax.incremental import Reader, TextVersion
from b12guide.syntax.parse import decoded, parse_bytes
from b12guide.text import Text
from b12guide.trial.run import impossible_examples

Opener: TypeAlias = Callable[[SourceFile], tuple[File, tuple[Diagnostic, ...]]]

_DEEPEST = 16
MOST_OVERLAPS = 50
"""Nobody reads more of them, and each takes a search."""

_MOST_BYTES = 16 << 20
"""Of all the files of a guideline together."""


@frozen(kw_only=True)
class Checked:
    """What the passes found.

    Attributes:
        draft: The files, as far as they could be read.
        diagnostics: Everything there is to say about them, in source order.
        graph: The rule graph; None where there are errors, or no guideline.
        used: The names by which further files were asked for, with what was found.
    """

    draft: Draft = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]
    graph: RuleGraph | None = field(default=None, repr=False)
    used: tuple[tuple[str, SourceFile], ...] = field(default=(), repr=False)

    @property
    def examples(self) -> tuple[tuple[Text, Example], ...]:
        """The examples with the texts they stand in, in the order written."""
        return tuple(self.draft.each(Example))

    @property
    def invariants(self) -> tuple[tuple[Text, Invariant], ...]:
        """The invariants with the texts they stand in, in the order written."""
        return tuple(self.draft.each(Invariant))


@frozen(kw_only=True)
class ReadFiles:
    """The files of a guideline as far as they can be read, and what went wrong."""

    draft: Draft
    diagnostics: tuple[Diagnostic, ...]
    used: tuple[tuple[str, SourceFile], ...]


@collector_paused()
def check(library: Library, limits: Limits = USUAL) -> Checked:
    """All diagnostics of a guideline or vocabulary, and its graph if it has no errors.

    Args:
        library: Where its files are.
        limits: How much work it may be to look for rules that collide; those that are not found
            by then are left to `prove`.
    """
    reading = read_files(library)
    draft, diagnostics = reading.draft, reading.diagnostics
    graph: RuleGraph | None = None
    if has_errors(diagnostics):
        diagnostics = _partly(library)
    else:
        scope = scope_of(draft)
        diagnostics += check_draft(draft, scope)
        if not has_errors(diagnostics):
            diagnostics += tuple(impossible(lower_facts(draft, scope), draft))
        if not has_errors(diagnostics) and draft.header is not None:
            graph = lower(draft, scope)
            diagnostics += check_graph(graph, draft)
            if has_errors(diagnostics):
                graph = None
            else:
                diagnostics += tuple(impossible_conflicts(graph, draft))
                diagnostics += tuple(
                    islice(overlaps(graph, draft, limits), MOST_OVERLAPS)
                )
                diagnostics += tuple(
                    islice(unanswered(graph, draft, limits), MOST_OVERLAPS)
                )
                diagnostics += tuple(many_cases(graph, draft, limits))
                diagnostics += tuple(impossible_examples(graph, draft))
    return Checked(
        draft=draft, diagnostics=in_order(diagnostics), graph=graph, used=reading.used
    )


# ------------------------------------------------------------------------- broken files


def _partly(library: Library) -> tuple[Diagnostic, ...]:
    """What is wrong with files that have errors: with their text, and with what can be read.

    A misspelt keyword in one rule hides nothing in the others.
    """
    readings: dict[str, TextVersion] = {}

    def opened(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
        try:
            reading = Reader().read(decoded(source.data, source.name))
        except GuidelineError:
            file, wrong = _whole(source)
            reading = TextVersion(text=file.text, head=file.text, pieces=())
            reading = evolve(reading, diagnostics=wrong)
        readings[source.name] = reading
        head = reading.head
        file = File(text=head, language=None, headers=reading.headers, items=())
        return file, reading.diagnostics

    read_ = read_files(library, opened)
    draft = PiecedDraft(read_.draft.files, readings=readings)
    found = checked_in_pieces(draft, scope_of(draft), read_.diagnostics, check_draft)
    return tuple(draft.placed(d) or d for d in (*read_.diagnostics, *found))


# ------------------------------------------------------------------------- whole guidelines


_HEAD = "begin the file with `guideline NAME`"
_INSTEAD = {
    "vocabulary": (
        "a vocabulary",
        "it has words and no rules: `b12guide words -g {name}` lists them",
    ),
    "part": ("a part", "name the guideline that uses it"),
    "examples": ("a file of examples", "name the guideline that they are for"),
}


def compiled(checked: Checked) -> Loaded:
    """The guideline that passed its checks.

    Raises:
        GuidelineError: It did not, or the file holds no guideline.
    """
    name = checked.draft.main.text.name
    diagnostics = checked.diagnostics
    if checked.graph is None:
        if not has_errors(diagnostics):
            heads = [header.kind for header in checked.draft.main.headers]
            kind = heads[0] if heads else ""
            what, remedy = _INSTEAD.get(kind, ("a file without a head", _HEAD))
            stem = name.removesuffix(SUFFIX)
            remedy = remedy.format(name=stem if stem in shipped() else name)
            no_guideline = Diagnostic(
                code="GDL226",
                message=f"`{checked.draft.main.text.name}` is {what}, not a guideline",
                help=(Help(message=remedy),),
            )
            diagnostics = (no_guideline,)
        count = sum(1 for d in diagnostics if has_errors((d,)))
        errors = "an error" if count == 1 else f"{count} errors"
        message = f"`{name}` has {errors} and cannot be used"
        raise GuidelineError(message, diagnostics)
    return Loaded(
        graph=checked.graph,
        texts=tuple(file.text for file in checked.draft.files),
        diagnostics=diagnostics,
    )


# ------------------------------------------------------------------------- reading


def read_files(library: Library, open_: Opener | None = None) -> ReadFiles:
    """The files of a guideline, parsed, with everything that went wrong on the way.

    Args:
        library: Where the files are.
        open_: Parses a file; one that has errors counts as empty if it is left out.
    """
    reader = _FileReader(library, open_ or _whole)
    files = tuple(reader.follow(library.main, ()))
    return ReadFiles(
        draft=Draft(files),
        diagnostics=tuple(reader.diagnostics),
        used=tuple(sorted(reader.used.items())),
    )


@define
class _FileReader:
    """Follows `uses` from file to file, each file once."""

    library: Library
    open: Opener
    diagnostics: list[Diagnostic] = field(factory=list)
    used: dict[str, SourceFile] = field(factory=dict)

    def follow(self, source: SourceFile, chain: tuple[str, ...]) -> Iterator[File]:
        """The file `source` and those that it uses, which `chain` of names led to."""
        file, diagnostics = self.open(source)
        self.diagnostics.extend(diagnostics)
        if chain:
            self.diagnostics.extend(_not_to_be_used(file))
        yield file
        for header in file.headers:
            for name in header.uses:
                found = self._used(file, name, chain)
                if found is not None:
                    yield from self.follow(found, (*chain, name.text))

    def _used(
        self, file: File, name: Name, chain: tuple[str, ...]
    ) -> SourceFile | None:
        place = Label(text=file.text, span=name.span)
        found = self.library.used(name.text)
        match found:
            case Miss.OUTSIDE:
                self._refuse(
                    "GDL222",
                    f"`{name.text}` leads out of the guideline's folder",
                    place,
                    "name a file in the same folder, without its suffix",
                )
            case Miss.UNREADABLE:
                message = f"`{name.text}.gdl` cannot be read"
                self._refuse("GDL220", message, place)
            case Miss.ABSENT:
                near = self.library.near(name.text)
                help_ = "did you mean " + " or ".join(f"`{n}`" for n in near)
                message = f"there is no file `{name.text}.gdl` to use"
                self._refuse("GDL220", message, place, help_ if near else "")
            case SourceFile():
                return self._new(found, name, chain, place)
        return None

    def _new(
        self, found: SourceFile, name: Name, chain: tuple[str, ...], place: Label
    ) -> SourceFile | None:
        if name.text in chain or found.name == self.library.main.name:
            path = _path((*chain, name.text))
            self._refuse(
                "GDL221", f"the files use one another in a circle: {path}", place
            )
            return None
        if name.text in self.used:
            return None
        if len(chain) >= _DEEPEST:
            message = f"`{name.text}` is used through more than {_DEEPEST} other files"
            self._refuse("GDL223", message, place)
            return None
        total = sum(len(file.data) for file in self.used.values()) + len(found.data)
        if total > _MOST_BYTES:
            message = "the files of the guideline are larger than 16 MiB together"
            self._refuse("GDL224", message, place)
            return None
        self.used[name.text] = found
        return found

    def _refuse(self, code: str, message: str, place: Label, help_: str = "") -> None:
        remedies = (help_,) if help_ else ()
        found = found_at(place.text, place.span, code, message, *remedies)
        self.diagnostics.append(found)


def _path(names: tuple[str, ...]) -> str:
    first, *others = (f"`{name}`" for name in names)
    return " uses ".join((first, ", which uses ".join(others))) if others else first


def _whole(source: SourceFile) -> tuple[File, tuple[Diagnostic, ...]]:
    """The file, or its text only, so that its diagnostics have something to point at."""
    try:
        return parse_bytes(source.data, source.name), ()
    except GuidelineError as error:
        text = Text(source.name, source.data.decode("utf-8", errors="replace"))
        return File(text=text, language=None, headers=(), items=()), error.diagnostics


def _not_to_be_used(file: File) -> Iterator[Diagnostic]:
    for header in file.headers:
        if header.kind in {"guideline", "examples"}:
            kind = "guideline" if header.kind == "guideline" else "file of examples"
            yield found_at(
                file.text,
                header.span,
                "GDL225",
                f"this is a {kind} and cannot be used by another file",
                "a vocabulary or a `part` can be used",
            )


EXAMPLES = ".examples" + SUFFIX


@frozen(kw_only=True)
class Written:
    """A guideline that passed its checks.

    Attributes:
        draft: Its files, those with further examples last.
        diagnostics: Warnings and remarks.
    """

    graph: RuleGraph = field(repr=False)
    draft: Draft = field(repr=False)
    diagnostics: tuple[Diagnostic, ...] = ()


def read(guideline: PathLike | Library) -> Written:
    """The guideline with a shipped name, or in a `.gdl` file, with the examples beside it.

    Raises:
        GuidelineError: There is no such guideline, or it or its examples have errors.
    """
    library = guideline if isinstance(guideline, Library) else locate(guideline)
    checked = check(library)
    loaded = compiled(checked)
    draft, found = with_examples(library, checked)
    if has_errors(found):
        message = f"the examples of `{draft.main.text.name}` have errors"
        raise GuidelineError(message, found)
    return Written(
        graph=loaded.graph, draft=draft, diagnostics=(*checked.diagnostics, *found)
    )


def with_examples(
    library: Library, checked: Checked
) -> tuple[Draft, tuple[Diagnostic, ...]]:
    """The files of a guideline and the examples beside it, with what is said of these."""
    header = checked.draft.header
    if header is None:
        return checked.draft, ()
    beside: list[File] = []
    unreadable: list[Diagnostic] = []
    for source in example_files(library):
        try:
            file = parse_bytes(source.data, source.name)
        except GuidelineError as error:
            unreadable += error.diagnostics
        else:
            if any(_is_for(head, header.name.text) for head in file.headers):
                beside.append(file)
    draft = Draft((*checked.draft.files, *beside))
    return draft, (*unreadable, *_checked(draft, beside))


def _is_for(head: Header, name: str) -> bool:
    return head.kind == "examples" and head.name.text == name


def _checked(draft: Draft, beside: Sequence[File]) -> tuple[Diagnostic, ...]:
    """What the checks say of the files with examples."""
    if not beside:
        return ()
    texts = [file.text for file in beside]
    return in_order(
        diagnostic
        for diagnostic in check_draft(draft, scope_of(draft))
        if diagnostic.place is not None and diagnostic.place.text in texts
    )


def example_files(library: Library) -> Iterator[SourceFile]:
    """The files beside a guideline that may hold examples of it."""
    for name in library.names():
        found = library.used(name) if (name + SUFFIX).endswith(EXAMPLES) else None
        if isinstance(found, SourceFile) and found.name != library.main.name:
            yield found
