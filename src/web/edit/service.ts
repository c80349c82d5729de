/** What the service says of a draft: the paths under `/edit`, and their answers. */
import type { Program } from "../engine/program";

export interface Position {
  /** In characters from the start of the file, from 0; line and column from 1. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface Stretch {
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
}

export interface Remedy {
  readonly message: string;
  readonly edits: readonly (Stretch & { readonly replacement: string })[];
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly place: (Stretch & { readonly message: string }) | null;
  readonly labels: readonly (Stretch & { readonly message: string })[];
  readonly notes: readonly string[];
  readonly help: readonly Remedy[];
}

/** A replacement within one file, in characters. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export interface Heading {
  readonly kind: string;
  readonly name: string;
  readonly title: string;
  readonly start: number;
  readonly line: number;
  readonly said: string;
}

export interface Suggestion {
  readonly label: string;
  readonly kind: string;
  readonly detail: string;
  readonly order: number;
  readonly snippet: string;
  readonly about: string;
}

export interface LineOf {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Trial {
  readonly examples: readonly {
    readonly title: string;
    readonly trial: string;
    readonly place: LineOf | null;
    readonly unmet: readonly {
      readonly expected: string;
      readonly answered: string;
      readonly place: LineOf | null;
    }[];
    readonly mistakes: readonly unknown[];
  }[];
  readonly summary: Readonly<Record<string, number>>;
}

export interface Claim {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
  readonly settled: string;
  readonly remark: string;
  readonly place: LineOf | null;
  readonly patient: { readonly facts: Readonly<Record<string, unknown>> } | null;
  readonly example: string | null;
}

export interface Proofs {
  readonly claims: readonly Claim[];
  readonly summary: Readonly<Record<string, number>>;
}

export interface Reply {
  readonly draft: string;
  readonly education: string;
  readonly guideline: { readonly name: string; readonly title: string } | null;
  readonly has_errors: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly outline?: Readonly<Record<string, readonly Heading[]>>;
  readonly certain?: Readonly<Record<string, readonly Change[]>>;
  readonly edits?: readonly Change[] | null;
  readonly start?: number;
  readonly suggestions?: readonly Suggestion[];
  readonly about?: { start: number; end: number; markdown: string } | null;
  readonly trial?: Trial | null;
  readonly proofs?: Proofs | null;
  readonly program?: Program | null;
}

export interface BegunFile {
  readonly name: string;
  readonly called: string;
  readonly kind: string;
  readonly is_shipped: boolean;
  readonly text: string;
}

export interface Question {
  readonly text: string;
  readonly beside?: Readonly<Record<string, string>>;
  readonly file?: string;
  readonly at?: number;
  readonly deep?: boolean;
}

export type Verb = "check" | "format" | "complete" | "hover" | "test" | "prove" | "compile";

/** An answer, or why there is none, in a sentence for the author. */
export type Told<T> =
  { readonly found: T } | { readonly failure: string; readonly status: number | null };

export function askAbout(
  verb: Verb,
  question: Question,
  signal: AbortSignal | null = null,
): Promise<Told<Reply>> {
  return told<Reply>(`edit/${verb}`, {
    signal,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
}

export async function filesOf(guideline: string): Promise<Told<readonly BegunFile[]>> {
  const address = `edit/files?guideline=${encodeURIComponent(guideline)}`;
  const answer = await told<{ files: readonly BegunFile[] }>(address, {});
  return "failure" in answer ? answer : { found: answer.found.files };
}

interface Problem {
  readonly title?: string;
  readonly errors?: readonly { detail: string; remedy: string | null }[];
}

async function told<T>(address: string, request: RequestInit): Promise<Told<T>> {
  try {
    const response = await fetch(address, request);
    const body: unknown = await response.json();
    if (response.ok) return { found: body as T };
    const problem = body as Problem;
    const said = (problem.errors ?? []).map((one) =>
      [one.detail, one.remedy].filter(Boolean).join("; "),
    );
    const failure = `${problem.title ?? "the service refused"}: ${said.join(". ")}.`;
    return { failure: failure.charAt(0).toUpperCase() + failure.slice(1), status: response.status };
  } catch {
    const failure = "The service does not answer. Is `b12guide serve` still running?";
    return { failure, status: null };
  }
}
