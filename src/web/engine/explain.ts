/**
 * Why a rule has its verdict: its condition and those of its exceptions, part by part, each with its
 * text and truth; and the assumptions on which that rests.
 */
import type { Explained, Part } from "./answer";
import { isNumber, isOpenToReading } from "./facts";
import type { ConditionData, RuleData } from "./logic";
import { at, got, type Truth } from "./nodes";
import { exactDecimals } from "./numbers";
import { leafOf } from "./ready";
import type { RuleVerdict, View } from "./view";

const SAID = new Map<Truth, Part["truth"]>([
  [1, "true"],
  [-1, "false"],
  [0, "unknown"],
]);

const JOINED = ["all", "any", "at least"];

/** The truth of a part of a condition. */
export function truthOfPart(number: number, view: View): Truth {
  const part = at(view.ready.logic.conditions, number);
  if (part.node !== undefined) return at(view.truths, part.node);
  const truths = (part.parts ?? []).map((one) => truthOfPart(one, view));
  switch (part.kind) {
    case "all":
      return truths.includes(-1) ? -1 : truths.includes(0) ? 0 : 1;
    case "any":
      return truths.includes(1) ? 1 : truths.includes(0) ? 0 : -1;
    case "at least": {
      const yes = truths.filter((truth) => truth === 1).length;
      const maybe = truths.filter((truth) => truth !== -1).length;
      const count = part.count ?? 0;
      return yes >= count ? 1 : maybe < count ? -1 : 0;
    }
    case "not":
      return -at(truths, 0) as Truth;
    case "established":
      return truths[0] === 1 ? 1 : -1;
    case "recorded":
      return truths[0] !== 0 ? 1 : -1;
    default: // a reading is what it is a reading of
      return at(truths, 0);
  }
}

/** The condition of a rule and those of its exceptions. */
export function explainRule(
  rule: RuleData,
  view: View,
  verdicts: readonly RuleVerdict[],
): Explained {
  return {
    rule: rule.name,
    verdict: verdicts.find((one) => one.rule === rule)?.verdict ?? "unknown",
    condition: readable(rule, view),
    exceptions: rule.excepted_by.map((name) => ({
      rule: name,
      condition: readable(got(view.ready.rules, name), view),
    })),
  };
}

/** The parts of an explanation in which each definition is explained wherever it is named. */
const MOST_WRITTEN = 1000;

/** The condition of a rule, with each definition explained once where it would be too long. */
function readable(rule: RuleData, view: View): Part {
  const isLong = sizeOf(rule.condition, view, new Map()) > MOST_WRITTEN;
  return explained(rule.condition, view, isLong ? new Set() : null);
}

/** The number of parts, every definition that is not stated written out where it is named. */
function sizeOf(number: number, view: View, known: Map<number, number>): number {
  const before = known.get(number);
  if (before !== undefined) return before;
  const part = at(view.ready.logic.conditions, number);
  let size = 1;
  if (!isStated(part, view)) {
    for (const one of part.parts ?? []) size += sizeOf(one, view, known);
  }
  if (part.name !== undefined) known.set(number, size);
  return size;
}

function isStated(part: ConditionData, view: View): boolean {
  return part.name !== undefined && view.facts.definitions.has(part.name);
}

function explained(number: number, view: View, above: Set<number> | null): Part {
  const part = at(view.ready.logic.conditions, number);
  const isBefore = part.name !== undefined && above?.has(number) === true;
  const hasParts = !isStated(part, view) && !isBefore;
  if (part.name !== undefined && hasParts) above?.add(number);
  const leaf = part.node === undefined ? null : leafOf(view.ready, part.node);
  return {
    kind: part.kind,
    ...(part.count === undefined ? {} : { count: part.count }),
    text: part.text,
    words: part.words,
    truth: got(SAID, truthOfPart(number, view)),
    value: isStated(part, view)
      ? "stated"
      : isBefore
        ? "explained above"
        : leaf === null
          ? null
          : valueText(leaf.fact, view),
    indeterminate: leaf !== null && isOpenToReading(leaf, view.facts),
    assumptions: [...(part.assumptions ?? [])],
    parts: hasParts ? (part.parts ?? []).map((one) => explained(one, view, above)) : [],
  };
}

/** What the patient has of a fact; null where it is not known. */
function valueText(name: string, view: View): string | null {
  const value = view.facts.values.get(name);
  if (value === undefined) return null;
  if (!isNumber(value)) return value === true ? "yes" : value === false ? "no" : value;
  const { unit } = got(view.ready.facts, name);
  return exactDecimals(value) + (unit === null ? "" : ` ${unit}`);
}

/**
 * The assumptions that the truth of a condition rests on. Only the parts that make it what it is
 * count, and of these only those that do not fail (M57): that glossitis is read as neurological is no
 * assumption about somebody without glossitis.
 */
export function restingOn(number: number, view: View, seen = new Set<number>()): string[] {
  if (seen.has(number)) return []; // a definition that is named again
  seen.add(number);
  const part = at(view.ready.logic.conditions, number);
  const truth = truthOfPart(number, view);
  const found: string[] = [];
  if (truth !== -1) {
    found.push(...(part.assumptions ?? []));
    if (part.name !== undefined) {
      found.push(...got(view.ready.definitions, part.name).assumptions);
    }
  }
  if (isStated(part, view)) return found;
  for (const one of part.parts ?? []) {
    if (truthOfPart(one, view) === truth || !JOINED.includes(part.kind)) {
      found.push(...restingOn(one, view, seen));
    }
  }
  return found;
}
