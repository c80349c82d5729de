/**
 * What rules advise, as data: `advice` of a program (`b12guide/page/advice.py`). The names are those
 * of the rule graph in Python (`b12guide.graph.model`, `b12guide.regimen.phase`).
 */

/** An exact number: "38", "7/3". */
export type Exact = string;

export type TimeUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

export interface Duration {
  readonly value: Exact;
  readonly unit: TimeUnit;
}

/** A length of time from `low` to `high`, both included. */
export interface DurationRange {
  readonly low: Exact;
  readonly high: Exact;
  readonly unit: TimeUnit;
}

/** An amount; an end that is null is open. `is_written` is false where two units met. */
export interface Dose {
  readonly low: Exact | null;
  readonly high: Exact | null;
  readonly unit: string;
  readonly is_written: boolean;
  /** The most that a dose by weight comes to. */
  readonly limit: Dose | null;
  /** The measure by which a dose by weight goes. */
  readonly measure: string | null;
  /** What the patient weighs, in kilograms, where it is known whose dose it is. */
  readonly weight: Exact | null;
}

export interface Every {
  readonly kind: "every";
  readonly interval: DurationRange;
}

export interface Times {
  readonly kind: "times";
  readonly low: number;
  readonly high: number;
  readonly per: DurationRange;
}

export type Frequency = Every | Times;

export interface ForTime {
  readonly kind: "for time";
  readonly length: DurationRange;
}

export interface ForDoses {
  readonly kind: "for doses";
  readonly count: number;
  readonly within: DurationRange | null;
}

export interface ForLife {
  readonly kind: "for life";
  readonly indefinitely: boolean;
}

export interface Until {
  readonly kind: "until";
  readonly event: string;
}

export type Bound = ForTime | ForDoses | ForLife | Until;

export interface Phase {
  readonly drugs: readonly string[];
  readonly dose: Dose;
  readonly route: string | null;
  readonly frequency: Frequency | null;
  readonly bound: Bound | null;
  readonly apart: Duration | null;
  readonly as_needed: boolean;
  readonly with_food: boolean;
  readonly after: readonly string[];
}

export interface Regimen {
  readonly kind: "regimen";
  readonly phases: readonly Phase[];
}

export interface FormChoice {
  readonly kind: "form";
  readonly drugs: readonly string[];
  readonly excluded: readonly string[];
}

export interface Exclusion {
  readonly kind: "exclusion";
  readonly drugs: readonly string[];
  readonly outright: boolean;
}

export interface Routes {
  readonly kind: "routes";
  readonly routes: readonly string[];
}

export interface Prohibition {
  readonly kind: "prohibition";
  readonly drugs: readonly string[];
  readonly until: string | null;
  readonly unless: string | null;
}

export interface Recurrence {
  readonly every: DurationRange;
  readonly at_least: boolean;
  readonly lasts: DurationRange | null;
}

export interface Monitoring {
  readonly kind: "monitoring";
  readonly tests: readonly string[];
  readonly at: readonly Duration[];
  readonly windows: readonly DurationRange[];
  readonly every: DurationRange | null;
  readonly at_least: boolean;
  readonly lasts: DurationRange | null;
  readonly then: readonly Recurrence[];
  readonly once: boolean;
  readonly before_next_dose: boolean;
  readonly companions: readonly string[];
  readonly never_alone: boolean;
  readonly after: string | null;
  readonly until: string | null;
  readonly during: "loading" | "maintenance" | null;
}

export interface NotChecked {
  readonly kind: "not checked";
  readonly tests: readonly string[];
}

export interface Instruction {
  readonly kind: "instruction";
  readonly site: string | null;
  readonly avoid: boolean;
  readonly routinely: boolean;
  readonly quadrant: string | null;
  readonly direction: string | null;
  readonly gauge: readonly [number, number] | null;
  readonly pressure: DurationRange | null;
}

export type Operator = "<" | "<=" | ">" | ">=" | "=";

export interface Target {
  readonly kind: "target";
  readonly measure: string;
  readonly operator: Operator;
  readonly low: Exact;
  readonly high: Exact;
  readonly unit: string | null;
}

export interface Continuation {
  readonly kind: "continuation";
  readonly treatment: string;
  readonly for_life: boolean;
}

export interface Stop {
  readonly kind: "stop";
  readonly treatment: string;
}

