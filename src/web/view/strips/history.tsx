/** A history that is pasted in: the doses as marks, the gaps, and what departs from the answer. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { dayText, readDay } from "../../engine/calendar/days";
import { labelsOf } from "../../engine/calendar/labels";
import {
  type Comparison,
  comparisonOf,
  type Departure,
  type History as Read,
  readHistory,
} from "../../engine/history";
import type { Program } from "../../engine/program";
import { citedBy } from "../answer/line";
import { patientOf } from "../patient";
import { isServed, type Slot } from "../slots";
import type { State } from "../state";
import { capitalised, once, plural } from "../words";
import type { Lane, Row } from "./lanes";
import { Strip } from "./strip";
import "../style/strips.css";

const EXAMPLE = `on,dose,start,event,amount,route
2025-01-06,hydroxocobalamin,,,1000 µg,intramuscular
2025-02-01,,folic_acid,,5 mg,
2025-03-01,,,neurological_plateau,,`;

export function History({ program, state, answer }: Slot) {
  const [text, setText] = useState("");
  const [on, setOn] = useState("");
  const recorded = useMemo(() => {
    const { facts } = patientOf(state, program).patient;
    return Object.keys(facts).filter((name) => facts[name] === true);
  }, [state.facts, program]);
  const read = useMemo(
    () => (text.trim() === "" ? null : readHistory(text, program.history)),
    [text, program],
  );
  const found = useMemo(
    () => (read && answer ? comparisonOf(program, answer, read, recorded, on || null) : null),
    [read, answer, program, recorded, on],
  );
  return (
    <section aria-labelledby="history-heading" class="history">
      <h2 id="history-heading">A history beside the answer</h2>
      <p>
        Paste what was given and found: a table with a line of names, or JSON, a row for each event.{" "}
        {!isServed() && "It stays in this page."}
      </p>
      <label class="paste">
        History
        <textarea
          rows={7}
          spellcheck={false}
          placeholder={EXAMPLE}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <label>
        Looked at on{" "}
        <input type="date" value={on} onInput={(event) => setOn(event.currentTarget.value)} />
      </label>{" "}
      <span class="quiet">
        {on === "" && "Without a day, nothing is said of the time after the last row."}
      </span>
      {read && <Bad read={read} />}
      {read && !answer && <p>There is no answer to compare with.</p>}
      {read && found && (
        <>
          <Picture program={program} read={read} found={found} on={on} />
          <Departures program={program} found={found} read={read} />
        </>
      )}
      {isServed() && read && read.rows.length > 0 && (
        <Audited program={program} state={state} read={read} on={on} />
      )}
    </section>
  );
}

function Bad({ read }: { read: Read }) {
  if (read.bad.length === 0) {
    return <p role="status">{plural(read.happenings.length, "row")} read.</p>;
  }
  return (
    <div class="caution" role="status">
      <p>
        {plural(read.bad.length, "row")} could not be read and{" "}
        {read.bad.length === 1 ? "is" : "are"} left out of what follows;{" "}
        {plural(read.happenings.length, "row")} read.
      </p>
      <ul>
        {read.bad.slice(0, 20).map((one, index) => (
          <li key={index}>
            {one.row > 0 && <strong>Row {one.row}: </strong>}
            {one.text} {one.remedy}
          </li>
        ))}
        {read.bad.length > 20 && <li>and {read.bad.length - 20} more rows</li>}
      </ul>
    </div>
  );
}

function Picture(props: { program: Program; read: Read; found: Comparison; on: string }) {
  const { program, read, found, on } = props;
  const labels = useMemo(() => labelsOf(program.advice), [program]);
  const days = [
    ...read.happenings.map((one) => one.day),
    ...found.departures.flatMap((one) => [one.first, one.last]),
  ];
  const last = readDay(on);
  if (last !== null) days.push(last);
  if (days.length === 0) return null;
  const [from, to] = [Math.min(...days), Math.max(...days)];
  const rows = (kinds: readonly string[], name: (one: string) => string): Row[] => {
    const some = read.happenings.filter((one) => kinds.includes(one.kind));
    return once(some.map((one) => one.name)).map((each) => ({
      name: name(each),
      goesOn: "",
      things: some
        .filter((one) => one.name === each)
        .map((one) => ({
          first: one.day,
          last: one.day,
          shape: one.kind === "test" ? "square" : one.kind === "event" ? "diamond" : "dot",
          isOpen: one.kind === "stop",
          said: `${dayText(one.day)}: ${one.kind} ${one.written ?? one.value ?? ""}`.trim(),
        })),
    }));
  };
  const departing: Row[] = found.departures.map((one) => ({
    name: one.text,
    goesOn: "",
    things: [{ first: one.first, last: one.last, shape: "cross", isOpen: false, said: one.text }],
  }));
  const lanes: Lane[] = [
    { title: "Doses", colour: "blue", rows: rows(["dose"], labels.drug) },
    {
      title: "Courses begun and ended",
      colour: "orange",
      rows: rows(["start", "stop"], labels.drug),
    },
    { title: "Tests", colour: "purple", rows: rows(["test"], labels.test) },
    { title: "Events", colour: "green", rows: rows(["event"], labels.fact) },
    { title: "Departs from the answer", colour: "red", rows: departing },
  ];
  return (
    <figure>
      <Strip
        lanes={lanes.filter((lane) => lane.rows.length > 0)}
        first={from}
        last={Math.max(to, from + 7)}
        title="The history, and what departs from the answer"
        words={`${plural(read.happenings.length, "event")} from ${dayText(from)} to ${dayText(to)}. ${plural(found.departures.length, "departure")}, listed below.`}
        isDated
      />
    </figure>
  );
}

function Departures(props: { program: Program; found: Comparison; read: Read }) {
  const { program, found, read } = props;
  return (
    <>
      <h3>What departs from the answer</h3>
      {found.departures.length === 0 ? (
        <p>
          Nothing of what was compared departs
          {read.bad.length > 0 ? ", in the rows that could be read" : ""}. That is not a finding
          that all is well: see what was not looked at.
        </p>
      ) : (
        <ul class="departures">
          {found.departures.map((one, index) => (
            <Finding key={index} one={one} program={program} />
          ))}
        </ul>
      )}
      <p>
        This page compares doses with the answer for the facts as they are entered now; the whole
        audit, by what was known on each day, is <code>b12guide audit</code>.
      </p>
      <h3>What was compared</h3>
      <ul>
        {found.compared.map((text) => (
          <li key={text}>{capitalised(text)}</li>
        ))}
      </ul>
      <h3>What was not</h3>
      <ul>
        {found.left.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}

function Finding({ one, program }: { one: Departure; program: Program }) {
  const statements = once(
    one.rules.flatMap((name) =>
      Object.hasOwn(program.papers.rules, name)
        ? (program.papers.rules[name]?.statements ?? [])
        : [],
    ),
  );
  const days =
    one.first === one.last ? dayText(one.first) : `${dayText(one.first)} to ${dayText(one.last)}`;
  const rows = one.rows.length > 6 ? `${one.rows.slice(0, 6).join(", ")} ...` : one.rows.join(", ");
  return (
    <li>
      <strong>{days}</strong>: {capitalised(one.text)}
      <small>
        {[one.strength, statements.join(" "), citedBy(one.rules, program)]
          .filter(Boolean)
          .join(" ")}
        {rows && ` · row ${rows}`}
      </small>
    </li>
  );
}

// --------------------------------------------------------------------- the whole audit

interface AuditFinding {
  severity: string;
  on: string | null;
  text: string;
  statements: string[];
  rules: string[];
  limit: string;
  missing: { what: string; text: string; quote: string }[];
  clears: string;
}

type Asked =
  | { kind: "none" | "waiting" }
  | { kind: "failed"; texts: readonly string[] }
  | { kind: "found"; on: string; findings: readonly AuditFinding[]; notices: readonly string[] };

/** The audit of the service that this page comes from. */
function Audited(props: { program: Program; state: State; read: Read; on: string }) {
  const { program, state, read } = props;
  const [asked, setAsked] = useState<Asked>({ kind: "none" });
  // What was found belongs to what was sent.
  useEffect(
    () => setAsked({ kind: "none" }),
    [read, props.on, state.facts, state.otherwise, program],
  );
  const last = read.happenings.at(-1)?.day;
  const on = props.on || (last === undefined ? "" : dayText(last));
  const ask = () => {
    setAsked({ kind: "waiting" });
    auditOf(program, state, read, on).then(setAsked, () =>
      setAsked({ kind: "failed", texts: ["The service did not answer."] }),
    );
  };
  return (
    <section class="audit" aria-labelledby="audit-heading">
      <h3 id="audit-heading">The whole audit</h3>
      <p>
        <button type="button" onClick={ask} disabled={on === "" || asked.kind === "waiting"}>
          Audit on {on || "a day"}
        </button>{" "}
        <span class="quiet">
          The history and the facts are sent to the service that this page comes from.
        </span>
      </p>
      <div role="status">
        {asked.kind === "waiting" && <p>Waiting for the service.</p>}
        {asked.kind === "failed" && (
          <ul class="caution">
            {asked.texts.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
        {asked.kind === "found" && (
          <>
            <p>
              {plural(asked.findings.length, "finding")} on {asked.on}.
            </p>
            <ul class="departures">
              {asked.findings.map((one, index) => (
                <li key={index}>
                  <strong>
                    {one.severity} {one.on}
                  </strong>
                  : {capitalised(one.text)}
                  <small>
                    {[one.statements.join(" "), citedBy(one.rules, program)]
                      .filter(Boolean)
                      .join(" ")}
                  </small>
                  {one.limit !== "" && <small>the rule allows: {one.limit}</small>}
                  {one.missing.map((each, at) => (
                    <small key={at}>
                      not settled: {each.text} {each.quote && `“${each.quote}”`}
                    </small>
                  ))}
                  {one.clears !== "" && <small>would clear it: {one.clears}</small>}
                </li>
              ))}
            </ul>
            {asked.notices.map((text) => (
              <p key={text} class="quiet">
                {text}
              </p>
            ))}
          </>
        )}
      </div>
    </section>
  );
}

async function auditOf(program: Program, state: State, read: Read, on: string): Promise<Asked> {
  const facts = Object.fromEntries(
    Object.entries(state.facts).map(([name, entry]) => [
      name,
      typeof entry === "object" ? `${entry.number} ${entry.unit ?? ""}`.trim() : entry,
    ]),
  );
  const answer = await fetch("audit", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      guideline: program.guideline.name,
      patient: { facts, otherwise: state.otherwise },
      history: read.rows,
      on,
    }),
  });
  const told = (await answer.json()) as {
    title?: string;
    errors?: { detail: string; remedy: string | null }[];
    findings?: AuditFinding[];
    notices?: (string | { text: string })[];
  };
  if (!answer.ok || !told.findings) {
    const texts = (told.errors ?? []).map((one) =>
      [one.detail, one.remedy].filter(Boolean).join(": "),
    );
    return { kind: "failed", texts: [told.title ?? "The audit was refused.", ...texts] };
  }
  const notices = (told.notices ?? []).map((one) => (typeof one === "string" ? one : one.text));
  return { kind: "found", on, findings: told.findings, notices };
}
