"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { test } = require("node:test");
const { candidates, serverCommand } = require("../src/find");

const places = { folders: ["/work"], environment: "/env", searchPath: "/usr/bin:/bin", platform: "linux" };
const only = (...names) => (name) => names.includes(name);

test("the environment of the workspace comes first, then the selected one, then the path", () => {
  assert.deepEqual(candidates(places), [
    "/work/.venv/bin/b12guide",
    "/work/venv/bin/b12guide",
    "/env/bin/b12guide",
    "/usr/bin/b12guide",
    "/bin/b12guide",
  ]);
});

test("the first that is there is started as a language server", () => {
  const found = serverCommand([], places, only("/env/bin/b12guide", "/bin/b12guide"));

  assert.deepEqual(found, { command: "/env/bin/b12guide", args: ["lsp"] });
});

test("the setting goes before everything", () => {
  const found = serverCommand(["uvx", "b12guide", "lsp"], places, () => true);

  assert.deepEqual(found, { command: "uvx", args: ["b12guide", "lsp"] });
  assert.deepEqual(serverCommand(["uvx"], places).args, ["lsp"]);
});

test("a command that is not there is told, with the remedy", () => {
  assert.match(serverCommand([], places, () => false).problem, /pip install "b12guide\[lsp\]"/);
  assert.match(serverCommand(["/no/b12guide"], places, () => false).problem, /\/no\/b12guide/);
});

test("nothing is needed to look", () => {
  const nowhere = { folders: [], environment: undefined, searchPath: undefined, platform: "win32" };

  assert.ok(serverCommand(undefined, nowhere, () => true).problem);
  assert.ok(path.win32.isAbsolute(candidates({ ...nowhere, environment: "C:\\env" })[0]));
});
