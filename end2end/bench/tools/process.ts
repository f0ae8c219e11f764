// Other processes, as /proc and the usual tools of Linux know them.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { sleep } from './stats.ts';

/** Memory in use, in bytes. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (!found) throw new Error(`process ${pid} tells no VmRSS`);
  return Number(found) * 1024;
}

/** Waits until the memory hasn't changed by a hundredth for some seconds. */
export async function settledBytes(pid: number): Promise<number> {
  let [before, steady] = [residentBytes(pid), 0];
  for (let waited = 0; steady < 4 && waited < 60; waited += 1) {
    await sleep(1_000);
    const now = residentBytes(pid);
    steady = Math.abs(now - before) < before / 100 ? steady + 1 : 0;
    before = now;
  }
  return before;
}

/** Seconds of processor time since the process began. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold spaces; what follows its last parenthesis doesn't.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksInASecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return (Number(fields[11]) + Number(fields[12])) / ticksInASecond;
}

/** Keeps all threads of a process on these cores. */
export function pin(pid: number, cores: string): void {
  execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'pipe' });
}

export function unpin(...pids: number[]): void {
  for (const pid of pids) pin(pid, `0-${cpus().length - 1}`);
}

/** Two thousand connections are more than a process may have by default. */
export function allowFiles(pid: number, files: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}`], { stdio: 'pipe' });
}
