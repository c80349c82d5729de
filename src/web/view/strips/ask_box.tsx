import type { Slot } from "../slots";

export function AskBox(_: Slot) {
  return null;
}
