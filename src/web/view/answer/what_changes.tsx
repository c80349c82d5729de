/** What would change the answer: the questions that settle most, with what each outcome does. */
import { useMemo, useState } from "preact/hooks";
import type { Answer, Patient } from "../../engine/answer";
import type { Program } from "../../engine/program";
import { asked } from "../ask_engine";
import { factsOf, patientOf } from "../patient";
import type { Slot } from "../slots";
import { bare, entered, type Entry, type State } from "../state";
import { capitalised } from "../words";
import { changedBy } from "./changed";
import { type Sample, samplesOf, together } from "./outcomes";

const FEW = 3;
const EFFECTS = 5;

export function WhatChanges(props: Slot & { answer: Answer }) {
  const [isOpen, setOpen] = useState(false);
  if (props.answer.questions.length === 0) return null;
  return (
    <details class="behind what-changes" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What would change this?</summary>
      {isOpen && <Questions {...props} />}
    </details>
  );
}

function Questions(props: Slot & { answer: Answer }) {
  const { answer, program, change } = props;
  const flips = useMemo(() => flipsOf(props), [answer]);
  return (
    <>
      <p class="quiet">
        The questions that settle most, and what each of their answers would do to what is said now.
        Nothing is entered until you choose it.
      </p>
      {flips.map(({ fact, outcomes }) => (
        <section key={fact} class="flip">
          <h3>
            {factsOf(program).get(fact)?.asks ??
              capitalised(factsOf(program).get(fact)?.brief ?? fact)}
          </h3>
          <div class="sides">
            {outcomes.map((one) => (
              <div key={one.label} class="side">
                <p>
                  <strong>{one.label}</strong>
                </p>
                {one.effects.length === 0 ? (
                  <p class="quiet">changes nothing that is said now</p>
                ) : (
                  <ul>
                    {one.effects.slice(0, EFFECTS).map((effect) => (
                      <li key={effect}>{effect}</li>
                    ))}
                    {one.effects.length > EFFECTS && (
                      <li>and {one.effects.length - EFFECTS} more</li>
                    )}
                  </ul>
                )}
                {one.entry !== null && (
                  <button type="button" onClick={() => change(entered(fact, one.entry))}>
                    Enter this<span class="unseen">: {one.label}</span>
                  </button>
                )}
              </div>
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

interface Flip {
  readonly fact: string;
  readonly outcomes: { label: string; effects: readonly string[]; entry: Entry | null }[];
}

function flipsOf({ answer, program, state }: Slot & { answer: Answer }): Flip[] {
  const known = factsOf(program);
  const { patient } = patientOf(state, program);
  return answer.questions.slice(0, FEW).flatMap(({ fact: name }) => {
    const fact = known.get(name);
    if (!fact) return [];
    const alike = new Map<string, { samples: Sample[]; effects: readonly string[] }>();
    for (const sample of samplesOf(fact, program)) {
      const effects = effectsOf(sample, name, { answer, program, state }, patient);
      const key = JSON.stringify(effects);
      const before = alike.get(key)?.samples ?? [];
      alike.set(key, { samples: [...before, sample], effects });
    }
    const outcomes = [...alike.values()].map(({ samples, effects }) => ({
      label: together(samples, fact),
      effects,
      // Where several values come to the same, which one it is has to be entered by hand.
      entry: samples.length === 1 ? (samples[0]?.entry ?? null) : null,
    }));
    return [{ fact: name, outcomes }];
  });
}

/** What it would do to the answer that a fact has this value. */
function effectsOf(
  sample: Sample,
  name: string,
  now: { answer: Answer; program: Program; state: State },
  patient: Patient,
): readonly string[] {
  const { answer, program, state } = now;
  const facts = bare(patient.facts, { [name]: sample.value });
  const found = asked(program, { ...patient, facts }, { assumptionsOff: state.off });
  if (found.refusal) return ["contradicts what was entered"];
  if (!found.answer) return [found.failure ?? ""];
  const entry: Entry = sample.entry ?? { number: String(sample.value), unit: null };
  const after = { ...state, facts: bare(state.facts, { [name]: entry }) };
  const moment = { state: after, answer: found.answer };
  return changedBy({ state, answer }, moment, program)?.effects ?? [];
}
