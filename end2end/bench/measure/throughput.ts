// Requests a second: each side in turn alone on the first core, the load on the second, with whatever else runs.

import type { Bench } from '../job.ts';
import { LIST, PERSON, PROJECT, callHeaders, listCall, listPath, pageHeaders } from '../musterbook.ts';
import { accountsPath, rawList } from '../tools/api-server.ts';
import { requests, type Requests } from '../tools/load.ts';
import { cpuSeconds, pin, unpin } from '../tools/process.ts';
import { session } from './list.ts';

const [MEASURED, REST] = [0, 1];
const AT_ONCE = 16;
const SECONDS = 8;
const ROUNDS = 2;

export async function throughput(bench: Bench): Promise<void> {
  const { url, serverPid, planePid } = bench.job;
  const cookie = await session(bench);
  const sides: Record<string, [number, Requests]> = {
    raw: [planePid, rawList(bench, PERSON, `${accountsPath(PROJECT)}?limit=10`)],
    page: [serverPid, { url: url + listPath(PROJECT), headers: pageHeaders(cookie) }],
    call: [
      serverPid,
      { url: url + LIST, method: 'POST', headers: callHeaders(url, cookie), body: listCall(PROJECT) },
    ],
  };
  const best = new Map<string, { perSecond: number; cpuMillis: number }>();
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, [pid, job]] of Object.entries(sides)) {
        pin(pid, String(MEASURED));
        pin(pid === serverPid ? planePid : serverPid, String(REST));
        await requests(bench, { ...job, atOnce: AT_ONCE, count: 20 * AT_ONCE }, REST);
        const before = cpuSeconds(pid);
        const { millis, seconds } = await requests(bench, { ...job, atOnce: AT_ONCE, seconds: SECONDS }, REST);
        const perSecond = millis.length / seconds;
        const cpuMillis = ((cpuSeconds(pid) - before) * 1_000) / millis.length;
        if (perSecond > (best.get(name)?.perSecond ?? 0)) best.set(name, { perSecond, cpuMillis });
      }
    }
  } finally {
    unpin(serverPid, planePid);
  }
  for (const [name, { perSecond, cpuMillis }] of best) {
    bench.record(`${name}.perSecond`, perSecond);
    // Says how busy the core was with other things: without them the two would be each other's inverse.
    bench.record(`${name}.cpuMillis`, cpuMillis);
  }
}
