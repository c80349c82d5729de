/** What came of the examples, and what holds for every patient. */
import type { Desk } from "./desk";
import { coded } from "./problems";
import type { Claim, LineOf, Proofs, Trial } from "./service";

export function Examples({ trial, desk }: { trial: Trial; desk: Desk }) {
  const bad = trial.examples.filter((one) => one.trial !== "passed");
  const good = trial.examples.length - bad.length;
  return (
    <>
      <p role="status">
        {good} of {trial.examples.length} {trial.examples.length === 1 ? "example" : "examples"}{" "}
        passed.
      </p>
      <ul>
        {bad.map((one) => (
          <li key={one.title} class="edit-error">
            <p>
              <strong>{one.title}</strong>: {one.trial} <Line place={one.place} desk={desk} />
            </p>
            {one.unmet.map((each, number) => (
              <p key={number} class="edit-note">
                Expected {coded(`\`${each.expected}\``)}; answered: {coded(each.answered)}{" "}
                <Line place={each.place} desk={desk} />
              </p>
            ))}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Claims({ proofs, desk }: { proofs: Proofs; desk: Desk }) {
  const open = proofs.claims.filter((one) => one.settled !== "proved");
  const proved = proofs.claims.filter((one) => one.settled === "proved");
  return (
    <>
      <p role="status">
        {proved.length} of {proofs.claims.length} claims hold for every patient.
      </p>
      <ul>
        {open.map((one, number) => (
          <li key={number} class={one.settled === "broken" ? "edit-error" : "edit-warning"}>
            <p>
              <strong>{one.settled}</strong> {one.name}: {coded(one.text)}{" "}
              <Line place={one.place} desk={desk} />
            </p>
            {one.remark !== "" && <p class="edit-note">{coded(one.remark)}</p>}
            <Witness one={one} desk={desk} />
          </li>
        ))}
      </ul>
      {proved.length > 0 && (
        <details>
          <summary>What is proved</summary>
          <ul>
            {proved.map((one, number) => (
              <li key={number}>{coded(one.text)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Witness({ one, desk }: { one: Claim; desk: Desk }) {
  const { example } = one;
  if (example === null) return null;
  const add = () => {
    const { name } = desk.current();
    const text = desk.text(name);
    const gap = text.endsWith("\n") ? "\n" : "\n\n";
    const end = [...text].length;
    desk.apply(name, [{ start: end, end, replacement: gap + example }]);
    desk.view.focus();
  };
  return (
    <>
      <p class="edit-note">The smallest patient for whom it does not hold, as an example:</p>
      <pre>{example}</pre>
      <button type="button" onClick={add}>
        Add this example at the end
      </button>
    </>
  );
}

function Line({ place, desk }: { place: LineOf | null; desk: Desk }) {
  if (!place || !desk.sheets().some((sheet) => `${sheet.name}.gdl` === place.file)) return null;
  return (
    <button type="button" class="edit-place" onClick={() => desk.goTo(place.file, place)}>
      line {place.line}
    </button>
  );
}
