// Reads files through the TextMate grammar as the editor does.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const { INITIAL, Registry, parseRawGrammar } = require("vscode-textmate");

const FILES = {
  "source.b12guide": path.join(__dirname, "../syntaxes/b12guide.tmLanguage.json"),
};

async function grammar() {
  const wasm = require.resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm));
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => parseRawGrammar(fs.readFileSync(FILES[scope], "utf8"), FILES[scope]),
  });
  return registry.loadGrammar("source.b12guide");
}

/** The pieces of a text that are not white space, each with its innermost scope. */
function tokens(loaded, text) {
  const found = [];
  let state = INITIAL;
  for (const line of text.split(/\r?\n/)) {
    const read = loaded.tokenizeLine(line, state);
    for (const token of read.tokens) {
      const piece = line.slice(token.startIndex, token.endIndex);
      if (piece.trim()) {
        found.push([piece.trim(), token.scopes.at(-1).replace(/\.b12guide$/, "")]);
      }
    }
    state = read.ruleStack;
  }
  return found;
}

module.exports = { grammar, tokens };

// As a program: a list of texts in JSON from standard input, a list of lists of pieces to output.
if (require.main === module) {
  grammar().then((loaded) => {
    const texts = JSON.parse(fs.readFileSync(0, "utf8"));
    process.stdout.write(JSON.stringify(texts.map((text) => tokens(loaded, text))));
  });
}
