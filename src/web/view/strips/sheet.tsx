/** The sheet for the patient: one page in plain words, to be printed. */
import { useEffect, useMemo } from "preact/hooks";
import { type Item, type Section, sheetOf } from "../../engine/sheet";
import type { Program } from "../../engine/program";
import type { Slot } from "../slots";
import "../style/sheet.css";

export function Sheet({ program, answer, state }: Slot) {
  const sections = useMemo(() => (answer ? sheetOf(program, answer) : []), [program, answer]);
  useEffect(() => {
    // While the sheet is shown, it alone goes onto paper.
    const page = document.documentElement;
    page.dataset["paper"] = "sheet";
    return () => {
      delete page.dataset["paper"];
    };
  }, []);
  if (!answer) return <p>There is no answer yet, so there is nothing to print.</p>;
  return (
    <section aria-labelledby="sheet-heading" class="sheet">
      <p class="sheet-tools">
        <button type="button" onClick={() => print()}>
          Print this sheet
        </button>{" "}
        Only the sheet is printed.
      </p>
      {state.off.length > 0 && (
        <p class="caution sheet-tools">
          Assumptions are switched off ({state.off.join(", ")}): this sheet says what holds without
          them.
        </p>
      )}
      <article class="paper" style={{ "--sheet-size": `${sizeFor(sections)}pt` }}>
        <Head program={program} />
        <div class="columns">
          {sections.map((section) => (
            <Part key={section.title} section={section} />
          ))}
        </div>
        <p class="sheet-foot">{program.notice}</p>
      </article>
    </section>
  );
}

function Head({ program }: { program: Program }) {
  return (
    <header class="sheet-head">
      <h2 id="sheet-heading">{program.guideline.title}</h2>
      <p class="sheet-notice">
        <strong>{program.papers.patient_notice}</strong>
      </p>
      {program.sheet.warning !== null && <p class="caution">{program.sheet.warning}</p>}
      <p class="sheet-status">
        {program.papers.particulars.map(([name, text]) => `${name}: ${text}`).join(" · ")}
      </p>
    </header>
  );
}

function Part({ section }: { section: Section }) {
  return (
    <section class="sheet-part">
      <h3>{section.title}</h3>
      <Items items={section.items} />
    </section>
  );
}

function Items({ items }: { items: readonly Item[] }) {
  return (
    <ul>
      {items.map((one, index) => (
        <li key={index} class={one.tone}>
          {one.text}
          {one.details.map((detail) => (
            <small key={detail}>{detail}</small>
          ))}
          {one.items.length > 0 && <Items items={one.items} />}
        </li>
      ))}
    </ul>
  );
}

const LARGEST = 10.5;
const SMALLEST = 8;
/** Where even the smallest would need a second page. */
const ON_TWO_PAGES = 9.5;
const STEP = 0.25;
/** Of a sheet of A4: what is left for two columns below the head, and how wide each is, in mm. */
const HEIGHT = 228;
const WIDTH = 90;
const MM_IN_POINT = 0.3528;

/** The largest letters with which the sheet still fits onto one page and can be read, in points. */
export function sizeFor(sections: readonly Section[]): number {
  for (let size = LARGEST; size >= SMALLEST; size -= STEP) {
    const letters = WIDTH / (size * MM_IN_POINT * 0.53);
    const lines = sections.reduce((sum, one) => sum + 2.1 + linesOf(one.items, letters), 0);
    if ((lines * size * 1.22 * MM_IN_POINT) / 2 <= HEIGHT) return size;
  }
  return ON_TWO_PAGES;
}

function linesOf(items: readonly Item[], letters: number): number {
  return items.reduce((sum, one) => {
    const small = one.details.map((text) => 0.9 * Math.ceil(text.length / (letters * 1.1)));
    const own = Math.ceil(one.text.length / (letters - 3));
    return sum + own + small.reduce((a, b) => a + b, 0) + linesOf(one.items, letters - 3);
  }, 0);
}
