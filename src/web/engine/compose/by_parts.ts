/**
 * A decision over its completions, split by which rules apply; each part is composed once. What is
 * the same in every part is certain (`b12guide.evaluate.decision`).
 */
import type { Advice, AdvisingRule, Decision } from "../advice";
import { advisedKey } from "./composition";
import type { Advised, Barred, Composition } from "./composition";
import { isWeaker, push, strengthOf } from "./composition";
import { OUTCOMES, byOrder, common, lineOrder, withForm } from "./decided";
import type { Conflict, Decided, NotOffered, Option } from "./decided";
import type { Ready } from "./ready";
import { placeOf } from "./ready";

function namesOf(rules: readonly AdvisingRule[]): string[] {
  return rules.map((rule) => rule.name);
}

/**
 * The sets of rules that apply in some completion, as an answer goes through them: where the first
 * rule in which two differ does not apply comes first.
 */
export function inPartOrder(
  guideline: Ready,
  decision: Decision,
  sets: readonly (readonly number[])[],
): (readonly number[])[] {
  const heard = new Map(guideline.data.heard[decision].map((place, at) => [place, at]));
  const at = (place: number | undefined) =>
    place === undefined ? heard.size : (heard.get(place) ?? heard.size);
  return sets.toSorted((one, two) => {
    const length = Math.max(one.length, two.length);
    for (let index = 0; index < length; index += 1) {
      const apart = at(two[index]) - at(one[index]);
      if (apart !== 0) return apart;
    }
    return 0;
  });
}

/** The state of a decision of which these are all the compositions, one for each part. */
export function decideByParts(
  guideline: Ready,
  decision: Decision,
  parts: readonly Composition[],
): Decided {
  const kinds = new Set(parts.map((part) => advisedKey(part, guideline.values)));
  const [first] = parts;
  const options = optionsOf(guideline, parts);
  const barred = parts.flatMap((part) => part.barred);
  const names = [
    ...options.flatMap((option) => option.rules),
    ...parts.flatMap((part) => part.sides.flatMap((side) => side.rules)),
    ...parts.flatMap((part) => namesOf(part.idle)),
    ...barred.flatMap((one) => namesOf([...one.offeredBy, ...one.by])),
  ];
  return withForm({
    decision,
    outcome: kinds.size === 1 && first ? OUTCOMES[first.kind] : "depends",
    options,
    rules: [...new Set(names)],
    notOffered: notOffered(guideline, barred, parts.length),
    preferred: [],
    acceptable: [],
    excluded: [],
  });
}

/** Decisions whose parts add up, so that one part does not take another away. */
const UNIONS: ReadonlySet<Decision> = new Set([
  "permission",
  "technique",
  "monitoring",
  "continuation",
  "referral",
]);

/**
 * A decision of which not every completion was compared: nothing of it is certain but what nothing
 * takes away.
 */
export function coarse(decided: Decided): Decided {
  const isKept = UNIONS.has(decided.decision);
  const options = decided.options.map((option) => ({
    ...option,
    certain: option.certain && isKept,
  }));
  const none = { preferred: [], acceptable: [], excluded: [] };
  return { ...decided, outcome: "depends", options, ...none };
}

/** What is contraindicated in any completion, with the reasons common to all (M46). */
function notOffered(guideline: Ready, barred: readonly Barred[], parts: number): NotOffered[] {
  const found = new Map<string, Barred[]>();
  for (const one of barred) push(found, guideline.values.key(one.advice), one);
  return [...found.values()].flatMap((some) => {
    const [first] = some;
    if (!first) return [];
    return {
      advice: first.advice,
      drugs: common(some.map((one) => one.drugs)),
      rules: common(some.map((one) => namesOf(one.by))),
      offeredBy: common(some.map((one) => namesOf(one.offeredBy))),
      certain: some.length === parts,
    };
  });
}

/** A line of an answer while it is gathered, with the rules behind it in each part that has it. */
interface Line {
  readonly advice: Advice;
  readonly behind: (readonly AdvisingRule[])[];
  number: number;
}

