/** One fact to enter: yes, no or not known; a value; or a number with its unit. */
import type { ComponentChildren } from "preact";
import type { FactPaper } from "../../engine/papers";
import { ownLabel, readMeasure } from "../measure";
import type { Entry, Measured } from "../state";
import { capitalised } from "../words";

export interface FieldProps {
  readonly fact: FactPaper;
  readonly entry: Entry | undefined;
  /** What follows from the other facts, in words. */
  readonly implied: string | null;
  /** Whether it is one of the facts that contradict each other. */
  readonly clashes: boolean;
  readonly enter: (entry: Entry | null) => void;
}

const MOST_RADIOS = 4;

export function fieldId(name: string): string {
  return `fact-${name.replace(/[^A-Za-z0-9_-]/g, "-")}`;
}

export function Field(props: FieldProps) {
  const { fact } = props;
  if (fact.kind === "measure") return <MeasureField {...props} />;
  if (fact.kind === "choice") {
    return fact.values.length <= MOST_RADIOS ? <Radios {...props} /> : <Select {...props} />;
  }
  return <Truth {...props} />;
}

function Truth(props: FieldProps) {
  const values = [
    { label: "yes", entry: true },
    { label: "no", entry: false },
  ];
  return <Group {...props} values={values} />;
}

function Radios(props: FieldProps) {
  const values = props.fact.values.map(({ name, label }) => ({ label, entry: name }));
  return <Group {...props} values={values} />;
}

function Group({
  fact,
  entry,
  values,
  enter,
  ...rest
}: FieldProps & { values: { label: string; entry: Entry }[] }) {
  const id = fieldId(fact.name);
  return (
    <fieldset class={classOf(entry, rest.clashes)} id={id} aria-describedby={`${id}-help`}>
      <legend>{capitalised(fact.brief)}</legend>
      <Help id={id} fact={fact} {...rest} entry={entry} />
      <div class="radios">
        {[...values, { label: "not known", entry: null }].map((one) => (
          <label key={one.label}>
            <input
              type="radio"
              name={id}
              checked={(entry ?? null) === one.entry}
              onChange={() => enter(one.entry)}
            />
            <span>{one.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Select({ fact, entry, enter, ...rest }: FieldProps) {
  const id = fieldId(fact.name);
  return (
    <div class={classOf(entry, rest.clashes)} id={id}>
      <label class="legend" for={`${id}-value`}>
        {capitalised(fact.brief)}
      </label>
      <Help id={id} fact={fact} entry={entry} {...rest} />
      <select
        id={`${id}-value`}
        aria-describedby={`${id}-help`}
        value={typeof entry === "string" ? entry : ""}
        onChange={(event) => enter(event.currentTarget.value || null)}
      >
        <option value="">not known</option>
        {fact.values.map((one) => (
          <option key={one.name} value={one.name}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function MeasureField({ fact, entry, enter, ...rest }: FieldProps) {
  const id = fieldId(fact.name);
  const written: Measured = isMeasured(entry) ? entry : { number: "", unit: fact.unit };
  const reading = isMeasured(entry) ? readMeasure(fact, entry) : null;
  const refused = reading && "refused" in reading ? reading.refused : null;
  const own = reading && "own" in reading ? reading.own : null;
  const change = (next: Partial<Measured>) => {
    const changed = { ...written, ...next };
    enter(changed.number.trim() === "" && changed.unit === fact.unit ? null : changed);
  };
  return (
    <div class={classOf(entry, rest.clashes || refused !== null)} id={id}>
      <label class="legend" for={`${id}-value`}>
        {capitalised(fact.brief)}
      </label>
      <Help id={id} fact={fact} entry={entry} {...rest} />
      <div class="measure">
        <input
          id={`${id}-value`}
          type="text"
          inputMode="decimal"
          autocomplete="off"
          size={7}
          placeholder="not measured"
          value={written.number}
          aria-describedby={`${id}-help ${id}-refused`}
          aria-invalid={refused !== null}
          onInput={(event) => change({ number: event.currentTarget.value })}
        />
        <Units fact={fact} id={id} unit={written.unit} change={(unit) => change({ unit })} />
        {isMeasured(entry) && (
          <button type="button" class="quiet" onClick={() => enter(null)}>
            not measured
            <span class="unseen">: {fact.brief}</span>
          </button>
        )}
      </div>
      {own !== null && <p class="own">That is {own}.</p>}
      <p class="refused" id={`${id}-refused`} role={refused === null ? undefined : "alert"}>
        {refused}
      </p>
    </div>
  );
}

function Units(props: {
  fact: FactPaper;
  id: string;
  unit: string | null;
  change: (unit: string) => void;
}) {
  const { fact } = props;
  if (fact.units.length < 2) return <span class="unit">{ownLabel(fact)}</span>;
  return (
    <select
      class="unit"
      aria-label={`Unit of ${fact.brief}`}
      value={props.unit ?? ""}
      onChange={(event) => props.change(event.currentTarget.value)}
    >
      {fact.units.map((unit) => (
        <option key={unit.text} value={unit.text}>
          {unit.label}
        </option>
      ))}
    </select>
  );
}

function Help(props: {
  id: string;
  fact: FactPaper;
  entry: Entry | undefined;
  implied: string | null;
  clashes: boolean;
}) {
  const { fact, entry, implied } = props;
  const parts: ComponentChildren[] = [];
  if (fact.asks) parts.push(fact.asks);
  else if (fact.label !== fact.brief) parts.push(`${capitalised(fact.label)}.`);
  if (fact.kind === "measure" && fact.plausible) parts.push(` ${fact.plausible.text}.`);
  return (
    <>
      <p class="help" id={`${props.id}-help`}>
        {parts}
      </p>
      {implied !== null && entry === undefined && (
        <p class="implied">follows from what was entered: {implied}</p>
      )}
      {props.clashes && <p class="refused">This contradicts what else was entered.</p>}
    </>
  );
}

function isMeasured(entry: Entry | undefined): entry is Measured {
  return typeof entry === "object";
}

function classOf(entry: Entry | undefined, isWrong: boolean): string {
  return `field${entry === undefined ? "" : " entered"}${isWrong ? " wrong" : ""}`;
}
