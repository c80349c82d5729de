/** When an uncertain line holds, in the words of its rule: "if no neurological symptoms". */
import type { Answer, DecisionAnswer, Explained, OptionAnswer, Part } from "../../engine/answer";
import { listing, once } from "../words";

export type ExplainRule = (rule: string) => Explained | null;

/** Where nothing can be explained. */
export const nobody: ExplainRule = () => null;

const LONGEST = 140;

/**
 * Only what is not known stands in it. Empty where that is no matter of facts (a rule that applies
 * already, a bound that the source prints as a range), or where it would take too many words.
 */
export function whenText(
  option: OptionAnswer,
  decided: DecisionAnswer,
  answer: Answer,
  explain: ExplainRule,
): string {
  const cases = option.rules.map((rule) => caseOf(rule, explain));
  const texts: string[] = [];
  for (const one of cases) {
    if (one === null) return "";
    texts.push(caseText(one));
  }
  const text = once(texts).length === 1 ? (texts[0] ?? "") : either(texts);
  if (text !== "" && text.length <= LONGEST) return text;
  const [only] = cases.length === 1 ? cases : [];
  if (only && only.needs.length === 0 && areTold(only.exceptions, option, decided, answer)) {
    return "unless a line below applies";
  }
  return "";
}

interface Case {
  /** What has to be found. */
  readonly needs: readonly string[];
  /** What must not be found. */
  readonly unless: readonly string[];
  /** The rules that say so. */
  readonly exceptions: readonly string[];
}

function caseOf(rule: string, explain: ExplainRule): Case | null {
  const found = explain(rule);
  if (!found || found.condition.truth === "false") return null;
  const needs = found.condition.truth === "true" ? [] : openParts(found.condition);
  if (needs === null) return null;
  const unless: string[] = [];
  const exceptions: string[] = [];
  for (const exception of found.exceptions) {
    if (exception.condition.truth === "true") return null;
    if (exception.condition.truth === "false") continue;
    const parts = openParts(exception.condition);
    if (parts === null) return null;
    unless.push(joined(parts));
    exceptions.push(exception.rule);
  }
  return needs.length + unless.length === 0 ? null : { needs, unless, exceptions };
}

/** The words of what is not known in a condition, to be joined by "and"; null where a range is. */
function openParts(part: Part): string[] | null {
  if (part.indeterminate) return null;
  if (part.kind === "assuming") return part.parts[0] ? openParts(part.parts[0]) : [part.words];
  const open = part.parts.filter((one) => one.truth === "unknown");
  if (part.kind === "all") {
    const found = open.map(openParts);
    return found.some((one) => one === null) ? null : found.flatMap((one) => one ?? []);
  }
  if (part.kind === "any") {
    const found = open.map(openParts);
    if (found.some((one) => one === null)) return null;
    if (found.length === 1) return found[0] ?? null;
    return [found.map((one) => joined(one ?? [])).join(" or ")];
  }
  return [part.words || part.text];
}

function joined(parts: readonly string[]): string {
  return parts.length === 1 ? (parts[0] ?? "") : listing(parts.map(bracketed), "and");
}

function bracketed(text: string): string {
  return / or | and /.test(text) ? `(${text})` : text;
}

function caseText(one: Case): string {
  const needs = one.needs.length > 0 ? `if ${joined(one.needs)}` : "";
  const unless = once(one.unless).length > 0 ? `unless ${once(one.unless).join(" or ")}` : "";
  return [needs, unless].filter(Boolean).join(", ");
}

/** Several rules say the same, each for somebody else. */
function either(texts: readonly string[]): string {
  const isPlain = texts.every((text) => text.startsWith("if ") && !text.includes(", unless "));
  return isPlain ? `if ${once(texts.map((text) => text.slice(3))).join(", or ")}` : "";
}

/** Whether all exceptions of a line are among the lines below it. */
function areTold(
  exceptions: readonly string[],
  option: OptionAnswer,
  decided: DecisionAnswer,
  answer: Answer,
): boolean {
  const others = decided.options.filter((one) => one !== option && one.text !== option.text);
  const told = new Set(others.flatMap((one) => one.rules));
  const open = answer.rules.filter(
    (one) => exceptions.includes(one.rule) && one.verdict !== "does not apply",
  );
  return open.every((one) => told.has(one.rule));
}
