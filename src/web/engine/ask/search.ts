/** From a question to what answers it: as `b12guide.ask.search` and `choosing`, in whole numbers. */
import type { AskIndex } from "./data";
import { type Dictionary, dictionaryOf, type Mention } from "./dictionary";
import { type Told, toldIn } from "./told";
import { type Reader, readerOf, type Spoken } from "./wording";

const [WORD, LIGHT, WITHIN, THING, SAYING] = [100, 45, 50, 120, 110];
const [DECISION, SHAPE, AGAINST] = [60, 60, 160];
const MOST_SLIPS = 2;
const MAY_BE_RULED_OUT = ["drug", "test", "route", "site"];

/** What the patient makes of a rule, with what becomes of its score, of a hundred. */
export const STANDINGS = {
  applies: 115,
  newly: 150,
  open: 100,
  overridden: 55,
  unrecorded: 70,
  away: 0,
} as const;
export type Standing = keyof typeof STANDINGS;
const OF_KIND: Readonly<Record<string, number>> = { assumption: 50, definition: 90 };

const MOST = 3;
const NEAR_ENOUGH = 45;
const AS_GOOD = 70;
const SILENCE_NEAR = 60;
const SILENCE_ALONE = 80;
const COVERED = 41;
const COVERED_NEWLY = 25;
const [ASKED_ABOUT, UNKNOWN, BESIDE] = [150, 100, 50];
const LEAST = 900;
const LEAST_OF_LIGHT_WORDS = 3200;

export interface Correction {
  readonly written: string;
  readonly meant: string;
}

/** A piece of a question: the tokens by which documents have it, and how much it tells. */
export interface Unit {
  readonly text: string;
  readonly tokens: ReadonlySet<string>;
  readonly rarity: number;
  readonly isKnown: boolean;
}

export interface Understood {
  readonly words: readonly Spoken[];
  readonly mentions: readonly Mention[];
  readonly ways: readonly Mention[];
  readonly sayings: readonly string[];
  readonly told: readonly Told[];
  readonly implausible: readonly Told[];
  readonly corrections: readonly Correction[];
  readonly units: readonly Unit[];
  readonly unknown: readonly string[];
  readonly isAgainst: boolean;
}

export interface Scored {
  readonly document: number;
  readonly standing: Standing | null;
  readonly words: readonly (readonly [string, number])[];
  readonly score: number;
}

/** An index made ready for questions. */
export interface Search {
  readonly index: AskIndex;
  readonly reader: Reader;
  readonly dictionary: Dictionary;
  readonly known: ReadonlySet<string>;
}

const ready = new WeakMap<AskIndex, Search>();

export function searchOf(index: AskIndex): Search {
  const found = ready.get(index);
  if (found) return found;
  const phrases = [...index.phrases, ...index.ways];
  const made: Search = {
    index,
    reader: readerOf(index.words),
    dictionary: dictionaryOf(index),
    known: new Set([...Object.keys(index.weights), ...phrases.flatMap(([stems]) => stems)]),
  };
  ready.set(index, made);
  return made;
}

const mayBeUnknown = (word: Spoken): boolean => !(word.isFunction || word.isLight || word.isNumber);

export function understand(question: string, search: Search): Understood {
  const { index, dictionary } = search;
  const { words, corrections } = corrected(search.reader.spoken(question), search);
  const mentions = dictionary.mentions(words);
  const ways = dictionary.ways(words);
  const told = toldIn(words, mentions, index);
  const units = unitsOf(words, mentions, ways, index);
  return {
    words,
    mentions,
    ways,
    sayings: dictionary.sayings(words),
    told: told.filter((one) => one.isPlausible),
    implausible: told.filter((one) => !one.isPlausible),
    corrections,
    units,
    unknown: [...new Set(units.filter((one) => !one.isKnown).map((one) => one.text))],
    isAgainst: isAgainst(words, ways, index),
  };
}

