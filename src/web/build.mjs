// Builds what `b12guide page` puts into its file, one script and one style sheet, and the editor.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = process.argv[2] ?? `${here}../b12guide/page/built`;

const usual = {
  absWorkingDir: here,
  outdir: built,
  bundle: true,
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  logLevel: "warning",
};
await build({
  ...usual,
  entryPoints: { page: "view/main.tsx", engine: "engine/index.ts" },
  format: "iife",
  globalName: "b12guide",
});
// The editor is a module, which the page imports from the service when it is wanted.
await build({ ...usual, entryPoints: { edit: "edit/main.tsx" }, format: "esm" });
