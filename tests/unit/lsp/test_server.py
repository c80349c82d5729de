"""The language server, asked by an editor over standard input and output."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from tests.editor_client import Editor, editor

VOCABULARY = """\
language 1
vocabulary words
finding deficiency "vitamin B12 deficiency"
    synonyms lack
    code snomed "190634004"
finding numbness "numbness"
event replete "stores are replete"
measure egfr "estimated clearance"
    unit mL/min
    plausible 0 to 250
measure serum_b12 "serum vitamin B12"
    unit pg/mL
    molar mass 1355.4 g/mol
choice procedure "procedure"
    values none "none", bypass "gastric bypass", band
drug mecobalamin "mecobalamin"
    plausible dose 1 to 10000 µg
route intramuscular "intramuscular"
    synonyms IM
test serum_b12 "serum vitamin B12"
"""

GUIDELINE = """\
language 1
guideline small "A small guideline"
    version    1.0.0
    revised    2026-02-24
    status     under review
    uses       words
    statements S01 to S03
# 😀 numbness in a comment stays
# and so does the second line
source page "The page" by "Authors", 2026
source lost "Not on the list" missing printed as 4
assumption T01 "A reading of the threshold."
define nerves "the nervous system is involved"
    as any of numbness, egfr < 50 mL/min assuming T01
rule first "Loading"
    when     deficiency and nerves
    load     1000 µg IM 3 times per week for 2 weeks
    strength required
    states   S01
    cites    page, lost
    because  "The page says so of numbness."
rule second "Loading with a low level"
    exception to first
    when     serum_b12 < 100 pmol/L and procedure is bypass
    load     1000 µg IM on alternate days until replete
    strength should
    states   S02
    cites    page
example "loading is advised"
    given  deficiency, numbness, serum_b12 500 pg/mL, otherwise absent
    expect rule first applies
