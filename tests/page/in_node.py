"""The built engine, asked in Node: plain functions of what a page would ask of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

BUILT = Path(__file__).parents[2] / "src" / "b12guide" / "page" / "built"

_RUN = """
const vm = require("node:vm"), fs = require("node:fs");
const [engine, body] = [process.argv[1], process.argv[2]];
const ofBrowsers = { location: { hash: "" }, window: { addEventListener() {} } };
const context = vm.createContext({
  console, structuredClone, TextEncoder, URLSearchParams, ...ofBrowsers,
});
vm.runInContext(fs.readFileSync(engine, "utf8"), context, { filename: engine });
const ask = vm.runInContext(`(${body})`, context);
const data = vm.runInContext("(text) => JSON.parse(text)", context)(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(ask(data) ?? null));
"""


def in_node(body: str, data: Any, script: str = "engine.js") -> Any:
    """What a function in JavaScript makes of `data`; the engine is the global `b12guide`.

    Args:
        body: The function, such as `"data => b12guide.recommend(data.program, data.patient)"`.
        data: What it is given, as JSON.
        script: The built script that sets `b12guide`.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node: apt-get install nodejs")
    done = subprocess.run(
        [node, "-e", _RUN, str(BUILT / script), body],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"Node stopped: {done.stderr[-2000:]}")
    return json.loads(done.stdout)
