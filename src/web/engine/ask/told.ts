/** What a question tells of a patient: as `b12guide.ask.told`, with the same caution. */
import { compare, exactText, fraction, type Fraction, times } from "../fraction";
import type { AskIndex, MeasureData } from "./data";
import type { Mention } from "./dictionary";
import type { Spoken } from "./wording";

const NEAR = 6;
const NUMBER_NEAR = 4;

export interface Told {
  readonly fact: string;
  readonly kind: "truth" | "value" | "number";
  readonly value: boolean | string;
  readonly number: Fraction | null;
  readonly text: string;
  readonly places: readonly number[];
  readonly isPlausible: boolean;
}

type Words = readonly Spoken[];

/** What the words tell, each fact once; what they tell of one in two ways is left out. */
export function toldIn(words: Words, mentions: readonly Mention[], index: AskIndex): Told[] {
  const found = [...numbers(words, mentions, index)];
  for (const mention of mentions) {
    for (const key of mention.concepts) {
      const told = stated(key, mention, words, index);
      if (told) found.push(told);
    }
  }
  const values = new Map<string, Set<boolean | string>>();
  for (const { fact, value } of found) {
    values.set(fact, (values.get(fact) ?? new Set<boolean | string>()).add(value));
  }
  const once = new Map<string, Told>();
  for (const told of found.reverse()) {
    if (values.get(told.fact)?.size === 1) once.set(told.fact, told);
  }
  return [...once.values()].sort((a, b) => {
    for (let n = 0; n < Math.min(a.places.length, b.places.length); n += 1) {
      const difference = (a.places[n] ?? 0) - (b.places[n] ?? 0);
      if (difference !== 0) return difference;
    }
    return a.places.length - b.places.length || (a.fact < b.fact ? -1 : 1);
  });
}

const first = (mention: Mention): number => mention.places[0] ?? 0;
const last = (mention: Mention): number => mention.places.at(-1) ?? 0;

function within(index: AskIndex, table: string, word: string | undefined): boolean {
  return word !== undefined && (index.words.reading[table] ?? []).includes(word);
}

function clauseOf(words: Words, place: number): number {
  return words[place]?.clause ?? -1;
}

function clauseStart(words: Words, place: number): number {
  const clause = clauseOf(words, place);
  let start = place;
  while (start > 0 && clauseOf(words, start - 1) === clause) start -= 1;
  return start;
}

// ------------------------------------------------------------------------- numbers

function* numbers(words: Words, mentions: readonly Mention[], index: AskIndex): Generator<Told> {
  for (const [place, word] of words.entries()) {
    if (!word.isNumber || isBound(words, place, index)) continue;
    let best: { distance: number; mention: Mention; name: string; measure: MeasureData } | null =
      null;
    for (const mention of mentions) {
      if (clauseOf(words, first(mention)) !== word.clause) continue;
      if (isOthers(words, mention, index)) continue;
      for (const key of mention.concepts) {
        const concept = index.concepts[key];
        if (!concept || !["measure", "test"].includes(concept[0])) continue;
        const name = concept[1];
        const measure = Object.hasOwn(index.measures, name) ? index.measures[name] : undefined;
        if (!measure) continue;
        const distance = distanceOf(words, place, mention, measure, index);
        if (distance !== null && (best === null || distance < best.distance)) {
          best = { distance, mention, name, measure };
        }
      }
    }
    if (best === null) continue;
    const [units, low, high] = best.measure;
    const [unit, factor] = units[word.unit ?? ""] ?? ["", "1"];
    const value = times(fraction(word.text), fraction(factor));
    yield {
      fact: best.name,
      kind: "number",
      value: exactText(value),
      number: value,
      text: `${word.text} ${unit}`.trim(),
      places: [...new Set([...best.mention.places, place])].sort((a, b) => a - b),
      isPlausible:
        low === undefined ||
        high === undefined ||
        (compare(fraction(low), value) <= 0 && compare(value, fraction(high)) <= 0),
    };
  }
}

/** How far a number is from a measure; null where it is no value of it. */
function distanceOf(
  words: Words,
  place: number,
  mention: Mention,
  measure: MeasureData,
  index: AskIndex,
): number | null {
  const unit = words[place]?.unit ?? null;
  const end = last(mention);
  if (unit !== null) {
    const apart = place > end ? place - end : first(mention) - place;
    return Object.hasOwn(measure[0], unit) ? Math.abs(apart) : null;
  }
  const between = words.slice(end + 1, Math.max(place, end + 1));
  const follows = place > end && between.every((one) => within(index, "linking", one.text));
  return follows && between.length < NUMBER_NEAR ? place - end : null;
}