function isAgainst(words: readonly Spoken[], ways: readonly Mention[], index: AskIndex): boolean {
  if (ways.some((one) => one.concepts.includes("against"))) return true;
  const denying = index.words.reading.denying ?? [];
  const why = words.filter((word) => word.text === "why").map((word) => word.clause);
  return words.some((word) => why.includes(word.clause) && denying.includes(word.text));
}

// ------------------------------------------------------------------------- spelling

function corrected(
  words: readonly Spoken[],
  search: Search,
): { words: Spoken[]; corrections: Correction[] } {
  const corrections = new Map<string, Correction>();
  const found = words.map((word) => {
    if (!mayBeUnknown(word) || search.known.has(word.stem)) return word;
    const meant = meantBy(word.text, search.index.spellings);
    if (meant === null) return word;
    corrections.set(`${word.text} ${meant}`, { written: word.text, meant });
    const plainly = { isFunction: false, isLight: false, isNumber: false, unit: null };
    return { text: meant, stem: search.reader.stem(meant), clause: word.clause, ...plainly };
  });
  return { words: found, corrections: [...corrections.values()] };
}

function meantBy(written: string, spellings: readonly string[]): string | null {
  const allowed = Math.min(MOST_SLIPS, Math.floor(written.length / 5));
  let [best, nearest]: [string | null, number] = [null, allowed + 1];
  for (const word of spellings) {
    if (Math.abs(word.length - written.length) > allowed || word[0] !== written[0]) continue;
    const distance = slips(written, word, allowed);
    if (distance < nearest) [best, nearest] = [word, distance];
  }
  return best;
}

