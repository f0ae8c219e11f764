// From a change made with the API to the row in the page: in a project where nothing else happens, and in one with 200
// changes a second.

import { randomBytes } from 'node:crypto';

import { headlamp, musterbook } from '../browser/consoles.ts';
import { FULL_PACE, open, until, withBrowser, type Console } from '../browser/visit.ts';
import type { InPage } from '../browser/in-page.ts';
import { withHeadlamp } from '../headlamp.ts';
import type { Bench } from '../job.ts';
import { LARGE } from '../musterbook.ts';
import { ApiServer, accountsPath } from '../tools/api-server.ts';
import { changes } from '../tools/load.ts';
import { median, quantile, sleep } from '../tools/stats.ts';

const PROBES = 30;
const PER_SECOND = 200;
/** Longer than the pace of the stream, which tells nothing twice within a second: one change in a project at rest. */
const PAUSE = 1_500;
const PATIENCE = 20_000;
/** More seconds than all probes take. */
const LONGEST = 900;

export async function change(bench: Bench): Promise<void> {
  const { headlamp: folder } = bench.job;
  try {
    await ofConsole(bench, musterbook(bench));
  } finally {
    // Also when Musterbook shows nothing: the other figure is worth having.
    if (folder) await withHeadlamp(bench, folder, address => ofConsole(bench, headlamp(address)));
  }
}

async function ofConsole(bench: Bench, console: Console): Promise<void> {
  const record = (name: string, taken: number[]) => {
    bench.record(`change.${console.name}.${name}.median`, median(taken));
    bench.record(`change.${console.name}.${name}.p95`, quantile(taken, 0.95));
  };
  record('idle', await probe(bench, console));
  // Headlamp shows no new row within 20 s then.
  if (console.name !== 'musterbook') return;
  const { adminKubeconfig: kubeconfig } = bench.job;
  const job = { kubeconfig, project: LARGE, perSecond: PER_SECOND, seconds: LONGEST };
  const [taken, { changes: made, seconds: took }] = await changes(bench, job, () => probe(bench, console));
  record('busy', taken);
  bench.record(`change.${console.name}.busy.perSecond`, made / took);
}

/** Makes accounts, and takes them away again. */
async function probe(bench: Bench, console: Console): Promise<number[]> {
  const api = new ApiServer(bench);
  const run = randomBytes(3).toString('hex');
  const made: string[] = [];
  try {
    return await withBrowser(bench.job.chromium, console, async context => {
      const { wanted } = console;
      const { page } = await open(context, console.address(LARGE), { ...wanted, create: null }, FULL_PACE);
      await until(page, 'row');
      await until(page, 'usable');
      await sleep(3_000);
      const taken: number[] = [];
      for (let number = 0; number < PROBES; number += 1) {
        const name = `probe-${run}-${number}`;
        // Waiting begins before the change is made.
        const seen = page.evaluate(
          ([selector, text]) => (window as unknown as { bench: InPage }).bench.waitFor(selector, text),
          [wanted.row, name] as const,
        );
        const began = Date.now();
        await api.ask('POST', accountsPath(LARGE), { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
        made.push(name);
        const tooLate = sleep(PATIENCE).then(() => NaN);
        const took = (await Promise.race([seen, tooLate])) - began;
        if (Number.isNaN(took)) throw new Error(`${console.name} doesn't show ${name} after ${PATIENCE / 1_000} s`);
        taken.push(took);
        await sleep(PAUSE);
      }
      return taken;
    });
  } finally {
    for (const name of made) await api.ask('DELETE', `${accountsPath(LARGE)}/${name}`);
    api.end();
  }
}
