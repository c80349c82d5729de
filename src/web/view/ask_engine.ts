/** Asks the engine, and keeps a mistake of it from taking the page along. */
import type { Answer, Explained, Options, Patient, Refusal } from "../engine/answer";
import { isRefusal } from "../engine/answer";
import { explain, recommend } from "../engine";
import type { Program } from "../engine/program";
import type { ExplainRule } from "./answer/when";

export interface Asking {
  readonly answer: Answer | null;
  readonly refusal: Refusal | null;
  /** Why there is no answer, if the engine cannot work one out. */
  readonly failure: string | null;
}

export function asked(program: Program, patient: Patient, options: Options): Asking {
  try {
    const found = recommend(program, patient, options);
    if (isRefusal(found)) return { answer: null, refusal: found, failure: null };
    return { answer: found, refusal: null, failure: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const failure = `The answer could not be worked out here (${why}). Nothing is concluded from it.`;
    return { answer: null, refusal: null, failure };
  }
}

/** Why each rule applies or not, worked out when it is looked at, and once. */
export function explainer(program: Program, patient: Patient, options: Options): ExplainRule {
  const found = new Map<string, Explained | null>();
  return (rule) => {
    if (!found.has(rule)) found.set(rule, explained(program, patient, rule, options));
    return found.get(rule) ?? null;
  };
}

/** Nothing where what was entered contradicts itself: the page has said so. */
function explained(
  program: Program,
  patient: Patient,
  rule: string,
  options: Options,
): Explained | null {
  try {
    const found = explain(program, patient, rule, options);
    return "condition" in found ? found : null;
  } catch {
    return null;
  }
}
