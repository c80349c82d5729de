/**
 * The doses of a timeline: loading, what follows it, and other drugs.
 *
 * Loading and maintenance are one schedule, so what follows begins when what precedes it is over.
 * Where a schedule has no end, or ends with an event of unknown day, the next doses are listed and
 * a last entry says how it goes on: nobody is to read a year of injections where no end is printed.
 */
import { added, type Day, dayText, FIRST_DAY, type Window } from "./days";
import { entry, type Entry } from "./entry";
import { type Decided, decidedOf, type Option, phasesOf, type Said } from "./said";
import {
  type Dose,
  dosesDue,
  type DoseDay,
  type Events,
  everyOf,
  gatesOf,
  isCounted,
  pendingStretch,
  type Phase,
  type Stretch,
  withGates,
} from "./schedule";
import { lengthText } from "./wording";

/** Dose entries and the decisions beside them. */
export interface Dosing {
  entries: readonly Entry[];
  /** All days of doses of the treatment that are settled, also those that are not listed. */
  days: readonly Window[];
  /** Whether a dose of the treatment waits for something of unknown day. */
  isOpen: boolean;
  /** When loading is over, or was not needed; null where that is not known. */
  loadingEnds: Day | null;
}

const TREATMENT = ["loading", "maintenance"] as const;
const NEXT = 4;
const MOST_LISTED = 24;

interface Course {
  option: Option;
  phases: readonly Phase[];
  decision: string;
}

/** The doses from `start` to `until`; `events` came, or are expected, on their days. */
export function dosing(said: Said, start: Day, until: Day, events: Events): Dosing {
  const series = seriesOf(said);
  if (series) {
    const entries = [counted(said, series, events)];
    return { entries, days: [], isOpen: true, loadingEnds: null };
  }
  const followed: Course[] = [];
  const undecided: { decision: string; decided: Decided }[] = [];
  const beside: Entry[] = [];
  for (const decision of TREATMENT) {
    const decided = decidedOf(said, decision);
    const course = chosen(decision, decided);
    if (course) followed.push(course);
    else if (decided.outcome === "depends" || decided.outcome === "conflict") {
      undecided.push({ decision, decided });
    }
    beside.push(...sides(decision, said), ...besides(decision, decided, course, said));
  }
  const waits = undecided.some((one) => one.decision === "loading");
  const parts = partsOf(followed, said, start, until, events, waits);
  const entries = parts.flatMap((part) => [...entriesOf(part, until)]);
  const days = parts.flatMap((part) => part.stretch.doses.map((dose) => dose.window));
  undecided.forEach((one, index) => {
    const isFirst = parts.length === 0 && index === 0;
    const at = isFirst || days.length === 0 ? { earliest: start, latest: start } : days.at(-1);
    const isWaiting = waits && one.decision !== "loading";
    entries.push(undecidedEntry(one.decision, one.decided, isWaiting ? null : (at ?? null)));
  });
  entries.push(...beside, ...adjuncts(said, start, until, events));
  const loading = parts.filter((part) => part.decision === "loading");
  const ends = loading.length ? loading.at(-1)?.stretch.ends : { earliest: start, latest: start };
  return {
    entries,
    days,
    isOpen:
      undecided.length > 0 ||
      parts.some(({ stretch }) => stretch.pending === "event" || stretch.openEnd !== null),
    loadingEnds: waits || !ends ? null : ends.latest,
  };
}

/** The regimen that is followed: the first default that holds for certain. */
export function chosen(decision: string, decided: Decided): Course | null {
  if (decided.outcome === "conflict") return null;
  for (const option of decided.options) {
    const phases = phasesOf(option);
    const isSettled = option.certain || decided.outcome === "determined";
    if (phases && isSettled && !option.alternative) return { option, phases, decision };
  }
  return null;
}

function undecidedEntry(decision: string, decided: Decided, window: Window | null): Entry {
  const text =
    decided.outcome === "conflict"
      ? `the rules on ${decision} contradict each other; choose one side`
      : `${decision} depends on what is not known yet`;
  return entry({ kind: "decision", decision, window, text, rules: decided.rules });
}

// ---------------------------------------------------------------------- a series

function isOneCounted(phase: Phase): boolean {
  return isCounted(phase) && gatesOf(phase).length === 1;
}

/** The first default that counts its dose from an event, if one does. */
function seriesOf(said: Said): Course | null {
  for (const decision of TREATMENT) {
    const course = chosen(decision, decidedOf(said, decision));
    if (course && course.phases.length === 1 && course.phases.every(isOneCounted)) {
      return course;
    }
  }
  return null;
}

