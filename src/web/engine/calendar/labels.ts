/** What names are called, from the words of a program. */
import type { AdviceData, Value } from "../advice";
import type { Labels } from "./wording";

const DECISIONS: Readonly<Record<string, string>> = {
  loading: "Loading",
  maintenance: "Maintenance",
};

export function labelsOf(advice: AdviceData): Labels {
  const words = advice.words.professional;
  const rules = new Map(advice.rules.map((rule) => [rule.name, rule.value]));
  return {
    fact: (name) => words.facts[name] ?? spaced(name),
    drug: (name) => words.drugs[name] ?? spaced(name),
    route: (name) => words.routes[name] ?? `by the ${spaced(name)} route`,
    test: (name) => words.tests[name] ?? spaced(name),
    decision: (name) => DECISIONS[name] ?? name,
    avoidedBy: (rule) => {
      const value = rules.get(rule);
      return value ? drugsIn(value) : [];
    },
  };
}

function spaced(name: string): string {
  return name.replaceAll("_", " ");
}

function drugsIn(value: Value): readonly string[] {
  switch (value.kind) {
    case "form":
      return [...value.drugs, ...value.excluded].sort();
    case "exclusion":
    case "prohibition":
      return [...value.drugs].sort();
    default:
      return [];
  }
}
