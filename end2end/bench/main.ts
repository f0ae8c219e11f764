// What `cargo xtask bench` runs: once for each cluster that it fills, then for the table.
//   measure JOB.json             measures what the job names, and writes the figures where it says
//   report FOLDER [DOCS-FOLDER]  prints the table, writes result.json, and, if asked for, the picture and docs

import { readFileSync, writeFileSync } from 'node:fs';

import { Bench, type Job } from './job.ts';
import { MEASURES } from './measure/all.ts';
import { report } from './report.ts';

const [command, ...rest] = process.argv.slice(2);
if (command === 'measure' && rest[0]) await measure(rest[0]);
else if (command === 'report' && rest[0]) report(rest[0], rest[1]);
else throw new Error('say `measure JOB` or `report FOLDER [DOCS]`');

async function measure(file: string): Promise<void> {
  const job = JSON.parse(readFileSync(file, 'utf8')) as Job;
  const bench = new Bench(job);
  for (const name of job.measures) {
    const of = MEASURES[name];
    if (!of) throw new Error(`there is no measure ${name}`);
    const began = Date.now();
    try {
      await of(bench);
      console.log(`  ${name}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
    } catch (error) {
      // The others are worth having all the same; the table says that this one is missing.
      console.log(`  ${name}: FAILED, ${error instanceof Error ? error.message : String(error)}`);
      process.exitCode = 1;
    }
    writeFileSync(job.out, JSON.stringify(bench.figures, null, 1));
  }
}
