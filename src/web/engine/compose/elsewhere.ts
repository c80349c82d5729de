/** What other decisions say to the doses of one (M47 to M49), and what doses by weight come to. */
import type { Advice, AdviceData, Decision, Exact, Phase } from "../advice";
import * as exact from "../fraction";
import { regimensIn } from "./advice_values";
import { drugsOf, withDrugs } from "./contraindicated";
import type { Conflict, Decided } from "./decided";

export interface Elsewhere {
  /** The drugs that fill a phase which names none (M49). */
  readonly drugs: readonly string[];
  /** Whether the form may come to these, none being certain. */
  readonly drugsOpen: boolean;
  /** The drugs that a certain prohibition withholds today (M47). */
  readonly withheld: ReadonlySet<string>;
  /** The drugs that are certain to be advised against, with the rules (M48). */
  readonly avoided: ReadonlyMap<string, readonly string[]>;
}

/** What the form and the prohibitions say to every dose. */
export function elsewhere(form: Decided, permission: Decided): Elsewhere {
  const certain = [...form.preferred, ...form.acceptable];
  const possible = form.options.flatMap(({ advice }) =>
    advice.kind === "form" ? advice.drugs : [],
  );
  const withheld = new Set<string>();
  for (const { advice, certain: isCertain, alternative } of permission.options) {
    if (isCertain && !alternative && advice.kind === "prohibition") {
      advice.drugs.forEach((drug) => withheld.add(drug));
    }
  }
  const avoided = new Map<string, readonly string[]>();
  for (const { advice, certain: isCertain, rules } of form.options) {
    if (!isCertain || advice.kind !== "exclusion" || advice.outright) continue;
    for (const drug of advice.drugs) {
      if (form.excluded.includes(drug)) avoided.set(drug, rules);
    }
  }
  return {
    drugs: certain.length > 0 ? certain : [...new Set(possible)],
    drugsOpen: certain.length === 0,
    withheld,
    avoided,
  };
}

/** The drugs of each phase of the doses that are advised, changed-to ones among them (M92). */
function drugsByPhase(advice: Advice): (readonly string[])[] {
  if (advice.kind === "change" && advice.to.kind === "form") return [advice.to.drugs];
  return regimensIn(advice).flatMap(({ phases }) => phases.map((phase) => phase.drugs));
}

/** The decision with what others say to its doses: withheld where some phase has no other drug. */
export function finished(decided: Decided, other: Elsewhere): Decided {
  const options = decided.options.map((option) => {
    if (drugsByPhase(option.advice).length === 0) return option;
    const advice = withDrugs(option.advice, other.drugs);
    const against = drugsOf(advice).flatMap((drug) => [...(other.avoided.get(drug) ?? [])]);
    return {
      ...option,
      advice,
      withheld: drugsByPhase(advice).some(
        (drugs) => drugs.length > 0 && drugs.every((drug) => other.withheld.has(drug)),
      ),
      avoided: [...new Set(against)],
      drugsOpen: other.drugsOpen && advice !== option.advice,
    };
  });
  return { ...decided, options };
}

// ---- doses by weight (M95)

/** What a patient weighs, in kilograms, by the measures that doses go by; null where unknown. */
export type Weights = Readonly<Record<string, Exact | null>>;

/** The weights, where `known` has what is known of a measure in its own unit. */
export function weightsOf(
  data: AdviceData,
  known: (name: string) => exact.Fraction | null,
): Weights {
  return Object.fromEntries(
    Object.entries(data.weights).map(([name, kilogram]) => {
      const value = known(name);
      if (value === null || kilogram === null) return [name, null];
      return [name, exact.exactText(exact.times(value, exact.fraction(kilogram)))];
    }),
  );
}

function weighedPhase(phase: Phase, weights: Weights): Phase {
  const weight = phase.dose.measure === null ? null : weights[phase.dose.measure];
  return weight ? { ...phase, dose: { ...phase.dose, weight } } : phase;
}

function weighed<Line extends { readonly advice: Advice }>(line: Line, weights: Weights): Line {
  if (line.advice.kind !== "regimen") return line;
  const phases = line.advice.phases.map((phase) => weighedPhase(phase, weights));
  return { ...line, advice: { ...line.advice, phases } };
}

/** A decision with what its doses come to for a patient. */
export function withWeight(decided: Decided, weights: Weights): Decided {
  return {
    ...decided,
    options: decided.options.map((option) => weighed(option, weights)),
    notOffered: decided.notOffered.map((one) => weighed(one, weights)),
  };
}

/** A conflict with what the doses of its sides come to for a patient. */
export function conflictWithWeight(conflict: Conflict, weights: Weights): Conflict {
  return { ...conflict, sides: conflict.sides.map((side) => weighed(side, weights)) };
}

/** The measures of weight that are not known, with the decisions whose doses go by them. */
export function waitingForWeight(
  decisions: Iterable<Decided>,
  weights: Weights,
): Map<string, Decision[]> {
  const found = new Map<string, Decision[]>();
  for (const { decision, options } of decisions) {
    const measures = options.flatMap(({ advice }) =>
      advice.kind === "regimen" ? advice.phases.flatMap((phase) => phase.dose.measure ?? []) : [],
    );
    for (const name of new Set(measures)) {
      if ((weights[name] ?? null) !== null) continue;
      const before = found.get(name);
      if (before) before.push(decision);
      else found.set(name, [decision]);
    }
  }
  return found;
}
