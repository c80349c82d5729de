/** The answer on a calendar: doses, tests and decisions, in a picture and in words. */
import { useMemo } from "preact/hooks";
import type { AdviceData } from "../../engine/advice";
import { calendarFile, dayAfter, timelineOf } from "../../engine/calendar";
import { dayText, readDay } from "../../engine/calendar/days";
import type { Entry } from "../../engine/calendar/entry";
import { labelsOf } from "../../engine/calendar/labels";
import type { Timeline as Days, TimelineRow } from "../../engine/calendar/timeline";
import type { Answer } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { statusText } from "../answer/copy";
import { citedBy } from "../answer/line";
import { factsOf, patientOf } from "../patient";
import type { Slot } from "../slots";
import { withCalendar } from "../state";
import { few } from "../words";
import { isUndecided, lanesOf } from "./lanes";
import { saved } from "./saved";
import { Strip } from "./strip";
import "../style/strips.css";

/** The first dose stands for itself where nobody gave a date: no clock is read. */
const SOME_DAY = "2001-01-01";
const YEAR = 365;

export function Timeline({ program, state, answer, change }: Slot) {
  const { start, events } = state.calendar;
  const advice = program.advice as AdviceData | null;
  const recorded = useMemo(() => {
    const { facts } = patientOf(state, program).patient;
    return Object.keys(facts).filter((name) => facts[name] === true);
  }, [state.facts, program]);
  const found = useMemo(
    () =>
      answer && advice
        ? timelineOf(advice, answer, {
            start: start ?? SOME_DAY,
            events: start === null ? {} : known(events, recorded),
            recorded,
          })
        : null,
    [answer, advice, start, events, recorded],
  );
  const labels = useMemo(() => (advice ? labelsOf(advice) : null), [advice]);
  const setStart = (day: string) =>
    change(withCalendar({ start: day === "" ? null : day, events: day === "" ? {} : events }));
  const setEvent = (name: string, day: string | null) => {
    const { [name]: _, ...others } = events;
    change(withCalendar({ start, events: day ? { ...others, [name]: day } : others }));
  };
  return (
    <section aria-labelledby="calendar-heading" class="calendar">
      <h2 id="calendar-heading">On a calendar</h2>
      <div class="days">
        <label>
          First dose on{" "}
          <input
            type="date"
            value={start ?? ""}
            onInput={(event) => setStart(event.currentTarget.value)}
          />
        </label>
        {start === null && (
          <p class="quiet">Without a first day, days are counted from the first dose.</p>
        )}
      </div>
      {!answer && <p>There is no answer yet, so there is nothing to lay out.</p>}
      {found && "refused" in found && (
        <p class="caution" role="alert">
          {found.refused}
        </p>
      )}
      {found && !("refused" in found) && labels && answer && (
        <>
          {start !== null && (
            <Awaited
              names={awaitedBy(found, recorded, events)}
              label={labels.fact}
              start={start}
              events={events}
              set={setEvent}
            />
          )}
          <Laid
            program={program}
            answer={answer}
            advice={advice as AdviceData}
            found={found}
            isDated={start !== null}
          />
        </>
      )}
    </section>
  );
}

/** Events that are on record have happened: no day is expected of them. */
function known(
  events: Readonly<Record<string, string>>,
  recorded: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(events).filter(([name]) => !recorded.includes(name)));
}

/** The events on which days depend, in the order in which they come up. */
function awaitedBy(
  found: Days,
  recorded: readonly string[],
  events: Readonly<Record<string, string>>,
): string[] {
  const names = found.entries.flatMap((entry) => [
    ...entry.after,
    ...(entry.phase?.until ? [entry.phase.until] : []),
    ...(entry.check?.until ? [entry.check.until] : []),
  ]);
  return [...new Set([...names, ...Object.keys(events)])].filter(
    (name) => !recorded.includes(name),
  );
}

