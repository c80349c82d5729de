/**
 * Which drugs (M37): those that every binding rule names, then others, then those excluded.
 *
 * What is contraindicated is taken out before anything is compared. What a rule excludes is out,
 * whatever its strength: an exclusion offers nothing (M26).
 */
import type { Advice, AdvisingRule } from "../advice";
import { SILENT, barredBy, contraindicated, excludedBy, named, push } from "./composition";
import type { Advised, Composition, Side } from "./composition";

export function formOf(rules: readonly AdvisingRule[]): Composition {
  const out = contraindicated(rules);
  const choices = rules.filter((rule) => named(rule).length > 0);
  const left = new Map(choices.map((rule) => [rule, named(rule).filter((drug) => !out.has(drug))]));
  const of = (rule: AdvisingRule) => left.get(rule) ?? [];
  const binding = choices.filter((rule) => !rule.optional && of(rule).length > 0);
  const excluded = new Map<string, AdvisingRule[]>();
  for (const rule of rules) {
    for (const drug of excludedBy(rule)) push(excluded, drug, rule);
  }
  const drugs = [...new Set([...binding, ...choices].flatMap(of))].filter(
    (drug) => !excluded.has(drug),
  );
  const binders = (drug: string) => binding.filter((rule) => of(rule).includes(drug));
  const offers = (drug: string) =>
    choices.filter((rule) => rule.optional && of(rule).includes(drug));
  const preferred = drugs.filter(
    (drug) => binding.length > 0 && binders(drug).length === binding.length,
  );
  const beside = drugs
    .map((drug): Advised => {
      const rules = preferred.includes(drug) ? offers(drug) : [...binders(drug), ...offers(drug)];
      return { advice: choice(drug), rules };
    })
    .filter((entry) => entry.rules.length > 0);
  const avoided = [...excluded].map(([drug, by]): Advised => ({
    advice: { kind: "exclusion", drugs: [drug], outright: out.has(drug) },
    rules: by,
  }));
  const kind = binding.length > 0 ? "conflict" : excluded.size > 0 ? "advice" : "silent";
  return {
    ...SILENT,
    kind: preferred.length > 0 ? "advice" : kind,
    default: preferred.map((drug) => ({ advice: choice(drug), rules: binders(drug) })),
    alternatives: [...beside, ...avoided],
    sides: preferred.length > 0 || binding.length === 0 ? [] : sides(binding, of, excluded),
    barred: [...new Set(choices.flatMap(named))]
      .filter((drug) => out.has(drug))
      .map((drug) => {
        const by = choices.filter((rule) => named(rule).includes(drug));
        return barredBy(choice(drug), [drug], out, by);
      }),
  };
}

function choice(drug: string): Advice {
  return { kind: "form", drugs: [drug], excluded: [] };
}

/** What each binding rule names, and what excludes one of these drugs. */
function sides(
  binding: readonly AdvisingRule[],
  left: (rule: AdvisingRule) => readonly string[],
  excluded: ReadonlyMap<string, readonly AdvisingRule[]>,
): Side[] {
  const found = new Map<string, Side>();
  for (const rule of binding) {
    if (rule.value.kind === "form") {
      const advice = { ...rule.value, drugs: left(rule) };
      found.set(rule.name, { rules: [rule.name], advice });
    }
  }
  for (const drug of new Set(binding.flatMap(left))) {
    for (const rule of excluded.get(drug) ?? []) {
      const value = rule.value;
      if (found.has(rule.name) || (value.kind !== "form" && value.kind !== "exclusion")) {
        continue;
      }
      found.set(rule.name, { rules: [rule.name], advice: value });
    }
  }
  return [...found.values()];
}
