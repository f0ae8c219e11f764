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
  return run<Measured>(bench, { requests: job }, core);
}

/** Once all are open, `during` runs; then the result is waited for. */
export function streams<T>(bench: Bench, job: Streams, during: () => Promise<T>): Promise<[T, { events: number; ended: number }]> {
  return alongside(during, allOpen => run(bench, { streams: { ...job, allOpen } }));
}

/** Once the first change is made, `during` runs; then the result is waited for. */
export function changes<T>(bench: Bench, job: Changes, during: () => Promise<T>): Promise<[T, { changes: number; seconds: number }]> {
  return alongside(during, started => run(bench, { changes: { ...job, started } }));
}

async function alongside<T, R>(during: () => Promise<T>, begin: (sign: string) => Promise<R>): Promise<[T, R]> {
  const sign = join(tmpdir(), `musterbook-bench-${process.pid}-${Date.now()}`);
  const running = begin(sign);
  try {
    const begun = (async () => {
      while (!existsSync(sign)) await sleep(50);
    })();
    await Promise.race([begun, running]);
    const done = await during();
    return [done, await running];
  } finally {
    rmSync(sign, { force: true });
  }
}

function run<T>(bench: Bench, job: unknown, core?: number): Promise<T> {
  const command = [bench.job.controlPlane, 'load'];
  if (core !== undefined) command.unshift('taskset', '-c', String(core));
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    child.on('error', reject);
    child.on('close', code => (code === 0 ? resolve(JSON.parse(out) as T) : reject(new Error(err.trim()))));
    child.stdin.end(JSON.stringify(job));
  });
}
