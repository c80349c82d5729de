/** Lists, plurals and names: how words are put together in English (`b12guide.say.words`). */

/** The words as an English list: "a, b or c". */
export function listing(words: readonly string[], last = "and"): string {
  const first = words.slice(0, -1);
  const end = words.at(-1) ?? "";
  return first.length > 0 ? `${first.join(", ")} ${last} ${end}` : end;
}

/** The words as a choice whose first member comes first. */
export function choiceText(words: readonly string[]): string {
  const [first = "", ...others] = words;
  return others.length === 0 ? first : `${first} (first choice) or ${listing(others, "or")}`;
}

/** The count with its noun, which takes an s unless the count is 1. */
export function plural(count: string, noun: string): string {
  return count === "1" ? `${count} ${noun}` : `${count} ${noun}s`;
}

/** The text on one line with single spaces. */
export function spaced(text: string): string {
  return text.trim().split(/\s+/).join(" ");
}

/** The word for a name, which may be that of something every object of JavaScript has. */
export function wordFor(words: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** What a name is called; a name without a word stands for itself. */
export function called(words: Readonly<Record<string, string>>, name: string): string {
  return wordFor(words, name) ?? name.replaceAll("_", " ");
}

/** The sentence with a capital first letter; a word with capitals of its own stays as it is. */
export function capitalised(sentence: string): string {
  const [first = ""] = sentence.split(" ");
  const rest = first.slice(1);
  if (rest !== rest.toLowerCase()) return sentence;
  return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
}

/** The sentence with a small first letter; the rest, such as "B12", is left alone. */
export function uncapitalised(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
