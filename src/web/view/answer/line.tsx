/** One line of advice: its words, how strongly it is said, and the statements that say it. */
import type { Program } from "../../engine/program";
import { once } from "../words";
import type { Line } from "./rows";

/** Opens the card of a statement, or of a rule that rests on none. */
export type OpenCard = (about: { statement: string } | { rule: string }) => void;

export interface LineProps {
  readonly line: Line;
  readonly program: Program;
  readonly isNew: boolean;
  readonly open: OpenCard;
}

export function LineItem({ line, program, isNew, open }: LineProps) {
  const cited = citedBy(line.rules, program);
  return (
    <li class={`line ${line.tone}${line.alternative ? " beside" : ""}${isNew ? " new" : ""}`}>
      {isNew && <span class="mark">changed</span>}
      {openWord(line) !== "" && <span class="open">{openWord(line)}</span>}
      {line.text}{" "}
      <span class="ground">
        {line.strength !== null && <span class="strength">{line.strength}</span>}
        <Statements statements={line.statements} rules={line.rules} program={program} open={open} />
        {cited !== "" && <span class="cited">{cited}</span>}
      </span>
      {line.notes.map((note) => (
        <small key={note}>{note}</small>
      ))}
    </li>
  );
}

/** When a line holds, or that it may not. */
export function openWord(line: Line): string {
  if (line.when !== "") return `${line.when}: `;
  return !line.certain && line.strength !== null ? "perhaps " : "";
}

/** A button for each statement; where there are none, one for each rule. */
export function Statements(props: {
  statements: readonly string[];
  rules: readonly string[];
  program: Program;
  open: OpenCard;
}) {
  const { program, open } = props;
  const known = program.papers.statements;
  if (props.statements.length > 0) {
    return (
      <>
        {props.statements.map((name) =>
          Object.hasOwn(known, name) ? (
            <button key={name} type="button" class="id" onClick={() => open({ statement: name })}>
              {name}
              <span class="unseen">: what it says and why it is here</span>
            </button>
          ) : (
            <span key={name} class="id">
              {name}
            </span>
          ),
        )}
      </>
    );
  }
  return (
    <>
      {props.rules.map((name) => (
        <button key={name} type="button" class="id" onClick={() => open({ rule: name })}>
          {program.papers.rules[name]?.title ?? name}
        </button>
      ))}
    </>
  );
}

/** The numbers of the sources that some rules cite, such as "[1,2]". */
export function citedBy(rules: readonly string[], program: Program): string {
  const { sources } = program.papers;
  const names = once(rules.flatMap((name) => program.papers.rules[name]?.sources ?? []));
  const label = (name: string) => sources[name]?.label.replace(/^\[|\]$/g, "") ?? name;
  const printed = (name: string) => sources[name]?.printed ?? Number.MAX_SAFE_INTEGER;
  const sorted = [...names].sort((a, b) => printed(a) - printed(b) || (a < b ? -1 : 1));
  return sorted.length > 0 ? `[${sorted.map(label).join(",")}]` : "";
}
