// Node 20 doesn't run TypeScript. esbuild, which is here for the bundle, makes JavaScript of it; packages are found from the
// folder that the result is in.
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const made = new URL('../node_modules/.cache/bench.mjs', import.meta.url);
await build({
  entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
  outfile: fileURLToPath(made),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
});
await import(made.href);
