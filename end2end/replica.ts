// Another console beside the one that is tested, for what is decided when it starts.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

import { environment } from './environment.ts';

/** How long a program may take to start. */
export const PATIENCE = 20_000;

/** It has the sessions of the first one, and looks for KubeSphere when it starts. */
export class Replica {
  readonly #server: ChildProcess;
  readonly url: string;

  private constructor(server: ChildProcess, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(log: string, flags: string[] = []): Promise<Replica> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const output = openSync(log, 'w');
    // Its other flags are in the environment.
    const server = spawn(environment.serverProgram, ['--listen', `127.0.0.1:${port}`, '--public-url', url, ...flags], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    const replica = new Replica(server, url);
    for (const began = Date.now(); Date.now() - began < PATIENCE; ) {
      const ready = await fetch(`${url}/readyz`).then(
        answer => answer.ok,
        () => false,
      );
      if (ready) return replica;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    await replica.stop();
    throw new Error(`the replica is not ready, see ${log}`);
  }

  stop(): Promise<void> {
    return ended(this.#server);
  }
}

/** Stops a program, unless it ended by itself. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill();
  await end;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
