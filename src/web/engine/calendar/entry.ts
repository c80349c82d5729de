/** One thing to do on a timeline. */
import type { Day, Window } from "./days";
import type { Check, Recurrence } from "./said";
import type { Dose, Phase } from "./schedule";

export type EntryKind = "dose" | "test" | "decision";

/**
 * One thing to do; what an attribute does not concern it is null or empty.
 *
 * `further` are, of the last entry of a phase or test without an end, the days from here to the
 * last that is shown: they are not listed, because the source prints no end.
 */
export interface Entry {
  kind: EntryKind;
  decision: string;
  window: Window | null;
  stage: number;
  number: number | null;
  spread: Day | null;
  target: Day | null;
  isOpen: boolean;
  isOptional: boolean;
  further: readonly Window[];
  after: readonly string[];
  drugs: readonly string[];
  dose: Dose | null;
  route: string | null;
  phase: Phase | null;
  avoided: readonly string[];
  contraindicated: readonly string[];
  drugsOpen: boolean;
  tests: readonly string[];
  check: Check | null;
  recurrence: Recurrence | null;
  isBeforeDose: boolean;
  awaitsDose: boolean;
  regimen: readonly Phase[] | null;
  /** The words of the whole regimen, where the answer has them. */
  said: string | null;
  text: string;
  rules: readonly string[];
}

export function entry(parts: Partial<Entry> & Pick<Entry, "kind" | "decision" | "rules">): Entry {
  return {
    window: null,
    stage: 1,
    number: null,
    spread: null,
    target: null,
    isOpen: false,
    isOptional: false,
    further: [],
    after: [],
    drugs: [],
    dose: null,
    route: null,
    phase: null,
    avoided: [],
    contraindicated: [],
    drugsOpen: false,
    tests: [],
    check: null,
    recurrence: null,
    isBeforeDose: false,
    awaitsDose: false,
    regimen: null,
    said: null,
    text: "",
    ...parts,
  };
}

/** Something that the guideline asks for and that has no day yet, and why. */
export interface Unplaced {
  text: string;
  rules: readonly string[];
}
