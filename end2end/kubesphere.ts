// KubeSphere's controllers, played by end2end/control-plane, and a console that is started beside them.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

import type { Admin } from './cluster.ts';
import { environment } from './environment.ts';

/** How long a program may take to start. */
const PATIENCE = 20_000;

export class KubeSphere {
  readonly #controllers: ChildProcess;

  private constructor(controllers: ChildProcess) {
    this.#controllers = controllers;
  }

  /** Looks after the accounts of one project. */
  static async start(version: 'v3' | 'v4', project: string): Promise<KubeSphere> {
    const flags = ['--kubeconfig', environment.adminKubeconfig, '--version', version, '--project', project];
    const controllers = spawn(environment.controlPlaneProgram, ['kubesphere', ...flags, '--stop-with-stdin'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface(controllers.stdout!), 'line', {
      signal: AbortSignal.timeout(PATIENCE),
    })) as [string];
    if (line !== `KubeSphere ${version} is played`) throw new Error(`KubeSphere's stand-in said ${line}`);
    return new KubeSphere(controllers);
  }

  /** Nothing is bound while `act` runs. */
  async paused(act: () => Promise<void>): Promise<void> {
    this.#controllers.kill('SIGSTOP');
    try {
      await act();
    } finally {
      this.#controllers.kill('SIGCONT');
    }
  }

  stop(): Promise<void> {
    return ended(this.#controllers);
  }

  /** Takes away what KubeSphere is known by. */
  static async forget(admin: Admin): Promise<void> {
    await admin.ask('DELETE', '/apis/apps/v1/namespaces/kubesphere-system/deployments/ks-controller-manager');
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/roles.iam.kubesphere.io';
    for (let gone = false; !gone; gone = (await admin.ask('GET', definition)).status === 404) {
      await admin.ask('DELETE', definition);
    }
  }
}

/** Another replica of the console, with the sessions of the first one: it looks for KubeSphere when it starts. */
export class Replica {
  readonly #server: ChildProcess;
  readonly url: string;

  private constructor(server: ChildProcess, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(log: string): Promise<Replica> {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const output = openSync(log, 'w');
    // Its other flags are in the environment.
    const server = spawn(environment.serverProgram, ['--listen', `127.0.0.1:${port}`, '--public-url', url], {
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

async function ended(child: ChildProcess): Promise<void> {
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
