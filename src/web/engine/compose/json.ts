/** Decisions and conflicts as answers have them, with the keys of `schema/recommendation.schema.json`. */
import type {
  Advice,
  AdvisingRule,
  Bound,
  Dose,
  Duration,
  DurationRange,
  Exact,
  Frequency,
  Monitoring,
  Phase,
  Recurrence,
} from "../advice";
import * as exact from "../fraction";
import { sayAdvice } from "../say/advice";
import type { Conflict, Decided, NotOffered, Option } from "./decided";
import { given, isByWeight, statedEnds } from "./doses";
import type { Units } from "./doses";
import type { Ready } from "./ready";
import { rulesNamed } from "./ready";
import { timesOf } from "./visits";

export type Json = { [key: string]: unknown };

// ---- advice

/** The advice as JSON objects: one for each drug or test that it speaks of, else one. */
export function adviceJson(advice: Advice, units: Units): Json[] {
  switch (advice.kind) {
    case "regimen": {
      const [first, ...then] = advice.phases.map((phase) => phaseJson(phase, units));
      return first ? [{ ...first, then }] : [];
    }
    case "form":
      return [{ drugs: advice.drugs, excluded: advice.excluded, outright: false }];
    case "exclusion":
      return [{ drugs: [], excluded: advice.drugs, outright: advice.outright }];
    case "routes":
      return [{ routes: advice.routes }];
    case "prohibition": {
      const { until, unless } = advice;
      return advice.drugs.map((drug) => ({ drug, until, unless }));
    }
    case "monitoring":
      return advice.tests.map((test) => ({ test, ...timingJson(advice) }));
    case "not checked":
      // Not under `test`: who reads no further would take it for a test to be done.
      return advice.tests.map((test) => ({ do_not_check: test }));
    case "instruction": {
      const { kind: _, gauge, pressure, ...rest } = advice;
      const needle = gauge && { low: gauge[0], high: gauge[1], unit: "G" };
      return [{ ...rest, needle, pressure: pressure && rangeJson(pressure) }];
    }
    case "target": {
      const [low, high] = [numberJson(advice.low), numberJson(advice.high)];
      const { measure, operator, unit } = advice;
      const value = advice.low === advice.high ? low : null;
      return [{ measure, operator, value, low, high, unit }];
    }
    case "continuation":
      return [{ treatment: advice.treatment, for: advice.for_life ? "life" : null }];
    case "stop":
      // Not under `treatment`: who reads no further would take it for one that goes on.
      return [{ stop: advice.treatment }];
    case "change": {
      const { of: change, to } = advice;
      if (to.kind === "form") return [{ change, to: { drugs: to.drugs } }];
      if (to.kind === "routes") return [{ change, to: { routes: to.routes } }];
      return to.regimens
        .flatMap((regimen) => adviceJson(regimen, units))
        .map((told) => ({ change, to: told }));
    }
    case "referral":
      return advice.services.map((service) => ({ service }));
    case "concluded":
      return [{ conclusion: advice.conclusion, value: advice.value }];
    case "not needed":
      return [{ not_needed: true }];
  }
}

function numberJson(number: Exact): number {
  return exact.toNumber(exact.fraction(number));
}

function endJson(end: Exact | null): number | null {
  return end === null ? null : numberJson(end);
}

function phaseJson(phase: Phase, units: Units): Json {
  const { dose, bound, apart, after } = phase;
  return {
    drugs: phase.drugs,
    dose: {
      low: endJson(dose.low),
      high: endJson(dose.high),
      unit: dose.unit,
      ...byWeightJson(dose, units),
    },
    route: phase.route,
    frequency: phase.frequency && frequencyJson(phase.frequency),
    for: bound && boundJson(bound),
    until: bound?.kind === "until" ? bound.event : null,
    ...(apart && { apart: timeJson(apart) }),
    ...(phase.as_needed && { as_needed: true }),
    ...(phase.with_food && { with_food: true }),
    after: after.length > 1 ? after : (after[0] ?? null),
  };
}

/** What limits a dose by weight, and what it comes to where the weight is known. */
function byWeightJson(dose: Dose, units: Units): Json {
  const found: Json = {};
  const most = dose.limit && statedEnds(dose.limit).at(-1);
  if (dose.limit && most) {
    found["limit"] = { value: numberJson(most), unit: dose.limit.unit };
  }
  if (isByWeight(dose)) found["by"] = dose.measure;
  if (dose.weight !== null) {
    const { low, high, unit } = given(dose, units);
    found["for_weight"] = {
      weight: { value: numberJson(dose.weight), unit: "kg" },
      low: endJson(low),
      high: endJson(high),
      unit,
    };
  }
  return found;
}

function frequencyJson(frequency: Frequency): Json {
  if (frequency.kind === "every") return { every: rangeJson(frequency.interval) };
  const { low, high, per } = frequency;
  return { times: low === high ? low : { low, high }, per: valueOrRange(per) };
}

function boundJson(bound: Bound): Json | string | null {
  switch (bound.kind) {
    case "for time":
      return valueOrRange(bound.length);
    case "for doses": {
      const { count: doses, within } = bound;
      return within === null ? { doses } : { doses, within: valueOrRange(within) };
    }
    case "for life":
      return "life";
    case "until":
      return null;
  }
}

function rangeJson({ low, high, unit }: DurationRange): Json {
  return { low: numberJson(low), high: numberJson(high), unit };
}

function valueOrRange(length: DurationRange): Json {
  if (length.low !== length.high) return rangeJson(length);
  return { value: numberJson(length.low), unit: length.unit };
}

function timeJson({ value, unit }: Duration): Json {
  return { value: numberJson(value), unit };
}

