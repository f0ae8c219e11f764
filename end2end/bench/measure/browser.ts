// What a list with very many rows costs in the browser, in Musterbook and in Headlamp, by turns.

import { headlamp, musterbook } from '../browser/consoles.ts';
import {
  FULL_PACE,
  SLOW_PACE,
  createAnswers,
  visit,
  withBrowser,
  type Console,
  type Pace,
  type Visit,
  type VisitResult,
} from '../browser/visit.ts';
import { withHeadlamp } from '../headlamp.ts';
import type { Bench } from '../job.ts';
import { LARGE, TEN } from '../musterbook.ts';
import { median } from '../tools/stats.ts';

const REPEATS = 5;

export async function browser(bench: Bench): Promise<void> {
  const ours = musterbook(bench);
  const { headlamp: folder } = bench.job;
  const measureAll = async (consoles: Console[]) => {
    await measure(bench, consoles, LARGE, FULL_PACE, '');
    await measure(bench, [ours], TEN, FULL_PACE, 'ten.');
    await measure(bench, consoles, LARGE, SLOW_PACE, 'slow.');
  };
  if (folder) await withHeadlamp(bench, folder, address => measureAll([ours, headlamp(address)]));
  else await measureAll([ours]);
}

async function measure(bench: Bench, consoles: Console[], project: string, pace: Pace, prefix: string): Promise<void> {
  const { chromium } = bench.job;
  const taken = new Map<string, number[]>();
  const note = (name: string, value: number) => taken.set(name, [...(taken.get(name) ?? []), value]);
  const noteAll = (name: string, visit: Visit) => {
    for (const key of Object.keys(visit) as VisitResult[]) note(`${name}.${key}`, visit[key]);
  };
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const console of consoles) {
      await withBrowser(chromium, console, async context => {
        noteAll(`${console.name}.cold`, await visit(context, console, project, pace));
        noteAll(`${console.name}.warm`, await visit(context, console, project, pace));
      });
      await withBrowser(chromium, console, async context => {
        note(`${console.name}.create`, await createAnswers(context, console, project, pace));
      });
    }
  }
  for (const [name, values] of taken) bench.record(`${prefix}${name}`, median(values));
}
