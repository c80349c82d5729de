"""The colours of pages and pictures, on light and on dark paper.

Every colour is as dark, or as light, as words on its paper have to be, and those that stand for
something differ in lightness as well as in hue, so that people with any kind of colour vision
tell them apart. Nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "ink": "#1b1f24",
    "quiet": "#57606a",
    "paper": "#ffffff",
    "band": "#f6f8fa",
    "line": "#d0d7de",
    "accent": "#0b5cad",
    "caution": "#7a4a00",
    "caution-paper": "#fff5dc",
    "blue": "#142d60",
    "green": "#1f7e61",
    "orange": "#8e6b0f",
    "purple": "#c210b3",
    "vermillion": "#691b0e",
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
    "blue": "#5592f2",
    "green": "#77f8cd",
    "orange": "#f8d57d",
    "purple": "#dd63ab",
    "vermillion": "#ec5d1b",
}

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
