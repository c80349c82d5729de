/** What the last change of the facts did to the answer, in words. */
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { entryText, factsOf, patientOf } from "../patient";
import type { State } from "../state";
import { rowsOf, type Row } from "./rows";

export interface Changed {
  /** What was entered, such as "eGFR 38 mL/min". */
  readonly input: string;
  /** What it did, such as "Form: cyanocobalamin: contraindicated, S05". */
  readonly effects: readonly string[];
  /** The lines that are new or differ. */
  readonly keys: ReadonlySet<string>;
}

interface Moment {
  readonly state: State;
  readonly answer: Answer | null;
}

export function changedBy(before: Moment, after: Moment, program: Program): Changed | null {
  const input = inputText(before.state, after.state, program);
  if (input === null || !before.answer || !after.answer) return null;
  const was = seenIn(before.answer, program);
  const is = seenIn(after.answer, program);
  const keys = new Set([...is.keys()].filter((key) => was.get(key)?.face !== is.get(key)?.face));
  // First what matters most: the scope, conflicts, what is not addressed; then what is said.
  const effects = around(before.answer, after.answer);
  if (before.answer.scope !== after.answer.scope && after.answer.scope === "does not apply") {
    return { input, effects: effects.slice(0, 1), keys };
  }
  const isNew = [...is].filter(([key]) => !was.has(key));
  const isGone = [...was].filter(([key]) => !is.has(key));
  const isOther = [...is].filter(([key]) => keys.has(key) && was.has(key));
  effects.push(...isNew.map(([, one]) => one.text));
  effects.push(...isGone.map(([, one]) => `no more: ${one.text}`));
  effects.push(...isOther.map(([key, one]) => differing(was.get(key), one)));
  return { input, effects, keys };
}

interface Seen {
  readonly text: string;
  readonly isCertain: boolean;
  readonly face: string;
}

const kept = new WeakMap<Answer, Map<string, Seen>>();

/** The lines of an answer by their keys, worked out once: each is compared with two others. */
function seenIn(answer: Answer, program: Program): Map<string, Seen> {
  let found = kept.get(answer);
  if (!found) kept.set(answer, (found = seen(rowsOf(answer, program))));
  return found;
}

function seen(rows: readonly Row[]): Map<string, Seen> {
  const found = new Map<string, Seen>();
  for (const row of rows) {
    for (const line of row.lines) {
      const perhaps = line.certain ? "" : "perhaps ";
      const grounds = line.statements.length > 0 ? `, ${line.statements.join(" ")}` : "";
      const text = `${row.label}: ${perhaps}${line.text}${grounds}`;
      const face = JSON.stringify([text, line.strength, line.certain]);
      found.set(line.key, { text, isCertain: line.certain, face });
    }
  }
  return found;
}

/** A line that was there before, in other words. */
function differing(before: Seen | undefined, now: Seen): string {
  if (before?.isCertain === now.isCertain) return `${now.text} (its grounds differ)`;
  return now.isCertain ? `now certain: ${now.text}` : `no longer certain: ${now.text}`;
}

/** Scope, conflicts, and what is not addressed. */
function around(before: Answer, after: Answer): string[] {
  const found: string[] = [];
  if (before.scope !== after.scope) found.push(`the guideline ${SCOPES[after.scope]}`);
  const sides = (answer: Answer) =>
    answer.conflicts
      .filter((one) => one.certain)
      .map((one) => one.sides.map((side) => side.text).join(" against "));
  const [conflicts, earlier] = [sides(after), sides(before)];
  found.push(...conflicts.filter((one) => !earlier.includes(one)).map((one) => `conflict: ${one}`));
  found.push(
    ...earlier
      .filter((one) => !conflicts.includes(one))
      .map((one) => `no conflict any more: ${one}`),
  );
  const texts = (answer: Answer) => answer.silent.map((one) => one.text || one.label);
  const told = texts(before);
  for (const text of texts(after)) if (!told.includes(text)) found.push(`not addressed: ${text}`);
  return found;
}

const SCOPES = {
  applies: "is written for this patient",
  "does not apply": "is not written for this patient",
  unknown: "may not be written for this patient",
};

/** The one thing that was changed; null where it was none, or many. */
function inputText(before: State, after: State, program: Program): string | null {
  const known = factsOf(program);
  const names = new Set([...Object.keys(before.facts), ...Object.keys(after.facts)]);
  const { refused } = patientOf(after, program);
  const texts: string[] = [];
  for (const name of names) {
    const [old, now] = [before.facts[name], after.facts[name]];
    const fact = known.get(name);
    if (JSON.stringify(old) === JSON.stringify(now) || !fact) continue;
    if (now === undefined) texts.push(`${fact.brief} not known`);
    else if (!Object.hasOwn(refused, name)) texts.push(entryText(fact, now));
    else texts.push(`${entryText(fact, now)} is not taken, so it is not known`);
  }
  if (before.otherwise !== after.otherwise) {
    texts.push(
      after.otherwise === "absent" ? "everything else absent" : "everything else not known",
    );
  }
  for (const name of after.off) if (!before.off.includes(name)) texts.push(`${name} switched off`);
  for (const name of before.off) if (!after.off.includes(name)) texts.push(`${name} switched on`);
  return texts.length > 0 ? texts.join(", ") : null;
}