/** As advice, it has one regimen, where a rule may leave several to choose from. */
export interface Change {
  readonly kind: "change";
  readonly of: "loading" | "maintenance" | "form" | "route";
  readonly to: Regimens | FormChoice | Routes;
}

export interface Referral {
  readonly kind: "referral";
  readonly services: readonly string[];
}

export interface Concluded {
  readonly kind: "concluded";
  readonly conclusion: string;
  readonly value: string;
}

export interface NotNeeded {
  readonly kind: "not needed";
}

/** What a decision may come to: what one rule says, or several that apply together. */
export type Advice =
  | Regimen
  | FormChoice
  | Exclusion
  | Routes
  | Prohibition
  | Monitoring
  | NotChecked
  | Instruction
  | Target
  | Continuation
  | Stop
  | Change
  | Referral
  | Concluded
  | NotNeeded;

/** Regimens to choose from, the first being named first by the source. */
export interface Regimens {
  readonly kind: "regimens";
  readonly regimens: readonly Regimen[];
}

export interface Technique {
  readonly kind: "technique";
  readonly instructions: readonly Instruction[];
}

/** Something to be said, without an action. */
export interface Remark {
  readonly kind: "remark";
  readonly text: string;
}

/** What a rule says. */
export type Value = Regimens | Technique | Remark | Exclude<Advice, Regimen | Instruction>;

export const DECISIONS = [
  "form",
  "loading",
  "maintenance",
  "route",
  "adjunct",
  "permission",
  "technique",
  "monitoring",
  "targets",
  "continuation",
  "change",
  "referral",
  "conclusion",
] as const;

/** What a rule speaks to, in the order in which answers have it. */
export type Decision = (typeof DECISIONS)[number] | "note";

/** How strongly a source says something, from the strongest to the weakest. */
export const STRENGTHS = [
  "required",
  "do not",
  "should",
  "avoid",
  "target",
  "should consider",
  "acceptable alternative",
  "may",
  "claim",
  "definition",
] as const;

export type Strength = (typeof STRENGTHS)[number];

/** What stands behind a line: a rule with its authority, and what it says. */
export interface AdvisingRule {
  readonly name: string;
  readonly decision: Decision;
  /** Whether it offers something beside the default. */
  readonly optional: boolean;
  readonly strength: Strength | null;
  readonly certainty: string | null;
  readonly grade: string | null;
  readonly statements: readonly string[];
  readonly sources: readonly string[];
  readonly value: Value;
}

/** What words are called, by kind; a name without a word stands for itself. */
export interface Words {
  readonly drugs: Readonly<Record<string, string>>;
  /** How a drug gets into the body, as the end of "1000 µg ...". */
  readonly routes: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, string>>;
  readonly sites: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, string>>;
  /** Facts and definitions: events, measures, treatments that go on. */
  readonly facts: Readonly<Record<string, string>>;
  /** Treatments that end, which may be words of any kind. */
  readonly topics: Readonly<Record<string, string>>;
  readonly conclusions: Readonly<Record<string, string>>;
  /** The values of each conclusion. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Unit {
  /** How many base units it is. */
  readonly factor: Exact;
  /** What it measures: units of one kind can be converted into each other. */
  readonly measures: string;
  /** How it is printed behind one, and behind any other number. */
  readonly one: string;
  readonly several: string;
  /** What it is called in doses that patients read, in the plural. */
  readonly plain: string | null;
}

export interface AdviceData {
  /** In the order in which people read them; a rule's index is its place. */
  readonly rules: readonly AdvisingRule[];
  /** The places of the rules that bear on each decision. */
  readonly heard: Readonly<Record<Decision, readonly number[]>>;
  /** The contradictions that the source itself has. */
  readonly expected: readonly {
    readonly first: string;
    readonly second: string;
    readonly because: string;
  }[];
  readonly words: Readonly<Record<Audience, Words>>;
  readonly units: Readonly<Record<string, Unit | null>>;
  /** The measures by which doses go, with their unit in kilograms; null where it is no weight. */
  readonly weights: Readonly<Record<string, Exact | null>>;
  /** Every drug of the vocabulary that a rule names, with its codes. */
  readonly drugs: readonly {
    readonly drug: string;
    readonly label: string;
    readonly codes: readonly { readonly system: string; readonly code: string }[];
  }[];
  readonly cited: Readonly<
    Record<string, { readonly printed: number | null; readonly resolves: boolean }>
  >;
}

export type Audience = "professional" | "patient";
