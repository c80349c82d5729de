/**
 * What rules that bind say together, matter by matter.
 *
 * The rules on a decision speak of matters: of loading as a whole, of one adjunct drug, of the
 * needle, of one measure. Rules on one matter must agree, so what they say is met; where nothing is
 * left, they are in conflict. Different matters stand side by side.
 */
import type { Advice, AdvisingRule, Change, Continuation, Decision, Target } from "../advice";
import { areReachable, changedTo, inOneOrder, isUpper, tighter } from "./advice_values";
import type { AdviceValues } from "./advice_values";
import { COMPOSITION_KINDS, SILENT } from "./composition";
import type { Composition, Side } from "./composition";

/** Advice that is followed together. */
export type Plan = readonly Advice[];

/** A rule with the plans of which following one is following it, as far as one matter goes. */
export interface Offer {
  readonly rule: AdvisingRule;
  readonly plans: readonly Plan[];
}

const known = new WeakMap<AdvisingRule, readonly Offer[]>();

/** What there is to follow in a rule, piece by piece; the same objects whenever it is asked. */
export function pieces(rule: AdvisingRule): readonly Offer[] {
  let found = known.get(rule);
  if (!found) known.set(rule, (found = piecesOf(rule)));
  return found;
}

function piecesOf(rule: AdvisingRule): Offer[] {
  const value = rule.value;
  const each = (some: readonly Advice[]): Offer[] =>
    some.map((advice) => ({ rule, plans: [[advice]] }));
  switch (value.kind) {
    case "regimens":
      return [{ rule, plans: value.regimens.map((regimen) => [regimen]) }];
    case "technique":
      return each(value.instructions);
    case "prohibition":
      return each(value.drugs.map((drug) => ({ ...value, drugs: [drug] })));
    case "referral":
      return each(value.services.map((service) => ({ ...value, services: [service] })));
    case "routes":
      return each([inOneOrder(value)]);
    case "change":
      return [{ rule, plans: changes(value).map((change) => [change]) }];
    case "not needed":
    case "target":
    case "continuation":
    case "stop":
    case "concluded":
      return each([value]);
    case "form":
    case "exclusion":
    case "monitoring":
    case "not checked":
    case "remark":
      return [];
  }
}

/** The ways of following a change: one regimen each, drugs and routes in one order. */
function changes(change: Change): Change[] {
  const to = change.to;
  switch (to.kind) {
    case "regimens":
      return to.regimens.map((regimen) => changedTo(change, regimen));
    case "routes":
      return [{ ...change, to: inOneOrder(to) }];
    case "form": {
      const drugs = [...to.drugs].sort();
      return [{ ...change, to: { kind: "form", drugs, excluded: [] } }];
    }
  }
}

/** What a piece of advice is about: rules that share some of it have to agree. */
function matter(advice: Advice, decision: Decision, values: AdviceValues): string[] {
  switch (advice.kind) {
    case "regimen":
      if (decision !== "adjunct") return [decision];
      return advice.phases.flatMap((phase) => (phase.drugs.length > 0 ? phase.drugs : [""]));
    case "target":
      return [advice.measure];
    case "concluded":
      return [advice.conclusion];
    case "instruction":
      if (advice.gauge) return ["gauge"];
      return [advice.pressure ? "pressure" : values.key(advice)];
    case "stop": {
      // Whatever is said of going on with it (M81).
      const goingOn = (for_life: boolean): Continuation => ({
        kind: "continuation",
        treatment: advice.treatment,
        for_life,
      });
      return [advice, goingOn(false), goingOn(true)].map((one) => values.key(one));
    }
    case "change":
      return [advice.of];
    case "prohibition":
    case "continuation":
    case "referral":
      return [values.key(advice)];
    default:
      return [decision];
  }
}

/** The offers, those together that have to agree, in the order of the first of them. */
export function matters(
  offers: readonly Offer[],
  decision: Decision,
  values: AdviceValues,
): Offer[][] {
  let found: { about: Set<string>; places: number[] }[] = [];
  for (const [place, { plans }] of offers.entries()) {
    const about = new Set(plans.flat().flatMap((advice) => matter(advice, decision, values)));
    const places = [place];
    const apart = [];
    for (const group of found) {
      if ([...about].some((one) => group.about.has(one))) {
        group.about.forEach((one) => about.add(one));
        places.push(...group.places);
      } else {
        apart.push(group);
      }
    }
    found = [...apart, { about, places }];
  }
  return found
    .map(({ places }) => places.sort((one, two) => one - two))
    .sort(([one = 0], [two = 0]) => one - two)
    .map((places) => places.flatMap((place) => offers[place] ?? []));
}

