"""What stands in `src/b12guide/page/built` is what the TypeScript in `src/web` says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def web(root: Path) -> Path:
    """The folder of the TypeScript, with the packages of npm that build it."""
    folder = root / "src" / "web"
    if shutil.which("npm") is None:
        pytest.skip("there is no Node with npm: apt-get install nodejs npm")
    if not (folder / "node_modules" / "esbuild").is_dir():
        pytest.skip("its packages are not installed: npm ci --prefix src/web")
    return folder


def bytes_by_name(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def said(web: Path, *words: str) -> str:
    """What a command says that fails; nothing where it succeeds."""
    done = subprocess.run(words, cwd=web, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_what_is_shipped_is_what_the_sources_build(
    web: Path, root: Path, tmp_path: Path
) -> None:
    assert said(web, "node", "build.mjs", str(tmp_path)) == ""
    built = bytes_by_name(tmp_path)
    shipped = bytes_by_name(root / "src" / "b12guide" / "page" / "built")

    assert sorted(built) == sorted(shipped) != []
    stale = [name for name in built if built[name] != shipped[name]]
    assert stale == [], "npm run build --prefix src/web"


def test_the_sources_pass_their_own_checks(web: Path) -> None:
    assert said(web, "npm", "run", "--silent", "check") == ""
