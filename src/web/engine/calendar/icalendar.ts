/**
 * A timeline as the text of an `.ics` file (RFC 5545), for a calendar program. Exported again it is
 * the same text, and replaces the entries that it made before.
 */
import { type Day, dayText, type Window } from "./days";
import type { Entry } from "./entry";
import { entryText } from "./entry_text";
import { type Said } from "./said";
import { silencesBeside, statementsOf, type Timeline } from "./timeline";
import { capitalised, type Labels } from "./wording";

export interface CalendarOf {
  /** The name of the guideline, and what it is called. */
  name: string;
  title: string;
  /** That it is for education and research, and how far the guideline was reviewed. */
  reminder: string;
}

export function icalendar(timeline: Timeline, said: Said, labels: Labels, of: CalendarOf): string {
  const withoutDay = timeline.entries.flatMap((entry, index) =>
    entry.window === null
      ? [`Without a day: ${timeline.titles[index]}: ${entryText(entry, labels)}.`]
      : [],
  );
  const told = [
    ...new Set(said.silent.map((one) => `Not addressed: ${one.text || one.label}`)),
    ...timeline.notices,
    ...withoutDay,
    of.reminder,
  ];
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//b12guide//page//EN",
    `X-WR-CALNAME:${escaped(`Timeline: ${of.title}`)}`,
    `X-WR-CALDESC:${escaped(told.join(" "))}`,
    ...timeline.entries.flatMap((entry, index) =>
      entry.window === null
        ? []
        : eventOf(entry, entry.window, timeline.titles[index] ?? "", timeline, said, labels, of),
    ),
    "END:VCALENDAR",
  ];
  return lines.map(folded).join("\r\n") + "\r\n";
}

function eventOf(
  entry: Entry,
  window: Window,
  title: string,
  timeline: Timeline,
  said: Said,
  labels: Labels,
  of: CalendarOf,
): string[] {
  const statements = statementsOf(said, entry.rules);
  const silences = silencesBeside(entry, said).map(
    (one) => `Not addressed: ${one.text || one.label}`,
  );
  const description = [
    capitalised(entryText(entry, labels)),
    statements.length ? `Statements: ${statements.join(", ")}` : "",
    ...new Set(silences),
    of.reminder,
  ].filter((line) => line !== "");
  return [
    "BEGIN:VEVENT",
    `UID:${identity(entry, timeline.start, of.name)}`,
    // The day of the plan: a clock would change every export.
    `DTSTAMP:${compact(timeline.start)}T000000Z`,
    `DTSTART;VALUE=DATE:${compact(window.earliest)}`,
    `DTEND;VALUE=DATE:${compact(window.latest + 1)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(description.join("\n"))}`,
    "TRANSP:TRANSPARENT",
    `STATUS:${entry.isOpen ? "TENTATIVE" : "CONFIRMED"}`,
    `CATEGORIES:${escaped(entry.kind)}`,
    "END:VEVENT",
  ];
}

/** A name that the same entry of the same plan has in every export. */
function identity(entry: Entry, start: Day, guideline: string): string {
  const parts = [
    guideline,
    dayText(start),
    entry.kind,
    entry.decision,
    `${entry.stage}.${entry.number ?? 0}`,
    ...entry.tests,
    ...entry.after,
    entry.route ?? "",
  ];
  const name = parts.filter((part) => part !== "").join("-");
  return `${name.replaceAll(/[^A-Za-z0-9._-]/g, "_")}@b12guide`;
}

function compact(day: Day): string {
  return dayText(day).replaceAll("-", "");
}

/** Text as a property holds it. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll(";", "\\;")
    .replaceAll(",", "\\,")
    .replaceAll(/\r\n|\r|\n/g, "\\n");
}

/** No line of more than 75 octets; no character is cut in two. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = "";
  let size = 0;
  for (const character of line) {
    const octets = octetsOf(character);
    if (size + octets > 75) {
      parts.push(part);
      part = " ";
      size = 1;
    }
    part += character;
    size += octets;
  }
  return [...parts, part].join("\r\n");
}

function octetsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}
