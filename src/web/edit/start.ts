/** What a new guideline begins as. It can be used as it stands, and has one of each part. */
import type { BegunFile } from "./service";

const TEXT = `language 1

guideline mine "A guideline of mine"
    version    0.1.0
    revised    2026-01-01
    status     submitted
    uses       b12

source page "What the guideline is taken from"
    by      "Its authors", 2026
    kind    guideline
    printed as 1

rule form_in_deficiency "The form of vitamin B12"
    when     b12_deficiency
    form     hydroxocobalamin
    strength should
    cites    page
    because  "Write here why the source says so."
    patient  "Write here what the patient reads."

example "a deficiency"
    given  b12_deficiency, otherwise absent
    expect form hydroxocobalamin
`;

export function blank(): readonly BegunFile[] {
  return sheetOf(TEXT, "mine");
}

/** A text that stands alone. */
export function sheetOf(text: string, called: string): readonly BegunFile[] {
  return [{ name: "draft", called, kind: "", is_shipped: false, text }];
}
