/** A part of the page whose mistakes stay its own. */
import type { ComponentChildren } from "preact";
import { useErrorBoundary } from "preact/hooks";

export function Guarded({ name, children }: { name: string; children: ComponentChildren }) {
  const [error, again] = useErrorBoundary();
  if (!error) return <>{children}</>;
  const why = error instanceof Error ? error.message : String(error);
  return (
    <p class="caution" role="alert">
      “{name}” cannot be shown here ({why}). Nothing is concluded from it; the rest of the page
      works.{" "}
      <button type="button" onClick={again}>
        Try again
      </button>
    </p>
  );
}
