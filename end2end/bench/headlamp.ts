// Headlamp, the console that people would otherwise pick, out of a folder that somebody built it into. Nothing of it is in
// this repository, and it is unpacked outside of it.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import type { Kubeconfig } from '../cluster.ts';
import type { Bench } from './job.ts';
import { sleep } from './tools/stats.ts';

/** Runs it on the bench's cluster, as the administrator, who is refused nothing. */
export async function withHeadlamp<T>(bench: Bench, folder: string, act: (address: string) => Promise<T>): Promise<T> {
  const home = unpacked(folder);
  const work = mkdtempSync(join(tmpdir(), 'musterbook-bench-headlamp-'));
  const port = await freePort();
  const kubeconfig = join(work, 'kubeconfig');
  writeFileSync(kubeconfig, stringify(named(readFileSync(bench.job.adminKubeconfig, 'utf8'))), { mode: 0o600 });
  const plugins = join(work, 'plugins');
  mkdirSync(plugins);
  const server = spawn(
    join(home, 'headlamp-server'),
    ['-kubeconfig', kubeconfig, '-html-static-dir', join(home, 'site'), '-listen-addr', '127.0.0.1'].concat(
      ['-port', String(port), '-plugins-dir', plugins, '-user-plugins-dir', plugins],
    ),
    { stdio: 'ignore', env: { ...process.env, HOME: work } },
  );
  try {
    const address = `http://127.0.0.1:${port}`;
    await answers(server, address);
    return await act(address);
  } finally {
    server.kill();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Its addresses name the cluster by its context. */
function named(text: string): Kubeconfig {
  const kubeconfig = parse(text) as Kubeconfig;
  const context = kubeconfig.contexts.find(({ name }) => name === kubeconfig['current-context']);
  if (!context) throw new Error('the kubeconfig has no current context');
  return { ...kubeconfig, contexts: [{ ...context, name: 'bench' }], 'current-context': 'bench' };
}

function unpacked(folder: string): string {
  if (existsSync(join(folder, 'headlamp-server')) && existsSync(join(folder, 'site'))) return folder;
  const home = join(tmpdir(), `musterbook-bench-headlamp-${process.getuid?.() ?? 0}`);
  const server = join(home, 'headlamp-server');
  if (existsSync(server)) return home;
  const site = join(home, 'site');
  mkdirSync(site, { recursive: true, mode: 0o700 });
  execFileSync('tar', ['-xJf', join(folder, 'frontend.tar.xz'), '-C', site]);
  // Last, since it says that all of it is there.
  const program = execFileSync('xz', ['-dc', join(folder, 'headlamp-server.xz')], { maxBuffer: 1 << 30 });
  writeFileSync(server, program);
  chmodSync(server, 0o700);
  return home;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function answers(server: ChildProcess, address: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (server.exitCode !== null) throw new Error(`Headlamp ended at once (${server.exitCode})`);
    const answer = await fetch(`${address}/config`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('Headlamp does not answer');
}
