/** What the sheet for the patient is made of beside the answer: `b12guide.page.sheet` makes it. */
export interface SheetData {
  /** That the guideline is retired or superseded, in the patient's words. */
  readonly warning: string | null;
  /** What decisions are called, in the order in which they are read. */
  readonly headings: Readonly<Record<string, string>>;
  readonly facts: Readonly<
    Record<string, { readonly brief: string; readonly question: string; readonly asks: boolean }>
  >;
  /** What the topics of silences are called. */
  readonly topics: Readonly<Record<string, string>>;
  /** The facts and definitions that the condition of a rule reads, its exceptions apart. */
  readonly reads: Readonly<Record<string, readonly string[]>>;
  /** The rules for those whom the guideline was not written for. */
  readonly outside: readonly string[];
  readonly titles: Readonly<Record<string, string>>;
  /** The decisions that rules speak to. */
  readonly decisions: readonly string[];
}

export type Tone = "plain" | "caution" | "quiet";

/** A line of the sheet, with what stands below it. */
export interface Item {
  readonly text: string;
  readonly details: readonly string[];
  readonly tone: Tone;
  readonly items: readonly Item[];
}

export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

export function item(text: string, parts: Partial<Omit<Item, "text">> = {}): Item {
  return { text, details: [], tone: "plain", items: [], ...parts };
}
