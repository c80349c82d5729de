import { isServed, type Slot } from "./slots";

export function EditTab(_: Slot) {
  return isServed() ? null : <p>Editing needs the service: start it with `b12guide serve`.</p>;
}
