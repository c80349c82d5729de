/**
 * The compiled program of a guideline as data: what `b12guide page --format json` writes
 * (`b12guide.program/1`). The engine reads nothing else.
 */
export interface Program {
  schema: "b12guide.program/1";
}
