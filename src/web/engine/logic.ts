/**
 * The logic of a guideline as data: what `b12guide.page.program` writes. Numbers are texts ("38",
 * "1/3"), nodes and conditions are named by their place in the list, rules and facts by name.
 */

import type { SilenceAnswer } from "./answer";

/** How a measure is compared with a bound. */
export type Operator = "<" | "<=" | ">" | ">=" | "=";

/** A step of the program; its operands are earlier steps. */
export type NodeData =
  | readonly ["has", string]
  | readonly ["has value", string]
  | readonly ["one of", string, readonly string[]]
  | readonly ["compare", string, Operator, string, string]
  | readonly ["not", number]
  | readonly ["all", readonly number[]]
  | readonly ["any", readonly number[]]
  | readonly ["defined", number, string]
  | readonly ["established", number]
  | readonly ["recorded", number];

export interface FactData {
  readonly name: string;
  readonly label: string;
  readonly brief: string;
  readonly kind: "finding" | "event" | "choice" | "measure";
  readonly values: readonly string[];
  readonly value_labels: readonly string[];
  readonly unit: string | null;
  /** The unit in words, behind one and behind any other number: "year", "years". */
  readonly unit_words: readonly [string, string] | null;
  /** The least and greatest value that is plausible. */
  readonly plausible: readonly [string, string] | null;
  /** What `otherwise absent` makes of a measure that nobody mentions. */
  readonly absent: string | null;
  /** Whether it follows from the days of other values, so that it is never taken for absent. */
  readonly from_days: boolean;
  readonly is_age: boolean;
  /** Whether a rule, or the scope, depends on it. */
  readonly heeded: boolean;
}

export interface DefinitionData {
  readonly name: string;
  readonly label: string;
  readonly brief: string;
  readonly node: number;
  /** Whether it is asked for as one question: its facts matter through it alone. */
  readonly as_one: boolean;
  readonly assumptions: readonly string[];
  readonly heeded: boolean;
  readonly condition: number;
}

export interface RuleData {
  readonly name: string;
  /** Where it stands in reading order. */
  readonly place: number;
  readonly decision: string;
  /** The node of its own condition, and that of its exceptions together. */
  readonly own: number;
  readonly exceptions: number;
  readonly excepted_by: readonly string[];
  readonly exception_to: readonly string[];
  readonly outside_scope: boolean;
  readonly assumptions: readonly string[];
  /** What a note says. */
  readonly remark: string | null;
  readonly condition: number;
  /** All that an answer says of it but for its verdict. */
  readonly told: Readonly<Record<string, unknown>> & {
    readonly assumptions: readonly string[];
    readonly challenges: readonly string[];
    readonly statements: readonly string[];
  };
}

export interface ImplicationData {
  readonly name: string;
  readonly premise: number;
  readonly conclusion: number;
  readonly facts: readonly string[];
}

/** How a measure is worked out from others where it is not stated. */
export interface DerivationData {
  readonly fact: string;
  readonly equation: string;
  readonly title: string;
  readonly parts: readonly string[];
  readonly factors: readonly (string | null)[];
  readonly factor: string;
  /** What it was made for, part by part: a number of at least, or above, so much; some values. */
  readonly takes: readonly {
    readonly least: string | null;
    readonly above: string | null;
    readonly values: readonly string[];
  }[];
  /** The decimals to which it is rounded, in its own unit. */
  readonly decimals: number;
  readonly said_of: string | null;
  readonly assumptions: readonly string[];
}

export type SilenceToldData = Omit<SilenceAnswer, "severity">;

export interface SilenceData {
  /** Who brings it up: where a node is true, its topics are not addressed. */
  readonly parts: readonly { readonly topics: readonly string[]; readonly node: number }[];
  readonly assumptions: readonly string[];
  /** The facts that its condition asks for. */
  readonly reads: readonly string[];
  /** What an answer says of each topic, but whether it is one of the patient's own facts. */
  readonly told: Readonly<Record<string, SilenceToldData>>;
}

/** A condition in words, with those inside it. */
export interface ConditionData {
  readonly kind: string;
  /** In words of the language, and as people read it. */
  readonly text: string;
  readonly words: string;
  readonly node?: number;
  /** Of a definition. */
  readonly name?: string;
  readonly count?: number;
  readonly assumptions?: readonly string[];
  readonly parts?: readonly number[];
}

export interface Logic {
  readonly nodes: readonly NodeData[];
  readonly scope: number;
  readonly scope_assumptions: readonly string[];
  readonly facts: readonly FactData[];
  readonly definitions: readonly DefinitionData[];
  readonly rules: readonly RuleData[];
  /** The decisions about which some rule speaks. */
  readonly spoken: readonly string[];
  readonly implications: readonly ImplicationData[];
  readonly derivations: readonly DerivationData[];
  readonly silences: readonly SilenceData[];
  /** Contradictions of the source itself. */
  readonly conflicts: readonly {
    readonly rules: readonly [string, string];
    readonly noted_as: readonly string[];
  }[];
  readonly assumptions: readonly { readonly id: string; readonly text: string }[];
  readonly challenges: readonly {
    readonly id: string;
    readonly text: string;
    readonly sources: readonly unknown[];
  }[];
  readonly conditions: readonly ConditionData[];
}
