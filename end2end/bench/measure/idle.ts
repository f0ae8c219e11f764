// Two thousand tabs in the background, of twenty people.

import type { Bench } from '../job.ts';
import { PROJECT, STREAM_HEADERS, benchPeople, livePath, signIn } from '../musterbook.ts';
import { Audit } from '../tools/audit.ts';
import { streams } from '../tools/load.ts';
import { allowFiles, cpuSeconds, residentBytes } from '../tools/process.ts';
import { sleep } from '../tools/stats.ts';

const TABS = 2_000;
const SECONDS = 60;
/** Reviews of the tabs' opening are no reviews of idle tabs. */
const CALM = 5;

export async function idle(bench: Bench): Promise<void> {
  const { url, serverPid, auditLog } = bench.job;
  const people = benchPeople(bench.passwords);
  const cookies = await Promise.all(people.map(person => signIn(url, person, bench.passwords.get(person) ?? '')));
  allowFiles(serverPid, 4 * TABS);
  const job = {
    urls: [url + livePath(PROJECT)],
    cookies,
    headers: STREAM_HEADERS,
    count: TABS,
    seconds: 2 * (CALM + SECONDS),
  };
  const [[reviews, cpu, rss], { ended }] = await streams(bench, job, async () => {
    await sleep(CALM * 1_000);
    const [audit, before, began] = [new Audit(auditLog), cpuSeconds(serverPid), performance.now()];
    await sleep(SECONDS * 1_000);
    const seconds = (performance.now() - began) / 1_000;
    return [audit.reviews(people) / seconds, (cpuSeconds(serverPid) - before) / seconds, residentBytes(serverPid)] as const;
  });
  if (ended > 0) throw new Error(`the server ended ${ended} of ${TABS} streams`);
  bench.record('idle.reviewsPerSecond', reviews);
  bench.record('idle.cpu', cpu);
  bench.record('idle.rss', rss);
}
