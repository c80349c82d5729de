// Which command starts the language server. Nothing here knows of the editor, so that it can be tested.
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const INSTALL = 'pip install "b12guide[lsp]"';

/** Where an environment of Python keeps the commands of its packages. */
function commandIn(environment, platform) {
  return platform === "win32"
    ? path.win32.join(environment, "Scripts", "b12guide.exe")
    : path.posix.join(environment, "bin", "b12guide");
}

/** The places at which the command may be, the likeliest first. */
function candidates({ folders, environment, searchPath, platform }) {
  const found = [];
  for (const folder of folders) {
    for (const name of [".venv", "venv"]) {
      found.push(commandIn(path.join(folder, name), platform));
    }
  }
  if (environment) {
    found.push(commandIn(environment, platform));
  }
  const file = platform === "win32" ? "b12guide.exe" : "b12guide";
  for (const folder of (searchPath || "").split(platform === "win32" ? ";" : ":")) {
    if (folder) {
      found.push(path.join(folder, file));
    }
  }
  return found;
}

function isFile(name) {
  try {
    return fs.statSync(name).isFile();
  } catch {
    return false;
  }
}

/**
 * The command and its arguments, or what to tell the author instead.
 * `configured` is the setting `b12guide.command`; where it is given, nothing else is tried.
 */
function serverCommand(configured, places, exists = isFile) {
  if (configured && configured.length > 0) {
    const [command, ...args] = configured;
    if (path.isAbsolute(command) && !exists(command)) {
      return { problem: `The setting b12guide.command names ${command}, which is not there.` };
    }
    return { command, args: args.length > 0 ? args : ["lsp"] };
  }
  const command = candidates(places).find((name) => exists(name));
  if (command === undefined) {
    return {
      problem:
        `b12guide was not found. Install it with ${INSTALL} in the environment of the workspace, ` +
        "or name the command in the setting b12guide.command.",
    };
  }
  return { command, args: ["lsp"] };
}

module.exports = { INSTALL, candidates, serverCommand };
