/**
 * Doses that must not be given (M46). A regimen that names no drug is of the drugs that the form
 * names: where all of these are contraindicated, it has none left. Doses and drugs to which
 * something is changed are like any others (M92).
 */
import type { Advice, AdvisingRule, Phase, Regimen } from "../advice";
import { changedTo, onlyRegimen } from "./advice_values";
import type { AdviceValues } from "./advice_values";
import { barredBy, contraindicated, named } from "./composition";
import type { Barred, Forbidden } from "./composition";
import type { Offer, Plan } from "./matters";
import { planKey } from "./matters";

/** The offers without contraindicated drugs, and what has no drug left. */
export function allowed(
  offers: readonly Offer[],
  rules: readonly AdvisingRule[],
  values: AdviceValues,
): { readonly offers: readonly Offer[]; readonly barred: readonly Barred[] } {
  const out = contraindicated(rules);
  if (out.size === 0) return { offers, barred: [] };
  const form = [...new Set(rules.flatMap(named))];
  const left: Offer[] = [];
  const barred = new Map<string, { advice: Advice; by: AdvisingRule[] }>();
  for (const { rule, plans } of offers) {
    const kept = new Map<string, Plan>();
    for (const advice of plans.flat()) {
      const spared = without(advice, out, form);
      if (spared !== null) {
        const key = planKey([spared], values);
        if (!kept.has(key)) kept.set(key, [spared]);
        continue;
      }
      const whole = withDrugs(advice, form);
      const lost = barred.get(values.key(whole)) ?? { advice: whole, by: [] };
      barred.set(values.key(whole), lost);
      lost.by.push(rule);
    }
    if (kept.size > 0) left.push({ rule, plans: [...kept.values()] });
  }
  return {
    offers: left,
    barred: [...barred.values()].map(({ advice, by }) =>
      barredBy(advice, drugsOf(advice), out, by),
    ),
  };
}

/** The drugs that are given, or to be chosen from. */
export function drugsOf(advice: Advice): readonly string[] {
  if (advice.kind === "form") return advice.drugs;
  if (advice.kind === "regimen") return drugsIn(advice);
  if (advice.kind !== "change") return [];
  if (advice.to.kind === "form") return advice.to.drugs;
  const regimen = onlyRegimen(advice);
  return regimen ? drugsIn(regimen) : [];
}

function drugsIn(regimen: Regimen): string[] {
  return [...new Set(regimen.phases.flatMap((phase) => phase.drugs))];
}

/** The advice without the drugs in `out`; null where none is left to it. */
function without(advice: Advice, out: Forbidden, form: readonly string[]): Advice | null {
  if (advice.kind === "regimen") return spared(advice, out, form);
  if (advice.kind !== "change") return advice;
  const regimen = onlyRegimen(advice);
  if (regimen) {
    const left = spared(regimen, out, form);
    return left && changedTo(advice, left);
  }
  if (advice.to.kind === "form") {
    const drugs = advice.to.drugs.filter((drug) => !out.has(drug));
    const to = { kind: "form", drugs, excluded: [] } as const;
    return drugs.length > 0 ? { ...advice, to } : null;
  }
  return advice;
}

/** The regimen without the drugs in `out`; null where a phase has no drug left. */
function spared(regimen: Regimen, out: Forbidden, form: readonly string[]): Regimen | null {
  const phases: Phase[] = [];
  for (const phase of regimen.phases) {
    const drugs = phase.drugs.length > 0 ? phase.drugs : form;
    const left = drugs.filter((drug) => !out.has(drug));
    if (drugs.length > 0 && left.length === 0) return null;
    phases.push(phase.drugs.length > 0 ? { ...phase, drugs: left } : phase);
  }
  return { kind: "regimen", phases };
}

/** The advice with `drugs` where doses leave the drug to the form. */
export function withDrugs(advice: Advice, drugs: readonly string[]): Advice {
  if (advice.kind === "regimen") return filled(advice, drugs);
  if (advice.kind !== "change") return advice;
  const regimen = onlyRegimen(advice);
  const whole = regimen && filled(regimen, drugs);
  return whole === null || whole === regimen ? advice : changedTo(advice, whole);
}

function filled(regimen: Regimen, drugs: readonly string[]): Regimen {
  const isWhole = regimen.phases.every((phase) => phase.drugs.length > 0);
  if (drugs.length === 0 || isWhole) return regimen;
  const phases = regimen.phases.map((phase) =>
    phase.drugs.length > 0 ? phase : { ...phase, drugs },
  );
  return { kind: "regimen", phases };
}
