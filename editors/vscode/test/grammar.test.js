"use strict";

const assert = require("node:assert/strict");
const { before, test } = require("node:test");
const { grammar, tokens } = require("./tokens");

let loaded;

before(async () => {
  loaded = await grammar();
});

const scopes = (text) => Object.fromEntries(tokens(loaded, text));

test("a rule is coloured part by part", () => {
  const found = scopes('rule renal "No" # why\n  when egfr <= 50 mL/min and not gene is none\n  states S05');

  assert.equal(found.rule, "storage.type");
  assert.equal(found.renal, "entity.name.function");
  assert.equal(found["# why"], "comment.line.number-sign");
  assert.equal(found.when, "keyword.control");
  assert.equal(found.egfr, "variable.other");
  assert.equal(found["<="], "keyword.operator.comparison");
  assert.equal(found["50"], "constant.numeric");
  assert.equal(found["mL/min"], "support.type.unit");
  assert.equal(found.not, "keyword.operator.logical");
  assert.equal(found.S05, "constant.other.label");
});

test("units are told from words of the language", () => {
  const found = scopes("load 1000 µg IM on alternate days for 6 doses then every month");

  assert.equal(found["µg"], "support.type.unit");
  assert.equal(found.month, "support.type.unit");
  assert.equal(found.doses, "keyword.other");
  assert.equal(found.IM, "variable.other");
});

test("a strength is whole", () => {
  assert.equal(scopes("strength should consider")["should consider"], "constant.language");
});

test("a text that is not closed ends with its line", () => {
  const found = scopes('because "never closed\nrule second');

  assert.equal(found.rule, "storage.type");
  assert.equal(found.second, "entity.name.function");
});

test("an escaped quotation mark does not end a text", () => {
  assert.equal(scopes('because "a \\" b" when')["when"], "keyword.control");
});

test("files that are used are paths", () => {
  const found = scopes("uses b12, parts/renal-2 # both");

  assert.equal(found["parts/renal-2"], "entity.name.namespace");
  assert.equal(found["# both"], "comment.line.number-sign");
});
