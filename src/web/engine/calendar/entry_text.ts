/** What an entry of a timeline is called, and what it asks for, in words. */
import { dayText, distance, isDay } from "./days";
import type { Entry } from "./entry";
import type { Phase } from "./schedule";
import {
  choiceText,
  doseText,
  everyText,
  frequencyText,
  type Labels,
  listing,
  plural,
  scheduleText,
} from "./wording";

const PHASES: Readonly<Record<string, string>> = {
  loading: "Loading dose",
  maintenance: "Maintenance dose",
  adjunct: "Course",
};

/** What an entry is, in a few words, such as a calendar shows. */
export function entryTitle(entry: Entry, labels: Labels): string {
  switch (entry.kind) {
    case "dose": {
      let text = PHASES[entry.decision] ?? "Dose";
      if (entry.number) text += ` ${entry.number}`;
      if (entry.further.length) text += " and on";
      return entry.stage > 1 ? `${text} (phase ${entry.stage})` : text;
    }
    case "test":
      return `Test: ${listing(entry.tests.map(labels.test))}`;
    case "decision":
      return `To decide: ${entry.decision}`;
  }
}

/** What an entry asks for. */
export function entryText(entry: Entry, labels: Labels): string {
  switch (entry.kind) {
    case "dose":
      return doseEntryText(entry, labels);
    case "test":
      return testEntryText(entry, labels);
    case "decision":
      return decisionEntryText(entry, labels);
  }
}

function doseEntryText(entry: Entry, labels: Labels): string {
  let text = whatText(entry, labels);
  const { window, phase, spread } = entry;
  const goesOn = entry.further.length > 0;
  if (window === null) return text + withoutDay(entry, labels);
  if (spread !== null && !isDay(window) && !goesOn) {
    text += ` (evenly spread: ${dayText(spread)})`;
  }
  if (entry.isOptional) text += ", which the lower end of the range leaves out";
  if (goesOn && phase) {
    const often = phase.frequency ? frequencyText(phase.frequency) : "";
    return `${text}, and so on, ${`${often} ${goingOn(phase, labels)}`.trim()}`;
  }
  if (entry.isOpen && phase) {
    text +=
      phase.until === null
        ? ", unless it is over before"
        : `, unless already reached: ${labels.fact(phase.until)}`;
  }
  return text;
}

/** Why a dose has no day. */
function withoutDay(entry: Entry, labels: Labels): string {
  if (!entry.after.length) return entry.text ? `; ${entry.text}` : "";
  const events = entry.after.map(labels.fact);
  if (entry.text) return `, ${entry.text} ${listing(events)}`;
  return `; no day yet: waits until ${events.join(" and until ")}`;
}

/** Until when a phase without a day of its end goes on; nothing where it has one. */
export function goingOn(phase: Phase, labels: Labels): string {
  if (phase.until !== null) {
    return `until ${labels.fact(phase.until)} (no day is printed for it)`;
  }
  if (phase.for === "life") {
    return phase.indefinitely ? "indefinitely" : "for life";
  }
  return phase.for === null && phase.frequency ? "(no end is printed)" : "";
}

/** The drug, dose and route of an entry, or its whole regimen. */
export function whatText(entry: Entry, labels: Labels): string {
  if (entry.regimen) {
    return (entry.said ?? scheduleText(entry.regimen, labels)) + marked(entry, labels);
  }
  const parts: string[] = [];
  if (entry.drugs.length) parts.push(choiceText(entry.drugs.map(labels.drug)));
  if (entry.dose) parts.push(doseText(entry.dose));
  if (entry.route !== null) parts.push(labels.route(entry.route));
  return parts.join(" ") + marked(entry, labels);
}

/** What other decisions say to the drugs of a dose (M46 to M49). */
function marked(entry: Entry, labels: Labels): string {
  let text = "";
  const avoided = new Set(entry.avoided.flatMap(labels.avoidedBy));
  const against = entry.drugs.filter((drug) => avoided.has(drug));
  if (against.length) {
    text += `, yet ${listing(against.map(labels.drug))} is to be avoided`;
  }
  if (entry.contraindicated.length) {
    text += ` (${listing(entry.contraindicated.map(labels.drug))} contraindicated)`;
  }
  if (entry.drugsOpen) text += " (which drug depends on what is not known yet)";
  return text;
}

function testEntryText(entry: Entry, labels: Labels): string {
  const { check, window, target } = entry;
  if (!window) return `${entry.said ?? ""}; no day yet`;
  let text = listing(entry.tests.map(labels.test));
  if (entry.isBeforeDose && !entry.awaitsDose) text += ", just before the dose";
  if (entry.isBeforeDose && target !== null) {
    const days = distance(window, target);
    if (!isDay(window) || days) {
      const away = days ? `, ${plural(days, "day")} away` : "";
      text += ` that is nearest to ${dayText(target)}${away}`;
    }
  }
  if (entry.awaitsDose) {
    text += ", just before the dose nearest to this day, once it has a day";
  }
  const every = entry.recurrence?.every ?? check?.recurring[0]?.every;
  if (entry.further.length && every) text += `, and so on ${everyText(every)}`;
  if (entry.isOpen && check) {
    if (check.after !== null) text += `, once this is so: ${labels.fact(check.after)}`;
    if (check.until !== null) text += `, until ${labels.fact(check.until)}`;
    if (check.during === "loading") text += ", as long as loading goes on";
  }
  return text;
}

function decisionEntryText(entry: Entry, labels: Labels): string {
  let text = entry.text;
  if (entry.regimen) {
    text += `: ${whatText(entry, labels)}`;
    if (entry.isOpen && entry.decision === "maintenance") {
      text += " (depends on what is not known yet)";
    }
  } else if (entry.after.length) {
    text += `: ${listing(entry.after.map(labels.fact))}`;
  }
  return text;
}