/** How many letters are to be changed, added, left out or swapped; `most + 1` for more. */
function slips(one: string, other: string, most: number): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, place) => place);
  for (let i = 1; i <= one.length; i += 1) {
    const last = before;
    [before, row] = [row, [i]];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = one[i - 1] === other[j - 1] ? 0 : 1;
      let cost = Math.min(
        (row[j - 1] ?? 0) + 1,
        (before[j] ?? 0) + 1,
        (before[j - 1] ?? 0) + changed,
      );
      const isSwapped = one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (i > 1 && j > 1 && isSwapped) cost = Math.min(cost, (last[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return row.at(-1) ?? 0;
}

// -------------------------------------------------------------------------- scoring

/** What a document is looked for by, with how much it counts of a hundred. */
export function tokensOf(understood: Understood, index: AskIndex): ReadonlyMap<string, number> {
  const inside = new Set(understood.mentions.flatMap((one) => one.places));
  const counts = new Map<string, number>();
  const add = (token: string, count: number): void => {
    counts.set(token, Math.max(counts.get(token) ?? 0, count));
  };
  understood.words.forEach((word, place) => {
    if (word.isFunction) return;
    if (word.isLight || word.isNumber) add(word.stem, LIGHT);
    else add(word.stem, inside.has(place) ? WITHIN : WORD);
  });
  for (const { concepts } of understood.mentions) {
    for (const key of concepts) {
      add(key, THING);
      const kind = index.concepts[key]?.[0] ?? "";
      if (understood.isAgainst && MAY_BE_RULED_OUT.includes(kind)) add(`against:${key}`, AGAINST);
    }
  }
  for (const { concepts } of understood.ways) {
    for (const key of concepts) {
      add(key, index.concepts[key]?.[0] === "decision" ? DECISION : SHAPE);
    }
  }
  for (const key of understood.sayings) add(key, SAYING);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every document that has something of the question, the best first. */
export function scored(
  tokens: ReadonlyMap<string, number>,
  index: AskIndex,
  standings: ReadonlyMap<string, Standing>,
  instead: ReadonlyMap<string, readonly string[]>,
): Scored[] {
  const parts = new Map<number, [string, number][]>();
  for (const [token, count] of tokens) {
    const weights = Object.hasOwn(index.weights, token) ? (index.weights[token] ?? []) : [];
    for (let place = 0; place < weights.length; place += 2) {
      const [document, weight] = [weights[place] ?? 0, weights[place + 1] ?? 0];
      const some = parts.get(document) ?? [];
      some.push([token, Math.floor((weight * count) / 100)]);
      parts.set(document, some);
    }
  }
  return [...withOverriding(parts, index, instead)]
    .map(([document, words]) => {
      const told = index.documents[document];
      const total = words.reduce((sum, [, score]) => sum + score, 0);
      const standing = told?.kind === "rule" ? standings.get(told.name) : undefined;
      const factor = standing ? STANDINGS[standing] : (OF_KIND[told?.kind ?? ""] ?? 100);
      const score = Math.floor((total * factor) / 100);
      return { document, words, score, standing: standing ?? null };
    })
    .sort((a, b) => b.score - a.score || a.document - b.document);
}

type Words = readonly (readonly [string, number])[];
const total = (words: Words): number => words.reduce((sum, [, score]) => sum + score, 0);

/** The words of each document; of an overriding rule at least those of what it overrides. */
function withOverriding(
  parts: ReadonlyMap<number, Words>,
  index: AskIndex,
  instead: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<number, Words> {
  const places = new Map(
    index.documents.flatMap((one, place) =>
      one.kind === "rule" ? [[one.name, place] as const] : [],
    ),
  );
  const found = new Map<number, Words>(parts);
  for (const [name, overriding] of instead) {
    const words = parts.get(places.get(name) ?? -1) ?? [];
    for (const other of overriding) {
      const place = places.get(other);
      if (place !== undefined && total(words) > total(found.get(place) ?? [])) {
        found.set(place, words);
      }
    }
  }
  return found;
}

// --------------------------------------------------------------- whether to answer

function unitsOf(
  words: readonly Spoken[],
  mentions: readonly Mention[],
  asking: readonly Mention[],
  index: AskIndex,
): Unit[] {
  const found: [Unit, readonly number[]][] = [];
  const taken = new Set<number>();
  for (const { concepts, places } of mentions) {
    places.forEach((place) => taken.add(place));
    const said = words.filter((_, place) => places.includes(place));
    const stems = new Set(said.filter(mayBeUnknown).map((word) => word.stem));
    // Words that lead nowhere, for a thing that is no matter here.
    const isMatter = concepts.some((key) => Object.hasOwn(index.rarity, key));
    if (stems.size === 0 && !isMatter) continue;
    const text = said.map((word) => word.text).join(" ");
    found.push([unitOf(text, new Set(concepts), index, stems), places]);
  }
  const asked = new Map<number, Set<string>>();
  for (const { concepts, places } of asking) {
    for (const place of places) {
      const some = asked.get(place) ?? new Set<string>();
      concepts.forEach((key) => some.add(key));
      asked.set(place, some);
    }
  }
  words.forEach((word, place) => {
    if (taken.has(place) || !mayBeUnknown(word)) return;
    const ways = asked.get(place) ?? new Set<string>();
    let unit = unitOf(word.text, new Set(), index, new Set([word.stem]));
    if (ways.size > 0 && !unit.isKnown) unit = unitOf(word.text, ways, index, new Set());
    found.push([{ ...unit, tokens: new Set([...unit.tokens, ...ways]) }, [place]]);
  });
  const known = found.filter(([unit]) => unit.isKnown).length;
  const beside = found.length - known <= known ? BESIDE : UNKNOWN;
  return found.map(([unit, places]) => {
    if (unit.isKnown) return unit;
    const counts = isAskedAbout(places, words, index) ? ASKED_ABOUT : beside;
    return { ...unit, rarity: Math.floor((unit.rarity * counts) / 100) };
  });
}

/** Whether an unknown piece is what is asked about, and does not stand beside that. */
function isAskedAbout(
  places: readonly number[],
  words: readonly Spoken[],
  index: AskIndex,
): boolean {
  const { reading } = index.words;
  const isOf = (table: string, word: Spoken | undefined): boolean =>
    word !== undefined && (reading[table] ?? []).includes(word.text);
  const [first, last] = [Math.min(...places), Math.max(...places)];
  const before = words.slice(Math.max(0, first - 2), first);
  if (before.some((word) => isOf("naming", word))) return true;
  if (isOf("belonging", before.at(-1))) return true;
  if (words[last + 1]?.text === "of") return true; // "the price of mecobalamin"
  return !words.slice(last + 1).some(mayBeUnknown) && isOf("question_words", words[0]);
}

function unitOf(
  text: string,
  tokens: ReadonlySet<string>,
  index: AskIndex,
  stems: ReadonlySet<string>,
): Unit {
  const rarities = (some: ReadonlySet<string>): number[] =>
    [...some].flatMap((token) =>
      Object.hasOwn(index.rarity, token) ? [index.rarity[token] ?? 0] : [],
    );
  let known = rarities(tokens);
  if (known.length === 0 && stems.size > 0) {
    const all = rarities(stems);
    if (all.length === stems.size) known = all;
  }
  return {
    text,
    tokens: new Set([...tokens, ...stems]),
    rarity: known.length > 0 ? Math.max(...known) : index.rarest,
    isKnown: known.length > 0,
  };
}

/** How much a document has of a question, of a hundred. */
function covered(found: Scored, units: readonly Unit[]): number {
  if (units.length === 0) return 100;
  const had = new Set(found.words.map(([token]) => token));
  const sum = (some: readonly Unit[]): number => some.reduce((all, one) => all + one.rarity, 0);
  const part = sum(units.filter((unit) => [...unit.tokens].some((token) => had.has(token))));
  const never = sum(units.filter((unit) => !unit.isKnown));
  return part === 0 ? 0 : Math.floor((part * 100) / (part + never));
}

export interface Chosen {
  readonly items: readonly Scored[];
  readonly silences: readonly Scored[];
}

/** What an answer has of everything that was found. */
export function chosen(
  ranking: readonly Scored[],
  units: readonly Unit[],
  index: AskIndex,
  closed: ReadonlySet<number>,
): Chosen {
  const kindOf = ({ document }: Scored): string => index.documents[document]?.kind ?? "";
  const left = ranking.filter((one) => {
    const told = index.documents[one.document];
    return one.score > 0 && !(told?.kind === "silence" && closed.has(Number(told.name)));
  });
  const [top] = left;
  if (!top) return { items: [], silences: [] };
  const best = top.score;
  const good = left.filter(
    (one) => one.score * 100 >= best * AS_GOOD && kindOf(one) !== "assumption",
  );
  const found = Math.max(0, ...good.map((one) => covered(one, units)));
  const wanted = top.standing === "newly" ? COVERED_NEWLY : COVERED;
  if (found < wanted || best < (units.length > 0 ? LEAST : LEAST_OF_LIGHT_WORDS)) {
    return { items: [], silences: [] };
  }
  const silences = left.filter(
    (one) => kindOf(one) === "silence" && one.score * 100 >= best * SILENCE_NEAR,
  );
  const least = best * (kindOf(top) === "silence" ? SILENCE_ALONE : NEAR_ENOUGH);
  const told = left.filter((one) => ["rule", "definition"].includes(kindOf(one)));
  const near = told.filter((one) => one.score * 100 >= least);
  return { items: once(near, index), silences: silences.slice(0, MOST) };
}

/** The first that stand for different statements. */
function once(found: readonly Scored[], index: AskIndex): Scored[] {
  const said = new Set<string>();
  return found
    .filter(({ document }) => {
      const statements = index.documents[document]?.statements ?? [];
      const key = statements.join(" ");
      if (statements.length > 0 && said.has(key)) return false;
      said.add(key);
      return true;
    })
    .slice(0, MOST);
}
