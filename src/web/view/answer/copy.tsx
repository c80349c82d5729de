/** The answer to take along: as text, as JSON, as a link. Nothing is sent. */
import { useState } from "preact/hooks";
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { entryText, factsOf, patientOf } from "../patient";
import { type State, toFragment } from "../state";
import { citedBy, openWord } from "./line";
import { rowsOf } from "./rows";
import type { ExplainRule } from "./when";

export function Copy(props: {
  program: Program;
  state: State;
  answer: Answer;
  explain: ExplainRule;
}) {
  const { program, state, answer, explain } = props;
  const [told, setTold] = useState("");
  const copy = (what: string, text: string) => {
    copied(text).then(
      () => setTold(`${what} copied.`),
      () => setTold(`This browser does not let the page copy. ${what} could not be copied.`),
    );
  };
  return (
    <div class="copy">
      <button
        type="button"
        onClick={() => copy("The text", answerText(program, state, answer, explain))}
      >
        Copy as text
      </button>
      <button type="button" onClick={() => copy("The JSON", JSON.stringify(answer, null, 2))}>
        Copy as JSON
      </button>
      <button type="button" onClick={() => copy("The link", linkTo(state))}>
        Copy the link
      </button>
      <span role="status">{told}</span>
    </div>
  );
}

function linkTo(state: State): string {
  return location.href.replace(/#.*$/, "") + toFragment(state);
}

async function copied(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // A file that was opened from a disk has no clipboard of its own in some browsers.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("not allowed");
}

/** The answer as plain text, with its notice and every citation. */
export function answerText(
  program: Program,
  state: State,
  answer: Answer,
  explain: ExplainRule,
): string {
  const { guideline } = program;
  const lines = [
    `${guideline.title} (${guideline.name} ${guideline.version}, ${statusText(program)})`,
    program.notice,
    ...(program.warning ? [program.warning] : []),
    "",
    patientText(program, state),
    ...(answer.scope === "applies" ? [] : [`Scope: the guideline ${SCOPES[answer.scope]}.`]),
    "",
  ];
  const silent = [...new Set(answer.silent.map((one) => one.text || one.label))];
  if (silent.length > 0) lines.push("NOT ADDRESSED", ...silent.map((text) => `  - ${text}`));
  for (const conflict of answer.conflicts.filter((one) => one.certain)) {
    const sides = conflict.sides.map((side) => `${side.text} (${side.statements.join(" ")})`);
    lines.push("CONFLICT", `  - ${sides.join(" against ")}`);
  }
  for (const row of rowsOf(answer, program, explain)) {
    lines.push(row.label.toUpperCase());
    for (const line of row.lines) {
      const ground = [line.strength, line.statements.join(" "), citedBy(line.rules, program)];
      const said = ground.filter(Boolean).join(" · ");
      const notes = line.notes.map((note) => `; ${note}`).join("");
      lines.push(`  - ${openWord(line)}${line.text}${said ? ` (${said})` : ""}${notes}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What was entered, and under which assumptions, in one line. */
export function patientText(program: Program, state: State): string {
  const known = factsOf(program);
  const { refused } = patientOf(state, program);
  const facts = Object.entries(state.facts).flatMap(([name, entry]) => {
    const fact = known.get(name);
    return fact && !Object.hasOwn(refused, name) ? [entryText(fact, entry)] : [];
  });
  if (state.otherwise === "absent") facts.push("every other finding absent");
  const off = state.off.length > 0 ? `. Assumptions switched off: ${state.off.join(", ")}` : "";
  return `Patient: ${facts.join("; ") || "nothing entered"}${off}`;
}

const SCOPES = {
  "does not apply": "is not written for this patient",
  unknown: "may not be written for this patient",
};

/** How far the guideline was reviewed, in words. */
export function statusText(program: Program): string {
  return (
    program.papers.particulars.find(([name]) => name === "Status")?.[1] ?? program.guideline.status
  );
}
