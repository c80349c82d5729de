/** What would change the answer: the questions that settle most, with what each outcome does. */
import { useMemo, useState } from "preact/hooks";
import { type Answer, isRefusal } from "../../engine/answer";
import { asked } from "../ask_engine";
import { factsOf, patientOf } from "../patient";
import type { Slot } from "../slots";
import { entered, type Entry } from "../state";
import { capitalised } from "../words";
import { changedBy } from "./changed";
import { samplesOf, together } from "./outcomes";

const FEW = 3;
const EFFECTS = 5;

export function WhatChanges(props: Slot & { answer: Answer }) {
  const [isOpen, setOpen] = useState(false);
  if (props.answer.questions.length === 0) return null;
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
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
    const alike = new Map<
      string,
      { labels: string[]; effects: readonly string[]; entry: Entry | null }
    >();
    for (const sample of samplesOf(fact, program)) {
      const facts = { ...patient.facts, [name]: sample.value };
      const found = asked(program, { ...patient, facts }, { assumptionsOff: state.off });
      const after = { ...state, facts: { ...state.facts, [name]: sample.entry } };
      const effects = found.answer
        ? (changedBy({ state, answer }, { state: after, answer: found.answer }, program)?.effects ??
          [])
        : [
            found.refusal && isRefusal(found.refusal)
              ? "contradicts what was entered"
              : (found.failure ?? ""),
          ];
      const key = JSON.stringify(effects);
      const before = alike.get(key);
      // Several values come to the same: which one it is has to be entered by hand.
      if (before)
        alike.set(key, { ...before, labels: [...before.labels, sample.label], entry: null });
      else {
        const isRange = fact.kind === "measure";
        alike.set(key, { labels: [sample.label], effects, entry: isRange ? null : sample.entry });
      }
    }
    const outcomes = [...alike.values()].map(({ labels, effects, entry }) => ({
      label: together(labels),
      effects,
      entry,
    }));
    return [{ fact: name, outcomes }];
  });
}
