// Starts the language server for guidelines, and says what to do where it is missing.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const { INSTALL, serverCommand } = require("./find");

const EVERYTHING = { language: "b12guide" };
let client;
let starting = Promise.resolve();

/** The environment that the Python extension has selected, where that extension is there. */
async function selectedEnvironment() {
  const python = vscode.extensions.getExtension("ms-python.python");
  if (!python) {
    return undefined;
  }
  try {
    const api = python.isActive ? python.exports : await python.activate();
    return api.environments?.getActiveEnvironmentPath()?.path;
  } catch {
    return undefined;
  }
}

/** The folder of an environment; the Python extension may give its interpreter instead. */
function folderOf(selected) {
  return selected?.replace(/[\\/](?:bin|Scripts)[\\/]python[^\\/]*$/, "");
}

async function start() {
  const settings = vscode.workspace.getConfiguration("b12guide");
  const found = serverCommand(settings.get("command"), {
    folders: (vscode.workspace.workspaceFolders ?? []).map((each) => each.uri.fsPath),
    environment: folderOf(await selectedEnvironment()),
    searchPath: process.env.PATH,
    platform: process.platform,
  });
  if (found.problem) {
    await complain(found.problem);
    return;
  }
  const server = { command: found.command, args: found.args };
  client = new LanguageClient("b12guide", "b12guide", server, {
    documentSelector: [
      { ...EVERYTHING, scheme: "file" },
      { ...EVERYTHING, scheme: "untitled" },
    ],
  });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const command = [found.command, ...found.args].join(" ");
    await complain(`\`${command}\` did not start (${error}). Is the extra there? ${INSTALL}`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop().catch(() => undefined);
}

async function complain(message) {
  const copy = "Copy the install command";
  const settings = "Open the setting";
  const chosen = await vscode.window.showWarningMessage(message, copy, settings);
  if (chosen === copy) {
    await vscode.env.clipboard.writeText(INSTALL);
  } else if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "b12guide.command");
  }
}

/** One start or stop after the other, whatever happens meanwhile. */
function restart() {
  starting = starting.then(stop).then(start);
  return starting;
}

function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("b12guide.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("b12guide.command")) {
        restart();
      }
    }),
  );
  restart();
}

function deactivate() {
  return stop();
}

module.exports = { activate, deactivate };