function timingJson(monitoring: Monitoring): Json {
  const { then, during } = monitoring;
  return {
    at: timesOf(monitoring).map(valueOrRange),
    every: monitoring.every && rangeJson(monitoring.every),
    at_least: monitoring.at_least,
    ...(monitoring.lasts && { for: valueOrRange(monitoring.lasts) }),
    ...(then.length > 0 && { then: then.map(recurrenceJson) }),
    once: monitoring.once,
    before_next_dose: monitoring.before_next_dose,
    with: monitoring.companions,
    never_alone: monitoring.never_alone,
    after: monitoring.after,
    until: monitoring.until,
    ...(during && { during }),
  };
}

function recurrenceJson({ every, at_least, lasts }: Recurrence): Json {
  return {
    every: rangeJson(every),
    at_least,
    ...(lasts && { for: valueOrRange(lasts) }),
  };
}

// ---- what stands behind a line

function statementsOf(rules: readonly AdvisingRule[]): string[] {
  return [...new Set(rules.flatMap((rule) => rule.statements))];
}

/** The sources that rules cite, with the number that is printed and whether it leads anywhere. */
function sourcesOf(guideline: Ready, rules: readonly AdvisingRule[]): Json[] {
  const names = new Set(rules.flatMap((rule) => rule.sources));
  return [...names].map((id) => ({ id, ...guideline.data.cited[id] }));
}

// ---- decisions

/** The state of a decision. */
export function decisionJson(
  guideline: Ready,
  decided: Decided,
  dependsOn: readonly string[],
  indeterminate: readonly string[],
): Json {
  const options = decided.options.flatMap((option) => optionJson(guideline, option));
  const answer: Json = {
    outcome: decided.outcome,
    options,
    depends_on: dependsOn,
    rules: decided.rules,
    indeterminate,
    not_offered: decided.notOffered.map((one) => notOfferedJson(guideline, one)),
  };
  if (decided.decision === "form") {
    answer["preferred"] = decided.preferred;
    answer["acceptable"] = decided.acceptable;
    answer["excluded"] = decided.excluded;
  }
  if (decided.decision === "route") answer["routes"] = certainRoutes(decided.options);
  return answer;
}

/** The routes that the certain options share: what is advised without asking further. */
function certainRoutes(options: readonly Option[]): string[] {
  const [first = [], ...others] = options.flatMap(({ advice, certain, alternative }) =>
    certain && !alternative && advice.kind === "routes" ? [advice.routes] : [],
  );
  return first.filter((route) => others.every((routes) => routes.includes(route)));
}

function optionJson(guideline: Ready, option: Option): Json[] {
  const behind = rulesNamed(guideline, option.rules);
  const shared: Json = {
    text: sayAdvice(option.advice, guideline.data),
    strength: option.strength,
    evidence: behind
      .filter(({ certainty, grade }) => certainty || grade)
      .map(({ name: rule, certainty, grade }) => ({ rule, certainty, grade })),
    rules: option.rules,
    statements: statementsOf(behind),
    certain: option.certain,
    alternative: option.alternative,
    withheld: option.withheld,
    avoided: option.avoided,
    drugs_open: option.drugsOpen,
  };
  return adviceJson(option.advice, guideline.data.units).map((advice) => ({
    ...advice,
    ...shared,
  }));
}

function notOfferedJson(guideline: Ready, one: NotOffered): Json {
  const behind = rulesNamed(guideline, one.rules);
  return {
    advice: adviceJson(one.advice, guideline.data.units)[0],
    text: sayAdvice(one.advice, guideline.data),
    drugs: one.drugs,
    rules: one.rules,
    statements: statementsOf(behind),
    sources: sourcesOf(guideline, behind),
    offered_by: one.offeredBy,
    certain: one.certain,
  };
}

/** A conflict with its sides, each with everything that its rules offer to choose from. */
export function conflictJson(guideline: Ready, conflict: Conflict): Json {
  const { values, data } = guideline;
  const found = new Map<string, { rules: readonly string[]; advice: Advice[] }>();
  for (const { rules, advice } of conflict.sides) {
    const side = found.get(rules.join()) ?? { rules, advice: [] };
    found.set(rules.join(), side);
    side.advice.push(advice);
  }
  const sides = [...found.values()].map(({ rules, advice }) => {
    const behind = rulesNamed(guideline, rules);
    const distinct = values.distinct(advice);
    const [option, ...or] = distinct.flatMap((one) => adviceJson(one, data.units));
    return {
      rules,
      option,
      or,
      text: distinct.map((one) => sayAdvice(one, data)).join(" or "),
      statements: statementsOf(behind),
      sources: sourcesOf(guideline, behind),
    };
  });
  return {
    decision: conflict.decision,
    sides,
    note: conflict.note,
    certain: conflict.certain,
    expected: conflict.expected,
    depends_on: conflict.dependsOn,
  };
}

const OF_DRUGS = new Set(["drugs", "preferred", "acceptable", "excluded"]);

/** The drugs that the decisions name, with the codes that the vocabulary has of them. */
export function drugsJson(guideline: Ready, decisions: Json): Json[] {
  const named = new Set(drugsNamed(decisions));
  return guideline.data.drugs
    .filter(({ drug }) => named.has(drug))
    .map(({ drug, label, codes }) => ({ drug, label, codes }));
}

function drugsNamed(data: unknown): string[] {
  if (Array.isArray(data)) return data.flatMap(drugsNamed);
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([key, value]: [string, unknown]) =>
    OF_DRUGS.has(key) && Array.isArray(value) ? value.map(String) : drugsNamed(value),
  );
}
