/** What names are called, from the words of a program. */
import type { AdviceData, Value } from "../advice";
import { called } from "../say/words";
import type { Labels } from "./wording";

const DECISIONS: Readonly<Record<string, string>> = {
  loading: "Loading",
  maintenance: "Maintenance",
};

export function labelsOf(advice: AdviceData): Labels {
  const words = advice.words.professional;
  const rules = new Map(advice.rules.map((rule) => [rule.name, rule.value]));
  return {
    fact: (name) => called(words.facts, name),
    drug: (name) => called(words.drugs, name),
    route: (name) =>
      Object.hasOwn(words.routes, name)
        ? (words.routes[name] ?? "")
        : `by the ${spaced(name)} route`,
    test: (name) => called(words.tests, name),
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