function Awaited(props: {
  names: readonly string[];
  label: (name: string) => string;
  start: string;
  events: Readonly<Record<string, string>>;
  set: (name: string, day: string | null) => void;
}) {
  const { names, start, events, set } = props;
  const first = readDay(start);
  if (names.length === 0 || first === null) return null;
  return (
    <fieldset class="awaited">
      <legend>When is it expected?</legend>
      {names.map((name) => {
        const written = Object.hasOwn(events, name) ? (events[name] ?? "") : "";
        const day = readDay(written);
        const after = day === null ? 0 : Math.min(Math.max(day - first, 0), YEAR);
        const label = props.label(name);
        return (
          <div key={name} class="event">
            <label>
              {label}{" "}
              <input
                type="date"
                value={written}
                min={start}
                onInput={(event) => set(name, event.currentTarget.value || null)}
              />
            </label>
            <input
              type="range"
              min={0}
              max={YEAR}
              value={after}
              aria-label={`${label}: days after the first dose`}
              aria-valuetext={written ? `${after} days after the first dose` : "not given"}
              onInput={(event) => set(name, dayAfter(start, Number(event.currentTarget.value)))}
            />
            <output>{written ? `day ${after}` : "no day given"}</output>
            {written && (
              <button type="button" onClick={() => set(name, null)}>
                No day<span class="unseen"> for {label}</span>
              </button>
            )}
          </div>
        );
      })}
    </fieldset>
  );
}

