/** From a text to its words: as `b12guide.ask.wording` in Python, with the same result. */
import type { WordsData } from "./data";
import { stemmed } from "./stem";

export interface Spoken {
  readonly text: string;
  readonly stem: string;
  readonly clause: number;
  readonly isFunction: boolean;
  readonly isLight: boolean;
  readonly isNumber: boolean;
  readonly unit: string | null;
}

const TOKEN = /[0-9]+(?:,[0-9]{3})+(?![0-9])|[0-9]+(?:\.[0-9]+)?|[a-z][a-z0-9]*|[.?!;,]/g;
const NOT: readonly (readonly [string, string])[] = [
  ["can't", "can not"],
  ["cannot", "can not"],
  ["won't", "will not"],
  ["n't", " not"],
  ["'m ", " am "],
  ["'re ", " are "],
  ["'ve ", " have "],
  ["'ll ", " will "],
  ["'d ", " would "],
];
const ENDINGS: readonly (readonly [string, string])[] = [
  ["ise", "ize"],
  ["ised", "ized"],
  ["ises", "izes"],
  ["ising", "izing"],
  ["our", "or"],
  ["ours", "ors"],
  ["tre", "ter"],
  ["tres", "ters"],
];
const LONG = 5;

/** The text without capitals, accents, apostrophes and hyphens. */
export function plain(text: string): string {
  const letters = text
    .replace(/[\u2010-\u2014\u2212-]/g, "-")
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "");
  let found = letters
    .replace(/[\u2018\u2019`\u00b4]/g, "'")
    .toLowerCase()
    .replaceAll("\u03bc", "u");
  for (const [written, meant] of NOT) found = found.replaceAll(written, meant);
  return found
    .replace(/'s?(?![a-z])|'/g, "")
    .replace(/\b([b-hj-z])[ -]([0-9]+)\b/g, "$1$2")
    .replaceAll("-", " ");
}

/** The word as both sides of the Atlantic have it. */
export function oneSpelling(word: string): string {
  if (word.length < LONG) return word;
  const found = word.replaceAll("ae", "e").replaceAll("oe", "e").replaceAll("isation", "ization");
  for (const [british, american] of ENDINGS) {
    if (found.endsWith(british)) return found.slice(0, -british.length) + american;
  }
  return found;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const longestFirst = (one: string, other: string): number =>
  other.length - one.length || (one < other ? -1 : 1);

/** Reads texts with the English words of an index. */
export interface Reader {
  /** The words of a text, in order. */
  spoken(text: string): readonly Spoken[];
  /** The stem of the word that stands for all of this meaning. */
  stem(word: string): string;
}

export function readerOf(words: WordsData): Reader {
  const functions = new Set(words.function);
  const lights = new Set(words.light);
  const joined = Object.keys(words.together).sort(longestFirst).map(escaped).join("|");
  const together = new RegExp(`\\b(?:${joined})\\b`, "g");
  const units = new RegExp(` *(${words.units.map(escaped).join("|")})(?![a-z0-9/^])`, "y");
  const isOfSame = (word: string): boolean => Object.hasOwn(words.same, word);
  const meant = (word: string): string => (isOfSame(word) ? words.same[word] : undefined) ?? word;
  const stem = (word: string): string => stemmed(oneSpelling(meant(word)));

  function spoken(text: string): readonly Spoken[] {
    const written = plain(text).replace(together, (found) => words.together[found] ?? found);
    const found: Spoken[] = [];
    let [clause, at] = [0, 0];
    for (;;) {
      TOKEN.lastIndex = at;
      const said = TOKEN.exec(written)?.[0];
      if (said === undefined) return found;
      at = TOKEN.lastIndex;
      if (".?!;,".includes(said)) {
        clause += 1;
        continue;
      }
      if (/^[0-9]/.test(said)) {
        units.lastIndex = at;
        const unit = units.exec(written);
        // "45 years old", "3 injections": what is a word as well stays one.
        const isWord = unit?.[1] !== undefined && (lights.has(unit[1]) || isOfSame(unit[1]));
        if (unit && !isWord) at = units.lastIndex;
        const number = said.replaceAll(",", "");
        const shared = { text: number, stem: number, clause, isFunction: false, isLight: false };
        found.push({ ...shared, isNumber: true, unit: unit?.[1] ?? null });
        continue;
      }
      found.push({
        text: said,
        stem: stem(said),
        clause,
        isFunction: functions.has(said) && !isOfSame(said),
        isLight: lights.has(meant(said)),
        isNumber: false,
        unit: null,
      });
    }
  }
  return { spoken, stem };
}
