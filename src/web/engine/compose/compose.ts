/**
 * What the rules that apply say together about one decision, everything being known
 * (`b12guide.evaluate.composition`).
 *
 * Rules that merely offer something are composed apart from those that bind (M26). They stand beside
 * the default even when they say the same, so that a default never owes its strength, or its
 * existence, to an offer. Rules come in reading order, and advice in the order of the rules behind
 * it, so neither the order of a file nor a renaming changes an answer.
 */
import type { Advice, AdvisingRule, Decision } from "../advice";
import type { AdviceValues } from "./advice_values";
import { SILENT } from "./composition";
import type { Advised, Barred, Composition } from "./composition";
import { allowed } from "./contraindicated";
import { formOf } from "./form";
import { agreed, pieces } from "./matters";
import type { Offer } from "./matters";
import { monitored, visitsOf } from "./visits";

const DOSING: ReadonlySet<Decision> = new Set(["loading", "maintenance", "adjunct", "change"]);

/** Whether a decision gives doses, which a contraindication may take away (M46). */
export function givesDoses(decision: Decision): boolean {
  return DOSING.has(decision);
}

/**
 * What `rules`, all of which apply, say about `decision`: in reading order, those on another
 * decision as far as they bear on it.
 */
export function composed(
  decision: Decision,
  rules: readonly AdvisingRule[],
  values: AdviceValues,
): Composition {
  if (decision === "form") return formOf(rules);
  if (decision === "note") return SILENT;
  const beside = new Map<string, { advice: Advice; rules: AdvisingRule[] }>();
  const offer = (advice: Advice, rule: AdvisingRule) => {
    const before = beside.get(values.key(advice)) ?? { advice, rules: [] };
    beside.set(values.key(advice), before);
    before.rules.push(rule);
  };
  let said: Composition;
  let barred: readonly Barred[] = [];
  if (decision === "monitoring") {
    const binding = rules.filter((rule) => !rule.optional);
    said = monitored(binding, values);
    for (const rule of rules) {
      // Each by itself: a line has one strength (M56).
      if (rule.optional) visitsOf([rule]).forEach(({ advice }) => offer(advice, rule));
    }
  } else {
    let offers: readonly Offer[] = rules
      .filter((rule) => rule.decision === decision)
      .flatMap(pieces);
    if (givesDoses(decision)) ({ offers, barred } = allowed(offers, rules, values));
    const binding = offers.filter(({ rule }) => !rule.optional);
    said = agreed(binding, decision, values);
    for (const { rule, plans } of offers) {
      if (rule.optional) plans.flat().forEach((advice) => offer(advice, rule));
    }
  }
  return { ...said, alternatives: [...beside.values()] satisfies Advised[], barred };
}