function Laid(props: {
  program: Program;
  answer: Answer;
  advice: AdviceData;
  found: Days;
  isDated: boolean;
}) {
  const { program, answer, advice, found, isDated } = props;
  const waiting = useMemo(() => waitsFor(answer, program), [answer, program]);
  const lanes = useMemo(() => lanesOf(found, labelsOf(advice), waiting), [found, advice, waiting]);
  const last = Math.min(
    found.until,
    Math.max(
      found.start + 28,
      ...lanes.flatMap((lane) =>
        lane.rows.flatMap((row) => row.things.map((thing) => Math.min(thing.last, found.until))),
      ),
    ),
  );
  const early = found.entries.filter(
    (one) => one.kind === "dose" && one.window && one.window.earliest <= found.start + 31,
  );
  const isCrowded = early.length > 3 && last - found.start > 100;
  const reminder = `${program.notice} ${statusText(program)}.`;
  const save = () => {
    const of = { name: program.guideline.name, title: program.guideline.title, reminder };
    saved(`${of.name}.ics`, "text/calendar", calendarFile(advice, answer, found, of));
  };
  return (
    <>
      {lanes.length > 0 ? (
        <figure>
          {isCrowded && (
            <>
              <p class="panel-name">The first weeks</p>
              <Strip
                lanes={within(lanes, found.start + 31)}
                first={found.start}
                last={found.start + 31}
                title="The first weeks"
                words="The first weeks of the picture below, larger."
                isDated={isDated}
              />
              <p class="panel-name">Until {isDated ? dayText(last) : "a year later"}</p>
            </>
          )}
          <Strip
            lanes={lanes}
            first={found.start}
            last={last}
            title="Doses, tests and decisions by their days"
            words={`${lanes.map((lane) => lane.title).join(". ")}. The list below has every day.`}
            isDated={isDated}
          />
          <figcaption>
            <span class="key">● dose</span> <span class="key">■ test</span>{" "}
            <span class="key">◆ to decide</span> <span class="key">▬ on any of these days</span>{" "}
            <span class="key">○ may not be needed, or may move</span>
          </figcaption>
        </figure>
      ) : (
        <p>No dose and no test has a day yet.</p>
      )}
      <Entries program={program} found={found} isDated={isDated} waiting={waiting} />
      {found.notices.length > 0 && (
        <ul class="notices" aria-label="Remarks">
          {found.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
      {isDated && (
        <p>
          <button type="button" onClick={save}>
            Save for a calendar program (.ics)
          </button>
        </p>
      )}
    </>
  );
}

/** What each decision that is open depends on, in words. */
function waitsFor(answer: Answer, program: Program): ReadonlyMap<string, string> {
  const known = factsOf(program);
  const found = new Map<string, string>();
  for (const [decision, one] of Object.entries(answer.decisions)) {
    if (one.outcome !== "depends" || one.depends_on.length === 0) continue;
    const names = one.depends_on.map((name) => known.get(name)?.brief ?? name.replaceAll("_", " "));
    found.set(decision, few(names, 5));
  }
  return found;
}

/** The lanes that have anything as early as that. */
function within(lanes: ReturnType<typeof lanesOf>, last: number): ReturnType<typeof lanesOf> {
  return lanes.flatMap((lane) => {
    const rows = lane.rows
      .map((row) => ({ ...row, things: row.things.filter((one) => one.first <= last) }))
      .filter((row) => row.things.length > 0);
    return rows.length ? [{ ...lane, rows }] : [];
  });
}

function Entries(props: {
  program: Program;
  found: Days;
  isDated: boolean;
  waiting: ReadonlyMap<string, string>;
}) {
  const { program, found, isDated, waiting } = props;
  const silences = new Map(
    program.papers.silences.flatMap((one) => one.topics.map((t) => [t, one])),
  );
  const rows = found.rows.map((row, index) => ({
    row,
    entry: found.entries[index] as Entry,
    title: found.titles[index] ?? "",
  }));
  // Said once for all rows after each other that it concerns.
  const silentBeside = (index: number) => {
    const row = rows[index]?.row;
    if (row?.silent.join() === rows[index - 1]?.row.silent.join()) return [];
    return [...new Set(row?.silent.map((topic) => silences.get(topic)))];
  };
  const when = (row: TimelineRow, entry: Entry) => {
    if (!entry.window || row.earliest === null) return "no day yet";
    if (!isDated)
      return counted(entry.window.earliest - found.start, entry.window.latest - found.start);
    return row.earliest === row.latest ? row.earliest : `${row.earliest} to ${row.latest}`;
  };
  return (
    <div class="wide" tabIndex={0} role="region" aria-label="Every day in words">
      <table class="entries">
        <caption>Every day in words</caption>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Said by</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row, entry, title }, index) => (
            <tr key={index} class={row.kind}>
              <td>{when(row, entry)}</td>
              <td>
                <strong>{title}</strong>: {isDated ? row.text : undated(row.text)}
                {isUndecided(entry) &&
                  waiting.has(entry.decision) &&
                  `: ${waiting.get(entry.decision)}`}
                {silentBeside(index).map(
                  (one) =>
                    one && (
                      <small key={one.text} class="silent">
                        Not addressed: {one.text || one.labels.join(", ")}
                      </small>
                    ),
                )}
              </td>
              <td>
                {row.statements.join(" ")} {citedBy(row.rules, program)}
              </td>
            </tr>
          ))}
          {found.unplaced.map((one, index) => (
            <tr key={`unplaced ${index}`}>
              <td>no day</td>
              <td>{isDated ? one.text : undated(one.text)}</td>
              <td>
                {one.statements.join(" ")} {citedBy(one.rules, program)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.assumptions.length > 0 && (
        <details>
          <summary>Readings of ours on which these days rest</summary>
          <dl>
            {found.assumptions.map((name) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{program.papers.assumptions[name]}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </div>
  );
}

function counted(from: number, to: number): string {
  return from === to ? `day ${from}` : `day ${from} to ${to}`;
}

/** Words without the dates that stand for none. */
function undated(text: string): string {
  const first = readDay(SOME_DAY) ?? 0;
  return text.replaceAll(/\b\d{4}-\d{2}-\d{2}\b/g, (written) => {
    const day = readDay(written);
    return day === null ? written : `day ${day - first}`;
  });
}
