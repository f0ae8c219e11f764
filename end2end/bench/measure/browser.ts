// What a list with very many rows costs in the browser, in Musterbook and in Headlamp, by turns.

import type { BrowserContext } from '@playwright/test';

import { headlamp, musterbook } from '../browser/consoles.ts';
import {
  FULL_PACE,
  SLOW_PACE,
  createAnswers,
  visit,
  withBrowser,
  type Console,
  type Pace,
} from '../browser/visit.ts';
import { withHeadlamp } from '../headlamp.ts';
import type { Bench } from '../job.ts';
import { LARGE, TEN } from '../musterbook.ts';
import { median } from '../tools/stats.ts';

const REPEATS = 5;
/** A slow machine takes its time, and differs less from one time to the next. */
const SLOW_REPEATS = 3;

export async function browser(bench: Bench): Promise<void> {
  await withConsoles(bench, async consoles => {
    await visits(bench, consoles, [LARGE, FULL_PACE, REPEATS], '');
    await clicks(bench, consoles, [LARGE, FULL_PACE, REPEATS], '');
  });
}

export async function slow(bench: Bench): Promise<void> {
  await withConsoles(bench, async consoles => {
    await visits(bench, consoles, [LARGE, SLOW_PACE, SLOW_REPEATS], 'slow.');
    await clicks(bench, consoles, [LARGE, SLOW_PACE, SLOW_REPEATS], 'slow.');
  });
}

/** Musterbook alone, with a list that hardly fills its page. */
export async function ten(bench: Bench): Promise<void> {
  await visits(bench, [musterbook(bench)], [TEN, FULL_PACE, REPEATS], 'ten.');
}

type How = [project: string, pace: Pace, repeats: number];

async function withConsoles(bench: Bench, act: (consoles: Console[]) => Promise<void>): Promise<void> {
  const ours = musterbook(bench);
  const { headlamp: folder } = bench.job;
  if (folder) await withHeadlamp(bench, folder, address => act([ours, headlamp(address)]));
  else await act([ours]);
}

/** A first visit and a second one. */
function visits(bench: Bench, consoles: Console[], [project, pace, repeats]: How, prefix: string): Promise<void> {
  return byTurns(bench, consoles, repeats, prefix, async (context, console) => {
    const figures: [string, number][] = [];
    for (const time of ['cold', 'warm']) {
      const seen = await visit(context, console, project, pace);
      for (const [name, value] of Object.entries(seen)) figures.push([`${time}.${name}`, value]);
    }
    return figures;
  });
}

function clicks(bench: Bench, consoles: Console[], [project, pace, repeats]: How, prefix: string): Promise<void> {
  return byTurns(bench, consoles, repeats, prefix, async (context, console) => [
    ['create', await createAnswers(context, console, project, pace)],
  ]);
}

async function byTurns(
  bench: Bench,
  consoles: Console[],
  repeats: number,
  prefix: string,
  measure: (context: BrowserContext, console: Console) => Promise<[string, number][]>,
): Promise<void> {
  const taken = new Map<string, number[]>();
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    for (const console of consoles) {
      const figures = await withBrowser(bench.job.chromium, console, context => measure(context, console));
      for (const [name, value] of figures) {
        const key = `${prefix}${console.name}.${name}`;
        taken.set(key, [...(taken.get(key) ?? []), value]);
      }
    }
  }
  for (const [name, values] of taken) bench.record(name, median(values));
}
