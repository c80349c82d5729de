/**
 * A history beside an answer: what departs from it for certain. This is no audit.
 *
 * It holds the record against the answer for the facts as they are entered now, and says only what
 * can be seen without knowing more: a drug, a route or an amount that the answer has no place for,
 * a gap longer than any interval that it names, a course with fewer doses than it asks for, a drug
 * that was to wait. What it does not look at, and what the answer leaves open, it says too. The
 * whole audit, by what was known on each day, is `b12guide audit`.
 */
import { added, type Day, dayText, type LengthRange } from "../calendar/days";
import { chosen } from "../calendar/dosing";
import { decidedOf, type Decided, type Option, phasesOf, type Said } from "../calendar/said";
import { dosesDue, everyOf, type Phase } from "../calendar/schedule";
import { everyText, type Labels, listing, plural } from "../calendar/wording";
import type { Happening, History } from "./rows";

/** Something in the record that departs from the answer. */
export interface Departure {
  first: Day;
  last: Day;
  /** The rows that it is about. */
  rows: readonly number[];
  text: string;
  /** The rules that say otherwise, and how strongly. */
  rules: readonly string[];
  strength: string;
  kind: "drug" | "route" | "amount" | "gap" | "course" | "waiting";
}

export interface Comparison {
  departures: readonly Departure[];
  /** What was compared, in words. */
  compared: readonly string[];
  /** What could not be, and why. */
  left: readonly string[];
}

const TREATMENT = ["loading", "maintenance"] as const;
/** No source prints how late is late: as the audit has it, a week of months, a day of days. */
const LATE = { calendar: 7, fixed: 1 } as const;

/**
 * What of a history departs from an answer.
 *
 * `treating` are the drugs that the guideline knows as the treatment, whoever the patient is, and
 * `on` is the last day that is looked at.
 */
export function compare(
  history: History,
  said: Said,
  labels: Labels,
  recorded: readonly string[],
  treating: ReadonlySet<string>,
  on: Day | null = null,
): Comparison {
  const left: string[] = [];
  const compared: string[] = [];
  if (said.scope === "does not apply") {
    left.push("The guideline is not written for this patient, so nothing was compared.");
    return { departures: [], compared, left };
  }
  const regimens = regimensOf(said);
  const isTreatment = (drug: string) => regimens.drugs.has(drug) || treating.has(drug);
  const doses = history.happenings.filter((one) => one.kind === "dose" || one.kind === "start");
  const given = history.happenings.filter((one) => one.kind === "dose" && isTreatment(one.name));
  const unnamed = new Set(
    given.map((dose) => dose.name).filter((name) => !regimens.drugs.has(name)),
  );
  for (const name of unnamed) {
    left.push(
      `The answer names no dose of ${labels.drug(name)}: what was given of it counts as a dose, ` +
        "and its amount and its interval were not compared.",
    );
  }
  const found = [
    ...drugsOf(doses, said, labels),
    ...waitingOf(doses, given, said, labels, recorded, history),
  ];
  compared.push("drugs that are not to be given, or are to wait");
  found.push(...amountsOf(given, regimens, labels, left, compared));
  found.push(...routesOf(given, said, regimens, labels, left, compared));
  found.push(...gapsOf(given, history, said, on, left, compared));
  found.push(...coursesOf(given, said, on, left, compared));
  found.sort((one, two) => one.first - two.first || one.last - two.last);
  left.push(
    "Tests, injection technique, stops and restarts, and what was known on each day are not " +
      "looked at here.",
  );
  return { departures: found, compared, left };
}

// ------------------------------------------------------------------------------ drugs

interface RuledOut {
  drugs: readonly string[];
  words: string;
  rules: readonly string[];
  strength: string;
}

/** The drugs that are certainly not to be given. */
function ruledOut(said: Said): RuledOut[] {
  return decidedOf(said, "form").options.flatMap((option) => {
    const excluded = option["excluded"] as readonly string[] | undefined;
    if (!option.certain || !excluded?.length) return [];
    const words = option["outright"] === true ? "is contraindicated" : "is to be avoided";
    return [{ drugs: excluded, words, rules: option.rules, strength: option.strength }];
  });
}

