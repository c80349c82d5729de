/**
 * The compiled program of a guideline as data: what `b12guide page --format json` writes
 * (`b12guide.program/1`). The engine reads nothing else.
 */
import type { AdviceData } from "./advice";
import type { AskIndex } from "./ask/data";
import type { Logic } from "./logic";
import type { Spellings } from "./history/data";
import type { Papers } from "./papers";
import type { SheetData } from "./sheet/data";

export interface GuidelineData {
  name: string;
  title: string;
  version: string;
  revised: string | null;
  status: string;
  approved_by: string | null;
  approved_on: string | null;
  digest: string;
}

export interface Program {
  schema: "b12guide.program/1";
  notice: string;
  /** That the guideline is retired or superseded. */
  warning: string | null;
  engine: { name: string; version: string };
  /** Of a draft: that it was edited and not reviewed. */
  draft?: string;
  guideline: GuidelineData;
  papers: Papers;
  /** What the engine evaluates. */
  logic: Logic | null;
  /** What rules advise. */
  advice: AdviceData;
  /** What the sheet for the patient is printed with. */
  sheet: SheetData;
  /** What names may be called in a history. */
  history: Spellings;
  /** The index of questions in plain words. */
  ask: AskIndex | null;
}
