"""What there is to say of a guideline that somebody is writing in a browser: a draft.

A draft comes as text, with the files that stand beside it, and nothing else is read for it but
files that b12guide ships: a `uses` that leads anywhere else finds nothing. Nothing is written.
Whatever is said of a draft says, too, that it is one: what was edited is not what was reviewed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import define, evolve, field, frozen

from b12guide import written
from b12guide.diagnostics import Diagnostic, Edit, curtailed, has_errors, in_order
from b12guide.editor import whole_file, words
from b12guide.editor.analysis import Depth, deepen
from b12guide.editor.completion import Suggestion, documentation, suggestions
from b12guide.editor.desk import Desk, Shelf, head_of
from b12guide.editor.hover import about, lenses
from b12guide.errors import GuidelineError
from b12guide.frozen import Record, frozen_map
from b12guide.graph.model import RuleGraph
from b12guide.guideline import Guideline
from b12guide.library import SUFFIX, Library, Miss, SourceFile, shipped
from b12guide.notice import EDUCATION_NOTICE, VERSION
from b12guide.page.data import program_json
from b12guide.prove.everything import proofs_of
from b12guide.show.to_json import guideline_json
from b12guide.syntax.parse import decoded
from b12guide.text import Span, Text
from b12guide.trial.report import trial_of

__all__ = ["DRAFT_NOTICE", "MAIN", "Draft", "Drafting"]

MAIN = "draft"
"""The name of the text that is edited; its diagnostics name the file `draft.gdl`."""
DRAFT_NOTICE = "Edited here: not the shipped guideline, and not reviewed by anybody."
_MOST_DOCUMENTED = 400
"""Suggestions that bring what there is to read about them; a list that long is not read."""

Json: TypeAlias = dict[str, Any]


@frozen(kw_only=True, repr=False)
class Draft(Record):
    """A guideline, vocabulary or part that is being written.

    Attributes:
        text: Its main file.
        beside: The other files that it may use, and files of its examples, by their names.
        file: The name of the file in question; the main one as a rule.
        at: A place in that file, in characters from its start.
        deep: Whether its rules are to be held against one another and its examples tried.
    """

    text: str = field(repr=False)
    beside: Mapping[str, str] = field(factory=dict, converter=frozen_map, repr=False)
    file: str = MAIN
    at: int = 0
    deep: bool = True

    @property
    def files(self) -> dict[str, str]:
        """The texts by the names of their files."""
        named = {MAIN: self.text, **self.beside}
        return {name + SUFFIX: text for name, text in named.items()}


@frozen(repr=False)
class _Beside(Shelf):
    """The files of a draft, and those that b12guide ships; no folder of this machine."""

    def used(self, name: str) -> SourceFile | Miss:
        """The file that `uses NAME` means."""
        path = name + SUFFIX
        if path in self.opened:
            return SourceFile(path, self.opened[path].encode())
        return Library.used(self, name)

    def names(self) -> tuple[str, ...]:
        """The names of the files that there are."""
        own = {path.removesuffix(SUFFIX) for path in self.opened}
        return tuple(sorted({*Library.names(self), *own} - {MAIN}))


@define(eq=False)
class _Table(Desk):
    """A desk on which only drafts lie."""

    def shelf(self, main: str) -> Shelf:
        """The files around a draft."""
        opened = {name: text.characters for name, text in self.texts.items()}
        return _shelf(opened, main)

    def lay(self, files: Mapping[str, str]) -> None:
        """Have these files on the desk and no others."""
        for name in [one for one in self.texts if one not in files]:
            self.close(name)
        for name, characters in files.items():
            known = self.texts.get(name)
            if known is None or known.characters != characters:
                self.put(name, characters)


def _shelf(files: Mapping[str, str], main: str) -> _Beside:
    return _Beside(SourceFile(main, files.get(main, "").encode()), opened=files)


@define(eq=False)
class Drafting:
    """Reads drafts, one version after the other, and says what there is to say of them."""

    _desk: _Table = field(factory=_Table, init=False)

    def answer(self, verb: str, draft: Draft) -> Json:
        """What one of `VERBS` says of a draft."""
        return VERBS[verb](self, draft)

    def checked(self, draft: Draft) -> Json:
        """What is wrong with it and what can be done, and what is in it."""
        self._desk.lay(draft.files)
        analysis = self._desk.analysis(MAIN + SUFFIX)
        found = analysis.diagnostics
        depth = None
        if draft.deep:
            depth = deepen(analysis, lambda: False) or Depth()
            found = (*found, *depth.diagnostics)
            found = (*found, *whole_file.linted(analysis, depth))
        placed = analysis.placed(found)
        outline = {
            name.removesuffix(SUFFIX): [
                _heading_json(heading, analysis.draft.readings[name].text, said)
                for heading in whole_file.headings(analysis.draft.readings[name])
            ]
            for name in draft.files
            if name in analysis.draft.readings
            for said in [
                {one.at.start: one.words for one in lenses(analysis, depth, name)}
            ]
        }
        certain = {
            name.removesuffix(SUFFIX): [
                _edit_json(edit) for edit in whole_file.all_certain(placed, name)
            ]
            for name in draft.files
        }
        graph = None if depth is None else depth.graph
        return _said(
            placed, graph, outline=outline, certain=certain, is_deep=draft.deep
        )

    def formatted(self, draft: Draft) -> Json:
        """The file in question as `b12guide fmt` writes it; null where it has errors."""
        text = Text(draft.file + SUFFIX, draft.files[draft.file + SUFFIX])
        try:
            edit = whole_file.reformatted(text)
        except GuidelineError as error:
            return _said(error.diagnostics, edits=None)
        return _said((), edits=[] if edit is None else [_edit_json(edit)])

    def completed(self, draft: Draft) -> Json:
        """What may be written at a place."""
        text, analysis = self._looked_at(draft)
        files = {*self._desk.usable(text.name), *draft.beside} - {draft.file}
        found = suggestions(
            text.characters,
            min(draft.at, len(text.characters)),
            analysis,
            sorted(files),
        )
        listed = [
            _suggestion_json(
                one, documentation(one, analysis) if number < _MOST_DOCUMENTED else ""
            )
            for number, one in enumerate(
                sorted(found.found, key=lambda one: (one.order, one.label))
            )
        ]
        return _said((), start=found.start, suggestions=listed)

    def told_about(self, draft: Draft) -> Json:
        """What the word at a place means; null where there is nothing to say."""
        text, analysis = self._looked_at(draft)
        named: words.Named | None = None
        span = Span(0, 0)
        found = words.named_at(analysis.draft, text.name, draft.at)
        if found is not None:
            mention, label = found
            named, span = mention.named(analysis.scope), label.span
        else:
            keyword = words.keyword_at(text, min(draft.at, len(text.characters)))
            if keyword is not None:
                named, span = keyword
        said = "" if named is None else about(named, analysis)
        told = {"start": span.start, "end": span.end, "markdown": said}
        return _said((), about=told if said else None)

    def _looked_at(self, draft: Draft) -> tuple[Text, Any]:
        self._desk.lay(draft.files)
        name = draft.file + SUFFIX
        analysis = self._desk.analysis(MAIN + SUFFIX)
        if name not in analysis.draft.readings:  # a file that the main one does not use
            analysis = self._desk.analysis(name)
        return self._desk.texts[name], analysis

    # ------------------------------------------------------------- what is worked out

    def tried(self, draft: Draft) -> Json:
        """What comes of its examples."""

        def told(found: written.Written) -> Json:
            trial = trial_of(found.graph, found.draft, "")
            return {"trial": trial.to_dict()}

        return _of_whole(draft, "trial", told)

    def proved(self, draft: Draft) -> Json:
        """What holds for every patient, and the smallest patient for whom something does not."""

        def told(found: written.Written) -> Json:
            return {"proofs": proofs_of(found.graph, found.draft).to_dict()}

        return _of_whole(draft, "proofs", told)

    def compiled(self, draft: Draft) -> Json:
        """The program that the page answers from, marked as that of a draft."""
        try:
            checked = written.check(_shelf(draft.files, MAIN + SUFFIX))
            graph = written.compiled(checked).graph
        except GuidelineError as error:
            return _said(error.diagnostics, program=None)
        return _said(checked.diagnostics, graph, program=_marked(program_json(graph)))


def _marked(program: Json) -> Json:
    """The program of a draft, which says so wherever the page says how far it was reviewed.

    What the text says of its own review is about another text: the one that was reviewed.
    """
    warning = " ".join(filter(None, (DRAFT_NOTICE, program["warning"])))
    unreviewed = {"status": "submitted", "approved_by": None, "approved_on": None}
    papers = program["papers"]
    particulars = [
        [name, "draft, not reviewed" if name == "Status" else text]
        for name, text in papers["particulars"]
    ]
    return {
        **program,
        "draft": DRAFT_NOTICE,
        "warning": warning,
        "guideline": {**program["guideline"], **unreviewed},
        "papers": {**papers, "particulars": particulars},
    }


VERBS: Mapping[str, Callable[[Drafting, Draft], Json]] = {
    "check": Drafting.checked,
    "format": Drafting.formatted,
    "complete": Drafting.completed,
    "hover": Drafting.told_about,
    "test": Drafting.tried,
    "prove": Drafting.proved,
    "compile": Drafting.compiled,
}


def _of_whole(draft: Draft, key: str, told: Callable[[written.Written], Json]) -> Json:
    """What is said of a draft that can be used; null, and why, where it cannot."""
    main = MAIN + SUFFIX
    try:
        found = written.read(_shelf(draft.files, main))
    except GuidelineError as error:
        return _said(error.diagnostics, **{key: None})
    return _said(found.diagnostics, found.graph, **told(found))


# -------------------------------------------------------------------- as plain data


def _said(
    diagnostics: tuple[Diagnostic, ...], graph: RuleGraph | None = None, **more: Any
) -> Json:
    """What is said of a draft, as plain data; schema `b12guide.draft/1`."""
    return {
        "schema": "b12guide.draft/1",
        "education": EDUCATION_NOTICE,
        "draft": DRAFT_NOTICE,
        "engine": {"name": "b12guide", "version": VERSION},
        "guideline": None if graph is None else guideline_json(graph),
        "has_errors": has_errors(diagnostics),
        "diagnostics": [one.to_dict() for one in curtailed(in_order(diagnostics))],
        **more,
    }


def _edit_json(edit: Edit) -> Json:
    return {
        "start": edit.span.start,
        "end": edit.span.end,
        "replacement": edit.replacement,
    }


def _heading_json(
    heading: whole_file.Heading, text: Text, said: Mapping[int, str]
) -> Json:
    return {
        "kind": heading.kind,
        "name": heading.name,
        "title": heading.title,
        "start": heading.name_at.start,
        "end": heading.name_at.end,
        "line": text.position(heading.name_at.start).line,
        "said": said.get(heading.name_at.start, ""),
    }


def _suggestion_json(one: Suggestion, about_it: str) -> Json:
    return {
        "label": one.label,
        "kind": one.kind,
        "detail": one.detail,
        "order": one.order,
        "snippet": one.snippet,
        "about": about_it,
    }


# ------------------------------------------------------------------ where drafts begin


def begun_with(guideline: Guideline) -> Json:
    """The files of a guideline, to begin a draft with; schema `b12guide.files/1`.

    They bring their names within the folder of the guideline, and not where that is.
    """
    try:
        found = [file.text for file in guideline.written.draft.files]
    except GuidelineError:
        # The files have changed since: what is served is what was loaded.
        found = [*guideline.loaded.texts]
    folder = found[0].name[: found[0].name.rfind("/") + 1] if found else ""
    return {
        "schema": "b12guide.files/1",
        "education": EDUCATION_NOTICE,
        "draft": DRAFT_NOTICE,
        "engine": {"name": "b12guide", "version": VERSION},
        "guideline": guideline_json(guideline.graph),
        "files": [
            {
                "name": MAIN if number == 0 else name,
                "called": name,
                "kind": head_of(text.characters).kind,
                "is_shipped": _is_shipped(name, text),
                "text": text.characters,
            }
            for number, text in enumerate(found)
            for name in [text.name.removeprefix(folder).removesuffix(SUFFIX)]
        ],
    }


def _is_shipped(name: str, text: Text) -> bool:
    """Whether a draft finds this very file without being sent it."""
    file = shipped().get(name)
    return file is not None and decoded(file.read_bytes(), name) == evolve(
        text, name=name
    )
