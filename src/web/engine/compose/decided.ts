/** The state of one decision, as data (`b12guide.evaluate.answer`). */
import type { Advice, AdvisingRule, Decision, Strength } from "../advice";
import type { CompositionKind, Side } from "./composition";
import type { Ready } from "./ready";
import { placeOf } from "./ready";

export type Outcome = "determined" | "depends" | "conflict" | "silent" | "not needed";

/** One thing that a decision advises. */
export interface Option {
  readonly advice: Advice;
  readonly strength: Strength;
  readonly rules: readonly string[];
  /** Whether it holds in every completion. */
  readonly certain: boolean;
  /** Whether it stands beside the default instead of being it. */
  readonly alternative: boolean;
  /** Whether a prohibition is in force against it today. */
  readonly withheld: boolean;
  /** The rules that advise against a drug which it names (M48). */
  readonly avoided: readonly string[];
  /** Whether its drugs are those that the form may come to, none being certain. */
  readonly drugsOpen: boolean;
}

/** What rules would advise, were it not contraindicated (M46). */
export interface NotOffered {
  readonly advice: Advice;
  readonly drugs: readonly string[];
  readonly rules: readonly string[];
  readonly offeredBy: readonly string[];
  readonly certain: boolean;
}

export interface Decided {
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly options: readonly Option[];
  /** The rules that are behind it in some completion. */
  readonly rules: readonly string[];
  readonly notOffered: readonly NotOffered[];
  /** Of the form: drugs that are named first, may be used as well, and are not to be used. */
  readonly preferred: readonly string[];
  readonly acceptable: readonly string[];
  readonly excluded: readonly string[];
}

/** Rules that apply, in some completion at least, and cannot be followed together. */
export interface Conflict {
  readonly decision: Decision;
  readonly sides: readonly Side[];
  readonly note: string;
  readonly certain: boolean;
  /** Whether the source itself has it. */
  readonly expected: boolean;
  readonly dependsOn: readonly string[];
}

/** A decision about which no rule says anything. */
export function silentOn(decision: Decision): Decided {
  return {
    decision,
    outcome: "silent",
    options: [],
    rules: [],
    notOffered: [],
    preferred: [],
    acceptable: [],
    excluded: [],
  };
}

export const OUTCOMES: Readonly<Record<CompositionKind, Outcome>> = {
  advice: "determined",
  conflict: "conflict",
  "not needed": "not needed",
  silent: "silent",
};

/** The names that all have, or all names where there is none of these. */
export function common(several: readonly (readonly string[])[]): string[] {
  const [first = [], ...others] = several;
  const found = first.filter((name) => others.every((names) => names.includes(name)));
  return found.length > 0 ? found : [...new Set(several.flat())];
}

/**
 * Where a line stands among others, with `rules` behind it: what is advised before what is advised
 * against, what binds before what is offered. What one rule leaves to choose stays in the order in
 * which the rule names it, which is its `number`.
 */
export function lineOrder(
  guideline: Ready,
  advice: Advice,
  rules: readonly AdvisingRule[],
  number: readonly number[],
): readonly number[] {
  const isAgainst = advice.kind === "exclusion" || advice.kind === "not checked";
  return [
    Number(isAgainst),
    Number(rules.every((rule) => rule.optional)),
    Math.min(...rules.map((rule) => placeOf(guideline, rule.name))),
    ...number,
  ];
}

export function byOrder(one: readonly number[], two: readonly number[]): number {
  for (const [place, mine] of one.entries()) {
    const apart = mine - (two[place] ?? 0);
    if (apart !== 0) return apart;
  }
  return 0;
}

/** The same, which also says what is preferred, acceptable and excluded. */
export function withForm(decided: Decided): Decided {
  if (decided.decision !== "form") return decided;
  const drugs = { preferred: new Set<string>(), acceptable: [] as string[] };
  const excluded: string[] = [];
  for (const { advice, certain, alternative } of decided.options) {
    if (!certain) continue;
    if (advice.kind === "exclusion") excluded.push(...advice.drugs);
    if (advice.kind !== "form") continue;
    if (alternative) drugs.acceptable.push(...advice.drugs);
    else advice.drugs.forEach((drug) => drugs.preferred.add(drug));
  }
  const isOther = (drug: string) => !drugs.preferred.has(drug);
  return {
    ...decided,
    preferred: [...drugs.preferred],
    acceptable: drugs.acceptable.filter(isOther),
    excluded: excluded.filter(isOther),
  };
}
