import type { Slot } from "../slots";

export function History(_: Slot) {
  return null;
}
