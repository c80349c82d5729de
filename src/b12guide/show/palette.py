"""The colours of pages and pictures, on light and on dark paper.

Inks are as dark, or as light, as words on their paper have to be. The colours that stand for
something are the same on every paper, and people with any kind of colour vision tell each from
each, the grey among them. Nothing is reported by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DARK", "DATA", "INSIDE", "LIGHT", "ON_DARK", "ON_LIGHT", "theme_style"]

LIGHT: Mapping[str, str] = {
    "ink": "#1b1f24",
    "quiet": "#57606a",
    "paper": "#ffffff",
    "band": "#f6f8fa",
    "line": "#d0d7de",
    "accent": "#0b5cad",
    "caution": "#7a4a00",
    "caution-paper": "#fff5dc",
}
DARK: Mapping[str, str] = {
    "ink": "#e6edf3",
    "quiet": "#9da7b1",
    "paper": "#0d1117",
    "band": "#1b222b",
    "line": "#3b434c",
    "accent": "#79b8ff",
    "caution": "#f2cc60",
    "caution-paper": "#2b2111",
}
DATA: Mapping[str, str] = {
    "blue": "#4571ff",
    "green": "#259353",
    "orange": "#e86a02",
    "purple": "#bf71cb",
    "red": "#f40e43",
    "grey": "#828282",
}
"""What stands for something; they were searched for, to be told apart by every eye."""

INSIDE = "#000000"
"""Of words within these colours, on any paper."""

ON_LIGHT = (
    ':is([data-jp-theme-light="true"], [data-theme="light"], .vscode-light, '
    ".vscode-high-contrast-light)"
)
ON_DARK = (
    ':is([data-jp-theme-light="false"], [data-theme="dark"], [theme="dark"], .vscode-dark, '
    ".vscode-high-contrast:not(.vscode-high-contrast-light))"
)
"""How JupyterLab, marimo, Colab, documentation sites and VS Code say which paper they have."""

_HOST_PAPER = "var(--jp-layout-color0, var(--vscode-editor-background, {paper}))"


def theme_style(scope: str) -> str:
    """A style that gives the elements of `scope` the colours as `--b12-ink` and so on.

    The paper of the program that shows them decides, and where that does not say, the reader's
    own preference.
    """
    light, dark = _properties(LIGHT), _properties(DARK)
    return (
        f"{scope} {{ color-scheme: light; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ {scope} {{ color-scheme: dark; {dark} }} }}\n"
        f"{ON_LIGHT} {scope} {{ color-scheme: light; {light} }}\n"
        f"{ON_DARK} {scope} {{ color-scheme: dark; {dark} }}"
    )


def _properties(colours: Mapping[str, str]) -> str:
    paper = _HOST_PAPER.format(paper=colours["paper"])
    return " ".join(
        f"--b12-{name}: {paper if name == 'paper' else colour};"
        for name, colour in colours.items()
    )
