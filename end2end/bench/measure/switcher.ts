// The project switcher for people who are in few of very many projects, each asking for the first time.

import type { Bench } from '../job.ts';
import { PROJECTS, benchPeople, callHeaders, projectsForm, signIn } from '../musterbook.ts';
import { Audit } from '../tools/audit.ts';
import { requests } from '../tools/load.ts';
import { quantile } from '../tools/stats.ts';

const ASKING = 10;

export async function switcher(bench: Bench): Promise<void> {
  const [taken, reviews]: [number[], number[]] = [[], []];
  for (const person of benchPeople(bench.passwords).slice(0, ASKING)) {
    const cookie = await signIn(bench.job.url, person, bench.passwords.get(person) ?? '');
    const audit = new Audit(bench.job.auditLog);
    const { millis, sample } = await requests(bench, {
      url: bench.job.url + PROJECTS,
      method: 'POST',
      headers: { ...callHeaders(bench.job.url, cookie, 'application/x-www-form-urlencoded'), 'accept-encoding': 'identity' },
      body: projectsForm(''),
      count: 1,
    });
    if (!sample.includes('bench-')) throw new Error(`${person} is shown no project: ${sample}`);
    taken.push(...millis);
    reviews.push(audit.reviews([person]));
  }
  bench.record('switcher.ms', quantile(taken, 0.95));
  bench.record('switcher.reviews', Math.max(...reviews));
}
