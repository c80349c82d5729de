/** What people read of a guideline, ready to be printed: `b12guide.page.papers` makes it. */
export type DecisionName =
  | "conclusion"
  | "form"
  | "loading"
  | "maintenance"
  | "route"
  | "adjunct"
  | "permission"
  | "technique"
  | "monitoring"
  | "targets"
  | "continuation"
  | "change"
  | "referral";

export interface UnitPaper {
  text: string;
  label: string;
  /** What a number in this unit is multiplied by, to be in the measure's own: "1/1000". */
  factor: string;
}

export interface FactPaper {
  name: string;
  kind: "finding" | "event" | "choice" | "measure" | "definition";
  label: string;
  brief: string;
  patient: string;
  asks: string | null;
  lay: string[];
  synonyms: string[];
  unit: string | null;
  units: UnitPaper[];
  plausible: { low: string; high: string; text: string } | null;
  absent: string | null;
  derived: string[] | null;
  values: { name: string; label: string }[];
  read_by: string[];
  in_scope: boolean;
  tied_to: string[];
  silent: boolean;
}

export interface RulePaper {
  title: string;
  decision: DecisionName | "note";
  optional: boolean;
  outside_scope: boolean;
  strength: string | null;
  certainty: string | null;
  grade: string | null;
  statements: string[];
  sources: string[];
  cited: string;
  section: string | null;
  text: string;
  sentence: string;
  plain: string;
  when: string;
  because: string | null;
  patient: string | null;
  exceptions: string[];
  exception_to: string[];
  assumptions: string[];
  challenges: string[];
}

export interface DefinitionPaper {
  label: string;
  written: boolean;
  when: string;
  statements: string[];
  sources: string[];
  cited: string;
  section: string | null;
  because: string | null;
  assumptions: string[];
  challenges: string[];
}

export interface StatementPaper {
  rules: string[];
  definitions: string[];
  silences: number[];
}

export interface SourcePaper {
  printed: number | null;
  label: string;
  title: string;
  text: string;
  kind: string | null;
  link: string | null;
  inferred: boolean;
  resolves: boolean;
}

export interface SilencePaper {
  /** The facts for which it is told by name: its own, but for those that decide a dose. */
  personal: string[];
  topics: string[];
  labels: string[];
  ids: string[];
  text: string;
  when: string | null;
  statements: string[];
  section: string | null;
  patient: string | null;
}

export interface WordPaper {
  label: string;
  short?: string | null;
}

export interface Papers {
  answer_schema: string;
  particulars: [string, string][];
  patient_notice: string;
  facts: FactPaper[];
  rules: Record<string, RulePaper>;
  definitions: Record<string, DefinitionPaper>;
  statements: Record<string, StatementPaper>;
  sources: Record<string, SourcePaper>;
  assumptions: Record<string, string>;
  challenges: Record<string, { text: string; sources: string[] }>;
  silences: SilencePaper[];
  expected_conflicts: { rules: string[]; ids: string[]; because: string }[];
  scope: { text: string; assumptions: string[] };
  /** In the order in which an answer is read. */
  decisions: Record<DecisionName, { label: string; patient: string }>;
  words: Record<
    "drugs" | "tests" | "routes" | "sites" | "services" | "conclusions",
    Record<string, WordPaper>
  >;
}