function drugsOf(doses: readonly Happening[], said: Said, labels: Labels): Departure[] {
  return ruledOut(said).flatMap((one) => {
    const rows = doses.filter((dose) => one.drugs.includes(dose.name));
    return together(rows, (name) => `${labels.drug(name)} was given; it ${one.words}`, {
      rules: one.rules,
      strength: one.strength,
      kind: "drug",
    });
  });
}

/** One departure for all doses of a drug, from the first to the last. */
function together(
  doses: readonly Happening[],
  text: (name: string) => string,
  of: Pick<Departure, "rules" | "strength" | "kind">,
): Departure[] {
  const names = [...new Set(doses.map((dose) => dose.name))];
  return names.flatMap((name) => {
    const some = doses.filter((dose) => dose.name === name);
    const [first, last] = [some[0], some.at(-1)];
    if (!first || !last) return [];
    const times = some.length > 1 ? `, ${some.length} times` : "";
    const rows = some.map((dose) => dose.row);
    return [{ ...of, first: first.day, last: last.day, rows, text: `${text(name)}${times}` }];
  });
}

/** Drugs that are to wait for an event, or need a reason, that is not on record. */
function waitingOf(
  doses: readonly Happening[],
  given: readonly Happening[],
  said: Said,
  labels: Labels,
  recorded: readonly string[],
  history: History,
): Departure[] {
  const events = history.happenings.filter((one) => one.kind === "event");
  const isKnown = (fact: string, day: Day) =>
    recorded.includes(fact) ||
    events.some((one) => one.name === fact && one.day <= day && one.value !== "false");
  return decidedOf(said, "permission").options.flatMap((option) => {
    const drug = option["drug"];
    if (!option.certain || option.alternative || typeof drug !== "string") return [];
    const { until, unless } = option as { until?: string | null; unless?: string | null };
    const fact = until ?? unless ?? null;
    const rows = doses.filter(
      (dose) => dose.name === drug && (fact === null || !isKnown(fact, dose.day)),
    );
    const [first] = rows;
    if (!first) return [];
    const name = labels.drug(drug);
    const begun = given[0]?.day ?? null;
    let text = `${name} was begun; the answer says: ${option.text}`;
    if (until && fact) {
      const before =
        begun === null ? "with no dose of the treatment on record" : "before the treatment";
      const isBefore = begun === null || first.day <= begun;
      text = isBefore
        ? `${name} was begun ${before}; the answer says: ${option.text}`
        : `${name} was begun, and this is not on record before: ${labels.fact(fact)}`;
    } else if (unless && fact) {
      text = `${name} was begun, and its reason is not on record: ${labels.fact(fact)}`;
    }
    const last = rows.at(-1) ?? first;
    return [
      {
        first: first.day,
        last: last.day,
        rows: rows.map((row) => row.row),
        text,
        rules: option.rules,
        strength: option.strength,
        kind: "waiting" as const,
      },
    ];
  });
}

// -------------------------------------------------------------------- amount and route

interface Regimens {
  phases: readonly { phase: Phase; option: Option }[];
  drugs: ReadonlySet<string>;
  /** Decisions of which the regimens are not all known. */
  open: readonly string[];
}

/** Every regimen that the answer names, certain or possible, default or not. */
function regimensOf(said: Said): Regimens {
  const phases: { phase: Phase; option: Option }[] = [];
  const open: string[] = [];
  for (const decision of [...TREATMENT, "change"]) {
    const decided = decidedOf(said, decision);
    for (const option of decided.options) {
      const to = (option["to"] ?? option) as Readonly<Record<string, unknown>>;
      for (const phase of phasesOf(to, option.text) ?? []) phases.push({ phase, option });
    }
    if (decided.outcome === "conflict") open.push(decision);
  }
  const named = phases.flatMap(({ phase }) => phase.drugs);
  const form = decidedOf(said, "form").options.flatMap(
    (option) => (option["drugs"] as readonly string[] | undefined) ?? [],
  );
  return { phases, drugs: new Set([...named, ...form]), open };
}

const IN_MICROGRAMS: Readonly<Record<string, number>> = { µg: 1, mg: 1000, g: 1_000_000 };

