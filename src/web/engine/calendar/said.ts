/** The parts of an answer that days are worked out from, as its JSON has them. */
import type { Bound, Dose, Frequency, Phase } from "./schedule";
import type { Length, LengthRange } from "./days";

export type Outcome = "determined" | "depends" | "conflict" | "silent" | "not needed";

/** What stands with every option, whatever it advises. */
export interface Option {
  text: string;
  strength: string;
  rules: readonly string[];
  statements: readonly string[];
  certain: boolean;
  alternative: boolean;
  withheld: boolean;
  avoided: readonly string[];
  drugs_open: boolean;
  [key: string]: unknown;
}

export interface NotOffered {
  advice: Readonly<Record<string, unknown>>;
  text: string;
  drugs: readonly string[];
  rules: readonly string[];
  statements: readonly string[];
  offered_by: readonly string[];
  certain: boolean;
}

export interface Decided {
  outcome: Outcome;
  options: readonly Option[];
  depends_on: readonly string[];
  rules: readonly string[];
  indeterminate: readonly string[];
  not_offered: readonly NotOffered[];
}

export interface Side {
  rules: readonly string[];
  option: Readonly<Record<string, unknown>>;
  or: readonly Readonly<Record<string, unknown>>[];
  text: string;
  statements: readonly string[];
}

export interface Clash {
  decision: string;
  sides: readonly Side[];
  note: string | null;
  certain: boolean;
}

export interface SaidRule {
  rule: string;
  title: string;
  decision: string;
  verdict: string;
  statements: readonly string[];
  assumptions: readonly string[];
}

export interface SaidSilence {
  about: string;
  label: string;
  text: string;
  patient: string | null;
  severity: "warning" | "info";
  decisions: readonly string[];
}

/** An answer, as far as the calendar reads it. */
export interface Said {
  scope: "applies" | "does not apply" | "unknown";
  rules: readonly SaidRule[];
  decisions: Readonly<Record<string, Decided>>;
  conflicts: readonly Clash[];
  silent: readonly SaidSilence[];
  notices: readonly { text: string }[];
}

const NOTHING: Decided = {
  outcome: "silent",
  options: [],
  depends_on: [],
  rules: [],
  indeterminate: [],
  not_offered: [],
};

export function decidedOf(said: Said, decision: string): Decided {
  return said.decisions[decision] ?? NOTHING;
}

/** The phases of what is advised in the words of `text`; null where it is no regimen. */
export function phasesOf(
  advice: Readonly<Record<string, unknown>>,
  text = advice["text"],
): readonly Phase[] | null {
  if (!("dose" in advice) || !("then" in advice)) return null;
  const phases = [phaseOf(advice), ...(advice["then"] as readonly Phase[])];
  // The JSON has one word for both; what the source wrote stands in the text.
  const parts = typeof text === "string" ? text.split(", then ") : [];
  return phases.map((phase, index) =>
    phase.for === "life" && parts[index]?.includes(" indefinitely")
      ? { ...phase, indefinitely: true as const }
      : phase,
  );
}

function phaseOf(advice: Readonly<Record<string, unknown>>): Phase {
  const found: Phase = {
    drugs: advice["drugs"] as readonly string[],
    dose: advice["dose"] as Dose,
    route: advice["route"] as string | null,
    frequency: advice["frequency"] as Frequency | null,
    for: advice["for"] as Bound | null,
    until: advice["until"] as string | null,
    after: advice["after"] as string | readonly string[] | null,
  };
  if (advice["apart"] !== undefined) {
    found.apart = advice["apart"] as NonNullable<Phase["apart"]>;
  }
  if (advice["as_needed"] === true) found.as_needed = true;
  if (advice["with_food"] === true) found.with_food = true;
  return found;
}

/** How often a test recurs, and for how long. */
export interface Recurrence {
  every: LengthRange;
  at_least: boolean;
  for?: Length;
}

/** A test schedule: the options of one test each that one piece of advice was written as. */
export interface Check {
  tests: readonly string[];
  companions: readonly string[];
  times: readonly Length[];
  recurring: readonly Recurrence[];
  after: string | null;
  until: string | null;
  during: string | null;
  isBeforeDose: boolean;
  isNone: boolean;
  option: Option;
}

/** The test schedules of an answer; what is not to be checked has `isNone`. */
export function checksOf(decided: Decided): Check[] {
  const groups: Option[][] = [];
  for (const option of decided.options) {
    const test = option["test"] ?? option["do_not_check"];
    if (test === undefined) continue;
    const before = groups.at(-1);
    const first = before?.[0];
    // One advice on several tests is one option for each, with the same words and rules.
    if (before && first && first.text === option.text && isAlike(first, option)) {
      before.push(option);
    } else {
      groups.push([option]);
    }
  }
  return groups.flatMap((group) => {
    const option = group[0];
    return option ? [checkOf(option, group)] : [];
  });
}

function isAlike(one: Option, two: Option): boolean {
  return (
    one.certain === two.certain &&
    one.alternative === two.alternative &&
    one.rules.join() === two.rules.join()
  );
}

function checkOf(option: Option, group: readonly Option[]): Check {
  const isNone = "do_not_check" in option;
  const every = (option["every"] ?? null) as LengthRange | null;
  const first: Recurrence[] = every
    ? [
        {
          every,
          at_least: option["at_least"] as boolean,
          ...(option["for"] === undefined ? {} : { for: option["for"] as Length }),
        },
      ]
    : [];
  const then = (option["then"] ?? []) as readonly Recurrence[];
  return {
    tests: group.map((one) => (one["test"] ?? one["do_not_check"]) as string),
    companions: (option["with"] ?? []) as readonly string[],
    times: (option["at"] ?? []) as readonly Length[],
    recurring: [...first, ...then],
    after: (option["after"] ?? null) as string | null,
    until: (option["until"] ?? null) as string | null,
    during: (option["during"] ?? null) as string | null,
    isBeforeDose: option["before_next_dose"] === true,
    isNone,
    option,
  };
}
