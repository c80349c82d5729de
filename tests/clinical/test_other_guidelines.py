"""The guidelines beside mecobalamin_im are whole: tried, proved, and with their sources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from b12guide.cli import main
from b12guide.library import shipped
from b12guide.pipeline import load

ROOT = Path(__file__).parents[2]
OTHERS = [
    name
    for name in sorted(shipped())
    if f"{name}.examples" in shipped() and name != "mecobalamin_im"
]


@pytest.mark.parametrize("name", OTHERS)
def test_every_statement_is_encoded_and_every_claim_is_proved(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [main([command, name]) for command in ("check", "test", "prove")] == [0] * 3
    assert "not proved" not in capsys.readouterr().out
    graph = load(name).graph
    grounds = [rule.grounds for rule in graph.rules.values()]
    grounds += [definition.grounds for definition in graph.definitions.values()]
    said = {statement for one in grounds for statement in one.statements}
    assert said == set(graph.statements)


@pytest.mark.parametrize("name", OTHERS)
def test_the_examples_notice_what_is_changed(name: str, tmp_path: Path) -> None:
    written = tmp_path / "mutants.json"

    main(["mutate", name, "--format", "json", "--output", str(written)])

    mutants = json.loads(written.read_text(encoding="utf-8"))["mutants"]
    killed = sum(one["fate"] == "killed by an example" for one in mutants)
    alive = sum(one["fate"] == "survived" for one in mutants)
    assert killed >= 0.95 * (killed + alive)


@pytest.mark.parametrize("name", OTHERS)
def test_every_rule_rests_on_a_page_that_can_be_opened(name: str) -> None:
    graph = load(name).graph
    for rule in graph.rules.values():
        assert rule.grounds.sources, rule.name
        assert all(graph.sources[source].link for source in rule.grounds.sources), (
            rule.name
        )


@pytest.mark.parametrize("name", OTHERS)
def test_it_has_a_page_and_a_row_in_the_list_of_pages(name: str) -> None:
    folder = ROOT / "docs" / "guideline" / "others"

    assert f"{{b12guide:guideline}} {name}\n" in (folder / f"{name}.md").read_text()
    assert f"| [`{name}`]({name}.md) |" in (folder / "index.md").read_text()