/** The next dose of a series, without a day while an event is awaited. */
function counted(said: Said, course: Course, events: Events): Entry {
  const phase = course.phases[0] as Phase;
  const phases: Phase[] = [];
  const rules: string[] = [];
  for (const decision of TREATMENT) {
    for (const option of decidedOf(said, decision).options) {
      const own = phasesOf(option);
      if (option.alternative || !option.certain || !own) continue;
      phases.push(...own.filter(isOneCounted));
      rules.push(...option.rules);
    }
  }
  const ends = (which: "low" | "high") =>
    phases.flatMap((one) => {
      const day = events.get(gatesOf(one)[0] as string);
      const interval = everyOf(one);
      // An event on an unknown day has come, but nothing can be counted from it.
      if (day === undefined || day === FIRST_DAY || !interval) return [];
      const found = added(day, interval[which], interval.unit);
      return found === null ? [] : [found];
    });
  const [lows, highs] = [ends("low"), ends("high")];
  const isKnown = lows.length === phases.length && lows.length > 0 && highs.length > 0;
  const earliest = Math.max(...lows);
  const window = isKnown ? { earliest, latest: Math.max(earliest, Math.min(...highs)) } : null;
  return entry({
    kind: "dose",
    decision: "loading",
    window,
    isOpen: window === null,
    after: gatesOf(phase),
    drugs: phase.drugs,
    dose: givenOf(phase.dose),
    route: phase.route,
    text: "counted from",
    rules: window ? [...new Set(rules)] : course.option.rules,
  });
}

/** What is given; a dose by weight comes to an amount where the weight is known. */
export function givenOf(dose: Dose): Dose {
  const found = dose.for_weight;
  return found ? { low: found.low, high: found.high, unit: found.unit } : dose;
}

// ------------------------------------------------------------------------ treatment

/** One phase of the treatment on the calendar, and where it comes from. */
interface Part {
  option: Option;
  decision: string;
  stage: number;
  stretch: Stretch;
  /** Why it has no day although no event is awaited: its drug is withheld. */
  barred: string;
  isWhole: boolean;
}

/** Regimens that follow each other, as one schedule; without days while the first `waits`. */
function partsOf(
  followed: readonly Course[],
  said: Said,
  start: Day,
  until: Day,
  events: Events,
  waits = false,
): Part[] {
  const of = followed.flatMap((course) =>
    course.phases.map((phase, index) => ({ course, phase, stage: index + 1 })),
  );
  const free: Phase[] = [];
  for (const { phase } of of) {
    const gates = withheldUntil(phase, said);
    if (waits || gates === null) break;
    free.push(withGates(phase, gates));
  }
  const stretches = dosesDue(free, start, events, until);
  return of.map(({ course, phase, stage }, index) => {
    const stretch = stretches[index];
    return {
      option: course.option,
      decision: course.decision,
      stage,
      stretch: stretch ?? pendingStretch(phase, index + 1, "unstated"),
      barred: stretch || waits || index > free.length ? "" : "withheld",
      isWhole: course.phases.length === 1,
    };
  });
}

/** What a dose waits for because its drug is withheld; null where nothing ends that (M47). */
function withheldUntil(phase: Phase, said: Said): readonly string[] | null {
  const against = new Map<string, (string | null)[]>();
  for (const option of decidedOf(said, "permission").options) {
    const drug = option["drug"];
    if (!option.certain || option.alternative || typeof drug !== "string") continue;
    against.set(drug, [...(against.get(drug) ?? []), option["until"] as string | null]);
  }
  const preferred = phase.drugs[0];
  if (preferred === undefined || !phase.drugs.every((drug) => against.has(drug))) {
    return [];
  }
  const ends = against.get(preferred) ?? [];
  const found = ends.filter((end) => end !== null);
  return found.length === ends.length ? found : null;
}

