// The list page's time on the server, beside the API server's own time for ten accounts of the same project.

import { request, Agent } from 'node:http';

import type { Bench } from '../job.ts';
import {
  CREDENTIALS,
  PERSON,
  PROJECT,
  benchPeople,
  callHeaders,
  credentialsCall,
  listPath,
  pageHeaders,
  signIn,
} from '../musterbook.ts';
import { ApiServer, accountsPath, rawList } from '../tools/api-server.ts';
import { requests, type Requests } from '../tools/load.ts';
import { median, quantile, sleep } from '../tools/stats.ts';

const ROUNDS = 5;
const IN_A_ROUND = 300;
/** Longer than an answer to a review is kept. */
const FORGOTTEN = 31_000;

const tenOf = (bench: Bench) => rawList(bench, PERSON, `${accountsPath(PROJECT)}?limit=10`);

/** To the last byte of the page, which is later than that of its rows. */
export async function list(bench: Bench): Promise<void> {
  const cookie = await session(bench);
  const page = { url: bench.job.url + listPath(PROJECT), headers: pageHeaders(cookie) };
  const [ours, theirs] = await inTurn(bench, page, tenOf(bench));
  bench.record('list.p50', median(ours));
  bench.record('list.p99', quantile(ours, 0.99));
  bench.record('raw.p50', median(theirs));
  bench.record('raw.p99', quantile(theirs, 0.99));
}

/** The same as the first request of somebody, twenty times, twice. */
export async function cold(bench: Bench): Promise<void> {
  const people = benchPeople(bench.passwords);
  const cookies = await Promise.all(people.map(person => signIn(bench.job.url, person, bench.passwords.get(person) ?? '')));
  const taken: number[] = [];
  for (let round = 0; round < 2; round += 1) {
    if (round > 0) await sleep(FORGOTTEN);
    for (const cookie of cookies) taken.push(await first(bench.job.url, listPath(PROJECT), pageHeaders(cookie)));
  }
  bench.record('cold.p50', median(taken));
  bench.record('cold.p99', quantile(taken, 0.99));
}

export async function credentials(bench: Bench): Promise<void> {
  const cookie = await session(bench);
  const api = new ApiServer(bench);
  const shown = await api.ask<{ items: { metadata: { name: string; uid: string } }[] }>(
    'GET',
    `${accountsPath(PROJECT)}?limit=10`,
  );
  api.end();
  const call: Requests = {
    url: bench.job.url + CREDENTIALS,
    method: 'POST',
    headers: callHeaders(bench.job.url, cookie),
    body: credentialsCall(PROJECT, shown.items.map(({ metadata }) => metadata)),
  };
  const [ours, theirs] = await inTurn(bench, call, tenOf(bench));
  bench.record('credentials.p50', median(ours));
  bench.record('credentials.raw.p50', median(theirs));
}

export function session(bench: Bench): Promise<string> {
  return signIn(bench.job.url, PERSON, bench.passwords.get(PERSON) ?? '');
}

/** By turns, so that a slow minute of the machine is one of both. */
export async function inTurn(
  bench: Bench,
  ours: Requests,
  theirs: Requests,
  [rounds, count] = [ROUNDS, IN_A_ROUND],
): Promise<[number[], number[]]> {
  const taken: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, side] of [ours, theirs].entries()) {
      const { millis } = await requests(bench, { ...side, count, warmup: Math.ceil(count / 10) });
      taken[at]?.push(...millis);
    }
  }
  return taken;
}

/** Milliseconds of one request over a connection that is open already. */
async function first(url: string, path: string, headers: Record<string, string>): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const ask = (to: string) =>
    new Promise<void>((resolve, reject) => {
      const asked = request(url + to, { headers, agent }, response => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`${to}: ${response.statusCode}`)),
        );
      });
      asked.on('error', reject);
      asked.end();
    });
  await ask('/healthz');
  const began = performance.now();
  await ask(path);
  const took = performance.now() - began;
  agent.destroy();
  return took;
}
