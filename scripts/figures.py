"""How the code is cut into rooms: its size, its imports, its small functions, its names.

    python scripts/figures.py                    the whole package, and each package in it
    python scripts/figures.py evaluate cohort    some packages of it
    python scripts/figures.py --path ../other/src/other    any other Python package
    python scripts/figures.py --list evaluate    and what stands behind the figures

A line counts as one thing: blank, comment, docstring, import, or code. A private function or method
(`_name`) is *used once* when its name occurs once more in its file beside its definition, and *used
once* again says how many of all lines stand in such functions. A module with a *single importer*
is imported by exactly one module, which stands in its own package.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from attrs import define, field

PACKAGE = Path(__file__).parent.parent / "src" / "b12guide"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@define
class Figures:
    """What was counted."""

    modules: int = 0
    lines: int = 0
    code: int = 0
    imports: int = 0
    docstrings: int = 0
    comments: int = 0
    blank: int = 0
    functions: int = 0
    private: int = 0
    used_once: int = 0
    used_once_lines: int = 0
    single_importer: int = 0
    listed: list[str] = field(factory=list)

    def row(self, name: str) -> str:
        """One line of the table."""
        return (
            f"{name:<14}{self.modules:>6}{self.lines:>8}{self.code:>8}"
            f"{self._share(self.imports):>9}{self._share(self.docstrings):>9}"
            f"{self._share(self.comments):>9}{self.functions:>7}{self.private:>8}"
            f"{self.used_once:>7}{self._share(self.used_once_lines):>8}"
            f"{self.single_importer:>8}"
        )

    def _share(self, of: int) -> str:
        return f"{100 * of / max(self.lines, 1):.1f} %"


HEADING = (
    f"{'':<14}{'rooms':>6}{'lines':>8}{'code':>8}{'imports':>9}{'docs':>9}{'comment':>9}"
    f"{'funcs':>7}{'private':>8}{'once':>7}{'lines':>8}{'single':>8}"
)


def counted(
    files: Sequence[Path], importers: dict[str, set[str]], root: Path
) -> Figures:
    """The figures of some files of the package at `root`."""
    found = Figures()
    for file in files:
        source = file.read_text(encoding="utf-8")
        tree = ast.parse(source)
        found.modules += 1
        _count_lines(source, tree, found)
        _count_functions(tree, found, str(file.relative_to(root)))
        name = module_name(file, root)
        using = importers.get(name, set())
        if len(using) == 1 and _parent(name) == _parent(next(iter(using))):
            found.single_importer += 1
            found.listed.append(f"single importer: {name} <- {next(iter(using))}")
    return found


def _count_lines(source: str, tree: ast.Module, found: Figures) -> None:
    kind: dict[int, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                kind.update(dict.fromkeys(_span(node), "imports"))
            case ast.Expr(value=ast.Constant(value=str())):
                kind.update(dict.fromkeys(_span(node), "docstrings"))
            case _:
                pass
    commented = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
    }
    lines = source.splitlines()
    found.lines += len(lines)
    for number, line in enumerate(lines, 1):
        what = "blank" if not line.strip() else kind.get(number, "code")
        if number in commented:
            what = "comments"
        setattr(found, what, getattr(found, what) + 1)


def _count_functions(tree: ast.Module, found: Figures, where: str) -> None:
    names = Counter(_names(tree))  # from the tree: tokens do not look into f-strings
    for node in ast.walk(tree):
        if not isinstance(node, Function):
            continue
        found.functions += 1
        if not node.name.startswith("_") or node.name.startswith("__"):
            continue
        found.private += 1
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        if names[node.name] == 2:
            length = (node.end_lineno or first) - first + 1
            found.used_once += 1
            found.used_once_lines += length
            found.listed.append(
                f"used once: {where}:{node.lineno} {node.name} ({length} lines)"
            )


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case _:
                pass


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def module_name(file: Path, root: Path) -> str:
    """`b12guide.graph.model`, for the file of that module."""
    parts = [root.name, *file.relative_to(root).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def importers_in(files: Iterable[Path], root: Path) -> dict[str, set[str]]:
    """For each module, the modules that import it or something from it."""
    names = {module_name(file, root): file for file in files}
    found: dict[str, set[str]] = defaultdict(set)
    for name, file in names.items():
        for imported in _imported(ast.parse(file.read_text(encoding="utf-8"))):
            home = imported if imported in names else _parent(imported)
            if home in names and home != name:
                found[home].add(name)
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str() as module):
                yield from (f"{module}.{one.name}" for one in node.names)
            case ast.Import():
                yield from (f"{one.name}.*" for one in node.names)
            case _:
                pass


def classes_of_one_name(files: Iterable[Path], root: Path) -> Iterator[str]:
    """Names that more than one class of the package bears."""
    homes: dict[str, list[str]] = defaultdict(list)
    for file in files:
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module_name(file, root))
    for name, modules in sorted(homes.items()):
        if len(modules) > 1:
            yield f"one name, {len(modules)} classes: {name} in {', '.join(modules)}"


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument(
        "packages", nargs="*", help="packages of it; all when none is named"
    )
    parser.add_argument("--path", type=Path, default=PACKAGE, help="another package")
    parser.add_argument(
        "--list", action="store_true", help="what stands behind the figures"
    )
    asked = parser.parse_args(arguments)
    root: Path = asked.path.resolve()
    files = sorted(root.rglob("*.py"))
    importers = importers_in(files, root)
    packages: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        inside = file.relative_to(root).parts
        packages[inside[0] if len(inside) > 1 else "(top)"].append(file)
    chosen = {
        name: packages.get(name, []) for name in asked.packages or sorted(packages)
    }
    print(HEADING)
    for name, some in chosen.items():
        figures = counted(some, importers, root)
        print(figures.row(name))
        if asked.list:
            print("", *figures.listed, sep="\n    ")
    together = [file for some in chosen.values() for file in some]
    print(counted(together, importers, root).row("all"))
    if asked.list:
        print("", *classes_of_one_name(together, root), sep="\n    ")


if __name__ == "__main__":
    main(sys.argv[1:])
