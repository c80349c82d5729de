// Answers patients with cql-execution: the first line of standard input brings the library and the
// patients; after it each line `answers` gives all codes, and `round` the milliseconds of a round.
const cql = require("cql-execution");
const readline = require("node:readline");

let library, rules, executors;

const patient = { id: "p", recordType: "Patient", findRecords: () => [], getId: () => "p" };

function source() {
    let given = false;
    return { currentPatient: () => (given ? undefined : patient), nextPatient: () => { given = true; } };
}

async function ask(parameters) {
    const executor = new cql.Executor(library, undefined, parameters);
    const results = await executor.exec(source());
    return results.patientResults.p;
}

async function answer(line) {
    if (line.startsWith("{")) {
        const given = JSON.parse(line);
        library = new cql.Library(given.library);
        rules = given.rules;
        executors = given.patients;
        return "ready";
    }
    const start = process.hrtime.bigint();
    const found = [];
    for (const one of executors) found.push(await ask(one));
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    if (line === "round") return milliseconds;
    return found.map((one) => Array.from({ length: rules }, (_, number) => one[`r${number}`]));
}

(async () => {
    for await (const line of readline.createInterface({ input: process.stdin })) {
        process.stdout.write(JSON.stringify(await answer(line)) + "\n");
    }
})();
