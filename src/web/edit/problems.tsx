/** What is wrong with the texts, each with its place, its code and what can be done. */
import { type Checked, summary } from "./checking";
import { byFile, type Desk } from "./desk";
import type { Diagnostic, Remedy } from "./service";

const MOST = 60;

export function Problems({ checked, desk }: { checked: Checked; desk: Desk }) {
  const { diagnostics, certain } = checked;
  const shown = diagnostics.slice(0, MOST);
  const count = Object.values(certain).reduce((sum, edits) => sum + edits.length, 0);
  const mendAll = () => {
    for (const [name, changes] of Object.entries(certain)) desk.apply(name, changes);
    desk.view.focus();
  };
  return (
    <section class="edit-problems" aria-labelledby="edit-problems">
      <h3 id="edit-problems">What is to be mended</h3>
      <p role="status">
        {checked.failure || (checked.isPending ? "Checking …" : `${summary(checked)}.`)}
      </p>
      {count > 1 && (
        <button type="button" onClick={mendAll}>
          Mend all {count} that leave no choice
        </button>
      )}
      <ul>
        {shown.map((one, number) => (
          <Problem key={number} one={one} desk={desk} />
        ))}
      </ul>
      {diagnostics.length > MOST && <p>And {diagnostics.length - MOST} more.</p>}
    </section>
  );
}

const WORDS = { error: "Error", warning: "Warning", info: "Remark" };

function Problem({ one, desk }: { one: Diagnostic; desk: Desk }) {
  const { place } = one;
  const text = place && isEdited(desk, place.file) ? wordAt(one, desk) : null;
  return (
    <li class={`edit-${one.severity}`}>
      <p>
        <strong>{WORDS[one.severity]}</strong> <span class="edit-code">{one.code}</span>{" "}
        <Place one={one} desk={desk} />
      </p>
      <p>{coded(one.message)}</p>
      {[...(place?.message ? [place.message] : []), ...one.notes].map((note) => (
        <p key={note} class="edit-note">
          {coded(note)}
        </p>
      ))}
      {one.help.map((help) => (
        <Help key={help.message} help={help} word={text} one={one} desk={desk} />
      ))}
    </li>
  );
}

function Place({ one, desk }: { one: Diagnostic; desk: Desk }) {
  const { place } = one;
  if (!place) return null;
  const sheet = desk.sheets().find((each) => `${each.name}.gdl` === place.file);
  const other = sheet && sheet === desk.sheets()[0] ? "" : `${sheet?.called ?? place.file}, `;
  const words = `${other}line ${place.start.line}, column ${place.start.column}`;
  if (!sheet) return <span>{words}</span>;
  return (
    <button type="button" class="edit-place" onClick={() => desk.goTo(place.file, place.start)}>
      {words}
    </button>
  );
}

interface HelpProps {
  help: Remedy;
  /** The single word at the place of the problem, if it is one. */
  word: string | null;
  one: Diagnostic;
  desk: Desk;
}

function Help({ help, word, one, desk }: HelpProps) {
  const edits = byFile(help.edits);
  const isCertain = edits.size > 0 && [...edits.keys()].every((file) => isEdited(desk, file));
  const mend = () => {
    for (const [file, changes] of edits) desk.apply(file, changes);
    desk.view.focus();
  };
  const choices = edits.size === 0 && word !== null ? choicesOf(help.message, word) : [];
  return (
    <p class="edit-help">
      {coded(help.message)}{" "}
      {isCertain && (
        <button type="button" class="edit-fix" onClick={mend}>
          Do it
        </button>
      )}
      {choices.map((choice) => (
        <button
          key={choice}
          type="button"
          class="edit-fix"
          onClick={() => replaced(one, choice, desk)}
        >
          Write {choice}
        </button>
      ))}
    </p>
  );
}

function replaced(one: Diagnostic, choice: string, desk: Desk) {
  if (!one.place) return;
  const { file, start, end } = one.place;
  desk.apply(file, [{ start: start.offset, end: end.offset, replacement: choice }]);
  desk.view.focus();
}

/** Where several names are near the one that was written, any of them can be chosen. */
export function choicesOf(message: string, word: string): readonly string[] {
  if (!message.startsWith("did you mean")) return [];
  const names = [...message.matchAll(/`(\w+)`/g)].flatMap((found) => found[1] ?? []);
  return names.filter((name) => name !== word);
}

function wordAt(one: Diagnostic, desk: Desk): string | null {
  if (!one.place) return null;
  const { file, start, end } = one.place;
  const characters = [...desk.text(file.replace(/\.gdl$/, ""))];
  const text = characters.slice(start.offset, end.offset).join("");
  return /^\w+$/.test(text) ? text : null;
}

function isEdited(desk: Desk, file: string): boolean {
  return desk.sheets().some((sheet) => `${sheet.name}.gdl` === file);
}

/** Text in which what stands between backticks is code. */
export function coded(text: string) {
  return text
    .split(/(`[^`]+`)/)
    .map((part, number) =>
      part.startsWith("`") ? <code key={number}>{part.slice(1, -1)}</code> : part,
    );
}