function amountsOf(
  given: readonly Happening[],
  regimens: Regimens,
  labels: Labels,
  left: string[],
  compared: string[],
): Departure[] {
  const { phases, open } = regimens;
  const isByWeight = phases.some(({ phase }) => !Object.hasOwn(IN_MICROGRAMS, phase.dose.unit));
  if (!phases.length || isByWeight || open.length) {
    left.push("The amounts of doses were not compared: the answer has no amounts to go by.");
    return [];
  }
  compared.push("the amount of each dose");
  const fits = ({ name, amount }: Happening) =>
    amount === null ||
    phases.some(({ phase }) => {
      const factor = IN_MICROGRAMS[phase.dose.unit] ?? 1;
      const { low, high } = phase.dose;
      const isDrug = !phase.drugs.length || phase.drugs.includes(name);
      return (
        isDrug &&
        (low === null || low * factor <= amount) &&
        (high === null || amount <= high * factor)
      );
    });
  const wrong = given.filter(
    (dose) =>
      phases.some(({ phase }) => !phase.drugs.length || phase.drugs.includes(dose.name)) &&
      !fits(dose),
  );
  const texts = [...new Set(phases.map(({ option }) => option.text))];
  return together(
    wrong,
    (name) =>
      `${listing([...new Set(wrong.filter((d) => d.name === name).map((d) => d.written ?? ""))])} of ` +
      `${labels.drug(name)}; the answer says: ${texts.join(", or ")}`,
    { ...behind(phases.map(({ option }) => option)), kind: "amount" },
  );
}

function behind(options: readonly Option[]): Pick<Departure, "rules" | "strength"> {
  return {
    rules: [...new Set(options.flatMap((option) => option.rules))],
    strength: options[0]?.strength ?? "",
  };
}

function routesOf(
  given: readonly Happening[],
  said: Said,
  regimens: Regimens,
  labels: Labels,
  left: string[],
  compared: string[],
): Departure[] {
  const decided = decidedOf(said, "route");
  const options = decided.options.filter((option) => Array.isArray(option["routes"]));
  const routes = new Set([
    ...options.flatMap((option) => option["routes"] as readonly string[]),
    ...regimens.phases.flatMap(({ phase }) => (phase.route === null ? [] : [phase.route])),
  ]);
  const settled = options.filter((option) => option.certain && !option.alternative);
  if (!settled.length || decided.outcome === "conflict") {
    left.push("The routes of doses were not compared: the answer does not settle the route.");
    return [];
  }
  compared.push("the route of each dose");
  const wrong = given.filter((dose) => dose.route !== null && !routes.has(dose.route));
  const allowed = listing([...routes].map(labels.route), "or");
  return together(
    wrong,
    (name) =>
      `${labels.drug(name)} ${listing([
        ...new Set(wrong.filter((d) => d.name === name).map((d) => labels.route(d.route ?? ""))),
      ])}; the answer says: ${allowed}`,
    { ...behind(settled), kind: "route" },
  );
}

// ------------------------------------------------------------------------------- gaps

/** The longest interval that any regimen of the answer names; null where one names none. */
function longestOf(options: readonly Option[]): { every: LengthRange; option: Option } | null {
  let longest: { every: LengthRange; option: Option } | null = null;
  for (const option of options) {
    for (const phase of phasesOf(option) ?? []) {
      const every = everyOf(phase) ?? perOf(phase);
      if (!every || phase.as_needed) return null;
      if (!longest || roughly(every) > roughly(longest.every)) longest = { every, option };
    }
  }
  return longest;
}

function perOf(phase: Phase): LengthRange | null {
  const frequency = phase.frequency;
  if (!frequency || "every" in frequency) return null;
  const { per } = frequency;
  return "value" in per ? { low: per.value, high: per.value, unit: per.unit } : per;
}

const DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 31, year: 366 };

function roughly(every: LengthRange): number {
  return every.high * (DAYS[every.unit] ?? 0);
}

