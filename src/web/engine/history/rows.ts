/**
 * A history as it was pasted, JSON or a table, read row by row. A row that cannot be read is told
 * with its number and what would help; the others are read all the same.
 */
import { type Day, readDay, yearOf } from "../calendar/days";
import { folded, own, type Spellings } from "./data";

export const KINDS = ["dose", "start", "stop", "test", "event"] as const;
export type Kind = (typeof KINDS)[number];

/** One event: what happened on a day. An amount is in micrograms, where it is a mass. */
export interface Happening {
  row: number;
  day: Day;
  kind: Kind;
  /** The drug, the test or the fact. */
  name: string;
  amount: number | null;
  /** The amount as it was written. */
  written: string | null;
  route: string | null;
  value: string | null;
}

export interface BadRow {
  row: number;
  text: string;
  remedy: string;
}

/** A history as the service takes it: the fields of each row as they were written. */
export type Row = Readonly<Record<string, string | number | boolean>>;

export interface History {
  happenings: readonly Happening[];
  bad: readonly BadRow[];
  rows: readonly Row[];
}

const FIELDS = [
  ...KINDS,
  ...["on", "time", "amount", "unit", "route", "site", "quadrant", "direction"],
  ...["needle", "pressure", "frequency", "value", "note", "comment", "id", "reason", "by"],
];

/** The rows of a text, each read; null where it is no list and no table. */
export function readHistory(text: string, spellings: Spellings): History {
  const found = text.trim().startsWith("[") ? fromJson(text) : fromTable(text);
  if (!Array.isArray(found)) return { happenings: [], bad: [found], rows: [] };
  const happenings: Happening[] = [];
  const bad: BadRow[] = [];
  found.forEach((record, index) => {
    const read = rowOf(index + 1, record, spellings);
    if ("text" in read) bad.push(read);
    else happenings.push(read);
  });
  happenings.sort((one, two) => one.day - two.day || one.row - two.row);
  return { happenings, bad, rows: found };
}

function fromJson(text: string): Row[] | BadRow {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      row: 0,
      text: `This is no JSON: ${why}.`,
      remedy: "A list of rows in brackets, each in braces, with commas between them.",
    };
  }
  const isList =
    Array.isArray(found) && found.every((row) => typeof row === "object" && row !== null);
  if (isList) return (found as Record<string, unknown>[]).map(plain);
  return {
    row: 0,
    text: "This JSON is no list of rows.",
    remedy: 'Write [{"on": "2025-01-06", "dose": "hydroxocobalamin"}, ...].',
  };
}

function plain(row: Record<string, unknown>): Row {
  const pairs = Object.entries(row).flatMap(
    ([name, value]): [string, string | number | boolean][] =>
      value === null || value === undefined || value === ""
        ? []
        : [[name, typeof value === "object" ? JSON.stringify(value) : (value as string)]],
  );
  return Object.fromEntries(pairs);
}

function fromTable(text: string): Row[] | BadRow {
  const lines = cellsOf(text);
  const [heading, ...rows] = lines;
  if (!heading || !heading.some((name) => folded(name) === "on")) {
    return {
      row: 0,
      text: "The first line names no column “on”.",
      remedy: "Begin with a line of names, such as on,dose,amount,route.",
    };
  }
  return rows.map((cells) => {
    const pairs = heading.flatMap((name, index): [string, string][] => {
      const value = (cells[index] ?? "").trim();
      return value === "" || name.trim() === "" ? [] : [[name.trim(), value]];
    });
    const further = cells.slice(heading.length).filter((cell) => cell.trim() !== "");
    // More cells than names: their values belong to nothing, which the row has to tell.
    return Object.fromEntries(
      further.length ? [...pairs, ["further cells", further.join(", ")]] : pairs,
    );
  });
}

