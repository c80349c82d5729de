/** What every part of the page is given. */
import type { Answer } from "../engine/answer";
import type { Program } from "../engine/program";
import type { Change, State } from "./state";

export interface Slot {
  /** The guideline that is asked. */
  readonly program: Program;
  /** All guidelines in the page, the one that is asked among them. */
  readonly programs: readonly Program[];
  readonly state: State;
  /** Null where what was entered contradicts itself. */
  readonly answer: Answer | null;
  /** Changes what was entered; everything is worked out anew. */
  readonly change: (change: Change) => void;
  /** The draft from which the page answers; null where there is none. */
  readonly draft: Program | null;
  /** Answers from a draft, or, with null, from what is in the page again. */
  readonly answerFrom: (draft: Program | null) => void;
}

/** Whether the page comes from `b12guide serve`, which it may ask. */
export function isServed(): boolean {
  return document.documentElement.dataset["served"] !== undefined;
}
