/** Small words. */

/** "a", "a and b", "a, b and c". */
export function listing(texts: readonly string[], word = "and"): string {
  if (texts.length < 2) return texts[0] ?? "";
  return `${texts.slice(0, -1).join(", ")} ${word} ${texts[texts.length - 1]}`;
}

/** With a capital first letter; a word with capitals of its own stays as it is. */
export function capitalised(text: string): string {
  const first = (text.split(" ", 1)[0] ?? "").slice(1);
  return first === first.toLowerCase() ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** The first few, and how many more there are. */
export function few(texts: readonly string[], most: number): string {
  if (texts.length <= most + 1) return listing(texts);
  return listing([...texts.slice(0, most), `${texts.length - most} more`]);
}

/** Each once, in the order in which they come. */
export function once<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
