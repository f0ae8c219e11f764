// Load is made by a program of its own: Node would be the bottleneck, and shares no core with what it measures.

import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Bench } from '../job.ts';
import { sleep } from './stats.ts';

export interface Requests {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Signs in to the API server. */
  person?: { dir: string; name: string; groups?: string[] };
  atOnce?: number;
  warmup?: number;
  count?: number;
  seconds?: number;
}

export interface Measured {
  /** Sorted. */
  millis: number[];
  seconds: number;
  bytes: number;
  sample: string;
}

export interface Streams {
  urls: string[];
  cookies: string[];
  headers: Record<string, string>;
  count: number;
  seconds: number;
}

export interface Changes {
  kubeconfig: string;
  project: string;
  perSecond: number;
  seconds: number;
}

/** Runs it on any core, or on one alone. */
export function requests(bench: Bench, job: Requests, core?: number): Promise<Measured> {
  return run<Measured>(bench, { requests: job }, core === undefined ? {} : { core });
}

/** Once all are open, `during` runs; then they are closed. */
export function streams<T>(bench: Bench, job: Streams, during: () => Promise<T>): Promise<[T, { events: number; ended: number }]> {
  return alongside(during, (allOpen, stop) => run(bench, { streams: { ...job, allOpen } }, { stop }));
}

/** Once the first change is made, `during` runs; then no more are made. */
export function changes<T>(bench: Bench, job: Changes, during: () => Promise<T>): Promise<[T, { changes: number; seconds: number }]> {
  return alongside(during, (started, stop) => run(bench, { changes: { ...job, started } }, { stop }));
}

type Begin<R> = (sign: string, stop: AbortSignal) => Promise<R>;

async function alongside<T, R>(during: () => Promise<T>, begin: Begin<R>): Promise<[T, R]> {
  const sign = join(tmpdir(), `musterbook-bench-${process.pid}-${Date.now()}`);
  const stop = new AbortController();
  const running = begin(sign, stop.signal);
  // Told below; a failure while something else is waited for must not end the bench.
  running.catch(() => {});
  try {
    const begun = (async () => {
      while (!existsSync(sign) && !stop.signal.aborted) await sleep(50);
    })();
    await Promise.race([begun, running]);
    const done = await during();
    stop.abort();
    return [done, await running];
  } finally {
    stop.abort();
    rmSync(sign, { force: true });
  }
}

function run<T>(bench: Bench, job: unknown, { core, stop }: { core?: number; stop?: AbortSignal }): Promise<T> {
  const command = [bench.job.controlPlane, 'load'];
  if (core !== undefined) command.unshift('taskset', '-c', String(core));
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    stop?.addEventListener('abort', () => child.kill());
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve(JSON.parse(out) as T) : reject(new Error(err.trim()))));
    child.stdin.end(JSON.stringify(job));
  });
}
