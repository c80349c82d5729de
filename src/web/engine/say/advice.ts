/** What a decision advises, in English (`b12guide.say.advice`). */
import type {
  Advice,
  AdviceData,
  Audience,
  Change,
  DurationRange,
  Instruction,
  Monitoring,
  Operator,
  Prohibition,
  Recurrence,
  Target,
} from "../advice";
import { recurring, timesOf } from "../compose/visits";
import * as exact from "../fraction";
import { everyText, lengthText, scheduleText } from "./schedules";
import { called, listing, wordFor } from "./words";

/** What a decision advises, as a phrase. */
export function sayAdvice(
  advice: Advice,
  data: AdviceData,
  audience: Audience = "professional",
): string {
  const words = data.words[audience];
  const isPlain = audience === "patient";
  const drugs = (names: readonly string[]) =>
    listing(
      names.map((name) => called(words.drugs, name)),
      "or",
    );
  switch (advice.kind) {
    case "regimen":
      return scheduleText(advice, data, audience);
    case "form": {
      const text = drugs(advice.drugs);
      return advice.excluded.length > 0 ? `${text}, not ${drugs(advice.excluded)}` : text;
    }
    case "exclusion":
      return advice.outright
        ? `${drugs(advice.drugs)} contraindicated`
        : `avoid ${drugs(advice.drugs)}`;
    case "routes":
      return routesText(advice.routes, data, audience);
    case "prohibition":
      return prohibitionText(advice, data, audience);
    case "monitoring":
      return monitoringText(advice, data, audience);
    case "not checked": {
      const tests = advice.tests.map((test) => called(words.tests, test));
      return `${isPlain ? "no check of" : "do not check"} ${listing(tests, "or")}`;
    }
    case "instruction":
      return instructionText(advice, data, audience);
    case "target":
      return targetText(advice, data, audience);
    case "continuation": {
      const length = advice.for_life ? ": it is for life" : "";
      return `do not stop ${called(words.facts, advice.treatment)}${length}`;
    }
    case "stop": {
      const name = called(words.topics, advice.treatment);
      return isPlain ? `${name} stops` : `stop ${name}`;
    }
    case "change":
      return changeText(advice, data, audience);
    case "referral": {
      const services = advice.services.map((name) => called(words.services, name));
      return `${isPlain ? "you are referred" : "refer"} to ${listing(services)}`;
    }
    case "concluded": {
      const label = called(words.conclusions, advice.conclusion);
      return `${label}: ${called(words.values[advice.conclusion] ?? {}, advice.value)}`;
    }
    case "not needed":
      return "not needed";
  }
}

function routesText(routes: readonly string[], data: AdviceData, audience: Audience): string {
  const known = data.words[audience].routes;
  return listing(
    routes.map((name) => wordFor(known, name) ?? `by the ${name.replaceAll("_", " ")} route`),
    "or",
  );
}

const CHANGING: Readonly<Record<Change["of"], Readonly<Record<Audience, string>>>> = {
  loading: {
    professional: "change loading to",
    patient: "your first doses change to",
  },
  maintenance: {
    professional: "change maintenance to",
    patient: "your doses change to",
  },
  form: { professional: "change the form to", patient: "your medicine changes to" },
  route: {
    professional: "change to treatment",
    patient: "treatment changes and is given",
  },
};

function changeText(change: Change, data: AdviceData, audience: Audience): string {
  const to = change.to;
  const text =
    to.kind === "regimens"
      ? to.regimens.map((one) => scheduleText(one, data, audience)).join(", or ")
      : sayAdvice(to, data, audience);
  return `${CHANGING[change.of][audience]} ${text}`;
}

function prohibitionText(prohibition: Prohibition, data: AdviceData, audience: Audience): string {
  const { drugs, facts } = data.words[audience];
  const { until, unless } = prohibition;
  const names = prohibition.drugs.map((name) => called(drugs, name));
  let text = `no ${listing(names, "or")}`;
  if (until !== null) text += ` until ${called(facts, until)}`;
  if (unless !== null) text += ` unless ${called(facts, unless)}`;
  return text;
}

