// Requests a second: each side in turn alone on the first core, the load on the second, with whatever else runs.

import type { Bench } from '../job.ts';
import { LIST, PERSON, PROJECT, callHeaders, listForm, listPath, pageHeaders } from '../musterbook.ts';
import { accountsPath, rawList } from '../tools/api-server.ts';
import { requests, type Requests } from '../tools/load.ts';
import { pin, unpin } from '../tools/process.ts';
import { session } from './list.ts';

const [MEASURED, REST] = [0, 1];
const AT_ONCE = 16;
const SECONDS = 8;
const ROUNDS = 2;

export async function throughput(bench: Bench): Promise<void> {
  const { url, serverPid, planePid } = bench.job;
  const cookie = await session(bench);
  const sides: Record<string, [number, Requests]> = {
    'raw.perSecond': [planePid, rawList(bench, PERSON, `${accountsPath(PROJECT)}?limit=10`)],
    'page.perSecond': [serverPid, { url: url + listPath(PROJECT), headers: pageHeaders(cookie) }],
    'call.perSecond': [
      serverPid,
      { url: url + LIST, method: 'POST', headers: callHeaders(url, cookie), body: listForm(PROJECT) },
    ],
  };
  const best = new Map<string, number>();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, [pid, job]] of Object.entries(sides)) {
        pin(pid, String(MEASURED));
        pin(pid === serverPid ? planePid : serverPid, String(REST));
        const { millis, seconds } = await requests(
          bench,
          { ...job, atOnce: AT_ONCE, warmup: 20 * AT_ONCE, seconds: SECONDS },
          REST,
        );
        best.set(name, Math.max(best.get(name) ?? 0, millis.length / seconds));
      }
    }
  } finally {
    unpin(serverPid, planePid);
  }
  for (const [name, perSecond] of best) bench.record(name, perSecond);
}