function gapsOf(
  given: readonly Happening[],
  history: History,
  said: Said,
  on: Day | null,
  left: string[],
  compared: string[],
): Departure[] {
  const decided = TREATMENT.map((one) => decidedOf(said, one));
  const isOpen = decided.some(
    (one) => one.outcome === "conflict" || (one.outcome === "silent" && one.depends_on.length),
  );
  const options = decided.flatMap((one) => one.options).filter((one) => phasesOf(one));
  const waits = options.flatMap((option) => phasesOf(option) ?? []).some(isGated);
  const longest = longestOf(options);
  if (isOpen || !longest) {
    left.push("Gaps between doses were not compared: the answer has no interval to go by.");
    return [];
  }
  const drugs = new Set(options.flatMap((one) => phasesOf(one) ?? []).flatMap((one) => one.drugs));
  const own = history.happenings.filter((one) => one.kind === "start" && drugs.has(one.name));
  if (own.length) {
    left.push("Gaps were not compared: the record has a course that the patient takes alone.");
    return [];
  }
  if (waits) {
    left.push("Gaps were compared with the longest interval of the answer alone.");
  }
  const { every, option } = longest;
  const tolerance = every.unit === "month" || every.unit === "year" ? LATE.calendar : LATE.fixed;
  compared.push(
    `each gap against the longest interval that the answer names (${everyText(every)}, ` +
      `${plural(tolerance, "day")} late allowed)`,
  );
  const days = [...new Set(given.map((dose) => dose.day))];
  const found: Departure[] = [];
  const rowsOn = (day: Day) => given.filter((dose) => dose.day === day).map((dose) => dose.row);
  const of = { rules: option.rules, strength: option.strength, kind: "gap" as const };
  days.forEach((day, index) => {
    const next = days[index + 1] ?? on;
    if (next === null || next <= day || !isTooLong(day, next, every, tolerance)) return;
    const isLast = index === days.length - 1;
    const length = plural(next - day, "day");
    const text = isLast
      ? `no dose is recorded for ${length} after ${dayText(day)}; the answer says ${everyText(every)}`
      : `${length} between two doses; the answer says ${everyText(every)}`;
    found.push({
      ...of,
      first: day,
      last: next,
      rows: [...rowsOn(day), ...(isLast ? [] : rowsOn(next))],
      text,
    });
  });
  return found;
}

function isGated(phase: Phase): boolean {
  return phase.after !== null && phase.after.length > 0;
}

/** Counted forward from the first day and back from the last: the lengths of months do not count. */
function isTooLong(first: Day, last: Day, every: LengthRange, tolerance: number): boolean {
  const end = last - tolerance;
  const forward = added(first, every.high, every.unit);
  const back = added(end, -every.high, every.unit);
  return forward !== null && end > forward && (back === null || back > first);
}

// ----------------------------------------------------------------------------- courses

/** A loading course with an end of its own that had fewer doses than it has. */
function coursesOf(
  given: readonly Happening[],
  said: Said,
  on: Day | null,
  left: string[],
  compared: string[],
): Departure[] {
  const decided: Decided = decidedOf(said, "loading");
  const course = chosen("loading", decided);
  const start = given[0];
  const several = decided.options.filter((option) => phasesOf(option)).length > 1;
  if (!course || !start || several) {
    if (decided.outcome !== "not needed" && decided.outcome !== "silent" && given.length) {
      left.push("The number of loading doses was not compared: the answer does not settle it.");
    }
    return [];
  }
  const until = added(start.day, 2, "year") ?? start.day;
  const stretches = dosesDue(course.phases, start.day, new Map(), until);
  const last = stretches.at(-1);
  const isWhole = stretches.every((one) => one.doses.length > 0 && !one.openEnd);
  const ends = last?.ends?.latest ?? null;
  const seen = on ?? given.at(-1)?.day ?? start.day;
  if (!isWhole || ends === null || course.phases.some((phase) => phase.until !== null)) {
    left.push("The number of loading doses was not compared: the course ends with an event.");
    return [];
  }
  if (seen <= ends + LATE.calendar) return [];
  compared.push("the number of loading doses, counted from the first dose on record");
  const sure = stretches.flatMap((one) => one.doses.filter((dose) => !dose.isOptional)).length;
  const found = given.filter((dose) => dose.day < ends + LATE.calendar);
  if (found.length >= sure) return [];
  const text =
    `${plural(found.length, "dose")} from ${dayText(start.day)} to ${dayText(ends)}; ` +
    `the answer says ${plural(sure, "dose")}: ${course.option.text}`;
  const { rules, strength } = course.option;
  const rows = found.map((dose) => dose.row);
  return [{ first: start.day, last: ends, rows, text, rules, strength, kind: "course" }];
}
