/**
 * The answer about one patient, with the keys and values of the JSON that the Python library gives
 * (`schema/recommendation.schema.json`), as far as a page needs them.
 */
import type { DecisionName } from "./papers";
import type { GuidelineData } from "./program";

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
  /** How thresholds that the source prints as ranges are read; `report` leaves a value inside open. */
  reading?: "report" | "lower" | "upper";
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
  statements: readonly string[];
  sources: readonly CitedSource[];
  section: string | null;
  text: string;
  because: string | null;
  patient: string | null;
  needs: readonly string[];
  overridden_by: readonly string[];
  assumptions: readonly string[];
  challenges: readonly string[];
}

/** One thing that a decision advises; what else it has depends on the decision. */
export interface OptionAnswer {
  text: string;
  strength: string;
  evidence: readonly { rule: string; certainty: string | null; grade: string | null }[];
  rules: readonly string[];
  statements: readonly string[];
  certain: boolean;
  alternative: boolean;
  withheld: boolean;
  avoided: readonly string[];
  drugs_open: boolean;
  [part: string]: unknown;
}

export interface NotOfferedAnswer {
  advice: Record<string, unknown>;
  text: string;
  drugs: readonly string[];
  rules: readonly string[];
  statements: readonly string[];
  sources: readonly CitedSource[];
  offered_by: readonly string[];
  certain: boolean;
}

export type Outcome = "determined" | "depends" | "conflict" | "silent" | "not needed";

export interface DecisionAnswer {
  outcome: Outcome;
  options: readonly OptionAnswer[];
  depends_on: readonly string[];
  rules: readonly string[];
  indeterminate: readonly string[];
  not_offered: readonly NotOfferedAnswer[];
  preferred?: readonly string[];
  acceptable?: readonly string[];
  excluded?: readonly string[];
  routes?: readonly string[];
}

export interface QuestionAnswer {
  fact: string;
  label: string;
  decides: readonly string[];
  behind: readonly string[];
  instead: readonly string[];
}

export interface ConflictAnswer {
  decision: DecisionName;
  sides: readonly {
    rules: readonly string[];
    option: Record<string, unknown>;
    or: readonly Record<string, unknown>[];
    text: string;
    statements: readonly string[];
    sources: readonly CitedSource[];
  }[];
  note: string;
  certain: boolean;
  expected: boolean;
  depends_on: readonly string[];
}

export interface SilenceAnswer {
  about: string;
  label: string;
  text: string;
  severity: "warning" | "info";
  patient: string | null;
  decisions: readonly DecisionName[];
  ids: readonly string[];
  statements: readonly string[];
}

export interface NoticeAnswer {
  text: string;
  rule: string | null;
  statements: readonly string[];
}

export interface Answer {
  schema: string;
  guideline: GuidelineData;
  engine: { name: string; version: string };
  education: string;
  on: null;
  options: {
    otherwise: "unknown" | "absent";
    fuzzy_threshold: "report" | "lower" | "upper";
    units: "assume";
  };
  scope: "applies" | "does not apply" | "unknown";
  assumed_absent: readonly { fact: string; value: number; unit: string | null }[];
  rules: readonly RuleAnswer[];
  decisions: Record<DecisionName, DecisionAnswer>;
  drugs: readonly {
    drug: string;
    label: string;
    codes: readonly { system: string; code: string }[];
  }[];
  questions: readonly QuestionAnswer[];
  conflicts: readonly ConflictAnswer[];
  assumptions: readonly { id: string; text: string }[];
  challenges: readonly { id: string; text: string; sources: CitedSource[] }[];
  silent: readonly SilenceAnswer[];
  notices: readonly NoticeAnswer[];
  /** The facts and definitions of which an answer can still change something, the questions first. */
  matters?: readonly string[];
  /** The facts on record that no rule reads, and of which no silence speaks. */
  unread: readonly string[];
  /** What follows from the facts that were entered, where it was not entered itself. */
  implied?: Record<string, FactValue>;
  /** The facts that are taken for absent because nobody mentioned them. */
  absent?: readonly string[];
}

/** The patient contradicts what the vocabulary says; there is no answer. */
export interface Refusal {
  contradiction: { facts: readonly string[]; text: string };
}

export function isRefusal(found: Answer | Refusal): found is Refusal {
  return "contradiction" in found;
}

/** A condition, or a part of one, and its truth about the patient. */
export interface Part {
  kind: string;
  /** How many of its parts have to be so, where it asks for some of them. */
  count?: number;
  /** As the language has it. */
  text: string;
  /** In words. */
  words: string;
  truth: "true" | "false" | "unknown";
  /** What the patient has; of a definition without parts, that it is stated, or explained above. */
  value: string | null;
  /** Whether the source's own threshold leaves it open. */
  indeterminate: boolean;
  assumptions: readonly string[];
  parts: readonly Part[];
}

/** Why a rule applies to the patient, or does not. */
export interface Explained {
  rule: string;
  verdict: Verdict;
  condition: Part;
  /** The rules that override it where they apply, each with its condition. */
  exceptions: readonly { rule: string; condition: Part }[];
}
