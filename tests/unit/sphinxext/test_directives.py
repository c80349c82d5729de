"""Guidelines in a site that Sphinx builds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

pytest.importorskip("sphinx", reason="the extra `sphinx` is not installed")

from sphinx.util.inventory import InventoryFile

from b12guide import load
from b12guide.notice import EDUCATION_NOTICE
from b12guide.say.names import Audience
from b12guide.show.document import guideline_page
from b12guide.sphinxext.document import NAMES, named
from tests.unit.sphinxext.conftest import TINY, Site, new_site


def directive(name: str, argument: str = "tiny.gdl", **options: str) -> str:
    lines = [f":{key.replace('_', '-')}: {value}" for key, value in options.items()]
    return "\n".join([f"```{{b12guide:{name}}} {argument}", *lines, "```"])


WHOLE = directive("guideline")
ROLES = {
    "rule": "often",
    "fact": "egfr",
    "decision": "maintenance",
    "assumption": "T01",
    "statement": "S02",
    "guideline": "tiny",
}


def toctree(*pages: str) -> str:
    return "\n".join(["```{toctree}", *pages, "```"])


def reference(target: str, role: str = "rule") -> str:
    return f"{{b12guide:{role}}}`{target}`"


# ----------------------------------------------------------------- a site that is good


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site with a page for each thing that can be had, built without a warning."""
    site = new_site(tmp_path_factory.mktemp("good"))
    site.page_of("whole", WHOLE, WHOLE)
    some = directive("guideline", sections="maintenance, sources", no_index="")
    site.page_of("some", some)
    site.page_of("patient", directive("guideline", audience="patient"))
    site.page_of("rules", directive("rules", decision="maintenance"))
    site.page_of("statements", directive("statements"))
    site.page_of("examples", directive("examples"))
    site.page_of("one", directive("examples", rule="often"))
    site.page_of("pictures", directive("graph"))
    site.page_of("picture", directive("graph", decision="maintenance"))
    several = ("rules", "statements", "examples", "graph")
    site.page_of("several", *(directive(name) for name in several))
    site.page_of("code", "```gdl\nrule often\n```")
    refs = (reference(name, role) for role, name in ROLES.items())
    others = (reference("tiny.often"), reference("the kidneys <impaired>", "fact"))
    site.page_of("markdown", *refs, *others, "{any}`often`")
    roles = " ".join(f":b12guide:{role}:`{name}`" for role, name in ROLES.items())
    site.write("rest.rst", f"rest\n====\n\n{roles} :any:`often`\n")
    site.write("index.md", "# index\n\n```{toctree}\n:glob:\n*\n```\n")

    assert site.build(jobs=2) == ""
    return site


def test_a_guideline_reads_as_a_document(good: Site) -> None:
    page, text = good.page("whole.html"), good.text("whole.html")

    assert EDUCATION_NOTICE in text
    assert "under review, not approved" in text
    assert "it is required to maintain with 1000 µg" in text
    assert '<section id="tiny.decision.maintenance">' in page
    for link in ("assumption.T01", "statement.S02", "rule.standard", "fact.egfr"):
        assert f'id="tiny.{link}"' in page
    assert 'href="#tiny.assumption.T01"' in page
    assert 'href="#tiny.statement.S02"' in page
    assert 'href="#tiny.rule.standard"' in page


def test_the_same_document_twice_on_a_page_has_each_place_once(good: Site) -> None:
    assert good.page("whole.html").count('id="tiny.rule.often"') == 1


def test_every_section_of_the_page_has_a_name() -> None:
    graph = load("mecobalamin_im").graph

    for audience in Audience:
        sections = guideline_page(graph, audience).sections
        assert {named(s, audience) for s in sections} <= set(NAMES)


def test_a_document_may_have_some_sections_only(good: Site) -> None:
    text = good.text("some.html")

    assert "it is required to maintain" in text
    assert "1 of 2 sources resolve" in text
    assert "Assumptions of this reading" not in text
    assert 'id="tiny.rule.often"' not in good.page("some.html")


