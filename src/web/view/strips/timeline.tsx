import type { Slot } from "../slots";

export function Timeline(_: Slot) {
  return null;
}
