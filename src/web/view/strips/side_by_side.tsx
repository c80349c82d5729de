/** Several guidelines about one patient: each decision in a row, a column for each guideline. */
import { useMemo, useState } from "preact/hooks";
import {
  type Beside,
  calledBeside,
  type Line,
  sideBySide,
} from "../../engine/several/side_by_side";
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { statusText } from "../answer/copy";
import { citedBy } from "../answer/line";
import { asked } from "../ask_engine";
import { factsOf, patientOf } from "../patient";
import type { Slot } from "../slots";
import { capitalised, few, listing } from "../words";
import "../style/strips.css";

const SHOWN_FIRST = 3;

interface Column {
  readonly program: Program;
  readonly label: string;
  readonly answer: Answer;
  /** What was entered that the guideline has no word for. */
  readonly strange: readonly string[];
}

export function SideBySide({ program, programs, state }: Slot) {
  const labels = useMemo(() => calledBeside(programs.map((one) => one.guideline)), [programs]);
  const [chosen, choose] = useState<readonly string[]>(() => firstOf(programs, program));
  const names = [...new Set([program.guideline.name, ...chosen])];
  const found = useMemo(() => {
    const columns: Column[] = [];
    const failed: string[] = [];
    programs.forEach((one, index) => {
      if (!names.includes(one.guideline.name)) return;
      const label = labels[index] ?? one.guideline.name;
      const { patient, refused, unasked } = patientOf(state, one);
      const off = one === program ? state.off : [];
      const { answer, refusal, failure } = asked(one, patient, { assumptionsOff: off });
      const strange = [...unasked, ...Object.keys(refused)].map((name) => nameOf(name, programs));
      if (answer) columns.push({ program: one, label, answer, strange });
      else failed.push(`${label}: ${refusal?.contradiction.text ?? failure ?? "no answer"}`);
    });
    return { columns, failed };
  }, [programs, labels, names.join(), state.facts, state.otherwise, state.off]);
  const rows = useMemo(() => sideBySide(found.columns.map((one) => one.answer)), [found]);
  const toggle = (name: string) =>
    choose(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  return (
    <section aria-labelledby="beside-heading" class="beside">
      <h2 id="beside-heading">Guidelines side by side</h2>
      <fieldset class="choice">
        <legend>Guidelines</legend>
        {programs.map((one, index) => (
          <label key={one.guideline.name}>
            <input
              type="checkbox"
              checked={names.includes(one.guideline.name)}
              disabled={one === program}
              onChange={() => toggle(one.guideline.name)}
            />{" "}
            {labels[index]}
          </label>
        ))}
      </fieldset>
      {found.failed.map((text) => (
        <p key={text} class="caution">
          {text}
        </p>
      ))}
      {found.columns.length < 2 ? (
        <p>Choose at least two guidelines.</p>
      ) : (
        <Table columns={found.columns} rows={rows} />
      )}
      <p class="quiet">
        Parts are the same where they have the same values, whatever their words. To say nothing
        neither permits nor forbids. Whether two guidelines that differ can both be followed is not
        judged here; the command <code>b12guide panel</code> does that.
      </p>
    </section>
  );
}

function firstOf(programs: readonly Program[], program: Program): string[] {
  const others = programs.filter((one) => one !== program).map((one) => one.guideline.name);
  return [program.guideline.name, ...others.slice(0, SHOWN_FIRST - 1)];
}

function nameOf(fact: string, programs: readonly Program[]): string {
  for (const one of programs) {
    const found = factsOf(one).get(fact);
    if (found) return found.brief;
  }
  return fact.replaceAll("_", " ");
}

function Table({ columns, rows }: { columns: readonly Column[]; rows: readonly Beside[] }) {
  const spoken = rows.filter((row) => row.accord !== "silent");
  const label = (row: Beside) => columns[0]?.program.papers.decisions[row.decision].label ?? "";
  const silent = rows
    .filter((row) => row.accord === "silent")
    .map((row) => label(row).toLowerCase());
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="What each of them says">
      <table class="grid">
        <thead>
          <tr>
            <th scope="col">Decision</th>
            <th scope="col">All who speak say</th>
            {columns.map(({ program, label: name, answer, strange }) => (
              <th key={name} scope="col">
                {name} <small>{statusText(program)}</small>
                {answer.scope !== "applies" && (
                  <small class="silent">
                    {answer.scope === "unknown"
                      ? "may not be written for this patient"
                      : "is not written for this patient"}
                  </small>
                )}
                {strange.length > 0 && (
                  <small class="silent">has no word for {few(strange, 4)}: not considered</small>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {spoken.map((row) => (
            <tr key={row.decision}>
              <th scope="row">
                {label(row)} <small>{standing(row, columns)}</small>
              </th>
              <td data-label="All who speak say">
                <Lines
                  lines={row.lines.filter((line) => isShared(line, row, columns))}
                  columns={columns}
                />
              </td>
              {columns.map((column, place) => (
                <td key={column.label} data-label={column.label}>
                  <Cell row={row} place={place} column={column} columns={columns} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {silent.length > 0 && <p>None of them says anything on {listing(silent)}.</p>}
      {columns.map(({ label: name, answer }) => {
        const texts = [...new Set(answer.silent.map((one) => one.text || one.label))];
        return (
          texts.length > 0 && (
            <details key={name} class="unaddressed">
              <summary>
                Not addressed by {name} for this patient ({texts.length})
              </summary>
              <ul>
                {texts.map((text) => (
                  <li key={text}>{capitalised(text)}</li>
                ))}
              </ul>
            </details>
          )
        );
      })}
    </div>
  );
}

function isShared(line: Line, row: Beside, columns: readonly Column[]): boolean {
  const speaking = columns.length - row.silent.length;
  return speaking > 1 && line.by.length === speaking;
}

function standing(row: Beside, columns: readonly Column[]): string {
  const names = columns.filter((_, place) => !row.silent.includes(place)).map((one) => one.label);
  switch (row.accord) {
    case "same":
      return row.silent.length ? `${listing(names)} say the same` : "all say the same";
    case "differ":
      return row.silent.length ? `${listing(names)} differ` : "they differ";
    case "alone":
      return `only ${names[0]} speaks`;
    case "silent":
      return "none speaks";
    case "not compared":
      return "alike so far; it depends on what is not known whether they agree";
  }
}

function Cell(props: { row: Beside; place: number; column: Column; columns: readonly Column[] }) {
  const { row, place, column, columns } = props;
  if (row.silent.includes(place)) return <p class="quiet">says nothing on this</p>;
  const own = row.lines
    .filter((line) => !isShared(line, row, columns))
    .flatMap((line) => {
      const by = line.by.filter((voice) => voice.guideline === place);
      return by.length ? [{ ...line, by }] : [];
    });
  const known = factsOf(column.program);
  const open = (row.dependsOn[place] ?? []).map(
    (name) => known.get(name)?.brief ?? name.replaceAll("_", " "),
  );
  return (
    <>
      <Lines lines={own} columns={columns} isOwn />
      {own.length === 0 && <p class="quiet">as all who speak</p>}
      {open.length > 0 && <small>depends on {few(open, 4)}</small>}
    </>
  );
}

function Lines(props: { lines: readonly Line[]; columns: readonly Column[]; isOwn?: boolean }) {
  const { lines, columns, isOwn } = props;
  if (lines.length === 0) return null;
  return (
    <ul>
      {lines.map((line, index) => (
        <li key={index} class={line.certain ? "" : "open"}>
          {qualified(line)}
          {line.by.map((voice) => {
            const column = columns[voice.guideline];
            if (!column) return null;
            const ground = [
              voice.strength,
              voice.statements.join(" "),
              citedBy(voice.rules, column.program),
            ];
            return (
              <small key={voice.guideline}>
                {isOwn ? "" : `${column.label}: `}
                {ground.filter(Boolean).join(" ")}
              </small>
            );
          })}
        </li>
      ))}
    </ul>
  );
}

/** The words of a line, with how far it is certain, and how it stands to the default. */
function qualified(line: Line): string {
  let text = line.text;
  if (line.barred.length) {
    return `${line.certain ? "not offered" : "perhaps not offered"}, contraindicated: ${text}`;
  }
  if (!line.certain) text = `perhaps ${text}`;
  if (line.alternative && !text.startsWith("avoid")) text = `or ${text}`;
  if (line.avoided) text = `${text}, though one of these drugs is advised against`;
  return line.withheld ? `not now: ${text}` : text;
}