def test_patients_read_a_document_without_names_of_rules(good: Site) -> None:
    assert "micrograms" in good.text("patient.html")
    assert 'id="tiny.rule.' not in good.page("patient.html")


def test_rules_are_told_in_a_table_with_what_does_not_resolve(good: Site) -> None:
    text = good.text("rules.html")

    assert "[2] does not resolve" in text
    assert "More often with impaired kidneys" in text
    assert "under review" in text
    assert good.page("rules.html").count("<table") == 1


def test_statements_are_told_with_what_encodes_them_or_that_nothing_does(
    good: Site,
) -> None:
    assert "S01 rule standard" in good.text("statements.html")
    assert "S03 missing" in good.text("statements.html")


def test_examples_are_told_with_the_patient_and_what_is_expected(good: Site) -> None:
    every, some = good.text("examples.html"), good.text("one.html")

    assert "egfr 40 mL/min" in every
    assert "rule often applies" in every
    assert "no kidneys" in every
    assert "rule often applies" in some
    assert "no kidneys" not in some


def pictures(page: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", page, re.DOTALL)


def test_the_picture_is_drawn_and_told_and_leads_to_the_rules(good: Site) -> None:
    page = good.page("pictures.html")
    first, second = pictures(page)
    root = ET.fromstring(first)  # noqa: S314 -- our own picture
    links = {node.get("href") for node in root.iter() if node.tag.endswith("}a")}

    assert links == {
        "whole.html#tiny.rule.standard",
        "whole.html#tiny.rule.often",
        "whole.html#tiny.definition.impaired",
    }
    assert "whole.html#tiny.fact.egfr" in second
    assert page.count("<details") == 2
    assert "exception to standard" in good.text("pictures.html")


def test_a_picture_may_be_of_one_decision(good: Site) -> None:
    assert len(pictures(good.page("picture.html"))) == 1


def test_the_notice_stands_once_on_a_page(good: Site) -> None:
    assert good.text("several.html").count("For education and research.") == 1


def test_a_guideline_in_code_is_coloured(good: Site) -> None:
    assert '<span class="nc">often</span>' in good.page("code.html")


@pytest.mark.parametrize("page", ["markdown.html", "rest.html"])
def test_every_role_leads_to_the_place_that_says_most(good: Site, page: str) -> None:
    for role, name in ROLES.items():
        assert f'href="whole.html#tiny.{role}.{name}"' in good.page(page)


def test_a_reference_may_name_the_guideline_or_a_definition(good: Site) -> None:
    page = good.page("markdown.html")

    assert 'href="whole.html#tiny.definition.impaired"' in page
    assert "the kidneys</span></a>" in page
    assert page.count('href="whole.html#tiny.rule.often"') == 3


def test_the_index_and_the_search_have_the_rules(good: Site) -> None:
    index = good.page("b12guide-rules.html")

    assert 'href="whole.html#tiny.rule.often"' in index
    assert "More often with impaired kidneys" in index
    assert "impaired kidneys" in good.page("searchindex.js")


def test_other_sites_find_the_rules(good: Site) -> None:
    path = good.folder / "_build/html/objects.inv"
    with path.open("rb") as stream:
        found = InventoryFile.load(stream, "", lambda base, name: f"{base}{name}")

    assert set(found["b12guide:rule"]) == {"tiny.standard", "tiny.often"}


# ------------------------------------------------------------------- what goes wrong


WRONG = {
    "shipped": (
        directive("guideline", "mecobalamin_in"),
        "did you mean `mecobalamin_im`",
    ),
    "missing": (directive("guideline", "nothing.gdl"), "there is no guideline"),
    "folder": (directive("guideline", "./"), "is a folder"),
    "latin": (directive("guideline", "latin.gdl"), "latin.gdl:1: WARNING: GDL101"),
    "words": (directive("graph", "b12"), "is a vocabulary, not a guideline"),
    "decision": (
        directive("rules", decision="maintenence"),
        "did you mean `maintenance`",
    ),
    "audience": (directive("guideline", audience="patients"), "did you mean `patient`"),
    "sections": (directive("guideline", sections="source"), "did you mean `sources`"),
    "nothing": (directive("guideline", sections=""), "there is no section ``"),
    "rule": (
        directive("examples", rule="oftn"),
        "there is no rule `oftn`; did you mean `often`",
    ),
    "option": (directive("rules", decison="form"), "decison"),
    "rest": (
        "```{eval-rst}\n.. b12guide:rules:: tiny.gdl\n   :decison: form\n```",
        'unknown option: "decison"; did you mean "decision"',
    ),
    "reference": (
        reference("oftn"),
        "reference.md:3: WARNING: no guideline on this site has the rule `oftn`; did",
    ),
    "broken": (
        directive("guideline", "broken.gdl"),
        "broken.gdl:13: WARNING: GDL202 there is no measure `egfrr`; did you mean `egfr`",
    ),
    "also": (directive("rules", "broken.gdl"), "broken.gdl:18: WARNING: GDL2"),
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = new_site(tmp_path_factory.mktemp("bad"))
    broken = TINY.replace("egfr < 50", "egfrr < 50").replace(
        "cites page\n", "cites pg\n"
    )
    site.write("broken.gdl", broken)
    (site.folder / "latin.gdl").write_bytes(b"language 1 # \xb5\n")
    for name, (text, _) in WRONG.items():
        site.page_of(name, text)
    site.page_of("good", WHOLE)
    site.write("index.md", "# index\n\n```{toctree}\n:glob:\n*\n```\n")
    site.build()
    return site


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_a_warning_with_a_place_and_a_remedy(
    bad: Site, name: str
) -> None:
    assert WRONG[name][1] in bad.log


def test_nothing_that_is_wrong_ends_in_a_traceback_or_an_empty_page(bad: Site) -> None:
    assert "Traceback" not in bad.log
    assert "cannot be shown" in bad.text("broken.html")


# ------------------------------------------------------------- one build after another


def test_a_page_is_built_again_when_its_guideline_changes(site: Site) -> None:
    site.page_of("index", WHOLE)
    site.build()
    site.write("tiny.gdl", TINY.replace("every 3 months", "every 2 months"))
    site.build()

    assert "every 2 months" in site.text("index.html")
    assert "every 3 months" not in site.text("index.html")


def test_places_come_and_go_with_their_pages(site: Site) -> None:
    site.page_of("a", directive("rules"))
    site.page_of("b", WHOLE)
    site.page_of("index", reference("often"), toctree("a", "b"))

    assert site.build() == ""
    assert 'href="b.html#tiny.rule.often"' in site.page("index.html")

    (site.folder / "b.md").unlink()
    site.page_of("index", reference("often"), toctree("a"))

    assert site.build() == ""
    assert 'href="a.html#tiny.rule.often"' in site.page("index.html")


def test_a_name_that_two_guidelines_have_is_asked_about(site: Site) -> None:
    site.write("other.gdl", TINY.replace("guideline tiny", "guideline other"))
    site.page_of("a", WHOLE, reference("often"))
    site.page_of("b", directive("guideline", "other.gdl"), reference("often"))
    site.page_of("index", reference("often"), toctree("a", "b"))

    (warning,) = site.build().splitlines()
    assert warning.startswith("index.md:3: WARNING: more than one rule")
    assert "say `tiny.often` or `other.often`" in warning
    assert 'href="#other.rule.often"' in site.page("b.html")


# ---------------------------------------------------------------------- other papers


@pytest.mark.parametrize(
    ("builder", "output"),
    [("text", "index.txt"), ("latex", "site.tex"), ("singlehtml", "index.html")],
)
def test_other_papers_have_the_same_words(
    site: Site, builder: str, output: str
) -> None:
    names = ("guideline", "graph", "rules", "examples")
    site.page_of("index", *(directive(name) for name in names))

    assert site.build(builder) == ""
    page = site.page(output, builder)
    assert ("<svg" in page) == (builder == "singlehtml")
    for words in ("For education and research", "exception to", "resolve"):
        assert words in page