/** What follows every one of `binding`, matter by matter. */
export function agreed(
  binding: readonly Offer[],
  decision: Decision,
  values: AdviceValues,
): Composition {
  const parts = matters(binding, decision, values).map((offers): Composition => {
    const plans = offers
      .map((offer) => offer.plans)
      .reduce((left, right) => followed(decision, left, right, values));
    if (plans.length > 0) return agreedOn(plans, offers, values);
    return { ...SILENT, kind: "conflict", sides: sides(offers, decision, values) };
  });
  const kinds = parts.map((part) => part.kind);
  return {
    kind: COMPOSITION_KINDS.find((kind) => kinds.includes(kind)) ?? "silent",
    default: parts.flatMap((part) => part.default),
    alternatives: [],
    sides: parts.flatMap((part) => part.sides),
    idle: parts.flatMap((part) => part.idle),
    barred: [],
  };
}

/**
 * The lines of `plans`, which follow every one of `offers`, with the rules behind each. Only a rule
 * within whose words a line lies stands behind it (M56).
 */
export function agreedOn(
  plans: readonly Plan[],
  offers: readonly Offer[],
  values: AdviceValues,
): Composition {
  const lines = plans.flat();
  if (plans.length === 1 && lines.length === 1 && lines[0]?.kind === "not needed") {
    return { ...SILENT, kind: "not needed", idle: offers.map(({ rule }) => rule) };
  }
  return {
    ...SILENT,
    kind: "advice",
    default: values.distinct(lines).map((advice) => ({
      advice,
      rules: offers
        .filter(({ plans: said }) => said.flat().some((one) => values.isWithin(advice, one)))
        .map(({ rule }) => rule),
    })),
  };
}

export function planKey(plan: Plan, values: AdviceValues): string {
  return plan.map((advice) => values.key(advice)).join("\n");
}

export function plansKey(plans: readonly Plan[], values: AdviceValues): string {
  return plans.map((plan) => planKey(plan, values)).join("\n\n");
}

/** The plans that follow one of `left` and one of `right`; none where they are in conflict. */
export function followed(
  decision: Decision,
  left: readonly Plan[],
  right: readonly Plan[],
  values: AdviceValues,
): Plan[] {
  const found = new Map<string, Plan>();
  for (const one of left) {
    for (const two of right) {
      const plan = both(one, two, decision, values);
      const key = plan && planKey(plan, values);
      if (plan !== null && key !== null && !found.has(key)) found.set(key, plan);
    }
  }
  return [...found.values()];
}

/** The plan that follows both; null where there is none. */
function both(one: Plan, two: Plan, decision: Decision, values: AdviceValues): Plan | null {
  if (decision === "targets") return bounds([...one, ...two]);
  let found = [...one];
  for (const advice of two) {
    const about = new Set(matter(advice, decision, values));
    const mine = found.filter((other) =>
      matter(other, decision, values).some((each) => about.has(each)),
    );
    let met: Advice | null = advice;
    for (const other of mine) met = met && values.shared(other, met);
    if (met === null) return null;
    const [first] = mine;
    const place = first ? found.indexOf(first) : found.length;
    found = found.filter((other) => !mine.includes(other));
    found.splice(place, 0, met);
  }
  return found;
}

/** The tightest bounds on one measure; null where no value keeps them all (M41). */
function bounds(plan: Plan): Plan | null {
  const targets = plan.filter((advice): advice is Target => advice.kind === "target");
  if (!areReachable(targets)) return null;
  const exactly = targets.find((target) => target.operator === "=");
  if (exactly) return [exactly];
  const found = new Map<boolean, Target>();
  for (const one of targets) {
    const before = found.get(isUpper(one.operator)) ?? one;
    found.set(isUpper(one.operator), tighter(before, one) ?? before);
  }
  return [...found.values()];
}

/** The advice of the rules that clash with another, rules of one mind together. */
function sides(offers: readonly Offer[], decision: Decision, values: AdviceValues): Side[] {
  const areApart = (mine: Offer, theirs: Offer) =>
    mine.plans.every((one) =>
      theirs.plans.every((two) => both(one, two, decision, values) === null),
    );
  const apart = offers.filter((mine) => offers.some((theirs) => areApart(mine, theirs)));
  const found = new Map<string, { names: string[]; plans: readonly Plan[] }>();
  for (const { rule, plans } of apart.length > 0 ? apart : offers) {
    const key = plansKey(plans, values);
    const side = found.get(key) ?? { names: [], plans };
    found.set(key, side);
    side.names.push(rule.name);
  }
  return [...found.values()].flatMap(({ names, plans }) =>
    plans.flat().map((advice): Side => ({ rules: names, advice })),
  );
}
