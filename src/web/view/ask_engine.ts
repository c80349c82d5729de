/** Asks the engine, and keeps a mistake of it from taking the page along. */
import type { Answer, Explained, Options, Patient, Refusal } from "../engine/answer";
import { isRefusal } from "../engine/answer";
import * as engine from "../engine";
import type { Program } from "../engine/program";
import type { ExplainRule } from "./answer/when";

export interface Asking {
  readonly answer: Answer | null;
  readonly refusal: Refusal | null;
  /** Why there is no answer, if the engine cannot work one out. */
  readonly failure: string | null;
}

type Recommend = (program: Program, patient: Patient, options: Options) => Answer | Refusal;

export function asked(program: Program, patient: Patient, options: Options): Asking {
  const { recommend } = engine as { recommend?: Recommend };
  if (!recommend) return nothing("The engine is not part of this page yet.");
  try {
    const found = recommend(program, patient, options);
    if (isRefusal(found)) return { answer: null, refusal: found, failure: null };
    return { answer: found, refusal: null, failure: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return nothing(
      `The answer could not be worked out here (${why}). Nothing is concluded from it.`,
    );
  }
}

function nothing(failure: string): Asking {
  return { answer: null, refusal: null, failure };
}

type Explain = (
  program: Program,
  patient: Patient,
  rule: string,
  options: Options,
) => Explained | null;

/** Why each rule applies or not, worked out when it is looked at, and once. */
export function explainer(program: Program, patient: Patient, options: Options): ExplainRule {
  const { explain } = engine as { explain?: Explain };
  const found = new Map<string, Explained | null>();
  return (rule) => {
    if (!found.has(rule)) {
      try {
        found.set(rule, explain?.(program, patient, rule, options) ?? null);
      } catch {
        found.set(rule, null);
      }
    }
    return found.get(rule) ?? null;
  };
}
