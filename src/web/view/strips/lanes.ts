/** The lanes of a picture of days: what is done, due or found, and when. */
import { type Day, monthOf } from "../../engine/calendar/days";
import type { Entry } from "../../engine/calendar/entry";
import { whatText } from "../../engine/calendar/entry_text";
import type { Timeline } from "../../engine/calendar/timeline";
import { everyOf } from "../../engine/calendar/schedule";
import { everyText, type Labels, listing, scheduleText } from "../../engine/calendar/wording";

/** Something on a day, or on any day from the first to the last. */
export interface Thing {
  first: Day;
  last: Day;
  shape: "dot" | "diamond" | "square" | "cross";
  isOpen: boolean;
  said: string;
}

/** Things beside each other; `goesOn` is what is said of an end that is open. */
export interface Row {
  name: string;
  things: readonly Thing[];
  goesOn: string;
}

export interface Lane {
  title: string;
  colour: "blue" | "green" | "orange" | "purple" | "red" | "grey";
  rows: readonly Row[];
}

const COLOURS: Readonly<Record<string, Lane["colour"]>> = {
  loading: "blue",
  maintenance: "green",
  adjunct: "orange",
};
const NAMES: Readonly<Record<string, string>> = {
  loading: "Loading",
  maintenance: "Maintenance",
  adjunct: "Other drug",
};
const ORDER = ["loading", "maintenance", "adjunct"];

/** A lane for each course of doses, one for the tests, one for what has to be decided. */
export function lanesOf(
  timeline: Timeline,
  labels: Labels,
  waiting: ReadonlyMap<string, string> = new Map(),
): Lane[] {
  return [
    ...coursesOf(timeline, labels),
    ...testsOf(timeline, labels),
    ...decisionsOf(timeline, labels, waiting),
  ];
}

function coursesOf(timeline: Timeline, labels: Labels): Lane[] {
  const courses = new Map<string, Entry[]>();
  for (const entry of timeline.entries) {
    if (entry.kind !== "dose") continue;
    const key = [entry.decision, entry.stage, entry.drugs, entry.rules].join("\n");
    courses.set(key, [...(courses.get(key) ?? []), entry]);
  }
  const sorted = [...courses.values()].sort((one, two) => rank(one[0]) - rank(two[0]));
  return sorted.flatMap((course) => {
    const first = course[0];
    const dated = course.filter((entry) => entry.window !== null);
    if (!first || dated.length === 0) return [];
    const name = NAMES[first.decision] ?? first.decision;
    const stage = first.stage > 1 ? `, phase ${first.stage}` : "";
    const said =
      first.said ?? (first.phase ? scheduleText([first.phase], labels) : whatText(first, labels));
    return [
      {
        title: `${name}${stage}: ${said}`,
        colour: COLOURS[first.decision] ?? "grey",
        rows: courseRows(timeline, dated),
      },
    ];
  });
}

function rank(entry: Entry | undefined): number {
  return entry ? ORDER.indexOf(entry.decision) * 100 + entry.stage : 0;
}

/** The days of a course; of doses at a range of intervals, both its ends as rows of their own. */
function courseRows(timeline: Timeline, course: readonly Entry[]): Row[] {
  const days = course.flatMap((entry) =>
    (entry.further.length ? entry.further : entry.window ? [entry.window] : []).map((window) => ({
      entry,
      window,
    })),
  );
  const last = course.at(-1);
  const goesOn = last && isEndless(last) ? "goes on" : "";
  const interval = course[0]?.phase ? everyOf(course[0].phase) : null;
  if (interval && interval.low !== interval.high) {
    return (["low", "high"] as const).map((end) => ({
      name: everyText({ ...interval, low: interval[end], high: interval[end] }),
      things: days.flatMap(({ entry, window }) => {
        const day = end === "low" ? window.earliest : window.latest;
        return day <= timeline.until ? [thing(entry, day, day, "dot")] : [];
      }),
      goesOn,
    }));
  }
  const things = days.map(({ entry, window }) => {
    const day = entry.spread !== null && !entry.further.length ? entry.spread : null;
    // A dose that may lie anywhere in a period is shown where it falls when all are spread evenly.
    return day === null
      ? thing(entry, window.earliest, Math.min(window.latest, timeline.until), "dot")
      : thing(entry, day, day, "dot");
  });
  return [{ name: "", things, goesOn }];
}

function isEndless(entry: Entry): boolean {
  const phase = entry.phase;
  return (
    entry.isOpen || (phase !== null && phase.until === null && (phase.for ?? "life") === "life")
  );
}

function thing(entry: Entry, first: Day, last: Day, shape: Thing["shape"]): Thing {
  const number = entry.number === null ? "" : ` ${entry.number}`;
  return {
    first,
    last: Math.max(first, last),
    shape,
    isOpen: entry.isOpen || entry.isOptional,
    said: `${entry.kind}${number}`,
  };
}

function testsOf(timeline: Timeline, labels: Labels): Lane[] {
  const rows = new Map<string, Thing[]>();
  for (const entry of timeline.entries) {
    if (entry.kind !== "test" || !entry.window) continue;
    const windows = entry.further.length ? entry.further : [entry.window];
    const things = windows.map((one) =>
      thing(entry, one.earliest, Math.min(one.latest, timeline.until), "square"),
    );
    const name = listing(entry.tests.map(labels.test));
    rows.set(name, [...(rows.get(name) ?? []), ...things]);
  }
  if (rows.size === 0) return [];
  const found = [...rows].map(([name, things]) => ({ name, things, goesOn: "" }));
  return [{ title: "Tests", colour: "purple", rows: found }];
}

/** Whether an entry is a decision that waits for facts, and not for an event. */
export function isUndecided(entry: Entry): boolean {
  return entry.kind === "decision" && !entry.regimen && !entry.after.length;
}

function decisionsOf(
  timeline: Timeline,
  labels: Labels,
  waiting: ReadonlyMap<string, string>,
): Lane[] {
  const rows = timeline.entries.flatMap((entry) => {
    if (entry.kind !== "decision" || !entry.window) return [];
    const events = entry.after.map(labels.fact).join("; ");
    const facts = isUndecided(entry) ? waiting.get(entry.decision) : undefined;
    return [
      {
        name: events || (facts ? `${entry.text}: ${facts}` : entry.text),
        things: [thing(entry, entry.window.earliest, entry.window.latest, "diamond")],
        goesOn: entry.isOpen ? "until it is so" : "",
      },
    ];
  });
  return rows.length ? [{ title: "To decide", colour: "red", rows }] : [];
}

/** The ticks of an axis: the first days of months, with what stands under them. */
export function monthsOf(first: Day, last: Day): { day: Day; label: string }[] {
  const short = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
  ];
  const found: { day: Day; label: string }[] = [];
  let day = monthOf(first).next;
  while (day <= last) {
    const { year, month, next } = monthOf(day);
    const name = short[month - 1] ?? "";
    found.push({ day, label: month === 1 ? `${name} ${year}` : name });
    day = next;
  }
  return found;
}
