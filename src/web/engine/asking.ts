/** Asking a guideline about a patient: an answer, or why there is none. */
import type { Answer, Explained, Options, Patient, Refusal } from "./answer";
import { explainRule } from "./explain";
import { impliedFacts } from "./implications";
import { got } from "./nodes";
import type { Program } from "./program";
import { type Ready, readyFor, Refused, Work } from "./ready";
import { answerTo } from "./recommend";
import { statedOf } from "./stated";
import { withoutAssumptions } from "./without";
import { verdictsOf, viewOf } from "./view";

/** What the guideline says about a patient; a refusal where the facts contradict each other. */
export function recommend(
  program: Program,
  patient: Patient,
  options: Options = {},
): Answer | Refusal {
  return orRefused(() => {
    const ready = readyWith(program, options);
    return answerTo(program, ready, statedOf(ready, patient, options.reading ?? "report"));
  });
}

/** Why a rule has its verdict: its condition and its exceptions', part by part. */
export function explain(
  program: Program,
  patient: Patient,
  rule: string,
  options: Options = {},
): Explained | Refusal {
  return orRefused(() => {
    const ready = readyWith(program, options);
    const stated = statedOf(ready, patient, options.reading ?? "report");
    const work = new Work();
    const view = viewOf(ready, impliedFacts(ready, stated, work), work);
    return explainRule(got(ready.rules, rule), view, verdictsOf(view));
  });
}

/** The guideline made ready, without the assumptions that are not to be made. */
export function readyWith(program: Program, options: Options): Ready {
  if (!program.logic) throw new Refused([], "this guideline has no program to be asked");
  return readyFor(withoutAssumptions(program.logic, options.assumptionsOff ?? []));
}

function orRefused<T>(ask: () => T): T | Refusal {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { contradiction: { facts: error.facts, text: error.text } };
  }
}
