import type { Slot } from "../slots";

export function SideBySide(_: Slot) {
  return null;
}