"""


@pytest.fixture(scope="module")
def talking() -> Iterator[Editor]:
    item = types.ClientCompletionItemOptions(snippet_support=True)
    document = types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(completion_item=item)
    )
    workspace = types.WorkspaceClientCapabilities(
        code_lens=types.CodeLensWorkspaceClientCapabilities(refresh_support=True)
    )
    with editor(
        types.ClientCapabilities(text_document=document, workspace=workspace)
    ) as found:
        yield found


class Folder:
    """A folder with a vocabulary and a guideline that an editor has open."""

    def __init__(self, talking: Editor, path: Path) -> None:
        self.editor = talking
        self.path = path
        (path / "words.gdl").write_text(VOCABULARY, encoding="utf-8")
        (path / "small.gdl").write_text(GUIDELINE, encoding="utf-8")
        self.words = (path / "words.gdl").as_uri()
        self.uri = (path / "small.gdl").as_uri()
        self.text = GUIDELINE
        talking.open(self.uri, GUIDELINE)

    def write(self, text: str) -> list[types.Diagnostic]:
        self.text = text
        return self.editor.rewrite(self.uri, text)

    def at(self, words: str, into: int = 0) -> types.Position:
        """The position of words in the guideline, in UTF-16."""
        offset = self.text.index(words) + into
        line = self.text.count("\n", 0, offset)
        before = self.text[self.text.rfind("\n", 0, offset) + 1 : offset]
        return types.Position(line, len(before.encode("utf-16-le")) // 2)

    def ask(self, method: str, kind: type[Any], *positional: Any, **more: Any) -> Any:
        document = types.TextDocumentIdentifier(self.uri)
        return self.editor.ask(
            method, kind(*positional, text_document=document, **more)
        )

    def hover(self, words: str, into: int = 0) -> str:
        found = self.ask(
            types.TEXT_DOCUMENT_HOVER, types.HoverParams, position=self.at(words, into)
        )
        return "" if found is None else str(found.contents.value)

    def complete(self, position: types.Position) -> list[types.CompletionItem]:
        found = self.ask(
            types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams, position=position
        )
        return sorted(found.items, key=lambda item: item.sort_text or "")

    def rename(self, words: str, new: str, into: int = 0) -> dict[str, list[Any]]:
        found = self.ask(
            types.TEXT_DOCUMENT_RENAME,
            types.RenameParams,
            position=self.at(words, into),
            new_name=new,
        )
        return dict(found.changes)

    def deep(self) -> list[types.Diagnostic]:
        """What is said after the longer work on the text as it is now."""
        seen = self.editor.refreshed
        self.editor.until(lambda: self.editor.refreshed > seen)
        return list(self.editor.published[self.uri].diagnostics)


@pytest.fixture
def folder(talking: Editor, tmp_path: Path) -> Iterator[Folder]:
    found = Folder(talking, tmp_path)
    yield found
    talking.close(found.uri)


# ------------------------------------------------------------------------ diagnostics


def test_a_broken_rule_does_not_hide_what_is_wrong_with_others(folder: Folder) -> None:
    broken = GUIDELINE.replace("load     1000 µg IM 3", "load     1000 µg IM thrice 3")
    found = folder.write(broken.replace("when     serum_b12", "when     serum_b13"))

    assert [d.range.start.line for d in found] == [16, 23]
    assert "there is no measure `serum_b13`" in found[1].message
    assert found[1].code == "GDL202"


def test_what_only_follows_from_a_broken_rule_is_not_said(folder: Folder) -> None:
    found = folder.write(
        GUIDELINE.replace('rule first "Loading"', "rule first Loading")
    )

    assert {d.range.start.line for d in found} == {14}


def test_the_longer_work_follows_after_a_pause(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("    exception to first\n", ""))
    codes = {d.code for d in folder.deep()}

    assert {"GDL401", "GDL407", "GDL408"} <= codes


def test_what_nobody_can_have_is_told_at_its_implication(folder: Folder) -> None:
    wrong = "implication numb\n    when     numbness\n    then     not numbness\n"
    folder.write(GUIDELINE + wrong)
    (found,) = [d for d in folder.deep() if d.code == "GDL424"]

    assert found.range.start.line == GUIDELINE.count("\n")


def test_an_example_that_fails_is_a_diagnostic(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("rule first applies", "rule second applies"))
    failed = [d for d in folder.deep() if d.code == "GDL601"]

    assert len(failed) == 1
    assert failed[0].range.start.line == 30


def test_a_change_of_the_vocabulary_reaches_the_guideline(folder: Folder) -> None:
    changed = VOCABULARY.replace("numbness", "tingling")
    folder.editor.open(folder.words, changed)
    folder.editor.until(lambda: bool(folder.editor.published[folder.uri].diagnostics))
    found = folder.editor.published[folder.uri].diagnostics
    folder.editor.close(folder.words)
    folder.editor.until(lambda: not folder.editor.published[folder.uri].diagnostics)

    assert any("no fact `numbness`" in d.message for d in found)


def test_files_that_change_on_the_disk_are_read_again(folder: Folder) -> None:
    path = folder.path / "words.gdl"
    path.unlink()
    event = types.FileEvent(folder.words, types.FileChangeType.Deleted)
    params = types.DidChangeWatchedFilesParams(changes=[event])
    folder.editor.tell(types.WORKSPACE_DID_CHANGE_WATCHED_FILES, params)
    folder.editor.until(lambda: bool(folder.editor.published[folder.uri].diagnostics))
    found = folder.editor.published[folder.uri].diagnostics

    assert [d.code for d in found] == ["GDL220"]


def test_a_file_that_is_closed_has_no_diagnostics(
    talking: Editor, tmp_path: Path
) -> None:
    uri = (tmp_path / "x.gdl").as_uri()
    assert talking.open(uri, "nonsense")
    talking.close(uri)
    talking.until(lambda: not talking.published[uri].diagnostics)


def test_a_part_is_checked_with_the_guideline_that_uses_it(folder: Folder) -> None:
    (folder.path / "more.gdl").write_text("language 1\npart more\n", encoding="utf-8")
    folder.write(GUIDELINE.replace("uses       words", "uses       words, more"))
    uri = (folder.path / "more.gdl").as_uri()
    rule = 'rule third\n    note "x"\n    cites page\n    strength should\n'
    rule += "    states S03\n    when {}\n"
    whole = "language 1\npart more\n" + rule
    fine = folder.editor.open(uri, whole.format("numbness"))
    wrong = folder.editor.rewrite(uri, whole.format("numbnes"))
    folder.editor.close(uri)

    assert fine == []
    assert ["did you mean `numbness`" in d.message for d in wrong] == [True]


def test_an_untitled_file_is_checked_too(talking: Editor) -> None:
    found = talking.open("untitled:Untitled-1", "language 1\nguideline g\nrule\n")

    assert found
    talking.close("untitled:Untitled-1")


# -------------------------------------------------------------------------- one word


def test_hover_on_a_fact_says_what_it_is_and_who_reads_it(folder: Folder) -> None:
    found = folder.hover("egfr <")

    assert "**measure** `egfr`: estimated clearance" in found
    assert "unit: mL/min" in found
    assert "plausible between 0 and 250 mL/min" in found
    assert "read by: `nerves`, `first`" in found
    assert "snomed 190634004" in folder.hover("deficiency and")


def test_hover_on_a_rule_shows_its_grounds_and_the_notice(folder: Folder) -> None:
    found = folder.hover("rule first", 6)

    assert "strength: required" in found
    assert "`lost` [4] Not on the list (does not resolve)" in found
    assert "overridden by: `second`" in found
    assert "For education and research. The guideline is under review." in found


def test_hover_on_a_statement_says_what_encodes_it(folder: Folder) -> None:
    assert "rule `first`: Loading" in folder.hover("states   S01", 10)
    assert "A reading of the threshold." in folder.hover("assuming T01", 10)
    assert folder.hover("# 😀 numbness", 6) == ""


def test_hover_on_a_word_of_the_language_says_what_it_means(folder: Folder) -> None:
    assert folder.hover("when     deficiency").startswith("**when** For whom")
    assert "```gdl\nany" not in folder.hover("any of numbness")
    assert folder.hover("any of numbness", 1).startswith("**any** `any of` a list")
    assert folder.hover("The page says") == ""
    assert folder.hover("# and so does", 2) == ""


def test_hover_on_a_decision_names_its_verbs(folder: Folder) -> None:
    folder.write(GUIDELINE + "    expect decision adjunct silent\n")

    assert "Other drugs beside the treatment: `give`" in folder.hover("adjunct")


def test_a_diagnostic_links_to_its_page(folder: Folder) -> None:
    (found,) = folder.write(GUIDELINE.replace("numbness, egfr", "numbnes, egfr"))

    assert found.code_description is not None
    assert found.code_description.href.endswith("/docs/diagnostics/GDL202.md")


def test_definition_leads_into_the_vocabulary(folder: Folder) -> None:
    at = folder.at("numbness, egfr")
    params = types.DefinitionParams
    found = folder.ask(types.TEXT_DOCUMENT_DEFINITION, params, position=at)
    used = folder.ask(
        types.TEXT_DOCUMENT_DEFINITION, params, position=folder.at("words\n")
    )

    assert [(place.uri, place.range.start.line) for place in found] == [
        (folder.words, 5)
    ]
    assert [place.uri for place in used] == [folder.words]


def test_references_are_found_in_all_files(folder: Folder) -> None:
    found = folder.ask(
        types.TEXT_DOCUMENT_REFERENCES,
        types.ReferenceParams,
        types.ReferenceContext(include_declaration=True),
        position=folder.at("numbness, egfr"),
    )

    assert [(p.uri == folder.words, p.range.start.line) for p in found] == [
        (False, 13),
        (False, 29),
        (True, 5),
    ]


# ---------------------------------------------------------------------------- rename


def test_rename_reaches_all_files_and_leaves_prose_alone(folder: Folder) -> None:
    found = folder.rename("numbness, egfr", "tingling")

    assert {uri: len(edits) for uri, edits in found.items()} == {
        folder.uri: 2,
        folder.words: 1,
    }


@pytest.mark.parametrize(
    ("words", "into", "new", "reason"),
    [
        ("numbness, egfr", 0, "two words", "letters, digits and `_`"),
        ("numbness, egfr", 0, "when", "a word of the language"),
        ("numbness, egfr", 0, "deficiency", "already a finding"),
        ("IM 3", 0, "x", "a synonym; rename `intramuscular` itself"),
        ("states   S01", 10, "x", "has the id that the source gives it"),
        ("when     def", 1, "x", "there is no name here"),
    ],
)
def test_a_rename_that_cannot_be_is_refused_with_its_reason(
    folder: Folder, words: str, into: int, new: str, reason: str
) -> None:
    with pytest.raises(JsonRpcException, match=reason):
        folder.rename(words, new, into)


def test_what_can_be_renamed_is_said_beforehand(folder: Folder) -> None:
    at = folder.at("first\n    when", 2)
    found = folder.ask(
        types.TEXT_DOCUMENT_PREPARE_RENAME, types.PrepareRenameParams, position=at
    )

    assert found.start == folder.at("first\n    when")


# ------------------------------------------------------------------------- completion


@pytest.mark.parametrize(
    ("before", "first", "absent"),
    [
        ("    when def", ["deficiency", "egfr", "nerves"], "mecobalamin"),
        ("    when egfr < 5 ", ["mL/min"], "mg"),
        ("    when nerves and (def", ["deficiency", "egfr"], "mecobalamin"),
        ("    when nerves and ((egfr < 5 ", ["mL/min"], "mg"),
        ("    when serum_b12 < 5 ", ["pg/mL", "ng/L", "pmol/L"], "mL/min"),
        ("    when procedure is ", ["band", "bypass"], "numbness"),
        ("    load 5 ", ["µg", "mg"], "mL/min"),
        ("    load 5 mg ", ["intramuscular", "daily"], "mecobalamin"),
        ("    avoid ", ["mecobalamin"], "intramuscular"),
        ("    states ", ["S03", "S01"], "page"),
        ("    cites ", ["lost", "page"], "S01"),
        ("    exception to ", ["first", "second"], "new"),
        ("    whne x\n    load 5 ", ["µg"], "when"),
        ("    ", ["cites", "when"], "µg"),
    ],
)
def test_completion_offers_what_fits(
    folder: Folder, before: str, first: list[str], absent: str
) -> None:
    folder.write(GUIDELINE + "rule new\n" + before)
    end = types.Position(folder.text.count("\n"), len(before.rpartition("\n")[2]))
    labels = [item.label for item in folder.complete(end)]

    assert [label for label in labels if label in first] == first
    assert absent not in labels


def test_what_can_be_used_is_offered_and_nothing_else(
    folder: Folder, tmp_path: Path
) -> None:
    (tmp_path / "other.gdl").write_text("language 1\nguideline other\n")
    (tmp_path / "more.gdl").write_text("language 1\npart more\n")
    found = folder.complete(folder.at("words\n    statements"))

    assert [item.label for item in found] == ["b12", "more", "words"]


def test_a_strength_is_offered_as_a_whole(folder: Folder) -> None:
    labels = [item.label for item in folder.complete(folder.at("required"))]

    assert {"should", "should consider", "acceptable alternative", "do not"} < {*labels}
    assert not {"acceptable", "do"} & {*labels}


def test_no_second_head_is_offered(folder: Folder) -> None:
    folder.write(GUIDELINE + "\n")
    end = types.Position(folder.text.count("\n"), 0)
    labels = {item.label for item in folder.complete(end)}

    assert not labels & {"language", "guideline", "part", "vocabulary", "examples"}
    assert "rule" in labels
    folder.write("language 1\nvocabulary v\nfinding f\n")
    labels = {item.label for item in folder.complete(types.Position(3, 0))}
    assert "guideline" in labels


def test_a_word_of_the_language_tells_more_when_asked(folder: Folder) -> None:
    items = folder.complete(folder.at("when     deficiency"))
    item = next(item for item in items if item.label == "withhold")
    more = folder.editor.ask(types.COMPLETION_ITEM_RESOLVE, item)

    assert more.documentation.value.startswith("**withhold** Drugs that are not given")


def test_completion_is_silent_in_prose(folder: Folder) -> None:
    assert folder.complete(folder.at("The page says", 4)) == []
    assert folder.complete(folder.at("# and so", 5)) == []


def test_a_completion_tells_more_when_asked(folder: Folder) -> None:
    items = folder.complete(folder.at("numbness, egfr", 3))
    item = next(item for item in items if item.label == "egfr")
    more = folder.editor.ask(types.COMPLETION_ITEM_RESOLVE, item)

    assert "plausible between 0 and 250 mL/min" in more.documentation.value


def test_whole_rules_are_offered_where_a_rule_can_begin(folder: Folder) -> None:
    folder.write(GUIDELINE + "\n")
    items = folder.complete(types.Position(folder.text.count("\n"), 0))
    snippets = [i for i in items if i.insert_text_format is not None]

    assert "rule ..." in {item.label for item in snippets}


# --------------------------------------------------------------------------- one file


def test_the_outline_names_all_items_even_broken_ones(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("load     1000", "load     loads"))
    found = folder.ask(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, types.DocumentSymbolParams)

    assert [symbol.name for symbol in found][:7] == [
        "small", "page", "lost", "T01", "nerves", "first", "second",
    ]  # fmt: skip


def test_symbols_are_found_across_files(folder: Folder) -> None:
    params = types.WorkspaceSymbolParams(query="estimated")
    found = folder.editor.ask(types.WORKSPACE_SYMBOL, params)

    assert [(s.name, s.location.uri) for s in found] == [("egfr", folder.words)]


def test_items_and_comments_fold(folder: Folder) -> None:
    found = folder.ask(types.TEXT_DOCUMENT_FOLDING_RANGE, types.FoldingRangeParams)
    lines = {(fold.start_line, fold.end_line): fold.kind for fold in found}

    assert lines[7, 8] == types.FoldingRangeKind.Comment
    assert (14, 20) in lines


def test_words_are_coloured_by_what_they_mean(folder: Folder) -> None:
    tokens = folder.ask(
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, types.SemanticTokensParams
    )
    line = column = 0
    colours = {}
    for down, along, length, colour, declares in zip(
        *(iter(tokens.data),) * 5, strict=True
    ):
        line, column = line + down, along + (0 if down else column)
        colours[line, column] = (length, colour, declares)

    at = folder.at('nerves "the')
    assert colours[at.line, at.character] == (6, 4, 1)
    assert colours[7, 0] == (len("# 😀 numbness in a comment stays") + 1, 1, 0)


def test_hints_say_what_an_author_would_work_out(folder: Folder) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    found = folder.ask(
        types.TEXT_DOCUMENT_INLAY_HINT, types.InlayHintParams, range=whole
    )

    assert [hint.label for hint in found] == ["= 6 doses", "≈ 136 pg/mL"]


def test_a_remedy_is_an_edit(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("numbness, egfr", "numbnes, egfr"))
    at = folder.at("numbnes, egfr")
    found = folder.ask(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionParams,
        range=types.Range(at, at),
        context=types.CodeActionContext(diagnostics=[]),
    )
    fix, fix_all = found

    assert fix.title == "did you mean `numbness`"
    assert fix.edit.changes[folder.uri][0].new_text == "numbness"
    assert fix_all.kind == "source.fixAll.b12guide"


def remedies_at(folder: Folder, words: str) -> list[types.CodeAction]:
    at = folder.at(words)
    found: list[types.CodeAction] = folder.ask(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionParams,
        range=types.Range(at, at),
        context=types.CodeActionContext(diagnostics=[]),
    )
    return found


def edited(folder: Folder, action: types.CodeAction) -> str:
    assert action.edit is not None
    assert action.edit.changes is not None
    (edit,) = action.edit.changes[folder.uri]
    lines = folder.text.splitlines(keepends=True)
    start = edit.range.start
    assert edit.range.end == start
    lines[start.line] = (
        lines[start.line][: start.character]
        + edit.new_text
        + lines[start.line][start.character :]
    )
    return "".join(lines)


def test_an_unknown_word_can_be_declared_and_is_not_unasked(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("deficiency and nerves", "blue_skies and nerves"))
    (declare,) = remedies_at(folder, "blue_skies")  # and no "do all"
    folder.write(edited(folder, declare))

    assert 'finding blue_skies "blue skies"\n\nrule first' in folder.text
    assert not remedies_at(folder, "blue_skies and")


def test_a_lacking_unit_can_be_added(folder: Folder) -> None:
    folder.write(GUIDELINE.replace("< 50 mL/min", "< 50"))
    add, *_ = remedies_at(folder, "50 assuming")

    assert "write `50 mL/min` if that is meant" in add.title


@pytest.mark.parametrize(
    ("exception", "usual", "line"),
    [
        ("second", "third", "    exception to first, third\n"),
        (
            "third",
            "first, second",
            'rule third "Third"\n    exception to first, second\n',
        ),
    ],
)
def test_either_of_two_rules_can_be_made_the_exception(
    folder: Folder, exception: str, usual: str, line: str
) -> None:
    third = 'rule third "Third"\n    when deficiency\n    load not needed\n'
    folder.write(GUIDELINE.replace("rule second", third + "rule second"))
    folder.deep()
    wanted = f"`exception to {usual}` in `{exception}`"
    (found,) = [
        each for each in remedies_at(folder, 'third "Third"') if wanted in each.title
    ]

    assert line in edited(folder, found)


def test_a_file_is_formatted_with_one_edit(folder: Folder) -> None:
    folder.write(
        GUIDELINE.replace("    when     def", "  when def").replace(
            "when     deficiency and nerves", "when deficiency   and nerves"
        )
    )
    options = types.FormattingOptions(tab_size=4, insert_spaces=True)
    format_ = types.TEXT_DOCUMENT_FORMATTING, types.DocumentFormattingParams
    found = folder.ask(*format_, options=options)
    folder.write(GUIDELINE.replace("rule first", "rule"))

    assert "when     deficiency and nerves\n" in found[0].new_text
    assert len(found) == 1
    assert not folder.ask(*format_, options=options)


def test_the_linter_is_heard_after_the_pause(folder: Folder) -> None:
    folder.write(
        GUIDELINE.replace("when     deficiency and", "when     (deficiency) and")
    )
    seen = {"GDL4"}

    def is_heard() -> bool:
        found = folder.editor.published[folder.uri].diagnostics
        seen.update(str(d.code)[:4] for d in found)
        return "GDL5" in seen

    folder.editor.until(is_heard)
    fixes = folder.ask(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionParams,
        range=types.Range(folder.at("(def"), folder.at("(def")),
        context=types.CodeActionContext(diagnostics=[]),
    )

    assert any(fix.kind == types.CodeActionKind.QuickFix for fix in fixes)


def test_a_rule_says_which_examples_reach_it(folder: Folder) -> None:
    folder.write(GUIDELINE + "\n")
    folder.deep()
    found = folder.ask(types.TEXT_DOCUMENT_CODE_LENS, types.CodeLensParams)
    titles = [lens.command.title for lens in found]
    run = next(lens.command for lens in found if lens.command.title == "run")
    told = folder.editor.ask(
        types.WORKSPACE_EXECUTE_COMMAND,
        types.ExecuteCommandParams(run.command, run.arguments),
    )

    assert titles == [
        "1 example, covered", "run", "no example reaches this rule", "run", "passed", "run",
    ]  # fmt: skip
    assert told == "1 of 1 example of the rule `first` passed"
    assert folder.editor.messages[-1] == told


# ---------------------------------------------------------------------- odd characters


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_edits_land_where_the_editor_means_them(folder: Folder, end: str) -> None:
    text = GUIDELINE.replace("\n", end)
    folder.write(text)
    line = 7
    stays = "# 😀 numbness in a comment stays"
    column = len(stays.encode("utf-16-le")) // 2
    found = folder.editor.change(
        folder.uri, (line, 3), (line, column), f"b{end}rule x{end}"
    )

    assert {d.range.start.line for d in found} == {8}
    assert {d.range.start.character for d in found} == {5}


def test_columns_count_what_was_agreed_on(tmp_path: Path) -> None:
    encodings = [types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16]
    general = types.GeneralClientCapabilities(position_encodings=encodings)
    text = 'language 1\nguideline g "µ😀" nonsense\n'
    with editor(types.ClientCapabilities(general=general)) as other:
        found = other.open((tmp_path / "x.gdl").as_uri(), text)

    assert found[0].range.start == types.Position(1, len('guideline g "µ😀" '.encode()))


# ----------------------------------------------------------------------------- nonsense


def test_nonsense_is_survived(talking: Editor, folder: Folder) -> None:
    far = types.Position(10_000, 10_000)
    unknown = types.TextDocumentIdentifier("file:///nowhere/x.gdl")
    strange = types.TextDocumentIdentifier("%%%")
    for document in (unknown, strange, types.TextDocumentIdentifier(folder.uri)):
        hover = types.HoverParams(text_document=document, position=far)
        assert talking.ask(types.TEXT_DOCUMENT_HOVER, hover) is None
        talking.ask(
            types.TEXT_DOCUMENT_COMPLETION, types.CompletionParams(document, far)
        )
        talking.close("file:///never/opened.gdl")
    folder.editor.change(folder.uri, (9, 9), (3, 3), "\0\ud800 ")
    with pytest.raises(JsonRpcException):
        talking.ask_anything("textDocument/hover", {"textDocument": 7})
    with pytest.raises(JsonRpcException):
        talking.ask_anything("textDocument/hover", None)
    with pytest.raises(JsonRpcException):
        talking.ask_anything("no/such/method", {})
    with pytest.raises(JsonRpcException):
        talking.ask(
            types.WORKSPACE_EXECUTE_COMMAND, types.ExecuteCommandParams("rm", ["-rf"])
        )

    assert folder.write(GUIDELINE) == []


@pytest.mark.parametrize(
    "text", ["", "\0" * 1000, "(" * 5000, "rule 1\n" * 20_000, '"' * 70_000, "\ufeff"]
)
def test_any_text_can_be_opened(talking: Editor, text: str) -> None:
    uri = "untitled:odd"
    assert talking.open(uri, text)
    talking.close(uri)


def test_a_file_beyond_the_limit_is_refused_in_a_sentence(talking: Editor) -> None:
    found = talking.open("untitled:large", "# x\n" * 300_000)
    talking.close("untitled:large")

    assert [d.code for d in found] == ["GDL102"]