/**
 * Every advice of any completion, the defaults first, each in the order of its rules.
 *
 * An option is no stronger than in its weakest completion, and has the reasons that are common to
 * all; its strength is always that of one of the rules that it names (M56).
 */
function optionsOf(guideline: Ready, parts: readonly Composition[]): Option[] {
  const byDefault = parts.map((part) => part.default);
  const beside = parts.map((part) => part.alternatives);
  const anywhere = parts.map((part) => [...part.default, ...part.alternatives]);
  return [
    ...ordered(guideline, byDefault, byDefault, false),
    ...ordered(guideline, beside, anywhere, true),
  ];
}

function ordered(
  guideline: Ready,
  said: readonly (readonly Advised[])[],
  offered: readonly (readonly Advised[])[],
  alternative: boolean,
): Option[] {
  const { values } = guideline;
  const lines = new Map<string, Line>();
  for (const entries of said) {
    for (const [number, { advice, rules }] of entries.entries()) {
      const key = values.key(advice);
      const line = lines.get(key) ?? { advice, behind: [], number };
      lines.set(key, line);
      line.behind.push(rules);
      line.number = Math.max(line.number, number);
    }
  }
  const offers = new Map(offered.flat().map(({ advice }) => [values.key(advice), advice]));
  const inPart = offered.map((entries) => new Set(entries.map(({ advice }) => values.key(advice))));
  return [...lines.values()]
    .map((line) => {
      const order = lineOrder(guideline, line.advice, line.behind.flat(), [line.number]);
      return { line, order };
    })
    .sort((one, two) => byOrder(one.order, two.order))
    .map(({ line: { advice, behind } }): Option => {
      const shared = new Set(common(behind.map(namesOf)));
      const strengths = behind.map((rules) =>
        strengthOf(rules.filter((rule) => shared.has(rule.name))),
      );
      const wide = [...offers].filter(([, offer]) => values.isWithin(advice, offer));
      return {
        advice,
        strength: strengths.reduce((one, two) => (isWeaker(two, one) ? two : one)),
        rules: inReadingOrder(guideline, shared),
        certain: inPart.every((keys) => wide.some(([key]) => keys.has(key))),
        alternative,
        withheld: false,
        avoided: [],
        drugsOpen: false,
      };
    });
}

export function inReadingOrder(guideline: Ready, names: Iterable<string>): string[] {
  const place = (name: string) => placeOf(guideline, name);
  return [...names].sort((one, two) => place(one) - place(two));
}

/**
 * The conflicts of a decision in any completion, each once and in its smallest form.
 *
 * `parts` are what is said in the completions, or at least in those with a conflict and in one of
 * the others; `facts` are those on which a conflict depends that is not certain.
 */
export function conflictsOf(
  guideline: Ready,
  decision: Decision,
  parts: readonly Composition[],
  facts: readonly string[],
): Conflict[] {
  const clashing = new Map<string, { names: Set<string>; part: Composition }>();
  for (const part of parts) {
    if (part.kind !== "conflict") continue;
    const names = new Set(part.sides.flatMap((side) => side.rules));
    clashing.set([...names].sort().join(), { names, part });
  }
  const certain = parts.every((part) => part.kind === "conflict");
  const all = [...clashing.values()];
  const isInside = (one: Set<string>, two: Set<string>) =>
    one.size < two.size && [...one].every((name) => two.has(name));
  return all
    .filter(({ names }) => !all.some((other) => isInside(other.names, names)))
    .map(({ names, part }) => {
      const expected = guideline.data.expected.filter(
        ({ first, second }) => names.has(first) && names.has(second),
      );
      const reasons = expected.map(({ because }) => because).filter(Boolean);
      return {
        decision,
        sides: part.sides,
        note: [...new Set(reasons)].join(" "),
        certain,
        expected: expected.length > 0,
        dependsOn: certain ? [] : facts,
      };
    });
}