/** The doses of a phase, the review that ends it, or that it has no day. */
function* entriesOf(part: Part, until: Day): Generator<Entry> {
  const { stretch, option } = part;
  const { doses, phase } = stretch;
  if (doses.length && phase.until !== null) yield review(part, phase.until, until);
  if (isAsNeeded(stretch)) {
    yield whenNeeded(part);
    return;
  }
  if (!doses.length) {
    const isPast = stretch.begins !== null && stretch.begins.earliest <= until;
    if (!isPast) yield withoutDay(part);
    return;
  }
  const listed = listedOf(stretch);
  const plain = entry({
    kind: "dose",
    decision: part.decision,
    stage: part.stage,
    phase,
    drugs: phase.drugs,
    dose: givenOf(phase.dose),
    route: phase.route,
    avoided: option.avoided,
    drugsOpen: option.drugs_open,
    said: part.isWhole ? option.text : null,
    rules: option.rules,
  });
  for (const dose of doses.slice(0, listed)) yield given(plain, dose);
  const next = doses[listed];
  if (next) {
    const further = doses.slice(listed).map((dose) => dose.window);
    yield { ...given(plain, next), further };
  }
  if (stretch.isUnspaced) {
    const apart = phase.apart;
    const text = apart
      ? `further doses have no date: at least ${lengthText({ low: apart.value, high: apart.value, unit: apart.unit })} apart`
      : "further doses have no date: the interval is not stated";
    yield { ...withoutDay(part), text, number: null, after: [] };
  }
}

/** Whether from a known day on doses may be taken, and none is due (M77). */
function isAsNeeded(stretch: Stretch): boolean {
  return stretch.phase.as_needed === true && stretch.pending === null;
}

function whenNeeded(part: Part): Entry {
  return {
    ...withoutDay(part),
    kind: "decision",
    window: part.stretch.begins,
    number: null,
    after: gatesOf(part.stretch.phase),
    text: "no dose is due",
  };
}

/** How many doses are listed one by one: all, where the phase has an end that is printed. */
function listedOf(stretch: Stretch): number {
  const count = stretch.doses.length;
  if (stretch.openEnd !== null) return Math.min(count, NEXT);
  const { phase } = stretch;
  const isEndless = phase.until === null && (phase.for === null || phase.for === "life");
  return isEndless && count > MOST_LISTED ? NEXT : count;
}

function given(plain: Entry, dose: DoseDay): Entry {
  return {
    ...plain,
    number: dose.number,
    window: dose.window,
    spread: dose.spread,
    isOpen: dose.isOpen,
    isOptional: dose.isOptional,
  };
}

/** What has to be looked at while a phase waits for the event that ends it. */
function review(part: Part, event: string, until: Day): Entry {
  const { doses, ends, openEnd } = part.stretch;
  const isOpen = openEnd !== null;
  // Where nobody knows the day, the review has no last day either.
  let last = isOpen ? (doses[listedOf(part.stretch) - 1]?.window.latest ?? until) : until;
  if (ends !== null) last = Math.min(until, ends.latest - 1);
  const first = doses[0]?.window.earliest ?? until;
  return entry({
    kind: "decision",
    decision: part.decision,
    window: { earliest: first, latest: Math.max(first, last) },
    stage: part.stage,
    isOpen,
    after: [event],
    text: "at each dose, check whether this has happened",
    rules: part.option.rules,
  });
}

/** A phase that has no day on the timeline, and why. */
function withoutDay(part: Part): Entry {
  const { stretch, option } = part;
  const { phase } = stretch;
  return entry({
    kind: "dose",
    decision: part.decision,
    isOpen: true,
    stage: part.stage,
    number: 1,
    after: stretch.waitsFor,
    phase,
    drugs: phase.drugs,
    dose: givenOf(phase.dose),
    route: phase.route,
    avoided: option.avoided,
    drugsOpen: option.drugs_open,
    regimen: [phase],
    said: part.isWhole && gatesOf(phase).join() === optionGates(option) ? option.text : null,
    text: whyWithoutDay(part),
    rules: option.rules,
  });
}

function optionGates(option: Option): string {
  const phases = phasesOf(option);
  return phases?.[0] ? gatesOf(phases[0]).join() : "";
}

function whyWithoutDay({ barred, stretch }: Part): string {
  if (barred) return `not now: ${barred}`;
  switch (stretch.pending) {
    case null:
      return stretch.begins
        ? `begins after the last day shown, on ${dayText(stretch.begins.earliest)}`
        : "";
    case "later":
      return "begins after the last day shown";
    case "never":
      return "has no date: the phase before it has no end";
    case "unstated":
      return "has no date: the end of what comes before it is not stated";
    case "event":
      return "";
  }
}

