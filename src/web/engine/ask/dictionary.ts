/** The things that a question is about, by the phrases for them: as `b12guide.ask.concepts`. */
import type { AskIndex, PhraseData } from "./data";
import type { Spoken } from "./wording";

export interface Mention {
  readonly concepts: readonly string[];
  readonly places: readonly number[];
}

export interface Dictionary {
  mentions(words: readonly Spoken[]): readonly Mention[];
  ways(words: readonly Spoken[]): readonly Mention[];
  sayings(words: readonly Spoken[]): readonly string[];
}

type ByFirst = ReadonlyMap<string, readonly PhraseData[]>;

export function dictionaryOf(index: AskIndex): Dictionary {
  const phrases = byFirst(index.phrases);
  const sayings = byFirst(index.sayings);
  return {
    mentions: (words) => longestOf(met(words, phrases)),
    ways: (words) =>
      index.ways
        .flatMap(([stems, concepts]) =>
          words.flatMap((_, start) => {
            const places = sideBySide(stems, start, words);
            return places.length > 0 ? [{ concepts, places }] : [];
          }),
        )
        .sort((a, b) => compared(a.places, b.places) || compared(a.concepts, b.concepts)),
    sayings: (words) => [...new Set(met(words, sayings).flatMap((one) => one.concepts))].sort(),
  };
}

/** Compares lists as Python compares tuples. */
function compared<T extends number | string>(one: readonly T[], other: readonly T[]): number {
  for (let place = 0; place < Math.min(one.length, other.length); place += 1) {
    const [a, b] = [one[place] as T, other[place] as T];
    if (a !== b) return a < b ? -1 : 1;
  }
  return one.length - other.length;
}

const width = ({ places }: Mention): number => (places.at(-1) ?? 0) - (places[0] ?? 0);

/** The longest first, and no word twice; then in the order of the words. */
function longestOf(found: readonly Mention[]): readonly Mention[] {
  const taken = new Set<number>();
  const kept: Mention[] = [];
  const sorted = [...found].sort(
    (a, b) =>
      b.places.length - a.places.length || width(a) - width(b) || compared(a.places, b.places),
  );
  for (const mention of sorted) {
    if (mention.places.some((place) => taken.has(place))) continue;
    mention.places.forEach((place) => taken.add(place));
    kept.push(mention);
  }
  return kept.sort((a, b) => compared(a.places, b.places));
}

function byFirst(phrases: readonly PhraseData[]): ByFirst {
  const found = new Map<string, PhraseData[]>();
  for (const phrase of phrases) {
    const first = phrase[0][0] ?? "";
    const some = found.get(first);
    if (some) some.push(phrase);
    else found.set(first, [phrase]);
  }
  return found;
}

/** Everywhere that a phrase stands, those inside longer ones included. */
function met(words: readonly Spoken[], phrases: ByFirst): Mention[] {
  const content = words.flatMap((word, place) => (word.isFunction ? [] : [place]));
  const at = new Map(content.map((place, number) => [place, number]));
  return words.flatMap((word, place) =>
    (phrases.get(word.stem) ?? []).flatMap(([stems, concepts, isWhole]) => {
      const number = at.get(place);
      let places: readonly number[] = [];
      if (isWhole) places = sideBySide(stems, place, words);
      else if (number !== undefined) places = around(stems, number, content, words);
      return places.length > 0 ? [{ concepts, places }] : [];
    }),
  );
}

function sideBySide(
  stems: readonly string[],
  start: number,
  words: readonly Spoken[],
): readonly number[] {
  const some = words.slice(start, start + stems.length);
  const isThere =
    some.length === stems.length &&
    stems.every((stem, place) => some[place]?.stem === stem) &&
    some[0]?.clause === some.at(-1)?.clause;
  return isThere ? stems.map((_, place) => start + place) : [];
}

/** The places of all stems about one of them in the same clause; none if one is missing. */
function around(
  stems: readonly string[],
  at: number,
  content: readonly number[],
  words: readonly Spoken[],
): readonly number[] {
  const here = content[at] ?? 0;
  if (stems.length === 1) return [here];
  const reach = stems.length + 1;
  const near = content.slice(Math.max(0, at - reach), at + reach + 1);
  const places = [here];
  for (const stem of stems.slice(1)) {
    let best: number | null = null;
    for (const place of near) {
      const word = words[place];
      if (word?.stem !== stem || word.clause !== words[here]?.clause) continue;
      if (places.includes(place)) continue;
      const [apart, before] = [Math.abs(place - here), best === null ? 0 : Math.abs(best - here)];
      if (best === null || apart < before || (apart === before && place > best)) best = place;
    }
    if (best === null) return [];
    places.push(best);
  }
  return places.sort((a, b) => a - b);
}
