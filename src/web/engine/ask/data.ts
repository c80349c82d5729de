/** The index of questions in plain words as data: `program.ask`. */

export interface WordsData {
  function: readonly string[];
  light: readonly string[];
  /** By word, the one that stands for all of its meaning. */
  same: Readonly<Record<string, string>>;
  /** What is one word, though written as several. */
  together: Readonly<Record<string, string>>;
  against: readonly string[];
  reading: Readonly<Record<string, readonly string[]>>;
  /** The units that may stand behind a number, longest first. */
  units: readonly string[];
}

/** Stems, the keys of what is called so, and whether the words stand side by side. */
export type PhraseData = readonly [readonly string[], readonly string[], boolean];

/** Its units (as they are spelled, and factors), and the least and greatest plausible value. */
export type MeasureData = readonly [
  Readonly<Record<string, readonly [string, string]>>,
  string?,
  string?,
];

export interface DocumentData {
  kind: "rule" | "definition" | "silence" | "assumption";
  name: string;
  statements: readonly string[];
  /** Whether it is out of the question for a patient for whom its condition is false. */
  falls_away: boolean;
  /** What an answer has of it, apart from what depends on the patient; one for each topic. */
  told: readonly Readonly<Record<string, unknown>>[];
}

export interface AskIndex {
  documents: readonly DocumentData[];
  /** By key: the kind, the name, the label, and the value of a choice. */
  concepts: Readonly<Record<string, readonly [string, string, string, string | null]>>;
  phrases: readonly PhraseData[];
  ways: readonly PhraseData[];
  sayings: readonly PhraseData[];
  /** By stem or key: document, weight, document, weight ... */
  weights: Readonly<Record<string, readonly number[]>>;
  rarity: Readonly<Record<string, number>>;
  rarest: number;
  measures: Readonly<Record<string, MeasureData>>;
  spellings: readonly string[];
  words: WordsData;
}