/** The other regimens among which there is a choice, and those that are contraindicated. */
function besides(decision: string, decided: Decided, course: Course | null, said: Said): Entry[] {
  const found: Entry[] = [];
  for (const option of decided.options) {
    const phases = phasesOf(option);
    if (option === course?.option || !phases) continue;
    let text = option.alternative ? "alternative" : "another choice";
    if (!course && !option.alternative) text = "one possible regimen";
    found.push({
      ...ofRegimen(decision, phases, text, option.rules, option.text),
      isOpen: !option.certain,
      avoided: option.avoided,
      drugsOpen: option.drugs_open,
    });
  }
  for (const one of decided.not_offered) {
    const phases = phasesOf(one.advice, one.text);
    if (!phases) continue;
    const titles = one.rules.map((name) => titleOf(said, name));
    const before = one.certain ? "not offered" : "perhaps not offered";
    const text = `${before}: contraindicated (${titles.join("; ")})`;
    const rules = [...one.offered_by, ...one.rules];
    found.push({
      ...ofRegimen(decision, phases, text, rules, one.text),
      isOpen: !one.certain,
      contraindicated: one.drugs,
    });
  }
  return found;
}

function titleOf(said: Said, name: string): string {
  return said.rules.find((rule) => rule.rule === name)?.title ?? name;
}

/** What the rules say that contradict each other, side by side. */
function sides(decision: string, said: Said): Entry[] {
  return said.conflicts
    .filter((one) => one.decision === decision && one.certain)
    .flatMap((one) => one.sides)
    .flatMap((side) => {
      const advice = [side.option, ...side.or].flatMap((one) => {
        const phases = phasesOf(one, side.text);
        return phases ? [phases] : [];
      });
      const text = "one side of the contradiction";
      const words = advice.length === 1 ? side.text : null;
      return advice.map((phases) => ofRegimen(decision, phases, text, side.rules, words));
    });
}

function ofRegimen(
  decision: string,
  phases: readonly Phase[],
  text: string,
  rules: readonly string[],
  said: string | null,
): Entry {
  const routes = new Set(phases.map((phase) => phase.route));
  const doses = new Map(phases.map((phase) => [amountOf(phase.dose), phase.dose]));
  return entry({
    kind: "decision",
    decision,
    after: phases[0] ? gatesOf(phases[0]) : [],
    drugs: [...new Set(phases.flatMap((phase) => phase.drugs))],
    dose: doses.size === 1 ? (phases[0]?.dose ?? null) : null,
    route: routes.size === 1 ? (phases[0]?.route ?? null) : null,
    regimen: phases,
    said,
    text,
    rules,
  });
}

const IN_MICROGRAMS: Readonly<Record<string, number>> = { µg: 1, mg: 1000, g: 1_000_000 };

/** A dose as one text that is the same for equal amounts: 1000 µg is 1 mg. */
export function amountOf(dose: Dose): string {
  const [unit, per] = dose.unit.split("/", 2);
  const factor = IN_MICROGRAMS[unit ?? ""];
  const scaled = (end: number | null) =>
    end === null || factor === undefined ? end : Number((end * factor).toPrecision(12));
  const most = dose.limit
    ? amountOf({ low: null, high: dose.limit.value, unit: dose.limit.unit })
    : "";
  const base = factor === undefined ? dose.unit : `µg/${per ?? ""}`;
  return [scaled(dose.low), scaled(dose.high), base, most].join(" ");
}

// --------------------------------------------------------------------- other drugs

/** Each phase of another drug as a course: when it begins, or what it waits for. */
function adjuncts(said: Said, start: Day, until: Day, events: Events): Entry[] {
  const decision = "adjunct";
  const decided = decidedOf(said, decision);
  const found: Entry[] = [];
  const taken: string[] = [];
  for (const option of decided.options) {
    const phases = phasesOf(option);
    if (!phases || !option.certain) continue;
    taken.push(option.text);
    const course = { option, phases, decision };
    found.push(...partsOf([course], said, start, until, events).map(courseEntry));
  }
  const beside = besides(decision, decided, null, said);
  return [...found, ...beside.filter((one) => !taken.includes(one.said ?? ""))];
}

function courseEntry(part: Part): Entry {
  const { stretch, option } = part;
  if (isAsNeeded(stretch)) return whenNeeded(part);
  const plain = withoutDay(part);
  if (stretch.doses.length) {
    return {
      ...plain,
      window: stretch.begins,
      isOpen: stretch.openEnd !== null,
      after: gatesOf(stretch.phase),
      text: "",
    };
  }
  const gates = gatesOf(stretch.phase);
  return {
    ...plain,
    kind: "decision",
    number: null,
    after: stretch.waitsFor.length ? stretch.waitsFor : gates,
    text: option.withheld ? "withheld until then" : plain.text || "to be begun",
  };
}
