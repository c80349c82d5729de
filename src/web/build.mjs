// Builds what `b12guide page` puts into its file: one script and one style sheet.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const built = process.argv[2] ?? `${here}../b12guide/page/built`;

await build({
  absWorkingDir: here,
  entryPoints: { page: "view/main.tsx", engine: "engine/index.ts" },
  outdir: built,
  bundle: true,
  format: "iife",
  globalName: "b12guide",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "inline",
  logLevel: "warning",
});
