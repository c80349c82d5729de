/**
 * The answer about one patient, with the keys and values of the JSON that the Python library gives
 * (`schema/recommendation.schema.json`), as far as a page needs them.
 */
import type { DecisionName } from "./papers";

export type FactValue = boolean | string | null;

/**
 * What is known of a patient. Of a measure it is a text with an exact number in the fact's own
 * unit: "38", "0.1", "1/3".
 */
export interface Patient {
  facts: Readonly<Record<string, FactValue>>;
  otherwise: "unknown" | "absent";
}

export interface Options {
  /** Assumptions that are not made: rules that rest on one of them say nothing. */
  assumptionsOff?: readonly string[];
}

export interface CitedSource {
  id: string;
  printed: number | null;
  resolves: boolean;
}

export type Verdict = "applies" | "does not apply" | "unknown" | "indeterminate" | "overridden";

export interface RuleAnswer {
  rule: string;
  title: string;
  decision: DecisionName | "note";
  verdict: Verdict;
  strength: string | null;
  certainty: string | null;
  grade: string | null;
  statements: string[];
  sources: CitedSource[];
  section: string | null;
  text: string;
  because: string | null;
  patient: string | null;
  needs: string[];
  overridden_by: string[];
  assumptions: string[];
  challenges: string[];
}

/** One thing that a decision advises; what else it has depends on the decision. */
export interface OptionAnswer {
  text: string;
  strength: string;
  evidence: { rule: string; certainty: string | null; grade: string | null }[];
  rules: string[];
  statements: string[];
  certain: boolean;
  alternative: boolean;
  withheld: boolean;
  avoided: string[];
  drugs_open: boolean;
  [part: string]: unknown;
}

export interface NotOfferedAnswer {
  advice: Record<string, unknown>;
  text: string;
  drugs: string[];
  rules: string[];
  statements: string[];
  sources: CitedSource[];
  offered_by: string[];
  certain: boolean;
}

export type Outcome = "determined" | "depends" | "conflict" | "silent" | "not needed";

export interface DecisionAnswer {
  outcome: Outcome;
  options: OptionAnswer[];
  depends_on: string[];
  rules: string[];
  indeterminate: string[];
  not_offered: NotOfferedAnswer[];
  preferred?: string[];
  acceptable?: string[];
  excluded?: string[];
  routes?: string[];
}

export interface QuestionAnswer {
  fact: string;
  label: string;
  decides: string[];
  behind: string[];
  instead: string[];
}

export interface ConflictAnswer {
  decision: DecisionName;
  sides: {
    rules: string[];
    option: Record<string, unknown>;
    or: Record<string, unknown>[];
    text: string;
    statements: string[];
    sources: CitedSource[];
  }[];
  note: string;
  certain: boolean;
  expected: boolean;
  depends_on: string[];
}

export interface SilenceAnswer {
  about: string;
  label: string;
  text: string;
  severity: "warning" | "info";
  patient: string | null;
  decisions: DecisionName[];
  ids: string[];
  statements: string[];
}

export interface NoticeAnswer {
  text: string;
  rule: string | null;
  statements: string[];
}

export interface Answer {
  schema: string;
  guideline: Record<string, unknown>;
  scope: "applies" | "does not apply" | "unknown";
  assumed_absent: { fact: string; value: number; unit: string | null }[];
  rules: RuleAnswer[];
  decisions: Record<DecisionName, DecisionAnswer>;
  drugs: { drug: string; label: string }[];
  questions: QuestionAnswer[];
  conflicts: ConflictAnswer[];
  assumptions: { id: string; text: string }[];
  challenges: { id: string; text: string; sources: CitedSource[] }[];
  silent: SilenceAnswer[];
  notices: NoticeAnswer[];
  /** What follows from the facts that were entered, where it was not entered itself. */
  implied?: Record<string, FactValue>;
}

/** The patient contradicts what the vocabulary says; there is no answer. */
export interface Refusal {
  contradiction: { facts: string[]; text: string };
}

export function isRefusal(found: Answer | Refusal): found is Refusal {
  return "contradiction" in found;
}

/** A condition, or a part of one, and its truth about the patient. */
export interface Part {
  kind: string;
  /** As the language has it. */
  text: string;
  /** In words. */
  words: string;
  truth: "true" | "false" | "unknown";
  value: unknown;
  indeterminate: boolean;
  assumptions: string[];
  parts: Part[];
}

/** Why a rule applies to the patient, or does not. */
export interface Explained {
  rule: string;
  verdict: Verdict;
  condition: Part;
  exceptions: string[];
}
