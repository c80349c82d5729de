/** The first screen: what matters first, each line with its strength and its statements. */
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { goTo } from "../facts/panel";
import { factsOf } from "../patient";
import { capitalised, few, once } from "../words";
import type { Changed } from "./changed";
import { LineItem, type OpenCard } from "./line";
import { type Line, type Row, rowsOf } from "./rows";
import type { ExplainRule } from "./when";

export interface ScreenProps {
  readonly program: Program;
  readonly answer: Answer;
  readonly explain: ExplainRule;
  readonly changed: Changed | null;
  readonly open: OpenCard;
}

export function FirstScreen(props: ScreenProps) {
  const { answer, program } = props;
  const rows = rowsOf(answer, program, props.explain);
  return (
    <div class="screen">
      {rows.map((row) => (
        <RowOf key={row.label} row={row} {...props} />
      ))}
      <AskNext {...props} />
    </div>
  );
}

const MOST_LINES = 5;

/** The first lines of a row, and how many more there are. */
function RowOf(props: ScreenProps & { row: Row }) {
  const { row, program, changed, open } = props;
  const isNew = (line: Line) => changed?.keys.has(line.key) ?? false;
  const shown = row.lines.length > MOST_LINES + 1 ? MOST_LINES : row.lines.length;
  const further = row.lines.slice(shown);
  const items = (lines: readonly Line[]) => (
    <ul>
      {lines.map((line) => (
        <LineItem key={line.key} line={line} program={program} isNew={isNew(line)} open={open} />
      ))}
    </ul>
  );
  return (
    <section class={`row ${row.shape}`}>
      <h3>{row.label}</h3>
      {items(row.lines.slice(0, shown))}
      {further.length > 0 && (
        <details open={further.some(isNew)}>
          <summary>{further.length} more</summary>
          {items(further)}
        </details>
      )}
    </section>
  );
}

const FEW = 3;

function AskNext({ answer, program }: ScreenProps) {
  if (answer.questions.length === 0) return null;
  const known = factsOf(program);
  const { decisions } = program.papers;
  return (
    <section class="row list">
      <h3>Ask next</h3>
      <ol>
        {answer.questions.slice(0, FEW).map((question) => {
          const fact = known.get(question.fact);
          const settled = once(question.decides).flatMap((name) => {
            const label = decisions[name as keyof typeof decisions]?.label;
            return label ? [label.toLowerCase()] : [];
          });
          return (
            <li key={question.fact}>
              <a href="#facts" onClick={(event) => goTo(event, question.fact)}>
                {fact?.asks ?? `${capitalised(question.label)}?`}
              </a>
              {settled.length > 0 && <small> settles {few(settled, 3)}</small>}
            </li>
          );
        })}
      </ol>
      {answer.questions.length > FEW && (
        <p class="quiet">and {answer.questions.length - FEW} more, in the list of facts</p>
      )}
    </section>
  );
}
