/** What names may be called in a history: `b12guide.page.spellings` makes it. */
export interface Spellings {
  readonly drugs: Readonly<Record<string, string>>;
  readonly routes: Readonly<Record<string, string>>;
  readonly sites: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, string>>;
  readonly facts: Readonly<Record<string, string>>;
  /** The facts that are so without a value: findings and events. */
  readonly say_themselves: readonly string[];
  /** The least and the greatest plausible dose of a drug, in micrograms. */
  readonly plausible: Readonly<Record<string, readonly [number, number]>>;
}

/** Names without their capitals, their words joined by single blanks. */
export function folded(name: string): string {
  return name
    .replaceAll(/[\s_-]+/g, " ")
    .trim()
    .toLowerCase();
}

export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
