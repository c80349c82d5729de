"""Mistakes that no example notices: as lines of the author, and the examples that do."""

from __future__ import annotations

from pathlib import Path

import pytest

from b12guide import load, written
from b12guide.cli import main
from b12guide.cli.option import library_of
from b12guide.errors import UnknownNameError
from b12guide.prove.mutation import MutantKind, mutants
from b12guide.prove.rewritten import Rewritten, rewritten
from b12guide.syntax import ast
from tests.defects.drawer import SOUND
from tests.unit.prove.writing import GROUNDS, HEAD

RULES = """
define worried "a worrying sign" as any of numbness, paresthesia

rule range
    when      serum_b12 from 200 to 300 pg/mL and not numbness
    form      hydroxocobalamin or mecobalamin
    ...
rule few
    when      none of numbness, paresthesia
    load      1000 µg IM daily for 2 weeks
    ...
rule many
    exception to few
    when      at least 2 of numbness, paresthesia, glossitis
    load      1000 µg IM on alternate days for 2 weeks
    ...
rule procedure
    when      bariatric_procedure is any of roux_en_y, gastric_band
    avoid     cyanocobalamin
    ...
rule grouped
    when      b12_deficiency and (numbness or glossitis)
    route     intramuscular or oral
    ...
rule recorded
    when      egfr is measured
    check     serum_b12 at 3 and 6 months
    ...
"""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rewritten]:
    """By what it is, the lines of every mutant."""
    file = tmp_path_factory.mktemp("mutants") / "short.gdl"
    file.write_text(HEAD + RULES.replace("    ...\n", GROUNDS), encoding="utf-8")
    read = written.read(library_of(str(file)))
    found: dict[str, Rewritten] = {}
    for mutant in mutants(read.graph):
        lines = rewritten(mutant, read.graph, read.draft)
        assert lines is not None
        found[f"{mutant.of}: {mutant.text}"] = lines
    return found


def line(shown: dict[str, Rewritten], about: str) -> tuple[str, str]:
    """What is written and what would be, with what differs in brackets."""
    one = shown[about]
    before, after = (
        "".join(
            f"{w.line[: w.start]}[{w.line[w.start : w.end]}]{w.line[w.end :]}"
            for w in side
        )
        for side in (one.before, one.after)
    )
    return " ".join(before.split()), " ".join(after.split())


@pytest.mark.parametrize(
    ("about", "before", "after"),
    [
        (
            "range: serum_b12 >= bound +1",
            "when serum_b12 from [200] to 300 pg/mL and not numbness",
            "when serum_b12 from [201] to 300 pg/mL and not numbness",
        ),
        (
            "range: `not` dropped",
            "when serum_b12 from 200 to 300 pg/mL and [not] numbness",
            "when serum_b12 from 200 to 300 pg/mL and[] numbness",
        ),
        (
            "few: operand 1 dropped",
            "when [none of numbness,] paresthesia",
            "when [not] paresthesia",
        ),
        (
            "few: `not` dropped",
            "when [none] of numbness, paresthesia",
            "when [any] of numbness, paresthesia",
        ),
        (
            "worried: not numbness",
            'define worried "a worrying sign" as any of [numbness], paresthesia',
            'define worried "a worrying sign" as any of [(not numbness)], paresthesia',
        ),
        (
            "many: at least 3 for 2",
            "when at least [2] of numbness, paresthesia, glossitis",
            "when at least [3] of numbness, paresthesia, glossitis",
        ),
        (
            "procedure: bariatric_procedure without roux_en_y",
            "when bariatric_procedure is [any of roux_en_y,] gastric_band",
            "when bariatric_procedure is[] gastric_band",
        ),
        (
            "grouped: `and` for `or`",
            "when b12_deficiency and (numbness [or] glossitis)",
            "when b12_deficiency and (numbness [and] glossitis)",
        ),
        (
            "recorded: not recorded",
            "when egfr is [] measured",
            "when egfr is [not] measured",
        ),
        (
            "many: dose halved",
            "load [1000] µg IM on alternate days for 2 weeks",
            "load [500] µg IM on alternate days for 2 weeks",
        ),
        (
            "many: option for default",
            "[]load 1000 µg IM on alternate days for 2 weeks",
            "[may] load 1000 µg IM on alternate days for 2 weeks",
        ),
        ("many: no exception to few", "[exception to few]", ""),
        ("few: deleted", "[rule few]", ""),
        (
            "worried: `and` for `or`",
            'define worried "a worrying sign" as [any] of numbness, paresthesia',
            'define worried "a worrying sign" as [all] of numbness, paresthesia',
        ),
    ],
)
def test_a_mutant_reads_as_its_author_would_have_written_it(
    shown: dict[str, Rewritten], about: str, before: str, after: str
) -> None:
    found = line(shown, about)

    assert tuple(side.replace("[]", "").replace("  ", " ") for side in found) == tuple(
        side.replace("[]", "").replace("  ", " ") for side in (before, after)
    )


