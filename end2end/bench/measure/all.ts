// Every measure by its name; xtask/src/bench.rs says which cluster each is taken in.

import type { Bench } from '../job.ts';
import { browser } from './browser.ts';
import { change } from './change.ts';
import { idle } from './idle.ts';
import { cold, credentials, list } from './list.ts';
import { memory } from './memory.ts';
import { search } from './search.ts';
import { start } from './start.ts';
import { switcher } from './switcher.ts';
import { throughput } from './throughput.ts';

export const MEASURES: Record<string, (bench: Bench) => Promise<void>> = {
  memory,
  start,
  list,
  cold,
  credentials,
  search,
  throughput,
  switcher,
  idle,
  browser,
  change,
};