/** Lines and cells of a table; commas and semicolons divide cells, quotes hold them together. */
function cellsOf(text: string): string[][] {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  const mark = ["\t", ";", ","].find((one) => first.includes(one)) ?? ",";
  const lines: string[][] = [];
  let line: string[] = [];
  let cell = "";
  let isQuoted = false;
  const characters = [...text.replaceAll("\r\n", "\n")];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (isQuoted) {
      if (character !== '"') {
        cell += character;
      } else if (characters[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else {
        isQuoted = false;
      }
    } else if (character === '"') {
      isQuoted = true;
    } else if (character === mark || character === "\n") {
      line.push(cell);
      cell = "";
      if (character === "\n") {
        lines.push(line);
        line = [];
      }
    } else {
      cell += character;
    }
  }
  if (cell !== "" || line.length) lines.push([...line, cell]);
  return lines.filter((cells) => cells.some((one) => one.trim() !== ""));
}

// --------------------------------------------------------------------------- one row

const YEARS = [1900, 2199] as const;
const REMEDY: Readonly<Record<Kind, keyof Spellings>> = {
  dose: "drugs",
  start: "drugs",
  stop: "drugs",
  test: "tests",
  event: "facts",
};

function rowOf(row: number, record: Row, spellings: Spellings): Happening | BadRow {
  const bad = (text: string, remedy: string): BadRow => ({ row, text, remedy });
  const named = Object.keys(record);
  const strange = named.find((name) => !FIELDS.includes(bracketed(name).field));
  if (strange !== undefined) {
    return bad(
      `“${strange}” is no field of an event.`,
      `The fields are ${FIELDS.slice(0, 9).join(", ")} and a few more. Leave out what else there is.`,
    );
  }
  const kinds = KINDS.filter((kind) => kind in record);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    return bad(
      kinds.length ? `It has ${kinds.join(" and ")}.` : "It does not say what happened.",
      `Each row has one of ${KINDS.join(", ")}.`,
    );
  }
  const on = String(record["on"] ?? "");
  const day = readDay(on.slice(0, 10));
  const isDay = day !== null && yearOf(day) >= YEARS[0] && yearOf(day) <= YEARS[1];
  if (day === null || !isDay || !/^.{10}($|[T ]\d{2}:\d{2})/.test(on)) {
    return bad(
      on === "" ? "It lacks its day “on”." : `“${on}” is not a day.`,
      "Write year-month-day, such as 2025-03-05.",
    );
  }
  const words = spellings[REMEDY[kind]] as Readonly<Record<string, string>>;
  const called = String(record[kind]);
  const name = own(words, folded(called.replaceAll("|", " ")));
  if (name === undefined) {
    const known = [...new Set(Object.values(words))];
    const listed = known.length > 12 ? [...known.slice(0, 12), "..."] : known;
    return bad(`“${called}” is not known here.`, `There are ${listed.join(", ")}.`);
  }
  const route = record["route"];
  const by = route === undefined ? null : own(spellings.routes, folded(String(route)));
  if (by === undefined) {
    const known = [...new Set(Object.values(spellings.routes))];
    return bad(`There is no route “${String(route)}”.`, `There are ${known.join(", ")}.`);
  }
  const happening = { row, day, kind, name, route: by, value: textOf(record["value"]) };
  if (kind === "event" && happening.value === null && !spellings.say_themselves.includes(name)) {
    return bad(`“${called}” has no value.`, "Only findings and events do without one.");
  }
  const amount = amountIn(record);
  if (amount === null) return { ...happening, amount: null, written: null };
  const micrograms = massOf(amount);
  if (micrograms === null) {
    return bad(
      `“${amount}” is not an amount with its unit.`,
      "Write a number and a unit, such as 1000 µg or 1 mg.",
    );
  }
  const plausible = own(spellings.plausible, name);
  if (micrograms <= 0 || (plausible && !isWithin(micrograms, plausible))) {
    const range = plausible ? ` It is expected from ${plausible[0]} to ${plausible[1]} µg.` : "";
    return bad(
      `“${amount}” is not a plausible dose of ${called}.`,
      `Check the number and its unit.${range}`,
    );
  }
  return { ...happening, amount: micrograms, written: amount };
}

function isWithin(value: number, [low, high]: readonly [number, number]): boolean {
  return low <= value && value <= high;
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : String(value);
}

function bracketed(name: string): { field: string; unit: string | null } {
  const found = /^(amount|value)\s*[[(]([^[\]()]+)[\])]$/.exec(name);
  return found
    ? { field: found[1] ?? "", unit: found[2]?.trim() ?? null }
    : { field: name, unit: null };
}

/** The amount of a row with its unit, wherever that stands; null where there is none. */
function amountIn(record: Row): string | null {
  for (const [name, value] of Object.entries(record)) {
    const { field, unit } = bracketed(name);
    if (field !== "amount") continue;
    const written = String(value).trim();
    const beside = unit ?? record["unit"];
    const isBare = /^[0-9]+([.][0-9]+)?$/.test(written);
    return isBare && beside !== undefined ? `${written} ${String(beside)}` : written;
  }
  return null;
}

const MICROGRAMS: Readonly<Record<string, number>> = {
  µg: 1,
  μg: 1,
  ug: 1,
  mcg: 1,
  microgram: 1,
  micrograms: 1,
  mg: 1000,
  milligram: 1000,
  milligrams: 1000,
  g: 1_000_000,
  gram: 1_000_000,
  grams: 1_000_000,
};

function massOf(text: string): number | null {
  const found = /^([0-9]+(?:[.][0-9]+)?)\s*([^\s0-9.,]+)$/.exec(text.trim());
  const factor = own(MICROGRAMS, (found?.[2] ?? "").toLowerCase());
  return found && factor !== undefined ? Number((Number(found[1]) * factor).toPrecision(12)) : null;
}
