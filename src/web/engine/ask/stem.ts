/**
 * The stem of an English word by the algorithm of Snowball 3 (english.sbl, https://snowballstem.org),
 * with the same result as the Python package snowballstemmer; words are in small letters, without
 * apostrophes.
 */

const VOWELS = "aeiouy";
const isVowel = (letter: string | undefined): boolean =>
  letter !== undefined && VOWELS.includes(letter);

const EXCEPTIONS: Readonly<Record<string, string>> = {
  andes: "andes",
  atlas: "atlas",
  bias: "bias",
  cosmos: "cosmos",
  early: "earli",
  gently: "gentl",
  howe: "howe",
  idly: "idl",
  news: "news",
  only: "onli",
  singly: "singl",
  skies: "sky",
  skis: "ski",
  sky: "sky",
  ugly: "ugli",
};
const BEGINNINGS = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers)/;

const STEP_2: readonly (readonly [string, string])[] = [
  ["ational", "ate"],
  ["fulness", "ful"],
  ["iveness", "ive"],
  ["ousness", "ous"],
  ["ization", "ize"],
  ["biliti", "ble"],
  ["lessli", "less"],
  ["tional", "tion"],
  ["alism", "al"],
  ["aliti", "al"],
  ["ation", "ate"],
  ["entli", "ent"],
  ["fulli", "ful"],
  ["iviti", "ive"],
  ["ogist", "og"],
  ["ousli", "ous"],
  ["abli", "able"],
  ["alli", "al"],
  ["anci", "ance"],
  ["ator", "ate"],
  ["enci", "ence"],
  ["izer", "ize"],
  ["bli", "ble"],
  ["ogi", "og"],
  ["li", ""],
];
const STEP_3: readonly (readonly [string, string])[] = [
  ["ational", "ate"],
  ["tional", "tion"],
  ["alize", "al"],
  ["ative", ""],
  ["icate", "ic"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ness", ""],
  ["ful", ""],
];
const STEP_4 = [
  ...["ement", "able", "ance", "ence", "ible", "ment", "ant", "ate", "ent", "ion"],
  ...["ism", "iti", "ive", "ize", "ous", "al", "er", "ic"],
];

/** The stem of a word. */
export function stemmed(word: string): string {
  const exception = Object.hasOwn(EXCEPTIONS, word) ? EXCEPTIONS[word] : undefined;
  if (exception !== undefined) return exception;
  if (word.length < 3) return word;
  const marked = withConsonantY(word);
  const [first, second] = regions(marked);
  let found = step1a(marked);
  found = step1b(found, first);
  found = step1c(found);
  found = step2(found, first);
  found = step3(found, first, second);
  found = step4(found, second);
  found = step5(found, first, second);
  return found.replaceAll("Y", "y");
}

/** The word with Y for each y that is a consonant: at its start, or behind a vowel. */
function withConsonantY(word: string): string {
  let found = "";
  for (const letter of word) {
    const before = found.at(-1);
    found += letter === "y" && (before === undefined || isVowel(before)) ? "Y" : letter;
  }
  return found;
}

/** Where the two regions begin in which endings count. */
function regions(word: string): [number, number] {
  const beginning = BEGINNINGS.exec(word);
  const first = beginning ? beginning[0].length : afterSyllable(word, 0);
  return [first, afterSyllable(word, first)];
}

/** The place behind the first consonant that follows a vowel. */
function afterSyllable(word: string, from: number): number {
  let place = from;
  while (place < word.length && !isVowel(word[place])) place += 1;
  while (place < word.length && isVowel(word[place])) place += 1;
  return place < word.length ? place + 1 : word.length;
}

const hasVowel = (text: string): boolean => [...text].some(isVowel);

/** Whether a word ends in a short syllable. */
function endsShort(word: string): boolean {
  const [third, second, first] = [word.at(-3), word.at(-2), word.at(-1)];
  if (first === undefined) return false;
  if (word.endsWith("past")) return true;
  if (isVowel(first) || !isVowel(second)) return false;
  if (word.length === 2) return true;
  return !"wxY".includes(first) && third !== undefined && !isVowel(third);
}

function step1a(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (word.endsWith("ied") || word.endsWith("ies")) {
    return word.slice(0, -3) + (word.length > 4 ? "i" : "ie");
  }
  if (word.endsWith("ss") || word.endsWith("us")) return word;
  if (word.endsWith("s") && hasVowel(word.slice(0, -2))) return word.slice(0, -1);
  return word;
}

function step1b(word: string, first: number): string {
  for (const ending of ["eedly", "eed"]) {
    if (!word.endsWith(ending)) continue;
    const kept = word.slice(0, -ending.length);
    const stays = kept.length < first || /^(?:succ|proc|exc)$/.test(kept);
    return stays ? word : `${kept}ee`;
  }
  const ending = ["ingly", "edly", "ing", "ed"].find((one) => word.endsWith(one));
  if (ending === undefined) return word;
  const kept = word.slice(0, -ending.length);
  if (ending === "ing") {
    if (/^(?:even|cann|inn|earr|herr|out)$/.test(kept)) return word;
    if (/^[^aeiouy]y$/.test(kept)) return `${kept.slice(0, -1)}ie`;
  }
  if (!hasVowel(kept)) return word;
  if (/(?:at|bl|iz)$/.test(kept)) return `${kept}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(kept)) {
    return /^[aeo](?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(kept) ? kept : kept.slice(0, -1);
  }
  return kept.length === first && endsShort(kept) ? `${kept}e` : kept;
}

function step1c(word: string): string {
  const last = word.at(-1);
  const isLate = word.length > 2 && !isVowel(word.at(-2));
  return (last === "y" || last === "Y") && isLate ? `${word.slice(0, -1)}i` : word;
}

function step2(word: string, first: number): string {
  for (const [ending, instead] of STEP_2) {
    if (!word.endsWith(ending)) continue;
    const kept = word.slice(0, -ending.length);
    if (kept.length < first) return word;
    if (ending === "ogi" && !kept.endsWith("l")) return word;
    if (ending === "li" && !/[cdeghkmnrt]$/.test(kept)) return word;
    return kept + instead;
  }
  return word;
}

function step3(word: string, first: number, second: number): string {
  for (const [ending, instead] of STEP_3) {
    if (!word.endsWith(ending)) continue;
    const kept = word.slice(0, -ending.length);
    if (kept.length < first || (ending === "ative" && kept.length < second)) return word;
    return kept + instead;
  }
  return word;
}

function step4(word: string, second: number): string {
  const ending = STEP_4.find((one) => word.endsWith(one));
  if (ending === undefined) return word;
  const kept = word.slice(0, -ending.length);
  const stays = kept.length < second || (ending === "ion" && !/[st]$/.test(kept));
  return stays ? word : kept;
}

function step5(word: string, first: number, second: number): string {
  const kept = word.slice(0, -1);
  if (word.endsWith("e")) {
    const goes = kept.length >= second || (kept.length >= first && !endsShort(kept));
    return goes ? kept : word;
  }
  return word.endsWith("l") && kept.length >= second && kept.endsWith("l") ? kept : word;
}