function isBound(words: Words, place: number, index: AskIndex): boolean {
  const before = words.slice(Math.max(0, place - 2), place);
  const behind = words.slice(place + 1, place + 3);
  return (
    before.some((word) => within(index, "bounding", word.text)) ||
    behind[0]?.isNumber === true ||
    (behind.length > 1 && behind[0]?.text === "to" && behind[1]?.isNumber === true) ||
    (before.length > 1 && before.at(-1)?.text === "to" && before.at(-2)?.isNumber === true) ||
    before.at(-1)?.isNumber === true
  );
}

// ------------------------------------------------------------------------ findings

function stated(key: string, mention: Mention, words: Words, index: AskIndex): Told | null {
  const concept = index.concepts[key];
  if (!concept) return null;
  const [kind, name, , choice] = concept;
  if (!["finding", "event", "definition", "value"].includes(kind)) return null;
  if (isOthers(words, mention, index) || isDoubted(words, mention, index)) return null;
  const denied = isDenied(words, mention, index);
  if (!denied && !isTold(words, mention, index)) return null;
  if (kind === "value" && denied) return null;
  return {
    fact: name,
    kind: kind === "value" ? "value" : "truth",
    value: kind === "value" ? (choice ?? "") : !denied,
    number: null,
    text: "",
    places: mention.places,
    isPlausible: true,
  };
}

function isOthers(words: Words, mention: Mention, index: AskIndex): boolean {
  const before = words.slice(clauseStart(words, first(mention)), first(mention));
  return before.some(
    ({ text }, at) =>
      text === "family" ||
      (within(index, "others", text) &&
        at > 0 &&
        within(index, "possessives", before[at - 1]?.text)),
  );
}

function isDoubted(words: Words, mention: Mention, index: AskIndex): boolean {
  const start = Math.max(clauseStart(words, first(mention)), first(mention) - 3);
  const near = [
    ...words.slice(start, first(mention)),
    ...words.slice(last(mention) + 1, last(mention) + 3),
  ];
  const clause = clauseOf(words, first(mention));
  return near.some((word) => word.clause === clause && within(index, "doubting", word.text));
}

function isDenied(words: Words, mention: Mention, index: AskIndex): boolean {
  const begins = first(mention);
  const start = clauseStart(words, begins);
  let from = Math.max(start, begins - NEAR);
  if (words.slice(start, begins).some((word) => word.text === "why")) {
    from = Math.max(from, begins - 2);
  }
  for (let place = begins - 1; place >= from; place -= 1) {
    const text = words[place]?.text;
    if (within(index, "contrast", text)) return false;
    if (within(index, "denying", text) && !mention.places.includes(place)) return true;
  }
  return false;
}

function isTold(words: Words, mention: Mention, index: AskIndex): boolean {
  const begins = first(mention);
  let start = clauseStart(words, begins);
  while (start < begins && within(index, "lead_in", words[start]?.text)) start += 1;
  let asked = -1;
  for (let place = start; place < begins && asked < 0; place += 1) {
    if (within(index, "question_words", words[place]?.text)) asked = place;
  }
  const lead = words[start]?.text;
  if (asked >= 0) start = asked;
  const before = words.slice(start, begins).map((word) => word.text);
  if (within(index, "telling", words[begins]?.text) && mention.places.length > 1) return true;
  if (start === begins || !(asked >= 0 || within(index, "asking", lead))) {
    return isToldPlainly(words, mention, before, index);
  }
  const ofSomebody = within(index, "people", words[last(mention) + 1]?.text);
  for (let at = before.length - 1; at > 0; at -= 1) {
    const word = before[at];
    if (before.length - at > NEAR) break;
    if (within(index, "undoing", word) && !ofSomebody) return false;
    if (within(index, "telling", word)) {
      const aboutOne = within(index, "yes_or_no", lead) && within(index, "people", before[1]);
      return aboutOne ? within(index, "conditions", word) : true;
    }
  }
  return ofSomebody;
}

function isToldPlainly(
  words: Words,
  mention: Mention,
  before: readonly string[],
  index: AskIndex,
): boolean {
  const clause = clauseOf(words, first(mention));
  for (const word of before.slice(-NEAR).reverse()) {
    if (within(index, "telling", word)) return true;
    if (within(index, "undoing", word)) return false;
  }
  const inside = words.filter((word) => word.clause === clause);
  if (inside.some(({ text }) => within(index, "verbs", text) || within(index, "people", text))) {
    return true;
  }
  return words.some((word, place) => {
    const previous = words[place - 1];
    return (
      word.clause !== clause &&
      within(index, "asking", word.text) &&
      (previous === undefined ||
        previous.clause !== word.clause ||
        within(index, "lead_in", previous.text))
    );
  });
}
