"""A site in a folder of its own, built by Sphinx in this process."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from attrs import define

ANSI = re.compile(r"\x1b\[[0-9;]*m")
WORDS = """language 1
vocabulary words
measure egfr "estimated glomerular filtration rate (eGFR)"
    unit mL/min
    plausible 0 to 250
route intramuscular "intramuscular"
    synonyms IM
"""
TINY = """language 1
guideline tiny "A tiny guideline"
    version 1.0.0
    status under review
    uses words
    statements S01 to S03
source page "The page"
    printed as 1
source lost "The lost page"
    printed as 2
    missing
assumption T01 "A reading."
define impaired "impaired kidneys" as egfr < 50 mL/min assuming T01
rule standard "The standard"
    maintain 1000 µg IM every 3 months for life
    strength required
    states S01
    cites page
rule often "More often with impaired kidneys"
    exception to standard
    when impaired
    maintain 1000 µg IM every month for life
    strength should
    states S02
    cites page, lost
example "kidneys"
    given egfr 40 mL/min
    expect rule often applies
example "no kidneys"
    given otherwise absent
    expect maintain 1000 µg IM every 3 months for life
"""


@define
class Site:
    """A site: its folder, what its pages say, and what a build says of it."""

    folder: Path
    log: str = ""

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def page_of(self, name: str, *parts: str) -> None:
        """A page in Markdown with a title and these parts."""
        self.write(f"{name}.md", "\n\n".join((f"# {name}", *parts, "")))

    def build(self, builder: str = "html", *, jobs: int = 1) -> str:
        """The warnings of a build."""
        from sphinx.application import Sphinx  # noqa: PLC0415 -- an extra
        from sphinx.util.docutils import docutils_namespace, patch_docutils  # noqa: PLC0415

        warnings = io.StringIO()
        output, trees = self.folder / "_build" / builder, self.folder / "_build/trees"
        with patch_docutils(str(self.folder)), docutils_namespace():
            Sphinx(
                self.folder,
                self.folder,
                output,
                trees,
                builder,
                status=io.StringIO(),
                warning=warnings,
                parallel=jobs,
            ).build()
        self.log = ANSI.sub("", warnings.getvalue()).replace(f"{self.folder}/", "")
        return self.log

    def page(self, name: str, builder: str = "html") -> str:
        return (self.folder / "_build" / builder / name).read_text("utf-8")

    def text(self, name: str) -> str:
        """A page without its markup."""
        return " ".join(re.sub(r"<[^>]+>", "", self.page(name)).split())


CONF = """
project = "site"
author = copyright = version = "x"
extensions = ["myst_parser", "b12guide.sphinxext"]
html_theme = "basic"
nitpicky = True
exclude_patterns = ["_build"]
"""


def new_site(folder: Path) -> Site:
    for package in ("sphinx", "myst_parser"):
        pytest.importorskip(package, reason="the extra `docs` is not installed")
    site = Site(folder)
    site.write("conf.py", CONF)
    site.write("words.gdl", WORDS)
    site.write("tiny.gdl", TINY)
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return new_site(tmp_path)