@pytest.mark.parametrize("name", ["nhg_2014", "uk_smpc", "mecobalamin_im"])
def test_whatever_changes_a_condition_can_be_written_down(name: str) -> None:
    read = written.read(library_of(name))
    silent = {MutantKind.DELETED, MutantKind.EXCEPTION, MutantKind.OPTION}
    lines = {
        (mutant.of, mutant.text): rewritten(mutant, read.graph, read.draft)
        for mutant in mutants(read.graph)
        if mutant.mistake not in silent
    }
    unwritten = {rule for (rule, _), one in lines.items() if not (one and one.after)}
    # What a prohibition or a visit waits for stands in its action, and has no opposite there.
    waiting = {
        rule.name.text
        for _, rule in read.draft.each(ast.Rule)
        if any(getattr(rule.actions[0], word, None) for word in ("until", "unless"))
    }

    assert unwritten <= waiting


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A guideline with one example, so that most mistakes in it survive."""
    text = HEAD + SOUND.replace("    ...\n", GROUNDS)
    path = tmp_path / "short.gdl"
    path.write_text(text[: text.index('\nexample "numb"')] + "\n", encoding="utf-8")
    return path


def test_examples_that_are_written_notice_what_survived(file: Path) -> None:
    assert len(load(file, cache=False).mutate().survivors) > 20

    more = file.with_name("more.examples.gdl")
    assert main(["mutate", str(file), "--generate", str(more)]) == 1
    text = more.read_text(encoding="utf-8")

    assert load(file, cache=False).mutate().is_fine
    assert load(file, cache=False).test().is_fine
    assert main(["fmt", "--check", str(more)]) == 0
    assert main(["mutate", str(file)]) == 0
    # Few facts each, and none that another patient needs.
    given = [one for one in text.splitlines() if one.lstrip().startswith("given")]
    assert max(one.count(",") for one in given) <= 2
    assert "renal form: does not apply with" in text


def test_examples_come_behind_what_the_author_wrote(file: Path) -> None:
    before = file.read_bytes()
    main(["mutate", str(file), "--of", "folate", "--generate", str(file)])
    after = file.read_bytes()

    assert after.startswith(before)
    assert b"folate: applies with" in after[len(before) :]
    assert b"language" not in after[len(before) :]
    assert load(file, cache=False).mutate("folate").is_fine


def test_a_file_of_something_else_is_left_alone(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = file.with_name("letter.txt")
    other.write_text("Dear colleague,\n", encoding="utf-8")

    assert main(["mutate", str(file), "--of", "folate", "--generate", str(other)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert other.read_text(encoding="utf-8") == "Dear colleague,\n"


def test_nothing_is_written_where_nothing_survived(file: Path) -> None:
    more = file.with_name("more.examples.gdl")
    main(["mutate", "uk_smpc", "--of", "vial", "--generate", str(more)])

    assert not more.exists()


def test_a_rule_that_is_not_there_is_told(file: Path) -> None:
    with pytest.raises(UnknownNameError, match="rule or definition"):
        load(file, cache=False).mutate("lodaing")


def test_survivors_stand_under_their_rule_with_the_lines_that_differ(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["mutate", str(file), "--of", "renal_form"])
    out = capsys.readouterr().out

    assert out.count("rule renal_form: renal form\n") == 1
    assert "short.gdl:" in out
    assert (
        "    - when      b12_deficiency and egfr < 50 mL/min\n"
        "                                        ^\n"
        "    + when      b12_deficiency and egfr <= 50 mL/min\n"
        "                                        ^^\n"
    ) in out


def test_examples_alone_are_printed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["mutate", str(file), "--of", "folate", "--generate", "-"])
    out = capsys.readouterr().out

    assert out.startswith("language 1\nexamples for short\n\nexample ")


def test_a_settled_decision_with_open_facts_can_be_expected() -> None:
    found = load("mecobalamin_im").mutate("renal_form")

    assert not found.is_fine
    assert found.examples() == ""  # nothing that an example can expect tells them apart