// ---- tests

const PARTS: Readonly<Record<Audience, Readonly<Record<string, string>>>> = {
  professional: { loading: "loading", maintenance: "maintenance" },
  patient: { loading: "the first doses", maintenance: "the doses that follow" },
};

function monitoringText(monitoring: Monitoring, data: AdviceData, audience: Audience): string {
  const { tests, facts } = data.words[audience];
  const list = (names: readonly string[]) => listing(names.map((name) => called(tests, name)));
  const { companions, after, until, during } = monitoring;
  const times = timesOf(monitoring);
  const recurs = recurring(monitoring).map(recurrenceText);
  const parts = [list(monitoring.tests)];
  if (times.length > 0) parts.push(`at ${timesText(times)}`);
  if (recurs.length > 0) parts.push(recurs.join(", then "));
  if (monitoring.once) parts.push("once");
  const further = [];
  if (monitoring.before_next_dose) further.push("directly before the next dose");
  if (companions.length > 0) further.push(`together with ${list(companions)}`);
  if (monitoring.never_alone) further.push("never relied on alone");
  if (after !== null) further.push(`after ${called(facts, after)}`);
  if (until !== null) further.push(`until ${called(facts, until)}`);
  if (during !== null) further.push(`during ${called(PARTS[audience], during)}`);
  return [parts.join(" "), ...further].join(", ");
}

/** How often, and for how long: "every 3 months for 1 year". */
function recurrenceText(stretch: Recurrence): string {
  const least = stretch.at_least ? "at least " : "";
  const length = stretch.lasts === null ? "" : ` for ${lengthText(stretch.lasts)}`;
  return `${least}${everyText(stretch.every)}${length}`;
}

/** The times after the start: "3, 6 and 12 months", "2 to 4 weeks". */
function timesText(times: readonly DurationRange[]): string {
  const [unit, ...others] = [...new Set(times.map((time) => time.unit))];
  if (others.length > 0) return listing(times.map(lengthText));
  const numbers = times.map(({ low, high }) =>
    exact.rangeText(exact.fraction(low), exact.fraction(high)),
  );
  const ending = numbers.length === 1 && numbers[0] === "1" ? "" : "s";
  return `${listing(numbers)} ${unit}${ending}`;
}

// ---- technique, and bounds on measures

function instructionText(instruction: Instruction, data: AdviceData, audience: Audience): string {
  const { gauge, pressure, quadrant, direction } = instruction;
  if (gauge !== null) {
    const [low, high] = gauge;
    return low === high ? `needle of ${low} G` : `needle of ${low} to ${high} G`;
  }
  if (pressure !== null) return `press on the site for ${lengthText(pressure)}`;
  if (instruction.site === null) return "injection";
  const site = called(data.words[audience].sites, instruction.site);
  if (instruction.avoid) {
    return `avoid the ${site}${instruction.routinely ? " as a routine site" : ""}`;
  }
  if (quadrant !== null) {
    const place = quadrant.replaceAll("_", " ");
    return `if the ${site} is used, only its ${place} quadrant`;
  }
  if (direction !== null) {
    return `if the ${site} is used, direct the needle ${direction}`;
  }
  return `inject into the ${site}`;
}

const SYMBOLS: Readonly<Record<Operator, string>> = {
  "<": "<",
  "<=": "≤",
  ">": ">",
  ">=": "≥",
  "=": "=",
};

function targetText(target: Target, data: AdviceData, audience: Audience): string {
  const [low, high] = [exact.fraction(target.low), exact.fraction(target.high)];
  const bound = exact.rangeText(low, high);
  const name = called(data.words[audience].facts, target.measure);
  return `${name} ${SYMBOLS[target.operator]} ${measured(bound, target.unit, data)}`;
}

/** A number, or a range of them, with the unit of its measure. */
function measured(number: string, unit: string | null, data: AdviceData): string {
  if (unit === null) return number;
  const printed = data.units[unit];
  return `${number} ${(number === "1" ? printed?.one : printed?.several) ?? unit}`;
}
