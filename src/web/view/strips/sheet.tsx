import type { Slot } from "../slots";

export function Sheet(_: Slot) {
  return null;
}
