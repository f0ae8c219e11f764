import type { Bench } from '../job.ts';
import { settledBytes } from '../tools/process.ts';

/** Of the server that was just started, before anybody asked it for anything. */
export async function memory(bench: Bench): Promise<void> {
  bench.record('rss', await settledBytes(bench.job.serverPid));
}
